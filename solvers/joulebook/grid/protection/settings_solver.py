"""The program of relay settings, handed to HiGHS."""

from __future__ import annotations

from typing import Any

import numpy as np

from joulebook.core.errors import SolveError
from joulebook.grid.protection.devices import Array
from joulebook.grid.protection.settings_program import Program, Request

__all__ = ["solve"]


def _bounds(program: Program) -> tuple[Array, Array]:
    low = np.array([choice.stage.multipliers[0] for choice in program.choices])
    high = np.array([choice.stage.multipliers[1] for choice in program.choices])
    return low, high


def solve(
    program: Program, asked: Request, *, elastic: bool = False, groups: set[int] | None = None, relaxed: bool = False
) -> Any:
    """None where infeasible; else choices taken, their multipliers and the gap, or, elastic, the pairs' shortfalls."""
    from scipy.optimize import Bounds, milp

    n = len(program.choices)
    unit = asked.multiplier_step or 1.0
    n_pairs = 1 + max(program.groups, default=0) if elastic else 0
    cost = np.zeros(2 * n + n_pairs)
    if elastic:
        cost[2 * n :] = 1.0
    elif not relaxed:
        for k, value in program.objective.terms.items():
            cost[k] = value * unit
    integrality = np.zeros(cost.size)
    if not relaxed:
        integrality[n : 2 * n] = 1
        integrality[:n] = asked.multiplier_step is not None
    high = _bounds(program)[1]
    limits = Bounds(np.zeros(cost.size), np.concatenate([high / unit, np.ones(n), np.full(n_pairs, np.inf)]))
    options = {"time_limit": asked.time_limit, "mip_rel_gap": 1e-6}
    rows = _constraints(program, unit, n_pairs, groups)
    done = milp(cost, integrality=integrality, bounds=limits, constraints=rows, options=options)
    if done.status == 2:
        return None
    if done.x is None:
        raise SolveError(
            f"the solver stopped without settings: {done.message}. Raise time_limit, or give fewer choices"
        )
    if elastic:
        return done.x[2 * n :]
    taken = [max(numbers, key=lambda k: done.x[n + k]) for numbers in program.of_relay.values()]
    return taken, _multipliers(done.x[:n][taken], asked), float(getattr(done, "mip_gap", 0.0) or 0.0)


def _multipliers(found: Array, asked: Request) -> Array:
    """Multipliers from the solver's unknowns: whole steps where there are steps."""
    return np.asarray(found if asked.multiplier_step is None else asked.multiplier_step * np.round(found))


def _constraints(program: Program, unit: float, n_pairs: int, groups: set[int] | None) -> Any:
    """Rows of the program over multipliers, choices and, where there are any, shortfalls of pairs."""
    from scipy.optimize import LinearConstraint
    from scipy.sparse import csr_array, hstack, vstack

    n = len(program.choices)
    coefficients, least = program.matrix()
    number = np.array(program.groups, dtype=int)
    kept = np.isin(number, sorted(groups)) if groups is not None else np.full(number.shape, True)
    coefficients, least, number = coefficients[kept], least[kept], number[kept]
    slack = np.zeros((number.size, n_pairs))
    if n_pairs:
        slack[np.arange(number.size), number] = 1.0
    low, high = _bounds(program)
    one = np.zeros((len(program.of_relay), n))
    for j, numbers in enumerate(program.of_relay.values()):
        one[j, numbers] = 1.0

    def block(first: Array, second: Array, third: Array | None = None) -> Any:
        last = np.zeros((first.shape[0], n_pairs)) if third is None else third
        return hstack([csr_array(first), csr_array(second), csr_array(last)])

    matrix = vstack(
        [
            block(unit * coefficients, np.zeros_like(coefficients), slack),
            block(unit * np.eye(n), np.diag(-low)),
            block(-unit * np.eye(n), np.diag(high)),
            block(np.zeros_like(one), one),
        ]
    )
    lower = np.concatenate([least, np.zeros(2 * n), np.ones(one.shape[0])])
    upper = np.concatenate([np.full(least.size + 2 * n, np.inf), np.ones(one.shape[0])])
    return LinearConstraint(matrix.tocsc(), lower, upper)
