"""Drawings of a battery cell's report: the stack, open-circuit potentials, discharges, Ragone plot, masses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from joulebook.battery.balance import balance, open_circuit_voltage
from joulebook.battery.components import Collector
from joulebook.battery.designs import Cell
from joulebook.report.drawings import INK
from joulebook.report.figures import (
    GRID,
    LINE_STYLES,
    MATERIAL_COLOURS,
    SERIES,
    TEXT_WIDTH,
    in_house_style,
    new_figure,
    spread,
    to_svg,
)
from joulebook.report.numbers import number

__all__ = ["discharge_svg", "masses_svg", "ocp_svg", "open_circuit_curve", "ragone_svg", "stack_svg"]

_MOST_PARTICLES = 150


@in_house_style
def stack_svg(cell: Cell) -> str:
    """Draw the layers of a cell to scale, from collector to collector.

    Parameters
    ----------
    cell : Cell
        The design.

    Returns
    -------
    str
        SVG. Particles are drawn at their radius where that many fit on the page.
    """
    from matplotlib.patches import Rectangle

    layers = _layers(cell)
    total = sum(thickness for _, _, thickness, _ in layers)
    scale = (TEXT_WIDTH - 0.3) / total
    band = 1.25 / scale
    figure, axes = new_figure(2.35)
    left = 0.0
    centres = []
    for side, _, thickness, colour in layers:
        shade = Rectangle((left, 0), thickness, band, facecolor=colour, edgecolor=INK, linewidth=0.6)
        axes.add_patch(shade)
        if side in {"Negative electrode", "Positive electrode"}:
            part = cell.negative if side.startswith("Neg") else cell.positive
            _draw_particles(axes, shade, part.particle_radius, part.active_fraction)
        centres.append(left + thickness / 2)
        left += thickness
    width = [_label_width(layer) / scale for layer in layers]
    for place, centre, layer in zip(spread(centres, width, 0.0, total), centres, layers, strict=True):
        _label(axes, layer, place, centre, band)
    _scale_bar(axes, total, band)
    axes.set_xlim(-0.01 * total, 1.01 * total)
    axes.set_ylim(-0.22 * band, 1.75 * band)
    axes.set_aspect("equal")
    axes.set_axis_off()
    return to_svg(figure)


def _layers(cell: Cell) -> list[tuple[str, str, float, str]]:
    """Name, material, thickness and colour of every layer, from the negative collector on."""
    return [
        *_foil(cell.negative_collector),
        ("Negative electrode", cell.negative.material, cell.negative.thickness, MATERIAL_COLOURS["negative"]),
        ("Separator", cell.separator.material, cell.separator.thickness, MATERIAL_COLOURS["separator"]),
        ("Positive electrode", cell.positive.material, cell.positive.thickness, MATERIAL_COLOURS["positive"]),
        *_foil(cell.positive_collector),
    ]


def _foil(collector: Collector | None) -> list[tuple[str, str, float, str]]:
    if collector is None:
        return []
    colour = MATERIAL_COLOURS.get(collector.material, MATERIAL_COLOURS["aluminium"])
    return [("Collector", collector.material, collector.thickness, colour)]


def _shorten(text: str, longest: int = 24) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _label_width(layer: tuple[str, str, float, str]) -> float:
    """Inches that a label needs."""
    return 0.062 * max(len(layer[0]), len(_shorten(layer[1]))) + 0.12


def _label(axes: Any, layer: tuple[str, str, float, str], place: float, centre: float, band: float) -> None:
    name, material, thickness, _ = layer
    axes.plot([centre, centre, place, place], [band, 1.07 * band, 1.19 * band, 1.24 * band], color=INK, linewidth=0.6)
    text = f"{_shorten(material)}\n{number(thickness * 1e6)} µm"
    axes.text(place, 1.27 * band, text, ha="center", va="bottom", fontsize=7.2, linespacing=1.25)
    axes.text(place, 1.53 * band, name, ha="center", va="bottom", fontsize=7.5, weight="bold")


def _draw_particles(axes: Any, shade: Any, radius: float, fraction: float) -> None:
    """Fill a layer with circles on a hexagonal lattice that cover the active fraction; too many are left out."""
    from matplotlib.collections import EllipseCollection

    step = 2.0 * radius * math.sqrt(max(1.0, math.pi / (2.0 * math.sqrt(3.0)) / fraction))
    left, bottom = shade.get_xy()
    width, height = shade.get_width(), shade.get_height()
    rows = int(height / (step * math.sqrt(0.75))) + 2
    columns = int(width / step) + 2
    if rows * columns > _MOST_PARTICLES:
        return
    centres = [
        (left + (column + 0.5 * (row % 2)) * step, bottom + row * step * math.sqrt(0.75))
        for row in range(rows)
        for column in range(columns)
    ]
    size = [2.0 * radius] * len(centres)
    circles = EllipseCollection(
        size, size, [0.0] * len(centres), units="xy", offsets=centres, offset_transform=axes.transData
    )
    circles.set(facecolor="#ffffff55", edgecolor="#ffffffaa", linewidth=0.4)
    axes.add_collection(circles, autolim=False)
    circles.set_clip_path(shade)


def _scale_bar(axes: Any, total: float, band: float) -> None:
    power = 10.0 ** math.floor(math.log10(total / 3))
    length = next(step * power for step in (5, 2, 1) if step * power <= total / 3)
    axes.plot([0, length], [-0.1 * band] * 2, color=INK, linewidth=1.5, solid_capstyle="butt")
    axes.text(1.03 * length, -0.1 * band, f"{number(length * 1e6)} µm", va="center", fontsize=7.5)


@in_house_style
def ocp_svg(cell: Cell) -> str:
    """Draw the open-circuit potentials of both electrodes and of the cell.

    Parameters
    ----------
    cell : Cell
        The design.

    Returns
    -------
    str
        SVG; thick where the cell uses the electrode between its cut-offs.
    """
    ends = balance(cell)
    figure, axes = new_figure(2.35, columns=3)
    sides = (
        ("negative", ends.negative_full, ends.negative_empty),
        ("positive", ends.positive_full, ends.positive_empty),
    )
    for plot, (side, full, empty) in zip(axes[:2], sides, strict=True):
        law, colour = cell.active_material(side).ocp, MATERIAL_COLOURS[side]
        used = np.linspace(min(full, empty), max(full, empty), 301)
        whole = np.linspace(min(*law.domain, used[0]), max(*law.domain, used[-1]), 401)
        plot.plot(whole, law.function(np, whole), color=GRID, linewidth=1.3)
        plot.plot(used, law.function(np, used), color=colour, linewidth=2)
        for point, mark, word in ((full, "o", "charged"), (empty, "s", "discharged")):
            height = float(law.function(np, np.array([point]))[0])
            plot.plot([point], [height], mark, color=colour, markersize=4.5, label=word)
        plot.set(title=side.capitalize(), xlabel="Stoichiometry", ylabel=f"Potential (V vs {_couple(cell)})")
        plot.legend(loc="upper right", handletextpad=0.2)
        low, high = (float(f(law.function(np, used))) for f in (np.min, np.max))
        plot.set_ylim(low - 0.12 * (high - low), high + 0.45 * (high - low))
    capacity, voltage = open_circuit_curve(cell)
    axes[2].plot(capacity, voltage, color=INK)
    axes[2].set(title="Cell", xlabel="Discharged (A h)", ylabel="Voltage (V)")
    return to_svg(figure)


def _couple(cell: Cell) -> str:
    """What the potentials are measured against: the metal whose ions the electrolyte carries."""
    return "Na/Na⁺" if cell.electrolyte_material().chemistry.startswith("Na") else "Li/Li⁺"


def open_circuit_curve(cell: Cell) -> tuple[Any, Any]:
    """Open-circuit voltage of a cell over the charge that it has given.

    Parameters
    ----------
    cell : Cell
        The design.

    Returns
    -------
    capacity : ndarray, shape (201,), A h
        From full to empty.
    voltage : ndarray, shape (201,), V
        At rest.
    """
    ends = balance(cell)
    given = np.linspace(0.0, 1.0, 201)
    states = [ends.stoichiometries(float(1.0 - part)) for part in given]
    voltage = np.array([open_circuit_voltage(cell, x, y) for x, y in states])
    return given * ends.capacity, voltage


@in_house_style
def discharge_svg(cell: Cell, curves: Mapping[str, tuple[Any, Any]]) -> str:
    """Draw discharges over the charge that the cell gives.

    Parameters
    ----------
    cell : Cell
        The design.
    curves : mapping of str to tuple of ndarray
        Label to capacity (A h) and voltage (V).

    Returns
    -------
    str
        SVG, with the open-circuit voltage behind.
    """
    figure, plot = new_figure(2.7)
    capacity, voltage = open_circuit_curve(cell)
    plot.plot(capacity, voltage, color="#8a94a1", linewidth=1, linestyle=(0, (1, 2)), label="open circuit")
    for index, (label, (given, volts)) in enumerate(curves.items()):
        style = LINE_STYLES[index % len(LINE_STYLES)]
        plot.plot(given, volts, color=SERIES[index % len(SERIES)], linestyle=style, label=label)
    plot.axhline(cell.lower_cutoff, color=INK, linewidth=0.6)
    plot.annotate(
        f"cut-off {number(cell.lower_cutoff)} V",
        (0, cell.lower_cutoff),
        (2, 3),
        textcoords="offset points",
        fontsize=7.5,
    )
    plot.set(xlabel="Discharged capacity (A h)", ylabel="Cell voltage (V)")
    plot.set_xlim(left=0)
    plot.legend(loc="upper right", ncols=1 if len(curves) < 5 else 2)
    return to_svg(figure)


@in_house_style
def ragone_svg(points: Sequence[tuple[str, float, float]]) -> str:
    """Draw specific energy over specific power.

    Parameters
    ----------
    points : sequence of tuple
        Label, power (W/kg) and energy (Wh/kg), in order of rising power.

    Returns
    -------
    str
        SVG with logarithmic axes.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    figure, plot = new_figure(2.6, width=0.75 * TEXT_WIDTH)
    power = [point[1] for point in points]
    energy = [point[2] for point in points]
    plot.plot(power, energy, "-o", color=SERIES[0], markersize=4.5)
    for label, x, y in points:
        plot.annotate(label, (x, y), (3, 5), textcoords="offset points", fontsize=7.5)
    plot.set(xscale="log", yscale="log", xlabel="Specific power (W/kg)", ylabel="Specific energy (Wh/kg)")
    plot.set_xlim(min(power) / 1.6, max(power) * 1.6)
    plot.set_ylim(min(energy) / 1.5, max(energy) * 1.5)
    for axis in (plot.xaxis, plot.yaxis):
        axis.set_major_locator(LogLocator(10, subs=(1, 1.5, 2, 3, 5, 7)))
        axis.set_major_formatter(FuncFormatter(lambda value, _position: number(value)))
        axis.set_minor_formatter(NullFormatter())
        axis.set_minor_locator(LogLocator(10, subs=()))
    return to_svg(figure)


@in_house_style
def masses_svg(masses: Mapping[str, float]) -> str:
    """Draw the masses of the components as bars.

    Parameters
    ----------
    masses : mapping of str to float, kg
        By component.

    Returns
    -------
    str
        SVG.
    """
    figure, plot = new_figure(0.5 + 0.21 * len(masses))
    names = list(masses)[::-1]
    grams = [masses[name] * 1e3 for name in names]
    total = sum(grams)
    bars = plot.barh(names, grams, color=[_mass_colour(name) for name in names], height=0.68)
    plot.bar_label(bars, [f"{number(g, 3)} g · {100 * g / total:.0f} %" for g in grams], padding=3, fontsize=7.5)
    plot.set_xlim(0, max(grams) * 1.22)
    plot.set_xlabel("Mass (g)")
    plot.grid(visible=False, axis="y")
    return to_svg(figure)


def _mass_colour(name: str) -> str:
    if name.endswith("collector"):
        return MATERIAL_COLOURS["copper" if name.startswith("negative") else "aluminium"]
    return MATERIAL_COLOURS.get(name.split(" ")[0], "#5f6b7a")
