"""Electronics boards: designs and their temperatures.

The engine is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook.thermal.board import Board
    from joulebook.thermal.results import BoardResult
    from joulebook.thermal.study import solve

_HOMES = {"Board": "board", "BoardResult": "results", "solve": "study"}

__all__ = ["Board", "BoardResult", "solve"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"joulebook.thermal.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'joulebook.thermal' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
