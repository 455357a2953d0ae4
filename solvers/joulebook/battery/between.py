"""Values between the solver's own time points, by a cubic spline through them.

The points of a run lie as far apart as a formula of fourth order allows, so straight lines between them would cut
corners of millivolts; a cubic spline keeps the accuracy of the points. Where what is held jumps, a time occurs twice:
the points on both sides have splines of their own. Where a series with corners is followed, straight lines are drawn
between the points, which lie on every corner.

References
----------
de Boor, A Practical Guide to Splines, revised ed., chapter IV (not-a-knot end condition).
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["integral", "pieces", "values_at"]

Array = NDArray[np.float64]
FEW = 4
"""Points that a cubic needs."""


def pieces(time: Array, rows: Array | None = None) -> list[slice]:
    """Split points where a time occurs twice, or another protocol step begins.

    Parameters
    ----------
    time : ndarray, shape (n,), s
        Points, not falling.
    rows : ndarray, shape (n,), 1, optional
        Protocol step of each point.

    Returns
    -------
    list of slice
        Points between which a curve is smooth.
    """
    breaks = np.diff(time) <= 0.0
    if rows is not None:
        breaks |= np.diff(rows) != 0
    places = [0, *(np.flatnonzero(breaks) + 1).tolist(), time.size]
    return [slice(a, b) for a, b in itertools.pairwise(places)]


def values_at(
    time: Array, values: Array, wanted: Array, rows: Array | None = None, straight: frozenset[int] = frozenset()
) -> Array:
    """Interpolate.

    Parameters
    ----------
    time : ndarray, shape (n,), s
        Points, not falling.
    values : ndarray, shape (n, ...), any
        Values at them; a column that is not a number stays so.
    wanted : ndarray, shape (m,), s
        Times within the points; at a jump the value after it is given.
    rows : ndarray, shape (n,), 1, optional
        Protocol step of each point.
    straight : frozenset of int
        Protocol steps in which straight lines are drawn.

    Returns
    -------
    ndarray, shape (m, ...), unit of values
        The curve; a single point stands for all times.
    """
    parts = pieces(time, rows)
    starts = np.array([time[part.start] for part in parts])
    owner = np.clip(np.searchsorted(starts, wanted, side="right") - 1, 0, len(parts) - 1)
    found = np.empty((wanted.size, *values.shape[1:]))
    for k in np.unique(owner):
        part, mine = parts[k], owner == k
        line = rows is not None and int(rows[part.start]) in straight
        curve = _curve(time[part], values[part], line)
        found[mine] = curve(np.clip(wanted[mine], time[part.start], time[part.stop - 1]))
    return found


def integral(time: Array, values: Array, rows: Array | None = None, straight: frozenset[int] = frozenset()) -> float:
    """Integrate over all points.

    Parameters
    ----------
    time : ndarray, shape (n,), s
        Points, not falling.
    values : ndarray, shape (n,), any
        Values at them.
    rows, straight
        As for :func:`values_at`.

    Returns
    -------
    float
        Integral of the curve, unit of values times s; 0 for a single point.
    """
    total = 0.0
    for part in pieces(time, rows):
        if part.stop - part.start > 1:
            line = rows is not None and int(rows[part.start]) in straight
            if line or part.stop - part.start < FEW:
                total += float(np.trapezoid(values[part], time[part]))
            else:
                from scipy.interpolate import CubicSpline

                total += float(CubicSpline(time[part], values[part]).integrate(time[part][0], time[part][-1]))
    return total


def _curve(time: Array, values: Array, line: bool) -> Any:
    if time.size == 1:
        return lambda wanted: np.repeat(values, wanted.size, axis=0)
    if line or time.size < FEW:
        from scipy.interpolate import make_interp_spline

        return make_interp_spline(time, values, k=1)
    from scipy.interpolate import CubicSpline

    known = np.isfinite(values).all(axis=0)
    curve = CubicSpline(time, np.where(np.isfinite(values), values, 0.0))
    return lambda wanted: np.where(known, curve(wanted), np.nan)
