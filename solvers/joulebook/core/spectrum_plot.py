"""Pictures of impedance over frequency: Nyquist with equal axes and marked frequencies, and Bode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import COLOURS, axis, holoviews

if TYPE_CHECKING:
    from joulebook.core.results import Result

__all__ = ["frequency_label", "nyquist", "over_frequency", "side_by_side"]

_NEAR_DECADE = 0.06
"""A point within this many decades of a power of ten is marked."""
_LABEL_ROOM = 0.045
"""Height that a label takes, over the span of the axes; its width is three times that."""
_SIZE = 400
_UNITS = ((1e7, 1e-6, "MΩ"), (1e4, 1e-3, "kΩ"), (1.0, 1.0, "Ω"), (0.0, 1e3, "mΩ"))
"""From which impedance on, Ω; factor; unit."""

Curve = tuple[str, NDArray[Any]]
"""Name, empty for the only one, and values over frequency."""


def frequency_label(frequency: float) -> str:
    """Write a frequency as engineers say it.

    Parameters
    ----------
    frequency : float, Hz
        More than 0.

    Returns
    -------
    str
        With a prefix from µ to G.

    Examples
    --------
    >>> frequency_label(0.01), frequency_label(1e3)
    ('10 mHz', '1 kHz')
    """
    power = min(max(int(np.floor(np.log10(frequency) / 3.0 + 1e-9)), -2), 3)
    return f"{frequency / 1e3**power:.3g} {('µ', 'm', '', 'k', 'M', 'G')[power + 2]}Hz"


def nyquist(frequencies: NDArray[np.float64], curves: Sequence[Curve], title: str = "Nyquist") -> Any:
    """Draw impedances in their plane, both axes to the same scale.

    Parameters
    ----------
    frequencies : ndarray, shape (n_frequencies,), Hz
        Of all curves.
    curves : sequence of (str, ndarray)
        Name and complex impedance in Ω of each.
    title : str
        Over the picture.

    Returns
    -------
    holoviews.Overlay
        Powers of ten among the frequencies are marked, on the first curve with words.
    """
    hv = holoviews()
    every = np.array([values for _, values in curves])
    factor, unit = _scale(every)
    span = factor * max(np.ptp(every.real), np.ptp(every.imag), 1e-300)
    across, up = axis("real", "Re Z", unit), axis("opposite", "−Im Z", unit)
    order = np.argsort(frequencies)
    marks = _decades(frequencies)
    words = [frequency_label(frequencies[k]) for k in marks]
    drawn = []
    for number, (name, values) in enumerate(curves):
        colour = COLOURS[number % len(COLOURS)]
        x, y = factor * values.real, -factor * values.imag
        drawn.append(_curve(x[order], y[order], across, up, name, number))
        marked = hv.Scatter((x[marks], y[marks], words), across, [up, axis("frequency", "Frequency")])
        drawn.append(marked.opts(color=colour, size=6, tools=["hover"]))
        if number == 0:
            told = _apart(x[marks], y[marks], _LABEL_ROOM * span)
            places = x[marks][told] + 0.012 * span, y[marks][told] + 0.006 * span
            labels = hv.Labels((*places, [words[k] for k in told]), [across, up])
            drawn.append(
                labels.opts(text_font_size="8pt", text_align="left", text_baseline="bottom", text_color="#444444")
            )
    left, right = factor * every.real.min(), factor * every.real.max()
    return hv.Overlay(drawn).opts(
        hv.opts.Curve(frame_width=_SIZE, data_aspect=1, show_grid=True, active_tools=["box_zoom"]),
        hv.opts.Overlay(
            legend_position="right",
            title=title,
            xlim=(min(left, 0.0), right + 0.14 * span),
            ylim=(min(0.0, -factor * every.imag.max()) - 0.02 * span, -factor * every.imag.min() + 0.06 * span),
        ),
    )


def over_frequency(result: Result, name: str, curves: Sequence[Curve], dims: Sequence[str], known: str) -> Any:
    """Draw a variable over frequency.

    Parameters
    ----------
    result : Result
        With ``frequency``.
    name : str
        Of the variable; angles are drawn in degrees, ``magnitude`` on a logarithmic axis.
    curves : sequence of (str, ndarray)
        Name and values of each curve.
    dims : sequence of str
        Dimensions that the variable must have.
    known : str
        What else can be drawn, for the message.

    Returns
    -------
    holoviews.Overlay
        The picture.

    Raises
    ------
    InputError
        If the variable runs over other dimensions.
    """
    hv = holoviews()
    item = result.variables[name]
    if item.dims != tuple(dims):
        raise InputError(Issue("variable", name, f"runs over {', '.join(item.dims) or 'nothing'}", f"Take {known}"))
    factor, unit = (180.0 / np.pi, "°") if item.unit == "rad" else _scale(item.values)
    across, up = axis("frequency", "Frequency", "Hz"), axis(name, item.label, unit)
    order = np.argsort(result["frequency"])
    drawn = [
        _curve(result["frequency"][order], factor * row[order], across, up, label, number).opts(tools=["hover"])
        for number, (label, row) in enumerate(curves)
    ]
    return hv.Overlay(drawn).opts(
        hv.opts.Curve(
            logx=True, logy=name == "magnitude", frame_width=340, frame_height=220, show_grid=True, padding=0.05
        ),
        hv.opts.Overlay(title=item.label, legend_position="right"),
    )


def side_by_side(pictures: Sequence[Any]) -> Any:
    """Put pictures beside each other.

    Parameters
    ----------
    pictures : sequence of holoviews.Overlay
        One or more.

    Returns
    -------
    holoviews.Overlay or holoviews.Layout
        The only picture, or two to a row.
    """
    if len(pictures) == 1:
        return pictures[0]
    return holoviews().Layout(list(pictures)).opts(shared_axes=False).cols(2)


def _scale(values: NDArray[Any]) -> tuple[float, str]:
    largest = np.max(np.abs(values))
    return next((factor, unit) for least, factor, unit in _UNITS if largest >= least)


def _curve(x: NDArray[Any], y: NDArray[Any], across: Any, up: Any, name: str, number: int) -> Any:
    drawn = holoviews().Curve((x, y), across, up, **({"label": name} if name else {}))
    return drawn.opts(color=COLOURS[number % len(COLOURS)], line_width=2)


def _decades(frequencies: NDArray[np.float64]) -> list[int]:
    """Points that stand for a power of ten."""
    powers = np.log10(frequencies)
    wanted = np.arange(np.floor(powers.min()), np.ceil(powers.max()) + 1.0)
    nearest = [int(np.argmin(np.abs(powers - power))) for power in wanted]
    return [k for k, power in zip(nearest, wanted, strict=True) if abs(powers[k] - power) <= _NEAR_DECADE]


def _apart(x: NDArray[np.float64], y: NDArray[np.float64], room: float) -> list[int]:
    """Points that leave each other's label room."""
    told: list[int] = []
    for k in range(len(x)):
        if all(abs(x[k] - x[other]) > 3.0 * room or abs(y[k] - y[other]) > room for other in told):
            told.append(k)
    return told
