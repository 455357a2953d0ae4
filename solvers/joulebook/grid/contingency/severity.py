"""How bad a state is: loadings, extreme voltages, and sums of what is beyond the limits."""

from __future__ import annotations

import math
from typing import Any

from joulebook.grid.contingency.outage_arrays import (
    HIGH,
    HIGHEST,
    LOADED,
    LOADING,
    LOW,
    LOWEST,
    OVERLOAD_INDEX,
    OVERLOADS,
    VOLTAGE_INDEX,
)
from joulebook.numerics.twins import Loop, register, separate

__all__ = ["RATE", "rate"]


@separate
def rate(base: Any, magnitude: Any, voltage: Any, out: Any, values: Any) -> None:
    """Measure how bad a state is.

    Parameters
    ----------
    base : Base
        Limits.
    magnitude : ndarray, shape (n,), per unit
        Voltages.
    voltage : ndarray, shape (n, 2), per unit
        Their real and imaginary parts.
    out : ndarray of int32, shape (2,)
        Branches that are missing.
    values : ndarray, shape (N_VALUES,)
        Filled but for the first two.
    """
    low = 1e300
    high = -1e300
    lowest = 0
    highest = 0
    index = 0.0
    for k in range(magnitude.shape[0]):
        v = magnitude[k]
        if v == 0.0:
            continue
        if v < low:
            low = v
            lowest = k
        if v > high:
            high = v
            highest = k
        beyond = max(base.low[k] - v, v - base.high[k])
        if beyond > 0.0:
            index += (beyond / (base.high[k] - base.low[k])) ** 2
    values[LOW] = low
    values[LOWEST] = lowest
    values[HIGH] = high
    values[HIGHEST] = highest
    values[VOLTAGE_INDEX] = index
    largest = 0.0
    loaded = -1
    overloads = 0
    index = 0.0
    y = base.values
    for branch in range(base.ends.shape[0]):
        limit = base.limits[branch]
        if limit == 0.0 or branch == out[0] or branch == out[1]:
            continue
        f = base.ends[branch, 0]
        t = base.ends[branch, 1]
        fr = voltage[f, 0]
        fi = voltage[f, 1]
        tr = voltage[t, 0]
        ti = voltage[t, 1]
        cr = y[branch, 0] * fr - y[branch, 1] * fi + y[branch, 2] * tr - y[branch, 3] * ti
        ci = y[branch, 0] * fi + y[branch, 1] * fr + y[branch, 2] * ti + y[branch, 3] * tr
        dr = y[branch, 4] * fr - y[branch, 5] * fi + y[branch, 6] * tr - y[branch, 7] * ti
        di = y[branch, 4] * fi + y[branch, 5] * fr + y[branch, 6] * ti + y[branch, 7] * tr
        square = limit * max(cr * cr + ci * ci, dr * dr + di * di)
        if square > largest:
            largest = square
            loaded = branch
        if square > 1.0:
            overloads += 1
            index += square - 1.0
    values[LOADING] = math.sqrt(largest)
    values[LOADED] = loaded
    values[OVERLOADS] = overloads
    values[OVERLOAD_INDEX] = index


RATE = register(Loop("grid.rate", rate))
