"""An organisation's subscription gives its plan to the organisation; the members' quota follows from that."""

from __future__ import annotations

from joulebook_hub.billing import records
from joulebook_hub.billing.rules import standing
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.reading import Given, find, given_plans
from joulebook_hub.plans import Plans
from joulebook_hub.service.routes import ServiceError
from joulebook_hub.store import Store

__all__ = ["hand_on", "hand_on_all"]

_KIND = "organisation/"
_SOURCE = "subscription"


def hand_on(store: Store, plans: Plans, subject: str) -> bool:
    """Let an organisation have what its subscription gives now.

    Parameters
    ----------
    store : Store
        The store; joins a transaction of this thread.
    plans : Plans
        The plans.
    subject : str
        ``organisation/NAME``; others have nothing handed on.

    Returns
    -------
    bool
        True if something has changed.
    """
    if not subject.startswith(_KIND):
        return False
    name = subject.removeprefix(_KIND)
    with store.begin() as transaction:
        found = standing(records.of_subject(transaction, subject), plans, transaction.now)
        wanted = None
        if found is not None:
            one = found.subscription
            until = one.grace_end if one.status == "past_due" else float(one.period_end) if one.ends else None
            wanted = Given(_SOURCE, found.plan.name, found.seats, until if one.clock_time is None else None)
        try:
            entry = find(transaction, name)
        except ServiceError:  # it was dissolved
            return False
        here = next((each for each in given_plans(transaction, entry.number) if each.source == _SOURCE), None)
        if here == wanted:
            return False
        Book(store, plans).give_plan(name, wanted, source=_SOURCE, actor=_SOURCE)
        return True


def hand_on_all(store: Store, plans: Plans) -> int:
    """The same for all organisations that ever subscribed, because time ends plans, too.

    Parameters
    ----------
    store : Store
        The store.
    plans : Plans
        The plans.

    Returns
    -------
    int
        How many have changed.
    """
    with store.read() as transaction:
        subjects = {one.subject for one in records.all_subscriptions(transaction)}
    return sum(hand_on(store, plans, subject) for subject in sorted(subjects))
