"""Sparse LU without pivoting, on a pattern that was worked out before: blocks of 2 x 2 reals, and complex numbers.

Row k is brought into a dense work row, earlier rows are taken off it in the order of L's pattern, and what is left is
row k of U and the diagonal, of which the inverse is kept. There is no search and no allocation, so the same loop is
fit for every topology, for CPU threads and for a GPU.

Without pivoting the factorisation needs a matrix whose diagonal is not small: admittance matrices and Jacobians of
power flows in solvable states are. The smallest pivot in relation to its row is reported, and callers fall back to a
pivoting solver where it is too small (:data:`SMALLEST_PIVOT`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from joulebook.numerics.elimination import Elimination
from joulebook.numerics.twins import Loop, register

__all__ = [
    "SMALLEST_PIVOT",
    "BlockFactors",
    "ComplexFactors",
    "FactorPattern",
    "back_substitute",
    "block_factors",
    "clear_row",
    "complex_factors",
    "eliminate_row",
    "factor_blocks",
    "factor_complex",
    "factor_pattern",
    "solve_blocks",
    "solve_blocks_transposed",
    "solve_complex",
    "solve_complex_transposed",
]

SMALLEST_PIVOT = 1e-10
"""Determinant of a diagonal block, over the product of its rows' largest entries before the elimination."""


class FactorPattern(NamedTuple):
    """Patterns of both factors, by rows.

    Parameters
    ----------
    lower_start, upper_start : ndarray of int32, shape (n + 1,)
        Where rows begin.
    lower_index, upper_index : ndarray of int32, shape (nnz,)
        Columns.
    """

    lower_start: Any
    lower_index: Any
    upper_start: Any
    upper_index: Any


class BlockFactors(NamedTuple):
    """Numbers of a factorisation in blocks (a, b; c, d), stored as four.

    Parameters
    ----------
    lower, upper : ndarray, shape (nnz, 4)
        Strict factors; L has a unit diagonal.
    diagonal : ndarray, shape (n, 4)
        Inverse of U's diagonal blocks.
    work : ndarray, shape (n, 4)
        A dense row.
    """

    lower: Any
    upper: Any
    diagonal: Any
    work: Any


class ComplexFactors(NamedTuple):
    """Numbers of a complex factorisation.

    Parameters
    ----------
    lower, upper : ndarray of complex, shape (nnz,)
        Strict factors; L has a unit diagonal.
    diagonal : ndarray of complex, shape (n,)
        Inverse of U's diagonal.
    work : ndarray of complex, shape (n,)
        A dense row.
    """

    lower: Any
    upper: Any
    diagonal: Any
    work: Any


def factor_pattern(elimination: Elimination) -> FactorPattern:
    """Hand the patterns of an analysis to loops.

    Parameters
    ----------
    elimination : Elimination
        The analysis.

    Returns
    -------
    FactorPattern
        The arrays.
    """
    lower, upper = elimination.lower, elimination.upper
    return FactorPattern(lower.start, lower.index, upper.start, upper.index)


def block_factors(elimination: Elimination) -> BlockFactors:
    """Make room for a factorisation in blocks.

    Parameters
    ----------
    elimination : Elimination
        The analysis.

    Returns
    -------
    BlockFactors
        Empty arrays.
    """
    n, nonzeros = elimination.n, len(elimination.lower.index)
    return BlockFactors(np.empty((nonzeros, 4)), np.empty((nonzeros, 4)), np.empty((n, 4)), np.zeros((n, 4)))


def complex_factors(elimination: Elimination) -> ComplexFactors:
    """Make room for a complex factorisation.

    Parameters
    ----------
    elimination : Elimination
        The analysis.

    Returns
    -------
    ComplexFactors
        Empty arrays.
    """
    n, nonzeros = elimination.n, len(elimination.lower.index)
    lower, upper = np.empty(nonzeros, np.complex128), np.empty(nonzeros, np.complex128)
    return ComplexFactors(lower, upper, np.empty(n, np.complex128), np.zeros(n, np.complex128))


