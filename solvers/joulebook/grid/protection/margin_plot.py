"""Margins of pairs over the current through the primary device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import COLOURS, INK, dress, holoviews

if TYPE_CHECKING:
    from joulebook.grid.protection.results import CoordinationResult

__all__ = ["margin_plot"]


def margin_plot(result: CoordinationResult, names: tuple[str, ...] = ()) -> Any:
    """Draw margins over current.

    Parameters
    ----------
    result : CoordinationResult
        What was checked.
    names : tuple of str
        Titles of pairs; all where empty.

    Returns
    -------
    holoviews.Overlay
        A curve for each pair, a cross at its smallest margin; below the line at 0 the pair is not selective.

    Raises
    ------
    InputError
        If a pair is unknown, or there is none.
    """
    known = [str(name) for name in result["pair"]]
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        raise InputError(Issue("names", ", ".join(unknown), "no such pair", f"There are: {', '.join(known) or 'none'}"))
    hv = holoviews()
    across = hv.Dimension("current", label="Current through the primary device", unit="A")
    up = hv.Dimension("margin", label="Margin", unit="s")
    items: list[Any] = []
    for k, name in enumerate(known):
        if names and name not in names:
            continue
        current, margin = result["primary_current"][k], result["margin"][k]
        shown = np.isfinite(current) & np.isfinite(margin)
        colour = COLOURS[k % len(COLOURS)]
        if not np.any(shown):
            continue
        if np.count_nonzero(shown) > 1 and np.ptp(current[shown]) > 0:
            items.append(
                hv.Curve((current[shown], margin[shown]), across, up, label=name).opts(color=colour, line_width=1.6)
            )
        worst = int(np.argmin(np.where(shown, margin, np.inf)))
        points = hv.Scatter(([current[worst]], [margin[worst]]), across, up, label=name)
        items.append(points.opts(color=colour, marker="x", size=9, line_width=2))
    items.append(hv.HLine(0.0).opts(color=INK, line_dash="dashed", line_width=1.2))
    return hv.Overlay(items).opts(
        hv.opts.Overlay(
            width=820,
            height=360,
            logx=True,
            padding=0.05,
            show_grid=True,
            hooks=[dress],
            legend_position="right",
            toolbar="above",
            active_tools=[],
            fontsize={"labels": "10pt", "ticks": "9pt", "legend": "9pt"},
        )
    )
