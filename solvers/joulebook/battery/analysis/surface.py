"""Response surfaces: an output as a smooth function of a few values of a design, fitted to solved designs.

The designs are points of a scrambled Sobol' sequence, every factor scaled to -1 … 1 between its limits. Two kinds of
surface are fitted, and the one with the smaller error at points it has not seen is taken:

- ``"quadratic"``: all products of up to two factors, by least squares. Leaving a point out changes its residual
  *e* to *e / (1 - h)*, *h* the point's leverage, so the error at unseen points needs no further fit.
- ``"spline"``: a thin-plate spline through all points (SciPy's ``RBFInterpolator``), which follows kinks and
  plateaus; its error comes from ten parts, each left out once.

The stated error is the root mean square over the points left out; beside it stands the spread of the output, and
their ratio as the share of variance that the surface explains at unseen points.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.analysis.cases import Cases, Outputs, checked_ranges, enough, run_cases
from joulebook.battery.analysis.surface_plot import draw_surface
from joulebook.battery.designs import Cell
from joulebook.core.errors import InputError, Issue
from joulebook.core.progress import Progress
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Result, Status, Variable

__all__ = ["KINDS", "Optimum", "ResponseSurface", "response_surface"]

Array = NDArray[np.float64]
KINDS: Final = ("quadratic", "spline")
"""Surfaces that are fitted."""
_FOLDS = 10
_STARTS = 8
_AT_LIMIT = 1e-3


@dataclass(frozen=True)
class Optimum:
    """Where a surface is highest, or lowest, within its limits.

    Parameters
    ----------
    values : dict of str to float
        Dotted path to value, SI units.
    predicted : float
        The surface there.
    solved : float, optional
        The model's own answer there; None where it has none.
    at_limit : tuple of str
        Factors at an end of their range: beyond it the output may be better still.
    """

    values: dict[str, float]
    predicted: float
    solved: float | None
    at_limit: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class ResponseSurface(Result):
    """A surface through solved designs: call :meth:`predict`, :meth:`optimum` or :meth:`plot`.

    Variables run over ``case``: the factors by their path, and ``output``; failed cases hold not-a-number.
    """

    solve: Callable[[dict[str, Array]], Cases] | None = None
    """Solves further designs in the same way; None for a surface that was read from a file."""

    main_dimension: ClassVar[str] = "case"
    main_variables: ClassVar[tuple[str, ...]] = ("output",)

    @property
    def factors(self) -> tuple[str, ...]:
        """Dotted paths of what was varied."""
        return tuple(self.facts["ranges"])

    @property
    def kind(self) -> str:
        """Which surface was taken: ``"quadratic"`` or ``"spline"``."""
        return str(self.facts["kind"])

    @property
    def error(self) -> float:
        """Root mean square error at points that were left out of the fit, in the unit of the output."""
        return float(self.facts["errors"][self.kind])

    @property
    def explained(self) -> float:
        """Share of the variance that the surface explains at points left out, at most 1."""
        return 1.0 - (self.error / float(self.facts["spread"])) ** 2 if self.facts["spread"] > 0 else 1.0

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Cases without a result: ``case``, ``values`` and ``reason`` of each."""
        return list(self.facts["failed"])

    def predict(self, values: Mapping[str, float | Sequence[float] | Array]) -> Array:
        """Read the surface.

        Parameters
        ----------
        values : mapping of str to float or array_like
            Every factor by its path, within its range, SI units; arrays of one shape, or numbers.

        Returns
        -------
        ndarray
            The output; of the shape of the values.

        Raises
        ------
        InputError
            If a factor is missing or outside its range.
        """
        faults: list[Issue] = []
        columns = []
        for path, (low, high) in self.facts["ranges"].items():
            if path not in values:
                faults.append(Issue(path, None, f"must be given, {low:g} to {high:g}"))
                continue
            column = np.asarray(values[path], dtype=np.float64)
            slack = 1e-9 * (high - low)
            if not np.all((column >= low - slack) & (column <= high + slack)):
                faults.append(
                    Issue(path, values[path], f"must be from {low:g} to {high:g}", "There are no points beyond")
                )
            columns.append(2.0 * (column - low) / (high - low) - 1.0)
        faults += [
            Issue(str(path), None, "is no factor of this surface") for path in values if path not in self.factors
        ]
        if faults:
            raise InputError(faults, "values")
        spread = np.broadcast_arrays(*columns)
        points = np.stack([column.ravel() for column in spread], axis=1)
        return self._surface(points).reshape(spread[0].shape)

    @functools.cached_property
    def _surface(self) -> Callable[[Array], Array]:
        good = np.isfinite(self["output"])
        return _FITS[self.kind](_scaled(self, good), self["output"][good])

    def optimum(self, *, lowest: bool = False, solve: bool = True) -> Optimum:
        """Find the best design within the ranges.

        Parameters
        ----------
        lowest : bool
            Whether the output should be as low as possible.
        solve : bool
            Whether to solve the design that was found, to see how far the surface is off there.

        Returns
        -------
        Optimum
            Values, the surface's and the model's number, and factors that are at an end of their range.
        """
        from scipy.optimize import minimize

        sign = 1.0 if lowest else -1.0
        good = np.isfinite(self["output"])
        points = _scaled(self, good)
        starts = points[np.argsort(sign * self["output"][good])[:_STARTS]]

        def height(x: Array) -> float:
            return sign * float(self._surface(x[None])[0])

        runs = [
            minimize(height, start, bounds=[(-1.0, 1.0)] * len(self.factors), method="L-BFGS-B") for start in starts
        ]
        best = min(runs, key=lambda run: float(run.fun))
        found, at_limit = {}, []
        for path, (low, high), x in zip(self.factors, self.facts["ranges"].values(), best.x, strict=True):
            found[path] = float(np.clip(low + 0.5 * (x + 1.0) * (high - low), low, high))
            if abs(x) > 1.0 - _AT_LIMIT:
                at_limit.append(path)
        return Optimum(found, sign * float(best.fun), self._solved(found) if solve else None, tuple(at_limit))

    def _solved(self, values: Mapping[str, float]) -> float | None:
        again = self.solve
        if again is None:
            return None
        cases = again({path: np.array([value]) for path, value in values.items()})
        answer = float(next(iter(cases.outputs.values()))[0])
        return answer if np.isfinite(answer) else None

    def plot(self, *names: str, at: Mapping[str, float] | None = None, points: int = 61) -> Any:
        """Draw the surface as a map with contours, the solved designs on it.

        Parameters
        ----------
        *names : str
            The one or two factors to draw over; the first two if none are given.
        at : mapping of str to float, optional
            Where the other factors are held; in the middle of their ranges where left out. Of the solved designs, a
            map shows the tenth that lies closest to there, a curve none.
        points : int
            Of the map, in each direction.

        Returns
        -------
        holoviews.Overlay
            Shown by a notebook.

        Raises
        ------
        InputError
            If a name is no factor.
        """
        chosen = names or self.factors[:2]
        if not 1 <= len(set(chosen)) == len(chosen) <= 2 or any(name not in self.factors for name in chosen):
            raise InputError(Issue("names", list(chosen), f"must be one or two of {', '.join(self.factors)}"))
        held = {path: 0.5 * (low + high) for path, (low, high) in self.facts["ranges"].items()}
        unknown = [path for path in at or {} if path not in held]
        if unknown:
            raise InputError(Issue("at", unknown, f"must be among {', '.join(held)}"))
        return draw_surface(self, tuple(chosen), {**held, **(at or {})}, points)

    def summary(self) -> dict[str, str]:
        """Say in a few lines what this is.

        Returns
        -------
        dict of str to str
            Heading to text.
        """
        unit = self.variables["output"].unit
        unit = "" if unit == "1" else f" {unit}"
        failed = self.failed
        return {
            "Study": self.provenance.study,
            "Design": str(self.provenance.design.get("name", "")),
            "Output": self.variables["output"].label,
            "Factors": ", ".join(f"{path} {low:g} to {high:g}" for path, (low, high) in self.facts["ranges"].items()),
            "Surface": f"{self.kind}, through {int(np.isfinite(self['output']).sum())} designs",
            "Error": f"{self.error:.3g}{unit} rms at points left out; explains {self.explained:.2%} of the variance",
            "Failed": f"{len(failed)} (case {failed[0]['case']}: {failed[0]['reason']})" if failed else "none",
        }


