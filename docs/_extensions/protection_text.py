"""Pages of protection and of the equipment library, as MyST text."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from reference_text import table

ROOT = Path(__file__).resolve().parents[2]


def relay_curves() -> str:
    """Table of the inverse-time characteristics with their constants."""
    from joulebook.grid.protection.curves import CURVES

    rows = [
        (
            f"`{curve.name}`",
            f"{curve.k:g}",
            f"{curve.alpha:g}",
            f"{curve.c:g}",
            f"{curve.reset:g}" if curve.reset else "–",
            curve.source,
        )
        for curve in CURVES.values()
    ]
    return table(("Name", "k (s)", "α", "c (s)", "reset (s)", "Printed in"), rows)


def equipment_counts() -> str:
    """Table of how many entries the equipment library has."""
    from joulebook.grid import equipment

    rows = [
        (kind, str(row["catalogue"]), str(row["standard part"]), str(row["all"]))
        for kind, row in equipment.counts().items()
    ]
    return table(("Kind", "Catalogue", "Standard part", "All"), rows)


def equipment_sources() -> str:
    """Table of the sources of the equipment library, and how many entries rest on each."""
    from joulebook.grid import equipment
    from joulebook.grid.equipment.library import rows as all_rows

    used: dict[str, int] = {}
    for row in all_rows():
        for key in {row.values["source"], *row.values.get("sources", {}).values()}:
            used[key] = used.get(key, 0) + 1
    lines = []
    for key, source in equipment.sources().items():
        text = "; ".join(part for part in (source.title, source.through, source.note) if part)
        lines.append((f"`{key}`", text, source.licence, str(used[key])))
    return table(("Key", "Source", "Licence", "Entries"), lines)


def equipment_values() -> str:
    """Tables of the values that entries have, by kind."""
    from joulebook.core.display import quantity_of
    from joulebook.grid.equipment.kinds import KINDS
    from joulebook.grid.equipment.records import Equipment

    blocks = []
    for kind, model in KINDS.items():
        rows = []
        for name, field in model.model_fields.items():
            if name not in Equipment.model_fields:
                quantity = quantity_of(field)
                unit = "" if quantity is None or quantity.unit == "1" else quantity.unit
                rows.append((f"`{name}`", field.description or "", unit))
        blocks.append(f"**{kind}**\n\n" + table(("Value", "Meaning", "Unit"), rows))
    return "\n\n".join(blocks)


def measured_protection() -> str:
    """Differences from published optima and printed tables."""
    spec = importlib.util.spec_from_file_location(
        "joulebook_validation_protection", ROOT / "tests" / "validation" / "test_protection.py"
    )
    tests = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tests)
    rows = [
        (f"`{name}`", what, f"{found:.6g}", f"{published:.6g}", f"{allowed:g}")
        for name, what, found, published, allowed in tests.measured()
    ]
    return table(("Case", "Compared", "Found", "Published", "Allowed difference"), rows)


PAGES = {
    "equipment-counts": equipment_counts,
    "equipment-sources": equipment_sources,
    "equipment-values": equipment_values,
    "relay-curves": relay_curves,
    "validation-protection": measured_protection,
}
