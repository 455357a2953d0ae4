"""Numbers as people print them: few digits, powers of ten, units of a handy size."""

from __future__ import annotations

import math
import re

from joulebook.core.quantities import Quantity

__all__ = ["number", "quantity", "unit_text"]

_RAISED = str.maketrans("-.0123456789", "⁻·⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 4) -> str:
    """Print a number.

    Parameters
    ----------
    value : float
        Any number.
    digits : int
        Significant digits at most.

    Returns
    -------
    str
        With a real minus sign and a power of ten where the number is very small or large.

    Examples
    --------
    >>> number(85.2), number(-0.5), number(3.3e-14), number(29866.0, 5)
    ('85.2', '−0.5', '3.3 × 10⁻¹⁴', '29866')
    """
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "not a number"
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    exponent = int(power)
    if -4 < exponent < 6:
        text = f"{float(f'{value:.{digits}g}'):.{max(0, digits - 1 - exponent)}f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")
    return f"{float(mantissa):g}".replace("-", "−") + f" × 10{str(exponent).translate(_RAISED)}"


def quantity(value: float, kind: Quantity | None, digits: int = 5) -> str:
    """Print a number with its unit.

    Parameters
    ----------
    value : float
        In SI.
    kind : Quantity or None
        Its unit, and the unit for reports where there is one.
    digits : int
        Significant digits at most.

    Returns
    -------
    str
        For example ``"85.2 µm"``.

    Examples
    --------
    >>> quantity(85.2e-6, Quantity("m", display=("µm", 1e6)))
    '85.2 µm'
    """
    if kind is None or kind.unit == "1":
        return number(value, digits)
    unit, factor = kind.display or (kind.unit, 1.0)
    return f"{number(value * factor, digits)} {unit_text(unit)}"


def unit_text(unit: str) -> str:
    """Print a unit.

    Parameters
    ----------
    unit : str
        As the library writes it.

    Returns
    -------
    str
        Powers raised; nothing for pure numbers.

    Examples
    --------
    >>> unit_text("A/m² (m³/mol)^1.5"), unit_text("ohm"), unit_text("1")
    ('A/m² (m³/mol)¹·⁵', 'Ω', '')
    """
    if unit == "1":
        return ""
    raised = re.sub(r"\^(-?[0-9.]+)", lambda found: found.group(1).translate(_RAISED), unit)
    return "Ω" if raised == "ohm" else raised
