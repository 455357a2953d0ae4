"""Amounts in whole cents: parts of a period, metered use, discounts, tax. Nothing here is a float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

__all__ = ["TAX_PERCENT", "discount_of", "part", "rounded", "tax_of", "units_amount"]

TAX_PERCENT = 20


def rounded(amount: Decimal) -> int:
    """Round to a cent, a half away from zero.

    Parameters
    ----------
    amount : Decimal
        Cents.

    Returns
    -------
    int
        Whole cents.

    Examples
    --------
    >>> rounded(Decimal("0.5")), rounded(Decimal("-0.5")), rounded(Decimal("299.9999"))
    (1, -1, 300)
    """
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def part(amount: int, seconds: int, whole: int) -> int:
    """Price of a part of a period.

    Parameters
    ----------
    amount : int
        Price of the whole period, cents.
    seconds, whole : int
        Length of the part and of the period.

    Returns
    -------
    int
        Cents.

    Examples
    --------
    >>> part(14900, 15, 30), part(14900, 0, 30), part(-14900, 1, 3)
    (7450, 0, -4967)
    """
    return rounded(Decimal(amount) * seconds / whole) if whole > 0 else 0


def units_amount(price: dict[str, Any], units: int) -> int:
    """Price of some units.

    Parameters
    ----------
    price : dict
        A price object, per unit.
    units : int
        How many.

    Returns
    -------
    int
        Cents.
    """
    return rounded(Decimal(price["unit_amount_decimal"]) * units)


def discount_of(amount: int, coupon: dict[str, Any]) -> int:
    """What a coupon takes from an amount.

    Parameters
    ----------
    amount : int
        Cents.
    coupon : dict
        A coupon object.

    Returns
    -------
    int
        Cents, never more than the amount, nothing from a credit.

    Examples
    --------
    >>> discount_of(14900, {"percent_off": 20.0, "amount_off": None})
    2980
    >>> discount_of(500, {"percent_off": None, "amount_off": 900})
    500
    """
    if amount <= 0:
        return 0
    if coupon["percent_off"] is not None:
        return rounded(Decimal(amount) * Decimal(str(coupon["percent_off"])) / 100)
    return min(amount, int(coupon["amount_off"]))


def tax_of(amount: int) -> int:
    """Tax on top of an amount, at the simulator's flat rate.

    Parameters
    ----------
    amount : int
        Cents.

    Returns
    -------
    int
        Cents.
    """
    return rounded(Decimal(amount) * TAX_PERCENT / 100)
