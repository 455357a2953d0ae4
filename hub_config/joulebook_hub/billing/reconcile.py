"""Comparing the store with Stripe, and repairing: ``joulebook hub billing reconcile``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from joulebook_hub.billing import metering, records, tables
from joulebook_hub.billing.desk import Desk
from joulebook_hub.billing.rules import Subscription
from joulebook_hub.billing.talk import talking

__all__ = ["Difference", "reconcile"]


@dataclass(frozen=True)
class Difference:
    """Something that the store and Stripe say differently.

    Parameters
    ----------
    what : str
        Whose, or which part.
    here, there : str
        What the store and Stripe say.
    repaired : bool
        True if they say the same now.
    """

    what: str
    here: str
    there: str
    repaired: bool

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.what}: here {self.here}, at Stripe {self.there}{' - repaired' if self.repaired else ''}"


def _words(one: Subscription | None) -> str:
    if one is None:
        return "nothing"
    ends = ", ends" if one.ends else ""
    following = f", then {one.next_plan} x{one.next_quantity}" if one.next_plan else ""
    unpaid = f", unpaid since {one.unpaid_since}" if one.unpaid_since is not None else ""
    clock = f", clock at {one.clock_time}" if one.clock_time is not None else ""
    return f"{one.plan} x{one.quantity} {one.status} to {one.period_end}{ends}{following}{unpaid}{clock}"


def _there(desk: Desk) -> Iterator[Subscription]:
    seen = desk.store.clock()
    pages = desk.v1.subscriptions.list({"status": "all", "limit": 100, "expand": ["data.schedule"]})
    for body in pages.auto_paging_iter():
        found = desk.read(body.to_dict(), seen)
        if found is not None:
            yield found


def _subscriptions(desk: Desk, repair: bool) -> list[Difference]:
    with talking():
        there = {one.identity: one for one in _there(desk)}
    with desk.store.read() as transaction:
        here = {one.identity: one for one in records.all_subscriptions(transaction)}
    told = []
    for identity in sorted(here.keys() | there.keys()):
        mine, theirs = here.get(identity), there.get(identity)
        if mine is not None and theirs is not None and mine.same(theirs):
            continue
        subject = (theirs or mine or Subscription("", "", "", "", 0, "", 0)).subject
        done = repair and theirs is not None and desk.refresh(identity)
        told.append(Difference(f"{subject} {identity}", _words(mine), _words(theirs), done))
    return told


def _doubles(desk: Desk) -> list[Difference]:
    """Two subscriptions of one subject that both go on: somebody paid twice."""
    with desk.store.read() as transaction:
        known = records.all_subscriptions(transaction)
    alive: dict[str, list[str]] = {}
    for one in known:
        if one.status in {"active", "trialing", "past_due"}:
            alive.setdefault(one.subject, []).append(one.identity)
    return [
        Difference(subject, "one subscription is meant", f"{len(each)} go on: {', '.join(sorted(each))}", False)
        for subject, each in sorted(alive.items())
        if len(each) > 1
    ]


def _meter(desk: Desk, repair: bool) -> list[Difference]:
    if not desk.plans.charges.overage_cents:
        return []
    told = []
    with desk.store.begin() as transaction:
        metering.decide(transaction, desk.plans)
        waiting = metering.unreported(transaction, 100_000)
    if waiting:
        if repair:
            while metering.report(desk):
                continue
        units = sum(one.units for one in waiting)
        told.append(Difference("GPU time beyond plans", f"{units} s not reported yet", "0 s", repair))
    with desk.store.read() as transaction:
        query = (
            select(tables.reports.c.customer, func.sum(tables.billed.c.units), func.min(tables.reports.c.told_at),
                   func.max(tables.reports.c.told_at))
            .join(tables.billed, tables.billed.c.line == tables.reports.c.line)
            .group_by(tables.reports.c.customer)
        )  # fmt: skip
        sums = [tuple(row) for row in transaction.execute(query)]
    meter = desk.catalogue().meter
    for customer, units, first, last in sums:
        span = {"customer": customer, "start_time": first - first % 60, "end_time": last - last % 60 + 60}
        with talking():
            found = desk.v1.billing.meters.event_summaries.list(meter, {**span, "limit": 100}).auto_paging_iter()
            there = round(sum(one.aggregated_value for one in found))
        if there != units:
            told.append(Difference(f"GPU time of {customer}", f"{units} s reported", f"{there} s", False))
    return told


def reconcile(desk: Desk, *, repair: bool) -> list[Difference]:
    """Compare everything.

    Parameters
    ----------
    desk : Desk
        The subscriptions.
    repair : bool
        True to take over what Stripe says about subscriptions, to report GPU time that was not, and to correct the
        catalogue. What cannot be repaired without a person (somebody paid twice, a meter that knows more than the
        ledger) is told only.

    Returns
    -------
    list of Difference
        Empty if there are none.
    """
    told = [Difference("catalogue", words, "differs", repair) for words in desk.synchronise(repair=repair)[1]]
    told += _subscriptions(desk, repair)
    told += _doubles(desk)
    told += _meter(desk, repair)
    with desk.store.begin() as transaction:
        lines = [str(one) for one in told[:200]]
        records.set_note(transaction, "compared", {"at": transaction.now, "told": lines, "repair": repair})
    return told
