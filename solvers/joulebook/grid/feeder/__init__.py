"""Three-phase and four-wire distribution feeders: designs, OpenDSS scripts, unbalanced power flow.

The engine is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook.grid.feeder.design import Feeder
    from joulebook.grid.feeder.elements import (
        Capacitor,
        CapacitorControl,
        Generator,
        Load,
        LoadShape,
        Reactor,
        RegulatorControl,
        Transformer,
        VoltageSource,
        Winding,
    )
    from joulebook.grid.feeder.line_elements import Conductor, Line, LineCode, LineGeometry, PlacedConductor
    from joulebook.grid.feeder.line_matrices import kron_reduction, line_constants
    from joulebook.grid.feeder.power_flow import unbalanced_power_flow
    from joulebook.grid.feeder.results import UnbalancedResult
    from joulebook.grid.feeder.series_result import UnbalancedSeriesResult
    from joulebook.grid.feeder.time_series import unbalanced_time_series

_HOMES = {
    "Capacitor": "elements",
    "CapacitorControl": "elements",
    "Conductor": "line_elements",
    "Feeder": "design",
    "Generator": "elements",
    "Line": "line_elements",
    "LineCode": "line_elements",
    "LineGeometry": "line_elements",
    "Load": "elements",
    "LoadShape": "elements",
    "PlacedConductor": "line_elements",
    "Reactor": "elements",
    "RegulatorControl": "elements",
    "Transformer": "elements",
    "UnbalancedResult": "results",
    "UnbalancedSeriesResult": "series_result",
    "VoltageSource": "elements",
    "Winding": "elements",
    "kron_reduction": "line_matrices",
    "line_constants": "line_matrices",
    "unbalanced_power_flow": "power_flow",
    "unbalanced_time_series": "time_series",
}

__all__ = [
    "Capacitor",
    "CapacitorControl",
    "Conductor",
    "Feeder",
    "Generator",
    "Line",
    "LineCode",
    "LineGeometry",
    "Load",
    "LoadShape",
    "PlacedConductor",
    "Reactor",
    "RegulatorControl",
    "Transformer",
    "UnbalancedResult",
    "UnbalancedSeriesResult",
    "VoltageSource",
    "Winding",
    "kron_reduction",
    "line_constants",
    "unbalanced_power_flow",
    "unbalanced_time_series",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"joulebook.grid.feeder.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'joulebook.grid.feeder' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
