"""The stretches of a run in which nothing jumps: its protocol steps.

A result tells the row of the protocol of each time point in the variable ``protocol_step``; ``facts["steps"]`` lists
the cycle of each row, and ``facts["followed"]`` the rows that follow a series, between whose corners lines are
straight. A result without these is one stretch. Where a step begins, a time occurs twice.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import between

__all__ = ["Stretch", "cycle_of", "filled", "starts_of", "step_of", "stretches"]

Array = NDArray[np.float64]
_EVEN = 60
"""Points between which a stretch is drawn straight."""
_MOST_POINTS = 20_000
_MOST_STRETCHES = 400


class Stretch(NamedTuple):
    """Points between which a curve is smooth, or straight."""

    rows: slice
    """Of the time points."""
    straight: bool
    """Whether lines between the points are straight."""

    def curve(self, time: Array, values: Array, wanted: Array) -> Array:
        """Give the values between the points.

        Parameters
        ----------
        time : ndarray, shape (n,), s
            Of the whole run.
        values : ndarray, shape (n,), any
            At these times.
        wanted : ndarray, shape (m,), s
            Within the stretch.

        Returns
        -------
        ndarray, shape (m,), unit of values
            A cubic spline, or straight lines.
        """
        t, v = time[self.rows], values[self.rows]
        if self.straight or t.size < 4 or not np.all(np.isfinite(v)):
            return np.interp(wanted, t, v)
        return between.values_at(t, v, wanted)


def step_of(result: Any) -> NDArray[np.int64] | None:
    """Give the row of the protocol of each time point.

    Parameters
    ----------
    result : Result
        A run.

    Returns
    -------
    ndarray of int, shape (n,), 1, or None
        From 0; None where the result does not tell.
    """
    item = result.variables.get("protocol_step")
    return None if item is None or item.dims != ("time",) else np.asarray(item.values, dtype=np.int64)


def cycle_of(result: Any) -> NDArray[np.int64] | None:
    """Give the cycle of each time point.

    Parameters
    ----------
    result : Result
        A run.

    Returns
    -------
    ndarray of int, shape (n,), 1, or None
        From 1, 0 outside of cycles; None where the result does not tell, or there are none.
    """
    step = step_of(result)
    cycles = np.asarray(dict(result.facts.get("steps", {})).get("cycle", ()), dtype=np.int64)
    if step is None or not cycles.size or not cycles.any():
        return None
    return np.asarray(cycles[np.clip(step, 0, cycles.size - 1)])


def starts_of(time: Array, number: NDArray[np.int64] | None) -> Array:
    """Give the times at which a number changes.

    Parameters
    ----------
    time : ndarray, shape (n,), s
        Of the run.
    number : ndarray of int, shape (n,), 1, optional
        Step or cycle of each.

    Returns
    -------
    ndarray, shape (m,), s
        Without the start of the run.
    """
    return np.zeros(0) if number is None else time[np.flatnonzero(np.diff(number) != 0) + 1]


def stretches(result: Any) -> list[Stretch]:
    """Split a run into its steps.

    Parameters
    ----------
    result : Result
        With ``time``.

    Returns
    -------
    list of Stretch
        In order, together all time points.
    """
    time, step = np.asarray(result["time"], dtype=np.float64), step_of(result)
    breaks = np.diff(time) <= 0.0
    if step is not None:
        breaks |= np.diff(step) != 0
    followed = {int(row) for row in result.facts.get("followed", ())}
    edges = [0, *(np.flatnonzero(breaks) + 1).tolist(), time.size]
    return [
        Stretch(slice(first, stop), step is not None and int(step[first]) in followed)
        for first, stop in pairwise(edges)
    ]


def filled(result: Any, name: str) -> tuple[Array, Array]:
    """Give a curve that may be drawn with straight lines: close points on each stretch.

    Parameters
    ----------
    result : Result
        With ``time`` and the variable over it.
    name : str
        Of the variable.

    Returns
    -------
    tuple of ndarray, shape (n,)
        Times, s, and values.
    """
    time = np.asarray(result["time"], dtype=np.float64)
    values = np.asarray(result[name], dtype=np.float64)
    parts = stretches(result)
    if time.size > _MOST_POINTS or len(parts) > _MOST_STRETCHES:
        return time, values
    times, curves = [], []
    for part in parts:
        t = time[part.rows]
        if not part.straight and t.size < 4 * _EVEN:
            t = np.unique(np.concatenate([t, np.linspace(t[0], t[-1], _EVEN)]))
        times.append(t)
        curves.append(part.curve(time, values, t))
    return np.concatenate(times), np.concatenate(curves)
