"""Direct-current links of PSS/E RAW files: line-commutated and voltage-source converters.

A line-commutated converter draws reactive power ``Q = P tan(phi)``, ``cos(phi) = U_d / U_d0`` with the ideal no-load
voltage ``U_d0 = N (3 sqrt(2) / pi) E t / tap`` of ``N`` bridges in series, at the voltage of the case.

References
----------
Kundur, *Power System Stability and Control*, 1994, equations 10.7 and 10.30; Siemens PTI, *PSS/E Program Operation
Manual*, "Two-Terminal DC Transmission Line Data" and "Voltage Source Converter (VSC) DC Transmission Line Data".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from joulebook.grid.formats.psse.layouts import fields_of
from joulebook.grid.formats.psse.records import Fields, Section
from joulebook.grid.formats.rows import NetworkRows, tidy_text

__all__ = ["add_line_commutated", "add_voltage_source"]


def _triples(section: Section, kind: str, end: str, version: int) -> Iterator[tuple[Fields, Fields, Fields]]:
    listed = iter(section.records)
    for values, place in listed:
        more = [next(listed, None) for _ in range(2)]
        if None in more:
            raise place.fault("a direct-current line has three lines. Was the file cut off?")
        first, second = [Fields(fields_of(end, version), *item) for item in more if item]
        yield Fields(fields_of(kind, version), values, place), first, second


def _bus(fields: Fields, name: str, volts: Mapping[str, float]) -> str:
    bus = str(abs(fields.whole(name)))
    if bus not in volts:
        raise fields.place.fault(f"bus {bus} is not in the bus data", found=bus)
    return bus


def add_line_commutated(section: Section, rows: NetworkRows, version: int, volts: Mapping[str, float]) -> None:
    """Add links with line-commutated converters.

    Parameters
    ----------
    section : Section
        Their records.
    rows : NetworkRows
        Takes them, with the buses already in it.
    version : int
        Of the file.
    volts : mapping of str to float, V
        Nominal voltages by bus.
    """
    for head, rectifier, inverter in _triples(section, "TWO-TERMINAL DC", "DC END", version):
        mode, voltage = head.whole("MDC", 0), head.number("VSCHD", 0.0)
        setting, resistance = head.number("SETVL", 0.0), head.number("RDC", 0.0)
        if mode and voltage <= 0:
            raise head.place.fault(f"VSCHD = {voltage:g} kV: must be more than 0")
        amperes = setting if mode == 2 else abs(setting) / voltage * 1e3 if voltage > 0 else 0.0
        loss = amperes**2 * resistance
        sent = amperes * voltage * 1e3 + loss if mode == 2 or setting < 0 else setting * 1e6
        received = sent - loss
        if not mode:
            sent = received = loss = 0.0
        buses = [_bus(end, "IP", volts) for end in (rectifier, inverter)]
        values: dict[str, Any] = {
            "name": tidy_text(head.text("NAME")),
            "from_bus": buses[0],
            "to_bus": buses[1],
            "active_power": sent,
            "constant_loss": loss,
            "in_service": mode != 0,
        }
        ends = (
            ("from", rectifier, sent, voltage * 1e3 + amperes * resistance),
            ("to", inverter, received, voltage * 1e3),
        )
        for side, end, power, direct in ends:
            values[f"{side}_holds_voltage"] = False
            values[f"{side}_reactive_power"] = -_reactive(rows, end, power, direct)
        rows.add("hvdc_lines", head.text("NAME") or f"{buses[0]}-{buses[1]}-dc", values, head.place.line)
        rows.note("reactive power of line-commutated converters is that at the voltages of the case")


def _reactive(rows: NetworkRows, end: Fields, power: float, direct: float) -> float:
    bus = str(abs(end.whole("IP")))
    bridges, base = end.whole("NB", 0), end.number("EBAS", 0.0) * 1e3
    tap = end.number("TAP", 1.0) or 1.0
    voltage = rows.rows["buses"][bus].get("start_voltage", 1.0)
    ideal = bridges * 3 * math.sqrt(2) / math.pi * base * voltage * end.number("TR", 1.0) / tap
    if not ideal > direct > 0:
        return 0.0
    return abs(power) * math.tan(math.acos(direct / ideal))


def add_voltage_source(section: Section, rows: NetworkRows, version: int, volts: Mapping[str, float]) -> None:
    """Add links with voltage-source converters.

    Parameters
    ----------
    section : Section
        Their records.
    rows : NetworkRows
        Takes them.
    version : int
        Of the file.
    volts : mapping of str to float, V
        Nominal voltages by bus.
    """
    for head, one, two in _triples(section, "VOLTAGE SOURCE CONVERTER", "VSC END", version):
        setting = [end.number("DCSET", 0.0) * 1e6 for end in (one, two)]
        kinds = [end.whole("TYPE", 0) for end in (one, two)]
        given = next((place for place in (0, 1) if kinds[place] == 2), None)
        fixed = sum(end.number("ALOSS", 0.0) * 1e3 + end.number("MINLOSS", 0.0) * 1e3 for end in (one, two)) / 2
        running = head.whole("MDC", 1) != 0 and all(kinds) and given is not None
        # DCSET of the converter that controls power is what it feeds into its AC bus
        power = setting[given] if given is not None else 0.0
        sender = (given or 0) if power < 0 else 1 - (given or 0)
        sent = -power if power < 0 else power + fixed
        first, second = (one, two) if sender == 0 else (two, one)
        buses = [_bus(end, "IBUS", volts) for end in (first, second)]
        values: dict[str, Any] = {
            "name": tidy_text(head.text("NAME")),
            "from_bus": buses[0],
            "to_bus": buses[1],
            "active_power": sent,
            "constant_loss": fixed,
            "in_service": running,
        }
        for side, end in (("from", first), ("to", second)):
            holds = end.whole("MODE", 1) == 1
            values[f"{side}_holds_voltage"] = holds
            values[f"{side}_voltage"] = end.number("ACSET", 1.0) if holds else 1.0
            low, high = end.number("MINQ", -9999.0), end.number("MAXQ", 9999.0)
            if abs(low) < 9998 and abs(high) < 9998 and low < high:
                values |= {f"{side}_minimum_reactive": low * 1e6, f"{side}_maximum_reactive": high * 1e6}
            if not holds:
                rows.note("power factors of voltage-source converters are left out: no reactive power")
        rows.add("hvdc_lines", head.text("NAME") or f"{buses[0]}-{buses[1]}-vsc", values, head.place.line)
