"""The one-line drawing of a network in a report: busbars by their voltage, branches by their loading."""

from __future__ import annotations

from typing import Any

import numpy as np

from joulebook.grid.diagram.layout import bus_positions
from joulebook.grid.network import Network
from joulebook.grid.power_flow_result import PowerFlowResult
from joulebook.report.drawings import INK
from joulebook.report.figures import TEXT_WIDTH, in_house_style, to_svg

__all__ = ["LOADING_COLOURS", "VOLTAGE_COLOURS", "can_be_drawn", "loading_colour", "one_line_svg", "voltage_colour"]

VOLTAGE_COLOURS = ((0.95, "#c0392b"), (0.97, "#b8860b"), (1.05, "#1b8a5a"), (np.inf, "#7a5195"))
"""Below each voltage, per unit: red, yellow, green, and violet above."""
LOADING_COLOURS = ((80.0, "#5f6b7a"), (100.0, "#b8860b"), (np.inf, "#c0392b"))
"""Below each loading, per cent."""
_UNKNOWN = "#9aa3ad"
_NAMED = 150
"""Of so many buses each is named."""
_VALUED = 45
"""Of so many buses each has its voltage written beside its name."""
_TALLEST = 8.2


def voltage_colour(voltage: float) -> str:
    """Give the colour of a voltage.

    Parameters
    ----------
    voltage : float, per unit
        NaN for no supply.

    Returns
    -------
    str
        Hexadecimal.
    """
    if not np.isfinite(voltage):
        return _UNKNOWN
    return next(colour for limit, colour in VOLTAGE_COLOURS if voltage < limit or limit == np.inf)


def loading_colour(loading: float) -> str:
    """Give the colour of a loading.

    Parameters
    ----------
    loading : float, per cent
        NaN where no rating is known.

    Returns
    -------
    str
        Hexadecimal.
    """
    if not np.isfinite(loading):
        return _UNKNOWN
    return next(colour for limit, colour in LOADING_COLOURS if loading < limit or limit == np.inf)


def can_be_drawn(network: Network) -> bool:
    """Say whether a network is small enough for a drawing on a page.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    bool
        True for up to :data:`joulebook.grid.diagram.layout.MOST_BUSES` buses.
    """
    return len(network.buses) > 0 and bool(np.isfinite(bus_positions(network)).all())


@in_house_style
def one_line_svg(network: Network, run: PowerFlowResult) -> str:
    """Draw a network with the results of a power flow.

    Parameters
    ----------
    network : Network
        The network.
    run : PowerFlowResult
        Of that network.

    Returns
    -------
    str
        SVG.
    """
    from matplotlib.figure import Figure

    at = bus_positions(network) * [1.0, -1.0]
    if len(at) > _VALUED and np.ptp(at[:, 0]) > np.ptp(at[:, 1]) and not network.diagram.placements:
        at = at[:, ::-1]  # large networks use the height of the page
    span = np.maximum(np.ptp(at, axis=0) + np.array([5.0, 4.0]), [10.0, 6.0])
    height = float(np.clip(TEXT_WIDTH * span[1] / span[0], 2.2, _TALLEST))
    figure = Figure(figsize=(TEXT_WIDTH, height), layout="constrained")
    axes = figure.subplots()
    axes.set_aspect("equal")
    axes.axis("off")
    per_inch = span[0] / TEXT_WIDTH
    size = float(np.clip(3.4 / per_inch, 0.25, 1.0)) if len(at) > 1 else 1.0
    _branches(axes, network, run, at, size)
    _devices(axes, network, at, size)
    _bars(axes, network, run, at, size)
    return to_svg(figure)


def _bars(axes: Any, network: Network, run: PowerFlowResult, at: Any, size: float) -> None:
    voltages = run["voltage"]
    for name, (x, y), voltage in zip(network.buses.ids, at, voltages, strict=True):
        colour = voltage_colour(float(voltage))
        axes.plot([x - 0.85, x + 0.85], [y, y], color=colour, lw=3.2 * size, solid_capstyle="butt", zorder=4)
        if len(at) <= _NAMED:
            text = str(name)
            if len(at) <= _VALUED:
                text += f"  {voltage:.3f}" if np.isfinite(voltage) else "  off"
            label = axes.annotate(
                text, (x, y), xytext=(0, 2.5 * size), textcoords="offset points", ha="center", va="bottom", zorder=6
            )
            label.set(fontsize=5.2 * size + 1.4, color=INK)


