"""The hub's side of shared projects: links, JupyterHub groups and running servers follow what the store says.

Each organisation has a JupyterHub group whose members are the organisation's. The hub's own process keeps groups and
links up to date: when a server starts, after every change made on its pages, and within `EVERY` seconds after a change
that came through the service, which itself has no power over groups and files. What an administrator changes by hand
about such a group on JupyterHub's page is put back at the organisation's next change.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from joulebook_hub.errors import HubError
from joulebook_hub.names import folder_name
from joulebook_hub.organisations import tables
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.doors import Doors
from joulebook_hub.organisations.folders import Folders
from joulebook_hub.organisations.projects import Project, Projects, reach_of
from joulebook_hub.organisations.reading import Entry
from joulebook_hub.organisations.together import server_of
from joulebook_hub.plans import GROUP_PREFIX
from joulebook_hub.workspaces import Workspaces

__all__ = ["EVERY", "Changed", "Rooms", "keep_following"]

EVERY = 2.0
log = logging.getLogger("joulebook_hub.organisations")


@dataclass(frozen=True)
class Changed:
    """What to follow: the newest line, title and members of changed groups, groups that ended, people."""

    line: int
    members: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    ended: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()


@dataclass
class Rooms:
    """Shared projects of one hub.

    Parameters
    ----------
    projects : Projects
        Organisations and their projects in the store.
    root : Path
        The folder of workspaces, groups and projects.
    doors : Doors
        The projects' servers.
    line : int
        Newest line of the organisations' log that was followed.
    leaving : callable, optional
        Ends what people lost, where servers have dwellings (`joulebook_hub.housing`); without it, links follow.
    """

    projects: Projects
    root: Path
    doors: Doors
    line: int = 0
    leaving: Callable[[Any, int], Awaitable[None]] | None = None

    def __deepcopy__(self, _memo: object) -> Rooms:
        """Stay one: JupyterHub copies its configuration, and pages and loop follow together."""
        return self

    @property
    def book(self) -> Book:
        """The organisations."""
        return self.projects.book

    @property
    def folders(self) -> Folders:
        """The projects' folders."""
        return Folders(self.root)

    def links_of(self, user: str, groups: Iterable[str]) -> tuple[list[str], dict[str, Path], dict[str, Path]]:
        """What a workspace has links to.

        Parameters
        ----------
        user : str
            Whose workspace.
        groups : iterable of str
            All groups of the user.

        Returns
        -------
        tuple
            Groups whose own folder is linked (no plan's and no organisation's), projects, libraries.
        """
        with self.book.store.read() as transaction:
            reach = reach_of(transaction, self.book, user)
            kept = set(transaction.execute(select(tables.organisations.c.group)).scalars())
        ordinary = [group for group in groups if not group.startswith(GROUP_PREFIX) and group not in kept]
        return (ordinary, *self.folders.targets(reach))

    def relink(self, user: str, groups: Iterable[str]) -> None:
        """Bring the links of a workspace up to date, if there is one.

        Parameters
        ----------
        user : str
            Whose workspace.
        groups : iterable of str
            All groups of the user.
        """
        workspaces = Workspaces(self.root)
        if workspaces.of_user(user).is_dir():
            workspaces.link(user, *self.links_of(user, groups))

    def adopt_group(self, group: str, owner: str, members: list[str]) -> Entry:
        """Make an organisation of an older group; its folder stays where it is and becomes the first project.

        Parameters
        ----------
        group, owner : str
            The group, and one of its members.
        members : list of str
            All of them.

        Returns
        -------
        Entry
            The organisation.
        """
        folder = folder_name(group)
        with self.book.store.begin():
            entry = self.book.found(group, owner, group=group, many=True)
            self.book.adopt(entry.name, members)
            self.projects.make(entry.name, owner, group, folder=f"groups/{folder}", link=folder)
        return entry

    def delete_project(self, organisation: str, actor: str, name: str) -> Project:
        """Delete a closed project and its files.

        Parameters
        ----------
        organisation, actor, name : str
            Where, who, and which project.

        Returns
        -------
        Project
            What was deleted.
        """
        gone = self.projects.delete(organisation, actor, name)
        try:
            self.folders.delete(gone)
        except FileNotFoundError:
            log.info("project %s had no folder", gone.link)
        Workspaces(self.root).forget(server_of(gone.number))
        return gone

    def changed(self) -> Changed | None:
        """Look for what has changed since the last look.

        Returns
        -------
        Changed or None
            None if nothing has.
        """
        lines, names = tables.log, tables.organisations
        with self.book.store.read() as transaction:
            found = list(transaction.execute(select(lines).where(lines.c.line > self.line).order_by(lines.c.line)))
            if not found:
                return None
            numbers = {row.organisation for row in found}
            people = {name for row in found for name in (row.actor, row.subject) if name}
            members: dict[str, tuple[str, frozenset[str]]] = {}
            ended = set()
            for entry in transaction.execute(select(names).where(names.c.number.in_(numbers))):
                table = tables.members
                inside = select(table.c.user).where(table.c.organisation == entry.number)
                belong = frozenset(transaction.execute(inside).scalars())
                people |= belong
                if entry.dissolved is None:
                    members[entry.group] = (entry.title, belong)
                else:
                    ended.add(entry.group)
        return Changed(found[-1].line, members, frozenset(ended), frozenset(people))

    async def follow(self, db: Any, app: Any = None) -> None:
        """Bring groups and links up to date after changes, and let the projects' servers follow.

        Parameters
        ----------
        db : Session
            JupyterHub's database session, in whose thread this runs.
        app : JupyterHub, optional
            The running hub; without it no server is looked at.
        """
        changed = await asyncio.to_thread(self.changed)
        if changed is not None:
            await self._follow(db, changed)
        if app is not None:
            await self.doors.follow(app, db, changed=changed is not None)

    async def _follow(self, db: Any, changed: Changed) -> None:
        _keep_groups(db, changed)
        if self.leaving is not None:
            self.line = max(self.line, changed.line)
            await self.look()
            return
        groups = _groups_of(db, changed.people)
        for user, held in groups.items():
            try:
                await asyncio.to_thread(self.relink, user, held)
            except (HubError, OSError) as error:
                log.warning("links of %s: %s", user, error)
        self.line = max(self.line, changed.line)

    async def look(self) -> None:
        """Stop servers of who lost something, where servers have dwellings."""
        from jupyterhub.app import JupyterHub

        if self.leaving is not None and JupyterHub.initialized():
            await self.leaving(JupyterHub.instance(), self.line)


