"""Transformers of PSS/E RAW files, of two and three windings.

Winding voltages ``t`` come per unit of the bus's base (``CW`` 1), in kV (2), or per unit of the winding's nominal
voltage (3); impedances per unit of the system's base (``CZ`` 1), of the windings' base power (2), or as load loss in W
and magnitude per unit (3); the magnetising branch, which stands at the bus of winding 1, per unit (``CM`` 1), or as
no-load loss in W and exciting current per unit (2). A second ratio is brought to the first side:
``a = t1 e^(j ang) / t2``, ``Z' = Z t2^2``.

References
----------
Siemens PTI, *PSS/E Program Operation Manual*, "Transformer Data".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from joulebook.grid.elements import TapChanger
from joulebook.grid.formats.psse.layouts import fields_of
from joulebook.grid.formats.psse.records import Fields, Section
from joulebook.grid.formats.rows import NetworkRows, tidy_text

__all__ = ["add_transformers", "branch_identifier"]

_MOST_STEPS = 9999


@dataclass(frozen=True)
class _Record:
    head: Fields
    impedance: Fields
    windings: tuple[Fields, ...]


def branch_identifier(*buses: int, circuit: str) -> str:
    """Name a branch by its buses and circuit.

    Parameters
    ----------
    *buses : int
        Numbers.
    circuit : str
        Identifier of the circuit.

    Returns
    -------
    str
        Such as ``"1-2-1"``.
    """
    return "-".join([*(str(abs(bus)) for bus in buses), circuit.strip() or "1"])


def add_transformers(
    section: Section, rows: NetworkRows, version: int, base: float, volts: Mapping[str, float]
) -> None:
    """Add all transformers.

    Parameters
    ----------
    section : Section
        Their records.
    rows : NetworkRows
        Takes them.
    version : int
        Of the file.
    base : float, VA
        Of the system.
    volts : mapping of str to float, V
        Nominal voltages by bus.

    Raises
    ------
    CorruptRecordError
        If a record is damaged.
    """
    for record in _records(section, version):
        head = record.head
        buses = [head.whole("I"), head.whole("J")] + ([head.whole("K")] if len(record.windings) == 3 else [])
        for bus in buses:
            if str(abs(bus)) not in volts:
                raise head.place.fault(f"bus {abs(bus)} is not in the bus data", found=str(abs(bus)))
        nominal = [volts[str(abs(bus))] for bus in buses]
        identifier = branch_identifier(*buses, circuit=head.text("CKT", "1"))
        tables = sum(winding.whole("TAB", 0) != 0 for winding in record.windings)
        if tables:
            rows.note("tables that correct impedances by tap position are left out")
        if len(buses) == 2:
            values = _two(rows, record, base, nominal)
            values |= {"from_bus": str(abs(buses[0])), "to_bus": str(abs(buses[1]))}
            values |= {"name": tidy_text(head.text("NAME"))}
            rows.add("transformers", identifier, values, head.place.line)
        else:
            names = [str(abs(bus)) for bus in buses]
            values = _three(rows, record, base, nominal) | {"name": tidy_text(head.text("NAME"))}
            values |= {f"bus_{number}": bus for number, bus in enumerate(names, start=1)}
            added = rows.add("three_winding_transformers", identifier, values, head.place.line)
            _open_winding(rows, added, head, names)


def _records(section: Section, version: int) -> Iterator[_Record]:
    listed = iter(section.records)
    for values, place in listed:
        head = Fields(fields_of("TRANSFORMER 1", version), values, place)
        count = 3 if head.whole("K", 0) else 2
        more = [next(listed, None) for _ in range(1 + count)]
        if None in more:
            raise place.fault(f"a transformer of {count} windings has {2 + count} lines. Was the file cut off?")
        impedance, *windings = [item for item in more if item]
        names = fields_of("WINDING", version)
        yield _Record(
            head,
            Fields(fields_of("TRANSFORMER 2", version), *impedance),
            tuple(Fields(names, *winding) for winding in windings),
        )


def _ratio(winding: Fields, way: int, nominal: float) -> float:
    """Winding voltage per unit of the bus's base."""
    rated = winding.number("NOMV", 0.0) * 1e3 or nominal
    value = winding.number("WINDV", nominal / 1e3 if way == 2 else 1.0)
    if way == 2:
        value *= 1e3 / nominal
    elif way == 3:
        value *= rated / nominal
    if not value > 0:
        raise winding.place.fault(f"WINDV = {winding.text('WINDV')}: must be more than 0")
    return value


