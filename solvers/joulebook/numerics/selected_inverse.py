"""Entries of the inverse of sparse symmetric matrices, with the order and the pattern worked out once.

A :class:`SymmetricPlan` holds what depends only on where entries are: the order of elimination (minimum degree), the
pattern of the factors and the place of every given entry. :meth:`SymmetricPlan.factorise` then takes values.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.numerics import symmetric_elimination as loops
from joulebook.numerics.elimination import analyse
from joulebook.numerics.twins import Loop, register

__all__ = ["SymmetricFactors", "SymmetricPlan", "plan_for"]

ELIMINATE = register(Loop("numerics.eliminate_symmetric", loops.eliminate))
"""Factors."""
INVERSE = register(Loop("numerics.inverse_on_pattern", loops.inverse_on_pattern))
"""Entries of the inverse on the pattern of the factors."""
ENTRIES = register(Loop("numerics.entries_of_inverse", loops.entries_of_inverse))
"""Look-up of entries."""
UNITS = register(Loop("numerics.solve_units", loops.solve_units))
"""Columns of the inverse."""

SMALLEST_PIVOT = 1e-13
"""Over the diagonal that stood there before."""

Complexes = NDArray[np.complex128]


class SymmetricPlan:
    """Order and pattern of a symmetric matrix.

    Parameters
    ----------
    n : int
        Unknowns.
    first, second : ndarray of int, shape (n_entries,)
        Row and column of every off-diagonal entry, each pair given once in either order; pairs may repeat, and their
        values are then added. Diagonal entries need not be listed.

    Examples
    --------
    >>> plan = SymmetricPlan(3, np.array([0, 1]), np.array([1, 2]))
    >>> factors = plan.factorise(np.array([4.0, 4.0, 4.0]), np.array([-1.0, -1.0]))
    >>> factors.status
    0
    >>> factors.diagonal().real.round(6)
    array([0.267857, 0.285714, 0.267857])
    """

    def __init__(self, n: int, first: NDArray[Any], second: NDArray[Any]) -> None:
        self.n = n
        self.elimination = analyse(n, first, second)
        place, matrix = self.elimination.position.astype(np.int64), self.elimination.matrix
        here, there = place[first], place[second]
        keys = np.repeat(np.arange(n, dtype=np.int64), np.diff(matrix.start)) * n + matrix.index
        asked = np.maximum(here, there) * n + np.minimum(here, there)
        self._slots = np.searchsorted(keys, np.concatenate((asked, place * (n + 1))))

    def factorise(self, diagonal: NDArray[Any], off_diagonal: NDArray[Any]) -> SymmetricFactors:
        """Compute the factors.

        Parameters
        ----------
        diagonal : ndarray, shape (n,)
            Diagonal of the matrix.
        off_diagonal : ndarray, shape (n_entries,)
            Values of the entries that the plan was made for.

        Returns
        -------
        SymmetricFactors
            Its ``status`` is 0, or 1 + the unknown whose pivot vanished.
        """
        matrix, lower, upper = self.elimination.matrix, self.elimination.lower, self.elimination.upper
        given = np.concatenate((off_diagonal, diagonal))
        size = matrix.index.size
        values = np.bincount(self._slots, given.real, size) + 1j * np.bincount(self._slots, given.imag, size)
        factor, pivots = np.empty(upper.index.size, np.complex128), np.empty(self.n, np.complex128)
        status = ELIMINATE.cpu(
            matrix.start,
            matrix.index,
            values,
            lower.start,
            lower.index,
            upper.start,
            upper.index,
            factor,
            pivots,
            np.empty(self.n, np.complex128),
            SMALLEST_PIVOT,
        )
        return SymmetricFactors(self, factor, pivots, int(self.elimination.order[status - 1]) + 1 if status else 0)


class SymmetricFactors:
    """Factors of a symmetric matrix, and what can be had from its inverse.

    Parameters
    ----------
    plan : SymmetricPlan
        Order and pattern.
    factor, pivots : ndarray
        From :func:`joulebook.numerics.symmetric_elimination.eliminate`.
    status : int
        0, or 1 + the unknown whose pivot vanished; then nothing else is to be used.
    """

    def __init__(self, plan: SymmetricPlan, factor: Complexes, pivots: Complexes, status: int) -> None:
        self.plan, self.factor, self.pivots, self.status = plan, factor, pivots, status
        self._selected: tuple[Complexes, Complexes] | None = None

    def _inverse(self) -> tuple[Complexes, Complexes]:
        if self._selected is None:
            n, upper = self.plan.n, self.plan.elimination.upper
            inverse, diagonal = np.empty(self.factor.size, np.complex128), np.empty(n, np.complex128)
            room, marks = np.empty((2, n), np.complex128), np.empty(n, np.int32)
            INVERSE.cpu(n, upper.start, upper.index, self.factor, self.pivots, inverse, diagonal, room, marks)
            self._selected = inverse, diagonal
        return self._selected

    def diagonal(self) -> Complexes:
        """Give the diagonal of the inverse.

        Returns
        -------
        ndarray of complex, shape (n,)
            In the order of the unknowns.
        """
        return self._inverse()[1][self.plan.elimination.position]

    def entries(self, first: NDArray[Any], second: NDArray[Any]) -> Complexes:
        """Give entries of the inverse where the matrix has entries.

        Parameters
        ----------
        first, second : ndarray of int, shape (m,)
            Row and column.

        Returns
        -------
        ndarray of complex, shape (m,)
            The entries.

        Raises
        ------
        IndexError
            If the matrix, and what it fills in, has no entry there.
        """
        inverse, diagonal = self._inverse()
        found = np.empty(first.size, np.complex128)
        place, upper = self.plan.elimination.position, self.plan.elimination.upper
        status = ENTRIES.cpu(
            first.size, place[first], place[second], upper.start, upper.index, inverse, diagonal, found
        )
        if status:
            raise IndexError(f"the pattern has no entry ({first[status - 1]}, {second[status - 1]})")
        return found

    def columns(self, wanted: NDArray[Any]) -> Complexes:
        """Give whole columns of the inverse.

        Parameters
        ----------
        wanted : ndarray of int, shape (m,)
            Which.

        Returns
        -------
        ndarray of complex, shape (m, n)
            One column a row.
        """
        plan = self.plan
        found = np.empty((wanted.size, plan.n), np.complex128)
        UNITS.cpu(
            plan.n,
            wanted.size,
            plan.elimination.position[wanted],
            plan.elimination.upper.start,
            plan.elimination.upper.index,
            self.factor,
            self.pivots,
            plan.elimination.parent,
            found,
        )
        return found[:, plan.elimination.position]


def plan_for(n: int, first: NDArray[Any], second: NDArray[Any]) -> SymmetricPlan:
    """Give the plan of a pattern; the last few are kept.

    Parameters
    ----------
    n : int
        Unknowns.
    first, second : ndarray of int, shape (n_entries,)
        As for :class:`SymmetricPlan`.

    Returns
    -------
    SymmetricPlan
        The same object for the same pattern.
    """
    return _kept_plan(n, first.astype(np.int32).tobytes(), second.astype(np.int32).tobytes())


@functools.lru_cache(maxsize=16)
def _kept_plan(n: int, first: bytes, second: bytes) -> SymmetricPlan:
    return SymmetricPlan(n, np.frombuffer(first, np.int32), np.frombuffer(second, np.int32))
