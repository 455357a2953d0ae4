"""Controllers hold what they are to hold, within their limits, and come to rest."""

from __future__ import annotations

import numpy as np
import pytest
from networks import meshed, radial
from scipy import sparse
from scipy.sparse import linalg

from joulebook.core.results import Status
from joulebook.grid import Network, Table, power_flow
from joulebook.grid.elements import Bus, Converter, Generator, HvdcLine, Motor, Shunt, Switch, TapChanger, Transformer
from joulebook.grid.injections import GENERATOR
from joulebook.grid.plan import compiled


@pytest.mark.parametrize("method", ["fast_decoupled", "gauss_seidel"])
@pytest.mark.parametrize("network", ["case14", "case118", "case33bw"])
def test_older_methods_come_to_the_same_solution(method, network):
    network = Network.named(network)
    run, newton = power_flow(network, method=method, tolerance=1e-10), power_flow(network)
    assert np.allclose(run["voltage"], newton["voltage"], rtol=0, atol=2e-8)
    assert np.allclose(run["angle"], newton["angle"], rtol=0, atol=2e-6)
    assert run.stats.iterations > newton.stats.iterations


def test_linear_flow_solves_its_own_equations():
    """B θ = P assembled with SciPy from the tables alone."""
    network = Network.named("case300")
    run = power_flow(network, method="dc")
    arrays = compiled(network).arrays
    branches = arrays.branches
    on = branches.in_service
    f, t = branches.from_node[on], branches.to_node[on]
    b = 1 / (branches.impedance[on].imag * np.abs(branches.ratio[on]))
    n = arrays.n_nodes
    incidence = sparse.coo_array(
        (np.r_[np.ones(on.sum()), -np.ones(on.sum())], (np.r_[np.arange(on.sum())].tolist() * 2, np.r_[f, t]))
    ).tocsr()
    matrix = incidence.T @ sparse.diags_array(b) @ incidence
    shift = np.angle(branches.ratio[on])
    power = arrays.injections.active - arrays.shunt.real + incidence.T @ (b * shift)
    slack = arrays.sources.node[arrays.sources.reference][0]
    free = np.delete(np.arange(n), slack)
    angle = np.full(n, arrays.start_angle[slack])
    angle[free] += linalg.spsolve(matrix[free][:, free].tocsc(), (power - matrix @ angle)[free])
    assert np.allclose(np.deg2rad(run["angle"]), angle, rtol=0, atol=1e-10)
    assert run.losses_MW == pytest.approx(0, abs=1e-6)
    assert run.buses.p_MW.sum() == pytest.approx(100 * arrays.shunt.real.sum(), abs=1e-6)


@pytest.mark.parametrize("name", ["case14", "case118", "case300", "case1354pegase"])
def test_reactive_limits_are_kept(name):
    network = Network.named(name)
    run = power_flow(network, reactive_limits=True)
    generators, table = network.generators, run.generators
    on = generators.in_service & ~generators.reference
    low = np.where(np.isnan(generators.minimum_reactive), -np.inf, generators.minimum_reactive) / 1e6
    high = np.where(np.isnan(generators.maximum_reactive), np.inf, generators.maximum_reactive) / 1e6
    q = table.q_Mvar.to_numpy()
    assert np.all(q[on] >= low[on] - 1e-3)
    assert np.all(q[on] <= high[on] + 1e-3)
    voltage = run.buses.voltage_pu
    for bus, side in run.facts["at_limit"].items():
        target = generators.voltage[generators.column("bus").tolist().index(bus)]
        found = voltage.loc[int(bus)]
        assert found <= target + 1e-6 if side == "maximum" else found >= target - 1e-6


def test_a_distributed_slack_shares_by_weight():
    network = meshed(2)
    network = network.replace({"generators.participation": [0.5, 0.3, 0.2, 0.0]})
    alone, shared = power_flow(network), power_flow(network, distributed_slack=True, tolerance=1e-10)
    more = shared.generators.p_MW.to_numpy() - network.generators.active_power / 1e6
    assert more / more.sum() == pytest.approx([0.5, 0.3, 0.2, 0.0], abs=1e-6)
    assert shared.buses.p_MW.sum() == pytest.approx(shared.losses_MW, abs=1e-6)
    assert alone.generators.p_MW.iloc[1] == pytest.approx(network.generators.active_power[1] / 1e6)


