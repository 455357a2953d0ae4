"""What a reader of a foreign file hands on: the cell, and what of the file the cell does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joulebook.battery.designs import Cell
from joulebook.core.conversion import ConversionWarning, tidy, warn_of
from joulebook.core.documents import read_document

__all__ = ["ConversionWarning", "ImportedCell", "parameters_of", "tidy", "warn_of"]


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
