"""The tables of a pandapower JSON document, read without pandapower: nothing that the document names is loaded.

``pandapower.to_json`` writes an object with one entry per table; the table itself is a JSON text inside it, with the
names of the columns, the index and the rows.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joulebook.core.errors import CorruptRecordError, DataFormatError, UnknownFormatError
from joulebook.grid.formats.text_files import read_text

__all__ = ["Frame", "Row", "read_frames"]


class Row:
    """One row of a table.

    Parameters
    ----------
    table : str
        Its name.
    index : str
        Of the row.
    values : mapping of str to object
        By column.
    file : str
        For messages.
    """

    __slots__ = ("_values", "file", "index", "table")

    def __init__(self, table: str, index: str, values: Mapping[str, Any], file: str) -> None:
        self.table, self.index, self._values, self.file = table, index, values, file

    def __contains__(self, name: str) -> bool:
        return not _is_missing(self._values.get(name))

    def fault(self, message: str) -> CorruptRecordError:
        """Make an error that names file, table and row.

        Parameters
        ----------
        message : str
            What is wrong.

        Returns
        -------
        CorruptRecordError
            To raise.
        """
        return CorruptRecordError(f"{self.table} {self.index}: {message}", file=self.file)

    def number(self, name: str, default: float | None = None) -> float:
        """Give a number.

        Parameters
        ----------
        name : str
            Of the column.
        default : float, optional
            Where it is missing.

        Returns
        -------
        float
            Finite.

        Raises
        ------
        CorruptRecordError
            If it is none, or missing without a default.
        """
        value = self._values.get(name)
        if _is_missing(value):
            if default is None:
                raise self.fault(f"{name} is missing")
            return default
        if isinstance(value, bool | int | float):
            try:
                found = float(value)
            except OverflowError:
                found = math.inf
            if math.isfinite(found):
                return found
        raise self.fault(f"{name} = {str(value)[:40]!r} is not a finite number")

    def known(self, name: str, factor: float = 1.0) -> float | None:
        """Give a number where there is one.

        Parameters
        ----------
        name : str
            Of the column.
        factor : float
            To multiply it with.

        Returns
        -------
        float or None
            None where it is missing.
        """
        return self.number(name) * factor if name in self else None

    def positive(self, name: str, factor: float = 1.0) -> float | None:
        """Give a number where there is one above zero.

        Parameters
        ----------
        name : str
            Of the column.
        factor : float
            To multiply it with.

        Returns
        -------
        float or None
            None where it is missing, zero or negative.
        """
        value = self.known(name, factor)
        return value if value is not None and value > 0 else None

    def flag(self, name: str, default: bool) -> bool:
        """Give what is true or false.

        Parameters
        ----------
        name : str
            Of the column.
        default : bool
            Where it is missing.

        Returns
        -------
        bool
            The value.
        """
        value = self._values.get(name)
        if _is_missing(value):
            return default
        if isinstance(value, bool | int | float):
            return bool(value)
        raise self.fault(f"{name} = {str(value)[:40]!r} is neither true nor false")

    def text(self, name: str, default: str = "") -> str:
        """Give text.

        Parameters
        ----------
        name : str
            Of the column.
        default : str
            Where it is missing.

        Returns
        -------
        str
            The text.
        """
        value = self._values.get(name)
        return default if _is_missing(value) else str(value)

    def key(self, name: str) -> str:
        """Give the index of a row in another table.

        Parameters
        ----------
        name : str
            Of the column.

        Returns
        -------
        str
            As text.

        Raises
        ------
        CorruptRecordError
            If it is missing.
        """
        value = self._values.get(name)
        if _is_missing(value) or isinstance(value, list | dict):
            raise self.fault(f"{name} is missing")
        return _key(value)


Frame = list[Row]


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _key(value: Any) -> str:
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        value = int(value)
    return str(value).replace(".", "-")


def _parsed(text: str, what: str, file: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        end = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        advice = "it ends too early: was the file cut off?" if end else "mend the text there"
        raise DataFormatError(f"{what} is not JSON: {error.msg}; {advice}", file=file, line=error.lineno) from None
    except (RecursionError, ValueError) as error:
        raise DataFormatError(f"{what} cannot be read: {type(error).__name__}", file=file) from None


def read_frames(source: str | Path | bytes) -> tuple[dict[str, Frame], dict[str, Any], str]:
    """Read the tables of a document.

    Parameters
    ----------
    source : str, Path or bytes
        The file, or what stands in it.

    Returns
    -------
    frames : dict of str to Frame
        Rows by table.
    settings : dict of str to object
        Everything that is no table, such as ``"f_hz"``.
    file : str
        For messages.

    Raises
    ------
    UnknownFormatError
        If it is no pandapower network.
    DataFormatError
        If a part of it is damaged.
    """
    text, file = read_text(source)
    document = _parsed(text, "the document", file)
    if not isinstance(document, dict) or document.get("_class") != "pandapowerNet":
        raise UnknownFormatError("is no network that pandapower.to_json has written", file=file)
    inner = document.get("_object")
    if isinstance(inner, str):
        inner = _parsed(inner, "the network", file)
    if not isinstance(inner, dict):
        raise DataFormatError("holds no tables", file=file)
    frames: dict[str, Frame] = {}
    settings: dict[str, Any] = {}
    for name, item in inner.items():
        if isinstance(item, dict) and item.get("_class") == "DataFrame":
            if name == "res_bus" or not name.startswith(("res_", "_")):
                frames[name] = _frame(name, item, file)
        else:
            settings[name] = item
    if "bus" not in frames:
        raise DataFormatError("has no table 'bus'", file=file)
    return frames, settings, file


def _frame(name: str, item: Mapping[str, Any], file: str) -> Frame:
    table = item.get("_object")
    if isinstance(table, str):
        table = _parsed(table, f"table {name!r}", file)
    if not isinstance(table, dict):
        raise DataFormatError(f"table {name!r} is no table", file=file)
    if {"columns", "index", "data"} <= table.keys():
        columns, index, data = table["columns"], table["index"], table["data"]
        if not all(isinstance(part, list) for part in (columns, index, data)) or len(index) != len(data):
            raise DataFormatError(f"table {name!r} has {_count(index)} indices for {_count(data)} rows", file=file)
        rows: Frame = []
        for key, values in zip(index, data, strict=True):
            if not isinstance(values, list) or len(values) != len(columns):
                raise DataFormatError(
                    f"table {name!r}, row {key}: has {_count(values)} values for {len(columns)} columns", file=file
                )
            named = dict(zip(map(str, columns), values, strict=True))
            rows.append(Row(name, _key(key), named, file))
        return rows
    by_row: dict[str, dict[str, Any]] = {}
    for column, values in table.items():
        if not isinstance(values, dict):
            raise DataFormatError(f"table {name!r}, column {column!r}: is no column", file=file)
        for key, value in values.items():
            by_row.setdefault(str(key), {})[column] = value
    return [Row(name, _key(key), values, file) for key, values in by_row.items()]


def _count(values: Any) -> int:
    return len(values) if isinstance(values, list) else 0
