"""Profile likelihood: how much worse a fit gets with one parameter held, all others fitted anew.

The increase of χ² over its minimum, divided by the factor squared by which residuals exceed the noise, stays below the
95 % point of the χ² distribution with one degree of freedom, 3.84, within the confidence interval. Unlike the standard
error, this needs no straight line: a side on which the increase never gets there is open, and the data do not bound
the parameter on it.

References
----------
Raue et al. 2009, doi:10.1093/bioinformatics/btp358.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.analysis.fit_parameters import FitParameter
from joulebook.battery.analysis.fit_problem import FitProblem
from joulebook.battery.analysis.identifiability import information
from joulebook.core.plot_style import COLOURS, axis, holoviews

__all__ = ["THRESHOLD", "Profile", "trace_profile"]

Array = NDArray[np.float64]
THRESHOLD: Final = 3.841458820694124
"""95 % point of the χ² distribution with one degree of freedom."""
_REACH = 3.0
_SOLVES = 300


@dataclass(frozen=True)
class Profile:
    """The likelihood along one parameter.

    Parameters
    ----------
    parameter : str
        Its path.
    values : ndarray, shape (n,), SI units
        Where it was held, rising.
    increase : ndarray, shape (n,)
        Of χ² over its minimum, in units in which 3.84 bounds the 95 % interval.
    best : float, SI units
        The fitted value.
    interval : tuple of float or None
        95 % confidence interval, SI units; None on a side that the data do not bound within the limits.
    log : bool
        Whether the axis is logarithmic.
    """

    parameter: str
    values: Array
    increase: Array
    best: float
    interval: tuple[float | None, float | None]
    log: bool

    def plot(self) -> Any:
        """Draw the profile with the 95 % threshold.

        Returns
        -------
        holoviews.Overlay
            Shown by a notebook.
        """
        hv = holoviews()
        across, up = axis("value", self.parameter), axis("increase", "Increase of χ²")
        line = hv.Curve((self.values, self.increase), across, up).opts(color=COLOURS[0], line_width=2)
        dots = hv.Scatter((self.values, self.increase), across, up).opts(color=COLOURS[0], size=5)
        bound = hv.HLine(THRESHOLD).opts(color=COLOURS[3], line_dash="dashed", line_width=1.5)
        best = hv.VLine(self.best).opts(color="#222222", line_width=1)
        return (line * dots * bound * best).opts(
            hv.opts.Curve(width=560, height=320, show_grid=True, logx=self.log, title="Dashed: 95 % threshold")
        )

    def __str__(self) -> str:
        low, high = ("open" if end is None else f"{end:.4g}" for end in self.interval)
        return f"{self.parameter} = {self.best:.5g}, 95 % interval {low} to {high}"


def trace_profile(problem: FitProblem, best: Array, index: int, points: int, factor: float) -> Profile:
    """Walk from the optimum to both sides, each fit starting from the one before.

    Parameters
    ----------
    problem : FitProblem
        What was fitted.
    best : ndarray, shape (n_parameters,)
        The optimum, on the scales of the search.
    index : int
        Of the parameter that is held.
    points : int
        How many, the optimum included.
    factor : float
        By which residuals exceed the noise.

    Returns
    -------
    Profile
        The likelihood along the parameter.
    """
    from joulebook.battery.analysis.least_squares import search

    item = problem.parameters[index]
    low, high = item.limits
    known = information(problem.jacobian(best), problem.parameters, factor)
    reach = min(_REACH * float(known.standard_errors[index]), high - low)
    smallest = float(np.sum(problem.residuals(best) ** 2))
    places, costs = [float(best[index])], [0.0]
    per_side = max(1, (points - 1) // 2)
    for end in (max(best[index] - reach, low), min(best[index] + reach, high)):
        start = best.copy()
        for place in np.linspace(best[index], end, per_side + 1)[1:]:
            if place == best[index]:
                continue
            start = start.copy()
            start[index] = place
            found = search(problem, start, _SOLVES, held=index)
            start = np.asarray(found.x_all, dtype=np.float64)
            places.append(float(place))
            costs.append((float(found.chisqr) - smallest) / factor**2)
    order = np.argsort(places)
    x, increase = np.array(places)[order], np.array(costs)[order]
    values = np.array([item.from_scale(float(place)) for place in x])
    return Profile(
        item.path, values, increase, item.from_scale(float(best[index])), _interval(item, x, increase), item.log
    )


def _interval(item: FitParameter, x: Array, increase: Array) -> tuple[float | None, float | None]:
    middle = int(np.argmin(np.abs(increase)))

    def crossing(indices: list[int]) -> float | None:
        for inner, outer in itertools.pairwise(indices):
            if increase[outer] >= THRESHOLD > increase[inner]:
                # near an optimum the increase is a parabola: straight in its square root
                roots = np.sqrt(np.maximum([increase[inner], increase[outer]], 0.0))
                share = (THRESHOLD**0.5 - roots[0]) / (roots[1] - roots[0])
                return item.from_scale(float(x[inner] + share * (x[outer] - x[inner])))
        return None

    return crossing(list(range(middle, -1, -1))), crossing(list(range(middle, x.size)))
