"""What was said of one object: its properties by name, with their defaults."""

from __future__ import annotations

from joulebook.grid.feeder.dss.scanning import Token, as_integer, as_number
from joulebook.grid.feeder.dss.script import Item, Script, is_enabled
from joulebook.grid.feeder.dss.transformers import connection
from joulebook.grid.feeder.dss.units import terminal

__all__ = ["bus_one", "conductors_of", "connection_of", "enabled_items", "last", "number_of", "phases_of"]

MOST_PHASES = 12


def last(item: Item) -> dict[str, Token]:
    """Properties of an object, each as it was given last."""
    return dict(item.settings)


def enabled_items(script: Script, kind: str, plural: str) -> list[Item]:
    """Objects of a class that take part; the others are counted in the notes."""
    out = []
    for item in script.items[kind].values():
        if is_enabled(item):
            out.append(item)
        else:
            script.leave_out(f"{plural} that are not enabled", item.place)
    return out


def bus_one(item: Item, tokens: dict[str, Token], phases: int, conductors: int) -> str:
    """Read the first connection of an object."""
    if "bus1" not in tokens:
        raise item.place.error(f"{item.kind} {item.name} has no bus1")
    return terminal(tokens["bus1"], phases, conductors)


def phases_of(tokens: dict[str, Token]) -> int:
    """Read the number of phases."""
    return as_integer(tokens["phases"], 1, MOST_PHASES) if "phases" in tokens else 3


def connection_of(tokens: dict[str, Token]) -> str:
    """Read wye or delta; wye where it is left out."""
    return connection(tokens["conn"]) if "conn" in tokens else "wye"


def conductors_of(phases: int, connected: str) -> int:
    """Conductors of a load: a neutral for a wye; a delta of one or two phases has one more."""
    return phases if connected == "delta" and phases > 2 else phases + 1


def number_of(tokens: dict[str, Token], name: str, default: float) -> float:
    """Read a number, or take its default."""
    return as_number(tokens[name]) if name in tokens else default
