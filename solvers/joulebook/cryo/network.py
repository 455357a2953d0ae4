"""Steady state of a network of nodes at temperatures: Newton's method in the potential of each node's own material.

The balance of node ``i`` in watt is::

    Σ_links c (Φ(T_j) − Φ(T_i)) + P_i + Σ_sources r ρ(T_i) − Q_i = 0

with links of coefficient ``c`` and potential ``Φ``, fixed power ``P``, power that depends on the node's temperature,
and the heat ``Q`` that coolers take. A cooler adds its loads ``Q`` as unknowns and the equations ``T_s − F_s(Q) = 0``
of its map. The unknown of a node is the potential of its strongest link (Kirchhoff's transform): between parts of one
material the problem becomes linear, and one step solves it. The Jacobian is exact. Where a step does not make the
balances better, steps of Picard follow: linear conductances ``c (Φ(T_i) − Φ(T_j)) / (T_i² − T_j²)``, solved for the
squares of the temperatures. They converge slowly and from everywhere, for they keep temperatures between those of the
neighbours.

Systems of up to 200 unknowns are solved as full matrices; larger ones in the order of Cuthill and McKee as a band,
or, where the band is wide, by sparse LU.

References
----------
Carslaw and Jaeger 1959, Conduction of Heat in Solids (Kirchhoff's transform). Cuthill and McKee 1969,
doi:10.1145/800195.805928.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.sparse import coo_matrix, csc_matrix
from scipy.sparse.csgraph import reverse_cuthill_mckee
from scipy.sparse.linalg import splu

from joulebook.cryo.potentials import Potentials
from joulebook.materials.integrals import HIGHEST, LOWEST

__all__ = ["End", "Network", "Solution", "Taker", "solve_network"]

Float = NDArray[np.float64]
Int = NDArray[np.int64]
_DENSE, _BAND = 200, 150
_FLOOR = 1e-300
ROUNDING = 16 * float(np.finfo(float).eps)


class Taker(Protocol):
    """What takes heat from nodes, with a map from loads to temperatures."""

    nodes: Int
    """Indices of its nodes, shape (m,)."""

    def evaluate(self, loads: Float) -> tuple[Float, Float]:
        """Give temperatures (m,) and their derivatives (m, m) by load."""

    def start(self) -> Float:
        """Give loads to start from."""


class End(enum.Enum):
    """How the iteration ended."""

    SOLVED = 0
    STALLED = 1
    SINGULAR = 2


@dataclass(frozen=True)
class Network:
    """Nodes, links and sources as arrays.

    Parameters
    ----------
    temperature : ndarray, shape (n,), K
        Of the nodes that are held; where the others start.
    held : ndarray of bool, shape (n,)
        Nodes that are held at their temperature.
    first, second : ndarray, shape (n_links,)
        Nodes of the links.
    which : ndarray, shape (n_links,)
        Potential of the links.
    coefficient : ndarray, shape (n_links,)
        Of the links, W per unit of the potential.
    potentials : Potentials
        The tables.
    power : ndarray, shape (n,), W
        Into the nodes.
    source_node, source_which, source_coefficient : ndarray, shape (n_sources,)
        Power that depends on temperature: node, table, factor.
    source_tables : Potentials
        The tables of that.
    takers : tuple of Taker
        Coolers.
    """

    temperature: Float
    held: NDArray[np.bool_]
    first: Int
    second: Int
    which: Int
    coefficient: Float
    potentials: Potentials
    power: Float
    source_node: Int
    source_which: Int
    source_coefficient: Float
    source_tables: Potentials
    takers: tuple[Taker, ...] = ()


@dataclass(frozen=True)
class Solution:
    """A state of the network.

    Parameters
    ----------
    end : End
        How the iteration ended.
    temperature : ndarray, shape (n,), K
        Of the nodes.
    flow : ndarray, shape (n_links,), W
        From the first to the second node of each link.
    source : ndarray, shape (n_sources,), W
        Power of the sources that depend on temperature.
    loads : tuple of ndarray, W
        Of the coolers.
    balance : ndarray, shape (n,), W
        What the balances miss; of held nodes what flows into them.
    gross : ndarray, shape (n,), W
        Sum of the magnitudes of what flows into and out of each node.
    rounding : ndarray, shape (n,), W
        What rounding of the potentials leaves of a balance.
    error : float
        Largest balance that is missed, relative to the gross flow, rounding of potentials taken off.
    iterations, rejected : int
        Linear systems solved, and steps of Newton that were thrown away.
    """

    end: End
    temperature: Float
    flow: Float
    source: Float
    loads: tuple[Float, ...]
    balance: Float
    gross: Float
    rounding: Float
    error: float
    iterations: int
    rejected: int


class _System:
    """Unknowns, sparsity and solution of the linear systems of one network."""

    def __init__(self, net: Network) -> None:
        self.net = net
        n = net.temperature.size
        self.free = np.flatnonzero(~net.held)
        index = np.full(n, -1, np.int64)
        index[self.free] = np.arange(self.free.size)
        self.offsets = np.cumsum([self.free.size, *(len(taker.nodes) for taker in net.takers)])
        self.size = int(self.offsets[-1])
        i, j = index[net.first], index[net.second]
        rows = [i, i, j, j, index[net.source_node]]
        cols = [i, j, i, j, index[net.source_node]]
        for k, taker in enumerate(net.takers):
            own = np.arange(self.offsets[k], self.offsets[k + 1])
            at = index[np.asarray(taker.nodes)]
            rows += [at, own, np.repeat(own, own.size)]
            cols += [own, at, np.tile(own, own.size)]
        row, col = np.concatenate(rows), np.concatenate(cols)
        self.kept = (row >= 0) & (col >= 0)
        self.row, self.col = row[self.kept], col[self.kept]
        self.reference = self._references(n)
        self._plan()

    def _references(self, n: int) -> Int:
        """The potential of each node's strongest link."""
        net = self.net
        reference = np.zeros(n, np.int64)
        best = np.full(n, -1.0)
        for end in (net.first, net.second):
            _, slope = net.potentials.evaluate(net.which, net.temperature[end])
            strength = net.coefficient * slope
            order = np.argsort(strength, kind="stable")
            top = np.full(n, -1, np.int64)
            top[end[order]] = order
            better = (top >= 0) & (strength[top] > best) if strength.size else np.zeros(n, bool)
            reference[better] = net.which[top[better]]
            best[better] = strength[top[better]]
        return reference

    def _plan(self) -> None:
        m = self.size
        self.band = 0
        if m <= _DENSE:
            self.place = self.row * m + self.col
            return
        shape = coo_matrix((np.ones(self.row.size), (self.row, self.col)), shape=(m, m)).tocsr()
        order = reverse_cuthill_mckee((shape + shape.T).tocsr(), symmetric_mode=True)
        rank = np.empty(m, np.int64)
        rank[order] = np.arange(m)
        self.order = order
        row, col = rank[self.row], rank[self.col]
        band = int(np.max(np.abs(row - col)))
        if band <= _BAND:
            self.band = band
            self.place = (2 * band + row - col) * m + col
            return
        self.place, first = np.unique(self.col * m + self.row, return_inverse=True)
        self.slot = first
        self.indices = self.place % m
        self.pointers = np.searchsorted(self.place, np.arange(m + 1) * m)

    def solve(self, entries: Float, right: Float) -> Float | None:
        """Solve; none where the matrix is singular."""
        m, entries = self.size, entries[self.kept]
        if m <= _DENSE:
            matrix = np.bincount(self.place, entries, m * m).reshape(m, m)
            _, _, found, info = lapack.dgesv(matrix, right)
        elif self.band:
            rows = 3 * self.band + 1
            matrix = np.bincount(self.place, entries, rows * m).reshape(rows, m)
            _, _, answer, info = lapack.dgbsv(self.band, self.band, matrix, right[self.order], overwrite_ab=True)
            found = np.empty(m)
            found[self.order] = answer
        else:
            data = np.bincount(self.slot, entries, self.place.size)
            try:
                factors = splu(csc_matrix((data, self.indices, self.pointers), shape=(m, m)), "MMD_AT_PLUS_A")
            except RuntimeError:
                return None
            found, info = factors.solve(right), 0
        return found if info == 0 and np.all(np.isfinite(found)) else None


