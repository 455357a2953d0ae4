"""Random networks: order does not matter, shares add up; what is typed gives a result or an error that says why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joulebook.core.errors import JoulebookError
from joulebook.grid import Network, short_circuit

FAULTS = ("3ph", "2ph", "2ph-g", "1ph")
GROUPS = ("YNd11", "Dyn5", "YNyn0", "Yd1", "Dd0", "Yzn5")


def random_network(seed: int, order: int = 0) -> Network:
    """Two voltage levels, a random tree with loops, machines, motors, a unit; elements in an order of their own."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 12))
    level = [110e3 if k < n // 2 else 20e3 for k in range(n)]
    buses = {f"B{k}": {"nominal_voltage": level[k]} for k in range(n)}
    pairs = [(k, int(rng.integers(0, k))) for k in range(1, n)] + [tuple(rng.integers(0, n, 2)) for _ in range(3)]
    lines, transformers, marked = {}, {}, set()
    for k, (a, b) in enumerate(pairs):
        if a == b:
            continue
        ends = {"from_bus": f"B{a}", "to_bus": f"B{b}"}
        r, x = rng.uniform(0.05, 1.0), rng.uniform(0.3, 4.0)
        if level[a] == level[b]:
            warm = {"end_temperature": 353.15, "zero_resistance": 2 * r, "zero_reactance": 3 * x}
            lines[f"L{k}"] = {**ends, "resistance": r, "reactance": x, **warm}
        else:
            zero = {"zero_resistance": 0.01, "zero_reactance": 0.09, "vector_group": str(rng.choice(GROUPS))}
            own = {"rated_power": 40e6, "resistance": 0.01, "reactance": 0.1, **zero}
            lower = a if level[a] < level[b] else b
            unit = bool(rng.random() < 0.3) and lower not in marked
            marked |= {lower} if unit else set()
            transformers[f"T{k}"] = {**ends, **own, "power_station_unit": unit}
    grid = {"maximum_fault_power": 3e9, "minimum_fault_power": 2e9, "maximum_rx": 0.1, "minimum_rx": 0.1}
    grids = {"Q": {"bus": "B0", **grid, "zero_over_positive": 2.0, "zero_rx": 0.2}}
    machine = {"active_power": 1e6, "rated_power": 20e6, "rated_power_factor": 0.85, "subtransient_reactance": 0.18}
    machines = {f"G{k}": {"bus": f"B{rng.integers(0, n)}", **machine} for k in range(2)}
    motor = {"rated_power": 2e6, "efficiency": 0.95, "power_factor": 0.88, "locked_rotor_ratio": 5.0}
    plant = {"rated_power": 3e6, "fault_current_ratio": 1.2}
    converters = {"P": {"bus": f"B{n - 2}", "kind": "wind", **plant}, "S": {"bus": "B1", "kind": "battery", **plant}}
    motors = {"M": {"bus": f"B{n - 1}", **motor}}

    def shuffled(table: dict[str, Any]) -> dict[str, Any]:
        names = list(table)
        np.random.default_rng(order).shuffle(names)
        return {name: table[name] for name in names} if order else table

    tables = {
        "buses": buses,
        "lines": lines,
        "transformers": transformers,
        "external_grids": grids,
        "generators": machines,
        "motors": motors,
        "converters": converters,
    }
    return Network(name="Random", **{name: shuffled(table) for name, table in tables.items()})


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("fault", FAULTS)
def test_the_order_of_elements_does_not_matter(seed: int, fault: str) -> None:
    one = short_circuit(random_network(seed), fault, breaker_time=0.1).buses
    other = short_circuit(random_network(seed, order=seed + 1), fault, breaker_time=0.1).buses.loc[one.index]
    assert np.allclose(one.to_numpy(), other.to_numpy(), rtol=1e-9, equal_nan=True)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("fault", FAULTS)
def test_what_flows_to_a_bus_flows_into_its_fault(seed: int, fault: str) -> None:
    network = random_network(seed)
    found = short_circuit(network, fault, buses=list(network.buses))
    for bus in network.buses:
        total = np.zeros(3, complex)
        for name, sign in (("feeds", 1), ("branches", -1)):
            table = getattr(found, name).loc[bus]
            for key, row in table.iterrows():
                elements = getattr(network, key[0])
                column = f"{key[2]}_bus" if name == "branches" else "bus"
                if elements.column(column)[elements.position(key[1])] == bus:
                    sizes, angles = row[["a_kA", "b_kA", "c_kA"]], row[["a_deg", "b_deg", "c_deg"]]
                    total += sign * sizes.to_numpy(float) * np.exp(1j * np.radians(angles.to_numpy(float)))
        assert np.abs(total).max() == pytest.approx(found.buses.ikss_kA[bus], rel=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_cases_and_impedances_are_ordered(seed: int) -> None:
    network = random_network(seed)
    for fault in FAULTS:
        largest = short_circuit(network, fault).buses.ikss_kA
        assert np.all(short_circuit(network, fault, "min").buses.ikss_kA <= largest * (1 + 1e-12))
        if fault != "2ph-g":  # there a resistance to earth may raise the current of one phase
            assert np.all(short_circuit(network, fault, fault_impedance=0.5).buses.ikss_kA <= largest * (1 + 1e-12))
    run = short_circuit(network, breaker_time=0.1, peak_method="C").buses
    assert np.all(run.ip_kA >= 1.02 * np.sqrt(2) * run.ikss_kA * (1 - 1e-12))
    assert np.all(run.ip_kA <= 2 * np.sqrt(2) * run.ikss_kA * (1 + 1e-12))
    assert np.all((run.ib_kA <= run.ikss_kA * (1 + 1e-12)) & (run.ith_kA >= run.ikss_kA))
    assert np.all(run.ik_kA <= run.ikss_kA * (1 + 1e-9))


JUNK: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-3, 10**7) | st.floats() | st.text(max_size=5) | st.just({}) | st.just([])
)
WILD = st.fixed_dictionaries(
    {},
    optional={
        "fault": st.sampled_from(FAULTS) | JUNK,
        "case": st.sampled_from(["max", "min"]) | JUNK,
        "buses": st.lists(st.sampled_from(["B0", "B1", "no"]), max_size=3) | JUNK,
        "along": st.dictionaries(st.sampled_from(["L1", "L2", "T1"]), st.floats(0, 1) | JUNK, max_size=2) | JUNK,
        "fault_impedance": st.complex_numbers(max_magnitude=1e3) | JUNK,
        "peak_method": st.sampled_from("ABC") | JUNK,
        "duration": st.floats(0.01, 10) | JUNK,
        "breaker_time": st.floats(0.02, 1) | JUNK,
        "excitation": st.floats(0, 2) | JUNK,
        "low_voltage_tolerance": st.sampled_from([6, 10]) | JUNK,
        "line_capacitance": st.booleans() | JUNK,
        "defaults": st.sampled_from(["none", "typical"]) | JUNK,
    },
)


