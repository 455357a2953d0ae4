"""Columns of a power flow's tables, made from the solver's arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.flows import FROM_I, FROM_P, FROM_Q, TO_I, TO_P, TO_Q
from joulebook.grid.injections import GENERATOR, motor_power

if TYPE_CHECKING:
    from joulebook.grid.network import Network
    from joulebook.grid.power_flow_result import Solution

__all__ = [
    "branch_columns",
    "branch_ends",
    "branch_ids",
    "bus_columns",
    "facts_of",
    "generator_columns",
    "identifiers",
    "source_powers",
]

Column = tuple[NDArray[np.float64], str, str]
_NUMBER_DIGITS = 15


def identifiers(ids: tuple[str, ...]) -> NDArray[Any]:
    """Give identifiers as numbers where all of them are plain ones.

    Parameters
    ----------
    ids : tuple of str
        Of a table.

    Returns
    -------
    ndarray of int64 or of str, shape (n,)
        In the order of the table.
    """
    plain = all(item.isascii() and item.isdigit() and (item[0] != "0" or item == "0") for item in ids)
    if ids and plain and max(map(len, ids)) <= _NUMBER_DIGITS:
        return np.array(ids, np.int64)
    return np.array(ids, object)


def branch_ids(network: Network) -> NDArray[Any]:
    """Identifiers of branches: lines, transformers, then ``identifier/1``, ``/2``, ``/3`` for windings.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    ndarray of str, shape (n_branches,)
        In the order of the branches.
    """
    windings = [f"{item}/{winding}" for winding in (1, 2, 3) for item in network.three_winding_transformers.ids]
    return np.array([*network.lines.ids, *network.transformers.ids, *windings], object)


def branch_ends(network: Network) -> tuple[list[str], list[str], list[str]]:
    """Say what branches are and where they end.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    kinds, first, second : list of str
        ``"line"``, ``"transformer"`` or ``"winding"``; buses, an empty one for a star point.
    """
    lines, two, three = network.lines, network.transformers, network.three_winding_transformers
    kinds = ["line"] * len(lines) + ["transformer"] * len(two) + ["winding"] * (3 * len(three))
    first = [*lines.column("from_bus"), *two.column("from_bus")]
    for winding in (1, 2, 3):
        first += list(three.column(f"bus_{winding}"))
    second = [*lines.column("to_bus"), *two.column("to_bus"), *[""] * (3 * len(three))]
    return kinds, first, second


def voltages(solution: Solution) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Voltages of nodes in their own order; NaN where there is no supply.

    Parameters
    ----------
    solution : Solution
        The solver's arrays.

    Returns
    -------
    magnitude, angle : ndarray, shape (n_nodes,), per unit and rad
        Of each node.
    """
    position = solution.setup.compiled.plan.elimination.position
    magnitude, angle = solution.state.magnitude[position], solution.state.angle[position]
    dead = solution.setup.supply.dead
    return np.where(dead, np.nan, magnitude), np.where(dead, np.nan, angle)


