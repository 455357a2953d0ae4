"""Truths of the battery models: order of accuracy, limits, scaling, and designs under fire."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline

from joulebook.battery import Cell, balance, simulate, sweep
from joulebook.battery.balance import open_circuit_voltage
from joulebook.battery.options import BatteryOptions
from joulebook.core.errors import InputError
from joulebook.materials import active

CELL = Cell.named("Chen2020")


def voltage_at(time: float, **knobs: float) -> float:
    options = BatteryOptions(
        **{"voltage_tolerance": 1e-7, "salt_tolerance": 2e-3, "shells": 12, "separator_nodes": 3, **knobs}
    )
    return float(simulate(CELL, f"Discharge at 2C for {time:g} s", options=options).voltage[-1])


@pytest.mark.parametrize(
    "knob", [{"negative_nodes": 1, "positive_nodes": 1}, {"shells": 1}], ids=["across the stack", "in the particles"]
)
def test_observed_order_in_space_is_two(knob: dict[str, int]) -> None:
    """Thrice-halved meshes: the differences shrink fourfold."""
    fixed = {"negative_nodes": 10, "positive_nodes": 10, "grading": 1.0}
    base = 8 if "shells" in knob else 10
    found = [
        voltage_at(900.0 if base == 10 else 20.0, **{**fixed, **dict.fromkeys(knob, base * 2**k)}) for k in range(4)
    ]
    steps = np.abs(np.diff(found))
    assert np.log2(steps[-2] / steps[-1]) > 1.8, found


def test_tighter_time_tolerance_converges() -> None:
    exact = voltage_at(1500.0)
    errors = [
        abs(voltage_at(1500.0, voltage_tolerance=tolerance, salt_tolerance=5e3 * tolerance) - exact)
        for tolerance in (1e-3, 1e-4, 1e-5)
    ]
    assert errors[0] < 1e-3
    assert errors[2] < 2e-5
    assert errors[2] < errors[0]


@pytest.mark.parametrize("model", ["DFN", "SPM"])
def test_a_slow_discharge_follows_the_open_circuit_curve(model: str) -> None:
    run = simulate(CELL, "Discharge at C/1000 until cut-off", model=model, initial_soc=1.0)
    ends = balance(CELL)
    assert run.discharge_capacity[-1] == pytest.approx(ends.capacity, rel=2e-3)
    for share in (0.2, 0.5, 0.8):
        x, y = ends.stoichiometries(1 - share)
        voltage = CubicSpline(run.discharge_capacity, run.voltage)(share * ends.capacity)
        assert voltage == pytest.approx(open_circuit_voltage(CELL, x, y), abs=2e-3)


def test_models_agree_at_small_current() -> None:
    """The single-particle model is the limit of the DFN; the difference shrinks with the current."""
    gaps = []
    for rate in ("C/10", "C/100"):
        full = simulate(CELL, f"Discharge at {rate} until 3 V")
        simple = simulate(CELL, f"Discharge at {rate} until 3 V", model="SPM")
        charge = np.linspace(0.5, 4.0, 30)
        voltages = [CubicSpline(run.discharge_capacity, run.voltage)(charge) for run in (full, simple)]
        gaps.append(np.abs(voltages[0] - voltages[1]).max())
    assert gaps[0] < 8e-3
    assert gaps[1] < 0.2 * gaps[0]


@pytest.mark.parametrize("model", ["DFN", "SPM"])
@settings(max_examples=15, deadline=None)
@given(factor=st.floats(0.1, 50.0))
def test_area_and_current_scale_together(model: str, factor: float) -> None:
    larger = CELL.replace(
        {"electrode_width": CELL.electrode_width * min(factor, 6.0), "nominal_capacity": 5.0 * min(factor, 6.0)}
    )
    one = simulate(CELL, "Discharge at 1C until 3 V", model=model)
    other = simulate(larger, "Discharge at 1C until 3 V", model=model)
    assert other.time[-1] == pytest.approx(one.time[-1], rel=1e-6)
    assert other.voltage[-3] == pytest.approx(one.voltage[-3], abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(
    negative=st.floats(30e-6, 150e-6),
    positive=st.floats(30e-6, 150e-6),
    rate=st.floats(0.05, 3.0),
    soc=st.floats(0.2, 1.0),
)
def test_any_sensible_cell_discharges_downwards(negative: float, positive: float, rate: float, soc: float) -> None:
    cell = CELL.replace({"negative.thickness": negative, "positive.thickness": positive})
    try:
        balance(cell)
    except InputError:
        return
    run = simulate(cell, f"Discharge at {rate:.3g}C until 2.0 V", initial_soc=soc)
    assert run.voltage[-1] == pytest.approx(2.0, abs=1e-6)
    assert run.voltage[0] <= cell.upper_cutoff + 1e-9
    assert np.all(np.isfinite(run.voltage))
    assert run.discharge_capacity[-1] == pytest.approx(run.current[0] * run.time[-1] / 3600, rel=1e-9)


VARIED = (
    "negative.thickness",
    "positive.thickness",
    "separator.thickness",
    "negative.particle_radius",
    "positive.particle_radius",
    "negative.diffusivity",
    "positive.diffusivity",
    "negative.rate_constant",
    "positive.rate_constant",
    "negative.conductivity",
    "positive.conductivity",
    "separator.porosity",
    "electrolyte.concentration",
    "electrode_width",
)


@pytest.mark.parametrize(
    ("sentence", "soc"),
    [
        ("Discharge at C/5 until cut-off", 1.0),
        ("Discharge at 1C until cut-off", 1.0),
        ("Discharge at 4C until cut-off", 1.0),
        ("Discharge at 40 W until cut-off", 0.5),
        ("Charge at C/2 until cut-off", 0.1),
    ],
)
def test_random_designs_all_reach_their_end(sentence: str, soc: float) -> None:
    """256 designs within 30 % of the LG M50 in 14 values: none fails, and each says how it ended.

    At constant power a weak cell may lose the power before the cut-off, on the way to its largest power; no other
    end is possible.
    """
    cell = Cell.named("Chen2020")
    material = {side: active(getattr(cell, side).material) for side in ("negative", "positive")}

    def value(path: str) -> float:
        side, _, name = path.partition(".")
        given = cell.value_at(path)
        return float(given if given is not None else getattr(material[side], name).value)

    ranges = {path: [0.7 * value(path), 1.3 * value(path)] for path in VARIED}
    found = sweep(cell, ranges, sentence, samples="sobol", n_cases=256, initial_soc=soc, progress=False)
    assert found.failed == []
    limit = cell.upper_cutoff if sentence.startswith("Charge") else cell.lower_cutoff
    at_limit = np.abs(found["voltage"][:, -1] - limit) < 1e-6
    assert found.ends == ["voltage reached" if there else "power no longer held" for there in at_limit]
    assert np.all(at_limit) or ("40 W" in sentence and at_limit.mean() > 0.9)
