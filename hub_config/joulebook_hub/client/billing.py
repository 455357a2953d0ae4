"""The client's method for one's own subscription."""

from __future__ import annotations

from joulebook_hub.billing.models import SubscriptionAnswer
from joulebook_hub.client.core import Connection

__all__ = ["BillingMethods"]


class BillingMethods(Connection):
    """What one has subscribed to."""

    def subscription(self) -> SubscriptionAnswer:
        """Look at one's own subscription.

        Returns
        -------
        SubscriptionAnswer
            Plan, seats, where it comes from, what should be known; an empty plan without one.
        """
        return self.ask("GET", "billing/subscription", {200: SubscriptionAnswer})
