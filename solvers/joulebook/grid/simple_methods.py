"""Two methods that came before Newton's: fast decoupled and Gauss-Seidel. Same solution, more and cheaper iterations.

Fast decoupled, version XB: angles from the balance of active power with a matrix of reciprocal reactances only,
magnitudes from the balance of reactive power with the imaginary part of the admittances without phase shifts, both
divided by the voltage and factorised once. Both matrices are the diagonal entries of 2 x 2 blocks, so that the block
LU of Newton's method serves.

Gauss-Seidel: node by node, the voltage at which the node's own balance holds with its neighbours as they are.

References
----------
Stott and Alsaç 1974, doi:10.1109/TPAS.1974.293985 (fast decoupled). van Amerongen 1989, doi:10.1109/59.193836 (XB and
BX). Ward and Hale 1956, doi:10.1109/AIEEPAS.1956.4499318 (Gauss-Seidel).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.grid import newton as at
from joulebook.grid.newton import FIXED, HELD, LOAD, RESIDUAL, TOLERANCE, mismatch
from joulebook.numerics.block_lu import FACTOR_BLOCKS, solve_blocks
from joulebook.numerics.twins import Loop, register

if TYPE_CHECKING:
    from joulebook.grid.working import Working

__all__ = ["DECOUPLED", "SEIDEL", "decoupled_matrix", "fast_decoupled", "gauss_seidel"]


def decoupled_matrix(working: Working) -> NDArray[np.float64]:
    """Build both matrices of the fast decoupled method.

    Parameters
    ----------
    working : Working
        The network.

    Returns
    -------
    ndarray, shape (nnz, 4)
        On the plan's pattern: the first for angles in place 0, that for magnitudes in place 3.
    """
    setup, plan = working.setup, working.plan
    matrix = plan.elimination.matrix
    branches = setup.compiled.arrays.branches
    on = plan.entries[:, 0] >= 0
    places = plan.entries[on].ravel()
    count = len(matrix.index)
    impedance, ratio = branches.impedance[on], np.abs(working.ratio[on])
    reactance = np.where(np.abs(impedance.imag) > 1e-9, impedance.imag, np.abs(impedance))
    b = 1.0 / reactance
    first = np.bincount(places, np.stack([b, -b, -b, b], axis=1).ravel(), count)
    series = 1.0 / impedance
    y_ff, y_tt = (series + branches.from_shunt[on]) / ratio**2, series + branches.to_shunt[on]
    y_ft = -series / ratio
    second = -np.bincount(places, np.stack([y_ff, y_ft, y_ft, y_tt], axis=1).imag.ravel(), count)
    second[plan.diagonal] -= setup.compiled.arrays.shunt.imag[plan.elimination.order]
    rows = np.repeat(np.arange(setup.n), np.diff(matrix.start))
    diagonal = np.zeros(count, bool)
    diagonal[plan.diagonal] = True
    kind = working.kind
    for values, fixed in ((first, kind == FIXED), (second, kind != LOAD)):
        gone = fixed[rows] | fixed[matrix.index]
        values[gone & ~diagonal] = 0.0
        values[plan.diagonal[fixed]] = 1.0
    out = np.zeros((count, 4))
    out[:, 0], out[:, 3] = first, second
    return out


def factorise(working: Working, factors: Any, room: Any) -> float:
    """Factorise both matrices.

    Parameters
    ----------
    working : Working
        The network.
    factors : BlockFactors
        Filled.
    room : ndarray, shape (n, 2)
        Work.

    Returns
    -------
    float
        Smallest pivot; 0 where one vanishes.
    """
    matrix = working.plan.elimination.matrix
    values = decoupled_matrix(working)
    return float(FACTOR_BLOCKS.cpu(matrix.start, matrix.index, values, working.plan.pattern, factors, room))


def fast_decoupled(
    admittance: Any, pattern: Any, factors: Any, nodes: Any, state: Any, settings: Any, record: Any
) -> int:
    """Solve for the voltages by alternating half iterations.

    Parameters
    ----------
    admittance : Admittance
        In the order of the plan.
    pattern : FactorPattern
        Of the factors.
    factors : BlockFactors
        Both matrices, factorised.
    nodes : NodeData
        Powers into the nodes.
    state : State
        ``magnitude`` and ``angle`` hold the start, then the solution.
    settings, record : ndarray
        As for :func:`joulebook.grid.newton.newton`.

    Returns
    -------
    int
        Status of :mod:`joulebook.grid.newton`.
    """
    for k in range(state.kind.shape[0]):
        state.real[k] = state.magnitude[k] * math.cos(state.angle[k])
        state.imaginary[k] = state.magnitude[k] * math.sin(state.angle[k])
    mismatch(admittance, nodes, state, record)
    count = 0
    while count < settings[at.MOST_ITERATIONS]:
        record[at.ITERATIONS] = count
        if record[RESIDUAL] < settings[TOLERANCE]:
            return at.SOLVED
        if not record[RESIDUAL] < at.HOPELESS:
            return at.DIVERGED
        count += 1
        for half in range(2):
            for k in range(state.kind.shape[0]):
                scale = 1.0 / max(state.magnitude[k], 1e-3)
                state.step[k, 0] = state.residual[k, 0] * scale if half == 0 else 0.0
                state.step[k, 1] = state.residual[k, 1] * scale if half == 1 else 0.0
            solve_blocks(pattern, factors, state.step)
            for k in range(state.kind.shape[0]):
                if half == 0 and state.kind[k] != FIXED:
                    state.angle[k] += state.step[k, 0]
                elif half == 1 and state.kind[k] == LOAD:
                    state.magnitude[k] += state.step[k, 1]
                state.real[k] = state.magnitude[k] * math.cos(state.angle[k])
                state.imaginary[k] = state.magnitude[k] * math.sin(state.angle[k])
            mismatch(admittance, nodes, state, record)
    record[at.ITERATIONS] = count
    return at.SOLVED if record[RESIDUAL] < settings[TOLERANCE] else at.STEP_LIMIT


def gauss_seidel(admittance: Any, diagonal: Any, nodes: Any, state: Any, settings: Any, record: Any) -> int:
    """Solve for the voltages node by node.

    Parameters
    ----------
    admittance : Admittance
        In the order of the plan.
    diagonal : ndarray of int32, shape (n,)
        Entry of each row's diagonal.
    nodes : NodeData
        Powers into the nodes.
    state : State
        ``magnitude`` and ``angle`` hold the start, then the solution.
    settings, record : ndarray
        As for :func:`joulebook.grid.newton.newton`.

    Returns
    -------
    int
        Status of :mod:`joulebook.grid.newton`.
    """
    n = state.kind.shape[0]
    for k in range(n):
        state.real[k] = state.magnitude[k] * math.cos(state.angle[k])
        state.imaginary[k] = state.magnitude[k] * math.sin(state.angle[k])
    count = 0
    while count < settings[at.MOST_ITERATIONS]:
        mismatch(admittance, nodes, state, record)
        record[at.ITERATIONS] = count
        if record[RESIDUAL] < settings[TOLERANCE]:
            break
        if not record[RESIDUAL] < at.HOPELESS:
            return at.DIVERGED
        count += 1
        for k in range(n):
            if state.kind[k] != FIXED:
                sweep_node(k, admittance, diagonal, nodes, state)
    for k in range(n):
        if state.kind[k] != FIXED:
            state.angle[k] = math.atan2(state.imaginary[k], state.real[k])
    mismatch(admittance, nodes, state, record)
    record[at.ITERATIONS] = count
    return at.SOLVED if record[RESIDUAL] < settings[TOLERANCE] else at.STEP_LIMIT


def sweep_node(k: int, admittance: Any, diagonal: Any, nodes: Any, state: Any) -> None:
    """Give a node the voltage at which its own balance holds.

    Parameters
    ----------
    k : int
        Row of the node.
    admittance : Admittance
        In the order of the plan.
    diagonal : ndarray of int32, shape (n,)
        Entry of each row's diagonal.
    nodes : NodeData
        Powers into the nodes.
    state : State
        Voltages.
    """
    cr = 0.0
    ci = 0.0
    for p in range(admittance.start[k], admittance.start[k + 1]):
        j = admittance.index[p]
        g = admittance.conductance[p]
        b = admittance.susceptance[p]
        cr += g * state.real[j] - b * state.imaginary[j]
        ci += g * state.imaginary[j] + b * state.real[j]
    vr = state.real[k]
    vi = state.imaginary[k]
    v = state.magnitude[k]
    active = nodes.active[k] + v * nodes.active_current[k]
    reactive = nodes.reactive[k] + v * nodes.reactive_current[k]
    if state.kind[k] == HELD:
        reactive = vi * cr - vr * ci
    square = vr * vr + vi * vi
    # conj(S / V) less the current that flows now
    dr = (active * vr + reactive * vi) / square - cr
    di = (active * vi - reactive * vr) / square - ci
    g = admittance.conductance[diagonal[k]]
    b = admittance.susceptance[diagonal[k]]
    size = g * g + b * b
    vr += (dr * g + di * b) / size
    vi += (di * g - dr * b) / size
    found = math.sqrt(vr * vr + vi * vi)
    if state.kind[k] == HELD:
        vr *= v / found
        vi *= v / found
    else:
        state.magnitude[k] = found
    state.real[k] = vr
    state.imaginary[k] = vi


DECOUPLED = register(Loop("grid.fast_decoupled", fast_decoupled))
SEIDEL = register(Loop("grid.gauss_seidel", gauss_seidel))
