"""The linear (DC) optimal power flow, and its security-constrained form, by HiGHS.

Voltages are one and angles small, so a branch of susceptance b carries ``b (θ_f - θ_t - φ)``. Variables are the
angles, the generators' powers, and a cost for each generator whose cost is piecewise linear. Prices are the multipliers
of the buses' balances.

In the security-constrained form no branch may exceed its emergency rating after the outage of any one branch of a list.
After outage k branch l carries ``F_l + d_lk F_k`` with the outage distribution factor d; only those rows enter the
program that would be violated, round by round, until none is.

References
----------
Stott, Jardim, Alsaç 2009, doi:10.1109/TPWRS.2009.2021235 (the linear power flow, equations 1 to 6); Wood, Wollenberg,
Sheblé, Power Generation, Operation and Control, 3rd ed. 2013, section 7.5 (outage distribution factors); Alsaç, Stott
1974, doi:10.1109/TPAS.1974.293972 (security constraints); Huangfu, Hall 2018, doi:10.1007/s12532-017-0130-5 (HiGHS).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import linalg

__all__ = ["LinearData", "LinearOptimum", "outage_flows", "solve_linear"]

Array = NDArray[np.float64]
_SLACK = 1e-6
"""Per unit; a flow after an outage may exceed its rating by this."""
_ROWS_PER_ROUND = 2000
_COLUMNS = 128
_BRIDGE = 1e-8


@dataclass(frozen=True)
class LinearData:
    """A linear optimal power flow in per unit.

    Parameters
    ----------
    demand : ndarray, shape (n,)
        Active power drawn at each bus.
    reference : ndarray of bool, shape (n,)
        Buses of angle zero.
    ends : ndarray of int, shape (m, 2)
        Of each branch.
    susceptance, shift : ndarray, shape (m,)
        Of each branch; shift in rad.
    limit : ndarray, shape (m,)
        Largest flow; infinite for none.
    angle_limits : ndarray, shape (m, 2)
        Least and largest angle difference; infinite for none.
    generator_bus : ndarray of int, shape (ng,)
        Where.
    generator_limits : ndarray, shape (ng, 2)
        Least and largest.
    cost : ndarray, shape (ng, 3)
        Constant, linear, quadratic; zero where there are segments.
    segments : tuple of (int, ndarray, shape (n, 2))
        Piecewise-linear costs: number of the generator, slope and intercept of each segment.
    """

    demand: Array
    reference: NDArray[np.bool_]
    ends: NDArray[np.int32]
    susceptance: Array
    shift: Array
    limit: Array
    angle_limits: Array
    generator_bus: NDArray[np.int32]
    generator_limits: Array
    cost: Array
    segments: tuple[tuple[int, Array], ...] = ()


@dataclass(frozen=True)
class LinearOptimum:
    """What HiGHS found.

    Parameters
    ----------
    solved : bool
        Whether it is an optimum.
    message : str
        HiGHS's own word for the outcome.
    cost : float
        Per hour.
    angle : ndarray, shape (n,)
        rad.
    generation : ndarray, shape (ng,)
        Active power.
    flow : ndarray, shape (m,)
        At ``from``.
    price : ndarray, shape (n,)
        Cost per hour of one more per unit drawn.
    flow_price : ndarray, shape (m,)
        Of the limits; positive.
    secured : tuple of (int, int, float)
        Branch, outage and price of the security constraints that bind.
    rounds : int
        Programs solved.
    """

    solved: bool
    message: str
    cost: float
    angle: Array
    generation: Array
    flow: Array
    price: Array
    flow_price: Array
    secured: tuple[tuple[int, int, float], ...]
    rounds: int


def solve_linear(
    data: LinearData, outages: NDArray[np.int32] | None = None, emergency: Array | None = None, most_rounds: int = 30
) -> LinearOptimum:
    """Solve a linear optimal power flow.

    Parameters
    ----------
    data : LinearData
        The problem.
    outages : ndarray of int, optional
        Branches whose outage must not overload another.
    emergency : ndarray, shape (m,), optional
        Largest flow after an outage; ``data.limit`` where left out.
    most_rounds : int
        Of adding violated constraints.

    Returns
    -------
    LinearOptimum
        See ``solved``.
    """
    n, m = len(data.demand), len(data.ends)
    program, angles, powers = _program(data)
    solver, unit = _solver(program), _angle_unit(data)
    limit = data.limit if emergency is None else emergency
    extra: list[tuple[int, int, float]] = []
    known: set[tuple[int, int]] = set()
    rounds = 0
    while True:
        rounds += 1
        solver.run()
        word = solver.modelStatusToString(solver.getModelStatus())
        solved = word == "Optimal"
        values = np.array(solver.getSolution().col_value) if solved else np.full(len(program[0]), np.nan)
        angle = values[angles] * unit
        flow = data.susceptance * (angle[data.ends] @ [1.0, -1.0] - data.shift)
        if not solved or outages is None or rounds > most_rounds:
            break
        found = outage_flows(data, flow, outages, limit, known)
        if not found:
            break
        for branch, outage, factor in found:
            known.add((branch, outage))
            extra.append((branch, outage, factor))
            _add_row(solver, data, unit, branch, outage, factor, limit[branch])
    if solved and outages is not None and rounds > most_rounds:
        solved, word = False, f"{most_rounds} rounds of constraints were not enough"
    duals = np.array(solver.getSolution().row_dual) if solved else np.full(n + m, np.nan)
    cost = float(solver.getInfo().objective_function_value) if solved else float("nan")
    first = len(program[3])
    secured = [
        (branch, outage, abs(float(price)))
        for (branch, outage, _), price in zip(extra, duals[first:], strict=False)
        if abs(price) > 1e-6
    ]
    return LinearOptimum(
        solved,
        word,
        cost,
        angle,
        values[powers],
        flow,
        duals[:n],
        np.abs(duals[n : n + m]),
        tuple(secured),
        rounds,
    )


def outage_flows(
    data: LinearData, flow: Array, outages: NDArray[np.int32], limit: Array, known: set[tuple[int, int]]
) -> list[tuple[int, int, float]]:
    """Find the branches that an outage would overload.

    Parameters
    ----------
    data : LinearData
        The network.
    flow : ndarray, shape (m,)
        Before.
    outages : ndarray of int
        Branches that may fail; those that split the network are passed over.
    limit : ndarray, shape (m,)
        After.
    known : set of (int, int)
        Pairs that are constrained already.

    Returns
    -------
    list of (int, int, float)
        Branch, outage and distribution factor, the worst first.
    """
    n = len(data.demand)
    incidence = _incidence(data)
    free = np.flatnonzero(~data.reference)
    matrix = (incidence.T @ sparse.diags_array(data.susceptance) @ incidence).tocsc()[free][:, free]
    factors = linalg.splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
    rated = np.flatnonzero(np.isfinite(limit))
    place = np.full(len(limit), -1)
    place[rated] = np.arange(len(rated))
    found: list[tuple[float, int, int, float]] = []
    for start in range(0, len(outages), _COLUMNS):
        batch = outages[start : start + _COLUMNS]
        columns = np.zeros((n, len(batch)))
        columns[free] = factors.solve(incidence[batch].toarray().T[free])
        change = data.susceptance[:, None] * (incidence @ columns)
        own = change[batch, np.arange(len(batch))]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(np.abs(1.0 - own) > _BRIDGE, change / (1.0 - own), 0.0)
        after = flow[rated, None] + share[rated] * flow[batch]
        over = np.abs(after) - limit[rated, None]
        own_rows = place[batch]
        over[own_rows[own_rows >= 0], np.flatnonzero(own_rows >= 0)] = -np.inf
        for row, column in np.argwhere(over > _SLACK).tolist():
            branch, outage = int(rated[row]), int(batch[column])
            if (branch, outage) not in known:
                found.append((float(over[row, column]), branch, outage, float(share[branch, column])))
    found.sort(reverse=True)
    return [(branch, outage, share) for _, branch, outage, share in found[:_ROWS_PER_ROUND]]


def _incidence(data: LinearData) -> sparse.csr_array:
    m = len(data.ends)
    rows = np.repeat(np.arange(m), 2)
    return sparse.csr_array((np.tile([1.0, -1.0], m), (rows, data.ends.ravel())), shape=(m, len(data.demand)))


def _program(data: LinearData) -> tuple[tuple[Any, ...], slice, slice]:
    """Columns, costs, rows: angles, powers, costs of piecewise generators; balances, flows, segments."""
    n, m, ng, ny = len(data.demand), len(data.ends), len(data.generator_bus), len(data.segments)
    n_columns = n + ng + ny
    low, high = np.full(n_columns, -np.inf), np.full(n_columns, np.inf)
    low[:n][data.reference] = high[:n][data.reference] = 0.0
    low[n : n + ng], high[n : n + ng] = data.generator_limits.T
    linear = np.zeros(n_columns)
    linear[n : n + ng], linear[n + ng :] = data.cost[:, 1], 1.0
    incidence = _incidence(data)
    flows = sparse.diags_array(data.susceptance) @ incidence
    push = data.susceptance * data.shift
    gives = sparse.csr_array((np.ones(ng), (data.generator_bus, np.arange(ng))), shape=(n, ng))
    balance = sparse.hstack([-(incidence.T @ flows), gives, sparse.csr_array((n, ny))])
    right = data.demand - incidence.T @ push
    room = np.where(np.isfinite(data.limit), data.limit, np.inf)
    with np.errstate(invalid="ignore"):
        by_angle = data.susceptance[:, None] * (data.angle_limits - data.shift[:, None])
    by_angle = np.sort(by_angle, axis=1)
    least = np.maximum(-room, np.where(np.isfinite(by_angle[:, 0]), by_angle[:, 0], -np.inf)) + push
    most = np.minimum(room, np.where(np.isfinite(by_angle[:, 1]), by_angle[:, 1], np.inf)) + push
    rows = [balance, sparse.hstack([flows, sparse.csr_array((m, ng + ny))])]
    bottom, top = [right, least], [right, most]
    for place, (number, lines) in enumerate(data.segments):
        count = len(lines)
        entries = np.concatenate([lines[:, 0], -np.ones(count)])
        at = np.concatenate([np.full(count, n + number), np.full(count, n + ng + place)])
        rows.append(sparse.csr_array((entries, (np.tile(np.arange(count), 2), at)), shape=(count, n_columns)))
        bottom.append(np.full(count, -np.inf))
        top.append(-lines[:, 1])
    unit = np.ones(n_columns)
    unit[:n] = _angle_unit(data)
    matrix = (sparse.vstack(rows) @ sparse.diags_array(unit)).tocsr()
    quadratic = np.zeros(n_columns)
    quadratic[n : n + ng] = 2.0 * data.cost[:, 2]
    parts = (
        linear,
        low,
        high,
        np.concatenate(bottom),
        np.concatenate(top),
        matrix,
        quadratic,
        float(data.cost[:, 0].sum()),
    )
    return parts, slice(0, n), slice(n, n + ng)


def _angle_unit(data: LinearData) -> Array:
    """Units in which angles enter the program."""
    # HiGHS tests feasibility without a scale: rows of 1e3 per radian would leave errors of 1e-3 in flows
    steepest = np.zeros(len(data.demand))
    np.maximum.at(steepest, data.ends.ravel(), np.repeat(np.abs(data.susceptance), 2))
    return 1.0 / np.where(steepest > 0.0, steepest, 1.0)


def _solver(program: tuple[Any, ...]) -> Any:
    import highspy
    from highspy.highs import _Highs  # the class above it writes a banner to the standard output when it is made

    linear, low, high, bottom, top, matrix, quadratic, constant = program
    solver = _Highs()
    solver.setOptionValue("output_flag", False)
    model = highspy.HighsModel()
    model.lp_.num_col_, model.lp_.num_row_ = len(linear), len(bottom)
    model.lp_.col_cost_, model.lp_.col_lower_, model.lp_.col_upper_ = linear, low, high
    model.lp_.row_lower_, model.lp_.row_upper_ = bottom, top
    model.lp_.offset_ = constant
    model.lp_.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.lp_.a_matrix_.start_ = matrix.indptr
    model.lp_.a_matrix_.index_ = matrix.indices
    model.lp_.a_matrix_.value_ = matrix.data
    curved = np.flatnonzero(quadratic)
    if len(curved):
        start = np.zeros(len(linear) + 1, np.int32)
        start[curved + 1] = 1
        model.hessian_.dim_ = len(linear)
        model.hessian_.format_ = highspy.HessianFormat.kTriangular
        model.hessian_.start_ = np.cumsum(start).astype(np.int32)
        model.hessian_.index_ = curved.astype(np.int32)
        model.hessian_.value_ = quadratic[curved]
    solver.passModel(model)
    return solver


def _add_row(solver: Any, data: LinearData, unit: Array, branch: int, outage: int, factor: float, limit: float) -> None:
    """Keep a branch's flow after an outage within its limit."""
    entries: dict[int, float] = {}
    push = 0.0
    for number, weight in ((branch, 1.0), (outage, factor)):
        b = data.susceptance[number] * weight
        push += b * data.shift[number]
        for bus, sign in zip(data.ends[number].tolist(), (1.0, -1.0), strict=True):
            entries[bus] = entries.get(bus, 0.0) + sign * b * unit[bus]
    columns = np.array(list(entries), np.int32)
    solver.addRow(-limit + push, limit + push, len(columns), columns, np.array(list(entries.values())))
