"""Cells from files of other programs: against what PyBaMM makes of the same file, and against themselves."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pybamm_files import lg_m50

from joulebook.battery import BatteryOptions, BatteryResult, Cell, simulate
from joulebook.battery.interchange import bpx_document, read_bpx, read_pybamm

CASES = sorted((Path(__file__).parent / "cases" / "interchange").iterdir())
WORST = {"standard": 1.5e-3, "reference": 2e-5}
"""V; error at any share of the discharge beyond its first per cent."""
IDENTITY = 1e-6
"""V; between a cell and what comes back from a file."""


def load(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with np.load(folder / "expected.npz") as arrays:
        return json.loads((folder / "case.json").read_text()), dict(arrays)


def voltage(run: BatteryResult, time: Any) -> Any:
    return np.asarray(run.at(time).voltage)


def errors(expected: dict[str, Any], run: BatteryResult) -> tuple[float, float]:
    """Largest error of the voltage over the share of the discharge, and that of its duration."""
    duration = float(run.time[-1])
    later = expected["share"] >= 0.01
    found = voltage(run, expected["share"][later] * duration)
    miss = np.abs(found - expected["voltage"][0, later]) - 3 * expected["voltage_error"][0, later]
    return float(np.max(miss)), abs(duration - float(expected["duration"][0]))


@pytest.mark.parametrize("accuracy", WORST)
@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_bpx_file_gives_what_pybamm_makes_of_it(folder, accuracy):
    case, expected = load(folder)
    cell = read_bpx(folder / case["cell"]).cell
    run = simulate(cell, case["protocol"], model="DFN", options=BatteryOptions(accuracy))
    miss, late = errors(expected, run)
    assert miss < WORST[accuracy]
    assert late < 0.5


def largest_difference(one: Cell, other: Cell, model: str) -> float:
    options = BatteryOptions("reference" if model == "DFN" else "standard")
    runs = [simulate(cell, "Discharge at 1C until cut-off", model=model, options=options) for cell in (one, other)]
    time = np.linspace(0.0, min(run.time[-1] for run in runs), 200)
    assert runs[0].time[-1] == pytest.approx(runs[1].time[-1], rel=1e-8)
    return float(np.max(np.abs(voltage(runs[0], time) - voltage(runs[1], time))))


@pytest.mark.parametrize("name", ["Chayambuka2022", "Chen2020", "Marquis2019", "NCA_Kim2011", "Prada2013"])
@pytest.mark.parametrize("model", ["DFN", "SPM"])
def test_a_named_cell_comes_back_from_bpx_with_the_same_voltage(name, model):
    cell = Cell.named(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        back = read_bpx(json.loads(json.dumps(bpx_document(cell)[0]))).cell
    assert largest_difference(cell, back, model) < IDENTITY


def test_pybamm_parameters_of_the_lg_m50_give_the_voltage_of_the_named_cell():
    assert largest_difference(Cell.named("Chen2020"), read_pybamm(lg_m50()).cell, "DFN") < IDENTITY
