"""The protocol that a measured current is: a sentence where it is constant, a drive cycle otherwise.

Points of a drive cycle that lie on the straight line between their neighbours, within a thousandth of the largest
current or the noise of the current, are left out (Ramer's and Douglas and Peucker's way of thinning a line): a solver
stops at every point. The line through those that are kept is fitted to all by least squares, so that noise averages
out of the charge. The noise is told from second differences, in which steps are rare and slopes vanish.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue

__all__ = ["is_constant", "knots", "noise_of", "protocol_of"]

Array = NDArray[np.float64]
_CONSTANT = 2e-3
_STRAIGHT = 1e-3
_BEYOND_NOISE = 5.0
_MEDIAN_OF_SECOND = 0.6745 * 6.0**0.5
"""Median of the size of second differences of normally distributed noise, over its standard deviation."""


def is_constant(current: Array) -> bool:
    """Say whether a current stays at one value, not zero.

    Parameters
    ----------
    current : ndarray, shape (n,), A
        As measured.

    Returns
    -------
    bool
        Within two thousandths, or five standard deviations of its noise.
    """
    middle = float(np.median(current))
    allowed = max(_CONSTANT * abs(middle), _BEYOND_NOISE * noise_of(current))
    return abs(middle) > allowed and bool(np.all(np.abs(current - middle) <= allowed))


def noise_of(values: Array) -> float:
    """Estimate the noise of a measured course.

    Parameters
    ----------
    values : ndarray, shape (n,), any
        At even or uneven times.

    Returns
    -------
    float
        Standard deviation; 0 for fewer than 20 points.
    """
    if values.size < 20:
        return 0.0
    return float(np.median(np.abs(np.diff(values, 2)))) / _MEDIAN_OF_SECOND


def protocol_of(time: Array, current: Array) -> Any:
    """Give the protocol that a measured current is.

    Parameters
    ----------
    time : ndarray, shape (n,), s
        Rising, from 0.
    current : ndarray, shape (n,), A
        Positive on discharge.

    Returns
    -------
    str or Drive
        A sentence where the current is constant.

    Raises
    ------
    InputError
        If no current flows at all.
    """
    if not np.any(current):
        hint = "A rest says nothing about the inside of a cell; give data with a current"
        raise InputError(Issue("current", 0.0, "is zero everywhere", hint, "A"), "data")
    if is_constant(current):
        mean = float(np.trapezoid(current, time) / (time[-1] - time[0]))
        verb = "Discharge" if mean > 0.0 else "Charge"
        return f"{verb} at {abs(mean):.12g} A for {time[-1]:.12g} seconds"
    from joulebook.battery.step_kinds import Drive

    chosen = knots(time, current)
    return Drive(time[chosen], current=_fitted_line(time, current, chosen))


def _fitted_line(time: Array, current: Array, chosen: NDArray[np.int64]) -> Array:
    """Values at the chosen points, of the broken line that fits all points best."""
    from scipy.interpolate import make_lsq_spline

    places = time[chosen]
    ends = np.concatenate([places[:1], places, places[-1:]])
    return np.asarray(make_lsq_spline(time, current, ends, k=1).c)


def knots(time: Array, values: Array) -> NDArray[np.int64]:
    """Choose the points that a broken line needs.

    Parameters
    ----------
    time : ndarray, shape (n,), s
        Rising.
    values : ndarray, shape (n,), any
        At those times.

    Returns
    -------
    ndarray of int
        Indices, ends included; the line through them is nowhere off by more than a thousandth of the largest value,
        or five standard deviations of the noise.
    """
    allowed = max(_STRAIGHT * float(np.abs(values).max()), _BEYOND_NOISE * noise_of(values))
    kept = np.zeros(time.size, dtype=bool)
    kept[[0, -1]] = True
    open_spans = [(0, time.size - 1)]
    while open_spans:
        first, last = open_spans.pop()
        if last - first < 2:
            continue
        inner = slice(first + 1, last)
        line = np.interp(time[inner], time[[first, last]], values[[first, last]])
        off = np.abs(values[inner] - line)
        worst = int(np.argmax(off))
        if off[worst] > allowed:
            middle = first + 1 + worst
            kept[middle] = True
            open_spans += [(first, middle), (middle, last)]
    return np.flatnonzero(kept)
