"""Files of other programs: how a reader says what it could not carry over."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

__all__ = ["ConversionWarning", "tidy", "warn_of"]

_DIGITS = 13
_ULPS = 8


class ConversionWarning(UserWarning):
    """Not everything in a file could be carried over; the message lists what."""


def warn_of(what: str, notes: Sequence[str], stacklevel: int = 3) -> None:
    """Warn once, of everything that was not carried over.

    Parameters
    ----------
    what : str
        Name of the file, or of what was read.
    notes : sequence of str
        One line each; nothing happens where there are none.
    stacklevel : int
        As for :func:`warnings.warn`: 3 names the line that called the caller.
    """
    if notes:
        listed = "\n".join(f"  {note}" for note in notes)
        warnings.warn(f"{what}: not all could be carried over\n{listed}", ConversionWarning, stacklevel=stacklevel)


def tidy(value: float) -> float:
    """Take the rounding errors of a conversion off a number.

    Parameters
    ----------
    value : float
        Worked out from others.

    Returns
    -------
    float
        The number of few digits that lies within some rounding errors of it, if there is one.

    Examples
    --------
    >>> tidy(0.7499999999999999), tidy(1 / 3)
    (0.75, 0.3333333333333333)
    """
    rounded = float(f"{value:.{_DIGITS}g}")
    return rounded if abs(rounded - value) <= _ULPS * math.ulp(value) else value