@dataclass(frozen=True)
class _State:
    temperature: Float
    loads: tuple[Float, ...]
    flow: Float
    source: Float
    balance: Float
    gross: Float
    scale: Float
    maps: tuple[Float, ...]
    error: float
    slopes: tuple[Float, ...]


def _state(system: _System, temperature: Float, loads: tuple[Float, ...]) -> _State:
    """Balances at given temperatures and loads, with what the Jacobian needs."""
    net = system.net
    n = temperature.size
    up, up_slope = net.potentials.evaluate(net.which, temperature[net.first])
    down, down_slope = net.potentials.evaluate(net.which, temperature[net.second])
    flow = net.coefficient * (up - down)
    rounding = net.coefficient * (np.abs(up) + np.abs(down))
    source, source_slope = net.source_tables.evaluate(net.source_which, temperature[net.source_node])
    source, source_slope = source * net.source_coefficient, source_slope * net.source_coefficient
    balance, gross = net.power.copy(), np.abs(net.power)
    balance += np.bincount(net.second, flow, n) - np.bincount(net.first, flow, n)
    size = np.abs(flow)
    gross += np.bincount(net.second, size, n) + np.bincount(net.first, size, n)
    lost = np.bincount(net.second, rounding, n) + np.bincount(net.first, rounding, n)
    balance += np.bincount(net.source_node, source, n)
    gross += np.bincount(net.source_node, np.abs(source), n)
    maps, slopes, worst = [], [], 0.0
    for taker, load in zip(net.takers, loads, strict=True):
        found, slope = taker.evaluate(load)
        np.subtract.at(balance, taker.nodes, load)
        np.add.at(gross, taker.nodes, np.abs(load))
        maps.append(temperature[taker.nodes] - found)
        slopes.append(slope)
        worst = max(worst, float(np.max(np.abs(maps[-1]) / temperature[taker.nodes])))
    missed = np.maximum(np.abs(balance) - ROUNDING * lost, 0.0)[system.free] / (gross[system.free] + _FLOOR)
    error = max(worst, float(missed.max(initial=0.0)))
    return _State(
        temperature, loads, flow, source, balance, gross, lost + gross, tuple(maps), error,
        (up_slope, down_slope, source_slope, *slopes),
    )  # fmt: skip


