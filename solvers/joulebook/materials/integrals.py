"""Integrals of a property over temperature as tables that are cheap to evaluate and exact to 1e-7.

The grid is uniform in ln T from 5 mK to 400 K with 4 K on a node, where most fits begin. Values at the nodes are
Gauss-Legendre sums of every interval; in between, a cubic of Hermite with the property itself as slope. The
derivative that comes with a value is that of the cubic, so that Newton's method sees one consistent function.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["HIGHEST", "LOWEST", "STEP", "grid", "integral_table"]

Float = NDArray[np.float64]

STEP = float(np.log(100.0) / 2048.0)
_BELOW_4, _ABOVE_4 = 2973, 2048
LOWEST = 4.0 * float(np.exp(-_BELOW_4 * STEP))
"""K, first node: 4.99 mK."""
HIGHEST = 400.0
"""K, last node."""


@functools.cache
def grid() -> Float:
    """Temperatures of the nodes.

    Returns
    -------
    ndarray, shape (5022,), K
        Rising.
    """
    return np.asarray(4.0 * np.exp(STEP * np.arange(-_BELOW_4, _ABOVE_4 + 1)))


def integral_table(function: Callable[[Float], Float], breaks: tuple[float, ...] = ()) -> tuple[Float, Float]:
    """Integrate a property from the first node to every node.

    Parameters
    ----------
    function : callable
        ``f(T)``, above 0.
    breaks : tuple of float, K
        Where it has a kink; an interval with one is summed in two parts.

    Returns
    -------
    integral : ndarray, shape (5022,)
        Of the property; 0 at the first node.
    slope : ndarray, shape (5022,)
        The property.
    """
    nodes = grid()
    points, weights = np.polynomial.legendre.leggauss(5)
    middle, half = 0.5 * (nodes[1:] + nodes[:-1]), 0.5 * np.diff(nodes)
    parts = half * (function(middle[:, None] + half[:, None] * points) @ weights)
    for place in breaks:
        k = int(np.searchsorted(nodes, place, side="right")) - 1
        if 0 <= k < parts.size and nodes[k] < place:
            ends = np.array([nodes[k], place, nodes[k + 1]])
            centre, width = 0.5 * (ends[1:] + ends[:-1]), 0.5 * np.diff(ends)
            parts[k] = float(width @ (function(centre[:, None] + width[:, None] * points) @ weights))
    return np.concatenate([[0.0], np.cumsum(parts)]), function(nodes)
