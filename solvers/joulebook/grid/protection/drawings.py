"""Time-current drawings: HoloViews for notebooks, Matplotlib for reports.

Names stand in a legend beside the drawing, so that none lies on a curve; fault currents are numbered at the top of
their lines, on different heights where they are close, and named in the legend.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from joulebook.core.errors import MissingExtraError
from joulebook.core.plot_style import COLOURS, INK, dress, holoviews
from joulebook.grid.protection.devices import Array
from joulebook.grid.protection.traces import Mark, TimeCurrent, Trace

__all__ = ["holoviews_drawing", "matplotlib_drawing", "voltage_text"]

_DASHES: Final = ("solid", "dashed", "dotdash", "dotted")
_LINES: Final = {"solid": "-", "dashed": "--", "dotdash": "-.", "dotted": ":"}
_LEVELS: Final = (0.965, 0.925, 0.885, 0.845)
"""Heights of the numbers of fault marks, as shares of the time axis."""
_CLOSE: Final = 0.03
"""Share of the current axis within which two numbers would touch."""


def voltage_text(voltage: float) -> str:
    """Write a voltage.

    Parameters
    ----------
    voltage : float, V
        Line to line.

    Returns
    -------
    str
        In V or kV.
    """
    return f"{voltage / 1e3:g} kV" if voltage >= 1000 else f"{voltage:g} V"


def _dress(plot: Any, element: Any) -> None:
    """The house's looks, for many curves over decades: minor grid lines, round corners, a legend of narrow rows."""
    dress(plot, element)
    figure = plot.state
    if not hasattr(figure, "border_fill_color"):
        return
    for grid in (*figure.xgrid, *figure.ygrid):
        grid.grid_line_alpha = 0.3
        grid.minor_grid_line_color, grid.minor_grid_line_alpha = INK, 0.1
    for renderer in figure.renderers:
        if hasattr(getattr(renderer, "glyph", None), "line_join"):
            renderer.glyph.line_join = "round"
    for legend in figure.legend:
        legend.label_text_font_size = "9pt"
        legend.location = "top_left"
        legend.padding = legend.spacing = 1
        legend.glyph_height = legend.label_height = 18


def _drawn(trace: Trace, drawing: TimeCurrent) -> tuple[Array, Array, Array]:
    """Points of a trace that lie on the paper; the end of a band that never operates is the top of the paper."""
    low, high = drawing.time_range
    shown = np.isfinite(trace.fastest) & (trace.fastest <= high * 3)
    current = trace.current[shown]
    slow = np.where(np.isfinite(trace.slowest[shown]), trace.slowest[shown], high * 3)
    fast, slow = np.clip(trace.fastest[shown], low / 3, high * 3), np.clip(slow, low / 3, high * 3)
    if current.size < 3:
        return current, fast, slow
    step = np.diff(np.log(current))
    jump = np.maximum(np.abs(np.diff(np.log(fast))), np.abs(np.diff(np.log(slow))))
    close = (step < 1e-3) & (jump < 0.02)  # a pen draws spikes where points all but coincide
    kept = np.concatenate([[True], ~close])
    return current[kept], fast[kept], slow[kept]


def _levels(marks: Sequence[Mark], span: tuple[float, float]) -> list[float]:
    """Heights for the numbers of marks: neighbours that are close get different ones."""
    width = np.log(span[1] / span[0])
    order = sorted(range(len(marks)), key=lambda k: marks[k].current)
    places: dict[int, float] = {}
    for place, k in enumerate(order):
        before = [j for j in order[:place] if np.log(marks[k].current / marks[j].current) < _CLOSE * width]
        taken = {places[j] for j in before}
        places[k] = next((level for level in _LEVELS if level not in taken), _LEVELS[place % len(_LEVELS)])
    return [places[k] for k in range(len(marks))]


def _words(number: int, mark: Mark) -> str:
    return f"{number}: {mark.label}, {_amperes(mark.current)}"


