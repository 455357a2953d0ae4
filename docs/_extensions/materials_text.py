"""Pages of the library of materials and of the cells that come with it, as MyST text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reference_text import table

from joulebook import materials as library


def materials() -> str:
    """Tables of the library: values with unit and source."""
    catalogue = library.catalogue()
    blocks = []
    for kind in ("active", "electrolyte", "film", "metal"):
        for name, record in catalogue[kind].items():
            values = {**record["values"], **{f"{key} (suggested)": v for key, v in record.get("suggested", {}).items()}}
            charged, discharged = record.get("window") or (None, None)
            if charged and discharged:
                values |= {"window, charged": charged, "window, discharged": discharged}
            rows = [_value_row(field, value) for field, value in values.items()]
            note = f"\n\n{record['note']}" if record.get("note") else ""
            laws = "".join(
                f"\n\n{_law_head(field, law)}\n\n$${law['formula']}$$"
                for field, law in record.items()
                if isinstance(law, dict) and law.get("formula")
            )
            blocks.append(f"**{name}** ({kind}; {record['chemistry']}){note}{laws}\n\n" + table(_VALUE_HEAD, rows))
    return "\n\n".join(blocks)


def cryogenic() -> str:
    """Tables of the laws at low temperature, and of the superconductors."""
    rows = []
    finders = ((library.conductivity, library.conductivity_names), (library.specific_heat, library.specific_heat_names))
    for find, names in finders:
        for name in names():
            law = find(name)
            error = "" if law.error is None else f"{100 * law.error:g} %"
            rows.append((f"`{name}`", law.quantity, law.unit, f"{law.low:g} to {law.high:g}", law.below, error))
    head = ("Material", "Property", "Unit", "Fitted (K)", "Below", "Error of the fit")
    strands = []
    for name in library.critical_surface_names():
        surface = library.critical_surface(name)
        density = float(surface.current_density(5.0, 4.2))
        note = f"{surface.fitted}; {surface.source.note or surface.source.ref}"
        strands.append((f"`{name}`", surface.material, note, f"{density:.3g}"))
    strand_head = ("Name", "Material", "Fit and source", "A/m² at 5 T, 4.2 K")
    return table(head, rows) + "\n\n**Superconductors**\n\n" + table(strand_head, strands)


def _law_head(field: str, law: dict[str, Any]) -> str:
    words = "open-circuit potential" if field == "ocp" else field.replace("_", " ").replace("ocp", "potential,")
    unit = "" if law["unit"] == "1" else f", {law['unit']}"
    low, high = law["domain"]
    energy = law.get("activation_energy")
    warm = f"; changes with {energy['value'] / 1e3:.4g} kJ/mol" if energy else ""
    source = law["source"]
    origin = ", ".join(part for part in (source["method"], source["ref"], source["note"]) if part)
    return (
        f"{words[0].upper()}{words[1:]}{unit}, over the {law['variable']} from {low:g} to {high:g} "
        f"at {law['reference_temperature']:g} K{warm} ({origin}):"
    )


def material_index() -> str:
    """Table of what the library has, by chemistry."""
    catalogue = library.catalogue()
    found: dict[tuple[str, str], list[str]] = {}
    for kind in ("active", "electrolyte", "film", "metal"):
        for name, record in catalogue[kind].items():
            found.setdefault((kind, record["chemistry"]), []).append(name)
    return table(
        ("Kind", "Chemistry", "Names"), [(kind, what, ", ".join(names)) for (kind, what), names in found.items()]
    )


def material_gaps() -> str:
    """Table of what the library lacks."""
    rows = [(gap.material, gap.missing, gap.nearest or "none", gap.where) for gap in library.gaps()]
    return table(("Looked for", "Missing", "Nearest", "Where one would look"), rows)


def named_cells() -> str:
    """Table of the cells and half cells that come with Joulebook, with their figures at open circuit."""
    from joulebook.battery import Cell, HalfCell, balance_half_cell, figures

    rows = []
    for name in Cell.names():
        cell = Cell.named(name)
        known = figures(cell)
        specific = "not known" if known.specific_energy is None else f"{known.specific_energy:.0f}"
        materials = [
            cell.active_material(side, phase).name
            for side in ("negative", "positive")
            for phase in range(1 + len(getattr(cell, side).additional_phases))
        ]
        volts = f"{cell.lower_cutoff:g}–{cell.upper_cutoff:g}"
        extra = ", ".join(_extras(cell)) or "none"
        rows.append((f"`{name}`", "; ".join(materials), f"{known.capacity:.3g}", volts, specific, extra))
    for name in HalfCell.names():
        half = HalfCell.named(name)
        volts = f"{half.lower_cutoff:g}–{half.upper_cutoff:g}"
        capacity = f"{balance_half_cell(half).capacity:.3g}"
        rows.append(
            (f"`{name}` (half cell)", half.active_material("positive").name, capacity, volts, "not known", "none")
        )
    head = ("Name", "Active materials", "Capacity, A h", "Voltage, V", "Specific energy, W h/kg", "Heat and ageing")
    return table(head, rows)


def _extras(cell: Any) -> Iterator[str]:
    if cell.thermal is not None:
        yield "heat"
    for name in ("sei", "plating", "mechanics"):
        if any(getattr(getattr(cell, side), name) is not None for side in ("negative", "positive")):
            yield {"sei": "film growth", "mechanics": "mechanics"}.get(name, name)


def cell_descriptions() -> str:
    """What each named cell is, what its set leaves out, and the works its values name."""
    from joulebook.battery import Cell, HalfCell, figures

    blocks = []
    for kind in (Cell, HalfCell):
        for name in kind.names():
            cell = kind.named(name)
            works = sorted({source.ref for source in cell.sources.values() if source.ref})
            warnings = figures(cell).warnings if isinstance(cell, Cell) else ()
            notes = "".join(f"\n- {warning}." for warning in warnings)
            blocks.append(f"**{name}**: {cell.name}\n\n{cell.description} Sources: {', '.join(works)}.\n{notes}")
    return "\n\n".join(blocks)


_VALUE_HEAD = ("Value", "Number", "Unit", "Method", "From")


def _value_row(field: str, value: dict[str, Any]) -> tuple[str, ...]:
    source = value["source"]
    where = " ".join(part for part in (source["ref"], source["where"], source["note"]) if part)
    return (field.replace("_", " "), f"{value['value']:g}", value["unit"], source["method"], where)


PAGES = {
    "cryogenic-materials": cryogenic,
    "materials": materials,
    "material-index": material_index,
    "material-gaps": material_gaps,
    "named-cells": named_cells,
    "cell-descriptions": cell_descriptions,
}
