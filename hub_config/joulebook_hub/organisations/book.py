"""What happens to organisations: each event is read, decided by the rules and written within one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from joulebook_hub.organisations import reading, tables
from joulebook_hub.organisations.departures import depart
from joulebook_hub.organisations.reading import MARK, Entry, Given
from joulebook_hub.organisations.records import Member, checked_title, digest_of, slug
from joulebook_hub.organisations.roles import Act, Role
from joulebook_hub.organisations.rules import CAPPED, Organisation
from joulebook_hub.plans import Plans
from joulebook_hub.service.routes import ServiceError
from joulebook_hub.store import Store, Transaction

__all__ = ["GROUP_PREFIX", "Book", "write_log"]

GROUP_PREFIX = "org-"
"""JupyterHub groups of organisations begin so, unless an older group was made one."""
_MOST_OWNED = 20


@dataclass(frozen=True)
class Book:
    """Changes organisations.

    Parameters
    ----------
    store : Store
        The store; every event joins a transaction of its thread that is open already.
    plans : Plans
        The plans.
    """

    store: Store
    plans: Plans

    @contextmanager
    def event(self, name: str) -> Iterator[Organisation]:
        """Let one event of the rules happen and write what it changed.

        Parameters
        ----------
        name : str
            The organisation's short name.

        Yields
        ------
        Organisation
            For one event.
        """
        with self.store.begin() as transaction:
            entry = reading.find(transaction, name)
            organisation = reading.load(transaction, self.plans, entry.number)
            before = dict(organisation.members)
            yield organisation
            _store_members(transaction, entry.number, before, organisation.members)
            _store_invitations(transaction, entry.number, organisation)
            if organisation.title != entry.title:
                table = tables.organisations
                mine = table.c.number == entry.number
                transaction.execute(update(table).where(mine).values(title=organisation.title))
            write_log(transaction, entry.number, organisation)
            for user in sorted(before.keys() - organisation.members.keys()):
                depart(self.store, transaction, entry, user)

    def found(self, title: str, user: str, *, group: str = "", many: bool = False) -> Entry:
        """Found an organisation.

        Parameters
        ----------
        title : str
            Its name, as people read it.
        user : str
            Its first owner.
        group : str
            JupyterHub group that becomes the organisation's; a new one of its own where left out.
        many : bool
            True for an administrator of the hub, who may found any number.

        Returns
        -------
        Entry
            Its row.

        Raises
        ------
        ServiceError
            If the title cannot be one, or the person owns too many organisations.
        """
        title = checked_title(title)
        with self.store.begin() as transaction:
            owned = sum(held.role is Role.OWNER for held in reading.memberships(transaction, user))
            if owned >= _MOST_OWNED and not many:
                message = f"You own {owned} organisations already; at most {_MOST_OWNED} are possible."
                raise ServiceError(message, reason="too_many_organisations", status=409)
            table = tables.organisations
            taken = set(transaction.execute(select(table.c.name)).scalars())
            base = slug(title)
            tries = (base if n == 1 else f"{base[:27].rstrip('-')}-{n}" for n in range(1, len(taken) + 2))
            name = next(each for each in tries if each not in taken)
            values = {"name": name, "title": title, "group": group or GROUP_PREFIX + name, "founder": user}
            transaction.execute(insert(table).values(**values, founded=transaction.now))
            entry = reading.find(transaction, name)
            organisation = Organisation.found(name, title, user, transaction.now)
            _store_members(transaction, entry.number, {}, organisation.members)
            write_log(transaction, entry.number, organisation)
            return entry

    def adopt(self, name: str, users: list[str]) -> None:
        """Take the members of an older group in as they are, whatever the seats, when it becomes an organisation.

        Parameters
        ----------
        name : str
            The organisation's short name.
        users : list of str
            The group's members.
        """
        with self.event(name) as organisation, self.store.begin() as transaction:
            organisation.adopt(users, transaction.now)

    def invite(self, name: str, actor: str, invited: str, role: Role) -> str:
        """Ask somebody to join.

        Parameters
        ----------
        name : str
            The organisation's short name.
        actor, invited : str
            Who asks whom: a user's name or an e-mail address.
        role : Role
            What the person will be.

        Returns
        -------
        str
            Token of the link, which is kept nowhere.
        """
        token = secrets.token_urlsafe(32)
        with self.store.begin() as transaction, self.event(name) as organisation:
            organisation.invite(actor, invited, role, digest_of(token), transaction.now)
        return token

    def answer(self, name: str, user: str, number: int, token: str, *, accept: bool) -> None:
        """Accept or decline an invitation.

        Parameters
        ----------
        name : str
            The organisation's short name.
        user : str
            Who is signed in.
        number : int
            Which invitation.
        token : str
            Of the link; empty without.
        accept : bool
            True to join.
        """
        digest = digest_of(token) if token else ""
        with self.store.begin() as transaction, self.event(name) as organisation:
            organisation.answer(user, number, digest, transaction.now, accept=accept)

    def prefer(self, name: str, user: str) -> None:
        """Choose which organisation pays for somebody who is in several with the same plan.

        Parameters
        ----------
        name : str
            The organisation's short name.
        user : str
            Who chooses.
        """
        table = tables.members
        with self.store.begin() as transaction, self.event(name) as organisation:
            organisation.require(user, Act.LOOK)
            number = reading.find(transaction, name).number
            for place, preferred in ((table.c.organisation != number, False), (table.c.organisation == number, True)):
                mine = (table.c.user == user, place)
                transaction.execute(update(table).where(*mine).values(preferred=preferred))

    def give_plan(self, name: str, given: Given | None, *, source: str, actor: str, reason: str = "") -> None:
        """Give an organisation a plan, or take it back.

        Parameters
        ----------
        name : str
            The organisation's short name.
        given : Given or None
            Plan, seats and end; None takes back what this source gave.
        source : str
            ``"subscription"`` or ``"administrator"``.
        actor : str
            Who does.
        reason : str
            Why, where an administrator does.

        Raises
        ------
        ServiceError
            If there is no such plan, or the seats are no number of people.
        """
        if given is not None and self.plans.named(given.plan) is None:
            raise ServiceError(f"plan = {given.plan[:40]!r}: there is no such plan.", reason="no_such_plan")
        if given is not None and given.seats is not None and not 1 <= given.seats <= 100_000:
            raise ServiceError(f"seats = {given.seats}: use a number from 1 to 100000.", reason="bad_seats")
        table = tables.plans
        with self.store.begin() as transaction, self.event(name) as organisation:
            number = reading.find(transaction, name).number
            transaction.execute(delete(table).where(table.c.organisation == number, table.c.source == source))
            if given is not None:
                values = {"plan": given.plan, "seats": given.seats, "until": given.until}
                transaction.execute(insert(table).values(organisation=number, source=source, **values))
            told = f"plan {given.plan}" if given is not None else "no plan any more"
            organisation.record(actor, f"{told} by {source}")
            if source == "administrator":
                subject = f"organisation {name}"
                transaction.note(actor=actor, action=told, subject=subject, reason=reason)

    def appoint(self, name: str, administrator: str, user: str, reason: str) -> None:
        """Make somebody owner, by an administrator of the hub.

        Parameters
        ----------
        name : str
            The organisation's short name.
        administrator, user : str
            Who makes whom owner.
        reason : str
            Why.
        """
        with self.store.begin() as transaction, self.event(name) as organisation:
            organisation.appoint(administrator, user, transaction.now)
            subject = f"organisation {name}: {user}"[:255]
            transaction.note(actor=administrator, action="owner of an organisation", subject=subject, reason=reason)

    def dissolve(self, name: str, actor: str) -> None:
        """End an organisation that has no subscription and no projects any more; its log and its usage stay.

        Parameters
        ----------
        name : str
            The organisation's short name.
        actor : str
            Who does.

        Raises
        ------
        ServiceError
            If the actor may not, a subscription runs or projects are left.
        """
        with self.store.begin() as transaction, self.event(name) as organisation:
            number = reading.find(transaction, name).number
            organisation.require(actor, Act.DISSOLVE)
            if any(given.source == "subscription" for given in reading.given_plans(transaction, number)):
                message = "Its subscription still runs. Cancel that first; it can be dissolved after its last day."
                raise ServiceError(message, reason="subscribed", status=409)
            table = tables.projects
            count = select(func.count()).select_from(table).where(table.c.organisation == number)
            if left := transaction.scalar(count):
                message = f"It still has {left} projects. Hand them to another organisation or delete them first."
                raise ServiceError(message, reason="projects_left", status=409)
            organisation.dissolve(actor)
            transaction.execute(delete(tables.plans).where(tables.plans.c.organisation == number))
            names = tables.organisations
            transaction.execute(update(names).where(names.c.number == number).values(dissolved=transaction.now))


def write_log(transaction: Transaction, number: int, organisation: Organisation) -> None:
    """Write down what an event did, and tell who must follow.

    Parameters
    ----------
    transaction : Transaction
        One of ``store.begin()``.
    number : int
        Which organisation.
    organisation : Organisation
        After the event; its notes are taken.
    """
    rows = [
        {
            "organisation": number,
            "at": transaction.now,
            "actor": note.actor[:255],
            "action": note.action[:200],
            "subject": note.subject[:255],
        }
        for note in organisation.notes
    ]
    if rows:
        transaction.execute(insert(tables.log), rows)
    organisation.notes.clear()
    transaction.set_mark(MARK, transaction.mark(MARK, 0.0) + 1.0)


def _store_members(transaction: Transaction, number: int, before: dict[str, Member], after: dict[str, Member]) -> None:
    table = tables.members
    for user in before.keys() - after.keys():
        transaction.execute(delete(table).where(table.c.organisation == number, table.c.user == user))
    for user, member in after.items():
        if before.get(user) == member:
            continue
        values = {"role": str(member.role), **{row: member.caps.get(row) for row in CAPPED}}
        if user in before:
            place = (table.c.organisation == number, table.c.user == user)
            transaction.execute(update(table).where(*place).values(values))
            continue
        first = not reading.memberships(transaction, user)
        values |= {"organisation": number, "user": user, "since": member.since, "preferred": first}
        transaction.execute(insert(table).values(values))


def _store_invitations(transaction: Transaction, number: int, organisation: Organisation) -> None:
    table = tables.invitations
    for each in organisation.invitations:
        if each.number is not None:
            transaction.execute(update(table).where(table.c.number == each.number).values(state=each.state))
            continue
        values = {
            "organisation": number,
            "invited": each.invited,
            "role": str(each.role),
            "digest": each.digest,
            "inviter": each.inviter,
            "made": each.made,
            "until": each.until,
            "state": each.state,
        }
        transaction.execute(insert(table).values(values))
