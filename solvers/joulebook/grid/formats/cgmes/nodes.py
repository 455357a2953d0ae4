"""Where equipment is connected: topological nodes where the set has them, connectivity nodes where it has not.

With a topology profile (TP) the buses are its topological nodes; closed switches inside one have vanished. Without it
the buses are the connectivity nodes of a node-breaker model, and all switches stay.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from joulebook.core.errors import DataFormatError
from joulebook.grid.formats.cgmes.objects import Model
from joulebook.grid.formats.rows import NetworkRows, tidy_text

__all__ = ["Nodes", "Terminal", "add_buses", "kilo", "read_nodes"]

_LISTED = 6


@dataclass(slots=True)
class Terminal:
    """One connection of a piece of equipment.

    Parameters
    ----------
    identifier : str
        Of the terminal.
    bus : str
        Identifier of the node; empty where it has none.
    connected : bool
        Whether.
    sequence : float
        Number among the terminals of its equipment.
    """

    identifier: str
    bus: str
    connected: bool
    sequence: float


@dataclass
class Nodes:
    """Buses of a set, and the terminals at them.

    Parameters
    ----------
    nominal : dict of str to float, V
        Nominal voltage by node.
    names : dict of str to str
        Names by node.
    levels : dict of str to str
        Voltage level by node.
    equipment : dict of str to list of Terminal
        Terminals by equipment, in order.
    terminals : dict of str to Terminal
        By identifier.
    out_of_service : set of str
        Equipment that is not in service.
    extra : dict of str to float, V
        Nodes made for open ends, with their nominal voltage.
    detailed : bool
        Whether the buses are connectivity nodes.
    """

    nominal: dict[str, float]
    names: dict[str, str]
    levels: dict[str, str]
    equipment: dict[str, list[Terminal]]
    terminals: dict[str, Terminal]
    out_of_service: set[str]
    extra: dict[str, float] = field(default_factory=dict)
    detailed: bool = False

    def at(self, equipment: str, count: int) -> list[Terminal] | None:
        """Give the terminals of a piece of equipment.

        Parameters
        ----------
        equipment : str
            Its identifier.
        count : int
            How many it must have.

        Returns
        -------
        list of Terminal or None
            In order; None where there are fewer.
        """
        found = self.equipment.get(equipment, [])
        return found[:count] if len(found) >= count else None

    def voltage(self, terminal: str) -> float | None:
        """Give the nominal voltage at a terminal.

        Parameters
        ----------
        terminal : str
            Its identifier.

        Returns
        -------
        float or None, V
            None where the terminal is not known.
        """
        found = self.terminals.get(terminal)
        return self.nominal.get(found.bus) if found else None

    def runs(self, equipment: str, terminals: list[Terminal]) -> bool:
        """Say whether equipment with one terminal is on.

        Parameters
        ----------
        equipment : str
            Its identifier.
        terminals : list of Terminal
            Its terminals.

        Returns
        -------
        bool
            Whether it is in service and connected.
        """
        return equipment not in self.out_of_service and all(item.connected for item in terminals)


def kilo(word: str) -> float:
    """Give the factor of a unit multiplier of a target voltage.

    Parameters
    ----------
    word : str
        Of the enumeration ``UnitMultiplier``.

    Returns
    -------
    float
        The factor; that of kilo where the word says nothing, since CGMES gives voltages in kV.
    """
    return {"none": 1.0, "k": 1e3, "M": 1e6}.get(word, 1e3)


def read_nodes(model: Model, rows: NetworkRows) -> Nodes:
    """Find the nodes and terminals of a set.

    Parameters
    ----------
    model : Model
        The objects.
    rows : NetworkRows
        Takes the notes.

    Returns
    -------
    Nodes
        With every nominal voltage.

    Raises
    ------
    DataFormatError
        If profiles or the boundary set are missing; it names the objects.
    """
    terminals = model.of("Terminal")
    if not len(terminals):
        raise DataFormatError("holds no terminals: the equipment profile (EQ) is missing", file=_files(model))
    detailed = not len(model.of("TopologicalNode"))
    of_terminal = terminals.reference("Terminal.ConnectivityNode" if detailed else "Terminal.TopologicalNode")
    if not detailed and len(model.of("ConnectivityNode")):
        above = model.lookup(["ConnectivityNode"], lambda found: found.reference("ConnectivityNode.TopologicalNode"))
        through = terminals.reference("Terminal.ConnectivityNode")
        of_terminal = [node or above.get(other, "") for node, other in zip(of_terminal, through, strict=True)]
    if not any(of_terminal):
        raise DataFormatError(
            "no terminal has a node: the topology profile (TP) is missing, and the equipment profile (EQ) is not "
            "node-breaker. Give all profile files of the set",
            file=_files(model),
        )
    nominal, names, levels, undefined = _nodes(model, detailed)
    by_equipment: dict[str, list[Terminal]] = defaultdict(list)
    by_id: dict[str, Terminal] = {}
    connected = terminals.flag("ACDCTerminal.connected", True)
    if not terminals.has("ACDCTerminal.connected"):
        connected = terminals.flag("Terminal.connected", True)
    for identifier, equipment, node, is_on, number in zip(
        terminals.rows,
        terminals.reference("Terminal.ConductingEquipment"),
        of_terminal,
        connected,
        terminals.number("ACDCTerminal.sequenceNumber", 0.0),
        strict=True,
    ):
        by_id[identifier] = found = Terminal(identifier, node, is_on, float(number))
        by_equipment[equipment].append(found)
    for listed in by_equipment.values():
        if len(listed) > 1:
            listed.sort(key=lambda item: item.sequence)
    nodes = Nodes(nominal, names, levels, dict(by_equipment), by_id, _out_of_service(model), detailed=detailed)
    _check_boundary(model, rows, nodes, undefined)
    return nodes


def _files(model: Model) -> str:
    return ", ".join(dict.fromkeys(name.partition("/")[0] for name in model.files[:_LISTED]))


def _nodes(model: Model, detailed: bool) -> tuple[dict[str, float], dict[str, str], dict[str, str], Counter[str]]:
    """Nominal voltages, names and voltage levels of the nodes, and the base voltages that are not known."""
    kind = "ConnectivityNode" if detailed else "TopologicalNode"
    found = model.of(kind)
    volts = _base_voltages(model)
    level_base = model.lookup(["VoltageLevel"], lambda level: level.reference("VoltageLevel.BaseVoltage"))
    bay_level = model.lookup(["Bay"], lambda bay: bay.reference("Bay.VoltageLevel"))
    bases = found.reference("TopologicalNode.BaseVoltage")
    containers = found.reference(f"{kind}.ConnectivityNodeContainer")
    nominal: dict[str, float] = {}
    levels: dict[str, str] = {}
    undefined: Counter[str] = Counter()
    for identifier, base, container in zip(found.rows, bases, containers, strict=True):
        level = bay_level.get(container, container)
        levels[identifier] = level
        base = base or level_base.get(level, "")
        if base in volts:
            nominal[identifier] = volts[base]
        elif base:
            undefined[base] += 1
    if detailed:
        nominal |= _from_equipment(model, set(found.rows) - set(nominal))
    names = dict(zip(found.rows, found.text("IdentifiedObject.name"), strict=True))
    return nominal, names, levels, undefined


def _base_voltages(model: Model) -> dict[str, float]:
    base = model.of("BaseVoltage")
    volts = base.number("BaseVoltage.nominalVoltage")
    return {item: float(value) * 1e3 for item, value in zip(base.rows, volts, strict=True) if value > 0}


def _from_equipment(model: Model, wanted: set[str]) -> dict[str, float]:
    """Nominal voltages of nodes outside voltage levels, from the equipment connected there."""
    volts = _base_voltages(model)
    base_of: dict[str, str] = {}
    for objects in model.classes.values():
        if objects.has("ConductingEquipment.BaseVoltage"):
            base_of.update(zip(objects.rows, objects.reference("ConductingEquipment.BaseVoltage"), strict=True))
    terminals = model.of("Terminal")
    out: dict[str, float] = {}
    listed = zip(
        terminals.reference("Terminal.ConnectivityNode"),
        terminals.reference("Terminal.TopologicalNode"),
        terminals.reference("Terminal.ConductingEquipment"),
        strict=True,
    )
    for *nodes, equipment in listed:
        if base_of.get(equipment, "") in volts:
            out.update((node, volts[base_of[equipment]]) for node in nodes if node in wanted)
    return out


def _out_of_service(model: Model) -> set[str]:
    """Equipment that the state says is not in service, or where it says nothing, that normally is not."""
    service: dict[str, bool] = {}
    for name in ("Equipment.normallyInService", "Equipment.inService"):
        for objects in model.classes.values():
            if objects.has(name):
                listed = zip(objects.rows, objects.flag(name, True), strict=True)
                given = objects.values[name]
                service.update(item for row, item in enumerate(listed) if row in given)
    out = {item for item, is_on in service.items() if not is_on}
    status = model.of("SvStatus")
    equipment = status.reference("SvStatus.ConductingEquipment")
    listed = zip(equipment, status.flag("SvStatus.inService", True), strict=True)
    out.update(item for item, is_on in listed if not is_on)
    return out


def _check_boundary(model: Model, rows: NetworkRows, nodes: Nodes, undefined: Counter[str]) -> None:
    """Every node that something live is connected to must be known, with its nominal voltage."""
    undescribed = {item.bus for item in nodes.terminals.values() if item.bus} - set(nodes.nominal)
    from_equipment = _from_equipment(model, undescribed - set(nodes.names)) if undescribed else {}
    for node, volts in from_equipment.items():
        rows.note(
            f"node {node} is not given (boundary set missing): nominal voltage {volts / 1e3:g} kV of its equipment"
        )
    nodes.nominal |= from_equipment
    known = set(nodes.nominal)
    missing: Counter[str] = Counter()
    dead: Counter[str] = Counter()
    for terminal in nodes.terminals.values():
        if terminal.bus and terminal.bus not in known:
            (missing if terminal.connected else dead)[terminal.bus] += 1
    if missing:
        what = [f"BaseVoltage {base} ({count} nodes)" for base, count in undefined.items()]
        named = set(nodes.names)
        what += [
            f"{'node without nominal voltage' if node in named else 'node'} {node} ({count} terminals)"
            for node, count in missing.items()
            if node not in named or not undefined
        ]
        listed = ", ".join(what[:_LISTED]) + (f" and {len(what) - _LISTED} more" if len(what) > _LISTED else "")
        raise DataFormatError(
            f"{len(what)} objects are referred to, but not given: {listed}. They come with the boundary set (EQ_BD and "
            "TP_BD): give its files together with these",
            file=_files(model),
        )
    for node in dead:
        rows.note(f"node {node} is not given (boundary set missing); only disconnected equipment is at it: left out")
        for terminal in nodes.terminals.values():
            if terminal.bus == node:
                terminal.bus = ""


def add_buses(model: Model, rows: NetworkRows, nodes: Nodes, state: dict[str, tuple[float, float]]) -> None:
    """Add all buses.

    Parameters
    ----------
    model : Model
        The objects.
    rows : NetworkRows
        Takes them.
    nodes : Nodes
        The nodes.
    state : dict of str to tuple of float
        Voltage in V and angle in rad by node, from the state variables (SV).
    """
    limits = _voltage_limits(model, nodes)
    regions = _regions(model)
    dead = 0
    for node, volts in nodes.nominal.items():
        magnitude, angle = state.get(node, (volts, 0.0))
        low, high = limits.get(node, (None, None))
        is_dead = magnitude <= 0
        dead += is_dead
        start = magnitude / volts
        rows.add(
            "buses",
            node,
            {
                "name": tidy_text(nodes.names.get(node, "")),
                "nominal_voltage": volts,
                "minimum_voltage": low,
                "maximum_voltage": high,
                "start_voltage": 1.0 if is_dead or not 0 < start <= 3 else start,
                "start_angle": angle,
                "area": regions.get(nodes.levels.get(node, ""), ""),
                "in_service": not is_dead,
            },
        )
    for node, volts in nodes.extra.items():
        rows.add("buses", node, {"name": "open end", "nominal_voltage": volts})
    if dead:
        rows.note(f"{dead} buses stand at 0 V in the state (SV): taken as out of service")
    nodes.nominal |= nodes.extra


def _voltage_limits(model: Model, nodes: Nodes) -> dict[str, tuple[float | None, float | None]]:
    level = model.of("VoltageLevel")
    low = level.number("VoltageLevel.lowVoltageLimit") * 1e3
    high = level.number("VoltageLevel.highVoltageLimit") * 1e3
    of_level = {item: pair for item, *pair in zip(level.rows, low.tolist(), high.tolist(), strict=True)}
    out: dict[str, tuple[float | None, float | None]] = {}
    for node, volts in nodes.nominal.items():
        found = of_level.get(nodes.levels.get(node, ""))
        if found:
            lower, upper = (value / volts if 0 < value <= 3 * volts else None for value in found)
            out[node] = (lower, upper)
    return out


def _regions(model: Model) -> dict[str, str]:
    names = model.lookup(["SubGeographicalRegion"], lambda region: region.text("IdentifiedObject.name"))
    station = model.lookup(["Substation"], lambda item: item.reference("Substation.Region"))
    levels = model.lookup(["VoltageLevel"], lambda item: item.reference("VoltageLevel.Substation"))
    return {level: tidy_text(names.get(station.get(where, ""), "")) for level, where in levels.items()}
