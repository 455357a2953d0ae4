"""What a reader of a foreign file hands on: the cell, and what of the file the cell does not hold."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joulebook.battery.designs import Cell
from joulebook.core.documents import read_document

__all__ = ["ConversionWarning", "ImportedCell", "parameters_of", "tidy", "warn_of"]

_DIGITS = 13
_ULPS = 8


class ConversionWarning(UserWarning):
    """Not everything in a file could be carried over; the message lists what."""


@dataclass(frozen=True)
class ImportedCell:
    """A cell from a file of another program.

    Parameters
    ----------
    cell : Cell
        The cell; its materials travel with it.
    notes : tuple of str
        What the file holds and the cell does not, and what the file lacks and was assumed.
    validation : dict of str to dict
        Measured curves that came in the file, by their names: columns to lists of numbers.
    """

    cell: Cell
    notes: tuple[str, ...] = ()
    validation: Mapping[str, Mapping[str, list[float]]] = field(default_factory=dict)


def warn_of(what: str, notes: tuple[str, ...]) -> None:
    """Warn once, of everything that was not carried over.

    Parameters
    ----------
    what : str
        Name of the file, or of the cell.
    notes : tuple of str
        One line each; nothing happens where there are none.
    """
    if notes:
        listed = "\n".join(f"  {note}" for note in notes)
        warnings.warn(f"{what}: not all could be carried over\n{listed}", ConversionWarning, stacklevel=3)


def parameters_of(source: str | Path | Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """Take the parameters from a file, or as they are.

    Parameters
    ----------
    source : str, Path or mapping
        A JSON file, or what stood in one.

    Returns
    -------
    document : mapping
        The parameters.
    name : str
        Of the file, for messages.
    """
    if isinstance(source, Mapping):
        return source, ""
    return read_document(source), Path(source).name


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
