"""Names of users and groups: which may be chosen, and which folder belongs to one."""

from __future__ import annotations

import hashlib
import re

__all__ = ["USERNAME_RULE", "folder_name", "is_good_username"]

USERNAME_RULE = (
    "A name has 2 to 32 characters: lower-case letters, digits and single dots, hyphens or underscores between them, "
    "starting with a letter."
)
_USERNAME = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")
_RESERVED = frozenset({"root", "hub", "api", "service", "services", "system", "joulebook", "nobody", "shared"})


def is_good_username(name: str) -> bool:
    """Tell whether somebody may sign up under a name.

    Parameters
    ----------
    name : str
        The name.

    Returns
    -------
    bool
        True if it keeps to `USERNAME_RULE` and is not reserved.

    Examples
    --------
    >>> [is_good_username(name) for name in ("ada", "ada.lovelace", "Ada", "../ada", "a", "root", "ada--x")]
    [True, True, False, False, False, False, False]
    """
    return 2 <= len(name) <= 32 and _USERNAME.fullmatch(name) is not None and name not in _RESERVED


def folder_name(name: str) -> str:
    """Name of the folder that belongs to a user or a group, safe in a path and different for different names.

    Names from outside (an e-mail address, an ORCID iD, a group made by an administrator) may hold anything; what is
    not safe is replaced and a part of the name's hash is added. A name that people can sign up under never looks so.

    Parameters
    ----------
    name : str
        Any name.

    Returns
    -------
    str
        Lower-case letters, digits, dots, hyphens and underscores.

    Examples
    --------
    >>> folder_name("ada"), folder_name("ada@example.org"), folder_name("../../etc")
    ('ada', 'ada-example.org--cfe00dde', 'etc--74ccf3c5')
    """
    if len(name) <= 32 and _USERNAME.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    readable = re.sub(r"[^a-z0-9._-]+|\.{2,}|-{2,}|_{2,}", "-", name.lower()).strip("-._")[:32].strip("-._")
    readable = re.sub(r"-{2,}", "-", readable) or "x"
    return f"{readable}--{digest}"
