"""Terminals, controls, lines and switches of a network in a CGMES set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from joulebook.grid.formats.cgmes.profiles import Choice, Reference, Writer

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["Cut", "add_control", "add_limits", "add_terminal", "busbar_terminal", "write_branches"]

Cut = set[tuple[str, str, str]]
"""Ends of branches that are open: table, branch, bus."""

_SWITCHES = {"breaker": "Breaker", "disconnector": "Disconnector", "load_break": "LoadBreakSwitch", "fuse": "Fuse"}
_LIMITS = {
    "current_rating": ("patl", "continuous", 45000),
    "short_time_rating": ("tatl", "hours", 3600),
    "emergency_rating": ("tatl", "minutes", 900),
}
_KELVIN = 273.15


def add_terminal(writer: Writer, table: str, identifier: str, number: int, bus: str, connected: bool) -> str:
    """Connect equipment to a bus.

    Parameters
    ----------
    writer : Writer
        The set.
    table, identifier : str
        Of the element in the network.
    number : int
        Of the terminal, from 1.
    bus : str
        Of the network.
    connected : bool
        Whether.

    Returns
    -------
    str
        Identifier of the terminal.
    """
    terminal = writer.identifier(table, identifier, f"T{number}")
    writer.eq.add(
        "Terminal",
        terminal,
        {
            "IdentifiedObject.name": f"{identifier}-{number}",
            "ACDCTerminal.sequenceNumber": number,
            "Terminal.phases": Choice("PhaseCode.ABC"),
            "Terminal.ConductingEquipment": Reference(writer.identifier(table, identifier)),
        },
    )
    writer.ssh.add("Terminal", terminal, {"ACDCTerminal.connected": bool(connected)}, about=True)
    node = Reference(writer.identifier("buses", bus))
    writer.tp.add("Terminal", terminal, {"Terminal.TopologicalNode": node}, about=True)
    return terminal


def busbar_terminal(writer: Writer, bus: str) -> str:
    """Give the terminal of a busbar section, for controls that hold the voltage of a bus.

    Parameters
    ----------
    writer : Writer
        The set.
    bus : str
        Of the network.

    Returns
    -------
    str
        Identifier of the terminal.
    """
    terminal = writer.identifier("busbar", bus, "T1")
    if bus not in writer.busbars:
        writer.busbars.add(bus)
        values = {
            "IdentifiedObject.name": f"{bus} busbar",
            "Equipment.EquipmentContainer": writer.level(bus),
        }
        writer.eq.add("BusbarSection", writer.identifier("busbar", bus), values)
        add_terminal(writer, "busbar", bus, 1, bus, True)
    return terminal


def add_control(writer: Writer, kind: str, control: str, terminal: str, target: float, **band: Any) -> None:
    """Add a control of voltage.

    Parameters
    ----------
    writer : Writer
        The set.
    kind : str
        ``"RegulatingControl"`` or ``"TapChangerControl"``.
    control : str
        Identifier in the set.
    terminal : str
        Where the voltage is held.
    target : float, V
        What it is.
    **band : object
        ``width`` in V, ``discrete`` and ``enabled``.
    """
    mode = {"RegulatingControl.mode": Choice("RegulatingControlModeKind.voltage")}
    writer.eq.add(
        kind, control, {"IdentifiedObject.name": "voltage", "RegulatingControl.Terminal": Reference(terminal)} | mode
    )
    values = {
        "RegulatingControl.discrete": band.get("discrete", False),
        "RegulatingControl.enabled": band.get("enabled", True),
        "RegulatingControl.targetDeadband": band.get("width", 0.0) / 1e3,
        "RegulatingControl.targetValue": target / 1e3,
        "RegulatingControl.targetValueUnitMultiplier": Choice("UnitMultiplier.k"),
    }
    writer.ssh.add(kind, control, values, about=True)


def _add_limit_types(writer: Writer) -> None:
    for field, (kind, name, seconds) in _LIMITS.items():
        writer.eq.add(
            "OperationalLimitType",
            writer.identifier("limit type", field, "type"),
            {
                "IdentifiedObject.name": name,
                "OperationalLimitType.limitType": Choice(f"LimitTypeKind.{kind}", extension=True),
                "OperationalLimitType.direction": Choice("OperationalLimitDirectionKind.absoluteValue"),
                "OperationalLimitType.acceptableDuration": seconds,
            },
        )


def add_limits(writer: Writer, terminal: str, amperes: Mapping[str, float]) -> None:
    """Rate a terminal.

    Parameters
    ----------
    writer : Writer
        The set.
    terminal : str
        Identifier in the set.
    amperes : mapping of str to float, A
        By field of a line; NaN where not known.
    """
    for field, value in amperes.items():
        if not value > 0:
            continue
        name = {"IdentifiedObject.name": _LIMITS[field][1]}
        limits = writer.identifier("limits", terminal, field)
        writer.eq.add("OperationalLimitSet", limits, name | {"OperationalLimitSet.Terminal": Reference(terminal)})
        writer.eq.add(
            "CurrentLimit",
            writer.identifier("limit", terminal, field),
            name
            | {
                "OperationalLimit.OperationalLimitSet": Reference(limits),
                "OperationalLimit.OperationalLimitType": Reference(writer.identifier("limit type", field, "type")),
                "CurrentLimit.value": float(value),
            },
        )


def write_branches(network: Network, writer: Writer, cut: Cut) -> None:
    """Write lines and switches between buses.

    Parameters
    ----------
    network : Network
        The network.
    writer : Writer
        The set.
    cut : set of tuple of str
        Ends of branches that are open: table, branch, bus.
    """
    _add_limit_types(writer)
    lines, buses = network.lines, network.buses
    for row, line in enumerate(lines):
        identifier = writer.identifier("lines", line)
        ends = (lines.from_bus[row], lines.to_bus[row])
        volts = float(buses.nominal_voltage[buses.position(ends[0])])
        container = writer.identifier("lines", line, "L")
        writer.eq.add("Line", container, {"IdentifiedObject.name": lines.name[row] or line})
        writer.eq.add(
            "ACLineSegment",
            identifier,
            {
                "IdentifiedObject.name": lines.name[row] or line,
                "Equipment.EquipmentContainer": Reference(container),
                "ConductingEquipment.BaseVoltage": Reference(writer.identifier("voltage", repr(volts))),
                "ACLineSegment.r": lines.resistance[row],
                "ACLineSegment.x": lines.reactance[row],
                "ACLineSegment.bch": lines.susceptance[row],
                "ACLineSegment.gch": lines.conductance[row],
                "ACLineSegment.r0": lines.zero_resistance[row],
                "ACLineSegment.x0": lines.zero_reactance[row],
                "ACLineSegment.b0ch": lines.zero_susceptance[row],
                "Conductor.length": lines.length[row] / 1e3,
                "ACLineSegment.shortCircuitEndTemperature": lines.end_temperature[row] - _KELVIN,
            },
        )
        on = bool(lines.in_service[row])
        for number, bus in enumerate(ends, start=1):
            terminal = add_terminal(writer, "lines", line, number, bus, on and ("lines", line, bus) not in cut)
            if number == 1:
                add_limits(writer, terminal, {field: lines.column(field)[row] for field in _LIMITS})
    _write_switches(network, writer)


def _write_switches(network: Network, writer: Writer) -> None:
    switches = network.switches
    for row, switch in enumerate(switches):
        if not switches.other_bus[row]:
            continue
        identifier = writer.identifier("switches", switch)
        kind = _SWITCHES[switches.kind[row]]
        is_open = not switches.closed[row]
        writer.eq.add(
            kind,
            identifier,
            {
                "IdentifiedObject.name": switches.name[row] or switch,
                "Equipment.EquipmentContainer": writer.level(switches.bus[row]),
                "Switch.normalOpen": is_open,
                "Switch.retained": True,
                "Switch.ratedCurrent": switches.rated_current[row],
            },
        )
        writer.ssh.add(kind, identifier, {"Switch.open": is_open, "Switch.locked": False}, about=True)
        for number, bus in enumerate((switches.bus[row], switches.other_bus[row]), start=1):
            add_terminal(writer, "switches", switch, number, bus, True)
        if any(switches.column(name)[row] > 0 for name in ("breaking_current", "making_current", "withstand_current")):
            writer.note("short-circuit ratings of switches")
