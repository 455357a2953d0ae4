"""Many cells at once on CPU threads: each case is marched by the same loop as a single cell."""

from __future__ import annotations

from typing import Any

from numba import prange

from joulebook.battery.follow import follow
from joulebook.battery.layout import Arena

__all__ = ["follow_cases"]


def follow_cases(arena: Any, status: Any) -> None:
    """March every case.

    Parameters
    ----------
    arena : Arena
        Every array as for :func:`joulebook.battery.follow.follow`, the case first.
    status : ndarray of int, shape (n_cases,), 1
        Filled with status codes.
    """
    for case in prange(status.shape[0]):
        status[case] = follow(
            Arena(
                arena.settings[case],
                arena.nodes[case],
                arena.sites[case],
                arena.shells[case],
                arena.laws[case],
                arena.salts[case],
                arena.films[case],
                arena.rows[case],
                arena.series[case],
                arena.past[case],
                arena.states[case],
                arena.concentration[case],
                arena.work[case],
                arena.reactions[case],
                arena.factors[case],
                arena.liquid[case],
                arena.run[case],
                arena.trace[case],
                arena.profiles[case],
                arena.marks[case],
            )
        )
