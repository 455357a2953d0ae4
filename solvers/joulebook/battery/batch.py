"""Many cells at once on CPU threads: each case is marched by the same loop as a single cell.

The first index of every array is the case. An array that all cases share has one entry there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import prange

from joulebook.battery.follow import follow
from joulebook.battery.layout import Arena

__all__ = ["follow_cases", "one_case", "own"]


def own(case: int, count: int) -> int:
    """Place of a case in an array that may be shared.

    Parameters
    ----------
    case : int
        Case.
    count : int
        Entries of the array: 1 if it is shared.

    Returns
    -------
    int
        Entry.
    """
    return min(case, count - 1)


def one_case(arena: Any, case: int) -> Any:
    """Arrays of one case.

    Parameters
    ----------
    arena : Arena
        Every array with the case first.
    case : int
        Case.

    Returns
    -------
    Arena
        Views.
    """
    return Arena(
        arena.settings[case],
        arena.nodes[case],
        arena.sites[case],
        arena.shells[case],
        arena.laws[own(case, arena.laws.shape[0])],
        arena.salts[own(case, arena.salts.shape[0])],
        arena.films[case],
        arena.rows[own(case, arena.rows.shape[0])],
        arena.series[own(case, arena.series.shape[0])],
        arena.past[case],
        arena.states[case],
        arena.concentration[case],
        arena.work[case],
        arena.reactions[case],
        arena.factors[case],
        arena.liquid[own(case, arena.liquid.shape[0])],
        arena.run[case],
        arena.trace[case],
        arena.profiles[case],
        arena.marks[case],
    )


def follow_case(arena: Any, case: int) -> int:
    """March one case.

    Parameters
    ----------
    arena : Arena
        Every array with the case first.
    case : int
        Case.

    Returns
    -------
    int
        Status code.
    """
    return follow(one_case(arena, case))


def follow_cases(arena: Any, status: Any) -> None:
    """March every case.

    Parameters
    ----------
    arena : Arena
        Every array as for :func:`joulebook.battery.follow.follow`, the case first.
    status : ndarray of int, shape (n_cases,), 1
        Filled with status codes.
    """
    for k in prange(status.shape[0]):
        case = np.int64(k)
        status[case] = follow_case(arena, case)
