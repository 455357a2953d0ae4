"""How a design shows itself in a notebook: a table of values in the units of the trade, with their sources."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from joulebook.core.quantities import Quantity

__all__ = ["html_table", "quantity_of", "value_rows"]


def value_rows(part: BaseModel, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """List the values of a part and of the parts in it.

    Parameters
    ----------
    part : BaseModel
        A design or a piece of one.
    prefix : str
        Path of the part inside the design.

    Yields
    ------
    tuple of str
        Dotted path, value with its unit as printed, and what it is.
    """
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        path = f"{prefix}{name}"
        if isinstance(value, BaseModel):
            yield from value_rows(value, f"{path}.")
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from value_rows(item, f"{path}.{index}.")
                else:
                    yield f"{path}.{index}", _shown(item, quantity_of(field)), field.description or ""
        elif value is not None and not isinstance(value, Mapping):
            yield path, _shown(value, quantity_of(field)), field.description or ""


def html_table(part: BaseModel) -> str:
    """Draw a part as an HTML table.

    Parameters
    ----------
    part : BaseModel
        A design or a piece of one.

    Returns
    -------
    str
        Safe HTML; sources are shown where the part knows them.
    """
    sources: Mapping[str, Any] = getattr(part, "sources", {})
    left = " style='text-align:left'"
    lines = []
    for path, shown, meaning in value_rows(part):
        cells = [shown, meaning]
        if sources:
            source = sources.get(path)
            cells.append(" · ".join(text for text in (source.ref, source.method) if text) if source else "")
        row = "".join(f"<td{left}>{html.escape(text)}</td>" for text in cells)
        lines.append(f"<tr><th{left}>{html.escape(path)}</th>{row}</tr>")
    title = html.escape(str(getattr(part, "name", "") or type(part).__name__))
    return f"<table><caption{left}><b>{title}</b></caption>{''.join(lines)}</table>"


def quantity_of(field: Any) -> Quantity | None:
    """Find the quantity that a field of a design holds.

    Parameters
    ----------
    field : FieldInfo
        Of a pydantic model.

    Returns
    -------
    Quantity or None
        None where the field holds no number with a unit.
    """
    inner = [meta for option in get_args(field.annotation) for meta in getattr(option, "__metadata__", ())]
    return next((meta for meta in (*field.metadata, *inner) if isinstance(meta, Quantity)), None)


def _shown(value: Any, quantity: Quantity | None) -> str:
    if quantity is None or not isinstance(value, float | int):
        return str(value)
    unit, factor = quantity.display or ("" if quantity.unit == "1" else quantity.unit, 1.0)
    return f"{value * factor:.6g} {unit}".strip()
