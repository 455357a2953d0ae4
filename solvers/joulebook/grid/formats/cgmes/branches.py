"""Lines, series compensators, equivalent branches and switches of a CGMES set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joulebook.grid.formats.cgmes.limits import CurrentLimits
from joulebook.grid.formats.cgmes.nodes import Nodes, Terminal
from joulebook.grid.formats.cgmes.objects import Model, Objects
from joulebook.grid.formats.rows import NetworkRows, tidy_text

__all__ = ["SWITCHES", "add_branches", "add_switches", "connect_ends"]

SWITCHES = {
    "Breaker": "breaker",
    "Disconnector": "disconnector",
    "LoadBreakSwitch": "load_break",
    "Fuse": "fuse",
    "Jumper": "disconnector",
    "GroundDisconnector": "disconnector",
    "DisconnectingCircuitBreaker": "breaker",
    "Cut": "disconnector",
    "Switch": "breaker",
    "ProtectedSwitch": "breaker",
}
"""Classes of switches, and the kind that they become."""
_KELVIN = 273.15


@dataclass(slots=True)
class _Branch:
    """A branch on its way into the network."""

    identifier: str
    name: str
    values: dict[str, Any]
    line: int


def connect_ends(
    rows: NetworkRows,
    nodes: Nodes,
    table: str,
    identifier: str,
    terminals: list[Terminal],
    rated: Sequence[float] = (),
) -> tuple[list[str], bool]:
    """Find the buses of a branch, and open switches at ends that are not connected.

    Parameters
    ----------
    rows : NetworkRows
        Takes the switches.
    nodes : Nodes
        Takes the nodes of open ends.
    table : str
        Of the branch.
    identifier : str
        Of the branch.
    terminals : list of Terminal
        Its ends.
    rated : sequence of float, V
        Of each end: nominal voltage of a node that is made for it; that of another end where left out.

    Returns
    -------
    buses : list of str
        One per end; an end without a node gets one of its own.
    in_service : bool
        False where no end is connected, or the equipment is out of service.
    """
    open_ends = [end for end in terminals if not end.connected or not end.bus]
    in_service = identifier not in nodes.out_of_service and len(open_ends) < len(terminals)
    volts = next((nodes.nominal[end.bus] for end in terminals if end.bus), 0.0)
    buses = []
    for position, end in enumerate(terminals):
        bus = end.bus
        if not bus:
            bus = end.identifier
            nodes.extra[bus] = rated[position] if rated else volts
        elif in_service and not end.connected:
            values = {"bus": bus, "branch_kind": table, "branch": identifier, "closed": False, "name": "open end"}
            rows.add("switches", end.identifier, values)
        buses.append(bus)
    return buses, in_service


def add_branches(model: Model, rows: NetworkRows, nodes: Nodes, limits: CurrentLimits) -> None:
    """Add everything with two ends and an impedance in ohm.

    Parameters
    ----------
    model : Model
        The objects.
    rows : NetworkRows
        Takes them.
    nodes : Nodes
        Where they are connected.
    limits : CurrentLimits
        Their ratings.
    """
    lines = model.of("ACLineSegment")
    _add(
        lines,
        rows,
        nodes,
        limits,
        {
            "resistance": lines.number("ACLineSegment.r"),
            "reactance": lines.number("ACLineSegment.x"),
            "susceptance": lines.number("ACLineSegment.bch", 0.0),
            "conductance": lines.number("ACLineSegment.gch", 0.0),
            "zero_resistance": lines.number("ACLineSegment.r0"),
            "zero_reactance": lines.number("ACLineSegment.x0"),
            "zero_susceptance": lines.number("ACLineSegment.b0ch"),
            "length": _positive(lines.number("Conductor.length") * 1e3),
            "end_temperature": _positive(lines.number("ACLineSegment.shortCircuitEndTemperature"), _KELVIN),
        },
    )
    series = model.of("SeriesCompensator")
    _add(
        series,
        rows,
        nodes,
        limits,
        {
            "resistance": series.number("SeriesCompensator.r"),
            "reactance": series.number("SeriesCompensator.x"),
            "zero_resistance": series.number("SeriesCompensator.r0"),
            "zero_reactance": series.number("SeriesCompensator.x0"),
        },
    )
    if any(series.flag("SeriesCompensator.varistorPresent", False)):
        rows.note("varistors of series compensators are left out")
    branches = model.of("EquivalentBranch")
    r, x = branches.number("EquivalentBranch.r"), branches.number("EquivalentBranch.x")
    _add(
        branches,
        rows,
        nodes,
        limits,
        {
            "resistance": r,
            "reactance": x,
            "zero_resistance": branches.number("EquivalentBranch.zeroR12"),
            "zero_reactance": branches.number("EquivalentBranch.zeroX12"),
        },
    )
    for name, back, there in (
        *zip(branches.ids, branches.number("EquivalentBranch.r21"), r, strict=True),
        *zip(branches.ids, branches.number("EquivalentBranch.x21"), x, strict=True),
    ):
        if back == back and back != there:
            rows.note(f"EquivalentBranch {name}: the impedance from 2 to 1 differs; that from 1 to 2 is taken")


def _positive(values: Any, shift: float = 0.0) -> Any:
    values = values.copy()
    values[~(values > 0)] = float("nan")
    return values + shift


def _add(objects: Objects, rows: NetworkRows, nodes: Nodes, limits: CurrentLimits, columns: Mapping[str, Any]) -> None:
    names = objects.text("IdentifiedObject.name")
    lists = {name: column.tolist() for name, column in columns.items()}
    for row, identifier in enumerate(objects.rows):
        ends = nodes.at(identifier, 2)
        if ends is None or not any(end.bus for end in ends):
            rows.note(f"{objects.name} without two terminals at nodes: left out")
            continue
        values = {name: column[row] for name, column in lists.items()}
        if values["resistance"] != values["resistance"] or values["reactance"] != values["reactance"]:
            raise objects.fault(row, "has no r and x. Are all equipment (EQ) files of the set given?")
        _add_branch(rows, nodes, limits, ends, _Branch(identifier, names[row], values, objects.lines[row][1]))


def _add_branch(rows: NetworkRows, nodes: Nodes, limits: CurrentLimits, ends: list[Terminal], branch: _Branch) -> None:
    zero = branch.values["resistance"] == 0 and branch.values["reactance"] == 0
    if ends[0].bus and ends[0].bus == ends[1].bus:
        rows.note("branches with both ends at one bus: left out")
        return
    if zero and all(end.bus for end in ends):
        closed = branch.identifier not in nodes.out_of_service and all(end.connected for end in ends)
        values = {"bus": ends[0].bus, "other_bus": ends[1].bus, "closed": closed, "kind": "disconnector"}
        rows.add("switches", branch.identifier, values | {"name": tidy_text(branch.name)}, branch.line)
        rows.note("branches without impedance are taken as switches")
        return
    buses, in_service = connect_ends(rows, nodes, "lines", branch.identifier, ends)
    common = {"name": tidy_text(branch.name), "from_bus": buses[0], "to_bus": buses[1], "in_service": in_service}
    rows.add(
        "lines", branch.identifier, branch.values | limits.of_branch(branch.identifier, ends) | common, branch.line
    )


def add_switches(model: Model, rows: NetworkRows, nodes: Nodes) -> None:
    """Add the switches between different buses.

    Parameters
    ----------
    model : Model
        The objects.
    rows : NetworkRows
        Takes them.
    nodes : Nodes
        Where they are connected.
    """
    state = model.of("SvSwitch")
    solved = dict(zip(state.reference("SvSwitch.Switch"), state.flag("SvSwitch.open", False), strict=True))
    inside = 0
    for name, kind in SWITCHES.items():
        objects = model.of(name)
        is_open = objects.flag("Switch.open" if objects.has("Switch.open") else "Switch.normalOpen", False)
        rated = _positive(objects.number("Switch.ratedCurrent")).tolist()
        names = objects.text("IdentifiedObject.name")
        for row, identifier in enumerate(objects.rows):
            ends = nodes.at(identifier, 2)
            if ends is None or not all(end.bus for end in ends) or ends[0].bus == ends[1].bus:
                inside += 1
                continue
            connected = identifier not in nodes.out_of_service and all(end.connected for end in ends)
            values = {
                "name": tidy_text(names[row]),
                "bus": ends[0].bus,
                "other_bus": ends[1].bus,
                "kind": kind,
                "closed": connected and not solved.get(identifier, is_open[row]),
                "rated_current": rated[row],
            }
            rows.add("switches", identifier, values, objects.lines[row][1])
    if inside:
        rows.note(f"{inside} switches inside buses of the topology profile, or to earth, are left out")
