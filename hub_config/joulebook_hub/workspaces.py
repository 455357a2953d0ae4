"""Workspaces: a folder per user, with links to the folders of groups and of shared projects that the user reaches."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from joulebook_hub import links, places
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
    """

    root: Path

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

        Returns
        -------
        Path
            The workspace.
        """
        workspace = self.of_user(user)
        workspace.mkdir(parents=True, exist_ok=True)
        workspace.chmod(0o700)
        self._seed(workspace)
        self.link(user, groups, projects, libraries)
        return workspace

    def link(
        self,
        user: str,
        groups: Iterable[str],
        projects: Mapping[str, Path] = _NO_LINKS,
        libraries: Mapping[str, Path] = _NO_LINKS,
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
        """
        wanted = {folder_name(group): self.of_group(group) for group in groups}
        for folder in wanted.values():
            folder.mkdir(parents=True, exist_ok=True)
        with links.opened(self.of_user(user)) as workspace:
            for name, targets in ((PROJECTS, {**wanted, **projects}), (LIBRARIES, libraries)):
                if targets or links.is_there(workspace, name):
                    with links.subfolder(workspace, name) as folder_of_links:
                        links.keep_links(folder_of_links, targets, self._is_shared)

    def _is_shared(self, target: Path) -> bool:
        return any(target.is_relative_to(self.root / shelf) for shelf in ("groups", "projects"))

    def _seed(self, workspace: Path) -> None:
        """Copy tutorials and example designs once; what the user made, changed or deleted stays so."""
        record = workspace / _SEEDED
        known = set(json.loads(record.read_text(encoding="utf-8"))) if record.exists() else set()
        fresh = set(known)
        for source, name in _first_contents():
            target = workspace / name
            if name in known or target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            fresh.add(name)
        if fresh != known or not record.exists():
            record.write_text(json.dumps(sorted(fresh)), encoding="utf-8")


def _first_contents() -> list[tuple[Path, str]]:
    tutorials, examples = places.tutorials_folder(), places.examples_folder()
    notebooks = sorted(tutorials.glob("*.ipynb")) if tutorials else []
    designs = sorted(examples.glob("*.cell.json")) if examples else []
    return [*((path, f"tutorials/{path.name}") for path in notebooks), *((path, path.name) for path in designs)]
