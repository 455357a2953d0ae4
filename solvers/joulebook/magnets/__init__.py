"""Superconducting magnets: windings and their quench.

The engine is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook.magnets.results import QuenchResult
    from joulebook.magnets.study import quench
    from joulebook.magnets.winding import Conductor, Winding

_HOMES = {"Conductor": "winding", "QuenchResult": "results", "Winding": "winding", "quench": "study"}

__all__ = ["Conductor", "QuenchResult", "Winding", "quench"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"joulebook.magnets.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'joulebook.magnets' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
