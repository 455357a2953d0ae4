"""The stretches of a run in which nothing jumps: its steps.

A result tells the step and the cycle of each time point in the variables ``step`` and ``cycle`` over ``time``; without
them a run is one stretch. Where a step begins, the first point may have the time of the last one before it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import between

__all__ = ["filled", "pieces", "starts_of"]

Array = NDArray[np.float64]
_EVEN = 60
"""Points between which a stretch is drawn straight."""


def starts_of(result: Any, name: str) -> Array:
    """Give the times at which the step or the cycle changes.

    Parameters
    ----------
    result : Result
        With ``time``.
    name : str
        ``"step"`` or ``"cycle"``.

    Returns
    -------
    ndarray, shape (n,), s
        Without the start of the run.
    """
    found = result.variables.get(name)
    if found is None or found.dims != ("time",):
        return np.zeros(0)
    changes = np.flatnonzero(np.diff(found.values) != 0)
    return np.asarray(result["time"], dtype=np.float64)[changes + 1]


def pieces(result: Any) -> list[slice]:
    """Give the rows of each stretch.

    Parameters
    ----------
    result : Result
        With ``time``.

    Returns
    -------
    list of slice
        In order, together all rows.
    """
    time = np.asarray(result["time"], dtype=np.float64)
    breaks = set((np.flatnonzero(np.diff(time) <= 0.0) + 1).tolist())
    found = result.variables.get("step")
    if found is not None and found.dims == ("time",):
        breaks |= set((np.flatnonzero(np.diff(found.values) != 0) + 1).tolist())
    edges = [0, *sorted(breaks), time.size]
    return [slice(first, stop) for first, stop in pairwise(edges)]


def filled(result: Any, name: str) -> tuple[Array, Array]:
    """Give a curve that may be drawn with straight lines: the spline through each stretch, at close points.

    Parameters
    ----------
    result : Result
        With ``time`` and the variable over it.
    name : str
        Of the variable.

    Returns
    -------
    tuple of ndarray, shape (n,)
        Times, s, and values; a not-a-number never appears between stretches.
    """
    time = np.asarray(result["time"], dtype=np.float64)
    values = np.asarray(result[name], dtype=np.float64)
    stretches = pieces(result)
    if time.size > 20_000 or len(stretches) > 400:
        return time, values
    times, curves = [], []
    for rows in stretches:
        t, v = time[rows], values[rows]
        if 4 <= t.size < 4 * _EVEN and np.all(np.isfinite(v)):
            wanted = np.unique(np.concatenate([t, np.linspace(t[0], t[-1], _EVEN)]))
            t, v = wanted, between.values_at(t, v, wanted)
        times.append(t)
        curves.append(v)
    return np.concatenate(times), np.concatenate(curves)
