"""The UCTE data exchange format (UCTE-DEF): nodes, lines, transformers and their regulation.

The regulated winding (second node of a transformer) is the ``from`` side here. At step ``n'`` its ratio is
``1 + n' du`` for phase regulation, and ``1 + n' du e^(j theta)`` for asymmetrical angle regulation; symmetrical angle
regulation turns by ``2 atan(n' du sin(theta) / (2 (1 + n' du cos(theta))))`` without a change of magnitude.
Impedances are ohm at the rated voltage of the winding that is not regulated. Generation counts as negative load.

References
----------
UCTE, *UCTE data exchange format for load flow and three phase short circuit studies (UCTE-DEF)*, version 02 (2007).
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joulebook.core.errors import DataFormatError
from joulebook.grid.elements import TapChanger
from joulebook.grid.formats.imported import ImportedNetwork
from joulebook.grid.formats.rows import NetworkRows, tidy_text
from joulebook.grid.formats.text_files import Place, read_text, whole, written_number

__all__ = ["read_ucte"]

_KILOVOLT = dict(zip("0123456789", (750, 380, 220, 150, 120, 110, 70, 27, 330, 500), strict=True)) | dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 15.7, 15, 13.7, 13, 12, 11, 9.8, 9, 8, 7, 6, 5, 4, 3, 2, 1),
        strict=True,
    )
)
"""Nominal voltage by the seventh letter of a node's code, in kV."""
_BASE = 100e6
_COUPLERS, _OUT = {2, 7}, {7, 8, 9}
_BLOCKS = {"N", "L", "T", "R", "TT", "E", "C"}


@dataclass
class _Case:
    """What is needed across records."""

    rows: NetworkRows
    volts: dict[str, float] = field(default_factory=dict)
    regulation: dict[str, tuple[str, Place]] = field(default_factory=dict)
    special: set[str] = field(default_factory=set)


def read_ucte(source: str | Path | bytes) -> ImportedNetwork:
    """Read a case.

    Parameters
    ----------
    source : str, Path or bytes
        The file, or what stands in it.

    Returns
    -------
    ImportedNetwork
        The network with its notes.

    Raises
    ------
    DataFormatError
        If a record is damaged.
    InputError
        With every value that cannot be.
    """
    text, file = read_text(source)
    blocks = _blocks(text, file)
    if not blocks.get("N"):
        raise DataFormatError("has no nodes (##N)", file=file)
    case = _Case(NetworkRows(file))
    for line, place, country in blocks["N"]:
        _add_node(case, line, place, country)
    for line, place, _ in blocks.get("L", ()):
        _add_line(case, line, place)
    for line, place, _ in blocks.get("R", ()):
        case.regulation[_branch(case, line, place)[2]] = (line, place)
    for line, _, _ in blocks.get("TT", ()):
        case.special.add(_identifier(line))
    for line, place, _ in blocks.get("T", ()):
        _add_transformer(case, line, place)
    if blocks.get("E"):
        case.rows.note("exchange programmes (##E) are left out")
    network = case.rows.network(Path(file).stem or "UCTE case", base_power=_BASE)
    return ImportedNetwork(network, case.rows.note_lines(), None, "UCTE-DEF")


def _blocks(text: str, file: str) -> dict[str, list[tuple[str, Place, str]]]:
    out: dict[str, list[tuple[str, Place, str]]] = {}
    name = country = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.expandtabs(8).rstrip()
        if line.startswith("##"):
            key = line[2:].split()[0] if line[2:].split() else ""
            if key[:1] == "Z":
                country = key[1:]
            elif key in _BLOCKS or key[:1] == "C":
                name = "C" if key[:1] == "C" else key
                out.setdefault(name, [])
            elif name != "C":
                raise Place(file, number).fault(
                    f"{line[:20]!r} is not a block: ##N, ##L, ##T, ##R, ##TT, ##E, ##C, ##Z"
                )
        elif name and name != "C" and line.strip():
            out[name].append((line, Place(file, number), country))
    return out


def _field(line: str, first: int, last: int, name: str, place: Place) -> float | None:
    text = line[first:last].strip()
    return written_number(text, name, place) if text else None


