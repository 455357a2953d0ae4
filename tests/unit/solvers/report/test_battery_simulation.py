"""The report of a study says what the study gives, whatever was done to the cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import joulebook as jb
from joulebook.battery import Cell, Model, Protocol
from joulebook.core.commands import main
from joulebook.core.errors import InputError, JoulebookError
from joulebook.core.results import Status
from joulebook.report import battery_simulation as study
from joulebook.report.drawings import check_svg
from joulebook.report.inline import plain
from joulebook.report.model import texts_of

STEPS = ["Discharge at 1C until cut-off", "Rest for 10 minutes", "Charge at C/2 until 4.2 V"]
AGEING = {
    "name": "SPM",
    "sei": "solvent-diffusion limited",
    "sei_on_cracks": True,
    "plating": "partially reversible",
    "loss_of_active_material": ["stress"],
}


def words(part) -> str:
    return "\n".join(plain(text) for text in texts_of(part))


def titles(report) -> list[str]:
    return [section.title for section in report.sections]


@pytest.fixture(scope="module")
def cell():
    thermal = {"heat_capacity": 61.0, "cooling_conductance": 0.1, "ambient_temperature": 298.15}
    return Cell.named("Chen2020").replace({"thermal": thermal})


@pytest.fixture(scope="module")
def warm(cell):
    plan, model = study.read_protocol(STEPS), study.read_model({"name": "DFN", "thermal": "lumped"})
    return plan, model, *study.solve(cell, plan, model, 1.0, "fast")


def test_figures_are_those_of_the_solver(cell, warm):
    plan, model, run, within = warm
    section = study.result_section(cell, run)
    table = section.blocks[1]
    row = table.groups[0].rows[0]
    assert row[1] == STEPS[0]
    assert float(row[5]) == pytest.approx(run.steps["charge_Ah"][0], abs=5e-4)
    assert "voltage fell to 2.5 V" in words(section)
    assert within is run and "electrolyte_concentration" in run.variables
    made = study.assemble(cell, plan, model, run, [study.study_section(cell, plan, model), section])
    assert "lumped" in words(made) and "DFN" in words(made.summary)
    assert made.provenance.inputs == {"cell design": cell.digest()}
    assert f"{1e3 * run.error['voltage']:.3f}" in words(made)


def test_heat_adds_up(warm):
    run = warm[2]
    table = study.heat_section(run).blocks[1]
    sums = {row[0]: float(row[1].replace("−", "-")) for row in table.groups[0].rows}
    total = sums.pop("All")
    assert total == pytest.approx(sum(sums.values()), rel=1e-3)
    stored = 61.0 * (run["temperature"][-1] - run["temperature"][0])
    lost = 0.1 * np.trapezoid(run["temperature"] - 298.15, run.time)
    assert 3600.0 * total == pytest.approx(stored + lost, rel=0.02)


def test_drawings_are_safe(cell, warm):
    run, within = warm[2:]
    sections = (study.result_section(cell, run), study.heat_section(run), study.inside_section(cell, within))
    drawn = [block.svg for section in sections for block in section.blocks if block.block == "figure"]
    assert len(drawn) == 3
    for svg in drawn:
        check_svg(svg)
        assert len(svg) < 600_000


def test_ageing_has_cycles_and_conserves_lithium():
    cell = Cell.named("OKane2022")
    steps = ["Discharge at 1C until 2.5 V", "Charge at 0.3C until 4.2 V"]
    report = study.make_report(cell, steps, AGEING, cycles=3, initial_soc=1.0, accuracy="fast")
    assert "Cycles and ageing" in titles(report) and "Inside the cell" not in titles(report)
    section = report.sections[titles(report).index("Cycles and ageing")]
    cycles, lithium = (block for block in section.blocks if block.block == "table")
    assert [row[0] for row in cycles.groups[0].rows] == ["1", "2", "3"]
    before, after = (float(text) for text in lithium.groups[0].rows[-1][1:])
    assert before == pytest.approx(after, abs=2e-6)
    assert {"OKane2022", "Reniers2019"} <= {reference.key for reference in report.references}


def test_long_protocols_show_their_beginning_inside(cell):
    plan = study.read_protocol(["Discharge at 2C for 60 s", "Charge at 2C for 60 s"], 25)
    run, within = study.solve(cell, plan, Model("SPMe"), 0.5, "fast")
    assert "electrolyte_concentration" not in run.variables
    assert within.time[-1] == pytest.approx(120.0)
    assert "in the first 2 steps" in words(study.heat_section(run))
    shown = study.result_section(cell, run).blocks[1].groups[0].rows
    assert len(shown) == 48 and shown[-1][0] == "50"


def test_same_inputs_give_the_same_fingerprint(cell):
    first, second = (study.make_report(cell, STEPS[0], "SPM", accuracy="fast") for _ in range(2))
    assert first.content_digest() == second.content_digest()


def test_study_that_stops_early_is_told(cell, warm):
    run = replace(warm[2], status=Status.PARTIAL)
    assert "The study stopped before its end" in words(study.result_section(cell, run))
    assert study.inside_section(cell, None) is None


def test_protocols_and_models_are_read(tmp_path):
    path = Protocol(STEPS).save(tmp_path / "a.protocol.json")
    assert study.read_protocol([str(path), "Rest for 1 hour"]) == Protocol([*STEPS, "Rest for 1 hour"])
    assert study.read_protocol(STEPS, 3).cycles == 3
    assert study.read_model(AGEING) == Model(**AGEING)
    with pytest.raises(InputError, match="cycles = 0"):
        study.read_protocol(STEPS, 0)
    with pytest.raises(InputError, match="is no choice of a model"):
        study.read_model({"colour": "red"})


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3)), st.integers(-2, 3))
def test_whatever_was_typed_is_refused_in_words(protocol, cycles):
    try:
        study.read_protocol(protocol, cycles)
    except JoulebookError as error:
        assert str(error)


def test_from_the_shell(tmp_path, capfd):
    file = Cell.named("Chen2020").save(tmp_path / "my.cell.json")
    steps = ["--protocol", STEPS[0], "--protocol", STEPS[1]]
    assert main(["report", "simulation", str(file), *steps, "--model", "SPMe", "--soc", "1", "--progress", "none"]) == 0
    out, err = capfd.readouterr()
    made = tmp_path / "my.simulation.pdf"
    assert (out.strip(), err) == (str(made), "")
    text = " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(made).pages)
    run = jb.battery.simulate(Cell.named("Chen2020"), STEPS[:2], model="SPMe", initial_soc=1.0)
    assert f"{run.steps['charge_Ah'][0]:.3f}" in text
    assert "Simulation report" in text and "85.2 µm" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--protocol", "Explode at 1C"], "Explode at 1C"),
        (["--protocol", "Rest for 1 h", "--sei", "much"], "model.sei = 'much'"),
        (["--protocol", "Rest for 1 h", "--loss", "rust"], "loss_of_active_material"),
        (["--protocol", "missing.json"], "missing.json"),
    ],
)
def test_faults_are_told_at_once(tmp_path, capsys, arguments, message):
    file = Cell.named("Chen2020").save(tmp_path / "my.cell.json")
    assert main(["report", "simulation", str(file), *arguments]) == 1
    assert message in capsys.readouterr().err
