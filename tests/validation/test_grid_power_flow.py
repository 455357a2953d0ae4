"""Power flows of public cases against an independent Newton's method; the cases say how."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from joulebook.grid import Network, power_flow

CASES = Path(__file__).parent / "cases" / "grid"
FOLDERS = sorted(CASES.glob("pf_*"))


def errors(folder):
    """Largest differences from the oracle."""
    case = json.loads((folder / "case.json").read_text())
    run = power_flow(Network.named(case["network"]), tolerance=1e-10)
    with np.load(folder / "expected.npz") as stored:
        buses = run.buses.loc[stored["bus"]]
        branches = run.branches.loc[stored["branch"]]
        names = {"pf": "p_from_MW", "qf": "q_from_Mvar", "pt": "p_to_MW", "qt": "q_to_Mvar"}
        return {
            "voltage": np.abs(buses.voltage_pu - stored["vm"]).max(),
            "angle": np.abs(buses.angle_deg - stored["va_deg"]).max(),
            "flow": max(np.abs(branches[ours] - stored[theirs]).max() for theirs, ours in names.items()),
            "losses": abs(run.losses_MW - case["losses_MW"]),
        }


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_power_flow(folder):
    found = errors(folder)
    print(folder.name, {name: f"{value:.1e}" for name, value in found.items()})
    assert found["voltage"] < 1e-8
    assert found["angle"] < 1e-6
    assert found["flow"] < 1e-5
    assert found["losses"] < 1e-5
