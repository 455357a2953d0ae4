"""Drawings of a pack over time: one curve for the pack, a band with the cells that stand out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import INK, axis, colour, holoviews, panel, thinned, time_axis

__all__ = ["plot_pack"]

_WARMER = 1e-3
"""A change of temperature that is worth a panel, K."""
_MOST_CURVES = 40
"""Cells that are drawn one by one; of more there is the band only."""
_MOST_POINTS = 4000


def plot_pack(result: Any, *names: str) -> Any:
    """Draw variables of a pack over time.

    Parameters
    ----------
    result : PackResult
        A run.
    *names : str
        Variables over time, or over time and cell.

    Returns
    -------
    holoviews.Layout
        A panel for each, over the same time.

    Raises
    ------
    InputError
        If a variable is unknown or runs over something else.
    """
    hv = holoviews()
    wanted = names or (
        "voltage",
        "current",
        "cell_voltage",
        "cell_current",
        "cell_soc",
        *(("cell_temperature",) if np.ptp(result["cell_temperature"]) > _WARMER else ()),
    )
    for name in wanted:
        dims = result.variables[name].dims if name in result.variables else ()
        if dims not in {("time",), ("time", "cell")}:
            there = [key for key, item in result.variables.items() if "time" in item.dims and key != "time"]
            rule = f"runs over {', '.join(dims)}" if dims else "is not in this result"
            raise InputError(Issue("variable", name, rule, f"It has: {', '.join(there)}"))
    time = np.asarray(result["time"], dtype=np.float64)
    across, scale = time_axis(float(time[-1] - time[0]))
    panels = []
    for k, name in enumerate(wanted):
        item = result.variables[name]
        upright = axis(name, item.label, item.unit)
        if item.dims == ("time",):
            times, values = thinned(time, item.values)
            curve = hv.Curve((times / scale, values), across, upright)
            drawn = [curve.opts(color=colour(k), line_width=1.8, tools=["hover"])]
        else:
            drawn = _band(time / scale, item.values, across, upright, k)
        panels.append(panel(hv.Overlay(drawn), height=240 if len(wanted) > 1 else 320))
    return hv.Layout(panels).cols(2 if len(wanted) > 3 else 1)


def _band(time: NDArray[np.float64], values: NDArray[np.float64], across: Any, upright: Any, k: int) -> list[Any]:
    """From the lowest to the highest cell, the cells one by one while they are few, and the two that stand out."""
    hv = holoviews()
    every = max(1, time.size // _MOST_POINTS)
    time, values = time[::every], values[::every]
    low, high = values.min(axis=1), values.max(axis=1)
    drawn: list[Any] = [
        hv.Area((time, low, high), across, [upright, f"{upright.name}_highest"]).opts(
            color=colour(k), alpha=0.25, line_color=None
        )
    ]
    count = values.shape[1]
    if count <= _MOST_CURVES:
        drawn += [
            hv.Curve((time, values[:, cell]), across, upright).opts(color=colour(k), line_width=0.6, alpha=0.7)
            for cell in range(count)
        ]
    mean = values.mean(axis=1)
    away = values - mean[:, None]
    weight = np.gradient(time)[:, None] if time.size > 1 else np.ones((1, 1))
    above = (away * weight).sum(axis=0)
    drawn.append(hv.Curve((time, mean), across, upright, label="mean").opts(color=INK, line_width=1.2))
    for cell, dash in ((int(above.argmin()), "dashed"), (int(above.argmax()), "solid")):
        style = {"color": colour(k), "line_width": 1.6, "line_dash": dash, "tools": ["hover"]}
        drawn.append(hv.Curve((time, values[:, cell]), across, upright, label=f"cell {cell}").opts(**style))
    return drawn
