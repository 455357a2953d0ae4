"""Cubic Hermite tables on an even grid: a law of one variable as value and slope in about 10 ns.

A table is an array of shape (n + 1, 2 m) for m functions on one grid: columns ``2 k`` and ``2 k + 1`` hold value
and slope of function k. Interpolation errs by at most ``h⁴ max|f''''| / 384``; :func:`tabulate` halves the grid
until the error midway between its points is within a tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["slope_in_table", "tabulate", "value_and_slope", "value_in_table"]

Function = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def value_in_table(table: Any, column: int, low: float, width: float, x: float) -> float:
    """Interpolate the value; beyond the grid the end tangent goes on.

    Parameters
    ----------
    table : ndarray, shape (n + 1, 2 m), any
        Values and slopes.
    column : int
        Column of the value, ``2 k``.
    low : float
        First grid point.
    width : float
        Distance of grid points.
    x : float
        Where.

    Returns
    -------
    float
        The value.
    """
    place = (x - low) / width
    i = max(0, min(int(place), table.shape[0] - 2))
    u = place - i
    f = table[i, column]
    g = table[i, column + 1] * width
    if u < 0.0:
        return float(f + g * u)
    f1 = table[i + 1, column]
    g1 = table[i + 1, column + 1] * width
    if u > 1.0:
        return float(f1 + g1 * (u - 1.0))
    rise = f1 - f
    return float(f + u * (g + u * (3.0 * rise - 2.0 * g - g1 + u * (g + g1 - 2.0 * rise))))


def slope_in_table(table: Any, column: int, low: float, width: float, x: float) -> float:
    """Interpolate the slope; the exact derivative of :func:`value_in_table`.

    Parameters
    ----------
    table : ndarray, shape (n + 1, 2 m), any
        Values and slopes.
    column : int
        Column of the value, ``2 k``.
    low : float
        First grid point.
    width : float
        Distance of grid points.
    x : float
        Where.

    Returns
    -------
    float
        The slope, per unit of x.
    """
    place = (x - low) / width
    i = max(0, min(int(place), table.shape[0] - 2))
    u = max(0.0, min(place - i, 1.0))
    g = table[i, column + 1] * width
    g1 = table[i + 1, column + 1] * width
    rise = table[i + 1, column] - table[i, column]
    return float((g + u * (2.0 * (3.0 * rise - 2.0 * g - g1) + 3.0 * u * (g + g1 - 2.0 * rise))) / width)


def value_and_slope(table: Any, column: int, low: float, width: float, x: float) -> tuple[float, float]:
    """Interpolate value and slope at once.

    Parameters
    ----------
    table : ndarray, shape (n + 1, 2 m), any
        Values and slopes.
    column : int
        Column of the value, ``2 k``.
    low : float
        First grid point.
    width : float
        Distance of grid points.
    x : float
        Where.

    Returns
    -------
    tuple of float
        What :func:`value_in_table` and :func:`slope_in_table` give.
    """
    place = (x - low) / width
    i = max(0, min(int(place), table.shape[0] - 2))
    u = place - i
    inside = max(0.0, min(u, 1.0))
    f = table[i, column]
    g = table[i, column + 1] * width
    g1 = table[i + 1, column + 1] * width
    rise = table[i + 1, column] - f
    bent = 3.0 * rise - 2.0 * g - g1
    twist = g + g1 - 2.0 * rise
    rate = g + inside * (2.0 * bent + 3.0 * inside * twist)
    value = f + inside * (g + inside * (bent + inside * twist)) + (u - inside) * rate
    return float(value), float(rate / width)


def tabulate(
    functions: Sequence[Function],
    low: float,
    high: float,
    *,
    tolerance: Sequence[float],
    least: int = 256,
    most: int = 8192,
) -> NDArray[np.float64]:
    """Make a table of several functions on one grid, fine enough for all of them.

    Parameters
    ----------
    functions : sequence of callable
        Each takes and returns an array.
    low, high : float
        Ends of the grid.
    tolerance : sequence of float
        Largest error allowed midway between grid points, per function, in its unit.
    least, most : int
        Fewest and most intervals; the finest grid is taken if the tolerance is not met before.

    Returns
    -------
    ndarray, shape (n + 1, 2 m), any
        Values and slopes.

    Examples
    --------
    >>> import numpy as np
    >>> table = tabulate([np.sin], 0.0, 1.0, tolerance=[1e-9])
    >>> n = table.shape[0] - 1
    >>> bool(abs(value_in_table(table, 0, 0.0, 1.0 / n, 0.4321) - np.sin(0.4321)) < 1e-9)
    True
    """
    n = least
    while True:
        x = np.linspace(low, high, n + 1)
        table = np.empty((n + 1, 2 * len(functions)))
        fits = True
        middle = 0.5 * (x[1:] + x[:-1])
        width = x[1] - x[0]
        for k, function in enumerate(functions):
            f, g = function(x), _slopes(function, x, width)
            table[:, 2 * k], table[:, 2 * k + 1] = f, g
            guess = 0.5 * (f[1:] + f[:-1]) + width / 8 * (g[:-1] - g[1:])
            fits &= bool(np.max(np.abs(guess - function(middle))) <= tolerance[k])
        if fits or n >= most:
            return table
        n *= 2


def _slopes(function: Function, x: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Slopes by differences inside the range: central of fourth order, one-sided of second order at the ends."""
    d = width / 64
    inner = np.clip(x, x[0] + 2 * d, x[-1] - 2 * d)
    slope = (8 * (function(inner + d) - function(inner - d)) - (function(inner + 2 * d) - function(inner - 2 * d))) / (
        12 * d
    )
    ends = np.array([x[0], x[0] + d, x[0] + 2 * d, x[-1], x[-1] - d, x[-1] - 2 * d])
    f = function(ends)
    slope[0] = (-3 * f[0] + 4 * f[1] - f[2]) / (2 * d)
    slope[-1] = (3 * f[3] - 4 * f[4] + f[5]) / (2 * d)
    return np.asarray(slope)
