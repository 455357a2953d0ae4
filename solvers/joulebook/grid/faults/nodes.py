"""Buses as electrical nodes: closed switches join them, points along lines add some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue
from joulebook.grid.network import Network

__all__ = ["BASE_POWER", "Nodes", "as_rows", "make_nodes", "nodes_of"]

BASE_POWER = 100e6
"""Base of per-unit values inside the study, VA."""
_ENDS = {
    "lines": ("from_bus", "to_bus"),
    "transformers": ("from_bus", "to_bus"),
    "three_winding_transformers": ("bus_1", "bus_2", "bus_3"),
}
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Nodes:
    """Where everything is connected.

    Parameters
    ----------
    network : Network
        The design.
    of_bus : ndarray of int, shape (n_buses,)
        Node of each bus; -1 where it is out of service.
    nominal : ndarray, shape (n,), V
        Of each node; star points of three-winding transformers last.
    ends : dict of str to ndarray of int, shape (n_branches, 2 or 3)
        Node of each end of lines, transformers and three-winding transformers; -1 where it is open or the branch is
        out of service.
    stars : ndarray of int, shape (n_three_winding,)
        Star point of each three-winding transformer.
    points : tuple of (int, float, int)
        Row of a line, position on it, node; by line, position rising. Positions at an end have the node of that end.
    labels : tuple of str
        Name of each place of a fault: buses in order, then points as ``"L1@0.5"``.
    places : ndarray of int, shape (n_places,)
        Node of each; -1 out of service.
    elements : dict
        Nodes of other tables, once they were asked for.
    """

    network: Network
    of_bus: Ints
    nominal: NDArray[np.float64]
    ends: dict[str, Ints]
    stars: Ints
    points: tuple[tuple[int, float, int], ...]
    labels: tuple[str, ...]
    places: Ints
    elements: dict[tuple[str, str], Ints] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many nodes there are."""
        return self.nominal.size

    def of(self, table: str, column: str = "bus") -> Ints:
        """Node of each element of a table.

        Parameters
        ----------
        table : str
            Name of the table.
        column : str
            That names the bus.

        Returns
        -------
        ndarray of int, shape (n,)
            -1 where the element or its bus is out of service.
        """
        kept = self.elements.get((table, column))
        if kept is None:
            elements = getattr(self.network, table)
            found = _with_end(self.of_bus)[self.network.buses.positions(elements.column(column))]
            kept = self.elements[table, column] = np.where(elements.in_service, found, -1).astype(np.int32)
        return kept


def make_nodes(network: Network, along: Sequence[tuple[str, float]] = ()) -> Nodes:
    """Work out the nodes.

    Parameters
    ----------
    network : Network
        The design.
    along : sequence of (str, float)
        Points on lines where a fault is wanted: identifier, share of the length from the ``from`` end.

    Returns
    -------
    Nodes
        The electrical picture.

    Raises
    ------
    InputError
        If a point names no line in service.
    """
    fused = _fused(network)
    alive = np.unique(fused[network.buses.in_service])
    number = np.full(fused.size + 1, -1, np.int32)
    number[alive] = np.arange(alive.size, dtype=np.int32)
    of_bus = np.where(network.buses.in_service, number[fused], -1).astype(np.int32)
    nominal = np.empty(alive.size)
    nominal[of_bus[of_bus >= 0][::-1]] = network.buses.nominal_voltage[of_bus >= 0][::-1]
    ends = _ends(network, of_bus)
    points, extra = _points(network, ends["lines"], along, alive.size)
    first = ends["three_winding_transformers"][:, 0]
    stars = (alive.size + len(extra) + np.arange(first.size)).astype(np.int32)
    star_voltage = np.append(nominal, 1.0)[first]
    return Nodes(
        network=network,
        of_bus=of_bus,
        nominal=np.concatenate((nominal, nominal[ends["lines"][extra, 0]], star_voltage)),
        ends=ends,
        stars=stars,
        points=points,
        labels=(*network.buses.ids, *(f"{network.lines.ids[row]}@{place:g}" for row, place, _ in points)),
        places=np.concatenate((of_bus, np.array([node for *_, node in points], np.int32))),
    )


