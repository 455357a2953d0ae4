"""Power networks: designs and their studies.

The engine is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook.grid import equipment, protection
    from joulebook.grid.contingency.result import ContingencyResult
    from joulebook.grid.contingency_study import contingencies
    from joulebook.grid.continuation_study import ContinuationResult, continuation
    from joulebook.grid.dispatch.result import OptimalPowerFlowResult
    from joulebook.grid.dispatch.study import optimal_power_flow
    from joulebook.grid.faults.results import ShortCircuitResult
    from joulebook.grid.faults.study import short_circuit
    from joulebook.grid.feeder.design import Feeder
    from joulebook.grid.feeder.line_matrices import line_constants
    from joulebook.grid.feeder.power_flow import unbalanced_power_flow
    from joulebook.grid.feeder.results import UnbalancedResult
    from joulebook.grid.feeder.series_result import UnbalancedSeriesResult
    from joulebook.grid.feeder.time_series import unbalanced_time_series
    from joulebook.grid.formats.imported import ImportedNetwork
    from joulebook.grid.formats.state import StateComparison, compare_with_state, import_network
    from joulebook.grid.network import Network
    from joulebook.grid.power_flow_result import PowerFlowResult
    from joulebook.grid.power_flow_study import power_flow
    from joulebook.grid.tables import Table

_MODULES = {"equipment": "joulebook.grid.equipment", "protection": "joulebook.grid.protection"}

_HOMES = {
    "ContingencyResult": "contingency.result",
    "ContinuationResult": "continuation_study",
    "Feeder": "feeder.design",
    "ImportedNetwork": "formats.imported",
    "Network": "network",
    "OptimalPowerFlowResult": "dispatch.result",
    "PowerFlowResult": "power_flow_result",
    "ShortCircuitResult": "faults.results",
    "StateComparison": "formats.state",
    "Table": "tables",
    "UnbalancedResult": "feeder.results",
    "UnbalancedSeriesResult": "feeder.series_result",
    "compare_with_state": "formats.state",
    "contingencies": "contingency_study",
    "continuation": "continuation_study",
    "import_network": "formats.state",
    "line_constants": "feeder.line_matrices",
    "optimal_power_flow": "dispatch.study",
    "power_flow": "power_flow_study",
    "short_circuit": "faults.study",
    "unbalanced_power_flow": "feeder.power_flow",
    "unbalanced_time_series": "feeder.time_series",
}

__all__ = [
    "ContingencyResult",
    "ContinuationResult",
    "Feeder",
    "ImportedNetwork",
    "Network",
    "OptimalPowerFlowResult",
    "PowerFlowResult",
    "ShortCircuitResult",
    "StateComparison",
    "Table",
    "UnbalancedResult",
    "UnbalancedSeriesResult",
    "compare_with_state",
    "contingencies",
    "continuation",
    "equipment",
    "import_network",
    "line_constants",
    "optimal_power_flow",
    "power_flow",
    "protection",
    "short_circuit",
    "unbalanced_power_flow",
    "unbalanced_time_series",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name in _HOMES:
        return getattr(importlib.import_module(f"joulebook.grid.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'joulebook.grid' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
