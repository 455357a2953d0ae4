"""Load shapes of a script."""

from __future__ import annotations

from typing import Any

from joulebook.grid.feeder.dss.files import Library
from joulebook.grid.feeder.dss.scanning import Token, as_integer, as_number, as_numbers, as_yes
from joulebook.grid.feeder.dss.script import Item, Script, numbers_in_file
from joulebook.grid.feeder.dss.settings import last

__all__ = ["shape_records"]

_DEFAULT_SHAPE = (
    ".677 .6256 .6087 .5833 .58028 .6025 .657 .7477 .832 .88 .94 .989 .985 .98 .9898 .999 1 .958 .936 .913 .876 .876 "
    ".828 .756"
)
"""The load shape named ``default`` that every OpenDSS circuit has (Executive.pas of OpenDSS)."""


def shape_records(script: Script, library: Library, used: set[str]) -> dict[str, dict[str, Any]]:
    """Convert the load shapes that are used.

    Parameters
    ----------
    script : Script
        What the script says.
    library : Library
        For shapes in files.
    used : set of str
        Their names.

    Returns
    -------
    dict of str to dict
        Records by identifier.
    """
    out: dict[str, dict[str, Any]] = {}
    if "default" in used and "default" not in script.items["loadshape"]:
        out["default"] = {"interval": 3600.0, "active": [float(word) for word in _DEFAULT_SHAPE.split()]}
    for item in script.items["loadshape"].values():
        if item.name in used:
            out[item.name] = _shape(item, library)
    return out


def _shape(item: Item, library: Library) -> dict[str, Any]:
    tokens = last(item)
    points = as_integer(tokens["npts"], 0, 1_000_000) if "npts" in tokens else 0
    active = next((tokens[name] for name in ("mult", "pmult", "csvfile") if name in tokens), None)
    if active is None or any(name in tokens for name in ("hour", "sngfile", "dblfile", "pqcsvfile")):
        raise item.place.error(f"loadshape {item.name}: give npts, an interval, and mult as numbers or as a text file")
    interval = 3600.0
    for name, token in item.settings:
        if name in {"interval", "minterval", "sinterval"}:
            interval = as_number(token) * {"i": 3600.0, "m": 60.0, "s": 1.0}[name[0]]
    out: dict[str, Any] = {
        "interval": interval,
        "active": _values(active, library, points),
        "actual": "useactual" in tokens and as_yes(tokens["useactual"]),
    }
    if "qmult" in tokens:
        out["reactive"] = _values(tokens["qmult"], library, points)
    return out


def _values(token: Token, library: Library, points: int) -> list[float]:
    word = token.value.strip()
    key, _, rest = word.partition("=")
    if token.name == "csvfile":
        key, rest = "file", word
    if key.strip().lower() not in {"file", "csvfile"} or not rest:
        values = as_numbers(token)
        return values[:points] if points else values
    options = dict(pair.split("=", 1) for pair in rest.replace(",", " ").split()[1:] if "=" in pair)
    name = rest.replace(",", " ").split()[0]
    folder = (library.folder / token.place.file).parent
    try:
        path = library.find(name, folder)
    except OSError:
        path = None
    if path is None:
        raise token.place.error(f"there is no file {name[:80]!r} in the folder that may be read", found=name[:80])
    column = options.get("column", "1")
    skip = int(options.get("header", "n")[:1].lower() in {"y", "t"})
    if not column.isdecimal() or not 1 <= int(column) <= 1000:
        raise token.place.error(f"column = {column[:20]}: must be from 1 to 1000")
    values = numbers_in_file(library.text(path, token.place), int(column), skip, token.place)
    return values[:points] if points else values
