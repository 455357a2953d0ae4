"""Dwellings of one hub: who reaches what, from the store; folders, owners and links, on the disk."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, insert, select

from joulebook_hub.errors import HubError
from joulebook_hub.housing.dwellings import Dwelling, Inside, Shared, dwelling
from joulebook_hub.housing.numbers import GROUP, PERSON, PROJECT, numbers
from joulebook_hub.housing.tables import servers
from joulebook_hub.names import folder_name
from joulebook_hub.organisations import tables as organisations
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.folders import Folders
from joulebook_hub.organisations.projects import reach_of
from joulebook_hub.plans import GROUP_PREFIX, Plans
from joulebook_hub.settings import HubSettings
from joulebook_hub.store import Store, Transaction
from joulebook_hub.workspaces import Workspaces

__all__ = ["Houses"]

_HERE = Inside()


@dataclass(frozen=True)
class Houses:
    """Dwellings of the people of one hub.

    Parameters
    ----------
    book : Book
        The organisations, with store and plans.
    root : Path
        The tree as the hub sees it: ``users``, ``groups`` and ``projects``.
    first : int
        What is added to numbers of residents to make numeric users and groups.
    inside : Inside
        Where servers see home and shared folders.
    """

    book: Book
    root: Path
    first: int
    inside: Inside = _HERE

    def __deepcopy__(self, _memo: object) -> Houses:
        """Stay one: JupyterHub copies its configuration."""
        return self

    @classmethod
    def of(cls, store: Store, plans: Plans, settings: HubSettings, inside: Inside = _HERE) -> Houses:
        """Make the dwellings of a hub.

        Parameters
        ----------
        store : Store
            Its store.
        plans : Plans
            Its plans.
        settings : HubSettings
            Its settings.
        inside : Inside, optional
            Where servers see things.

        Returns
        -------
        Houses
            The same from every process of the hub.
        """
        return cls(Book(store, plans), settings.folder.workspaces, settings.first_id, inside)

    def dwelling(self, user: str, groups: Iterable[str]) -> Dwelling:
        """Say what a person's server is given right now; no file is touched.

        Parameters
        ----------
        user : str
            The person.
        groups : iterable of str
            JupyterHub groups of the person's.

        Returns
        -------
        Dwelling
            Home, shared folders, identity.
        """
        return self._look(user, groups, even_full=False)

    def kept(self, user: str, groups: Iterable[str]) -> frozenset[str]:
        """Say what a server that runs may keep: full storage takes nothing from it.

        Parameters
        ----------
        user : str
            The person.
        groups : iterable of str
            JupyterHub groups of the person's.

        Returns
        -------
        frozenset of str
            As `Dwelling.rights`.
        """
        return self._look(user, groups, even_full=True).rights

    def _look(self, user: str, groups: Iterable[str], *, even_full: bool) -> Dwelling:
        with self.book.store.begin() as transaction:
            number = numbers(transaction, PERSON, [user])[user]
            shared = self._groups(transaction, groups)
            reach = reach_of(transaction, self.book, user, even_full=even_full)
            found = numbers(transaction, PROJECT, (str(each.project.number) for each in reach))
            for each in reach:
                project = each.project
                place = Shared(project.folder, project.link, found[str(project.number)], each.library)
                shared[project.link] = place
        return dwelling(user, number, shared.values(), first=self.first, inside=self.inside)

    @staticmethod
    def _groups(transaction: Transaction, groups: Iterable[str]) -> dict[str, Shared]:
        """Folders of groups that are neither a plan's nor an organisation's."""
        kept = set(transaction.execute(select(organisations.organisations.c.group)).scalars())
        ordinary = [name for name in groups if not name.startswith(GROUP_PREFIX) and name not in kept]
        given = numbers(transaction, GROUP, ordinary)
        places = {name: folder_name(name) for name in ordinary}
        return {place: Shared(f"groups/{place}", place, given[name]) for name, place in places.items()}

    def prepare(self, user: str, groups: Iterable[str]) -> Dwelling:
        """Make a person's folders ready for a server or a job, and say what it is given.

        Parameters
        ----------
        user : str
            The person.
        groups : iterable of str
            JupyterHub groups of the person's.

        Returns
        -------
        Dwelling
            Home, shared folders, identity.

        Raises
        ------
        HubError
            If the folders cannot be made ready.
        """
        found = self.dwelling(user, groups)
        folders = Folders(self.root)
        for mount, gid in zip(found.shared, found.gids, strict=True):
            folders.make(mount.source, mount.source, gid)
        workspaces = Workspaces(self.root, Path(self.inside.tree))
        try:
            workspaces.prepare(
                user,
                [],
                {name: Path(target) for name, target in found.links.items()},
                {name: Path(target) for name, target in found.libraries.items()},
                owner=found.uid,
            )
        except OSError as error:
            message = f"The workspace of {user} cannot be prepared: {error.strerror}. Tell an administrator of the hub."
            raise HubError(message, reason="workspace", log_message=f"{found.home.source}: {error}") from error
        return found

    def moved_in(self, user: str, server: str, given: Dwelling) -> None:
        """Write down what a server that starts is given.

        Parameters
        ----------
        user : str
            The person.
        server : str
            The server's name; empty for the default one.
        given : Dwelling
            What it is given.
        """
        with self.book.store.begin() as transaction:
            transaction.execute(delete(servers).where(servers.c.user == user, servers.c.server == server))
            values = {"user": user, "server": server, "rights": json.dumps(sorted(given.rights)), "at": transaction.now}
            transaction.execute(insert(servers).values(values))

    def given(self) -> dict[tuple[str, str], frozenset[str]]:
        """What each server was given when it was started last.

        Returns
        -------
        dict
            `Dwelling.rights` by user and name of the server.
        """
        with self.book.store.read() as transaction:
            rows = transaction.execute(select(servers)).all()
        return {(row.user, row.server): frozenset(json.loads(row.rights)) for row in rows}
