"""What a fit gives back: values with their errors, the fitted cell, the residuals, and what the data do not fix."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.analysis.fit_parameters import INITIAL_SOC
from joulebook.battery.analysis.fit_problem import FitProblem
from joulebook.battery.analysis.fit_warnings import warnings_of
from joulebook.battery.analysis.identifiability import Information, information
from joulebook.battery.analysis.resting import concentrations
from joulebook.battery.designs import Cell
from joulebook.battery.half_cell import HalfCell
from joulebook.core.errors import InputError, Issue
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Result, Status, Variable

if TYPE_CHECKING:
    import pandas

    from joulebook.battery.analysis.fit_report import FitReport
    from joulebook.battery.analysis.profile_likelihood import Profile

__all__ = ["FitResult", "result_of"]

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class FitResult(Result):
    """A fit.

    Over ``parameter`` run ``value``, ``standard_error`` (in the unit of the value), ``relative_error`` of those on a
    logarithmic scale, ``start``, ``low`` and ``high``; over ``parameter`` and ``other`` runs ``correlation``; over
    ``time`` run ``voltage_measured``, ``voltage_fitted`` and ``residual``, and ``current`` where it was measured; over
    ``spectrum_point`` run ``frequency``, ``soc`` and real and imaginary parts.
    """

    problem: FitProblem | None = None
    """What was searched, for :meth:`profile`; None for a fit that was read from a file."""
    best: Array | None = None
    """The optimum, on the scales of the search."""

    main_dimension: ClassVar[str] = "parameter"

    @property
    def parameters(self) -> tuple[str, ...]:
        """Paths of what was fitted."""
        return tuple(str(path) for path in self["parameter"])

    @property
    def values(self) -> dict[str, float]:
        """Path to fitted value, SI units."""
        return dict(zip(self.parameters, map(float, self["value"]), strict=True))

    @property
    def standard_errors(self) -> dict[str, float]:
        """Path to standard error, SI units."""
        return dict(zip(self.parameters, map(float, self["standard_error"]), strict=True))

    @property
    def correlation(self) -> pandas.DataFrame:
        """Correlations of the parameters, with their paths as headings."""
        import pandas

        return pandas.DataFrame(self["correlation"], index=self.parameters, columns=self.parameters)

    @functools.cached_property
    def cell(self) -> Cell | HalfCell:
        """The fitted design; its sources say that the values are fitted, to which data, and how well."""
        document = self.facts["fitted_cell"]
        kind = HalfCell if document["kind"] == HalfCell.kind else Cell
        return kind.from_document(document)

    @property
    def initial_soc(self) -> float | None:
        """State of charge where the data start, if one was given or fitted."""
        soc = self.facts["initial_soc"]
        return None if soc is None else float(soc)

    @property
    def rms(self) -> float:
        """Root mean square of the voltage residual, V; not a number without a curve."""
        return float(np.sqrt(np.mean(self["residual"] ** 2))) if "residual" in self.variables else float("nan")

    @property
    def reduced_chi_square(self) -> float:
        """Squared residuals over the noise, per degree of freedom: 1 where the model explains the data."""
        return float(self.facts["reduced_chi_square"])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader should know before trusting the values."""
        return tuple(self.facts["warnings"])

    @property
    def unidentified(self) -> tuple[str, ...]:
        """Combinations of parameters that the data do not fix, the least known first: what moves together."""
        return tuple(str(item["text"]) for item in reversed(self.facts["directions"]) if not item["fixed"])

    def report(self) -> FitReport:
        """Write the fit up.

        Returns
        -------
        FitReport
            Shown by a notebook; ``markdown`` and ``html`` hold the text.
        """
        from joulebook.battery.analysis.fit_report import write_report

        return write_report(self)

    def plot(self, *names: str) -> Any:
        """Draw measured and fitted curves with the residual below, and spectra in the complex plane.

        Parameters
        ----------
        *names : str
            ``"voltage"``, ``"residual"`` or ``"impedance"``; all that there are if none are given.

        Returns
        -------
        holoviews.Layout
            Shown by a notebook.
        """
        from joulebook.battery.analysis.fit_plot import draw_fit

        return draw_fit(self, names)

    def profile(self, parameter: str, *, points: int = 15) -> Profile:
        """Trace how much worse the fit gets with one parameter held away from its optimum, all others fitted anew.

        Parameters
        ----------
        parameter : str
            One of :attr:`parameters`.
        points : int
            At which it is held.

        Returns
        -------
        Profile
            The likelihood along the parameter, and its 95 % confidence interval.

        Raises
        ------
        InputError
            If there is no such parameter, or the fit was read from a file.
        """
        from joulebook.battery.analysis.profile_likelihood import trace_profile

        if parameter not in self.parameters:
            raise InputError(Issue("parameter", parameter, f"must be one of {', '.join(self.parameters)}"))
        if self.problem is None or self.best is None:
            raise InputError(Issue("fit", None, "was read from a file, without its data", "Fit again"))
        if isinstance(points, bool) or not isinstance(points, int) or not 3 <= points <= 1000:
            raise InputError(Issue("points", points, "must be a whole number from 3 to 1000"))
        factor = float(self.facts["factor"])
        return trace_profile(self.problem, self.best, self.parameters.index(parameter), points, factor)

    def summary(self) -> dict[str, str]:
        """Say in a few lines what this is.

        Returns
        -------
        dict of str to str
            Heading to text.
        """
        said = {"Study": self.provenance.study, "Design": str(self.provenance.design.get("name", ""))}
        said["Data"] = str(self.facts["data"]) or "without a name"
        units = self.facts["units"]
        for path, value, error, unit in zip(self.parameters, self["value"], self["standard_error"], units, strict=True):
            said[path] = f"{value:.5g} ± {error:.2g}" + ("" if unit == "1" else f" {unit}")
        if np.isfinite(self.rms):
            said["Residual"] = f"{self.rms * 1e3:.3g} mV rms over {self['time'].size} points"
        said["Reduced χ²"] = f"{self.reduced_chi_square:.4g}"
        for text in self.unidentified:
            said["Not fixed by the data"] = text
        said["Warnings"] = "; ".join(self.warnings) or "none"
        said["Work"] = f"{self.facts['solves']} solves of the model, {self.stats.seconds:.2f} s"
        return said


