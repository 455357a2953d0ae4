"""Drawings of a board: temperatures of its faces with the components on them, and of the components as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import INK, axis, dress, holoviews

if TYPE_CHECKING:
    from joulebook.thermal.results import BoardResult

__all__ = ["DRAWINGS", "draw"]

DRAWINGS = ("top_temperature", "bottom_temperature", "components")
WIDTH = 560
"""Pixels of a drawing."""
PIXELS = 480
"""Points along the longer side of a face."""
_KELVIN = 273.15
MOST_BARS = 40


def draw(run: BoardResult, names: tuple[str, ...]) -> Any:
    """Draw a board.

    Parameters
    ----------
    run : BoardResult
        What is drawn.
    names : tuple of str
        Of ``DRAWINGS``.

    Returns
    -------
    holoviews.Overlay, holoviews.Bars or holoviews.Layout
        One drawing, or all of them in two columns.

    Raises
    ------
    InputError
        If there is no such drawing.
    """
    unknown = [name for name in names if name not in DRAWINGS]
    if unknown:
        raise InputError([Issue("drawing", name, f"must be one of {', '.join(DRAWINGS)}") for name in unknown])
    made = [_bars(run) if name == "components" else _face(run, name.partition("_")[0]) for name in names]
    return made[0] if len(made) == 1 else holoviews().Layout(made).cols(2).opts(shared_axes=False)


def _face(run: BoardResult, side: str) -> Any:
    hv = holoviews()
    lines = [1e3 * run[f"{name}_line"] for name in "xy"]
    values = run[f"{side}_temperature"] - _KELVIN
    limits = [f([run["top_temperature"], run["bottom_temperature"]]) - _KELVIN for f in (np.min, np.max)]
    if limits[0] == limits[1]:
        limits[1] += 1.0
    across, up = axis("x", "x", "mm"), axis("y", "y", "mm")
    picture = _evenly(lines, values)
    field = hv.Image(picture, [across, up], axis("temperature", "Temperature", "°C")).opts(
        cmap="inferno", clim=tuple(limits), colorbar=True, tools=["hover"]
    )
    length, width = (float(line[-1]) for line in lines)
    boxes, words = _outlines(run, side)
    drawn = field * hv.Rectangles(boxes, [across, up, "right", "upper"]).opts(fill_alpha=0.0, line_color="white")
    drawn = drawn * hv.Labels(words, [across, up], "text").opts(
        text_color="white", text_font_size="8pt", text_baseline="bottom"
    )
    ratio = min(max(width / length, 0.3), 1.6)
    return drawn.opts(
        hv.opts.Overlay(
            width=WIDTH,
            height=int((WIDTH - 120) * ratio) + 90,
            title=f"{side.capitalize()} face",
            hooks=[dress],
            toolbar="above",
            active_tools=[],
        )
    )


def _evenly(lines: list[Any], values: Any) -> tuple[Any, Any, Any]:
    """A face on even pixels, linear between the centres of its cells: seams of uneven cells would show as a grid."""
    centres = [(line[1:] + line[:-1]) / 2 for line in lines]
    length, width = (float(line[-1] - line[0]) for line in lines)
    counts = [max(round(PIXELS * span / max(length, width)), 2) for span in (length, width)]
    x, y = (
        (np.arange(n) + 0.5) / n * span + line[0] for n, span, line in zip(counts, (length, width), lines, strict=True)
    )
    along = np.array([np.interp(x, centres[0], row) for row in values.T])
    return x, y, np.array([np.interp(y, centres[1], column) for column in along.T]).T


def _outlines(run: BoardResult, side: str) -> tuple[list[Any], list[Any]]:
    """Rims, in mm, and labels of the components on a face."""
    boxes, words = [], []
    for name, item in run.provenance.design.get("components", {}).items():
        if item.get("side", "top") == side:
            x, y, half_x, half_y = (1e3 * v for v in (item["x"], item["y"], item["length"] / 2, item["width"] / 2))
            boxes.append((x - half_x, y - half_y, x + half_x, y + half_y))
            words.append((x, y + half_y, name))
    return boxes, words


def _bars(run: BoardResult) -> Any:
    hv = holoviews()
    levels = np.where(np.isnan(run["junction"]), run["board_hottest"], run["junction"]) - _KELVIN
    order = np.argsort(-levels, kind="stable")[:MOST_BARS]
    kinds = np.where(np.isnan(run["junction"]), "board below", "junction")
    bars = hv.Bars(
        {"component": [str(run["component"][k]) for k in order], "level": levels[order], "where": kinds[order]},
        axis("component", "Component"),
        [axis("level", "Temperature", "°C"), "where"],
    )
    return bars.opts(
        width=WIDTH, height=300, xrotation=60, tools=["hover"], title="Components", hooks=[dress], line_color=INK
    )
