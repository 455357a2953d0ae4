"""The document of a pack, its result and its drawings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from joulebook.battery import Cell, Pack, PackResult, simulate_pack
from joulebook.battery import layout as at
from joulebook.battery.models import as_model
from joulebook.battery.options import BatteryOptions
from joulebook.battery.pack.arrays import begin_pack, pack_schedule
from joulebook.battery.pack.stepping import follow_pack
from joulebook.battery.protocol import Protocol
from joulebook.core.errors import InfeasibleError, InputError
from joulebook.core.results import Status
from joulebook.numerics.twins import LOOPS

CELL = Cell.named("Chen2020")
FULL: dict[str, Any] = {
    "name": "4s3p",
    "cell": CELL,
    "series": 4,
    "parallel": 3,
    "spread": {"electrode_width": 0.02, "negative.diffusivity": 0.1},
    "seed": 5,
    "values": {"contact_resistance": tuple(1e-3 * k for k in range(12))},
    "wiring": {"joint_resistance": 1e-3, "busbar_resistance": 1e-4, "feed": "opposite ends"},
    "heat_paths": {"columns": 4, "neighbour_conductance": 0.2, "links": [{"one": 0, "other": 11, "conductance": 1.0}]},
    "contactor": {"lowest_voltage": 2.0, "highest_voltage": 4.3, "openings": [{"start": 1.0, "stop": 2.0}]},
}


@pytest.fixture(scope="module")
def run() -> PackResult:
    made = Pack(name="2s3p", cell=CELL, series=2, parallel=3, spread={"electrode_width": 0.03}, seed=1)
    return simulate_pack(made, ["Discharge at 1C for 10 minutes", "Rest for 1 minute"], model="SPM")


def test_a_pack_goes_to_a_file_and_comes_back(tmp_path: Path) -> None:
    pack = Pack(**FULL)
    path = pack.save(tmp_path / "own.pack.json")
    back = Pack.load(path)
    assert back == pack
    assert back.digest() == pack.digest()
    document = pack.to_document()
    assert document["kind"] == "joulebook.pack"
    assert document["cell"]["kind"] == "joulebook.cell"
    assert pack.replace({"cell.negative.thickness": 9e-5}).cell.negative.thickness == 9e-5


def test_cells_differ_as_asked() -> None:
    pack = Pack(**FULL)
    cells = pack.cells()
    widths = np.array([cell.electrode_width for cell in cells])
    assert np.ptp(widths) > 0.0
    assert [cell.electrode_width for cell in pack.cells()] == widths.tolist()
    assert [cell.contact_resistance for cell in cells] == [1e-3 * k for k in range(12)]
    assert all(cell.negative.diffusivity is not None for cell in cells)
    many = Pack(name="many", cell=CELL, series=50, parallel=20, spread={"electrode_width": 0.02}, seed=9)
    drawn = np.array([cell.electrode_width for cell in many.cells()]) / CELL.electrode_width - 1.0
    assert drawn.std() == pytest.approx(0.02, rel=0.1)
    assert np.abs(drawn).max() <= 0.06 + 1e-12
    assert pack.nominal_capacity == 15.0
    assert pack.lower_cutoff == 10.0
    assert pack.upper_cutoff == pytest.approx(16.8)


def test_a_grid_joins_neighbours() -> None:
    links = Pack(**FULL).links()
    assert (0, 11, 1.0) in links
    assert (0, 1, 0.2) in links
    assert (0, 4, 0.2) in links
    assert (3, 4, 0.2) not in links
    assert len(links) == 1 + 3 * 3 + 2 * 4


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"series": 0}, "greater than or equal to 1"),
        ({"series": 10_000}, "there may be 10000"),
        ({"spread": {"no.such": 0.1}}, "has no 'no'"),
        ({"spread": {"name": 0.1}}, "not a number of the cell"),
        ({"spread": {"electrode_width": 0.5}}, "at most 0.3"),
        ({"values": {"contact_resistance": (1.0,)}}, "one value for each of the 12 cells"),
        ({"spread": {"contact_resistance": 0.1}}, "is drawn by spread as well"),
        ({"wiring": {"joint_resistances": (1.0, 2.0)}}, "one value for each of the 12 cells"),
        ({"wiring": {"joint_resistance": -1.0}}, "at least 0"),
        ({"heat_paths": {"links": [{"one": 1, "other": 1, "conductance": 1.0}]}}, "another cell"),
        ({"heat_paths": {"links": [{"one": 1, "other": 12, "conductance": 1.0}]}}, "there are 12 cells"),
        ({"cell": CELL.replace({"thermal": None})}, "heat capacity of the cell"),
        ({"contactor": {"lowest_voltage": 4.0, "highest_voltage": 3.0}}, "must be below highest_voltage"),
        ({"contactor": {"openings": [{"start": 2.0, "stop": 1.0}]}}, "must be after start"),
        (
            {"contactor": {"openings": [{"start": 5.0, "stop": 6.0}, {"start": 1.0, "stop": 2.0}]}},
            "must be after the opening before",
        ),
        ({"cell": {"kind": "joulebook.half_cell"}}, "expected 'joulebook.cell'"),
    ],
)
def test_what_does_not_fit_is_said(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        Pack(**{**FULL, **changes})


def test_a_value_that_no_cell_may_have_is_said_with_its_cell() -> None:
    pack = Pack(name="two", cell=CELL, series=1, parallel=2, values={"negative.porosity": (0.2, 1.5)})
    with pytest.raises(InputError, match="cell 1"):
        pack.cells()


@pytest.mark.parametrize("soc", [1.5, -0.1, (0.5,) * 3, "full", (0.5, float("nan")), True, object()])
def test_states_of_charge_are_checked(soc: Any) -> None:
    pack = Pack(name="two", cell=CELL, series=1, parallel=2)
    with pytest.raises(InputError, match="initial_soc"):
        simulate_pack(pack, "Rest for 1 minute", model="SPM", initial_soc=soc)


def test_only_packs_are_taken() -> None:
    with pytest.raises(InputError, match="must be a Pack"):
        simulate_pack(CELL, "Rest for 1 minute")  # type: ignore[arg-type]


def test_ends_that_lie_behind_are_errors() -> None:
    pack = Pack(name="two", cell=CELL, series=2, parallel=1)
    with pytest.raises(InfeasibleError, match=r"past its end before it begins: voltage of cell 0 fell to 2\.5 V"):
        simulate_pack(pack, "Discharge at 20C until cut-off", model="SPM", initial_soc=0.01)
    with pytest.raises(InfeasibleError, match="no state of this pack carries this at the start"):
        simulate_pack(pack, "Discharge at 100000 W until cut-off", model="SPM", initial_soc=0.5)


def test_a_power_that_fades_ends_the_study() -> None:
    pack = Pack(name="two", cell=CELL, series=2, parallel=1, cell_cutoffs=False)
    run = simulate_pack(pack, "Discharge at 200 W until 0.5 V", model="SPM", initial_soc=0.5)
    assert run.end_reason == "the pack could no longer give 200 W"
    assert run.status is Status.PARTIAL


def test_plain_python_and_machine_code_give_the_same_numbers() -> None:
    pack = Pack(
        name="2s2p",
        cell=CELL,
        series=2,
        parallel=2,
        spread={"electrode_width": 0.05},
        wiring={"joint_resistance": 1e-3},
    )
    schedule, limits = pack_schedule(pack, Protocol(["Discharge at 1C for 2 minutes", "Rest for 10 s"]))
    resolution = BatteryOptions("fast", shells=5, voltage_tolerance=2e-3).resolution("SPM")
    found = []
    for follow in (follow_pack, LOOPS["battery.follow_pack"].cpu):
        march = begin_pack(pack, schedule, limits, as_model("SPM"), resolution, [None] * 4, True)
        assert follow(march.pack, march.cells) == at.FINISHED
        found.append((march.pack.trace[: march.rows], march.cells.run[:, at.CURRENT]))
    assert found[0][0].shape == found[1][0].shape
    assert np.allclose(found[0][0], found[1][0], rtol=1e-9, atol=1e-9)
    assert np.allclose(found[0][1], found[1][1], rtol=1e-9, atol=1e-9)


def test_the_result_names_cells_that_stand_out(run: PackResult) -> None:
    assert run.status is Status.SOLVED
    table = run.extremes().set_index("figure")
    lowest = table.loc["lowest voltage"]
    assert lowest["value"] == run["cell_voltage"].min()
    assert lowest["cell"] == 3 * lowest["group"] + lowest["place"]
    spread = run.spread("cell_current")
    assert (spread["highest"] >= spread["mean"]).all()
    assert spread["highest"].iloc[0] == run["cell_current"][0].max()
    one = run.cell(2)
    assert np.array_equal(one.voltage, run["cell_voltage"][:, 2])
    assert one.delivered_energy == pytest.approx(run["cell_energy"][-1, 2])
    assert one.at([60.0, 120.0]).voltage.size == 2
    assert len(run.steps) == 2
    assert run.cell(0).plot() is not None
    for wrong in (6, -1, 1.5, True):
        with pytest.raises(InputError, match="there are 6 cells"):
            run.cell(wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="does not run over time and cell"):
        run.spread("voltage")


def test_a_result_goes_to_a_file_and_comes_back(run: PackResult, tmp_path: Path) -> None:
    back = PackResult.load(run.save(tmp_path / "own.run.nc"))
    assert np.array_equal(back["cell_current"], run["cell_current"])
    assert back.end_reason == run.end_reason == "time reached 60 s"
    assert back.ended_by is None
    assert "voltage_V" in run.to_dataframe().columns
    assert "2s3p" in repr(run)


def test_a_pack_is_drawn(run: PackResult) -> None:
    holoviews = pytest.importorskip("holoviews", reason="drawings need HoloViews (extra lab)")
    drawing = run.plot()
    assert len(drawing) == 5
    holoviews.renderer("bokeh").get_plot(drawing)
    assert len(run.plot("power", "cell_soc")) == 2
    with pytest.raises(InputError, match="not in this result"):
        run.plot("nothing")
    with pytest.raises(InputError, match="runs over cell"):
        run.plot("cell")


def test_progress_is_told() -> None:
    class Told:
        cancelled = False
        total = done = 0.0

        def start(self, total: float, label: str) -> None:
            self.total = total

        def advance(self, amount: float = 1, **facts: Any) -> None:
            self.done += amount

        def finish(self) -> None:
            self.total -= self.done

    told = Told()
    pack = Pack(name="two", cell=CELL, series=2, parallel=1)
    simulate_pack(pack, "Discharge at 1C for 5 minutes", model="SPM", progress=told)
    assert told.total == pytest.approx(0.0, abs=1e-6)


def test_long_traces_grow() -> None:
    pack = Pack(name="two", cell=CELL, series=30, parallel=30)
    course = Protocol(["Discharge at 1C for 10 s", "Rest for 10 s"]) * 6
    run = simulate_pack(pack, course, model="SPM", options={"curves": True})
    assert run.time.size > 64
    assert run.time[-1] == pytest.approx(120.0)
