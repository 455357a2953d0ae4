"""Rows of a network as a reader finds them, and the network made of them.

A reader adds one element after the other, with the line of the file it stands on. Faults of values are reported by
file, element and line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from joulebook.core.design import Part
from joulebook.core.errors import InputError, Issue
from joulebook.grid.elements import (
    Bus,
    Converter,
    ExternalGrid,
    Generator,
    HvdcLine,
    Line,
    Load,
    Motor,
    Shunt,
    Switch,
    ThreeWindingTransformer,
    Transformer,
)
from joulebook.grid.network import Network
from joulebook.grid.record_fields import column_fields
from joulebook.grid.tables import Table

__all__ = ["RECORDS", "NetworkRows", "tidy_identifier", "tidy_text"]

RECORDS: dict[str, type[Part]] = {
    "buses": Bus,
    "lines": Line,
    "transformers": Transformer,
    "three_winding_transformers": ThreeWindingTransformer,
    "generators": Generator,
    "external_grids": ExternalGrid,
    "loads": Load,
    "shunts": Shunt,
    "switches": Switch,
    "hvdc_lines": HvdcLine,
    "converters": Converter,
    "motors": Motor,
}
"""Tables of a network and what their rows are."""
_LONGEST_ID, _LONGEST_TEXT = 80, 200


def tidy_identifier(text: str) -> str:
    """Make an identifier of what a file calls an element.

    Parameters
    ----------
    text : str
        Its name or number.

    Returns
    -------
    str
        Without dots, control characters and blanks around it, and at most 80 characters.

    Examples
    --------
    >>> tidy_identifier(" BUS 1.A ")
    'BUS 1-A'
    """
    kept = "".join(letter if letter.isprintable() else " " for letter in text).strip().replace(".", "-")
    return kept[:_LONGEST_ID].strip() or "-"


def tidy_text(text: str) -> str:
    """Cut a name down to what a record holds.

    Parameters
    ----------
    text : str
        As it stands in the file.

    Returns
    -------
    str
        Printable, at most 200 characters.
    """
    if text.isprintable() and len(text) <= _LONGEST_TEXT:
        return text.strip()
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()[:_LONGEST_TEXT]


class NetworkRows:
    """Elements read so far.

    Parameters
    ----------
    file : str
        Name for messages.
    """

    def __init__(self, file: str = "") -> None:
        self.file = file
        self.rows: dict[str, dict[str, dict[str, Any]]] = {table: {} for table in RECORDS}
        self._lines: dict[tuple[str, str], int] = {}
        self.notes: Counter[str] = Counter()

    def note(self, text: str) -> None:
        """Remember what could not be carried over.

        Parameters
        ----------
        text : str
            One line; the same line again is counted.
        """
        self.notes[text] += 1

    def note_lines(self) -> tuple[str, ...]:
        """List the notes.

        Returns
        -------
        tuple of str
            Each once; how often it came, where more than once.
        """
        return tuple(text if count == 1 else f"{text} ({count} times)" for text, count in self.notes.items())

    def add(self, table: str, identifier: str, values: Mapping[str, Any], line: int = 0, *, suffix: bool = True) -> str:
        """Add an element.

        Parameters
        ----------
        table : str
            One of :data:`RECORDS`.
        identifier : str
            What the file calls it.
        values : mapping of str to object
            Fields of the record; None where not known.
        line : int
            Of the file, from 1; 0 where there is none.
        suffix : bool
            Whether a second element of the same name gets a number behind it, instead of being a fault.

        Returns
        -------
        str
            The identifier it has got.

        Raises
        ------
        InputError
            If the identifier is used already and may not be.
        """
        rows = self.rows[table]
        chosen = tidy_identifier(identifier)
        if chosen in rows:
            if not suffix:
                raise InputError(
                    Issue(
                        f"{table}.{chosen}", None, f"stands twice{self._at(table, chosen, line)}", "Keep one of them"
                    ),
                    self.file,
                )
            chosen = self._numbered(rows, chosen)
        rows[chosen] = dict(values)
        if line:
            self._lines[table, chosen] = line
        return chosen

    @staticmethod
    def _numbered(rows: Mapping[str, Any], chosen: str) -> str:
        number = 2
        while f"{chosen[: _LONGEST_ID - 6]}-{number}" in rows:
            number += 1
        return f"{chosen[: _LONGEST_ID - 6]}-{number}"

    def _at(self, table: str, identifier: str, again: int) -> str:
        first = self._lines.get((table, identifier))
        return f" (lines {first} and {again})" if first and again else ""

    def network(self, name: str, **fields: Any) -> Network:
        """Make the network.

        Parameters
        ----------
        name : str
            What people call it.
        **fields : object
            ``base_power``, ``frequency``, ``description``, ``diagram``, ``sources``.

        Returns
        -------
        Network
            Checked.

        Raises
        ------
        InputError
            With every fault, by file, table, element, field and line.
        """
        tables: dict[str, Table[Any]] = {}
        issues: list[Issue] = []
        for table, rows in self.rows.items():
            try:
                tables[table] = _table(RECORDS[table], rows)
            except InputError as error:
                issues += [self._placed(table, issue) for issue in error.issues]
        if issues:
            raise InputError(issues, self.file)
        try:
            return Network(name=tidy_text(name) or "network", **fields, **tables)
        except InputError as error:
            raise InputError([self._placed("", issue) for issue in error.issues], self.file) from None

    def _placed(self, table: str, issue: Issue) -> Issue:
        path = f"{table}.{issue.path}" if table else issue.path
        parts = path.split(".")
        line = self._lines.get((parts[0], parts[1])) if len(parts) > 1 else None
        where = f" (line {line})" if line else ""
        return Issue(f"{path}{where}", issue.value, issue.rule, issue.hint, issue.unit)


def _table(record: type[Part], rows: Mapping[str, Mapping[str, Any]]) -> Table[Any]:
    fields = column_fields(record)
    used = set().union(*(values.keys() for values in rows.values())) if rows else set()
    columns: dict[str, Any] = {}
    for name in used:
        field = fields[name]
        if field.kind == "float":
            missing = np.nan if field.required or field.default is None else field.default
            found = [values.get(name) for values in rows.values()]
            columns[name] = np.array([missing if value is None else value for value in found], float)
        else:
            default = "" if field.kind == "text" and field.default is None else field.default
            columns[name] = [values.get(name, default) for values in rows.values()]
    return Table(record, list(rows), columns)
