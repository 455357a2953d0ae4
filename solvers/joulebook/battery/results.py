"""What a study of a cell gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import between
from joulebook.battery import layout as at
from joulebook.battery.discretise import Arrays
from joulebook.core.errors import InputError, Issue
from joulebook.core.results import Result, Variable

if TYPE_CHECKING:
    import pandas

__all__ = ["BatteryResult", "BatterySweepResult", "profile_variables", "trace_variables"]

_PROFILES = (
    ("electrolyte_concentration", "mol/m³", "Salt concentration"),
    ("electrolyte_potential", "V", "Potential of the electrolyte"),
    ("electrode_potential", "V", "Potential of the electrode"),
    ("reaction_current_density", "A/m²", "Reaction current density"),
    ("surface_concentration", "mol/m³", "Lithium at the particle surface"),
)


@dataclass(frozen=True, repr=False)
class BatteryResult(Result):
    """A discharge or charge of a cell: values at the solver's own time points.

    The points lie closer where the solution changes faster; :meth:`at` gives the values between them, and
    :meth:`plot` draws those. ``electrolyte_concentration`` and the other profiles are there if they were asked for,
    over ``time`` and ``x`` (m from the negative collector); electrode values are not a number in the separator.
    """

    main_variables: ClassVar[tuple[str, ...]] = ("voltage",)

    @property
    def time(self) -> NDArray[np.float64]:
        """Time, s."""
        return self["time"]

    @property
    def voltage(self) -> NDArray[np.float64]:
        """Cell voltage, V."""
        return self["voltage"]

    @property
    def current(self) -> NDArray[np.float64]:
        """Cell current, A; positive on discharge."""
        return self["current"]

    @property
    def discharge_capacity(self) -> NDArray[np.float64]:
        """Charge taken from the cell since the start, A h; negative on charge."""
        return self["discharge_capacity"]

    @property
    def end_reason(self) -> str:
        """Why the study ended."""
        return str(self.facts["end_reason"])

    @property
    def delivered_energy(self) -> float:
        """Energy taken from the cell from start to end, W h; negative on charge."""
        return float(self["energy"][-1])

    @property
    def error(self) -> dict[str, float]:
        """Estimated error of the discretisation in space and time.

        ``voltage`` and ``largest_voltage`` (V, root mean square and largest) and ``capacity`` (A h), from a second
        solve on a coarser mesh; empty where that was not asked for.
        """
        return dict(self.facts.get("error", {}))

    @property
    def steps(self) -> pandas.DataFrame:
        """The steps of the protocol: what was done, when, how it ended, charge, energy and resistance.

        The resistance is the jump of the voltage over that of the current at the beginning of the step.
        """
        import pandas

        return pandas.DataFrame(self.facts["steps"])

    @property
    def cycles(self) -> pandas.DataFrame:
        """One row for each cycle: capacities, losses, resistance, duration and energy efficiency.

        Loss of lithium is what films, metal and lost material hold more than at the start, over the lithium at the
        start; loss of active material is that of each electrode.
        """
        from joulebook.battery.summary import cycle_table

        return cycle_table(self)

    def at(self, times: Sequence[float] | NDArray[np.float64]) -> BatteryResult:
        """Give the run at other times.

        Parameters
        ----------
        times : sequence of float, s
            Within the run, rising.

        Returns
        -------
        BatteryResult
            The same run, every variable interpolated by a cubic spline.

        Raises
        ------
        InputError
            If a time lies outside the run, or the times do not rise.

        Examples
        --------
        >>> from joulebook.battery import Cell, simulate
        >>> run = simulate(Cell.named("Chen2020"), "Discharge at 1C until 2.5 V")
        >>> run.at([600.0, 1200.0]).voltage.round(3)
        array([3.815, 3.662])
        """
        wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
        first, last = float(self.time[0]), float(self.time[-1])
        slack = 1e-9 * max(last - first, 1.0)
        if wanted.ndim != 1 or not np.all((wanted >= first - slack) & (wanted <= last + slack)):
            raise InputError(Issue("times", times, f"must lie within the run, {first:g} to {last:g} s", unit="s"))
        if np.any(np.diff(wanted) <= 0):
            raise InputError(Issue("times", times, "must rise from one to the next", "Sort them"))
        found = {
            name: item
            if "time" not in item.dims
            else replace(item, values=wanted if name == "time" else self._values_at(item.values, wanted))
            for name, item in self.variables.items()
        }
        return replace(self, variables=found)

    def _values_at(self, values: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
        straight = frozenset(int(row) for row in self.facts.get("followed", ()))
        rows = self["protocol_step"] if "protocol_step" in self.variables else None
        return between.values_at(self.time, values, wanted, rows, straight)

    def even(self, points: int = 401) -> BatteryResult:
        """Give the run at even steps of time, for drawing.

        Parameters
        ----------
        points : int
            How many, ends included.

        Returns
        -------
        BatteryResult
            The same run; as it is where it has a single point.
        """
        return self.at(np.linspace(self.time[0], self.time[-1], points)) if self.time.size > 1 else self

    def plot(self, *names: str) -> Any:
        """Draw variables over time, with the steps of the protocol marked.

        Parameters
        ----------
        *names : str
            Which; the voltage if none are given.

        Returns
        -------
        holoviews.Layout or holoviews.Overlay
            Shown by a notebook.
        """
        from joulebook.battery.plots import plot_over_time

        return plot_over_time(self, *names)

    def plot_profiles(self, *names: str) -> Any:
        """Draw what varies across the stack, with a slider for the time; the run must have been made with profiles.

        Parameters
        ----------
        *names : str
            Which; the salt concentration and the surface concentration if none are given.

        Returns
        -------
        holoviews.HoloMap
            Shown by a notebook.
        """
        from joulebook.battery.plots import plot_profiles

        return plot_profiles(self, *names)

    def plot_ageing(self) -> Any:
        """Draw capacity, losses and resistance over the cycles.

        Returns
        -------
        holoviews.Layout
            Shown by a notebook.
        """
        from joulebook.battery.plots import plot_ageing

        return plot_ageing(self.cycles)


@dataclass(frozen=True, repr=False)
class BatterySweepResult(Result):
    """Discharges or charges of many variants of a cell.

    What was varied, and the figures of each case, run over ``case``; the curves over ``case`` and ``point``, even
    steps of time from the start to the end of that case. Failed cases hold not-a-number and are listed in
    ``failed``.
    """

    main_dimension: ClassVar[str] = "case"
    main_variables: ClassVar[tuple[str, ...]] = ("delivered_capacity", "delivered_energy")

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Cases without a result: ``case``, ``values`` and ``reason`` of each."""
        return list(self.facts["failed"])

    @property
    def ends(self) -> list[str]:
        """How each case ended: voltage reached, time reached, power no longer held, or failed."""
        return list(self.facts["ends"])

    def to_dataframe(self) -> pandas.DataFrame:
        """Give a row for each case: what was varied, the figures, and how it ended.

        Returns
        -------
        pandas.DataFrame
            Columns carry their unit: ``delivered_capacity_Ah``.
        """
        return super().to_dataframe().assign(end=self.ends)

    def summary(self) -> dict[str, str]:
        """Say in a few lines what this is.

        Returns
        -------
        dict of str to str
            Heading to text; the failed cases are counted, and the first reason is given.
        """
        said = super().summary()
        failed = self.failed
        said["Ends"] = ", ".join(f"{self.ends.count(end)} × {end}" for end in dict.fromkeys(self.ends))
        said["Failed"] = f"{len(failed)} (case {failed[0]['case']}: {failed[0]['reason']})" if failed else "none"
        return said