def _keep_groups(db: Any, changed: Changed) -> None:
    from jupyterhub import orm

    for name, (title, members) in changed.members.items():
        group = orm.Group.find(db, name)
        if group is None:
            group = orm.Group(name=name)
            db.add(group)
        found = [orm.User.find(db, user) for user in sorted(members)]
        wanted = [user for user in found if user is not None]
        if set(group.users) != set(wanted):
            group.users = wanted
        if group.properties != {"organisation": title}:
            group.properties = {"organisation": title}
    for name in changed.ended:
        group = orm.Group.find(db, name)
        if group is not None:
            db.delete(group)
    db.commit()


def _groups_of(db: Any, people: Iterable[str]) -> dict[str, list[str]]:
    from jupyterhub import orm

    found = {name: orm.User.find(db, name) for name in sorted(people)}
    return {name: [group.name for group in user.groups] for name, user in found.items() if user is not None}


async def keep_following(rooms: Rooms, running: Callable[[], Any]) -> None:
    """Follow changes for as long as the hub runs.

    Parameters
    ----------
    rooms : Rooms
        The shared projects.
    running : callable
        Gives JupyterHub; None as long as it has not opened its database.
    """
    while True:
        await asyncio.sleep(EVERY)
        app = running()
        if app is None:
            continue
        try:
            await rooms.follow(app.db, app)
            await rooms.look()
        except Exception:  # a fault of one change must not end the following of all later ones
            log.exception("groups and links could not follow the organisations; trying again")
