"""What a worker and the attempt that it watches tell each other: small files in a folder of the attempt's own.

Neither needs the other alive. A worker that died is followed by one that reads on where it stopped; an attempt that
ends meanwhile leaves a note of its end. Files that are replaced are replaced in one step.

===================  ==================================================================================
``order.json``       what to run, written before the start
``begun.json``       who runs it: made once, so that a second start of the same attempt does nothing
``lease``            a number that the worker counts up while the store says that the attempt goes on
``cancel``           there when the attempt shall stop
``alive``            a number that the attempt counts up
``progress.json``    the newest progress
``log.N``            what the work wrote, from its byte N on; only the two newest pieces are kept
``ending.json``      how it ended, the last thing that an attempt writes
===================  ==================================================================================

What the attempt writes is in a folder ``own``, so that one that runs as another user can be given that folder and no
more than a look at the rest. Who reads there follows no link and waits for nothing: it may be anybody's work.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

__all__ = ["LOG_PIECE", "LogTail", "Spool", "open_plain"]

LOG_PIECE = 524_288
"""Bytes of one piece of the log."""
_MOST_JSON = 262_144
_OWN = frozenset({"begun.json", "alive", "progress.json", "ending.json"})
_LONGEST_NUMBER = 15


@dataclass(frozen=True)
class Spool:
    """The folder of one attempt.

    Parameters
    ----------
    folder : Path
        Readable by the hub's user only.
    """

    folder: Path

    @classmethod
    def of(cls, root: Path, key: str, attempt: int) -> Spool:
        """Name the folder of an attempt.

        Parameters
        ----------
        root : Path
            The folder of all of them.
        key : str
            The job's identity.
        attempt : int
            The attempt's number.

        Returns
        -------
        Spool
            It may not exist.
        """
        return cls(root / key / str(attempt))

    @property
    def own(self) -> Path:
        """What the attempt itself writes."""
        return self.folder / "own"

    def prepare(self, order: Mapping[str, Any]) -> None:
        """Make the folder with its order and the first lease.

        Parameters
        ----------
        order : mapping
            For the runner.
        """
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.own.mkdir(mode=0o700, exist_ok=True)
        self.count("lease")
        self.write("order.json", order)

    def open_to(self, uid: int, gid: int) -> None:
        """Let another user run the attempt: read what is said to it, and write into its own folder.

        Parameters
        ----------
        uid, gid : int
            Numeric user and group.
        """
        os.chown(self.own, uid, gid)
        os.chown(self.folder, -1, gid)
        self.folder.chmod(0o750)

    def _path(self, name: str) -> Path:
        return (self.own if name in _OWN else self.folder) / name

    def read(self, name: str) -> dict[str, Any] | None:
        """Read one of the JSON files.

        Parameters
        ----------
        name : str
            Name of the file.

        Returns
        -------
        dict or None
            None if it is not there, or is no JSON object.
        """
        try:
            with open_plain(self._path(name)) as file:
                content = json.loads(file.read(_MOST_JSON))
        except (OSError, ValueError, RecursionError):
            return None
        return content if isinstance(content, dict) else None

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        """Write one of the JSON files in one step.

        Parameters
        ----------
        name : str
            Name of the file.
        content : mapping
            JSON-able.
        """
        path = self._path(name)
        fresh = path.with_name(f"{name}.new")
        fresh.write_text(json.dumps(dict(content)), encoding="utf-8")
        fresh.chmod(0o644)  # the folder is closed to others
        fresh.replace(path)

    def number(self, name: str) -> int:
        """Read one of the numbers.

        Parameters
        ----------
        name : str
            ``"lease"`` or ``"alive"``.

        Returns
        -------
        int
            0 if it is not there.
        """
        found = self.read(name)
        return int(found["count"]) if found and isinstance(found.get("count"), int) else 0

    def count(self, name: str) -> None:
        """Count one of the numbers up.

        Parameters
        ----------
        name : str
            ``"lease"`` or ``"alive"``.
        """
        self.write(name, {"count": self.number(name) + 1})

    def begin(self, who: Mapping[str, Any]) -> bool:
        """Take the attempt, once.

        Parameters
        ----------
        who : mapping
            Process id, start time and machine.

        Returns
        -------
        bool
            False if it has been taken.
        """
        try:
            descriptor = os.open(self._path("begun.json"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return False
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(dict(who), file)
        return True

    @property
    def has_begun(self) -> bool:
        """Whether some process has taken the attempt."""
        return os.path.lexists(self._path("begun.json"))

    def ask_to_stop(self) -> None:
        """Ask the attempt to stop."""
        (self.folder / "cancel").touch()

    @property
    def is_asked_to_stop(self) -> bool:
        """Whether the attempt shall stop."""
        return (self.folder / "cancel").exists()

    def pieces(self) -> list[tuple[int, Path]]:
        """Pieces of the log.

        Returns
        -------
        list of (int, Path)
            First byte and file of each, in order.
        """
        numbers = ((path.suffix[1:], path) for path in self.own.glob("log.*"))
        good = (pair for pair in numbers if pair[0].isascii() and pair[0].isdigit() and len(pair[0]) <= _LONGEST_NUMBER)
        return sorted((int(number), path) for number, path in good)

    def remove(self) -> None:
        """Remove the folder, and the job's, if it was the last."""
        shutil.rmtree(self.folder, ignore_errors=True)
        try:
            self.folder.parent.rmdir()
        except OSError:
            return


def open_plain(path: Path) -> IO[bytes]:
    """Open a file to read that somebody else may have made.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    file
        Open.

    Raises
    ------
    OSError
        Also if it is a link, a pipe or anything else but a file.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    file = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise OSError(f"{path.name} is not a file")
    return file


class LogTail:
    """Reads on in a log.

    Parameters
    ----------
    spool : Spool
        Where the log is.
    offset : int
        Which byte is read next.
    """

    def __init__(self, spool: Spool, offset: int = 0) -> None:
        self._spool = spool
        self.offset = offset

    def read(self, most: int = 65_536) -> tuple[int, bytes]:
        """Look at what is new; `offset` is moved on by who has kept it.

        Parameters
        ----------
        most : int
            How many bytes at most.

        Returns
        -------
        tuple of int and bytes
            From which byte on, and the bytes; what was dropped meanwhile is skipped.
        """
        pieces = self._spool.pieces()
        if not pieces:
            return self.offset, b""
        begin = at = max(self.offset, pieces[0][0])
        found = b""
        for first, path in pieces:
            if len(found) >= most:
                break
            try:
                with open_plain(path) as file:
                    file.seek(max(at - first, 0))
                    content = file.read(most - len(found)) if first <= at else b""
            except OSError:
                continue
            found += content
            at += len(content)
        return begin, found
