"""Organisations as the store has them: who belongs where, which plan they have, who is invited, what was done."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from joulebook_hub.organisations import tables
from joulebook_hub.organisations.records import Invitation, Member, digest_of
from joulebook_hub.organisations.roles import Role
from joulebook_hub.organisations.rules import CAPPED, Organisation
from joulebook_hub.plans import Plan, Plans
from joulebook_hub.quota.people import entitlement
from joulebook_hub.service.routes import ServiceError
from joulebook_hub.store import Transaction

__all__ = [
    *("MARK", "Entry", "Given", "LogLine", "Membership"),
    *("all_organisations", "changes", "find", "find_invitation", "given_plans", "lines", "load", "memberships"),
    *("open_invitations", "plan_of", "seats_of"),
]

MARK = "organisations"
"""Name of the number that grows with every change."""


@dataclass(frozen=True)
class Entry:
    """An organisation's row."""

    number: int
    name: str
    title: str
    group: str
    founder: str
    founded: float
    dissolved: float | None


@dataclass(frozen=True)
class Membership:
    """An organisation of a person's."""

    organisation: Entry
    role: Role
    preferred: bool
    caps: dict[str, float]


@dataclass(frozen=True)
class Given:
    """A plan that an organisation has; ``source`` is ``subscription`` or ``administrator``."""

    source: str
    plan: str
    seats: int | None
    until: float | None


@dataclass(frozen=True)
class LogLine:
    """Something that was done in an organisation."""

    line: int
    at: float
    actor: str
    action: str
    subject: str


# -- reading ---------------------------------------------------------------------------------------------------------


def find(transaction: Transaction, name: str) -> Entry:
    """Look up an organisation.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    name : str
        Its short name.

    Returns
    -------
    Entry
        Its row.

    Raises
    ------
    ServiceError
        404 if there is none, or not any more.
    """
    table = tables.organisations
    row = transaction.execute(select(table).where(table.c.name == name, table.c.dissolved.is_(None))).first()
    if row is None:
        raise ServiceError("There is no such organisation of yours.", reason="no_organisation", status=404)
    return Entry(**row._mapping)


def all_organisations(transaction: Transaction) -> list[Entry]:
    """All organisations that are not dissolved.

    Parameters
    ----------
    transaction : Transaction
        Where to look.

    Returns
    -------
    list of Entry
        By name.
    """
    table = tables.organisations
    rows = transaction.execute(select(table).where(table.c.dissolved.is_(None)).order_by(table.c.name))
    return [Entry(**row._mapping) for row in rows]


def memberships(transaction: Transaction, user: str) -> list[Membership]:
    """Organisations of a person.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    user : str
        The person.

    Returns
    -------
    list of Membership
        The oldest membership first.
    """
    table, names = tables.members, tables.organisations
    rows = transaction.execute(
        select(names, table.c.role, table.c.preferred, *(table.c[row] for row in CAPPED))
        .join(names, names.c.number == table.c.organisation)
        .where(table.c.user == user, names.c.dissolved.is_(None))
        .order_by(table.c.since, table.c.organisation)
    )
    found = []
    for row in rows:
        values = dict(row._mapping)
        caps = {name: value for name in CAPPED if (value := values.pop(name)) is not None}
        role, preferred = Role(values.pop("role")), bool(values.pop("preferred"))
        found.append(Membership(Entry(**values), role, preferred, caps))
    return found


def load(transaction: Transaction, plans: Plans, number: int) -> Organisation:
    """Make the rules' organisation from the store.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    plans : Plans
        The plans, for the seats.
    number : int
        Which organisation.

    Returns
    -------
    Organisation
        With its members and open invitations.
    """
    entry = transaction.execute(select(tables.organisations).where(tables.organisations.c.number == number)).one()
    rows = transaction.execute(select(tables.members).where(tables.members.c.organisation == number))
    members = {row.user: _member(row) for row in rows}
    table = tables.invitations
    is_open = (table.c.organisation == number, table.c.state == "open")
    asked = [_invitation(row) for row in transaction.execute(select(table).where(*is_open).order_by(table.c.number))]
    organisation = Organisation(entry.name, entry.title, math.inf, members, asked)
    organisation.seats = seats_of(transaction, plans, number, organisation.owners()[0])
    return organisation


def _member(row: Any) -> Member:
    caps = {name: float(row._mapping[name]) for name in CAPPED if row._mapping[name] is not None}
    return Member(row.user, Role(row.role), row.since, caps)


