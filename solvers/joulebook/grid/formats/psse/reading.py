"""PSS/E RAW files of versions 33 to 35, with the sequence data of a ``.seq`` file beside them.

References
----------
Siemens PTI, *PSS/E Program Operation Manual*, "Power Flow Raw Data File Contents" and "Sequence Data File Contents".
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from joulebook.core.errors import DataFormatError, UnknownFormatError
from joulebook.grid.formats.imported import FileState, ImportedNetwork
from joulebook.grid.formats.psse.direct_current import add_line_commutated, add_voltage_source
from joulebook.grid.formats.psse.injections import add_injections
from joulebook.grid.formats.psse.layouts import fields_of, section_order
from joulebook.grid.formats.psse.records import Fields, Sections, split_record, split_sections
from joulebook.grid.formats.psse.sequence import add_sequence
from joulebook.grid.formats.psse.transformers import add_transformers, branch_identifier
from joulebook.grid.formats.rows import NetworkRows, tidy_text
from joulebook.grid.formats.text_files import Place, read_text

__all__ = ["read_psse"]

_VERSIONS = (32, 33, 34, 35)
_LEFT_OUT = {
    "MULTI-TERMINAL DC": "multi-terminal direct-current lines",
    "MULTI-SECTION LINE": "groupings of line sections",
    "INTER-AREA TRANSFER": "inter-area transfers",
    "GNE DEVICE": "GNE devices",
    "SUBSTATION": "nodes and switches inside substations",
    "IMPEDANCE CORRECTION": "impedance correction tables",
}


def read_psse(source: str | Path | bytes, sequence: str | Path | bytes | None = None) -> ImportedNetwork:
    """Read a case.

    Parameters
    ----------
    source : str, Path or bytes
        The RAW file, or what stands in it.
    sequence : str, Path or bytes, optional
        The sequence file; where left out, a file of the same name that ends in ``.seq`` is taken if there is one.

    Returns
    -------
    ImportedNetwork
        The network with its notes, and the voltages of the case.

    Raises
    ------
    UnknownFormatError
        If it is of another version.
    DataFormatError
        If a record is damaged or missing.
    InputError
        With every value that cannot be.
    """
    text, file = read_text(source)
    lines = text.splitlines()
    first, version, base, frequency = _head(lines, file)
    sections = split_sections(lines, first + 3, section_order(version), file)
    rows = NetworkRows(file)
    volts = _add_buses(sections, rows, version, file)
    _add_branches(sections, rows, version, base, volts)
    add_transformers(sections["TRANSFORMER"], rows, version, base, volts)
    add_injections(sections, rows, version, volts)
    add_line_commutated(sections["TWO-TERMINAL DC"], rows, version, volts)
    add_voltage_source(sections["VOLTAGE SOURCE CONVERTER"], rows, version, volts)
    for kind, what in _LEFT_OUT.items():
        if kind in sections and sections[kind].records:
            rows.note(f"{what} are left out")
    if sequence is None and not isinstance(source, bytes):
        beside = [
            item for item in (Path(source).with_suffix(".seq"), Path(source).with_suffix(".SEQ")) if item.is_file()
        ]
        sequence = beside[0] if beside else None
    if sequence is not None:
        add_sequence(sequence, rows, base, volts)
    buses = rows.rows["buses"]
    for values in buses.values():
        values.pop("_kind")
    state = FileState(
        tuple(buses),
        np.array([values["start_voltage"] for values in buses.values()]),
        np.array([values["start_angle"] for values in buses.values()]),
    )
    title = " ".join(line.strip() for line in lines[first + 1 : first + 3] if line.strip())
    name = Path(file).stem or title or "PSS/E case"
    network = rows.network(name, base_power=base, frequency=frequency, description=tidy_text(title))
    return ImportedNetwork(network, rows.note_lines(), state, f"PSS/E RAW {version}")


def _head(lines: list[str], file: str) -> tuple[int, int, float, float]:
    """Line of the case identification, version, base power in VA, frequency."""
    first = next((at for at, line in enumerate(lines) if line.strip() and not line.startswith("@!")), None)
    if first is None:
        raise DataFormatError("is empty", file=file)
    place = Place(file, first + 1)
    fields = Fields(("IC", "SBASE", "REV", "XFRRAT", "NXFRAT", "BASFRQ"), split_record(lines[first], place), place)
    if fields.whole("IC", 0) != 0:
        raise place.fault("IC is not 0: the file adds to a case instead of being one")
    version = fields.whole("REV", 33)
    if version not in _VERSIONS:
        raise UnknownFormatError(
            f"is PSS/E RAW version {version}: versions 32 to 35 are read. Save it as one of these",
            file=file,
            line=place.line,
        )
    base = fields.number("SBASE", 100.0)
    frequency = fields.number("BASFRQ", 60.0) or 60.0
    if base <= 0 or not 0 < frequency <= 1000:
        raise place.fault(f"SBASE = {base:g} MVA, BASFRQ = {frequency:g} Hz: both must be more than 0")
    return first, version, base * 1e6, frequency


def _add_buses(sections: Sections, rows: NetworkRows, version: int, file: str) -> dict[str, float]:
    names = {
        kind: {fields.whole("I"): fields.text(name) for fields in sections[kind].fields(fields_of(kind, version))}
        for kind, name in (("AREA", "ARNAME"), ("ZONE", "ZONAME"))
    }
    volts: dict[str, float] = {}
    without = 0
    for fields in sections["BUS"].fields(fields_of("BUS", version)):
        number, kind = fields.whole("I"), fields.whole("IDE", 1)
        if not 1 <= number <= 999_997:
            raise fields.place.fault(f"bus number = {number}: 1 to 999997")
        if kind not in {1, 2, 3, 4}:
            raise fields.place.fault(f"IDE = {kind}: 1 to 4")
        nominal = fields.number("BASKV", 0.0) * 1e3
        if nominal <= 0:
            nominal, without = 1e3, without + 1
        area, zone = fields.whole("AREA", 1), fields.whole("ZONE", 1)
        high, low = fields.number("NVHI", 1.1), fields.number("NVLO", 0.9)
        values = {
            "name": tidy_text(fields.text("NAME")),
            "nominal_voltage": nominal,
            "start_voltage": fields.number("VM", 1.0),
            "start_angle": math.radians(fields.number("VA", 0.0)),
            "minimum_voltage": low if 0 < low < high else None,
            "maximum_voltage": high if 0 < low < high <= 3 else None,
            "area": tidy_text(names["AREA"].get(area, "")) or str(area),
            "zone": tidy_text(names["ZONE"].get(zone, "")) or str(zone),
            "in_service": kind != 4,
            "_kind": kind,
        }
        bus = rows.add("buses", str(number), values, fields.place.line, suffix=False)
        volts[bus] = nominal
    if not volts:
        raise DataFormatError("has no buses. Was the file cut off?", file=file)
    if without:
        rows.note(f"{without} buses have no base voltage: taken as 1 kV")
    return volts


def _add_branches(sections: Sections, rows: NetworkRows, version: int, base: float, volts: dict[str, float]) -> None:
    for fields in sections["BRANCH"].fields(fields_of("BRANCH", version)):
        buses, identifier = _ends(fields, volts)
        r, x, b = (fields.number(name, 0.0) for name in "RXB")
        on = fields.whole("ST", 1) != 0
        if r == 0 and x == 0:
            rows.note("branches without impedance are taken as switches")
            rows.add("switches", identifier, {"bus": buses[0], "other_bus": buses[1], "closed": on}, fields.place.line)
            continue
        if volts[buses[0]] != volts[buses[1]]:
            rows.note("branches between buses of different base voltage are taken as transformers of ratio one")
            values = {"from_bus": buses[0], "to_bus": buses[1], "rated_power": base, "resistance": r, "reactance": x}
            values |= {"from_susceptance": b / 2, "to_susceptance": b / 2, "in_service": on}
            rows.add("transformers", identifier, values, fields.place.line)
            continue
        ohm = volts[buses[0]] ** 2 / base
        ratings = [fields.number(f"RATE{number}", 0.0) for number in (1, 2, 3)]
        amperes = [value * 1e6 / (math.sqrt(3) * volts[buses[0]]) if value > 0 else None for value in ratings]
        length = fields.number("LEN", 0.0)
        values: dict[str, Any] = {
            "name": tidy_text(fields.text("NAME")),
            "from_bus": buses[0],
            "to_bus": buses[1],
            "resistance": r * ohm,
            "reactance": x * ohm,
            "susceptance": b / ohm,
            "length": length * 1e3 if length > 0 else None,
            "in_service": on,
        }
        values |= dict(zip(("current_rating", "short_time_rating", "emergency_rating"), amperes, strict=True))
        rows.add("lines", identifier, values, fields.place.line)
        for bus, end in zip(buses, "IJ", strict=True):
            g, s = fields.number(f"G{end}", 0.0), fields.number(f"B{end}", 0.0)
            if g or s:
                siemens = base / volts[bus] ** 2
                shunt = {"bus": bus, "conductance": g * siemens, "susceptance": s * siemens, "in_service": on}
                rows.add("shunts", f"{identifier} {end}", shunt, fields.place.line)
                rows.note("shunts at ends of lines are taken as shunts of the buses")
    devices = sections.get("SYSTEM SWITCHING DEVICE")
    for fields in devices.fields(fields_of("SYSTEM SWITCHING DEVICE", version)) if devices else ():
        buses, identifier = _ends(fields, volts)
        kind = "breaker" if fields.whole("STYPE", 1) == 2 else "disconnector"
        values = {"bus": buses[0], "other_bus": buses[1], "closed": fields.whole("STAT", 1) != 0, "kind": kind}
        rows.add("switches", identifier, values | {"name": tidy_text(fields.text("NAME"))}, fields.place.line)


def _ends(fields: Fields, volts: dict[str, float]) -> tuple[list[str], str]:
    numbers = [fields.whole("I"), fields.whole("J")]
    buses = [str(abs(number)) for number in numbers]
    for bus in buses:
        if bus not in volts:
            raise fields.place.fault(f"bus {bus} is not in the bus data", found=bus)
    if buses[0] == buses[1]:
        raise fields.place.fault(f"a branch begins and ends at bus {buses[0]}")
    return buses, branch_identifier(*numbers, circuit=fields.text("CKT", "1"))
