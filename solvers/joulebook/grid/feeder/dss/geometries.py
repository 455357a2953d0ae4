"""Line geometries of a script, and the wires and cables that they place."""

from __future__ import annotations

from typing import Any

from joulebook.grid.feeder.dss.scanning import Token, as_integer, as_name, as_number, as_words, as_yes
from joulebook.grid.feeder.dss.script import Item, Script
from joulebook.grid.feeder.dss.units import METRES, unit_of

__all__ = ["MOST_CONDUCTORS", "conductor_record", "geometry_record"]

MOST_CONDUCTORS = 12


def geometry_record(script: Script, item: Item) -> dict[str, Any]:
    """Read a line geometry.

    Parameters
    ----------
    script : Script
        For the conductors.
    item : Item
        The object.

    Returns
    -------
    dict
        A record of a geometry.

    Raises
    ------
    DataFormatError
        If conductors are missing.
    """
    n, phases, active, reduce, last = 0, 0, 0, False, "ft"
    wires: list[str] = []
    across: list[list[float]] = []
    units: list[str | None] = []
    for name, token in item.settings:
        if name == "nconds":
            n = as_integer(token, 1, 2 * MOST_CONDUCTORS)
            wires, across, units, active = [""] * n, [[0.0, 0.0] for _ in range(n)], [None] * n, 0
        elif name == "nphases":
            phases = as_integer(token, 1, MOST_CONDUCTORS)
        elif name == "reduce":
            reduce = as_yes(token)
        elif (
            name in {"cond", "wire", "cncable", "tscable", "x", "h", "units", "wires", "cncables", "tscables"} and not n
        ):
            raise token.place.error("nconds must come before the conductors")
        elif name == "cond":
            active = as_integer(token, 1, n) - 1
            units[active] = units[active] if units[active] is not None else last
        elif name in {"wire", "cncable", "tscable"}:
            wires[active] = _conductor_id(script, name, token.value, token)
        elif name in {"wires", "cncables", "tscables"}:
            words = as_words(token)
            first = 0 if name != "wires" or not any(wires) else phases
            for k, word in enumerate(words[: n - first]):
                wires[first + k] = _conductor_id(script, name[:-1], word, token)
        elif name in {"x", "h"}:
            across[active][name == "h"] = as_number(token)
        elif name == "units":
            last = units[active] = unit_of(token) or "m"
        elif name == "spacing":
            raise token.place.error("line spacings are not read: give x and h of every conductor", found="spacing")
    if not n or not all(wires) or not phases:
        raise item.place.error(f"line geometry {item.name} lacks conductors or phases")
    factors = [METRES[unit or last] for unit in units]
    placed = [
        {"conductor": wire, "x": x * factor, "height": h * factor}
        for wire, (x, h), factor in zip(wires, across, factors, strict=True)
    ]
    return {"conductors": placed, "phases": phases, "reduce": reduce or n == phases}


_DATA = {"wire": "wiredata", "cncable": "cndata", "tscable": "tsdata"}


def _conductor_id(script: Script, name: str, word: str, token: Token) -> str:
    if as_name(word) not in script.items[_DATA[name]]:
        raise token.place.error(f"there is no {_DATA[name]} {word[:40]!r} yet", found=word[:40])
    return f"{_DATA[name]}/{as_name(word)}"


def conductor_record(script: Script, identifier: str) -> dict[str, Any]:
    """Read a wire or a cable.

    Parameters
    ----------
    script : Script
        For the object.
    identifier : str
        Class and name.

    Returns
    -------
    dict
        A record of a conductor.

    Raises
    ------
    DataFormatError
        If its resistance or size is missing.
    """
    kind, _, name = identifier.partition("/")
    item = script.items[kind][name]
    held: dict[str, float] = {}
    units = {"r": "", "g": "", "d": ""}
    for prop, token in item.settings:
        if prop in {"runits", "gmrunits", "radunits"}:
            units[{"runits": "r", "gmrunits": "g", "radunits": "d"}[prop]] = unit_of(token)
            if prop == "gmrunits" and not units["d"]:
                units["d"] = units["g"]
            elif prop == "radunits" and not units["g"]:
                units["g"] = units["d"]
        elif prop not in {"like", "enabled", "seasons", "ratings", "basefreq"}:
            value = as_number(token)
            held["radius" if prop == "diam" else prop] = value / 2 if prop == "diam" else value
            _fill(held, prop)
    for needed in ("rac", "gmrac", "radius"):
        if needed not in held:
            raise item.place.error(f"{kind} {name} lacks {needed}")
    ohm, gmr, size = (1 / METRES[units["r"] or "m"], METRES[units["g"] or "m"], METRES[units["d"] or "m"])
    out: dict[str, Any] = {
        "resistance": held["rac"] * ohm,
        "dc_resistance": held["rdc"] * ohm,
        "gmr": held["gmrac"] * gmr,
        "radius": held["radius"] * size,
    }
    if held.get("capradius", held["radius"]) != held["radius"]:
        out["capacitance_radius"] = held["capradius"] * size
    if held.get("normamps", 0) > 0:
        out["current_rating"] = held["normamps"]
    if kind != "wiredata":
        out |= _cable(kind, held, ohm, gmr, size)
    return out


def _fill(held: dict[str, float], prop: str) -> None:
    """Values that follow where the script leaves them out."""
    if prop == "rdc":
        held.setdefault("rac", 1.02 * held["rdc"])
    elif prop == "rac":
        held.setdefault("rdc", held["rac"] / 1.02)
    elif prop == "gmrac":
        held.setdefault("radius", held["gmrac"] / 0.7788)
    elif prop in {"radius", "diam"}:
        held.setdefault("gmrac", 0.7788 * held["radius"])
        held.setdefault("capradius", held["radius"])
    elif prop == "diastrand":
        held.setdefault("gmrstrand", 0.7788 * 0.5 * held["diastrand"])


def _cable(kind: str, held: dict[str, float], ohm: float, gmr: float, size: float) -> dict[str, Any]:
    out: dict[str, Any] = {"permittivity": held.get("epsr", 2.3)}
    names = {"diains": "insulation_diameter", "inslayer": "insulation_thickness"}
    if kind == "cndata":
        out |= {"kind": "concentric neutral", "strands": int(held.get("k", 2))}
        names |= {"diastrand": "strand_diameter", "diacable": "outer_diameter"}
        if "gmrstrand" in held:
            out["strand_gmr"] = held["gmrstrand"] * gmr
        if "rstrand" in held:
            out["strand_resistance"] = held["rstrand"] * ohm
    else:
        out |= {"kind": "tape shield", "tape_lap": held.get("tapelap", 20.0) / 100}
        names |= {"diashield": "outer_diameter", "tapelayer": "tape_thickness"}
    return out | {new: held[old] * size for old, new in names.items() if old in held}
