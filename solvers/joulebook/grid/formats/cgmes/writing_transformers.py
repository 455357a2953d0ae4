"""Transformers of a network in a CGMES set: windings in ohm, tap changers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from joulebook.grid.formats.cgmes.profiles import Choice, Reference, Writer
from joulebook.grid.formats.cgmes.writing_branches import Cut, add_control, add_limits, add_terminal, busbar_terminal

if TYPE_CHECKING:
    from joulebook.grid.elements import TapChanger
    from joulebook.grid.network import Network

__all__ = ["write_transformers"]

_ALMOST_NOTHING = 1e-30
"""S: admittance that does nothing, but is not zero."""


def write_transformers(network: Network, writer: Writer, cut: Cut) -> None:
    """Write transformers of two and three windings.

    Parameters
    ----------
    network : Network
        The network.
    writer : Writer
        The set.
    cut : set of tuple of str
        Ends of branches that are open: table, branch, bus.
    """
    table, buses = network.transformers, network.buses
    for item in table:
        one = table[item]
        _add_transformer(writer, "transformers", item, one.name, one.from_bus, unit=one.power_station_unit)
        nominal = [float(buses.nominal_voltage[buses.position(bus)]) for bus in (one.from_bus, one.to_bus)]
        rated = [(one.from_rated_voltage or nominal[0]) * one.tap_ratio, one.to_rated_voltage or nominal[1]]
        ohm = rated[0] ** 2 / one.rated_power
        zero = one.zero_magnetising_reactance
        values = {
            "r": one.resistance * ohm,
            "x": one.reactance * ohm,
            "g": one.from_conductance / ohm,
            "b": one.from_susceptance / ohm,
            "r0": None if one.zero_resistance is None else one.zero_resistance * ohm,
            "x0": None if one.zero_reactance is None else one.zero_reactance * ohm,
            "b0": -1 / (zero * ohm) if zero else None,
        }
        other = rated[1] ** 2 / one.rated_power
        second = {"r": 0.0, "x": 0.0, "g": one.to_conductance / other, "b": one.to_susceptance / other}
        for name in "gb":  # a magnetising branch at one winding alone would be read as one between the windings
            if bool(values[name]) != bool(second[name]):
                values[name], second[name] = values[name] or _ALMOST_NOTHING, second[name] or _ALMOST_NOTHING
        kinds = _kinds(one.vector_group, 2)
        ground = [
            (one.from_neutral_resistance, one.from_neutral_reactance),
            (one.to_neutral_resistance, one.to_neutral_reactance),
        ]
        for number, bus in enumerate((one.from_bus, one.to_bus), start=1):
            on = one.in_service and ("transformers", item, bus) not in cut
            terminal = add_terminal(writer, "transformers", item, number, bus, on)
            end = writer.identifier("transformers", item, f"E{number}")
            power = one.rated_power
            _add_end(
                writer,
                end,
                ("transformers", item),
                number,
                terminal,
                {"ratedS": power / 1e6, "ratedU": rated[number - 1] / 1e3, **(values, second)[number - 1]},
                kinds[number - 1],
                ground[number - 1],
            )
            if number == 1:
                add_limits(writer, terminal, _amperes(one, (one.from_rated_voltage or nominal[0]) * one.tap_ratio))
                _add_changers(
                    writer, network, (end, rated[0], values["x"]), one.tap_changer, one.phase_shift, one.to_bus
                )
    _write_trios(network, writer, cut)


def _amperes(one: Any, volts: float) -> dict[str, float]:
    ratings = {"current_rating": one.rating, "short_time_rating": one.short_time_rating}
    ratings["emergency_rating"] = one.emergency_rating
    return {field: (value or math.nan) / (math.sqrt(3) * volts) for field, value in ratings.items()}


def _write_trios(network: Network, writer: Writer, cut: Cut) -> None:
    table, buses = network.three_winding_transformers, network.buses
    for item in table:
        one = table[item]
        _add_transformer(writer, "three_winding_transformers", item, one.name, one.bus_1)
        kinds = _kinds(one.vector_group, 3)
        for number in (1, 2, 3):
            bus = getattr(one, f"bus_{number}")
            volts = getattr(one, f"rated_voltage_{number}") or float(buses.nominal_voltage[buses.position(bus)])
            volts *= getattr(one, f"tap_ratio_{number}")
            ohm = volts**2 / one.rated_power_1
            zero = [getattr(one, f"zero_{name}_{number}") for name in ("resistance", "reactance")]
            values = {
                "ratedS": (getattr(one, f"rated_power_{number}") or one.rated_power_1) / 1e6,
                "ratedU": volts / 1e3,
                "r": getattr(one, f"resistance_{number}") * ohm,
                "x": getattr(one, f"reactance_{number}") * ohm,
                "g": one.conductance / ohm if number == 1 else 0.0,
                "b": one.susceptance / ohm if number == 1 else 0.0,
                "r0": None if zero[0] is None else zero[0] * ohm,
                "x0": None if zero[1] is None else zero[1] * ohm,
            }
            on = one.in_service and ("three_winding_transformers", item, bus) not in cut
            terminal = add_terminal(writer, "three_winding_transformers", item, number, bus, on)
            end = writer.identifier("three_winding_transformers", item, f"E{number}")
            owner = ("three_winding_transformers", item)
            _add_end(writer, end, owner, number, terminal, values, kinds[number - 1], (None, None))
            changer = one.tap_changer if number == 1 else None
            _add_changers(
                writer, network, (end, volts, values["x"]), changer, getattr(one, f"phase_shift_{number}"), one.bus_2
            )


def _add_transformer(writer: Writer, table: str, item: str, name: str, bus: str, *, unit: bool = False) -> None:
    writer.eq.add(
        "PowerTransformer",
        writer.identifier(table, item),
        {
            "IdentifiedObject.name": name or item,
            "Equipment.EquipmentContainer": writer.level(bus),
            "PowerTransformer.isPartOfGeneratorUnit": unit,
        },
    )


def _kinds(group: str, count: int) -> list[tuple[str, bool, int]]:
    """Connection, earthed star point and clock of each winding, out of ``"YNd11"``; none where it says too little."""
    parts: list[list[str]] = []
    for letter in group:
        if letter.upper() in "YDZA" and not letter.isdigit():
            parts.append([letter.upper(), "", ""])
        elif parts and letter.upper() == "N":
            parts[-1][1] = "n"
        elif parts and letter.isdigit():
            parts[-1][2] += letter
    if len(parts) != count:
        return [("", False, 0)] * count
    return [(kind + star, star == "n", int(clock or 0)) for kind, star, clock in parts]


def _add_end(
    writer: Writer,
    end: str,
    owner: tuple[str, str],
    number: int,
    terminal: str,
    values: Mapping[str, float | None],
    kind: tuple[str, bool, int],
    ground: tuple[float | None, float | None],
) -> None:
    writer.eq.add(
        "PowerTransformerEnd",
        end,
        {
            "IdentifiedObject.name": f"{owner[1]}-{number}",
            "TransformerEnd.endNumber": number,
            "TransformerEnd.Terminal": Reference(terminal),
            "PowerTransformerEnd.PowerTransformer": Reference(writer.identifier(*owner)),
            **{f"PowerTransformerEnd.{name}": value for name, value in values.items()},
            "PowerTransformerEnd.connectionKind": Choice(f"WindingConnection.{kind[0]}") if kind[0] else None,
            "PowerTransformerEnd.phaseAngleClock": kind[2] if kind[0] else None,
            "TransformerEnd.grounded": kind[1],
            "TransformerEnd.rground": ground[0],
            "TransformerEnd.xground": ground[1],
        },
    )


def _add_changers(
    writer: Writer,
    network: Network,
    winding: tuple[str, float, float],
    changer: TapChanger | None,
    shift: float,
    held_bus: str,
) -> None:
    """Tap changers of a winding: steps of the ratio, steps of the angle, a constant angle."""
    end, volts, ohm = winding
    if shift:
        steps = {"lowStep": 0, "highStep": 1, "neutralStep": 0, "position": 1, "volts": volts, "reactance": ohm}
        _add_changer(writer, end, "PhaseTapChangerLinear", "shift", steps, math.degrees(shift))
    if changer is None:
        return
    steps = {
        "lowStep": changer.minimum,
        "highStep": changer.maximum,
        "neutralStep": changer.neutral,
        "position": changer.position,
        "volts": volts,
        "reactance": ohm,
    }
    if changer.angle_step:
        _add_changer(writer, end, "PhaseTapChangerLinear", "angle", steps, math.degrees(changer.angle_step))
    if not changer.voltage_step and changer.angle_step:
        return
    control = None
    if changer.controls == "voltage" and changer.target:
        bus = changer.controlled_bus or held_bus
        volts = float(network.buses.nominal_voltage[network.buses.position(bus)])
        control = writer.identifier("tap control", end, "C")
        width = (changer.deadband or abs(changer.voltage_step)) * volts
        terminal = busbar_terminal(writer, bus)
        add_control(writer, "TapChangerControl", control, terminal, changer.target * volts, width=width, discrete=True)
    elif changer.controls != "nothing":
        writer.note("controls of power by tap changers")
    _add_changer(writer, end, "RatioTapChanger", "ratio", steps, changer.voltage_step * 100, control)


def _add_changer(
    writer: Writer, end: str, kind: str, role: str, steps: Mapping[str, float], step: float, control: str | None = None
) -> None:
    changer = writer.identifier("tap changer", end, role)
    is_ratio = kind == "RatioTapChanger"
    values: dict[str, Any] = {
        "IdentifiedObject.name": role,
        "TapChanger.neutralU": steps["volts"] / 1e3,
        "TapChanger.lowStep": steps["lowStep"],
        "TapChanger.highStep": steps["highStep"],
        "TapChanger.neutralStep": steps["neutralStep"],
        "TapChanger.normalStep": steps["position"],
        "TapChanger.ltcFlag": control is not None,
        "TapChanger.TapChangerControl": Reference(control) if control else None,
    }
    if is_ratio:
        values |= {"RatioTapChanger.TransformerEnd": Reference(end), "RatioTapChanger.stepVoltageIncrement": step}
        values["RatioTapChanger.tculControlMode"] = Choice("TransformerControlMode.volt")
    else:
        values |= {"PhaseTapChanger.TransformerEnd": Reference(end)}
        values["PhaseTapChangerLinear.stepPhaseShiftIncrement"] = step
        values |= {f"PhaseTapChangerLinear.{name}": steps["reactance"] for name in ("xMin", "xMax")}
    writer.eq.add(kind, changer, values)
    state = {"TapChanger.step": steps["position"], "TapChanger.controlEnabled": control is not None}
    writer.ssh.add(kind, changer, state, about=True)
    writer.sv.add(
        "SvTapStep",
        writer.identifier("tap step", changer, "S"),
        {"SvTapStep.position": steps["position"], "SvTapStep.TapChanger": Reference(changer)},
    )
