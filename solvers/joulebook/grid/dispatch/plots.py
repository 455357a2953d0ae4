"""Drawings of an optimal power flow: prices over buses, and generators within their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.plot_style import COLOURS, INK, dress
from joulebook.core.plot_style import holoviews as ready

if TYPE_CHECKING:
    from joulebook.grid.dispatch.result import OptimalPowerFlowResult

__all__ = ["dispatch_layout"]

_MOST_NAMES = 20


def dispatch_layout(result: OptimalPowerFlowResult) -> Any:
    """Draw prices and dispatch side by side.

    Parameters
    ----------
    result : OptimalPowerFlowResult
        With a dispatch.

    Returns
    -------
    holoviews.Layout
        Two panels.

    """
    holoviews = ready()
    size = {"width": 460, "height": 300, "show_grid": True, "hooks": [dress]}
    order = np.arange(len(result["bus"]))
    price = holoviews.Scatter(
        (order, result["price"], result["bus"].astype(str), result["voltage"]),
        holoviews.Dimension("place", label="Bus, in the order of the network"),
        [holoviews.Dimension("price", label="Price", unit="1/MWh"), "bus", holoviews.Dimension("voltage", unit="pu")],
    ).opts(color=COLOURS[0], size=6, tools=["hover"], title="Prices", **size)
    low, high, given = result["generator_minimum_p"], result["generator_maximum_p"], result["generator_p"]
    place = np.arange(len(given))
    ranges = holoviews.Segments(
        (place, low, place, high),
        [holoviews.Dimension("generator", label="Generator, in the order of the network"), "low", "x", "high"],
    ).opts(color=INK, line_width=6, alpha=0.4)
    points = holoviews.Scatter(
        (place, given, result["generator"].astype(str), result["generator_marginal_cost"]),
        holoviews.Dimension("generator", label="Generator, in the order of the network"),
        [
            holoviews.Dimension("power", label="Active power", unit="MW"),
            "name",
            holoviews.Dimension("marginal", label="Cost of one more", unit="1/MWh"),
        ],
    ).opts(color=COLOURS[1], size=7, tools=["hover"])
    named = [(k, str(name)) for k, name in enumerate(result["generator"])] if len(place) <= _MOST_NAMES else None
    looks = size if named is None else {**size, "xticks": named, "xlabel": "Generator"}
    dispatch = (ranges * points).opts(title="Dispatch within limits", ylabel="Active power (MW)", **looks)
    return holoviews.Layout([price, dispatch]).cols(2)
