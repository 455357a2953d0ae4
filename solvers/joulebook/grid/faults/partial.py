"""Partial currents: what each branch and each source carries to a fault, phase by phase.

Vector groups turn the phases: the positive sequence on one side of a ``Dyn5`` transformer lags by 150° on the other,
the negative sequence leads by as much. Partial currents carry those turns; impedances need not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order

from joulebook.grid.faults.admittances import SolvedSequence
from joulebook.grid.faults.branches import LINE, THREE_WINDING, TRANSFORMER
from joulebook.grid.faults.currents import phase_currents
from joulebook.grid.faults.model import FaultModel, machines_of, unit_changes, view_of_units
from joulebook.grid.faults.vector_groups import read_vector_group

__all__ = ["columns_of", "converter_voltages", "phase_turns", "source_currents", "terminal_currents", "terminals"]

Ints = NDArray[np.int32]
Complexes = NDArray[np.complex128]
_COUNT_ENDS = {LINE: 2, TRANSFORMER: 2, THREE_WINDING: 3}
_NAMES = ("lines", "transformers", "three_winding_transformers")
_END_NAMES = {2: ("from", "to"), 3: ("1", "2", "3")}


def columns_of(model: FaultModel, solved: SolvedSequence, places: Ints, units: bool = True) -> Complexes:
    """Columns of the inverse, with the corrections at machines in units.

    Parameters
    ----------
    model : FaultModel
        The network.
    solved : SolvedSequence
        Any sequence.
    places : ndarray of int, shape (p,)
        Nodes, none of them -1.
    units : bool
        Whether the corrections apply; the zero sequence has none.

    Returns
    -------
    ndarray of complex, shape (p, n)
        0 where a node has no path to source or earth.
    """
    found = solved.factors.columns(places)
    found[~solved.alive[places]] = 0.0
    found[:, ~solved.alive] = 0.0
    if units and np.isin(places, model.units.near).any():
        view = view_of_units(model, solved)
        for a, node in enumerate(places):
            for u in np.flatnonzero(model.units.near == node):
                far = solved.factors.columns(model.units.far[u : u + 1])[0]
                found[a] = view.near_weight[u] * found[a] + view.far_weight[u] * far
    return found


def source_currents(model: FaultModel, solved: SolvedSequence, places: Ints, voltage: Complexes) -> Complexes:
    """Current of one sequence from every source.

    Parameters
    ----------
    model : FaultModel
        The network.
    solved : SolvedSequence
        The sequence.
    places : ndarray of int, shape (p,)
        Where the faults are.
    voltage : ndarray of complex, shape (p, n)
        Of this sequence, as the fault changes it.

    Returns
    -------
    ndarray of complex, shape (p, s)
        Of the sources of the positive sequence, per unit at the source; out of the source.
    """
    y = solved.admittances
    found = np.zeros((places.size, model.sources.node.size), np.complex128)
    found[:, y.source] = -y.source_admittance * voltage[:, y.source_node]
    if solved is not model.zero:
        inside = machines_of(model, solved)
        for u, near in enumerate(model.units.near):
            rows = np.flatnonzero(places == near)
            machines = y.source[inside[u]]
            found[np.ix_(rows, machines)] *= model.units.factor[u] / model.units.inner[u]
    return found


def terminals(model: FaultModel) -> tuple[list[str], Ints]:
    """All ends of branches.

    Parameters
    ----------
    model : FaultModel
        The network.

    Returns
    -------
    labels : list of str
        ``"lines/L1/from"``.
    node : ndarray of int, shape (t,)
        Node of each; -1 where it is open.
    """
    labels: list[str] = []
    nodes = []
    for code, name in enumerate(_NAMES):
        ends = _END_NAMES[_COUNT_ENDS[code]]
        labels += [f"{name}/{item}/{end}" for item in getattr(model.nodes.network, name).ids for end in ends]
        nodes.append(model.nodes.ends[name].ravel())
    return labels, np.concatenate(nodes).astype(np.int32)


def _first_terminal(model: FaultModel) -> NDArray[np.int64]:
    """Where the ends of each table begin."""
    network = model.nodes.network
    counts = [0, *(len(getattr(network, name)) * _COUNT_ENDS[code] for code, name in enumerate(_NAMES))]
    return np.cumsum(counts)[:-1]


def terminal_currents(model: FaultModel, solved: SolvedSequence, places: Ints, voltage: Complexes) -> Complexes:
    """Current of one sequence at every end of a branch.

    Parameters
    ----------
    model : FaultModel
        The network.
    solved : SolvedSequence
        The sequence.
    places : ndarray of int, shape (p,)
        Where the faults are.
    voltage : ndarray of complex, shape (p, n)
        Of this sequence, as the fault changes it.

    Returns
    -------
    ndarray of complex, shape (p, t)
        Per unit at the end; out of the bus, into the branch.
    """
    y = solved.admittances
    start = _first_terminal(model)
    per = np.array([2, 2, 3])
    voltage = np.concatenate((voltage, np.zeros((places.size, 1))), axis=1)
    count = int(start[2] + per[2] * len(model.nodes.network.three_winding_transformers))
    found = np.zeros((places.size, count), np.complex128)
    for node, other, own, end in (
        (y.first, y.second, y.y_first, y.first_end),
        (y.second, y.first, y.y_second, y.second_end),
    ):
        flow = own * voltage[:, node] + y.y_mutual * voltage[:, other]
        shown = np.flatnonzero((end >= 0) & (node >= 0))
        where = start[y.table[shown]] + per[y.table[shown]] * y.row[shown] + end[shown]
        found[:, where] = flow[:, shown]
    if solved is not model.zero:
        _correct_units(model, solved, places, voltage, found, start)
    return found


def _correct_units(
    model: FaultModel,
    solved: SolvedSequence,
    places: Ints,
    voltage: Complexes,
    found: Complexes,
    start: NDArray[np.int64],
) -> None:
    """The transformer of a unit has no correction for a fault at its machine."""
    near_change, mutual, far_change, machines = unit_changes(model, solved)
    for u, near in enumerate(model.units.near):
        branch, far = model.units.branch[u], model.units.far[u]
        swapped = int(solved.admittances.first[branch] != near)
        row = start[TRANSFORMER] + 2 * solved.admittances.row[branch]
        for a in np.flatnonzero(places == near):
            extra_near = (near_change[u] - machines[u]) * voltage[a, near] + mutual[u] * voltage[a, far]
            extra_far = mutual[u] * voltage[a, near] + far_change[u] * voltage[a, far]
            found[a, row + swapped] += extra_near
            found[a, row + 1 - swapped] += extra_far


def converter_voltages(
    model: FaultModel, places: Ints, columns: Complexes
) -> tuple[NDArray[np.float64], Complexes, Complexes]:
    """What full converters do: their currents lag so that their voltages at the fault are in phase with its source's.

    Then the current that they add to the fault is the sum of sizes that the standard asks for.

    Parameters
    ----------
    model : FaultModel
        The network.
    places : ndarray of int, shape (p,)
        Where the faults are.
    columns : ndarray of complex, shape (p, n)
        Of the inverse of the positive sequence.

    Returns
    -------
    added : ndarray, shape (p,)
        To the voltage at the fault, per unit.
    voltage : ndarray of complex, shape (p, n)
        Of the positive sequence without the fault.
    current : ndarray of complex, shape (p, c)
        Of each converter, per unit at its node; out of it.
    """
    _, node, size = model.converters
    mutual = columns[:, node]
    current = size * np.exp(-1j * np.angle(mutual))
    own = columns_of(model, model.positive, node, units=False)
    voltage = current @ own
    if node.size and np.isin(places, model.units.near).any():
        view = view_of_units(model, model.positive)
        for a, place in enumerate(places):
            for u in np.flatnonzero(model.units.near == place):
                pair = np.array([model.units.near[u], model.units.far[u]])
                voltage[a] -= (view.pull[u] @ voltage[a, pair]) @ model.positive.factors.columns(pair)
    return (np.abs(mutual) * size).sum(axis=1), voltage, current


def phase_turns(model: FaultModel, places: Ints) -> NDArray[np.float64]:
    """Angle by which vector groups turn the positive sequence between a fault and every node.

    Parameters
    ----------
    model : FaultModel
        The network.
    places : ndarray of int, shape (p,)
        Where the faults are.

    Returns
    -------
    ndarray, shape (p, n), rad
        By which the node leads the fault.
    """
    n, branches = model.nodes.n, model.branches
    shift = _shifts(model)
    ends = (np.concatenate((branches.first, branches.second)), np.concatenate((branches.second, branches.first)))
    graph = coo_array((np.ones(ends[0].size), ends), shape=(n, n)).tocsr()
    step = {}
    for a, b, angle in zip(branches.first.tolist(), branches.second.tolist(), shift.tolist(), strict=True):
        if angle != 0.0:
            step[a, b], step[b, a] = -angle, angle
    angles, known = np.zeros(n), np.zeros(n, bool)
    for root in np.unique(places) if step else ():
        if known[root]:
            continue
        order, before = breadth_first_order(graph, int(root), directed=False)
        known[order] = True
        for node, above in zip(order[1:].tolist(), before[order[1:]].tolist(), strict=True):
            angles[node] = angles[above] + step.get((above, node), 0.0)
    return np.where(known, angles - angles[places, None], 0.0)


def _shifts(model: FaultModel) -> NDArray[np.float64]:
    """Angle by which the first end of each branch leads the second."""
    branches, network = model.branches, model.nodes.network
    shift = np.zeros(branches.row.size)
    two, three = network.transformers, network.three_winding_transformers
    for k in np.flatnonzero(branches.table == TRANSFORMER):
        row = branches.row[k]
        group = read_vector_group(two.vector_group[row])
        clock = group.clocks[1] if group else 0
        shift[k] = clock * np.pi / 6.0 if clock else two.phase_shift[row]
    for k in np.flatnonzero(branches.table == THREE_WINDING):
        row, end = branches.row[k], int(branches.first_end[k])
        group = read_vector_group(three.vector_group[row], 3)
        clock = group.clocks[end] if group else 0
        shift[k] = -clock * np.pi / 6.0 if clock else three.column(f"phase_shift_{end + 1}")[row]
    return shift


def in_phases(sequences: Complexes, turn: NDArray[np.float64]) -> Complexes:
    """Phase currents at places whose sequences are turned against the fault.

    Parameters
    ----------
    sequences : ndarray of complex, shape (3, p, t)
        Zero, positive, negative.
    turn : ndarray, shape (p, t), rad
        By which the place leads the fault.

    Returns
    -------
    ndarray of complex, shape (3, p, t)
        Phases a, b, c.
    """
    ahead = np.exp(1j * turn)
    return phase_currents(np.array([sequences[0], sequences[1] * ahead, sequences[2] * ahead.conj()]))
