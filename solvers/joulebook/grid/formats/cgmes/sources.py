"""What feeds a CGMES network: machines, external networks, equivalent injections, power electronics, compensators.

Powers of the profiles count what equipment draws; here sources count what they give.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from joulebook.grid.formats.cgmes.nodes import Nodes
from joulebook.grid.formats.cgmes.objects import Model, Objects
from joulebook.grid.formats.cgmes.profiles import UNLIMITED
from joulebook.grid.formats.cgmes.regulation import SetPoint, holding
from joulebook.grid.formats.rows import NetworkRows, tidy_text

__all__ = ["add_sources", "choose_reference"]

_UNITS = (
    "GeneratingUnit",
    "HydroGeneratingUnit",
    "NuclearGeneratingUnit",
    "SolarGeneratingUnit",
    "ThermalGeneratingUnit",
    "WindGeneratingUnit",
)
_ELECTRONIC = {"PhotoVoltaicUnit": "photovoltaic", "PowerElectronicsWindUnit": "wind", "BatteryUnit": "battery"}


def add_sources(model: Model, rows: NetworkRows, nodes: Nodes, points: dict[str, SetPoint]) -> dict[str, float]:
    """Add everything that can hold a voltage.

    Parameters
    ----------
    model : Model
        The objects.
    rows : NetworkRows
        Takes them.
    nodes : Nodes
        Where they are connected.
    points : dict of str to SetPoint
        Voltage set points by control.

    Returns
    -------
    dict of str to float
        Reference priority by generator; 1 is the first choice, 0 none.
    """
    priority: dict[str, float] = {}
    _machines(model, rows, nodes, points, priority)
    _external(model, rows, nodes, points, priority)
    _equivalent(model, rows, nodes)
    _electronic(model, rows, nodes, points)
    _var_compensators(model, rows, nodes, points)
    return priority


def choose_reference(rows: NetworkRows, priority: dict[str, float], angle_bus: str, state: Mapping[str, float]) -> None:
    """Mark the generator that fixes the angle.

    Parameters
    ----------
    rows : NetworkRows
        With all generators.
    priority : dict of str to float
        Reference priority by generator.
    angle_bus : str
        Reference node of the state; empty where there is none.
    state : mapping of str to float, per unit
        Voltages by bus: what a reference holds that has no set point of its own.
    """
    if any(grid["in_service"] for grid in rows.rows["external_grids"].values()):
        return
    generators = rows.rows["generators"]
    running = {item: values for item, values in generators.items() if values["in_service"]}
    at_bus = [item for item, values in running.items() if values["bus"] == angle_bus]
    ranked = sorted((rank, item) for item, rank in priority.items() if rank > 0 and item in running)
    holding_there = [item for item in at_bus if running[item]["holds_voltage"]]
    if ranked and (not holding_there or ranked[0][1] in at_bus):
        chosen = ranked[0][1]
    elif holding_there or at_bus:
        chosen = max(holding_there or at_bus, key=lambda item: running[item].get("rated_power") or 0.0)
    else:
        rows.note("no generator is marked as reference: the power flow chooses one")
        return
    reference = generators[chosen]
    if not reference["holds_voltage"]:
        reference["voltage"] = state.get(reference["bus"], 1.0)
        rows.note(f"the reference {chosen} has no voltage set point: it holds that of the state (SV)")
    reference |= {"reference": True, "holds_voltage": True}


def _place(objects: Objects, nodes: Nodes, rows: NetworkRows, identifier: str) -> tuple[str, bool] | None:
    """Bus of equipment with one terminal, and whether it runs; None where it hangs nowhere."""
    terminals = nodes.at(identifier, 1)
    if terminals is None or not terminals[0].bus:
        rows.note(f"{objects.name} without a node: left out")
        return None
    return terminals[0].bus, nodes.runs(identifier, terminals)


def _voltage(point: SetPoint | None, bus: str) -> dict[str, Any]:
    if point is None:
        return {"holds_voltage": False}
    held: dict[str, Any] = {"holds_voltage": True, "voltage": point.voltage}
    return held | ({"controlled_bus": point.bus} if point.bus != bus else {})


def _machines(
    model: Model, rows: NetworkRows, nodes: Nodes, points: dict[str, SetPoint], priority: dict[str, float]
) -> None:
    machines = model.of("SynchronousMachine")
    mega = {
        "active_power": -machines.number("RotatingMachine.p", 0.0) * 1e6,
        "reactive_power": -machines.number("RotatingMachine.q", 0.0) * 1e6,
        "minimum_reactive": machines.number("SynchronousMachine.minQ") * 1e6,
        "maximum_reactive": machines.number("SynchronousMachine.maxQ") * 1e6,
        "rated_power": machines.number("RotatingMachine.ratedS") * 1e6,
        "rated_voltage": machines.number("RotatingMachine.ratedU") * 1e3,
        "rated_power_factor": machines.number("RotatingMachine.ratedPowerFactor"),
        "resistance": machines.number("SynchronousMachine.r"),
        "subtransient_reactance": machines.number("SynchronousMachine.satDirectSubtransX"),
        "synchronous_reactance": machines.number("SynchronousMachine.satDirectSyncX"),
        "negative_reactance": machines.number("SynchronousMachine.x2"),
        "zero_reactance": machines.number("SynchronousMachine.x0"),
    }
    for name in (
        "rated_power",
        "rated_voltage",
        "rated_power_factor",
        "subtransient_reactance",
        "synchronous_reactance",
        "negative_reactance",
        "zero_reactance",
    ):
        column = mega[name]
        if (column < 0).any():
            row = int((column < 0).argmax())
            raise machines.fault(row, f"{name.replace('_', ' ')} = {column[row]:g}: must not be negative")
        column[~(column > 0)] = math.nan
    factor = mega["rated_power_factor"]
    factor[factor > 1] = math.nan
    columns = {name: column.tolist() for name, column in mega.items()}
    capacity = _unit_limits(model)
    curves = _curves(model)
    names = machines.text("IdentifiedObject.name")
    units = machines.reference("RotatingMachine.GeneratingUnit")
    curve_of = machines.reference("SynchronousMachine.InitialReactiveCapabilityCurve")
    rank = machines.number("SynchronousMachine.referencePriority", 0.0).tolist()
    for row, (identifier, point) in enumerate(zip(machines.rows, holding(machines, points), strict=True)):
        place = _place(machines, nodes, rows, identifier)
        if place is None:
            continue
        bus, runs = place
        values = {name: column[row] for name, column in columns.items()}
        low, high = capacity.get(units[row], (None, None))
        values |= {
            "name": tidy_text(names[row]),
            "bus": bus,
            "in_service": runs,
            "minimum_power": low,
            "maximum_power": high,
            "capability": curves.get(curve_of[row], ()),
        }
        if point is not None and values["minimum_reactive"] == values["maximum_reactive"] == 0.0:
            # a machine that holds a voltage needs reactive power: 0 at both ends says that nobody has filled it in
            values["minimum_reactive"] = values["maximum_reactive"] = math.nan
            rows.note("machines that hold a voltage with minQ = maxQ = 0: taken without limits of reactive power")
        added = rows.add("generators", identifier, values | _voltage(point, bus), machines.lines[row][1])
        priority[added] = rank[row]


def _limit(mega: float) -> float | None:
    """A limit in W or var; None where there is none."""
    return mega * 1e6 if abs(mega) < UNLIMITED else None


def _unit_limits(model: Model) -> dict[str, tuple[float | None, float | None]]:
    out: dict[str, tuple[float | None, float | None]] = {}
    for name in _UNITS:
        units = model.of(name)
        low = [_limit(value) for value in units.number("GeneratingUnit.minOperatingP").tolist()]
        high = [_limit(value) for value in units.number("GeneratingUnit.maxOperatingP").tolist()]
        out.update({item: pair for item, *pair in zip(units.rows, low, high, strict=True)})
    return out


def _curves(model: Model) -> dict[str, tuple[tuple[float, float, float], ...]]:
    """Capability curves: (active, least and most reactive power), in W and var."""
    data = model.of("CurveData")
    x, low, high = (data.number(f"CurveData.{name}").tolist() for name in ("xvalue", "y1value", "y2value"))
    points: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for row, curve in enumerate(data.reference("CurveData.Curve")):
        if x[row] == x[row] and low[row] <= high[row]:
            points[curve].append((x[row] * 1e6, low[row] * 1e6, high[row] * 1e6))
    kept = model.of("ReactiveCapabilityCurve").rows
    return {curve: tuple(sorted(listed)) for curve, listed in points.items() if curve in kept}


def _external(
    model: Model, rows: NetworkRows, nodes: Nodes, points: dict[str, SetPoint], priority: dict[str, float]
) -> None:
    """External networks: the reference takes up the balance, others give a fixed power or hold a voltage."""
    found = model.of("ExternalNetworkInjection")
    number = {name: found.number(f"{found.name}.{name}").tolist() for name in (*_POWERS, *_FAULTS)}
    names = found.text("IdentifiedObject.name")
    rank = found.number("ExternalNetworkInjection.referencePriority", 0.0).tolist()
    for row, (identifier, point) in enumerate(zip(found.rows, holding(found, points), strict=True)):
        place = _place(found, nodes, rows, identifier)
        if place is None:
            continue
        bus, runs = place
        values: dict[str, Any] = {"name": tidy_text(names[row]), "bus": bus, "in_service": runs}
        given = {name: column[row] for name, column in number.items()}
        if rank[row] > 0 and point is not None and point.bus == bus:
            values |= {"voltage": point.voltage} | _fault_data(given, nodes.nominal[bus])
            rows.add("external_grids", identifier, values, found.lines[row][1])
            continue
        for name, (field, sign) in _POWERS.items():
            known = given[name] == given[name]
            values[field] = (
                _limit(given[name] * sign) if name not in "pq" else given[name] * sign * 1e6 if known else 0.0
            )
        added = rows.add("generators", identifier, values | _voltage(point, bus), found.lines[row][1])
        priority[added] = rank[row]
        if given["maxInitialSymShCCurrent"] > 0:
            rows.note(f"external network {identifier}: taken as a generator of given power, without fault current")


_POWERS = {
    "p": ("active_power", -1),
    "q": ("reactive_power", -1),
    "minP": ("minimum_power", 1),
    "maxP": ("maximum_power", 1),
    "minQ": ("minimum_reactive", 1),
    "maxQ": ("maximum_reactive", 1),
}
_FAULTS = (
    "maxInitialSymShCCurrent",
    "minInitialSymShCCurrent",
    "maxR1ToX1Ratio",
    "minR1ToX1Ratio",
    "maxR0ToX0Ratio",
    "maxZ0ToZ1Ratio",
)


def _fault_data(given: dict[str, float], volts: float) -> dict[str, float]:
    """Fault powers ``sqrt(3) U I`` and ratios of an external network; ``X0/X1`` follows from ``Z0/Z1``."""
    out: dict[str, float] = {}
    for name, field in (("max", "maximum_fault_power"), ("min", "minimum_fault_power")):
        amperes = given[f"{name}InitialSymShCCurrent"]
        if amperes > 0:
            out[field] = math.sqrt(3) * volts * amperes
    ratios = {"maximum_rx": "maxR1ToX1Ratio", "minimum_rx": "minR1ToX1Ratio", "zero_rx": "maxR0ToX0Ratio"}
    out |= {field: given[name] for field, name in ratios.items() if 0 <= given[name] <= 10}
    whole = given["maxZ0ToZ1Ratio"]
    if 0 < whole <= 100:
        one, zero = (out.get(field, 0.0) for field in ("maximum_rx", "zero_rx"))
        out["zero_over_positive"] = whole * math.sqrt((1 + one**2) / (1 + zero**2))
    return out


def _equivalent(model: Model, rows: NetworkRows, nodes: Nodes) -> None:
    found = model.of("EquivalentInjection")
    p = (found.number("EquivalentInjection.p", 0.0) * 1e6).tolist()
    q = (found.number("EquivalentInjection.q", 0.0) * 1e6).tolist()
    able = found.flag("EquivalentInjection.regulationCapability", False)
    does = found.flag("EquivalentInjection.regulationStatus", False)
    targets = found.number("EquivalentInjection.regulationTarget", 0.0).tolist()
    names = found.text("IdentifiedObject.name")
    if any(value > 0 for value in found.number("EquivalentInjection.x", 0.0)):
        rows.note("impedances of equivalent injections, for faults, are left out")
    for row, identifier in enumerate(found.rows):
        place = _place(found, nodes, rows, identifier)
        if place is None:
            continue
        bus, runs = place
        values: dict[str, Any] = {"name": tidy_text(names[row]), "bus": bus, "in_service": runs}
        if able[row] and does[row] and targets[row] > 0:
            values |= {"active_power": -p[row], "reactive_power": -q[row], "holds_voltage": True}
            values["voltage"] = targets[row] * 1e3 / nodes.nominal[bus]
            rows.add("generators", identifier, values, found.lines[row][1])
        else:
            values |= {"active_power": p[row], "reactive_power": q[row]}
            rows.add("loads", identifier, values, found.lines[row][1])


def _electronic(model: Model, rows: NetworkRows, nodes: Nodes, points: dict[str, SetPoint]) -> None:
    kinds = {item: kind for name, kind in _ELECTRONIC.items() for item in model.of(name).rows}
    found = model.of("PowerElectronicsConnection")
    columns = {
        "active_power": (-found.number("PowerElectronicsConnection.p", 0.0) * 1e6).tolist(),
        "reactive_power": (-found.number("PowerElectronicsConnection.q", 0.0) * 1e6).tolist(),
        "minimum_reactive": (found.number("PowerElectronicsConnection.minQ") * 1e6).tolist(),
        "maximum_reactive": (found.number("PowerElectronicsConnection.maxQ") * 1e6).tolist(),
        "rated_power": (found.number("PowerElectronicsConnection.ratedS") * 1e6).tolist(),
    }
    names = found.text("IdentifiedObject.name")
    units = found.reference("PowerElectronicsConnection.PowerElectronicsUnit")
    _add_converters(
        rows, nodes, found, columns, names, [kinds.get(unit, "other") for unit in units], holding(found, points)
    )


def _var_compensators(model: Model, rows: NetworkRows, nodes: Nodes, points: dict[str, SetPoint]) -> None:
    """Static var compensators; their ratings are reactances in ohm, at nominal voltage ``Q = U^2 / X``."""
    found = model.of("StaticVarCompensator")
    q = _solved_reactive(model, rows, nodes, found)
    capacitive = found.number("StaticVarCompensator.capacitiveRating").tolist()
    inductive = found.number("StaticVarCompensator.inductiveRating").tolist()
    modes = found.choice("StaticVarCompensator.sVCControlMode")
    targets = found.number("StaticVarCompensator.voltageSetPoint").tolist()
    if any(found.number("StaticVarCompensator.slope", 0.0)):
        rows.note("slopes of static var compensators are left out: the voltage is held exactly")
    enabled = found.flag("RegulatingCondEq.controlEnabled", False)
    controlled = found.reference("RegulatingCondEq.RegulatingControl")
    held: list[SetPoint | None] = []
    limits: dict[str, list[float]] = {"minimum_reactive": [], "maximum_reactive": []}
    for row, (identifier, point) in enumerate(zip(found.rows, holding(found, points), strict=True)):
        terminals = nodes.at(identifier, 1)
        volts = nodes.nominal.get(terminals[0].bus, math.nan) if terminals else math.nan
        if point is None and enabled[row] and not controlled[row] and modes[row] == "voltage" and targets[row] > 0:
            point = SetPoint(terminals[0].bus if terminals else "", targets[row] * 1e3 / volts, 0.0)
        held.append(point)
        up, down = capacitive[row], abs(inductive[row])
        limits["maximum_reactive"].append(volts**2 / up if up > 0 else math.nan)
        limits["minimum_reactive"].append(-(volts**2) / down if down > 0 else math.nan)
    columns = {"reactive_power": q, **limits}
    _add_converters(rows, nodes, found, columns, found.text("IdentifiedObject.name"), ["svc"] * len(found), held)


def _solved_reactive(model: Model, rows: NetworkRows, nodes: Nodes, found: Objects) -> list[float]:
    """Reactive power into the network in var: that of the state where it has one, since nothing else schedules it."""
    flows = model.of("SvPowerFlow")
    drawn = flows.number("SvPowerFlow.q").tolist()
    solved = dict(zip(flows.reference("SvPowerFlow.Terminal"), drawn, strict=True))
    out = []
    for identifier, scheduled in zip(found.rows, found.number("StaticVarCompensator.q", 0.0).tolist(), strict=True):
        terminals = nodes.at(identifier, 1)
        value = solved.get(terminals[0].identifier, scheduled) if terminals else scheduled
        if value != scheduled:
            rows.note("static var compensators: the power of the state (SV) is taken, not that of the hypothesis (SSH)")
        out.append(-value * 1e6)
    return out


def _add_converters(
    rows: NetworkRows,
    nodes: Nodes,
    found: Objects,
    columns: dict[str, list[float]],
    names: list[str],
    kinds: list[str],
    held: list[SetPoint | None],
) -> None:
    for row, identifier in enumerate(found.rows):
        place = _place(found, nodes, rows, identifier)
        if place is None:
            continue
        bus, runs = place
        values: dict[str, Any] = {name: column[row] for name, column in columns.items()}
        values |= {"name": tidy_text(names[row]), "bus": bus, "in_service": runs, "kind": kinds[row]}
        point = held[row]
        if point is not None and point.bus == bus:
            values |= {"holds_voltage": True, "voltage": point.voltage}
        elif point is not None:
            rows.note(f"{found.name} {identifier} holds the voltage of another bus: taken with its present power")
        rows.add("converters", identifier, values, found.lines[row][1])
