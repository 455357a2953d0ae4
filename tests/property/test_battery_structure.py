"""Cells that are the same thing said in two ways, limits, orders, and whether the error estimate is honest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from joulebook.battery import BatteryOptions, BatteryResult, Cell, HalfCell, Model, Protocol, simulate
from joulebook.battery import layout as at
from joulebook.battery.accepting import accept
from joulebook.battery.discretise import discretise
from joulebook.battery.march import begin
from joulebook.battery.starts import starting_concentrations
from joulebook.battery.trial import attempt

CELL = Cell.named("Chen2020")
ONE_C = "Discharge at 1C until 2.5 V"
PLAIN = {"error_estimate": False, "refine": False}


def distance(one: BatteryResult, other: BatteryResult) -> float:
    """Largest difference of the voltages over the common time, V; the steep end left out."""
    times = np.linspace(5.0, 0.97 * min(one.time[-1], other.time[-1]), 60)
    return float(np.abs(one.at(times).voltage - other.at(times).voltage).max())


HALVES = [{"share": 0.5}, {"share": 0.5}]


@pytest.mark.parametrize("model", ["DFN", "SPMe", "SPM"])
def test_layers_cut_in_equal_halves_change_nothing(model: str) -> None:
    cut = CELL.replace({"negative.layers": HALVES, "positive.layers": HALVES})
    whole, halves = (simulate(cell, ONE_C, model=model, options=PLAIN) for cell in (CELL, cut))
    assert distance(whole, halves) < 1e-5
    assert halves.time[-1] == pytest.approx(whole.time[-1], rel=1e-5)


@pytest.mark.parametrize("model", ["DFN", "SPMe", "SPM"])
def test_two_materials_that_are_one_change_nothing(model: str) -> None:
    share = CELL.negative.active_fraction
    twin = {
        "material": CELL.negative.material,
        "active_fraction": 0.4 * share,
        "particle_radius": CELL.negative.particle_radius,
    }
    two = CELL.replace(
        {
            "negative.active_fraction": 0.6 * share,
            "negative.additional_phases": [twin],
            "initial_state.negative_additional": [CELL.initial_state.negative_concentration],
        }
    )
    one, other = (simulate(cell, ONE_C, model=model, options=PLAIN) for cell in (CELL, two))
    assert distance(one, other) < 1e-6
    assert other.time[-1] == pytest.approx(one.time[-1], rel=1e-6)


def test_a_layer_with_values_of_its_own_is_heard() -> None:
    """Smaller particles at the separator are not the same as smaller particles at the collector."""
    mean = CELL.positive.particle_radius
    near = [{"share": 0.5, "particle_radius": 1.3 * mean}, {"share": 0.5, "particle_radius": 0.7 * mean}]
    far = [{"share": 0.5, "particle_radius": 0.7 * mean}, {"share": 0.5, "particle_radius": 1.3 * mean}]
    plain, good, bad = (
        simulate(CELL if layers is None else CELL.replace({"positive.layers": layers}), "Discharge at 2C until 2.5 V")
        for layers in (None, near, far)
    )
    assert distance(good, bad) > 1e-3
    assert abs(good.discharge_capacity[-1] / plain.discharge_capacity[-1] - 1.0) < 0.2


def test_porosity_of_layers_counts_by_its_share() -> None:
    """Layers with the electrode's own porosity and conductivity said out loud are the electrode."""
    own = CELL.positive
    said = [
        {"share": share, "porosity": own.porosity, "active_fraction": own.active_fraction, "conductivity": None}
        for share in (0.25, 0.75)
    ]
    cut = CELL.replace({"positive.layers": said})
    assert distance(simulate(CELL, ONE_C, options=PLAIN), simulate(cut, ONE_C, options=PLAIN)) < 1e-5


@pytest.mark.parametrize("model", ["DFN", "SPMe", "SPM"])
def test_a_small_double_layer_is_none(model: str) -> None:
    runs = []
    for capacity in (1e-9, 2e-4, 2e-3):
        cell = CELL.replace(
            dict.fromkeys(("negative.double_layer_capacity", "positive.double_layer_capacity"), capacity)
        )
        runs.append(simulate(cell, ONE_C, model=Model(model, double_layer=True), options=PLAIN))
    none = simulate(CELL, ONE_C, model=model, options=PLAIN)
    gaps = [distance(run, none) for run in runs]
    assert gaps[0] < 2e-4
    assert gaps[1] < 2e-4


def test_the_double_layer_charges_with_its_time_constant() -> None:
    """A step of the current on the SPM: the reaction overpotential rises as 1 - exp(-t / R C)."""
    faraday_over_gas = 96485.33212 / (8.31446261815 * 298.15)
    capacity = 0.2
    cell = CELL.replace({"negative.double_layer_capacity": capacity})
    options = {"accuracy": "reference", "first_step": 1e-4, "error_estimate": False}
    run = simulate(
        cell, "Discharge at C/50 for 1 s", model=Model("SPM", double_layer=True), options=options, initial_soc=0.5
    )
    plain = simulate(CELL, "Discharge at C/50 for 1 s", model="SPM", options=options, initial_soc=0.5)
    c = _concentration(plain)
    exchange = _exchange(CELL, c)
    constant = capacity / (exchange * faraday_over_gas)
    times = np.linspace(0.2, 3.0, 8) * constant
    missing = run.at(times).voltage - plain.at(times).voltage
    fitted = -1.0 / np.polyfit(times, np.log(missing), 1)[0]
    assert fitted == pytest.approx(constant, rel=0.02)