def response_surface(
    cell: Cell,
    ranges: Mapping[str, Sequence[float]],
    protocol: Any,
    *,
    output: str | Mapping[str, Callable[[Any], Any]] = "delivered_energy",
    n: int = 64,
    kind: str = "auto",
    model: Any = "DFN",
    options: Any = None,
    initial_soc: float | None = 1.0,
    seed: int = 0,
    client: Any = None,
    progress: Progress | bool | None = None,
    backend: str = "auto",
) -> ResponseSurface:
    """Fit a smooth surface to an output of a design.

    Parameters
    ----------
    cell : Cell
        The design.
    ranges : mapping of str to (float, float)
        Dotted path to lower and upper limit, SI units.
    protocol : str or list or Protocol
        What is done, as for :func:`joulebook.battery.simulate`.
    output : str or mapping of str to callable
        As one of the outputs of :func:`joulebook.battery.sobol_indices`.
    n : int
        How many designs are solved.
    kind : str
        ``"quadratic"``, ``"spline"``, or ``"auto"``: the one with the smaller error at points left out.
    model, options, initial_soc
        As for :func:`joulebook.battery.simulate`; full at the start unless told otherwise.
    seed : int
        Of the points.
    client : distributed.Client, optional
        A Dask cluster that does the work.
    progress : Progress or bool, optional
        Where the progress shows.
    backend : str
        ``"auto"``, ``"cpu"`` or ``"gpu"``.

    Returns
    -------
    ResponseSurface
        The surface, with its error.

    Raises
    ------
    InputError
        If a range, the output, ``n`` or ``kind`` is not allowed.
    SolveError
        If more than a fifth of the designs has no result; ``partial`` holds the cases.
    CancelledError
        If a person cancelled.

    Examples
    --------
    >>> from joulebook.battery import Cell, response_surface
    >>> surface = response_surface(
    ...     Cell.named("Chen2020"),
    ...     {"negative.thickness": (75e-6, 95e-6), "positive.thickness": (65e-6, 85e-6)},
    ...     "Discharge at 2C until 2.5 V",
    ...     n=32,
    ...     model="SPM",
    ... )
    >>> bool(surface.predict({"negative.thickness": 85e-6, "positive.thickness": 75e-6}) > 10.0)
    True
    """
    limits = checked_ranges(cell, ranges)
    count = len(limits)
    fewest = (count + 1) * (count + 2) // 2 + 2
    if not isinstance(n, int) or isinstance(n, bool) or not fewest <= n <= 1 << 20:
        raise InputError(Issue("n", n, f"must be a whole number, at least {fewest} for {count} factors"))
    if kind not in {*KINDS, "auto"}:
        raise InputError(Issue("kind", kind, f"must be one of auto, {', '.join(KINDS)}"))
    if not isinstance(output, str) and not (isinstance(output, Mapping) and len(output) == 1):
        raise InputError(Issue("output", output, "must be one name, or one name with a function of the sweep"))
    wanted: Outputs = [output] if isinstance(output, str) else output
    solve = functools.partial(
        run_cases,
        cell,
        protocol=protocol,
        outputs=wanted,
        model=model,
        options=options,
        initial_soc=initial_soc,
        client=client,
        progress=progress,
        backend=backend,
    )
    record = {"protocol": str(protocol), "model": str(model), "options": str(options), "initial_soc": initial_soc}
    return _study(cell, limits, solve, n, kind, {**record, "n": n, "seed": seed})


