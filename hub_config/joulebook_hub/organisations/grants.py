"""What an organisation gives its members, for `joulebook_hub.quota`: its plan, its pool, and the member's caps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from joulebook_hub.billing.facts import fact
from joulebook_hub.organisations.departures import account_of
from joulebook_hub.organisations.reading import memberships, plan_of
from joulebook_hub.plans import Plans
from joulebook_hub.quota.entitlements import Grant
from joulebook_hub.store import Transaction

__all__ = ["grants"]


def grants(transaction: Transaction, plans: Plans, user: str, groups: Sequence[str]) -> Iterable[Grant]:
    """Hand in the plans of a person's organisations; of several with the same plan the preferred one counts.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    plans : Plans
        The plans.
    user : str
        The person.
    groups : sequence of str
        Groups of the person's; not looked at.

    Returns
    -------
    iterable of Grant
        The preferred organisation last.
    """
    found = []
    for held in sorted(memberships(transaction, user), key=lambda held: held.preferred):
        entry = held.organisation
        plan = plan_of(transaction, plans, entry.number)
        if plan is None:
            continue
        paid = fact(transaction, account_of(entry), plans)
        why = f"plan {plan.title} of {entry.title}"
        found.append(
            Grant(plan.name, "organisation", why, account_of(entry), held.caps, metered=bool(paid and paid.metered))
        )
    return found