@given(WILD, st.integers(0, 20))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_asked_is_answered_or_refused(options: dict[str, Any], seed: int) -> None:
    try:
        found = short_circuit(random_network(seed), **options)
    except JoulebookError as error:
        assert str(error)
    else:
        assert np.isfinite(found.buses.ikss_kA).all()


def wild_network(seed: int) -> dict[str, Any]:
    """Tables with values from the edges of what a document may hold, and some left out."""
    rng = np.random.default_rng(seed)
    edges = (1e-9, 1e-6, -1e-3, -0.1, 1e6, -5.0)

    def value(low: float, high: float) -> float:
        return float(rng.choice(edges)) if rng.random() < 0.2 else float(rng.uniform(low, high))

    def some(values: dict[str, Any]) -> dict[str, Any]:
        return {name: item for name, item in values.items() if rng.random() < 0.98}

    n = int(rng.integers(1, 7))
    volts = rng.choice([400.0, 20e3, 110e3], n)
    buses = {f"B{k}": {"nominal_voltage": float(volts[k]), "in_service": bool(rng.random() < 0.93)} for k in range(n)}

    def bus() -> str:
        return f"B{rng.integers(0, n)}"

    def many(most: int, make: Any) -> list[dict[str, Any]]:
        return [make() for _ in range(int(rng.integers(0, most)))]

    def line() -> dict[str, Any]:
        zero = {"zero_resistance": value(0, 1), "zero_reactance": value(0, 2), "zero_susceptance": value(0, 1e-3)}
        own = {"from_bus": bus(), "to_bus": bus(), "resistance": value(0, 1), "reactance": value(0, 2)}
        return {**own, **some({**zero, "end_temperature": 350.0})}

    def transformer() -> dict[str, Any]:
        zero = {"zero_resistance": value(0, 0.1), "zero_reactance": value(0, 0.2), "to_neutral_resistance": 2.0}
        more = {"zero_magnetising_reactance": value(0, 99), "vector_group": str(rng.choice([*GROUPS, "ZNd5", "YNy0"]))}
        own = {"rated_power": float(rng.choice([1.0, 1e8])), "resistance": value(0, 0.1), "reactance": value(0, 0.2)}
        unit = {"power_station_unit": bool(rng.random() < 0.3), "from_rated_voltage": float(rng.choice([400.0, 20e3]))}
        return {"from_bus": bus(), "to_bus": bus(), **own, **some({**zero, **more, **unit})}

    def three_winding() -> dict[str, Any]:
        names = [
            f"{zero}{part}_{k}" for zero in ("", "zero_") for part in ("resistance", "reactance") for k in (1, 2, 3)
        ]
        group = str(rng.choice(["YNyn0d5", "Yynd", "YNyd", "Dyd"]))
        ends = {f"bus_{k}": bus() for k in (1, 2, 3)}
        return {**ends, "rated_power_1": 1e7, "vector_group": group, **{name: value(0, 0.2) for name in names}}

    def generator() -> dict[str, Any]:
        own = {"rated_power": 1e7, "rated_power_factor": 0.8, "subtransient_reactance": value(0.1, 0.3)}
        more = {"synchronous_reactance": value(1, 2), "zero_reactance": value(0, 0.1), "resistance": value(0, 0.01)}
        return {"bus": bus(), "active_power": 1e6, **some({**own, **more, "negative_reactance": value(0.1, 0.3)})}

    def switch() -> dict[str, Any]:
        return {"bus": bus(), "other_bus": bus(), "closed": bool(rng.random() < 0.5)}

    def grid() -> dict[str, Any]:
        most = {"maximum_fault_power": float(rng.choice([1.0, 1e9])), "maximum_rx": 0.1, "zero_over_positive": 1.0}
        return {"bus": bus(), **some({**most, "minimum_fault_power": 1e8, "minimum_rx": 0.0, "zero_rx": 0.1})}

    lines = [
        item
        for item in many(7, line)
        if buses[item["from_bus"]]["nominal_voltage"] == buses[item["to_bus"]]["nominal_voltage"]
    ]
    tables = {
        "lines": lines,
        "transformers": many(4, transformer),
        "three_winding_transformers": many(2, three_winding),
        "generators": many(3, generator),
        "external_grids": many(3, grid),
        "switches": many(3, switch),
        "converters": many(2, lambda: {"bus": bus(), "rated_power": 1e6, "fault_current_ratio": 1.2}),
    }
    made = {name: {f"X{k}": item for k, item in enumerate(items)} for name, items in tables.items()}
    return {"name": "Wild", "buses": buses, **made}


@pytest.mark.parametrize("seed", range(60))
def test_wild_documents_are_solved_or_refused(seed: int) -> None:
    options = np.random.default_rng(seed)
    try:
        network = Network(**wild_network(seed))
        places = [name for name, item in network.buses.items() if item.in_service]
        for fault in FAULTS:
            asked = {"case": str(options.choice(["max", "min"])), "peak_method": str(options.choice(list("ABC")))}
            asked |= {"buses": list(network.buses)} if options.random() < 0.5 else {}
            asked |= {"breaker_time": 0.1} if options.random() < 0.5 else {}
            asked |= {"excitation": 1.3} if options.random() < 0.3 else {}
            found = short_circuit(network, fault, line_capacitance=bool(options.random() < 0.3), **asked)
            assert np.isfinite(found.buses.ikss_kA[places]).all()
            assert "buses" not in asked or len(found.branches) >= 0
    except JoulebookError as error:
        assert str(error)