def eliminate_row(k: int, pattern: Any, factors: Any, rhs: Any) -> float:
    """Take the earlier rows off the dense work row, and keep it as row k of the factors.

    Parameters
    ----------
    k : int
        Row.
    pattern : FactorPattern
        Of the factors.
    factors : BlockFactors
        ``work`` holds row k of the matrix on the pattern of the factors.
    rhs : ndarray, shape (n, 2)
        Right-hand side; row k is eliminated along with the matrix.

    Returns
    -------
    float
        The pivot: determinant of the diagonal block over the product of its rows' largest entries before.
    """
    lower, upper, diagonal, work = factors.lower, factors.upper, factors.diagonal, factors.work
    r0 = rhs[k, 0]
    r1 = rhs[k, 1]
    scale = (abs(work[k, 0]) + abs(work[k, 1])) * (abs(work[k, 2]) + abs(work[k, 3]))
    for p in range(pattern.lower_start[k], pattern.lower_start[k + 1]):
        j = pattern.lower_index[p]
        a0 = work[j, 0]
        a1 = work[j, 1]
        a2 = work[j, 2]
        a3 = work[j, 3]
        e0 = diagonal[j, 0]
        e1 = diagonal[j, 1]
        e2 = diagonal[j, 2]
        e3 = diagonal[j, 3]
        l0 = a0 * e0 + a1 * e2
        l1 = a0 * e1 + a1 * e3
        l2 = a2 * e0 + a3 * e2
        l3 = a2 * e1 + a3 * e3
        lower[p, 0] = l0
        lower[p, 1] = l1
        lower[p, 2] = l2
        lower[p, 3] = l3
        for q in range(pattern.upper_start[j], pattern.upper_start[j + 1]):
            c = pattern.upper_index[q]
            u0 = upper[q, 0]
            u1 = upper[q, 1]
            u2 = upper[q, 2]
            u3 = upper[q, 3]
            work[c, 0] -= l0 * u0 + l1 * u2
            work[c, 1] -= l0 * u1 + l1 * u3
            work[c, 2] -= l2 * u0 + l3 * u2
            work[c, 3] -= l2 * u1 + l3 * u3
        r0 -= l0 * rhs[j, 0] + l1 * rhs[j, 1]
        r1 -= l2 * rhs[j, 0] + l3 * rhs[j, 1]
    rhs[k, 0] = r0
    rhs[k, 1] = r1
    d0 = work[k, 0]
    d1 = work[k, 1]
    d2 = work[k, 2]
    d3 = work[k, 3]
    determinant = d0 * d3 - d1 * d2
    inverse = 1.0 / determinant
    diagonal[k, 0] = d3 * inverse
    diagonal[k, 1] = -d1 * inverse
    diagonal[k, 2] = -d2 * inverse
    diagonal[k, 3] = d0 * inverse
    for q in range(pattern.upper_start[k], pattern.upper_start[k + 1]):
        c = pattern.upper_index[q]
        upper[q, 0] = work[c, 0]
        upper[q, 1] = work[c, 1]
        upper[q, 2] = work[c, 2]
        upper[q, 3] = work[c, 3]
    if scale == 0.0:
        return 0.0
    return float(abs(determinant) / scale)


def clear_row(k: int, pattern: Any, work: Any) -> None:
    """Set the work row to zero on the pattern of row k of the factors.

    Parameters
    ----------
    k : int
        Row.
    pattern : FactorPattern
        Of the factors.
    work : ndarray, shape (n, 4)
        The dense row.
    """
    for p in range(pattern.lower_start[k], pattern.lower_start[k + 1]):
        j = pattern.lower_index[p]
        work[j, 0] = 0.0
        work[j, 1] = 0.0
        work[j, 2] = 0.0
        work[j, 3] = 0.0
    for p in range(pattern.upper_start[k], pattern.upper_start[k + 1]):
        j = pattern.upper_index[p]
        work[j, 0] = 0.0
        work[j, 1] = 0.0
        work[j, 2] = 0.0
        work[j, 3] = 0.0


