"""What billing tells the other rooms: plans that subscriptions give, and whether GPU time beyond them is billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from joulebook_hub.billing import records
from joulebook_hub.billing.overage import cost
from joulebook_hub.billing.rules import Standing, standing
from joulebook_hub.lending.tables import loans, usage
from joulebook_hub.plans import Plans
from joulebook_hub.store import Transaction

__all__ = ["Fact", "fact", "metered_cost", "month_of", "person"]


def person(name: str) -> str:
    """Subject of a person.

    Parameters
    ----------
    name : str
        The user's name.

    Returns
    -------
    str
        For the functions here.
    """
    return f"person/{name}"


@dataclass(frozen=True)
class Fact:
    """What a subject's subscription gives now.

    Parameters
    ----------
    standing : Standing
        Plan, seats, where they come from.
    metered : bool
        True if GPU time beyond the plan is billed: the plan allows it, the payer has agreed, and the agreed amount of
        this month is not reached.
    """

    standing: Standing
    metered: bool


def month_of(at: float) -> str:
    """Month of an instant, UTC.

    Parameters
    ----------
    at : float
        Seconds since 1970.

    Returns
    -------
    str
        Such as ``2026-03``.
    """
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m}"


def metered_cost(transaction: Transaction, subject: str, plans: Plans) -> int:
    """Cost of this month's GPU time beyond the plan, running kernels included.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    subject : str
        Who pays.
    plans : Plans
        The plans.

    Returns
    -------
    int
        Cents.
    """
    kind, _, name = subject.partition("/")
    seconds = 0.0
    for table in (usage, loans):
        mine = (table.c.pool == "") & (table.c.user == name) if kind == "person" else table.c.pool == subject
        query = select(func.sum(table.c.metered)).where(mine)
        if table is usage:
            query = query.where(usage.c.day.like(f"{month_of(transaction.now)}-%"))
        seconds += float(transaction.scalar(query) or 0.0)
    return cost(int(seconds), plans.charges.overage_cents)


def fact(transaction: Transaction, subject: str, plans: Plans) -> Fact | None:
    """What a subject's subscription gives now.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    subject : str
        ``person/NAME`` or ``organisation/NAME``.
    plans : Plans
        The plans.

    Returns
    -------
    Fact or None
        None if it has none.
    """
    found = standing(records.of_subject(transaction, subject), plans, transaction.now)
    if found is None:
        return None
    most, _since = records.agreement(transaction, subject)
    sold = plans.charges.overage_cents > 0 and bool(found.plan.limits["overage"]) and most > 0
    open_ = sold and found.subscription.status == "active" and metered_cost(transaction, subject, plans) < most
    return Fact(found, open_)