def _add_node(case: _Case, line: str, place: Place, country: str) -> None:
    code = line[:8].strip()
    letter = line[6:7]
    if len(code) < 6 or letter not in _KILOVOLT:
        raise place.fault(f"node code {line[:8]!r}: its seventh letter must name a voltage level (0-9, A-Z)")
    nominal = _KILOVOLT[letter] * 1e3
    kind = whole(line[24:25], "node type", place, 0)
    if kind not in range(4):
        raise place.fault(f"node type = {kind}: 0 to 3")
    reference = _field(line, 26, 32, "reference voltage", place)
    start = reference * 1e3 / nominal if reference and 0 < reference * 1e3 <= 3 * nominal else 1.0
    values = {"name": tidy_text(line[9:21]), "nominal_voltage": nominal, "start_voltage": start, "area": country}
    bus = case.rows.add("buses", code, values, place.line, suffix=False)
    case.volts[bus] = nominal
    p, q = (_field(line, *columns, name, place) for columns, name in (((33, 40), "load MW"), ((41, 48), "load Mvar")))
    if p or q:
        values = {"bus": bus, "active_power": (p or 0.0) * 1e6, "reactive_power": (q or 0.0) * 1e6}
        case.rows.add("loads", bus, values, place.line)
    _add_generator(case, bus, line, place, kind, reference)
    if _field(line, 111, 118, "fault power", place):
        case.rows.note("three-phase fault powers of nodes are left out")


def _add_generator(case: _Case, bus: str, line: str, place: Place, kind: int, reference: float | None) -> None:
    names = ("generation MW", "generation Mvar", "minimum MW", "maximum MW", "minimum Mvar", "maximum Mvar")
    found = [_field(line, 49 + 8 * index, 56 + 8 * index, name, place) for index, name in enumerate(names)]
    p, q = found[0] or 0.0, found[1] or 0.0
    if kind == 1:
        case.rows.note("nodes of given angle and reactive power (type 1) are taken as such of given power")
    holds = kind in {2, 3}
    if not (p or q or holds):
        return
    values: dict[str, Any] = {
        "bus": bus,
        "active_power": -p * 1e6,
        "reactive_power": -q * 1e6,
        "holds_voltage": holds,
        "reference": kind == 3,
    }
    if holds:
        if not reference:
            raise place.fault(f"node {bus} holds its voltage (type {kind}), but gives none")
        values["voltage"] = reference * 1e3 / case.volts[bus]
    for low, high, what in ((found[2], found[3], "power"), (found[4], found[5], "reactive")):
        if low is not None and high is not None and low != high:
            values[f"minimum_{what}"], values[f"maximum_{what}"] = sorted((-low * 1e6, -high * 1e6))
    case.rows.add("generators", bus, values, place.line)


def _identifier(line: str) -> str:
    return f"{line[:8].strip()} {line[9:17].strip()} {line[18:19].strip()}".strip()


def _branch(case: _Case, line: str, place: Place) -> tuple[str, str, str]:
    ends = [line[:8].strip().replace(".", "-"), line[9:17].strip().replace(".", "-")]
    for node in ends:
        if node not in case.volts:
            raise place.fault(f"node {node!r} is not in the list of nodes (##N)", found=node)
    return ends[0], ends[1], _identifier(line)


def _add_line(case: _Case, line: str, place: Place) -> None:
    first, second, identifier = _branch(case, line, place)
    if first == second:
        case.rows.note("lines that begin and end at one node: left out")
        return
    status = whole(line[20:21], "status", place, 0)
    r, x = (_field(line, *at, name, place) or 0.0 for at, name in (((22, 28), "R"), ((29, 35), "X")))
    limit = _field(line, 45, 51, "current limit", place)
    rated = limit if limit and limit > 0 else None
    name = tidy_text(line[52:64])
    if status in _COUPLERS or (r == 0 and x == 0):
        if status not in _COUPLERS:
            case.rows.note("lines without impedance are taken as switches")
        values: dict[str, Any] = {"bus": first, "other_bus": second, "closed": status not in _OUT, "name": name}
        case.rows.add("switches", identifier, values | {"rated_current": rated}, place.line)
        return
    values = {
        "name": name,
        "from_bus": first,
        "to_bus": second,
        "resistance": r,
        "reactance": x,
        "susceptance": (_field(line, 36, 44, "B", place) or 0.0) * 1e-6,
        "current_rating": rated,
        "in_service": status not in _OUT,
    }
    case.rows.add("lines", identifier, values, place.line)


