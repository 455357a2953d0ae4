"""Drawings of reports: one style, axes with units, colours that colour-blind readers tell apart.

Words are drawn as outlines, so a drawing looks the same in every reader and needs no font.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Sequence
from typing import Any

from joulebook.core.errors import MissingExtraError
from joulebook.report.drawings import INK, strip_prolog

__all__ = [
    "GRID",
    "LINE_STYLES",
    "MATERIAL_COLOURS",
    "SERIES",
    "TEXT_WIDTH",
    "in_house_style",
    "new_figure",
    "spread",
    "to_svg",
]

TEXT_WIDTH = 6.45
"""Width of a report's text, inches."""
GRID = "#dbe1e8"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#7a5195", "#5f6b7a")
"""Colours of curves, in order; after Okabe and Ito's palette for colour-blind readers."""
LINE_STYLES = ("-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))
"""Dashes of curves, in order, for readers without colours."""
MATERIAL_COLOURS = {
    "negative": "#3b6ea5",
    "separator": "#b9b09a",
    "positive": "#c2553f",
    "copper": "#b87333",
    "aluminium": "#a8adb3",
    "electrolyte": "#7fb7be",
}
"""The house colours of the parts of a cell."""
_STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.7,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "figure.facecolor": "none",
    "font.family": ["DejaVu Sans"],
    "font.size": 8,
    "grid.color": GRID,
    "grid.linewidth": 0.5,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.5,
    "savefig.facecolor": "none",
    "savefig.transparent": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "joulebook",
    "text.color": INK,
    "xtick.color": INK,
    "xtick.labelsize": 8,
    "ytick.color": INK,
    "ytick.labelsize": 8,
}


def in_house_style(draw: Callable[..., str]) -> Callable[..., str]:
    """Run a drawing function in the house style.

    Parameters
    ----------
    draw : callable
        Gives an SVG.

    Returns
    -------
    callable
        The same, which leaves matplotlib's settings as they were.

    Raises
    ------
    MissingExtraError
        When called, if matplotlib is not installed.
    """

    @functools.wraps(draw)
    def drawn(*arguments: Any, **keywords: Any) -> str:
        try:
            import matplotlib
        except ImportError:
            raise MissingExtraError("Drawing figures", "report") from None
        with matplotlib.rc_context(_STYLE):  # type: ignore[arg-type]
            return draw(*arguments, **keywords)

    return drawn


def new_figure(height: float, columns: int = 1, width: float = TEXT_WIDTH) -> tuple[Any, Any]:
    """Begin a drawing.

    Parameters
    ----------
    height : float, inches
        Of the drawing.
    columns : int
        Axes side by side.
    width : float, inches
        Of the drawing.

    Returns
    -------
    figure : matplotlib.figure.Figure
        The drawing.
    axes : matplotlib.axes.Axes or ndarray of them
        One, or one per column.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(1, columns)


def to_svg(figure: Any) -> str:
    """Finish a drawing.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        As :func:`new_figure` began it.

    Returns
    -------
    str
        SVG; the same drawing gives the same text.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    stream = io.StringIO()
    FigureCanvasSVG(figure).print_svg(stream, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    return strip_prolog(stream.getvalue())


def spread(wanted: Sequence[float], widths: Sequence[float], low: float, high: float) -> list[float]:
    """Place labels near where they belong, without overlap.

    Labels that would overlap are pushed apart as a group whose middle stays near the middle of their wishes.

    Parameters
    ----------
    wanted : sequence of float
        Centres that the labels would like, in increasing order.
    widths : sequence of float
        Room that each needs.
    low, high : float
        Ends of the space.

    Returns
    -------
    list of float
        Centres, in the same order.

    Examples
    --------
    >>> spread([1.0, 1.2, 5.0], [1.0, 1.0, 1.0], 0.0, 10.0)
    [0.6, 1.6, 5.0]
    """
    groups: list[list[int]] = []
    for index in range(len(wanted)):
        groups.append([index])
        while len(groups) > 1:
            left, right = (_span(group, wanted, widths, low, high) for group in groups[-2:])
            if left[1] <= right[0] + 1e-12:
                break
            groups[-2:] = [groups[-2] + groups[-1]]
    placed = [0.0] * len(wanted)
    for group in groups:
        edge = _span(group, wanted, widths, low, high)[0]
        for index in group:
            placed[index] = edge + widths[index] / 2
            edge += widths[index]
    return placed


def _span(
    group: Sequence[int], wanted: Sequence[float], widths: Sequence[float], low: float, high: float
) -> tuple[float, float]:
    """Ends of a group of touching labels at its best place."""
    total = sum(widths[index] for index in group)
    before, shifts = 0.0, 0.0
    for index in group:
        shifts += wanted[index] - (before + widths[index] / 2)
        before += widths[index]
    start = min(max(shifts / len(group), low), max(low, high - total))
    return start, start + total
