"""Order and pattern of sparse LU against dense elimination, and the block and complex solves against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joulebook.numerics import block_lu
from joulebook.numerics.elimination import analyse, minimum_degree

GRAPHS = st.integers(1, 24).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=50))
)


def edges_of(graph):
    n, pairs = graph
    pairs = [(a, b) for a, b in pairs if a != b]
    rows, columns = np.array(pairs, np.int64).reshape(-1, 2).T
    return n, rows, columns


def dense_fill(n, rows, columns, order):
    """Pattern after elimination, the slow and obvious way."""
    pattern = np.eye(n, dtype=bool)
    position = np.argsort(order)
    pattern[position[rows], position[columns]] = True
    pattern |= pattern.T
    for k in range(n):
        below = np.flatnonzero(pattern[k + 1 :, k]) + k + 1
        pattern[np.ix_(below, below)] = True
    return pattern


def complex_matrix(n, rows, columns, seed):
    random = np.random.default_rng(seed)
    matrix = np.zeros((n, n), complex)
    for a, b in zip(rows, columns, strict=True):
        matrix[a, b] += random.normal() + 1j * random.normal()
        matrix[b, a] += random.normal() + 1j * random.normal()
    matrix += np.diag(np.abs(matrix).sum(axis=1) + 1.0 + 0.3j)
    return matrix


@given(GRAPHS)
@settings(max_examples=60, deadline=None)
def test_patterns_are_those_of_dense_elimination(graph):
    n, rows, columns = edges_of(graph)
    found = analyse(n, rows, columns)
    assert sorted(found.order.tolist()) == list(range(n))
    expected = dense_fill(n, rows, columns, found.order)
    for part, triangle in ((found.lower, np.tril(expected, -1)), (found.upper, np.triu(expected, 1))):
        for k in range(n):
            row = part.index[part.start[k] : part.start[k + 1]]
            assert row.tolist() == np.flatnonzero(triangle[k]).tolist()


@given(GRAPHS, st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_complex_solves_agree_with_numpy(graph, seed):
    n, rows, columns = edges_of(graph)
    found = analyse(n, rows, columns)
    matrix = complex_matrix(n, rows, columns, seed)
    permuted = matrix[np.ix_(found.order, found.order)]
    values = np.concatenate(
        [permuted[k, found.matrix.index[found.matrix.start[k] : found.matrix.start[k + 1]]] for k in range(n)]
    )
    factors = block_lu.complex_factors(found)
    pattern = block_lu.factor_pattern(found)
    pivot = block_lu.FACTOR_COMPLEX.cpu(found.matrix.start, found.matrix.index, values, pattern, factors)
    assert pivot > 0.01
    rhs = np.random.default_rng(seed).normal(size=n) + 1j
    solved = rhs.copy()
    block_lu.SOLVE_COMPLEX.cpu(pattern, factors, solved)
    assert np.allclose(permuted @ solved, rhs, rtol=0, atol=1e-10)
    solved = rhs.copy()
    block_lu.SOLVE_COMPLEX_TRANSPOSED.cpu(pattern, factors, solved)
    assert np.allclose(permuted.T @ solved, rhs, rtol=0, atol=1e-10)


@given(GRAPHS, st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_block_solves_agree_with_numpy(graph, seed):
    """In plain Python: the loops are their own source."""
    n, rows, columns = edges_of(graph)
    found = analyse(n, rows, columns)
    random = np.random.default_rng(seed)
    dense = np.zeros((2 * n, 2 * n))
    for k in range(n):
        for j in found.matrix.index[found.matrix.start[k] : found.matrix.start[k + 1]]:
            dense[2 * k : 2 * k + 2, 2 * j : 2 * j + 2] = random.normal(size=(2, 2))
    dense += np.diag(np.abs(dense).sum(axis=1) + 1.0)
    pattern, factors = block_lu.factor_pattern(found), block_lu.block_factors(found)
    rhs = random.normal(size=(n, 2))
    solved = rhs.copy()
    for k in range(n):
        block_lu.clear_row(k, pattern, factors.work)
        for j in found.matrix.index[found.matrix.start[k] : found.matrix.start[k + 1]]:
            factors.work[j] = dense[2 * k : 2 * k + 2, 2 * j : 2 * j + 2].ravel()
        assert block_lu.eliminate_row(k, pattern, factors, solved) > 0
    block_lu.back_substitute(pattern, factors, solved)
    assert np.allclose(dense @ solved.ravel(), rhs.ravel(), rtol=0, atol=1e-10)
    for loop, matrix in ((block_lu.SOLVE_BLOCKS, dense), (block_lu.SOLVE_BLOCKS_TRANSPOSED, dense.T)):
        solved = rhs.copy()
        loop.cpu(pattern, factors, solved)
        assert np.allclose(matrix @ solved.ravel(), rhs.ravel(), rtol=0, atol=1e-10)


def test_a_singular_matrix_is_noticed():
    found = analyse(2, np.array([0]), np.array([1]))
    factors = block_lu.complex_factors(found)
    values = np.ones(4, complex)
    pattern = block_lu.factor_pattern(found)
    assert block_lu.FACTOR_COMPLEX.cpu(found.matrix.start, found.matrix.index, values, pattern, factors) == 0.0


@pytest.mark.parametrize("n", [0, 1])
def test_the_smallest_graphs(n):
    none = np.zeros(0, np.int64)
    assert minimum_degree(n, none, none).tolist() == list(range(n))


def test_minimum_degree_leaves_trees_without_fill():
    parents = np.array([0, 0, 1, 1, 2, 2, 3, 4, 5, 5, 8])
    children = np.arange(1, 12)
    assert len(analyse(12, parents, children).lower.index) == 11