_TRACE = (
    ("time", at.TRACE_TIME, "s", "Time"),
    ("voltage", at.TRACE_VOLTAGE, "V", "Voltage"),
    ("current", at.TRACE_CURRENT, "A", "Current"),
    ("discharge_capacity", at.TRACE_CHARGE, "A h", "Discharged capacity"),
    ("energy", at.TRACE_ENERGY, "W h", "Delivered energy"),
    ("throughput", at.TRACE_THROUGHPUT, "A h", "Charge passed in either direction"),
    ("temperature", at.TRACE_TEMPERATURE, "K", "Temperature"),
    ("anode_potential", at.TRACE_ANODE, "V", "Potential of the negative electrode at the separator"),
    ("protocol_step", at.TRACE_ROW, "1", "Protocol step"),
    ("ohmic_heat", at.TRACE_OHMIC, "W", "Ohmic heat"),
    ("reaction_heat", at.TRACE_REACTION, "W", "Heat of reaction"),
    ("entropic_heat", at.TRACE_ENTROPIC, "W", "Entropic heat"),
)
_MIXING = ("mixing_heat", at.TRACE_MIXING, "W", "Heat of mixing")
_AGEING = (
    ("sei_thickness", "m", "thickness of the film"),
    ("sei_thickness_on_cracks", "m", "thickness of the film on cracks"),
    ("lithium_in_sei", "A h", "lithium in films"),
    ("lithium_plated", "A h", "plated lithium"),
    ("lithium_dead", "A h", "dead lithium"),
    ("lithium_buried", "A h", "lithium in lost material"),
    ("lithium_active", "A h", "lithium in active material"),
    ("crack_length", "m", "length of cracks"),
    ("active_material", "1", "active material over its start"),
)


