"""Power networks: designs and their studies.

The engine is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook.grid.network import Network
    from joulebook.grid.tables import Table

_HOMES = {
    "Network": "network",
    "Table": "tables",
}

__all__ = [
    "Network",
    "Table",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"joulebook.grid.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'joulebook.grid' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
