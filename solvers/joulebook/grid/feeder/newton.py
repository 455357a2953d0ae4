r"""Newton's method for feeders on which the fixed-point iteration does not come to rest.

The currents at all nodes must sum to zero, :math:`F(V) = Y V - I(V) = 0`. With real and imaginary parts as unknowns the
matrix of derivatives is that of the admittances plus a block of two by two for each load,

.. math:: \frac{\partial I}{\partial V} = \begin{pmatrix} g & -b \\ b & g \end{pmatrix}
    + \begin{pmatrix} \Re (y' V) \\ \Im (y' V) \end{pmatrix}
    \frac{(\Re V \;\; \Im V)}{|V|}, \qquad y' = \frac{\mathrm d (g + \mathrm j b)}{\mathrm d |V|},

with :math:`y'` from a central difference, for the models have kinks. A step is shortened until the next correction with
the same matrix is smaller than the last one (Deuflhard's natural monotonicity).

References
----------
P. A. N. Garcia, J. L. R. Pereira, S. Carneiro, V. M. da Costa, N. Martins, "Three-phase power flow calculations using
the current injection method", IEEE Trans. Power Syst. 15 (2000) 508, DOI 10.1109/59.867133.
P. Deuflhard, *Newton Methods for Nonlinear Problems*, Springer 2011, section 3.3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.feeder.load_models import load_admittance

if TYPE_CHECKING:
    from joulebook.grid.feeder.layout import LoadArrays, NetworkArrays, StateArrays

__all__ = ["branch_slopes", "newton"]

SMALL = 1e-6
"""Change of the voltage for the difference, per unit."""
SHORTEST = 1e-4
"""Of a step, over the whole correction."""


def branch_slopes(loads: Any, voltage: Any, slopes: Any) -> int:
    """Find the currents of all branches and how they change with the voltage.

    Parameters
    ----------
    loads : LoadArrays
        Loads.
    voltage : ndarray of complex128, V
        Of the nodes.
    slopes : ndarray, shape (branches, 6)
        Receives real and imaginary current, then their derivatives to real and to imaginary voltage.

    Returns
    -------
    int
        Branches.
    """
    for b in range(len(loads.node1)):
        across = voltage[loads.node1[b]] - voltage[loads.node2[b]]
        size = abs(across)
        rated = loads.numbers[b, 0]
        step = SMALL * rated
        g, s = load_admittance(loads.model[b], loads.numbers, loads.power, b, size)
        g1, s1 = load_admittance(loads.model[b], loads.numbers, loads.power, b, size + step)
        g0, s0 = load_admittance(loads.model[b], loads.numbers, loads.power, b, max(size - step, 0.0))
        width = size + step - max(size - step, 0.0)
        turn = complex(g1 - g0, s1 - s0) / width * across
        current = complex(g, s) * across
        re, im = 0.0, 0.0
        if size > 0.0:
            re, im = across.real / size, across.imag / size
        slopes[b, 0] = current.real
        slopes[b, 1] = current.imag
        slopes[b, 2] = g + turn.real * re
        slopes[b, 3] = s + turn.imag * re
        slopes[b, 4] = -s + turn.real * im
        slopes[b, 5] = g + turn.imag * im
    return len(loads.node1)


def newton(
    network: NetworkArrays, loads: LoadArrays, state: StateArrays, slopes_of: Any, tolerance: float, most: int
) -> bool:
    """Solve with the controls held.

    Parameters
    ----------
    network, loads : arrays
        See :mod:`joulebook.grid.feeder.layout`.
    state : StateArrays
        Voltages to start from; receives the solution.
    slopes_of : callable
        :func:`branch_slopes`, compiled.
    tolerance : float
        Of the last correction, per unit.
    most : int
        Iterations.

    Returns
    -------
    bool
        Whether it converged.
    """
    from scipy.sparse.linalg import splu

    n = len(state.inverse)
    base = network.base[:n]
    system = _System(network, loads, state, slopes_of)
    v = state.voltage.copy()
    residual, matrix = system.linearised(v)
    for _ in range(most):
        try:
            solver = splu(matrix)
        except RuntimeError:
            return False
        correction = _complex(solver.solve(residual))
        size = float(np.abs(correction / base).max())
        if not np.isfinite(size):
            return False
        length = 1.0
        while True:
            trial = v.copy()
            trial[:n] -= length * correction
            next_residual, next_matrix = system.linearised(trial)
            following = float(np.abs(_complex(solver.solve(next_residual)) / base).max())
            if following <= (1.0 - length / 4.0) * size or size <= tolerance:
                break
            length *= 0.5
            if length < SHORTEST:
                return False
        v, residual, matrix = trial, next_residual, next_matrix
        state.counts[0] += 1
        if size * length <= tolerance and length == 1.0:
            state.voltage[:] = v
            state.error[0] = size
            return True
    return False


def _complex(parts: NDArray[np.float64]) -> NDArray[np.complex128]:
    n = len(parts) // 2
    out: NDArray[np.complex128] = parts[:n] + 1j * parts[n:]
    return out


class _System:
    """Residual and derivatives of a feeder at given voltages."""

    def __init__(self, network: NetworkArrays, loads: LoadArrays, state: StateArrays, slopes_of: Any) -> None:
        from scipy.sparse import coo_array

        n = len(state.inverse)
        self.n, self.loads, self.slopes_of = n, loads, slopes_of
        self.source = network.source_current[:n]
        columns = np.repeat(np.arange(n), np.diff(network.column_start))
        rows = network.rows
        off = rows != columns
        i, j = np.concatenate([rows, columns[off]]), np.concatenate([columns, rows[off]])
        values = np.concatenate([state.values, state.values[off]])
        numbers = loads.numbers
        rated = (numbers[:, 6] - 1j * numbers[:, 7]) / numbers[:, 0] ** 2
        one, other = loads.node1.astype(np.int64), loads.node2.astype(np.int64)
        i = np.concatenate([i, one, other, one, other])
        j = np.concatenate([j, one, other, other, one])
        values = np.concatenate([values, -rated, -rated, rated, rated])
        keep = (i < n) & (j < n)
        self.y = coo_array((values[keep], (i[keep], j[keep])), shape=(n, n)).tocsr()
        entries = self.y.tocoo()
        self.fixed = (entries.row, entries.col, entries.data)

    def linearised(self, v: NDArray[np.complex128]) -> tuple[NDArray[np.float64], Any]:
        from scipy.sparse import coo_array

        n, loads = self.n, self.loads
        slopes = np.zeros((len(loads.node1), 6))
        self.slopes_of(loads, v, slopes)
        drawn = np.zeros(n + 1, np.complex128)
        current = slopes[:, 0] + 1j * slopes[:, 1]
        np.add.at(drawn, loads.node1, current)
        np.add.at(drawn, loads.node2, -current)
        residual = self.y @ v[:n] + drawn[:n] - self.source
        row, column, data = self.fixed
        parts = [(row, column, data.real, -data.imag, data.imag, data.real)]
        one, other = loads.node1.astype(np.int64), loads.node2.astype(np.int64)
        for i, j, sign in ((one, one, 1), (other, other, 1), (one, other, -1), (other, one, -1)):
            keep = (i < n) & (j < n)
            block = sign * slopes[keep]
            parts.append((i[keep], j[keep], block[:, 2], block[:, 4], block[:, 3], block[:, 5]))
        i, j, a, b, c, d = (np.concatenate(items) for items in zip(*parts, strict=True))
        rows, columns = np.concatenate([i, i, i + n, i + n]), np.concatenate([j, j + n, j, j + n])
        matrix = coo_array((np.concatenate([a, b, c, d]), (rows, columns)), shape=(2 * n, 2 * n)).tocsc()
        return np.concatenate([residual.real, residual.imag]), matrix