def _invitation(row: Any) -> Invitation:
    values = {name: value for name, value in row._mapping.items() if name != "organisation"}
    return Invitation(**values | {"role": Role(row.role)})


def given_plans(transaction: Transaction, number: int) -> list[Given]:
    """Plans that an organisation has now.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    number : int
        Which organisation.

    Returns
    -------
    list of Given
        At most one of each source.
    """
    table = tables.plans
    columns = (table.c.source, table.c.plan, table.c.seats, table.c.until)
    rows = transaction.execute(select(*columns).where(table.c.organisation == number).order_by(table.c.source))
    found = [Given(**row._mapping) for row in rows]
    return [given for given in found if given.until is None or transaction.now < given.until]


def plan_of(transaction: Transaction, plans: Plans, number: int) -> Plan | None:
    """Plan of an organisation.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    plans : Plans
        The plans.
    number : int
        Which organisation.

    Returns
    -------
    Plan or None
        The largest that it was given; None where it has none, and its members have their own.
    """
    names = {given.plan for given in given_plans(transaction, number)}
    return next((plan for plan in reversed(plans.tiers) if plan.name in names), None)


def seats_of(transaction: Transaction, plans: Plans, number: int, owner: str) -> float:
    """How many members an organisation may have.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    plans : Plans
        The plans.
    number : int
        Which organisation.
    owner : str
        Its first owner, whose plan counts where the organisation has none.

    Returns
    -------
    float
        The most seats that any of its plans gives; infinity where nobody has agreed on a number.
    """
    offers = []
    for given in given_plans(transaction, number):
        plan = plans.named(given.plan)
        if plan is not None:
            offers.append(float(given.seats) if given.seats is not None else plan.amount("seats"))
    return max(offers) if offers else entitlement(transaction, plans, owner).plan.amount("seats")


def open_invitations(transaction: Transaction, user: str) -> list[tuple[Entry, Invitation]]:
    """Invitations of a person's name that can be accepted now.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    user : str
        The person.

    Returns
    -------
    list of tuple of Entry and Invitation
        The newest first.
    """
    table, names = tables.invitations, tables.organisations
    statement = (
        select(table, names.c.name)
        .join(names, names.c.number == table.c.organisation)
        .where(table.c.invited == user.lower(), table.c.state == "open", table.c.until > transaction.now)
        .where(names.c.dissolved.is_(None))
        .order_by(table.c.number.desc())
    )
    found = []
    for row in transaction.execute(statement):
        values = {name: value for name, value in row._mapping.items() if name not in {"organisation", "name"}}
        found.append((find(transaction, row.name), Invitation(**values | {"role": Role(row.role)})))
    return found


def find_invitation(transaction: Transaction, user: str, token: str) -> tuple[Entry, Invitation] | None:
    """Invitation of a link, if this user may accept it now.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    user : str
        Who is signed in.
    token : str
        Of the link.

    Returns
    -------
    tuple of Entry and Invitation, or None
        None for every reason why it cannot be accepted.
    """
    table = tables.invitations
    digest = digest_of(token)
    row = transaction.execute(select(table).where(table.c.digest == digest)).first()
    if row is None:
        return None
    found = _invitation(row)
    names = tables.organisations
    entry = transaction.execute(select(names).where(names.c.number == row.organisation)).one()
    if not found.is_open(transaction.now) or not found.is_for(user, digest) or entry.dissolved is not None:
        return None
    return Entry(**entry._mapping), found


def lines(transaction: Transaction, number: int, *, before: int | None = None, most: int = 50) -> list[LogLine]:
    """What was done in an organisation.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    number : int
        Which organisation.
    before : int, optional
        Number of the last line that is known already.
    most : int
        How many.

    Returns
    -------
    list of LogLine
        The newest first.
    """
    table = tables.log
    columns = (table.c.line, table.c.at, table.c.actor, table.c.action, table.c.subject)
    statement = select(*columns).where(table.c.organisation == number).order_by(table.c.line.desc()).limit(most)
    if before is not None:
        statement = statement.where(table.c.line < before)
    return [LogLine(**row._mapping) for row in transaction.execute(statement)]


def changes(transaction: Transaction) -> float:
    """A number that grows with every change of any organisation, for who must follow.

    Parameters
    ----------
    transaction : Transaction
        Where to look.

    Returns
    -------
    float
        Compare it with an earlier one.
    """
    return transaction.mark(MARK, 0.0)
