"""Multigrid-preconditioned conjugate gradients for a network of conductances on a block of cells.

The block is thin or strongly layered along z, so cells are joined in pairs along x and y only, down to one column, and
lines along z are solved exactly (zebra line relaxation). The coarse networks come from the fine one by the rules for
resistances in series and in parallel, so that every level keeps its seven points; interpolation follows the resistances
between a fine cell and the middles of its coarse neighbours, and restriction is its transpose. The V-cycle is symmetric
(the order of the colours is turned round on the way up) and preconditions flexible conjugate gradients.

Assumed: all conductances are 0 or more, and every connected part has a way to ground. Where conductance changes by many
powers of ten from cell to cell within a layer, more iterations are needed than for layers without breaks.

References
----------
Alcouffe, Brandt, Dendy and Painter 1981, SIAM J. Sci. Stat. Comput. 2, 430 (interpolation by the flow). Notay 2000,
doi:10.1137/S1064827599362314, algorithm 2.1 (flexible conjugate gradients).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.numerics import seven_point as loops

__all__ = ["DIVERGED", "SOLVED", "STEP_LIMIT", "Conductances", "Hierarchy", "Outcome", "solve"]

Float = NDArray[np.float64]
SWEEPS = 2
"""Relaxations before and after the coarse correction."""
SOLVED, STEP_LIMIT, DIVERGED = 0, 1, 2
"""How a solve ends."""


@dataclass(frozen=True)
class Conductances:
    """A network on a block of cells.

    Parameters
    ----------
    x, y, z : ndarray, shape (n_x, n_y, n_z)
        Between each cell and the next along the axis; the last entry along the own axis is 0.
    sink : ndarray, shape (n_x, n_y, n_z)
        From each cell to ground.
    """

    x: Float
    y: Float
    z: Float
    sink: Float

    @property
    def arrays(self) -> tuple[Float, Float, Float, Float]:
        """All arrays, as the loops take them."""
        return self.x, self.y, self.z, self.sink


@dataclass(frozen=True)
class Outcome:
    """How a solve ended.

    Parameters
    ----------
    status : int
        ``SOLVED``, ``STEP_LIMIT`` or ``DIVERGED``.
    iterations : int
        Of conjugate gradients.
    residual : float
        Norm of what is missing over norm of the sources.
    imbalance : float
        Sum of what is missing over all cells, in the unit of the sources.
    """

    status: int
    iterations: int
    residual: float
    imbalance: float


class Hierarchy:
    """The coarse networks below a network, with what they need to be used.

    Parameters
    ----------
    network : Conductances
        The finest.
    """

    def __init__(self, network: Conductances) -> None:
        self.levels: list[_Level] = []
        while True:
            level = _Level(network)
            self.levels.append(level)
            if network.sink.shape[0] == 1 and network.sink.shape[1] == 1:
                return
            network = level.join()

    def cycle(self, sources: Float) -> Float:
        """Solve approximately, by one V-cycle from zero.

        Parameters
        ----------
        sources : ndarray, shape (n_x, n_y, n_z)
            Into the cells.

        Returns
        -------
        ndarray, shape (n_x, n_y, n_z)
            Potentials; the same array at each call.
        """
        return self._cycle(0, sources)

    def _cycle(self, number: int, sources: Float) -> Float:
        level = self.levels[number]
        level.solution[:] = 0.0
        if number == len(self.levels) - 1:
            level.smooth(sources, 0)
            return level.solution
        below = self.levels[number + 1]
        for _ in range(SWEEPS):
            level.smooth(sources, 0)
            level.smooth(sources, 1)
        loops.RESIDUAL.cpu(*level.network.arrays, level.solution, sources, level.work)
        loops.RESTRICT_X.cpu(level.work, *level.along_x, level.half)
        loops.RESTRICT_Y.cpu(level.half, *level.along_y, below.sources)
        self._cycle(number + 1, below.sources)
        loops.PROLONG_Y.cpu(below.solution, *level.along_y, level.half)
        loops.PROLONG_X.cpu(level.half, *level.along_x, level.solution)
        for _ in range(SWEEPS):
            level.smooth(sources, 1)
            level.smooth(sources, 0)
        return level.solution


class _Level:
    """One network of the hierarchy, with its factors and its work arrays."""

    def __init__(self, network: Conductances) -> None:
        shape = network.sink.shape
        self.network = network
        self.inverse, self.upper = np.empty(shape), np.empty(shape)
        loops.FACTOR_LINES.cpu(*network.arrays, self.inverse, self.upper)
        self.solution, self.sources, self.work = np.empty(shape), np.empty(shape), np.empty(shape)
        self.along_x: tuple[Float, Float] = (self.work, self.work)
        self.along_y = self.along_x
        self.half = self.work

    def smooth(self, sources: Float, colour: int) -> None:
        net = self.network
        loops.SMOOTH_LINES.cpu(net.x, net.y, net.z, self.inverse, self.upper, self.solution, sources, colour)

    def join(self) -> Conductances:
        """Make the next coarser network, and the interpolation from it."""
        self.along_x = _shares(self.network.x, 0)
        halfway = _joined(self.network, 0)
        self.half = np.empty(halfway.sink.shape)
        self.along_y = _shares(halfway.y, 1)
        return _joined(halfway, 1)


def solve(
    network: Conductances,
    sources: Float,
    x: Float,
    hierarchy: Hierarchy,
    *,
    further: Callable[[Float], Float] | None = None,
    tolerance: float = 1e-10,
    largest_imbalance: float = np.inf,
    most_iterations: int = 200,
) -> Outcome:
    """Find the potentials at which every cell is balanced.

    Parameters
    ----------
    network : Conductances
        The network.
    sources : ndarray, shape (n_x, n_y, n_z)
        Into the cells.
    x : ndarray, shape (n_x, n_y, n_z)
        First guess; becomes the solution.
    hierarchy : Hierarchy
        Of this network or of one like it.
    further : callable, optional
        What else flows out of the cells: a symmetric operator without negative eigenvalues, from potentials to flows.
    tolerance : float
        Of the residual's norm over that of the sources.
    largest_imbalance : float
        Of the sum of the residual, in the unit of the sources.
    most_iterations : int
        At most.

    Returns
    -------
    Outcome
        With the residual recomputed from the solution.
    """
    norm = float(np.linalg.norm(sources)) or 1.0
    r, p, q = np.empty_like(x), np.zeros_like(x), np.zeros_like(x)

    def applied(potential: Float, out: Float) -> None:
        loops.APPLY.cpu(*network.arrays, potential, out)
        if further is not None:
            out += further(potential)

    applied(x, r)
    np.subtract(sources, r, out=r)
    size, total = float(np.linalg.norm(r)), float(r.sum())
    curvature, count, flat = 1.0, 0, [item.reshape(-1) for item in (x, r, p, q)]
    status = STEP_LIMIT
    while True:
        if size <= tolerance * norm and abs(total) <= largest_imbalance:
            status = SOLVED
            break
        if not np.isfinite(size) or count == most_iterations:
            break
        z = hierarchy.cycle(r).reshape(-1)
        beta = -float(flat[3] @ z) / curvature if count else 0.0
        loops.DIRECT.cpu(z, flat[2], beta)
        applied(p, q)
        curvature = float(flat[2] @ flat[3])
        if not curvature > 0.0:
            break
        squares, total = loops.ADVANCE.cpu(*flat, float(flat[2] @ flat[1]) / curvature)
        size = float(np.sqrt(squares))
        count += 1
    applied(x, r)
    np.subtract(sources, r, out=r)
    left = float(np.linalg.norm(r)) / norm
    if status != SOLVED and not (np.isfinite(left) and count == most_iterations):
        status = DIVERGED
    return Outcome(status, count, left, float(r.sum()))


def _pairs(n: int) -> NDArray[np.intp]:
    """Where the pairs of neighbours begin; the last cell of an odd number stays alone."""
    return np.arange(0, n, 2)


def _resistances(g: Float) -> Float:
    """Inverse, and 0 where there is no conductance."""
    out = np.zeros_like(g)
    np.divide(1.0, g, out=out, where=g > 0.0)
    return out


def _shares(g: Float, axis: int) -> tuple[Float, Float]:
    """Shares of the coarse neighbours in the first and the second cell of each pair, by the resistances on the way."""
    along = np.moveaxis(g, axis, 0)
    n = along.shape[0]
    count = (n + 1) // 2
    resistance = _resistances(along)
    inside = np.zeros((count, *along.shape[1:]))
    inside[: n // 2] = resistance[0 : 2 * (n // 2) : 2]
    left, right = np.zeros_like(inside), np.zeros_like(inside)
    if count > 1:
        between = resistance[1 : 2 * count - 1 : 2]
        total = 0.5 * inside[:-1] + between + 0.5 * inside[1:]
        joined = along[1 : 2 * count - 1 : 2] > 0.0
        np.divide(0.5 * inside[:-1], total, out=right[:-1], where=joined)
        np.divide(0.5 * inside[1:], total, out=left[1:], where=joined)
    return tuple(np.ascontiguousarray(np.moveaxis(item, 0, axis)) for item in (left, right))  # type: ignore[return-value]


def _joined(network: Conductances, axis: int) -> Conductances:
    """Join pairs of cells along an axis: in series along it, in parallel across it."""
    starts = _pairs(network.sink.shape[axis])

    def across(values: Float) -> Float:
        return np.ascontiguousarray(np.add.reduceat(values, starts, axis=axis))

    made: dict[str, Any] = {"sink": across(network.sink)}
    for number, name in enumerate("xyz"):
        g: Float = getattr(network, name)
        made[name] = _in_series(g, starts, axis) if number == axis else across(g)
    return Conductances(**made)


def _in_series(g: Float, starts: NDArray[np.intp], axis: int) -> Float:
    along = np.moveaxis(g, axis, 0)
    last = np.append(starts[1:], along.shape[0]) - 1
    resistance = _resistances(along)
    inside = np.add.reduceat(resistance, starts, axis=0) - resistance[last]
    face = along[last]
    out = np.zeros_like(face)
    total = resistance[last] + 0.5 * inside
    total[:-1] += 0.5 * inside[1:]
    np.divide(1.0, total, out=out, where=face > 0.0)
    return np.ascontiguousarray(np.moveaxis(out, 0, axis))
