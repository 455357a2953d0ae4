"""Order and pattern of a sparse LU factorisation with symmetric pattern and a fixed pivot order.

The unknowns are ordered by minimum degree, the elimination tree gives the pattern of the factors, and both are worked
out once per topology. The numbers come later and as often as one likes: see :mod:`joulebook.numerics.block_lu`.

Rows are eliminated from above (up-looking): row k of L lists the earlier rows that act on row k, in ascending order,
which is an order of the tree. U has the transposed pattern.

References
----------
Liu 1990, doi:10.1137/0611010 (elimination trees, section 3 and algorithm 4.2); Liu 1985, doi:10.1145/214392.214398
(multiple minimum degree).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import linalg

from joulebook.numerics.twins import Loop, register

__all__ = ["Elimination", "Pattern", "analyse", "minimum_degree"]

Index = NDArray[np.int32]
_DOMINANT = 1e3


@dataclass(frozen=True, eq=False)
class Pattern:
    """A sparse matrix's rows without its numbers.

    Parameters
    ----------
    start : ndarray of int32, shape (n + 1,)
        Where each row begins in ``index``.
    index : ndarray of int32, shape (nnz,)
        Columns, ascending in each row.
    """

    start: Index
    index: Index


@dataclass(frozen=True, eq=False)
class Elimination:
    """Order of elimination, and patterns of the factors in that order.

    Parameters
    ----------
    order : ndarray of int32, shape (n,)
        Old row of each new row.
    position : ndarray of int32, shape (n,)
        New row of each old row.
    matrix : Pattern
        The matrix in the new order, diagonal included.
    lower, upper : Pattern
        Strict triangles of the factors, by rows.
    parent : ndarray of int32, shape (n,)
        Elimination tree; -1 at roots.
    """

    order: Index
    position: Index
    matrix: Pattern
    lower: Pattern
    upper: Pattern
    parent: Index

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.order)


def minimum_degree(n: int, rows: NDArray[np.integer[Any]], columns: NDArray[np.integer[Any]]) -> Index:
    """Order a graph by minimum degree.

    Parameters
    ----------
    n : int
        Number of rows.
    rows, columns : ndarray of int, shape (m,)
        Off-diagonal entries; one of each pair is enough.

    Returns
    -------
    ndarray of int32, shape (n,)
        Old row of each new row, in a postorder of the elimination tree.
    """
    if n < 2:
        return np.arange(n, dtype=np.int32)
    ones = np.full(len(rows), -1e-3 / max(len(rows), 1))
    graph = sparse.coo_array((ones, (rows, columns)), shape=(n, n))
    dominant = (graph + graph.T + _DOMINANT * sparse.eye_array(n)).tocsc()
    factors = linalg.splu(
        dominant, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True, "Equil": False}
    )
    return np.argsort(factors.perm_c).astype(np.int32)


def analyse(
    n: int,
    rows: NDArray[np.integer[Any]],
    columns: NDArray[np.integer[Any]],
    order: NDArray[np.integer[Any]] | None = None,
) -> Elimination:
    """Work out order and patterns for a matrix with symmetric pattern.

    Parameters
    ----------
    n : int
        Number of rows.
    rows, columns : ndarray of int, shape (m,)
        Off-diagonal entries; repeats and either order of a pair are allowed.
    order : ndarray of int, shape (n,), optional
        Old row of each new row; by minimum degree where left out.

    Returns
    -------
    Elimination
        Everything that does not depend on the numbers.
    """
    order = minimum_degree(n, rows, columns) if order is None else order.astype(np.int32)
    position = np.empty(n, np.int32)
    position[order] = np.arange(n, dtype=np.int32)
    start, index = _symmetric(n, position[rows], position[columns])
    parent = np.full(n, -1, np.int32)
    mark = np.full(n, -1, np.int32)
    counts = np.zeros(n, np.int32)
    TREE.cpu(start, index, parent, mark, counts)
    lower_start = np.zeros(n + 1, np.int32)
    np.cumsum(counts, out=lower_start[1:])
    lower_index = np.empty(lower_start[-1], np.int32)
    mark[:] = -1
    ROWS.cpu(start, index, parent, mark, lower_start, lower_index)
    upper = sparse.csr_array((np.ones(len(lower_index), np.int8), lower_index, lower_start), shape=(n, n)).tocsc()
    return Elimination(
        order=order,
        position=position,
        matrix=Pattern(start, index),
        lower=Pattern(lower_start, lower_index),
        upper=Pattern(upper.indptr.astype(np.int32), upper.indices.astype(np.int32)),
        parent=parent,
    )


def _symmetric(n: int, rows: Index, columns: Index) -> tuple[Index, Index]:
    """Rows of the pattern with both halves and the diagonal, without repeats."""
    diagonal = np.arange(n, dtype=np.int64)
    first = np.concatenate([rows, columns, diagonal]).astype(np.int64)
    second = np.concatenate([columns, rows, diagonal]).astype(np.int64)
    keys = np.unique(first * n + second)
    start = np.zeros(n + 1, np.int32)
    np.cumsum(np.bincount(keys // n, minlength=n), out=start[1:])
    return start, (keys % n).astype(np.int32)


def elimination_tree(start: Any, index: Any, parent: Any, ancestor: Any, counts: Any) -> None:
    """Find the elimination tree and the lengths of L's rows.

    Parameters
    ----------
    start, index : ndarray of int32, shape (n + 1,) and (nnz,)
        Pattern of the matrix by rows.
    parent : ndarray of int32, shape (n,)
        Filled; -1 at roots. -1 everywhere before.
    ancestor : ndarray of int32, shape (n,)
        Work; -1 everywhere before.
    counts : ndarray of int32, shape (n,)
        Filled with the lengths; 0 everywhere before.
    """
    n = start.shape[0] - 1
    for k in range(n):
        for p in range(start[k], start[k + 1]):
            i = index[p]
            while i != -1 and i < k:
                above = ancestor[i]
                ancestor[i] = k
                if above == -1:
                    parent[i] = k
                i = above
    for k in range(n):
        ancestor[k] = -1
    for k in range(n):
        ancestor[k] = k
        for p in range(start[k], start[k + 1]):
            i = index[p]
            while i < k and ancestor[i] != k:
                ancestor[i] = k
                counts[k] += 1
                i = parent[i]


def row_patterns(start: Any, index: Any, parent: Any, mark: Any, lower_start: Any, lower_index: Any) -> None:
    """List the columns of L's rows.

    Parameters
    ----------
    start, index : ndarray of int32, shape (n + 1,) and (nnz,)
        Pattern of the matrix by rows.
    parent : ndarray of int32, shape (n,)
        Elimination tree.
    mark : ndarray of int32, shape (n,)
        Work; -1 everywhere before.
    lower_start : ndarray of int32, shape (n + 1,)
        Where rows of L begin.
    lower_index : ndarray of int32, shape (nnz of L,)
        Filled, ascending in each row.
    """
    n = start.shape[0] - 1
    for k in range(n):
        mark[k] = k
        first = lower_start[k]
        end = first
        for p in range(start[k], start[k + 1]):
            i = index[p]
            while i < k and mark[i] != k:
                mark[i] = k
                place = end  # insertion keeps the row ascending; rows are short
                while place > first and lower_index[place - 1] > i:
                    lower_index[place] = lower_index[place - 1]
                    place -= 1
                lower_index[place] = i
                end += 1
                i = parent[i]


TREE = register(Loop("numerics.elimination_tree", elimination_tree))
ROWS = register(Loop("numerics.row_patterns", row_patterns))
