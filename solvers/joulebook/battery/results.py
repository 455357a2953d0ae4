"""What a study of a cell gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import between
from joulebook.battery.discretise import Arrays
from joulebook.battery.layout import WIDTH
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
        return between.integral(self.time, self.voltage * self.current) / 3600.0

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
            else replace(item, values=wanted if name == "time" else between.values_at(self.time, item.values, wanted))
            for name, item in self.variables.items()
        }
        return replace(self, variables=found)

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
        """Draw variables over time, at even steps.

        Parameters
        ----------
        *names : str
            Which; the voltage if none are given.

        Returns
        -------
        holoviews.Layout or holoviews.Curve
            Shown by a notebook.
        """
        return Result.plot(self.even(), *names)


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


def trace_variables(trace: NDArray[np.float64]) -> dict[str, Variable]:
    """Name the columns that the loop handed out.

    Parameters
    ----------
    trace : ndarray, shape (n_rows, 4), mixed
        Time, voltage, current, charge.

    Returns
    -------
    dict of str to Variable
        Over ``time``.
    """
    over = ("time",)
    return {
        "time": Variable(over, np.ascontiguousarray(trace[:, 0]), "s", "Time"),
        "voltage": Variable(over, np.ascontiguousarray(trace[:, 1]), "V", "Voltage"),
        "current": Variable(over, np.ascontiguousarray(trace[:, 2]), "A", "Current"),
        "discharge_capacity": Variable(over, np.ascontiguousarray(trace[:, 3]), "A h", "Discharged capacity"),
    }


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
    widths = arrays.nodes[:, WIDTH]
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
