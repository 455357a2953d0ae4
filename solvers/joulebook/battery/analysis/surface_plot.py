"""A response surface as a map with contours and the solved designs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.plot_style import COLOURS, axis, holoviews

if TYPE_CHECKING:
    from joulebook.battery.analysis.surface import ResponseSurface

__all__ = ["draw_surface"]

_NEAR = 0.1
_SHOWN = {"m": ("µm", 1e6), "m²/s": ("10⁻¹⁵ m²/s", 1e15)}


def draw_surface(surface: ResponseSurface, names: tuple[str, ...], held: Mapping[str, float], points: int) -> Any:
    """Draw a surface over one or two of its factors.

    Parameters
    ----------
    surface : ResponseSurface
        The surface.
    names : tuple of str
        One or two factors.
    held : mapping of str to float, SI units
        Where the factors are that are not drawn.
    points : int
        Of the map, in each direction.

    Returns
    -------
    holoviews.Overlay
        Shown by a notebook.
    """
    hv = holoviews()
    item = surface.variables["output"]
    up = axis("output", item.label, item.unit)
    axes, lines, scales = [], [], []
    for name in names:
        unit, scale = _shown(surface, name)
        low, high = surface.facts["ranges"][name]
        axes.append(axis(name, name, unit))
        lines.append(np.linspace(low, high, points))
        scales.append(scale)
    shown = _near(surface, names, held)
    others = [path for path in surface.factors if path not in names]
    title = ", ".join(f"{path} = {_text(surface, path, held[path])}" for path in others)
    if len(names) == 1:
        return _curve(surface, names[0], held, title, points)
    solved = [surface[name][shown] * scale for name, scale in zip(names, scales, strict=True)]
    outputs = surface["output"][shown]
    across, along = np.meshgrid(*lines)
    heights = surface.predict({**held, names[0]: across, names[1]: along})
    image = hv.Image((lines[0] * scales[0], lines[1] * scales[1], heights), axes, up)
    dots = hv.Points((*solved, outputs), axes, up)
    parts = [image.opts(cmap="viridis", colorbar=True, width=600, height=440, tools=["hover"], title=title)]
    if np.ptp(heights) > 0.0:
        parts.append(hv.operation.contours(image, levels=8, overlaid=False).opts(**_CONTOURS))
    parts.append(dots.opts(color=up, cmap="viridis", line_color="white", size=6, tools=["hover"]))
    return hv.Overlay(parts)


def _curve(surface: ResponseSurface, name: str, held: Mapping[str, float], title: str, points: int) -> Any:
    hv = holoviews()
    item = surface.variables["output"]
    up = axis("output", item.label, item.unit)
    unit, scale = _shown(surface, name)
    across = axis(name, name, unit)
    low, high = surface.facts["ranges"][name]
    line = np.linspace(low, high, points)
    drawn = hv.Curve((line * scale, surface.predict({**held, name: line})), across, up, label="Surface")
    drawn = drawn.opts(color=COLOURS[0], width=560, height=380, show_grid=True, title=title)
    if len(surface.factors) == 1:
        dots = hv.Scatter((surface[name] * scale, surface["output"]), across, up, label="Solved designs")
        drawn = drawn * dots.opts(color="#222222", size=4)
    return drawn


_CONTOURS = {"color": "white", "line_width": 1.0, "alpha": 0.7, "show_legend": False, "colorbar": False}


def _shown(surface: ResponseSurface, name: str) -> tuple[str, float]:
    unit = surface.variables[name].unit
    return _SHOWN.get(unit, (unit, 1.0))


def _text(surface: ResponseSurface, name: str, value: float) -> str:
    unit, scale = _shown(surface, name)
    return f"{value * scale:.4g}" + ("" if unit == "1" else f" {unit}")


def _near(surface: ResponseSurface, names: tuple[str, ...], held: Mapping[str, float]) -> Any:
    """The solved designs that lie in the slice, or next to it."""
    good = np.isfinite(surface["output"])
    others = [path for path in surface.factors if path not in names]
    if not others:
        return good
    distance = np.zeros(good.size)
    for path in others:
        low, high = surface.facts["ranges"][path]
        distance += ((surface[path] - held[path]) / (high - low)) ** 2
    distance[~good] = np.inf
    return good & (distance <= np.quantile(distance[good], _NEAR))
