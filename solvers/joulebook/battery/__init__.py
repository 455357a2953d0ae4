"""Battery cells: designs, figures, discharge models.

The engine is loaded when it is first used, so that a design can be read and weighed without it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from joulebook.battery.balance import Balance, HalfCellBalance, balance, balance_half_cell, initial_state_at
from joulebook.battery.designs import Cell
from joulebook.battery.figures import CellFigures, figures
from joulebook.battery.half_cell import HalfCell

if TYPE_CHECKING:
    from joulebook.battery.builders import cccv, cycling, gitt, hppc, rate_capability
    from joulebook.battery.options import BatteryOptions
    from joulebook.battery.protocol import Protocol
    from joulebook.battery.results import BatteryResult, BatterySweepResult
    from joulebook.battery.simulation import simulate
    from joulebook.battery.small_signal.results import ImpedanceResult
    from joulebook.battery.small_signal.study import impedance, impedance_values
    from joulebook.battery.step_kinds import Charge, Discharge, Drive, Hold, Rest
    from joulebook.battery.steps import Step
    from joulebook.battery.sweeping import sweep

_HOMES = {
    "BatteryOptions": "options",
    "BatteryResult": "results",
    "BatterySweepResult": "results",
    "Charge": "step_kinds",
    "Discharge": "step_kinds",
    "Drive": "step_kinds",
    "Hold": "step_kinds",
    "ImpedanceResult": "small_signal.results",
    "Protocol": "protocol",
    "Rest": "step_kinds",
    "Step": "steps",
    "cccv": "builders",
    "cycling": "builders",
    "gitt": "builders",
    "hppc": "builders",
    "impedance": "small_signal.study",
    "impedance_values": "small_signal.study",
    "rate_capability": "builders",
    "simulate": "simulation",
    "sweep": "sweeping",
}

__all__ = [
    "Balance",
    "BatteryOptions",
    "BatteryResult",
    "BatterySweepResult",
    "Cell",
    "CellFigures",
    "Charge",
    "Discharge",
    "Drive",
    "HalfCell",
    "HalfCellBalance",
    "Hold",
    "ImpedanceResult",
    "Protocol",
    "Rest",
    "Step",
    "balance",
    "balance_half_cell",
    "cccv",
    "cycling",
    "figures",
    "gitt",
    "hppc",
    "impedance",
    "impedance_values",
    "initial_state_at",
    "rate_capability",
    "simulate",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"joulebook.battery.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'joulebook.battery' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