def back_substitute(pattern: Any, factors: Any, rhs: Any) -> None:
    """Solve with U.

    Parameters
    ----------
    pattern : FactorPattern
        Of the factors.
    factors : BlockFactors
        The numbers.
    rhs : ndarray, shape (n, 2)
        Right-hand side, already through L; becomes the solution.
    """
    upper, diagonal = factors.upper, factors.diagonal
    for back in range(rhs.shape[0]):
        k = rhs.shape[0] - 1 - back
        r0 = rhs[k, 0]
        r1 = rhs[k, 1]
        for q in range(pattern.upper_start[k], pattern.upper_start[k + 1]):
            c = pattern.upper_index[q]
            r0 -= upper[q, 0] * rhs[c, 0] + upper[q, 1] * rhs[c, 1]
            r1 -= upper[q, 2] * rhs[c, 0] + upper[q, 3] * rhs[c, 1]
        rhs[k, 0] = diagonal[k, 0] * r0 + diagonal[k, 1] * r1
        rhs[k, 1] = diagonal[k, 2] * r0 + diagonal[k, 3] * r1


def factor_blocks(start: Any, index: Any, values: Any, pattern: Any, factors: Any, rhs: Any) -> float:
    """Factorise a matrix of blocks.

    Parameters
    ----------
    start, index : ndarray of int32, shape (n + 1,) and (nnz,)
        Pattern of the matrix, in the order of the analysis.
    values : ndarray, shape (nnz, 4)
        Its blocks, row by row.
    pattern : FactorPattern
        Of the factors.
    factors : BlockFactors
        Filled.
    rhs : ndarray, shape (n, 2)
        Right-hand side; goes through L.

    Returns
    -------
    float
        Smallest pivot; 0 where one vanishes.
    """
    smallest = 1e300
    for k in range(start.shape[0] - 1):
        clear_row(k, pattern, factors.work)
        for column in range(4):
            factors.work[k, column] = 0.0
        for p in range(start[k], start[k + 1]):
            for column in range(4):
                factors.work[index[p], column] = values[p, column]
        pivot = eliminate_row(k, pattern, factors, rhs)
        if not pivot > 0.0:
            return 0.0
        smallest = min(smallest, pivot)
    return smallest


def solve_blocks(pattern: Any, factors: Any, rhs: Any) -> None:
    """Solve with both factors.

    Parameters
    ----------
    pattern : FactorPattern
        Of the factors.
    factors : BlockFactors
        The numbers.
    rhs : ndarray, shape (n, 2)
        Right-hand side; becomes the solution.
    """
    lower = factors.lower
    for k in range(rhs.shape[0]):
        r0 = rhs[k, 0]
        r1 = rhs[k, 1]
        for p in range(pattern.lower_start[k], pattern.lower_start[k + 1]):
            j = pattern.lower_index[p]
            r0 -= lower[p, 0] * rhs[j, 0] + lower[p, 1] * rhs[j, 1]
            r1 -= lower[p, 2] * rhs[j, 0] + lower[p, 3] * rhs[j, 1]
        rhs[k, 0] = r0
        rhs[k, 1] = r1
    back_substitute(pattern, factors, rhs)


def solve_blocks_transposed(pattern: Any, factors: Any, rhs: Any) -> None:
    """Solve with the transposed matrix.

    Parameters
    ----------
    pattern : FactorPattern
        Of the factors.
    factors : BlockFactors
        The numbers.
    rhs : ndarray, shape (n, 2)
        Right-hand side; becomes the solution.
    """
    lower, upper, diagonal = factors.lower, factors.upper, factors.diagonal
    n = rhs.shape[0]
    for k in range(n):
        r0 = diagonal[k, 0] * rhs[k, 0] + diagonal[k, 2] * rhs[k, 1]
        r1 = diagonal[k, 1] * rhs[k, 0] + diagonal[k, 3] * rhs[k, 1]
        rhs[k, 0] = r0
        rhs[k, 1] = r1
        for q in range(pattern.upper_start[k], pattern.upper_start[k + 1]):
            c = pattern.upper_index[q]
            rhs[c, 0] -= upper[q, 0] * r0 + upper[q, 2] * r1
            rhs[c, 1] -= upper[q, 1] * r0 + upper[q, 3] * r1
    for back in range(n):
        k = n - 1 - back
        r0 = rhs[k, 0]
        r1 = rhs[k, 1]
        for p in range(pattern.lower_start[k], pattern.lower_start[k + 1]):
            j = pattern.lower_index[p]
            rhs[j, 0] -= lower[p, 0] * r0 + lower[p, 2] * r1
            rhs[j, 1] -= lower[p, 1] * r0 + lower[p, 3] * r1


