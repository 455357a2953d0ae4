"""Rows of bars with their intervals, for the plots of the analyses."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.plot_style import COLOURS, holoviews

__all__ = ["bars_with_intervals"]

_BAR = 0.36


def bars_with_intervals(
    names: tuple[str, ...],
    values: dict[str, tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]],
    title: str,
    across: Any,
) -> Any:
    """Draw horizontal bars, a group for each name, with a line for each interval.

    Parameters
    ----------
    names : tuple of str
        One for each group, drawn from the top down.
    values : dict of str to tuple of ndarray, shape (n_names,)
        Of each bar of a group: value, lower and upper end of its interval.
    title : str
        Over the plot.
    across : holoviews.Dimension
        Axis of the values.

    Returns
    -------
    holoviews.Overlay
        Shown by a notebook.
    """
    hv = holoviews()
    places = np.arange(len(names))[::-1].astype(np.float64)
    up = hv.Dimension("place", label=" ")
    width = 2.0 * _BAR / len(values)
    drawn = []
    for k, (label, (middle, low, high)) in enumerate(values.items()):
        bottom = places + _BAR - (k + 1) * width
        centre = bottom + 0.5 * width
        boxes = list(zip(np.zeros(len(names)), bottom, middle, bottom + 0.92 * width, strict=True))
        bars = hv.Rectangles(boxes, [across, up, "value", "top"], label=label)
        drawn.append(bars.opts(color=COLOURS[k % len(COLOURS)], line_color=None, alpha=0.85))
        lines = hv.Segments(list(zip(low, centre, high, centre, strict=True)), [across, up, "high", "same"])
        drawn.append(lines.opts(color="#222222", line_width=1.4))
    ticks = list(zip(places.tolist(), names, strict=True))
    return hv.Overlay(drawn).opts(
        hv.opts.Overlay(legend_position="bottom_right", title=title),
        hv.opts.Rectangles(
            yticks=ticks,
            width=560,
            height=max(220, 80 + 46 * len(names)),
            ylim=(-0.6, len(names) - 0.4),
            show_grid=True,
        ),
    )
