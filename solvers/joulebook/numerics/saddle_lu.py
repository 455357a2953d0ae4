"""Sparse LU in blocks of 4 × 4, for saddle-point systems on a graph, on a pattern that was worked out before.

An optimisation over a network has two variables and two multipliers per node; taken together as one block, the
optimality system has the pattern of the network itself. A block's own pivots are chosen by partial pivoting, the order
of the blocks is fixed (:mod:`joulebook.numerics.elimination`). Where that is not enough the smallest pivot says so, and
:func:`residual` shows what refinement has to mend.

Floor: about 128 flops per block of fill and row, and 32 bytes × 4 of traffic per block.

References
----------
Sun, Ashley, Brewer, Hughes, Tinney 1984, doi:10.1109/TPAS.1984.318284 (Newton's optimal power flow with variables and
multipliers of a bus in one block).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from joulebook.numerics.elimination import Elimination
from joulebook.numerics.twins import separate

__all__ = ["SIZE", "SaddleFactors", "factor_saddle", "make_room", "residual", "solve_saddle"]

SIZE = 4
"""Rows and columns of a block."""


class SaddleFactors(NamedTuple):
    """Patterns and numbers of a factorisation.

    Parameters
    ----------
    start, index : ndarray of int32, shape (n + 1,) and (nnz,)
        Rows of the matrix, in the order of elimination.
    lower_start, lower_index, upper_start, upper_index : ndarray of int32
        Rows of the strict factors.
    lower, upper : ndarray, shape (nnz of the factor, 4, 4)
        Their blocks; L has unit diagonal blocks.
    diagonal : ndarray, shape (n, 4, 4)
        Inverses of U's diagonal blocks.
    work : ndarray, shape (n, 4, 4)
        A dense row.
    """

    start: Any
    index: Any
    lower_start: Any
    lower_index: Any
    upper_start: Any
    upper_index: Any
    lower: Any
    upper: Any
    diagonal: Any
    work: Any


def make_room(elimination: Elimination) -> SaddleFactors:
    """Make room for a factorisation.

    Parameters
    ----------
    elimination : Elimination
        Order and patterns.

    Returns
    -------
    SaddleFactors
        With the patterns, and empty arrays.
    """
    n, nonzeros = elimination.n, len(elimination.lower.index)
    return SaddleFactors(
        elimination.matrix.start,
        elimination.matrix.index,
        elimination.lower.start,
        elimination.lower.index,
        elimination.upper.start,
        elimination.upper.index,
        np.empty((nonzeros, SIZE, SIZE)),
        np.empty((nonzeros, SIZE, SIZE)),
        np.empty((n, SIZE, SIZE)),
        np.zeros((n, SIZE, SIZE)),
    )


def invert_block(block: Any, out: Any) -> float:
    """Invert a block by elimination with partial pivoting.

    Parameters
    ----------
    block : ndarray, shape (4, 4)
        Overwritten.
    out : ndarray, shape (4, 4)
        Its inverse.

    Returns
    -------
    float
        Smallest pivot over the largest entry of the block; 0 where it is singular.
    """
    largest = 0.0
    for i in range(SIZE):
        for j in range(SIZE):
            out[i, j] = 1.0 if i == j else 0.0
            largest = max(largest, abs(block[i, j]))
    smallest = largest
    for k in range(SIZE):
        best = k
        for i in range(k + 1, SIZE):
            if abs(block[i, k]) > abs(block[best, k]):
                best = i
        if best != k:
            for j in range(SIZE):
                held = block[k, j]
                block[k, j] = block[best, j]
                block[best, j] = held
                held = out[k, j]
                out[k, j] = out[best, j]
                out[best, j] = held
        pivot = block[k, k]
        smallest = min(smallest, abs(pivot))
        if pivot == 0.0:
            return 0.0
        scale = 1.0 / pivot
        for j in range(SIZE):
            block[k, j] *= scale
            out[k, j] *= scale
        for i in range(SIZE):
            if i != k:
                factor = block[i, k]
                for j in range(SIZE):
                    block[i, j] -= factor * block[k, j]
                    out[i, j] -= factor * out[k, j]
    return smallest / largest if largest > 0.0 else 0.0


def factor_saddle(values: Any, factors: Any) -> float:
    """Factorise.

    Parameters
    ----------
    values : ndarray, shape (nnz, 4, 4)
        Blocks of the matrix, in the order of elimination.
    factors : SaddleFactors
        Filled.

    Returns
    -------
    float
        Smallest pivot inside a diagonal block, over that block's largest entry; 0 where one is singular.
    """
    lower, upper, diagonal, work = factors.lower, factors.upper, factors.diagonal, factors.work
    smallest = 1.0
    for k in range(factors.start.shape[0] - 1):
        for p in range(factors.lower_start[k], factors.lower_start[k + 1]):
            _clear(work, factors.lower_index[p])
        for p in range(factors.upper_start[k], factors.upper_start[k + 1]):
            _clear(work, factors.upper_index[p])
        for p in range(factors.start[k], factors.start[k + 1]):
            column = factors.index[p]
            for i in range(SIZE):
                for j in range(SIZE):
                    work[column, i, j] = values[p, i, j]
        for p in range(factors.lower_start[k], factors.lower_start[k + 1]):
            done = factors.lower_index[p]
            for i in range(SIZE):
                for j in range(SIZE):
                    total = 0.0
                    for m in range(SIZE):
                        total += work[done, i, m] * diagonal[done, m, j]
                    lower[p, i, j] = total
            for q in range(factors.upper_start[done], factors.upper_start[done + 1]):
                column = factors.upper_index[q]
                for i in range(SIZE):
                    for j in range(SIZE):
                        total = 0.0
                        for m in range(SIZE):
                            total += lower[p, i, m] * upper[q, m, j]
                        work[column, i, j] -= total
        pivot = invert_block(work[k], diagonal[k])
        if pivot == 0.0:
            return 0.0
        smallest = min(smallest, pivot)
        for q in range(factors.upper_start[k], factors.upper_start[k + 1]):
            column = factors.upper_index[q]
            for i in range(SIZE):
                for j in range(SIZE):
                    upper[q, i, j] = work[column, i, j]
    return smallest


def _clear(work: Any, row: int) -> None:
    for i in range(SIZE):
        for j in range(SIZE):
            work[row, i, j] = 0.0


@separate
def solve_saddle(factors: Any, rhs: Any) -> None:
    """Solve with both factors.

    Parameters
    ----------
    factors : SaddleFactors
        The numbers.
    rhs : ndarray, shape (n, 4)
        Right-hand side; becomes the solution.
    """
    n = rhs.shape[0]
    for k in range(n):
        for p in range(factors.lower_start[k], factors.lower_start[k + 1]):
            done = factors.lower_index[p]
            for i in range(SIZE):
                for j in range(SIZE):
                    rhs[k, i] -= factors.lower[p, i, j] * rhs[done, j]
    for back in range(n):
        k = n - 1 - back
        for q in range(factors.upper_start[k], factors.upper_start[k + 1]):
            column = factors.upper_index[q]
            for i in range(SIZE):
                for j in range(SIZE):
                    rhs[k, i] -= factors.upper[q, i, j] * rhs[column, j]
        a, b, c, d = rhs[k, 0], rhs[k, 1], rhs[k, 2], rhs[k, 3]
        for i in range(SIZE):
            inverse = factors.diagonal[k, i]
            rhs[k, i] = inverse[0] * a + inverse[1] * b + inverse[2] * c + inverse[3] * d


@separate
def residual(values: Any, factors: Any, solution: Any, rhs: Any, out: Any) -> float:
    """Say what a solution leaves of the right-hand side.

    Parameters
    ----------
    values : ndarray, shape (nnz, 4, 4)
        Blocks of the matrix.
    factors : SaddleFactors
        For the pattern.
    solution, rhs : ndarray, shape (n, 4)
        Of the system.
    out : ndarray, shape (n, 4)
        ``rhs - matrix @ solution``.

    Returns
    -------
    float
        Largest entry of ``out``.
    """
    largest = 0.0
    for k in range(rhs.shape[0]):
        for i in range(SIZE):
            total = rhs[k, i]
            for p in range(factors.start[k], factors.start[k + 1]):
                column = factors.index[p]
                for j in range(SIZE):
                    total -= values[p, i, j] * solution[column, j]
            out[k, i] = total
            largest = max(largest, abs(total))
    return largest
