"""Default access lists of folders: what is made inside belongs to the group as well, whatever the maker's umask says.

Linux keeps them as the extended attribute ``system.posix_acl_default``: a version number and one entry of 8 bytes for
the owner, the group, the mask and everybody else (``include/uapi/linux/posix_acl_xattr.h``).
"""

from __future__ import annotations

import errno
import os
import struct

__all__ = ["entries", "share_with_group"]

_ATTRIBUTE = "system.posix_acl_default"
_VERSION = 2
_NOBODY = 0xFFFFFFFF
_USER, _GROUP, _MASK, _OTHER = 0x01, 0x04, 0x10, 0x20
_MISSING = (errno.ENOTSUP, errno.ENOSYS, errno.EPERM)


def entries(*, owner: int, group: int, other: int) -> bytes:
    """Write an access list.

    Parameters
    ----------
    owner, group, other : int
        Rights: 4 read, 2 write, 1 enter.

    Returns
    -------
    bytes
        As the kernel wants it.
    """
    listed = ((_USER, owner), (_GROUP, group), (_MASK, owner | group), (_OTHER, other))
    return struct.pack("<I", _VERSION) + b"".join(struct.pack("<HHI", tag, right, _NOBODY) for tag, right in listed)


def share_with_group(folder: int) -> bool:
    """Let the group read and write everything that will be made in a folder, and nobody else.

    Parameters
    ----------
    folder : int
        An open folder.

    Returns
    -------
    bool
        False where the file system keeps no such lists.

    Raises
    ------
    OSError
        If the file system refuses for another reason.
    """
    if not hasattr(os, "setxattr"):
        return False
    try:
        os.setxattr(folder, _ATTRIBUTE, entries(owner=7, group=7, other=0))
    except OSError as error:
        if error.errno in _MISSING:
            return False
        raise
    return True
