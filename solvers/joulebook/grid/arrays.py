"""A network as per-unit arrays: nodes, branches, what is injected, and which parts hang together.

Closed switches merge buses into one node; a switch that is open at the end of a branch cuts that end off; star points
of three-winding transformers are nodes of their own after the buses. Powers are per unit of the network's base power,
voltages of the bus's nominal voltage, angles rad.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from joulebook.grid.branch_models import Branches, line_branches, transformer_branches, winding_branches
from joulebook.grid.injections import Injections, Sources, injections, sources

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["NetworkArrays", "network_arrays"]

Index = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class NetworkArrays:
    """A network for array code.

    Parameters
    ----------
    base_power : float, VA
        Of per-unit powers.
    node_of_bus : ndarray of int32, shape (n_buses,)
        Node of each bus; -1 where the bus is out of service.
    bus_of_node : ndarray of int32, shape (n_nodes,)
        First bus of each node; -1 for star points.
    nominal_voltage : ndarray, shape (n_nodes,), V
        Base of per-unit voltages; 1 V for star points, whose base is that of the windings' ratings.
    branches : Branches
        Lines, transformers, windings.
    y_ff, y_ft, y_tf, y_tt : ndarray of complex, shape (n_branches,), per unit
        Two-port admittances; zero for branches out of service.
    shunt : ndarray of complex, shape (n_nodes,), per unit
        Admittance to earth: shunts, and the part of loads that goes with the square of the voltage.
    sources : Sources
        What can hold a voltage: generators, external grids, converters, ends of HVDC links.
    injections : Injections
        Power into each node.
    island : ndarray of int32, shape (n_nodes,)
        Number of the island of each node.
    n_islands : int
        How many there are.
    start_voltage, start_angle : ndarray, shape (n_nodes,), per unit and rad
        From the case; 1 and 0 for star points.
    """

    base_power: float
    node_of_bus: Index
    bus_of_node: Index
    nominal_voltage: NDArray[np.float64]
    branches: Branches
    y_ff: NDArray[np.complex128]
    y_ft: NDArray[np.complex128]
    y_tf: NDArray[np.complex128]
    y_tt: NDArray[np.complex128]
    shunt: NDArray[np.complex128]
    sources: Sources
    injections: Injections
    island: Index
    n_islands: int
    start_voltage: NDArray[np.float64]
    start_angle: NDArray[np.float64]

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.bus_of_node)

    def admittance_matrix(self) -> sparse.csr_array:
        """Give the admittance matrix.

        Returns
        -------
        scipy.sparse.csr_array of complex, shape (n_nodes, n_nodes), per unit
            Nodes in their own order.
        """
        on = self.branches.in_service
        f, t = self.branches.from_node[on], self.branches.to_node[on]
        nodes = np.arange(self.n_nodes)
        values = np.concatenate([self.y_ff[on], self.y_ft[on], self.y_tf[on], self.y_tt[on], self.shunt])
        rows, columns = np.concatenate([f, f, t, t, nodes]), np.concatenate([f, t, f, t, nodes])
        return sparse.coo_array((values, (rows, columns)), shape=(self.n_nodes, self.n_nodes)).tocsr()


def network_arrays(network: Network) -> NetworkArrays:
    """Turn a network into arrays.

    Parameters
    ----------
    network : Network
        Checked by :func:`joulebook.grid.topology.check_topology` before.

    Returns
    -------
    NetworkArrays
        Per unit.
    """
    buses = network.buses
    node_of_bus, bus_of_node = _nodes(network)
    trios = network.three_winding_transformers
    n_plain = len(bus_of_node)
    stars = np.arange(n_plain, n_plain + len(trios), dtype=np.int32)
    bus_of_node = np.concatenate([bus_of_node, np.full(len(trios), -1, np.int32)])
    position = buses.positions
    lines = line_branches(network, node_of_bus, position(network.lines.from_bus), position(network.lines.to_bus))
    two = network.transformers
    twos = transformer_branches(network, node_of_bus, position(two.from_bus), position(two.to_bus))
    of_trios = np.stack([position(trios.column(f"bus_{winding}")) for winding in (1, 2, 3)], axis=1)
    windings = winding_branches(network, node_of_bus, of_trios, stars)
    branches = _joined(lines, twos, windings)
    branches, open_ends = _with_switches(network, branches)
    y_ff, y_ft, y_tf, y_tt = branches.admittances()
    if len(open_ends):
        _cut_ends(branches, open_ends, (y_ff, y_ft, y_tf, y_tt))
    n_nodes = len(bus_of_node)
    real = bus_of_node >= 0

    def of_nodes(column: str, other: float) -> NDArray[np.float64]:
        values = np.full(n_nodes, other)
        values[real] = buses.column(column)[bus_of_node[real]]
        return values

    found = sources(network, node_of_bus)
    injected, load_shunt = injections(network, node_of_bus, n_nodes, found)
    island, n_islands = _islands(n_nodes, branches, open_ends)
    return NetworkArrays(
        base_power=network.base_power,
        node_of_bus=node_of_bus,
        bus_of_node=bus_of_node,
        nominal_voltage=of_nodes("nominal_voltage", 1.0),
        branches=branches,
        y_ff=y_ff,
        y_ft=y_ft,
        y_tf=y_tf,
        y_tt=y_tt,
        shunt=_shunts(network, node_of_bus, n_nodes) + load_shunt,
        sources=found,
        injections=injected,
        island=island,
        n_islands=n_islands,
        start_voltage=of_nodes("start_voltage", 1.0),
        start_angle=of_nodes("start_angle", 0.0),
    )


def _nodes(network: Network) -> tuple[Index, Index]:
    """Merge buses that closed switches join."""
    buses, switches = network.buses, network.switches
    alive = buses.column("in_service")
    n = len(buses)
    group = np.arange(n)
    joining = np.flatnonzero(
        switches.column("closed") & np.array([other != "" for other in switches.column("other_bus")], bool)
    )
    if len(joining):
        first = buses.positions(switches.column("bus")[joining])
        second = buses.positions(switches.column("other_bus")[joining])
        both = alive[first] & alive[second]
        graph = sparse.coo_array((np.ones(both.sum()), (first[both], second[both])), shape=(n, n))
        group = connected_components(graph, directed=False)[1]
    leaders = np.full(n, n)
    np.minimum.at(leaders, group[alive], np.flatnonzero(alive))
    bus_of_node = np.sort(leaders[leaders < n]).astype(np.int32)
    node_of_leader = np.full(n + 1, -1, np.int32)
    node_of_leader[bus_of_node] = np.arange(len(bus_of_node), dtype=np.int32)
    node_of_bus = np.where(alive, node_of_leader[leaders[group]], -1).astype(np.int32)
    return node_of_bus, bus_of_node


def _joined(*parts: Branches) -> Branches:
    names = [field.name for field in dataclasses.fields(Branches)]
    return Branches(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _with_switches(network: Network, branches: Branches) -> tuple[Branches, NDArray[np.int64]]:
    """Cut ends of branches off at open switches: those cut at both ends, and trios' windings, go out of service."""
    switches = network.switches
    at_branch = np.flatnonzero(
        ~switches.column("closed") & np.array([kind != "" for kind in switches.column("branch_kind")], bool)
    )
    if not len(at_branch):
        return branches, np.zeros((0, 2), np.int64)
    ends: dict[int, set[int]] = {}
    n_lines, n_two, n_trios = len(network.lines), len(network.transformers), len(network.three_winding_transformers)
    in_service = branches.in_service.copy()
    for row in at_branch.tolist():
        kind, identifier = switches.column("branch_kind")[row], switches.column("branch")[row]
        bus = switches.column("bus")[row]
        table = getattr(network, kind)
        place = table.position(identifier)
        if kind == "three_winding_transformers":
            for winding in (1, 2, 3):
                if table.column(f"bus_{winding}")[place] == bus:
                    in_service[n_lines + n_two + (winding - 1) * n_trios + place] = False
            continue
        branch = place if kind == "lines" else n_lines + place
        ends.setdefault(branch, set()).add(0 if table.column("from_bus")[place] == bus else 1)
    open_ends = []
    for branch, cut in ends.items():
        if len(cut) == 2 or not in_service[branch]:
            in_service[branch] = False
        else:
            open_ends.append((branch, cut.pop()))
    return dataclasses.replace(branches, in_service=in_service), np.array(open_ends, np.int64).reshape(-1, 2)


