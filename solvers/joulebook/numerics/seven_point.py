"""Loops over a network of conductances on a block of cells, each cell joined to its six neighbours.

Arrays have the shape (n_x, n_y, n_z). Entry ``[i, j, k]`` of ``g_x`` is the conductance between cell ``i`` and cell
``i + 1``, likewise ``g_y`` and ``g_z``; the last entry along the own axis is 0. ``sink`` joins each cell to ground. All
loops run over arrays of the caller; none allocates. Sums are taken in difference form, ``g (x - x')``, so that a small
``sink`` is not lost in the rounding of a large diagonal.

References
----------
Zebra line relaxation: Briggs, Henson and McCormick, A Multigrid Tutorial, 2nd ed., SIAM 2000,
doi:10.1137/1.9780898719505.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joulebook.numerics.twins import Loop, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

__all__ = [
    "ADVANCE",
    "APPLY",
    "DIRECT",
    "FACTOR_LINES",
    "PROLONG_X",
    "PROLONG_Y",
    "RESIDUAL",
    "RESTRICT_X",
    "RESTRICT_Y",
    "SMOOTH_LINES",
]


def apply_network(g_x: Array, g_y: Array, g_z: Array, sink: Array, x: Array, out: Array) -> None:
    """Compute the flow out of every cell, ``out = A x``.

    Parameters
    ----------
    g_x, g_y, g_z, sink : ndarray, shape (n_x, n_y, n_z)
        The network.
    x : ndarray, shape (n_x, n_y, n_z)
        Potentials.
    out : ndarray, shape (n_x, n_y, n_z)
        Overwritten.
    """
    n_x, n_y, n_z = x.shape
    for i in range(n_x):
        for j in range(n_y):
            for k in range(n_z):
                here = x[i, j, k]
                flow = sink[i, j, k] * here
                if i > 0:
                    flow += g_x[i - 1, j, k] * (here - x[i - 1, j, k])
                if i < n_x - 1:
                    flow += g_x[i, j, k] * (here - x[i + 1, j, k])
                if j > 0:
                    flow += g_y[i, j - 1, k] * (here - x[i, j - 1, k])
                if j < n_y - 1:
                    flow += g_y[i, j, k] * (here - x[i, j + 1, k])
                if k > 0:
                    flow += g_z[i, j, k - 1] * (here - x[i, j, k - 1])
                if k < n_z - 1:
                    flow += g_z[i, j, k] * (here - x[i, j, k + 1])
                out[i, j, k] = flow


def residual(g_x: Array, g_y: Array, g_z: Array, sink: Array, x: Array, b: Array, out: Array) -> None:
    """Compute what is missing in the balance of every cell, ``out = b - A x``.

    Parameters
    ----------
    g_x, g_y, g_z, sink : ndarray, shape (n_x, n_y, n_z)
        The network.
    x, b : ndarray, shape (n_x, n_y, n_z)
        Potentials and sources.
    out : ndarray, shape (n_x, n_y, n_z)
        Overwritten.
    """
    apply_network(g_x, g_y, g_z, sink, x, out)
    n_x, n_y, n_z = x.shape
    for i in range(n_x):
        for j in range(n_y):
            for k in range(n_z):
                out[i, j, k] = b[i, j, k] - out[i, j, k]


def factor_lines(g_x: Array, g_y: Array, g_z: Array, sink: Array, inverse: Array, upper: Array) -> None:
    """Factor the tridiagonal system of every line along z, for :func:`smooth_lines`.

    Parameters
    ----------
    g_x, g_y, g_z, sink : ndarray, shape (n_x, n_y, n_z)
        The network.
    inverse, upper : ndarray, shape (n_x, n_y, n_z)
        Overwritten: inverse pivots, and upper factors, of Thomas' algorithm.
    """
    n_x, n_y, n_z = sink.shape
    for i in range(n_x):
        for j in range(n_y):
            for k in range(n_z):
                pivot = sink[i, j, k] + g_x[i, j, k] + g_y[i, j, k] + g_z[i, j, k]
                if i > 0:
                    pivot += g_x[i - 1, j, k]
                if j > 0:
                    pivot += g_y[i, j - 1, k]
                if k > 0:
                    below = g_z[i, j, k - 1]
                    pivot += below * (1.0 - upper[i, j, k - 1])
                inverse[i, j, k] = 1.0 / pivot
                upper[i, j, k] = g_z[i, j, k] / pivot


def smooth_lines(
    g_x: Array, g_y: Array, g_z: Array, inverse: Array, upper: Array, x: Array, b: Array, colour: int
) -> None:
    """Solve every second line along z, in the pattern of a chessboard, its neighbours held as they are.

    Parameters
    ----------
    g_x, g_y, g_z : ndarray, shape (n_x, n_y, n_z)
        The network.
    inverse, upper : ndarray, shape (n_x, n_y, n_z)
        Of :func:`factor_lines`.
    x, b : ndarray, shape (n_x, n_y, n_z)
        Potentials, improved in place, and sources.
    colour : int
        0 or 1: lines with ``i + j`` even, or odd.
    """
    n_x, n_y, n_z = x.shape
    for i in range(n_x):
        for j in range((i + colour) & 1, n_y, 2):
            for k in range(n_z):
                flow = b[i, j, k]
                if i > 0:
                    flow += g_x[i - 1, j, k] * x[i - 1, j, k]
                if i < n_x - 1:
                    flow += g_x[i, j, k] * x[i + 1, j, k]
                if j > 0:
                    flow += g_y[i, j - 1, k] * x[i, j - 1, k]
                if j < n_y - 1:
                    flow += g_y[i, j, k] * x[i, j + 1, k]
                x[i, j, k] = flow
            x[i, j, 0] *= inverse[i, j, 0]
            for k in range(1, n_z):
                x[i, j, k] = (x[i, j, k] + g_z[i, j, k - 1] * x[i, j, k - 1]) * inverse[i, j, k]
            for k in range(n_z - 2, -1, -1):
                x[i, j, k] += upper[i, j, k] * x[i, j, k + 1]


def restrict_x(fine: Array, left: Array, right: Array, coarse: Array) -> None:
    """Gather along x: the transpose of :func:`prolong_x`.

    Parameters
    ----------
    fine : ndarray, shape (n_x, n_y, n_z)
        On the fine cells.
    left, right : ndarray, shape (m_x, n_y, n_z)
        Share of the neighbour in the first and the second cell of each pair.
    coarse : ndarray, shape (m_x, n_y, n_z)
        Overwritten.
    """
    n_x, n_y, n_z = fine.shape
    m_x = coarse.shape[0]
    for c in range(m_x):
        i = 2 * c
        for j in range(n_y):
            for k in range(n_z):
                total = (1.0 - left[c, j, k]) * fine[i, j, k]
                if i + 1 < n_x:
                    total += (1.0 - right[c, j, k]) * fine[i + 1, j, k]
                if c > 0:
                    total += right[c - 1, j, k] * fine[i - 1, j, k]
                if c < m_x - 1:
                    total += left[c + 1, j, k] * fine[i + 2, j, k]
                coarse[c, j, k] = total


def restrict_y(fine: Array, left: Array, right: Array, coarse: Array) -> None:
    """Gather along y; as :func:`restrict_x`.

    Parameters
    ----------
    fine : ndarray, shape (n_x, n_y, n_z)
        On the fine cells.
    left, right : ndarray, shape (n_x, m_y, n_z)
        Share of the neighbour in the first and the second cell of each pair.
    coarse : ndarray, shape (n_x, m_y, n_z)
        Overwritten.
    """
    n_x, n_y, n_z = fine.shape
    m_y = coarse.shape[1]
    for i in range(n_x):
        for c in range(m_y):
            j = 2 * c
            for k in range(n_z):
                total = (1.0 - left[i, c, k]) * fine[i, j, k]
                if j + 1 < n_y:
                    total += (1.0 - right[i, c, k]) * fine[i, j + 1, k]
                if c > 0:
                    total += right[i, c - 1, k] * fine[i, j - 1, k]
                if c < m_y - 1:
                    total += left[i, c + 1, k] * fine[i, j + 2, k]
                coarse[i, c, k] = total


def prolong_y(coarse: Array, left: Array, right: Array, fine: Array) -> None:
    """Interpolate along y.

    Parameters
    ----------
    coarse : ndarray, shape (n_x, m_y, n_z)
        On the coarse cells.
    left, right : ndarray, shape (n_x, m_y, n_z)
        Share of the neighbour in the first and the second cell of each pair.
    fine : ndarray, shape (n_x, n_y, n_z)
        Overwritten.
    """
    n_x, n_y, n_z = fine.shape
    m_y = coarse.shape[1]
    for i in range(n_x):
        for c in range(m_y):
            j = 2 * c
            for k in range(n_z):
                here = coarse[i, c, k]
                value = here
                if c > 0:
                    value += left[i, c, k] * (coarse[i, c - 1, k] - here)
                fine[i, j, k] = value
                if j + 1 < n_y:
                    value = here
                    if c < m_y - 1:
                        value += right[i, c, k] * (coarse[i, c + 1, k] - here)
                    fine[i, j + 1, k] = value


def prolong_x(coarse: Array, left: Array, right: Array, fine: Array) -> None:
    """Interpolate along x and add.

    Parameters
    ----------
    coarse : ndarray, shape (m_x, n_y, n_z)
        On the coarse cells.
    left, right : ndarray, shape (m_x, n_y, n_z)
        Share of the neighbour in the first and the second cell of each pair.
    fine : ndarray, shape (n_x, n_y, n_z)
        The interpolated values are added to it.
    """
    n_x, n_y, n_z = fine.shape
    m_x = coarse.shape[0]
    for c in range(m_x):
        i = 2 * c
        for j in range(n_y):
            for k in range(n_z):
                here = coarse[c, j, k]
                value = here
                if c > 0:
                    value += left[c, j, k] * (coarse[c - 1, j, k] - here)
                fine[i, j, k] += value
                if i + 1 < n_x:
                    value = here
                    if c < m_x - 1:
                        value += right[c, j, k] * (coarse[c + 1, j, k] - here)
                    fine[i + 1, j, k] += value


def advance(x: Array, r: Array, p: Array, q: Array, alpha: float) -> tuple[float, float]:
    """Take a step of conjugate gradients, ``x += alpha p`` and ``r -= alpha q``.

    Parameters
    ----------
    x, r : ndarray, shape (n,)
        Changed in place.
    p, q : ndarray, shape (n,)
        Direction, and the network applied to it.
    alpha : float
        Length of the step.

    Returns
    -------
    tuple of float
        Sum of the squares of ``r``, and its sum.
    """
    squares, total = 0.0, 0.0
    for k in range(x.size):
        x[k] += alpha * p[k]
        left = r[k] - alpha * q[k]
        r[k] = left
        squares += left * left
        total += left
    return squares, total


def direct(z: Array, p: Array, beta: float) -> None:
    """Turn the direction of conjugate gradients, ``p = z + beta p``.

    Parameters
    ----------
    z, p : ndarray, shape (n,)
        Preconditioned residual, and the direction, changed in place.
    beta : float
        Share of the old direction.
    """
    for k in range(p.size):
        p[k] = z[k] + beta * p[k]


APPLY = register(Loop("numerics.seven_point.apply", apply_network))
RESIDUAL = register(Loop("numerics.seven_point.residual", residual))
FACTOR_LINES = register(Loop("numerics.seven_point.factor_lines", factor_lines))
SMOOTH_LINES = register(Loop("numerics.seven_point.smooth_lines", smooth_lines))
RESTRICT_X = register(Loop("numerics.seven_point.restrict_x", restrict_x))
RESTRICT_Y = register(Loop("numerics.seven_point.restrict_y", restrict_y))
PROLONG_X = register(Loop("numerics.seven_point.prolong_x", prolong_x))
PROLONG_Y = register(Loop("numerics.seven_point.prolong_y", prolong_y))
ADVANCE = register(Loop("numerics.seven_point.advance", advance))
DIRECT = register(Loop("numerics.seven_point.direct", direct))
