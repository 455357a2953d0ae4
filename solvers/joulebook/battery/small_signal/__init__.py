"""Impedance of cells from their physics: the models linearised at rest and solved exactly."""

from __future__ import annotations

from joulebook.battery.small_signal.results import ImpedanceResult
from joulebook.battery.small_signal.study import impedance, impedance_values

__all__ = ["ImpedanceResult", "impedance", "impedance_values"]
