"""Buses and nodes of a feeder: which conductor of which element ends at which node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from joulebook.grid.feeder.design import Feeder

__all__ = ["NodeTable", "bus_names", "bus_of", "nodes_of"]


def bus_of(terminal: str) -> str:
    """Bus of a connection.

    Parameters
    ----------
    terminal : str
        Bus and nodes.

    Returns
    -------
    str
        Its name.
    """
    return terminal.partition(".")[0]


def nodes_of(terminal: str, phases: int, conductors: int) -> tuple[str, list[int]]:
    """Take a connection apart.

    Parameters
    ----------
    terminal : str
        Bus and nodes.
    phases : int
        Conductors that are phases: their nodes count up from 1 where they are left out.
    conductors : int
        All; the others are earth where they are left out.

    Returns
    -------
    tuple of (str, list of int)
        Bus, and a node for each conductor; 0 is earth.
    """
    bus, *given = terminal.split(".")
    nodes = [int(node) for node in given[:conductors]]
    nodes += [k + 1 if k < phases else 0 for k in range(len(nodes), conductors)]
    return bus, nodes


class NodeTable:
    """Numbers the nodes in the order in which elements name them."""

    def __init__(self) -> None:
        self._index: dict[tuple[str, int], int] = {}
        self.buses: dict[str, int] = {}

    def number(self, terminal: str, phases: int, conductors: int) -> list[int]:
        """Number the nodes of a connection.

        Parameters
        ----------
        terminal : str
            Bus and nodes.
        phases, conductors : int
            See :func:`nodes_of`.

        Returns
        -------
        list of int
            A number for each conductor; -1 for earth.
        """
        bus, nodes = nodes_of(terminal, phases, conductors)
        self.buses.setdefault(bus, len(self.buses))
        index = self._index
        return [-1 if node == 0 else index.setdefault((bus, node), len(index)) for node in nodes]

    def names(self) -> list[tuple[str, int]]:
        """List bus and node by number.

        Returns
        -------
        list of (str, int)
            In order.
        """
        return list(self._index)

    def find(self, bus: str, node: int) -> int:
        """Look a node up.

        Parameters
        ----------
        bus : str
            Its bus.
        node : int
            At that bus.

        Returns
        -------
        int
            Its number; -1 if nothing is connected there, or for earth.
        """
        return self._index.get((bus, node), -1)


def bus_names(feeder: Feeder) -> tuple[str, ...]:
    """List the buses of a feeder.

    Parameters
    ----------
    feeder : Feeder
        The design.

    Returns
    -------
    tuple of str
        In the order in which elements name them.
    """
    return tuple(dict.fromkeys(bus_of(terminal) for terminal in _terminals(feeder) if terminal))


def _terminals(feeder: Feeder) -> Iterator[str]:
    yield from feeder.voltage_sources.bus
    for table in (feeder.lines, feeder.reactors):
        for one, other in zip(table.bus1, table.bus2, strict=True):
            yield one
            yield other
    for windings in feeder.transformers.windings:
        for winding in windings:
            yield winding.bus
    for one, other in zip(feeder.capacitors.bus1, feeder.capacitors.bus2, strict=True):
        yield one
        yield other
    yield from feeder.loads.bus
    yield from feeder.generators.bus
