"""Units of length in scripts, and what conductors a connection names."""

from __future__ import annotations

from joulebook.grid.feeder.dss.scanning import Token

__all__ = ["METRES", "conversion", "terminal", "unit_of"]

METRES = {
    "mi": 1609.344,
    "kft": 304.8,
    "km": 1000.0,
    "m": 1.0,
    "ft": 0.3048,
    "in": 0.0254,
    "cm": 0.01,
    "mm": 0.001,
}
"""Length of each unit, m; the international foot (NIST SP 811, appendix B)."""


def unit_of(token: Token) -> str:
    """Read a unit of length.

    Parameters
    ----------
    token : Token
        The parameter.

    Returns
    -------
    str
        A key of ``METRES``; empty for ``none``.

    Raises
    ------
    DataFormatError
        If there is no such unit.
    """
    word = token.value.lower()
    if word.startswith("no"):
        return ""
    if word in METRES:
        return word
    two = {"mi": "mi", "kf": "kft", "km": "km", "me": "m", "ft": "ft", "fe": "ft", "in": "in", "cm": "cm", "mm": "mm"}
    if word[:2] in two:
        return two[word[:2]]
    raise token.place.error(f"{token.value[:20]!r} is no unit of length", expected=", ".join([*METRES, "none"]))


def conversion(start: str, end: str) -> float:
    """How many of one unit make one of another.

    Parameters
    ----------
    start, end : str
        Units; empty for none.

    Returns
    -------
    float
        1 where one of them is not known.
    """
    return METRES[start] / METRES[end] if start and end else 1.0


def terminal(token: Token, phases: int, conductors: int) -> str:
    """Read a connection and write all its nodes out.

    Parameters
    ----------
    token : Token
        Bus, and nodes after points.
    phases : int
        Conductors that are phases: their nodes count up from 1 where they are left out.
    conductors : int
        All; the others are earthed where they are left out.

    Returns
    -------
    str
        Such as ``"632.1.2.3"``.

    Raises
    ------
    DataFormatError
        If it is no connection.
    """
    name, *nodes = token.value.strip().lower().split(".")
    if not name or len(name) > 80 or any(not node.isdecimal() or len(node) > 3 for node in nodes):
        raise token.place.error(
            f"{token.value[:60]!r} is no connection: write bus.node.node",
            found=token.value[:60],
            expected="bus.node.node…",
        )
    given = [str(int(node)) for node in nodes[:conductors]]
    rest = [str(k + 1) if k < phases else "0" for k in range(len(given), conductors)]
    return ".".join([name, *given, *rest])
