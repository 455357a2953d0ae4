"""The kinds of the equipment library and their classes."""

from __future__ import annotations

from typing import Final

from joulebook.grid.equipment.conductors import Cable, Line
from joulebook.grid.equipment.machines import Capacitor, Generator, Transformer
from joulebook.grid.equipment.records import Equipment
from joulebook.grid.equipment.switchgear import Breaker, Fuselink, OvercurrentRelay

__all__ = ["KINDS"]

KINDS: Final[dict[str, type[Equipment]]] = {
    "generator": Generator,
    "transformer": Transformer,
    "line": Line,
    "cable": Cable,
    "relay": OvercurrentRelay,
    "fuse": Fuselink,
    "breaker": Breaker,
    "capacitor": Capacitor,
}
"""Class of each kind."""
