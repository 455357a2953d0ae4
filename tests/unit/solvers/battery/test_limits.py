"""Limits of the cell are ends with a reason, and meshes suit what lithium does at particle surfaces."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from joulebook.battery import Cell, Protocol, simulate, sweep
from joulebook.battery import layout as at
from joulebook.battery.endings import failure
from joulebook.battery.ends import EMPTY_SALT
from joulebook.battery.laws import has_corners
from joulebook.battery.options import BatteryOptions
from joulebook.battery.reaction import EDGE, LONGEST_BEYOND, kept_inside
from joulebook.battery.skins import has_skins, largest_current
from joulebook.core.errors import InfeasibleError
from joulebook.core.results import Status

SALT = 600.0
LEAN = Cell.named("Chen2020").replace({"electrolyte.concentration": SALT, "positive.thickness": 95e-6})
"""So little salt for so thick a coating that a 2C discharge uses it up there."""
DRAIN = "Discharge at 2C until cut-off"
ONCE = {"error_estimate": False}


def test_a_discharge_that_uses_up_the_salt_ends_with_that_reason() -> None:
    run = simulate(LEAN, DRAIN, model="SPMe", profiles=True, options=ONCE)
    assert run.status is Status.SOLVED
    assert run.end_reason == "the electrolyte ran out of salt in the positive electrode"
    salt = run["electrolyte_concentration"]
    assert salt[-1].min() == pytest.approx(EMPTY_SALT * SALT, abs=1e-3)
    assert salt.min() > 0.0
    assert run.voltage[-1] > LEAN.lower_cutoff


def test_the_end_of_the_salt_converges_with_the_mesh() -> None:
    ends = []
    for k in (2, 4, 8):
        mesh = {"negative_nodes": 14 * k, "separator_nodes": 2 * k, "positive_nodes": 10 * k, "voltage_tolerance": 2e-5}
        ends.append(simulate(LEAN, DRAIN, model="SPMe", options=ONCE | mesh).time[-1])
    first, second = abs(ends[0] - ends[1]), abs(ends[1] - ends[2])
    assert second < 0.4 * first


def test_the_protocol_goes_on_from_a_limit() -> None:
    steps = [DRAIN, "Rest for 10 minutes", "Charge at C/2 until 4.2 V", "Hold at 4.2 V until C/20"]
    run = simulate(LEAN, steps, model="SPMe", options=ONCE)
    assert run.status is Status.SOLVED
    assert run.steps["end"][0] == "the electrolyte ran out of salt in the positive electrode"
    assert run.end_reason.startswith("current fell below")


def test_in_the_full_model_the_voltage_falls_instead() -> None:
    run = simulate(LEAN, DRAIN, options=ONCE)
    assert run.end_reason == "voltage fell to 2.5 V"


def test_a_step_that_cannot_start_from_a_limit_ends_the_study_with_an_answer() -> None:
    steps = ["Charge at 3C until 4.2 V", "Hold at 4.2 V until C/20"]
    run = simulate(LEAN, steps, model="SPMe", initial_soc=0.3, options=ONCE)
    assert run.steps["end"][0].startswith("the electrolyte ran out of salt in the negative electrode")
    if run.status is Status.PARTIAL:
        assert run.end_reason.endswith("step 2 of 2 cannot start from there")


def test_a_sweep_names_the_limit() -> None:
    found = sweep(
        LEAN,
        {"electrolyte.concentration": [SALT, 1500.0]},
        DRAIN,
        model="SPMe",
    )
    assert found.ends == ["electrolyte out of salt", "voltage reached"]
    assert not found.failed


def test_a_voltage_beyond_all_sense_is_no_solution() -> None:
    # Newton's method used to take a crawl along the exponential for the end of its way: 1188 V
    changes = {"negative.thickness": 5.2e-5, "positive.thickness": 5.6e-5, "positive.particle_radius": 5.0e-7}
    cell = Cell.named("Chayambuka2022").replace(changes)
    run = simulate(cell, "Discharge at 2.3C until cut-off", initial_soc=0.998)
    assert run.end_reason == "voltage fell to 2 V"
    assert run.voltage.max() < 4.3
    assert run.voltage.min() >= 2.0 - 1e-6


def test_an_iteration_neither_empties_nor_fills_a_surface() -> None:
    slope = -1e-3
    assert kept_inside(0.5, 10.0, slope) == 10.0
    assert 0.4 + slope * kept_inside(0.4, 1e6, slope) == pytest.approx(0.1)
    assert 0.4 + slope * kept_inside(0.4, -1e6, slope) == pytest.approx(0.85)
    assert slope * kept_inside(0.5 * EDGE, 1e6, slope) == pytest.approx(-LONGEST_BEYOND)
    assert slope * kept_inside(1.0 - 0.5 * EDGE, -1e6, slope) == pytest.approx(LONGEST_BEYOND)


@pytest.mark.parametrize(
    ("name", "rate", "held_back"),
    [("Chen2020", 4.0, False), ("ORegan2022", 1.0, True), ("ORegan2022", 0.1, False), ("Ecker2015", 1.0, False)],
)
def test_shells_are_thin_where_lithium_is_held_back(name: str, rate: float, held_back: bool) -> None:
    cell = Cell.named(name)
    schedule = Protocol(f"Discharge at {rate}C until cut-off").compile(cell)
    assert has_skins(cell, schedule) is held_back
    given = BatteryOptions().resolution_for("DFN", False, held_back)
    assert (given.shells, given.grading) == ((28, 0.03) if held_back else (14, 0.3))
    own = BatteryOptions(shells=10, grading=0.5).resolution_for("DFN", False, held_back)
    assert (own.shells, own.grading) == (10, 0.5)


def test_the_largest_current_of_a_protocol() -> None:
    cell = Cell.named("Chen2020")
    steps = [
        "Discharge at 1C for 10 s",
        "Discharge at 30 W for 10 s",
        "Discharge at 1 ohm for 10 s",
        "Hold at 4 V for 10 s",
    ]
    limits = (2.5, 4.2)
    found = [largest_current(Protocol(step).compile(cell), limits) for step in steps]
    np.testing.assert_allclose(found, [5.0, 12.0, 4.2, 0.0])


def test_corners_of_a_law_are_seen() -> None:
    for name, corners in (("Chen2020", False), ("Ai2020", False), ("Chayambuka2022", True)):
        assert has_corners(Cell.named(name).active_material("negative").ocp) is corners


def test_the_resistance_of_a_cycle_is_that_of_the_same_jump_in_all_cycles() -> None:
    cycle = ("Discharge at 1C until 2.5 V", "Rest for 1 hour", "Charge at C/2 until 4.2 V", "Hold at 4.2 V until C/50")
    run = simulate(Cell.named("Chen2020"), Protocol([cycle]) * 3, model="SPM", initial_soc=1.0, options=ONCE)
    found = run.cycles["resistance_ohm"]
    assert found.min() > 0.0
    np.testing.assert_allclose(found, found[1], rtol=0.05)


def test_a_discharged_start_says_what_to_do() -> None:
    with pytest.raises(InfeasibleError, match="initial_soc=1 is full"):
        simulate(Cell.named("Mohtat2020"), "Discharge at 1C until cut-off")


def test_a_study_that_fails_shows_the_last_good_voltage() -> None:
    run = np.full(at.N_RUN, np.nan)
    run[[at.ROW, at.HEAD, at.TIME]] = 0.0
    run[at.VOLTAGES] = 3.5
    arena = SimpleNamespace(
        run=run,
        marks=np.zeros((1, at.N_MARK)),
        settings=np.zeros(at.N_SETTINGS),
        sites=np.zeros((0, at.N_SITE)),
        nodes=np.zeros((0, at.N_NODE)),
        shells=np.zeros((1, 3, at.N_SHELL)),
        past=np.zeros((at.RING, 0, at.N_PAST)),
    )
    said = str(failure(at.STALLED, Protocol("Rest for 1 s").compile(LEAN), arena))
    assert "voltage = 3.5 V" in said
    assert "nan" not in said