def nodes_of(network: Network, along: Sequence[tuple[str, float]] = ()) -> Nodes:
    """Give the nodes of a network; those without points on lines are kept with it.

    Parameters
    ----------
    network : Network
        The design.
    along : sequence of (str, float)
        Points on lines where a fault is wanted.

    Returns
    -------
    Nodes
        The electrical picture.
    """
    if along:
        return make_nodes(network, along)
    found = network.__dict__.get("_fault_nodes")
    if found is None or found.network is not network:  # a copy takes the nodes of its model along
        found = network.__dict__["_fault_nodes"] = make_nodes(network)
    return found


def _with_end(of_bus: Ints) -> Ints:
    """The same with a last entry of -1, so that an unknown place (-1) stays unknown."""
    return np.append(of_bus, np.int32(-1))


def _fused(network: Network) -> Ints:
    """A number for each bus; buses joined by closed switches or lines without impedance share it."""
    n = len(network.buses)
    switches, lines = network.switches, network.lines
    joins = switches.closed & np.array([bool(other) for other in switches.other_bus], bool)
    short = lines.in_service & (lines.resistance == 0.0) & (lines.reactance == 0.0)
    if not joins.any() and not short.any():
        return np.arange(n, dtype=np.int32)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    place = network.buses.positions
    first = np.concatenate((place(switches.bus[joins]), place(lines.from_bus[short])))
    second = np.concatenate((place(switches.other_bus[joins]), place(lines.to_bus[short])))
    both = network.buses.in_service[first] & network.buses.in_service[second]
    graph = coo_array((np.ones(both.sum()), (first[both], second[both])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], np.int32)


def _ends(network: Network, of_bus: Ints) -> dict[str, Ints]:
    of_name = _with_end(of_bus)
    ends: dict[str, Ints] = {}
    for table, columns in _ENDS.items():
        elements = getattr(network, table)
        places = [of_name[network.buses.positions(elements.column(column))] for column in columns]
        ends[table] = np.array(places, np.int32).T.reshape(len(elements), len(columns)).copy()
        ends[table][~elements.in_service] = -1
    switches = network.switches
    for row in np.flatnonzero(~switches.closed):
        table = switches.branch_kind[row]
        if table:
            branch = getattr(network, table).position(switches.branch[row])
            at = of_name[network.buses.position(switches.bus[row])]
            ends[table][branch, ends[table][branch] == at] = -1
    return ends


def _points(
    network: Network, ends: Ints, along: Sequence[tuple[str, float]], first_free: int
) -> tuple[tuple[tuple[int, float, int], ...], list[int]]:
    """The points with their nodes, and the line of each new node."""
    issues: list[Issue] = []
    found: list[tuple[int, float, int]] = []
    extra: list[int] = []
    rows: list[tuple[int, float]] = []
    for name, place in along:
        row = int(network.lines.positions([name])[0])
        if row < 0:
            issues.append(Issue(f"along.{name}", place, "no such line", "Name a line of the network"))
        elif (ends[row] < 0).any():
            issues.append(Issue(f"along.{name}", place, "this line is open or out of service", "Close it first"))
        else:
            rows.append((row, place))
    if issues:
        raise InputError(issues, "short_circuit")
    for row, place in sorted(set(rows)):
        if place in {0.0, 1.0}:
            found.append((row, place, int(ends[row, int(place)])))
        else:
            found.append((row, place, first_free + len(extra)))
            extra.append(row)
    return tuple(found), extra


def as_rows(network: Network, names: Sequence[str], labels: Sequence[str]) -> list[int]:
    """Find the places of a study by name.

    Parameters
    ----------
    network : Network
        The design.
    names : sequence of str
        Identifiers of buses.
    labels : sequence of str
        All places.

    Returns
    -------
    list of int
        Where each stands among the labels.

    Raises
    ------
    InputError
        With every name that is unknown.
    """
    places = {label: row for row, label in enumerate(labels)}
    unknown = [name for name in names if name not in places]
    if unknown:
        some = ", ".join(list(network.buses.ids)[:8])
        raise InputError([Issue("buses", name, "no such bus", f"Buses are: {some} …") for name in unknown])
    return [places[name] for name in names]
