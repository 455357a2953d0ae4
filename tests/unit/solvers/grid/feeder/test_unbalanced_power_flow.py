"""Unbalanced power flow: options, starts, methods, results, and what is said when there is no solution."""

from __future__ import annotations

import numpy as np
import pytest
from small_feeders import SOURCE, radial, single_load

from joulebook.core.errors import DivergedError, InputError, SingularSystemError
from joulebook.core.results import Result, Status
from joulebook.grid import Feeder, UnbalancedResult, unbalanced_power_flow
from joulebook.grid.feeder.loops import SETTLE
from joulebook.grid.feeder.plan import plan_of
from joulebook.grid.feeder.power_flow import begin, loads_at


@pytest.fixture(scope="module")
def ieee13():
    return Feeder.named("IEEE13")


@pytest.fixture(scope="module")
def flow(ieee13):
    return unbalanced_power_flow(ieee13)


def test_published_results_of_the_13_node_feeder(ieee13):
    """Kersting, "Radial distribution test feeders", 2001: magnitudes per unit, with the published taps 10, 8, 11."""
    taps = {"reg1": 1.0625, "reg2": 1.05, "reg3": 1.06875}
    document = ieee13.to_document()
    for name, tap in taps.items():
        document["transformers"][name]["windings"][1]["tap"] = tap
    flow = unbalanced_power_flow(Feeder.from_document(document), controls=False)
    assert flow.taps == {"reg1": 10, "reg2": 8, "reg3": 11}
    published = {
        "rg60.1": 1.0625, "rg60.2": 1.0500, "rg60.3": 1.0687, "632.1": 1.0210, "632.2": 1.0420, "632.3": 1.0174,
        "671.1": 0.9900, "671.2": 1.0529, "671.3": 0.9778, "645.2": 1.0329, "645.3": 1.0155, "646.2": 1.0311,
        "646.3": 1.0134, "611.3": 0.9738, "652.1": 0.9825, "675.1": 0.9835, "675.2": 1.0553, "675.3": 0.9758,
    }  # fmt: skip
    for node, value in published.items():  # OpenDSS's model differs in the cable's capacitance and the lumped load
        assert flow.voltage_pu[node] == pytest.approx(value, abs=2e-3)


def test_what_a_result_holds(flow):
    assert flow.status is Status.SOLVED
    assert flow.taps == {"reg1": 9, "reg2": 6, "reg3": 9}
    assert flow.capacitor_states == {"cap1": 1.0, "cap2": 1.0}
    assert flow.voltage_pu["634.1"] == pytest.approx(0.98716, abs=1e-5)
    assert flow.angle_deg["650.2"] == pytest.approx(-120.0, abs=0.02)
    assert abs(flow.voltages["650.1"]) == pytest.approx(flow.voltage_pu["650.1"] * 4160 / 3**0.5)
    assert flow.source_power.real == pytest.approx(3567.05e3, rel=1e-6)
    assert flow.losses == pytest.approx(112.391e3, rel=1e-5)
    assert flow.iterations < 40
    branch = flow.branches.set_index(["element", "terminal", "node"])
    into, out = branch.loc[("line.650632", 1, "rg60.1")], branch.loc[("line.650632", 2, "632.1")]
    assert into["p_kW"] > -out["p_kW"] > 0
    assert flow.elements.loss_W.sum() == pytest.approx(flow.losses)
    load = flow.loads.loc["load.645/1"]
    assert (load["p_kW"], load["q_kvar"]) == pytest.approx((170.0, 125.0))
    assert "voltage_pu" in flow.to_dataframe() and "angle_deg" in flow.to_dataframe()
    assert flow.provenance.study == "grid.unbalanced_power_flow"
    assert next(work.doi for work in flow.provenance.bibliography()) == "10.1109/PES.2011.6039829"
    assert "IEEE13" in flow._repr_html_()
    assert "0.9608 per unit at 611.3" in repr(flow) and "112.39 kW" in repr(flow)


def test_results_survive_their_file(flow, tmp_path):
    path = flow.save(tmp_path / "flow.run.nc")
    again = Result.load(path)
    assert isinstance(again, UnbalancedResult)
    assert again.voltage_pu.equals(flow.voltage_pu) and again.taps == flow.taps and again.losses == flow.losses
    with pytest.raises(InputError, match="loaded from a file"):
        unbalanced_power_flow(Feeder.named("IEEE13"), start=again)


