"""Lending GPUs to kernels: what a broker promises."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from tornado import web

__all__ = ["Lease", "LeaseBroker", "LeaseUnavailableError", "Waiting", "Wish", "project_of"]

_LONGEST_PROJECT = 255


@dataclass(frozen=True)
class Wish:
    """What a kernel asks for.

    Parameters
    ----------
    kind : str
        ``"card"`` (a whole one), ``"slice"`` (of MIG) or ``"share"`` (of a card that several kernels have); empty for
        any.
    priority : str
        ``"normal"``, or ``"low"`` to stand back in the queue.
    most : float, optional
        Longest time, s.
    project : str
        Folder that the kernel works in, for the history of its user.
    """

    kind: str = ""
    priority: str = "normal"
    most: float | None = None
    project: str = ""


def project_of(folder: str | None, home: str) -> str:
    """Name the project that a kernel works for: the first folder of the workspace, or a shared one below ``projects``.

    Parameters
    ----------
    folder : str or None
        Where the kernel starts.
    home : str
        The workspace.

    Returns
    -------
    str
        Empty at the top of the workspace and outside it.

    Examples
    --------
    >>> [project_of(f"/w/ada{within}", "/w/ada") for within in ("", "/tutorials/a", "/projects/radium/x")]
    ['', 'tutorials', 'projects/radium']
    >>> project_of(None, "/w/ada"), project_of("/w/adam/x", "/w/ada")
    ('', '')
    """
    if not folder or not home:
        return ""
    try:
        parts = PurePath(folder).relative_to(home).parts
    except ValueError:
        return ""
    return "/".join(parts[: 2 if parts[:1] == ("projects",) else 1])[:_LONGEST_PROJECT]


@dataclass(frozen=True)
class Lease:
    """A card that is lent to one kernel.

    Parameters
    ----------
    kernel : str
        Identity of the kernel; a lease belongs to it through every restart.
    card : str
        The card's identity, for CUDA_VISIBLE_DEVICES.
    since : float
        When it was lent, s since 1970.
    share : float
        Part of the card's memory that is the kernel's.
    """

    kernel: str
    card: str
    since: float
    share: float = 1.0


@dataclass(frozen=True)
class Waiting:
    """No card is free yet.

    Parameters
    ----------
    position : int
        Place in the queue, 1 is next.
    cards : int
        How many cards there are in all.
    expected : float, optional
        Expected wait, s; None where nothing is known to expect it from.
    """

    position: int
    cards: int
    expected: float | None = None


class LeaseUnavailableError(web.HTTPError, RuntimeError):
    """A kernel does not get a card; the message says why and what to try.

    It is an answer of HTTP too, because Jupyter's server shows a person only the messages of those.

    Parameters
    ----------
    message : str
        For the person who started the kernel.
    status : int
        503 where a card may be free later, 402 where a plan allows none.
    """

    def __init__(self, message: str, *, status: int = 503) -> None:
        super().__init__(status, message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class LeaseBroker(Protocol):
    """Who lends cards. Calls return at once; who waits asks again, and keeps its place by asking.

    ``stage`` is what the last answer said of a limited time: empty, ``"80"`` or ``"95"`` (per cent of the month's GPU
    time used), ``"grace"``, ``"interrupt"`` or ``"stop"``; ``grace`` is the time left to save in the stage ``"grace"``,
    s, and ``why`` what ends from then on: ``"used up"`` (GPU time of the month) or ``"longest time"`` (of the lease).
    ``rest`` is the least time between two questions, s.
    """

    stage: str
    grace: float
    why: str
    rest: float

    async def acquire(self, kernel: str, pid: int, wish: Wish) -> Lease | Waiting:
        """Ask for a card.

        Parameters
        ----------
        kernel : str
            Identity of the kernel. Asking again while the lease is held gives the same lease.
        pid : int
            Process that answers for the lease until the kernel's own process is known.
        wish : Wish
            What for.

        Returns
        -------
        Lease or Waiting
            The lease, or the place in the queue.
        """
        ...

    async def heartbeat(self, kernel: str, pid: int | None = None) -> bool:
        """Say that the kernel is still there.

        Parameters
        ----------
        kernel : str
            Identity of the kernel.
        pid : int, optional
            The kernel's own process, once it is known.

        Returns
        -------
        bool
            False if there is no such lease any more.
        """
        ...

    async def release(self, kernel: str) -> None:
        """Give the card back, or leave the queue; giving back twice is no error.

        Parameters
        ----------
        kernel : str
            Identity of the kernel.
        """
        ...
