"""The whole client: the methods of every feature over one connection."""

from __future__ import annotations

from joulebook_hub.client.administration import AdministrationMethods
from joulebook_hub.client.billing import BillingMethods
from joulebook_hub.client.jobs import JobMethods
from joulebook_hub.client.lending import LendingMethods
from joulebook_hub.client.organisations import OrganisationMethods
from joulebook_hub.client.quota import QuotaMethods

__all__ = ["Client"]


class Client(LendingMethods, QuotaMethods, JobMethods, OrganisationMethods, BillingMethods, AdministrationMethods):
    """Asks the hub's service; see `Connection` for the parameters."""
