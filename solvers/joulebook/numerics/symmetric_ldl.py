r"""Sparse factors of complex symmetric matrices: order once, find the pattern once, factor and solve often.

A nodal admittance matrix is symmetric, not Hermitian: :math:`A = A^T = L D L^T` with a unit lower triangle :math:`L`
and a diagonal :math:`D`, both complex. The order is that of minimum degree, the pattern of :math:`L` follows from the
elimination tree, and the numbers are found row by row (up-looking). Nothing is exchanged for the sake of pivots: that
is safe for matrices whose real part is positive definite up to rounding, as that of a passive network is. The caller
watches the residual.

References
----------
T. A. Davis, "Algorithm 849: A concise sparse Cholesky factorization package", ACM Trans. Math. Softw. 31 (2005) 587,
DOI 10.1145/1114268.1114277: elimination tree and up-looking factors.
N. J. Higham, "Factorizing complex symmetric matrices with positive definite real and imaginary parts", Math. Comp. 67
(1998) 1591, DOI 10.1090/S0025-5718-98-00978-8: growth without pivots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LdlPattern", "factor", "minimum_degree", "solve_in_place", "symbolic"]

SINGULAR_PIVOT = 1e-280
"""Below this magnitude a pivot counts as zero."""


@dataclass(frozen=True)
class LdlPattern:
    """Where the numbers of a matrix and of its factors stand.

    Parameters
    ----------
    n : int
        Rows.
    column_start : ndarray of int32, shape (n + 1,)
        Of the upper triangle, by column.
    rows : ndarray of int32
        Row of every number of the upper triangle; the diagonal is last in each column.
    row_start : ndarray of int32, shape (n + 1,)
        Of the factor below the diagonal, by row.
    row_columns : ndarray of int32
        Column of every number of a row, in rising order.
    factor_start : ndarray of int32, shape (n + 1,)
        Of the factor below the diagonal, by column.
    factor_rows : ndarray of int32
        Row of every number of the factor, in rising order.
    """

    n: int
    column_start: NDArray[np.int32]
    rows: NDArray[np.int32]
    row_start: NDArray[np.int32]
    row_columns: NDArray[np.int32]
    factor_start: NDArray[np.int32]
    factor_rows: NDArray[np.int32]


def minimum_degree(n: int, rows: NDArray[Any], columns: NDArray[Any]) -> NDArray[np.int64]:
    """Order the unknowns so that little fills in.

    Parameters
    ----------
    n : int
        Unknowns.
    rows, columns : ndarray of int
        Pairs that are coupled.

    Returns
    -------
    ndarray of int64, shape (n,)
        Unknown at each place of the order.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.linalg import splu

    ones = np.ones(len(rows))
    pattern = coo_array((ones, (rows, columns)), shape=(n, n))
    pattern = (pattern + pattern.T).tocsc()
    pattern.data[:] = 1.0
    heavy = coo_array((np.full(n, float(n + 1)), (np.arange(n), np.arange(n))), shape=(n, n)).tocsc()
    solver = splu(
        (pattern + heavy).tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    order: NDArray[np.int64] = np.argsort(solver.perm_c).astype(np.int64)
    return order


def symbolic(n: int, rows: NDArray[Any], columns: NDArray[Any]) -> LdlPattern:
    """Find the pattern of a matrix and of its factor.

    Parameters
    ----------
    n : int
        Rows.
    rows, columns : ndarray of int
        Numbers of the matrix, in the order of elimination; one triangle is enough, and numbers may repeat.

    Returns
    -------
    LdlPattern
        For :func:`factor`.
    """
    low, high = np.minimum(rows, columns).astype(np.int64), np.maximum(rows, columns).astype(np.int64)
    diagonal = np.arange(n, dtype=np.int64)
    keys = np.unique(np.concatenate([high * n + low, diagonal * n + diagonal]))
    column, row = keys // n, keys % n
    column_start = np.searchsorted(column, np.arange(n + 1)).astype(np.int32)
    row_lists = _row_patterns(n, column_start.tolist(), row.tolist())
    lengths = np.fromiter((len(one) for one in row_lists), np.int64, n)
    row_start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    row_columns = np.fromiter((k for one in row_lists for k in one), np.int64, int(lengths.sum()))
    owners = np.repeat(diagonal, lengths)
    by_column = np.lexsort((owners, row_columns))
    factor_start = np.searchsorted(row_columns[by_column], np.arange(n + 1)).astype(np.int32)
    return LdlPattern(
        n,
        column_start,
        row.astype(np.int32),
        row_start,
        row_columns.astype(np.int32),
        factor_start,
        owners[by_column].astype(np.int32),
    )


def _row_patterns(n: int, start: list[int], row: list[int]) -> list[list[int]]:
    """Columns of each row of the factor: what the elimination tree reaches from the row's own numbers."""
    parent, mark = [-1] * n, [-1] * n
    out: list[list[int]] = []
    for k in range(n):
        mark[k] = k
        reached = []
        for at in range(start[k], start[k + 1]):
            i = row[at]
            while mark[i] != k:
                if parent[i] < 0:
                    parent[i] = k
                reached.append(i)
                mark[i] = k
                i = parent[i]
        reached.sort()
        out.append(reached)
    return out


def factor(
    column_start: Any,
    rows: Any,
    values: Any,
    row_start: Any,
    row_columns: Any,
    factor_start: Any,
    factor_rows: Any,
    lower: Any,
    inverse: Any,
    work: Any,
    filled: Any,
) -> int:
    """Factor a matrix of known pattern.

    Parameters
    ----------
    column_start, rows : ndarray of int32
        Of the upper triangle.
    values : ndarray of complex128
        Its numbers.
    row_start, row_columns, factor_start, factor_rows : ndarray of int32
        Of the factor; see :class:`LdlPattern`.
    lower : ndarray of complex128
        Receives the factor, by column.
    inverse : ndarray of complex128, shape (n,)
        Receives the inverse of the diagonal.
    work : ndarray of complex128, shape (n,)
        Zero before and after.
    filled : ndarray of int32, shape (n,)
        Numbers of each column that are known so far.

    Returns
    -------
    int
        -1, or the row whose pivot is zero.
    """
    n = len(inverse)
    for k in range(n):
        filled[k] = 0
    for k in range(n):
        for at in range(column_start[k], column_start[k + 1]):
            work[rows[at]] = values[at]
        pivot = work[k]
        work[k] = 0.0
        for at in range(row_start[k], row_start[k + 1]):
            i = row_columns[at]
            value = work[i]
            work[i] = 0.0
            end = factor_start[i] + filled[i]
            for p in range(factor_start[i], end):
                work[factor_rows[p]] -= lower[p] * value
            entry = value * inverse[i]
            pivot -= entry * value
            lower[end] = entry
            filled[i] += 1
        if not abs(pivot.real) + abs(pivot.imag) > SINGULAR_PIVOT:
            return k
        inverse[k] = 1.0 / pivot
    return -1


def solve_in_place(factor_start: Any, factor_rows: Any, lower: Any, inverse: Any, x: Any) -> None:
    """Solve for one right-hand side.

    Parameters
    ----------
    factor_start, factor_rows : ndarray of int32
        Of the factor, by column.
    lower, inverse : ndarray of complex128
        From :func:`factor`.
    x : ndarray of complex128, shape (n,) or longer
        The right-hand side; receives the solution.
    """
    n = len(inverse)
    for k in range(n):
        value = x[k]
        for p in range(factor_start[k], factor_start[k + 1]):
            x[factor_rows[p]] -= lower[p] * value
    for back in range(n):
        k = n - 1 - back
        value = x[k] * inverse[k]
        for p in range(factor_start[k], factor_start[k + 1]):
            value -= lower[p] * x[factor_rows[p]]
        x[k] = value
