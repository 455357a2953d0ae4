"""Operations on the JSON document of a design: the edits that designers make, as data.

An operation is a mapping::

    {"op": "set", "path": ["negative", "thickness"], "value": 9e-05}
    {"op": "unset", "path": ["sources", "negative.thickness"]}
    {"op": "batch", "operations": [...]}

A path is a list of names, because keys of ``sources`` contain dots. The designers keep the same rules
(``extension/src/core/operations.ts``); both are run against ``tests/corpus/operations.json``. Whether the
changed document is a valid design is for :meth:`joulebook.core.design.Design.from_document` to say.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from typing import Any

from joulebook.core.errors import InputError, Issue

__all__ = ["apply_operations"]

_IDENTITY = ("kind", "schema_version")


def apply_operations(
    document: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Apply operations in order: all of them, or none.

    Parameters
    ----------
    document : mapping
        JSON document of a design; it is left as it is.
    operations : sequence of mapping
        ``set``, ``unset`` and ``batch``, as in the text of this module.

    Returns
    -------
    document : dict
        The changed document.
    inverse : list of dict
        Operations that lead back, in the order in which they are to be applied.

    Raises
    ------
    InputError
        If an operation is unknown, has no path, changes ``kind`` or ``schema_version``, leads through a value that
        is not a group, takes away what is not there, or sets what is not JSON.

    Examples
    --------
    >>> changed, back = apply_operations({"a": {"b": 1}}, [{"op": "set", "path": ["a", "b"], "value": 2}])
    >>> changed
    {'a': {'b': 2}}
    >>> apply_operations(changed, back)[0]
    {'a': {'b': 1}}
    """
    changed = copy.deepcopy(dict(document))
    inverse: list[dict[str, Any]] = []
    for operation in operations:
        inverse[:0] = _apply(changed, operation)
    return changed, inverse


def _apply(document: dict[str, Any], operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Apply one operation in place and give its inverse."""
    kind = operation.get("op")
    if kind == "batch":
        inverse: list[dict[str, Any]] = []
        for part in operation.get("operations", ()):
            inverse[:0] = _apply(document, part)
        return inverse
    if kind not in {"set", "unset"}:
        raise InputError(Issue("", kind, "unknown operation", "Known: set, unset, batch"))
    path = _checked_path(operation.get("path"))
    group = _group(document, path)
    name = path[-1]
    if kind == "unset":
        if name not in group:
            raise InputError(Issue(".".join(path), None, "there is no such value to take away"))
        return [{"op": "set", "path": path, "value": group.pop(name)}]
    value = operation.get("value", math.nan)
    _check_value(path, value)
    back = {"op": "set", "path": path, "value": group[name]} if name in group else {"op": "unset", "path": path}
    group[name] = copy.deepcopy(value)
    return [back]


def _checked_path(path: Any) -> list[str]:
    if not isinstance(path, list | tuple) or not path or not all(isinstance(name, str) and name for name in path):
        raise InputError(Issue("path", path, "must be a list of names, at least one"))
    if path[0] in _IDENTITY:
        raise InputError(Issue(".".join(path), None, "says what the document is and stays as it is"))
    return list(path)


def _group(document: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    here: Any = document
    for name in path[:-1]:
        here = here.get(name) if isinstance(here, dict) else None
    if not isinstance(here, dict):
        raise InputError(Issue(".".join(path), None, f"{'.'.join(path[:-1])} is not a group of values"))
    return here


def _check_value(path: Sequence[str], value: Any) -> None:
    if isinstance(value, dict):
        for item in value.values():
            _check_value(path, item)
    elif isinstance(value, list):
        for item in value:
            _check_value(path, item)
    elif isinstance(value, float) and not math.isfinite(value):
        raise InputError(Issue(".".join(path), value, "must be a JSON value; numbers are finite"))
    elif value is not None and not isinstance(value, bool | int | float | str):
        raise InputError(Issue(".".join(path), value, "must be a JSON value", "Use numbers, text, lists and groups"))
