"""A sequence as admittances: two-terminal branches, sources to earth, and the solved inverse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from joulebook.core.errors import SingularSystemError
from joulebook.grid.faults.branches import Branches
from joulebook.grid.faults.nodes import Nodes
from joulebook.grid.faults.sources import Sources, Units
from joulebook.numerics.selected_inverse import SymmetricFactors, SymmetricPlan, plan_for

__all__ = ["Admittances", "SolvedSequence", "positive_admittances", "solve_sequence"]

Ints = NDArray[np.int32]
Complexes = NDArray[np.complex128]


@dataclass(frozen=True)
class Admittances:
    """Branches and sources of one sequence, per unit.

    Parameters
    ----------
    table, row, first, second, first_end, second_end : ndarray of int, shape (m,)
        As in :class:`joulebook.grid.faults.branches.Branches`; a node of -1 stands for earth or an open end.
    y_first, y_mutual, y_second : ndarray of complex, shape (m,)
        Admittance matrix of each branch.
    source : ndarray of int, shape (s,)
        Of each source, its place among the positive-sequence sources.
    source_node : ndarray of int, shape (s,)
        Where it is.
    source_admittance : ndarray of complex, shape (s,)
        To earth.
    earthed : ndarray of int, shape (e,)
        Nodes from which a branch leads to earth.
    """

    table: Ints
    row: Ints
    first: Ints
    second: Ints
    first_end: Ints
    second_end: Ints
    y_first: Complexes
    y_mutual: Complexes
    y_second: Complexes
    source: Ints
    source_node: Ints
    source_admittance: Complexes
    earthed: Ints

    @classmethod
    def of_branches(
        cls, places: Sequence[NDArray], values: Sequence[NDArray], earthed: NDArray | None = None
    ) -> Admittances:
        """Take branches alone.

        Parameters
        ----------
        places : sequence of ndarray of int, shape (m,)
            Table, row, first, second, first end, second end.
        values : sequence of ndarray of complex, shape (m,)
            Entries at first, mutual, second.
        earthed : ndarray of int, optional
            Nodes from which a branch leads to earth.

        Returns
        -------
        Admittances
            Without sources.
        """
        whole = [np.asarray(place).astype(np.int32) for place in places]
        entries = [np.asarray(value, np.complex128) for value in values]
        none, nothing = np.empty(0, np.int32), np.empty(0, np.complex128)
        return cls(*whole, *entries, none, none, nothing, none if earthed is None else earthed.astype(np.int32))

    @classmethod
    def of_sources(cls, source: NDArray, node: NDArray, impedance: Complexes) -> Admittances:
        """Take sources alone.

        Parameters
        ----------
        source, node : ndarray of int, shape (s,)
            Place among the positive-sequence sources, and node.
        impedance : ndarray of complex, shape (s,)
            Per unit.

        Returns
        -------
        Admittances
            Without branches.
        """
        none, nothing = np.empty(0, np.int32), np.empty(0, np.complex128)
        with np.errstate(divide="ignore", invalid="ignore"):
            admittance = 1.0 / np.asarray(impedance, np.complex128)
        where = (source.astype(np.int32), node.astype(np.int32), admittance)
        return cls(*([none] * 6), *([nothing] * 3), *where, none)

    @classmethod
    def joined(cls, parts: Sequence[Admittances]) -> Admittances:
        """Put parts together.

        Parameters
        ----------
        parts : sequence of Admittances
            Of one sequence.

        Returns
        -------
        Admittances
            All of them.
        """
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__dataclass_fields__))

    def diagonal(self, n: int) -> Complexes:
        """Sum up what is at each node.

        Parameters
        ----------
        n : int
            Nodes.

        Returns
        -------
        ndarray of complex, shape (n,)
            Diagonal of the admittance matrix.
        """
        nodes = np.concatenate((self.first, self.second, self.source_node))
        values = np.concatenate((self.y_first, self.y_second, self.source_admittance))
        nodes = np.where(nodes < 0, n, nodes)
        return np.bincount(nodes, values.real, n + 1)[:n] + 1j * np.bincount(nodes, values.imag, n + 1)[:n]


@dataclass(frozen=True)
class SolvedSequence:
    """A sequence and its factors.

    Parameters
    ----------
    admittances : Admittances
        What was solved.
    factors : SymmetricFactors
        Of the admittance matrix.
    alive : ndarray of bool, shape (n,)
        Nodes that have a path to a source or to earth; the others carry no current.
    impedance : ndarray of complex, shape (n,)
        Seen from each node, per unit; NaN where it is infinite.
    """

    admittances: Admittances
    factors: SymmetricFactors
    alive: NDArray[np.bool_]
    impedance: Complexes


def positive_admittances(
    branches: Branches, units: Units, sources: Sources, impedance: Complexes, frequency: float = 1.0
) -> Admittances:
    """Turn impedances of the positive or negative sequence into admittances.

    Parameters
    ----------
    branches : Branches
        Lines, transformers, legs.
    units : Units
        Units of generator and transformer.
    sources : Sources
        Where they are.
    impedance : ndarray of complex, shape (m,)
        Of the sources: normal, with fictitious resistances, or negative sequence.
    frequency : float
        Over the nominal one; multiplies all reactances.

    Returns
    -------
    Admittances
        Ready to be solved.
    """
    correction = branches.correction.copy()
    correction[units.branch] = units.factor
    own = branches.impedance * correction
    y = 1.0 / (own.real + 1j * frequency * own.imag)
    places = (
        branches.table,
        branches.row,
        branches.first,
        branches.second,
        branches.first_end,
        branches.second_end,
    )
    values = (y / branches.ratio**2, -y / branches.ratio, y)
    outer = impedance.real + 1j * frequency * impedance.imag
    every = np.arange(sources.node.size)
    return Admittances.joined(
        (Admittances.of_branches(places, values), Admittances.of_sources(every, sources.node, outer))
    )


def solve_sequence(
    nodes: Nodes, admittances: Admittances, plan: SymmetricPlan | None = None, alive: NDArray[np.bool_] | None = None
) -> SolvedSequence:
    """Factorise a sequence and take the diagonal of its inverse.

    Parameters
    ----------
    nodes : Nodes
        The electrical picture.
    admittances : Admittances
        The sequence.
    plan : SymmetricPlan, optional
        Of an earlier solve with the same branches.
    alive : ndarray of bool, shape (n,), optional
        Of an earlier solve with the same branches and sources.

    Returns
    -------
    SolvedSequence
        Ready for currents.

    Raises
    ------
    SingularSystemError
        If reactances cancel exactly.
    """
    n = nodes.n
    mutual = (admittances.first >= 0) & (admittances.second >= 0) & (admittances.y_mutual != 0)
    first, second = admittances.first[mutual], admittances.second[mutual]
    if alive is None:
        graph = coo_array((np.ones(first.size, np.int8), (first, second)), shape=(n, n))
        component = connected_components(graph, directed=False)[1]
        fed = np.zeros(n, bool)
        fed[component[admittances.source_node]] = True
        fed[component[admittances.earthed[admittances.earthed >= 0]]] = True
        alive = fed[component]
    plan = plan or plan_for(n, first, second)
    keep = alive[first]
    diagonal = np.where(alive, admittances.diagonal(n), 1.0)
    factors = plan.factorise(diagonal, np.where(keep, admittances.y_mutual[mutual], 0.0))
    if factors.status:
        raise SingularSystemError(
            f"The impedances seen from {_name(nodes, factors.status - 1)} cancel: a series capacitor, a negative leg "
            "of a three-winding transformer, or a generator with the opposite sign. Check the reactances there"
        )
    return SolvedSequence(admittances, factors, alive, np.where(alive, factors.diagonal(), np.nan))


def _name(nodes: Nodes, node: int) -> str:
    for label, place in zip(nodes.labels, nodes.places, strict=True):
        if place == node:
            return f"bus {label!r}"
    return "the star point of a three-winding transformer"


def without_sources(admittances: Admittances, left: NDArray[np.bool_]) -> Admittances:
    """Take sources out.

    Parameters
    ----------
    admittances : Admittances
        The sequence.
    left : ndarray of bool, shape (s,)
        Sources that stay.

    Returns
    -------
    Admittances
        The same with fewer sources; all branches stay.
    """
    return replace(
        admittances,
        source=admittances.source[left],
        source_node=admittances.source_node[left],
        source_admittance=admittances.source_admittance[left],
    )
