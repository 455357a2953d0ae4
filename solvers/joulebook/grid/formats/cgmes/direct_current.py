"""Direct-current links of a CGMES set: two converters that one DC circuit joins become one link.

Powers at the point of common coupling are those of the hypothesis (SSH); what the rectifier takes and the inverter
does not give is the loss of the link.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from joulebook.grid.formats.cgmes.nodes import Nodes
from joulebook.grid.formats.cgmes.objects import Model
from joulebook.grid.formats.rows import NetworkRows, tidy_text

__all__ = ["add_links"]

_JOINING = ("DCLineSegment", "DCSeriesDevice", "DCBreaker", "DCDisconnector", "DCSwitch", "DCBusbar", "DCChopper")
_CONVERTERS = ("VsConverter", "CsConverter")


@dataclass(slots=True)
class _Station:
    """A converter at its AC bus: power that it draws, and the voltage it holds."""

    identifier: str
    name: str
    bus: str
    runs: bool
    active: float
    reactive: float
    voltage: float | None
    group: str
    line: int


def add_links(model: Model, rows: NetworkRows, nodes: Nodes) -> None:
    """Add DC links; converters that are not in pairs become loads of given power.

    Parameters
    ----------
    model : Model
        The objects.
    rows : NetworkRows
        Takes them.
    nodes : Nodes
        Where converters are connected.
    """
    stations = _stations(model, rows, nodes)
    groups: dict[str, list[_Station]] = defaultdict(list)
    for station in stations:
        groups[station.group].append(station)
    for group, members in groups.items():
        if group and len(members) == 2:
            _link(rows, *members)
            continue
        rows.note(f"{len(members)} converters of one direct-current circuit are taken as loads of given power")
        for station in members:
            values = {"name": station.name, "bus": station.bus, "in_service": station.runs}
            values |= {"active_power": station.active, "reactive_power": station.reactive}
            rows.add("loads", station.identifier, values, station.line)


def _link(rows: NetworkRows, first: _Station, second: _Station) -> None:
    giver, taker = (first, second) if first.active >= second.active else (second, first)
    values: dict[str, Any] = {
        "name": giver.name,
        "from_bus": giver.bus,
        "to_bus": taker.bus,
        "active_power": giver.active,
        "constant_loss": giver.active + taker.active,
        "in_service": giver.runs and taker.runs,
    }
    for side, station in (("from", giver), ("to", taker)):
        values[f"{side}_holds_voltage"] = station.voltage is not None
        values[f"{side}_reactive_power"] = -station.reactive
        if station.voltage is not None:
            values[f"{side}_voltage"] = station.voltage
    rows.add("hvdc_lines", giver.identifier, values, giver.line)
    rows.note("direct-current circuits are taken as links with the powers of their converters")


def _stations(model: Model, rows: NetworkRows, nodes: Nodes) -> list[_Station]:
    groups = _groups(model)
    out: list[_Station] = []
    for name in _CONVERTERS:
        objects = model.of(name)
        p, q = (objects.number(f"ACDCConverter.{key}", 0.0).tolist() for key in "pq")
        modes = objects.choice("VsConverter.qPccControl")
        targets = objects.number("VsConverter.targetUpcc", 0.0).tolist()
        names = objects.text("IdentifiedObject.name")
        for row, identifier in enumerate(objects.rows):
            terminals = nodes.at(identifier, 1)
            if terminals is None or not terminals[0].bus:
                rows.note(f"{name} without a node: left out")
                continue
            bus = terminals[0].bus
            holds = modes[row] == "voltagePcc" and targets[row] > 0
            out.append(
                _Station(
                    identifier,
                    tidy_text(names[row]),
                    bus,
                    nodes.runs(identifier, terminals),
                    p[row] * 1e6,
                    q[row] * 1e6,
                    targets[row] * 1e3 / nodes.nominal[bus] if holds else None,
                    groups.get(identifier, ""),
                    objects.lines[row][1],
                )
            )
    return out


def _groups(model: Model) -> dict[str, str]:
    """Name the direct-current circuit of every converter."""
    above: dict[str, str] = {}

    def root(item: str) -> str:
        while above.setdefault(item, item) != item:
            above[item] = above[above[item]]
            item = above[item]
        return item

    joining = {item for name in _JOINING for item in model.of(name).rows}
    converters = {item for name in _CONVERTERS for item in model.of(name).rows}
    for name in ("DCTerminal", "ACDCConverterDCTerminal"):
        terminals = model.of(name)
        points = terminals.reference("DCBaseTerminal.DCTopologicalNode")
        nodes = terminals.reference("DCBaseTerminal.DCNode")
        for equipment, point, node in zip(
            terminals.reference(f"{name}.DCConductingEquipment"), points, nodes, strict=True
        ):
            if equipment in joining or equipment in converters:
                for place in (point, node):
                    if place:
                        above[root(equipment)] = root(place)
    return {item: root(item) for item in converters}
