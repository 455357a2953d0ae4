"""Fit values of a design to measured curves and impedance spectra.

Least squares over the residuals of :mod:`joulebook.battery.analysis.fit_problem`, searched within the limits by
SciPy's trust-region reflective method through lmfit. Several starts, points of a Sobol' sequence within the limits
after the first, tell whether the minimum that was found is the only one.

Noise that is stated is taken at its word, and standard errors follow from it; where residuals are larger nevertheless,
because the model is not the cell, they are widened by the same factor (χ² per degree of freedom, square root). Noise
that is not stated is what the residuals say.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.analysis.fit_parameters import INITIAL_SOC, FitParameter, read_parameters
from joulebook.battery.analysis.fit_problem import FitProblem
from joulebook.battery.analysis.fit_result import FitResult, result_of
from joulebook.battery.analysis.measured import Spectrum, TimeSeries, read_spectrum, read_time_series
from joulebook.battery.analysis.measured_protocol import protocol_of
from joulebook.battery.designs import Cell
from joulebook.battery.half_cell import HalfCell
from joulebook.core.errors import InputError, Issue, SolveError
from joulebook.core.progress import Progress, progress_or_default

__all__ = ["DEFAULT_NOISE", "FINE", "fit", "search"]

Array = NDArray[np.float64]
DEFAULT_NOISE = {"voltage": 1e-3, "impedance": 0.01}
"""V, and share of the size: what residuals are divided by where no noise is stated."""
FINE: dict[str, Any] = {"voltage_tolerance": 5e-6, "salt_tolerance": 0.05}
"""Options where none are given: errors in time must stay far below the noise, or the search stumbles over them."""
_NO_EFFECT = 1e-2
_MOST_STARTS = 1000


def fit(
    cell: Cell | HalfCell,
    data: Any = None,
    parameters: Mapping[str, Any] | None = None,
    *,
    protocol: Any = None,
    impedance: Mapping[float, Any] | None = None,
    noise: Mapping[str, float] | None = None,
    weights: Mapping[str, Any] | None = None,
    columns: Mapping[str, Any] | None = None,
    charge_positive: bool = False,
    model: Any = "DFN",
    options: Any = None,
    initial_soc: float | None = None,
    starts: int = 1,
    most_solves: int = 2000,
    seed: int = 0,
    client: Any = None,
    progress: Progress | bool | None = None,
) -> FitResult:
    """Fit values of a design to measured data.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design to start from.
    data : DataFrame, mapping or path, optional
        Time, current and voltage of a test; columns are found by their headings, units too
        (:mod:`joulebook.battery.analysis.headings`). Positive current discharges.
    parameters : mapping of str to (low, high), mapping or lmfit.Parameter
        Dotted path, or ``"initial_soc"``, to its limits in SI units, or to settings ``min``, ``max``, ``value``,
        ``vary`` and ``scale``.
    protocol : str or list or Protocol, optional
        What was done to the cell; the measured current where left out.
    impedance : mapping of float to DataFrame, mapping or path, optional
        State of charge to a measured spectrum: frequency, and real and imaginary part.
    noise : mapping of str to float, optional
        Standard deviation of the data: ``"voltage"`` (V) and ``"impedance"`` (share of its size).
    weights : mapping of str to float or ndarray, optional
        Further factors on the residuals of ``"voltage"`` (a number for each row) or ``"impedance"``.
    columns : mapping of str to object, optional
        ``"time"``, ``"current"`` or ``"voltage"`` to a heading, where headings do not say it.
    charge_positive : bool
        Whether a positive current charges the cell in these data.
    model, options : object
        As for :func:`joulebook.battery.simulate`; left out, ``options`` are :data:`FINE`.
    initial_soc : float, 1, optional
        State of charge when the data start; the cell's ``initial_state`` where left out.
    starts : int
        How many searches; the first from the design's values, the others spread within the limits.
    most_solves : int
        Of the model, in each search.
    seed : int
        Of the further starts.
    client : distributed.Client, optional
        A Dask cluster that solves the differences.
    progress : Progress or bool, optional
        Where the progress shows.

    Returns
    -------
    FitResult
        The fitted cell, standard errors, correlation, what the data do not fix, and the residuals.

    Raises
    ------
    InputError
        If data, parameters or an option are not allowed, or a parameter changes nothing in these data.
    DataFormatError
        If a file cannot be read.
    SolveError
        If the model has no result at the start, or nowhere near.
    CancelledError
        If a person cancelled.

    Examples
    --------
    >>> from joulebook.battery import Cell, fit, simulate
    >>> cell = Cell.named("Chen2020")
    >>> run = simulate(cell.replace({"negative.particle_radius": 7e-6}), "Discharge at 1C for 3000 s", model="SPM")
    >>> found = fit(cell, run.even(101).to_dataframe(), {"negative.particle_radius": (3e-6, 12e-6)}, model="SPM")
    >>> round(found.values["negative.particle_radius"] * 1e6, 2)
    7.0
    """
    started = time.perf_counter()
    if not isinstance(cell, Cell | HalfCell):
        raise InputError(Issue("cell", type(cell).__name__, "must be a Cell or a HalfCell"))
    read = read_parameters(cell, parameters if parameters is not None else {})
    series, what = _series(data, protocol, columns, charge_positive)
    spectra = _spectra(impedance)
    stated = _noise(noise)
    _check_numbers(series, spectra, read, starts, most_solves, initial_soc)
    held = {item.path: item.start for item in read if not item.vary}
    soc = held.pop(INITIAL_SOC, initial_soc)
    problem = FitProblem(
        cell=cell.replace(held) if held else cell,
        parameters=tuple(item for item in read if item.vary),
        series=series,
        protocol=what,
        spectra=spectra,
        noise={**DEFAULT_NOISE, **stated},
        weights=_weights(weights, series),
        model=model,
        options=FINE if options is None else options,
        initial_soc=soc,
        batch=isinstance(what, str),
        client=client,
        progress=progress_or_default(progress),
    )
    searches = _searches(problem, starts, most_solves, seed)
    best = min(searches, key=lambda found: float(found.chisqr))
    return result_of(problem, best, searches, bool(stated), time.perf_counter() - started, cell)


def _series(
    data: Any, protocol: Any, columns: Mapping[str, Any] | None, charge_positive: bool
) -> tuple[TimeSeries | None, Any]:
    if data is None:
        return None, None
    series = read_time_series(data, columns=columns, charge_positive=charge_positive, current_needed=protocol is None)
    if protocol is not None or series.current is None:
        return series, protocol
    return series, protocol_of(series.time, series.current)


def _spectra(impedance: Mapping[float, Any] | None) -> tuple[Spectrum, ...]:
    if impedance is None:
        return ()
    if not isinstance(impedance, Mapping) or not impedance:
        raise InputError(Issue("impedance", type(impedance).__name__, "must map states of charge, 0 to 1, to spectra"))
    return tuple(read_spectrum(soc, spectrum) for soc, spectrum in impedance.items())


def _noise(noise: Mapping[str, float] | None) -> dict[str, float]:
    faults = []
    for kind, value in (noise or {}).items():
        if kind not in DEFAULT_NOISE:
            faults.append(Issue(f"noise.{kind}", value, f"must be one of {', '.join(DEFAULT_NOISE)}"))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 1e-9 <= value <= 1e3:
            faults.append(Issue(f"noise.{kind}", value, "must be a number from 1e-9 to 1e3"))
    if faults:
        raise InputError(faults, "noise")
    return {kind: float(value) for kind, value in (noise or {}).items()}


def _weights(weights: Mapping[str, Any] | None, series: TimeSeries | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    points = series.time.size if series is not None else 0
    for kind, given in (weights or {}).items():
        if kind not in DEFAULT_NOISE:
            raise InputError(Issue(f"weights.{kind}", given, f"must be one of {', '.join(DEFAULT_NOISE)}"))
        try:
            values = np.asarray(given, dtype=np.float64)
        except (TypeError, ValueError):
            values = np.array(np.nan)
        per_point = kind == "voltage" and values.shape == (points,)
        if not (values.ndim == 0 or per_point) or not np.all(np.isfinite(values) & (values >= 0.0)):
            allowed = f"a number, or one for each of the {points} rows" if kind == "voltage" else "a number"
            raise InputError(Issue(f"weights.{kind}", given, f"must be {allowed}, none below 0"))
        found[kind] = values
    return found


def _check_numbers(
    series: TimeSeries | None,
    spectra: tuple[Spectrum, ...],
    parameters: tuple[FitParameter, ...],
    starts: int,
    most_solves: int,
    initial_soc: float | None,
) -> None:
    faults = []
    if series is None and not spectra:
        faults.append(Issue("data", None, "give a measured curve, impedance spectra, or both"))
    for name, value, most in (("starts", starts, _MOST_STARTS), ("most_solves", most_solves, 10_000_000)):
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            faults.append(Issue(name, value, f"must be a whole number from 1 to {most}"))
    if initial_soc is not None and any(item.path == INITIAL_SOC and item.vary for item in parameters):
        hint = f'Give the start as {{"{INITIAL_SOC}": {{"min": 0, "max": 1, "value": {initial_soc}}}}}'
        faults.append(Issue(INITIAL_SOC, initial_soc, "is both given and fitted", hint))
    points = (series.time.size if series is not None else 0) + sum(2 * item.frequency.size for item in spectra)
    count = sum(item.vary for item in parameters)
    if 0 < points <= count:
        hint = "Fit fewer, or give more data"
        faults.append(Issue("data", points, f"is fewer points than it takes for {count} parameters", hint))
    if series is None and any(item.path == INITIAL_SOC for item in parameters):
        faults.append(Issue(INITIAL_SOC, None, "is given for each spectrum already", "Fit it to a measured curve"))
    if faults:
        raise InputError(faults, "fit")


def _searches(problem: FitProblem, starts: int, most_solves: int, seed: int) -> list[Any]:
    first = np.array([item.to_scale(item.start) for item in problem.parameters])
    problem._residuals(problem.values(first))  # a start without a result is an error of its own, with its own advice
    _check_effects(problem, first)
    places = [first]
    if starts > 1:
        from scipy.stats import qmc

        drawn = qmc.Sobol(d=first.size, rng=seed).random_base2(int(np.ceil(np.log2(starts))))
        low, high = np.array([item.limits for item in problem.parameters]).T
        places += list(low + drawn[: starts - 1] * (high - low))
    found = []
    problem.progress.start(len(places), "Fit")
    try:
        for place in places:
            try:
                found.append(search(problem, place, most_solves))
            except SolveError:
                if not found and place is places[-1]:
                    raise
            problem.progress.advance(1, **({"chi_square": f"{found[-1].chisqr:.4g}"} if found else {}))
    finally:
        problem.progress.finish()
    return found


def _check_effects(problem: FitProblem, x: Array) -> None:
    """Refuse parameters that change nothing; those that seem to change little are moved to be sure."""
    halves = np.array([item.half_range for item in problem.parameters])
    sizes = np.linalg.norm(problem.jacobian(x) * halves, axis=0)
    here = problem.residuals(x)
    faults = []
    for k, item in enumerate(problem.parameters):
        if sizes[k] > np.sqrt(here.size):
            continue
        moved = x.copy()
        moved[k] += 0.5 * halves[k] * (1.0 if x[k] < np.mean(item.limits) else -1.0)
        if float(np.linalg.norm(problem.residuals(moved) - here)) < _NO_EFFECT:
            hint = "Leave it out, or add data that show it"
            faults.append(Issue(f"parameters.{item.path}", None, "changes nothing in these data", hint))
    if faults:
        raise InputError(faults, "fit")


def search(problem: FitProblem, start: Array, most_solves: int = 2000, held: int | None = None) -> Any:
    """Search for the least squares from one start.

    Parameters
    ----------
    problem : FitProblem
        What is fitted.
    start : ndarray, shape (n_parameters,)
        On the scale of the search.
    most_solves : int
        Of the model.
    held : int, optional
        Index of a parameter that stays where it is.

    Returns
    -------
    lmfit.minimizer.MinimizerResult
        With ``x_all``, all parameters on the scale of the search.
    """
    import lmfit

    settings = lmfit.Parameters()
    free = [k for k in range(start.size) if k != held]
    for k, item in enumerate(problem.parameters):
        low, high = item.limits
        inner = 1e-9 * (high - low)
        value = float(start[k]) if k == held else float(np.clip(start[k], low + inner, high - inner))
        settings.add(f"p{k}", value=value, min=low, max=high, vary=k != held)

    def numbers(given: Any) -> Array:
        return np.array([given[f"p{k}"].value for k in range(start.size)])

    def residuals(given: Any) -> Array:
        return problem.residuals(numbers(given))

    def jacobian(given: Any) -> Array:
        return problem.jacobian(numbers(given))[:, free]

    if not free:
        off = problem.residuals(start)
        return lmfit.minimizer.MinimizerResult(chisqr=float(off @ off), x_all=start, success=True, message="")
    scales = np.array([problem.parameters[k].half_range for k in free])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # lmfit takes roots of a covariance that is found anew in identifiability
        found = lmfit.Minimizer(residuals, settings, scale_covar=False).least_squares(
            jac=jacobian,
            x_scale=scales,
            ftol=1e-9,
            xtol=1e-7,
            gtol=1e-9,
            max_nfev=max(2, most_solves // (2 * len(free) + 1)),
        )
    found.x_all = numbers(found.params)
    return found
