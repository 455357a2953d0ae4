"""Which values of a design matter: Sobol' indices, with the uncertainty that the finite sample leaves.

Each factor varies evenly between its limits, independently of the others. With *f* an output, the first-order index of
factor *i* is the share of the variance of *f* that goes away, on average, when *i* alone is known; the total index is
the share that stays when everything but *i* is known, the interactions of *i* included.

Two independent sets **A** and **B** of *n* points are halves of one scrambled Sobol' sequence, and **A_B^(i)** is **A**
with column *i* from **B**; estimators are those of Saltelli and others 2010, table 2 (b) and (f),

    S_i  = 1/n Σ_j f(B)_j (f(A_B^(i))_j - f(A)_j) / Var f
    S_Ti = 1/(2 n) Σ_j (f(A)_j - f(A_B^(i))_j)² / Var f

on outputs less their mean. Confidence intervals are percentiles of a bootstrap over the points *j* (SciPy). A point is
left out if any of its d + 2 designs has no result, so the indices are those of the designs that can be solved.

References
----------
Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018. Sobol' 2001, doi:10.1016/S0378-4754(00)00270-6.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.analysis.cases import Cases, Outputs, checked_ranges, enough, run_cases
from joulebook.battery.analysis.drawing import bars_with_intervals
from joulebook.battery.designs import Cell
from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import axis, holoviews
from joulebook.core.progress import Progress
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Result, Status, Variable

if TYPE_CHECKING:
    import pandas

__all__ = ["SobolResult", "estimate_indices", "saltelli_points", "sobol_indices"]

Array = NDArray[np.float64]
_LEVEL = 0.95
_RESAMPLES = 999
_FEWEST, _MOST = 16, 1 << 20
_KINDS = ("first_order", "total_order")
_LABELS = {"first_order": "First order", "total_order": "Total"}


@dataclass(frozen=True, repr=False)
class SobolResult(Result):
    """Sobol' indices of outputs with respect to values of a design.

    Variables run over ``output`` and ``parameter``: ``first_order`` and ``total_order``, and the ends of their
    confidence intervals, ``first_order_low`` and so on. Indices of an output that does not vary are not a number.
    """

    main_dimension: ClassVar[str] = "parameter"

    @property
    def parameters(self) -> tuple[str, ...]:
        """Dotted paths of what was varied."""
        return tuple(str(name) for name in self["parameter"])

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return tuple(str(name) for name in self["output"])

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Designs without a result: ``case``, ``values`` and ``reason`` of each."""
        return list(self.facts["failed"])

    def index(self, output: str, parameter: str) -> tuple[float, float]:
        """Give the two indices of one pair.

        Parameters
        ----------
        output, parameter : str
            Names.

        Returns
        -------
        tuple of float
            First-order and total index.

        Raises
        ------
        InputError
            If a name is unknown.
        """
        for name, kind, known in (
            (output, "output", self.outputs),
            (parameter, "parameter", self.parameters),
        ):
            if name not in known:
                raise InputError(Issue(kind, name, f"must be one of {', '.join(known)}"))
        here = self.outputs.index(output), self.parameters.index(parameter)
        return float(self["first_order"][here]), float(self["total_order"][here])

    def to_dataframe(self) -> pandas.DataFrame:
        """Give a row for each output and parameter.

        Returns
        -------
        pandas.DataFrame
            Indices and the ends of their intervals.
        """
        import pandas

        pairs = [(output, parameter) for output in self.outputs for parameter in self.parameters]
        columns = {name: item.values.ravel() for name, item in self.variables.items() if len(item.dims) == 2}
        return pandas.DataFrame(
            {"output": [pair[0] for pair in pairs], "parameter": [pair[1] for pair in pairs], **columns}
        )

    def plot(self, *names: str) -> Any:
        """Draw the indices of each output as bars, with a line for each confidence interval.

        Parameters
        ----------
        *names : str
            Which outputs; all if none are given.

        Returns
        -------
        holoviews.Layout or holoviews.Overlay
            Shown by a notebook; the largest total index on top.

        Raises
        ------
        InputError
            If an output is unknown.
        """
        hv = holoviews()
        drawn = []
        for name in names or self.outputs:
            if name not in self.outputs:
                raise InputError(Issue("output", name, f"must be one of {', '.join(self.outputs)}"))
            row = self.outputs.index(name)
            order = np.argsort(-np.nan_to_num(self["total_order"][row]), kind="stable")
            bars = {
                _LABELS[kind]: (
                    np.nan_to_num(self[kind][row, order]),
                    np.nan_to_num(self[f"{kind}_low"][row, order]),
                    np.nan_to_num(self[f"{kind}_high"][row, order]),
                )
                for kind in _KINDS
            }
            labels = tuple(self.parameters[k] for k in order)
            title = str(self.facts["labels"][row])
            drawn.append(bars_with_intervals(labels, bars, title, axis("index", "Sobol' index")))
        return drawn[0] if len(drawn) == 1 else hv.Layout(drawn).cols(1)

    def summary(self) -> dict[str, str]:
        """Say in a few lines what this is.

        Returns
        -------
        dict of str to str
            Heading to text; for each output the parameters in the order of their total index.
        """
        said = {"Study": self.provenance.study, "Design": str(self.provenance.design.get("name", ""))}
        for row, output in enumerate(self.outputs):
            order = np.argsort(-np.nan_to_num(self["total_order"][row]), kind="stable")
            said[output] = ", ".join(
                f"{self.parameters[k]} {self['total_order'][row, k]:.2f} "
                f"[{self['total_order_low'][row, k]:.2f}, {self['total_order_high'][row, k]:.2f}]"
                for k in order
            )
        failed = self.failed
        said["Points"] = f"{self.facts['used']} of {self.facts['points']} used, {self.facts['cases']} designs solved"
        said["Failed"] = f"{len(failed)} (case {failed[0]['case']}: {failed[0]['reason']})" if failed else "none"
        return said


