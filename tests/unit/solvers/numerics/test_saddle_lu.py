"""Block LU of saddle-point systems against dense solves."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.numerics.elimination import analyse
from joulebook.numerics.saddle_lu import SIZE, factor_saddle, invert_block, make_room, residual, solve_saddle


def system(n: int, seed: int):
    """A random symmetric saddle-point matrix on a random connected graph, and its analysis."""
    rng = np.random.default_rng(seed)
    first = np.concatenate([np.arange(1, n), rng.integers(0, n, n)])
    second = np.concatenate([np.array([rng.integers(0, k) for k in range(1, n)], int), rng.integers(0, n, n)])
    keep = first != second
    known = analyse(n, first[keep], second[keep])
    dense = np.zeros((n * SIZE, n * SIZE))
    start, index = known.matrix.start, known.matrix.index
    for k in range(n):
        for p in range(start[k], start[k + 1]):
            j = index[p]
            if j <= k:
                block = rng.normal(size=(SIZE, SIZE))
                if j == k:
                    block = block @ block.T + 4 * np.eye(SIZE)
                    block[2:, 2:] *= -1.0
                dense[4 * k : 4 * k + 4, 4 * j : 4 * j + 4] = block
                dense[4 * j : 4 * j + 4, 4 * k : 4 * k + 4] = block.T
    values = np.array(
        [
            dense[4 * k : 4 * k + 4, 4 * index[p] : 4 * index[p] + 4]
            for k in range(n)
            for p in range(start[k], start[k + 1])
        ]
    )
    return known, values, dense, rng


@pytest.mark.parametrize("n", [1, 2, 7, 40])
def test_solutions_are_those_of_a_dense_solver(n):
    known, values, dense, rng = system(n, n)
    factors = make_room(known)
    assert factor_saddle(values, factors) > 0.0
    rhs = rng.normal(size=(n, SIZE))
    found = rhs.copy()
    solve_saddle(factors, found)
    np.testing.assert_allclose(found.ravel(), np.linalg.solve(dense, rhs.ravel()), rtol=1e-8, atol=1e-10)
    rest = np.empty_like(rhs)
    assert residual(values, factors, found, rhs, rest) == pytest.approx(
        np.abs(rhs.ravel() - dense @ found.ravel()).max()
    )


def test_a_singular_block_is_reported():
    known, values, _, _ = system(3, 0)
    values[:] = 0.0
    assert factor_saddle(values, make_room(known)) == 0.0


def test_pivots_are_searched_inside_a_block():
    block = np.array([[0.0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]])
    out = np.empty((4, 4))
    assert invert_block(block.copy(), out) == 1.0
    np.testing.assert_array_equal(out, np.linalg.inv(block))
