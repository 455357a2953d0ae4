"""Checks of columns and records of elements: every fault, each with path, value, unit, range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from joulebook.core.design import Part
from joulebook.core.errors import Issue
from joulebook.grid.record_fields import ColumnField, column_fields

__all__ = ["MOST_ISSUES", "check_identifiers", "column_issues", "columns_from_records"]

MOST_ISSUES = 20
"""Faults of one column that are listed; one more line counts the rest."""
_LONGEST = 80


def check_identifiers(ids: Sequence[str]) -> list[Issue]:
    """Check identifiers of elements.

    Parameters
    ----------
    ids : sequence of str
        Of one table.

    Returns
    -------
    list of Issue
        Twice used, empty, too long, or with a dot or control character.
    """
    issues: list[Issue] = []
    seen: set[str] = set()
    for identifier in ids:
        if not isinstance(identifier, str) or not identifier.strip() or len(identifier) > _LONGEST:
            issues.append(Issue("", identifier, f"an identifier is text of 1 to {_LONGEST} characters"))
        elif "." in identifier or not identifier.isprintable():
            issues.append(Issue("", identifier, "an identifier holds no dot and no control character", "Use - or _"))
        elif identifier in seen:
            issues.append(Issue(identifier, None, "stands twice", "Give each element an identifier of its own"))
        seen.add(identifier)
    return _shortened(issues, "identifiers")


def column_issues(field: ColumnField, column: NDArray[Any], ids: Sequence[str]) -> list[Issue]:
    """Check the values of a column.

    Parameters
    ----------
    field : ColumnField
        What they are.
    column : ndarray, shape (n,)
        The values.
    ids : sequence of str
        Identifiers of the rows.

    Returns
    -------
    list of Issue
        One per value that is not allowed, as far as :data:`MOST_ISSUES`.
    """
    if field.kind == "float":
        bad, rule = _float_faults(field, column), _rule(field)
    elif field.choices:
        bad = np.array([value not in field.choices for value in column], bool)
        rule = f"must be one of {', '.join(repr(choice) for choice in field.choices)}"
    elif field.kind == "int":
        return _one_by_one(field, column.tolist(), ids)
    elif field.kind in {"text", "part"}:
        return _one_by_one(field, column, ids)
    else:
        return []
    rows = np.flatnonzero(bad)
    issues = [Issue(f"{ids[row]}.{field.name}", _shown(column[row]), rule, unit=field.unit) for row in rows]
    return _shortened(issues, field.name)


def _float_faults(field: ColumnField, column: NDArray[np.float64]) -> NDArray[np.bool_]:
    bad = np.isinf(column)
    if not field.optional:
        bad |= np.isnan(column)
    limits = field.quantity
    if limits is None:
        return bad
    with np.errstate(invalid="ignore"):
        if limits.gt is not None:
            bad |= column <= limits.gt
        if limits.ge is not None:
            bad |= column < limits.ge
        if limits.lt is not None:
            bad |= column >= limits.lt
        if limits.le is not None:
            bad |= column > limits.le
    return bad


def _rule(field: ColumnField) -> str:
    return f"must be {field.quantity.rule}" if field.quantity is not None else "must be a finite number"


def _shown(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and value != value else value


def _one_by_one(field: ColumnField, values: Any, ids: Sequence[str]) -> list[Issue]:
    issues: list[Issue] = []
    default, text = field.default, field.kind == "text"
    for identifier, value in zip(ids, values, strict=True):
        if value is default or (text and type(value) is str and 0 < len(value) < _LONGEST and value.isprintable()):
            continue
        issues += _value_issues(field, identifier, value)[1]
    return _shortened(issues, field.name)


def _value_issues(field: ColumnField, identifier: str, value: Any) -> tuple[Any, list[Issue]]:
    """Check one value: what it becomes, and its faults."""
    try:
        return field.adapter.validate_python(value), []
    except ValidationError as error:
        issues = []
        for found in error.errors(include_url=False):
            inner = getattr(found.get("ctx", {}).get("error"), "issues", ())
            path = ".".join([identifier, field.name, *(str(part) for part in found["loc"])])
            if inner:
                issues += [
                    Issue(f"{path}.{item.path}".rstrip("."), item.value, item.rule, item.hint, item.unit)
                    for item in inner
                ]
            else:
                issues.append(Issue(path, found.get("input"), found["msg"], unit=field.unit))
        return None, issues


def columns_from_records(
    record: type[Part], records: Mapping[str, Any]
) -> tuple[list[str], dict[str, list[Any]], list[Issue]]:
    """Turn groups of values into columns.

    Parameters
    ----------
    record : type of Part
        What one group is.
    records : mapping of str to mapping or Part
        By identifier.

    Returns
    -------
    ids : list of str
        Identifiers of the well-formed groups.
    columns : dict of str to list
        Their values.
    issues : list of Issue
        Of names and types; ranges are checked on the columns.
    """
    fields = column_fields(record)
    columns: dict[str, list[Any]] = {name: [] for name in fields}
    ids: list[str] = []
    issues: list[Issue] = []
    for identifier, given in records.items():
        values = dict(given) if isinstance(given, Mapping) else _values_of(given)
        if values is None:
            issues.append(Issue(str(identifier), given, "must be a group of named values", "Write it as { … }"))
            continue
        ids.append(identifier)
        for name in values.keys() - fields.keys():
            known = ", ".join(fields)
            issues.append(Issue(f"{identifier}.{name}", values[name], "not a known name here", f"Known: {known}"))
        for name, field in fields.items():
            value, found = _entry(field, str(identifier), values)
            columns[name].append(value)
            issues += found
    return ids, columns, issues


def _values_of(given: Any) -> dict[str, Any] | None:
    if not isinstance(given, BaseModel):
        return None
    return {name: getattr(given, name) for name in type(given).model_fields}


def _entry(field: ColumnField, identifier: str, values: dict[str, Any]) -> tuple[Any, list[Issue]]:
    """One value of a record as its column holds it."""
    path = f"{identifier}.{field.name}"
    if field.name not in values:
        if field.required:
            return _stand_in(field), [Issue(path, None, "missing", "Give it", field.unit)]
        return (_stand_in(field) if field.default is None else field.default), []
    value = values[field.name]
    if value is None and field.optional:
        return (np.nan if field.kind == "float" else None), []
    if field.kind == "float":
        if isinstance(value, bool) or not isinstance(value, int | float):
            return _stand_in(field), [Issue(path, value, f"must be a number, {_rule(field)[8:]}", unit=field.unit)]
        return float(value), []
    if field.kind == "text" and type(value) is str:
        return value, []
    if field.kind == "bool" and type(value) is bool:
        return value, []
    checked, found = _value_issues(field, identifier, value)
    return (_stand_in(field) if found else checked), found


def _stand_in(field: ColumnField) -> Any:
    """What fills the place of a value that is missing or faulty; the fault itself is already noted."""
    if field.kind == "float":
        return np.nan
    return {"int": 0, "bool": False, "text": field.choices[0] if field.choices else "-"}.get(field.kind)


def _shortened(issues: list[Issue], what: str) -> list[Issue]:
    if len(issues) <= MOST_ISSUES:
        return issues
    rest = len(issues) - MOST_ISSUES
    return [*issues[:MOST_ISSUES], Issue(what, None, f"{rest} more of the same kind", "Mend those above first")]
