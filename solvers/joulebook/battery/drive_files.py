"""Read a drive cycle from a table of text, by its headings.

A heading names quantity and unit: ``Time / s``, ``Current [mA]``, ``Test_Time(s)``, ``power_W``, ``Amps``; without a
unit it means SI. Columns are parted by tabs, semicolons, commas or spaces; with semicolons or tabs, numbers may have a
decimal comma. Lines before the headings and lines that begin with ``#`` are passed over, but a line of headings may
begin with ``#``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import DataFormatError, InputError, Issue

__all__ = ["read_drive"]

_LARGEST_FILE: Final = 100_000_000
"""Bytes."""
_HEADINGS_WITHIN: Final = 500
"""Lines in which the headings must stand."""
_PARTED_BY: Final = ("\t", ";", ",", " ")
_NAMES: Final = {
    **dict.fromkeys(("testtime", "test", "totaltime", "elapsedtime", "cumulativetime", "time", "seconds", "t"), "time"),
    **dict.fromkeys(("current", "amps", "amperes", "i"), "current"),
    **dict.fromkeys(("power", "watts", "p"), "power"),
    **dict.fromkeys(("voltage", "volts", "v", "u", "ecell", "ewe"), "voltage"),
    **dict.fromkeys(("crate", "rate"), "c_rate"),
    **dict.fromkeys(("resistance", "load"), "resistance"),
}
_UNITS: Final = {
    "time": {
        **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
        "ms": 1e-3,
        **dict.fromkeys(("min", "minute", "minutes"), 60.0),
        **dict.fromkeys(("h", "hr", "hour", "hours"), 3600.0),
    },
    "current": {**dict.fromkeys(("A", "amp", "amps", "ampere"), 1.0), "mA": 1e-3, "kA": 1e3},
    "power": {**dict.fromkeys(("W", "watt"), 1.0), "mW": 1e-3, "kW": 1e3},
    "voltage": {**dict.fromkeys(("V", "volt", "volts"), 1.0), "mV": 1e-3},
    "c_rate": {"C": 1.0, "1/h": 1.0},
    "resistance": {**dict.fromkeys(("ohm", "Ohm", "Ω"), 1.0), **dict.fromkeys(("mohm", "mOhm", "mΩ"), 1e-3)},
}
_PREFERRED: Final = ("current", "c_rate", "power", "voltage", "resistance")
_HEADING = re.compile(
    r"^[#\s\"']*(?P<name>[A-Za-z][A-Za-z _-]*?)\s*(?:/\s*|_|\[|\(|,\s*)(?P<unit>[A-Za-zΩ/1]+)[\])]?[\s\"']*$"
)
_Columns = dict[str, tuple[int, float]]


def read_drive(path: Path, held: str, positive: str) -> tuple[str, NDArray[np.float64], NDArray[np.float64]]:
    """Read time and one quantity from a table.

    Parameters
    ----------
    path : Path
        The file.
    held : str
        Which quantity; empty for the first there is of current, C-rate, power, voltage and resistance.
    positive : str
        Whether positive numbers of the file mean ``"discharge"`` or ``"charge"``.

    Returns
    -------
    tuple of (str, ndarray, ndarray)
        Quantity, times (s) and values (A, 1/h, W, V or ohm; positive on discharge).

    Raises
    ------
    DataFormatError
        If the file cannot be read, or its headings or a number are not understood.
    InputError
        If ``held`` or ``positive`` is not one of the choices.
    """
    if positive not in {"discharge", "charge"}:
        raise InputError(Issue("positive", positive, "must be “discharge” or “charge”"))
    if (held and held not in _UNITS) or held == "time":
        raise InputError(Issue("held", held, f"must be one of {', '.join(sorted(set(_UNITS) - {'time'}))}"))
    lines = _lines(path)
    first, parted_by, columns = _headings(lines, path.name)
    chosen = _chosen(columns, held, path.name)
    table = _numbers(lines, first, parted_by, [columns["time"][0], columns[chosen][0]], path.name)
    sign = -1.0 if positive == "charge" and chosen != "voltage" else 1.0
    return chosen, table[:, 0] * columns["time"][1], table[:, 1] * (sign * columns[chosen][1]) + 0.0


def _lines(path: Path) -> list[str]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise DataFormatError("has more than 100 MB. Cut the drive cycle out of it", file=path.name)
        raw = path.read_bytes()
    except OSError as error:
        raise DataFormatError(f"cannot be read: {error.strerror}. Check the path {path}", file=path.name) from None
    try:
        return raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return raw.decode("latin-1").splitlines()


def _headings(lines: list[str], file: str) -> tuple[int, str, _Columns]:
    """Find the line after the headings, what parts the columns, and the column and scale of each quantity."""
    for k, line in enumerate(lines[:_HEADINGS_WITHIN]):
        for parted_by in _PARTED_BY:
            columns = _columns(_split(line, parted_by, heading=True))
            if "time" in columns and len(columns) > 1:
                return k + 1, parted_by, columns
    raise DataFormatError(
        "no line with headings for time and a current, power, voltage, C-rate or resistance. "
        "Give it a first line with units, such as: Time / s, Current / A",
        file=file,
        line=1,
        found=(lines[0] if lines else "")[:80],
        expected="Time / s, Current / A",
    )


def _columns(fields: list[str]) -> _Columns:
    found: _Columns = {}
    for k, field in enumerate(fields):
        quantity, scale = _heading(field)
        if quantity:
            found.setdefault(quantity, (k, scale))
    return found


def _heading(field: str) -> tuple[str, float]:
    """The quantity of a column and its factor to SI; no quantity where the heading is not understood."""
    heading = _HEADING.match(field)
    if heading:
        quantity = _NAMES.get(_plain(heading["name"]), "")
        unit = heading["unit"]
        units = _UNITS.get(quantity, {})
        scale = units.get(unit, units.get(unit.lower()) if len(unit) > 2 else None)
        if scale is not None:
            return quantity, scale
    name = _plain(field)
    return (_NAMES.get(name, ""), 1.0) if len(name) > 1 and name != "test" else ("", 1.0)


def _plain(text: str) -> str:
    return re.sub(r"[#\s_\"'-]", "", text).lower()


def _split(line: str, parted_by: str, *, heading: bool = False) -> list[str]:
    if parted_by != " ":
        return line.split(parted_by)
    joined = re.sub(r"\s*(/)\s*|\s+(?=[\[(])", r"\1", line.lstrip("# ")) if heading else line
    return joined.split()


def _chosen(columns: _Columns, held: str, file: str) -> str:
    there = [name for name in columns if name != "time"]
    if held:
        if held not in columns:
            raise DataFormatError(f"has no column of {held}; it has {', '.join(there)}", file=file)
        return held
    return min(there, key=_PREFERRED.index)


def _numbers(lines: list[str], first: int, parted_by: str, wanted: list[int], file: str) -> NDArray[np.float64]:
    rows = []
    for k, line in enumerate(lines[first:], start=first + 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        fields = _split(line, parted_by)
        row = []
        for column in wanted:
            text = fields[column].strip(" \"'") if column < len(fields) else ""
            if parted_by in {";", "\t"} and "." not in text:
                text = text.replace(",", ".")
            try:
                row.append(float(text))
            except ValueError:
                raise DataFormatError(
                    "is not a number. Drop or mend this line",
                    file=file,
                    line=k,
                    column=column + 1,
                    found=text[:40],
                    expected="a number",
                ) from None
        rows.append(row)
    if len(rows) < 2:
        raise DataFormatError("has fewer than two lines of numbers", file=file)
    return np.array(rows)
