"""Drawings of a quench over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import axis, colour, dashes, holoviews, panel, thinned, time_axis

if TYPE_CHECKING:
    from joulebook.magnets.results import QuenchResult

__all__ = ["draw"]

_VOLTAGES = ("voltage_dump", "voltage_normal")


def draw(run: QuenchResult, names: tuple[str, ...]) -> Any:
    """Draw a quench.

    Parameters
    ----------
    run : QuenchResult
        What is drawn.
    names : tuple of str
        ``"voltage"``, or variables over time.

    Returns
    -------
    holoviews.Overlay or holoviews.Layout
        One panel, or all of them one below the other.

    Raises
    ------
    InputError
        If there is no such variable over time.
    """
    known = [name for name, item in run.variables.items() if item.dims == ("time",) and name != "time"]
    unknown = [name for name in names if name != "voltage" and name not in known]
    if unknown:
        rule = f"must be voltage or one of {', '.join(known)}"
        raise InputError([Issue("drawing", name, rule) for name in unknown])
    hv = holoviews()
    made = [_panel(run, _VOLTAGES if name == "voltage" else (name,), hv) for name in names]
    return made[0] if len(made) == 1 else hv.Layout(made).cols(1)


def _panel(run: QuenchResult, names: tuple[str, ...], hv: Any) -> Any:
    across, factor = time_axis(float(run["time"][-1]))
    curves = []
    for k, name in enumerate(names):
        item = run.variables[name]
        up = axis("voltage", "Voltage", "V") if len(names) > 1 else axis(name, item.label, item.unit)
        x, y = thinned(run["time"] / factor, item.values)
        curve = hv.Curve((x, y), across, up, label=item.label)
        curves.append(
            curve.opts(color=colour(k), line_dash=dashes(k), line_width=2, line_join="round", tools=["hover"])
        )
    return panel(hv.Overlay(curves), show_legend=len(names) > 1)
