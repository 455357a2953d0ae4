"""Sparse symmetric systems, real or complex: factors, entries of the inverse, solves.

A symmetric matrix (A = Aᵀ, not Hermitian) is split as A = L D Lᵀ with unit lower triangular L and diagonal D, in an
order and with a pattern that :mod:`joulebook.numerics.elimination` works out. The factors are computed row by row
(up-looking), as in Davis's LDL. Entries of the inverse are then found where L has entries, and on the diagonal, without
the rest of the inverse (Takahashi): with Z = A⁻¹ ::

    Z = D⁻¹ L⁻¹ + (I − Lᵀ) Z

taken from the last column back to the first, every entry that is asked for needs only entries that are known.

No pivoting: fit for matrices whose leading blocks stay regular in any order, as nodal admittances of networks with
sources do. A pivot that nearly vanishes ends the elimination with a status.

References
----------
Davis T. A., Algorithm 849: A concise sparse Cholesky factorization package, ACM Trans. Math. Softw. 31, 587 (2005),
doi:10.1145/1114268.1114277, section 2 (up-looking factors).
Takahashi K., Fagan J., Chen M.-S., Formation of a sparse bus impedance matrix and its application to short circuit
study, Proc. 8th PICA Conference, Minneapolis (1973), equations of the selected inverse.
Erisman A. M., Tinney W. F., On computing certain elements of the inverse of a sparse matrix, Commun. ACM 18, 177
(1975), doi:10.1145/360680.360704.
"""

from __future__ import annotations

from typing import Any

__all__ = ["eliminate", "entries_of_inverse", "inverse_on_pattern", "solve_in_place", "solve_units"]


def eliminate(
    matrix_start: Any,
    matrix_index: Any,
    values: Any,
    lower_start: Any,
    lower_index: Any,
    starts: Any,
    factor_rows: Any,
    factor: Any,
    pivots: Any,
    row: Any,
    smallest: float,
) -> int:
    """Compute L and D.

    Parameters
    ----------
    matrix_start, matrix_index, values : ndarray, shape (n + 1,), (n_entries,) and (n_entries,)
        The matrix by rows in the order of elimination; only entries up to the diagonal are read.
    lower_start, lower_index : ndarray of int, shape (n + 1,) and (n_factor,)
        Pattern of L by rows.
    starts, factor_rows : ndarray of int, shape (n + 1,) and (n_factor,)
        Pattern of L by columns.
    factor : ndarray, shape (n_factor,)
        Out: L below the diagonal, by columns.
    pivots : ndarray, shape (n,)
        Out: D.
    row : ndarray, shape (n,)
        Room, of the type of the values.
    smallest : float
        A pivot that is not larger than this, over the diagonal that stood there before, counts as vanished.

    Returns
    -------
    int
        0, or 1 + the place in the order at which the pivot vanished or was not finite.
    """
    n = pivots.shape[0]
    for k in range(n):
        row[k] = 0.0
    for k in range(n):
        pivot = row[k]
        for p in range(matrix_start[k], matrix_start[k + 1]):
            i = matrix_index[p]
            if i < k:
                row[i] += values[p]
            elif i == k:
                pivot = values[p]
        scale = abs(pivot)
        for p in range(lower_start[k], lower_start[k + 1]):
            i = lower_index[p]
            here = row[i]
            row[i] = 0.0
            q = starts[i]
            while factor_rows[q] < k:
                row[factor_rows[q]] -= factor[q] * here
                q += 1
            factor[q] = here / pivots[i]
            pivot -= factor[q] * here
        size = abs(pivot)
        if not (size > smallest * scale and size > 0.0 and size < 1e300):
            return k + 1
        pivots[k] = pivot
    return 0


