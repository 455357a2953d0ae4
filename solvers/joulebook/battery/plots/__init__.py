"""Drawings of battery runs: over time, across the stack, over cycles, and side by side."""

from __future__ import annotations

from joulebook.battery.plots.ageing import AGEING_COLUMNS, plot_ageing
from joulebook.battery.plots.comparison import Comparison, compare
from joulebook.battery.plots.over_time import plot_over_time
from joulebook.battery.plots.profiles import plot_profiles

__all__ = ["AGEING_COLUMNS", "Comparison", "compare", "plot_ageing", "plot_over_time", "plot_profiles"]
