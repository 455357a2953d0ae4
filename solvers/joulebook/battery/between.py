"""Values between the solver's own time points, by a cubic spline through them.

The points of a run lie as far apart as a formula of fourth order allows, so straight lines between them would cut
corners of millivolts; a cubic spline keeps the accuracy of the points.

References
----------
de Boor, A Practical Guide to Splines, revised ed., chapter IV (not-a-knot end condition).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["integral", "values_at"]

Array = NDArray[np.float64]


def values_at(time: Array, values: Array, wanted: Array) -> Array:
    """Interpolate.

    Parameters
    ----------
    time : ndarray, shape (n,), s
        Points, rising.
    values : ndarray, shape (n, ...), any
        Values at them; a column that is not a number stays so.
    wanted : ndarray, shape (m,), s
        Times within the points.

    Returns
    -------
    ndarray, shape (m, ...), unit of values
        The spline; a single point stands for all times.
    """
    from scipy.interpolate import CubicSpline

    if time.size == 1:
        return np.repeat(values, wanted.size, axis=0)
    known = np.isfinite(values)
    curve = np.asarray(CubicSpline(time, np.where(known, values, 0.0))(wanted))
    return np.where(known.all(axis=0), curve, np.nan)


def integral(time: Array, values: Array) -> float:
    """Integrate over all points.

    Parameters
    ----------
    time : ndarray, shape (n,), s
        Points, rising.
    values : ndarray, shape (n,), any
        Values at them.

    Returns
    -------
    float
        Integral of the spline, unit of values times s; 0 for a single point.
    """
    from scipy.interpolate import CubicSpline

    return float(CubicSpline(time, values).integrate(time[0], time[-1])) if time.size > 1 else 0.0
