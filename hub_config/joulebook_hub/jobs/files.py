"""A job's files: the one that it works on, and the folder of results in its user's workspace.

A path is resolved with all its links, and what it leads to must be in the workspace, or in the folder of a group or of
a shared project that the workspace links to. Results are listed without following links.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from joulebook_hub.errors import HubError
from joulebook_hub.workspaces import PROJECTS, Workspaces

__all__ = ["RESULTS", "JobFiles", "Result", "left_in", "name_of"]

RESULTS = "jobs"
"""Folder of a workspace that holds the results of jobs."""
_MOST_RESULTS = 200


@dataclass(frozen=True)
class Result:
    """A file that a job has left.

    Parameters
    ----------
    path : str
        In the user's workspace.
    size : int
        Bytes.
    """

    path: str
    size: int


@dataclass(frozen=True)
class JobFiles:
    """Files of one user.

    Parameters
    ----------
    workspaces : Workspaces
        All of them.
    user : str
        Whose.
    """

    workspaces: Workspaces
    user: str

    @property
    def home(self) -> Path:
        """The user's workspace."""
        return self.workspaces.of_user(self.user)

    def find(self, path: str) -> Path:
        """Find a file that a job works on.

        Parameters
        ----------
        path : str
            In the workspace.

        Returns
        -------
        Path
            Absolute, all links resolved.

        Raises
        ------
        HubError
            If it is not there, or leads out of the workspace.
        """
        found = self.home / path
        try:
            real = found.resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            message = f"file = {path[:200]!r}: there is no such file in the workspace. Save it first."
            raise HubError(message, reason="no_file") from None
        if not any(real.is_relative_to(root) for root in self._roots()):
            message = f"file = {path[:200]!r}: it leads out of the workspace. Copy it in."
            raise HubError(message, reason="outside")
        if not real.is_file():
            raise HubError(f"file = {path[:200]!r}: it is not a file.", reason="no_file")
        return real

    def _roots(self) -> list[Path]:
        roots = [self.home.resolve()]
        shelves = [(self.workspaces.root / name).resolve() for name in ("groups", "projects")]
        projects = self.home / PROJECTS
        for link in projects.iterdir() if projects.is_dir() else ():
            target = link.resolve()
            if link.is_symlink() and any(target != shelf and target.is_relative_to(shelf) for shelf in shelves):
                roots.append(target)
        return roots

    def results(self, title: str, key: str, attempt: int, at: float) -> Path:
        """Make the folder for the results of an attempt.

        Parameters
        ----------
        title : str
            The job's title.
        key : str
            The job's identity.
        attempt : int
            The attempt's number.
        at : float
            When the job was submitted, s since 1970.

        Returns
        -------
        Path
            Absolute; different for every attempt.

        Raises
        ------
        HubError
            If it cannot be made, or would lie outside the workspace.
        """
        folder = self.home / RESULTS / name_of(title, key, attempt, at)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"The folder {RESULTS} of the workspace cannot be made: {error.strerror}."
            raise HubError(message, reason="no_results") from error
        if not folder.resolve().is_relative_to(self.home.resolve()):
            message = f"The folder {RESULTS} of the workspace leads elsewhere. Rename it: jobs make their own."
            raise HubError(message, reason="outside")
        return folder.resolve()

    def listed(self, folder: Path) -> list[Result]:
        """List what an attempt has left.

        Parameters
        ----------
        folder : Path
            Its folder of results.

        Returns
        -------
        list of Result
            At most 200, in order.
        """
        return left_in(folder, self.home.resolve())


def name_of(title: str, key: str, attempt: int, at: float) -> str:
    """Name the folder of an attempt's results.

    Parameters
    ----------
    title : str
        The job's title.
    key : str
        The job's identity.
    attempt : int
        The attempt's number.
    at : float
        When the job was submitted, s since 1970.

    Returns
    -------
    str
        Different for every attempt.

    Examples
    --------
    >>> name_of("Weekly cell: LG M50", "3f2a90cd11223344", 2, 1.7672e9)
    '2025-12-31-weekly-cell-lg-m50-3f2a90-2'
    """
    day = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
    words = re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-").lower()[:40].strip("-") or "job"
    return f"{day}-{words}-{key[:6]}" + (f"-{attempt}" if attempt > 1 else "")


def left_in(folder: Path, home: Path) -> list[Result]:
    """List what an attempt has left.

    Parameters
    ----------
    folder : Path
        Its folder of results.
    home : Path
        The workspace, all links resolved.

    Returns
    -------
    list of Result
        At most 200, in order.
    """
    found: list[Result] = []
    for here, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = Path(here) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                found.append(Result(path.relative_to(home).as_posix(), path.stat().st_size))
            if len(found) >= _MOST_RESULTS:
                return found
    return found
