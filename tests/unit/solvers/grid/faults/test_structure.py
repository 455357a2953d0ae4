"""Separate feeding against a slow answer: take the node out and count sources in what remains connected."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.grid.faults.structure import fed_separately, walk


def slow(n: int, first: np.ndarray, second: np.ndarray, source: np.ndarray, node: int) -> bool:
    groups = list(range(n))
    for _ in range(n):
        for a, b in zip(first, second, strict=True):
            if node not in {a, b}:
                low = min(groups[a], groups[b])
                groups = [low if group in {groups[a], groups[b]} else group for group in groups]
    touching = {groups[b] for a, b in zip(first, second, strict=True) if a == node}
    touching |= {groups[a] for a, b in zip(first, second, strict=True) if b == node}
    counts = [sum(groups[s] == group for s in source if s != node) for group in touching]
    return all(count <= 1 for count in counts)


@pytest.mark.parametrize("seed", range(40))
def test_random_networks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 10)), int(rng.integers(0, 12))
    first, second = rng.integers(0, n, m), rng.integers(0, n, m)
    first, second = first[first != second].astype(np.int32), second[first != second].astype(np.int32)
    source = rng.integers(0, n, int(rng.integers(0, 5))).astype(np.int32)
    found = fed_separately(n, first, second, source)
    assert found.tolist() == [slow(n, first, second, source, node) for node in range(n)]


def test_the_walk_runs_as_plain_python() -> None:
    separate = np.empty(3, np.int32)
    start, neighbours = np.array([0, 1, 3, 4]), np.array([1, 0, 2, 1])
    walk(start, neighbours, np.array([1, 0, 1]), separate, np.empty((9, 3), int))
    assert separate.tolist() == [1, 1, 1]
