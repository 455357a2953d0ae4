"""Power flows of public cases against an independent Newton's method; the cases say how."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from joulebook.grid import Network, power_flow

CASES = Path(__file__).parent / "cases" / "grid"
FOLDERS = sorted(CASES.glob("pf_*"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_power_flow(folder):
    case = json.loads((folder / "case.json").read_text())
    run = power_flow(Network.named(case["network"]), tolerance=1e-10)
    with np.load(folder / "expected.npz") as stored:
        buses = run.buses.loc[stored["bus"]]
        branches = run.branches.loc[stored["branch"]]
        voltage = np.abs(buses.voltage_pu - stored["vm"]).max()
        angle = np.abs(buses.angle_deg - stored["va_deg"]).max()
        names = {"pf": "p_from_MW", "qf": "q_from_Mvar", "pt": "p_to_MW", "qt": "q_to_Mvar"}
        flow = max(np.abs(branches[ours] - stored[theirs]).max() for theirs, ours in names.items())
    print(f"{folder.name}: {voltage:.1e} pu, {angle:.1e}°, {flow:.1e} MW")
    assert voltage < 1e-8
    assert angle < 1e-6
    assert flow < 1e-5
    assert run.losses_MW == pytest.approx(case["losses_MW"], abs=1e-5)
