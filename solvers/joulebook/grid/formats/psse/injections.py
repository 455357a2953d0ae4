"""Loads, generators, shunts, FACTS devices and machines of PSS/E RAW files.

References
----------
Siemens PTI, *PSS/E Program Operation Manual*, "Load Data", "Generator Data", "Switched Shunt Data". The power of a load
at voltage ``v`` per unit is ``P = PL + IP v + YP v^2``, ``Q = QL + IQ v - YQ v^2``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joulebook.grid.formats.psse.layouts import fields_of
from joulebook.grid.formats.psse.records import Fields, Sections
from joulebook.grid.formats.rows import NetworkRows, tidy_text

__all__ = ["add_injections"]

_SAME_SHARE = 1e-9
_UNLIMITED = 9998.0
"""Mvar from which a limit means that there is none."""


def add_injections(sections: Sections, rows: NetworkRows, version: int, volts: Mapping[str, float]) -> None:
    """Add everything that hangs at one bus.

    Parameters
    ----------
    sections : Sections
        The records.
    rows : NetworkRows
        Takes them.
    version : int
        Of the file.
    volts : mapping of str to float, V
        Nominal voltages by bus.

    Raises
    ------
    CorruptRecordError
        If a record is damaged, or names a bus that is not there.
    """

    def of(kind: str) -> list[Fields]:
        return sections[kind].fields(fields_of(kind, version)) if kind in sections else []

    for record in of("LOAD"):
        _add_load(record, rows, _bus(record, volts))
    for record in of("FIXED SHUNT"):
        bus = _bus(record, volts)
        siemens = 1e6 / volts[bus] ** 2
        values = {
            "bus": bus,
            "conductance": record.number("GL", 0.0) * siemens,
            "susceptance": record.number("BL", 0.0) * siemens,
            "in_service": record.whole("STATUS", 1) != 0,
        }
        rows.add("shunts", f"{bus}-{record.text('ID', '1')}", values, record.place.line)
    for record in of("GENERATOR"):
        _add_generator(record, rows, _bus(record, volts), volts)
    for record in of("SWITCHED SHUNT"):
        _add_switched(record, rows, _bus(record, volts), volts)
    for record in of("FACTS CONTROL DEVICE"):
        _add_facts(record, rows, volts)
    for record in of("INDUCTION MACHINE"):
        bus = _bus(record, volts)
        rows.note("induction machines are taken as loads of their set power, without reactive power")
        values = {"bus": bus, "active_power": record.number("PSET", 0.0) * 1e6}
        values |= {"in_service": record.whole("STAT", 1) != 0}
        rows.add("loads", f"{bus}-{record.text('ID', '1')}-machine", values, record.place.line)


def _bus(record: Fields, volts: Mapping[str, float], name: str = "I") -> str:
    bus = str(abs(record.whole(name)))
    if bus not in volts:
        raise record.place.fault(f"bus {bus} is not in the bus data", found=bus)
    return bus


def _add_load(record: Fields, rows: NetworkRows, bus: str) -> None:
    """One load, or two where active and reactive power depend differently on the voltage."""
    p = [record.number(name, 0.0) * 1e6 for name in ("PL", "IP", "YP")]
    q = [record.number(name, 0.0) * 1e6 for name in ("QL", "IQ", "YQ")]
    q[2] = -q[2]
    identifier = f"{bus}-{record.text('ID', '1')}"
    common = {"bus": bus, "in_service": record.whole("STATUS", 1) != 0}
    shares = [_shares(part) for part in (p, q)]
    if shares[0] is not None and (shares[1] == shares[0] or not any(q)):
        pairs = [(sum(p), sum(q), shares[0])]
    elif shares[1] is not None and not any(p):
        pairs = [(0.0, sum(q), shares[1])]
    elif None not in shares:
        pairs = [(sum(p), 0.0, shares[0]), (0.0, sum(q), shares[1])]
    else:
        kinds = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
        pairs = [(p[part], q[part], kinds[part]) for part in range(3) if p[part] or q[part]]
    for active, reactive, split in pairs or [(0.0, 0.0, (0.0, 0.0))]:
        values = {"active_power": active, "reactive_power": reactive}
        if split:
            values |= {"current_share": split[0], "impedance_share": split[1]}
        rows.add("loads", identifier, values | common, record.place.line)
    if record.number("DGENP", 0.0) or record.number("DGENQ", 0.0):
        rows.note("distributed generation inside loads is left out")


def _shares(parts: list[float]) -> tuple[float, float] | None:
    """Shares of constant current and impedance; None where the parts have different signs."""
    total = sum(parts)
    if not any(parts):
        return 0.0, 0.0
    if total == 0 or any(part / total < 0 for part in parts):
        return None
    return round(parts[1] / total, 12), round(parts[2] / total, 12)


def _limit(value: float) -> float | None:
    return None if abs(value) >= _UNLIMITED else value * 1e6


def _add_generator(record: Fields, rows: NetworkRows, bus: str, volts: Mapping[str, float]) -> None:
    kind = rows.rows["buses"][bus].get("_kind", 2)
    rating = record.number("MBASE", 0.0)
    remote = str(abs(record.whole("IREG", 0)))
    top, bottom = record.number("QT", _UNLIMITED), record.number("QB", -_UNLIMITED)
    values: dict[str, Any] = {
        "bus": bus,
        "active_power": record.number("PG", 0.0) * 1e6,
        "reactive_power": record.number("QG", 0.0) * 1e6,
        "voltage": record.number("VS", 1.0) or 1.0,
        "holds_voltage": kind in {2, 3},
        "reference": kind == 3,
        "minimum_power": _limit(record.number("PB", -_UNLIMITED)),
        "maximum_power": _limit(record.number("PT", _UNLIMITED)),
        "rated_power": rating * 1e6 if rating > 0 else None,
        "in_service": record.whole("STAT", 1) != 0,
    }
    if top > bottom:
        values |= {"minimum_reactive": _limit(bottom), "maximum_reactive": _limit(top)}
    elif top == bottom and kind == 2:
        values |= {"holds_voltage": False, "reactive_power": top * 1e6}
    if remote not in {"0", bus} and remote in volts:
        values["controlled_bus"] = remote
    if record.number("ZX", 1.0) != 1.0 and record.number("ZX", 0.0) > 0:
        values |= {"resistance": record.number("ZR", 0.0), "subtransient_reactance": record.number("ZX", 0.0)}
    if record.number("XT", 0.0):
        rows.note("step-up transformers inside generator records are left out")
    rows.add("generators", f"{bus}-{record.text('ID', '1')}", values, record.place.line)


def _add_switched(record: Fields, rows: NetworkRows, bus: str, volts: Mapping[str, float]) -> None:
    """A switched shunt with what is on now; steps where all of one sign are alike."""
    siemens = 1e6 / volts[bus] ** 2
    now = record.number("BINIT", 0.0)
    blocks = [
        (record.whole(f"N{number}", 0), record.number(f"B{number}", 0.0))
        for number in range(1, 9)
        if record.whole(f"S{number}", 1) != 0
    ]
    blocks = [(count, size) for count, size in blocks if count > 0 and size]
    values: dict[str, Any] = {"bus": bus, "susceptance": now * siemens, "in_service": record.whole("STAT", 1) != 0}
    sizes = {size for _, size in blocks}
    mode = record.whole("MODSW", 1)
    if len(sizes) == 1 and now:
        size, count = sizes.pop(), sum(count for count, _ in blocks)
        steps = now / size
        if steps > 0 and abs(steps - round(steps)) < 1e-6 and round(steps) <= count <= 1000:
            values |= {"susceptance": now / round(steps) * siemens, "steps": round(steps), "maximum_steps": count}
    high, low = record.number("VSWHI", 1.0), record.number("VSWLO", 1.0)
    if mode in {1, 2} and 0 < low <= high <= 3 and values.get("steps"):
        values |= {"controls_voltage": True, "minimum_target": low, "maximum_target": high}
        remote = str(abs(record.whole("SWREM", 0)))
        if remote not in {"0", bus} and remote in volts:
            values["controlled_bus"] = remote
    elif mode:
        rows.note("switched shunts of unequal blocks, or with other controls, stay at what is on now")
    rows.add("shunts", f"{bus}-{record.text('ID', 'switched')}", values, record.place.line)


def _add_facts(record: Fields, rows: NetworkRows, volts: Mapping[str, float]) -> None:
    """A shunt device holds the voltage of its bus within its rating; series parts are left out."""
    bus = _bus(record, volts)
    if record.whole("J", 0):
        rows.note(f"FACTS device {record.text('NAME')}: its series part is left out")
    remote = str(abs(record.whole("REMOT", 0)))
    if remote not in {"0", bus}:
        rows.note(f"FACTS device {record.text('NAME')} holds its own bus instead of a remote one")
    most = record.number("SHMX", 9999.0)
    values = {
        "name": tidy_text(record.text("NAME")),
        "bus": bus,
        "kind": "statcom",
        "holds_voltage": record.whole("MODE", 1) != 0,
        "voltage": record.number("VSET", 1.0),
        "minimum_reactive": _limit(-most),
        "maximum_reactive": _limit(most),
        "in_service": record.whole("MODE", 1) != 0,
    }
    rows.add("converters", record.text("NAME") or f"{bus}-facts", values, record.place.line)
