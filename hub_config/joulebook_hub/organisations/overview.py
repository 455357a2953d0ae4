"""What the pages show about an organisation: members with their use and caps, meters, projects, invitations."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sqlalchemy import func, select

from joulebook_hub.lending.records import day_of
from joulebook_hub.lending.tables import loans, usage
from joulebook_hub.organisations import reading
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.departures import account_of
from joulebook_hub.organisations.projects import Project, projects_of, room_of, storage_of
from joulebook_hub.organisations.reading import Entry, LogLine
from joulebook_hub.organisations.records import Invitation, Member
from joulebook_hub.organisations.roles import Act, Role, may
from joulebook_hub.plans import Plan, Plans
from joulebook_hub.quota.decisions import colour
from joulebook_hub.store import Transaction

__all__ = ["Gauge", "Overview", "Person", "gpu_hours_by_member", "overview"]


@dataclass(frozen=True)
class Gauge:
    """A meter: what was used of how much, in a unit; without a limit ``most`` is infinite."""

    key: str
    title: str
    used: float
    most: float
    unit: str
    note: str = ""

    @property
    def share(self) -> float:
        """Used over allowed, 0 where nothing limits it."""
        return self.used / self.most if 0 < self.most < math.inf else float(self.most == 0 and self.used > 0)

    @property
    def colour(self) -> str:
        """Colour of the bar."""
        return colour(self.share)


@dataclass(frozen=True)
class Person:
    """A member as the page shows one; ``hours`` are GPU-hours of this month that the organisation paid."""

    member: Member
    hours: float
    may_change: bool
    may_remove: bool
    may_set_role: bool


@dataclass(frozen=True)
class Overview:
    """Everything on the page of an organisation, for one of its members."""

    entry: Entry
    role: Role
    preferred: bool
    plan: Plan | None
    seats: float
    gauges: list[Gauge]
    people: list[Person]
    invitations: list[Invitation]
    projects: list[Project]
    log: list[LogLine]
    others: list[Entry] = field(default_factory=list)

    def may(self, act: str) -> bool:
        """Tell whether who looks may do something.

        Parameters
        ----------
        act : str
            Value of an `Act`.

        Returns
        -------
        bool
            As in the table of rights.
        """
        return may(self.role, Act(act))


def gpu_hours_by_member(transaction: Transaction, entry: Entry) -> dict[str, float]:
    """GPU-hours of this month that an organisation paid, by person; who has left is among them.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    entry : Entry
        The organisation.

    Returns
    -------
    dict of str to float
        Hours.
    """
    account, month = account_of(entry), day_of(transaction.now)[:7]
    found: dict[str, float] = {}
    written = (
        select(usage.c.user, func.sum(usage.c.seconds - usage.c.grace - usage.c.metered).label("seconds"))
        .where(usage.c.pool == account, usage.c.day >= month + "-01")
        .group_by(usage.c.user)
    )
    running = select(loans.c.user, (loans.c.seconds - loans.c.grace - loans.c.metered).label("seconds")).where(
        loans.c.pool == account
    )
    for statement in (written, running):
        for row in transaction.execute(statement):
            found[row.user] = found.get(row.user, 0.0) + float(row.seconds) / 3600.0
    return found


def overview(transaction: Transaction, book: Book, name: str, user: str) -> Overview:
    """Collect what the page of an organisation shows to one of its members.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    book : Book
        The organisations.
    name : str
        Short name of the organisation.
    user : str
        Who looks.

    Returns
    -------
    Overview
        Log and invitations are for owners and administrators only.
    """
    entry = reading.find(transaction, name)
    rules = reading.load(transaction, book.plans, entry.number)
    role = rules.require(user, Act.LOOK).role
    plan = reading.plan_of(transaction, book.plans, entry.number)
    hours = gpu_hours_by_member(transaction, entry)
    runs_it = role is not Role.MEMBER
    held = reading.memberships(transaction, user)
    order = list(Role)
    people = [
        Person(
            *(member, hours.get(member.user, 0.0), may(role, Act.SET_CAP, member.role)),
            member.user != user and may(role, Act.REMOVE, member.role),
            may(role, Act.SET_ROLE, member.role),
        )
        for member in sorted(rules.members.values(), key=lambda each: (order.index(each.role), each.user))
    ]
    open_ones = [each for each in rules.invitations if each.is_open(transaction.now)]
    return Overview(
        entry,
        role,
        any(each.preferred for each in held if each.organisation.number == entry.number),
        plan,
        rules.seats,
        _gauges(transaction, book.plans, entry, plan, sum(hours.values()), len(rules.members), rules.seats),
        people,
        open_ones if runs_it else [],
        projects_of(transaction, entry.number),
        reading.lines(transaction, entry.number) if runs_it else [],
        [
            each.organisation
            for each in held
            if each.organisation.number != entry.number and each.role is not Role.MEMBER
        ],
    )


def _gauges(
    transaction: Transaction, plans: Plans, entry: Entry, plan: Plan | None, hours: float, people: int, seats: float
) -> list[Gauge]:
    note = "All are taken. A larger plan, or an administrator of this hub, gives more." if people >= seats else ""
    found = [Gauge("seats", "Seats", float(people), seats, "people", note)]
    if plan is not None and plan.limits["gpu_hours_shared"]:
        note = "All members draw from these hours; they come anew with each month (UTC)."
        found.append(Gauge("gpu_hours", "Shared GPU-hours", hours, plan.amount("gpu_hours"), "GPU-hours", note))
    room, used = storage_of(transaction, plans, entry.number), room_of(transaction, entry.number)
    note = "Files of all shared projects, measured every ten minutes."
    if used > room:
        note = "Full: only owners and administrators have the shared folders. Delete files or closed projects."
    found.append(Gauge("storage", "Storage of projects", used, room, "GB", note))
    return found
