"""Published tables as laws: straight lines or a cubic spline between points, straight lines beyond the ends.

The spline has continuous second derivatives and, at both ends, one cubic over the first two intervals
("not-a-knot"), which is how the sets that use it were fitted to their cells.

References
----------
C. de Boor, A Practical Guide to Splines, Springer (1978), chapter IV.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["PublishedTable", "spline_slopes"]

Points = NDArray[np.float64]


@dataclass(frozen=True)
class PublishedTable:
    """A law that interpolates a table which comes with Joulebook.

    Parameters
    ----------
    file : str
        Name in ``joulebook/materials/data``: two columns, comments after ``#``.
    kind : {"linear", "spline"}
        How to interpolate.
    place_scale : float
        The places of the table are divided by this: a maximum concentration makes a stoichiometry of them.
    value_scale : float
        The values of the table are divided by this.
    """

    file: str
    kind: Literal["linear", "spline"] = "linear"
    place_scale: float = 1.0
    value_scale: float = 1.0

    def __call__(self, xp: Any, x: Any) -> Any:
        """Evaluate the law.

        Parameters
        ----------
        xp : module
            NumPy or CuPy.
        x : ndarray, any shape
            Where, in the unit of the scaled places.

        Returns
        -------
        ndarray, shape of x
            In the unit of the scaled values.
        """
        places, values, slopes = _coefficients(self)
        x = xp.asarray(x, dtype=np.float64)
        low, high = float(places[0]), float(places[-1])
        inside = xp.clip(x, low, high)
        if self.kind == "linear":
            inner = xp.interp(inside, xp.asarray(places), xp.asarray(values))
        else:
            inner = _hermite(xp, inside, xp.asarray(places), xp.asarray(values), xp.asarray(slopes))
        return inner + xp.minimum(x - low, 0.0) * slopes[0] + xp.maximum(x - high, 0.0) * slopes[-1]

    @property
    def points(self) -> tuple[Points, Points]:
        """Places and values of the table, scaled."""
        places, values, _ = _coefficients(self)
        return places, values


def spline_slopes(x: Points, y: Points) -> Points:
    """Slopes at the points of a not-a-knot cubic spline.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Ascending places, at least four.
    y : ndarray, shape (n,)
        Values.

    Returns
    -------
    ndarray, shape (n,)
        First derivatives.

    Examples
    --------
    >>> x = np.array([0.0, 0.5, 1.5, 2.0])
    >>> bool(np.allclose(spline_slopes(x, x**3), 3 * x**2))
    True
    """
    count = len(x)
    h, secant = np.diff(x), np.diff(y) / np.diff(x)
    matrix, right = np.zeros((count, count)), np.zeros(count)
    inner = np.arange(1, count - 1)
    matrix[inner, inner - 1] = h[1:]
    matrix[inner, inner] = 2.0 * (h[:-1] + h[1:])
    matrix[inner, inner + 1] = h[:-1]
    right[inner] = 3.0 * (h[1:] * secant[:-1] + h[:-1] * secant[1:])
    first, last = h[0] + h[1], h[-1] + h[-2]
    matrix[0, :2] = h[1], first
    right[0] = ((h[0] + 2.0 * first) * h[1] * secant[0] + h[0] ** 2 * secant[1]) / first
    matrix[-1, -2:] = last, h[-2]
    right[-1] = (h[-1] ** 2 * secant[-2] + (2.0 * last + h[-1]) * h[-2] * secant[-1]) / last
    return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)


@functools.cache
def _coefficients(table: PublishedTable) -> tuple[Points, Points, Points]:
    text = resources.files("joulebook.materials").joinpath("data", table.file).read_text(encoding="utf-8")
    rows = np.loadtxt(text.splitlines(), delimiter=",", comments="#", ndmin=2)
    places, values = rows[:, 0] / table.place_scale, rows[:, 1] / table.value_scale
    if table.kind == "spline":
        return places, values, spline_slopes(places, values)
    return places, values, np.diff(values)[[0, -1]] / np.diff(places)[[0, -1]]


def _hermite(xp: Any, x: Any, places: Any, values: Any, slopes: Any) -> Any:
    i = xp.clip(xp.searchsorted(places, x, side="right") - 1, 0, len(places) - 2)
    width = places[i + 1] - places[i]
    u = (x - places[i]) / width
    rise = values[i + 1] - values[i]
    start, end = slopes[i] * width, slopes[i + 1] * width
    return values[i] + u * (start + u * (3.0 * rise - 2.0 * start - end + u * (start + end - 2.0 * rise)))
