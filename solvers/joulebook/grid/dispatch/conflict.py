"""Why no dispatch satisfies all limits: the least power that would have to be left out, and what stands in the way.

Every bus gets a source that may give or take any active and reactive power at a cost of one per unit of each, and
generation costs nothing. This problem has a solution wherever the limits of voltages and flows allow one without load.
What its sources give is the smallest violation of the balances; limits with a price in it are those that cause it.

References
----------
Chinneck 2008, Feasibility and Infeasibility in Optimization, doi:10.1007/978-0-387-74932-7, chapter 6 (elastic
programs).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.grid.dispatch.interior_point import SOLVED
from joulebook.grid.dispatch.linear import LinearData, LinearOptimum, solve_linear
from joulebook.grid.dispatch.problem import DispatchData, Optimum, solve_dispatch

if TYPE_CHECKING:
    from joulebook.grid.dispatch.formulation import Formulation

__all__ = ["conflict_of", "conflict_of_linear", "elastic", "elastic_linear"]

_PENALTY = 1.0
_VISIBLE = 1e-5
"""Per unit of violation, and of price in relation to the penalty, from which it is listed."""


def elastic(data: DispatchData) -> DispatchData:
    """Let every bus give and take power at a cost, and nothing else cost anything.

    Parameters
    ----------
    data : DispatchData
        The problem without a solution.

    Returns
    -------
    DispatchData
        Its elastic form; the added sources come last, two per bus: those that give, then those that take.
    """
    n, ng = len(data.demand), len(data.generator_bus)
    limits = np.vstack([np.tile([0.0, np.inf], (n, 2)), np.tile([-np.inf, 0.0], (n, 2))])
    slope = np.concatenate([np.zeros(ng), np.full(n, _PENALTY), np.full(n, -_PENALTY)])
    return dataclasses.replace(
        data,
        generator_bus=np.concatenate([data.generator_bus, np.arange(n), np.arange(n)]).astype(np.int32),
        generator_limits=np.vstack([data.generator_limits, limits]),
        cost=np.stack([np.zeros(ng + 2 * n), slope], axis=1),
        segments=(),
        reactive_cost=slope,
    )


def elastic_linear(data: LinearData) -> LinearData:
    """The same for the linear form.

    Parameters
    ----------
    data : LinearData
        The problem without a solution.

    Returns
    -------
    LinearData
        Its elastic form; the added sources come last, one per bus.
    """
    n, ng = len(data.demand), len(data.generator_bus)
    cone = np.array([[_PENALTY, 0.0], [-_PENALTY, 0.0]])
    return dataclasses.replace(
        data,
        generator_bus=np.concatenate([data.generator_bus, np.arange(n)]).astype(np.int32),
        generator_limits=np.vstack([data.generator_limits, np.tile([-np.inf, np.inf], (n, 1))]),
        cost=np.zeros((ng + n, 3)),
        segments=tuple((ng + bus, cone) for bus in range(n)),
    )


def conflict_of(problem: Formulation, tolerance: float = 1e-6) -> tuple[list[dict[str, Any]], Optimum | None]:
    """Find the limits that leave no solution to a problem in full form.

    Parameters
    ----------
    problem : Formulation
        The problem.
    tolerance : float
        Of the optimality conditions.

    Returns
    -------
    rows : list of dict
        ``element``, ``limit``, ``value``, ``unit``, ``price``: missing power at buses first, then the limits that cause
        it by price; empty where even the elastic problem was not solved, or nothing is missing.
    optimum : Optimum or None
        The state in which the least is missing.
    """
    found = solve_dispatch(elastic(problem.data), tolerance)
    if found.status != SOLVED:
        return [], None
    ng, base = len(problem.data.generator_bus), problem.network.base_power / 1e6
    n = len(problem.data.demand)
    missing = found.generation[ng : ng + n] + found.generation[ng + n :]
    rows = _missing(problem, missing[:, 0], "active power", "MW") + _missing(
        problem, missing[:, 1], "reactive power", "Mvar"
    )
    if not rows:
        return [], found
    limits = _flow_rows(problem, np.max(found.flow_price, axis=1), found.flow)
    for row, prices in enumerate(found.voltage_price):
        for side, (price, word) in enumerate(zip(prices, ("lowest voltage", "highest voltage"), strict=True)):
            if price > _VISIBLE and problem.arrays.bus_of_node[problem.node_of_row[row]] >= 0:
                value = float(problem.data.voltage_limits[row, side])
                limits.append(_row(f"bus {_bus(problem, row)}", word, value, "pu", float(price)))
    limits += _generator_rows(problem, found.generation[:ng], found.price, base)
    return rows + sorted(limits, key=lambda item: -item["price"]), found


def conflict_of_linear(problem: Formulation, data: LinearData) -> tuple[list[dict[str, Any]], LinearOptimum | None]:
    """Find the limits that leave no solution to a problem in linear form.

    Parameters
    ----------
    problem : Formulation
        The problem.
    data : LinearData
        Its linear form.

    Returns
    -------
    rows : list of dict
        As :func:`conflict_of`.
    optimum : LinearOptimum or None
        The state in which the least is missing.
    """
    found = solve_linear(elastic_linear(data))
    if not found.solved:
        return [], None
    ng, base = len(problem.data.generator_bus), problem.network.base_power / 1e6
    rows = _missing(problem, found.generation[ng:], "active power", "MW")
    if not rows:
        return [], found
    flow = np.stack([found.flow, 0 * found.flow, -found.flow, 0 * found.flow], axis=1)
    limits = _flow_rows(problem, found.flow_price, flow)
    price = np.stack([found.price, 0 * found.price], axis=1)
    generation = np.stack([found.generation[:ng], np.full(ng, np.nan)], axis=1)
    limits += _generator_rows(problem, generation, price, base)
    return rows + sorted(limits, key=lambda item: -item["price"]), found


def _row(element: str, limit: str, value: float, unit: str, price: float) -> dict[str, Any]:
    return {"element": element, "limit": limit, "value": value, "unit": unit, "price": price}


def _bus(problem: Formulation, row: int) -> str:
    bus = int(problem.arrays.bus_of_node[problem.node_of_row[row]])
    return problem.network.buses.ids[bus] if bus >= 0 else "star point"


def _missing(problem: Formulation, values: Any, what: str, unit: str) -> list[dict[str, Any]]:
    base = problem.network.base_power / 1e6
    rows = np.flatnonzero(np.abs(values) > _VISIBLE)
    rows = rows[np.argsort(-np.abs(values[rows]))]
    found = []
    for row in rows.tolist():
        word = f"{what} missing" if values[row] > 0 else f"{what} in excess"
        found.append(_row(f"bus {_bus(problem, row)}", word, float(abs(values[row]) * base), unit, 1.0))
    return found


def _flow_rows(problem: Formulation, prices: Any, flow: Any) -> list[dict[str, Any]]:
    from joulebook.grid.power_flow_tables import branch_ends, branch_ids

    names, kinds = branch_ids(problem.network), branch_ends(problem.network)[0]
    base = problem.network.base_power / 1e6
    found = []
    for row in np.flatnonzero(prices > _VISIBLE).tolist():
        branch = int(problem.branches[row])
        rating = float(problem.data.flow_limit[row] * base)
        found.append(_row(f"{kinds[branch]} {names[branch]}", "rating", rating, "MVA", float(prices[row])))
    return found


def _generator_rows(problem: Formulation, generation: Any, price: Any, base: float) -> list[dict[str, Any]]:
    """Generators that stand at a limit although more, or less, of their power is wanted."""
    sources, table = problem.arrays.sources, problem.network.generators
    found = []
    words = ("least active power", "largest active power", "least reactive power", "largest reactive power")
    for number, source in enumerate(problem.sources.tolist()):
        if sources.kind[source] != 0:
            continue
        limits = problem.data.generator_limits[number]
        for side, word in enumerate(words):
            what = side // 2
            wanted = float(price[problem.data.generator_bus[number], what]) * (1 if side % 2 else -1)
            at_limit = abs(generation[number, what] - limits[side]) < 1e-4 * max(1.0, abs(limits[side]))
            if wanted > _VISIBLE and at_limit:
                name = f"generator {table.ids[int(sources.row[source])]}"
                found.append(_row(name, word, float(limits[side] * base), ("MW", "Mvar")[what], wanted))
    return found