def _merit(system: _System, state: _State, scale: Float) -> float:
    """Sum of the squares of what is missed, on scales that do not change within a step."""
    free, takers = system.free, system.net.takers
    missed = np.minimum(np.abs(state.balance[free]) / (scale[free] + _FLOOR), 1e100)
    gaps = [gap / state.temperature[taker.nodes] for taker, gap in zip(takers, state.maps, strict=True)]
    return float(missed @ missed) + sum(float(gap @ gap) for gap in gaps)


def _step(system: _System, state: _State) -> tuple[Float, Float] | None:
    """Newton's step: of the potentials of the free nodes, and of the loads."""
    net = system.net
    _, own = net.potentials.evaluate(system.reference, state.temperature)
    up_slope, down_slope, source_slope, *slopes = state.slopes
    out = net.coefficient * up_slope / own[net.first]
    into = net.coefficient * down_slope / own[net.second]
    entries = [-out, into, out, -into, source_slope / own[net.source_node]]
    right = [-state.balance[system.free]]
    for taker, slope, gap in zip(net.takers, slopes, state.maps, strict=True):
        ones = np.ones(len(taker.nodes))
        entries += [-ones, ones / own[taker.nodes], -slope.ravel()]
        right.append(-gap)
    found = system.solve(np.concatenate(entries), np.concatenate(right))
    return None if found is None else (found[: system.free.size], found[system.free.size :])


