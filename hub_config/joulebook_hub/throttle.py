"""How often something may be tried: growing delays per name, and a sliding window per network address."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["DelayRule", "SlidingWindow"]


@dataclass(frozen=True)
class DelayRule:
    """Delay after failed sign-ins of one name: none at first, then doubling, forgotten after a while.

    Parameters
    ----------
    free_failures : int
        Failures before the first delay.
    first_delay : float
        The first delay, s.
    longest_delay : float
        No delay is longer, s.
    forget_after : float
        Time without a failure after which the count starts again, s.

    Examples
    --------
    >>> rule = DelayRule(free_failures=5, first_delay=30.0, longest_delay=900.0, forget_after=3600.0)
    >>> [rule.remaining(failures, last=0.0, now=10.0) for failures in (4, 5, 6, 20)]
    [0.0, 20.0, 50.0, 890.0]
    >>> rule.remaining(20, last=0.0, now=4000.0)
    0.0
    """

    free_failures: int = 5
    first_delay: float = 30.0
    longest_delay: float = 900.0
    forget_after: float = 3600.0

    def remaining(self, failures: int, *, last: float, now: float) -> float:
        """Time until the next attempt is looked at.

        Parameters
        ----------
        failures : int
            Failures in a row.
        last : float
            When the last one was, s.
        now : float
            The time now, s.

        Returns
        -------
        float
            Seconds to wait; 0 when an attempt is allowed.
        """
        if failures < self.free_failures or self.is_forgotten(last=last, now=now):
            return 0.0
        doublings = min(failures - self.free_failures, 30)
        delay = min(self.first_delay * 2.0**doublings, self.longest_delay)
        return max(0.0, last + delay - now)

    def is_forgotten(self, *, last: float, now: float) -> bool:
        """Tell whether old failures no longer count.

        Parameters
        ----------
        last : float
            When the last failure was, s.
        now : float
            The time now, s.

        Returns
        -------
        bool
            True once ``forget_after`` has passed.
        """
        return now - last > self.forget_after


class SlidingWindow:
    """At most so many events per key in a span of time; remembers a bounded number of keys.

    Parameters
    ----------
    limit : int
        Events allowed in the span.
    span : float
        The span, s.
    clock : callable
        Gives the time, s.
    most_keys : int
        The key seen longest ago is dropped beyond this number.

    Examples
    --------
    >>> now = 0.0
    >>> window = SlidingWindow(limit=2, span=60.0, clock=lambda: now)
    >>> [window.allows("198.51.100.7") for _ in range(3)]
    [True, True, False]
    """

    def __init__(
        self, limit: int, span: float, *, clock: Callable[[], float] = time.monotonic, most_keys: int = 10_000
    ) -> None:
        self.limit = limit
        self.span = span
        self._clock = clock
        self._most_keys = most_keys
        self._events: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, key: str) -> bool:
        """Count one event, unless there were too many.

        Parameters
        ----------
        key : str
            What is limited, usually a network address.

        Returns
        -------
        bool
            False when the limit is reached; a refused event is not counted.
        """
        now = self._clock()
        events = self._events.setdefault(key, deque())
        self._events.move_to_end(key)
        while events and now - events[0] >= self.span:
            events.popleft()
        if len(self._events) > self._most_keys:
            self._events.popitem(last=False)
        if len(events) >= self.limit:
            return False
        events.append(now)
        return True

    def take_back(self, key: str) -> None:
        """Uncount the latest event of a key, because it turned out to be none.

        Parameters
        ----------
        key : str
            What is limited.
        """
        events = self._events.get(key)
        if events:
            events.pop()
