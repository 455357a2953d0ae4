"""Sequence data of PSS/E (``.seq``): impedances of machines, lines and transformers for unsymmetrical faults.

References
----------
Siemens PTI, *PSS/E Program Operation Manual*, "Sequence Data File Contents", versions 33 to 35.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from joulebook.grid.formats.psse.records import Fields, Section, split_record, split_sections
from joulebook.grid.formats.psse.transformers import branch_identifier
from joulebook.grid.formats.rows import NetworkRows
from joulebook.grid.formats.text_files import Place, read_text

__all__ = ["add_sequence"]

_ORDER = (
    "POSITIVE SEQ. MACHINE IMPEDANCE",
    "NEGATIVE SEQ. MACHINE",
    "ZERO SEQ. MACHINE",
    "NEGATIVE SEQ. SHUNT LOAD",
    "ZERO SEQ. SHUNT LOAD",
    "ZERO SEQ. NON-TRANSFORMER BRANCH",
    "ZERO SEQ. MUTUAL IMPEDANCE",
    "ZERO SEQ. TRANSFORMER",
    "ZERO SEQ. SWITCHED SHUNT",
    "ZERO SEQ. FIXED SHUNT",
)
_ORDER_34 = ("GENERATOR SEQUENCE", "SEQUENCE LOAD", *_ORDER[5:])
_BRANCH = ("I", "J", "CKT", "RLINZ", "XLINZ", "BCHZ")
_TRANSFORMER = ("I", "J", "K", "CKT", "CZ0", "CZG", "CC", "RG1", "XG1", "R01", "X01", "RG2", "XG2", "R02", "X02",
                "RNUTRL", "XNUTRL")  # fmt: skip
_TRANSFORMER_33 = ("I", "J", "K", "CKT", "CC", "RG1", "XG1", "R01", "X01", "RG2", "XG2", "R02", "X02", "RNUTRL",
                   "XNUTRL")  # fmt: skip
_CODES = {
    (11,): "YNyn0",
    (12,): "YNd1",
    (13,): "Dyn1",
    (14,): "Yy0",
    (1,): "YNyn0",
    (2,): "YNd1",
    (3,): "Dyn1",
    (4,): "Yy0",
}
"""Vector groups that connection codes stand for; the clock of delta windings is not in the file."""


def add_sequence(source: str | Path | bytes, rows: NetworkRows, base: float, volts: Mapping[str, float]) -> None:
    """Add sequence data to the elements of a RAW file.

    Parameters
    ----------
    source : str, Path or bytes
        The sequence file, or what stands in it.
    rows : NetworkRows
        With the elements.
    base : float, VA
        Of the system.
    volts : mapping of str to float, V
        Nominal voltages by bus.

    Raises
    ------
    DataFormatError
        If a record is damaged.
    """
    text, file = read_text(source)
    lines = text.splitlines()
    first = next((at for at, line in enumerate(lines) if line.strip() and not line.startswith("@!")), 0)
    place = Place(file, first + 1)
    head = split_record(lines[first], place) if lines else []
    version = 33
    begin = first
    if len(head) >= 2 and len(head) <= 3 and head[0] in {"0", "1"} and head[1].isdigit():
        version, begin = int(head[1]), first + 1
    sections = split_sections(lines, begin, _ORDER if version < 34 else _ORDER_34, file)
    missing: list[str] = []
    if version >= 34:
        _machines(sections["GENERATOR SEQUENCE"], rows, missing)
    else:
        _machines_33(sections, rows, missing)
    _branches(sections["ZERO SEQ. NON-TRANSFORMER BRANCH"], rows, base, volts, missing)
    _transformers(sections["ZERO SEQ. TRANSFORMER"], rows, version, missing)
    if sections["ZERO SEQ. MUTUAL IMPEDANCE"].records:
        rows.note("mutual impedances of lines are left out")
    for name in missing[:5]:
        rows.note(f"sequence data of {name}: there is no such element in the RAW file")


def _machine(rows: NetworkRows, fields: Fields, missing: list[str]) -> dict[str, object] | None:
    identifier = f"{fields.whole('I')}-{fields.text('ID', '1')}".replace(".", "-")
    found = rows.rows["generators"].get(identifier)
    if found is None:
        missing.append(f"generator {identifier}")
    return found


def _machines_33(sections: dict[str, Section], rows: NetworkRows, missing: list[str]) -> None:
    layouts = {
        _ORDER[0]: (("I", "ID", "R", "X", "X1", "XS"), {"R": "resistance", "X": "subtransient_reactance",
                                                       "XS": "synchronous_reactance"}),
        _ORDER[1]: (("I", "ID", "R", "X"), {"X": "negative_reactance"}),
        _ORDER[2]: (("I", "ID", "R", "X"), {"X": "zero_reactance"}),
    }  # fmt: skip
    for kind, (names, fields_by_name) in layouts.items():
        for fields in sections[kind].fields(names):
            _set(rows, fields, fields_by_name, missing)


def _machines(section: Section, rows: NetworkRows, missing: list[str]) -> None:
    names = ("I", "ID", "ZRPOS", "ZXPPDV", "ZXPDV", "ZXSDV", "ZRNEG", "ZXNEGDV", "ZR0", "ZX0DV", "CZG", "ZRG", "ZXG")
    by_name = {
        "ZRPOS": "resistance",
        "ZXPPDV": "subtransient_reactance",
        "ZXSDV": "synchronous_reactance",
        "ZXNEGDV": "negative_reactance",
        "ZX0DV": "zero_reactance",
    }
    for fields in section.fields(names):
        _set(rows, fields, by_name, missing)


def _set(rows: NetworkRows, fields: Fields, by_name: Mapping[str, str], missing: list[str]) -> None:
    found = _machine(rows, fields, missing)
    if found is None:
        return
    for name, field in by_name.items():
        value = fields.number(name, 0.0)
        if value < 0:
            raise fields.place.fault(f"{name} = {value:g}: the impedance of a machine must not be negative")
        if value > 0 or field == "resistance":
            found[field] = value


def _branches(section: Section, rows: NetworkRows, base: float, volts: Mapping[str, float], missing: list[str]) -> None:
    for fields in section.fields(_BRANCH):
        buses = [fields.whole("I"), fields.whole("J")]
        names = [branch_identifier(*pair, circuit=fields.text("CKT", "1")) for pair in (buses, buses[::-1])]
        found = next((rows.rows["lines"][name] for name in names if name in rows.rows["lines"]), None)
        if found is None:
            missing.append(f"line {names[0]}")
            continue
        ohm = volts[found["from_bus"]] * volts[found["to_bus"]] / base
        found["zero_resistance"] = fields.number("RLINZ", 0.0) * ohm
        found["zero_reactance"] = fields.number("XLINZ", 0.0) * ohm
        found["zero_susceptance"] = fields.number("BCHZ", 0.0) / ohm


def _transformers(section: Section, rows: NetworkRows, version: int, missing: list[str]) -> None:
    """Two windings: impedance, connection, earthing of the star points, per unit of the system's base."""
    names = _TRANSFORMER if version >= 34 else _TRANSFORMER_33
    for fields in section.fields(names):
        if fields.whole("K", 0):
            rows.note("zero sequence data of three-winding transformers are left out")
            continue
        buses = [fields.whole("I"), fields.whole("J")]
        pairs = [branch_identifier(*pair, circuit=fields.text("CKT", "1")) for pair in (buses, buses[::-1])]
        found = next((rows.rows["transformers"][name] for name in pairs if name in rows.rows["transformers"]), None)
        if found is None:
            missing.append(f"transformer {pairs[0]}")
            continue
        found["zero_resistance"] = fields.number("R01", 0.0) or found["resistance"]
        found["zero_reactance"] = fields.number("X01", 0.0) or found["reactance"]
        group = _CODES.get((fields.whole("CC", 0),))
        if group is None:
            rows.note(f"connection code {fields.whole('CC', 0)} of transformers: the connection is left open")
        elif not found.get("vector_group"):
            found["vector_group"] = group
            rows.note("connection codes give star and delta; the clock of delta windings is taken as 1")
        if fields.number("RG1", 0.0) or fields.number("XG1", 0.0):
            rows.note("earthing impedances of transformers are left out")
