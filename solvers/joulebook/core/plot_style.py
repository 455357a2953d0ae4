"""How drawings look: colours that colour-blind readers tell apart, axes with units, legible on light and dark pages.

Backgrounds are transparent, and lines and words of the axes have a grey that stands out from white and from black.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import MissingExtraError

__all__ = ["COLOURS", "INK", "axis", "colour", "dashes", "dress", "holoviews", "panel", "thinned", "time_axis"]

COLOURS: Final = ("#2a85c9", "#d9650f", "#12996e", "#c2699b", "#b8860b", "#7a6bd0", "#4aa3a3", "#8a8f98")
"""Colours of curves, in order; after Okabe and Ito's palette, in tones that show on white and on black."""
DASHES: Final = ("solid", "dashed", "dotted", "dotdash")
INK: Final = "#7b8591"
"""Axes and words: a contrast of about 4 with white and with black."""
MOST_POINTS: Final = 20_000
"""Of a curve that a browser draws."""


def holoviews() -> Any:
    """Import HoloViews, ready to draw.

    Returns
    -------
    module
        ``holoviews``.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        import holoviews
    except ImportError:
        raise MissingExtraError("Plotting", "lab") from None
    if not holoviews.Store.renderers:
        holoviews.extension("bokeh")
    return holoviews


def colour(k: int) -> str:
    """Give the colour of a curve.

    Parameters
    ----------
    k : int
        Which curve, from 0.

    Returns
    -------
    str
        Hexadecimal.
    """
    return COLOURS[k % len(COLOURS)]


def dashes(k: int) -> str:
    """Give the dashes of a curve, for readers without colours.

    Parameters
    ----------
    k : int
        Which curve, from 0.

    Returns
    -------
    str
        Name of a dash pattern.
    """
    return DASHES[k % len(DASHES)]


def axis(name: str, label: str, unit: str = "") -> Any:
    """Make an axis with its unit.

    Parameters
    ----------
    name : str
        Name of the dimension.
    label : str
        What a reader sees.
    unit : str
        Of the numbers; ``"1"`` and nothing are not shown.

    Returns
    -------
    holoviews.Dimension
        The axis.
    """
    return holoviews().Dimension(name, label=label, unit=None if unit in {"", "1"} else unit)


def time_axis(span: float) -> tuple[Any, float]:
    """Choose the unit in which a time is easy to read.

    Parameters
    ----------
    span : float, s
        Length of what is drawn.

    Returns
    -------
    tuple of (holoviews.Dimension, float)
        The axis, and what seconds are divided by.
    """
    for unit, length, least in (("d", 86400.0, 5.0), ("h", 3600.0, 2.0), ("min", 60.0, 10.0)):
        if span >= least * length:
            return axis("time", "Time", unit), length
    return axis("time", "Time", "s"), 1.0


def panel(item: Any, *, width: int = 640, height: int = 260, **more: Any) -> Any:
    """Give an overlay of curves the house's looks.

    Parameters
    ----------
    item : holoviews.Overlay
        The drawing.
    width, height : int, pixels
        Of the panel.
    **more : object
        Further options of the overlay, such as ``ylim``.

    Returns
    -------
    holoviews.Overlay
        The same drawing.
    """
    hv = holoviews()
    return item.opts(
        hv.opts.Overlay(
            **{
                "width": width,
                "height": height,
                "show_grid": True,
                "hooks": [dress],
                "legend_position": "top_right",
                "fontsize": {"labels": "10pt", "ticks": "9pt", "title": "11pt", "legend": "9pt"},
                "toolbar": "above",
                "active_tools": [],
                **more,
            }
        )
    )


def dress(plot: Any, element: Any) -> None:
    """Make a Bokeh figure fit light and dark pages; HoloViews calls this.

    Parameters
    ----------
    plot : object
        HoloViews' plot.
    element : object
        What is drawn.
    """
    figure = plot.state
    if not hasattr(figure, "border_fill_color"):
        return
    figure.background_fill_color = figure.border_fill_color = None
    figure.outline_line_color = None
    if figure.title is not None:
        figure.title.text_color = INK
    for line in (*figure.xaxis, *figure.yaxis):
        line.axis_label_text_color = line.major_label_text_color = INK
        line.axis_line_color = line.major_tick_line_color = INK
        line.minor_tick_line_color = None
        line.axis_label_text_font_style = "normal"
    for grid in (*figure.xgrid, *figure.ygrid):
        grid.grid_line_color, grid.grid_line_alpha = INK, 0.22
    for legend in figure.legend:
        legend.background_fill_alpha = 0.0
        legend.border_line_color = None
        legend.label_text_color = INK
        legend.padding = legend.spacing = 2
        legend.click_policy = "mute"


def thinned(
    across: NDArray[np.float64], values: NDArray[np.float64], most: int = MOST_POINTS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Leave out points that nobody could see; the lowest and the highest of each stretch stay.

    Parameters
    ----------
    across, values : ndarray, shape (n,), any
        A curve.
    most : int
        Points that may stay.

    Returns
    -------
    tuple of ndarray
        The curve.
    """
    n = across.size
    if n <= most:
        return across, values
    edges = np.linspace(0, n, most // 2 + 1).astype(np.int64)
    keep = {0, n - 1}
    for first, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        stretch = values[first:stop]
        if np.isfinite(stretch).any():
            keep |= {first + int(np.nanargmin(stretch)), first + int(np.nanargmax(stretch))}
    order = np.array(sorted(keep))
    return across[order], values[order]


def span_of(columns: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
    """Give the range that shows all values, with a margin.

    Parameters
    ----------
    columns : sequence of ndarray
        What is drawn on one axis.

    Returns
    -------
    tuple of float
        Lower and upper end.
    """
    finite = np.concatenate([column[np.isfinite(column)].ravel() for column in columns])
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    margin = 0.06 * (high - low) or 0.02 * max(abs(high), 1e-9)
    return low - margin, high + margin
