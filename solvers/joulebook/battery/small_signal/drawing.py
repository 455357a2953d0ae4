"""Pictures of an impedance: Nyquist with equal axes and marked frequencies, Bode, the parts of the cell."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import COLOURS, axis, holoviews

if TYPE_CHECKING:
    from joulebook.battery.small_signal.results import ImpedanceResult

__all__ = ["draw", "frequency_label"]

_NEAR_DECADE = 0.06
"""A point within this many decades of a power of ten is marked."""
_LABEL_ROOM = 0.045
"""Height that a label takes, over the span of the axes; its width is twice that."""
_SIZE = 400


def draw(result: ImpedanceResult, names: Sequence[str]) -> Any:
    """Draw pictures side by side.

    Parameters
    ----------
    result : ImpedanceResult
        What to draw.
    names : sequence of str
        ``"nyquist"``, ``"bode"``, ``"parts"`` or variables over frequency.

    Returns
    -------
    holoviews.Overlay or holoviews.Layout
        One picture, or several.

    Raises
    ------
    InputError
        If there is no such picture or variable.
    """
    hv = holoviews()
    pictures: list[Any] = []
    for name in names:
        if name == "nyquist":
            pictures.append(_nyquist(result, list(_states(result, result.impedance))))
        elif name == "parts":
            pictures.append(_parts(result))
        elif name == "bode":
            pictures += [_over_frequency(result, "magnitude"), _over_frequency(result, "phase")]
        else:
            pictures.append(_over_frequency(result, name))
    return pictures[0] if len(pictures) == 1 else hv.Layout(pictures).opts(shared_axes=False).cols(2)


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


def _states(result: ImpedanceResult, values: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Each state that was asked for, named, with its values over frequency."""
    dims = result.variables["real"].dims[:-1]
    for index in itertools.product(*(range(result[name].size) for name in dims)):
        words = [_state_name(name, float(result[name][k])) for name, k in zip(dims, index, strict=True)]
        yield ", ".join(words), values[index]


def _state_name(name: str, value: float) -> str:
    return f"SOC {value:.4g}" if name == "soc" else f"{value:.5g} K"


def _scale(values: NDArray[Any]) -> tuple[float, str]:
    return (1e3, "mΩ") if np.max(np.abs(values)) < 1.0 else (1.0, "Ω")


def _nyquist(
    result: ImpedanceResult, curves: Sequence[tuple[str, NDArray[np.complex128]]], title: str = "Nyquist"
) -> Any:
    hv = holoviews()
    every = np.array([values for _, values in curves])
    factor, unit = _scale(every)
    span = factor * max(np.ptp(every.real), np.ptp(every.imag), 1e-300)
    across, up = axis("real", "Re Z", unit), axis("opposite", "−Im Z", unit)
    order = np.argsort(result.frequency)
    marks = _decades(result.frequency)
    words = [frequency_label(result.frequency[k]) for k in marks]
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
        if all(abs(x[k] - x[other]) > 2.0 * room or abs(y[k] - y[other]) > room for other in told):
            told.append(k)
    return told


def _parts(result: ImpedanceResult) -> Any:
    """Curves of the parts; of the first state where there are several."""
    names = {"negative": "Negative electrode", "separator": "Separator", "positive": "Positive electrode"}
    curves = [(label, next(_states(result, result.part(name)))[1]) for name, label in names.items()]
    state = next(_states(result, result.impedance))[0]
    return _nyquist(result, curves, f"Parts of the cell, {state}" if state else "Parts of the cell")


def _over_frequency(result: ImpedanceResult, name: str) -> Any:
    hv = holoviews()
    values = result[name]
    item = result.variables[name]
    if item.dims != result.variables["real"].dims:
        known = "nyquist, bode, parts, or a variable over frequency"
        raise InputError(Issue("variable", name, f"runs over {', '.join(item.dims) or 'nothing'}", f"Take {known}"))
    factor, unit = (180.0 / np.pi, "°") if item.unit == "rad" else _scale(values)
    across, up = axis("frequency", "Frequency", "Hz"), axis(name, item.label, unit)
    order = np.argsort(result.frequency)
    drawn = [
        _curve(result.frequency[order], factor * row[order], across, up, label, number).opts(tools=["hover"])
        for number, (label, row) in enumerate(_states(result, values))
    ]
    return hv.Overlay(drawn).opts(
        hv.opts.Curve(
            logx=True, logy=name == "magnitude", frame_width=340, frame_height=220, show_grid=True, padding=0.05
        ),
        hv.opts.Overlay(title=item.label, legend_position="right"),
    )
