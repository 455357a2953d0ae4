"""Drawings of a power flow: voltages over buses with their limits, and the branches that carry most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.errors import InputError, Issue, MissingExtraError

if TYPE_CHECKING:
    from joulebook.grid.power_flow_result import PowerFlowResult

__all__ = ["draw"]

MOST_BARS = 40
USUAL = (0.95, 1.05)
"""Per unit; where the network gives no limits."""
GOOD, NEAR, BAD = "#2a7f62", "#d98e04", "#c0392b"
DRAWINGS = ("voltage", "loading")


def draw(run: PowerFlowResult, names: tuple[str, ...]) -> Any:
    """Draw a power flow.

    Parameters
    ----------
    run : PowerFlowResult
        What is drawn.
    names : tuple of str
        ``"voltage"`` and ``"loading"``.

    Returns
    -------
    holoviews.Overlay, holoviews.Bars or holoviews.Layout
        One drawing, or all of them one below the other.

    Raises
    ------
    InputError
        If there is no such drawing.
    MissingExtraError
        If HoloViews is not installed.
    """
    try:
        import holoviews
    except ImportError:
        raise MissingExtraError("Plotting", "lab") from None
    unknown = [name for name in names if name not in DRAWINGS]
    if unknown:
        raise InputError([Issue("drawing", name, f"must be one of {', '.join(DRAWINGS)}") for name in unknown])
    if not holoviews.Store.renderers:
        holoviews.extension("bokeh")
    drawings = [_voltages(run, holoviews) if name == "voltage" else _loadings(run, holoviews) for name in names]
    return drawings[0] if len(drawings) == 1 else holoviews.Layout(drawings).cols(1)


def _limits(run: PowerFlowResult) -> tuple[Any, Any]:
    n = len(run["voltage"])
    low, high = np.full(n, USUAL[0]), np.full(n, USUAL[1])
    if run.solution is not None:
        buses = run.solution.network.buses
        low = np.where(buses.known("minimum_voltage"), buses.column("minimum_voltage"), low)
        high = np.where(buses.known("maximum_voltage"), buses.column("maximum_voltage"), high)
    return low, high


def _voltages(run: PowerFlowResult, holoviews: Any) -> Any:
    voltage, names = run["voltage"], [str(bus) for bus in run["bus"]]
    place = np.arange(len(voltage))
    low, high = _limits(run)
    colour = np.where((voltage < low) | (voltage > high), BAD, GOOD)
    across = holoviews.Dimension("place", label="Bus")
    up = holoviews.Dimension("voltage", label="Voltage", unit="pu")
    ticks = list(zip(place.tolist(), names, strict=True)) if len(names) <= MOST_BARS else None
    points = holoviews.Points(
        {"place": place, "voltage": voltage, "bus": names, "colour": colour}, [across, up], ["bus", "colour"]
    ).opts(color="colour", size=6, tools=["hover"])
    band = holoviews.Area((place, low, high), across, [up, "upper"]).opts(alpha=0.12, color=GOOD, line_width=0)
    made = (band * points).opts(width=760, height=280, show_grid=True, title="Voltages")
    return made.opts(xticks=ticks, xrotation=60) if ticks else made


def _loadings(run: PowerFlowResult, holoviews: Any) -> Any:
    loading, names = run["loading"], [str(branch) for branch in run["branch"]]
    known = np.flatnonzero(~np.isnan(loading))
    chosen = known[np.argsort(-loading[known], kind="stable")][:MOST_BARS]
    colour = np.select([loading[chosen] > 100.0, loading[chosen] > 80.0], [BAD, NEAR], GOOD)
    bars = holoviews.Bars(
        {"branch": [names[k] for k in chosen], "loading": loading[chosen], "colour": colour},
        holoviews.Dimension("branch", label="Branch"),
        [holoviews.Dimension("loading", label="Loading", unit="%"), "colour"],
    )
    return bars.opts(color="colour", width=760, height=280, xrotation=60, tools=["hover"], title="Loadings")
