"""Arrays and codes of the loop over outages."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["ISLANDING", "MOST_ENDS", "N_VALUES", "PENDING", "RANK", "UNSOLVED", "Base", "Room"]

PENDING, DONE, UNSOLVED, ISLANDING, LATER = 0, 1, 2, 3, 4
"""How an outage ended: still to be solved, solved, no solution found, the network falls apart, not for the loop."""
MOST_ENDS = 4
"""Nodes at which branches may be missing: two branches have four ends."""
RANK = 2 * MOST_ENDS

ITERATION, ERROR, LOADING, LOADED, LOW, LOWEST, HIGH, HIGHEST, OVERLOADS, OVERLOAD_INDEX, VOLTAGE_INDEX = range(11)
"""Columns of the values: iterations, largest mismatch; largest loading and its branch; lowest and highest voltage and
their rows; number of overloaded branches; sum of squared loadings beyond 1; sum of squared deviations of voltage."""
N_VALUES = 11
TOLERANCE, MOST_ITERATIONS = 0, 1
"""Places in ``settings``."""


class Base(NamedTuple):
    """The base case; nothing in it is changed.

    Parameters
    ----------
    start, index : ndarray of int32, shape (n + 1,) and (nnz,)
        Pattern of the admittance matrix.
    admittance : ndarray, shape (nnz, 2), per unit
        Its real and imaginary parts.
    pattern : FactorPattern
        Of the factors.
    factors : BlockFactors
        Of the Jacobian at the solution; ``work`` is not used.
    column : ndarray of int32, shape (nnz,)
        Place in L of the entry that mirrors each entry of U.
    parent : ndarray of int32, shape (n,)
        Elimination tree.
    nodes : NodeData
        Powers into the nodes.
    magnitude : ndarray, shape (n,), per unit
        The solution.
    voltage : ndarray, shape (n, 2), per unit
        Its real and imaginary parts.
    kind : ndarray of int8, shape (n,)
        Of nodes.
    ends : ndarray of int32, shape (n_branches, 2)
        Rows of both ends.
    entries : ndarray of int32, shape (n_branches, 4)
        Where the branches lie in the admittances.
    values : ndarray, shape (n_branches, 8), per unit
        Of the branches.
    limits : ndarray, shape (n_branches,), per unit
        One over the squared current that is allowed; 0 where not known.
    low, high : ndarray, shape (n,), per unit
        Voltages that are allowed.
    """

    start: Any
    index: Any
    admittance: Any
    pattern: Any
    factors: Any
    column: Any
    parent: Any
    nodes: Any
    magnitude: Any
    voltage: Any
    kind: Any
    ends: Any
    entries: Any
    values: Any
    limits: Any
    low: Any
    high: Any


class Room(NamedTuple):
    """What one outage works in; every array belongs to one worker.

    Parameters
    ----------
    admittance : ndarray, shape (nnz, 2), per unit
        As in the base case, but for what is missing.
    magnitude : ndarray, shape (n,), per unit
        Voltages.
    voltage : ndarray, shape (n, 2), per unit
        Their real and imaginary parts.
    residual, step : ndarray, shape (n, 2)
        What is missing in the balances, and the step.
    way : ndarray of int32, shape (n,)
        Rows on the way to the root, ascending.
    place : ndarray of int32, shape (n,)
        Their places.
    left, right : ndarray, shape (most on the way, 2, RANK)
        L⁻¹ E, and the solution on the way.
    small : ndarray, shape (3, RANK, RANK)
        D, I + D Z, and its inverse's work.
    little : ndarray, shape (3, RANK)
        Vectors.
    at : ndarray of int32, shape (MOST_ENDS,)
        End nodes.
    last, taken : ndarray, shape (n, 2)
        Step of the iteration before as it was found, and as it was taken.
    """

    admittance: Any
    magnitude: Any
    voltage: Any
    residual: Any
    step: Any
    way: Any
    place: Any
    left: Any
    right: Any
    small: Any
    little: Any
    at: Any
    last: Any
    taken: Any
