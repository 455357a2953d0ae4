"""Factors and selected inverse of symmetric matrices against dense linear algebra."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.numerics import symmetric_elimination as elimination
from joulebook.numerics.selected_inverse import ELIMINATE, SymmetricPlan


def network(n: int, extra: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Random tree with extra loops, complex admittances, sources at some nodes; and its dense matrix."""
    rng = np.random.default_rng(seed)
    first = np.concatenate((np.arange(1, n), rng.integers(0, n, extra)))
    second = np.concatenate(([rng.integers(0, k) for k in range(1, n)], rng.integers(0, n, extra))).astype(int)
    keep = first != second
    first, second = first[keep], second[keep]
    branch = 1 / (rng.uniform(0.01, 0.2, first.size) + 1j * rng.uniform(0.1, 1.0, first.size))
    diagonal = np.where(rng.random(n) < 0.3, 1 / (0.05 + 1j * rng.uniform(0.1, 2.0, n)), 0)
    diagonal[0] += 1 / (0.01 + 0.3j)
    np.add.at(diagonal, first, branch)
    np.add.at(diagonal, second, branch)
    dense = np.diag(diagonal)
    np.add.at(dense, (first, second), -branch)
    np.add.at(dense, (second, first), -branch)
    return first, second, diagonal, -branch, dense


@pytest.mark.parametrize(("n", "extra"), [(1, 0), (2, 0), (7, 3), (60, 0), (150, 120)])
@pytest.mark.parametrize("seed", range(3))
def test_entries_and_columns_are_those_of_the_dense_inverse(n: int, extra: int, seed: int) -> None:
    first, second, diagonal, off, dense = network(n, extra, seed)
    factors = SymmetricPlan(n, first, second).factorise(diagonal, off)
    exact = np.linalg.inv(dense)
    assert factors.status == 0
    assert np.allclose(factors.diagonal(), exact.diagonal(), rtol=1e-10, atol=0)
    assert np.allclose(factors.entries(first, second), exact[first, second], rtol=1e-10, atol=1e-14)
    wanted = np.arange(0, n, 3)
    assert np.allclose(factors.columns(wanted), exact[wanted], rtol=1e-10, atol=1e-13)


def test_the_inverse_is_symmetric_and_inverts() -> None:
    first, second, diagonal, off, dense = network(40, 30, 5)
    columns = SymmetricPlan(40, first, second).factorise(diagonal, off).columns(np.arange(40))
    assert np.allclose(columns, columns.T, rtol=1e-10, atol=1e-14)
    assert np.allclose(columns @ dense, np.eye(40), atol=1e-11)


def test_machine_code_and_plain_python_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, diagonal, off, _ = network(25, 15, 1)
    plan = SymmetricPlan(25, first, second)
    compiled = plan.factorise(diagonal, off)
    monkeypatch.setitem(ELIMINATE.__dict__, "cpu", elimination.eliminate)
    plain = plan.factorise(diagonal, off)
    assert np.allclose(compiled.factor, plain.factor, rtol=1e-12)


def test_a_floating_network_is_named() -> None:
    """Nodes 3 and 4 have no path to any source: the last pivot among them vanishes."""
    first, second = np.array([0, 1, 3]), np.array([1, 2, 4])
    branch = np.array([1.0, 2.0, 5.0]) / 1j
    diagonal = np.array([1 / 1j + branch[0], branch[0] + branch[1], branch[1], branch[2], branch[2]])
    factors = SymmetricPlan(5, first, second).factorise(diagonal, -branch)
    assert factors.status - 1 in {3, 4}


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0])
def test_values_that_cannot_be_used_end_with_a_status(bad: float) -> None:
    plan = SymmetricPlan(2, np.array([0]), np.array([1]))
    with np.errstate(invalid="ignore"):
        assert plan.factorise(np.array([bad, 0.0]), np.array([0.0])).status > 0


def test_a_place_off_the_pattern_is_refused() -> None:
    star = SymmetricPlan(4, np.array([0, 0, 0]), np.array([1, 2, 3]))
    factors = star.factorise(np.array([4.0, 2.0, 2.0, 2.0]), np.full(3, -1.0))
    with pytest.raises(IndexError, match="no entry"):
        factors.entries(np.array([1]), np.array([2]))
