"""Shared projects: which an organisation has, who reaches them under which link, and how they change hands.

A project is a folder that never moves: when it goes to another organisation, its row and its links change, not its
files. Each project counts for the first owner of its organisation, whose plan says how many there may be (the row
``projects``); a plan of the organisation is also its owner's. The storage of a project counts for the organisation.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from joulebook_hub.organisations import reading, tables
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.reading import Entry
from joulebook_hub.organisations.records import checked_title, slug
from joulebook_hub.organisations.roles import Act, Role
from joulebook_hub.organisations.rules import Organisation
from joulebook_hub.plans import Plans
from joulebook_hub.quota.decisions import Decision
from joulebook_hub.quota.people import entitlement
from joulebook_hub.quota.storage import GIGABYTE
from joulebook_hub.quota.units import give_back_unit, take_unit
from joulebook_hub.service.routes import ServiceError
from joulebook_hub.store import Transaction

__all__ = [
    *("Project", "Projects", "Reach"),
    *("all_projects", "is_full", "keep_size", "projects_of", "reach_of", "room_of", "storage_of"),
]

_NUMBER = "projects/number"
"""Mark of the newest project's number: the number of a deleted one, its folder and its group come never again."""


@dataclass(frozen=True)
class Project:
    """A shared project; ``link`` is its name in a workspace, ``folder`` its place below the workspaces' root.

    ``size`` is its room on the disk in bytes when it was ``measured`` last.
    """

    number: int
    organisation: int
    name: str
    title: str
    link: str
    folder: str
    made: float
    closed: float | None
    size: float | None = None
    measured: float | None = None


@dataclass(frozen=True)
class Reach:
    """A project that somebody has in the workspace.

    Parameters
    ----------
    project : Project
        The project.
    library : bool
        True if the plan makes the project's folder ``library`` known to the person's kernels.
    """

    project: Project
    library: bool


def projects_of(transaction: Transaction, number: int) -> list[Project]:
    """Projects of an organisation, closed ones included.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    number : int
        Which organisation.

    Returns
    -------
    list of Project
        By title.
    """
    table = tables.projects
    rows = transaction.execute(select(table).where(table.c.organisation == number).order_by(table.c.title))
    return [Project(**row._mapping) for row in rows]


def all_projects(transaction: Transaction) -> list[Project]:
    """Projects of all organisations.

    Parameters
    ----------
    transaction : Transaction
        Where to look.

    Returns
    -------
    list of Project
        By number.
    """
    table = tables.projects
    return [Project(**row._mapping) for row in transaction.execute(select(table).order_by(table.c.number))]


def reach_of(transaction: Transaction, book: Book, user: str, *, even_full: bool = False) -> list[Reach]:
    """Projects that a person has in the workspace.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    book : Book
        Knows the plans.
    user : str
        The person.
    even_full : bool
        True to count those of organisations whose storage is full, as a server that runs keeps them.

    Returns
    -------
    list of Reach
        Open projects of all organisations of the person. Where an organisation's storage is full, only its owners and
        administrators reach them, to make room.
    """
    library = entitlement(transaction, book.plans, user).has("shared_libraries")
    found = []
    for held in reading.memberships(transaction, user):
        above = held.role is not Role.MEMBER
        if not above and not even_full and is_full(transaction, book.plans, held.organisation.number):
            continue
        found += [
            Reach(project, library)
            for project in projects_of(transaction, held.organisation.number)
            if project.closed is None
        ]
    return found


def room_of(transaction: Transaction, number: int) -> float:
    """Room that an organisation's projects took when they were measured last, closed ones included.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    number : int
        Which organisation.

    Returns
    -------
    float
        GB.
    """
    return sum(project.size or 0.0 for project in projects_of(transaction, number)) / GIGABYTE


def storage_of(transaction: Transaction, plans: Plans, number: int) -> float:
    """Room that an organisation's projects may take: of its plan, or of its first owner's where it has none.

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
    float
        GB; infinity where nothing limits it.
    """
    plan = reading.plan_of(transaction, plans, number)
    if plan is not None:
        return plan.amount("storage")
    return entitlement(transaction, plans, reading.load(transaction, plans, number).owners()[0]).amount("storage")