def trace_variables(trace: NDArray[np.float64], arrays: Arrays) -> dict[str, Variable]:
    """Name the columns that the loop handed out.

    Parameters
    ----------
    trace : ndarray, shape (n_rows, n_columns), mixed
        See :mod:`joulebook.battery.layout`.
    arrays : Arrays
        The discretised cell.

    Returns
    -------
    dict of str to Variable
        Over ``time``.
    """
    thermal = arrays.settings[at.THERMAL] != 0.0
    columns = (*_TRACE, _MIXING) if thermal else _TRACE
    found = {
        name: Variable(("time",), np.ascontiguousarray(trace[:, column]), unit, label)
        for name, column, unit, label in columns
    }
    for side, name in enumerate(("negative", "positive")):
        if trace.shape[1] == at.N_TRACE and np.any(arrays.sites[arrays.sites[:, at.SIDE] == side, at.FILM] >= 0):
            first = at.TRACE_AGEING + side * at.N_TRACE_AGEING
            for k, (key, unit, label) in enumerate(_AGEING):
                values = np.ascontiguousarray(trace[:, first + k])
                found[f"{name}_{key}"] = Variable(("time",), values, unit, f"{name.capitalize()} electrode: {label}")
    return found


def profile_variables(arrays: Arrays, profiles: NDArray[np.float64]) -> dict[str, Variable]:
    """Name the profiles that the loop handed out.

    Parameters
    ----------
    arrays : Arrays
        The discretised cell.
    profiles : ndarray, shape (n_rows, n_nodes, 5), mixed
        c_e, phi_e, phi_s, j and surface concentration.

    Returns
    -------
    dict of str to Variable
        Over ``time`` and ``x``.
    """
    widths = arrays.nodes[:, at.WIDTH]
    n_negative, n_separator, n_positive = arrays.layers
    centres = np.cumsum(widths) - 0.5 * widths
    if n_separator == 0:
        centres = centres + np.array([0.0, arrays.separator_thickness])
    inside = np.zeros(widths.shape[0], dtype=bool)
    inside[n_negative : widths.shape[0] - n_positive] = True
    found = {"x": Variable(("x",), centres, "m", "Distance from the negative collector")}
    for k, (name, unit, label) in enumerate(_PROFILES):
        values = np.ascontiguousarray(profiles[:, :, k])
        if k >= 2:
            values[:, inside] = np.nan
        found[name] = Variable(("time", "x"), values, unit, label)
    return found
