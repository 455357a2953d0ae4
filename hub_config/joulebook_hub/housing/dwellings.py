"""What a person's server sees: home, shared folders, identity. No input or output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from joulebook_hub.names import folder_name
from joulebook_hub.workspaces import LIBRARIES

__all__ = ["LIBRARY", "Dwelling", "Inside", "Mount", "Shared", "dwelling"]

LIBRARY = "library"
"""Folder of a project whose materials and designs every member's kernels find, where the plan has it."""


@dataclass(frozen=True)
class Inside:
    """Where a server sees what it is given.

    Parameters
    ----------
    home : str
        The person's home.
    tree : str
        The folder below which shared folders are; people have no right to write in it.
    """

    home: str = "/home/joulebook"
    tree: str = "/srv/joulebook/workspaces"


@dataclass(frozen=True)
class Mount:
    """A folder of the tree that is mounted into a server.

    Parameters
    ----------
    source : str
        Path below the tree, such as ``users/ada``.
    target : str
        Absolute path inside.
    read_only : bool
        True if it may not be written there.
    """

    source: str
    target: str
    read_only: bool = False

    @property
    def right(self) -> str:
        """What it is worth, to compare with later: the source, and whether it may be written."""
        return f"{self.source}{' (read only)' if self.read_only else ''}"


@dataclass(frozen=True)
class Shared:
    """A shared folder that a person reaches.

    Parameters
    ----------
    source : str
        Path below the tree.
    link : str
        Its name below ``~/projects``.
    number : int
        Number of the project or group among the residents.
    library : bool
        True if kernels find what is in its folder `LIBRARY`.
    read_only : bool
        True if the person may not write.
    """

    source: str
    link: str
    number: int
    library: bool = False
    read_only: bool = False


@dataclass(frozen=True)
class Dwelling:
    """What one person's server is given; the package's docstring says how to use it.

    Parameters
    ----------
    user : str
        The person.
    uid, gid : int
        Numeric user and group to run as; nobody else has them.
    gids : tuple of int
        Further numeric groups, one for each shared folder.
    home : Mount
        The home.
    shared : tuple of Mount
        The shared folders.
    links, libraries : mapping of str to str
        Links in ``~/projects`` and in the folder of libraries, by name; targets are paths inside.
    """

    user: str
    uid: int
    gid: int
    gids: tuple[int, ...]
    home: Mount
    shared: tuple[Mount, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=dict)

    @property
    def mounts(self) -> tuple[Mount, ...]:
        """Home and shared folders."""
        return (self.home, *self.shared)

    @property
    def rights(self) -> frozenset[str]:
        """What of it can be lost while a server runs."""
        return frozenset(mount.right for mount in self.shared)

    @property
    def environment(self) -> dict[str, str]:
        """Variables of a process that lives here."""
        home = self.home.target
        return {
            "HOME": home,
            "USER": self.user,
            "LOGNAME": self.user,
            "JOULEBOOK_LIBRARIES": str(PurePosixPath(home) / LIBRARIES),
        }


_HERE = Inside()


def dwelling(user: str, number: int, shared: Iterable[Shared], *, first: int, inside: Inside = _HERE) -> Dwelling:
    """Say what a person's server is given.

    Parameters
    ----------
    user : str
        The person.
    number : int
        The person's number among the residents.
    shared : iterable of Shared
        Folders that the person reaches right now.
    first : int
        What is added to numbers of residents to make numeric users and groups.
    inside : Inside
        Where a server sees things.

    Returns
    -------
    Dwelling
        Home and shared folders.

    Examples
    --------
    >>> given = dwelling("ada", 1, [Shared("projects/7", "acme.coil", 2, library=True)], first=400_000)
    >>> given.uid, given.gids, [(mount.source, mount.target) for mount in given.shared]
    (400001, (400002,), [('projects/7', '/srv/joulebook/workspaces/projects/7')])
    >>> dict(given.links), dict(given.libraries)["acme.coil"]
    ({'acme.coil': '/srv/joulebook/workspaces/projects/7'}, '/srv/joulebook/workspaces/projects/7/library')
    """
    found = sorted(shared, key=lambda each: each.link)
    tree = PurePosixPath(inside.tree)
    places = {each.link: str(tree / each.source) for each in found}
    return Dwelling(
        user,
        first + number,
        first + number,
        tuple(first + each.number for each in found),
        Mount(f"users/{folder_name(user)}", inside.home),
        tuple(Mount(each.source, places[each.link], each.read_only) for each in found),
        places,
        {each.link: str(PurePosixPath(places[each.link]) / LIBRARY) for each in found if each.library},
    )
