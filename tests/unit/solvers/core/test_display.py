"""A design shows its values in the units of the trade, with their sources, and no HTML of a stranger's."""

from __future__ import annotations

from joulebook.battery import Cell
from joulebook.core.display import html_table, value_rows


def test_values_are_in_display_units() -> None:
    rows = {path: shown for path, shown, _ in value_rows(Cell.named("Chen2020"))}
    assert rows["negative.thickness"] == "85.2 µm"
    assert rows["negative.porosity"] == "0.25"
    assert rows["format.diameter"] == "21 mm"
    assert rows["nominal_capacity"] == "5 A h"
    assert "negative.diffusivity" not in rows, "what is left out is the material's own"
    own = {
        path: shown for path, shown, _ in value_rows(Cell.named("Chen2020").replace({"negative.diffusivity": 5e-14}))
    }
    assert own["negative.diffusivity"] == "5e-14 m²/s"


def test_the_table_names_sources_and_escapes() -> None:
    cell = Cell.named("Chen2020").replace({"name": "<script>alert(1)</script>"})
    table = cell._repr_html_()
    assert "Chen2020 · literature" in table
    assert "<script>" not in table and "&lt;script&gt;" in table
    assert html_table(cell.negative).count("<tr>") == 26
