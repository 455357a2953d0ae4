"""Primal-dual interior point method for the AC optimal power flow: one compiled loop from start to optimum.

Each iteration factorises the optimality system once (:mod:`joulebook.grid.dispatch.optimality`) and solves it twice:
for the predictor, which aims at zero products of slacks and multipliers, and for the step itself, with Mehrotra's
choice of the barrier and his correction.

References
----------
Mehrotra 1992, doi:10.1137/0802028; Wang et al. 2007, doi:10.1109/TPWRS.2007.901301 (termination, section III.B).
"""

from __future__ import annotations

from typing import Any

from joulebook.grid.dispatch.optimality import assemble, evaluate, gather_rhs, recover_steps
from joulebook.numerics.saddle_lu import factor_saddle, residual, solve_saddle
from joulebook.numerics.twins import Loop, register, separate

__all__ = ["LIMIT_REACHED", "LOOP", "NUMBERS_LOST", "SOLVED", "STALLED", "interior_point"]

SOLVED = 0
"""All conditions hold."""
LIMIT_REACHED = 1
"""The allowed iterations are used up."""
STALLED = 2
"""Steps have become too short: no feasible point nearby."""
NUMBERS_LOST = 3
"""The system is singular, or a number is no longer finite."""

_BACK_OFF = 0.99995
_LEAST_STEP = 1e-8
_SMALLEST_SLACK_START = 1.0
_TOGETHER = 1e-3
_APART = 1e6
_HUGE = 1e100


def hold_fixed(buses: Any, factors: Any, twin: Any, work: Any) -> None:
    """Put unit rows and columns where angle or voltage is fixed.

    Parameters
    ----------
    buses : Buses
        Says what is.
    factors : SaddleFactors
        For the pattern.
    twin : ndarray of int32, shape (nnz,)
        Place of the transposed block.
    work : Work
        ``values`` and ``rhs`` are changed.
    """
    for k in range(buses.fixed.shape[0]):
        for i in range(2):
            if buses.fixed[k, i]:
                for p in range(factors.start[k], factors.start[k + 1]):
                    for j in range(4):
                        work.values[p, i, j] = 0.0
                        work.values[twin[p], j, i] = 0.0
                work.values[buses.diagonal[k], i, i] = 1.0


def solve_step(buses: Any, branches: Any, generators: Any, factors: Any, at: Any, work: Any) -> float:
    """Solve for a step with the matrix at hand, and refine it.

    Parameters
    ----------
    buses, branches, generators, factors, at, work
        As in :func:`interior_point`.

    Returns
    -------
    float
        Largest residual over the largest entry of the right-hand side.
    """
    gather_rhs(buses, branches, generators, at, work)
    n = work.rhs.shape[0]
    largest = 1e-300
    for k in range(n):
        for i in range(4):
            if i < 2 and buses.fixed[k, i]:
                work.rhs[k, i] = 0.0
            work.step[k, i] = work.rhs[k, i]
            largest = max(largest, abs(work.rhs[k, i]))
    solve_saddle(factors, work.step)
    rest = residual(work.values, factors, work.step, work.rhs, work.rest)
    for _ in range(3):
        if rest <= 1e-12 * largest:
            break
        solve_saddle(factors, work.rest)
        for k in range(n):
            for i in range(4):
                work.step[k, i] += work.rest[k, i]
        rest = residual(work.values, factors, work.step, work.rhs, work.rest)
    recover_steps(buses, branches, generators, at, work)
    return rest / largest


def longest_step(values: Any, steps: Any) -> float:
    """Share of a step that keeps values positive.

    Parameters
    ----------
    values, steps : ndarray, shape (n,)
        Positive values and their steps.

    Returns
    -------
    float
        Unlimited; 1e300 where no value falls.
    """
    share = 1e300
    for i in range(values.shape[0]):
        if steps[i] < 0.0:
            share = min(share, -values[i] / steps[i])
    return share


