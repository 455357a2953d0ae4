"""What places have in common that run each attempt as its person: in a container, a unit or a pod.

A place looks at all that it runs once in a while (`tend`) and answers from what it saw last, so that a daemon that does
not answer ends nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Row

from joulebook_hub.errors import HubError
from joulebook_hub.housing.dwellings import Dwelling
from joulebook_hub.jobs.preparing import Lodging
from joulebook_hub.jobs.shapes import Room

__all__ = ["Attempt", "HousedPlace", "is_meant", "memory_of"]

Attempt = tuple[str, int]
"""Job and number."""
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_MOST = 1 << 60


def memory_of(given: str) -> int:
    """Read a size of memory as JupyterHub does for servers.

    Parameters
    ----------
    given : str
        Such as ``"4G"``; a G is 2³⁰ bytes.

    Returns
    -------
    int
        Bytes.

    Raises
    ------
    HubError
        If it is no size.

    Examples
    --------
    >>> memory_of("1.5G")
    1610612736
    """
    found = re.fullmatch(r"([0-9]{1,20}(?:\.[0-9]{1,20})?)([KMGT]?)", given)
    size = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not 1 <= size < _MOST:
        message = f"JOULEBOOK_SERVER_MEMORY = {given!r}: use a number of bytes, or one with K, M, G or T, such as 4G."
        raise HubError(message, reason="bad_settings")
    return int(size)


def is_meant(name: Attempt, key: str, below: int, only: int) -> bool:
    """Tell whether an attempt is among those that `Place.end` shall end.

    Parameters
    ----------
    name : tuple of str and int
        The attempt.
    key : str
        The job.
    below, only : int
        Attempts with smaller numbers, and this one.

    Returns
    -------
    bool
        True if it is.
    """
    return name[0] == key and (name[1] < below or name[1] == only)


class HousedPlace:
    """Makes people's folders ready, knows what was seen last, and what a plan allows.

    Parameters
    ----------
    environment : mapping of str to str
        The hub's variables, with the size of servers.
    dwell : callable
        Makes a person's folders ready and answers the person's dwelling.
    room : callable
        What a person's plan allows.

    Raises
    ------
    HubError
        If JOULEBOOK_SERVER_MEMORY is no size.
    """

    living: frozenset[str] = frozenset()
    """States, as they are seen, of an attempt that runs."""

    def __init__(
        self, environment: Mapping[str, str], *, dwell: Callable[[str], Dwelling], room: Callable[[str], Room]
    ) -> None:
        self._dwell, self._room = dwell, room
        self._memory = memory_of(environment.get("JOULEBOOK_SERVER_MEMORY") or "4G")
        self._cores = float(environment.get("JOULEBOOK_SERVER_CORES") or 2)
        self._lodgings: dict[Attempt, tuple[Lodging, Room]] = {}
        self._seen: dict[Attempt, str] = {}
        self._began: dict[Attempt, float] = {}
        self._looked = 0.0

    def lodge(self, row: Row[Any]) -> Lodging:
        """Make a person's folders ready for an attempt.

        Parameters
        ----------
        row : Row
            The job.

        Returns
        -------
        Lodging
            Where it will run.
        """
        found = self._lodging(self._dwell(row.user))
        self._lodgings[row.key, row.attempt] = found, self._room(row.user)
        return found

    def _lodging(self, given: Dwelling) -> Lodging:
        """Where an attempt of who lives there runs."""
        return Lodging(given)

    def _limits(self, room: Room) -> tuple[float, int]:
        """Processors and bytes of memory: the plan's, where it says some, else those of a server."""
        cores = room.cpus if math.isfinite(room.cpus) else self._cores
        return cores, max(int(room.memory * 1e9), 1) if math.isfinite(room.memory) else self._memory

    def attempts(self) -> set[Attempt]:
        """List the attempts that are there.

        Returns
        -------
        set of (str, int)
            As they were seen last.
        """
        return set(self._seen)

    def is_starting(self, key: str, attempt: int) -> bool:
        """Tell whether an attempt may still begin.

        Parameters
        ----------
        key : str
            The job.
        attempt : int
            The attempt.

        Returns
        -------
        bool
            False if it was not seen, or has ended.
        """
        return not self.has_ended(key, attempt)

    def has_ended(self, key: str, attempt: int) -> bool:
        """Tell whether an attempt is gone, or has ended.

        Parameters
        ----------
        key : str
            The job.
        attempt : int
            The attempt.

        Returns
        -------
        bool
            True if a look after its start shows that it does not run.
        """
        since = self._began.get((key, attempt), 0.0)
        return self._looked > since and self._seen.get((key, attempt)) not in self.living

    def _forget(self, key: str, below: int, only: int) -> None:
        """Keep nothing of attempts that were ended."""
        for name in [name for name in self._began if is_meant(name, key, below, only)]:
            del self._began[name]