def result_of(
    problem: FitProblem, best: Any, searches: Sequence[Any], noise_stated: bool, seconds: float, cell: Cell | HalfCell
) -> FitResult:
    """Draw the conclusions of a search.

    Parameters
    ----------
    problem : FitProblem
        What was searched.
    best : lmfit.minimizer.MinimizerResult
        The best search.
    searches : sequence of lmfit.minimizer.MinimizerResult
        All of them.
    noise_stated : bool
        Whether the noise of the data is known.
    seconds : float
        Spent.
    cell : Cell or HalfCell
        The design as it was given.

    Returns
    -------
    FitResult
        The fit.
    """
    x = np.asarray(best.x_all, dtype=np.float64)
    values = problem.values(x)
    residuals = problem.residuals(x)
    free = max(1, residuals.size - x.size)
    reduced = float(residuals @ residuals) / free
    factor = float(np.sqrt(max(reduced, 1.0) if noise_stated else reduced))
    known = information(problem.jacobian(x), problem.parameters, max(factor, 1e-12))
    variables, units = _parameter_variables(problem, values, known, cell)
    variables |= _curve_variables(problem, values) | _spectrum_variables(problem, values)
    name = ", ".join(dict.fromkeys(item.name for item in (problem.series, *problem.spectra) if item and item.name))
    errors = dict(zip(values, variables["standard_error"].values.tolist(), strict=True))
    fitted = _fitted_cell(problem, values, errors, units, name)
    facts = {
        "data": name,
        "units": units,
        "reduced_chi_square": reduced,
        "factor": factor,
        "noise": problem.noise,
        "noise_stated": noise_stated,
        "points": int(residuals.size),
        "initial_soc": values.get(INITIAL_SOC, problem.initial_soc),
        "fitted_cell": fitted.to_document(),
        "directions": [_plain(item) for item in known.directions],
        "searches": [_search_record(problem, found) for found in searches],
        "solves": problem.evaluations,
        "notes": list(problem.series.notes) if problem.series is not None else [],
        "message": str(getattr(best, "message", "")),
    }
    facts["warnings"] = warnings_of(problem, x, residuals, known, facts, bool(best.success))
    return FitResult(
        variables=variables,
        status=Status.SOLVED if best.success else Status.PARTIAL,
        stats=Stats(iterations=problem.evaluations, residual=float(np.sqrt(reduced)), seconds=seconds),
        provenance=Provenance.record("battery.fit", cell, _record(problem), ["Newville2014", *problem.citations]),
        facts=facts,
        problem=problem,
        best=x,
    )


