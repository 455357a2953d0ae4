"""Potentials of heat flow: a path of a cryostat carries a coefficient times a difference of a function of T.

Conduction has ``Φ = ∫ k dT``, radiation ``T⁴``, gas in free molecular flow ``T``, a blanket its own sum of powers.
All of them are tables on one grid with cubics of Hermite in between, evaluated for many nodes at once, with the
derivative of the same cubic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from joulebook.materials.integrals import LOWEST, STEP, grid

__all__ = ["Potentials", "property_table"]

Float = NDArray[np.float64]
Int = NDArray[np.int64]
_LOG_LOWEST = float(np.log(LOWEST))


def property_table(function: Callable[[Float], Float]) -> tuple[Float, Float]:
    """Tabulate a function of temperature with its slope.

    Parameters
    ----------
    function : callable
        ``f(T)``, smooth.

    Returns
    -------
    value, slope : ndarray, shape (5022,)
        On the grid; the slope by central differences of relative width 1e-4.
    """
    nodes = grid()
    width = 1e-4 * nodes
    return function(nodes), (function(nodes + width) - function(nodes - width)) / (2.0 * width)


class Potentials:
    """Tables of several functions of temperature.

    Parameters
    ----------
    tables : sequence of (ndarray, ndarray), shape (5022,)
        Value and slope of each function at the nodes of the grid; the temperature itself where there are none.
    """

    __slots__ = ("_count", "_nodes", "_slopes", "_values")

    def __init__(self, tables: Sequence[tuple[Float, Float]]) -> None:
        self._nodes = grid()
        self._count = self._nodes.size
        known = tables or [(self._nodes, np.ones(self._count))]
        self._values = np.concatenate([value for value, _ in known])
        self._slopes = np.concatenate([slope for _, slope in known])

    def evaluate(self, which: Int, temperature: Float) -> tuple[Float, Float]:
        """Evaluate functions.

        Parameters
        ----------
        which : ndarray, shape (n,)
            Index of the function.
        temperature : ndarray, shape (n,), K
            Inside the grid.

        Returns
        -------
        value, slope : ndarray, shape (n,)
            Of the cubic.
        """
        place = np.log(temperature)
        place -= _LOG_LOWEST
        place /= STEP
        k = place.astype(np.int64)
        np.clip(k, 0, self._count - 2, out=k)
        return self._cubic(which, k, temperature)

    def _cubic(self, which: Int, k: Int, temperature: Float) -> tuple[Float, Float]:
        start = self._nodes[k]
        width = self._nodes[k + 1] - start
        u = (temperature - start) / width
        at = which * self._count + k
        value, slope = self._values[at], self._slopes[at]
        rise = (self._values[at + 1] - value) / width
        bend = 3.0 * rise - 2.0 * slope - self._slopes[at + 1]
        twist = slope + self._slopes[at + 1] - 2.0 * rise
        return (
            value + width * u * (slope + u * (bend + u * twist)),
            slope + u * (2.0 * bend + 3.0 * u * twist),
        )

    def invert(self, which: Int, value: Float) -> Float:
        """Find the temperatures at which rising functions have given values.

        Parameters
        ----------
        which : ndarray, shape (n,)
            Index of the function.
        value : ndarray, shape (n,)
            Wanted; what lies beyond the grid gives its end.

        Returns
        -------
        ndarray, shape (n,), K
            By search of the interval and Newton's method in it, to rounding.
        """
        k = np.empty(which.size, np.int64)
        for one in np.unique(which):
            here = which == one
            row = self._values[one * self._count : (one + 1) * self._count]
            k[here] = np.searchsorted(row, value[here], side="right") - 1
        np.clip(k, 0, self._count - 2, out=k)
        at = which * self._count + k
        low, high = self._nodes[k], self._nodes[k + 1]
        rise = self._values[at + 1] - self._values[at]
        temperature = low + (high - low) * np.clip((value - self._values[at]) / np.maximum(rise, 1e-300), 0.0, 1.0)
        for _ in range(3):
            found, slope = self._cubic(which, k, temperature)
            temperature = np.clip(temperature - (found - value) / slope, low, high)
        return temperature