@separate
def judge(cost: float, last_cost: float, at: Any, work: Any, conditions: Any) -> bool:
    """Work out how far the optimality conditions are from holding.

    Parameters
    ----------
    cost, last_cost : float
        Now, and an iteration ago.
    at, work : Iterate, Work
        Where.
    conditions : ndarray, shape (5,)
        Feasibility, gradient, complementarity, change of cost, largest imbalance; the last is filled without scale.

    Returns
    -------
    bool
        Whether all numbers are finite.
    """
    infeasible, largest_x, largest_multiplier, gradient, product, largest_slack = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    imbalance = 0.0
    for k in range(at.bus.shape[0]):
        for i in range(2):
            imbalance = max(imbalance, abs(work.balance[k, i]))
            largest_x = max(largest_x, abs(at.bus[k, i]))
            largest_multiplier = max(largest_multiplier, abs(at.bus[k, 2 + i]))
            gradient = max(gradient, abs(work.gradient[k, i]))
    infeasible = imbalance
    for i in range(at.generator.shape[0]):
        for j in range(3):
            largest_x = max(largest_x, abs(at.generator[i, j]))
            gradient = max(gradient, abs(work.generator_gradient[i, j]))
    for i in range(at.slack.shape[0]):
        infeasible = max(infeasible, work.inequality[i])
        largest_slack = max(largest_slack, at.slack[i])
        largest_multiplier = max(largest_multiplier, at.multiplier[i])
        product += at.slack[i] * at.multiplier[i]
    conditions[0] = infeasible / (1.0 + max(largest_x, largest_slack))
    conditions[1] = gradient / (1.0 + largest_multiplier)
    conditions[2] = product / (1.0 + abs(cost))
    conditions[3] = abs(cost - last_cost) / (1.0 + abs(last_cost))
    conditions[4] = imbalance
    for i in range(5):  # written so that not-a-number fails
        if not conditions[i] < _HUGE:
            return False
    return abs(cost) < _HUGE


def start_slacks(at: Any, work: Any) -> None:
    """Choose slacks and multipliers of the start.

    Parameters
    ----------
    at, work : Iterate, Work
        Slacks and multipliers are filled from the inequalities.
    """
    for i in range(at.slack.shape[0]):
        at.slack[i] = max(_SMALLEST_SLACK_START, -work.inequality[i])
        at.multiplier[i] = max(_SMALLEST_SLACK_START, 1.0 / at.slack[i])


def release_fixed(buses: Any, generators: Any, work: Any) -> None:
    """Take what is fixed out of the gradient: it is not a condition.

    Parameters
    ----------
    buses, generators, work : Buses, Generators, Work
        ``gradient`` and ``generator_gradient`` are changed.
    """
    for k in range(buses.fixed.shape[0]):
        for i in range(2):
            if buses.fixed[k, i]:
                work.gradient[k, i] = 0.0
    for g in range(generators.bus.shape[0]):
        for i in range(2):
            if generators.fixed[g, i]:
                work.generator_gradient[g, i] = 0.0


