"""Variables of a run over time, one panel each, with the beginnings of steps and cycles marked."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from joulebook.battery.plots.pieces import cycle_of, filled, starts_of, step_of
from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import INK, axis, colour, holoviews, panel, thinned, time_axis

__all__ = ["plot_over_time"]

_WARMER = 1e-3
"""A change of temperature that is worth a panel, K."""
MOST_MARKS = 60
"""Lines that still tell something."""


def plot_over_time(result: Any, *names: str) -> Any:
    """Draw variables over time.

    Cycles are told apart by a faint shade, steps by dotted lines, as long as there are not too many.

    Parameters
    ----------
    result : BatteryResult
        A run.
    *names : str
        Which variables; voltage and current, and the temperature where it changes, if none are given.

    Returns
    -------
    holoviews.Layout
        A panel for each, over the same time.

    Raises
    ------
    InputError
        If a variable is unknown or does not run over time.

    Examples
    --------
    >>> from joulebook.battery import Cell, simulate
    >>> run = simulate(Cell.named("Chen2020"), "Discharge at 1C until 2.5 V")
    >>> len(plot_over_time(run, "voltage", "discharge_capacity"))
    2
    """
    hv = holoviews()
    wanted = names or ("voltage", "current", *(("temperature",) if _warms(result) else ()))
    for name in wanted:
        dims = result.variables[name].dims if name in result.variables else None
        if dims != ("time",):
            there = [key for key, item in result.variables.items() if item.dims == ("time",) and key != "time"]
            rule = "is not in this result" if dims is None else f"runs over {', '.join(dims)}"
            hint = "Draw it with plot_profiles" if dims else f"It has: {', '.join(there)}"
            raise InputError(Issue("variable", name, rule, hint))
    time = np.asarray(result["time"], dtype=np.float64)
    across, scale = time_axis(float(time[-1] - time[0]))
    marks = _marks(result, scale)
    panels = []
    for k, name in enumerate(wanted):
        item = result.variables[name]
        times, values = thinned(*filled(result, name))
        curve = hv.Curve((times / scale, values), across, axis(name, item.label, item.unit))
        drawn = curve.opts(color=colour(k), line_width=1.8, tools=["hover"])
        panels.append(panel(hv.Overlay([drawn, *marks]), height=240 if len(wanted) > 1 else 320))
    return hv.Layout(panels).cols(1)


def _warms(result: Any) -> bool:
    item = result.variables.get("temperature")
    return item is not None and item.dims == ("time",) and float(np.ptp(item.values)) > _WARMER


def _marks(result: Any, scale: float) -> list[Any]:
    """Shades of every other cycle, and lines at the beginnings of steps."""
    hv = holoviews()
    time = np.asarray(result["time"], dtype=np.float64)
    cycles = starts_of(time, cycle_of(result)) / scale
    steps = starts_of(time, step_of(result)) / scale
    drawn: list[Any] = []
    if 0 < cycles.size <= MOST_MARKS:
        edges = [time[0] / scale, *cycles.tolist(), time[-1] / scale]
        for first, last in list(pairwise(edges))[1::2]:
            drawn.append(hv.VSpan(first, last).opts(color=INK, alpha=0.10, line_color=None))
    if 0 < steps.size <= MOST_MARKS:
        style = {"color": INK, "line_width": 1.0, "line_dash": "dotted", "alpha": 0.8}
        drawn += [hv.VLine(float(at)).opts(**style) for at in steps]
    return drawn