def is_full(transaction: Transaction, plans: Plans, number: int) -> bool:
    """Tell whether an organisation's projects take more room than they may.

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
    bool
        By the last measurement.
    """
    return room_of(transaction, number) > storage_of(transaction, plans, number)


def keep_size(transaction: Transaction, number: int, size: float) -> None:
    """Keep what a project's folder takes.

    Parameters
    ----------
    transaction : Transaction
        One of ``store.begin()``.
    number : int
        Which project.
    size : float
        Bytes.
    """
    table = tables.projects
    values = {"size": size, "measured": transaction.now}
    transaction.execute(update(table).where(table.c.number == number).values(values))


@dataclass(frozen=True)
class Projects:
    """Changes projects.

    Parameters
    ----------
    book : Book
        The organisations.
    offered : bool
        Whether servers of this hub reach shared folders.
    """

    book: Book
    offered: bool = True

    def find(self, transaction: Transaction, entry: Entry, name: str) -> Project:
        """Look up a project.

        Parameters
        ----------
        transaction : Transaction
            Where to look.
        entry : Entry
            The organisation.
        name : str
            The project's short name.

        Returns
        -------
        Project
            The project.

        Raises
        ------
        ServiceError
            404 if there is none.
        """
        table = tables.projects
        mine = (table.c.organisation == entry.number, table.c.name == name)
        row = transaction.execute(select(table).where(*mine)).first()
        if row is None:
            raise ServiceError(f"{entry.title} has no such project.", reason="no_project", status=404)
        return Project(**row._mapping)

    def make(self, organisation: str, actor: str, title: str, *, folder: str = "", link: str = "") -> Project:
        """Make a project; its folder is made when it is linked first.

        Parameters
        ----------
        organisation, actor : str
            Where, and who.
        title : str
            Its name, as people read it.
        folder, link : str
            Place and name of an older group's folder that becomes a project.

        Returns
        -------
        Project
            The project.

        Raises
        ------
        ServiceError
            If the actor may not, the title cannot be one, or the plan has no more projects (402).
        """
        if not self.offered:
            message = "Servers of this hub reach no shared folders. Ask an administrator of the hub."
            raise ServiceError(message, reason="no_projects_here", status=409)
        title = checked_title(title, "project")
        book = self.book
        with book.store.begin() as transaction, book.event(organisation) as rules:
            entry = reading.find(transaction, organisation)
            rules.require(actor, Act.MAKE_PROJECT)
            name = _free_name(transaction, entry, title)
            table = tables.projects
            newest = int(transaction.scalar(select(func.coalesce(func.max(table.c.number), 0))))
            number = max(newest, int(transaction.mark(_NUMBER, 0.0))) + 1
            transaction.set_mark(_NUMBER, number)
            named = link or f"{entry.name}.{name}"
            if transaction.scalar(select(table.c.number).where(table.c.link == named)) is not None:
                message = f"Another project is {named} in the workspaces already. Choose another name."
                raise ServiceError(message, reason="link_taken", status=409)
            values = {
                "number": number,
                "organisation": entry.number,
                "name": name,
                "title": title,
                "link": named,
                "folder": folder or f"projects/{number}",
                "made": transaction.now,
                "closed": None,
            }
            transaction.execute(insert(table).values(values))
            self._take(transaction, rules, number, entry).or_refuse()
            if is_full(transaction, book.plans, entry.number):
                message = f"The storage of {entry.title} is full. Delete files or projects, or choose a larger plan."
                raise ServiceError(message, reason="quota_storage", status=402)
            rules.record(actor, f"project {name} made")
            return self.find(transaction, entry, name)

    def change(
        self,
        organisation: str,
        actor: str,
        name: str,
        *,
        title: str | None = None,
        closed: bool | None = None,
    ) -> None:
        """Rename, close or open a project.

        Parameters
        ----------
        organisation, actor, name : str
            Where, who, and which project.
        title : str, optional
            New name, as people read it.
        closed : bool, optional
            True to take it out of everybody's workspace; the files stay.

        Raises
        ------
        ServiceError
            If the actor may not, or there is no such project.
        """
        book, table = self.book, tables.projects
        values: dict[str, object] = {}
        told = []
        if title is not None:
            values["title"] = checked_title(title, "project")
            told.append(f"renamed to {values['title']}")
        with book.store.begin() as transaction, book.event(organisation) as rules:
            entry = reading.find(transaction, organisation)
            rules.require(actor, Act.CHANGE_PROJECT)
            found = self.find(transaction, entry, name)
            if closed is not None and closed != (found.closed is not None):
                values["closed"] = transaction.now if closed else None
                told.append("closed" if closed else "opened again")
            if values:
                transaction.execute(update(table).where(table.c.number == found.number).values(values))
            for what in told:
                rules.record(actor, f"project {name} {what}")

    def move(self, organisation: str, actor: str, name: str, receiver: str) -> Project:
        """Hand a project to another organisation; its files stay where they are.

        Parameters
        ----------
        organisation, actor, name : str
            Where, who, and which project.
        receiver : str
            Short name of the other organisation.

        Returns
        -------
        Project
            As it is there.

        Raises
        ------
        ServiceError
            If the actor may not in either, or the receiver's plan has no more projects.
        """
        book, table = self.book, tables.projects
        with book.store.begin() as transaction, book.event(organisation) as giver, book.event(receiver) as taker:
            giving, taking = reading.find(transaction, organisation), reading.find(transaction, receiver)
            giver.require(actor, Act.MOVE_PROJECT)
            taker.require(actor, Act.MAKE_PROJECT)
            found = self.find(transaction, giving, name)
            if giving.number == taking.number:
                raise ServiceError("The project is there already.", reason="same_organisation", status=409)
            give_back_unit(transaction, "projects", _key(found.number))
            self._take(transaction, taker, found.number, taking).or_refuse()
            there = _free_name(transaction, taking, found.title)
            values = {"organisation": taking.number, "name": there, "link": f"{taking.name}.{there}"}
            transaction.execute(update(table).where(table.c.number == found.number).values(values))
            giver.record(actor, f"project {name} handed to {taking.name}")
            taker.record(actor, f"project {there} received from {giving.name}")
            return self.find(transaction, taking, there)

    def delete(self, organisation: str, actor: str, name: str) -> Project:
        """Delete a closed project; who calls this deletes its folder then.

        Parameters
        ----------
        organisation, actor, name : str
            Where, who, and which project.

        Returns
        -------
        Project
            What was deleted.

        Raises
        ------
        ServiceError
            If the actor may not, or the project is open.
        """
        book, table = self.book, tables.projects
        with book.store.begin() as transaction, book.event(organisation) as rules:
            entry = reading.find(transaction, organisation)
            rules.require(actor, Act.DELETE_PROJECT)
            found = self.find(transaction, entry, name)
            if found.closed is None:
                raise ServiceError("Close the project first; then it can be deleted.", reason="open", status=409)
            give_back_unit(transaction, "projects", _key(found.number))
            transaction.execute(delete(table).where(table.c.number == found.number))
            rules.record(actor, f"project {name} deleted")
            return found

    def _take(self, transaction: Transaction, rules: Organisation, number: int, entry: Entry) -> Decision:
        owner = entitlement(transaction, self.book.plans, rules.owners()[0])
        return take_unit(transaction, owner, "projects", _key(number), project=entry.name)


def _key(number: int) -> str:
    return f"project/{number}"


def _free_name(transaction: Transaction, entry: Entry, title: str) -> str:
    table = tables.projects
    taken = set(transaction.execute(select(table.c.name).where(table.c.organisation == entry.number)).scalars())
    base = slug(title)
    tries = (base if n == 1 else f"{base[:27].rstrip('-')}-{n}" for n in range(1, len(taken) + 2))
    return next(each for each in tries if each not in taken)
