"""What billing gives a person, as the rooms that decide about plans ask for it."""

from __future__ import annotations

from collections.abc import Sequence

from joulebook_hub.billing.facts import fact, person
from joulebook_hub.plans import Plans
from joulebook_hub.quota.entitlements import Grant
from joulebook_hub.store import Transaction

__all__ = ["grants"]


def grants(transaction: Transaction, plans: Plans, user: str, groups: Sequence[str]) -> list[Grant]:
    """Plan of a person's own subscription.

    Parameters
    ----------
    transaction : Transaction
        Of the store; nothing is written.
    plans : Plans
        The plans.
    user : str
        The person.
    groups : sequence of str
        Groups of the person's.

    Returns
    -------
    list of Grant
        One or none.
    """
    del groups
    found = fact(transaction, person(user), plans)
    if found is None:
        return []
    return [Grant(found.standing.plan.name, "subscription", found.standing.why, metered=found.metered)]
