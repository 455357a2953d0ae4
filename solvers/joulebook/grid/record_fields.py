"""How the fields of an element's record become columns."""

from __future__ import annotations

import functools
import types
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from joulebook.core.design import Part
from joulebook.core.quantities import Quantity

__all__ = ["ColumnField", "column_fields"]


@dataclass(frozen=True)
class ColumnField:
    """A field of a record, as a column.

    Parameters
    ----------
    name : str
        Of the field.
    kind : str
        ``"float"``, ``"int"``, ``"bool"``, ``"text"`` or ``"part"`` (anything nested).
    required : bool
        Whether a record must give it.
    optional : bool
        Whether it may be unknown: NaN in a column of floats, None in a column of parts.
    default : object
        Where a record leaves it out.
    quantity : Quantity or None
        Unit and range of a float.
    choices : tuple of str
        Allowed words; empty for any.
    reference : bool
        Whether it names a bus.
    adapter : pydantic.TypeAdapter
        Checks one value.
    """

    name: str
    kind: str
    required: bool
    optional: bool
    default: Any
    quantity: Quantity | None
    choices: tuple[str, ...]
    reference: bool
    adapter: TypeAdapter[Any]

    @property
    def dtype(self) -> Any:
        """Of the column."""
        return {"float": np.float64, "int": np.int64, "bool": np.bool_}.get(self.kind, object)

    @property
    def unit(self) -> str:
        """Of the numbers; empty for pure numbers and for what is none."""
        return "" if self.quantity is None or self.quantity.unit == "1" else self.quantity.unit


@functools.cache
def column_fields(record: type[Part]) -> dict[str, ColumnField]:
    """List the columns of a record type.

    Parameters
    ----------
    record : type of Part
        One of :mod:`joulebook.grid.elements`.

    Returns
    -------
    dict of str to ColumnField
        By name, in the order of the fields.
    """
    return {name: _column_field(name, field) for name, field in record.model_fields.items()}


def _column_field(name: str, field: FieldInfo) -> ColumnField:
    metadata = list(field.metadata)
    annotation, optional = _without_none(field.annotation)
    while get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        metadata.extend(more)
    choices = get_args(annotation) if get_origin(annotation) is Literal else ()
    kind = {float: "float", int: "int", bool: "bool", str: "text"}.get(annotation, "part")
    if choices:
        kind = "text"
    extra = [field.json_schema_extra, *(getattr(item, "json_schema_extra", None) for item in metadata)]
    return ColumnField(
        name=name,
        kind=kind,
        required=field.is_required(),
        optional=optional,
        default=None if field.is_required() else field.get_default(call_default_factory=True),
        quantity=next((item for item in metadata if isinstance(item, Quantity)), None),
        choices=tuple(str(choice) for choice in choices),
        reference=any(isinstance(item, dict) and "reference" in item for item in extra),
        adapter=TypeAdapter(Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation),
    )


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in {Union, types.UnionType}:
        rest = [part for part in get_args(annotation) if part is not type(None)]
        if len(rest) == 1 and len(get_args(annotation)) > 1:
            return rest[0], True
    return annotation, False