def _cut_ends(
    branches: Branches,
    open_ends: NDArray[np.int64],
    admittances: tuple[NDArray[np.complex128], ...],
) -> None:
    """Replace branches with an open end by what they are seen from the other one."""
    y_ff, y_ft, y_tf, y_tt = admittances
    for branch, end in open_ends.tolist():
        if end == 0:
            y_tt[branch] -= y_tf[branch] * y_ft[branch] / y_ff[branch]
            y_ff[branch] = 0.0
        else:
            y_ff[branch] -= y_ft[branch] * y_tf[branch] / y_tt[branch]
            y_tt[branch] = 0.0
        y_ft[branch] = y_tf[branch] = 0.0


def _shunts(network: Network, node_of_bus: Index, n_nodes: int) -> NDArray[np.complex128]:
    table = network.shunts
    out = np.zeros(n_nodes, np.complex128)
    if len(table):
        bus = network.buses.positions(table.column("bus"))
        node = node_of_bus[bus]
        on = table.column("in_service") & (node >= 0)
        siemens = table.column("steps") * (table.column("conductance") + 1j * table.column("susceptance"))
        per_unit = siemens * network.buses.column("nominal_voltage")[bus] ** 2 / network.base_power
        np.add.at(out, node[on], per_unit[on])
    return out


def _islands(n_nodes: int, branches: Branches, open_ends: NDArray[np.int64]) -> tuple[Index, int]:
    on = branches.in_service.copy()
    on[open_ends[:, 0]] = False
    f, t = branches.from_node[on], branches.to_node[on]
    graph = sparse.coo_array((np.ones(len(f), np.int8), (f, t)), shape=(n_nodes, n_nodes))
    count, island = connected_components(graph, directed=False)
    return island.astype(np.int32), int(count)
