"""Networks as CGMES 2.4.15 sets: bus-branch, with the profiles EQ, SSH, TP and SV in one zip.

A constant off-nominal ratio becomes part of the rated voltage of the winding; steps become tap changers; a constant
phase shift becomes a linear phase tap changer of one step.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.grid.formats.cgmes.profiles import Reference, Writer
from joulebook.grid.formats.cgmes.writing_branches import Cut, write_branches
from joulebook.grid.formats.cgmes.writing_injections import write_injections
from joulebook.grid.formats.cgmes.writing_links import write_links
from joulebook.grid.formats.cgmes.writing_transformers import write_transformers

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["cgmes_archive"]


def cgmes_archive(
    network: Network,
    state: Mapping[str, complex] | None = None,
    time: str = "2000-01-01T00:00:00Z",
) -> tuple[bytes, tuple[str, ...]]:
    """Write a network as a CGMES set.

    Parameters
    ----------
    network : Network
        The network.
    state : mapping of str to complex, per unit
        Solved voltages by bus, for the SV profile; the start voltages of the buses where left out.
    time : str
        Of the state, ISO 8601.

    Returns
    -------
    archive : bytes
        A zip of four profile files.
    notes : tuple of str
        What of the network the set does not hold.
    """
    writer = Writer(network.name, time)
    cut = _open_ends(network, writer)
    _write_buses(network, writer, state)
    write_branches(network, writer, cut)
    write_transformers(network, writer, cut)
    write_injections(network, writer)
    write_links(network, writer)
    if network.diagram.placements or network.diagram.labels:
        writer.note("the diagram")
    if any(cost is not None for cost in network.generators.cost):
        writer.note("costs of generation")
    notes = tuple(text if count == 1 else f"{text} ({count} times)" for text, count in writer.notes.items())
    return writer.archive(), notes


def _open_ends(network: Network, writer: Writer) -> Cut:
    """Ends of branches that open switches cut off: table, branch, bus."""
    out: Cut = set()
    switches = network.switches
    for bus, kind, branch, closed in zip(
        switches.bus, switches.branch_kind, switches.branch, switches.closed, strict=True
    ):
        if kind and not closed:
            out.add((kind, branch, bus))
        elif kind:
            writer.note("closed switches at ends of branches")
    return out


def _groups(network: Network, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name the group of buses that pairs of them join, after one of the group."""
    above = {bus: bus for bus in network.buses}

    def root(bus: str) -> str:
        while above[bus] != bus:
            above[bus] = above[above[bus]]
            bus = above[bus]
        return bus

    for first, second in pairs:
        above[root(first)] = root(second)
    return {bus: root(bus) for bus in network.buses}


def _places(network: Network) -> tuple[dict[str, str], dict[str, str]]:
    """Voltage level and substation of each bus: switches join levels, transformers join substations."""
    switched = zip(network.switches.bus, network.switches.other_bus, strict=True)
    joined = [pair for pair in switched if pair[1]]
    two, three = network.transformers, network.three_winding_transformers
    turned = [*zip(two.from_bus, two.to_bus, strict=True), *zip(three.bus_1, three.bus_2, strict=True)]
    turned += zip(three.bus_1, three.bus_3, strict=True)
    return _groups(network, joined), _groups(network, [*joined, *turned])


def _write_buses(network: Network, writer: Writer, state: Mapping[str, complex] | None) -> None:
    eq, buses, name = writer.eq, network.buses, writer.identifier
    eq.add("GeographicalRegion", name("region", "all"), {"IdentifiedObject.name": network.name})
    for area in dict.fromkeys(buses.area.tolist()):
        values = {"IdentifiedObject.name": area or network.name}
        eq.add(
            "SubGeographicalRegion",
            name("region", "sub", area),
            values | {"SubGeographicalRegion.Region": Reference(name("region", "all"))},
        )
    for volts in dict.fromkeys(buses.nominal_voltage.tolist()):
        values = {"IdentifiedObject.name": f"{volts / 1e3:g} kV", "BaseVoltage.nominalVoltage": volts / 1e3}
        eq.add("BaseVoltage", name("voltage", repr(volts)), values)
    writer.levels, stations = _places(network)
    for bus in dict.fromkeys(stations.values()):
        region = Reference(name("region", "sub", buses.area[buses.position(bus)]))
        values = {"IdentifiedObject.name": f"{buses.name[buses.position(bus)] or bus}"}
        eq.add("Substation", name("substation", bus, "S"), values | {"Substation.Region": region})
    angles, magnitudes = buses.start_angle, buses.start_voltage
    if state is not None:
        solved = np.array([state.get(bus, 0.0) for bus in buses], complex)
        angles, magnitudes = np.angle(solved), np.abs(solved)
    for row, bus in enumerate(buses):
        volts = buses.nominal_voltage[row]
        base = Reference(name("voltage", repr(float(volts))))
        if writer.levels[bus] == bus:
            values = {
                "IdentifiedObject.name": buses.name[row] or bus,
                "VoltageLevel.Substation": Reference(name("substation", stations[bus], "S")),
                "VoltageLevel.BaseVoltage": base,
                "VoltageLevel.lowVoltageLimit": buses.minimum_voltage[row] * volts / 1e3,
                "VoltageLevel.highVoltageLimit": buses.maximum_voltage[row] * volts / 1e3,
            }
            eq.add("VoltageLevel", writer.level(bus).identifier, values)
        node = name("buses", bus)
        writer.tp.add(
            "TopologicalNode",
            node,
            {
                "IdentifiedObject.name": buses.name[row] or bus,
                "TopologicalNode.BaseVoltage": base,
                "TopologicalNode.ConnectivityNodeContainer": writer.level(bus),
            },
        )
        on = bool(buses.in_service[row])
        writer.sv.add(
            "SvVoltage",
            name("state", bus, "V"),
            {
                "SvVoltage.v": magnitudes[row] * volts / 1e3 if on else 0.0,
                "SvVoltage.angle": math.degrees(angles[row]) if on else 0.0,
                "SvVoltage.TopologicalNode": Reference(node),
            },
        )
    _write_island(network, writer)


def _write_island(network: Network, writer: Writer) -> None:
    sources: list[Any] = [
        bus
        for table, kind in ((network.external_grids, ""), (network.generators, "reference"))
        for row, bus in enumerate(table.bus)
        if table.in_service[row] and (not kind or table.reference[row])
    ]
    if sources:
        angle = Reference(writer.identifier("buses", sources[0]))
        values: dict[str, Any] = {"IdentifiedObject.name": network.name}
        values["TopologicalIsland.AngleRefTopologicalNode"] = angle
        island = writer.identifier("island", "all", "I")
        writer.sv.add("TopologicalIsland", island, values | {"TopologicalIsland.TopologicalNodes": angle})
