"""Factors of complex symmetric sparse matrices against dense algebra."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.numerics.elimination import analyse
from joulebook.numerics.symmetric_elimination import eliminate, solve_in_place


def random_network(n: int, seed: int) -> np.ndarray:
    """Admittance matrix of a connected passive network with a path to earth."""
    rng = np.random.default_rng(seed)
    y = np.zeros((n, n), complex)
    for k in range(1, n):
        for other in {int(rng.integers(k)), int(rng.integers(k))}:
            g = complex(rng.uniform(0.1, 2), -rng.uniform(0.1, 5))
            y[k, k] += g
            y[other, other] += g
            y[k, other] -= g
            y[other, k] -= g
    y[0, 0] += 1.0 - 3.0j
    return y


def factored(y: np.ndarray, order: np.ndarray | None = None, smallest: float = 1e-13) -> tuple:
    n = len(y)
    known = analyse(n, *np.nonzero(np.triu(y, 1)), order=order)
    rows = np.repeat(np.arange(n), np.diff(known.matrix.start))
    values = y[known.order[rows], known.order[known.matrix.index]]
    lower, pivots = np.zeros(len(known.upper.index), complex), np.zeros(n, complex)
    status = eliminate(
        known.matrix.start,
        known.matrix.index,
        values,
        known.lower.start,
        known.lower.index,
        known.upper.start,
        known.upper.index,
        lower,
        pivots,
        np.zeros(n, complex),
        smallest,
    )
    return known, lower, pivots, status


@pytest.mark.parametrize(("n", "seed"), [(1, 0), (2, 1), (7, 2), (40, 3)])
@pytest.mark.parametrize("given", [False, True])
def test_solves_like_dense_algebra(n, seed, given):
    y = random_network(n, seed)
    known, lower, pivots, status = factored(y, np.arange(n)[::-1] if given else None)
    assert status == 0
    right = np.arange(1, n + 1) + 1j
    x = right[known.order].copy()
    solve_in_place(known.upper.start, known.upper.index, lower, 1 / pivots, x)
    assert x[known.position] == pytest.approx(np.linalg.solve(y, right), rel=1e-10)


def test_factors_multiply_to_the_matrix():
    y = random_network(12, 5)
    known, lower, pivots, _ = factored(y, np.arange(12))
    full = np.eye(12, dtype=complex)
    full[known.upper.index, np.repeat(np.arange(12), np.diff(known.upper.start))] = lower
    assert full @ np.diag(pivots) @ full.T == pytest.approx(y, abs=1e-12)


def test_a_missing_pivot_names_its_row():
    y = np.array([[1.0, -1.0], [-1.0, 1.0]], complex)
    *_, status = factored(y, np.arange(2), smallest=0.0)
    assert status == 2
    nearly = np.array([[1.0, -1.0], [-1.0, 1.0 + 1e-14]], complex)
    assert factored(nearly, np.arange(2))[3] == 2
    assert factored(nearly, np.arange(2), smallest=0.0)[3] == 0


def test_minimum_degree_takes_the_hub_of_a_star_late():
    n = 30
    known = analyse(n, np.zeros(n - 1, int), np.arange(1, n))
    assert known.position[0] >= n - 2
    assert len(known.upper.index) == n - 1
