"""Where buses stand: no two at one place, what is placed stays, parts stand side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from joulebook.grid import Network
from joulebook.grid.diagram.layout import MOST_BUSES, bus_positions, spread_graph


def nearest(at) -> float:
    """Smallest distance of two buses in units of the room that each needs."""
    return float(cKDTree(at / [2.6, 1.5]).query(at / [2.6, 1.5], k=2, p=np.inf)[0][:, 1].min())


@pytest.mark.parametrize("name", ["case14", "case39", "case118", "case300"])
def test_no_bus_covers_another(name):
    at = bus_positions(Network.named(name))
    assert np.isfinite(at).all()
    assert nearest(at) > 0.99


def test_neighbours_stand_near():
    network = Network.named("case118")
    at = bus_positions(network)
    first, second = (network.buses.positions(network.lines.column(end)) for end in ("from_bus", "to_bus"))
    edges = np.linalg.norm(at[first] - at[second], axis=1)
    every = np.linalg.norm(at[:, None] - at[None], axis=2)
    assert np.median(edges) < 0.25 * np.median(every)


def test_what_is_placed_stays():
    network = Network.named("case14").replace(
        {"diagram": {"placements": {"buses/1": {"x": 5.0, "y": -3.0}, "buses/2": {"x": 15.0, "y": -3.0}}}}
    )
    at = bus_positions(network)
    np.testing.assert_array_equal(at[:2], [[5.0, -3.0], [15.0, -3.0]])
    assert np.isfinite(at).all()


def test_a_chain_is_straight():
    at = spread_graph(6, np.arange(5), np.arange(1, 6))
    ends = np.linalg.norm(at[0] - at[5])
    steps = np.linalg.norm(np.diff(at, axis=0), axis=1)
    assert ends == pytest.approx(steps.sum(), rel=2e-2)


def test_islands_stand_side_by_side():
    at = spread_graph(5, np.array([0, 2]), np.array([1, 3]))
    assert at[[0, 1], 0].max() < at[[2, 3], 0].min() or at[[2, 3], 0].max() < at[[0, 1], 0].min()


def test_the_largest_are_not_laid_out():
    network = Network.named("case2869pegase")
    assert len(network.buses) > MOST_BUSES
    assert np.isnan(bus_positions(network)).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 25), st.integers(0, 1000))
def test_any_graph_has_a_layout(n, seed):
    random = np.random.default_rng(seed)
    m = int(random.integers(0, 2 * n + 1))
    first, second = random.integers(0, n, m), random.integers(0, n, m)
    keep = first != second
    at = spread_graph(n, first[keep], second[keep])
    assert np.isfinite(at).all()
    if n > 1:
        assert nearest(at) > 0.9
