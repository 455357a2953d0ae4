"""A measured or designed course over time that a step of a protocol follows: a drive cycle."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue

__all__ = ["Series"]

LONGEST = 2_000_000
"""Points."""
LARGEST_VALUE = 1e9


class Series:
    """Values over time, linear in between; immutable.

    Parameters
    ----------
    time : array_like of float, shape (n,), s
        Rising; it is counted from the first point on.
    values : array_like of float, shape (n,), A, C, W, V or ohm
        Positive on discharge.

    Raises
    ------
    InputError
        If there are fewer than two points, a number is missing, or time stands still or goes back; with the first
        place where it happens.

    Examples
    --------
    >>> course = Series([10.0, 20.0, 30.0], [0.0, 5.0, 5.0])
    >>> course.duration, len(course)
    (20.0, 3)
    """

    __slots__ = ("_time", "_values")

    def __init__(self, time: Any, values: Any) -> None:
        found: list[Issue] = []
        t, v = _column("time", time, "s", found), _column("values", values, "", found)
        if not found and t.size != v.size:
            found.append(Issue("values", v.size, f"must have as many points as time, {t.size}"))
        if not found and not 2 <= t.size <= LONGEST:
            found.append(Issue("time", t.size, f"must have from 2 to {LONGEST} points"))
        if not found:
            t = t - t[0]
            back = np.flatnonzero(np.diff(t) <= 0.0)
            if back.size:
                k = int(back[0]) + 1
                still = t[k] == t[k - 1]
                rule = f"{'stands still' if still else 'goes back'} at point {k}, after {t[k - 1]:g} s; it must rise"
                hint = "For a jump, give two points a millisecond apart" if still else "Sort the points"
                found.append(Issue("time", float(t[k]), rule, hint, "s"))
        if found:
            raise InputError(found, "series")
        t.flags.writeable = v.flags.writeable = False
        self._time, self._values = t, v

    _time: NDArray[np.float64]
    _values: NDArray[np.float64]

    @property
    def time(self) -> NDArray[np.float64]:
        """Times since the start, s; read-only."""
        return self._time

    @property
    def values(self) -> NDArray[np.float64]:
        """Values at those times; read-only."""
        return self._values

    @property
    def duration(self) -> float:
        """Time from the first point to the last, s."""
        return float(self._time[-1])

    @property
    def sign(self) -> int:
        """+1 if no value is negative, -1 if none is positive, 0 if there are both."""
        if self._values.min() >= 0.0:
            return 1
        return -1 if self._values.max() <= 0.0 else 0

    def __len__(self) -> int:
        return int(self._time.size)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Series):
            return NotImplemented
        return np.array_equal(self._time, other._time) and np.array_equal(self._values, other._values)

    def __hash__(self) -> int:
        return hash((self._time.tobytes(), self._values.tobytes()))

    def __repr__(self) -> str:
        return f"<Series: {len(self)} points, {self.duration:g} s, {self._values.min():g} to {self._values.max():g}>"


def _column(name: str, given: Any, unit: str, found: list[Issue]) -> NDArray[np.float64]:
    """A copy of the numbers as a column; what is wrong with them goes to ``found``."""
    try:
        column = np.array(given, dtype=np.float64) + 0.0
    except (TypeError, ValueError, OverflowError):
        found.append(Issue(name, given, "must be a list of numbers"))
        return np.zeros(0)
    if column.ndim != 1:
        found.append(Issue(name, column.shape, "must have one dimension"))
        return np.zeros(0)
    bad = np.flatnonzero(~(np.abs(column) <= LARGEST_VALUE))
    if bad.size:
        k = int(bad[0])
        more = f" and at {bad.size - 1} more" if bad.size > 1 else ""
        rule = f"is not a number from -1e9 to 1e9 at point {k}{more}"
        found.append(Issue(name, float(column[k]), rule, "Drop or mend these points", unit))
    return column
