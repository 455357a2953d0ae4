"""Outages against published facts and an independent code; the case says how."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from joulebook.grid import Network, contingencies

FOLDERS = sorted((Path(__file__).parent / "cases" / "grid").glob("n1_*"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_outages(folder):
    case = json.loads((folder / "case.json").read_text())
    run = contingencies(Network.named(case["network"]), tolerance=1e-10)
    with np.load(folder / "expected.npz") as stored:
        table = run.table.loc[stored["branch"]]
        solved = np.isfinite(stored["lowest_voltage"])
        assert np.array_equal(table.ending == "solved", solved)
        low = np.abs(table.lowest_voltage_pu - stored["lowest_voltage"])[solved].max()
        high = np.abs(table.highest_voltage_pu - stored["highest_voltage"])[solved].max()
        behind = table.lost_load_MW[~solved]
        assert behind.to_numpy() == pytest.approx(stored["lost_load"][~solved], abs=1e-9)
    print(f"{folder.name}: {len(table)} outages, {low:.1e} pu, {high:.1e} pu")
    assert max(low, high) < 1e-8
