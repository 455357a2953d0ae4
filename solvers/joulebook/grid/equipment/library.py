"""The equipment library: tables in ``data``, read once, searched by words and by ranges.

Rows stay plain until somebody asks for them: a search runs over lower-case text and floats, and only what it finds is
made into typed entries.
"""

from __future__ import annotations

import csv
import functools
import re
import tomllib
import unicodedata
from importlib import resources
from typing import Any, Final

from joulebook.core.display import quantity_of
from joulebook.core.errors import CorruptRecordError, InputError, Issue
from joulebook.grid.equipment.found import Found, Row
from joulebook.grid.equipment.kinds import KINDS
from joulebook.grid.equipment.records import Equipment, EquipmentSource

__all__ = ["counts", "index", "named", "names", "plain_text", "rows", "search", "slug", "sources"]

_FILES: Final = {
    "generator": ("generators.csv",),
    "transformer": ("transformers.csv", "standard_parts/transformers.csv"),
    "line": ("lines.csv",),
    "cable": ("cables.csv", "standard_parts/cables.csv"),
    "relay": ("standard_parts/relays.csv",),
    "fuse": ("fuses.csv", "standard_parts/fuses.csv"),
    "breaker": ("standard_parts/breakers.csv",),
    "capacitor": ("standard_parts/capacitors.csv",),
}
_ORIGINS: Final = ("catalogue", "standard part")
_TEXTS: Final = {"conductor_material", "insulation", "vector_group", "tap_side", "curve", "characteristic"}
_CURVES: Final = {"melting", "clearing"}
_WHOLE: Final = {"tap_lowest", "tap_highest"}


