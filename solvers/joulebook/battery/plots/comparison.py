"""Runs and measurements laid over each other, with a table of how far they are apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.plots.curves import Traced, traced
from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import axis, colour, dashes, holoviews, panel, thinned, time_axis

if TYPE_CHECKING:
    import pandas

__all__ = ["Comparison", "compare"]

Array = NDArray[np.float64]
_QUANTITIES = {
    "voltage": ("Voltage", "V"),
    "current": ("Current", "A"),
    "temperature": ("Temperature", "K"),
}


def compare(runs: Mapping[str, Any], *, reference: str | None = None) -> Comparison:
    """Lay runs and measurements over each other.

    Parameters
    ----------
    runs : mapping of str to BatteryResult, DataFrame or path
        What is compared, by the name that legends and the table show. A table has columns for time and voltage, and
        for current and temperature if they were measured.
    reference : str, optional
        What the others are measured against; the first measurement, or the first run where there is none.

    Returns
    -------
    Comparison
        ``plot()`` draws it, ``metrics`` is the table.

    Raises
    ------
    InputError
        If there are fewer than two, the reference is not one of them, or there is no voltage over time.

    Examples
    --------
    >>> from joulebook.battery import Cell, compare, simulate
    >>> cell = Cell.named("Chen2020")
    >>> runs = {model: simulate(cell, "Discharge at 1C until 2.5 V", model=model) for model in ("DFN", "SPM")}
    >>> found = compare(runs)
    >>> float(found.metrics.loc["SPM", "voltage_rms_difference_mV"].round())
    59.0
    """
    if not isinstance(runs, Mapping) or len(runs) < 2:
        hint = 'Such as {"model": run, "measured": table}'
        raise InputError(Issue("runs", type(runs).__name__, "must name at least two runs or tables", hint))
    curves = {str(name): traced(str(name), source) for name, source in runs.items()}
    if reference is None:
        reference = next((name for name, item in curves.items() if not item.smooth), next(iter(curves)))
    if reference not in curves:
        raise InputError(Issue("reference", reference, f"must be one of {', '.join(curves)}"))
    return Comparison(curves, reference)


@dataclass(frozen=True, repr=False)
class Comparison:
    """Runs and measurements side by side.

    Parameters
    ----------
    curves : mapping of str to Traced
        What is compared.
    reference : str
        What the others are measured against.
    """

    curves: Mapping[str, Traced]
    reference: str

    @property
    def metrics(self) -> pandas.DataFrame:
        """A row for each: distance of the voltage from the reference, capacity, energy, end, mean temperature."""
        return self.to_dataframe()

    def to_dataframe(self) -> pandas.DataFrame:
        """Give the table of figures.

        Returns
        -------
        pandas.DataFrame
            ``voltage_rms_difference_mV`` and ``voltage_largest_difference_mV`` over the time that both cover, the time
            of the largest, ``discharged_capacity_Ah`` and ``discharged_energy_Wh`` (negative on charge), ``end_s``,
            and ``mean_temperature_K`` where one has a temperature. What is not known is not-a-number.
        """
        import pandas

        rows = {name: self._figures(item) for name, item in self.curves.items()}
        table = pandas.DataFrame.from_dict(rows, orient="index")
        table.index.name = "run"
        return table.dropna(axis="columns", how="all")

    def _figures(self, item: Traced) -> dict[str, float]:
        apart = self._difference(item)
        largest = int(np.argmax(np.abs(apart[1]))) if apart[0].size else -1
        length = float(apart[0][-1] - apart[0][0]) if apart[0].size else 0.0
        square = float(np.trapezoid(apart[1] ** 2, apart[0])) if length > 0.0 else 0.0
        current, kelvin = item.current, item.temperature
        span = float(item.time[-1] - item.time[0])
        return {
            "voltage_rms_difference_mV": 1e3 * (square / length) ** 0.5 if length > 0.0 else np.nan,
            "voltage_largest_difference_mV": 1e3 * abs(float(apart[1][largest])) if apart[0].size else np.nan,
            "largest_difference_at_s": float(apart[0][largest]) if apart[0].size else np.nan,
            "discharged_capacity_Ah": np.nan if current is None else item.integral(current) / 3600.0,
            "discharged_energy_Wh": np.nan if current is None else item.integral(current * item.voltage) / 3600.0,
            "end_s": float(item.time[-1]),
            "mean_temperature_K": item.integral(kelvin) / span if kelvin is not None and span > 0.0 else np.nan,
        }

    def _difference(self, item: Traced) -> tuple[Array, Array]:
        """Times that a curve shares with the reference, and how far it lies above."""
        other = self.curves[self.reference]
        if item is other:
            return np.zeros(0), np.zeros(0)
        first, last = max(item.time[0], other.time[0]), min(item.time[-1], other.time[-1])
        if last <= first:
            return np.zeros(0), np.zeros(0)
        points = other.time if not other.smooth else np.concatenate([item.time, other.time])
        inside = points[(points > first) & (points < last)]
        times = np.unique(np.concatenate([[first], inside, [last]]))
        if other.smooth:
            times = np.sort(np.concatenate([times, 0.5 * (times[1:] + times[:-1])]))
        return times, item.voltage_at(times) - other.voltage_at(times)

    def plot(self, *names: str) -> Any:
        """Draw the curves over each other, and their distance from the reference.

        Parameters
        ----------
        *names : str
            ``"voltage"``, ``"current"`` or ``"temperature"``; the voltage if none are given.

        Returns
        -------
        holoviews.Layout
            A panel for each, then the differences of the voltage.

        Raises
        ------
        InputError
            If none of the curves has such a quantity.
        """
        hv = holoviews()
        last = max(float(item.time[-1]) for item in self.curves.values())
        across, scale = time_axis(last)
        panels = [self._panel(name, across, scale) for name in names or ("voltage",)]
        up = axis("difference", f"Voltage above {self.reference}", "mV")
        drawn = []
        for k, (name, item) in enumerate(self.curves.items()):
            times, apart = thinned(*self._difference(item))
            if times.size:
                curve = hv.Curve((times / scale, 1e3 * apart), across, up, label=name)
                drawn.append(curve.opts(color=colour(k), line_dash=dashes(k), line_width=1.6, tools=["hover"]))
        if drawn:
            zero = hv.HLine(0.0).opts(color=colour(7), line_width=1.0, line_dash="dotted")
            panels.append(panel(hv.Overlay([*drawn, zero]), height=220, legend_position="right"))
        return hv.Layout(panels).cols(1)

    def _panel(self, quantity: str, across: Any, scale: float) -> Any:
        hv = holoviews()
        drawn = []
        for k, (name, item) in enumerate(self.curves.items()):
            if quantity not in item.drawn:
                continue
            times, values = thinned(*item.drawn[quantity])
            axes = (across, axis(quantity, *_QUANTITIES[quantity]))
            curve = hv.Curve((times / scale, values), *axes, label=name)
            if item.smooth:
                style = {"line_dash": dashes(k), "line_width": 1.8}
                drawn.append(curve.opts(color=colour(k), tools=["hover"], **style))
            else:  # a measurement lies under the models as a broad band
                drawn.insert(0, curve.opts(color=colour(k), line_width=5.0, alpha=0.45, tools=["hover"]))
        if not drawn:
            known = sorted({key for item in self.curves.values() for key in item.drawn})
            raise InputError(Issue("names", quantity, "is in none of the curves", f"They have: {', '.join(known)}"))
        return panel(hv.Overlay(drawn), height=300, legend_position="right")

    def __repr__(self) -> str:
        return f"<Comparison: {', '.join(self.curves)} against {self.reference}>\n{self.metrics.round(4).T.to_string()}"

    def _repr_html_(self) -> str:
        caption = f"<p><b>Comparison</b> against {_escaped(self.reference)}</p>"
        return caption + str(self.metrics.round(4).to_html(na_rep="—", border=0))


def _escaped(text: str) -> str:
    import html

    return html.escape(text)
