"""The equipment library: generators, transformers, lines, cables, relays, fuses, breakers, capacitors, with sources."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook.grid.equipment.conductors import Cable, Line
    from joulebook.grid.equipment.found import Found
    from joulebook.grid.equipment.library import counts, index, named, names, search, sources
    from joulebook.grid.equipment.machines import Capacitor, Generator, Transformer
    from joulebook.grid.equipment.records import Equipment, EquipmentSource
    from joulebook.grid.equipment.switchgear import Breaker, Fuselink, OvercurrentRelay

_HOMES = {
    "Breaker": "switchgear",
    "Cable": "conductors",
    "Capacitor": "machines",
    "Equipment": "records",
    "EquipmentSource": "records",
    "Found": "found",
    "Fuselink": "switchgear",
    "Generator": "machines",
    "Line": "conductors",
    "OvercurrentRelay": "switchgear",
    "Transformer": "machines",
    "counts": "library",
    "index": "library",
    "named": "library",
    "names": "library",
    "search": "library",
    "sources": "library",
}

__all__ = [
    "Breaker",
    "Cable",
    "Capacitor",
    "Equipment",
    "EquipmentSource",
    "Found",
    "Fuselink",
    "Generator",
    "Line",
    "OvercurrentRelay",
    "Transformer",
    "counts",
    "index",
    "named",
    "names",
    "search",
    "sources",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"joulebook.grid.equipment.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'joulebook.grid.equipment' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
