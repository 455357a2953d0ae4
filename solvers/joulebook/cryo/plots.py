"""Drawings of a heat budget: bars of heat by stage and component, and temperatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import COLOURS, axis, dress, holoviews
from joulebook.cryo.powers import UNITS, shown

if TYPE_CHECKING:
    from joulebook.cryo.results import CryostatResult

__all__ = ["DRAWINGS", "draw"]

DRAWINGS = ("budget", "temperature")
MOST_BARS, MOST_STAGES = 40, 12


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
    drawings: list[Any] = []
    for name in names:
        drawings += _budgets(run, hv) if name == "budget" else [_temperatures(run, hv)]
    return drawings[0] if len(drawings) == 1 else hv.Layout(drawings).opts(shared_axes=False).cols(1)


def _budgets(run: CryostatResult, hv: Any) -> list[Any]:
    """What brings heat into each stage that is found, the largest first; of all stages where none is found."""
    found = np.flatnonzero(run["held"] == 0)
    return [_budget(run, int(k), hv) for k in (found if found.size else np.arange(len(run["stage"])))[:MOST_STAGES]]


def _budget(run: CryostatResult, stage: int, hv: Any) -> Any:
    heat, parts = run["heat"][:, stage], run["component"]
    order = [int(i) for i in np.argsort(-heat, kind="stable") if heat[i] > 0.0][:MOST_BARS]
    largest = float(heat[order[0]]) if order else 1.0
    unit, size = next((pair for pair in UNITS if largest >= pair[1]), UNITS[-1])
    rows = [(str(parts[i]), float(heat[i]) / size, COLOURS[i % len(COLOURS)]) for i in order]
    bars = hv.Bars(
        rows or [("nothing", 0.0, COLOURS[0])],
        [axis(f"component_{stage}", "Component")],
        [axis(f"heat_{stage}", "Heat into the stage", unit), "colour"],
    )
    name, kelvin = run["stage"][stage], float(run["temperature"][stage])
    title = f"{name} at {kelvin:.4g} K: {shown(float(heat[order].sum()) if order else 0.0)}"
    return bars.opts(
        hv.opts.Bars(color="colour", width=640, height=280, xrotation=45, tools=["hover"], hooks=[dress], title=title)
    )


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
            color="colour", width=640, height=260, logy=True, ylim=(low, None), tools=["hover"], hooks=[dress],
            title="Temperatures",
        )
    )  # fmt: skip
