"""Quenches beside a finite-volume program, Wilson's formula and closed forms."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator

from joulebook.magnets import Winding, quench
from joulebook.magnets.propagation import wilson_velocity
from joulebook.magnets.properties import copper_capacity, strand_table, superconductor_capacity
from joulebook.materials import copper_resistivity, critical_surface

CASES = Path(__file__).parent / "cases" / "magnets"
BY_HAND = Path(__file__).parent / "cases" / "cryo" / "plan_benchmarks" / "expected.json"
FIELD, START, COPPER = 5.0, 4.2, 0.6
CRITICAL = 9.2 * (1.0 - FIELD / 14.5) ** (1.0 / 1.7)


def rows(name: str) -> list[dict[str, str]]:
    lines = [x for x in (CASES / name / "expected.csv").read_text("utf-8").splitlines() if x[0] not in '"#']
    return list(csv.DictReader(lines))


def capacity(points: np.ndarray, field: float) -> np.ndarray:
    """Of the oracle's wire; its NbTi is that of 1 T below the critical temperature."""
    cold = superconductor_capacity("NbTi", points, CRITICAL, field)
    return COPPER * copper_capacity(points) + (1.0 - COPPER) * cold


@pytest.mark.parametrize("row", rows("hot_spot"), ids=lambda row: row["T_hot_K"])
def test_hot_spot_integral(row: dict[str, str]) -> None:
    expected, hot = float(row["int_J2dt_A2_s_m4"]), float(row["T_hot_K"])
    points = np.geomspace(START, hot, 40_001)
    same = np.trapezoid(capacity(points, 1.0) * COPPER / copper_resistivity(points, 100.0, FIELD), points)
    assert same == pytest.approx(expected, rel=0.01)
    assert same == pytest.approx(expected, rel=2e-4), "closer than the tolerance asks"
    table = strand_table(Winding.named("Laboratory solenoid, NbTi").conductor, FIELD, START)
    assert float(np.interp(hot, table.temperature, table.action)) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("row", rows("velocity"), ids=lambda row: row["I_over_Ic"])
def test_velocity_of_a_normal_zone(row: dict[str, str]) -> None:
    part = float(row["I_over_Ic"])
    density = part * 3e9 * (1.0 - COPPER)
    transition = 0.5 * (START + (CRITICAL - START) * (1.0 - part) + CRITICAL)
    points = np.linspace(START, transition, 2001)
    found = {
        field: float(
            wilson_velocity(
                density,
                np.trapezoid(capacity(points, field), points) / (transition - START),
                START,
                transition,
                2.44e-8,
            )
        )
        for field in (1.0, FIELD)
    }
    assert found[1.0] == pytest.approx(float(row["v_Wilson_m_s"]), rel=0.05)
    assert found[1.0] == pytest.approx(float(row["v_Wilson_m_s"]), rel=2e-3), "closer than the tolerance asks"
    assert 0.85 < found[FIELD] / found[1.0] < 0.91
    assert 0.7 < float(row["v_FV_m_s"]) / found[1.0] < 1.0


@pytest.mark.parametrize(("constant", "expected"), [(0.1, 51.0), (0.2, 81.0), (0.3, 137.0)])
def test_hot_spot_of_an_exponential_decay(constant: float, expected: float) -> None:
    """600 A/mm² through a dump so large that the normal zone does not matter: ∫ J² dt = J0² τ / 2."""
    winding = Winding.named("Laboratory solenoid, NbTi")
    current = 600e6 * winding.conductor.area
    fast = {"detection_voltage": 1e-6, "detection_delay": 0.0, "transverse_ratio": 0.0, "field": 5.0}
    large = {"inductance": 1000.0 * constant, "dump_resistance": 1000.0, "current": current, **fast}
    run = quench(winding.replace(large), shells=20)
    assert run.hot_spot == pytest.approx(expected, abs=1.5)
    assert run.miits == pytest.approx(current**2 * constant / 2 * (1.0 - 1e-4) * 1e-6, rel=5e-3)
    decay = np.interp(constant, run["time"] - run.facts["opened_s"], run["current"]) / current
    assert decay == pytest.approx(np.exp(-1.0), rel=5e-3)


def test_current_densities_of_the_strands() -> None:
    expected = json.loads(BY_HAND.read_text("utf-8"))["B5_NbTi_Jc_5T_4p2K"]
    for name, key in (("NbTi LHC", "LHC_SOLIDS_fit"), ("NbTi ITER PF", "ITER_Durham_GL")):
        found = float(critical_surface(name).current_density(5.0, 4.2))
        assert found == pytest.approx(expected[key], rel=1e-3)


def test_the_hot_spot_is_that_of_the_integral() -> None:
    winding = Winding.named("Laboratory solenoid, NbTi")
    run = quench(winding)
    table = strand_table(winding.conductor, winding.field, winding.temperature)
    squared = PchipInterpolator(run["time"], run["current"] ** 2)
    action = float(squared.integrate(0.0, run["time"][-1])) / winding.conductor.area**2
    assert run.hot_spot == pytest.approx(float(np.interp(action, table.action, table.temperature)), rel=2e-3)
