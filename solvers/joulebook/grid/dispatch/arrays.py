"""What the interior-point loops of the optimal power flow work on: arrays in per unit, in the order of elimination.

Inequalities stand in one row, h ≤ 0, in this order: voltages (upper and lower of each bus), flows (``from`` and ``to``
of each limited branch), angle differences (upper and lower of each branch that has limits), rows of the generators
(``a_p P + a_q Q + a_y y ≤ b``: bounds, capability, segments of piecewise-linear costs).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = ["Branches", "Buses", "Generators", "Iterate", "Work", "make_iterate", "make_work"]


class Buses(NamedTuple):
    """Nodes.

    Parameters
    ----------
    demand : ndarray, shape (n, 2)
        Active and reactive power drawn.
    current : ndarray, shape (n, 2)
        The same at a voltage of one, of loads whose power goes with the voltage.
    shunt : ndarray, shape (n, 2)
        Conductance and susceptance to earth.
    minimum, maximum : ndarray, shape (n,)
        Of the voltage.
    fixed : ndarray of bool, shape (n, 2)
        Whether angle and voltage stay at their start.
    diagonal : ndarray of int32, shape (n,)
        Place of the diagonal block in the matrix.
    """

    demand: Any
    current: Any
    shunt: Any
    minimum: Any
    maximum: Any
    fixed: Any
    diagonal: Any


class Branches(NamedTuple):
    """Two-ports between buses.

    Parameters
    ----------
    ends : ndarray of int32, shape (m, 2)
        ``from`` and ``to`` bus.
    admittance : ndarray, shape (m, 8)
        g and b of y_ff, y_ft, y_tf, y_tt.
    limit : ndarray, shape (m,)
        Square of the largest apparent power at either end.
    limited : ndarray of int32, shape (m,)
        Number among the limited branches; -1 for none.
    angle : ndarray, shape (m, 2)
        Least and largest angle difference.
    angled : ndarray of int32, shape (m,)
        Number among the branches with angle limits; -1 for none.
    place : ndarray of int32, shape (m, 2)
        Places of the blocks (from, to) and (to, from) in the matrix.
    """

    ends: Any
    admittance: Any
    limit: Any
    limited: Any
    angle: Any
    angled: Any
    place: Any


class Generators(NamedTuple):
    """Sources, each with the variables P, Q and, for piecewise-linear costs, y.

    Parameters
    ----------
    bus : ndarray of int32, shape (ng,)
        Where.
    cost : ndarray, shape (ng, degree + 1)
        Polynomial of P, from the constant upwards; zeros where y is the cost.
    reactive_cost : ndarray, shape (ng,)
        Per unit of Q.
    has_y : ndarray of bool, shape (ng,)
        Whether y is the cost.
    fixed : ndarray of bool, shape (ng, 2)
        Whether P and Q stay at their start.
    start : ndarray of int32, shape (ng + 1,)
        First row of each.
    rows : ndarray, shape (n_rows, 4)
        a_p, a_q, a_y, b.
    """

    bus: Any
    cost: Any
    reactive_cost: Any
    has_y: Any
    fixed: Any
    start: Any
    rows: Any


class Iterate(NamedTuple):
    """Where the iteration stands.

    Parameters
    ----------
    bus : ndarray, shape (n, 4)
        Angle, voltage, multipliers of active and reactive balance.
    generator : ndarray, shape (ng, 3)
        P, Q, y.
    slack, multiplier : ndarray, shape (n_h,)
        Of the inequalities; both positive.
    """

    bus: Any
    generator: Any
    slack: Any
    multiplier: Any


class Work(NamedTuple):
    """Room of the loops.

    Parameters
    ----------
    flow : ndarray, shape (m, 4)
        P and Q into the branch at ``from``, then at ``to``.
    slope : ndarray, shape (m, 4, 3)
        Their derivatives by angle difference, ``from`` voltage, ``to`` voltage.
    balance : ndarray, shape (n, 2)
        Power drawn less power given.
    inequality : ndarray, shape (n_h,)
        h.
    gamma : ndarray, shape (n_h,)
        Wanted product of slack and multiplier.
    slack_step, multiplier_step : ndarray, shape (n_h,)
        Newton's steps.
    gradient : ndarray, shape (n, 2)
        Of the Lagrange function by angle and voltage.
    generator_gradient : ndarray, shape (ng, 3)
        By P, Q, y.
    local : ndarray, shape (ng, 3, 3)
        Inverse Hessian of each generator.
    generator_step : ndarray, shape (ng, 3)
        Newton's step.
    values : ndarray, shape (nnz, 4, 4)
        The matrix.
    rhs, step, rest : ndarray, shape (n, 4)
        Right-hand side, Newton's step, residual.
    """

    flow: Any
    slope: Any
    balance: Any
    inequality: Any
    gamma: Any
    slack_step: Any
    multiplier_step: Any
    gradient: Any
    generator_gradient: Any
    local: Any
    generator_step: Any
    values: Any
    rhs: Any
    step: Any
    rest: Any


def count_inequalities(buses: Buses, branches: Branches, generators: Generators) -> int:
    """Count the inequalities.

    Parameters
    ----------
    buses, branches, generators : Buses, Branches, Generators
        The problem.

    Returns
    -------
    int
        Length of the row described in the text of this module.
    """
    limited = int(np.count_nonzero(branches.limited >= 0)) + int(np.count_nonzero(branches.angled >= 0))
    return 2 * len(buses.minimum) + 2 * limited + len(generators.rows)


def make_iterate(buses: Buses, branches: Branches, generators: Generators) -> Iterate:
    """Make room for an iterate.

    Parameters
    ----------
    buses, branches, generators : Buses, Branches, Generators
        The problem.

    Returns
    -------
    Iterate
        Zeros.
    """
    n_h = count_inequalities(buses, branches, generators)
    return Iterate(np.zeros((len(buses.minimum), 4)), np.zeros((len(generators.bus), 3)), np.zeros(n_h), np.zeros(n_h))


def make_work(buses: Buses, branches: Branches, generators: Generators, n_blocks: int) -> Work:
    """Make room for the loops.

    Parameters
    ----------
    buses, branches, generators : Buses, Branches, Generators
        The problem.
    n_blocks : int
        Blocks of the matrix.

    Returns
    -------
    Work
        Zeros.
    """
    n, m, ng = len(buses.minimum), len(branches.limit), len(generators.bus)
    n_h = count_inequalities(buses, branches, generators)
    return Work(
        flow=np.zeros((m, 4)),
        slope=np.zeros((m, 4, 3)),
        balance=np.zeros((n, 2)),
        inequality=np.zeros(n_h),
        gamma=np.zeros(n_h),
        slack_step=np.zeros(n_h),
        multiplier_step=np.zeros(n_h),
        gradient=np.zeros((n, 2)),
        generator_gradient=np.zeros((ng, 3)),
        local=np.zeros((ng, 3, 3)),
        generator_step=np.zeros((ng, 3)),
        values=np.zeros((n_blocks, 4, 4)),
        rhs=np.zeros((n, 4)),
        step=np.zeros((n, 4)),
        rest=np.zeros((n, 4)),
    )
