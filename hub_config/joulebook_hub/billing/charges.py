"""What the plans' file says about money: prices in cents, the trial, GPU time beyond the plan, coupons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

__all__ = ["Charges", "Coupon", "cents", "dollars"]

_COUPON = re.compile(r"[A-Z][A-Z0-9-]{2,19}")
_MOST_DAYS = 90
_MOST_COUPONS = 50
_KEYS = {"trial_days", "overage_per_gpu_hour", "coupons"}


def cents(amount: float) -> int | None:
    """Turn dollars of the plans' file into cents.

    Parameters
    ----------
    amount : float
        Dollars as they are written in the file.

    Returns
    -------
    int or None
        Cents; None if there are parts of a cent.

    Examples
    --------
    >>> cents(149), cents(0.1), cents(19.99), cents(0.001)
    (14900, 10, 1999, None)
    """
    exact = Decimal(str(amount)) * 100
    return int(exact) if exact == exact.to_integral_value() else None


def dollars(amount: int) -> str:
    """Write cents.

    Parameters
    ----------
    amount : int
        Cents.

    Returns
    -------
    str
        Dollars, without cents where there are none.

    Examples
    --------
    >>> dollars(14900), dollars(4967), dollars(-150)
    ('$149', '$49.67', '−$1.50')
    """
    sign, whole, rest = "−" if amount < 0 else "", abs(amount) // 100, abs(amount) % 100
    return f"{sign}${whole:,}" + (f".{rest:02d}" if rest else "")


@dataclass(frozen=True)
class Coupon:
    """A reduction that a person can name.

    Parameters
    ----------
    code : str
        What the person types.
    title : str
        What it is.
    percent_off : float
        Part of the price, %.
    months : int
        For how many months; 0 for ever.
    """

    code: str
    title: str
    percent_off: float
    months: int


@dataclass(frozen=True)
class Charges:
    """The table ``[billing]``.

    Parameters
    ----------
    trial_days : int
        Days without a charge at the first subscription of a person or an organisation.
    overage_cents : int
        An hour of GPU time beyond the plan, cents; 0: none is sold.
    coupons : tuple of Coupon
        The reductions.
    """

    trial_days: int = 0
    overage_cents: int = 0
    coupons: tuple[Coupon, ...] = ()

    @classmethod
    def read(cls, table: Any) -> tuple[Charges, list[str]]:
        """Read the table of a plans' file.

        Parameters
        ----------
        table : object
            What the file has; None without one.

        Returns
        -------
        tuple
            The charges, and one sentence per fault.
        """
        if table is None:
            return cls(), []
        if not isinstance(table, Mapping):
            return cls(), ["billing: use a table with trial_days, overage_per_gpu_hour and coupons."]
        found = [f"billing.{key}: no such setting. Known: {', '.join(sorted(_KEYS))}." for key in table.keys() - _KEYS]
        days = table.get("trial_days", 0)
        if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= _MOST_DAYS:
            found.append(f"billing.trial_days = {days!r}: use a whole number from 0 to {_MOST_DAYS}.")
        hour = table.get("overage_per_gpu_hour", 0)
        right = not isinstance(hour, bool) and isinstance(hour, int | float) and 0 <= hour <= 10_000
        if not right or cents(hour) is None:
            found.append(f"billing.overage_per_gpu_hour = {hour!r}: use dollars from 0 to 10000, in whole cents.")
        coupons = table.get("coupons", {})
        if not isinstance(coupons, Mapping) or len(coupons) > _MOST_COUPONS:
            return cls(), [*found, f"billing.coupons: use a table of at most {_MOST_COUPONS} coupons."]
        for code, row in coupons.items():
            found += _coupon_faults(code, row)
        if found:
            return cls(), found
        made = tuple(
            Coupon(code, row["title"], float(row["percent_off"]), row.get("months", 0)) for code, row in coupons.items()
        )
        return cls(days, cents(hour) or 0, made), []

    def coupon(self, code: str) -> Coupon | None:
        """Look a coupon up.

        Parameters
        ----------
        code : str
            What a person typed.

        Returns
        -------
        Coupon or None
            None if there is none of this code.
        """
        wanted = code.strip().upper()
        return next((coupon for coupon in self.coupons if coupon.code == wanted), None)


def _coupon_faults(code: str, row: Any) -> list[str]:
    name = f"billing.coupons.{code}"
    found = []
    if not _COUPON.fullmatch(code):
        found.append(f"{name}: use 3 to 20 of A-Z, 0-9 and -, a letter first.")
    if not isinstance(row, Mapping) or row.keys() - {"title", "percent_off", "months"}:
        return [*found, f"{name}: use a table with title, percent_off and months."]
    title, off, months = row.get("title"), row.get("percent_off"), row.get("months", 0)
    if not isinstance(title, str) or not 1 <= len(title) <= 40:
        found.append(f"{name}.title = {title!r}: use 1 to 40 characters.")
    if isinstance(off, bool) or not isinstance(off, int | float) or not 0 < off <= 100:
        found.append(f"{name}.percent_off = {off!r}: use a number above 0 and at most 100.")
    if isinstance(months, bool) or not isinstance(months, int) or not 0 <= months <= 36:
        found.append(f"{name}.months = {months!r}: use a whole number from 0 (for ever) to 36.")
    return found
