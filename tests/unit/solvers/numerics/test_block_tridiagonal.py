"""Block elimination against a dense solve."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.numerics import block_tridiagonal as bt

_PLACES = ((0, 0), (0, 1), (1, 0), (1, 1), (2, 2))


def random_system(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A diagonally dominant system in our columns, and the same as a dense matrix and load."""
    rng = np.random.default_rng(seed)
    system = rng.normal(size=(n, bt.COLUMNS))
    system[:, [0, 4, 8]] += 6.0
    dense, load = np.zeros((3 * n, 3 * n)), np.zeros(3 * n)
    for i in range(n):
        dense[3 * i : 3 * i + 3, 3 * i : 3 * i + 3] = system[i, :9].reshape(3, 3)
        load[3 * i : 3 * i + 3] = system[i, bt.LOAD : bt.LOAD + 3]
        for k, (row, column) in enumerate(_PLACES):
            if i > 0:
                dense[3 * i + row, 3 * (i - 1) + column] = system[i, bt.LOWER + k]
            if i < n - 1:
                dense[3 * i + row, 3 * (i + 1) + column] = system[i, bt.UPPER + k]
    return system, dense, load


@pytest.mark.parametrize("n", [1, 2, 3, 17])
@pytest.mark.parametrize("seed", range(3))
def test_solution_is_that_of_a_dense_solve(n: int, seed: int) -> None:
    system, dense, load = random_system(n, seed)
    assert bt.eliminate(system, n) == 0
    bt.substitute(system, n)
    assert np.allclose(system[:, bt.LOAD : bt.LOAD + 3].ravel(), np.linalg.solve(dense, load), rtol=1e-11, atol=1e-13)


def test_last_node_keeps_its_inverse_for_a_border() -> None:
    system, dense, _ = random_system(6, 5)
    bt.eliminate(system, 6)
    unit = np.zeros(18)
    unit[-1] = 1.0
    assert np.allclose(system[5, [2, 5, 8]], np.linalg.solve(dense, unit)[-3:])


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf])
def test_a_singular_block_is_named(bad: float) -> None:
    system, _, _ = random_system(4, 1)
    system[2, :9] = bad
    system[2, bt.LOWER : bt.LOWER + 5] = 0.0
    with np.errstate(invalid="ignore"):
        assert bt.eliminate(system, 4) == 3