def test_a_remote_voltage_is_held():
    network = meshed(4)
    machines = dict(zip(network.generators.column("bus")[1:], network.generators.ids[1:], strict=True))
    pairs = [(line.from_bus, line.to_bus) for line in network.lines.values()]
    own, remote = next((b, a) for a, b in pairs if b in machines and a not in {*machines, "b0"})
    name = machines[own]
    network = network.replace({f"generators.{name}.controlled_bus": remote, f"generators.{name}.voltage": 1.01})
    run = power_flow(network)
    assert run.buses.voltage_pu.loc[remote] == pytest.approx(1.01, abs=1e-6)
    assert run.facts["regulators"][0]["element"] == name
    free = power_flow(network, controls=False)
    assert free.buses.voltage_pu.loc[remote] != pytest.approx(1.01, abs=1e-4)


def with_transformer(**changer) -> Network:
    network = radial(3, 8e6)
    two = Table(
        Transformer,
        ["T"],
        {
            "from_bus": ["0"],
            "to_bus": ["1"],
            "rated_power": [40e6],
            "resistance": [0.004],
            "reactance": [0.12],
            "tap_changer": [TapChanger(**changer)],
        },
    )
    return network.replace(
        {
            "buses": Table(Bus, ["0", *network.buses.ids], {"nominal_voltage": [110e3, 20e3, 20e3, 20e3]}),
            "external_grids": network.external_grids.with_columns({"bus": ["0"], "voltage": [1.0]}),
            "transformers": two,
        }
    )


def test_taps_hold_a_voltage_to_a_step():
    network = with_transformer(controls="voltage", controlled_bus="3", target=1.02, voltage_step=0.0125)
    run = power_flow(network)
    assert run.buses.voltage_pu.loc[3] == pytest.approx(1.02, abs=0.0125)
    (report,) = run.facts["regulators"]
    assert report["element"] == "T" and report["after"] < 0 and not report["at_end"]
    fixed = network.replace({"transformers.T.tap_changer.position": report["after"]})
    assert power_flow(fixed, controls=False)["voltage"] == pytest.approx(run["voltage"], abs=1e-8)


def test_taps_stop_at_their_end_and_say_so():
    network = with_transformer(controls="voltage", target=1.3, minimum=-3, maximum=3)
    (report,) = power_flow(network).facts["regulators"]
    assert report["after"] == -3
    assert report["at_end"]


def test_phase_shifters_hold_a_power():
    network = meshed(5)
    changer = TapChanger(
        controls="active_power", target=5e6, angle_step=0.005, voltage_step=0.0, minimum=-60, maximum=60
    )
    network = network.replace({"transformers.t1.tap_changer": changer.model_dump(exclude_none=True)})
    run = power_flow(network)
    (report,) = run.facts["regulators"]
    assert abs(report["missing"]) < 0.02
    assert report["after"] != 0
    assert run.branches.p_from_MW.loc["t1"] == pytest.approx(5, abs=2.0)


def test_shunts_are_switched_until_the_voltage_is_inside_its_bounds():
    network = radial(6, 3e6)
    shunts = Table(
        Shunt,
        ["C"],
        {
            "bus": ["6"],
            "susceptance": [1e6 / 20e3**2],
            "steps": [0],
            "maximum_steps": [20],
            "controls_voltage": [True],
            "minimum_target": [0.99],
            "maximum_target": [1.01],
        },
    )
    network = network.replace({"shunts": shunts})
    assert power_flow(network, controls=False).buses.voltage_pu.loc[6] < 0.99
    run = power_flow(network)
    assert 0.99 <= run.buses.voltage_pu.loc[6] <= 1.01
    (report,) = run.facts["regulators"]
    fixed = network.replace({"shunts.C.steps": report["after"]})
    assert power_flow(fixed, controls=False)["voltage"] == pytest.approx(run["voltage"], abs=1e-8)


