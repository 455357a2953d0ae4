"""What the store keeps of billing: customers, states of subscriptions, events, agreements, notes."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from joulebook_hub.billing import tables
from joulebook_hub.billing.rules import Subscription, newest
from joulebook_hub.store import Transaction

__all__ = [
    "Customer",
    "Event",
    "agree",
    "agreement",
    "all_subscriptions",
    "customer_of",
    "event_of",
    "events",
    "hub_mark",
    "keep",
    "note",
    "of_subject",
    "save_customer",
    "set_note",
    "subject_of",
    "take_event",
    "use_trial",
]


@dataclass(frozen=True)
class Customer:
    """Who pays.

    Parameters
    ----------
    subject : str
        ``person/ada`` or ``organisation/acme``.
    customer : str
        Stripe's identity.
    trial_used : bool
        True after the first subscription.
    """

    subject: str
    customer: str
    trial_used: bool


@dataclass(frozen=True)
class Event:
    """An event of Stripe that was taken.

    Parameters
    ----------
    event, kind : str
        Stripe's identity and type.
    made, taken : float
        When it was made there and taken here, s since 1970.
    outcome : str
        What came of it.
    """

    event: str
    kind: str
    made: float
    taken: float
    outcome: str


def note(transaction: Transaction, name: str) -> Any:
    """Read what is kept by name.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    name : str
        The name.

    Returns
    -------
    object
        None if there is nothing.
    """
    found = transaction.scalar(select(tables.notes.c.value).where(tables.notes.c.name == name))
    return None if found is None else json.loads(found)


def set_note(transaction: Transaction, name: str, value: Any) -> None:
    """Keep something by name.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    name : str
        The name.
    value : object
        What JSON can hold.
    """
    values = {"value": json.dumps(value), "at": transaction.now}
    done = transaction.execute(update(tables.notes).where(tables.notes.c.name == name).values(values))
    if done.rowcount == 0:
        transaction.execute(insert(tables.notes).values(name=name, **values))


def hub_mark(transaction: Transaction) -> str:
    """Mark of this hub in Stripe's objects; made at the first call.

    Parameters
    ----------
    transaction : Transaction
        Of the store.

    Returns
    -------
    str
        12 hexadecimal digits.
    """
    found = note(transaction, "hub")
    if found is None:
        found = secrets.token_hex(6)
        set_note(transaction, "hub", found)
    return str(found)


def customer_of(transaction: Transaction, subject: str) -> Customer | None:
    """Look up who pays for a subject.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    subject : str
        Whose.

    Returns
    -------
    Customer or None
        None if nobody has yet.
    """
    row = transaction.execute(select(tables.customers).where(tables.customers.c.subject == subject)).first()
    return None if row is None else Customer(row.subject, row.customer, bool(row.trial_used))


def subject_of(transaction: Transaction, customer: str) -> str:
    """Look up for whom a customer pays.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    customer : str
        Stripe's identity.

    Returns
    -------
    str
        The subject; empty if it is not known here.
    """
    found = transaction.scalar(select(tables.customers.c.subject).where(tables.customers.c.customer == customer))
    return str(found or "")


def save_customer(transaction: Transaction, subject: str, customer: str) -> None:
    """Keep who pays for a subject, unless that is known.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    subject, customer : str
        For whom, and who.
    """
    if customer_of(transaction, subject) is None:
        row = {"subject": subject, "customer": customer, "made": transaction.now, "trial_used": False}
        transaction.execute(insert(tables.customers).values(row))


def use_trial(transaction: Transaction, subject: str) -> None:
    """Note that a subject has had its first subscription.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    subject : str
        Whose.
    """
    transaction.execute(update(tables.customers).where(tables.customers.c.subject == subject).values(trial_used=True))


def _read(state: str) -> Subscription:
    return Subscription(**json.loads(state))


def keep(transaction: Transaction, new: Subscription) -> bool:
    """Keep a state of a subscription if it is newer than what is known.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    new : Subscription
        What was learned.

    Returns
    -------
    bool
        True if it says something else than what was known.
    """
    one = tables.subscriptions.c.identity == new.identity
    state = transaction.scalar(select(tables.subscriptions.c.state).where(one))
    old = None if state is None else _read(state)
    if newest(old, new) is old:
        return False
    values = {"subject": new.subject, "seen": new.seen, "state": json.dumps(new.as_dict())}
    if old is None:
        transaction.execute(insert(tables.subscriptions).values(identity=new.identity, **values))
    else:
        transaction.execute(update(tables.subscriptions).where(one).values(values))
    return old is None or not old.same(new)


def of_subject(transaction: Transaction, subject: str) -> list[Subscription]:
    """Newest states of a subject's subscriptions.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    subject : str
        Whose.

    Returns
    -------
    list of Subscription
        Those that ended, too.
    """
    rows = transaction.execute(select(tables.subscriptions.c.state).where(tables.subscriptions.c.subject == subject))
    return [_read(row.state) for row in rows]


def all_subscriptions(transaction: Transaction) -> list[Subscription]:
    """Newest states of all subscriptions.

    Parameters
    ----------
    transaction : Transaction
        Of the store.

    Returns
    -------
    list of Subscription
        By identity.
    """
    rows = transaction.execute(select(tables.subscriptions.c.state).order_by(tables.subscriptions.c.identity))
    return [_read(row.state) for row in rows]


def event_of(transaction: Transaction, event: str) -> Event | None:
    """Look up an event.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    event : str
        Stripe's identity.

    Returns
    -------
    Event or None
        None if it was not taken yet.
    """
    row = transaction.execute(select(tables.events).where(tables.events.c.event == event)).first()
    return None if row is None else Event(**row._mapping)


def take_event(transaction: Transaction, event: str, kind: str, made: float, outcome: str) -> bool:
    """Note that an event was taken.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    event, kind : str
        Stripe's identity and type.
    made : float
        When it was made, s since 1970.
    outcome : str
        What came of it.

    Returns
    -------
    bool
        False if it was taken before.
    """
    if event_of(transaction, event) is not None:
        return False
    row = {"event": event, "kind": kind[:100], "made": made, "taken": transaction.now, "outcome": outcome[:200]}
    transaction.execute(insert(tables.events).values(row))
    return True


def events(transaction: Transaction, most: int = 25) -> list[Event]:
    """The events that were taken last.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    most : int
        How many.

    Returns
    -------
    list of Event
        The newest first.
    """
    rows = transaction.execute(select(tables.events).order_by(tables.events.c.taken.desc()).limit(most))
    return [Event(**row._mapping) for row in rows]


def agree(transaction: Transaction, subject: str, most_cents: int, actor: str) -> None:
    """Note what a subject agrees to pay for GPU time beyond its plan.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    subject : str
        Who pays.
    most_cents : int
        At most so much in a month; 0 for nothing.
    actor : str
        Who said so.
    """
    row = {"subject": subject, "at": transaction.now, "most_cents": most_cents, "actor": actor}
    transaction.execute(insert(tables.agreements).values(row))


def agreement(transaction: Transaction, subject: str) -> tuple[int, float]:
    """What a subject agrees to pay for GPU time beyond its plan.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    subject : str
        Who pays.

    Returns
    -------
    tuple
        Cents in a month, and since when, s since 1970. A change of the amount alone does not begin anew.
    """
    table = tables.agreements
    rows = transaction.execute(select(table).where(table.c.subject == subject).order_by(table.c.line.desc())).all()
    if not rows or rows[0].most_cents == 0:
        return 0, 0.0
    since = rows[0].at
    for row in rows:
        if row.most_cents == 0:
            break
        since = row.at
    return int(rows[0].most_cents), float(since)
