"""Leaps over cycles: within their bound, without making or losing lithium, and told in the table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from joulebook.battery import BatteryResult, Cell, Model, Protocol, sensitivities, simulate, sweep
from joulebook.core.errors import InputError

CELL = Cell.named("OKane2022")
CYCLE = ("Discharge at 1C until 2.5 V", "Charge at 0.5C until 4.2 V", "Hold at 4.2 V until C/20")
FILM = Model("SPM", sei="solvent-diffusion limited")
FULL = Model(
    "SPM",
    sei="solvent-diffusion limited",
    sei_on_cracks=True,
    plating="partially reversible",
    loss_of_active_material=("stress",),
)
ACCOUNTS = ("lithium_in_sei", "lithium_plated", "lithium_dead", "lithium_buried", "lithium_active")


def age(protocol: Any, model: Model, jump: float | None = None, **more: Any) -> BatteryResult:
    options = {"error_estimate": False, "cycle_jump": jump, **more}
    return simulate(CELL, protocol, model=model, initial_soc=1.0, options=options)


@pytest.fixture(scope="module")
def walked() -> BatteryResult:
    """Three hundred cycles, one after the other."""
    return age(Protocol([CYCLE]) * 300, FILM)


def differences(one: BatteryResult, other: BatteryResult, column: str) -> np.ndarray:
    return np.abs(one.cycles[column] - other.cycles[column]).to_numpy()


def test_errors_stay_within_the_bound_and_fall_with_it(walked: BatteryResult) -> None:
    nominal = CELL.nominal_capacity
    errors, effort = [], []
    for jump in (0.03, 0.003):
        leapt = age(Protocol([CYCLE]) * 300, FILM, jump)
        bound = leapt.error["cycle_jump"]
        error = differences(walked, leapt, "discharge_capacity_Ah").max()
        assert error <= bound <= jump * nominal
        assert differences(walked, leapt, "loss_of_lithium_inventory_percent").max() < 0.02 * jump * 100
        assert differences(walked, leapt, "resistance_ohm")[1:].max() < 2e-4
        assert differences(walked, leapt, "duration_h").max() < 0.02
        assert abs(leapt.time[-1] / walked.time[-1] - 1.0) < 1e-3
        errors.append(abs(float((walked.cycles - leapt.cycles)["discharge_capacity_Ah"].iloc[-1])))
        effort.append(int(leapt.cycles["simulated"].sum()))
    assert errors[1] < 0.5 * errors[0]
    assert effort[0] <= effort[1] < 100


def test_the_table_tells_what_was_simulated(walked: BatteryResult) -> None:
    leapt = age(Protocol([CYCLE]) * 300, FILM, 0.01)
    table = leapt.cycles
    assert table["cycle"].tolist() == list(range(1, 301))
    assert table["simulated"].iloc[:6].all()
    assert table["simulated"].iloc[-1]
    assert set(table.loc[~table["simulated"], "cycle"]) == set(leapt.facts["leapt_cycles"])
    assert "simulated" not in walked.cycles
    assert np.all(np.diff(table["loss_of_lithium_inventory_percent"]) > 0)
    assert leapt.stats.steps < 0.35 * walked.stats.steps
    assert np.all(np.diff(leapt.time) >= 0.0)
    assert leapt.provenance.options["cycle_jump"] == 0.01


@pytest.mark.parametrize("name", ["SPM", "SPMe"])
def test_no_lithium_is_made_or_lost(name: str) -> None:
    model = Model(**{**FULL.__dict__, "name": name})
    run = age(Protocol([CYCLE]) * 120, model, 0.01)
    assert run.facts["leapt_cycles"]
    kept = sum(run[f"{side}_{account}"] for side in ("negative", "positive") for account in ACCOUNTS)
    assert np.ptp(kept) <= 1e-10 * kept[0]


def test_a_bound_out_of_reach_takes_every_cycle() -> None:
    cycles = Protocol([CYCLE]) * 30
    one, other = age(cycles, FILM), age(cycles, FILM, 1e-6)
    assert other.error["cycle_jump"] == 0.0
    assert other.cycles["simulated"].all()
    np.testing.assert_allclose(one.voltage, other.voltage, rtol=0, atol=1e-12)  # marching in pieces rounds by itself


def test_what_is_not_alike_is_not_leapt_over() -> None:
    """Cycles with a check-up in between, and a last step of their own."""
    plan = (Protocol([CYCLE]) * 25 + [("Rest for 1 hour", *CYCLE)]) * 2 + ["Discharge at C/5 until 2.5 V"]
    one, other = age(plan, FILM), age(plan, FILM, 0.05)
    assert other.facts["leapt_cycles"]
    assert not {1, 26, 27, 52} & set(other.facts["leapt_cycles"])
    assert len(other.steps) == len(one.steps) == 2 * (25 * 3 + 4) + 1
    assert abs(other.steps["charge_Ah"].iloc[-1] - one.steps["charge_Ah"].iloc[-1]) < other.error["cycle_jump"]
    few = age(Protocol([CYCLE]) * 10, FILM, 0.1)
    assert few.facts["leapt_cycles"] == []


def test_the_dfn_leaps_too_and_tells_both_errors() -> None:
    mesh = {"negative_nodes": 5, "separator_nodes": 2, "positive_nodes": 5, "shells": 6, "error_estimate": True}
    model = Model("DFN", sei="solvent-diffusion limited")
    one = age(Protocol([CYCLE]) * 60, model, **mesh)
    other = age(Protocol([CYCLE]) * 60, model, 0.02, **mesh)
    assert set(other.error) == {*one.error, "cycle_jump"}
    assert differences(one, other, "discharge_capacity_Ah").max() < other.error["cycle_jump"] <= 0.1
    assert other.stats.steps < 0.8 * one.stats.steps


@pytest.mark.parametrize("jump", [0.0, -0.1, 0.2, float("nan"), "a lot", True])
def test_values_that_make_no_sense_are_named(jump: Any) -> None:
    with pytest.raises(InputError, match="cycle_jump"):
        age(Protocol([CYCLE]) * 20, FILM, jump)


def test_studies_that_cannot_leap_say_so() -> None:
    cycles = Protocol([CYCLE]) * 20
    with pytest.raises(InputError, match="models that age"):
        age(cycles, Model("SPM"), 0.01)
    for study in (
        lambda: sweep(CELL, {"negative.thickness": [8e-5, 9e-5]}, cycles, model=FILM, options={"cycle_jump": 0.01}),
        lambda: sensitivities(CELL, ["negative.thickness"], cycles, model=FILM, options={"cycle_jump": 0.01}),
    ):
        with pytest.raises(InputError, match="simulate alone"):
            study()
