"""Put an AC optimal power flow into the order and shape that its loops want."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.dispatch.arrays import Branches, Buses, Generators, Iterate, make_iterate, make_work
from joulebook.grid.dispatch.interior_point import LOOP
from joulebook.numerics.elimination import Elimination, analyse
from joulebook.numerics.saddle_lu import make_room

__all__ = ["DispatchData", "Optimum", "scale_of", "solve_dispatch"]

Array = NDArray[np.float64]
_FIXED = 1e-9
"""Limits that are closer together than this, per unit, fix a value."""


@dataclass(frozen=True)
class DispatchData:
    """An AC optimal power flow in per unit, in the order of the network.

    Parameters
    ----------
    demand, current, shunt : ndarray, shape (n, 2)
        Of each bus: P and Q drawn; the part that goes with the voltage; conductance and susceptance.
    voltage_limits : ndarray, shape (n, 2)
        Least and largest.
    start : ndarray, shape (n, 2)
        Angle and voltage.
    reference : ndarray of bool, shape (n,)
        Buses whose angle stays at its start.
    ends : ndarray of int, shape (m, 2)
        Of each branch.
    admittance : ndarray, shape (m, 8)
        g and b of y_ff, y_ft, y_tf, y_tt.
    flow_limit : ndarray, shape (m,)
        Apparent power; infinite for none.
    angle_limits : ndarray, shape (m, 2)
        Least and largest angle difference; infinite for none.
    generator_bus : ndarray of int, shape (ng,)
        Where each source is.
    generator_limits : ndarray, shape (ng, 4)
        Least and largest P, least and largest Q; infinite for none.
    cost : ndarray, shape (ng, degree + 1)
        Polynomial of P per unit, from the constant upwards.
    segments : tuple of (int, ndarray, shape (n, 2))
        Sources with piecewise-linear costs: number, and slope and intercept of each segment.
    edges : tuple of (int, ndarray, shape (n, 3))
        Capability curves: number, and a_p, a_q, b of each edge ``a_p P + a_q Q ≤ b``.
    reactive_cost : ndarray, shape (ng,), optional
        Per per unit of Q; none where left out.
    """

    demand: Array
    current: Array
    shunt: Array
    voltage_limits: Array
    start: Array
    reference: NDArray[np.bool_]
    ends: NDArray[np.int32]
    admittance: Array
    flow_limit: Array
    angle_limits: Array
    generator_bus: NDArray[np.int32]
    generator_limits: Array
    cost: Array
    segments: tuple[tuple[int, Array], ...] = ()
    edges: tuple[tuple[int, Array], ...] = ()
    reactive_cost: Array | None = None


@dataclass(frozen=True)
class Optimum:
    """What the loop found, in the order of the network.

    Parameters
    ----------
    status : int
        Of :mod:`joulebook.grid.dispatch.interior_point`.
    cost : float
        Per hour.
    angle, voltage : ndarray, shape (n,)
        Of the buses, rad and per unit.
    price : ndarray, shape (n, 2)
        Multipliers of the balances: cost per hour of one more per unit drawn, active and reactive.
    generation : ndarray, shape (ng, 2)
        P and Q.
    voltage_price : ndarray, shape (n, 2)
        Multipliers of the least and the largest voltage.
    flow_price : ndarray, shape (m, 2)
        Multipliers of the limits of apparent power at ``from`` and ``to``; zero where there is none.
    flow : ndarray, shape (m, 4)
        P and Q at ``from``, then at ``to``.
    iterations : int
        Taken.
    conditions : ndarray, shape (5,)
        Feasibility, gradient, complementarity, change of cost, largest imbalance.
    linear_residual : float
        Worst of the linear solves.
    """

    status: int
    cost: float
    angle: Array
    voltage: Array
    price: Array
    generation: Array
    voltage_price: Array
    flow_price: Array
    flow: Array
    iterations: int
    conditions: Array
    linear_residual: float


def scale_of(data: DispatchData) -> float:
    """Choose the unit of money in which multipliers are near one.

    Parameters
    ----------
    data : DispatchData
        The problem.

    Returns
    -------
    float
        To divide costs by.
    """
    middle = np.clip(0.0, *_finite(data.generator_limits[:, :2]).T)
    slopes = [
        np.abs(np.polynomial.polynomial.polyval(p, np.polynomial.polynomial.polyder(row)))
        for p, row in zip(middle, data.cost, strict=True)
    ]
    slopes += [float(np.max(np.abs(lines[:, 0]))) for _, lines in data.segments]
    largest = max((float(slope) for slope in slopes), default=1.0)
    return largest if largest > 0.0 else 1.0


def solve_dispatch(
    data: DispatchData, tolerance: float = 1e-6, most: int = 200, elimination: Elimination | None = None
) -> Optimum:
    """Solve an AC optimal power flow.

    Parameters
    ----------
    data : DispatchData
        The problem.
    tolerance : float
        Of the optimality conditions, scaled.
    most : int
        Iterations allowed.
    elimination : Elimination, optional
        Of the buses' graph, if it is known.

    Returns
    -------
    Optimum
        Where the loop ended; see ``status``.
    """
    known = elimination or analyse(len(data.demand), data.ends[:, 0], data.ends[:, 1])
    money = scale_of(data)
    buses, branches, generators, twin = _permuted(data, known, money)
    factors = make_room(known)
    at = make_iterate(buses, branches, generators)
    _start(data, known, at, generators, money)
    work = make_work(buses, branches, generators, len(known.matrix.index))
    report = np.zeros(8)
    status = LOOP.cpu(buses, branches, generators, factors, twin, at, work, tolerance, most, report)
    return _unpermuted(data, known, money, branches, at, work, int(status), report)


def _permuted(data: DispatchData, known: Elimination, money: float) -> tuple[Buses, Branches, Generators, Any]:
    n, order = known.n, known.order
    start, index = known.matrix.start, known.matrix.index.astype(np.int64)
    rows = np.repeat(np.arange(n, dtype=np.int64), np.diff(start))
    keys = rows * n + index
    ends = known.position[data.ends].astype(np.int64)
    place = np.stack([np.searchsorted(keys, ends @ [n, 1]), np.searchsorted(keys, ends @ [1, n])], axis=1)
    low, high = data.voltage_limits[order].T
    fixed = np.stack([data.reference[order], high - low < _FIXED], axis=1)
    buses = Buses(
        data.demand[order],
        data.current[order],
        data.shunt[order],
        np.where(fixed[:, 1], -1e3, low),
        np.where(fixed[:, 1], 1e3, high),
        fixed,
        np.searchsorted(keys, np.arange(n, dtype=np.int64) * (n + 1)).astype(np.int32),
    )
    limited = np.isfinite(data.flow_limit)
    angled = np.isfinite(data.angle_limits).all(axis=1)
    branches = Branches(
        ends.astype(np.int32),
        np.ascontiguousarray(data.admittance, dtype=np.float64),
        np.where(limited, data.flow_limit, 0.0) ** 2,
        _numbered(limited),
        np.where(angled[:, None], data.angle_limits, 0.0),
        _numbered(angled),
        place.astype(np.int32),
    )
    return buses, branches, _generators(data, known, money), np.searchsorted(keys, index * n + rows).astype(np.int32)


def _numbered(chosen: NDArray[np.bool_]) -> NDArray[np.int32]:
    return np.where(chosen, np.cumsum(chosen) - 1, -1).astype(np.int32)


def _generators(data: DispatchData, known: Elimination, money: float) -> Generators:
    ng = len(data.generator_bus)
    limits = data.generator_limits
    fixed = np.stack([limits[:, 1] - limits[:, 0] < _FIXED, limits[:, 3] - limits[:, 2] < _FIXED], axis=1)
    parts: list[Array] = []
    owner: list[NDArray[np.int64]] = []
    for side, (column, sign, what) in enumerate([(0, -1.0, 0), (1, 1.0, 0), (2, -1.0, 1), (3, 1.0, 1)]):
        chosen = np.flatnonzero(np.isfinite(limits[:, column]) & ~fixed[:, side // 2])
        rows = np.zeros((len(chosen), 4))
        rows[:, what] = sign
        rows[:, 3] = sign * limits[chosen, column]
        parts.append(rows)
        owner.append(chosen)
    has_y = np.zeros(ng, bool)
    for number, lines in data.segments:
        has_y[number] = True
        ones = np.ones(len(lines))
        parts.append(np.column_stack([lines[:, 0] / money, 0 * ones, -ones, -lines[:, 1] / money]))
        owner.append(np.full(len(lines), number))
    for number, edges in data.edges:
        parts.append(np.column_stack([edges[:, :2], np.zeros(len(edges)), edges[:, 2]]))
        owner.append(np.full(len(edges), number))
    owners = np.concatenate(owner) if owner else np.zeros(0, np.int64)
    by_owner = np.argsort(owners, kind="stable")
    first = np.zeros(ng + 1, np.int32)
    np.cumsum(np.bincount(owners, minlength=ng), out=first[1:])
    return Generators(
        bus=known.position[data.generator_bus].astype(np.int32),
        cost=np.where(has_y[:, None], 0.0, data.cost) / money,
        reactive_cost=np.zeros(ng) if data.reactive_cost is None else data.reactive_cost / money,
        has_y=has_y,
        fixed=fixed,
        start=first,
        rows=np.vstack(parts)[by_owner],
    )


def _finite(limits: Array) -> Array:
    """Limits without infinities: what has only one side starts there, what has none at zero."""
    low, high = limits[:, 0], limits[:, 1]
    low, high = np.where(np.isfinite(low), low, high), np.where(np.isfinite(high), high, low)
    return np.where(np.isfinite(np.stack([low, high], axis=1)), np.stack([low, high], axis=1), 0.0)


def _start(data: DispatchData, known: Elimination, at: Iterate, generators: Generators, money: float) -> None:
    at.bus[:, 0] = data.start[known.order, 0]
    fixed = data.voltage_limits[:, 1] - data.voltage_limits[:, 0] < _FIXED
    middle = np.where(fixed, data.voltage_limits[:, 0], data.start[:, 1])
    at.bus[:, 1] = middle[known.order]
    at.bus[:, 2] = 1.0
    at.generator[:, 0] = _finite(data.generator_limits[:, :2]).mean(axis=1)
    at.generator[:, 1] = _finite(data.generator_limits[:, 2:]).mean(axis=1)
    for number, lines in data.segments:
        at.generator[number, 2] = np.max(lines[:, 0] * at.generator[number, 0] + lines[:, 1]) / money


def _unpermuted(
    data: DispatchData,
    known: Elimination,
    money: float,
    branches: Branches,
    at: Iterate,
    work: Any,
    status: int,
    report: Array,
) -> Optimum:
    buses = at.bus[known.position]
    flow_price = np.zeros((len(data.ends), 2))
    limited = branches.limited >= 0
    first = 2 * known.n
    flow_price[limited] = at.multiplier[first : first + 2 * int(limited.sum())].reshape(-1, 2)
    flow_price *= 2.0 * np.sqrt(branches.limit)[:, None] * money  # of the square to the power itself
    both = at.multiplier[: 2 * known.n].reshape(-1, 2)[known.position] * money
    return Optimum(
        status=status,
        cost=float(report[0]) * money,
        angle=buses[:, 0].copy(),
        voltage=buses[:, 1].copy(),
        price=buses[:, 2:] * money,
        generation=at.generator[:, :2].copy(),
        voltage_price=both[:, ::-1].copy(),
        flow_price=flow_price,
        flow=work.flow.copy(),
        iterations=int(report[1]),
        conditions=report[2:7].copy(),
        linear_residual=float(report[7]),
    )
