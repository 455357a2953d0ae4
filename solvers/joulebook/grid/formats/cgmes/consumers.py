"""What draws from a CGMES network: consumers, motors, shunt compensators.

References
----------
IEC 61970-301, class ``LoadResponseCharacteristic``: either exponents of the voltage, or shares of constant
impedance, current and power.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

from joulebook.grid.formats.cgmes.nodes import Nodes
from joulebook.grid.formats.cgmes.objects import Model
from joulebook.grid.formats.cgmes.regulation import SetPoint, holding
from joulebook.grid.formats.rows import NetworkRows, tidy_text

__all__ = ["add_consumers"]

_CONSUMERS = ("EnergyConsumer", "ConformLoad", "NonConformLoad", "StationSupply")
_SHARE_TOLERANCE = 1e-9


def add_consumers(model: Model, rows: NetworkRows, nodes: Nodes, points: dict[str, SetPoint]) -> None:
    """Add loads, motors and shunts.

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
    """
    responses = _responses(model, rows)
    for name in _CONSUMERS:
        objects = model.of(name)
        fixed_p, fixed_q = objects.number("EnergyConsumer.pfixed", 0.0), objects.number("EnergyConsumer.qfixed", 0.0)
        p, q = objects.number("EnergyConsumer.p"), objects.number("EnergyConsumer.q")
        names = objects.text("IdentifiedObject.name")
        response = objects.reference("EnergyConsumer.LoadResponse")
        for row, identifier in enumerate(objects.rows):
            active = p[row] if p[row] == p[row] else fixed_p[row]
            reactive = q[row] if q[row] == q[row] else fixed_q[row]
            values = {"name": tidy_text(names[row]), "active_power": active * 1e6, "reactive_power": reactive * 1e6}
            _at_bus(
                rows, nodes, "loads", name, identifier, values | responses.get(response[row], {}), objects.lines[row][1]
            )
    _sources_of_energy(model, rows, nodes)
    _motors(model, rows, nodes)
    _linear_shunts(model, rows, nodes, points)
    _other_shunts(model, rows, nodes)


def _at_bus(
    rows: NetworkRows, nodes: Nodes, table: str, what: str, identifier: str, values: dict[str, Any], line: int
) -> str | None:
    terminals = nodes.at(identifier, 1)
    if terminals is None or not terminals[0].bus:
        rows.note(f"{what} without a node: left out")
        return None
    place = {"bus": terminals[0].bus, "in_service": nodes.runs(identifier, terminals)}
    return rows.add(table, identifier, values | place, line)


def _responses(model: Model, rows: NetworkRows) -> dict[str, dict[str, float]]:
    """Shares of constant current and impedance, by load response."""
    found = model.of("LoadResponseCharacteristic")
    by_exponent = found.flag("LoadResponseCharacteristic.exponentModel", False)
    numbers = {
        f"{letter}{name}": found.number(f"LoadResponseCharacteristic.{letter}{name}", 0.0).tolist()
        for letter in "pq"
        for name in ("VoltageExponent", "ConstantCurrent", "ConstantImpedance", "ConstantPower")
    }
    out: dict[str, dict[str, float]] = {}
    for row, item in enumerate(found.rows):
        pairs = []
        for letter in "pq":
            if by_exponent[row]:
                exponent = numbers[f"{letter}VoltageExponent"][row]
                pairs.append({0.0: (0.0, 0.0), 1.0: (1.0, 0.0), 2.0: (0.0, 1.0)}.get(exponent))
            else:
                pairs.append((numbers[f"{letter}ConstantCurrent"][row], numbers[f"{letter}ConstantImpedance"][row]))
        active, reactive = pairs
        if active is None or not all(0 <= share <= 1 for share in active):
            rows.note(
                f"load response {item}: not made of constant power, current and impedance; power is kept constant"
            )
        elif any(active) or any(reactive or ()):
            if reactive is None or max(abs(a - b) for a, b in zip(active, reactive, strict=True)) > _SHARE_TOLERANCE:
                rows.note(f"load response {item}: reactive power differs from active; the shares of active are taken")
            out[item] = {"current_share": active[0], "impedance_share": active[1]}
    return out


def _sources_of_energy(model: Model, rows: NetworkRows, nodes: Nodes) -> None:
    objects = model.of("EnergySource")
    p, q = objects.number("EnergySource.activePower", 0.0), objects.number("EnergySource.reactivePower", 0.0)
    names = objects.text("IdentifiedObject.name")
    for row, identifier in enumerate(objects.rows):
        values = {"name": tidy_text(names[row]), "active_power": p[row] * 1e6, "reactive_power": q[row] * 1e6}
        if _at_bus(rows, nodes, "loads", objects.name, identifier, values, objects.lines[row][1]):
            rows.note("energy sources are taken as loads of given power, without their impedance")


def _motors(model: Model, rows: NetworkRows, nodes: Nodes) -> None:
    """Asynchronous machines: a motor where the nameplate tells enough, else a load; what differs becomes a load."""
    objects = model.of("AsynchronousMachine")
    number = {
        key: objects.number(f"AsynchronousMachine.{key}").tolist()
        for key in ("ratedMechanicalPower", "efficiency", "iaIrRatio", "rxLockedRotorRatio", "polePairNumber")
    }
    number |= {
        key: objects.number(f"RotatingMachine.{key}").tolist() for key in ("p", "q", "ratedPowerFactor", "ratedU")
    }
    names = objects.text("IdentifiedObject.name")
    for row, identifier in enumerate(objects.rows):
        given = {key: column[row] for key, column in number.items()}
        p, q = (0.0 if given[key] != given[key] else given[key] * 1e6 for key in "pq")
        name = tidy_text(names[row])
        motor = _nameplate(given, p)
        line = objects.lines[row][1]
        if motor is None:
            _at_bus(
                rows,
                nodes,
                "loads",
                objects.name,
                identifier,
                {"name": name, "active_power": p, "reactive_power": q},
                line,
            )
            rows.note("asynchronous machines without a whole nameplate are taken as loads")
            continue
        drawn = motor["loading"] * motor["rated_power"] / motor["efficiency"]
        rest = q - drawn * math.tan(math.acos(motor["power_factor"]))
        added = _at_bus(rows, nodes, "motors", objects.name, identifier, motor | {"name": name}, line)
        if added and abs(rest) > 1.0:
            values = {"name": name, "active_power": p - drawn, "reactive_power": rest}
            _at_bus(rows, nodes, "loads", objects.name, identifier, values, line)
            rows.note("motors that draw another reactive power than their nameplate says have a load beside them")


def _nameplate(given: dict[str, float], p: float) -> dict[str, Any] | None:
    mechanical, percent, factor = given["ratedMechanicalPower"] * 1e6, given["efficiency"], given["ratedPowerFactor"]
    if not (mechanical > 0 and 0 < percent <= 100 and 0 < factor <= 1 and p >= 0):
        return None
    efficiency = percent / 100
    loading = p * efficiency / mechanical
    if loading > 2:
        return None
    ratio, rx, pairs = given["iaIrRatio"], given["rxLockedRotorRatio"], given["polePairNumber"]
    return {
        "rated_power": mechanical,
        "efficiency": efficiency,
        "power_factor": factor,
        "loading": loading,
        "rated_voltage": given["ratedU"] * 1e3 if given["ratedU"] > 0 else None,
        "locked_rotor_ratio": ratio if 0 < ratio <= 20 else None,
        "rx": rx if 0 <= rx <= 10 else None,
        "pole_pairs": int(pairs) if 1 <= pairs <= 100 else 1,
    }


def _solved_sections(model: Model) -> dict[str, float]:
    state = model.of("SvShuntCompensatorSections")
    sections = state.number("SvShuntCompensatorSections.sections").tolist()
    return dict(zip(state.reference("SvShuntCompensatorSections.ShuntCompensator"), sections, strict=True))


def _linear_shunts(model: Model, rows: NetworkRows, nodes: Nodes, points: dict[str, SetPoint]) -> None:
    objects = model.of("LinearShuntCompensator")
    solved = _solved_sections(model)
    per = {key: objects.number(f"LinearShuntCompensator.{key}PerSection", 0.0).tolist() for key in "gb"}
    on = objects.number("ShuntCompensator.sections").tolist()
    usual = objects.number("ShuntCompensator.normalSections", 0.0).tolist()
    most = objects.number("ShuntCompensator.maximumSections", 1.0).tolist()
    names = objects.text("IdentifiedObject.name")
    for row, (identifier, point) in enumerate(zip(objects.rows, holding(objects, points), strict=True)):
        sections = next(x for x in (solved.get(identifier, math.nan), on[row], usual[row]) if x == x)
        count, whole = round(sections), abs(sections - round(sections)) < _SHARE_TOLERANCE
        factor = 1.0 if whole else sections
        values: dict[str, Any] = {
            "name": tidy_text(names[row]),
            "conductance": per["g"][row] * factor,
            "susceptance": per["b"][row] * factor,
            "steps": count if whole else 1,
            "maximum_steps": max(count, int(most[row])) if whole else 1,
        }
        if point is not None:
            half = point.deadband / 2
            values |= {
                "controls_voltage": True,
                "controlled_bus": point.bus,
                "minimum_target": point.voltage - half,
                "maximum_target": point.voltage + half,
            }
        _at_bus(rows, nodes, "shunts", objects.name, identifier, values, objects.lines[row][1])


def _other_shunts(model: Model, rows: NetworkRows, nodes: Nodes) -> None:
    """Compensators of unequal sections, with what is switched on now as one step; equivalent shunts."""
    points = model.of("NonlinearShuntCompensatorPoint")
    g, b = (points.number(f"NonlinearShuntCompensatorPoint.{key}", 0.0).tolist() for key in "gb")
    number = points.number("NonlinearShuntCompensatorPoint.sectionNumber", 0.0).tolist()
    sections: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for row, owner in enumerate(points.reference("NonlinearShuntCompensatorPoint.NonlinearShuntCompensator")):
        sections[owner].append((number[row], g[row], b[row]))
    objects = model.of("NonlinearShuntCompensator")
    solved = _solved_sections(model)
    on = objects.number("ShuntCompensator.sections", 0.0).tolist()
    names = objects.text("IdentifiedObject.name")
    for row, identifier in enumerate(objects.rows):
        count = solved.get(identifier, on[row])
        inside = [(g, b) for place, g, b in sections[identifier] if place <= count]
        values = {
            "name": tidy_text(names[row]),
            "conductance": sum(item[0] for item in inside),
            "susceptance": sum(item[1] for item in inside),
        }
        rows.note("shunts of unequal sections: the sections that are on are one step")
        _at_bus(rows, nodes, "shunts", objects.name, identifier, values, objects.lines[row][1])
    equivalent = model.of("EquivalentShunt")
    g, b = (equivalent.number(f"EquivalentShunt.{key}", 0.0).tolist() for key in "gb")
    for row, identifier in enumerate(equivalent.rows):
        values = {"conductance": g[row], "susceptance": b[row]}
        _at_bus(rows, nodes, "shunts", equivalent.name, identifier, values, equivalent.lines[row][1])
