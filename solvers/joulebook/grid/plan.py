"""What can be worked out once per topology, and once per network, and is then used by every solve.

A :class:`Plan` holds the order of elimination, the patterns of admittance matrix and factors, and where the four
entries of each branch lie. It depends only on which nodes are joined; networks that differ in values share it. A
:class:`Compiled` network adds its own numbers in the plan's order. Both are kept: a network never changes.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.arrays import NetworkArrays, network_arrays
from joulebook.grid.branch_models import Branches
from joulebook.grid.topology import check_topology
from joulebook.numerics.block_lu import BlockFactors, FactorPattern, block_factors, factor_pattern
from joulebook.numerics.elimination import Elimination, analyse

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["Admittance", "Compiled", "Plan", "compiled", "plan_of"]

Index = NDArray[np.int32]
_MOST_PLANS = 32
_PLANS: OrderedDict[str, Plan] = OrderedDict()


class Admittance(NamedTuple):
    """An admittance matrix by rows, in the order of a plan.

    Parameters
    ----------
    start, index : ndarray of int32, shape (n + 1,) and (nnz,)
        Pattern, diagonal included.
    conductance, susceptance : ndarray, shape (nnz,), per unit
        Real and imaginary parts.
    """

    start: Any
    index: Any
    conductance: Any
    susceptance: Any


@dataclass(frozen=True, eq=False)
class Plan:
    """Everything that depends on the topology alone.

    Parameters
    ----------
    elimination : Elimination
        Order and patterns; ``order`` and ``position`` turn nodes to rows and back.
    pattern : FactorPattern
        Of the factors, for loops.
    diagonal : ndarray of int32, shape (n,)
        Entry of each row's diagonal.
    entries : ndarray of int32, shape (n_branches, 4)
        Entries of ff, ft, tf, tt of each branch; -1 for branches that were out of service when the plan was made.
    spare : list of BlockFactors
        Room for factors that no solve uses at the moment.
    """

    elimination: Elimination
    pattern: FactorPattern
    diagonal: Index
    entries: Index
    spare: list[BlockFactors] = field(default_factory=list)

    @property
    def n(self) -> int:
        """Number of nodes."""
        return self.elimination.n

    def borrow(self) -> BlockFactors:
        """Take room for factors; give it back with :meth:`give_back`.

        Returns
        -------
        BlockFactors
            Used by nobody else.
        """
        try:
            return self.spare.pop()
        except IndexError:
            return block_factors(self.elimination)

    def give_back(self, factors: BlockFactors) -> None:
        """Return room for factors.

        Parameters
        ----------
        factors : BlockFactors
            From :meth:`borrow`.
        """
        if len(self.spare) < 4:
            self.spare.append(factors)

    def admittance(self, arrays: NetworkArrays) -> Admittance:
        """Fill in the admittance matrix.

        Parameters
        ----------
        arrays : NetworkArrays
            A network of this topology.

        Returns
        -------
        Admittance
            In the plan's order.
        """
        matrix = self.elimination.matrix
        on = self.entries[:, 0] >= 0
        values = np.stack([arrays.y_ff[on], arrays.y_ft[on], arrays.y_tf[on], arrays.y_tt[on]], axis=1).ravel()
        places = np.concatenate([self.entries[on].ravel(), self.diagonal])
        values = np.concatenate([values, arrays.shunt[self.elimination.order]])
        count = len(matrix.index)
        return Admittance(
            matrix.start,
            matrix.index,
            np.bincount(places, values.real, count),
            np.bincount(places, values.imag, count),
        )


class NodeData(NamedTuple):
    """Numbers of the nodes in the order of a plan, for loops.

    Parameters
    ----------
    active, reactive : ndarray, shape (n,), per unit
        Constant power into the node.
    active_current, reactive_current : ndarray, shape (n,), per unit
        Power that goes with the voltage.
    """

    active: Any
    reactive: Any
    active_current: Any
    reactive_current: Any


@dataclass(frozen=True, eq=False)
class Compiled:
    """A network, ready to be solved.

    Parameters
    ----------
    arrays : NetworkArrays
        Its numbers.
    plan : Plan
        Of its topology.
    admittance : Admittance
        In the plan's order.
    nodes : NodeData
        In the plan's order.
    kept : dict of str to object
        What studies work out once per network.
    """

    arrays: NetworkArrays
    plan: Plan
    admittance: Admittance
    nodes: NodeData
    kept: dict[str, Any] = field(default_factory=dict)


def compiled(network: Network) -> Compiled:
    """Give what is worked out once per network.

    Parameters
    ----------
    network : Network
        Whose numbers are wanted.

    Returns
    -------
    Compiled
        Made on the first call, and kept with the network.

    Raises
    ------
    TopologyError
        If it cannot be computed with, with every fault.
    """
    found = network.__dict__.get("_compiled")
    if found is None:
        check_topology(network)
        arrays = network_arrays(network)
        plan = plan_of(arrays.n_nodes, arrays.branches)
        order = plan.elimination.order
        injections = arrays.injections
        nodes = NodeData(
            *(np.ascontiguousarray(getattr(injections, name)[order]) for name in NodeData._fields),
        )
        found = Compiled(arrays, plan, plan.admittance(arrays), nodes)
        network.__dict__["_compiled"] = found
    return found


def plan_of(n_nodes: int, branches: Branches) -> Plan:
    """Make the plan of a topology, or find the one that was made.

    Parameters
    ----------
    n_nodes : int
        Number of nodes.
    branches : Branches
        Those in service make up the topology.

    Returns
    -------
    Plan
        Shared by all networks of this topology.
    """
    on = branches.in_service
    f, t = branches.from_node, branches.to_node
    key = hashlib.blake2b(f[on].tobytes() + t[on].tobytes() + on.tobytes() + str(n_nodes).encode()).hexdigest()
    found = _PLANS.get(key)
    if found is not None:
        _PLANS.move_to_end(key)
        return found
    elimination = analyse(n_nodes, f[on], t[on])
    matrix, position = elimination.matrix, elimination.position
    rows = np.repeat(np.arange(n_nodes, dtype=np.int64), np.diff(matrix.start))
    keys = rows * n_nodes + matrix.index
    pf, pt = position[f[on]].astype(np.int64), position[t[on]].astype(np.int64)
    entries = np.full((len(branches), 4), -1, np.int32)
    for place, (a, b) in enumerate(((pf, pf), (pf, pt), (pt, pf), (pt, pt))):
        entries[on, place] = np.searchsorted(keys, a * n_nodes + b)
    diagonal = np.searchsorted(keys, np.arange(n_nodes, dtype=np.int64) * (n_nodes + 1)).astype(np.int32)
    plan = Plan(elimination, factor_pattern(elimination), diagonal, entries)
    _PLANS[key] = plan
    while len(_PLANS) > _MOST_PLANS:
        _PLANS.popitem(last=False)
    return plan