def source_powers(solution: Solution) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share the power of each node among its sources.

    What a node gives, less what is constant there, is taken up by its references in proportion to their size, and its
    reactive power by all sources that hold the voltage, in proportion to their ranges.

    Parameters
    ----------
    solution : Solution
        The solver's arrays.

    Returns
    -------
    active, reactive : ndarray, shape (n_sources,), per unit
        Into the network; NaN where there is no supply, zero out of service.
    """
    setup = solution.setup
    arrays = setup.compiled.arrays
    sources, supply = arrays.sources, setup.supply
    injected = arrays.injections
    position = setup.compiled.plan.elimination.position
    into = solution.into[position]
    magnitude = solution.state.magnitude[position]
    active = np.where(sources.in_service, sources.active, 0.0)
    taking = supply.slack & sources.in_service
    shift = np.zeros(len(sources)) if solution.shift is None else np.where(taking, 0.0, solution.shift)
    active += shift
    reactive = np.where(sources.in_service, sources.reactive, 0.0)
    n = arrays.n_nodes
    missing_p = into[:, 0] - injected.active - magnitude * injected.active_current
    missing_p -= np.bincount(sources.node[sources.in_service], shift[sources.in_service], n)
    missing_q = into[:, 1] - injected.reactive - magnitude * injected.reactive_current
    size = np.where(np.isnan(sources.maximum_active) | (sources.maximum_active <= 0), 1.0, sources.maximum_active)
    active += _shared(n, sources.node, taking, size, missing_p)
    holding = sources.in_service & sources.holds
    low = np.where(np.isfinite(sources.minimum_reactive), sources.minimum_reactive, 0.0)
    span = sources.maximum_reactive - sources.minimum_reactive
    bounded = np.isfinite(span) & (span > 0)
    at_node = np.zeros(n, bool)
    at_node[sources.node[holding & ~bounded]] = True
    even = at_node[sources.node]
    base = np.where(even, 0.0, low)
    reactive[holding] = base[holding]
    left = missing_q - np.bincount(sources.node[holding], base[holding], n)
    reactive += _shared(n, sources.node, holding, np.where(even, 1.0, span), left)
    lost = supply.dead[np.maximum(sources.node, 0)] & sources.in_service
    return np.where(lost, np.nan, active), np.where(lost, np.nan, reactive)


def _shared(
    n: int, node: NDArray[np.int32], taking: NDArray[np.bool_], weight: NDArray[np.float64], total: NDArray[np.float64]
) -> NDArray[np.float64]:
    out = np.zeros(len(node))
    at = node[taking]
    sums = np.bincount(at, weight[taking], n)
    out[taking] = total[at] * weight[taking] / sums[at]
    return out


def bus_columns(solution: Solution, powers: tuple[NDArray[np.float64], NDArray[np.float64]]) -> dict[str, Column]:
    """Columns by bus.

    Parameters
    ----------
    solution : Solution
        The solver's arrays.
    powers : tuple of ndarray
        Of :func:`source_powers`.

    Returns
    -------
    dict of str to tuple
        Values, unit and label by name.
    """
    network, arrays = solution.network, solution.setup.compiled.arrays
    base = arrays.base_power
    node = arrays.node_of_bus
    magnitude, angle = voltages(solution)
    off = node < 0
    voltage = np.where(off, np.nan, magnitude[node])
    n = len(network.buses)
    p, q = np.zeros(n), np.zeros(n)
    for kind, name in enumerate(("generators", "external_grids", "converters", "hvdc_lines", "hvdc_lines")):
        table = getattr(network, name)
        if len(table):
            column = ("bus", "bus", "bus", "from_bus", "to_bus")[kind]
            bus = network.buses.positions(table.column(column))
            rows = arrays.sources.kind == kind
            np.add.at(p, bus, powers[0][rows] * base)
            np.add.at(q, bus, powers[1][rows] * base)
    for bus, active, reactive in _drawn(network, voltage):
        np.subtract.at(p, bus, active)
        np.subtract.at(q, bus, reactive)
    dead = np.isnan(voltage)
    return {
        "voltage": (voltage, "pu", "Voltage"),
        "angle": (np.rad2deg(np.where(off, np.nan, angle[node])), "°", "Angle"),
        "p": (np.where(dead, 0.0, p) / 1e6, "MW", "Active power into the network"),
        "q": (np.where(dead, 0.0, q) / 1e6, "Mvar", "Reactive power into the network"),
    }


def _drawn(network: Network, voltage: NDArray[np.float64]) -> list[tuple[Any, Any, Any]]:
    """Power of loads and motors at the voltages found, W and var."""
    out = []
    loads = network.loads
    if len(loads):
        bus = network.buses.positions(loads.column("bus"))
        v = voltage[bus]
        current, impedance = loads.column("current_share"), loads.column("impedance_share")
        factor = np.where(loads.column("in_service"), 1.0 - current - impedance + current * v + impedance * v**2, 0.0)
        out.append((bus, loads.column("active_power") * factor, loads.column("reactive_power") * factor))
    motors = network.motors
    if len(motors):
        active, reactive = motor_power(network)
        on = motors.column("in_service")
        out.append((network.buses.positions(motors.column("bus")), active * on, reactive * on))
    return out


def branch_columns(solution: Solution) -> dict[str, Column]:
    """Columns by branch.

    Parameters
    ----------
    solution : Solution
        The solver's arrays.

    Returns
    -------
    dict of str to tuple
        Values, unit and label by name.
    """
    mega = solution.setup.compiled.arrays.base_power / 1e6
    through = solution.through
    current = np.sqrt(np.maximum(through[:, FROM_I], through[:, TO_I]))
    return {
        "p_from": (through[:, FROM_P] * mega, "MW", "Active power into the branch at its from end"),
        "q_from": (through[:, FROM_Q] * mega, "Mvar", "Reactive power into the branch at its from end"),
        "p_to": (through[:, TO_P] * mega, "MW", "Active power into the branch at its to end"),
        "q_to": (through[:, TO_Q] * mega, "Mvar", "Reactive power into the branch at its to end"),
        "loss": ((through[:, FROM_P] + through[:, TO_P]) * mega, "MW", "Active power lost"),
        "loading": (100.0 * current / solution.setup.compiled.arrays.branches.rating, "%", "Loading"),
    }


def generator_columns(solution: Solution, powers: tuple[NDArray[np.float64], NDArray[np.float64]]) -> dict[str, Column]:
    """Columns by generator.

    Parameters
    ----------
    solution : Solution
        The solver's arrays.
    powers : tuple of ndarray
        Of :func:`source_powers`.

    Returns
    -------
    dict of str to tuple
        Values, unit and label by name.
    """
    arrays = solution.setup.compiled.arrays
    mega = arrays.base_power / 1e6
    rows = arrays.sources.kind == GENERATOR
    node = arrays.sources.node[rows]
    magnitude = voltages(solution)[0]
    return {
        "p": (powers[0][rows] * mega, "MW", "Active power into the network"),
        "q": (powers[1][rows] * mega, "Mvar", "Reactive power into the network"),
        "voltage": (np.where(node < 0, np.nan, magnitude[node]), "pu", "Voltage"),
    }


def facts_of(solution: Solution) -> dict[str, Any]:
    """Single values of a solution.

    Parameters
    ----------
    solution : Solution
        The solver's arrays.

    Returns
    -------
    dict
        JSON-able.
    """
    setup, network = solution.setup, solution.network
    arrays = setup.compiled.arrays
    mega = arrays.base_power / 1e6
    through = solution.through
    names = (network.generators, network.external_grids, network.converters)
    slack = [
        names[kind].ids[row]
        for kind, row in zip(
            arrays.sources.kind[setup.supply.slack].tolist(),
            arrays.sources.row[setup.supply.slack].tolist(),
            strict=True,
        )
    ]
    facts: dict[str, Any] = {
        "losses_MW": float((through[:, FROM_P] + through[:, TO_P]).sum() * mega),
        "losses_Mvar": float((through[:, FROM_Q] + through[:, TO_Q]).sum() * mega),
        "slack": slack,
        "islands": len(np.unique(arrays.island[~setup.supply.dead])),
    }
    if setup.supply.chosen:
        facts["slack_chosen"] = True
    facts.update(solution.facts)
    without = np.flatnonzero((arrays.node_of_bus >= 0) & setup.supply.dead[np.maximum(arrays.node_of_bus, 0)])
    if len(without):
        facts["without_supply"] = [network.buses.ids[bus] for bus in without]
    return facts