def _impedance(record: _Record, pair: str, base: float) -> complex:
    """Of a pair of windings, per unit of the system's base."""
    fields, way = record.impedance, record.head.whole("CZ", 1)
    r, x = fields.number(f"R{pair}", 0.0), fields.number(f"X{pair}", 0.0)
    power = fields.number(f"SBASE{pair}", base / 1e6) * 1e6
    if way not in {1, 2, 3}:
        raise record.head.place.fault(f"CZ = {way}: 1, 2 or 3")
    if way > 1 and power <= 0:
        raise fields.place.fault(f"SBASE{pair} = {power / 1e6:g} MVA: must be more than 0")
    if way == 3:
        r = r / power
        if abs(x) < abs(r):
            raise fields.place.fault(f"X{pair} = {x:g} is the magnitude of the impedance, smaller than its resistance")
        x = math.copysign(math.sqrt(x * x - r * r), x)
    return complex(r, x) * (base / power if way > 1 else 1.0)


def _magnetising(record: _Record, base: float, nominal: float) -> complex:
    """Admittance at the bus of winding 1, per unit of the system's base."""
    head = record.head
    first, second = head.number("MAG1", 0.0), head.number("MAG2", 0.0)
    way = head.whole("CM", 1)
    if way == 1:
        return complex(first, second)
    if way != 2:
        raise head.place.fault(f"CM = {way}: 1 or 2")
    power = record.impedance.number("SBASE12", base / 1e6) * 1e6
    rated = record.windings[0].number("NOMV", 0.0) * 1e3 or nominal
    scale = (nominal / rated) ** 2
    g, y = first / base, second * power / base
    return complex(g, -math.sqrt(max(y * y - g * g, 0.0))) * scale


def _two(rows: NetworkRows, record: _Record, base: float, nominal: list[float]) -> dict[str, Any]:
    head, way = record.head, record.head.whole("CW", 1)
    if way not in {1, 2, 3}:
        raise head.place.fault(f"CW = {way}: 1, 2 or 3")
    first, second = (_ratio(winding, way, volts) for winding, volts in zip(record.windings, nominal, strict=True))
    impedance = _impedance(record, "12", base) * second**2
    if impedance == 0:
        raise head.place.fault("R1-2 and X1-2 are both zero: an ideal transformer cannot be computed with")
    ratio = first / second
    shunt = _magnetising(record, base, nominal[0]) * ratio**2
    one = record.windings[0]
    rates = [one.number(f"RATE{number}", 0.0) * 1e6 or None for number in (1, 2, 3)]
    return {
        "rated_power": base,
        "resistance": impedance.real,
        "reactance": impedance.imag,
        "from_conductance": shunt.real,
        "from_susceptance": shunt.imag,
        "tap_ratio": ratio,
        "phase_shift": math.radians(one.number("ANG", 0.0)),
        "tap_changer": _changer(rows, one, way, first * (nominal[0] if way == 2 else 1.0), nominal[0]),
        **dict(zip(("rating", "short_time_rating", "emergency_rating"), rates, strict=True)),
        "vector_group": head.text("VECGRP")[:12],
        "in_service": head.whole("STAT", 1) != 0,
    }


