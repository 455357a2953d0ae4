"""Newton's method with a pivoting sparse LU: slower, for the rare states where a pivot of the block LU vanishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from joulebook.grid import newton as at

if TYPE_CHECKING:
    from joulebook.grid.working import Working

__all__ = ["newton_with_pivoting"]


def newton_with_pivoting(
    working: Working, state: at.State, tolerance: float, most_iterations: int
) -> tuple[int, float]:
    """Solve from a state by SciPy's SuperLU.

    Parameters
    ----------
    working : Working
        The network.
    state : State
        Where to begin; becomes the solution.
    tolerance : float, per unit
        Of the mismatch.
    most_iterations : int
        At most.

    Returns
    -------
    status : int
        Of :mod:`joulebook.grid.newton`.
    residual : float, per unit
        Largest mismatch.
    """
    y = working.admittance
    n = len(state.kind)
    matrix = sparse.csr_array((y.conductance + 1j * y.susceptance, y.index, y.start), shape=(n, n))
    free, loads = np.flatnonzero(state.kind != at.FIXED), np.flatnonzero(state.kind == at.LOAD)
    nodes = working.nodes
    residual = np.inf
    for count in range(most_iterations + 1):
        v = state.magnitude * np.exp(1j * state.angle)
        state.real[:], state.imaginary[:] = v.real, v.imag
        given = (
            nodes.active + 1j * nodes.reactive + state.magnitude * (nodes.active_current + 1j * nodes.reactive_current)
        )
        current = matrix @ v
        missing = given - v * np.conj(current)
        rhs = np.concatenate([missing.real[free], missing.imag[loads]])
        residual = float(np.abs(rhs).max(initial=0.0))
        working.iterations += count > 0
        if residual < tolerance:
            return at.SOLVED, residual
        if not residual < at.HOPELESS or count == most_iterations:
            break
        diagonal = sparse.diags_array(v)
        by_angle = 1j * diagonal @ (sparse.diags_array(current) - matrix @ diagonal).conj()
        by_size = diagonal @ (matrix @ diagonal).conj() + sparse.diags_array(current.conj() * v)
        by_size = by_size - sparse.diags_array(state.magnitude * (nodes.active_current + 1j * nodes.reactive_current))
        jacobian = sparse.block_array(
            [
                [by_angle.real[free][:, free], by_size.real[free][:, loads]],
                [by_angle.imag[loads][:, free], by_size.imag[loads][:, loads]],
            ],
            format="csc",
        )
        try:
            step = linalg.splu(jacobian).solve(rhs)
        except RuntimeError:
            return at.SINGULAR, residual
        state.angle[free] += step[: len(free)]
        state.magnitude[loads] *= np.maximum(1.0 + step[len(free) :], at.SMALLEST_FACTOR)
    return (at.STEP_LIMIT if residual < at.HOPELESS else at.DIVERGED), residual