def holoviews_drawing(drawing: TimeCurrent, *, width: int, height: int) -> Any:
    """Draw for a notebook.

    Parameters
    ----------
    drawing : TimeCurrent
        What to draw.
    width, height : int, pixels
        Of the whole drawing.

    Returns
    -------
    holoviews.Overlay
        Bands are filled; dashes tell apart what colours repeat; limits are drawn thick.
    """
    hv = holoviews()
    across = hv.Dimension("current", label=f"Current at {voltage_text(drawing.voltage)}", unit="A")
    up = hv.Dimension("time", label="Time", unit="s")
    items = []
    for k, trace in enumerate(drawing.traces):
        current, fast, slow = _drawn(trace, drawing)
        if current.size < 2:
            continue
        look = {"color": COLOURS[k % len(COLOURS)], "line_dash": _DASHES[(k // len(COLOURS)) % len(_DASHES)]}
        wide = 3.0 if trace.kind == "limit" else 1.6
        if trace.has_band:
            band = hv.Area((current, fast, slow), across, [up, "slowest"], label=trace.name)
            items.append(band.opts(color=look["color"], alpha=0.22, line_alpha=0, muted_alpha=0.03))
            edge = hv.Curve((current, slow), across, up, label=trace.name).opts(**look, line_width=1.0)
            items.append(edge)
        line = hv.Curve((current, fast), across, up, label=trace.name)
        items.append(line.opts(**look, line_width=1.0 if trace.has_band else wide))
    low, high = (np.log(value) for value in drawing.time_range)
    levels = _levels(drawing.marks, drawing.current_range)
    for k, (mark, level) in enumerate(zip(drawing.marks, levels, strict=True), start=1):
        line = hv.Curve(([mark.current] * 2, list(drawing.time_range)), across, up, label=_words(k, mark))
        items.append(line.opts(color=INK, line_dash="dashed", line_width=1.2))
        at = float(np.exp(low + level * (high - low)))
        text = hv.Text(mark.current * 1.01, at, f" {k}", halign="left", valign="center")
        items.append(text.opts(text_color=INK, text_font_size="9pt", text_font_style="bold"))
    return hv.Overlay(items).opts(
        hv.opts.Overlay(
            width=width,
            height=height,
            logx=True,
            logy=True,
            xlim=drawing.current_range,
            ylim=drawing.time_range,
            show_grid=True,
            gridstyle={"minor_grid_line_color": INK, "minor_grid_line_alpha": 0.1},
            hooks=[_dress],
            legend_position="right",
            legend_cols=1,
            legend_limit=1000,
            title=drawing.scheme.name,
            fontsize={"labels": "10pt", "ticks": "9pt", "title": "11pt", "legend": "9pt"},
            toolbar="above",
            active_tools=[],
        )
    )


def _amperes(current: float) -> str:
    return f"{current / 1e3:.3g} kA" if current >= 1000 else f"{current:.3g} A"


def matplotlib_drawing(drawing: TimeCurrent, *, width: float, height: float) -> Any:
    """Draw for a report.

    Parameters
    ----------
    drawing : TimeCurrent
        What to draw.
    width, height : float, cm
        Of the figure.

    Returns
    -------
    matplotlib.figure.Figure
        Not bound to any screen.

    Raises
    ------
    MissingExtraError
        If Matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtraError("Figures for reports", "report") from None
    figure = Figure(figsize=(width / 2.54, height / 2.54), layout="constrained")
    axes = figure.add_subplot()
    axes.set(xscale="log", yscale="log", xlim=drawing.current_range, ylim=drawing.time_range)
    axes.set_xlabel(f"Current at {voltage_text(drawing.voltage)} (A)")
    axes.set_ylabel("Time (s)")
    axes.grid(True, which="major", color="#c8ccd2", linewidth=0.6)
    axes.grid(True, which="minor", color="#e6e8eb", linewidth=0.4)
    axes.set_axisbelow(True)
    for k, trace in enumerate(drawing.traces):
        current, fast, slow = _drawn(trace, drawing)
        if current.size < 2:
            continue
        colour, dash = COLOURS[k % len(COLOURS)], _LINES[_DASHES[(k // len(COLOURS)) % len(_DASHES)]]
        wide = 2.4 if trace.kind == "limit" else 1.3
        if trace.has_band:
            axes.fill_between(current, fast, slow, color=colour, alpha=0.2, linewidth=0)
            axes.plot(current, slow, color=colour, linestyle=dash, linewidth=0.9)
        axes.plot(
            current, fast, color=colour, linestyle=dash, linewidth=0.9 if trace.has_band else wide, label=trace.name
        )
    low, high = (np.log(value) for value in drawing.time_range)
    levels = _levels(drawing.marks, drawing.current_range)
    for k, (mark, level) in enumerate(zip(drawing.marks, levels, strict=True), start=1):
        axes.axvline(mark.current, color="#555b63", linestyle="--", linewidth=0.9, label=_words(k, mark))
        at = float(np.exp(low + level * (high - low)))
        place = {"xytext": (2, 0), "textcoords": "offset points", "va": "center"}
        axes.annotate(f"{k}", (mark.current, at), fontsize=8, fontweight="bold", color="#555b63", **place)
    columns = 1 if len(drawing.traces) + len(drawing.marks) <= 30 else 2
    figure.legend(loc="outside right upper", fontsize=8, frameon=False, ncols=columns)
    return figure