def sobol_indices(
    cell: Cell,
    ranges: Mapping[str, Sequence[float]],
    protocol: Any,
    *,
    outputs: Outputs = ("delivered_capacity", "delivered_energy"),
    n: int = 512,
    model: Any = "SPM",
    options: Any = None,
    initial_soc: float | None = 1.0,
    seed: int = 0,
    client: Any = None,
    progress: Progress | bool | None = None,
    backend: str = "auto",
) -> SobolResult:
    """Find how much of the spread of an output each value of a design brings.

    Parameters
    ----------
    cell : Cell
        The design.
    ranges : mapping of str to (float, float)
        Dotted path to lower and upper limit, SI units; each value is spread evenly between them.
    protocol : str or list or Protocol
        What is done, as for :func:`joulebook.battery.simulate`.
    outputs : sequence of str, or mapping of str to callable
        Results of a sweep with one number per case, ``"delivered_specific_energy"`` or
        ``"delivered_energy_density"``; or name to a function of the sweep.
    n : int
        Points, a power of two; ``n`` times (number of ranges + 2) designs are solved.
    model, options, initial_soc
        As for :func:`joulebook.battery.simulate`. Full, unless told otherwise: the start of a named cell would not
        fit the other designs.
    seed : int
        Of the points and of the bootstrap.
    client : distributed.Client, optional
        A Dask cluster that does the work.
    progress : Progress or bool, optional
        Where the progress shows.
    backend : str
        ``"auto"``, ``"cpu"`` or ``"gpu"``.

    Returns
    -------
    SobolResult
        First-order and total indices with 95 % confidence intervals.

    Raises
    ------
    InputError
        If a range, an output or ``n`` is not allowed.
    SolveError
        If more than a fifth of the points is lost to designs without a result; ``partial`` holds the cases.
    CancelledError
        If a person cancelled.

    References
    ----------
    Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018, table 2 (b) and (f).

    Examples
    --------
    >>> from joulebook.battery import Cell, sobol_indices
    >>> found = sobol_indices(
    ...     Cell.named("Chen2020"),
    ...     {"negative.thickness": (75e-6, 95e-6), "separator.thickness": (10e-6, 20e-6)},
    ...     "Discharge at 1C until 2.5 V",
    ...     n=64,
    ... )
    >>> first, total = found.index("delivered_capacity", "negative.thickness")
    >>> total > 0.9
    True
    """
    limits = checked_ranges(cell, ranges)
    solve = functools.partial(
        run_cases,
        cell,
        protocol=protocol,
        outputs=outputs,
        model=model,
        options=options,
        initial_soc=initial_soc,
        client=client,
        progress=progress,
        backend=backend,
    )
    record = {"protocol": str(protocol), "model": str(model), "options": str(options), "initial_soc": initial_soc}
    return _study(cell, limits, solve, n, seed, record)


