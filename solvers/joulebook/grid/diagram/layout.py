"""Where buses stand in a drawing of a network that nobody has placed by hand.

Distances on the page follow distances in the network: with d the number of branches between two buses, positions x
minimise the stress ``Σ (|x_i - x_j| - d_ij)² / d_ij²`` by majorisation, from the two leading directions of classical
scaling. Buses that come too close are then pushed apart.

References
----------
Gansner, Koren, North 2005, Graph drawing by stress majorization, doi:10.1007/978-3-540-31843-9_25; Torgerson 1952,
doi:10.1007/BF02288916 (classical scaling).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components, shortest_path
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["MOST_BUSES", "bus_positions", "spread_graph"]

Array = NDArray[np.float64]
MOST_BUSES = 1500
"""Beyond this the matrix of distances is too large to be worth a drawing."""
_SPACING = 4.0
"""Grid squares per branch."""
_ROOM = (2.6, 1.5)
"""Least distance of two buses, across and down, grid squares."""
_ROUNDS = 120


def bus_positions(network: Network) -> Array:
    """Give the place of every bus: as drawn by hand, and worked out for the others.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    ndarray, shape (n_buses, 2)
        To the right and downwards, in grid squares; NaN for all where there are more than :data:`MOST_BUSES` and some
        are not placed.
    """
    ids = network.buses.ids
    placed = network.diagram.placements
    by_hand = np.array(
        [
            (placed[f"buses/{name}"].x, placed[f"buses/{name}"].y) if f"buses/{name}" in placed else (np.nan, np.nan)
            for name in ids
        ]
    ).reshape(-1, 2)
    free = np.isnan(by_hand[:, 0])
    if not free.any():
        return by_hand
    if len(ids) > MOST_BUSES:
        return np.full((len(ids), 2), np.nan)
    first, second = _joined(network)
    found = spread_graph(len(ids), first, second)
    if not free.all():  # around what is placed
        found = found - found[~free].mean(axis=0) + by_hand[~free].mean(axis=0)
        found[~free] = by_hand[~free]
    return found


def _joined(network: Network) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Pairs of buses that branches, links and switches join."""
    place = network.buses.positions
    pairs = [
        (place(table.column("from_bus")), place(table.column("to_bus")))
        for table in (network.lines, network.transformers, network.hvdc_lines)
    ]
    three = network.three_winding_transformers
    pairs += [(place(three.column("bus_1")), place(three.column(name))) for name in ("bus_2", "bus_3")]
    switches = network.switches
    pairs.append((place(switches.column("bus")), place(switches.column("other_bus"))))
    first, second = (np.concatenate(part) for part in zip(*pairs, strict=True))
    good = (first >= 0) & (second >= 0) & (first != second)
    return first[good], second[good]


def spread_graph(n: int, first: NDArray[np.integer], second: NDArray[np.integer]) -> Array:
    """Spread a graph over a page.

    Parameters
    ----------
    n : int
        Number of nodes.
    first, second : ndarray of int, shape (m,)
        Ends of the edges.

    Returns
    -------
    ndarray, shape (n, 2)
        Positions in grid squares; parts that do not hang together stand side by side.
    """
    graph = sparse.coo_array((np.ones(len(first)), (first, second)), shape=(n, n)).tocsr()
    count, part = connected_components(graph, directed=False)
    out = np.zeros((n, 2))
    left = 0.0
    sizes = np.bincount(part, minlength=count)
    for number in np.argsort(-sizes, kind="stable"):
        members = np.flatnonzero(part == number)
        at = _connected(graph[members][:, members])
        at -= at.min(axis=0)
        out[members] = at + np.array([left, 0.0])
        left += at[:, 0].max() + 2 * _SPACING
    return out


def _connected(graph: sparse.csr_array) -> Array:
    n = graph.shape[0]
    if n == 1:
        return np.zeros((1, 2))
    distance = shortest_path(graph, directed=False, unweighted=True)
    at = _classical(distance)
    at = _majorise(distance, at) * _SPACING
    at = at[:, ::-1] if np.ptp(at[:, 1]) > np.ptp(at[:, 0]) else at  # wide rather than tall
    return _apart(at)


def _classical(distance: Array) -> Array:
    n = len(distance)
    square = distance**2
    centred = -0.5 * (square - square.mean(axis=0) - square.mean(axis=1)[:, None] + square.mean())
    values, vectors = np.linalg.eigh(centred)
    at = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0.0)) if n > 2 else np.stack([np.arange(n), np.zeros(n)], 1)
    return at[:, ::-1] + 1e-3 * np.random.default_rng(0).normal(size=(n, 2))  # twins must not lie on one another


def _majorise(distance: Array, at: Array) -> Array:
    """Lower the stress; each round solves the quadratic that touches it."""
    n = len(distance)
    with np.errstate(divide="ignore"):
        weight = np.where(distance > 0, 1.0 / distance**2, 0.0)
    laplacian = np.diag(weight.sum(axis=1)) - weight
    inverse = np.linalg.inv(laplacian + 1.0 / n)
    last = np.inf
    for _ in range(_ROUNDS):
        gap = np.linalg.norm(at[:, None, :] - at[None, :, :], axis=2) if n <= 400 else _gaps(at)
        stress = float(np.sum(weight * (gap - distance) ** 2))
        if last - stress < 1e-4 * stress:
            break
        last = stress
        pull = weight * distance / np.maximum(gap, 1e-9)
        at = inverse @ ((np.diag(pull.sum(axis=1)) - pull) @ at)
    return at


def _gaps(at: Array) -> Array:
    square = np.sum(at**2, axis=1)
    return np.sqrt(np.maximum(square[:, None] + square[None, :] - 2 * at @ at.T, 0.0))


def _apart(at: Array) -> Array:
    """Push buses apart until none is nearer to another than it may be."""
    room = np.array(_ROOM)
    scaled = at / room
    for _ in range(200):
        pairs = cKDTree(scaled).query_pairs(1.0, output_type="ndarray", p=np.inf)
        if not len(pairs):
            break
        step = scaled[pairs[:, 0]] - scaled[pairs[:, 1]]
        along = np.argmax(np.abs(step), axis=1)  # the shorter way out
        rows = np.arange(len(pairs))
        lack = 1.02 - np.abs(step[rows, along])
        push = np.zeros_like(step)
        push[rows, along] = np.where(step[rows, along] >= 0, 0.5, -0.5) * lack
        np.add.at(scaled, pairs[:, 0], push)
        np.add.at(scaled, pairs[:, 1], -push)
    return scaled * room
