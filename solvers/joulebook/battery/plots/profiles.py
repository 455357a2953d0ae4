"""What happens across the stack, with a slider for the time."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.plots.pieces import filled
from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import INK, axis, colour, holoviews, panel, span_of, thinned, time_axis

__all__ = ["plot_profiles"]

MICRO = 1e6
MOST_FRAMES = 400
_SIZE: Final[dict[str, Any]] = {"width": 400, "height": 285, "title": "", "shared_axes": False}


def plot_profiles(result: Any, *names: str, frames: int = 25) -> Any:
    """Draw profiles across the stack, with a slider for the time.

    The first panel shows the voltage and where in it the slider stands; in the others a thin line keeps the profile of
    the start, and the separator is shaded. The slider works in a saved page too, without a kernel.

    Parameters
    ----------
    result : BatteryResult
        A run made with ``profiles=True``.
    *names : str
        Which profiles; all if none are given.
    frames : int
        Places of the slider.

    Returns
    -------
    holoviews.Layout
        Panels that share one slider.

    Raises
    ------
    InputError
        If the run has no profiles, or not these.

    Examples
    --------
    >>> from joulebook.battery import Cell, simulate
    >>> run = simulate(Cell.named("Chen2020"), "Discharge at 1C until 2.5 V", profiles=True)
    >>> len(plot_profiles(run, "electrolyte_concentration", frames=5))
    2
    """
    hv = holoviews()
    there = [name for name, item in result.variables.items() if item.dims == ("time", "x")]
    if not there:
        raise InputError(Issue("result", None, "has no profiles", "Simulate with profiles=True"))
    wrong = [name for name in names if name not in there]
    if wrong:
        raise InputError(Issue("variable", wrong[0], "is not a profile of this run", f"It has: {', '.join(there)}"))
    if not isinstance(frames, int) or isinstance(frames, bool) or not 2 <= frames <= MOST_FRAMES:
        raise InputError(Issue("frames", frames, f"must be a whole number from 2 to {MOST_FRAMES}"))
    time = np.asarray(result["time"], dtype=np.float64)
    rows = _rows(time, frames)
    across, scale = time_axis(float(time[-1] - time[0]))
    key = hv.Dimension("at", label="Time", unit=across.unit, value_format=lambda value: f"{value:.4g}")
    places = {float(time[row] / scale): row for row in rows}
    panels = [_clock(result, places, key, across, scale)]
    panels += [_profile(result, name, places, key, k) for k, name in enumerate(names or there)]
    return hv.Layout(panels).cols(2)


def _rows(time: NDArray[np.float64], frames: int) -> list[int]:
    """Rows whose times lie as evenly as the run allows."""
    wanted = np.linspace(time[0], time[-1], frames)
    nearest = np.searchsorted(0.5 * (time[1:] + time[:-1]), wanted) if time.size > 1 else np.zeros(1, dtype=int)
    _, firsts = np.unique(time[nearest], return_index=True)
    return [int(row) for row in np.asarray(nearest)[firsts]]


def _clock(result: Any, places: dict[float, int], key: Any, across: Any, scale: float) -> Any:
    """Voltage over time, and where the slider stands."""
    hv = holoviews()
    item = result.variables["voltage"]
    times, values = thinned(*filled(result, "voltage"), 2000)
    up = axis("voltage", item.label, item.unit)
    curve = hv.Curve((times / scale, values), across, up).opts(color=colour(0), line_width=1.6)
    dots = {at: hv.Scatter([(at, float(item.values[row]))], across, up) for at, row in places.items()}
    dot = hv.HoloMap(dots, kdims=[key]).opts(hv.opts.Scatter(color=colour(1), size=9))
    return panel(curve * dot, **_SIZE, ylim=span_of([values]))


def _profile(result: Any, name: str, places: dict[float, int], key: Any, k: int) -> Any:
    """One variable across the stack at each place of the slider."""
    hv = holoviews()
    item = result.variables[name]
    x = np.asarray(result["x"], dtype=np.float64) * MICRO
    along, up = axis("x", "Distance from negative collector", "µm"), axis(name, item.label, item.unit)
    start = hv.Curve((x, item.values[0]), along, up).opts(color=INK, line_width=1.0, line_dash="dashed")
    curves = {at: hv.Curve((x, item.values[row]), along, up) for at, row in places.items()}
    now = hv.HoloMap(curves, kdims=[key]).opts(hv.opts.Curve(color=colour(k + 1), line_width=2.2, tools=["hover"]))
    drawn = now * start
    edges = _separator(result)
    if edges:
        drawn = drawn * hv.VSpan(*edges).opts(color=INK, alpha=0.12, line_color=None)
    return panel(drawn, **_SIZE, ylim=span_of([item.values]))


def _separator(result: Any) -> tuple[float, float] | None:
    """From where to where the separator lies, µm."""
    design = result.provenance.design
    try:
        first = float((design.get("negative") or {"thickness": 0.0})["thickness"])
        return first * MICRO, (first + float(design["separator"]["thickness"])) * MICRO
    except (KeyError, TypeError, ValueError):
        return None
