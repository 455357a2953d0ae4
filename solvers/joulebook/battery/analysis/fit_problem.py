"""Residuals of a model against measured curves and spectra, and their derivatives.

A residual is (model - measured) / noise. Voltages are compared at the measured times; past the end of a run that stops
or breaks down before the data end, its last voltage stands. The cut-offs of the cell do not stop the run: they are
moved half a volt beyond the data. Impedances count with their real and their imaginary part, the noise a share of the
measured size.

Derivatives of the voltage come from the engine's forward sensitivities where it has them. Others, and those of
impedances, are central differences with a step of a hundredth of each value (or of its range): the designs on both
sides of all parameters are solved in one sweep where the current is constant, one after the other otherwise. A side
that has no result leaves a one-sided difference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import between
from joulebook.battery.analysis.fit_derivatives import voltage_derivatives
from joulebook.battery.analysis.fit_parameters import INITIAL_SOC, FitParameter
from joulebook.battery.analysis.measured import Spectrum, TimeSeries
from joulebook.battery.analysis.resting import at_rest, concentrations
from joulebook.battery.designs import Cell
from joulebook.battery.half_cell import HalfCell
from joulebook.battery.results import BatteryResult
from joulebook.battery.simulation import simulate
from joulebook.battery.sweeping import sweep
from joulebook.core.errors import CancelledError, JoulebookError, SolveError
from joulebook.core.progress import Progress, check_cancelled

__all__ = ["FitProblem"]

Array = NDArray[np.float64]
_STEP = 0.01
_MARGIN = 0.5
"""V; how far beyond the measured voltages a run may go."""
_LOST = 1.0
"""V, and a share of an impedance: what a design without a result is off by."""
_LOWEST = 0.05
_FEWEST = 3
"""Points that the beginning of a run must have to stand for it."""


@dataclass
class FitProblem:
    """A fit, ready to be searched.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design to start from, with what is held already in it.
    parameters : tuple of FitParameter
        What varies.
    series : TimeSeries, optional
        Measured curve.
    protocol : object
        What was done to the cell in it.
    spectra : tuple of Spectrum
        Measured spectra.
    noise : dict of str to float
        ``"voltage"`` (V) and ``"impedance"`` (share of the size).
    weights : dict of str to ndarray
        Further factors on the residuals of each kind, or of each point.
    model, options : object
        As for :func:`joulebook.battery.simulate`.
    initial_soc : float, optional
        State of charge at the start, where it is not fitted.
    batch : bool
        Whether differences are solved in one sweep.
    client : distributed.Client, optional
        A Dask cluster for the sweep.
    progress : Progress
        Where the progress shows.
    """

    cell: Cell | HalfCell
    parameters: tuple[FitParameter, ...]
    series: TimeSeries | None
    protocol: Any
    spectra: tuple[Spectrum, ...]
    noise: dict[str, float]
    weights: dict[str, Any]
    model: Any
    options: Any
    initial_soc: float | None
    batch: bool
    client: Any
    progress: Progress
    evaluations: int = 0
    covered: float = math.inf
    """Time at which the last run ended, s."""
    first_failure: str = ""
    citations: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Number of residuals."""
        points = self.series.time.size if self.series is not None else 0
        return points + sum(2 * spectrum.frequency.size for spectrum in self.spectra)

    def values(self, x: Array) -> dict[str, float]:
        """Bring numbers of the search back to values.

        Parameters
        ----------
        x : ndarray, shape (n_parameters,)
            On the scale of the search.

        Returns
        -------
        dict of str to float
            Path to value, SI units.
        """
        return {item.path: item.from_scale(float(value)) for item, value in zip(self.parameters, x, strict=True)}

    def design(self, values: Mapping[str, float]) -> Cell | HalfCell:
        """Make the design with these values, at rest where the data start.

        Parameters
        ----------
        values : mapping of str to float
            Path to value.

        Returns
        -------
        Cell or HalfCell
            Its ``initial_state`` is that of the state of charge, if one is given or fitted.
        """
        changed = self.cell.replace({path: value for path, value in values.items() if path != INITIAL_SOC})
        soc = values.get(INITIAL_SOC, self.initial_soc)
        return changed if soc is None else at_rest(changed, soc)

    def freed(self, cell: Cell | HalfCell) -> Cell | HalfCell:
        """Move the cut-offs of a design out of the way of the data.

        Parameters
        ----------
        cell : Cell or HalfCell
            The design.

        Returns
        -------
        Cell or HalfCell
            It stops half a volt beyond the measured voltages.
        """
        if self.series is None:
            return cell
        low = max(_LOWEST, min(cell.lower_cutoff, float(self.series.voltage.min()) - _MARGIN))
        high = max(cell.upper_cutoff, float(self.series.voltage.max()) + _MARGIN)
        return cell.replace({"lower_cutoff": low, "upper_cutoff": high})

    def voltage(self, values: Mapping[str, float]) -> Array:
        """Solve for the voltage at the measured times.

        Parameters
        ----------
        values : mapping of str to float
            Path to value.

        Returns
        -------
        ndarray, shape (n_points,), V
            The model's.
        """
        check_cancelled(self.progress)
        run = self._run(self.freed(self.design(values)))
        self.evaluations += 1
        if not self.citations:
            self.citations = list(run.provenance.citations)
        times = self.series.time if self.series is not None else np.zeros(0)
        known = np.isfinite(run.voltage)
        last = float(run.time[known][-1])
        self.covered = last
        inside = times <= last
        voltage = np.full(times.size, float(run.voltage[known][-1]))
        if known.all():
            voltage[inside] = run.at(times[inside]).voltage
        else:
            voltage[inside] = np.interp(times[inside], run.time[known], run.voltage[known])
        return voltage

    def _run(self, cell: Cell | HalfCell) -> BatteryResult:
        """Solve; what there is of a run that breaks down, as a search comes by designs that run empty."""
        try:
            return simulate(cell, self.protocol, model=self.model, options=self.options, progress=False)
        except SolveError as error:
            partial = error.partial
            if isinstance(partial, BatteryResult) and np.count_nonzero(np.isfinite(partial.voltage)) > _FEWEST:
                return partial
            raise

    def impedance(self, spectrum: Spectrum, values: Mapping[str, float]) -> NDArray[np.complex128]:
        """Solve for the impedance at the measured frequencies.

        Parameters
        ----------
        spectrum : Spectrum
            What was measured.
        values : mapping of str to float
            Path to value.

        Returns
        -------
        ndarray of complex, shape (n_frequencies,), ohm
            The model's.
        """
        from joulebook.battery.small_signal.study import impedance_values

        check_cancelled(self.progress)
        design = self.cell.replace({path: value for path, value in values.items() if path != INITIAL_SOC})
        self.evaluations += 1
        return impedance_values(design, spectrum.frequency, soc=spectrum.soc, model=self.model)

    def residuals(self, x: Array) -> Array:
        """Compare the model with the data.

        Parameters
        ----------
        x : ndarray, shape (n_parameters,)
            On the scale of the search.

        Returns
        -------
        ndarray, shape (n_residuals,)
            Model less measured, over the noise; a volt, or the whole impedance, where there is no result.

        Raises
        ------
        CancelledError
            If a person cancelled.
        """
        try:
            return self._residuals(self.values(x))
        except CancelledError:
            raise
        except JoulebookError as error:
            self.first_failure = self.first_failure or str(error)
            return self._lost()

    def _residuals(self, values: Mapping[str, float]) -> Array:
        parts = []
        if self.series is not None:
            parts.append(self._of_voltage(self.voltage(values)))
        parts += [self._of_impedance(spectrum, self.impedance(spectrum, values)) for spectrum in self.spectra]
        return np.concatenate(parts)

    def _of_voltage(self, voltage: Array) -> Array:
        measured = self.series.voltage if self.series is not None else voltage
        weight = self.weights.get("voltage", 1.0)
        return np.asarray((voltage - measured) * weight / self.noise["voltage"])

    def _of_impedance(self, spectrum: Spectrum, model: NDArray[np.complex128]) -> Array:
        off = (model - spectrum.impedance) / (np.abs(spectrum.impedance) * self.noise["impedance"])
        off = off * self.weights.get("impedance", 1.0)
        return np.concatenate([off.real, off.imag])

    def _lost(self) -> Array:
        parts = []
        if self.series is not None:
            parts.append(np.full(self.series.time.size, _LOST / self.noise["voltage"]))
        parts += [np.full(2 * item.frequency.size, _LOST / self.noise["impedance"]) for item in self.spectra]
        return np.concatenate(parts)

    def jacobian(self, x: Array) -> Array:
        """Differentiate the residuals.

        Parameters
        ----------
        x : ndarray, shape (n_parameters,)
            On the scale of the search.

        Returns
        -------
        ndarray, shape (n_residuals, n_parameters)
            Per unit of ``x``.

        Raises
        ------
        SolveError
            If neither side of a parameter has a result.
        """
        exact = self._forward(x) if self.client is None else None
        if exact is None:
            return self._differences(x)
        return np.concatenate([exact, self._differences(x, of_curve=False)]) if self.spectra else exact

    def _forward(self, x: Array) -> Array | None:
        """Derivatives by the engine's forward sensitivities, where all of them have an answer."""
        if self.series is None:
            return None
        check_cancelled(self.progress)
        values = self.values(x)
        found = voltage_derivatives(self, values)
        if found is None:
            return None
        scale = self.weights.get("voltage", 1.0) / self.noise["voltage"]
        inner = [values[item.path] if item.log else 1.0 for item in self.parameters]
        columns = [found[item.path] * scale * part for item, part in zip(self.parameters, inner, strict=True)]
        return np.stack(columns, axis=1)

    def _differences(self, x: Array, *, of_curve: bool = True) -> Array:
        places = np.repeat(x[None], 2 * x.size, axis=0)
        for k, item in enumerate(self.parameters):
            step = _STEP if item.log else _STEP * item.half_range
            low, high = item.limits
            places[2 * k, k] = max(x[k] - step, low)
            places[2 * k + 1, k] = min(x[k] + step, high)
        rows = self._many([self.values(place) for place in places], of_curve)
        middle: Array | None = None
        columns = []
        for k, item in enumerate(self.parameters):
            below, above = rows[2 * k], rows[2 * k + 1]
            ends = places[2 * k, k], places[2 * k + 1, k]
            if not (np.isfinite(below).all() and np.isfinite(above).all()):
                middle = self.residuals(x)[0 if of_curve else self.size_of_series :] if middle is None else middle
                if np.isfinite(below).all():
                    above, ends = middle, (ends[0], x[k])
                elif np.isfinite(above).all():
                    below, ends = middle, (x[k], ends[1])
                else:
                    value = item.from_scale(float(x[k]))
                    raise SolveError(
                        f"near {item.path} = {value:g} the model has no result on either side: {self.first_failure}. "
                        "Narrow the limits of the parameters, or start elsewhere"
                    )
            columns.append((above - below) / (ends[1] - ends[0]))
        return np.stack(columns, axis=1)

    def _many(self, cases: list[dict[str, float]], of_curve: bool) -> list[Array]:
        """Residuals of several designs; not a number where there is no result."""
        parts: list[list[Array]] = [[] for _ in cases]
        if self.series is not None and of_curve:
            for part, voltage in zip(parts, self._voltages(cases), strict=True):
                part.append(self._of_voltage(voltage))
        for part, values in zip(parts, cases, strict=True):
            for spectrum in self.spectra:
                try:
                    part.append(self._of_impedance(spectrum, self.impedance(spectrum, values)))
                except CancelledError:
                    raise
                except JoulebookError as error:
                    self.first_failure = self.first_failure or str(error)
                    part.append(np.full(2 * spectrum.frequency.size, np.nan))
        return [np.concatenate(part) for part in parts]

    def _voltages(self, cases: list[dict[str, float]]) -> list[Array]:
        if self.batch:
            return self._swept(cases)
        return [self._voltage_or_nothing(values) for values in cases]

    def _voltage_or_nothing(self, values: Mapping[str, float]) -> Array:
        try:
            return self.voltage(values)
        except CancelledError:
            raise
        except JoulebookError as error:
            self.first_failure = self.first_failure or str(error)
            return np.full(self.size_of_series, np.nan)

    @property
    def size_of_series(self) -> int:
        """Measured voltages."""
        return self.series.time.size if self.series is not None else 0

    def _swept(self, cases: list[dict[str, float]]) -> list[Array]:
        check_cancelled(self.progress)
        base = self.freed(self.cell)
        rows: list[dict[str, float]] = []
        lost = np.zeros(len(cases), dtype=bool)
        for case, values in enumerate(cases):
            try:
                design = self.design(values)
            except JoulebookError as error:
                self.first_failure = self.first_failure or str(error)
                lost[case] = True
                design = self.cell
            own = {path: value for path, value in values.items() if path != INITIAL_SOC}
            rows.append({**own, **concentrations(design)})
        columns = {path: [row[path] for row in rows] for path in rows[0]}
        done = sweep(
            base,
            columns,
            self.protocol,
            samples="rows",
            model=self.model,
            options=self.options,
            client=self.client,
            progress=False,
        )
        self.evaluations += len(cases)
        for item in done.failed:
            lost[item["case"]] = True
        times = self.series.time if self.series is not None else np.zeros(0)
        found = []
        for case in range(len(cases)):
            if lost[case]:
                found.append(self._voltage_or_nothing(cases[case]))
                continue
            own_time, voltage = done["time"][case], done["voltage"][case]
            found.append(between.values_at(own_time, voltage, np.minimum(times, own_time[-1])))
        return found
