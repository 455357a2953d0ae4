"""What a reader of a fit should know before trusting its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.analysis.fit_problem import FitProblem
from joulebook.battery.analysis.identifiability import Information

__all__ = ["correlation_of_neighbours", "warnings_of"]

Array = NDArray[np.float64]
_AT_LIMIT = 1e-3
_CORRELATED = 0.99
_MISFIT = 4.0
_RUNS = 0.5
_SAME = 1.01


def warnings_of(
    problem: FitProblem,
    x: Array,
    residuals: Array,
    known: Information,
    facts: Mapping[str, Any],
    converged: bool,
) -> list[str]:
    """List what should be said.

    Parameters
    ----------
    problem : FitProblem
        What was fitted.
    x : ndarray, shape (n_parameters,)
        The optimum, on the scales of the search.
    residuals : ndarray, shape (n_residuals,)
        At the optimum.
    known : Information
        What the data fix.
    facts : mapping
        Of the result: ``reduced_chi_square``, ``noise_stated``, ``searches``.
    converged : bool
        Whether the search came to its end.

    Returns
    -------
    list of str
        Sentences; empty where all is well.
    """
    said = []
    if not converged:
        said.append("The search was stopped before it converged: raise most_solves")
    if problem.series is not None and problem.covered < float(problem.series.time[-1]) * (1.0 - 1e-9):
        end = float(problem.series.time[-1])
        said.append(f"The run of the fitted cell ends at {problem.covered:.6g} s, before the data do at {end:.6g} s")
    said += _at_limits(problem, x)
    said += [f"The data do not fix {item.text}" for item in known.directions if not item.fixed]
    said += _correlated(problem, known)
    if facts["noise_stated"] and facts["reduced_chi_square"] > _MISFIT:
        said.append(
            f"Residuals are {facts['reduced_chi_square'] ** 0.5:.3g} times the stated noise: the model is not the cell "
            "that was measured. Standard errors are widened by this factor"
        )
    neighbours = correlation_of_neighbours(residuals[: problem.size_of_series])
    if neighbours > _RUNS:
        times = float(np.sqrt((1.0 + neighbours) / max(1.0 - neighbours, 1e-6)))
        said.append(
            f"Neighbouring residuals go together (correlation {neighbours:.3f}): true errors are larger than the "
            f"standard errors, by about {times:.2g} times"
        )
    said += _several_minima(facts["searches"])
    return said


def correlation_of_neighbours(residuals: Array) -> float:
    """Correlation of each residual with the next.

    Parameters
    ----------
    residuals : ndarray, shape (n,)
        In the order of time.

    Returns
    -------
    float
        0 where there are fewer than ten, or all are zero.
    """
    if residuals.size < 10:
        return 0.0
    total = float(residuals @ residuals)
    return float(residuals[1:] @ residuals[:-1]) / total if total > 0.0 else 0.0


def _at_limits(problem: FitProblem, x: Array) -> list[str]:
    said = []
    for item, value in zip(problem.parameters, x, strict=True):
        low, high = item.limits
        for limit, end, name in ((low, item.low, "lower"), (high, item.high, "upper")):
            if abs(value - limit) < _AT_LIMIT * (high - low):
                said.append(
                    f"{item.path} is at its {name} limit, {end:g}: widen the range, or ask whether it belongs here"
                )
    return said


def _correlated(problem: FitProblem, known: Information) -> list[str]:
    said = []
    for a, first in enumerate(problem.parameters):
        for b in range(a):
            together = float(known.correlation[a, b])
            if abs(together) > _CORRELATED:
                said.append(
                    f"{problem.parameters[b].path} and {first.path} are told apart hardly: correlation {together:.4f}"
                )
    return said


def _several_minima(searches: list[dict[str, Any]]) -> list[str]:
    if len(searches) < 2:
        return []
    costs = np.array([found["chi_square"] for found in searches])
    near = int(np.count_nonzero(costs <= costs.min() * _SAME))
    if near == len(searches):
        return []
    return [f"{near} of {len(searches)} searches came to this minimum, the others ended higher"]
