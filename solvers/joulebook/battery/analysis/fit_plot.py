"""A fit as pictures: measured and fitted voltage, the residual below, and spectra in the complex plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import COLOURS, axis, holoviews

if TYPE_CHECKING:
    from joulebook.battery.analysis.fit_result import FitResult

__all__ = ["draw_fit"]

_MOST_DOTS = 4000


def draw_fit(fit: FitResult, names: Sequence[str]) -> Any:
    """Draw a fit.

    Parameters
    ----------
    fit : FitResult
        The fit.
    names : sequence of str
        ``"voltage"``, ``"residual"``, ``"impedance"``; all that there are if empty.

    Returns
    -------
    holoviews.Layout or holoviews.Overlay
        Shown by a notebook.

    Raises
    ------
    InputError
        If a name is unknown.
    """
    hv = holoviews()
    makers: dict[str, Any] = {}
    if "residual" in fit.variables:
        makers |= {"voltage": _voltage, "residual": _residual}
    if "frequency" in fit.variables:
        makers["impedance"] = _impedance
    unknown = [name for name in names if name not in makers]
    if unknown:
        raise InputError(Issue("names", unknown, f"must be among {', '.join(makers)}"))
    drawn = [makers[name](hv, fit) for name in names or makers]
    return drawn[0] if len(drawn) == 1 else hv.Layout(drawn).cols(1)


def _time(fit: FitResult) -> tuple[Any, Any, Any]:
    """Times to draw, their axis, and which points to draw as dots."""
    hours = fit["time"][-1] > 2.0 * 3600.0
    across = axis("time_h" if hours else "time", "Time", "h" if hours else "s")
    dots = np.unique(np.linspace(0, fit["time"].size - 1, _MOST_DOTS).astype(int))
    return fit["time"] / (3600.0 if hours else 1.0), across, dots


def _voltage(hv: Any, fit: FitResult) -> Any:
    time, across, dots = _time(fit)
    up = axis("voltage", "Voltage", "V")
    measured = hv.Scatter((time[dots], fit["voltage_measured"][dots]), across, up, label="Measured")
    fitted = hv.Curve((time, fit["voltage_fitted"]), across, up, label="Fitted")
    both = measured.opts(color="#777777", size=3, alpha=0.6) * fitted.opts(color=COLOURS[0], line_width=2)
    return both.opts(
        hv.opts.Curve(width=640, height=300, show_grid=True), hv.opts.Overlay(legend_position="bottom_left")
    )


def _residual(hv: Any, fit: FitResult) -> Any:
    time, across, dots = _time(fit)
    up = axis("residual", "Fitted less measured", "mV")
    points = hv.Scatter((time[dots], 1e3 * fit["residual"][dots]), across, up)
    zero = hv.HLine(0.0).opts(color="#222222", line_width=1)
    return (points.opts(color=COLOURS[3], size=3, alpha=0.7) * zero).opts(
        hv.opts.Scatter(width=640, height=200, show_grid=True)
    )


def _impedance(hv: Any, fit: FitResult) -> Any:
    across = axis("real", "Real part", "mΩ")
    up = axis("imaginary", "Negative imaginary part", "mΩ")
    drawn = []
    for k, soc in enumerate(np.unique(fit["soc"])):
        here = fit["soc"] == soc
        order = np.argsort(fit["frequency"][here])
        colour = COLOURS[k % len(COLOURS)]
        parts = {
            name: (1e3 * fit[f"real_{name}"][here][order], -1e3 * fit[f"imaginary_{name}"][here][order])
            for name in ("measured", "fitted")
        }
        label = f"{soc:.0%} charged"
        drawn.append(hv.Scatter(parts["measured"], across, up).opts(color=colour, size=5, alpha=0.6))
        drawn.append(hv.Curve(parts["fitted"], across, up, label=label).opts(color=colour, line_width=2))
    return hv.Overlay(drawn).opts(
        hv.opts.Curve(width=640, height=380, show_grid=True, data_aspect=1), hv.opts.Overlay(legend_position="top_left")
    )
