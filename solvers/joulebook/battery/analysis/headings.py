"""Which column of a table is time, current, voltage, frequency or impedance, and in which unit: from its heading.

Headings of cyclers and of people are understood alike: ``Test Time / s``, ``Voltage(V)``, ``current_mA``, ``I/mA``,
``Amps``, ``Ewe/V``, ``-Im(Z)/Ohm``. A heading without a unit means SI.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from joulebook.core.errors import Issue

__all__ = ["Column", "find_columns"]

_SECONDS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    "ms": 1e-3,
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
}
_AMPERES: Final = {
    **dict.fromkeys(("a", "amp", "amps", "ampere", "amperes"), 1.0),
    **dict.fromkeys(("ma", "milliamp", "milliamps"), 1e-3),
    **dict.fromkeys(("ua", "µa", "μa"), 1e-6),
    "ka": 1e3,
}
_VOLTS: Final = {**dict.fromkeys(("v", "volt", "volts"), 1.0), **dict.fromkeys(("mv", "millivolts"), 1e-3)}
_HERTZ: Final = {"hz": 1.0, "khz": 1e3, "mhz": 1e-3}
_OHMS: Final = {
    **dict.fromkeys(("ohm", "ohms", "ω"), 1.0),
    **dict.fromkeys(("mohm", "mohms", "mω"), 1e-3),
}
UNITS: Final[dict[str, dict[str, float]]] = {
    "time": _SECONDS,
    "current": _AMPERES,
    "voltage": _VOLTS,
    "frequency": _HERTZ,
    "real": _OHMS,
    "imaginary": _OHMS,
    "minus_imaginary": _OHMS,
}
"""Factor to SI of each unit, in small letters. ``mHz`` is read as millihertz."""
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "time": (
        *("testtime", "totaltime", "elapsedtime", "cumulativetime", "runtime", "time", "seconds", "minutes", "hours"),
        *("times", "t"),
    ),
    "current": ("current", "amps", "amperes", "amp", "milliamps", "currents", "cellcurrent", "i"),
    "voltage": (
        *("voltage", "cellvoltage", "terminalvoltage", "volts", "volt", "millivolts", "ewe", "ecell", "ewece"),
        *("potential", "voltages", "v", "u", "e"),
    ),
    "frequency": ("frequency", "freq", "f"),
    "real": ("rez", "zre", "zreal", "realz", "zprime", "re", "real", "z'"),
    "imaginary": ("imz", "zim", "zimag", "imagz", "zdoubleprime", "im", "imag", "imaginary", "z''"),
    "minus_imaginary": ("-imz", "-zim", "-zimag", "-imagz", "-im", "-imag", "-z''", "minusimz", "negimz"),
}
"""What headings say, without blanks and marks, the better first."""
_BRACKETS = re.compile(r"^(?P<name>.*?)\s*[\[(](?P<unit>[^\[\]()]*)[\])]\s*$")
_SLASH = re.compile(r"^(?P<name>.+?)\s*/\s*(?P<unit>[^/]+)$")
_INNER = re.compile(r"[()<>|]")


class Column(NamedTuple):
    """A column that was recognised."""

    heading: Any
    """As it stands in the table."""
    factor: float
    """To SI."""


def find_columns(
    headings: Sequence[Any], wanted: Sequence[str], chosen: Mapping[str, Any] | None = None
) -> tuple[dict[str, Column], list[Issue]]:
    """Find columns by their headings.

    Parameters
    ----------
    headings : sequence of object
        Of all columns.
    wanted : sequence of str
        Quantities to look for.
    chosen : mapping of str to object, optional
        Quantity to heading, where a person has chosen.

    Returns
    -------
    dict of str to Column
        What was found.
    list of Issue
        What was not found, and units that are not known.
    """
    found: dict[str, Column] = {}
    faults: list[Issue] = []
    listed = ", ".join(str(heading) for heading in list(headings)[:20]) or "none"
    for quantity, heading in (chosen or {}).items():
        if quantity not in wanted or heading not in headings:
            rule = f"must name columns that there are, for {', '.join(wanted)}"
            faults.append(Issue(f"columns.{quantity}", heading, rule, f"There are: {listed}"))
    read = {heading: _split(str(heading)) for heading in headings}
    for quantity in wanted:
        pick = (chosen or {}).get(quantity)
        if pick in headings and pick is not None:
            found[quantity] = Column(pick, _factor(quantity, *read[pick]) or 1.0)
            continue
        ranked = sorted(
            (_NAMES[quantity].index(name), place)
            for place, (name, _unit) in enumerate(read.values())
            if name in _NAMES[quantity]
        )
        if not ranked:
            continue
        heading = list(read)[ranked[0][1]]
        factor = _factor(quantity, *read[heading])
        if factor is None:
            rule = f"has a unit that is not understood for a {quantity}: {read[heading][1]}"
            faults.append(Issue(str(heading), None, rule, f"Known: {', '.join(UNITS[quantity])}"))
        found[quantity] = Column(heading, factor or 1.0)
    return found, faults


def _split(heading: str) -> tuple[str, str]:
    """Name without blanks and marks, and unit; both in small letters."""
    text = heading.strip().strip("#").strip()
    for pattern in (_BRACKETS, _SLASH):
        parts = pattern.match(text)
        if parts and parts["name"] and _known_unit(parts["unit"]):
            return _plain(parts["name"]), parts["unit"].strip().lower()
    words = re.split(r"[\s_]+", text)
    if len(words) > 1 and _known_unit(words[-1]):
        return _plain(" ".join(words[:-1])), words[-1].lower()
    names = {name for known in _NAMES.values() for name in known}
    parts = _BRACKETS.match(text)
    if parts and _plain(text) not in names and _plain(parts["name"]) in names:
        return _plain(parts["name"]), parts["unit"].strip().lower()
    return _plain(text), ""


def _known_unit(text: str) -> bool:
    return any(text.strip().lower() in units for units in UNITS.values())


def _plain(text: str) -> str:
    return re.sub(r"[\s_.]+", "", _INNER.sub("", text)).lower()


def _factor(quantity: str, name: str, unit: str) -> float | None:
    if not unit:
        return UNITS[quantity].get(name, 1.0) if len(name) > 1 else 1.0
    return UNITS[quantity].get(unit)