def inverse_on_pattern(
    n: int, starts: Any, factor_rows: Any, factor: Any, pivots: Any, inverse: Any, diagonal: Any, room: Any, marks: Any
) -> None:
    """Compute the entries of the inverse where L has entries, and the diagonal.

    Parameters
    ----------
    n : int
        Unknowns.
    starts, factor_rows, factor, pivots : ndarray
        From :func:`eliminate`.
    inverse : ndarray, shape (n_factor,)
        Out: entries at the places of L.
    diagonal : ndarray, shape (n,)
        Out: the diagonal of the inverse.
    room : ndarray, shape (2, n)
        Room, of the type of the values.
    marks : ndarray of int, shape (n,)
        Room.
    """
    for k in range(n):
        marks[k] = -1
    for j in range(n - 1, -1, -1):
        first, end = starts[j], starts[j + 1]
        for p in range(first, end):
            i = factor_rows[p]
            marks[i] = j
            room[0, i] = factor[p]
            room[1, i] = 0.0
        for p in range(first, end):
            k = factor_rows[p]
            entry = factor[p]
            total = room[1, k] + entry * diagonal[k]
            for q in range(starts[k], starts[k + 1]):
                i = factor_rows[q]
                if marks[i] == j:
                    room[1, i] += entry * inverse[q]
                    total += room[0, i] * inverse[q]
            room[1, k] = total
        total = 1.0 / pivots[j]
        for p in range(first, end):
            i = factor_rows[p]
            inverse[p] = -room[1, i]
            total += factor[p] * room[1, i]
        diagonal[j] = total


def entries_of_inverse(
    n_asked: int, first: Any, second: Any, starts: Any, factor_rows: Any, inverse: Any, diagonal: Any, found: Any
) -> int:
    """Look up entries of the inverse that lie on the pattern of L.

    Parameters
    ----------
    n_asked : int
        How many.
    first, second : ndarray of int, shape (n_asked,)
        Row and column, as places in the order of elimination.
    starts, factor_rows, inverse, diagonal : ndarray
        From :func:`inverse_on_pattern`.
    found : ndarray, shape (n_asked,)
        Out.

    Returns
    -------
    int
        0, or 1 + the first pair that is not on the pattern.
    """
    for a in range(n_asked):
        column = min(first[a], second[a])
        wanted = max(first[a], second[a])
        if column == wanted:
            found[a] = diagonal[column]
            continue
        low, high = starts[column], starts[column + 1] - 1
        while low < high:
            middle = (low + high) // 2
            if factor_rows[middle] < wanted:
                low = middle + 1
            else:
                high = middle
        if low >= starts[column + 1] or factor_rows[low] != wanted:
            return a + 1
        found[a] = inverse[low]
    return 0


def solve_units(
    n: int,
    n_columns: int,
    columns: Any,
    starts: Any,
    factor_rows: Any,
    factor: Any,
    pivots: Any,
    parent: Any,
    found: Any,
) -> None:
    """Compute whole columns of the inverse.

    Parameters
    ----------
    n : int
        Unknowns.
    n_columns : int
        How many columns.
    columns : ndarray of int, shape (n_columns,)
        Which, as places in the order of elimination.
    starts, factor_rows, factor, pivots, parent : ndarray
        From :func:`eliminate`.
    found : ndarray, shape (n_columns, n)
        Out: one column of the inverse a row.
    """
    for a in range(n_columns):
        for k in range(n):
            found[a, k] = 0.0
        j = columns[a]
        found[a, j] = 1.0
        while j != -1:
            here = found[a, j]
            for p in range(starts[j], starts[j + 1]):
                found[a, factor_rows[p]] -= factor[p] * here
            j = parent[j]
        for j in range(n - 1, -1, -1):
            here = found[a, j] / pivots[j]
            for p in range(starts[j], starts[j + 1]):
                here -= factor[p] * found[a, factor_rows[p]]
            found[a, j] = here


def solve_in_place(factor_start: Any, factor_rows: Any, lower: Any, inverse: Any, x: Any) -> None:
    """Solve for one right-hand side.

    Parameters
    ----------
    factor_start, factor_rows : ndarray of int32
        Of the factor, by column.
    lower : ndarray of complex128
        L below the diagonal, by columns, from :func:`eliminate`.
    inverse : ndarray of complex128, shape (n,)
        Inverses of its pivots.
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
