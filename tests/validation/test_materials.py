"""The library against the sets it was entered from: every law at several contents, concentrations and temperatures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from joulebook.battery import Cell, HalfCell, balance, balance_half_cell, figures
from joulebook.battery.balance import open_circuit_voltage
from joulebook.materials.records import ActiveMaterial, Law, arrhenius

CASES = Path(__file__).parent / "cases" / "materials"
NAMES = {name.lower(): name for name in (*Cell.names(), *HalfCell.names())}
TOLERANCE = 1e-10


def read(case: str) -> tuple[Any, dict[str, Any]]:
    name = NAMES[case]
    cell = (Cell if name in Cell.names() else HalfCell).named(name)
    return cell, json.loads((CASES / case / "expected.json").read_text(encoding="utf-8"))


def sides(expected: dict[str, Any]) -> list[str]:
    return [side for side in ("negative", "positive") if side in expected]


def near(found: Any, wanted: Any) -> None:
    """Equal to 1e-10 of the largest of what belongs together."""
    wanted = np.asarray(wanted, dtype=float)
    assert np.asarray(found) == pytest.approx(wanted, rel=TOLERANCE, abs=TOLERANCE * float(np.max(np.abs(wanted))))


def inside(law: Law, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    low, high = law.domain
    kept = [row for row in rows if low <= row["x"] <= high]
    assert len(kept) > 3
    return kept


def diffusivity_at(record: ActiveMaterial, x: Any, temperature: float) -> Any:
    law = record.diffusivity_law
    if law is not None:
        return law.at(np, x, temperature)
    value = np.full_like(x, record.diffusivity.value)
    if record.diffusivity_activation is None:
        return value
    reference = record.diffusivity.reference_temperature
    return value * arrhenius(np, record.diffusivity_activation.value, temperature, reference)


def exchange_at(record: ActiveMaterial, salt: float, x: Any, full: float, temperature: float) -> Any:
    a, b, c = record.exchange_exponents
    found = record.rate_constant.value * salt**a * (x * full) ** b * (full - x * full) ** c
    if record.rate_law is not None:
        found = found * record.rate_law.at(np, x, temperature)
    if record.rate_activation is None:
        return found
    reference = record.rate_constant.reference_temperature
    return found * arrhenius(np, record.rate_activation.value, temperature, reference)


@pytest.mark.parametrize("case", NAMES)
def test_active_materials(case: str) -> None:
    cell, expected = read(case)
    for side in sides(expected):
        for phase, rows in enumerate(expected[side]):
            record = cell.active_material(side, phase)
            full = cell.maximum_concentration(side, phase)
            potentials = {
                "ocp": record.ocp,
                "lithiation": record.ocp_lithiation,
                "delithiation": record.ocp_delithiation,
                "entropic": record.entropic,
            }
            for key, law in potentials.items():
                if law is None:
                    assert not any(row.get(key) for row in rows), f"{key} is in the set and not in the library"
                    continue
                kept = inside(law, rows)
                near(law.function(np, np.array([row["x"] for row in kept])), [row[key] for row in kept])
            kept = inside(record.diffusivity_law or record.ocp, rows)
            kept = [row for row in kept if row["x"] > 0.03] if case == "chayambuka2022" else kept
            x = np.array([row["x"] for row in kept])
            for i, temperature in enumerate(expected["temperatures"]):
                near(diffusivity_at(record, x, temperature), [row["diffusivity"][i] for row in kept])
                for j, salt in enumerate(expected["salts"]):
                    wanted = [row["exchange"][i][j] for row in kept]
                    near(exchange_at(record, salt, x, full, temperature), wanted)


@pytest.mark.parametrize("case", NAMES)
def test_electrolytes(case: str) -> None:
    cell, expected = read(case)
    record = cell.electrolyte_material()
    salt = np.array(expected["salts"])
    for i, temperature in enumerate(expected["temperatures"]):
        found = {
            "conductivity": record.conductivity.at(np, salt, temperature),
            "diffusivity": record.diffusivity.at(np, salt, temperature),
            "transference": record.transference_law.at(np, salt, temperature)
            if record.transference_law
            else np.full_like(salt, record.transference_number.value),
            "thermodynamic_factor": record.thermodynamic_factor_law.at(np, salt, temperature)
            if record.thermodynamic_factor_law
            else np.full_like(salt, record.thermodynamic_factor.value),
        }
        for key, values in found.items():
            near(values, expected["electrolyte"][key][i])


@pytest.mark.parametrize("case", NAMES)
def test_heat(case: str) -> None:
    cell, expected = read(case)
    if expected["heat_capacity"] is None:
        assert cell.thermal is None
        return
    assert cell.thermal.heat_capacity == pytest.approx(expected["heat_capacity"], rel=TOLERANCE)
    assert cell.thermal.cooling_conductance == pytest.approx(expected["cooling_conductance"], rel=TOLERANCE)


def test_lithium_metal() -> None:
    cell, expected = read("xu2019")
    found = cell.counter.rate_constant * np.array(expected["salts"]) ** cell.counter.salt_exponent
    near(found, expected["counter"])


@pytest.mark.parametrize("name", Cell.names())
def test_states_of_charge_0_and_1_are_at_the_cutoffs(name: str) -> None:
    cell = Cell.named(name)
    ends = balance(cell)
    reached = {0.0: cell.lower_cutoff, 1.0: cell.upper_cutoff}
    if name == "ORegan2022":  # graphite is full at 4.24 V, below the cut-off of 4.4 V
        assert any("negative electrode is full" in warning for warning in figures(cell).warnings)
        del reached[1.0]
    for soc, cutoff in reached.items():
        assert open_circuit_voltage(cell, *ends.stoichiometries(soc)) == pytest.approx(cutoff, abs=1e-6)


def test_the_half_cell_reaches_its_cutoffs() -> None:
    cell = HalfCell.named("Xu2019")
    ends = balance_half_cell(cell)
    assert ends.at_rest.potential(ends.fillings[0]) == pytest.approx(cell.upper_cutoff, abs=1e-6)
    assert ends.at_rest.potential(ends.fillings[1]) == pytest.approx(cell.lower_cutoff, abs=1e-6)
