"""Links in a workspace to folders outside it, made and removed without ever following a link of the workspace's owner.

The owner of a workspace can put anything there at any moment. Folders are therefore opened one below the other, each by
its name within the one above and never through a link, and links are made and removed within the folder that is open.
What is no link of ours stays as it is.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

__all__ = ["FOLDER", "is_there", "keep_links", "new_file", "opened", "read_file", "subfolder"]

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
"""How folders are opened: never through a link."""
_TRIES = 20


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """Open a folder that must not be a link.

    Parameters
    ----------
    folder : Path
        The folder.

    Yields
    ------
    int
        Its descriptor.
    """
    descriptor = os.open(folder, FOLDER)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def subfolder(parent: int, name: str, mode: int = 0o700, owner: int | None = None) -> Iterator[int]:
    """Open a folder within an open one; make it where it is missing, and move aside what is no folder.

    Parameters
    ----------
    parent : int
        The open folder.
    name : str
        A plain name.
    mode : int
        Rights of a new folder.
    owner : int, optional
        Numeric user and group that a new folder is given to; it stays the hub's when left out.

    Yields
    ------
    int
        Its descriptor.
    """
    descriptor = _open_or_make(parent, name, mode)
    try:
        if owner is not None and os.fstat(descriptor).st_uid == os.geteuid() != owner:
            os.fchown(descriptor, owner, owner)
        yield descriptor
    finally:
        os.close(descriptor)


def read_file(parent: int, name: str, most: int = 1_000_000) -> bytes | None:
    """Read a small file within an open folder, never through a link.

    Parameters
    ----------
    parent : int
        The open folder.
    name : str
        A plain name.
    most : int
        Most bytes.

    Returns
    -------
    bytes or None
        None if there is no such file, or it is larger, or something else.
    """
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=parent)
    except OSError:
        return None
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        return file.read(most) if stat.S_ISREG(found.st_mode) and found.st_size <= most else None


def new_file(parent: int, name: str, content: bytes, owner: int | None = None) -> bool:
    """Write a file that was not there within an open folder.

    Parameters
    ----------
    parent : int
        The open folder.
    name : str
        A plain name.
    content : bytes
        What it holds.
    owner : int, optional
        Numeric user and group that it is given to; it stays the hub's when left out.

    Returns
    -------
    bool
        False if something has this name already; it stays as it is.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(name, flags, 0o644, dir_fd=parent)
    except FileExistsError:
        return False
    with open(descriptor, "wb") as file:
        file.write(content)
        if owner is not None:
            os.fchown(descriptor, owner, owner)
    return True


def _open_or_make(parent: int, name: str, mode: int) -> int:
    for attempt in range(_TRIES):
        try:
            return os.open(name, FOLDER, dir_fd=parent)
        except FileNotFoundError:
            try:
                os.mkdir(name, mode, dir_fd=parent)
            except FileExistsError:
                continue
        except OSError as error:
            if error.errno not in {errno.ELOOP, errno.ENOTDIR}:
                raise
            _move_aside(parent, name, attempt)
    raise OSError(errno.ELOOP, "is changed again and again while the hub prepares it", name)


def _move_aside(parent: int, name: str, attempt: int) -> None:
    aside = f"{name} (your own)" if attempt == 0 else f"{name} (your own {attempt + 1})"
    if not is_there(parent, aside):
        os.rename(name, aside, src_dir_fd=parent, dst_dir_fd=parent)


def is_there(parent: int, name: str) -> bool:
    """Tell whether an open folder has an entry, without following it.

    Parameters
    ----------
    parent : int
        The open folder.
    name : str
        A plain name.

    Returns
    -------
    bool
        True if it has.
    """
    try:
        os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def keep_links(folder: int, wanted: Mapping[str, Path], ours: Callable[[Path], bool]) -> None:
    """Make the wanted links in an open folder and remove others that lead to the hub's folders.

    Parameters
    ----------
    folder : int
        The open folder.
    wanted : mapping of str to Path
        Targets by name.
    ours : callable
        Tells from a target whether a link is the hub's; all others are left alone.
    """
    for name in os.listdir(folder):
        target = _target(folder, name)
        if target is None or target == wanted.get(name):
            continue
        if name in wanted or ours(target):
            os.unlink(name, dir_fd=folder)
    for name, target in wanted.items():
        try:
            os.symlink(target, name, target_is_directory=True, dir_fd=folder)
        except FileExistsError:
            continue  # the link as it should be, or a file of the owner's under this name, which stays


def _target(folder: int, name: str) -> Path | None:
    """Where a link leads; None for what is no link, or is gone."""
    try:
        if not stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            return None
        return Path(os.readlink(name, dir_fd=folder))
    except OSError:
        return None
