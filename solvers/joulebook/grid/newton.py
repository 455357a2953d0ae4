"""Newton's method for power flow in polar coordinates, with one fused loop for Jacobian, factorisation and solve.

At each node the unknowns are the change of the angle and the relative change of the magnitude, the equations the
balance of active and reactive power::

    r = S - (P + jQ)   with   P + jQ = V conj(Y V),   S = S_0 + |V| S_1

S_0 is constant power, S_1 what goes with the voltage (constant-current loads). A node that holds its voltage has the
second row and column of the identity, a node that also fixes the angle has both. Row k of the Jacobian is built
from Y and V in a dense work row and eliminated at once, the right-hand side along with it (block LU of
:mod:`joulebook.numerics.block_lu`).

When two steps show that the error of the next one would vanish with the Jacobian of the last, the factors are used
again (chord step): the error after a Newton step from e_0 to e_1 falls by about 2 e_1 / e_0 with the old Jacobian.

A step that does not lessen the mismatch is shortened, where asked for, to the least of the parabola through what is
known of the squared mismatch along the step (optimal multiplier).

References
----------
Tinney and Hart 1967, doi:10.1109/TPAS.1967.291823 (Newton's method, equations 6 to 11). Iwamoto and Tamura 1981,
doi:10.1109/TPAS.1981.316511 (optimal multiplier; here the parabola stands for their cubic, which is exact only in
rectangular coordinates).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from joulebook.numerics.block_lu import back_substitute, clear_row, eliminate_row, solve_blocks
from joulebook.numerics.twins import Loop, register

__all__ = [
    "DIVERGED",
    "FIXED",
    "HELD",
    "LOAD",
    "SINGULAR",
    "SOLVED",
    "STEP_LIMIT",
    "State",
    "newton",
]

LOAD, HELD, FIXED = 0, 1, 2
"""Kinds of nodes: power given; active power and magnitude given; voltage given."""
SOLVED, DIVERGED, SINGULAR, STEP_LIMIT = 0, 1, 2, 3
"""How the loop ends."""

TOLERANCE, MOST_ITERATIONS, DAMPED = 0, 1, 2
"""Places in ``settings``."""
N_SETTINGS = 3
ITERATIONS, RESIDUAL, PIVOT, FACTORISATIONS = 0, 1, 2, 3
"""Places in ``record``."""
N_RECORD = 4
HOPELESS = 1e8
SMALLEST_FACTOR = 0.2
"""By which a magnitude may fall in one step."""
SMALL_ANGLE = 0.03
MOST_CUTS = 12


class State(NamedTuple):
    """What the loop changes, in the order of a plan.

    Parameters
    ----------
    magnitude, angle : ndarray, shape (n,), per unit and rad
        Voltages.
    real, imaginary : ndarray, shape (n,), per unit
        The same voltages.
    kind : ndarray of int8, shape (n,)
        :data:`LOAD`, :data:`HELD` or :data:`FIXED`.
    residual, step : ndarray, shape (n, 2)
        What is missing in the balances, and the step.
    """

    magnitude: Any
    angle: Any
    real: Any
    imaginary: Any
    kind: Any
    residual: Any
    step: Any


def newton(admittance: Any, pattern: Any, factors: Any, nodes: Any, state: Any, settings: Any, record: Any) -> int:
    """Solve for the voltages.

    Parameters
    ----------
    admittance : Admittance
        In the order of the plan.
    pattern : FactorPattern
        Of the factors.
    factors : BlockFactors
        Room; keeps the last factorisation.
    nodes : NodeData
        Powers into the nodes.
    state : State
        ``magnitude`` and ``angle`` hold the start, then the solution.
    settings : ndarray, shape (3,)
        Tolerance per unit, most iterations, 1 to shorten steps.
    record : ndarray, shape (4,)
        Filled: iterations, largest mismatch, smallest pivot, factorisations.

    Returns
    -------
    int
        :data:`SOLVED`, :data:`DIVERGED`, :data:`SINGULAR` or :data:`STEP_LIMIT`.
    """
    for k in range(state.kind.shape[0]):
        state.real[k] = state.magnitude[k] * math.cos(state.angle[k])
        state.imaginary[k] = state.magnitude[k] * math.sin(state.angle[k])
    tolerance = settings[TOLERANCE]
    squares = mismatch(admittance, nodes, state, record)
    before = 0.0
    fresh = False
    record[PIVOT] = 1.0
    record[FACTORISATIONS] = 0.0
    count = 0
    while count < settings[MOST_ITERATIONS]:
        record[ITERATIONS] = count
        error = record[RESIDUAL]
        if error < tolerance:
            return SOLVED
        if not error < HOPELESS:
            return DIVERGED
        count += 1
        if use_again(error, before, tolerance, fresh):
            for k in range(state.kind.shape[0]):
                state.step[k, 0] = state.residual[k, 0]
                state.step[k, 1] = state.residual[k, 1]
            solve_blocks(pattern, factors, state.step)
        else:
            pivot = assemble_and_solve(admittance, pattern, factors, nodes, state)
            record[PIVOT] = min(record[PIVOT], pivot)
            record[FACTORISATIONS] += 1.0
            if not pivot > 0.0:
                return SINGULAR
            fresh = True
            before = error
        move(state, 0.0, 1.0)
        after = mismatch(admittance, nodes, state, record)
        if settings[DAMPED] > 0.0:
            after = shorten(admittance, nodes, state, record, squares, after)
            if not after < squares:
                record[ITERATIONS] = count
                return DIVERGED
        squares = after
    record[ITERATIONS] = count
    if record[RESIDUAL] < tolerance:
        return SOLVED
    return STEP_LIMIT if record[RESIDUAL] < HOPELESS else DIVERGED


def use_again(error: float, before: float, tolerance: float, fresh: bool) -> bool:
    """Say whether the factors of the step before are good enough for the steps that are left.

    Parameters
    ----------
    error, before : float, per unit
        Largest mismatch now, and when the factors were made.
    tolerance : float, per unit
        Asked for.
    fresh : bool
        Whether there are factors.

    Returns
    -------
    bool
        True where two more steps with them are expected to reach the tolerance.
    """
    if not fresh or before <= 0.0:
        return False
    ratio = 2.0 * error / before
    return ratio < 0.05 and error * ratio * ratio < 0.5 * tolerance


def mismatch(admittance: Any, nodes: Any, state: Any, record: Any) -> float:
    """Work out what is missing in the balance of power.

    Parameters
    ----------
    admittance : Admittance
        In the order of the plan.
    nodes : NodeData
        Powers into the nodes.
    state : State
        ``residual`` is filled.
    record : ndarray, shape (4,)
        The largest mismatch is noted.

    Returns
    -------
    float
        Sum of squares.
    """
    largest = 0.0
    squares = 0.0
    start, index = admittance.start, admittance.index
    g, b, vr, vi = admittance.conductance, admittance.susceptance, state.real, state.imaginary
    for k in range(state.kind.shape[0]):
        kind = state.kind[k]
        if kind == FIXED:
            state.residual[k, 0] = 0.0
            state.residual[k, 1] = 0.0
            continue
        cr = 0.0
        ci = 0.0
        for p in range(start[k], start[k + 1]):
            j = index[p]
            cr += g[p] * vr[j] - b[p] * vi[j]
            ci += g[p] * vi[j] + b[p] * vr[j]
        v = state.magnitude[k]
        r0 = nodes.active[k] + v * nodes.active_current[k] - vr[k] * cr - vi[k] * ci
        r1 = 0.0
        if kind == LOAD:
            r1 = nodes.reactive[k] + v * nodes.reactive_current[k] - vi[k] * cr + vr[k] * ci
        state.residual[k, 0] = r0
        state.residual[k, 1] = r1
        largest = max(largest, abs(r0), abs(r1))
        squares += r0 * r0 + r1 * r1
    if not squares < 1e300:  # keeps what is not a number from passing for small
        largest = 1e300
    record[RESIDUAL] = largest
    return squares


def assemble_and_solve(admittance: Any, pattern: Any, factors: Any, nodes: Any, state: Any) -> float:
    """Build the Jacobian row by row, factorise it, and solve for the step.

    Parameters
    ----------
    admittance : Admittance
        In the order of the plan.
    pattern : FactorPattern
        Of the factors.
    factors : BlockFactors
        Filled.
    nodes : NodeData
        Powers into the nodes.
    state : State
        ``residual`` is the right-hand side; ``step`` is filled.

    Returns
    -------
    float
        Smallest pivot; 0 where the matrix is singular.
    """
    smallest = 1.0
    for k in range(state.kind.shape[0]):
        clear_row(k, pattern, factors.work)
        jacobian_row(k, admittance, nodes, state, factors.work)
        state.step[k, 0] = state.residual[k, 0]
        state.step[k, 1] = state.residual[k, 1]
        pivot = eliminate_row(k, pattern, factors, state.step)
        if not pivot > 0.0:
            return 0.0
        smallest = min(smallest, pivot)
    back_substitute(pattern, factors, state.step)
    return smallest


def jacobian_row(k: int, admittance: Any, nodes: Any, state: Any, work: Any) -> None:
    """Write row k of the Jacobian into the work row.

    Parameters
    ----------
    k : int
        Row.
    admittance : Admittance
        In the order of the plan.
    nodes : NodeData
        Powers into the nodes.
    state : State
        Voltages and kinds.
    work : ndarray, shape (n, 4)
        Cleared on the pattern of the row.
    """
    kind = state.kind[k]
    if kind == FIXED:
        work[k, 0] = 1.0
        work[k, 1] = 0.0
        work[k, 2] = 0.0
        work[k, 3] = 1.0
        return
    index, kinds = admittance.index, state.kind
    vr = state.real[k]
    vi = state.imaginary[k]
    active = 0.0
    reactive = 0.0
    own_p = 0.0
    own_q = 0.0
    for p in range(admittance.start[k], admittance.start[k + 1]):
        j = index[p]
        g = admittance.conductance[p]
        b = admittance.susceptance[p]
        ar = g * state.real[j] - b * state.imaginary[j]
        ai = g * state.imaginary[j] + b * state.real[j]
        sr = vr * ar + vi * ai
        si = vi * ar - vr * ai
        active += sr
        reactive += si
        if j == k:
            own_p = sr
            own_q = si
        elif kinds[j] != FIXED:
            work[j, 0] = si
            if kind == LOAD:
                work[j, 2] = -sr
            if kinds[j] == LOAD:
                work[j, 1] = sr
                if kind == LOAD:
                    work[j, 3] = si
    work[k, 0] = own_q - reactive
    if kind == LOAD:
        v = state.magnitude[k]
        work[k, 1] = own_p + active - v * nodes.active_current[k]
        work[k, 2] = active - own_p
        work[k, 3] = own_q + reactive - v * nodes.reactive_current[k]
    else:
        work[k, 1] = 0.0
        work[k, 2] = 0.0
        work[k, 3] = 1.0


def move(state: Any, old: float, new: float) -> None:
    """Go from one share of the step to another.

    Parameters
    ----------
    state : State
        At the old share of the step.
    old, new : float
        Shares; 0 is before the step, 1 the whole.
    """
    for k in range(state.kind.shape[0]):
        if state.kind[k] == FIXED:
            continue
        turn = (new - old) * state.step[k, 0]
        square = turn * turn
        if abs(turn) < SMALL_ANGLE:  # the next terms of both series are below rounding
            sine = turn * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)))
            cosine = 1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0)))
        else:
            sine = math.sin(turn)
            cosine = math.cos(turn)
        scale = 1.0
        if state.kind[k] == LOAD:
            change = state.step[k, 1]
            scale = max(1.0 + new * change, SMALLEST_FACTOR) / max(1.0 + old * change, SMALLEST_FACTOR)
        state.angle[k] += turn
        state.magnitude[k] *= scale
        re = state.real[k]
        im = state.imaginary[k]
        state.real[k] = scale * (re * cosine - im * sine)
        state.imaginary[k] = scale * (re * sine + im * cosine)


def shorten(admittance: Any, nodes: Any, state: Any, record: Any, before: float, after: float) -> float:
    """Go back along the step until it lessens the mismatch.

    Parameters
    ----------
    admittance : Admittance
        In the order of the plan.
    nodes : NodeData
        Powers into the nodes.
    state : State
        After the whole step.
    record : ndarray, shape (4,)
        The largest mismatch is noted.
    before, after : float
        Sum of squares before the step and after the whole of it.

    Returns
    -------
    float
        Sum of squares at the end; not below ``before`` where no share of the step helps.
    """
    share = 1.0
    for _ in range(MOST_CUTS):
        if after < (1.0 - 1e-4 * share) * before:
            break
        smaller = 0.1 * share
        if after < 1e300:  # least of the parabola with the slope of Newton's direction, -2 before
            smaller = max(smaller, min(before * share * share / (after + (2.0 * share - 1.0) * before), 0.5 * share))
        move(state, share, smaller)
        share = smaller
        after = mismatch(admittance, nodes, state, record)
    return after


def factor_jacobian(admittance: Any, pattern: Any, factors: Any, nodes: Any, state: Any) -> float:
    """Factorise the Jacobian at a state.

    Parameters
    ----------
    admittance : Admittance
        In the order of the plan.
    pattern : FactorPattern
        Of the factors.
    factors : BlockFactors
        Filled.
    nodes : NodeData
        Powers into the nodes.
    state : State
        Magnitudes and angles; its other voltages are renewed, ``residual`` is taken as it is and ``step`` is solved.

    Returns
    -------
    float
        Smallest pivot; 0 where the matrix is singular.
    """
    for k in range(state.kind.shape[0]):
        state.real[k] = state.magnitude[k] * math.cos(state.angle[k])
        state.imaginary[k] = state.magnitude[k] * math.sin(state.angle[k])
    return assemble_and_solve(admittance, pattern, factors, nodes, state)


FACTOR_JACOBIAN = register(Loop("grid.factor_jacobian", factor_jacobian))
NEWTON = register(Loop("grid.newton", newton))
