"""Whole runs against an independent code: ageing, heat, several phases, other sets, protocols.

A case is a folder: README (source, oracle, what is asked), ``case.json`` and ``expected.npz``, whose arrays run over
the steps of the protocol and over the share of each step's duration. The errors found are printed by ``pytest -rP``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from joulebook.battery import BatteryResult, Cell, Drive, HalfCell, Model, simulate
from joulebook.battery.balance import FARADAY

CASES = Path(__file__).parent / "cases"
DOMAINS = ("ageing", "phases", "protocols", "sets", "thermal")
FOLDERS = [
    file.parent
    for name in DOMAINS
    for file in sorted((CASES / name).glob("*/case.json"))
    if json.loads(file.read_text()).get("hysteresis", "mean") == "mean"
]
"""Those with hysteresis need a decay that the silicon of the library lacks: see test_protocols."""
VOLTAGE, DURATION, SHARE = 2e-4, 0.05, 4e-4
"""Allowed: V rms over a step but its first hundredth; s and share of a step's duration. Three times the oracle's
estimate is added."""
LOOSER: dict[str, tuple[float, float, float]] = {
    "okane2022_spme_full": (1.5e-3, 25.0, 1e-2),
    "chen2020_dfn_drive": (5e-4, 0.05, 2e-4),
    "oregan2022_dfn_1c": (1e-3, 0.5, 2e-3),
    "oregan2022_dfn_lumped_1c": (1e-3, 0.5, 2e-3),
    "oregan2022_spm_1c": (1e-3, 0.5, 2e-3),
    "chayambuka2022_dfn_1c": (1e-3, 2.0, 2e-3),
    "chayambuka2022_spm_1c": (1e-3, 2.0, 2e-3),
}
"""Where the oracle itself is no better (the README says why), or where diffusivities vary a thousandfold."""
STANDARD = ("oregan2022_dfn_1c", "oregan2022_dfn_lumped_1c", "chayambuka2022_dfn_1c")
"""Runs at standard accuracy, to save minutes."""
FIRST = 3
"""Of the shares that are compared: a hundredth of the step."""
BOUND = {"plated": "negative_lithium_plated", "dead": "negative_lithium_dead"}
STATES = {
    "sei_thickness": "negative_sei_thickness",
    "sei_thickness_on_cracks": "negative_sei_thickness_on_cracks",
    "crack_length": "negative_crack_length",
    "negative_active_fraction": "negative_active_material",
    "positive_active_fraction": "positive_active_material",
    "temperature": "temperature",
}


def run_case(case: dict[str, Any], expected: dict[str, NDArray[np.float64]], accuracy: str) -> BatteryResult:
    kind = HalfCell if case["cell"] == "Xu2019" else Cell
    changes = {"temperature": case["temperature"], **case.get("changes", {})}
    places = {
        "negative": "initial_state.negative_concentration",
        "negative_primary": "initial_state.negative_concentration",
        "positive": "initial_state.positive_concentration",
    }
    for side, value in case["initial_concentrations"].items():
        if side in places and (kind is Cell or side == "positive"):
            changes[places[side]] = value
    if "thermal" in case:
        changes["thermal"] = case["thermal"]
    protocol = case["protocol"]
    if "series" in case:
        protocol = Drive(expected["share"] * expected["duration"][0], current=expected["current"][0])
    model = {
        **case["model"],
        "loss_of_active_material": tuple(case["model"].get("loss_of_active_material", ())),
    }
    cell = kind.named(case["cell"]).replace(changes)
    return simulate(cell, protocol, model=Model(**model), options={"accuracy": accuracy})


def over_steps(run: BatteryResult, name: str, share: NDArray[np.float64]) -> tuple[NDArray[np.float64], Any]:
    """Durations of the steps, and a variable over the share of each."""
    time, step = np.asarray(run.time), np.asarray(run["protocol_step"])
    start, end = run.steps["start_s"].to_numpy(), run.steps["end_s"].to_numpy()
    rows = []
    for k, number in enumerate(np.unique(step)):
        here = step == number
        when, value = time[here], np.asarray(run[name])[here]
        new = np.concatenate([[True], np.diff(when) > 1e-9])
        course = PchipInterpolator(when[new], value[new])
        rows.append(course(np.clip(start[k] + share * (end[k] - start[k]), when[0], when[-1])))
    return end - start, np.array(rows)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_run(folder: Path) -> None:
    case = json.loads((folder / "case.json").read_text())
    with np.load(folder / "expected.npz") as stored:
        expected = dict(stored)
    run = run_case(case, expected, "standard" if folder.name in STANDARD else "reference")
    share = expected["share"]
    allowed, seconds, part = LOOSER.get(folder.name, (VOLTAGE, DURATION, SHARE))
    duration, voltage = over_steps(run, "voltage", share)
    rms = np.sqrt(np.mean((voltage - expected["voltage"])[:, FIRST:] ** 2, axis=1))
    own = np.sqrt(np.mean(expected["voltage_error"][:, FIRST:] ** 2, axis=1))
    late = np.abs(duration - expected["duration"])
    print(f"{folder.name}: rms {1e3 * rms.max():.3f} mV, durations off by {late.max():.3f} s")
    assert np.all(late <= seconds + part * expected["duration"] + 3 * expected["duration_error"])
    assert np.all(rms <= allowed + 3 * own)
    for theirs, ours in {**STATES, **BOUND}.items():
        if theirs in expected:
            found = over_steps(run, ours, share)[1]
            if theirs.endswith("active_fraction"):
                found = found * expected[theirs][0, 0]
            if theirs in BOUND:  # A h of the cell to mol/m³ of electrode
                found = found * 3600.0 / (FARADAY * 8.52e-5 * 0.065 * 1.58)
            span = np.max(expected[theirs]) - np.min(expected[theirs])
            missed = np.abs(found - expected[theirs])[:, -1] - 3 * expected[f"{theirs}_error"][:, -1]
            assert np.max(missed) <= max(10 * part * span, 1e-9 * np.max(expected[theirs])), theirs