def test_distances_lie_along_the_lines(flow):
    metres = dict(zip(flow["node"].tolist(), flow["distance"].tolist(), strict=True))
    assert metres["650.1"] == pytest.approx(0, abs=1e-6)
    assert metres["632.1"] == pytest.approx(2000 * 0.3048)
    assert metres["611.3"] == pytest.approx((2000 + 2000 + 600) * 0.3048, rel=1e-6)


def test_the_profile_is_drawn_by_phase(flow):
    overlay = flow.plot()
    labels = {layer.label for layer in overlay}
    assert {"Phase 1", "Phase 2", "Phase 3"} <= labels
    assert flow.plot("voltage_pu") is not None


def test_a_warm_start_ends_at_once(ieee13, flow):
    again = unbalanced_power_flow(ieee13, start=flow)
    assert again.iterations <= 2 and again.taps == flow.taps
    assert again.voltage_pu.to_numpy() == pytest.approx(flow.voltage_pu.to_numpy(), abs=1e-8)


def test_starts_of_other_feeders_are_refused(flow):
    for feeder, start in ((radial(), flow), (radial(), "flat")):
        with pytest.raises(InputError, match="start"):
            unbalanced_power_flow(feeder, start=start)


@pytest.mark.parametrize(
    "options",
    [
        {"tolerance": 0.0},
        {"tolerance": "tight"},
        {"method": "gauss"},
        {"most_iterations": 0},
        {"most_iterations": 2.5},
        {"most_control_rounds": -1},
        {"load_multiplier": -1.0},
        {"controls": "yes"},
    ],
)
def test_options_are_checked(options):
    with pytest.raises(InputError, match=next(iter(options))):
        unbalanced_power_flow(radial(), **options)


@pytest.mark.parametrize("name", ["IEEE4", "IEEE13", "IEEE37"])
def test_newton_finds_what_the_fixed_point_finds(name):
    feeder = Feeder.named(name)
    newton = unbalanced_power_flow(feeder, method="newton")
    fixed = unbalanced_power_flow(feeder, method="fixed point")
    assert newton.voltages.to_numpy() == pytest.approx(fixed.voltages.to_numpy(), rel=1e-7)
    assert newton.taps == fixed.taps


WITHOUT_LIMITS = {"lowest_voltage": 0.0, "highest_voltage": 3.0, "impedance_voltage": 0.0}


def test_newton_takes_over_where_the_fixed_point_stalls():
    plant = {"bus": "end", "voltage": 12470.0, "active_power": -70e6, "reactive_power": 14e6, **WITHOUT_LIMITS}
    feeder = radial({"z": plant})
    with pytest.raises(DivergedError):
        unbalanced_power_flow(feeder, method="fixed point")
    flow = unbalanced_power_flow(feeder)
    assert flow.voltage_pu["end.1"] == pytest.approx(0.8343, abs=1e-4)
    assert flow.loads.p_kW.sum() == pytest.approx(-70e3)
    assert flow.source_power.real == pytest.approx(-70e6 + flow.losses)


def test_beyond_the_limit_the_worst_nodes_are_named():
    heavy = {"bus": "end", "voltage": 12470.0, "active_power": 60e6, **WITHOUT_LIMITS}
    with pytest.raises(DivergedError, match=r"60000 kW.*lowest voltages.*end\.[123]"):
        unbalanced_power_flow(radial({"z": heavy}))


def test_a_sagging_load_becomes_an_impedance_and_solves():
    heavy = {"z": {"bus": "end", "voltage": 12470.0, "active_power": 40e6}}
    flow = unbalanced_power_flow(radial(heavy))
    assert flow.loads.p_kW.sum() < 40e3


def test_what_no_source_feeds_has_no_voltage():
    lines = {
        "first": {"bus1": "source", "bus2": "middle", "length": 2000.0, "code": "abc"},
        "island": {"bus1": "end", "bus2": "far", "length": 2000.0, "code": "abc"},
        "open": {"bus1": "middle", "bus2": "end", "length": 1.0, "code": "abc", "closed": False},
    }
    flow = unbalanced_power_flow(radial(lines=lines))
    assert flow.voltage_pu["end.1"] == flow.voltage_pu["far.3"] == 0
    assert flow.voltage_pu["middle.1"] == pytest.approx(1.0, abs=0.01)
    assert flow.loads.p_kW.sum() == 0


