"""What no change of names, order, bases or units may alter in a power flow."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import meshed

from joulebook.grid import Network, contingencies, power_flow

SEEDS = st.integers(0, 200)
FEW = settings(max_examples=15, deadline=None)


def volts(network: Network) -> dict[str, complex]:
    run = power_flow(network, tolerance=1e-11)
    voltage = run["voltage"] * np.exp(1j * np.deg2rad(run["angle"])) * network.buses.nominal_voltage
    return dict(zip(network.buses.ids, voltage, strict=True))


def close(left: dict[str, complex], right: dict[str, complex]) -> bool:
    scale = max(map(abs, left.values()))
    return left.keys() == right.keys() and all(abs(left[key] - right[key]) < 1e-8 * scale for key in left)


@given(SEEDS, st.floats(1e6, 1e9))
@FEW
def test_the_base_power_does_not_matter(seed, base):
    network = meshed(seed)
    assert close(volts(network), volts(network.replace({"base_power": base})))


@given(SEEDS, st.randoms(use_true_random=False))
@FEW
def test_the_order_of_elements_does_not_matter(seed, random):
    network = meshed(seed)
    changes = {}
    for name in ("buses", "lines", "transformers", "loads", "generators"):
        table = getattr(network, name)
        order = list(range(len(table)))
        random.shuffle(order)
        changes[name] = table.rows(order)
    assert close(volts(network), volts(network.replace(changes)))


@given(SEEDS)
@FEW
def test_the_direction_of_lines_does_not_matter(seed):
    network = meshed(seed)
    lines = network.lines
    turned = lines.with_columns({"from_bus": lines.column("to_bus"), "to_bus": lines.column("from_bus")})
    assert close(volts(network), volts(network.replace({"lines": turned})))


@given(SEEDS, st.floats(0.1, 0.9))
@FEW
def test_a_load_may_be_split(seed, share):
    network = meshed(seed)
    load = network.loads["b5"].model_dump(exclude_none=True)
    parts = [
        {**load, "active_power": load["active_power"] * part, "reactive_power": load["reactive_power"] * part}
        for part in (share, 1 - share)
    ]
    assert close(volts(network), volts(network.replace({"loads.b5": parts[0], "loads.b5b": parts[1]})))


@given(SEEDS)
@FEW
def test_lines_of_two_circuits_are_one_of_half_the_impedance(seed):
    network = meshed(seed)
    line = network.lines["l0"].model_dump(exclude_none=True)
    half = {
        **line,
        "resistance": line["resistance"] / 2,
        "reactance": line["reactance"] / 2,
        "susceptance": line["susceptance"] * 2,
    }
    assert close(volts(network.replace({"lines.l0": half})), volts(network.replace({"lines.l0b": line})))


@given(SEEDS)
@FEW
def test_losses_are_those_of_the_currents(seed):
    """Sum of R I² over series branches; no shunt conductance in these networks."""
    network = meshed(seed)
    run = power_flow(network, tolerance=1e-11)
    branches = run.branches
    assert (branches.p_loss_MW > -1e-9).all()
    assert abs(branches.p_loss_MW.sum() - run.losses_MW) < 1e-9
    assert abs(run.buses.p_MW.sum() - run.losses_MW) < 1e-6


@given(SEEDS)
@settings(max_examples=8, deadline=None)
def test_an_outage_is_a_network_without_the_branch(seed):
    network = meshed(seed)
    run = contingencies(network, elements=["l1", "t0"])
    for name in ("l1", "t0"):
        table = "lines" if name == "l1" else "transformers"
        row = run.table.loc[name]
        if row.ending == "solved":
            alone = power_flow(network.replace({f"{table}.{name}.in_service": False}), tolerance=1e-11)
            assert abs(np.nanmin(alone["voltage"]) - row.lowest_voltage_pu) < 1e-7
