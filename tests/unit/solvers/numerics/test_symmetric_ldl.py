"""Factors of complex symmetric sparse matrices against dense algebra."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.numerics.symmetric_ldl import factor, minimum_degree, solve_in_place, symbolic


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


def factored(y: np.ndarray, order: np.ndarray) -> tuple:
    n = len(y)
    p = y[np.ix_(order, order)]
    rows, columns = np.nonzero(np.triu(p))
    pattern = symbolic(n, rows, columns)
    at = np.repeat(np.arange(n), np.diff(pattern.column_start))
    values = p[pattern.rows, at]
    lower, inverse = np.zeros(len(pattern.factor_rows), complex), np.zeros(n, complex)
    status = factor(
        pattern.column_start,
        pattern.rows,
        values,
        pattern.row_start,
        pattern.row_columns,
        pattern.factor_start,
        pattern.factor_rows,
        lower,
        inverse,
        np.zeros(n, complex),
        np.zeros(n, np.int32),
    )
    return pattern, lower, inverse, status


@pytest.mark.parametrize(("n", "seed"), [(1, 0), (2, 1), (7, 2), (40, 3)])
def test_solves_like_dense_algebra(n, seed):
    y = random_network(n, seed)
    rows, columns = np.nonzero(np.triu(y))
    order = minimum_degree(n, rows, columns)
    assert sorted(order) == list(range(n))
    pattern, lower, inverse, status = factored(y, order)
    assert status == -1
    right = np.arange(1, n + 1) + 1j
    x = right[order].copy()
    solve_in_place(pattern.factor_start, pattern.factor_rows, lower, inverse, x)
    expected = np.linalg.solve(y, right)
    assert x[np.argsort(order)] == pytest.approx(expected, rel=1e-10)


def test_factors_multiply_to_the_matrix():
    y = random_network(12, 5)
    pattern, lower, inverse, _ = factored(y, np.arange(12))
    full = np.eye(12, dtype=complex)
    at = np.repeat(np.arange(12), np.diff(pattern.factor_start))
    full[pattern.factor_rows, at] = lower
    assert full @ np.diag(1 / inverse) @ full.T == pytest.approx(y, abs=1e-12)


def test_a_missing_pivot_names_its_row():
    y = np.array([[1.0, -1.0], [-1.0, 1.0]], complex)
    *_, status = factored(y, np.arange(2))
    assert status == 1


def test_minimum_degree_takes_the_hub_of_a_star_late():
    n = 30
    order = minimum_degree(n, np.zeros(n - 1, int), np.arange(1, n))
    assert list(order).index(0) >= n - 2
    pattern = symbolic(n, *np.sort(np.argsort(order)[np.array([[0] * (n - 1), range(1, n)])], axis=0))
    assert len(pattern.factor_rows) == n - 1
