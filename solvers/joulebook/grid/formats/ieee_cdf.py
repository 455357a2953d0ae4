"""The IEEE common data format (CDF) of solved load flow cases.

Per unit on the MVA base of the title and the base voltages of the buses; buses without a base voltage (as in the
archive's small cases) get 1 kV. The tap side of a transformer is the tap bus, its ratio and angle as in MATPOWER.

References
----------
IEEE Working Group on a Common Format for Exchange of Solved Load Flow Data 1973, doi:10.1109/TPAS.1973.293571,
tables I to III.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from joulebook.core.errors import DataFormatError
from joulebook.grid.elements import TapChanger
from joulebook.grid.formats.imported import FileState, ImportedNetwork
from joulebook.grid.formats.rows import NetworkRows, tidy_text
from joulebook.grid.formats.text_files import Place, read_text, whole, written_number

__all__ = ["read_ieee_cdf"]

_SECTION = re.compile(r"\s*(BUS|BRANCH|LOSS ZONE|INTERCHANGE|TIE LINE)S?\s+(?:DATA\s+)?FOLLOWS?\s*(\d*)", re.IGNORECASE)
_BUS_WORDS, _BRANCH_WORDS = 16, 21
_BUS_COLUMNS = ((18, 20), (20, 23), (24, 26), (27, 33), (33, 40), (40, 49), (49, 59), (59, 67), (67, 75), (76, 83),
                (84, 90), (90, 98), (98, 106), (106, 114), (114, 122), (123, 127))  # fmt: skip
_BRANCH_COLUMNS = ((0, 4), (5, 9), (10, 12), (12, 15), (16, 17), (18, 19), (19, 29), (29, 40), (40, 50), (50, 55),
                   (56, 61), (62, 67), (68, 72), (73, 74), (76, 82), (83, 90), (90, 97), (97, 104), (105, 111),
                   (112, 119), (119, 126))  # fmt: skip
_UNKNOWN_BASE = 1e3
"""V: base voltage of buses that have none."""


def read_ieee_cdf(source: str | Path | bytes) -> ImportedNetwork:
    """Read a case.

    Parameters
    ----------
    source : str, Path or bytes
        The file, or what stands in it.

    Returns
    -------
    ImportedNetwork
        The network with its notes, and the solved state of the file.

    Raises
    ------
    DataFormatError
        If a record is damaged or missing.
    InputError
        With every value that cannot be.
    """
    text, file = read_text(source)
    lines = text.splitlines()
    if not lines:
        raise DataFormatError("is empty", file=file)
    rows = NetworkRows(file)
    base = written_number(lines[0][31:37], "MVA base", Place(file, 1)) if lines[0][31:37].strip() else 100.0
    if base <= 0:
        raise Place(file, 1).fault(f"MVA base = {base:g}: must be more than 0")
    case = _Case(rows, base * 1e6)
    sections = _sections(lines, rows)
    for kind in ("BUS", "BRANCH"):
        if kind not in sections:
            raise DataFormatError(f"has no {kind} DATA. Was the file cut off?", file=file)
    for number, line in sections["BUS"]:
        _add_bus(case, line, Place(file, number))
    for number, line in sections["BRANCH"]:
        _add_branch(case, line, Place(file, number))
    if case.without_base:
        rows.note(f"{case.without_base} buses have no base voltage: taken as {_UNKNOWN_BASE / 1e3:g} kV")
    for kind, what in (("INTERCHANGE", "interchange data"), ("TIE LINE", "tie lines")):
        if sections.get(kind):
            rows.note(f"{what} are left out")
    name = lines[0][45:].strip() or Path(file).stem
    network = rows.network(name, base_power=base * 1e6, frequency=60.0)
    state = FileState(tuple(case.state), *np.array(list(case.state.values())).reshape(-1, 2).T)
    return ImportedNetwork(network, rows.note_lines(), state, "IEEE CDF")


@dataclass
class _Case:
    """What is needed across records."""

    rows: NetworkRows
    base: float
    without_base: int = 0

    def __post_init__(self) -> None:
        self.state: dict[str, tuple[float, float]] = {}
        self.volts: dict[str, float] = {}


def _sections(lines: list[str], rows: NetworkRows) -> dict[str, list[tuple[int, str]]]:
    """Records by section, with their line numbers; every section must have its end."""
    file = rows.file
    out: dict[str, list[tuple[int, str]]] = {}
    name, expected, start = "", 0, 0
    for number, line in enumerate(lines[1:], start=2):
        found = _SECTION.match(line)
        if found:
            if name:
                raise Place(file, number).fault(f"{name} DATA of line {start} has no end (-999)")
            name, start = found[1].upper(), number
            expected = int(found[2]) if found[2] and len(found[2]) < 10 else -1
            out[name] = []
        elif re.match(r"\s*-9+\b", line):
            if name in {"BUS", "BRANCH"} and len(out[name]) < expected:
                raise Place(file, number).fault(
                    f"{name} DATA has {len(out[name])} records, its heading in line {start} says {expected}. "
                    "Was the file cut off?",
                    found=str(len(out[name])),
                    expected=str(expected),
                )
            if name in {"BUS", "BRANCH"} and 0 <= expected < len(out[name]):
                rows.note(f"{name} DATA has {len(out[name])} records, its heading says {expected}: all are taken")
            name = ""
        elif name and line.strip():
            out[name].append((number, line))
    if name in {"BUS", "BRANCH"}:
        raise DataFormatError(f"{name} DATA of line {start} has no end (-999). Was the file cut off?", file=file)
    return out


def _words(line: str, start: int, count: int, columns: tuple[tuple[int, int], ...]) -> Iterator[str]:
    """Fields of a record by the columns of the format; by blanks where columns would cut numbers or miss some."""
    words = line[start:].split()
    cells = [line[first:last].strip() for first, last in columns]
    if len(words) != count:
        return iter(cells)
    inside = "".join("".join(cell.split()) for cell in cells) == "".join(line[start : columns[-1][1]].split())
    cut = any(
        last == columns[place + 1][0] and _is_number_across(line, last) for place, (_, last) in enumerate(columns[:-1])
    )
    return iter(cells if inside and not cut else words)


def _is_number_across(line: str, place: int) -> bool:
    """Whether one number stands on both sides of a place."""
    before, after = line[:place].split(" ")[-1], line[place:].split(" ")[0]
    try:
        float(before + after)
    except ValueError:
        return False
    return bool(before and after)


def _add_bus(case: _Case, line: str, place: Place) -> None:
    rows = case.rows
    bus = str(whole(line[:5], "bus number", place))
    words = _words(line, 17, _BUS_WORDS, _BUS_COLUMNS)
    area, zone = next(words).strip(), next(words).strip()
    names = ("type", "voltage", "angle", "load MW", "load Mvar", "generation MW", "generation Mvar", "base kV",
             "desired volts", "maximum Mvar", "minimum Mvar", "shunt G", "shunt B", "remote bus")  # fmt: skip
    got = {name: written_number(next(words), name, place, 0.0) for name in names}
    volts = got["base kV"] * 1e3
    if volts <= 0:
        volts, case.without_base = _UNKNOWN_BASE, case.without_base + 1
    magnitude, angle = got["voltage"] or 1.0, math.radians(got["angle"])
    rows.add(
        "buses",
        bus,
        {
            "name": tidy_text(line[5:17]),
            "nominal_voltage": volts,
            "start_voltage": magnitude,
            "start_angle": angle,
            "area": area,
            "zone": zone,
        },
        place.line,
        suffix=False,
    )
    case.volts[bus], case.state[bus] = volts, (magnitude, angle)
    if got["load MW"] or got["load Mvar"]:
        values = {"bus": bus, "active_power": got["load MW"] * 1e6, "reactive_power": got["load Mvar"] * 1e6}
        rows.add("loads", bus, values, place.line)
    if got["shunt G"] or got["shunt B"]:
        siemens = case.base / volts**2
        values = {"bus": bus, "conductance": got["shunt G"] * siemens, "susceptance": got["shunt B"] * siemens}
        rows.add("shunts", bus, values, place.line)
    _add_generator(case, bus, got, place)


def _add_generator(case: _Case, bus: str, got: dict[str, float], place: Place) -> None:
    kind = got["type"]
    if kind not in {0, 1, 2, 3}:
        raise place.fault(f"bus type = {kind:g}: 0 to 3", found=f"{kind:g}", expected="0 to 3")
    if kind < 2 and not (got["generation MW"] or got["generation Mvar"]):
        return
    values: dict[str, Any] = {
        "bus": bus,
        "active_power": got["generation MW"] * 1e6,
        "reactive_power": got["generation Mvar"] * 1e6,
        "holds_voltage": kind >= 2,
        "reference": kind == 3,
    }
    if kind >= 2:
        values["voltage"] = got["desired volts"] or got["voltage"] or 1.0
        low, high = got["minimum Mvar"], got["maximum Mvar"]
        if low < high:
            values |= {"minimum_reactive": low * 1e6, "maximum_reactive": high * 1e6}
        remote = round(got["remote bus"])
        if remote and str(remote) != bus:
            values["controlled_bus"] = str(remote)
    case.rows.add("generators", bus, values, place.line)


def _add_branch(case: _Case, line: str, place: Place) -> None:
    words = _words(line, 0, _BRANCH_WORDS, _BRANCH_COLUMNS)
    names = ("tap bus", "Z bus", "area", "zone", "circuit", "type", "R", "X", "B", "rating 1", "rating 2", "rating 3",
             "control bus", "side", "ratio", "angle", "minimum", "maximum", "step", "low limit",
             "high limit")  # fmt: skip
    got = {name: written_number(next(words), name, place, 0.0) for name in names}
    ends = [str(round(got["tap bus"])), str(round(got["Z bus"]))]
    for bus in ends:
        if bus not in case.volts:
            raise place.fault(f"bus {bus} is not in the bus data", found=bus)
    volts = [case.volts[bus] for bus in ends]
    identifier = f"{ends[0]}-{ends[1]}-{got['circuit']:g}"
    if ends[0] == ends[1]:
        raise place.fault(f"branch {identifier} begins and ends at bus {ends[0]}")
    kind = round(got["type"])
    if kind not in range(5):
        raise place.fault(f"branch type = {kind}: 0 to 4")
    ratings = [got[f"rating {number}"] * 1e6 for number in (1, 2, 3)]
    if got["R"] == 0 and got["X"] == 0:
        case.rows.note("branches without impedance are taken as switches")
        case.rows.add("switches", identifier, {"bus": ends[0], "other_bus": ends[1]}, place.line)
    elif kind == 0 and not got["ratio"] and not got["angle"] and volts[0] == volts[1]:
        ohm = volts[0] ** 2 / case.base
        values = {"from_bus": ends[0], "to_bus": ends[1], "resistance": got["R"] * ohm, "reactance": got["X"] * ohm}
        values["susceptance"] = got["B"] / ohm
        for field, rating in zip(("current_rating", "short_time_rating", "emergency_rating"), ratings, strict=True):
            values[field] = rating / (math.sqrt(3) * volts[0]) if rating > 0 else None
        case.rows.add("lines", identifier, values, place.line)
    else:
        values = {
            "from_bus": ends[0],
            "to_bus": ends[1],
            "rated_power": case.base,
            "resistance": got["R"],
            "reactance": got["X"],
            "from_susceptance": got["B"] / 2,
            "to_susceptance": got["B"] / 2,
            "tap_ratio": got["ratio"] or 1.0,
            "phase_shift": math.radians(got["angle"]),
            "tap_changer": _changer(case, kind, got),
        }
        for field, rating in zip(("rating", "short_time_rating", "emergency_rating"), ratings, strict=True):
            values[field] = rating if rating > 0 else None
        case.rows.add("transformers", identifier, values, place.line)


def _changer(case: _Case, kind: int, got: dict[str, float]) -> TapChanger | None:
    """Steps around the present ratio; a shifter's steps are of its angle."""
    if kind < 2:
        return None
    low, high, step, now = got["minimum"], got["maximum"], got["step"], got["ratio"] or 1.0
    control = str(round(got["control bus"]))
    if kind == 4 or not (0 < low < high and step > 0 and low <= now <= high and (high - low) / step <= 10_000):
        case.rows.note("limits and steps of phase shifters, and of transformers without whole ones, are left out")
        return None
    held: dict[str, Any] = {}
    if kind == 2 and control in case.volts and 0 < got["low limit"] <= got["high limit"]:
        width = got["high limit"] - got["low limit"]
        held = {"controls": "voltage", "controlled_bus": control, "deadband": width}
        held["target"] = got["low limit"] + width / 2
    return TapChanger(
        position=0,
        minimum=-round((now - low) / step),
        maximum=round((high - now) / step),
        voltage_step=step / now,
        **held,
    )
