"""Variables of an optimal power flow's result, from the loops' arrays to the network's own order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.results import Variable
from joulebook.grid.injections import GENERATOR
from joulebook.grid.power_flow_tables import branch_ids, identifiers

if TYPE_CHECKING:
    from joulebook.grid.dispatch.formulation import Formulation
    from joulebook.grid.dispatch.linear import LinearOptimum
    from joulebook.grid.dispatch.problem import Optimum

__all__ = ["full_variables", "linear_variables", "total_cost"]

Array = NDArray[np.float64]


def full_variables(problem: Formulation, found: Optimum) -> dict[str, Variable]:
    """Variables of the full form.

    Parameters
    ----------
    problem : Formulation
        The problem.
    found : Optimum
        Its optimum.

    Returns
    -------
    dict of str to Variable
        By bus, branch and generator.
    """
    base = problem.network.base_power / 1e6
    out = _dimensions(problem)
    out["voltage"] = _by_bus(problem, found.voltage, "pu", "Voltage")
    out["angle"] = _by_bus(problem, np.rad2deg(found.angle), "°", "Angle")
    out["price"] = _by_bus(problem, found.price[:, 0] / base, "1/MWh", "Price of active power")
    out["reactive_price"] = _by_bus(problem, found.price[:, 1] / base, "1/Mvarh", "Price of reactive power")
    out["lowest_voltage_price"] = _by_bus(problem, found.voltage_price[:, 0], "1/h", "Price of the lowest voltage")
    out["highest_voltage_price"] = _by_bus(problem, found.voltage_price[:, 1], "1/h", "Price of the highest voltage")
    for column, name in enumerate(("p_from", "q_from", "p_to", "q_to")):
        unit = "MW" if column % 2 == 0 else "Mvar"
        label = f"{'Active' if column % 2 == 0 else 'Reactive'} power at “{name[2:]}”"
        out[f"branch_{name}"] = _by_branch(problem, found.flow[:, column] * base, unit, label)
    apparent = np.maximum(np.hypot(found.flow[:, 0], found.flow[:, 1]), np.hypot(found.flow[:, 2], found.flow[:, 3]))
    out["branch_loading"] = _by_branch(problem, 100 * apparent / problem.data.flow_limit, "%", "Loading")
    out["branch_price"] = _by_branch(problem, np.max(found.flow_price, axis=1) / base, "1/MVAh", "Price of the rating")
    return out | _generators(problem, found.generation)


def linear_variables(problem: Formulation, found: LinearOptimum) -> dict[str, Variable]:
    """Variables of the linear form.

    Parameters
    ----------
    problem : Formulation
        The problem.
    found : LinearOptimum
        Its optimum.

    Returns
    -------
    dict of str to Variable
        By bus, branch and generator.
    """
    base = problem.network.base_power / 1e6
    out = _dimensions(problem)
    out["voltage"] = _by_bus(problem, np.ones(len(found.angle)), "pu", "Voltage")
    out["angle"] = _by_bus(problem, np.rad2deg(found.angle), "°", "Angle")
    out["price"] = _by_bus(problem, found.price / base, "1/MWh", "Price of active power")
    out["branch_p_from"] = _by_branch(problem, found.flow * base, "MW", "Active power at “from”")
    out["branch_p_to"] = _by_branch(problem, -found.flow * base, "MW", "Active power at “to”")
    loading = 100 * np.abs(found.flow) / problem.data.flow_limit
    out["branch_loading"] = _by_branch(problem, loading, "%", "Loading")
    out["branch_price"] = _by_branch(problem, found.flow_price / base, "1/MVAh", "Price of the rating")
    generation = np.stack([found.generation, np.full(len(found.generation), np.nan)], axis=1)
    return out | _generators(problem, generation)


def total_cost(problem: Formulation, active: Array) -> float:
    """Cost of a dispatch.

    Parameters
    ----------
    problem : Formulation
        The problem.
    active : ndarray, shape (ng,), per unit
        Power of each source.

    Returns
    -------
    float
        Per hour.
    """
    return float(np.sum(_costs(problem, active)[0]))


def _costs(problem: Formulation, active: Array) -> tuple[Array, Array]:
    """Cost per hour, and slope per per unit, of each source."""
    data = problem.data
    cost, slope = np.zeros(len(active)), np.zeros(len(active))
    for power in range(data.cost.shape[1] - 1, -1, -1):
        slope = slope * active + cost
        cost = cost * active + data.cost[:, power]
    for number, lines in data.segments:
        values = lines[:, 0] * active[number] + lines[:, 1]
        best = int(np.argmax(values))
        cost[number], slope[number] = values[best], lines[best, 0]
    return cost, slope


def _dimensions(problem: Formulation) -> dict[str, Variable]:
    network = problem.network
    return {
        "bus": Variable(("bus",), identifiers(network.buses.ids), "", "Bus"),
        "branch": Variable(("branch",), branch_ids(network), "", "Branch"),
        "generator": Variable(("generator",), identifiers(network.generators.ids), "", "Generator"),
    }


def _by_bus(problem: Formulation, values: Array, unit: str, label: str) -> Variable:
    node = problem.arrays.node_of_bus
    row = np.where(node >= 0, problem.row_of_node[np.maximum(node, 0)], -1)
    return Variable(("bus",), np.where(row >= 0, values[np.maximum(row, 0)], np.nan), unit, label)


def _by_branch(problem: Formulation, values: Array, unit: str, label: str) -> Variable:
    out = np.full(len(problem.arrays.branches), np.nan)
    out[problem.branches] = values
    return Variable(("branch",), out, unit, label)


def _generators(problem: Formulation, generation: Array) -> dict[str, Variable]:
    sources, table = problem.arrays.sources, problem.network.generators
    base = problem.network.base_power / 1e6
    ours = np.flatnonzero(sources.kind[problem.sources] == GENERATOR)
    rows = sources.row[problem.sources[ours]]
    cost, slope = _costs(problem, generation[:, 0])

    def column(values: Array, unit: str, label: str) -> Variable:
        out = np.full(len(table), np.nan)
        out[rows] = values[ours]
        return Variable(("generator",), out, unit, label)

    limits = problem.data.generator_limits * base
    found: dict[str, Any] = {
        "generator_p": column(generation[:, 0] * base, "MW", "Active power"),
        "generator_q": column(generation[:, 1] * base, "Mvar", "Reactive power"),
        "generator_minimum_p": column(limits[:, 0], "MW", "Least active power"),
        "generator_maximum_p": column(limits[:, 1], "MW", "Largest active power"),
        "generator_cost": column(cost, "1/h", "Cost"),
        "generator_marginal_cost": column(slope / base, "1/MWh", "Cost of one more megawatt-hour"),
    }
    return found
