"""Read a drive cycle from a table of text, by its headings.

A heading names quantity and unit: ``Time / s``, ``Current [mA]``, ``Test_Time(s)``, ``power_W``. Columns are parted by
tabs, semicolons, commas or spaces; with semicolons or tabs, numbers may have a decimal comma. Lines before the
headings and lines that begin with ``#`` are passed over, but a line of headings may begin with ``#``.
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
    "time": "time",
    "t": "time",
    "testtime": "time",
    "totaltime": "time",
    "elapsedtime": "time",
    "current": "current",
    "i": "current",
    "power": "power",
    "p": "power",
    "voltage": "voltage",
    "v": "voltage",
    "u": "voltage",
    "crate": "c_rate",
    "rate": "c_rate",
    "resistance": "resistance",
    "load": "resistance",
}
_UNITS: Final = {
    "time": {"s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0, "hr": 3600.0},
    "current": {"A": 1.0, "mA": 1e-3, "kA": 1e3},
    "power": {"W": 1.0, "mW": 1e-3, "kW": 1e3},
    "voltage": {"V": 1.0, "mV": 1e-3},
    "c_rate": {"C": 1.0, "1/h": 1.0},
    "resistance": {"ohm": 1.0, "Ohm": 1.0, "Ω": 1.0, "mohm": 1e-3, "mOhm": 1e-3, "mΩ": 1e-3},
}
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
        Which quantity; empty to take the only one that drives a cell (current, C-rate or power before voltage).
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
    return chosen, table[:, 0] * columns["time"][1], table[:, 1] * (sign * columns[chosen][1])


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
        heading = _HEADING.match(field)
        if not heading:
            continue
        quantity = _NAMES.get(re.sub(r"[ _-]", "", heading["name"]).lower(), "")
        scale = _UNITS.get(quantity, {}).get(heading["unit"])
        if scale is not None:
            found.setdefault(quantity, (k, scale))
    return found


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
    driving = [name for name in there if name not in {"voltage", "resistance"}] or there
    if len(driving) > 1:
        raise DataFormatError(f"has columns of {' and '.join(driving)}: say which one with held=…", file=file)
    return driving[0]


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