def _three(rows: NetworkRows, record: _Record, base: float, nominal: list[float]) -> dict[str, Any]:
    head, way = record.head, record.head.whole("CW", 1)
    z12, z23, z31 = (_impedance(record, pair, base) for pair in ("12", "23", "31"))
    legs = ((z12 + z31 - z23) / 2, (z12 + z23 - z31) / 2, (z23 + z31 - z12) / 2)
    ratios = [_ratio(winding, way, volts) for winding, volts in zip(record.windings, nominal, strict=True)]
    shunt = _magnetising(record, base, nominal[0]) * ratios[0] ** 2
    values: dict[str, Any] = {
        "conductance": shunt.real,
        "susceptance": shunt.imag,
        "vector_group": head.text("VECGRP")[:20],
        "tap_changer": _changer(
            rows, record.windings[0], way, ratios[0] * (nominal[0] if way == 2 else 1.0), nominal[0]
        ),
        "in_service": head.whole("STAT", 1) != 0,
    }
    for number, (leg, ratio, winding) in enumerate(zip(legs, ratios, record.windings, strict=True), start=1):
        values |= {
            f"rated_power_{number}": base,
            f"resistance_{number}": leg.real,
            f"reactance_{number}": leg.imag,
            f"tap_ratio_{number}": ratio,
            f"phase_shift_{number}": math.radians(winding.number("ANG", 0.0)),
        }
        if number > 1 and winding.whole("COD", 0):
            rows.note("controls of the second and third winding are left out; their ratio is kept")
        if winding.number("RATE1", 0.0):
            rows.note("ratings of windings of three-winding transformers are left out")
    return values


def _open_winding(rows: NetworkRows, identifier: str, head: Fields, buses: list[str]) -> None:
    """``STAT`` 2, 3 and 4: the second, third or first winding is out, the others are in."""
    out = {2: 1, 3: 2, 4: 0}.get(head.whole("STAT", 1))
    if out is not None:
        values = {"bus": buses[out], "branch_kind": "three_winding_transformers", "branch": identifier, "closed": False}
        rows.add("switches", f"{identifier}-{out + 1}", values, head.place.line)


def _changer(rows: NetworkRows, winding: Fields, way: int, now: float, nominal: float) -> TapChanger | None:
    """Steps around the present ratio; only those of a ratio (``COD`` 1 and 2), whose limits make sense."""
    code = winding.whole("COD", 0)
    if code == 0:
        return None
    if abs(code) not in {1, 2}:
        rows.note("limits and steps of phase shifters are left out; the present angle is kept")
        return None
    if way == 3:
        now *= nominal / (winding.number("NOMV", 0.0) * 1e3 or nominal)
    unit = 1e3 if way == 2 else 1.0
    low, high = winding.number("RMI", 0.9) * unit, winding.number("RMA", 1.1) * unit
    count = winding.whole("NTP", 33)
    if not (0 < low < high and 2 <= count <= _MOST_STEPS and low * 0.5 <= now <= high * 2):
        rows.note("tap limits that make no sense are left out; the present ratio is kept")
        return None
    step = (high - low) / (count - 1)
    held: dict[str, Any] = {}
    bus = str(abs(winding.whole("CONT", 0)))
    top, bottom = winding.number("VMA", 1.1), winding.number("VMI", 0.9)
    if abs(code) == 1 and bus in rows.rows["buses"] and 0 < bottom <= top < 3:
        held = {"controlled_bus": bus, "target": (top + bottom) / 2, "deadband": top - bottom}
        held["controls"] = "voltage" if code > 0 else "nothing"
    elif abs(code) == 2:
        rows.note("control of reactive power by taps is left out")
    below, above = (now - low) / step, (high - now) / step
    if step / now > 0.5:
        rows.note("tap limits that make no sense are left out; the present ratio is kept")
        return None
    return TapChanger(
        position=0,
        minimum=min(0, -math.floor(below + 1e-6)),
        maximum=max(0, math.floor(above + 1e-6)),
        voltage_step=step / now,
        **held,
    )
