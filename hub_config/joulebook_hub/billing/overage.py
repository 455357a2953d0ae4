"""GPU time beyond a plan: how much of each line of the ledger is billed, once.

While a kernel runs, the desk that lends writes down how much of its time went beyond the plan. What is owed after a
line is the sum of this in the month, in whole seconds; a line is billed by what that exceeds everything billed
before. So the sum is right to a second however lines are cut, and a line is never billed twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["Billed", "Line", "cost", "identifier", "owed", "unit_price"]


@dataclass(frozen=True)
class Line:
    """Use that the ledger has.

    Parameters
    ----------
    number : int
        The ledger's number of the line.
    seconds : float
        GPU time beyond the plan, s.
    """

    number: int
    seconds: float


@dataclass(frozen=True)
class Billed:
    """What of a line is billed.

    Parameters
    ----------
    line : int
        The ledger's number.
    units : int
        GPU-seconds.
    """

    line: int
    units: int


def owed(lines: Iterable[Line], before: Sequence[Billed]) -> list[Billed]:
    """Decide what is billed of a month's lines that have not been decided about yet.

    Parameters
    ----------
    lines : iterable of Line
        All lines of one payer in one month, in the order of their numbers.
    before : sequence of Billed
        What was decided about earlier lines of the month.

    Returns
    -------
    list of Billed
        One for each further line, 0 units included.

    Examples
    --------
    >>> month = [Line(1, 0.0), Line(2, 600.6), Line(3, 100.6)]
    >>> [each.units for each in owed(month, [])]
    [0, 600, 101]
    """
    decided = {each.line for each in before}
    billed = sum(each.units for each in before)
    beyond = 0.0
    made = []
    for line in lines:
        beyond += line.seconds
        if line.number in decided:
            continue
        units = max(0, math.floor(round(beyond, 6)) - billed)
        billed += units
        made.append(Billed(line.number, units))
    return made


def identifier(hub: str, line: int) -> str:
    """Name under which a line is reported to the meter; the same line always has the same.

    Parameters
    ----------
    hub : str
        This hub's mark.
    line : int
        The ledger's number.

    Returns
    -------
    str
        At most 100 characters.
    """
    return f"joulebook-{hub}-{line}"


def cost(units: int, cents_per_hour: int) -> int:
    """Price of metered use.

    Parameters
    ----------
    units : int
        GPU-seconds.
    cents_per_hour : int
        Price of an hour.

    Returns
    -------
    int
        Cents, rounded as Stripe rounds the line of an invoice.

    Examples
    --------
    >>> cost(5400, 300), cost(7, 300), cost(5, 300)
    (450, 1, 0)
    """
    return int((Decimal(unit_price(cents_per_hour)) * units).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def unit_price(cents_per_hour: int) -> str:
    """Price of one GPU-second, as Stripe takes it: with 12 decimals, right to a cent for 10 million hours.

    Parameters
    ----------
    cents_per_hour : int
        Price of an hour.

    Returns
    -------
    str
        Cents.

    Examples
    --------
    >>> unit_price(300), unit_price(360)
    ('0.083333333333', '0.1')
    """
    fine = (Decimal(cents_per_hour) / 3600).quantize(Decimal("1e-12"), rounding=ROUND_HALF_UP)
    return format(fine.normalize(), "f")