def _branches(axes: Any, network: Network, run: PowerFlowResult, at: Any, size: float) -> None:
    place = network.buses.positions
    loading, p_from = run["loading"], run["p_from"]
    n_lines = len(network.lines)
    for number, table in enumerate((network.lines, network.transformers)):
        first, second = place(table.column("from_bus")), place(table.column("to_bus"))
        on = table.column("in_service")
        offset = 0 if number == 0 else n_lines
        seen: dict[tuple[int, int], int] = {}
        for row in range(len(table)):
            f, t = int(first[row]), int(second[row])
            pair = (min(f, t), max(f, t))
            seen[pair] = seen.get(pair, 0) + 1
            shift = 0.35 * (seen[pair] - 1) * np.array([1.0, 0.0])
            a, b = at[f] + shift, at[t] + shift
            colour = loading_colour(float(loading[offset + row]))
            style = "-" if on[row] else (0, (1.5, 1.5))
            axes.plot([a[0], b[0]], [a[1], b[1]], color=colour, lw=1.1 * size, ls=style, zorder=2)
            if number == 1:
                _rings(axes, a, b, colour, size)
            power = float(p_from[offset + row])
            if on[row] and np.isfinite(power) and abs(power) > 0 and len(at) <= _NAMED:
                _arrow(axes, a, b, power, colour, size)
    three = network.three_winding_transformers
    for row in range(len(three)):
        corners = np.array([at[network.buses.position(three.column(f"bus_{k}")[row])] for k in (1, 2, 3)])
        middle = corners.mean(axis=0)
        for corner in corners:
            axes.plot([corner[0], middle[0]], [corner[1], middle[1]], color=_UNKNOWN, lw=1.1 * size, zorder=2)
            _rings(axes, corner, middle, _UNKNOWN, size)
    for table, first_name, second_name in (
        (network.hvdc_lines, "from_bus", "to_bus"),
        (network.switches, "bus", "other_bus"),
    ):
        for f, t in zip(place(table.column(first_name)), place(table.column(second_name)), strict=True):
            if f >= 0 and t >= 0:
                axes.plot(*zip(at[f], at[t], strict=True), color=INK, lw=0.8 * size, ls=(0, (4, 2)), zorder=2)


def _rings(axes: Any, a: Any, b: Any, colour: str, size: float) -> None:
    from matplotlib.patches import Circle

    length = float(np.hypot(*(b - a)))
    along = (b - a) / max(length, 1e-9)
    radius = 0.26 * min(1.0, length)
    for side in (-0.6, 0.6):
        centre = (a + b) / 2 + side * radius * along
        axes.add_patch(Circle(centre, radius, fill=False, ec=colour, lw=0.9 * size, zorder=3))


def _arrow(axes: Any, a: Any, b: Any, power: float, colour: str, size: float) -> None:
    start, end = (a, b) if power > 0 else (b, a)
    tip, tail = start + 0.66 * (end - start), start + 0.6 * (end - start)
    style = {"arrowstyle": "-|>", "color": colour, "lw": 0.1, "mutation_scale": 7 * size, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=tip, xytext=tail, arrowprops=style, zorder=3)


def _devices(axes: Any, network: Network, at: Any, size: float) -> None:
    """Sources hang above their bus, loads below it, shunts beside it."""
    from matplotlib.patches import Circle, Rectangle

    place = network.buses.positions
    for table, square in ((network.generators, False), (network.converters, False), (network.external_grids, True)):
        for bus in sorted(set(place(table.column("bus"))[table.column("in_service")].tolist())):
            x, y = at[bus] + [-0.62, 0.0]
            axes.plot([x, x], [y, y - 0.42], color=INK, lw=0.7 * size, zorder=3)
            if square:
                patch: Any = Rectangle((x - 0.2, y - 0.82), 0.4, 0.4, fill=True, fc="white", ec=INK, lw=0.7 * size)
                patch.set_hatch("xxxx")
            else:
                patch = Circle((x, y - 0.64), 0.22, fill=True, fc="white", ec=INK, lw=0.7 * size)
                axes.text(x, y - 0.65, "∼", ha="center", va="center", fontsize=6.5 * size, color=INK, zorder=6)
            patch.set_zorder(5)
            axes.add_patch(patch)
    for table in (network.loads, network.motors):
        for bus in sorted(set(place(table.column("bus"))[table.column("in_service")].tolist())):
            x, y = at[bus] + [0.62, 0.0]
            arrow = {"arrowstyle": "-|>", "color": INK, "lw": 0.7 * size, "mutation_scale": 6 * size, "shrinkA": 0}
            axes.annotate("", xy=(x, y - 0.72), xytext=(x, y), arrowprops=arrow, zorder=3)
    shunts = network.shunts
    for bus in sorted(set(place(shunts.column("bus"))[shunts.column("in_service")].tolist())):
        x, y = at[bus] + [0.05, 0.0]
        axes.plot([x, x], [y, y - 0.3], color=INK, lw=0.7 * size, zorder=3)
        for depth in (0.3, 0.42):
            axes.plot([x - 0.18, x + 0.18], [y - depth, y - depth], color=INK, lw=0.9 * size, zorder=3)
        axes.plot([x, x], [y - 0.42, y - 0.62], color=INK, lw=0.7 * size, zorder=3)
