"""Ends of steps that need heat or the potential of the anode, and steps that are passed over."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.battery import Cell, Model, simulate

CELL = Cell.named("Marquis2019").replace(
    {"thermal": {"heat_capacity": 40.0, "cooling_conductance": 0.02, "ambient_temperature": 298.15}}
)


def test_a_temperature_ends_a_step() -> None:
    run = simulate(CELL, "Discharge at 2C until 26 °C", model=Model(thermal="lumped"))
    assert run.end_reason == "temperature rose to 299.15 K"
    assert run["temperature"][-1] == pytest.approx(299.15, abs=1e-4)


@pytest.mark.parametrize("model", ["DFN", "SPMe", "SPM"])
def test_the_potential_of_the_anode_ends_a_charge(model: str) -> None:
    cell = Cell.named("Chen2020")
    run = simulate(cell, "Charge at C/3 until anode potential 0.05 V", model=model, initial_soc=0.2)
    assert run.end_reason == "potential of the negative electrode fell to 0.05 V"
    assert run["anode_potential"][-1] == pytest.approx(0.05, abs=1e-6)
    assert np.all(run["anode_potential"][1:] > 0.05 - 1e-6)


def test_steps_whose_end_is_met_are_passed_over() -> None:
    cell = Cell.named("Chen2020")
    protocol = ["Charge at C/3 until 4.2 V", "Discharge at 1C for 5 minutes", "Discharge at C/10 until 4.19 V"]
    run = simulate(cell, protocol, initial_soc=1.0)
    reasons = list(run.steps["end"])
    assert reasons[0] == "passed over: voltage rose to 4.2 V before it began"
    assert reasons[1] == "time reached 300 s"
    assert reasons[2].startswith("passed over")
    lengths = run.steps["end_s"] - run.steps["start_s"]
    assert list(lengths.round(9)) == [0.0, 300.0, 0.0]
    assert np.all(np.diff(run.time) >= 0)


def test_each_step_begins_where_the_last_one_ended() -> None:
    charge = ["Charge at 1C until 4.1 V", "Hold at 4.1 V until C/20"]
    protocol = ["Discharge at 1C for 10 minutes", "Rest for 10 minutes", *charge]
    run = simulate(Cell.named("Chen2020"), protocol, initial_soc=0.8)
    steps = run.steps
    assert np.array_equal(steps["start_s"][1:], steps["end_s"][:-1])
    assert steps["charge_Ah"].sum() == pytest.approx(run.discharge_capacity[-1], abs=1e-12)
    assert steps["energy_Wh"].sum() == pytest.approx(run.delivered_energy, abs=1e-12)
    held = run["protocol_step"] == 3
    assert np.max(np.abs(run.voltage[held] - 4.1)) <= 1e-6
    assert abs(run.current[-1]) == pytest.approx(0.25, rel=2e-5)


def test_the_resistance_of_a_step_is_the_jump_of_the_voltage() -> None:
    cell = Cell.named("Chen2020").replace({"contact_resistance": 0.02})
    plain, resisted = (
        simulate(which, ["Rest for 1 minute", "Discharge at 1C for 10 s"], initial_soc=0.5)
        for which in (Cell.named("Chen2020"), cell)
    )
    found = [run.steps["resistance_ohm"].iloc[1] for run in (plain, resisted)]
    assert found[1] - found[0] == pytest.approx(0.02, abs=1e-6)
    assert found[0] > 0.005