def _parameter_variables(
    problem: FitProblem, values: dict[str, float], known: Information, cell: Cell | HalfCell
) -> tuple[dict[str, Variable], list[str]]:
    from joulebook.battery.sweep_results import unit_at

    over = ("parameter",)
    items = problem.parameters
    value = np.array(list(values.values()))
    logs = np.array([item.log for item in items])
    errors = known.standard_errors * np.where(logs, value, 1.0)
    paths = np.array([item.path for item in items])
    units = ["1" if item.path == INITIAL_SOC else unit_at(cell, item.path) for item in items]
    found = {
        "parameter": Variable(over, paths, "1", "Parameter"),
        "value": Variable(over, value, "", "Fitted value, in its own unit"),
        "standard_error": Variable(over, errors, "", "Standard error, in the unit of the value"),
        "relative_error": Variable(over, np.where(logs, known.standard_errors, np.nan), "1", "Relative standard error"),
        "start": Variable(over, np.array([item.start for item in items]), "", "Start of the search"),
        "low": Variable(over, np.array([item.low for item in items]), "", "Lower limit"),
        "high": Variable(over, np.array([item.high for item in items]), "", "Upper limit"),
        "other": Variable(("other",), paths, "1", "Other parameter"),
        "correlation": Variable(("parameter", "other"), known.correlation, "1", "Correlation"),
    }
    return found, units


def _curve_variables(problem: FitProblem, values: dict[str, float]) -> dict[str, Variable]:
    series = problem.series
    if series is None:
        return {}
    fitted = problem.voltage(values)
    over = ("time",)
    found = {
        "time": Variable(over, series.time, "s", "Time"),
        "voltage_measured": Variable(over, series.voltage, "V", "Measured voltage"),
        "voltage_fitted": Variable(over, fitted, "V", "Fitted voltage"),
        "residual": Variable(over, fitted - series.voltage, "V", "Fitted less measured voltage"),
    }
    if series.current is not None:
        found["current"] = Variable(over, series.current, "A", "Current")
    return found


def _spectrum_variables(problem: FitProblem, values: dict[str, float]) -> dict[str, Variable]:
    if not problem.spectra:
        return {}
    from joulebook.battery.small_signal.study import impedance

    over = ("spectrum_point",)
    measured = np.concatenate([item.impedance for item in problem.spectra])
    fitted = np.concatenate([problem.impedance(item, values) for item in problem.spectra])
    first = problem.spectra[0]
    study = impedance(problem.design(values), first.frequency[:1], soc=first.soc, model=problem.model)
    problem.citations = list(dict.fromkeys([*problem.citations, *study.provenance.citations]))
    return {
        "soc": Variable(
            over,
            np.repeat([s.soc for s in problem.spectra], [s.frequency.size for s in problem.spectra]),
            "1",
            "State of charge",
        ),
        "frequency": Variable(over, np.concatenate([item.frequency for item in problem.spectra]), "Hz", "Frequency"),
        "real_measured": Variable(over, measured.real, "ohm", "Measured real part"),
        "imaginary_measured": Variable(over, measured.imag, "ohm", "Measured imaginary part"),
        "real_fitted": Variable(over, fitted.real, "ohm", "Fitted real part"),
        "imaginary_fitted": Variable(over, fitted.imag, "ohm", "Fitted imaginary part"),
    }


def _fitted_cell(
    problem: FitProblem, values: dict[str, float], errors: dict[str, float], units: list[str], name: str
) -> Cell | HalfCell:
    """The design with the fitted values, each with its source."""
    design = problem.design(values)
    paths = {path: unit for path, unit in zip(values, units, strict=True) if path != INITIAL_SOC}
    note = f"model {problem.model}; limits of the search "
    ranges = {item.path: f"{item.low:g} to {item.high:g}" for item in problem.parameters}
    fitted = {
        path: {
            "ref": "",
            "where": name[:200],
            "method": "fitted",
            "note": f"± {errors[path]:.2g}{'' if unit == '1' else ' ' + unit} standard error; {note}{ranges[path]}",
        }
        for path, unit in paths.items()
    }
    if INITIAL_SOC in values:
        text = f"at rest at a fitted state of charge of {values[INITIAL_SOC]:.4f}"
        state = {"ref": "", "where": name[:200], "method": "fitted", "note": text}
        fitted |= dict.fromkeys(concentrations(design), state)
    sources = {path: source.model_dump(mode="json") for path, source in design.sources.items()}
    return design.replace({"sources": {**sources, **fitted}})


def _plain(item: Any) -> dict[str, Any]:
    return {
        "eigenvalue": item.eigenvalue,
        "standard_error": item.standard_error,
        "parts": item.parts,
        "fixed": bool(item.fixed),
        "text": item.text,
    }


def _search_record(problem: FitProblem, found: Any) -> dict[str, Any]:
    return {"chi_square": float(found.chisqr), "values": problem.values(np.asarray(found.x_all))}


def _record(problem: FitProblem) -> dict[str, Any]:
    return {
        "protocol": str(problem.protocol),
        "model": str(problem.model),
        "options": str(problem.options),
        "initial_soc": problem.initial_soc,
        "noise": problem.noise,
        "parameters": {
            item.path: {
                "min": item.low,
                "max": item.high,
                "value": item.start,
                "scale": "log" if item.log else "linear",
            }
            for item in problem.parameters
        },
    }
