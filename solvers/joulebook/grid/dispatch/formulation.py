"""From a network to the arrays of an optimal power flow.

Generators with both limits of active power are dispatched; what gives no limits stays at its set point. Reactive power
is free within its limits where a generator gives both, or the source holds the voltage, and fixed elsewhere.
Transformer ratios, shunt steps and the power of direct-current links stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue, MissingInputError
from joulebook.grid.dispatch.linear import LinearData
from joulebook.grid.dispatch.problem import DispatchData
from joulebook.grid.injections import EXTERNAL_GRID, GENERATOR
from joulebook.grid.plan import compiled
from joulebook.grid.supply import supply_of

if TYPE_CHECKING:
    from joulebook.grid.arrays import NetworkArrays
    from joulebook.grid.elements import Cost
    from joulebook.grid.network import Network

__all__ = ["VOLTAGE_LIMITS", "Formulation", "formulate", "linear_of"]

Array = NDArray[np.float64]
VOLTAGE_LIMITS = (0.9, 1.1)
"""Per unit; of buses that give none."""
_STAR_LIMITS = (0.5, 1.5)
_MEGA = 1e6


@dataclass(frozen=True, eq=False)
class Formulation:
    """An optimal power flow, and how its rows belong to the network.

    Parameters
    ----------
    network : Network
        The network.
    arrays : NetworkArrays
        Its numbers.
    data : DispatchData
        The problem.
    row_of_node : ndarray of int32, shape (n_nodes,)
        Row in the problem; -1 for nodes without supply.
    node_of_row : ndarray of int32, shape (n,)
        Node of each row.
    branches : ndarray of int, shape (m,)
        Branches of the problem, as they are numbered in the arrays.
    sources : ndarray of int, shape (ng,)
        Sources of the problem, as they are numbered in the arrays.
    dispatched : ndarray of bool, shape (ng,)
        Whether the active power is chosen.
    emergency : ndarray, shape (m,)
        Rating after an outage, per unit; infinite where there is none.
    notes : tuple of str
        What was assumed.
    """

    network: Network
    arrays: NetworkArrays
    data: DispatchData
    row_of_node: NDArray[np.int32]
    node_of_row: NDArray[np.int32]
    branches: NDArray[np.intp]
    sources: NDArray[np.intp]
    dispatched: NDArray[np.bool_]
    emergency: Array
    notes: tuple[str, ...]


def formulate(network: Network, import_price: float | None) -> Formulation:
    """Build the problem of a network.

    Parameters
    ----------
    network : Network
        With limits and costs.
    import_price : float or None, per MWh
        Of what external grids give.

    Returns
    -------
    Formulation
        The problem.

    Raises
    ------
    MissingInputError
        If nothing has a cost, or an external grid no price.
    InputError
        If limits contradict one another, or a cost is not convex.
    """
    ready = compiled(network)
    arrays, supply = ready.arrays, supply_of(ready.arrays)
    row_of_node = np.where(supply.dead, -1, np.cumsum(~supply.dead) - 1).astype(np.int32)
    node_of_row = np.flatnonzero(~supply.dead).astype(np.int32)
    all_branches, all_sources = arrays.branches, arrays.sources
    alive = all_branches.in_service & (all_branches.from_node >= 0) & (all_branches.to_node >= 0)
    alive &= ~supply.dead[all_branches.from_node] & (arrays.y_ft != 0.0)
    chosen = np.flatnonzero(alive)
    picked = np.flatnonzero(all_sources.in_service & ~supply.dead[np.maximum(all_sources.node, 0)])
    notes: list[str] = []
    limits, dispatched = _source_limits(network, arrays, picked, notes)
    cost, segments = _costs(network, arrays, picked, dispatched, import_price, notes)
    injected = arrays.injections
    variable = np.bincount(all_sources.node[picked], all_sources.active[picked], arrays.n_nodes)
    fixed_q = picked[~all_sources.holds[picked]]  # only these are among the injections
    variable_q = np.bincount(all_sources.node[fixed_q], all_sources.reactive[fixed_q], arrays.n_nodes)
    demand = np.stack([variable - injected.active, variable_q - injected.reactive], axis=1)[node_of_row]
    limit_by_voltage = _voltage_limits(network, arrays, notes)[node_of_row]
    start = np.stack([arrays.start_angle, arrays.start_voltage], axis=1)[node_of_row]
    fixed = np.zeros(arrays.n_nodes, bool)
    fixed[all_sources.node[supply.slack]] = True
    start[:, 0] = np.where(fixed, np.nan_to_num(supply.angle), arrays.start_angle)[node_of_row]
    admittance = np.stack([part[chosen] for part in (arrays.y_ff, arrays.y_ft, arrays.y_tf, arrays.y_tt)], axis=1)
    shunt = arrays.shunt + _open_ended(arrays, alive)
    data = DispatchData(
        demand=demand,
        current=-np.stack([injected.active_current, injected.reactive_current], axis=1)[node_of_row],
        shunt=np.stack([shunt.real, shunt.imag], axis=1)[node_of_row],
        voltage_limits=limit_by_voltage,
        start=start,
        reference=fixed[node_of_row],
        ends=row_of_node[np.stack([all_branches.from_node[chosen], all_branches.to_node[chosen]], axis=1)],
        admittance=admittance.view(np.float64).reshape(len(chosen), 8),
        flow_limit=np.where(all_branches.rating[chosen] > 0.0, all_branches.rating[chosen], np.inf),
        angle_limits=_angle_limits(network)[chosen],
        generator_bus=row_of_node[all_sources.node[picked]],
        generator_limits=limits,
        cost=cost,
        segments=segments,
        edges=_capability(network, arrays, picked),
    )
    emergency = _emergency(network, arrays)[chosen]
    return Formulation(
        network, arrays, data, row_of_node, node_of_row, chosen, picked, dispatched, emergency, tuple(notes)
    )


def _open_ended(arrays: NetworkArrays, alive: NDArray[np.bool_]) -> NDArray[np.complex128]:
    """What branches with one open end are, seen from the other: an admittance to earth."""
    out = np.zeros(arrays.n_nodes, np.complex128)
    branches = arrays.branches
    open_ended = np.flatnonzero(branches.in_service & ~alive)
    for node, values in ((branches.from_node, arrays.y_ff), (branches.to_node, arrays.y_tt)):
        at = node[open_ended]
        np.add.at(out, at[at >= 0], values[open_ended][at >= 0])
    return out


def _voltage_limits(network: Network, arrays: NetworkArrays, notes: list[str]) -> Array:
    low, high = np.full(arrays.n_nodes, -np.inf), np.full(arrays.n_nodes, np.inf)
    buses, node = network.buses, arrays.node_of_bus
    on = node >= 0
    np.fmax.at(low, node[on], buses.column("minimum_voltage")[on])
    np.fmin.at(high, node[on], buses.column("maximum_voltage")[on])
    real = arrays.bus_of_node >= 0
    none = int(np.count_nonzero(real & (np.isinf(low) | np.isinf(high))))
    if none:
        notes.append(f"{none} buses give no voltage limits: {VOLTAGE_LIMITS[0]:g} to {VOLTAGE_LIMITS[1]:g} per unit")
    low = np.where(np.isinf(low), np.where(real, VOLTAGE_LIMITS[0], _STAR_LIMITS[0]), low)
    high = np.where(np.isinf(high), np.where(real, VOLTAGE_LIMITS[1], _STAR_LIMITS[1]), high)
    crossed = np.flatnonzero(low > high)
    if len(crossed):
        raise InputError(
            [
                Issue(
                    f"buses.{buses.ids[arrays.bus_of_node[at]]}.minimum_voltage",
                    float(low[at]),
                    f"must be at most the upper limit, {high[at]:g}",
                    "Buses that closed switches join share the narrowest limits",
                )
                for at in crossed
            ],
            network.name,
        )
    return np.stack([low, high], axis=1)


def _source_limits(
    network: Network, arrays: NetworkArrays, picked: NDArray[np.intp], notes: list[str]
) -> tuple[Array, NDArray[np.bool_]]:
    """Least and largest P and Q, and which active powers are chosen."""
    sources, table, base = arrays.sources, network.generators, network.base_power
    limits = np.stack(
        [
            sources.active,
            sources.active,
            np.where(sources.holds, sources.minimum_reactive, sources.reactive),
            np.where(sources.holds, sources.maximum_reactive, sources.reactive),
        ],
        axis=1,
    )
    ours = sources.kind == GENERATOR
    rows = sources.row[ours]
    free = ours & np.isfinite(sources.minimum_reactive) & np.isfinite(sources.maximum_reactive)
    limits[free, 2], limits[free, 3] = sources.minimum_reactive[free], sources.maximum_reactive[free]
    low, high = table.column("minimum_power")[rows] / base, table.column("maximum_power")[rows] / base
    both = ~np.isnan(low) & ~np.isnan(high)
    at = np.flatnonzero(ours)
    limits[at[both], 0], limits[at[both], 1] = low[both], high[both]
    outside = sources.kind == EXTERNAL_GRID
    limits[outside, 0], limits[outside, 1] = -np.inf, np.inf
    dispatched = outside.copy()
    dispatched[at[both]] = True
    issues = []
    for source in picked.tolist():
        for first, what in ((0, "power"), (2, "reactive")):
            if limits[source, first] > limits[source, first + 1] and ours[source]:
                identifier = table.ids[sources.row[source]]
                issues.append(
                    Issue(
                        f"generators.{identifier}.minimum_{what}",
                        float(limits[source, first] * base),
                        f"must be at most the upper limit, {limits[source, first + 1] * base:g}",
                        unit="W" if first == 0 else "var",
                    )
                )
    if issues:
        raise InputError(issues, network.name)
    fixed = int(np.count_nonzero(ours[picked] & ~dispatched[picked]))
    if fixed:
        notes.append(f"{fixed} generators give no limits of active power and stay at their set point")
    return limits[picked], dispatched[picked]


def _costs(
    network: Network,
    arrays: NetworkArrays,
    picked: NDArray[np.intp],
    dispatched: NDArray[np.bool_],
    import_price: float | None,
    notes: list[str],
) -> tuple[Array, tuple[tuple[int, Array], ...]]:
    """Polynomials of the active power per unit, and segments of piecewise-linear ones."""
    sources, base = arrays.sources, network.base_power / _MEGA
    costs = network.generators.column("cost")
    polynomials: list[list[float]] = []
    segments: list[tuple[int, Array]] = []
    missing, issues = 0, []
    for number, source in enumerate(picked.tolist()):
        row = int(sources.row[source])
        coefficients: list[float] = [0.0]
        if sources.kind[source] == EXTERNAL_GRID:
            if import_price is None:
                path = f"external_grids.{network.external_grids.ids[row]}"
                hint = "Give import_price= to optimal_power_flow, or replace the grid by a generator with a cost"
                issues.append(Issue(path, None, "no price is known for what it gives", hint))
            else:
                coefficients = [0.0, import_price * base]
        elif sources.kind[source] == GENERATOR and dispatched[number]:
            cost: Cost | None = costs[row]
            if cost is None:
                missing += 1
            elif cost.kind == "polynomial":
                coefficients = [value * base**power for power, value in enumerate(cost.coefficients)] or [0.0]
            else:
                lines = _segments(f"generators.{network.generators.ids[row]}.cost.points", cost, base)
                segments.append((number, lines))
        polynomials.append(coefficients)
    if issues:
        raise MissingInputError(issues, network.name)
    if missing == int(np.count_nonzero(dispatched)) and not segments:
        raise MissingInputError(
            Issue(
                "generators.cost",
                None,
                "no generator that can be dispatched has a cost",
                "Give generators minimum_power, maximum_power and a cost",
            ),
            network.name,
        )
    if missing:
        notes.append(f"{missing} generators give no cost and count as free")
    degree = max(len(row) for row in polynomials)
    table = np.zeros((len(polynomials), max(degree, 2)))
    for number, row_values in enumerate(polynomials):
        table[number, : len(row_values)] = row_values
    return table, tuple(segments)


def _segments(path: str, cost: Cost, base: float) -> Array:
    points = np.array(cost.points, float).reshape(-1, 2)
    if len(points) < 2 or np.any(np.diff(points[:, 0]) <= 0.0):
        raise InputError(Issue(path, None, "needs two or more points of rising power"))
    slopes = np.diff(points[:, 1]) / np.diff(points[:, 0])
    if np.any(np.diff(slopes) < -1e-9 * np.max(np.abs(slopes), initial=1.0)):
        raise InputError(
            Issue(path, None, "is not convex: a later segment is cheaper than an earlier one", "Use its convex hull")
        )
    intercepts = points[:-1, 1] - slopes * points[:-1, 0]
    return np.column_stack([slopes * base, intercepts])


def _capability(network: Network, arrays: NetworkArrays, picked: NDArray[np.intp]) -> tuple[tuple[int, Array], ...]:
    """Edges of capability curves: lines through neighbouring points, which bound a convex region."""
    sources, base = arrays.sources, network.base_power
    curves = network.generators.column("capability")
    found: list[tuple[int, Array]] = []
    for number, source in enumerate(picked.tolist()):
        if sources.kind[source] != GENERATOR or len(curves[int(sources.row[source])]) < 2:
            continue
        path = f"generators.{network.generators.ids[int(sources.row[source])]}.capability"
        points = np.array(curves[int(sources.row[source])], float) / base
        step = np.diff(points, axis=0)
        if np.any(step[:, 0] <= 0.0):
            raise InputError(Issue(path, None, "active power must rise from point to point"))
        lower, upper = step[:, 1] / step[:, 0], step[:, 2] / step[:, 0]
        if np.any(np.diff(lower) < -1e-9) or np.any(np.diff(upper) > 1e-9):
            raise InputError(Issue(path, None, "must bulge outwards everywhere", "Take out the points that lie inside"))
        ones = np.ones(len(step))
        high = np.column_stack([-upper, ones, points[:-1, 2] - upper * points[:-1, 0]])
        low = np.column_stack([lower, -ones, lower * points[:-1, 0] - points[:-1, 1]])
        found.append((number, np.vstack([high, low])))
    return tuple(found)


def _angle_limits(network: Network) -> Array:
    """Of lines, transformers and windings; infinite where there is none."""
    parts = []
    for table in (network.lines, network.transformers):
        low, high = table.column("minimum_angle"), table.column("maximum_angle")
        none = np.isnan(low) & np.isnan(high)
        quarter = np.pi
        low = np.where(none, -np.inf, np.where(np.isnan(low), -quarter, low))
        high = np.where(none, np.inf, np.where(np.isnan(high), quarter, high))
        parts.append(np.stack([low, high], axis=1))
    windings = 3 * len(network.three_winding_transformers)
    parts.append(np.tile([-np.inf, np.inf], (windings, 1)))
    return np.vstack(parts)


def _emergency(network: Network, arrays: NetworkArrays) -> Array:
    """Rating after an outage: the emergency rating, else the short-time one, else the continuous one."""
    out = arrays.branches.rating.copy()
    nominal = network.buses.column("nominal_voltage")[network.buses.positions(network.lines.column("from_bus"))]
    n_lines, n_two = len(network.lines), len(network.transformers)
    lines, two = out[:n_lines], out[n_lines : n_lines + n_two]
    for name in ("short_time_rating", "emergency_rating"):
        amperes = network.lines.column(name) * np.sqrt(3.0) * nominal / network.base_power
        lines[:] = np.where(np.isnan(amperes), lines, amperes)
        powers = network.transformers.column(name) / network.base_power
        two[:] = np.where(np.isnan(powers), two, powers)
    return np.where(out > 0.0, out, np.inf)


def linear_of(problem: Formulation) -> LinearData:
    """Linearise a problem: voltages of one, small angles, no losses.

    Parameters
    ----------
    problem : Formulation
        The problem.

    Returns
    -------
    LinearData
        Its linear form.

    Raises
    ------
    InputError
        If a cost is of higher than second degree, or concave.
    """
    data, branches = problem.data, problem.arrays.branches
    chosen = problem.branches
    names = problem.network.generators.ids
    issues: list[Issue] = []
    for number, row in enumerate(data.cost):
        concave = row.shape[0] > 2 and row[2] < 0.0
        if concave or np.any(row[3:] != 0.0):
            name = names[int(problem.arrays.sources.row[problem.sources[number]])]
            rule = "the linear formulation needs a convex polynomial of second degree at most"
            issues.append(Issue(f"generators.{name}.cost", None, rule, 'Take formulation="ac", or points'))
    if issues:
        raise InputError(issues, problem.network.name)
    cost: Any = np.zeros((len(data.cost), 3))
    cost[:, : min(3, data.cost.shape[1])] = data.cost[:, :3]
    planed = [number for number, _ in data.segments]
    cost[planed] = 0.0
    reactance = branches.impedance[chosen].imag
    reactance = np.where(np.abs(reactance) > 1e-9, reactance, np.abs(branches.impedance[chosen]))
    return LinearData(
        demand=data.demand[:, 0] + data.current[:, 0] + data.shunt[:, 0],
        reference=data.reference,
        ends=data.ends,
        susceptance=1.0 / (reactance * np.abs(branches.ratio[chosen])),
        shift=np.angle(branches.ratio[chosen]),
        limit=data.flow_limit,
        angle_limits=data.angle_limits,
        generator_bus=data.generator_bus,
        generator_limits=data.generator_limits[:, :2],
        cost=cost,
        segments=data.segments,
    )
