"""Drawings of a heat budget: bars of heat by stage and component, and temperatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import COLOURS, axis, dress, holoviews

if TYPE_CHECKING:
    from joulebook.cryo.results import CryostatResult

__all__ = ["DRAWINGS", "draw"]

DRAWINGS = ("budget", "temperature")
MOST_BARS = 60
LEAST_WATTS = 1e-12
"""A bar below this is left out: the axis is logarithmic."""


def draw(run: CryostatResult, names: tuple[str, ...]) -> Any:
    """Draw a heat budget.

    Parameters
    ----------
    run : CryostatResult
        What is drawn.
    names : tuple of str
        ``"budget"`` and ``"temperature"``.

    Returns
    -------
    holoviews.Bars or holoviews.Layout
        One drawing, or all of them one below the other.

    Raises
    ------
    InputError
        If there is no such drawing.
    """
    unknown = [name for name in names if name not in DRAWINGS]
    if unknown:
        raise InputError([Issue("drawing", name, f"must be one of {', '.join(DRAWINGS)}") for name in unknown])
    hv = holoviews()
    drawings = [_budget(run, hv) if name == "budget" else _temperatures(run, hv) for name in names]
    return drawings[0] if len(drawings) == 1 else hv.Layout(drawings).cols(1)


def _budget(run: CryostatResult, hv: Any) -> Any:
    """Heat into the stages that are found, the largest bars of each."""
    heat, parts, stages = run["heat"], run["component"], run["stage"]
    found = np.flatnonzero(run["held"] == 0)
    shown = found if found.size else np.arange(len(stages))
    rows = [
        (str(stages[j]), str(parts[i]), float(heat[i, j]), COLOURS[i % len(COLOURS)])
        for j in shown
        for i in np.argsort(-heat[:, j], kind="stable")[: max(1, MOST_BARS // max(len(shown), 1))]
        if heat[i, j] > LEAST_WATTS
    ]
    bars = hv.Bars(
        rows or [(str(stages[shown[0]]), "none", LEAST_WATTS, COLOURS[0])],
        [axis("stage", "Stage"), axis("component", "Component")],
        [axis("heat", "Heat into the stage", "W"), "colour"],
    )
    return bars.opts(
        hv.opts.Bars(
            color="colour", width=760, height=320, xrotation=60, logy=True, tools=["hover"], hooks=[dress],
            title="Heat budget", ylim=(LEAST_WATTS if not rows else min(row[2] for row in rows) / 3.0, None),
        )
    )  # fmt: skip


def _temperatures(run: CryostatResult, hv: Any) -> Any:
    colours = [COLOURS[0] if not held else COLOURS[7] for held in run["held"]]
    names = [str(name) for name in run["stage"]]
    bars = hv.Bars(
        list(zip(names, run["temperature"].tolist(), colours, strict=True)),
        [axis("stage", "Stage")],
        [axis("temperature", "Temperature", "K"), "colour"],
    )
    low = float(np.min(run["temperature"])) / 3.0
    return bars.opts(
        hv.opts.Bars(
            color="colour", width=760, height=260, logy=True, ylim=(low, None), tools=["hover"], hooks=[dress],
            title="Temperatures",
        )
    )  # fmt: skip
