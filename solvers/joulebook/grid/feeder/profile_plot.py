"""The voltage profile of a feeder: what engineers look at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.plot_style import dress
from joulebook.core.plot_style import holoviews as ready

if TYPE_CHECKING:
    from joulebook.grid.feeder.results import UnbalancedResult

__all__ = ["profile"]

_COLOURS = {1: "#1f5fa8", 2: "#b5452c", 3: "#2f7d4f", 4: "#6b6b6b"}
LOWEST, HIGHEST = 0.95, 1.05
"""Per unit: range A of ANSI C84.1 for service voltages."""


def profile(result: UnbalancedResult) -> Any:
    """Draw the voltage of every phase over the distance from the source.

    Parameters
    ----------
    result : UnbalancedResult
        A solved feeder.

    Returns
    -------
    holoviews.Overlay
        Lines along the lines of the feeder, points at its nodes.

    """
    holoviews = ready()
    distance = holoviews.Dimension("distance", label="Distance from the source", unit="km")
    voltage = holoviews.Dimension("voltage_pu", label="Voltage", unit="pu")
    places = {
        node: (x / 1e3, v)
        for node, x, v in zip(
            result["node"].tolist(), result["distance"].tolist(), result["voltage_pu"].tolist(), strict=True
        )
        if np.isfinite(x) and v > 0
    }
    lines = _lines(result)
    layers = []
    for phase, colour in _COLOURS.items():
        points = [(*at, node) for node, at in places.items() if node.rpartition(".")[2] == str(phase)]
        if not points:
            continue
        paths = [
            [places[one], places[other]]
            for one, other in lines
            if one.rpartition(".")[2] == str(phase) and one in places and other in places
        ]
        layers.append(holoviews.Path(paths, [distance, voltage]).opts(color=colour, line_width=1.2))
        marks = holoviews.Points(points, [distance, voltage], holoviews.Dimension("node", label="Node"))
        name = "Neutral" if phase == 4 else f"Phase {phase}"
        layers.append(marks.relabel(name).opts(color=colour, size=4, tools=["hover"]))
    limits = [
        holoviews.HLine(level).opts(color="#999999", line_dash="dashed", line_width=1) for level in (LOWEST, HIGHEST)
    ]
    return holoviews.Overlay([*limits, *layers]).opts(
        width=720,
        height=380,
        show_grid=True,
        hooks=[dress],
        legend_position="right",
        xlabel="Distance from the source [km]",
        ylabel="Voltage [pu]",
    )


def _lines(result: UnbalancedResult) -> list[tuple[str, str]]:
    """Pairs of nodes that a conductor of a line or a coil of a transformer joins."""
    ends: dict[tuple[str, int], list[str]] = {}
    for label in result["conductor"].tolist():
        element, terminal, node = label.rsplit("/", 2)
        if element.startswith(("line.", "transformer.")) and node != "earth":
            ends.setdefault((element, int(terminal)), []).append(node)
    pairs = []
    for (element, terminal), nodes in ends.items():
        if terminal == 1:
            for other in (ends.get((element, k), []) for k in (2, 3)):
                by_phase = {node.rpartition(".")[2]: node for node in other}
                pairs += [
                    (node, by_phase[node.rpartition(".")[2]]) for node in nodes if node.rpartition(".")[2] in by_phase
                ]
    return pairs
