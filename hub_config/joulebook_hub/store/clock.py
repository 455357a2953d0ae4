"""A clock that never goes back and does not jump: the wall's time at the start, then the time that really passed."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["SteadyClock"]


class SteadyClock:
    """Time of the store.

    Parameters
    ----------
    latest : float
        The latest instant that the store knows, s since 1970; the clock starts there if the wall's is behind.
    wall, passing : callable
        Give the time, s since 1970, and a time that only runs forward, s.

    Examples
    --------
    >>> clock = SteadyClock(latest=500.0, wall=lambda: 100.0, passing=iter([0.0, 3.0]).__next__)
    >>> clock()
    503.0
    """

    def __init__(
        self,
        latest: float = 0.0,
        *,
        wall: Callable[[], float] = time.time,
        passing: Callable[[], float] = time.monotonic,
    ) -> None:
        self.start = max(latest, wall())
        self._passing = passing
        self._begin = passing()
        self._ahead = 0.0

    def __call__(self) -> float:
        """Tell the time.

        Returns
        -------
        float
            Seconds since 1970.
        """
        return self.start + self._ahead + self._passing() - self._begin

    def reach(self, instant: float) -> None:
        """Go on from a later instant that another process has written, so that all processes keep one order.

        Parameters
        ----------
        instant : float
            Seconds since 1970; nothing changes if it is past already.
        """
        self._ahead += max(instant - self(), 0.0)