def _concentration(run: BatteryResult) -> float:
    from joulebook.battery import initial_state_at

    return float(initial_state_at(CELL, 0.5).negative_concentration)


def _exchange(cell: Cell, concentration: float) -> float:
    material = cell.active_material("negative")
    full = cell.maximum_concentration("negative", 0)
    rate = material.rate_constant.value if cell.negative.rate_constant is None else cell.negative.rate_constant
    return float(rate * np.sqrt(cell.electrolyte.concentration * concentration * (full - concentration)))


@pytest.mark.parametrize("simple", ["SPM", "SPMe"])
@pytest.mark.parametrize("named", ["Chen2020", "Marquis2019"])
def test_particle_models_are_the_limit_of_low_rates(simple: str, named: str) -> None:
    cell = Cell.named(named)
    gaps = []
    for rate in (0.4, 0.1, 0.02):
        runs = [
            simulate(
                cell, f"Discharge at {rate}C for {0.3 / rate} hours", model=model, options={"accuracy": "reference"}
            )
            for model in ("DFN", simple)
        ]
        gaps.append(distance(*runs))
    assert gaps[2] < 0.3 * gaps[1] < 0.3 * gaps[0]


@pytest.mark.parametrize("model", ["DFN", "SPMe", "SPM"])
def test_a_half_cell_runs_against_lithium(model: str) -> None:
    cell = HalfCell.named("Xu2019")
    run = simulate(cell, "Discharge at C/10 until cut-off", model=model)
    assert run.voltage[-1] == pytest.approx(cell.lower_cutoff, abs=1e-6)
    slow = simulate(cell, "Discharge at C/1000 for 1 hour", model=model)
    material = cell.active_material("positive")
    x = cell.initial_state.positive_concentration / cell.maximum_concentration("positive", 0)
    assert slow.voltage[0] == pytest.approx(float(material.ocp.function(np, np.array(x))), abs=2e-3)


def even_steps(order: int, length: float) -> float:
    """Voltage after some minutes of even steps, taken up where a fine march has left the fast start behind."""
    fine = {"shells": 6, "voltage_tolerance": 1e-7, "largest_step": 1.0}
    resolution = BatteryOptions(**fine).resolution("SPM")  # type: ignore[arg-type]
    arrays = discretise(CELL, Model("SPM"), resolution, starting_concentrations(CELL))
    march = begin(arrays, Protocol("Discharge at 1C for 1 hour").compile(CELL))
    arrays.settings[at.STEPS] = 700
    arrays.settings[at.NEWTON_TOLERANCE] = 1e-12
    march.make_room()
    assert march.advance() == at.RUNNING
    march.make_room()
    arena = march.arena
    first = arena.run[at.TIME]
    stop = np.ceil(first) + 320.0
    lead = (stop - first) % length or length
    for step in [lead, *[length] * round((stop - first - lead) / length)]:
        arena.run[at.ORDER] = order
        assert attempt(arena, step) == 0
        accept(arena, step)
    return float(arena.run[at.VOLTAGE])


@pytest.mark.parametrize("order", [1, 2, 3])
def test_observed_order_in_time(order: int) -> None:
    exact = even_steps(4, 1.0)
    errors = [abs(even_steps(order, length) - exact) for length in (16.0, 8.0)]
    print(order, errors)
    assert np.log2(errors[0] / errors[1]) > order - 0.35


def test_the_estimate_bounds_the_error_within_a_factor_of_three() -> None:
    """On every oracle case of a constant current: root mean square of the true error against the estimate."""
    folder = Path(__file__).parents[1] / "validation" / "cases" / "battery"
    shares: dict[str, float] = {}
    for case in sorted(folder.iterdir()):
        given: dict[str, Any] = json.loads((case / "case.json").read_text(encoding="utf-8"))
        if given["kind"] != "voltage" or given["model"] == "SPMe":
            continue
        with np.load(case / "expected.npz") as stored:
            inside = (stored["time"] > 0.02 * given["end_time"]) & (stored["time"] < 0.97 * given["end_time"])
            times, expected, own = (stored[name][inside] for name in ("time", "voltage", "error"))
        run = simulate(Cell.named(given["cell"]), given["protocol"], model=given["model"])
        miss = float(np.sqrt(np.mean((run.at(times).voltage - expected) ** 2)))
        shares[case.name] = max(0.0, miss - 3 * float(np.sqrt(np.mean(own**2)))) / run.error["voltage"]
    print({name: round(share, 2) for name, share in shares.items()})
    assert max(shares.values()) <= 3.0


def test_a_stiff_cell_keeps_the_promise_by_itself() -> None:
    """Diffusivities that fall by orders of magnitude: the default refines, and its capacity is the converged one."""
    cell = Cell.named("ORegan2022")
    default = simulate(cell, "Discharge at 1C until cut-off", initial_soc=1.0)
    options = {"negative_nodes": 60, "separator_nodes": 6, "positive_nodes": 40, "shells": 120, "grading": 0.05}
    fine = simulate(
        cell,
        "Discharge at 1C until cut-off",
        initial_soc=1.0,
        options={**options, "voltage_tolerance": 4e-5, "salt_tolerance": 0.2, "error_estimate": False},
    )
    assert default.error["largest_voltage"] <= 1.5e-3
    assert default.discharge_capacity[-1] == pytest.approx(fine.discharge_capacity[-1], rel=3e-3)
    print(default.error, default.discharge_capacity[-1] / fine.discharge_capacity[-1] - 1.0)