def _study(
    cell: Cell,
    limits: dict[str, tuple[float, float]],
    solve: Callable[[dict[str, Array]], Cases],
    n: int,
    seed: int,
    record: dict[str, Any],
) -> SobolResult:
    points = saltelli_points(limits, n, seed)
    cases = solve({path: np.ascontiguousarray(points[:, :, k].ravel()) for k, path in enumerate(limits)})
    values = np.array([column.reshape(points.shape[:2]) for column in cases.outputs.values()])
    good = np.isfinite(values).all(axis=(0, 1))
    used = int(np.count_nonzero(good))
    enough(used, n, cases.failed, cases)
    indices = estimate_indices(values[:, :, good], seed)
    over = ("output", "parameter")
    variables = {
        "output": Variable(("output",), np.array(list(cases.outputs)), "1", "Output"),
        "parameter": Variable(("parameter",), np.array(list(limits)), "1", "Parameter"),
        **{name: Variable(over, array, "1", name.replace("_", " ").capitalize()) for name, array in indices.items()},
    }
    return SobolResult(
        variables=variables,
        status=Status.SOLVED if used == n else Status.PARTIAL,
        stats=Stats(seconds=cases.seconds),
        provenance=Provenance.record(
            "battery.sobol_indices",
            cell,
            {**record, "n": n, "seed": seed, "ranges": {path: list(pair) for path, pair in limits.items()}},
            ["Saltelli2010", "Sobol2001", *cases.citations],
        ),
        facts={
            "points": n,
            "used": used,
            "cases": int(points.shape[0] * n) - len(cases.failed),
            "failed": cases.failed,
            "labels": [
                f"{label} [{unit}]" if unit not in {"", "1"} else label for unit, label in cases.meanings.values()
            ],
        },
    )


def saltelli_points(limits: Mapping[str, tuple[float, float]], n: int, seed: int) -> Array:
    """Draw the designs that the estimators need.

    Parameters
    ----------
    limits : mapping of str to tuple of float, SI units
        Lower and upper limit of each factor.
    n : int
        Points, a power of two.
    seed : int
        Of the scrambling.

    Returns
    -------
    ndarray, shape (n_factors + 2, n, n_factors), SI units
        A, B, then A with one column after the other from B.

    Raises
    ------
    InputError
        If ``n`` is no power of two, or ``seed`` not a whole number.
    """
    from scipy.stats import qmc

    whole = isinstance(n, int | np.integer) and not isinstance(n, bool)
    if not whole or not _FEWEST <= n <= _MOST or n & (n - 1):
        raise InputError(Issue("n", n, f"must be a power of two from {_FEWEST} to {_MOST}", "Such as 512 or 1024"))
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(Issue("seed", seed, "must be a whole number, at least 0"))
    low, high = np.array(list(limits.values()), dtype=np.float64).T
    count = low.size
    both = qmc.Sobol(d=2 * count, rng=seed).random(n)
    first, second = both[:, :count], both[:, count:]
    mixed = np.repeat(first[None], count, axis=0)
    for k in range(count):
        mixed[k, :, k] = second[:, k]
    return np.asarray(low + np.concatenate([first[None], second[None], mixed]) * (high - low))


def estimate_indices(values: Array, seed: int = 0) -> dict[str, Array]:
    """Estimate the indices and their confidence intervals.

    Parameters
    ----------
    values : ndarray, shape (n_outputs, n_factors + 2, n), mixed
        Outputs at the points of :func:`saltelli_points`.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict of str to ndarray, shape (n_outputs, n_factors)
        ``first_order``, ``total_order``, and ``…_low`` and ``…_high`` of each; not a number where an output does not
        vary.
    """
    from scipy.stats import bootstrap

    size = np.abs(values).max(axis=(1, 2))
    centred = values - values[:, :2].mean(axis=(1, 2), keepdims=True)
    varies = np.std(centred[:, :2], axis=(1, 2)) > 1e-12 * size
    centred[~varies] = 0.0

    def indices(chosen: NDArray[np.int64]) -> Array:
        here = centred[:, :, chosen]
        base, other, mixed = here[:, 0, None], here[:, 1, None], here[:, 2:]
        scale = np.maximum(np.var(here[:, :2], axis=(1, 2)), np.finfo(np.float64).tiny)[:, None]
        first = np.mean(other * (mixed - base), axis=-1) / scale
        total = 0.5 * np.mean((base - mixed) ** 2, axis=-1) / scale
        return np.stack([first, total])

    every = np.arange(values.shape[-1])
    found = indices(every)
    spread = bootstrap(
        [every],
        indices,
        vectorized=False,
        n_resamples=_RESAMPLES,
        confidence_level=_LEVEL,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    made: dict[str, Array] = {}
    for k, kind in enumerate(_KINDS):
        made[kind] = found[k]
        made[f"{kind}_low"], made[f"{kind}_high"] = np.asarray(spread.low)[k], np.asarray(spread.high)[k]
    return {name: np.where(varies[:, None], array, np.nan) for name, array in made.items()}
