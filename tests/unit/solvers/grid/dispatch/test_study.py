"""Optimal power flow: prices, limits, conflicts, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from joulebook.core.errors import InfeasibleError, InputError, MissingInputError
from joulebook.core.results import Result
from joulebook.grid import Network, OptimalPowerFlowResult, optimal_power_flow, power_flow
from joulebook.grid.dispatch.formulation import formulate


def triangle(**changes) -> Network:
    """Three buses, two machines, one load; the line between the machines has a rating."""
    document = {
        "name": "triangle",
        "base_power": 100e6,
        "buses": {
            name: {"nominal_voltage": 110e3, "minimum_voltage": 0.95, "maximum_voltage": 1.05}
            for name in ("1", "2", "3")
        },
        "lines": {
            "12": {"from_bus": "1", "to_bus": "2", "resistance": 1.21, "reactance": 12.1},
            "13": {"from_bus": "1", "to_bus": "3", "resistance": 1.21, "reactance": 12.1, "susceptance": 1e-4},
            "23": {"from_bus": "2", "to_bus": "3", "resistance": 2.42, "reactance": 12.1},
        },
        "generators": {
            "a": machine("1", [0.0, 20.0, 0.02]) | {"reference": True},
            "b": machine("2", [0.0, 30.0, 0.05]),
        },
        "loads": {"load": {"bus": "3", "active_power": 150e6, "reactive_power": 40e6}},
    }
    network = Network(**document)
    return network.replace(changes) if changes else network


def machine(bus: str, coefficients: list[float]) -> dict:
    return {
        "bus": bus,
        "active_power": 0.0,
        "minimum_power": 0.0,
        "maximum_power": 200e6,
        "minimum_reactive": -100e6,
        "maximum_reactive": 100e6,
        "cost": {"coefficients": coefficients},
    }


def independent(network: Network) -> float:
    """Cost by sequential quadratic programming on dense complex matrices."""
    data = formulate(network, None).data
    n, ng = len(data.demand), len(data.generator_bus)
    y = data.admittance[:, 0::2] + 1j * data.admittance[:, 1::2]
    f, t = data.ends.T

    def parts(x):
        v = x[n : 2 * n] * np.exp(1j * x[:n])
        s_f = v[f] * np.conj(y[:, 0] * v[f] + y[:, 1] * v[t])
        s_t = v[t] * np.conj(y[:, 2] * v[f] + y[:, 3] * v[t])
        balance = data.demand @ [1, 1j] + np.abs(v) ** 2 * np.conj(data.shunt @ [1, 1j])
        np.add.at(balance, f, s_f)
        np.add.at(balance, t, s_t)
        np.subtract.at(balance, data.generator_bus, x[2 * n : 2 * n + ng] + 1j * x[2 * n + ng :])
        return balance, s_f, s_t

    def cost(x):
        return sum(np.polyval(row[::-1], p) for row, p in zip(data.cost, x[2 * n : 2 * n + ng], strict=True)) / 1e3

    limited = np.isfinite(data.flow_limit)
    rules = [{"type": "eq", "fun": lambda x: np.concatenate([parts(x)[0].real, parts(x)[0].imag])}]
    if limited.any():
        rules.append({"type": "ineq", "fun": lambda x: (data.flow_limit - np.abs(parts(x)[1]))[limited]})
        rules.append({"type": "ineq", "fun": lambda x: (data.flow_limit - np.abs(parts(x)[2]))[limited]})
    limits = [(0, 0) if fixed else (-1, 1) for fixed in data.reference]
    limits += [tuple(pair) for pair in data.voltage_limits]
    limits += [tuple(pair) for pair in data.generator_limits[:, :2]] + [
        tuple(pair) for pair in data.generator_limits[:, 2:]
    ]
    start = np.concatenate([np.zeros(n), np.ones(n), np.full(ng, 0.75), np.full(ng, 0.2)])
    found = minimize(
        cost, start, bounds=limits, constraints=rules, method="SLSQP", options={"ftol": 1e-14, "maxiter": 500}
    )
    assert found.success, found.message
    return float(found.fun) * 1e3


@pytest.mark.parametrize(
    "changes",
    [{}, {"lines.13.current_rating": 350.0}, {"buses.3.maximum_voltage": 0.98, "generators.a.maximum_reactive": 1e7}],
)
def test_costs_are_those_of_another_optimiser(changes):
    network = triangle(**changes)
    assert optimal_power_flow(network).cost == pytest.approx(independent(network), rel=2e-6)


def test_prices_are_the_slopes_of_the_cost():
    network = triangle(**{"lines.13.current_rating": 350.0})
    found = optimal_power_flow(network, tolerance=1e-9)
    step = 1e4
    for path, price in (("active_power", "price_per_MWh"), ("reactive_power", "reactive_price_per_Mvarh")):
        value = network.value_at(f"loads.load.{path}")
        up, down = (
            optimal_power_flow(network.replace({f"loads.load.{path}": value + sign * step}), tolerance=1e-9).cost
            for sign in (1, -1)
        )
        assert (up - down) / (2 * step / 1e6) == pytest.approx(found.buses[price][3], rel=1e-4, abs=1e-4)
    rating = 350.0 * np.sqrt(3) * 110e3 / 1e6
    more = optimal_power_flow(network.replace({"lines.13.current_rating": 350.0 * 1.001}), tolerance=1e-9).cost
    assert (found.cost - more) / (rating * 0.001) == pytest.approx(found.branches["price_per_MVAh"]["13"], rel=2e-2)


def test_limits_hold_and_bind():
    found = optimal_power_flow(triangle(**{"lines.13.current_rating": 350.0}))
    assert found.branches["loading_percent"]["13"] == pytest.approx(100, abs=1e-3)
    assert found.buses["voltage_pu"].between(0.95 - 1e-6, 1.05 + 1e-6).all()
    check = power_flow(found.to_network(), start="case")
    np.testing.assert_allclose(check.generators["p_MW"], found.generators["p_MW"], atol=1e-4)
    assert check.branches["loading_percent"]["13"] <= 110  # in amperes at less than nominal voltage


def test_a_straight_cost_is_the_same_in_points():
    straight = {"a": [0.0, 20.0], "b": [0.0, 30.0]}
    polynomial = triangle(**{f"generators.{name}.cost": {"coefficients": c} for name, c in straight.items()})
    corners = {name: [[0.0, 0.0], [50.0, 50 * c[1]], [200.0, 200 * c[1]]] for name, c in straight.items()}
    costs = {f"generators.{name}.cost": {"kind": "piecewise", "points": row} for name, row in corners.items()}
    points = triangle(**costs)
    for formulation in ("ac", "dc"):
        one, other = (optimal_power_flow(network, formulation=formulation) for network in (polynomial, points))
        assert one.cost == pytest.approx(other.cost, rel=1e-6)


def test_segments_are_filled_from_the_cheapest():
    points = [[0.0, 0.0], [60.0, 600.0], [200.0, 7600.0]]
    network = triangle(**{"generators.a.cost": {"kind": "piecewise", "points": points}})
    found = optimal_power_flow(network)
    assert found.generators["p_MW"]["a"] == pytest.approx(60.0, abs=1e-2)


def test_capability_curves_hold():
    curve = [[0.0, -5e7, 5e7], [8e7, -4e7, 4e7], [2e8, -1e6, 1e6]]
    found = optimal_power_flow(triangle(**{"generators.a.capability": curve}))
    p, q = found.generators.loc["a", ["p_MW", "q_Mvar"]]
    assert q <= np.interp(p, [0, 80, 200], [50, 40, 1]) + 1e-3


def test_loads_that_follow_the_voltage():
    network = triangle(**{"loads.load.current_share": 0.5, "loads.load.impedance_share": 0.3})
    found = optimal_power_flow(network)
    v = found.buses["voltage_pu"][3]
    into = found.branches.loc[["13", "23"], "p_to_MW"].sum()
    assert -into == pytest.approx(150 * (0.2 + 0.5 * v + 0.3 * v * v), rel=1e-6)


def test_angle_limits_bind():
    free = np.deg2rad(optimal_power_flow(triangle()).buses["angle_deg"])
    limit = 0.95 * float(free[1] - free[3])
    found = np.deg2rad(optimal_power_flow(triangle(**{"lines.13.maximum_angle": limit})).buses["angle_deg"])
    assert found[1] - found[3] == pytest.approx(limit, abs=1e-6)


def test_external_grids_need_a_price():
    network = triangle()
    document = network.to_document()
    document["external_grids"] = {"grid": {"bus": "1"}}
    del document["generators"]["a"]
    network = Network.from_document(document)
    with pytest.raises(MissingInputError, match="import_price"):
        optimal_power_flow(network)
    cheap, dear = (optimal_power_flow(network, import_price=price) for price in (10.0, 100.0))
    assert cheap.generators["p_MW"]["b"] < dear.generators["p_MW"]["b"]


@pytest.mark.parametrize("formulation", ["ac", "dc"])
def test_conflicts_name_what_is_missing_and_why(formulation):
    network = triangle(**{"loads.load.active_power": 480e6})
    with pytest.raises(InfeasibleError, match="generator a, largest active power 200 MW") as caught:
        optimal_power_flow(network, formulation=formulation)
    table = caught.value.partial.conflict
    missing = table[table["limit"] == "active power missing"]["value"].sum()
    assert 79.9 < missing < 100  # what two machines of 200 MW lack, and losses
    narrow = triangle(**{"lines.13.current_rating": 100.0, "lines.23.current_rating": 100.0})
    with pytest.raises(InfeasibleError, match="line 13, rating"):
        optimal_power_flow(narrow, formulation=formulation)


def test_outages_stay_within_emergency_ratings():
    ratings = {
        f"lines.{name}.emergency_rating": amperes for name, amperes in (("12", 300.0), ("13", 900.0), ("23", 900.0))
    }
    network = triangle(**ratings, **{"generators.a.cost": {"coefficients": [0.0, 5.0]}})
    free = optimal_power_flow(network, formulation="dc")
    secure = optimal_power_flow(network, formulation="dc", outages=["13"])
    rating = 300.0 * np.sqrt(3) * 110e3 / 1e6
    assert abs(flows_after(network, free, "13")[0]) > rating + 1
    assert abs(flows_after(network, secure, "13")[0]) == pytest.approx(rating)
    assert secure.cost > free.cost
    assert secure.secured[["branch", "outage"]].to_numpy().tolist() == [["12", "13"]]


def flows_after(network: Network, found: OptimalPowerFlowResult, outage: str):
    """Flows of the linear equations after an outage, MW, from a dense solve."""
    left = [line for line in network.lines if line != outage]
    b = np.array([110e3**2 / network.lines[line].reactance / 1e6 for line in left])
    ends = np.array([[int(network.lines[line].from_bus) - 1, int(network.lines[line].to_bus) - 1] for line in left])
    incidence = np.zeros((len(left), 3))
    incidence[np.arange(len(left)), ends[:, 0]] = 1
    incidence[np.arange(len(left)), ends[:, 1]] = -1
    injected = np.array([*found.generators["p_MW"], -150.0])
    angle = np.zeros(3)
    angle[1:] = np.linalg.solve((incidence.T * b @ incidence)[1:, 1:], injected[1:])
    return b * (incidence @ angle)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"formulation": "linear"}, "formulation"),
        ({"start": "warm"}, "start"),
        ({"tolerance": 0.0}, "tolerance"),
        ({"max_iterations": 0}, "max_iterations"),
        ({"outages": "all"}, "outages"),
        ({"formulation": "dc", "outages": ["99"]}, "outages"),
    ],
)
def test_options_are_checked(options, word):
    with pytest.raises(InputError, match=word):
        optimal_power_flow(triangle(), **options)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"buses.1.minimum_voltage": 1.2}, "minimum_voltage"),
        ({"generators.a.minimum_power": 3e8}, "minimum_power"),
        ({"generators.a.cost": {"kind": "piecewise", "points": [[0, 0], [50, 2000], [100, 2100]]}}, "convex"),
        ({"generators.a.cost": {"kind": "piecewise", "points": [[0, 0]]}}, "two or more points"),
        ({"generators.a.capability": [[0.0, -1e7, 1e7], [1e8, -1e7, 5e6], [2e8, -1e7, 8e6]]}, "bulge"),
    ],
)
def test_contradictions_are_named(changes, word):
    with pytest.raises(InputError, match=word):
        optimal_power_flow(triangle(**changes))


def test_concave_costs_need_the_full_form():
    network = triangle(**{"generators.a.cost": {"coefficients": [0.0, 20.0, -0.01]}})
    with pytest.raises(InputError, match="convex polynomial"):
        optimal_power_flow(network, formulation="dc")


def test_results_are_kept(tmp_path):
    found = optimal_power_flow(triangle())
    back = Result.load(found.save(tmp_path / "a.run.nc"))
    assert isinstance(back, OptimalPowerFlowResult)
    assert back.cost == pytest.approx(found.cost)
    np.testing.assert_allclose(back.buses["price_per_MWh"], found.buses["price_per_MWh"])
    assert back.to_network() == found.to_network()


@settings(max_examples=25, deadline=None)
@given(
    load=st.floats(10e6, 300e6),
    reactive=st.floats(-50e6, 50e6),
    rating=st.floats(100.0, 2000.0),
    slope=st.floats(1.0, 100.0),
)
def test_every_outcome_is_an_optimum_or_an_explanation(load, reactive, rating, slope):
    network = triangle(
        **{
            "loads.load.active_power": load,
            "loads.load.reactive_power": reactive,
            "lines.13.current_rating": rating,
            "lines.23.current_rating": rating,
            "generators.b.cost": {"coefficients": [0.0, slope, 0.01]},
        }
    )
    try:
        found = optimal_power_flow(network)
    except InfeasibleError as error:
        assert len(error.partial.conflict)
    else:
        assert found.branches["loading_percent"].max() <= 100.01


def test_a_network_with_too_much_load_is_no_optimum():
    network = Network.named("case39")
    heavy = network.replace({"loads.active_power": 1.3 * network.loads.active_power})
    with pytest.raises(InfeasibleError, match="generator 31, largest active power 646 MW") as caught:
        optimal_power_flow(heavy)
    missing = caught.value.partial.conflict.query("limit == 'active power missing'")["value"].sum()
    assert missing > 1.3 * 6254.23 - 7367  # the load less all generation; losses come on top
