"""Cryostats: stages, coolers and what carries heat between them; steady temperatures and heat budgets.

The engine is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook.cryo.cryostat import Cryostat, Stage
    from joulebook.cryo.results import CryostatResult
    from joulebook.cryo.study import solve

_HOMES = {"Cryostat": "cryostat", "CryostatResult": "results", "Stage": "cryostat", "solve": "study"}

__all__ = ["Cryostat", "CryostatResult", "Stage", "solve"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"joulebook.cryo.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'joulebook.cryo' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