def test_a_floating_winding_needs_its_small_susceptance():
    low = {
        "windings": [
            {"bus": "end", "connection": "delta", "voltage": 12470.0},
            {"bus": "low", "connection": "delta", "voltage": 480.0},
        ],
        "rating": 500e3,
        "reactances": [0.04],
    }
    load = {"z": {"bus": "low", "connection": "delta", "voltage": 480.0, "active_power": 100e3}}
    flow = unbalanced_power_flow(radial(load, transformers={"t": low}))
    assert flow.voltage_pu[["low.1", "low.2", "low.3"]].to_numpy() == pytest.approx([0.99] * 3, abs=0.02)
    with pytest.raises((SingularSystemError, DivergedError)):
        unbalanced_power_flow(radial(load, transformers={"t": {**low, "floating_susceptance": 0.0}}))


def test_four_wires_carry_a_neutral():
    size = 4
    triangle = [[5e-5] * k + [3e-4] for k in range(size)]
    code = {"resistance": triangle, "reactance": [[3e-4] * k + [7e-4] for k in range(size)]}
    lines = {"first": {"bus1": "source.1.2.3.4", "bus2": "end.1.2.3.4", "length": 3000.0, "code": "abcn", "phases": 4}}
    earth = {"earth": {"bus1": "source.4", "phases": 1, "resistance": 0.01, "reactance": 0.0}}
    load = {"z": {**single_load(1, 300), "bus": "end.1.4"}}
    flow = unbalanced_power_flow(radial(load, line_codes={"abcn": code}, lines=lines, reactors=earth))
    neutral = flow.branches.set_index(["element", "terminal", "node"]).current_A
    assert neutral["line.first", 1, "source.4"] == pytest.approx(neutral["line.first", 1, "source.1"], rel=1e-9)
    assert flow.voltages["end.4"] != 0
    assert flow.loads.p_kW.iloc[0] == pytest.approx(300.0)


def test_rounds_of_control_may_run_out(ieee13):
    flow = unbalanced_power_flow(ieee13, most_control_rounds=1)
    assert flow.status is Status.PARTIAL and flow.facts["control_rounds"] == 1
    held = unbalanced_power_flow(ieee13, controls=False)
    assert set(held.taps.values()) == {0} and held.status is Status.SOLVED


def test_load_multipliers_leave_fixed_loads_alone():
    loads = {"a": single_load(1, 100, fixed=True), "b": single_load(2, 100)}
    flow = unbalanced_power_flow(radial(loads), load_multiplier=0.5)
    assert flow.loads.p_kW.to_list() == pytest.approx([100.0, 50.0])
    same = unbalanced_power_flow(radial(loads, load_multiplier=0.5))
    assert same.loads.p_kW.to_list() == pytest.approx([100.0, 50.0])


def test_generators_inject():
    plant = {"g": {"bus": "end", "voltage": 12470.0, "active_power": 400e3, "reactive_power": 100e3}}
    flow = unbalanced_power_flow(radial({"z": single_load(1, 10)}, generators=plant))
    assert flow.loads.loc["generator.g/2", "p_kW"] == pytest.approx(-400 / 3)
    assert flow.source_power.real < 0


def test_plain_python_and_machine_code_agree():
    feeder = Feeder.named("IEEE13")
    plan = plan_of(feeder)
    found = []
    for settle in (SETTLE.source, SETTLE.cpu):
        state = plan.new_state()
        begin(plan, state, "direct")
        loads = loads_at(plan, 1.0)
        status = settle(plan.network, loads, plan.regulators, plan.capacitors, state, 1e-8, 100, 20, -2.0, 0, 1)
        assert status == 0
        found.append((state.voltage.copy(), state.taps.copy(), state.counts.copy()))
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-9)
    assert (found[0][1] == found[1][1]).all() and (found[0][2] == found[1][2]).all()


def test_several_sources_share_the_load():
    sources = {"a": SOURCE, "b": {**SOURCE, "bus": "end"}}
    flow = unbalanced_power_flow(radial(voltage_sources=sources))
    single = unbalanced_power_flow(radial())
    assert flow.losses < single.losses
    assert np.isclose(flow.source_power.real, flow.loads.p_kW.sum() * 1e3 + flow.losses)
