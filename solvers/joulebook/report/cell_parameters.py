"""Every parameter of a cell with its value and its source, as a table of a report."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_args

from pydantic import BaseModel

from joulebook import materials
from joulebook.battery.designs import Cell
from joulebook.core.citations import Source, bibliography
from joulebook.core.quantities import Quantity
from joulebook.materials.records import Law, Value
from joulebook.report.inline import escape
from joulebook.report.model import Block, Column, Equation, Paragraph, Rows, Section, Table
from joulebook.report.numbers import number, quantity, unit_text

__all__ = ["NO_SOURCE", "parameter_section", "source_text"]

NO_SOURCE = "set in this design; no source given"
_CHOSEN = "chosen in this design"
_WORDS = {
    "bruggeman_electrolyte": "Bruggeman exponent, electrolyte",
    "bruggeman_electrode": "Bruggeman exponent, coating",
    "lower_cutoff": "Lower cut-off",
    "upper_cutoff": "Upper cut-off",
    "ec_concentration": "EC concentration",
    "ec_diffusivity": "EC diffusivity",
    "ec_rate_constant": "EC rate constant",
    "sei": "film growth (SEI)",
}
_SKIPPED = {"name", "description", "sources", "shape", "materials"}
_TITLES = {
    "": "Cell",
    "format": "Housing",
    "negative_collector": "Negative collector",
    "positive_collector": "Positive collector",
    "initial_state": "Initial state",
    "tabs.negative": "Negative tab",
    "tabs.positive": "Positive tab",
}
_COLUMNS = (
    Column(title="Parameter", share=1.15),
    Column(title="Value", share=0.95),
    Column(title="Source", share=1.7),
)


def parameter_section(cell: Cell) -> Section:
    """List every parameter of a cell and of its materials.

    Parameters
    ----------
    cell : Cell
        The design.

    Returns
    -------
    Section
        A table of the design's values, a table of the materials' values, and the materials' laws.
    """
    groups: list[Rows] = []
    _walk(cell, cell, "", groups)
    design = Table(caption="Values of the design.", columns=_COLUMNS, groups=tuple(groups), small=True)
    records = _records(cell)
    rows = tuple(Rows(title=title, rows=tuple(_material_rows(record))) for title, record in records)
    library = Table(
        caption="Values of the materials, from the library, where the design has none of its own.",
        columns=_COLUMNS,
        groups=rows,
        small=True,
    )
    return Section(
        title="Parameters and their sources",
        sections=(
            Section(title="Design", blocks=(design,)),
            Section(title="Materials", blocks=(library,)),
            Section(title="Laws", blocks=tuple(_laws(records))),
        ),
    )


def source_text(source: Source | None) -> str:
    """Put a source into words.

    Parameters
    ----------
    source : Source or None
        Where a value comes from.

    Returns
    -------
    str
        With marks: method, place, reference and note.
    """
    if source is None:
        return NO_SOURCE
    words = [escape(source.method)]
    if source.where:
        words.append(escape(source.where))
    text = ", ".join(words)
    if source.ref:
        known = source.ref in bibliography()
        text += f" [@{source.ref}]" if known else f", {escape(source.ref)}"
    return f"{text}. {escape(source.note)}" if source.note else text


def _walk(cell: Cell, part: BaseModel, path: str, groups: list[Rows]) -> None:
    """Add a group of rows for a part, then those of the parts inside it."""
    rows: list[tuple[str, ...]] = []
    inner: list[tuple[str, BaseModel]] = []
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        where = f"{path}.{name}" if path else name
        if isinstance(value, BaseModel):
            inner.append((where, value))
        elif isinstance(value, tuple):
            inner.extend((f"{where}.{index}", item) for index, item in enumerate(value) if isinstance(item, BaseModel))
            rows.extend(
                (
                    f"{_words(name)}, {index + 1}",
                    _printed(item, _quantity_of(field)),
                    source_text(cell.sources.get(where)),
                )
                for index, item in enumerate(value)
                if not isinstance(item, BaseModel)
            )
        elif name not in _SKIPPED and value is not None:
            rows.append(
                (
                    _words(name),
                    _printed(value, _quantity_of(field)),
                    _CHOSEN if isinstance(value, str) else source_text(cell.sources.get(where)),
                )
            )
    if rows:
        groups.append(Rows(title=_TITLES.get(path, _heading(path)), rows=tuple(rows)))
    for where, value in inner:
        _walk(cell, value, where, groups)


def _heading(path: str) -> str:
    """A path as a heading: entries of a list are counted from 1."""
    words = [
        str(int(word) + 1) if word.isdecimal() else _WORDS.get(word, word.replace("_", " ")) for word in path.split(".")
    ]
    return ", ".join([words[0].capitalize(), *words[1:]])


def _words(name: str) -> str:
    return _WORDS.get(name, name.replace("_", " ").capitalize())


def _printed(value: Any, kind: Quantity | None) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return escape(str(value))
    return escape(quantity(value, kind))


def _quantity_of(field: Any) -> Quantity | None:
    for meta in field.metadata:
        if isinstance(meta, Quantity):
            return meta
    for part in get_args(field.annotation):
        for meta in getattr(part, "__metadata__", ()):
            if isinstance(meta, Quantity):
                return meta
    return None


def _records(cell: Cell) -> list[tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    for side in ("negative", "positive"):
        for phase in range(1 + len(getattr(cell, side).additional_phases)):
            title = f"{side.capitalize()} electrode"
            _add(found, f"{title}, phase {phase + 1}" if phase else title, cell.active_material(side, phase))
    _add(found, "Electrolyte", cell.electrolyte_material())
    for title, collector in (
        ("Negative collector", cell.negative_collector),
        ("Positive collector", cell.positive_collector),
    ):
        if collector is not None:
            _add(found, title, materials.metal(collector.material))
    return list(found.values())


def _add(found: dict[str, tuple[str, Any]], title: str, record: Any) -> None:
    found.setdefault(record.name, (f"{title}: {escape(record.name)}", record))


def _material_rows(record: Any) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for item in fields(record):
        content = getattr(record, item.name)
        for name, value in _values(item.name, content):
            printed = f"{number(value.value, 5)} {unit_text(value.unit)}".strip()
            rows.append((_words(name), escape(printed), source_text(value.source)))
    return rows


def _values(name: str, content: Any) -> list[tuple[str, Value]]:
    if isinstance(content, Value):
        return [(name, content)]
    if isinstance(content, tuple) and len(content) == 2 and all(isinstance(item, Value) for item in content):
        return [(f"{name}, charged end", content[0]), (f"{name}, discharged end", content[1])]
    return []


def _laws(records: list[tuple[str, Any]]) -> list[Block]:
    blocks: list[Block] = []
    for title, record in records:
        for item in fields(record):
            law = getattr(record, item.name)
            if isinstance(law, Law):
                words = {"ocp": "open-circuit potential"}.get(item.name, _words(item.name).lower())
                unit = "" if law.unit == "1" else f" in {law.unit}"
                source = source_text(law.source)
                blocks.append(Paragraph(text=f"**{title}**, {words}{unit} ({source}):"))
                low, high = (number(end) for end in law.domain)
                blocks.append(
                    Equation(
                        latex=law.formula,
                        where=f"over the {escape(law.variable)}, offered from {low} to {high}, "
                        f"at {number(law.reference_temperature, 5)} K.",
                    )
                )
    return blocks