def test_a_direct_current_link_carries_what_it_says():
    network = meshed(6)
    link = Table(
        HvdcLine,
        ["H"],
        {
            "from_bus": ["b3"],
            "to_bus": ["b7"],
            "active_power": [4e6],
            "constant_loss": [1e5],
            "loss_share": [0.02],
            "from_holds_voltage": [False],
            "to_voltage": [1.015],
        },
    )
    network = network.replace({"loads.current_share": 0.0, "loads.impedance_share": 0.0})
    run, without = power_flow(network.replace({"hvdc_lines": link})), power_flow(network)
    assert run.buses.p_MW.loc["b3"] == pytest.approx(without.buses.p_MW.loc["b3"] - 4, abs=0.5)
    assert run.buses.voltage_pu.loc["b7"] == pytest.approx(1.015)
    reverse = power_flow(network.replace({"hvdc_lines": link.with_columns({"active_power": [-4e6]})}))
    for item, power in ((run, 4.0), (reverse, -4.0)):
        lost = item.generators.p_MW.sum() - network.loads.active_power.sum() / 1e6 - item.losses_MW
        assert lost == pytest.approx(0.1 + 0.02 * abs(power), abs=1e-6)


def test_converters_and_motors_take_part():
    network = radial(3)
    network = network.replace(
        {
            "converters": Table(Converter, ["pv"], {"bus": ["3"], "active_power": [3e6], "reactive_power": [1e6]}),
            "motors": Table(
                Motor,
                ["m"],
                {"bus": ["2"], "rated_power": [1e6], "efficiency": [0.95], "power_factor": [0.85], "loading": [0.5]},
            ),
        }
    )
    run = power_flow(network)
    assert run.buses.p_MW.loc[3] == pytest.approx(-5 + 3)
    assert run.buses.q_Mvar.loc[3] == pytest.approx(-1.5 + 1)
    drawn = 0.5 / 0.95
    assert run.buses.p_MW.loc[2] == pytest.approx(-5 - drawn)
    assert run.buses.q_Mvar.loc[2] == pytest.approx(-1.5 - drawn * np.tan(np.arccos(0.85)))


def test_sources_at_one_bus_share_by_their_ranges():
    network = meshed(1)
    bus = network.generators.column("bus")[1]
    twin = network.generators["g1"].model_dump(exclude_none=True)
    network = network.replace(
        {
            "generators.g1b": {**twin, "active_power": 2e6, "minimum_reactive": -1e6, "maximum_reactive": 3e6},
            "generators.g1.minimum_reactive": -2e6,
            "generators.g1.maximum_reactive": 6e6,
        }
    )
    run = power_flow(network)
    table = run.generators
    q1, q2 = table.q_Mvar.loc["g1"], table.q_Mvar.loc["g1b"]
    assert (q1 + 2) / 8 == pytest.approx((q2 + 1) / 4, abs=1e-9)
    assert table.p_MW.loc["g1b"] == 2
    rows = network.generators.column("bus") == bus
    loads = run.buses.loc[bus]
    assert np.sum(table.q_Mvar[rows]) > loads.q_Mvar
    assert compiled(network).arrays.sources.kind[0] == GENERATOR


def test_what_has_no_supply_is_said():
    network = radial(4)
    switches = Table(Switch, ["s"], {"bus": ["2"], "branch_kind": ["lines"], "branch": ["L2"], "closed": [False]})
    run = power_flow(network.replace({"switches": switches}))
    assert run.status is Status.ISLANDED
    assert run.facts["without_supply"] == ["3", "4"]
    assert run.buses.p_MW.loc[[3, 4]].tolist() == [0, 0]
    assert run.buses.p_MW.sum() == pytest.approx(run.losses_MW, abs=1e-7)


def test_generators_without_voltage_control_give_what_they_say():
    network = meshed(0).replace({"generators.g2.holds_voltage": False, "generators.g2.reactive_power": 1e6})
    run = power_flow(network)
    assert run.generators.q_Mvar.loc["g2"] == 1.0
    assert Table(Generator).ids == ()
