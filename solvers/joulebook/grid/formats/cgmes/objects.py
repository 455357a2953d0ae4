"""The objects of a CGMES set as columns by class.

A property of an object is a number, a word, a choice or a reference to another object; what it is shows only when it is
asked for. Profile files are read in :mod:`joulebook.grid.formats.cgmes.parsing`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import DataFormatError

__all__ = ["Model", "Objects", "bare_identifier"]


class Objects:
    """Objects of one class.

    Parameters
    ----------
    name : str
        Of the class, such as ``"ACLineSegment"``.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: dict[str, int] = {}
        self.lines: list[tuple[str, int]] = []
        self.values: dict[str, dict[int, str]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def ids(self) -> list[str]:
        """Identifiers, in order."""
        return list(self.rows)

    def has(self, name: str) -> bool:
        """Say whether any object gives a property.

        Parameters
        ----------
        name : str
            Of the property.

        Returns
        -------
        bool
            Whether.
        """
        return name in self.values

    def text(self, name: str, default: str = "") -> list[str]:
        """Give a property as text.

        Parameters
        ----------
        name : str
            Of the property.
        default : str
            Where an object does not give it.

        Returns
        -------
        list of str, length n
            As in the file.
        """
        found = self.values.get(name)
        if found is None:
            return [default] * len(self.rows)
        get = found.get
        return [get(row, default) for row in range(len(self.rows))]

    def number(self, name: str, default: float = math.nan) -> NDArray[np.float64]:
        """Give a property as numbers.

        Parameters
        ----------
        name : str
            Of the property.
        default : float
            Where an object does not give it.

        Returns
        -------
        ndarray, shape (n,)
            In the unit of the profile.

        Raises
        ------
        DataFormatError
            If one is no finite number; with file, line and object.
        """
        out = np.full(len(self.rows), default)
        for row, value in self.values.get(name, {}).items():
            try:
                out[row] = float(value)
            except ValueError:
                out[row] = math.inf
            if not math.isfinite(out[row]):
                raise self.fault(row, f"{name} = {value.strip()[:40]!r} is not a finite number")
        return out

    def flag(self, name: str, default: bool) -> list[bool]:
        """Give a property that is true or false.

        Parameters
        ----------
        name : str
            Of the property.
        default : bool
            Where an object does not give it.

        Returns
        -------
        list of bool, length n
            The values.

        Raises
        ------
        DataFormatError
            If one is neither.
        """
        out = [default] * len(self.rows)
        for row, value in self.values.get(name, {}).items():
            word = value.strip().lower()
            if word not in {"true", "false", "1", "0"}:
                raise self.fault(row, f"{name} = {word[:40]!r}: true or false")
            out[row] = word in {"true", "1"}
        return out

    def reference(self, name: str) -> list[str]:
        """Give a property that points to another object.

        Parameters
        ----------
        name : str
            Of the property.

        Returns
        -------
        list of str, length n
            Identifiers; empty where an object does not give it.
        """
        found = self.values.get(name)
        if found is None:
            return [""] * len(self.rows)
        get = found.get
        return [bare_identifier(get(row, "")) for row in range(len(self.rows))]

    def choice(self, name: str) -> list[str]:
        """Give a property that is one of a set of words.

        Parameters
        ----------
        name : str
            Of the property.

        Returns
        -------
        list of str, length n
            The word behind the last dot; empty where an object does not give it.
        """
        return [value.rpartition(".")[2] for value in self.text(name)]

    def fault(self, row: int, message: str) -> DataFormatError:
        """Make an error that names file, line and object.

        Parameters
        ----------
        row : int
            Of the object.
        message : str
            What is wrong with it.

        Returns
        -------
        DataFormatError
            To raise.
        """
        file, line = self.lines[row]
        return DataFormatError(f"{self.name} {self.ids[row]}: {message}", file=file, line=line)


@dataclass
class Model:
    """All objects of a set.

    Parameters
    ----------
    classes : dict of str to Objects
        By name of the class.
    version : str
        ``"2.4.15"`` or ``"3.0"``.
    files : list of str
        The profile files.
    """

    classes: dict[str, Objects] = field(default_factory=dict)
    version: str = ""
    files: list[str] = field(default_factory=list)

    def of(self, name: str) -> Objects:
        """Give the objects of a class.

        Parameters
        ----------
        name : str
            Of the class.

        Returns
        -------
        Objects
            Empty where there are none.
        """
        return self.classes.get(name) or Objects(name)

    def lookup(self, names: Sequence[str], column: Callable[[Objects], Sequence[Any]]) -> dict[str, Any]:
        """Map the identifiers of some classes to a property.

        Parameters
        ----------
        names : sequence of str
            Of the classes.
        column : callable
            Gives the property of one class.

        Returns
        -------
        dict of str to object
            By identifier.
        """
        out: dict[str, Any] = {}
        for name in names:
            found = self.classes.get(name)
            if found:
                out.update(zip(found.rows, column(found), strict=True))
        return out


def bare_identifier(reference: str) -> str:
    """Take the marks off an identifier, which differ from file to file, and its dots.

    Parameters
    ----------
    reference : str
        As it stands in the file.

    Returns
    -------
    str
        The same for every file.

    Examples
    --------
    >>> bare_identifier("#_4a-7"), bare_identifier("urn:uuid:4a-7")
    ('4a-7', '4a-7')
    """
    mark = reference.rfind("#")
    if mark >= 0:
        reference = reference[mark + 1 :]
    elif reference.startswith("urn:uuid:"):
        reference = reference[9:]
    reference = reference.removeprefix("_").strip()
    return reference.replace(".", "-") if "." in reference else reference
