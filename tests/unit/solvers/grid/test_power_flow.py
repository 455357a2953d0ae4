"""Power flow against a slow and obvious one, analytic cases, and its own balance."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from networks import TWO_BUSES, dense_power_flow, meshed, radial

import joulebook as jb
from joulebook.core.errors import DivergedError, InputError, TopologyError
from joulebook.grid import Network, Table, power_flow
from joulebook.grid.elements import Bus, ExternalGrid, Generator, Line, Load
from joulebook.grid.interchange import read_network
from joulebook.grid.plan import compiled


@pytest.mark.parametrize("seed", range(8))
def test_voltages_are_those_of_dense_newton(seed):
    network = meshed(seed)
    run = power_flow(network)
    expected = dense_power_flow(network)
    assert np.allclose(run["voltage"], np.abs(expected), rtol=0, atol=1e-9)
    assert np.allclose(run["angle"], np.rad2deg(np.angle(expected)), rtol=0, atol=1e-7)


@pytest.mark.parametrize("start", ["flat", "dc", "case"])
def test_every_start_leads_to_the_same_solution(start):
    network = meshed(3)
    assert np.allclose(power_flow(network, start=start)["voltage"], power_flow(network)["voltage"], rtol=0, atol=1e-9)


def test_two_buses_agree_with_the_closed_form():
    """V2 solves V^4 + (2(RP + XQ) - V1^2) V^2 + (R^2 + X^2)(P^2 + Q^2) = 0 without line charging."""
    network, _ = read_network(TWO_BUSES.replace("0.02 100", "0 100").replace("0  5  1", "0  0  1").encode())
    run = power_flow(network, tolerance=1e-12)
    r, x, p, q, v1 = 0.01, 0.1, 0.5, 0.2, 1.02
    b = 2 * (r * p + x * q) - v1**2
    c = (r**2 + x**2) * (p**2 + q**2)
    assert run.buses.voltage_pu.loc[2] == pytest.approx(math.sqrt((-b + math.sqrt(b**2 - 4 * c)) / 2), abs=1e-12)
    losses = r * (p**2 + q**2) / run.buses.voltage_pu.loc[2] ** 2
    assert run.losses_MW == pytest.approx(100 * losses, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_power_is_conserved(seed):
    """What sources give equals what loads and branches take, at every bus and overall."""
    network = meshed(seed)
    run = power_flow(network, tolerance=1e-11)
    table = run.branches
    into = run.buses[["p_MW", "q_Mvar"]].copy()
    for end, bus in (("from", "from_bus"), ("to", "to_bus")):
        into["p_MW"] -= table.groupby(bus)[f"p_{end}_MW"].sum().reindex(into.index, fill_value=0)
        into["q_Mvar"] -= table.groupby(bus)[f"q_{end}_Mvar"].sum().reindex(into.index, fill_value=0)
    assert np.abs(into.to_numpy()).max() < 1e-8
    assert run.buses.p_MW.sum() == pytest.approx(run.losses_MW, abs=1e-8)
    assert table.p_loss_MW.sum() == pytest.approx(run.losses_MW, abs=1e-10)


def test_tables_are_indexed_by_the_numbers_of_the_case():
    network, _ = read_network(TWO_BUSES.encode())
    run = power_flow(network)
    assert run.buses.index.tolist() == [1, 2]
    assert list(run.buses.columns) == ["voltage_pu", "angle_deg", "p_MW", "q_Mvar"]
    assert run.branches.loc["1-2", "from_bus"] == "1"
    assert run.branches.loc["1-2", "loading_percent"] > 0
    assert run.generators.loc[1, "p_MW"] == pytest.approx(50 + run.losses_MW, abs=1e-6)


def test_results_are_saved_with_their_network(tmp_path):
    run = power_flow(radial())
    loaded = jb.grid.PowerFlowResult.load(run.save(tmp_path / "feeder.run.nc"))
    assert np.array_equal(loaded["voltage"], run["voltage"])
    assert loaded.buses.equals(run.buses)
    assert loaded.losses_MW == run.losses_MW
    assert loaded.provenance.design["name"] == "feeder"
    assert loaded.branches.loc["L1", "p_from_MW"] == run.branches.loc["L1", "p_from_MW"]


def test_a_plan_is_shared_by_networks_that_differ_in_values():
    light, heavy = radial(6, 1e6), radial(6, 2e6)
    assert compiled(light).plan is compiled(heavy).plan
    assert compiled(light).plan is not compiled(radial(7)).plan


def test_an_island_without_reference_chooses_its_largest_machine():
    two = Network(
        name="two islands",
        buses=Table(Bus, ["1", "2", "3", "4", "5"], {"nominal_voltage": [20e3] * 5}),
        external_grids=Table(ExternalGrid, ["net"], {"bus": ["1"]}),
        lines=Table(
            Line,
            ["a", "b"],
            {"from_bus": ["1", "3"], "to_bus": ["2", "4"], "resistance": [0.1, 0.1], "reactance": [0.5, 0.5]},
        ),
        generators=Table(
            Generator,
            ["small", "large"],
            {"bus": ["3", "4"], "active_power": [1e6, 1e6], "maximum_power": [2e6, 9e6], "voltage": [1.0, 1.0]},
        ),
        loads=Table(Load, ["2", "3"], {"bus": ["2", "3"], "active_power": [2e6, 3e6]}),
    )
    run = power_flow(two)
    assert run.facts["slack"] == ["large", "net"]
    assert run.facts["islands"] == 2
    assert run.facts["without_supply"] == ["5"]
    assert np.isnan(run.buses.voltage_pu.loc[5])
    assert run.generators.loc["large", "p_MW"] == pytest.approx(2 + run.branches.p_loss_MW.loc["b"], abs=1e-6)


def test_a_network_that_nothing_feeds_is_refused():
    network = radial().replace({"external_grids": {}})
    with pytest.raises(TopologyError, match="Nothing holds a voltage"):
        power_flow(network)


def test_beyond_the_nose_there_is_no_solution():
    with pytest.raises(DivergedError, match="no solution") as caught:
        power_flow(radial(4, 500e6))
    assert caught.value.partial.stats.residual > 0


def test_damping_reaches_what_plain_newton_does_not():
    """Near the nose the plain method from a flat start may fail; the ladder must end at a true solution."""
    for load in (20e6, 30e6, 34e6):
        run = power_flow(radial(3, load))
        assert run.stats.residual < 1e-8


@pytest.mark.parametrize(
    "options",
    [{"method": "magic"}, {"start": "hot"}, {"tolerance": 0.0}, {"tolerance": math.nan}, {"max_iterations": 0}],
)
def test_options_that_mean_nothing_are_refused(options):
    with pytest.raises(InputError, match=next(iter(options))):
        power_flow(radial(), **options)


def test_nothing_is_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = power_flow(meshed(1))
        assert "Solved" in repr(run)
        assert run.to_dataframe().shape == (12, 5)


@pytest.mark.parametrize("network", [radial(5), meshed(2)])
def test_voltages_and_loadings_are_drawn(network):
    import holoviews

    run = power_flow(network)
    both = run.plot()
    assert isinstance(both, holoviews.Layout) and len(both) == 2
    bars = run.plot("loading")
    assert len(bars) == run.branches.loading_percent.notna().sum()
    assert holoviews.render(run.plot("voltage"), backend="bokeh") is not None
    with pytest.raises(InputError, match="voltage, loading"):
        run.plot("colour")


def test_a_solve_carries_little_overhead():
    """No DataFrame, no digest, no document is made until it is asked for."""
    run = power_flow(radial())
    assert not {"variables", "provenance", "facts", "buses", "branches"} & set(vars(run))
    assert run.losses_MW > 0
    assert "facts" in vars(run) and "provenance" not in vars(run)


def test_a_pivoting_solver_agrees():
    from joulebook.grid.pivoting import newton_with_pivoting
    from joulebook.grid.setup import setup_of, start_state
    from joulebook.grid.working import Working

    network = meshed(4)
    setup = setup_of(network)
    working = Working(setup)
    state = working.start(*start_state(setup, "flat"))
    status, residual = newton_with_pivoting(working, state, 1e-10, 20)
    assert status == 0 and residual < 1e-10
    position = setup.compiled.plan.elimination.position
    assert np.allclose(state.magnitude[position], power_flow(network, tolerance=1e-10)["voltage"], rtol=0, atol=1e-9)


def test_connections_of_almost_no_impedance_end_at_rounding():
    network = radial(4).replace({"lines.L2.resistance": 0.0, "lines.L2.reactance": 1e-10})
    run = power_flow(network)
    assert run.facts.get("tolerance_reached", run.stats.residual) == run.stats.residual < 1e-3
    assert run.buses.voltage_pu.loc[2] == pytest.approx(run.buses.voltage_pu.loc[3], abs=1e-7)
    assert "tolerance_reached" not in power_flow(radial(4)).facts
