"""How long a claim will wait: an estimate from the lengths of recent leases, with no input or output.

Every place for a kernel becomes free when its lease ends. What a running lease still takes is the mean of what recent
leases of at least its age still took; one that is older than all of them is expected to go on for as long as it has
run (Lindy's rule, the expectation under a Pareto law of lengths with exponent 2). The claims ahead take the places
in the order in which these become free, each for the mean length of recent leases. No lease runs beyond its maximum.

The estimate puts the expectation of each length in place of the length, so with several places it is on the late side,
by up to one mean length. It ignores claims that come later and stand before this one by their weight.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from statistics import fmean

__all__ = ["FEWEST", "expected_wait", "rest_of"]

FEWEST = 3
"""Recent leases without which nothing is estimated."""


def rest_of(age: float, recent: Sequence[float]) -> float:
    """What a running lease is expected to take still.

    Parameters
    ----------
    age : float
        How long it has run, s.
    recent : sequence of float
        Lengths of recent leases that have ended, s.

    Returns
    -------
    float
        Time, s.

    Examples
    --------
    >>> rest_of(60.0, [30.0, 100.0, 200.0]), rest_of(500.0, [30.0, 100.0, 200.0])
    (90.0, 500.0)
    """
    longer = [length - age for length in recent if length > age]
    return fmean(longer) if longer else age


def expected_wait(
    position: int,
    running: Sequence[tuple[float, float]],
    recent: Sequence[float],
    *,
    free: int = 0,
) -> float | None:
    """Estimate how long the claim at a place in the queue waits.

    Parameters
    ----------
    position : int
        Place in the queue, 1 is next.
    running : sequence of (float, float)
        For each running lease that blocks a place: its age and the longest that it may still run, s (infinity where
        nothing limits it).
    recent : sequence of float
        Lengths of recent leases that have ended, s.
    free : int
        Places that are free now.

    Returns
    -------
    float or None
        Time, s; None where fewer than `FEWEST` leases have ended, or no place will ever be free.

    Examples
    --------
    >>> expected_wait(1, [(60.0, float("inf"))], [30.0, 100.0, 200.0])
    90.0
    >>> expected_wait(2, [(60.0, float("inf"))], [30.0, 100.0, 200.0])
    200.0
    """
    if len(recent) < FEWEST or (not running and free <= 0):
        return None
    ends = [0.0] * max(free, 0) + [min(rest_of(age, recent), most) for age, most in running]
    heapq.heapify(ends)
    mean = fmean(recent)
    for _ in range(position - 1):
        heapq.heapreplace(ends, ends[0] + mean)
    return ends[0]