def _study(
    cell: Cell,
    limits: dict[str, tuple[float, float]],
    solve: Callable[[dict[str, Array]], Cases],
    n: int,
    kind: str,
    record: dict[str, Any],
) -> ResponseSurface:
    from scipy.stats import qmc

    low, high = np.array(list(limits.values()), dtype=np.float64).T
    drawn = qmc.Sobol(d=low.size, rng=record["seed"]).random_base2(int(np.ceil(np.log2(n))))[:n]
    cases = solve({path: low[k] + drawn[:, k] * (high[k] - low[k]) for k, path in enumerate(limits)})
    name, values = next(iter(cases.outputs.items()))
    good = np.isfinite(values)
    enough(int(good.sum()), n, cases.failed, cases)
    points = 2.0 * drawn[good] - 1.0
    errors = {which: _error_left_out(which, points, values[good]) for which in KINDS if kind in {which, "auto"}}
    unit, label = cases.meanings[name]
    variables = {"case": Variable(("case",), np.arange(n), "1", "Case")}
    variables |= {path: Variable(("case",), cases.columns[path], cases.units[path], path) for path in limits}
    variables["output"] = Variable(("case",), values, unit or "1", label)
    return ResponseSurface(
        variables=variables,
        status=Status.SOLVED if good.all() else Status.PARTIAL,
        stats=Stats(seconds=cases.seconds),
        provenance=Provenance.record("battery.response_surface", cell, {**record, "kind": kind}, cases.citations),
        facts={
            "output": name,
            "ranges": {path: list(pair) for path, pair in limits.items()},
            "kind": min(errors, key=lambda which: errors[which]),
            "errors": errors,
            "spread": float(np.std(values[good])),
            "failed": cases.failed,
        },
        solve=solve,
    )


