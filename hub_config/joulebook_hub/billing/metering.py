"""From the usage ledger to Stripe's meter: decided once, reported until it is known there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select

from joulebook_hub.billing import records, tables
from joulebook_hub.billing.catalogue import METER_EVENT
from joulebook_hub.billing.desk import Desk
from joulebook_hub.billing.facts import person
from joulebook_hub.billing.overage import Billed, Line, identifier, owed
from joulebook_hub.billing.talk import talking
from joulebook_hub.lending.tables import usage
from joulebook_hub.plans import Plans
from joulebook_hub.store import Transaction

__all__ = ["Report", "decide", "report", "unreported"]

_MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Report:
    """Something that the meter is to be told.

    Parameters
    ----------
    line : int
        The ledger's number.
    subject, customer : str
        Who pays.
    units : int
        GPU-seconds.
    at : float
        When it was used, s since 1970.
    """

    line: int
    subject: str
    customer: str
    units: int
    at: float


def _payer(pool: str, user: str) -> str:
    return pool or person(user)


def decide(transaction: Transaction, plans: Plans) -> int:
    """Decide what is billed of lines that nobody decided about yet.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    plans : Plans
        The plans.

    Returns
    -------
    int
        How many lines were decided about.
    """
    if not plans.charges.overage_cents:
        return 0
    fresh = select(usage.c.pool, usage.c.user, func.substr(usage.c.day, 1, 7).label("month")).where(
        usage.c.metered > 0, usage.c.line.not_in(select(tables.billed.c.line))
    )
    done = 0
    for subject, month in sorted({(_payer(row.pool, row.user), row.month) for row in transaction.execute(fresh)}):
        query = select(tables.billed).where(tables.billed.c.subject == subject, tables.billed.c.month == month)
        before = [Billed(row.line, row.units) for row in transaction.execute(query)]
        made = owed(_lines(transaction, subject, month), before)
        rows = [
            {"line": one.line, "subject": subject, "month": month, "units": one.units, "at": transaction.now}
            for one in made
        ]
        transaction.execute(insert(tables.billed), rows)
        done += len(rows)
    return done


def _lines(transaction: Transaction, subject: str, month: str) -> list[Line]:
    """A payer's lines of a month that went beyond."""
    kind, _, name = subject.partition("/")
    mine = (usage.c.pool == "") & (usage.c.user == name) if kind == "person" else usage.c.pool == subject
    query = select(usage.c.line, usage.c.metered).where(mine, usage.c.metered > 0, usage.c.day.like(f"{month}-%"))
    return [Line(int(row.line), float(row.metered)) for row in transaction.execute(query.order_by(usage.c.line))]


def unreported(transaction: Transaction, most: int = _MOST_AT_ONCE) -> list[Report]:
    """What the meter does not know yet.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    most : int
        At most so many.

    Returns
    -------
    list of Report
        In the order of the lines.
    """
    known = select(tables.reports.c.line)
    query = (
        select(tables.billed, tables.customers.c.customer, usage.c.at.label("used"))
        .join(tables.customers, tables.customers.c.subject == tables.billed.c.subject)
        .join(usage, usage.c.line == tables.billed.c.line)
        .where(tables.billed.c.units > 0, tables.billed.c.line.not_in(known))
        .order_by(tables.billed.c.line)
        .limit(most)
    )
    return [
        Report(int(row.line), row.subject, row.customer, int(row.units), float(row.used))
        for row in transaction.execute(query)
    ]


def report(desk: Desk) -> int:
    """Tell the meter what it does not know yet; a line has the same identifier however often it is told.

    Parameters
    ----------
    desk : Desk
        The subscriptions.

    Returns
    -------
    int
        How many lines were told.

    Raises
    ------
    InvalidRequestError
        Turned into `StripeFailed`, if Stripe refuses a line that it does not know yet.
    """
    import stripe

    with desk.store.begin() as transaction:
        decide(transaction, desk.plans)
        due, mark = unreported(transaction), records.hub_mark(transaction)
        clocks = {
            one.customer: one.clock_time for one in records.all_subscriptions(transaction) if one.clock_time is not None
        }
    for one in due:
        at = int(clocks.get(one.customer) or one.at)
        fields: dict[str, Any] = {
            "event_name": METER_EVENT,
            "identifier": identifier(mark, one.line),
            "timestamp": at,
            "payload": {"stripe_customer_id": one.customer, "value": str(one.units)},
        }
        with talking():
            try:
                desk.v1.billing.meter_events.create(fields)
            except stripe.InvalidRequestError as error:
                if "already exists" not in str(error):  # told before, and the answer was lost
                    raise
        with desk.store.begin() as transaction:
            row = {"line": one.line, "at": transaction.now, "customer": one.customer, "told_at": at}
            if transaction.scalar(select(tables.reports.c.line).where(tables.reports.c.line == one.line)) is None:
                transaction.execute(insert(tables.reports).values(row))
    return len(due)
