"""Drawings of a simulation's report: curves over time, ageing over cycles, heat, profiles across the stack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from joulebook.battery.designs import Cell
from joulebook.battery.plots.pieces import filled
from joulebook.battery.results import BatteryResult
from joulebook.core.plot_style import thinned
from joulebook.report.figures import LINE_STYLES, MATERIAL_COLOURS, SERIES, TEXT_WIDTH, in_house_style, to_svg

__all__ = ["HEATS", "ICE", "ageing_svg", "curves_svg", "duration", "heat_svg", "profiles_svg"]

ICE = 273.15
_MOST_POINTS = 1400
_WARMER = 0.01
"""A change of temperature that is worth a panel, K."""
HEATS = (
    ("ohmic_heat", "ohmic"),
    ("reaction_heat", "reaction"),
    ("entropic_heat", "entropic"),
    ("mixing_heat", "mixing"),
)
"""Variables of a run, and what they are called."""
_LOSSES = (
    ("loss_of_lithium_inventory_percent", "lithium inventory"),
    ("loss_of_active_material_negative_percent", "negative material"),
    ("loss_of_active_material_positive_percent", "positive material"),
)
_PROFILES = (
    ("electrolyte_concentration", "Salt (mol/m³)", 1.0),
    ("surface_concentration", "Lithium at surface (kmol/m³)", 1e-3),
    ("reaction_current_density", "Reaction (A/m²)", 1.0),
    ("electrolyte_potential", "Electrolyte potential (V)", 1.0),
)


def rows_of(count: int, height: float, columns: int = 1, *, shared: bool = False) -> tuple[Any, Any]:
    """Begin a drawing of several rows.

    Parameters
    ----------
    count : int
        Rows.
    height : float, inches
        Of a row.
    columns : int
        Axes in a row.
    shared : bool
        Whether all have one horizontal axis.

    Returns
    -------
    figure : matplotlib.figure.Figure
        The drawing.
    axes : ndarray of Axes, shape (count, columns)
        From top to bottom.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(TEXT_WIDTH, height * count), layout="constrained")
    return figure, figure.subplots(count, columns, sharex=shared, squeeze=False)


def clock(seconds: float) -> tuple[float, str]:
    """Choose the unit of a time axis.

    Parameters
    ----------
    seconds : float, s
        Length of the axis.

    Returns
    -------
    tuple of float and str
        Seconds in the unit, and its name.
    """
    for length, name in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds > 3.0 * length:
            return length, name
    return 1.0, "s"


def duration(seconds: float) -> str:
    """Print a duration.

    Parameters
    ----------
    seconds : float, s
        How long.

    Returns
    -------
    str
        With its unit.

    Examples
    --------
    >>> duration(5400.0), duration(90.0)
    ('90 min', '90 s')
    """
    for length, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2.0 * length:
            return f"{seconds / length:.4g} {unit}"
    return f"{seconds:.4g} s"


@in_house_style
def curves_svg(cell: Cell, run: BatteryResult) -> str:
    """Draw voltage, current and, where it changes, temperature over time.

    Parameters
    ----------
    cell : Cell
        The design.
    run : BatteryResult
        The run.

    Returns
    -------
    str
        SVG.
    """
    wanted = [("voltage", "Voltage (V)", SERIES[0], 0.0), ("current", "Current (A)", SERIES[1], 0.0)]
    if float(np.ptp(run["temperature"])) > _WARMER:
        wanted.append(("temperature", "Temperature (°C)", SERIES[2], -ICE))
    figure, axes = rows_of(len(wanted), 1.55, shared=True)
    scale, unit = clock(float(run.time[-1] - run.time[0]))
    for plot, (name, label, colour, offset) in zip(axes[:, 0], wanted, strict=True):
        times, values = thinned(*filled(run, name), _MOST_POINTS)
        plot.plot(times / scale, values + offset, color=colour)
        plot.set_ylabel(label)
        plot.margins(x=0.01)
    for limit in (cell.lower_cutoff, cell.upper_cutoff):
        axes[0, 0].axhline(limit, color="#8a94a1", linewidth=0.8, linestyle=(0, (1, 2)))
    _mark_steps(axes[0, 0], run, scale)
    axes[-1, 0].set_xlabel(f"Time ({unit})")
    return to_svg(figure)


