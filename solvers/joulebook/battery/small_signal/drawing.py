"""Pictures of an impedance: Nyquist with equal axes and marked frequencies, Bode, the parts of the cell."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from joulebook.core.spectrum_plot import nyquist, over_frequency, side_by_side

if TYPE_CHECKING:
    from joulebook.battery.small_signal.results import ImpedanceResult

__all__ = ["draw"]


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
    pictures: list[Any] = []
    for name in names:
        if name == "nyquist":
            pictures.append(nyquist(result.frequency, list(_states(result, result.impedance))))
        elif name == "parts":
            pictures.append(_parts(result))
        elif name == "bode":
            pictures += [_over_frequency(result, "magnitude"), _over_frequency(result, "phase")]
        else:
            pictures.append(_over_frequency(result, name))
    return side_by_side(pictures)


def _states(result: ImpedanceResult, values: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Each state that was asked for, named, with its values over frequency."""
    dims = result.variables["real"].dims[:-1]
    for index in itertools.product(*(range(result[name].size) for name in dims)):
        words = [_state_name(name, float(result[name][k])) for name, k in zip(dims, index, strict=True)]
        yield ", ".join(words), values[index]


def _state_name(name: str, value: float) -> str:
    return f"SOC {value:.4g}" if name == "soc" else f"{value:.5g} K"


def _parts(result: ImpedanceResult) -> Any:
    """Curves of the parts; of the first state where there are several."""
    names = {"negative": "Negative electrode", "separator": "Separator", "positive": "Positive electrode"}
    curves = [(label, next(_states(result, result.part(name)))[1]) for name, label in names.items()]
    state = next(_states(result, result.impedance))[0]
    return nyquist(result.frequency, curves, f"Parts of the cell, {state}" if state else "Parts of the cell")


def _over_frequency(result: ImpedanceResult, name: str) -> Any:
    known = "nyquist, bode, parts, or a variable over frequency"
    values = result[name]
    dims = result.variables["real"].dims
    curves = list(_states(result, values)) if result.variables[name].dims == dims else []
    return over_frequency(result, name, curves, dims, known)