def _add_transformer(case: _Case, line: str, place: Place) -> None:
    plain, regulated, identifier = _branch(case, line, place)
    if plain == regulated:
        raise place.fault(f"begins and ends at node {plain}")
    status = whole(line[20:21], "status", place, 0)
    volts = [_field(line, *at, "rated voltage", place) for at in ((22, 27), (28, 33))]
    if not all(value and value > 0 for value in volts):
        raise place.fault(f"rated voltages = {line[22:33].strip()!r} kV: both must be more than 0")
    power = _field(line, 34, 39, "nominal power", place)
    base = power * 1e6 if power and power > 0 else _BASE
    plain_volts, regulated_volts = (value * 1e3 for value in volts if value)
    ohm = plain_volts**2 / base
    r, x = (_field(line, *at, name, place) or 0.0 for at, name in (((40, 46), "R"), ((47, 53), "X")))
    b, g = (_field(line, *at, name, place) or 0.0 for at, name in (((54, 62), "B"), ((63, 69), "G")))
    limit = _field(line, 70, 76, "current limit", place)
    turned, changer = _regulation(case, identifier)
    if identifier in case.special:
        case.rows.note(f"transformer {identifier}: its table of impedances by step (##TT) is left out")
    values = {
        "name": tidy_text(line[77:89]),
        "from_bus": regulated,
        "to_bus": plain,
        "rated_power": base,
        "from_rated_voltage": regulated_volts,
        "to_rated_voltage": plain_volts,
        "resistance": r / ohm,
        "reactance": x / ohm,
        "from_conductance": g * 1e-6 * ohm,
        "from_susceptance": b * 1e-6 * ohm,
        "tap_ratio": 1.0 if changer else abs(turned),
        "phase_shift": cmath.phase(turned),
        "tap_changer": changer,
        "rating": math.sqrt(3) * regulated_volts * limit if limit and limit > 0 else None,
        "in_service": status not in _OUT,
    }
    case.rows.add("transformers", identifier, values, place.line)


def _regulation(case: _Case, identifier: str) -> tuple[complex, TapChanger | None]:
    """Complex ratio of the regulated winding, and its steps where these are of the magnitude alone."""
    if identifier not in case.regulation:
        return 1.0 + 0j, None
    line, place = case.regulation[identifier]
    turned: complex = 1.0 + 0j
    changer = None
    step, most, now = (_field(line, *at, name, place) for at, name in
                       (((20, 25), "phase du"), ((26, 28), "phase n"), ((29, 32), "phase n'")))  # fmt: skip
    if step and most and now is not None:
        most = _check_step(case, now, most, place)
        turned *= 1 + now * step / 100
        changer = TapChanger(
            position=round(now), minimum=-round(most), maximum=round(most), voltage_step=step / 100,
            **_held(case, line, place),
        )  # fmt: skip
    step, theta, most, now = (_field(line, *at, name, place) for at, name in
                              (((39, 44), "angle du"), ((45, 50), "theta"), ((51, 53), "angle n"),
                               ((54, 57), "angle n'")))  # fmt: skip
    if step and most and now is not None:
        _check_step(case, now, most, place)
        case.rows.note("steps of angle regulation are left out; the present ratio and angle are kept")
        angle = math.radians(90.0 if theta is None else theta)
        phasor = 1 + now * step / 100 * cmath.exp(1j * angle)
        if line[64:68].strip() == "SYMM":
            phasor = cmath.exp(2j * math.atan2(phasor.imag, 2 * phasor.real))
        turned, changer = turned * phasor, None
    if not abs(turned) > 0:
        raise place.fault(f"the regulation of {identifier} makes the ratio {abs(turned):g}")
    return turned, changer


def _check_step(case: _Case, now: float, most: float, place: Place) -> float:
    """The largest step, which the present one may not exceed by the format, but does in files."""
    if now != round(now) or most != round(most) or not 0 < most < 1000:
        raise place.fault(f"step n' = {now:g} of n = {most:g}: both are whole numbers, n more than 0")
    if abs(now) > most:
        case.rows.note(f"step n' = {now:g} of line {place.line} lies outside of -{most:g} to {most:g}; it is kept")
    return max(abs(now), most)


def _held(case: _Case, line: str, place: Place) -> dict[str, Any]:
    """What an automatic controller would hold: the voltage at the regulated node."""
    volts = _field(line, 33, 38, "regulated voltage", place)
    nominal = case.volts[line[9:17].strip().replace(".", "-")]
    if not volts or not 0 < volts * 1e3 < 3 * nominal:
        return {}
    bus = line[9:17].strip().replace(".", "-")
    return {"controls": "voltage", "controlled_bus": bus, "target": volts * 1e3 / nominal}
