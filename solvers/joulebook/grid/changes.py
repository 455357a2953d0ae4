"""Networks that differ in some values, made without writing the whole document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.design import Part
from joulebook.core.errors import InputError, Issue
from joulebook.grid.record_fields import column_fields
from joulebook.grid.tables import Table

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["changed_tables", "is_table_path"]


def is_table_path(network: Network, path: str) -> bool:
    """Say whether a path leads into a table of elements.

    Parameters
    ----------
    network : Network
        The network.
    path : str
        Dotted.

    Returns
    -------
    bool
        True for ``"loads"``, ``"loads.active_power"``, ``"loads.7.active_power"``.
    """
    return isinstance(getattr(network, path.partition(".")[0], None), Table)


def changed_tables(network: Network, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Change tables of a network.

    Parameters
    ----------
    network : Network
        The network.
    changes : mapping of str to object
        A table by its name; a column by ``"table.column"`` (array, or one value for all); an element by
        ``"table.identifier"`` (a record, which may be a new one); a value by ``"table.identifier.field"``.

    Returns
    -------
    dict of str to Table or mapping
        What is to be validated, by table name.

    Raises
    ------
    InputError
        If a path does not exist; all of them at once.
    """
    out: dict[str, Any] = {}
    columns: dict[str, dict[str, Any]] = {}
    issues: list[Issue] = []
    for path, value in changes.items():
        name, _, rest = path.partition(".")
        table = out.get(name, getattr(network, name))
        if not rest:
            out[name] = value
            continue
        if not isinstance(table, Table):
            table = Table.from_records(getattr(network, name).record, table)
        identifier, _, field = rest.partition(".")
        fields = column_fields(table.record)
        if not field and identifier in fields and not isinstance(value, Mapping | Part):
            scalar = np.ndim(value) == 0
            columns.setdefault(name, {})[identifier] = [value] * len(table) if scalar else value
        elif not field and isinstance(value, Mapping | Part):
            out[name] = _with_record(table, identifier, value)
        elif identifier not in table:
            known = ", ".join([*table.ids[:8], *(["…"] if len(table) > 8 else [])]) or "none"
            issues.append(Issue(path, None, f"{name} has no {identifier!r}", f"Known: {known}"))
        elif field.partition(".")[0] not in fields:
            issues.append(Issue(path, None, f"{identifier} has no {field!r}", f"It has: {', '.join(fields)}"))
        elif "." in field:
            out[name] = _with_record(table, identifier, _nested(table[identifier], field, value, path))
        else:
            held = columns.setdefault(name, {})
            column = held.setdefault(field, list(table.column(field)))
            held[field] = column = list(column)
            column[table.position(identifier)] = np.nan if value is None and fields[field].kind == "float" else value
    if issues:
        raise InputError(issues, network.name)
    for name, given in columns.items():
        table = out.get(name, getattr(network, name))
        if not isinstance(table, Table):
            table = Table.from_records(getattr(network, name).record, table)
        out[name] = _with_columns(name, table, given)
    return out


def _with_columns(name: str, table: Table[Any], given: dict[str, Any]) -> Table[Any]:
    try:
        return table.with_columns(given)
    except InputError as error:
        raise InputError([Issue(f"{name}.{i.path}", i.value, i.rule, i.hint, i.unit) for i in error.issues]) from None


def _with_record(table: Table[Any], identifier: str, value: Any) -> Table[Any]:
    records = table.to_records()
    records[identifier] = value.model_dump(exclude_none=True) if isinstance(value, Part) else value
    return Table.from_records(table.record, records)


def _nested(record: Part, field: str, value: Any, path: str) -> dict[str, Any]:
    document = record.model_dump(mode="json", exclude_none=True)
    *folders, last = field.split(".")
    here = document
    for name in folders:
        here = here.get(name) if isinstance(here, dict) else None
        if not isinstance(here, dict):
            raise InputError(Issue(path, None, f"there is no {name!r} to be changed", "Give the whole of it"))
    here[last] = value
    return document
