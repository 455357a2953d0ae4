"""Sensitivities are those of the exact solution: compared with central differences of tight, independent runs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from joulebook.battery import Cell, Model, sensitivities, simulate
from joulebook.core.errors import InputError

CELL = Cell.named("Chen2020")
DISCHARGE = "Discharge at 1C until 2.5 V"
TIGHT = {"voltage_tolerance": 1e-6, "salt_tolerance": 5e-3, "error_estimate": False}
STEP = 1e-3


def by_differences(path: str, protocol: object, model: object, **start: float) -> tuple[list, float]:
    value = CELL.value_at(path)
    runs = [
        simulate(CELL.replace({path: value * (1 + sign * STEP)}), protocol, model=model, options=TIGHT, **start)
        for sign in (1, -1)
    ]
    return runs, float(runs[0].discharge_capacity[-1] - runs[1].discharge_capacity[-1]) / (2 * STEP)


@pytest.mark.parametrize("model", ["SPM", "SPMe", "DFN"])
@pytest.mark.parametrize("path", ["negative.thickness", "positive.particle_radius", "electrolyte.concentration"])
def test_voltage_and_capacity_through_the_end(model: str, path: str) -> None:
    found = sensitivities(CELL, [path], DISCHARGE, model=model)
    runs, capacity = by_differences(path, DISCHARGE, model)
    # the mesh is the same; what differs is the time grid (4e-4 V against 1e-6 V) and the curvature over 0.1 %
    assert found["capacity_by"][0] == pytest.approx(capacity, rel=5e-3, abs=2e-5)
    times = np.array([300.0, 900.0, 1800.0, 2700.0])
    expected = (runs[0].at(times).voltage - runs[1].at(times).voltage) / (2 * STEP)
    mine = CubicSpline(found["time"][1:], found["voltage_by"][0][1:])(times)
    np.testing.assert_allclose(mine, expected, atol=2e-3 * max(1.0, np.abs(expected).max()))


def test_the_end_carries_the_whole_change_of_capacity() -> None:
    found = sensitivities(CELL, ["nominal_capacity"], DISCHARGE, model="SPM")
    # at a current in proportion to C, the end comes earlier by about as much as the current is larger
    assert found["duration_by"][0] == pytest.approx(-found["time"][-1], rel=0.05)


def test_several_steps_shift_together() -> None:
    cycle = [DISCHARGE, "Rest for 10 minutes", "Charge at C/2 until 4.1 V"]
    found = sensitivities(CELL, ["negative.thickness"], cycle, model="SPM", initial_soc=0.9)
    value = CELL.negative.thickness
    ends = [
        simulate(
            CELL.replace({"negative.thickness": value * (1 + sign * STEP)}),
            cycle,
            model="SPM",
            options=TIGHT,
            initial_soc=0.9,
        ).time[-1]
        for sign in (1, -1)
    ]
    assert found["duration_by"][0] == pytest.approx((ends[0] - ends[1]) / (2 * STEP), rel=2e-3)


def test_values_without_influence_have_none() -> None:
    found = sensitivities(CELL, ["positive.porosity", "separator.thickness"], DISCHARGE, model="SPM")
    assert np.abs(found["voltage_by"]).max() < 1e-4


def test_a_value_that_cannot_grow_is_made_smaller() -> None:
    assert CELL.positive.porosity + CELL.positive.active_fraction == pytest.approx(1.0)
    found = sensitivities(CELL, ["positive.active_fraction"], DISCHARGE, model="SPM")
    smaller = simulate(CELL.replace({"positive.active_fraction": 0.66}), DISCHARGE, model="SPM", options=TIGHT)
    whole = simulate(CELL, DISCHARGE, model="SPM", options=TIGHT)
    slope = (whole.discharge_capacity[-1] - smaller.discharge_capacity[-1]) / (0.005 / 0.665)
    assert found["capacity_by"][0] == pytest.approx(slope, rel=0.05)


def test_derivatives_by_the_unit_of_the_parameter() -> None:
    found = sensitivities(CELL, ["negative.thickness"], DISCHARGE, model="SPM")
    np.testing.assert_allclose(found.by("negative.thickness") * 85.2e-6, found["voltage_by"][0])
    with pytest.raises(InputError, match="was not asked for"):
        found.by("positive.thickness")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ([], "must name at least one"),
        (["negative.nothing"], "no 'nothing'"),
        (["contact_resistance"], "other than zero"),
        (["negative.material"], "must be a number"),
        (["negative.maximum_concentration"], "is not given"),
    ],
)
def test_parameters_that_have_no_derivative_are_named(parameters: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        sensitivities(CELL, parameters, DISCHARGE)


def test_ageing_and_heat_are_differentiated_too() -> None:
    cell = Cell.named("OKane2022")
    model = Model("SPM", thermal="lumped", sei="solvent-diffusion limited")
    found = sensitivities(
        cell, ["negative.sei.solvent_diffusivity"], "Charge at C/2 until 4.2 V", model=model, initial_soc=0.2
    )
    assert np.isfinite(found["voltage_by"]).all()
