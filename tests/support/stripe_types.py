"""Holds JSON against the typed classes of stripe-python: keys that a class knows, values of the declared types."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import types
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from stripe import ListObject, StripeObject
from stripe._stripe_object import UntypedStripeObject


@cache
def _names(module: str) -> dict[str, Any]:
    """Names that a module of stripe-python imports for its types only."""
    found: dict[str, Any] = dict(vars(sys.modules[module]))
    for node in ast.walk(ast.parse(inspect.getsource(sys.modules[module]))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("stripe"):
            origin = importlib.import_module(node.module)
            found |= {alias.asname or alias.name: getattr(origin, alias.name) for alias in node.names}
    return found


@cache
def fields(cls: type) -> dict[str, Any]:
    """Declared keys of a class and their types."""
    hints: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if base.__module__.startswith("stripe.") and base not in {StripeObject, ListObject}:
            own = dict(vars(base).get("__annotations__", {}))
            holder = type("Holder", (), {"__annotations__": own, "__module__": base.__module__})
            hints |= get_type_hints(holder, _names(base.__module__), dict(vars(base)))
    hints.pop("OBJECT_NAME", None)
    keywords = getattr(cls, "_inner_class_types", {})
    return {
        name.rstrip("_") if name.rstrip("_") in keywords or name.endswith("_") else name: kind
        for name, kind in hints.items()
        if get_origin(kind) is not ClassVar and not name.startswith("_")
    }


def is_optional(kind: Any) -> bool:
    return get_origin(kind) in {Union, types.UnionType} and type(None) in get_args(kind)


def faults(value: Any, kind: Any, path: str) -> list[str]:
    """Everything in which a JSON value differs from a declared type."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind is Any:
        return []
    if origin in {Union, types.UnionType}:
        each = [faults(value, part, path) for part in parts]
        return [] if any(not found for found in each) else min(each, key=len)
    if origin is Literal:
        return [] if value in parts else [f"{path} = {value!r}: none of {parts[:8]}"]
    if kind is type(None):
        return [] if value is None else [f"{path} = {value!r}: not null"]
    if origin in {list, ListObject}:
        if origin is ListObject:
            if not isinstance(value, dict) or value.get("object") != "list":
                return [f"{path}: not a list object"]
            extra = {"object", "data", "has_more", "url"} ^ value.keys()
            items = value.get("data", [])
            found = [f"{path}: list object with or without {extra}"] if extra else []
        else:
            items, found = value, []
            if not isinstance(value, list):
                return [f"{path} = {value!r}: not a list"]
        return found + [fault for at, item in enumerate(items) for fault in faults(item, parts[0], f"{path}[{at}]")]
    if origin is UntypedStripeObject or kind is UntypedStripeObject:
        if not isinstance(value, dict):
            return [f"{path} = {value!r}: not an object"]
        of = parts[0] if parts else Any
        return [fault for key, item in value.items() for fault in faults(item, of, f"{path}.{key}")]
    if inspect.isclass(kind) and issubclass(kind, StripeObject):
        return object_faults(value, kind, path)
    if kind is float:
        return (
            [] if isinstance(value, int | float) and not isinstance(value, bool) else [f"{path} = {value!r}: no number"]
        )
    if kind is Decimal:
        return [] if isinstance(value, str) else [f"{path} = {value!r}: decimals travel as text"]
    if kind is int:
        return [] if isinstance(value, int) and not isinstance(value, bool) else [f"{path} = {value!r}: no integer"]
    if kind in {str, bool}:
        return [] if isinstance(value, kind) else [f"{path} = {value!r}: no {kind.__name__}"]
    raise AssertionError(f"{path}: type {kind!r} is not understood here")


def object_faults(value: Any, cls: type, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path} = {value!r}: not an object ({cls.__qualname__})"]
    known = fields(cls)
    found = [f"{path}.{key}: {cls.__qualname__} has no such key" for key in value.keys() - known.keys()]
    if value.get("deleted") is True:
        return found
    for key, kind in known.items():
        if key in value:
            found += faults(value[key], kind, f"{path}.{key}")
        elif not is_optional(kind):
            found.append(f"{path}.{key}: missing, {cls.__qualname__} always has it")
    return found


def resource_class(name: str) -> type:
    """Class of an object's ``object`` name."""
    from stripe._object_classes import OBJECT_CLASSES

    entry: Any = OBJECT_CLASSES[name]
    if isinstance(entry, tuple):
        return getattr(importlib.import_module(entry[0]), entry[1])
    return entry