def factor_complex(start: Any, index: Any, values: Any, pattern: Any, factors: Any) -> float:
    """Factorise a complex matrix.

    Parameters
    ----------
    start, index : ndarray of int32, shape (n + 1,) and (nnz,)
        Pattern of the matrix, in the order of the analysis.
    values : ndarray of complex, shape (nnz,)
        Its numbers.
    pattern : FactorPattern
        Of the factors.
    factors : ComplexFactors
        Filled.

    Returns
    -------
    float
        Smallest pivot over the diagonal that stood there before; 0 where one vanishes.
    """
    lower, upper, diagonal, work = factors.lower, factors.upper, factors.diagonal, factors.work
    smallest = 1e300
    for k in range(start.shape[0] - 1):
        for p in range(pattern.lower_start[k], pattern.lower_start[k + 1]):
            work[pattern.lower_index[p]] = 0.0
        for p in range(pattern.upper_start[k], pattern.upper_start[k + 1]):
            work[pattern.upper_index[p]] = 0.0
        work[k] = 0.0
        largest = 0.0
        for p in range(start[k], start[k + 1]):
            work[index[p]] = values[p]
            largest = max(largest, abs(values[p]))
        for p in range(pattern.lower_start[k], pattern.lower_start[k + 1]):
            j = pattern.lower_index[p]
            factor = work[j] * diagonal[j]
            lower[p] = factor
            for q in range(pattern.upper_start[j], pattern.upper_start[j + 1]):
                work[pattern.upper_index[q]] -= factor * upper[q]
        pivot = work[k]
        size = abs(pivot)
        if size == 0.0 or largest == 0.0:
            return 0.0
        smallest = min(smallest, size / largest)
        diagonal[k] = 1.0 / pivot
        for q in range(pattern.upper_start[k], pattern.upper_start[k + 1]):
            upper[q] = work[pattern.upper_index[q]]
    return smallest


def solve_complex(pattern: Any, factors: Any, rhs: Any) -> None:
    """Solve a complex system.

    Parameters
    ----------
    pattern : FactorPattern
        Of the factors.
    factors : ComplexFactors
        The numbers.
    rhs : ndarray of complex, shape (n,)
        Right-hand side; becomes the solution.
    """
    lower, upper, diagonal = factors.lower, factors.upper, factors.diagonal
    n = rhs.shape[0]
    for k in range(n):
        total = rhs[k]
        for p in range(pattern.lower_start[k], pattern.lower_start[k + 1]):
            total -= lower[p] * rhs[pattern.lower_index[p]]
        rhs[k] = total
    for back in range(n):
        k = n - 1 - back
        total = rhs[k]
        for q in range(pattern.upper_start[k], pattern.upper_start[k + 1]):
            total -= upper[q] * rhs[pattern.upper_index[q]]
        rhs[k] = diagonal[k] * total


def solve_complex_transposed(pattern: Any, factors: Any, rhs: Any) -> None:
    """Solve with the transposed matrix (not conjugated).

    Parameters
    ----------
    pattern : FactorPattern
        Of the factors.
    factors : ComplexFactors
        The numbers.
    rhs : ndarray of complex, shape (n,)
        Right-hand side; becomes the solution.
    """
    lower, upper, diagonal = factors.lower, factors.upper, factors.diagonal
    n = rhs.shape[0]
    for k in range(n):
        value = diagonal[k] * rhs[k]
        rhs[k] = value
        for q in range(pattern.upper_start[k], pattern.upper_start[k + 1]):
            rhs[pattern.upper_index[q]] -= upper[q] * value
    for back in range(n):
        k = n - 1 - back
        value = rhs[k]
        for p in range(pattern.lower_start[k], pattern.lower_start[k + 1]):
            rhs[pattern.lower_index[p]] -= lower[p] * value


FACTOR_BLOCKS = register(Loop("numerics.factor_blocks", factor_blocks))
SOLVE_BLOCKS = register(Loop("numerics.solve_blocks", solve_blocks))
SOLVE_BLOCKS_TRANSPOSED = register(Loop("numerics.solve_blocks_transposed", solve_blocks_transposed))
FACTOR_COMPLEX = register(Loop("numerics.factor_complex", factor_complex))
SOLVE_COMPLEX = register(Loop("numerics.solve_complex", solve_complex))
SOLVE_COMPLEX_TRANSPOSED = register(Loop("numerics.solve_complex_transposed", solve_complex_transposed))
