"""Drawings of short-circuit currents for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import dress
from joulebook.core.plot_style import holoviews as ready

if TYPE_CHECKING:
    from joulebook.grid.faults.results import ShortCircuitResult

__all__ = ["plot_buses"]

MOST_BARS = 50
"""Buses that are drawn; the largest of them."""


def plot_buses(result: ShortCircuitResult, names: Sequence[str]) -> Any:
    """Draw values of buses as bars, the largest first.

    Parameters
    ----------
    result : ShortCircuitResult
        The study.
    names : sequence of str
        Variables by bus.

    Returns
    -------
    holoviews.Layout or holoviews.Bars
        Shown by a notebook.

    Raises
    ------
    InputError
        If a variable is unknown or does not run over buses.
    """
    holoviews = ready()
    drawn = []
    for name in names:
        values = result[name]
        item = result.variables[name]
        if item.dims != ("bus",) or name == "bus":
            raise InputError(Issue("variable", name, "does not run over buses", "Plot it from to_xarray()"))
        order = np.argsort(-np.nan_to_num(values, nan=-np.inf), kind="stable")[:MOST_BARS]
        rows = [(str(result["bus"][k]), float(values[k])) for k in order if np.isfinite(values[k])]
        bars = holoviews.Bars(
            rows,
            holoviews.Dimension("bus", label="Bus"),
            holoviews.Dimension(name, label=item.label, unit="" if item.unit == "1" else item.unit),
        )
        drawn.append(bars.opts(width=460, height=280, xrotation=60, tools=["hover"], title=item.label, hooks=[dress]))
    return drawn[0] if len(drawn) == 1 else holoviews.Layout(drawn).cols(2)