def plain_text(text: str) -> str:
    """Take accents and capitals away, so that what people type finds what is written.

    Parameters
    ----------
    text : str
        Any.

    Returns
    -------
    str
        In lower case, ``×`` as ``x``, ``mm²`` as ``mm2``.
    """
    decomposed = unicodedata.normalize("NFKD", text.replace("×", "x"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


@functools.cache
def sources() -> dict[str, EquipmentSource]:
    """Read the sources of all values.

    Returns
    -------
    dict of str to EquipmentSource
        By key.
    """
    text = resources.files("joulebook.grid.equipment").joinpath("data/sources.toml").read_text(encoding="utf-8")
    return {key: EquipmentSource(key=key, **item) for key, item in tomllib.loads(text).items()}


@functools.cache
def rows() -> tuple[Row, ...]:
    """Read all tables.

    Returns
    -------
    tuple of Row
        In the order of kinds and of the tables.
    """
    out: list[Row] = []
    folder = resources.files("joulebook.grid.equipment").joinpath("data")
    for kind, files in _FILES.items():
        for file in files:
            with folder.joinpath(file).open(encoding="utf-8") as stream:
                out += [_row(kind, file, line) for line in csv.DictReader(stream)]
    return tuple(out)


def _row(kind: str, file: str, line: dict[str, str]) -> Row:
    try:
        values: dict[str, Any] = {"id": slug(kind, line["name"]), "kind": kind}
        for column, cell in line.items():
            if cell == "":
                continue
            values[column] = _value(column, cell)
    except (ValueError, KeyError, AttributeError) as error:
        raise CorruptRecordError(f"cannot be read: {error}", file=file, found=str(line)) from None
    words = (line["name"], kind, line.get("keywords") or "", line["origin"], sources()[line["source"]].title)
    return Row(values["id"], line["name"], kind, line["origin"], plain_text(" ".join(words)), values)


def _value(column: str, cell: str) -> Any:
    if column in {"name", "origin", "source", "keywords"} | _TEXTS:
        return cell
    if column == "sources":
        return dict(part.split("=", 1) for part in cell.split("; "))
    if column in _CURVES:
        return tuple((float(a), float(b)) for a, b in (point.split() for point in cell.split("; ")))
    return int(cell) if column in _WHOLE else float(cell)


def slug(kind: str, name: str) -> str:
    """Make the lasting name of an entry.

    Parameters
    ----------
    kind : str
        Of the library.
    name : str
        As in its source.

    Returns
    -------
    str
        Such as ``"cable/95-mm2-al-xlpe"``.
    """
    return f"{kind}/" + re.sub(r"[^a-z0-9]+", "-", plain_text(name).replace(".", "p")).strip("-")


@functools.cache
def _by_key() -> dict[str, Row]:
    out: dict[str, Row] = {}
    for row in rows():
        out[row.id] = row
        out.setdefault(row.name, row)
    return out


def named(name: str) -> Equipment:
    """Fetch an entry.

    Parameters
    ----------
    name : str
        Its name or its id.

    Returns
    -------
    Equipment
        Typed, with units.

    Raises
    ------
    InputError
        If there is none of that name; the message lists what is near.

    Examples
    --------
    >>> named("95 mm² Al XLPE").rated_current
    227.0
    """
    row = _by_key().get(name)
    if row is None:
        near = [found.name for found in search(str(name), limit=5)] if isinstance(name, str) else []
        raise InputError(
            Issue("name", name, "no such equipment", f"Near it: {', '.join(near) or 'nothing'}; try search()")
        )
    return row.entry()


def names(kind: str | None = None) -> tuple[str, ...]:
    """List the names of entries.

    Parameters
    ----------
    kind : str, optional
        Of one kind only.

    Returns
    -------
    tuple of str
        For :func:`named`.
    """
    _check_choice("kind", kind, tuple(KINDS))
    return tuple(row.name for row in rows() if kind is None or row.kind == kind)


def counts() -> dict[str, dict[str, int]]:
    """Count the entries, catalogue and standard parts apart.

    Returns
    -------
    dict of str to dict of str to int
        By kind, and ``"total"``: how many are ``"catalogue"``, ``"standard part"`` and ``"all"``.

    Examples
    --------
    >>> counts()["total"]["all"] >= 500
    True
    """
    out = {kind: {**dict.fromkeys(_ORIGINS, 0), "all": 0} for kind in (*KINDS, "total")}
    for row in rows():
        for key in (row.kind, "total"):
            out[key][row.origin] += 1
            out[key]["all"] += 1
    return out


def search(
    text: str = "", *, kind: str | None = None, origin: str | None = None, limit: int = 50, **ranges: Any
) -> Found:
    """Search by words and by ranges of values.

    Parameters
    ----------
    text : str
        Words that must all occur in name, kind, keywords or source, in any order; capitals and accents do not matter.
    kind : str, optional
        ``"generator"``, ``"transformer"``, ``"line"``, ``"cable"``, ``"relay"``, ``"fuse"``, ``"breaker"`` or
        ``"capacitor"``.
    origin : str, optional
        ``"catalogue"`` or ``"standard part"``.
    limit : int
        Entries to give, at least 1.
    **ranges : tuple of (float or None, float or None)
        Least and largest value, in SI units, of any value of an entry: ``rated_current=(200, None)``. Entries that
        leave the value open do not match.

    Returns
    -------
    Found
        The best first: those that begin with the words, then those whose name has them all.

    Raises
    ------
    InputError
        If a kind, origin, limit or range is not allowed; the message lists what is.

    Examples
    --------
    >>> found = search("cable XLPE", rated_current=(200.0, 260.0), origin="standard part")
    >>> [entry.name for entry in found]
    ['70 mm² Cu XLPE', '95 mm² Al XLPE']
    """
    _check_choice("kind", kind, tuple(KINDS))
    _check_choice("origin", origin, _ORIGINS)
    if not isinstance(text, str) or len(text) > 500:
        raise InputError(Issue("text", text, "must be text of at most 500 letters"))
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise InputError(Issue("limit", limit, "must be a whole number of at least 1"))
    spans = {field: _span(field, given) for field, given in ranges.items()}
    words = plain_text(text).split()
    scored = []
    for place, row in enumerate(rows()):
        if (kind is not None and row.kind != kind) or (origin is not None and row.origin != origin):
            continue
        if not all(word in row.text for word in words):
            continue
        if all(_within(row.values.get(field), span) for field, span in spans.items()):
            scored.append((_rank(row, words), place, row))
    scored.sort(key=lambda item: item[:2])
    return Found(tuple(row for _, _, row in scored[:limit]), len(scored))


def _rank(row: Row, words: list[str]) -> int:
    name = plain_text(row.name)
    whole = " ".join(words)
    if not words or name == whole:
        return 0
    if name.startswith(whole):
        return 1
    parts = set(re.split(r"[\s,/]+", name))
    if all(word in parts for word in words):
        return 2
    return 3 if all(word in name for word in words) else 4


def _within(value: Any, span: tuple[float, float]) -> bool:
    return isinstance(value, float | int) and span[0] * (1 - 1e-12) <= value <= span[1] * (1 + 1e-12)


def _span(field: str, given: Any) -> tuple[float, float]:
    known = sorted(
        {
            name
            for model in KINDS.values()
            for name, item in model.model_fields.items()
            if name not in Equipment.model_fields and (quantity_of(item) is not None or name in _WHOLE)
        }
    )
    if field not in known:
        raise InputError(Issue(field, given, "no value of this name has a range", f"There are: {', '.join(known)}"))
    try:
        low, high = given
        span = (-float("inf") if low is None else float(low), float("inf") if high is None else float(high))
    except (TypeError, ValueError):
        rule = "must be two numbers, or None for an open end"
        raise InputError(Issue(field, given, rule, f"Write {field}=(100.0, None)")) from None
    if not span[0] <= span[1]:
        raise InputError(Issue(field, given, "must not fall", "Swap the two"))
    return span


def _check_choice(name: str, given: str | None, known: tuple[str, ...]) -> None:
    if given is not None and given not in known:
        raise InputError(Issue(name, given, "not of this library", f"There are: {', '.join(known)}"))


def index() -> dict[str, Any]:
    """Give the whole library as plain values, for a browser.

    Returns
    -------
    dict
        ``entries`` in SI units, ``sources`` by key, ``counts`` and the ``units`` of values.
    """
    units = {
        name: quantity.unit
        for model in KINDS.values()
        for name, item in model.model_fields.items()
        if (quantity := quantity_of(item)) is not None and quantity.unit != "1"
    }
    return {
        "counts": counts(),
        "units": dict(sorted(units.items())),
        "sources": {
            key: {"title": item.title, **({"through": item.through} if item.through else {}), "licence": item.licence}
            for key, item in sorted(sources().items())
        },
        "entries": [dict(row.values) for row in rows()],
    }
