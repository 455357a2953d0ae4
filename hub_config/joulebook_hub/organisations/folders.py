"""Folders of shared projects on the hub's disk.

A project's folder is ``projects/NUMBER`` below the workspaces' root (an older group's stays where it was). New files in
it get the folder's group (the set-group-ID bit) and are writable for the group whatever their maker's umask is (a
default access list, where the file system has them); nobody else has any right. All servers of the local profile run as
the hub's own user, so these rights keep nobody out there: the links of a workspace are order, not a wall. In the other
profiles each project has a group of its own (`joulebook_hub.housing`), and the rights hold.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from joulebook_hub import links, owners
from joulebook_hub.errors import HubError
from joulebook_hub.housing.dwellings import LIBRARY
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.projects import Project, Reach, all_projects, is_full, keep_size
from joulebook_hub.organisations.reading import all_organisations
from joulebook_hub.quota.storage import measure

__all__ = ["Folders", "measure_projects"]


@dataclass(frozen=True)
class Folders:
    """Folders of one hub.

    Parameters
    ----------
    root : Path
        The folder that holds ``users``, ``groups`` and ``projects``.
    """

    root: Path

    def prepare(self, project: Project) -> Path:
        """Make a project's folder, or check the one that is there.

        Parameters
        ----------
        project : Project
            The project.

        Returns
        -------
        Path
            The folder.
        """
        return self.make(project.folder, project.title)

    def make(self, place: str, title: str, group: int | None = None) -> Path:
        """Make a shared folder, or check the one that is there.

        Parameters
        ----------
        place : str
            Its place below the root, such as ``projects/7``.
        title : str
            What people call it.
        group : int, optional
            Numeric group of who may use it; the hub's own when left out.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        HubError
            If something else stands in its place, or the hub may not give it away.
        """
        shelf, name = place.split("/")
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            with links.opened(self.root) as root, links.subfolder(root, shelf) as above:
                made = True
                try:
                    os.mkdir(name, 0o700, dir_fd=above)
                except FileExistsError:
                    made = False
                descriptor = os.open(name, links.FOLDER, dir_fd=above)
                try:
                    if made or group is not None:
                        owners.share(descriptor, group)
                finally:
                    os.close(descriptor)
        except OSError as error:
            message = f"The folder of the project {title} is not usable: {error.strerror}. Tell an administrator."
            raise HubError(message, reason="project_folder", log_message=f"{place}: {error}") from error
        return self.root / place

    def targets(self, reach: Iterable[Reach]) -> tuple[dict[str, Path], dict[str, Path]]:
        """Folders that a workspace should have links to.

        Parameters
        ----------
        reach : iterable of Reach
            The person's projects.

        Returns
        -------
        tuple of dict
            Projects and libraries, by the name of the link.
        """
        projects, libraries = {}, {}
        for each in reach:
            folder = self.prepare(each.project)
            projects[each.project.link] = folder
            if each.library:
                libraries[each.project.link] = folder / LIBRARY
        return projects, libraries

    def delete(self, project: Project) -> None:
        """Delete the files of a project, never following a link.

        Parameters
        ----------
        project : Project
            A project that is in the store no more.
        """
        shelf, name = project.folder.split("/")
        with links.opened(self.root / shelf) as above:
            shutil.rmtree(name, dir_fd=above)


def measure_projects(book: Book, root: Path) -> None:
    """Measure every project's folder and keep what it takes; each by itself, so that nobody waits for the whole.

    Where an organisation's storage has become full, or is not any more, its log says so, and links follow.

    Parameters
    ----------
    book : Book
        The organisations.
    root : Path
        The folder that holds ``users``, ``groups`` and ``projects``.
    """
    with book.store.read() as transaction:
        found = all_projects(transaction)
    for project in found:
        if (root / project.folder).is_dir():
            measured = measure(root / project.folder)
            with book.store.begin() as transaction:
                keep_size(transaction, project.number, float(measured.size))
    with book.store.begin() as transaction:
        for entry in all_organisations(transaction):
            full = is_full(transaction, book.plans, entry.number)
            mark = f"full/{entry.number}"
            if full != bool(transaction.mark(mark, 0.0)):
                transaction.set_mark(mark, float(full))
                told = "storage is full: members lost the shared folders" if full else "storage has room again"
                with book.event(entry.name) as organisation:
                    organisation.record("hub", told)
