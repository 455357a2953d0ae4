"""Billing periods: months counted from an anchor, in UTC."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime

__all__ = ["period_after", "period_of"]

_STEPS = {"month": 1, "year": 12}


def _shifted(anchor: int, months: int) -> int:
    begin = datetime.fromtimestamp(anchor, UTC)
    total = begin.year * 12 + begin.month - 1 + months
    year, month = divmod(total, 12)
    day = min(begin.day, calendar.monthrange(year, month + 1)[1])
    return int(begin.replace(year=year, month=month + 1, day=day).timestamp())


def period_of(anchor: int, at: int, interval: str = "month", count: int = 1) -> tuple[int, int]:
    """Period that holds an instant.

    Parameters
    ----------
    anchor : int
        Where periods are counted from, s since 1970.
    at : int
        The instant, at or after the anchor.
    interval : str
        ``"month"`` or ``"year"``.
    count : int
        Intervals in a period.

    Returns
    -------
    tuple of int
        First second of it, and of the next one. A day that a month lacks becomes the month's last; the next
        month has it back.

    Examples
    --------
    >>> day = lambda at: datetime.fromtimestamp(at, UTC).strftime("%m-%d")
    >>> anchor = int(datetime(2026, 1, 31, tzinfo=UTC).timestamp())
    >>> [day(edge) for edge in period_of(anchor, anchor + 40 * 86400)]
    ['02-28', '03-31']
    """
    step = _STEPS[interval] * count
    number = 0
    while _shifted(anchor, (number + 1) * step) <= at:
        number += 1
    return _shifted(anchor, number * step), _shifted(anchor, (number + 1) * step)


def period_after(anchor: int, end: int, interval: str = "month", count: int = 1) -> tuple[int, int]:
    """Period that begins where another ends.

    Parameters
    ----------
    anchor : int
        Where periods are counted from.
    end : int
        End of the one before.
    interval, count : str, int
        Length of a period.

    Returns
    -------
    tuple of int
        First second of it, and of the next one.
    """
    return period_of(anchor, end, interval, count)
