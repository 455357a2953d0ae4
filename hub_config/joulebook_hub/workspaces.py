"""Workspaces: a folder per user, a folder per group, linked into the workspace of each of its members."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from joulebook_hub import places
from joulebook_hub.names import folder_name

__all__ = ["Workspaces"]

_SEEDED = ".joulebook-workspace.json"
PROJECTS = "projects"


@dataclass(frozen=True)
class Workspaces:
    """The users' and groups' files of one hub.

    Parameters
    ----------
    root : Path
        The folder that holds ``users`` and ``groups``.
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

    def prepare(self, user: str, groups: Iterable[str]) -> Path:
        """Make a user's workspace ready for a server: folder, first contents, links to the groups' folders.

        Parameters
        ----------
        user : str
            The user's name.
        groups : iterable of str
            Names of the groups that the user belongs to now.

        Returns
        -------
        Path
            The workspace.
        """
        workspace = self.of_user(user)
        workspace.mkdir(parents=True, exist_ok=True)
        workspace.chmod(0o700)
        self._seed(workspace)
        self._link(workspace, groups)
        return workspace

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

    def _link(self, workspace: Path, groups: Iterable[str]) -> None:
        """Make ``projects/<group>`` point at each group's folder, and remove links to groups that were left."""
        projects = workspace / PROJECTS
        wanted = {folder_name(group): self.of_group(group) for group in groups}
        if wanted:
            projects.mkdir(exist_ok=True)
        for link in projects.iterdir() if projects.is_dir() else ():
            if link.is_symlink() and wanted.get(link.name) != link.readlink():
                link.unlink()
        for name, folder in wanted.items():
            folder.mkdir(parents=True, exist_ok=True)
            link = projects / name
            if not link.is_symlink() and not link.exists():
                link.symlink_to(folder, target_is_directory=True)


def _first_contents() -> list[tuple[Path, str]]:
    tutorials, examples = places.tutorials_folder(), places.examples_folder()
    notebooks = sorted(tutorials.glob("*.ipynb")) if tutorials else []
    designs = sorted(examples.glob("*.cell.json")) if examples else []
    return [*((path, f"tutorials/{path.name}") for path in notebooks), *((path, path.name) for path in designs)]
