"""Columns of one kind of element: what a network holds in memory.

A :class:`Table` reads like a mapping from identifier to record, and hands out its columns as arrays:
``network.lines["L1"].resistance`` and ``network.lines.resistance``. It never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from joulebook.core.design import Part
from joulebook.core.errors import InputError, Issue
from joulebook.grid.record_fields import ColumnField, column_fields
from joulebook.grid.table_checks import check_identifiers, column_issues, columns_from_records

if TYPE_CHECKING:
    import pandas

__all__ = ["Table", "TableOf"]

R = TypeVar("R", bound=Part)


class Table(Mapping[str, R], Generic[R]):
    """Elements of one kind, by identifier, held as columns.

    Parameters
    ----------
    record : type of Part
        What one row is.
    ids : sequence of str
        Identifiers, in order.
    columns : mapping of str to array_like, shape (n,)
        Values by field name; fields that are left out take their default. NaN where a float is not known.

    Raises
    ------
    InputError
        With every value that is not allowed; paths read ``"identifier.field"``.

    Examples
    --------
    >>> from joulebook.grid.elements import Bus
    >>> buses = Table(Bus, ["1", "2"], {"nominal_voltage": [110e3, 20e3]})
    >>> buses["2"].nominal_voltage
    20000.0
    >>> buses.nominal_voltage
    array([110000.,  20000.])
    """

    __slots__ = ("_columns", "_positions", "ids", "record")

    def __init__(self, record: type[R], ids: Sequence[str] = (), columns: Mapping[str, Any] | None = None) -> None:
        self.record = record
        self.ids: tuple[str, ...] = tuple(ids)
        issues = check_identifiers(self.ids)
        given = dict(columns or {})
        fields = column_fields(record)
        unknown = [name for name in given if name not in fields]
        if unknown:
            raise InputError(
                [Issue(name, None, "not a known column", f"Known: {', '.join(fields)}") for name in unknown]
            )
        self._columns: dict[str, NDArray[Any]] = {}
        for name, field in fields.items():
            self._columns[name] = _column(field, given.get(name), len(self.ids))
            issues += column_issues(field, self._columns[name], self.ids)
        if issues:
            raise InputError(issues)
        self._positions: dict[str, int] | None = None

    @classmethod
    def from_records(cls, record: type[R], records: Mapping[str, Any]) -> Table[R]:
        """Make a table from groups of values.

        Parameters
        ----------
        record : type of Part
            What one row is.
        records : mapping of str to mapping
            Identifier to the values of one element, or to a record.

        Returns
        -------
        Table
            The columns.

        Raises
        ------
        InputError
            With every fault of every element.
        """
        ids, columns, issues = columns_from_records(record, records)
        try:
            table = cls(record, ids, columns)
        except InputError as error:
            seen = {issue.path for issue in issues}
            raise InputError([*issues, *(issue for issue in error.issues if issue.path not in seen)]) from None
        if issues:
            raise InputError(issues)
        return table

    def __getattr__(self, name: str) -> NDArray[Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.column(name)

    def column(self, name: str) -> NDArray[Any]:
        """Give a column.

        Parameters
        ----------
        name : str
            A field of the record.

        Returns
        -------
        ndarray, shape (n,)
            Read-only; NaN where a float is not known.

        Raises
        ------
        AttributeError
            If the record has no such field.
        """
        try:
            return self._columns[name]
        except KeyError:
            known = ", ".join(self._columns)
            raise AttributeError(f"{self.record.__name__} has no {name!r}; it has {known}") from None

    def known(self, name: str) -> NDArray[np.bool_]:
        """Say which elements give an optional number.

        Parameters
        ----------
        name : str
            A field of floats.

        Returns
        -------
        ndarray of bool, shape (n,)
            False where it is left out.
        """
        return ~np.isnan(self.column(name))

    def position(self, identifier: str) -> int:
        """Find the row of an element.

        Parameters
        ----------
        identifier : str
            Of the element.

        Returns
        -------
        int
            Row, from 0.

        Raises
        ------
        KeyError
            If there is none of that identifier.
        """
        return self._index()[identifier]

    def positions(self, identifiers: Sequence[str]) -> NDArray[np.int32]:
        """Find the rows of many elements.

        Parameters
        ----------
        identifiers : sequence of str
            Of the elements.

        Returns
        -------
        ndarray of int32, shape (n,)
            Rows; -1 where there is none of that identifier.
        """
        index = self._index()
        return np.fromiter((index.get(item, -1) for item in identifiers), np.int32, len(identifiers))

    def with_columns(self, columns: Mapping[str, Any]) -> Table[R]:
        """Make a table that differs in some columns.

        Parameters
        ----------
        columns : mapping of str to array_like, shape (n,)
            New values.

        Returns
        -------
        Table
            Checked; this one stays as it is.
        """
        return Table(self.record, self.ids, {**self._columns, **columns})

    def rows(self, selected: Any) -> Table[R]:
        """Make a table of some of the elements.

        Parameters
        ----------
        selected : ndarray of bool or of int
            Which.

        Returns
        -------
        Table
            In the order asked for.
        """
        picked = np.arange(len(self.ids))[selected]
        columns = {name: values[picked] for name, values in self._columns.items()}
        return Table(self.record, [self.ids[int(row)] for row in picked], columns)

    def __getitem__(self, identifier: str) -> R:
        row = self._index()[identifier]
        return self.record(**{name: self._value(field, row) for name, field in column_fields(self.record).items()})

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table) or other.record is not self.record or other.ids != self.ids:
            return False
        return all(_same(values, other._columns[name]) for name, values in self._columns.items())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self)} × {self.record.__name__}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Table, (self.record, self.ids, self._columns)

    def to_records(self) -> dict[str, dict[str, Any]]:
        """Write as groups of values, as documents hold them.

        Returns
        -------
        dict of str to dict
            Identifier to the values that differ from the defaults.
        """
        out: dict[str, dict[str, Any]] = {identifier: {} for identifier in self.ids}
        for name, field in column_fields(self.record).items():
            for identifier, value in zip(self.ids, self._columns[name].tolist(), strict=True):
                plain = _plain(field, value)
                if field.required or plain != _plain(field, field.default):
                    out[identifier][name] = plain
        return out

    def to_dataframe(self) -> pandas.DataFrame:
        """Give all columns as a table.

        Returns
        -------
        pandas.DataFrame
            Indexed by identifier.
        """
        import pandas

        return pandas.DataFrame(self._columns, index=pandas.Index(self.ids, name="id"))

    def _index(self) -> dict[str, int]:
        if self._positions is None:
            self._positions = {identifier: row for row, identifier in enumerate(self.ids)}
        return self._positions

    def _value(self, field: ColumnField, row: int) -> Any:
        value = self._columns[field.name][row]
        if field.kind == "float":
            return None if np.isnan(value) else float(value)
        return value.item() if field.kind in {"int", "bool"} else value


@dataclass(frozen=True)
class TableOf:
    """Marks a field of a design as a table: ``Annotated[Table[Bus], TableOf(Bus)]``.

    Parameters
    ----------
    record : type of Part
        What one row is.
    """

    record: type[Part]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda table: table.to_records()),
        )

    def _validate(self, value: Any) -> Table[Any]:
        if isinstance(value, Table):
            if value.record is not self.record:
                raise InputError(Issue("", value, f"must be a table of {self.record.__name__}"))
            return value
        if not isinstance(value, Mapping):
            raise InputError(Issue("", value, "must be a group of elements by identifier", "Write it as { … }"))
        return Table.from_records(self.record, value)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        row = handler(self.record.__pydantic_core_schema__)
        return {"type": "object", "additionalProperties": row, "table": self.record.__name__}


def _column(field: ColumnField, given: Any, n: int) -> NDArray[Any]:
    if given is None:
        value = field.default if field.default is not None or field.kind != "float" else np.nan
        if field.kind == "text" and value is None:
            value = ""
        column = np.full(n, value, field.dtype) if field.kind != "part" else _objects([value] * n)
    elif field.kind == "part":
        column = _objects([_nested(field, value) for value in given])
    elif field.dtype is object:
        column = _objects(list(given))
    else:
        try:
            column = np.array(given, field.dtype)
        except (TypeError, ValueError):
            raise InputError(Issue(field.name, None, f"must be a column of {field.kind} values")) from None
    if column.shape != (n,):
        raise InputError(Issue(field.name, None, f"has {column.shape} values: expected one per element, {n}"))
    column.setflags(write=False)
    return column


def _nested(field: ColumnField, value: Any) -> Any:
    """A group of values as its record; what is not allowed stays as it is, for the checks to name."""
    if value is None or isinstance(value, Part) or value is field.default:
        return value
    try:
        return field.adapter.validate_python(value)
    except ValidationError:
        return value


def _objects(values: list[Any]) -> NDArray[Any]:
    column = np.empty(len(values), object)
    column[:] = values
    return column


def _same(left: NDArray[Any], right: NDArray[Any]) -> bool:
    if left.dtype == np.float64:
        return bool(np.array_equal(left, right, equal_nan=True))
    return bool(np.array_equal(left, right))


def _plain(field: ColumnField, value: Any) -> Any:
    if field.kind == "float":
        return None if value is None or value != value else value
    if isinstance(value, Part):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, tuple):
        return [list(item) if isinstance(item, tuple) else item for item in value]
    return value
