"""Loops over blocks of cells against dense matrices, as machine code and as plain Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from joulebook.numerics import seven_point as loops
from joulebook.numerics.multigrid import DIVERGED, SOLVED, STEP_LIMIT, Conductances, Hierarchy, solve


def random_network(shape: tuple[int, int, int], seed: int = 1, decades: float = 2.0) -> Conductances:
    rng = np.random.default_rng(seed)
    x, y, z = (10.0 ** rng.uniform(-decades, decades, shape) for _ in range(3))
    x[-1], y[:, -1], z[:, :, -1] = 0.0, 0.0, 0.0
    return Conductances(x, y, z, 1e-2 * rng.random(shape))


def dense(network: Conductances) -> NDArray[np.float64]:
    """The matrix, entry by entry."""
    shape = network.sink.shape
    number = np.arange(network.sink.size).reshape(shape)
    out = np.diag(network.sink.ravel())
    for axis, g in enumerate((network.x, network.y, network.z)):
        for here in np.ndindex(*shape):
            there = tuple(p + (k == axis) for k, p in enumerate(here))
            if there[axis] < shape[axis]:
                a, b, value = number[here], number[there], g[here]
                out[a, a] += value
                out[b, b] += value
                out[a, b] -= value
                out[b, a] -= value
    return out


@pytest.mark.parametrize("shape", [(5, 4, 3), (1, 6, 2), (4, 1, 5), (3, 3, 1), (1, 1, 1)])
def test_every_loop_is_the_same_in_both_twins_and_that_of_the_matrix(shape: tuple[int, int, int]) -> None:
    network, rng = random_network(shape), np.random.default_rng(2)
    x, b = rng.random(shape), rng.random(shape)
    matrix = dense(network)
    for run in ("cpu", "source"):
        out, inverse, upper = np.empty(shape), np.empty(shape), np.empty(shape)
        getattr(loops.APPLY, run)(*network.arrays, x, out)
        assert out.ravel() == pytest.approx(matrix @ x.ravel(), rel=1e-12)
        getattr(loops.RESIDUAL, run)(*network.arrays, x, b, out)
        assert out.ravel() == pytest.approx(b.ravel() - matrix @ x.ravel(), rel=1e-10)
        getattr(loops.FACTOR_LINES, run)(*network.arrays, inverse, upper)
        smooth: Any = getattr(loops.SMOOTH_LINES, run)
        for colour in (0, 1):
            better = x.copy()
            smooth(network.x, network.y, network.z, inverse, upper, better, b, colour)
            lines = (np.add.outer(np.arange(shape[0]), np.arange(shape[1])) + colour) % 2 == 0
            left = (b.ravel() - matrix @ better.ravel()).reshape(shape)
            assert np.abs(left[lines]).max(initial=0.0) < 1e-10 * np.abs(matrix).max()
            assert np.array_equal(better[~lines], x[~lines])


def test_restriction_is_the_transpose_of_interpolation() -> None:
    level = Hierarchy(random_network((7, 6, 3))).levels[0]
    rng = np.random.default_rng(3)
    coarse, fine = rng.random((4, 3, 3)), rng.random((7, 6, 3))
    for run in ("cpu", "source"):
        half, up, down = np.empty((4, 6, 3)), np.zeros((7, 6, 3)), np.empty((4, 3, 3))
        getattr(loops.PROLONG_Y, run)(coarse, *level.along_y, half)
        getattr(loops.PROLONG_X, run)(half, *level.along_x, up)
        getattr(loops.RESTRICT_X, run)(fine, *level.along_x, half)
        getattr(loops.RESTRICT_Y, run)(half, *level.along_y, down)
        assert float((up * fine).sum()) == pytest.approx(float((coarse * down).sum()), rel=1e-12)


def test_interpolation_keeps_constants_and_the_cycle_is_symmetric_and_positive() -> None:
    network = random_network((6, 5, 4))
    hierarchy = Hierarchy(network)
    columns = []
    for k in range(network.sink.size):
        unit = np.zeros(network.sink.size)
        unit[k] = 1.0
        columns.append(hierarchy.cycle(unit.reshape(network.sink.shape)).ravel().copy())
    inverse = np.array(columns)
    assert inverse == pytest.approx(inverse.T, rel=1e-8, abs=1e-12 * np.abs(inverse).max())
    assert np.linalg.eigvalsh(0.5 * (inverse + inverse.T)).min() > 0.0
    level = hierarchy.levels[0]
    half, up = np.empty((3, 5, 4)), np.zeros((6, 5, 4))
    loops.PROLONG_Y.cpu(np.ones((3, 3, 4)), *level.along_y, half)
    loops.PROLONG_X.cpu(half, *level.along_x, up)
    assert up == pytest.approx(np.ones((6, 5, 4)))


@pytest.mark.parametrize("shape", [(9, 7, 5), (1, 1, 8), (1, 12, 3), (16, 16, 2)])
def test_solutions_are_those_of_the_dense_matrix(shape: tuple[int, int, int]) -> None:
    network = random_network(shape, seed=5)
    b = np.random.default_rng(6).random(shape)
    row = np.random.default_rng(7).random(b.size)
    full = dense(network) + np.outer(row, row)

    def further(potential: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(row * float(row @ potential.ravel())).reshape(shape)

    x = np.zeros(shape)
    found = solve(network, b, x, Hierarchy(network), further=further, tolerance=1e-12, largest_imbalance=1e-9)
    assert found.status == SOLVED
    assert abs(found.imbalance) <= 1e-9
    assert x.ravel() == pytest.approx(np.linalg.solve(full, b.ravel()), rel=1e-7)


def test_a_solve_that_may_not_go_on_says_so() -> None:
    network = random_network((12, 12, 3))
    b, x = np.ones((12, 12, 3)), np.zeros((12, 12, 3))
    assert solve(network, b, x, Hierarchy(network), most_iterations=1).status == STEP_LIMIT
    x[:] = np.nan
    assert solve(network, b, x, Hierarchy(network)).status == DIVERGED
    x[:] = 0.0
    lost = solve(network, b, x, Hierarchy(network), further=lambda potential: -1e6 * potential)
    assert lost.status == DIVERGED
