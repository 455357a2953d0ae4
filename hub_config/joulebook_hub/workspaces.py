"""Workspaces: a folder per user, with links to the folders of groups and of shared projects that the user reaches."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from joulebook_hub import links, owners, places
from joulebook_hub.names import folder_name

__all__ = ["LIBRARIES", "PROJECTS", "Workspaces"]

_SEEDED = ".joulebook-workspace.json"
PROJECTS = "projects"
LIBRARIES = ".joulebook-libraries"
"""Folder of links to the libraries of shared projects; JOULEBOOK_LIBRARIES names it to the kernels."""
_NO_LINKS: Mapping[str, Path] = {}


@dataclass(frozen=True)
class Workspaces:
    """The users' and groups' files of one hub.

    Parameters
    ----------
    root : Path
        The folder that holds ``users``, ``groups`` and ``projects``.
    inside : Path, optional
        Where people's servers see shared folders, if that is not below ``root``.
    """

    root: Path
    inside: Path | None = None

    def of_user(self, name: str) -> Path:
        """Folder of a user.

        Parameters
        ----------
        name : str
            The user's name.

        Returns
        -------
        Path
            Always directly under ``users``.
        """
        return self.root / "users" / folder_name(name)

    def of_group(self, name: str) -> Path:
        """Shared folder of a group.

        Parameters
        ----------
        name : str
            The group's name.

        Returns
        -------
        Path
            Always directly under ``groups``.
        """
        return self.root / "groups" / folder_name(name)

    def prepare(
        self,
        user: str,
        groups: Iterable[str],
        projects: Mapping[str, Path] = _NO_LINKS,
        libraries: Mapping[str, Path] = _NO_LINKS,
        *,
        owner: int | None = None,
    ) -> Path:
        """Make a user's workspace ready for a server: folder, first contents, links.

        Parameters
        ----------
        user : str
            The user's name.
        groups : iterable of str
            Names of the groups that the user belongs to now.
        projects, libraries : mapping of str to Path
            Folders of shared projects that the user reaches, and of their libraries, by the name of the link.
        owner : int, optional
            Numeric user and group whose files these are; the hub's own when left out.

        Returns
        -------
        Path
            The workspace.
        """
        workspace = self.of_user(user)
        workspace.parent.mkdir(parents=True, exist_ok=True)
        with (
            links.opened(workspace.parent) as above,
            links.subfolder(above, workspace.name) as folder,
        ):
            if owner is not None:
                owners.settle(folder, owner)
            os.fchmod(folder, 0o700)
            self._seed(folder, owner)
        self.link(user, groups, projects, libraries, owner=owner)
        return workspace

    def link(
        self,
        user: str,
        groups: Iterable[str],
        projects: Mapping[str, Path] = _NO_LINKS,
        libraries: Mapping[str, Path] = _NO_LINKS,
        *,
        owner: int | None = None,
    ) -> None:
        """Bring the links of a workspace up to date: what was left goes, what is new comes, also while a server runs.

        Parameters
        ----------
        user : str
            The user's name.
        groups : iterable of str
            Names of the groups that the user belongs to now.
        projects, libraries : mapping of str to Path
            Folders of shared projects that the user reaches, and of their libraries, by the name of the link.
        owner : int, optional
            Numeric user and group of new folders; the hub's own when left out.
        """
        wanted = {folder_name(group): self.of_group(group) for group in groups}
        for folder in wanted.values():
            folder.mkdir(parents=True, exist_ok=True)
        with links.opened(self.of_user(user)) as workspace:
            for name, targets in ((PROJECTS, {**wanted, **projects}), (LIBRARIES, libraries)):
                if targets or links.is_there(workspace, name):
                    with links.subfolder(workspace, name, owner=owner) as folder_of_links:
                        links.keep_links(folder_of_links, targets, self._is_shared)

    def forget(self, user: str) -> None:
        """Delete the home of a project's server, with what it remembers of its documents; without one nothing happens.

        Parameters
        ----------
        user : str
            The server's hub user.
        """
        with contextlib.suppress(FileNotFoundError), links.opened(self.root / "users") as homes:
            shutil.rmtree(folder_name(user), dir_fd=homes)

    def _is_shared(self, target: Path) -> bool:
        roots = (self.root,) if self.inside is None else (self.root, self.inside)
        return any(target.is_relative_to(root / shelf) for root in roots for shelf in ("groups", "projects"))

    def _seed(self, workspace: int, owner: int | None) -> None:
        """Copy tutorials and example designs once; what the user made, changed or deleted stays so."""
        record = links.read_file(workspace, _SEEDED)
        known = _names(record)
        fresh = set(known)
        for source, shelf in _first_contents():
            name = f"{shelf}/{source.name}" if shelf else source.name
            if name in known:
                continue
            with links.subfolder(workspace, shelf or ".", owner=owner) as folder:
                if links.new_file(folder, source.name, source.read_bytes(), owner):
                    fresh.add(name)
        if fresh != known or record is None:
            with suppress(OSError):  # a folder of the owner's under this name: then it is looked at each time
                if record is not None:
                    os.unlink(_SEEDED, dir_fd=workspace)
                links.new_file(workspace, _SEEDED, json.dumps(sorted(fresh)).encode(), owner)


def _names(record: bytes | None) -> set[str]:
    try:
        found = json.loads(record or b"[]")
    except ValueError:
        return set()
    return {name for name in found if isinstance(name, str)} if isinstance(found, list) else set()


def _first_contents() -> list[tuple[Path, str]]:
    """Files and the folder of the workspace that they go to; empty for the workspace itself."""
    tutorials, examples = places.tutorials_folder(), places.examples_folder()
    notebooks = sorted(tutorials.glob("*.ipynb")) if tutorials else []
    designs = sorted(examples.glob("*.cell.json")) if examples else []
    return [*((path, "tutorials") for path in notebooks), *((path, "") for path in designs)]
