"""What feeds and draws from a network, in a CGMES set."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from joulebook.grid.formats.cgmes.profiles import UNLIMITED, Choice, Reference, Writer
from joulebook.grid.formats.cgmes.writing_branches import add_control, add_terminal, busbar_terminal

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["write_injections"]

_UNITS = {"photovoltaic": "SolarGeneratingUnit", "wind": "WindGeneratingUnit"}


def write_injections(network: Network, writer: Writer) -> None:
    """Write sources, loads, shunts and motors.

    Parameters
    ----------
    network : Network
        The network.
    writer : Writer
        The set.
    """
    _generators(network, writer)
    _external_grids(network, writer)
    _converters(network, writer)
    _loads(network, writer)
    _shunts(network, writer)
    _motors(network, writer)


def _volts(network: Network, bus: str) -> float:
    return float(network.buses.nominal_voltage[network.buses.position(bus)])


def _common(writer: Writer, name: str, identifier: str, bus: str) -> dict[str, Any]:
    return {
        "IdentifiedObject.name": name or identifier,
        "Equipment.EquipmentContainer": writer.level(bus),
        "Equipment.aggregate": False,
    }


def _mega(value: float | None) -> float | None:
    return None if value is None else value / 1e6


def _generators(network: Network, writer: Writer) -> None:
    table = network.generators
    for item in table:
        one = table[item]
        _add_machine(
            network,
            writer,
            ("generators", item),
            one,
            "ThermalGeneratingUnit",
            {
                "SynchronousMachine.r": one.resistance,
                "SynchronousMachine.satDirectSubtransX": one.subtransient_reactance,
                "SynchronousMachine.satDirectSyncX": one.synchronous_reactance,
                "SynchronousMachine.x2": one.negative_reactance,
                "SynchronousMachine.x0": one.zero_reactance,
                "RotatingMachine.ratedU": None if one.rated_voltage is None else one.rated_voltage / 1e3,
                "RotatingMachine.ratedPowerFactor": one.rated_power_factor,
            },
            priority=1 if one.reference else 0,
        )
        if one.capability:
            _add_curve(writer, item, one.capability)


def _add_curve(writer: Writer, item: str, points: tuple[tuple[float, float, float], ...]) -> None:
    curve = writer.identifier("generators", item, "curve")
    unit = {
        f"Curve.{axis}Unit": Choice(f"UnitSymbol.{word}") for axis, word in (("x", "W"), ("y1", "VAr"), ("y2", "VAr"))
    }
    writer.eq.add(
        "ReactiveCapabilityCurve",
        curve,
        {"IdentifiedObject.name": item, "Curve.curveStyle": Choice("CurveStyle.straightLineYValues")} | unit,
    )
    for number, (p, low, high) in enumerate(points):
        writer.eq.add(
            "CurveData",
            writer.identifier("generators", item, f"curve {number}"),
            {
                "CurveData.xvalue": p / 1e6,
                "CurveData.y1value": low / 1e6,
                "CurveData.y2value": high / 1e6,
                "CurveData.Curve": Reference(curve),
            },
        )


def _add_machine(
    network: Network,
    writer: Writer,
    place: tuple[str, str],
    one: Any,
    unit_kind: str,
    more: dict[str, Any],
    priority: int = 0,
) -> None:
    table, item = place
    machine, unit = writer.identifier(table, item), writer.identifier(table, item, "unit")
    has_curve = bool(getattr(one, "capability", ()))
    terminal = add_terminal(writer, table, item, 1, one.bus, one.in_service)
    control = _add_set_point(network, writer, place, one, terminal)
    values = _common(writer, one.name, item, one.bus) | {
        "SynchronousMachine.minQ": _mega(one.minimum_reactive),
        "SynchronousMachine.maxQ": _mega(one.maximum_reactive),
        "SynchronousMachine.type": Choice("SynchronousMachineKind.generatorOrCondenser"),
        "SynchronousMachine.qPercent": 100.0,
        "RotatingMachine.ratedS": _mega(one.rated_power),
        "RotatingMachine.GeneratingUnit": Reference(unit),
        "RegulatingCondEq.RegulatingControl": Reference(control) if control else None,
        "SynchronousMachine.InitialReactiveCapabilityCurve": (
            Reference(writer.identifier("generators", item, "curve")) if has_curve else None
        ),
    }
    writer.eq.add("SynchronousMachine", machine, values | more)
    low, high = (getattr(one, name, None) for name in ("minimum_power", "maximum_power"))
    writer.eq.add(
        unit_kind,
        unit,
        _common(writer, f"{one.name or item} unit", item, one.bus)
        | {
            "GeneratingUnit.minOperatingP": -UNLIMITED if low is None else low / 1e6,
            "GeneratingUnit.maxOperatingP": UNLIMITED if high is None else high / 1e6,
            "GeneratingUnit.initialP": one.active_power / 1e6,
            "GeneratingUnit.genControlSource": Choice("GeneratorControlSource.unavailable"),
        },
    )
    writer.ssh.add(unit_kind, unit, {"GeneratingUnit.normalPF": 0.0}, about=True)
    writer.ssh.add(
        "SynchronousMachine",
        machine,
        {
            "RotatingMachine.p": -one.active_power / 1e6,
            "RotatingMachine.q": -one.reactive_power / 1e6,
            "RegulatingCondEq.controlEnabled": control is not None,
            "SynchronousMachine.operatingMode": Choice("SynchronousMachineOperatingMode.generator"),
            "SynchronousMachine.referencePriority": priority,
        },
        about=True,
    )


def _add_set_point(network: Network, writer: Writer, place: tuple[str, str], one: Any, terminal: str) -> str | None:
    if not (one.holds_voltage or getattr(one, "reference", False)):
        return None
    control = writer.identifier(*place, "control")
    bus = getattr(one, "controlled_bus", "") or one.bus
    held = terminal if bus == one.bus else busbar_terminal(writer, bus)
    add_control(writer, "RegulatingControl", control, held, one.voltage * _volts(network, bus))
    return control


def _external_grids(network: Network, writer: Writer) -> None:
    table = network.external_grids
    for item in table:
        one = table[item]
        place = ("external_grids", item)
        terminal = add_terminal(writer, *place, 1, one.bus, one.in_service)
        control = writer.identifier(*place, "control")
        volts = _volts(network, one.bus)
        add_control(writer, "RegulatingControl", control, terminal, one.voltage * volts)

        def current(power: float | None, volts: float = volts) -> float | None:
            return None if power is None else power / (math.sqrt(3) * volts)

        ratio = one.zero_over_positive
        if ratio is not None and one.maximum_rx is not None:
            ratio *= math.sqrt((1 + (one.zero_rx or 0.0) ** 2) / (1 + one.maximum_rx**2))
        prefix = "ExternalNetworkInjection"
        writer.eq.add(
            prefix,
            writer.identifier(*place),
            _common(writer, one.name, item, one.bus)
            | {
                "RegulatingCondEq.RegulatingControl": Reference(control),
                f"{prefix}.governorSCD": 0.0,
                **{f"{prefix}.{name}": -UNLIMITED for name in ("minP", "minQ")},
                **{f"{prefix}.{name}": UNLIMITED for name in ("maxP", "maxQ")},
                f"{prefix}.maxInitialSymShCCurrent": current(one.maximum_fault_power),
                f"{prefix}.minInitialSymShCCurrent": current(one.minimum_fault_power),
                f"{prefix}.maxR1ToX1Ratio": one.maximum_rx,
                f"{prefix}.minR1ToX1Ratio": one.minimum_rx,
                f"{prefix}.maxR0ToX0Ratio": one.zero_rx,
                f"{prefix}.maxZ0ToZ1Ratio": ratio,
            },
        )
        writer.ssh.add(
            prefix,
            writer.identifier(*place),
            {
                "RegulatingCondEq.controlEnabled": True,
                f"{prefix}.p": 0.0,
                f"{prefix}.q": 0.0,
                f"{prefix}.referencePriority": 1,
            },
            about=True,
        )


def _converters(network: Network, writer: Writer) -> None:
    """Static var compensators as such; other converters as machines, since 2.4.15 has no power electronics."""
    table = network.converters
    for item in table:
        one = table[item]
        if one.kind not in {"svc", "statcom"} or one.active_power:
            _add_machine(network, writer, ("converters", item), one, _UNITS.get(one.kind, "GeneratingUnit"), {})
            writer.note("converters other than static var compensators are written as machines")
            continue
        place = ("converters", item)
        terminal = add_terminal(writer, *place, 1, one.bus, one.in_service)
        control = _add_set_point(network, writer, place, one, terminal)
        volts = _volts(network, one.bus)
        most, least = one.maximum_reactive, one.minimum_reactive
        writer.eq.add(
            "StaticVarCompensator",
            writer.identifier(*place),
            _common(writer, one.name, item, one.bus)
            | {
                "StaticVarCompensator.capacitiveRating": volts**2 / most if most and most > 0 else None,
                "StaticVarCompensator.inductiveRating": volts**2 / least if least and least < 0 else None,
                "StaticVarCompensator.slope": 0.0,
                "StaticVarCompensator.sVCControlMode": Choice(
                    f"SVCControlMode.{'voltage' if one.holds_voltage else 'reactivePower'}"
                ),
                "StaticVarCompensator.voltageSetPoint": one.voltage * volts / 1e3,
                "RegulatingCondEq.RegulatingControl": Reference(control) if control else None,
            },
        )
        values = {"StaticVarCompensator.q": -one.reactive_power / 1e6, "RegulatingCondEq.controlEnabled": bool(control)}
        writer.ssh.add("StaticVarCompensator", writer.identifier(*place), values, about=True)


def _loads(network: Network, writer: Writer) -> None:
    table = network.loads
    for item in table:
        one = table[item]
        add_terminal(writer, "loads", item, 1, one.bus, one.in_service)
        response = None
        if one.current_share or one.impedance_share:
            response = writer.identifier("loads", item, "response")
            shares = {
                "ConstantPower": 1 - one.current_share - one.impedance_share,
                "ConstantCurrent": one.current_share,
                "ConstantImpedance": one.impedance_share,
            }
            writer.eq.add(
                "LoadResponseCharacteristic",
                response,
                {
                    "IdentifiedObject.name": item,
                    "LoadResponseCharacteristic.exponentModel": False,
                    **{
                        f"LoadResponseCharacteristic.{letter}{name}": v for letter in "pq" for name, v in shares.items()
                    },
                },
            )
        values = _common(writer, one.name, item, one.bus)
        values["EnergyConsumer.LoadResponse"] = Reference(response) if response else None
        writer.eq.add("EnergyConsumer", writer.identifier("loads", item), values)
        power = {"EnergyConsumer.p": one.active_power / 1e6, "EnergyConsumer.q": one.reactive_power / 1e6}
        writer.ssh.add("EnergyConsumer", writer.identifier("loads", item), power, about=True)


def _shunts(network: Network, writer: Writer) -> None:
    table = network.shunts
    for item in table:
        one = table[item]
        identifier = writer.identifier("shunts", item)
        terminal = add_terminal(writer, "shunts", item, 1, one.bus, one.in_service)
        control = None
        if one.controls_voltage and one.minimum_target and one.maximum_target:
            control = writer.identifier("shunts", item, "control")
            bus = one.controlled_bus or one.bus
            volts = _volts(network, bus)
            held = terminal if bus == one.bus else busbar_terminal(writer, bus)
            middle = (one.minimum_target + one.maximum_target) / 2
            width = (one.maximum_target - one.minimum_target) * volts
            add_control(writer, "RegulatingControl", control, held, middle * volts, width=width, discrete=True)
        writer.eq.add(
            "LinearShuntCompensator",
            identifier,
            _common(writer, one.name, item, one.bus)
            | {
                "LinearShuntCompensator.gPerSection": one.conductance,
                "LinearShuntCompensator.bPerSection": one.susceptance,
                "ShuntCompensator.normalSections": one.steps,
                "ShuntCompensator.maximumSections": max(one.maximum_steps, one.steps),
                "ShuntCompensator.nomU": _volts(network, one.bus) / 1e3,
                "RegulatingCondEq.RegulatingControl": Reference(control) if control else None,
            },
        )
        values = {"ShuntCompensator.sections": one.steps, "RegulatingCondEq.controlEnabled": control is not None}
        writer.ssh.add("LinearShuntCompensator", identifier, values, about=True)
        writer.sv.add(
            "SvShuntCompensatorSections",
            writer.identifier("shunts", item, "sections"),
            {
                "SvShuntCompensatorSections.sections": one.steps,
                "SvShuntCompensatorSections.ShuntCompensator": Reference(identifier),
            },
        )


def _motors(network: Network, writer: Writer) -> None:
    table = network.motors
    for item in table:
        one = table[item]
        add_terminal(writer, "motors", item, 1, one.bus, one.in_service)
        drawn = one.rated_power * one.loading / one.efficiency
        if one.units > 1:
            writer.note("numbers of units behind a motor")
        prefix = "AsynchronousMachine"
        writer.eq.add(
            prefix,
            writer.identifier("motors", item),
            _common(writer, one.name, item, one.bus)
            | {
                f"{prefix}.ratedMechanicalPower": one.rated_power / 1e6,
                f"{prefix}.efficiency": one.efficiency * 100,
                f"{prefix}.iaIrRatio": one.locked_rotor_ratio,
                f"{prefix}.rxLockedRotorRatio": one.rx,
                f"{prefix}.polePairNumber": one.pole_pairs,
                "RotatingMachine.ratedPowerFactor": one.power_factor,
                "RotatingMachine.ratedS": one.rated_power / one.efficiency / one.power_factor / 1e6,
                "RotatingMachine.ratedU": None if one.rated_voltage is None else one.rated_voltage / 1e3,
            },
        )
        power = {
            "RotatingMachine.p": drawn / 1e6,
            "RotatingMachine.q": drawn * math.tan(math.acos(one.power_factor)) / 1e6,
            "RegulatingCondEq.controlEnabled": False,
            f"{prefix}.asynchronousMachineType": Choice("AsynchronousMachineKind.motor"),
        }
        writer.ssh.add(prefix, writer.identifier("motors", item), power, about=True)
