"""Which designs a sweep solves: a grid, given rows, Latin-hypercube or Sobol' points over dotted paths."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue

__all__ = ["SAMPLINGS", "sample_values"]

SAMPLINGS = ("grid", "rows", "lhs", "sobol")
"""Ways to choose the cases."""
MOST_CASES = 10_000_000
"""A sweep beyond this is a slip of the keyboard."""


def sample_values(
    variations: Mapping[str, Sequence[float]],
    samples: str = "grid",
    n_cases: int | None = None,
    seed: int = 0,
) -> dict[str, NDArray[np.float64]]:
    """Choose the values of every case.

    Parameters
    ----------
    variations : mapping of str to sequence of float
        Dotted path to values. For ``"grid"`` and ``"rows"`` all of them; for ``"lhs"`` and ``"sobol"`` the first
        and the last are the limits.
    samples : str
        ``"grid"``: every combination; ``"rows"``: the n-th values of all paths make the n-th case; ``"lhs"``: Latin
        hypercube; ``"sobol"``: scrambled Sobol' points.
    n_cases : int, optional
        How many points to draw; needed for ``"lhs"`` and ``"sobol"``, a power of two serves Sobol' best.
    seed : int
        Of the random numbers.

    Returns
    -------
    dict of str to ndarray, shape (n_cases,)
        Path to the value in each case.

    Raises
    ------
    InputError
        If there is nothing to vary, a range is empty, rows are not equally long, or the number of cases is missing
        or too large.
    """
    if not isinstance(variations, Mapping) or not variations:
        raise InputError(
            Issue(
                "variations",
                variations or None,
                "must be a mapping with at least one path to vary",
                'Such as {"negative.thickness": [8e-5, 9e-5]}',
            )
        )
    axes = {path: _axis(path, values) for path, values in variations.items()}
    if samples == "grid":
        total = int(np.prod([len(axis) for axis in axes.values()], dtype=float))
        if total > MOST_CASES:
            raise InputError(
                Issue("variations", total, f"at most {MOST_CASES} cases", 'Fewer values, or samples="sobol"')
            )
        rows = np.array(list(itertools.product(*axes.values())), dtype=np.float64)
        return {path: np.ascontiguousarray(rows[:, k]) for k, path in enumerate(axes)}
    if samples == "rows":
        return _rows(axes)
    if samples not in SAMPLINGS:
        raise InputError(Issue("samples", samples, f"must be one of {', '.join(SAMPLINGS)}"))
    if n_cases is None or not 1 <= n_cases <= MOST_CASES:
        raise InputError(Issue("n_cases", n_cases, f"must be given for {samples!r}: 1 to {MOST_CASES}"))
    return _drawn(axes, samples, n_cases, seed)


def _axis(path: str, values: Sequence[float]) -> NDArray[np.float64]:
    try:
        axis = np.atleast_1d(np.asarray(values, dtype=np.float64))
    except (TypeError, ValueError):
        raise InputError(Issue(path, values, "must be a list of numbers in SI units")) from None
    if axis.ndim != 1 or axis.size == 0 or not np.all(np.isfinite(axis)):
        raise InputError(Issue(path, values, "must be a list of finite numbers in SI units"))
    return axis


def _rows(axes: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    lengths = {path: axis.size for path, axis in axes.items()}
    if len(set(lengths.values())) > 1 or max(lengths.values()) > MOST_CASES:
        raise InputError(
            Issue("variations", lengths, f'with samples="rows" as many values for each path, at most {MOST_CASES}')
        )
    return dict(axes)


def _drawn(axes: Mapping[str, NDArray[np.float64]], samples: str, n_cases: int, seed: int) -> dict[str, Any]:
    from scipy.stats import qmc

    low = np.array([axis[0] for axis in axes.values()])
    high = np.array([axis[-1] for axis in axes.values()])
    for path, first, last in zip(axes, low, high, strict=True):
        if first >= last:
            raise InputError(Issue(path, [first, last], "must rise from the lower to the upper limit"))
    if samples == "lhs":
        points = qmc.LatinHypercube(d=len(axes), rng=seed).random(n_cases)
    else:
        points = qmc.Sobol(d=len(axes), rng=seed).random_base2(max(0, int(np.ceil(np.log2(n_cases)))))[:n_cases]
    scaled = low + points * (high - low)
    return {path: np.ascontiguousarray(scaled[:, k]) for k, path in enumerate(axes)}
