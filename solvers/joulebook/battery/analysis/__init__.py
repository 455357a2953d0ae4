"""Analyses of many designs, and of measured data: sensitivities, response surfaces, Ragone plots, fits."""

from __future__ import annotations

from joulebook.battery.analysis.fit_report import FitReport
from joulebook.battery.analysis.fit_result import FitResult
from joulebook.battery.analysis.least_squares import fit
from joulebook.battery.analysis.profile_likelihood import Profile
from joulebook.battery.analysis.ragone_plot import RagoneResult, ragone
from joulebook.battery.analysis.sobol import SobolResult, sobol_indices
from joulebook.battery.analysis.surface import Optimum, ResponseSurface, response_surface

__all__ = [
    "FitReport",
    "FitResult",
    "Optimum",
    "Profile",
    "RagoneResult",
    "ResponseSurface",
    "SobolResult",
    "fit",
    "ragone",
    "response_surface",
    "sobol_indices",
]
