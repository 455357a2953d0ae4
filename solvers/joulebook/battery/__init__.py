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
    from joulebook.battery.analysis.fit_report import FitReport
    from joulebook.battery.analysis.fit_result import FitResult
    from joulebook.battery.analysis.least_squares import fit
    from joulebook.battery.analysis.profile_likelihood import Profile
    from joulebook.battery.analysis.ragone_plot import RagoneResult, ragone
    from joulebook.battery.analysis.sobol import SobolResult, sobol_indices
    from joulebook.battery.analysis.surface import Optimum, ResponseSurface, response_surface
    from joulebook.battery.builders import cccv, cycling, gitt, hppc, rate_capability
    from joulebook.battery.instrument import virtual_cycler
    from joulebook.battery.interchange.bpx_reading import load_bpx, read_bpx
    from joulebook.battery.interchange.bpx_writing import save_bpx
    from joulebook.battery.interchange.imported import ConversionWarning, ImportedCell
    from joulebook.battery.interchange.pybamm_reading import load_pybamm, read_pybamm
    from joulebook.battery.models import Model
    from joulebook.battery.options import BatteryOptions
    from joulebook.battery.pack.design import Pack
    from joulebook.battery.pack.results import PackResult
    from joulebook.battery.pack.simulation import simulate_pack
    from joulebook.battery.plots import Comparison, compare
    from joulebook.battery.protocol import Protocol
    from joulebook.battery.results import BatteryResult, BatterySweepResult
    from joulebook.battery.sensitivity import SensitivityResult, sensitivities
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
    "Comparison": "plots",
    "ConversionWarning": "interchange.imported",
    "Discharge": "step_kinds",
    "Drive": "step_kinds",
    "FitReport": "analysis.fit_report",
    "FitResult": "analysis.fit_result",
    "Hold": "step_kinds",
    "ImpedanceResult": "small_signal.results",
    "ImportedCell": "interchange.imported",
    "Model": "models",
    "Optimum": "analysis.surface",
    "Profile": "analysis.profile_likelihood",
    "Pack": "pack.design",
    "PackResult": "pack.results",
    "Protocol": "protocol",
    "RagoneResult": "analysis.ragone_plot",
    "ResponseSurface": "analysis.surface",
    "Rest": "step_kinds",
    "SobolResult": "analysis.sobol",
    "Step": "steps",
    "cccv": "builders",
    "compare": "plots",
    "cycling": "builders",
    "fit": "analysis.least_squares",
    "gitt": "builders",
    "hppc": "builders",
    "impedance": "small_signal.study",
    "impedance_values": "small_signal.study",
    "load_bpx": "interchange.bpx_reading",
    "load_pybamm": "interchange.pybamm_reading",
    "ragone": "analysis.ragone_plot",
    "rate_capability": "builders",
    "read_bpx": "interchange.bpx_reading",
    "read_pybamm": "interchange.pybamm_reading",
    "response_surface": "analysis.surface",
    "save_bpx": "interchange.bpx_writing",
    "SensitivityResult": "sensitivity",
    "sensitivities": "sensitivity",
    "simulate": "simulation",
    "simulate_pack": "pack.simulation",
    "sobol_indices": "analysis.sobol",
    "sweep": "sweeping",
    "virtual_cycler": "instrument",
}

__all__ = [
    "Balance",
    "BatteryOptions",
    "BatteryResult",
    "BatterySweepResult",
    "Cell",
    "CellFigures",
    "Charge",
    "Comparison",
    "ConversionWarning",
    "Discharge",
    "Drive",
    "FitReport",
    "FitResult",
    "HalfCell",
    "HalfCellBalance",
    "Hold",
    "ImpedanceResult",
    "ImportedCell",
    "Model",
    "Optimum",
    "Pack",
    "PackResult",
    "Profile",
    "Protocol",
    "RagoneResult",
    "ResponseSurface",
    "Rest",
    "SensitivityResult",
    "SobolResult",
    "Step",
    "balance",
    "balance_half_cell",
    "cccv",
    "compare",
    "cycling",
    "figures",
    "fit",
    "gitt",
    "hppc",
    "impedance",
    "impedance_values",
    "initial_state_at",
    "load_bpx",
    "load_pybamm",
    "ragone",
    "rate_capability",
    "read_bpx",
    "read_pybamm",
    "response_surface",
    "save_bpx",
    "sensitivities",
    "simulate",
    "simulate_pack",
    "sobol_indices",
    "sweep",
    "virtual_cycler",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"joulebook.battery.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'joulebook.battery' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
