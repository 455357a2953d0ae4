r"""Time-current curves given as points, as makers of fuses print them.

Between points the curve is straight on double logarithmic paper:
:math:`\ln t` is linear in :math:`\ln I`. Below the first current the time is infinite. Above the
last one the curve goes on at constant :math:`I^2 t`, as a melting element does when no heat can leave it in that time.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import AfterValidator, Field

from joulebook.core.errors import InputError, Issue
from joulebook.grid.protection.quantities import Amperes, Duration

__all__ = ["PointCurve", "current_on_points", "time_on_points"]

Array = NDArray[np.float64]


def _falls(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    issues = []
    for k in range(1, len(points)):
        if points[k][0] <= points[k - 1][0]:
            rule = f"must be more than the current before, {points[k - 1][0]:g} A"
            issues.append(Issue(f"{k}.0", points[k][0], rule, "Sort the points by current", "A"))
        if points[k][1] >= points[k - 1][1]:
            rule = f"must be less than the time before, {points[k - 1][1]:g} s"
            issues.append(Issue(f"{k}.1", points[k][1], rule, "A higher current melts sooner", "s"))
    if issues:
        raise InputError(issues)
    return points


PointCurve = Annotated[
    tuple[tuple[Amperes, Duration], ...], Field(min_length=2, max_length=1000), AfterValidator(_falls)
]
"""Pairs of current, A, and time, s: currents rise, times fall."""


def time_on_points(points: tuple[tuple[float, float], ...], current: ArrayLike) -> Array:
    """Read the time off a curve of points.

    Parameters
    ----------
    points : tuple of (float, float), A and s
        As a :data:`PointCurve`.
    current : array_like, any shape, A
        Currents.

    Returns
    -------
    ndarray, shape of current, s
        Infinite below the first point; at constant I²t above the last.

    Examples
    --------
    >>> time_on_points(((100.0, 10.0), (1000.0, 0.1)), [50.0, 316.22776601683796, 2000.0]).round(6)
    array([  inf, 1.   , 0.025])
    """
    known, times = np.array(points, dtype=float).T
    amperes = np.asarray(current, dtype=float)
    with np.errstate(divide="ignore"):
        inside = np.exp(np.interp(np.log(amperes), np.log(known), np.log(times)))
    beyond = times[-1] * (known[-1] / np.where(amperes > 0, amperes, np.inf)) ** 2
    out = np.where(amperes > known[-1], beyond, inside)
    return np.where(amperes < known[0], np.inf, out)


def current_on_points(points: tuple[tuple[float, float], ...], time: ArrayLike) -> Array:
    """Read the current off a curve of points.

    Parameters
    ----------
    points : tuple of (float, float), A and s
        As a :data:`PointCurve`.
    time : array_like, any shape, s
        Times.

    Returns
    -------
    ndarray, shape of time, A
        The first current for longer times than that of the first point; at constant I²t below the shortest.

    Examples
    --------
    >>> current_on_points(((100.0, 10.0), (1000.0, 0.1)), [100.0, 1.0, 0.025]).round(3)
    array([ 100.   ,  316.228, 2000.   ])
    """
    known, times = np.array(points, dtype=float).T
    seconds = np.asarray(time, dtype=float)
    inside = np.exp(np.interp(np.log(seconds), np.log(times[::-1]), np.log(known[::-1])))
    beyond = known[-1] * np.sqrt(times[-1] / seconds)
    return np.where(seconds < times[-1], beyond, inside)
