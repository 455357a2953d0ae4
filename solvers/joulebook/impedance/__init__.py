"""Equivalent circuits for impedance: designs and their spectra.

The engine is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook.impedance.circuit import Circuit
    from joulebook.impedance.results import SpectrumResult
    from joulebook.impedance.study import spectrum

_HOMES = {"Circuit": "circuit", "SpectrumResult": "results", "spectrum": "study"}

__all__ = ["Circuit", "SpectrumResult", "spectrum"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"joulebook.impedance.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'joulebook.impedance' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
