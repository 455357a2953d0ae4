"""Powers in the unit that is easy to read: watts at a shield, nanowatts at a mixing chamber."""

from __future__ import annotations

__all__ = ["UNITS", "shown"]

UNITS = (("W", 1.0), ("mW", 1e-3), ("µW", 1e-6), ("nW", 1e-9))
"""Unit and its size in watt, largest first."""


def shown(watts: float) -> str:
    """Write a power with its unit.

    Parameters
    ----------
    watts : float, W
        The power.

    Returns
    -------
    str
        Four digits.

    Examples
    --------
    >>> shown(2.345e-5), shown(-0.5), shown(0.0)
    ('23.45 µW', '-500 mW', '0 W')
    """
    if not watts:
        return "0 W"
    unit, size = next((pair for pair in UNITS if abs(watts) >= pair[1]), UNITS[-1])
    return f"{watts / size:.4g} {unit}"