def interior_point(
    buses: Any,
    branches: Any,
    generators: Any,
    factors: Any,
    twin: Any,
    at: Any,
    work: Any,
    tolerance: float,
    most: int,
    report: Any,
) -> int:
    """Find the optimum.

    Parameters
    ----------
    buses, branches, generators : Buses, Branches, Generators
        The problem, in the order of elimination.
    factors : SaddleFactors
        Room and patterns.
    twin : ndarray of int32, shape (nnz,)
        Place of the transposed block.
    at : Iterate
        Start of ``bus`` and ``generator``; becomes the optimum.
    work : Work
        Room.
    tolerance : float
        Of feasibility, gradient, complementarity and change of cost, each scaled as in the reference.
    most : int
        Iterations allowed.
    report : ndarray, shape (8,)
        Filled: cost, iterations, the four conditions, largest imbalance, worst linear residual.

    Returns
    -------
    int
        A status of this module.
    """
    conditions = report[2:7]
    cost = evaluate(buses, branches, generators, at, work)
    start_slacks(at, work)
    cost = evaluate(buses, branches, generators, at, work)
    release_fixed(buses, generators, work)
    n_h = at.slack.shape[0]
    report[7] = 0.0
    for iteration in range(most):
        report[1] = iteration + 1.0
        assemble(buses, branches, generators, at, work)
        hold_fixed(buses, factors, twin, work)
        if factor_saddle(work.values, factors) == 0.0:
            return NUMBERS_LOST
        product = 0.0
        for i in range(n_h):
            product += at.slack[i] * at.multiplier[i]
            work.gamma[i] = 0.0
        mean = product / max(n_h, 1)
        solve_step(buses, branches, generators, factors, at, work)
        primal = min(1.0, longest_step(at.slack, work.slack_step))
        dual = min(1.0, longest_step(at.multiplier, work.multiplier_step))
        reached = 0.0
        for i in range(n_h):
            reached += (at.slack[i] + primal * work.slack_step[i]) * (at.multiplier[i] + dual * work.multiplier_step[i])
        reached /= max(n_h, 1)
        centring = min(1.0, max(reached / mean, 1e-4)) ** 3
        if primal < 0.1 or dual < 0.1:
            centring = max(centring, 0.1)
        wanted = max(centring * mean, 0.3 * tolerance * (1.0 + abs(cost)) / max(n_h, 1))
        if iteration > 0:  # products must not vanish before the other conditions hold
            wanted = max(wanted, min(mean, _TOGETHER * max(conditions[0], conditions[1])))
        for i in range(n_h):
            correction = work.slack_step[i] * work.multiplier_step[i] * primal * dual
            correction = max(min(correction, mean), -mean)
            work.gamma[i] = wanted - correction
        rest = solve_step(buses, branches, generators, factors, at, work)
        report[7] = max(report[7], rest)
        primal = min(1.0, _BACK_OFF * longest_step(at.slack, work.slack_step))
        dual = min(1.0, _BACK_OFF * longest_step(at.multiplier, work.multiplier_step))
        move(at, work, primal, dual)
        keep_products(at, wanted)
        last_cost = cost
        cost = evaluate(buses, branches, generators, at, work)
        release_fixed(buses, generators, work)
        report[0] = cost
        if not judge(cost, last_cost, at, work, conditions):
            return NUMBERS_LOST
        if max(max(conditions[0], conditions[1]), max(conditions[2], conditions[3])) < tolerance:
            return SOLVED
        if primal < _LEAST_STEP and dual < _LEAST_STEP:
            return STALLED
    return LIMIT_REACHED


def keep_products(at: Any, wanted: float) -> None:
    """Bring multipliers back whose product with the slack has left the neighbourhood of the wanted one.

    Parameters
    ----------
    at : Iterate
        Multipliers are changed.
    wanted : float
        Product of slack and multiplier.
    """
    for i in range(at.slack.shape[0]):
        least, most = wanted / (_APART * at.slack[i]), wanted * _APART / at.slack[i]
        at.multiplier[i] = max(least, min(most, at.multiplier[i]))


def move(at: Any, work: Any, primal: float, dual: float) -> None:
    """Take a step.

    Parameters
    ----------
    at, work : Iterate, Work
        The iterate is changed.
    primal, dual : float
        Shares of the step.
    """
    for k in range(at.bus.shape[0]):
        for i in range(2):
            at.bus[k, i] += primal * work.step[k, i]
            at.bus[k, 2 + i] += dual * work.step[k, 2 + i]
    for i in range(at.generator.shape[0]):
        for j in range(3):
            at.generator[i, j] += primal * work.generator_step[i, j]
    for i in range(at.slack.shape[0]):
        at.slack[i] += primal * work.slack_step[i]
        at.multiplier[i] += dual * work.multiplier_step[i]


LOOP = register(Loop("grid.interior_point", interior_point))
