"""Owners of people's files in the production profiles: a numeric user per person, a numeric group per shared folder.

A folder whose owner is right already is left alone. Otherwise everything in it is handed over, the folder itself last,
so that a walk that was interrupted begins again: so do the files of an older hub, or of a backup, find their owners.
Folders are opened one below the other and never through a link; a link is handed over itself, not what it leads to.
"""

from __future__ import annotations

import os
import stat

from joulebook_hub import acl
from joulebook_hub.links import FOLDER

__all__ = ["settle", "share"]

_DEEPEST = 64
_SHARED = 0o2770


def settle(folder: int, owner: int) -> None:
    """Give a home and everything in it to a person.

    Parameters
    ----------
    folder : int
        The open folder.
    owner : int
        Numeric user and group.
    """
    found = os.fstat(folder)
    if (found.st_uid, found.st_gid) != (owner, owner):
        _walk(folder, owner, owner)
        os.fchown(folder, owner, owner)


def share(folder: int, group: int | None = None) -> None:
    """Share a folder and everything in it with a group: its members read and write all of it, nobody else any.

    Parameters
    ----------
    folder : int
        The open folder; its owner stays.
    group : int, optional
        Numeric group; the folder's own when left out.
    """
    if group is not None and os.fstat(folder).st_gid != group:
        _walk(folder, -1, group)
        os.fchown(folder, -1, group)
    _open_to_group(folder)


def _open_to_group(folder: int) -> None:
    os.fchmod(folder, _SHARED)
    acl.share_with_group(folder)


def _walk(folder: int, user: int, group: int, depth: int = 1) -> None:
    for name in os.listdir(folder):
        try:
            kind = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
            os.chown(name, user, group, dir_fd=folder, follow_symlinks=False)
            if stat.S_ISREG(kind) and user == -1:
                _let_group_write(folder, name)
            if not stat.S_ISDIR(kind) or depth >= _DEEPEST:
                continue
            inner = os.open(name, FOLDER, dir_fd=folder)
        except FileNotFoundError:
            continue
        try:
            _walk(inner, user, group, depth + 1)
            if user == -1:
                _open_to_group(inner)
        finally:
            os.close(inner)


def _let_group_write(folder: int, name: str) -> None:
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    try:
        found = os.fstat(descriptor).st_mode
        if stat.S_ISREG(found):
            os.fchmod(descriptor, stat.S_IMODE(found) & 0o770 | 0o660)
    finally:
        os.close(descriptor)