def _scaled(surface: ResponseSurface, good: NDArray[np.bool_]) -> Array:
    columns = [
        2.0 * (surface[path][good] - low) / (high - low) - 1.0 for path, (low, high) in surface.facts["ranges"].items()
    ]
    return np.stack(columns, axis=1)


def _terms(points: Array) -> Array:
    """All products of up to two factors."""
    columns = [np.ones(len(points)), *points.T]
    pairs = itertools.combinations_with_replacement(range(points.shape[1]), 2)
    columns += [points[:, a] * points[:, b] for a, b in pairs]
    return np.stack(columns, axis=1)


def _quadratic(points: Array, values: Array) -> Callable[[Array], Array]:
    weights = np.linalg.lstsq(_terms(points), values, rcond=None)[0]
    return lambda x: np.asarray(_terms(x) @ weights)


def _spline(points: Array, values: Array) -> Callable[[Array], Array]:
    from scipy.interpolate import RBFInterpolator

    middle, size = float(values.mean()), float(np.std(values)) or 1.0
    through = RBFInterpolator(points, (values - middle) / size, kernel="thin_plate_spline", degree=1)
    return lambda x: np.asarray(middle + size * through(x))


_FITS: dict[str, Callable[[Array, Array], Callable[[Array], Array]]] = {"quadratic": _quadratic, "spline": _spline}


def _error_left_out(kind: str, points: Array, values: Array) -> float:
    if kind == "quadratic":
        orthogonal, _ = np.linalg.qr(_terms(points))
        leverage = np.minimum(np.sum(orthogonal**2, axis=1), 1.0 - 1e-9)
        residual = (values - orthogonal @ (orthogonal.T @ values)) / (1.0 - leverage)
        return float(np.sqrt(np.mean(residual**2)))
    missed = np.empty_like(values)
    for part in range(_FOLDS):
        out = np.arange(values.size) % _FOLDS == part
        missed[out] = values[out] - _FITS[kind](points[~out], values[~out])(points[out])
    return float(np.sqrt(np.mean(missed**2)))
