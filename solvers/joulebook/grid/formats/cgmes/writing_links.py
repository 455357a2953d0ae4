"""Direct-current links of a network in a CGMES set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joulebook.grid.formats.cgmes.profiles import Choice, Reference, Writer
from joulebook.grid.formats.cgmes.writing_branches import add_terminal

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["write_links"]


def write_links(network: Network, writer: Writer) -> None:
    """Write each link as two voltage-source converters and a line between their direct-current nodes.

    Parameters
    ----------
    network : Network
        The network.
    writer : Writer
        The set.
    """
    table = network.hvdc_lines
    for item in table:
        one = table[item]
        given = one.active_power - one.constant_loss - one.loss_share * abs(one.active_power)
        region = writer.identifier("hvdc_lines", item, "line")
        writer.eq.add("DCLine", region, {"IdentifiedObject.name": one.name or item})
        segment = writer.identifier("hvdc_lines", item, "segment")
        values = {"IdentifiedObject.name": item, "Equipment.EquipmentContainer": Reference(region)}
        writer.eq.add("DCLineSegment", segment, values)
        if one.loss_share or one.minimum_power or one.maximum_power or one.from_minimum_reactive:
            writer.note("loss shares and limits of direct-current links; the present loss is kept")
        for number, side, power in ((1, "from", one.active_power), (2, "to", -given)):
            _add_station(network, writer, item, one, (number, side, power), segment)


def _add_station(
    network: Network, writer: Writer, item: str, one: Any, end: tuple[int, str, float], segment: str
) -> None:
    number, side, power = end
    bus = getattr(one, f"{side}_bus")
    name = ("hvdc_lines", f"{item} {side}")
    converter = writer.identifier(*name)
    terminal = add_terminal(writer, *name, 1, bus, one.in_service)
    point, unit = writer.identifier(*name, "node"), writer.identifier(*name, "unit")
    writer.eq.add("DCConverterUnit", unit, {"IdentifiedObject.name": name[1]})
    writer.eq.add("DCNode", point, {"IdentifiedObject.name": name[1], "DCNode.DCEquipmentContainer": Reference(unit)})
    writer.eq.add(
        "VsConverter",
        converter,
        {
            "IdentifiedObject.name": name[1],
            "Equipment.EquipmentContainer": Reference(unit),
            "ACDCConverter.PccTerminal": Reference(terminal),
        },
    )
    for kind, equipment, role in (
        ("ACDCConverterDCTerminal", converter, "dc"),
        ("DCTerminal", segment, f"line {number}"),
    ):
        writer.eq.add(
            kind,
            writer.identifier(*name, role),
            {
                "IdentifiedObject.name": f"{name[1]} {role}",
                "ACDCTerminal.sequenceNumber": number,
                f"{kind}.DCConductingEquipment": Reference(equipment),
                "DCBaseTerminal.DCNode": Reference(point),
            },
        )
        writer.ssh.add(kind, writer.identifier(*name, role), {"ACDCTerminal.connected": True}, about=True)
    holds = getattr(one, f"{side}_holds_voltage")
    word = "voltagePcc" if holds else "reactivePcc"
    writer.ssh.add(
        "VsConverter",
        converter,
        {
            "ACDCConverter.p": power / 1e6,
            "ACDCConverter.q": -getattr(one, f"{side}_reactive_power") / 1e6,
            "VsConverter.qPccControl": Choice(f"VsQpccControlKind.{word}"),
            "VsConverter.targetUpcc": getattr(one, f"{side}_voltage") * float(network.buses[bus].nominal_voltage) / 1e3,
        },
        about=True,
    )
