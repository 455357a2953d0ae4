"""Folders of shared projects on the hub's disk.

A project's folder is ``projects/NUMBER`` below the workspaces' root (an older group's stays where it was). New files in
it get the folder's group (the set-group-ID bit) and are writable for the group whatever their maker's umask is (a
default access list, where the file system has them); nobody else has any right. All servers of the local profile run as
the hub's own user, so these rights keep nobody out there: the links of a workspace are order, not a wall.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from joulebook_hub import links
from joulebook_hub.errors import HubError
from joulebook_hub.organisations import acl
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.projects import Project, Reach, all_projects, is_full, keep_size
from joulebook_hub.organisations.reading import all_organisations
from joulebook_hub.quota.storage import measure

__all__ = ["LIBRARY", "Folders", "measure_projects"]

LIBRARY = "library"
"""Folder of a project whose materials and designs every member's kernels find, where the plan has it."""
_MODE = 0o2770


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

        Raises
        ------
        HubError
            If something else stands in its place.
        """
        shelf, name = project.folder.split("/")
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            with links.opened(self.root) as root, links.subfolder(root, shelf) as above:
                try:
                    os.mkdir(name, 0o700, dir_fd=above)
                except FileExistsError:
                    os.close(os.open(name, links.FOLDER, dir_fd=above))
                else:
                    self._share(above, name)
        except OSError as error:
            message = (
                f"The folder of the project {project.title} is not usable: {error.strerror}. Tell an administrator."
            )
            raise HubError(message, reason="project_folder", log_message=f"{project.folder}: {error}") from error
        return self.root / project.folder

    def _share(self, above: int, name: str) -> None:
        descriptor = os.open(name, links.FOLDER, dir_fd=above)
        try:
            os.fchmod(descriptor, _MODE)
            acl.share_with_group(descriptor)
        finally:
            os.close(descriptor)

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
