"""Drawings of a power flow's report: voltages over buses, loadings of branches."""

from __future__ import annotations

import numpy as np

from joulebook.grid.network import Network
from joulebook.grid.power_flow_result import PowerFlowResult
from joulebook.report.figures import SERIES, TEXT_WIDTH, in_house_style, to_svg
from joulebook.report.network_drawing import loading_colour, voltage_colour

__all__ = ["profile_svg"]

_MOST_BARS = 20
_NAMED = 30


@in_house_style
def profile_svg(network: Network, run: PowerFlowResult) -> str:
    """Draw voltages over buses, with their limits, and the highest loadings.

    Parameters
    ----------
    network : Network
        With its limits.
    run : PowerFlowResult
        Of that network.

    Returns
    -------
    str
        SVG.
    """
    from matplotlib.figure import Figure

    loading = run["loading"]
    rated = np.flatnonzero(np.isfinite(loading))
    rows = 2 if len(rated) else 1
    figure = Figure(figsize=(TEXT_WIDTH, 2.2 * rows), layout="constrained")
    axes = figure.subplots(rows, 1, squeeze=False)[:, 0]
    voltage = run["voltage"]
    place = np.arange(len(voltage))
    size = float(np.clip(900 / len(voltage), 1.5, 18))
    axes[0].scatter(place, voltage, s=size, c=[voltage_colour(float(value)) for value in voltage], zorder=3)
    for column in ("minimum_voltage", "maximum_voltage"):
        limit = network.buses.column(column)
        axes[0].plot(place, limit, color=SERIES[7], lw=0.8, drawstyle="steps-mid", ls=(0, (3, 2)))
    axes[0].set(ylabel="Voltage (pu)", xlim=(-1, len(voltage)))
    if len(voltage) <= _NAMED:
        axes[0].set_xticks(place, [str(name) for name in run["bus"]], rotation=0 if len(voltage) <= 20 else 90)
        axes[0].set_xlabel("Bus")
    else:
        axes[0].set_xlabel("Buses, in the order of the network")
    if rows == 2:
        worst = rated[np.argsort(-loading[rated], kind="stable")][:_MOST_BARS]
        colours = [loading_colour(float(loading[row])) for row in worst]
        axes[1].bar(np.arange(len(worst)), loading[worst], color=colours, width=0.7, zorder=3)
        axes[1].axhline(100, color=SERIES[1], lw=0.9, ls=(0, (3, 2)))
        names = [str(run["branch"][row]) for row in worst]
        axes[1].set_xticks(np.arange(len(worst)), names, rotation=60, ha="right", rotation_mode="anchor")
        axes[1].set(ylabel="Loading (%)", xlabel="Branches with the highest loading")
    return to_svg(figure)
