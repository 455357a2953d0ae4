"""Optimal power flows of public cases against independent optimisers; the case says how."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from joulebook.grid import Network, optimal_power_flow, power_flow

CASE = json.loads((Path(__file__).parent / "cases" / "grid" / "opf_costs" / "case.json").read_text())


@pytest.mark.parametrize("name", CASE["ac"])
def test_full_form(name):
    found = optimal_power_flow(Network.named(name))
    print(f"{name}: {found.cost / CASE['ac'][name] - 1:.1e} of the cost, {found.stats.iterations} iterations")
    assert found.cost == pytest.approx(CASE["ac"][name], rel=1e-6)
    check = power_flow(found.to_network(), start="case")
    assert np.nanmax(np.abs(check.buses.voltage_pu - found.buses.voltage_pu)) < 1e-7
    assert np.nanmax(np.abs(check.generators.p_MW - found.generators.p_MW)) < 1e-3


@pytest.mark.parametrize("name", CASE["dc"])
def test_linear_form(name):
    found = optimal_power_flow(Network.named(name), formulation="dc")
    assert found.cost == pytest.approx(CASE["dc"][name], rel=1e-6)