def _mark_steps(plot: Any, run: BatteryResult, scale: float) -> None:
    """Number the steps above the uppermost panel, while there is room."""
    table = run.steps
    span = float(run.time[-1] - run.time[0])
    if not 1 < len(table) <= 24 or span <= 0.0:
        return
    last = -np.inf
    for number, start, end in zip(table["step"], table["start_s"], table["end_s"], strict=True):
        plot.axvline(start / scale, color="#dbe1e8", linewidth=0.8)
        middle = 0.5 * (start + end)
        if middle - last > 0.025 * span:
            place = (middle / scale, 1.02)
            plot.annotate(str(number), place, xycoords=("data", "axes fraction"), ha="center", fontsize=7)
            last = middle


@in_house_style
def ageing_svg(table: Any) -> str:
    """Draw capacity, losses, resistance and efficiency over the cycles.

    Parameters
    ----------
    table : pandas.DataFrame
        As ``run.cycles``.

    Returns
    -------
    str
        SVG.
    """
    figure, axes = rows_of(2, 1.95, 2)
    cycle = table["cycle"].to_numpy()
    mark = "o" if len(cycle) <= 40 else ""
    plots = axes.ravel()
    plots[0].plot(cycle, table["discharge_capacity_Ah"], marker=mark, markersize=3, color=SERIES[0])
    plots[0].set_ylabel("Discharged (A h)")
    for k, (name, label) in enumerate(_LOSSES):
        style = {"color": SERIES[k], "linestyle": LINE_STYLES[k], "marker": mark, "markersize": 3}
        plots[1].plot(cycle, table[name], label=label, **style)
    plots[1].set_ylabel("Loss (%)")
    plots[1].legend(loc="best", fontsize=7)
    plots[2].plot(cycle, 1e3 * table["resistance_ohm"], marker=mark, markersize=3, color=SERIES[1])
    plots[2].set_ylabel("Resistance (mΩ)")
    plots[3].plot(cycle, table["energy_efficiency_percent"], marker=mark, markersize=3, color=SERIES[2])
    plots[3].set_ylabel("Energy efficiency (%)")
    for plot in plots:
        plot.ticklabel_format(axis="y", useOffset=False)
    for plot in axes[1]:
        plot.set_xlabel("Cycle")
    return to_svg(figure)


@in_house_style
def heat_svg(run: BatteryResult, until: float) -> str:
    """Draw the terms of the heat over time.

    Parameters
    ----------
    run : BatteryResult
        The run.
    until : float, s
        End of what is drawn.

    Returns
    -------
    str
        SVG.
    """
    figure, axes = rows_of(1, 2.3)
    plot = axes[0, 0]
    scale, unit = clock(until)
    for k, (name, label) in enumerate(HEATS):
        if name in run.variables and np.any(run[name]):
            times, values = filled(run, name)
            times, values = thinned(times[times <= until], values[times <= until], _MOST_POINTS)
            plot.plot(times / scale, values, color=SERIES[k], linestyle=LINE_STYLES[k], label=label, linewidth=1.2)
    plot.set(xlabel=f"Time ({unit})", ylabel="Heat (W)")
    plot.margins(x=0.01)
    plot.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return to_svg(figure)


@in_house_style
def profiles_svg(cell: Cell, run: BatteryResult, times: Sequence[float]) -> str:
    """Draw what varies across the stack at some times.

    Parameters
    ----------
    cell : Cell
        The design.
    run : BatteryResult
        A run with profiles.
    times : sequence of float, s
        When, rising.

    Returns
    -------
    str
        SVG with a panel for each quantity.
    """
    at = run.at(times)
    figure, axes = rows_of(2, 2.05, 2, shared=True)
    across = 1e6 * at["x"]
    edges = np.cumsum([cell.negative.thickness, cell.separator.thickness, cell.positive.thickness]) * 1e6
    for plot, (name, label, factor) in zip(axes.ravel(), _PROFILES, strict=True):
        plot.axvspan(edges[0], edges[1], color=MATERIAL_COLOURS["separator"], alpha=0.25, linewidth=0)
        for k, moment in enumerate(times):
            style = {"color": SERIES[k % len(SERIES)], "linestyle": LINE_STYLES[k % len(LINE_STYLES)]}
            plot.plot(across, factor * at[name][k], label=duration(float(f"{moment:.3g}")), linewidth=1.2, **style)
        plot.set_ylabel(label)
        plot.set_xlim(0.0, edges[2])
        plot.ticklabel_format(axis="y", useOffset=False)
    for plot in axes[1]:
        plot.set_xlabel("Distance from the negative collector (µm)")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(times))
    return to_svg(figure)