def _moved(system: _System, state: _State, step: tuple[Float, Float]) -> _State:
    """The state after a step of the potentials of the free nodes, and of the loads."""
    free, net = system.free, system.net
    reference = system.reference[free]
    start, _ = net.potentials.evaluate(reference, state.temperature[free])
    temperature = state.temperature.copy()
    temperature[free] = net.potentials.invert(reference, start + step[0])
    return _state(system, temperature, _loads(system, state, step[1]))


def _loads(system: _System, state: _State, step: Float) -> tuple[Float, ...]:
    starts = system.offsets[:-1] - system.free.size
    return tuple(load + step[at : at + load.size] for load, at in zip(state.loads, starts, strict=True))


def _picard(system: _System, state: _State) -> _State | None:
    """The state after a step with conductances between the squares of the temperatures, as they are now."""
    net, temperature = system.net, state.temperature
    first, second = temperature[net.first], temperature[net.second]
    apart = first**2 - second**2
    close = np.abs(apart) < 1e-6 * first**2
    slope = net.coefficient * state.slopes[0] / (2.0 * first)
    conductance = np.where(close, slope, state.flow / np.where(close, 1.0, apart))
    entries = [-conductance, conductance, conductance, -conductance, np.zeros(net.source_node.size)]
    right = [-state.balance[system.free]]
    for taker, slopes, gap in zip(net.takers, state.slopes[3:], state.maps, strict=True):
        ones = np.ones(len(taker.nodes))
        entries += [-ones, ones / (2.0 * temperature[taker.nodes]), -slopes.ravel()]
        right.append(-gap)
    step = system.solve(np.concatenate(entries), np.concatenate(right))
    if step is None:
        return None
    free = system.free
    moved = temperature.copy()
    moved[free] = np.sqrt(np.clip(temperature[free] ** 2 + step[: free.size], LOWEST**2, HIGHEST**2))
    return _state(system, moved, _loads(system, state, step[free.size :]))


def solve_network(net: Network, tolerance: float = 1e-12, most: int = 200) -> Solution:
    """Find the temperatures at which the balances of all free nodes hold.

    Parameters
    ----------
    net : Network
        The network; every free node must have a path to a held one or to a cooler.
    tolerance : float
        Largest balance that may be missed, relative to the heat through the node.
    most : int
        Steps.

    Returns
    -------
    Solution
        The state, also where the iteration ended without a solution.
    """
    system = _System(net)
    state = _state(system, np.clip(net.temperature, LOWEST, HIGHEST), tuple(taker.start() for taker in net.takers))
    singular, iterations, rejected, slow = False, 0, 0, 1
    while state.error > tolerance and iterations < most and not singular:
        step = _step(system, state)
        iterations += 1
        trial = None if step is None else _moved(system, state, step)
        if trial is not None and _merit(system, trial, state.scale) < 0.5 * _merit(system, state, state.scale):
            state = trial
            continue
        if trial is not None and trial.error < min(state.error, 1e-6):
            state = trial
            continue
        rejected += 1
        for _ in range(slow):
            moved = _picard(system, state)
            iterations += 1
            if moved is None:
                singular = True
                break
            state = moved
        slow = min(2 * slow, 8)
    end = End.SOLVED if state.error <= tolerance else End.SINGULAR if singular else End.STALLED
    return Solution(
        end, state.temperature, state.flow, state.source, state.loads, state.balance, state.gross,
        ROUNDING * state.scale, state.error, iterations, rejected,
    )  # fmt: skip
