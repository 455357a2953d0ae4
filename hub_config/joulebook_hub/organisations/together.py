"""Editing together: a shared project can have a server of its own, in which all members edit the same files at once.

The server belongs to a hub user that is no person, ``project--NUMBER``: nobody can sign up or sign in with such a name.
Whether it may run, who reaches it and how large it is say the rules here, by what the store knows at that moment: an
open project, an organisation with room on its disk, the row ``co_editing`` of the plan of the organisation's first
owner (which includes the organisation's). `joulebook_hub.organisations.doors` lets JupyterHub follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import select

from joulebook_hub.draining import refuse_while_draining
from joulebook_hub.organisations import reading, tables
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.projects import Project, is_full
from joulebook_hub.organisations.reading import Entry
from joulebook_hub.organisations.roles import Act
from joulebook_hub.quota.decisions import Decision, Offer, decide_switch
from joulebook_hub.quota.entitlements import Entitlement
from joulebook_hub.quota.people import entitlement
from joulebook_hub.service.routes import ServiceError
from joulebook_hub.store import Transaction

__all__ = ["PREFIX", "Place", "Together", "is_project", "server_of"]

PREFIX = "project--"
"""Names of the hub users of projects begin so; no person's name has two hyphens in a row."""
_NAME = re.compile(rf"{PREFIX}([1-9][0-9]{{0,8}})")


def server_of(project: int) -> str:
    """Name of the hub user that a project's server runs for.

    Parameters
    ----------
    project : int
        The project's number.

    Returns
    -------
    str
        The name.

    Examples
    --------
    >>> server_of(12), is_project("project--12"), is_project("project-12")
    ('project--12', True, False)
    """
    return f"{PREFIX}{project}"


def is_project(name: str) -> bool:
    """Tell whether a hub user's name is kept for projects.

    Parameters
    ----------
    name : str
        Any name.

    Returns
    -------
    bool
        True for every name that begins like a project's, so that nobody else ever has one.
    """
    return name.lower().startswith(PREFIX)


@dataclass(frozen=True)
class Place:
    """A project whose server may run.

    Parameters
    ----------
    project : Project
        The project.
    organisation : Entry
        Whose it is; the members of its JupyterHub group reach the server.
    members : frozenset of str
        Who belongs to it.
    entitlement : Entitlement
        What its first owner may use: it says how large the server is.
    """

    project: Project
    organisation: Entry
    members: frozenset[str]
    entitlement: Entitlement


@dataclass(frozen=True)
class Together:
    """Decides about the servers of projects.

    Parameters
    ----------
    book : Book
        The organisations.
    offered : bool
        Whether this hub can start such servers.
    offer : Offer
        Where people get more.
    """

    book: Book
    offered: bool = True
    offer: Offer = field(default_factory=Offer)

    def decision(self, transaction: Transaction, number: int) -> Decision:
        """Decide whether an organisation's plan has editing together.

        Parameters
        ----------
        transaction : Transaction
            Where to look.
        number : int
            Which organisation.

        Returns
        -------
        Decision
            By the switch ``co_editing``.
        """
        entry = _entry(transaction, number)
        return self._decide(self._owner(transaction, number), "" if entry is None else entry.title)

    def _decide(self, owner: Entitlement, title: str) -> Decision:
        found = decide_switch(owner, "co_editing", offer=self.offer)
        if found.allowed:
            return found
        why, end = owner.rows["co_editing"].why, self.offer.sentence[3:].capitalize()
        message = f"Editing together is not part of what {title} has ({why}). {end}."
        return replace(found, message=message)

    def _owner(self, transaction: Transaction, number: int) -> Entitlement:
        owner = reading.load(transaction, self.book.plans, number).owners()[0]
        return entitlement(transaction, self.book.plans, owner)

    def admit(self, transaction: Transaction, name: str) -> Place:
        """Let a project's server run, or refuse it: the one point that enforces the row ``co_editing``.

        Parameters
        ----------
        transaction : Transaction
            Where to look.
        name : str
            Name of the server's hub user.

        Returns
        -------
        Place
            The project, and who may come.

        Raises
        ------
        ServiceError
            404 without such a project, 409 if it is closed, 402 if the plan has no editing together or the storage
            of the organisation is full.
        """
        found = _NAME.fullmatch(name)
        project = _project(transaction, int(found[1])) if found and self.offered else None
        entry = None if project is None else _entry(transaction, project.organisation)
        if project is None or entry is None:
            raise ServiceError("There is no such project of yours.", reason="no_project", status=404)
        if project.closed is not None:
            message = f"{project.title} is closed. Owners and administrators of {entry.title} can open it again."
            raise ServiceError(message, reason="closed", status=409)
        owner = self._owner(transaction, entry.number)
        self._decide(owner, entry.title).or_refuse()
        if is_full(transaction, self.book.plans, entry.number):
            message = (
                f"The storage of {entry.title} is full, so {project.title} cannot be edited together. Its owners and "
                "administrators can make room in their own workspaces."
            )
            raise ServiceError(message, reason="quota_storage", status=402)
        inside = select(tables.members.c.user).where(tables.members.c.organisation == entry.number)
        return Place(project, entry, frozenset(transaction.execute(inside).scalars()), owner)

    def enter(self, organisation: str, actor: str, project: str) -> tuple[str, Place]:
        """Find the server that a member asks for.

        Parameters
        ----------
        organisation, actor, project : str
            Where, who, and the project's short name.

        Returns
        -------
        str
            Name of the server's hub user.
        Place
            The project.

        Raises
        ------
        ServiceError
            If the person is no member, or as `admit` says.
        """
        with self.book.store.read() as transaction:
            entry = reading.find(transaction, organisation)
            reading.load(transaction, self.book.plans, entry.number).require(actor, Act.LOOK)
            table = tables.projects
            mine = select(table.c.number).where(table.c.organisation == entry.number, table.c.name == project)
            name = server_of(transaction.scalar(mine) or 0)
            return name, self.admit(transaction, name)

    def start(self, name: str) -> Place:
        """Let a project's server start now.

        Parameters
        ----------
        name : str
            Name of the server's hub user.

        Returns
        -------
        Place
            The project.
        """
        with self.book.store.read() as transaction:
            refuse_while_draining(transaction)
            return self.admit(transaction, name)

    def places(self, names: Iterable[str]) -> dict[str, Place | None]:
        """Look at several servers at once.

        Parameters
        ----------
        names : iterable of str
            Names of hub users.

        Returns
        -------
        dict
            Place of each; None where the server may not run.
        """
        found: dict[str, Place | None] = {}
        with self.book.store.read() as transaction:
            for name in names:
                try:
                    found[name] = self.admit(transaction, name)
                except ServiceError:
                    found[name] = None
        return found


def _project(transaction: Transaction, number: int) -> Project | None:
    table = tables.projects
    row = transaction.execute(select(table).where(table.c.number == number)).first()
    return None if row is None else Project(**row._mapping)


def _entry(transaction: Transaction, number: int) -> Entry | None:
    table = tables.organisations
    here = select(table).where(table.c.number == number, table.c.dissolved.is_(None))
    row = transaction.execute(here).first()
    return None if row is None else Entry(**row._mapping)
