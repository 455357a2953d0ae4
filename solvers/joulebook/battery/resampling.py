"""Curves of many cases at evenly spread times, in compiled code: what :mod:`joulebook.battery.between` does for one.

A cubic spline with the not-a-knot condition at both ends of each piece, straight lines where a series is followed or a
piece has fewer than four points. Its slopes s solve

::

    h[i] s[i-1] + 2 (h[i-1] + h[i]) s[i] + h[i-1] s[i+1] = 3 (h[i] d[i-1] + h[i-1] d[i])

with the widths h and the divided differences d; the first and the last row say that the third derivative does not jump
at the second point from either end.

References
----------
de Boor, A Practical Guide to Splines, revised ed., chapter IV, equations 10, 11 and the not-a-knot end condition.
"""

from __future__ import annotations

from typing import Any

from joulebook.battery.layout import TRACE_ROW, TRACE_TIME, TRACE_VOLTAGE
from joulebook.numerics.twins import separate

__all__ = ["COLUMNS", "resample_cases"]

COLUMNS = 3
"""Voltage, current and discharged charge, which lie together in ``trace``."""
FEW = 4
"""Points that a cubic needs."""


@separate
def slopes_of_piece(trace: Any, first: int, stop: int, slopes: Any) -> None:
    """Find the slopes of a spline through some points.

    Parameters
    ----------
    trace : ndarray, shape (n_rows, n_columns), mixed
        Points in rows.
    first, stop : int
        Rows of the piece: at least four, their times rise.
    slopes : ndarray, shape (≥ n_rows, 4), mixed
        Columns 0 to 2 of the piece are filled, 1/s times the unit of the column; column 3 is workspace.
    """
    left = trace[first + 1, TRACE_TIME] - trace[first, TRACE_TIME]
    right = trace[first + 2, TRACE_TIME] - trace[first + 1, TRACE_TIME]
    both = left + right
    slopes[first, 3] = both / right
    for c in range(COLUMNS):
        d_left = (trace[first + 1, TRACE_VOLTAGE + c] - trace[first, TRACE_VOLTAGE + c]) / left
        d_right = (trace[first + 2, TRACE_VOLTAGE + c] - trace[first + 1, TRACE_VOLTAGE + c]) / right
        slopes[first, c] = ((left + 2.0 * both) * d_left + left * left / right * d_right) / both
    for i in range(first + 1, stop - 1):
        left = trace[i, TRACE_TIME] - trace[i - 1, TRACE_TIME]
        right = trace[i + 1, TRACE_TIME] - trace[i, TRACE_TIME]
        inverse = 1.0 / (2.0 * (left + right) - right * slopes[i - 1, 3])
        slopes[i, 3] = left * inverse
        for c in range(COLUMNS):
            d_left = (trace[i, TRACE_VOLTAGE + c] - trace[i - 1, TRACE_VOLTAGE + c]) / left
            d_right = (trace[i + 1, TRACE_VOLTAGE + c] - trace[i, TRACE_VOLTAGE + c]) / right
            slopes[i, c] = (3.0 * (right * d_left + left * d_right) - right * slopes[i - 1, c]) * inverse
    last = stop - 1
    left = trace[last - 1, TRACE_TIME] - trace[last - 2, TRACE_TIME]
    right = trace[last, TRACE_TIME] - trace[last - 1, TRACE_TIME]
    both = left + right
    inverse = 1.0 / (left - both * slopes[last - 1, 3])
    for c in range(COLUMNS):
        d_left = (trace[last - 1, TRACE_VOLTAGE + c] - trace[last - 2, TRACE_VOLTAGE + c]) / left
        d_right = (trace[last, TRACE_VOLTAGE + c] - trace[last - 1, TRACE_VOLTAGE + c]) / right
        load = (right * right * d_left + (2.0 * both + right) * left * d_right) / both
        slopes[last, c] = (load - both * slopes[last - 1, c]) * inverse
    for i in range(last - 1, first - 1, -1):
        for c in range(COLUMNS):
            slopes[i, c] -= slopes[i, 3] * slopes[i + 1, c]


def piece_end(trace: Any, first: int, count: int) -> int:
    """Find where a piece ends: where a time occurs twice, or another protocol step begins.

    Parameters
    ----------
    trace : ndarray, shape (n_rows, n_columns), mixed
        Points in rows.
    first : int
        First row of the piece.
    count : int
        Rows that are filled.

    Returns
    -------
    int
        One past its last row.
    """
    stop = first + 1
    while (
        stop < count
        and trace[stop, TRACE_TIME] > trace[stop - 1, TRACE_TIME]
        and trace[stop, TRACE_ROW] == trace[stop - 1, TRACE_ROW]
    ):
        stop += 1
    return stop


@separate
def resample_case(trace: Any, count: int, straight: Any, wanted: Any, found: Any, slopes: Any) -> None:
    """Interpolate the points of one case.

    Parameters
    ----------
    trace : ndarray, shape (n_rows, n_columns), mixed
        Points in rows.
    count : int
        Rows that are filled, at least one.
    straight : ndarray, shape (n_steps,), 1
        1 for a protocol step in which straight lines are drawn.
    wanted : ndarray, shape (m,), s
        Times, rising, within the points.
    found : ndarray, shape (m, 3), mixed
        Filled with voltage, current and charge; at a jump those after it.
    slopes : ndarray, shape (≥ n_rows, 4), mixed
        Workspace.
    """
    first = 0
    k = 0
    while first < count:
        stop = piece_end(trace, first, count)
        bent = stop - first >= FEW and straight[int(trace[first, TRACE_ROW])] == 0.0
        if bent:
            slopes_of_piece(trace, first, stop, slopes)
        i = first
        while k < wanted.shape[0] and (stop == count or wanted[k] < trace[stop, TRACE_TIME]):
            time = min(max(wanted[k], trace[first, TRACE_TIME]), trace[stop - 1, TRACE_TIME])
            while i < stop - 2 and time >= trace[i + 1, TRACE_TIME]:
                i += 1
            for c in range(COLUMNS):
                here = trace[i, TRACE_VOLTAGE + c]
                if stop == first + 1:
                    found[k, c] = here
                    continue
                rise = trace[i + 1, TRACE_VOLTAGE + c] - here
                width = trace[i + 1, TRACE_TIME] - trace[i, TRACE_TIME]
                u = (time - trace[i, TRACE_TIME]) / width
                value = here + u * rise
                if bent:
                    a = slopes[i, c] * width - rise
                    b = slopes[i + 1, c] * width - rise
                    value += u * (1.0 - u) * (a * (1.0 - u) - b * u)
                found[k, c] = value
            k += 1
        first = stop


def resample_cases(trace: Any, counts: Any, straight: Any, wanted: Any, found: Any, slopes: Any) -> None:
    """Interpolate the points of many cases.

    Parameters
    ----------
    trace : ndarray, shape (n_cases, n_rows, n_columns), mixed
        Points of each case in rows.
    counts : ndarray of int, shape (n_cases,), 1
        Rows that are filled; a case without any is left as it is.
    straight : ndarray, shape (n_steps,), 1
        1 for a protocol step in which straight lines are drawn.
    wanted : ndarray, shape (n_cases, m), s
        Times of each case, rising, within its points.
    found : ndarray, shape (n_cases, m, 3), mixed
        Filled with voltage, current and charge.
    slopes : ndarray, shape (≥ n_rows, 4), mixed
        Workspace.
    """
    for case in range(counts.shape[0]):
        if counts[case] > 0:
            resample_case(trace[case], counts[case], straight, wanted[case], found[case], slopes)
