"""Derivatives of the measured voltages by the parameters of a fit, from forward sensitivities of the engine.

The engine differentiates along the same time steps, so its derivatives hold none of the noise that steps chosen anew
bring into differences. Where a run starts at a state of charge, the concentrations at the start follow from the
parameters, and the chain rule adds their part,

    dV/dp = ∂V/∂p + Σ_k ∂V/∂c_k · dc_k/dp ,

with the concentrations c_k at the start, whose own derivatives are central differences of the balance at rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.analysis.fit_parameters import INITIAL_SOC
from joulebook.battery.analysis.resting import concentrations
from joulebook.core.errors import CancelledError, JoulebookError

if TYPE_CHECKING:
    from joulebook.battery.analysis.fit_problem import FitProblem

__all__ = ["voltage_derivatives"]

Array = NDArray[np.float64]
_CHANGE = 1e-4


def voltage_derivatives(problem: FitProblem, values: Mapping[str, float]) -> dict[str, Array] | None:
    """Differentiate the voltage at the measured times.

    Parameters
    ----------
    problem : FitProblem
        What is fitted.
    values : mapping of str to float, SI units
        Where.

    Returns
    -------
    dict of str to ndarray, shape (n_points,), V per unit of the value
        By path; None where the engine has no answer: a value is zero, a design is refused or a run breaks down.

    Raises
    ------
    CancelledError
        If a person cancelled.
    """
    try:
        from joulebook.battery.sensitivity import sensitivities
    except ImportError:
        return None

    if problem.series is None or any(value == 0.0 for value in values.values()):
        return None
    own = [path for path in values if path != INITIAL_SOC]
    rested = INITIAL_SOC in values or problem.initial_soc is not None
    try:
        design = problem.freed(problem.design(values))
        starts = [path for path, value in concentrations(design).items() if value > 0.0] if rested else []
        asked = list(dict.fromkeys([*own, *starts]))
        found = sensitivities(design, asked, problem.protocol, model=problem.model, options=problem.options)
        moved = {path: _starting_slopes(problem, values, path) for path in values} if rested else {}
    except CancelledError:
        raise
    except JoulebookError:
        return None
    problem.evaluations += 1 + len(asked)
    times = problem.series.time
    covered = times <= found["time"][-1]
    by = {path: np.where(covered, np.interp(times, found["time"], found.by(path)), 0.0) for path in asked}
    total: dict[str, Array] = {}
    for path in values:
        total[path] = by[path].copy() if path in by else np.zeros(times.size)
        for start, slope in moved.get(path, {}).items():
            if start in by and start != path:
                total[path] += by[start] * slope
    return total if all(np.isfinite(column).all() for column in total.values()) else None


def _starting_slopes(problem: FitProblem, values: Mapping[str, float], path: str) -> dict[str, float]:
    """Derivatives of the concentrations at the start by one parameter."""
    change = _CHANGE * (values[path] if path != INITIAL_SOC else 0.1)
    below, above = values[path] - change, values[path] + change
    if path == INITIAL_SOC:
        below, above = max(below, 0.0), min(above, 1.0)
    low, high = (concentrations(problem.design({**values, path: value})) for value in (below, above))
    return {start: (high[start] - low[start]) / (above - below) for start in low}
