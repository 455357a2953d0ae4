"""How much room a home directory takes: a bounded walk that follows no link, and the removal of one file.

Directories are opened one below the other, each by its name within the one above and never through a link, so that
nothing that is swapped in between leads out of the folder. A file with several names counts once; what lies on another
file system does not count. A walk that reaches its bounds says so, and what it counted is a least amount.
"""

from __future__ import annotations

import heapq
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from joulebook_hub.errors import HubError

__all__ = ["GIGABYTE", "Measured", "measure", "remove_file"]

GIGABYTE = 1e9
_BLOCK = 512
"""Bytes of a block in ``st_blocks``, whatever the file system's blocks are."""
_DEEPEST = 64
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class Measured:
    """What a folder takes.

    Parameters
    ----------
    size : int
        Room on the disk, bytes.
    files : int
        How many entries were looked at.
    complete : bool
        False if a bound ended the walk; the size is a least amount then.
    largest : tuple of tuple
        The largest files: path within the folder, and bytes.
    """

    size: int
    files: int
    complete: bool
    largest: tuple[tuple[str, int], ...] = ()


@dataclass
class _Walk:
    deadline: float
    clock: Callable[[], float]
    most_entries: int
    most_largest: int
    device: int
    size: int = 0
    entries: int = 0
    complete: bool = True
    seen: set[int] = field(default_factory=set)
    largest: list[tuple[int, str]] = field(default_factory=list)

    def into(self, folder: int, path: str, depth: int) -> None:
        try:
            names = os.scandir(folder)
        except OSError:
            self.complete = False
            return
        with names:
            for entry in names:
                if self.entries >= self.most_entries or self.clock() > self.deadline:
                    self.complete = False
                    return
                self.entries += 1
                self._count(folder, entry.name, path, depth)

    def _count(self, folder: int, name: str, path: str, depth: int) -> None:
        try:
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError:
            return  # gone in the meantime
        if found.st_dev != self.device:
            return
        within = f"{path}/{name}" if path else name
        if found.st_nlink == 1 or stat.S_ISDIR(found.st_mode) or found.st_ino not in self.seen:
            if found.st_nlink > 1 and not stat.S_ISDIR(found.st_mode):
                self.seen.add(found.st_ino)
            room = found.st_blocks * _BLOCK
            self.size += room
            if stat.S_ISREG(found.st_mode) and room:
                heapq.heappush(self.largest, (room, within))
                if len(self.largest) > self.most_largest:
                    heapq.heappop(self.largest)
        if stat.S_ISDIR(found.st_mode):
            self._below(folder, name, within, depth)

    def _below(self, folder: int, name: str, within: str, depth: int) -> None:
        if depth >= _DEEPEST:
            self.complete = False
            return
        try:
            inner = os.open(name, _FOLDER, dir_fd=folder)
        except OSError:
            self.complete = False
            return
        try:
            if os.fstat(inner).st_dev == self.device:
                self.into(inner, within, depth + 1)
        finally:
            os.close(inner)


def measure(
    folder: Path,
    *,
    seconds: float = 20.0,
    most_entries: int = 1_000_000,
    most_largest: int = 20,
    clock: Callable[[], float] = time.monotonic,
) -> Measured:
    """Measure a folder.

    Parameters
    ----------
    folder : Path
        The folder; what is none, or a link, takes nothing.
    seconds : float
        Longest time, s.
    most_entries : int
        Most files and folders to look at.
    most_largest : int
        How many of the largest files to name.
    clock : callable
        Gives the time, s.

    Returns
    -------
    Measured
        Room on the disk, and the largest files, the largest first.
    """
    try:
        top = os.open(folder, _FOLDER)
    except OSError:
        return Measured(0, 0, True)
    try:
        own = os.fstat(top)
        walk = _Walk(clock() + seconds, clock, most_entries, most_largest, own.st_dev, own.st_blocks * _BLOCK)
        walk.into(top, "", 1)
    finally:
        os.close(top)
    largest = tuple((os.fsencode(name).decode("utf-8", "replace"), room) for room, name in sorted(walk.largest)[::-1])
    return Measured(walk.size, walk.entries, walk.complete, largest)


@contextmanager
def _opened(folder: Path, parts: tuple[str, ...]) -> Iterator[int]:
    """Open a folder within a folder, without following any link."""
    inner = os.open(folder, _FOLDER)
    try:
        for part in parts:
            outer, inner = inner, os.open(part, _FOLDER, dir_fd=inner)
            os.close(outer)
        yield inner
    finally:
        os.close(inner)


def remove_file(folder: Path, name: str) -> int:
    """Remove one file of a folder.

    Parameters
    ----------
    folder : Path
        The folder.
    name : str
        Path of the file within the folder.

    Returns
    -------
    int
        Room that it took, bytes.

    Raises
    ------
    HubError
        If it is no file of this folder.
    """
    gone = HubError(f"{name[:80]!r} is no file of this workspace. Look at the list again.", reason="no_such_file")
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts or "\0" in name or len(path.parts) > _DEEPEST:
        raise gone
    try:
        with _opened(folder, path.parts[:-1]) as inner:
            found = os.stat(path.name, dir_fd=inner, follow_symlinks=False)
            if stat.S_ISREG(found.st_mode):
                os.unlink(path.name, dir_fd=inner)
                return found.st_blocks * _BLOCK
    except (OSError, ValueError) as error:
        raise gone from error
    raise gone
