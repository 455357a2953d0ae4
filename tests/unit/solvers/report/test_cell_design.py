"""The cell design report says what the solvers give, for unusual cells too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import joulebook as jb
from joulebook.core.errors import InputError
from joulebook.core.results import Status
from joulebook.report import cell_design
from joulebook.report.cell_parameters import NO_SOURCE, parameter_section
from joulebook.report.inline import plain
from joulebook.report.model import texts_of


@pytest.fixture(scope="module")
def cell():
    return jb.battery.Cell.named("Chen2020")


def words(part) -> str:
    return "\n".join(plain(text) for text in texts_of(part))


def rows(section) -> dict[str, tuple[str, ...]]:
    return {
        f"{group.title}: {plain(row[0])}": tuple(plain(text) for text in row[1:])
        for inner in section.sections
        for block in inner.blocks
        if block.block == "table"
        for group in block.groups
        for row in group.rows
    }


def test_every_value_of_the_document_stands_in_the_parameter_table(cell):
    printed = rows(parameter_section(cell))
    assert printed["Negative: Thickness"] == (
        "85.2 µm",
        "literature [Chen2020]. From PyBaMM's set; method not checked",
    )
    assert printed["Positive: Material"] == ("LGM50 NMC811", "chosen in this design")
    assert printed["Initial state: Negative concentration"][0] == "29866 mol/m³"
    assert "Negative electrode: LGM50 graphite-SiOx: Diffusivity" in printed
    document = cell.to_document()
    leaves = [name for part in document.values() if isinstance(part, dict) for name in part if name != "shape"]
    sourced = len(document["sources"])
    assert len(printed) > len(leaves) - sourced


def test_changed_value_has_no_source(cell):
    printed = rows(parameter_section(cell.replace({"negative.thickness": 95e-6})))
    assert printed["Negative: Thickness"] == ("95 µm", NO_SOURCE)


def test_figures_are_those_of_the_solvers(cell):
    runs = cell_design.run_discharges(cell, [2, 1, 1.0], "SPM")
    assert list(runs) == [1.0, 2.0]
    table = cell_design.discharge_section(cell, runs, "SPM").blocks[1]
    row = table.groups[0].rows[0]
    run = runs[1.0]
    energy = np.trapezoid(np.interp(np.linspace(0, run.time[-1], 20001), run.time, run.voltage * run.current)) / 20000
    assert row[0] == "1C"
    assert float(row[1]) == 5.0
    assert float(row[2]) == pytest.approx(run.discharge_capacity[-1], rel=1e-3)
    assert float(row[3]) == pytest.approx(energy * run.time[-1] / 3600, rel=1e-3)


def test_same_inputs_give_the_same_fingerprint(cell):
    first, second = (cell_design.make_report(cell, [1], "SPM") for _ in range(2))
    assert first.content_digest() == second.content_digest()
    assert first.provenance.inputs == {"cell design": cell.digest()}
    assert first.references[0].key == "Marquis2019"


def test_run_that_stops_early_is_kept_and_told(cell):
    runs = cell_design.run_discharges(cell, [1, 3], "SPM")
    runs[3.0] = replace(runs[3.0], status=Status.PARTIAL)
    section = cell_design.discharge_section(cell, runs, "DFN")
    assert "At 3C the cell cannot carry the current" in words(section)
    ragone = cell_design.ragone_section(runs, jb.battery.figures(cell))
    assert "Left out, because the discharge stops before the cut-off: 3C." in words(ragone)


def test_nominal_capacity_far_from_the_real_one_is_told(cell):
    thick = cell.replace({"negative.thickness": 150e-6, "positive.thickness": 133e-6})
    runs = cell_design.run_discharges(thick, [0.5], "SPM")
    assert "C-rates count in the nominal capacity, 5 A h" in words(cell_design.discharge_section(thick, runs, "SPM"))
    same = cell_design.run_discharges(cell, [0.5], "SPM")
    assert "C-rates count" not in words(cell_design.discharge_section(cell, same, "SPM"))


def test_names_with_marks_are_printed_as_they_are(cell):
    odd = cell.replace({"name": "Cell *5* $x$ [@Nobody] `q` \\ <b>", "description": "[@Nobody] 100 %"})
    report = cell_design.make_report(odd, [1], "SPM")
    assert plain(report.title) == odd.name
    assert odd.description in words(report.summary)


def test_rates_must_be_positive(cell):
    for rates in ([], [0], [-1, 1]):
        with pytest.raises(InputError, match="one or more numbers above 0"):
            cell_design.run_discharges(cell, rates)


def test_cell_by_name_or_file(cell, tmp_path):
    path = cell.save(tmp_path / "a.cell.json")
    assert cell_design.open_cell("Chen2020") == cell_design.open_cell(path) == cell_design.open_cell(cell) == cell
