"""Power through branches and into nodes, from voltages."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.arrays import NetworkArrays
from joulebook.grid.plan import Plan
from joulebook.numerics.twins import Loop, register

__all__ = ["FLOWS", "branch_data", "flows"]

FROM_P, FROM_Q, TO_P, TO_Q, FROM_I, TO_I = 0, 1, 2, 3, 4, 5
"""Columns of the flows: power into the branch at either end, and the square of the current."""
N_FLOWS = 6


def branch_data(arrays: NetworkArrays, plan: Plan) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Put what branch flows need into arrays for the loop.

    Parameters
    ----------
    arrays : NetworkArrays
        The network.
    plan : Plan
        Of its topology.

    Returns
    -------
    ends : ndarray of int32, shape (n_branches, 2)
        Rows of the plan; -1 for branches out of service.
    values : ndarray, shape (n_branches, 8), per unit
        Real and imaginary parts of y_ff, y_ft, y_tf, y_tt.
    """
    on = arrays.branches.in_service
    ends = np.full((len(arrays.branches), 2), -1, np.int32)
    ends[on, 0] = plan.elimination.position[arrays.branches.from_node[on]]
    ends[on, 1] = plan.elimination.position[arrays.branches.to_node[on]]
    four = np.stack([arrays.y_ff, arrays.y_ft, arrays.y_tf, arrays.y_tt], axis=1)
    return ends, np.ascontiguousarray(four).view(np.float64).reshape(len(four), 8)


def flows(admittance: Any, real: Any, imaginary: Any, ends: Any, values: Any, through: Any, into: Any) -> None:
    """Work out all flows.

    Parameters
    ----------
    admittance : Admittance
        In the order of the plan.
    real, imaginary : ndarray, shape (n,), per unit
        Voltages.
    ends : ndarray of int32, shape (n_branches, 2)
        Rows of both ends; -1 out of service.
    values : ndarray, shape (n_branches, 8), per unit
        Admittances.
    through : ndarray, shape (n_branches, 6), per unit
        Filled, in the columns named above.
    into : ndarray, shape (n, 2), per unit
        Filled with active and reactive power from each node into the network, shunts included.
    """
    for branch in range(ends.shape[0]):
        f = ends[branch, 0]
        t = ends[branch, 1]
        if f < 0:
            for column in range(N_FLOWS):
                through[branch, column] = 0.0
            continue
        fr = real[f]
        fi = imaginary[f]
        tr = real[t]
        ti = imaginary[t]
        cr = values[branch, 0] * fr - values[branch, 1] * fi + values[branch, 2] * tr - values[branch, 3] * ti
        ci = values[branch, 0] * fi + values[branch, 1] * fr + values[branch, 2] * ti + values[branch, 3] * tr
        through[branch, 0] = fr * cr + fi * ci
        through[branch, 1] = fi * cr - fr * ci
        through[branch, 4] = cr * cr + ci * ci
        cr = values[branch, 4] * fr - values[branch, 5] * fi + values[branch, 6] * tr - values[branch, 7] * ti
        ci = values[branch, 4] * fi + values[branch, 5] * fr + values[branch, 6] * ti + values[branch, 7] * tr
        through[branch, 2] = tr * cr + ti * ci
        through[branch, 3] = ti * cr - tr * ci
        through[branch, 5] = cr * cr + ci * ci
    start, index = admittance.start, admittance.index
    for k in range(into.shape[0]):
        cr = 0.0
        ci = 0.0
        for p in range(start[k], start[k + 1]):
            j = index[p]
            cr += admittance.conductance[p] * real[j] - admittance.susceptance[p] * imaginary[j]
            ci += admittance.conductance[p] * imaginary[j] + admittance.susceptance[p] * real[j]
        into[k, 0] = real[k] * cr + imaginary[k] * ci
        into[k, 1] = imaginary[k] * cr - real[k] * ci


FLOWS = register(Loop("grid.flows", flows))
