"""The battery engine against an independent code, case by case.

A case is a folder: README (source, oracle, why that tolerance), ``case.json`` (input and tolerances) and
``expected.npz``. The errors found are printed by ``pytest -rP`` and stand in the validation page.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from joulebook.battery import BatteryResult, Cell, simulate

CASES = sorted((Path(__file__).parent / "cases" / "battery").iterdir())


def load(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    case = json.loads((folder / "case.json").read_text())
    with np.load(folder / "expected.npz") as stored:
        return case, dict(stored)


def voltage_errors(case: dict[str, Any], expected: dict[str, Any], run: BatteryResult) -> dict[str, float]:
    end = case["end_time"]
    inside = (expected["time"] > 0) & (expected["time"] < 0.97 * end)
    time, voltage = expected["time"][inside], expected["voltage"][inside]
    miss = CubicSpline(run.time, run.voltage)(time) - voltage
    beyond = np.abs(miss) - 3 * expected["error"][inside]
    return {
        "rms": float(np.sqrt(np.mean(miss**2))),
        "rms_of_oracle": float(3 * np.sqrt(np.mean(expected["error"][inside] ** 2))),
        "largest": float(np.max(beyond[time > 0.02 * end])),
        "end_time": abs(float(run.time[-1]) - end),
    }


@pytest.mark.parametrize("accuracy", ["standard", "reference"])
@pytest.mark.parametrize("folder", [folder for folder in CASES if "profiles" not in folder.name], ids=lambda f: f.name)
def test_voltage(folder: Path, accuracy: str) -> None:
    case, expected = load(folder)
    options = {"accuracy": accuracy}
    cell = Cell.named(case["cell"])
    run = simulate(cell, case["protocol"], model=case["model"], options=options)
    found = voltage_errors(case, expected, run)
    allowed = case["tolerances"][accuracy]
    effort = f"{run.stats.steps} steps, {run.stats.iterations} iterations"
    print(f"{folder.name} {accuracy}: {found}, own estimate {run.error}, {effort}")
    assert found["rms"] <= allowed["rms"] + found["rms_of_oracle"]
    assert found["largest"] <= allowed["largest"]
    assert found["end_time"] <= allowed["end_time"] + 3 * case["end_time_error"]
    assert abs(run.voltage[-1] - cell.lower_cutoff) <= 1e-6


@pytest.mark.parametrize("folder", [folder for folder in CASES if "profiles" in folder.name], ids=lambda f: f.name)
def test_profiles(folder: Path) -> None:
    case, expected = load(folder)
    cell = Cell.named(case["cell"])
    runs = [
        simulate(
            cell,
            case["protocol"].format(time=time),
            model=case["model"],
            options={"accuracy": case["accuracy"]},
            profiles=True,
        )
        for time in expected["time"][1:]
    ]
    edges = (0.0, cell.negative.thickness, cell.negative.thickness + cell.separator.thickness, 1.0)
    for name, tolerance in case["tolerances"].items():
        oracle = expected[name][1:]
        ours = np.full_like(oracle, np.nan)
        for low, high in itertools.pairwise(edges):
            here = (expected["x"] > low) & (expected["x"] < high)
            for row, run in enumerate(runs):
                own = (run["x"] > low) & (run["x"] < high)
                values = run[name][-1, own]
                if not np.isnan(values).any():
                    ours[row, here] = CubicSpline(run["x"][own], values)(expected["x"][here])
        there = ~np.isnan(oracle)
        assert np.array_equal(there, ~np.isnan(ours))
        miss = np.where(there, np.abs(ours - oracle), 0.0).max(axis=1)
        allowed: Any = np.asarray(tolerance.get("absolute", np.nan))
        if "share_of_range" in tolerance:
            allowed = tolerance["share_of_range"] * (np.nanmax(oracle) - np.nanmin(oracle))
        if "share_of_largest" in tolerance:
            allowed = tolerance["share_of_largest"] * np.nanmax(np.abs(oracle), axis=1)
        print(name, "share of what is allowed:", np.round(miss / allowed, 2))
        assert np.all(miss <= allowed), name
