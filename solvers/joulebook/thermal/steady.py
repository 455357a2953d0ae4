"""The steady state of a board: Newton's method over the laws of its faces, multigrid for the cells.

Unknowns are the rises over the ambient. Each step replaces the laws of faces and cases by their tangents, solves for
the cells, and sets faces and packages from them. With fixed coefficients and no radiation one step is exact. It ends
when what leaves by the laws themselves is what the components give off.

Assumed: steady; conductivities do not depend on temperature; walls have the ambient's temperature and do not see the
board twice; air passes all faces freely.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from joulebook.numerics import multigrid
from joulebook.numerics.multigrid import Conductances, Hierarchy
from joulebook.thermal.board import Board
from joulebook.thermal.conductances import half_cells, network_of
from joulebook.thermal.layers import layer_conductivities
from joulebook.thermal.mesh import Mesh
from joulebook.thermal.packages import Mounted, entering_from_packages, mounted, settle, terms_of
from joulebook.thermal.surfaces import Surface, laws_of, surfaces_of

__all__ = ["BALANCE", "NO_WAY_OUT", "State", "Work", "assemble", "steady"]

Float = NDArray[np.float64]
BALANCE = 1e-9
"""Of what leaves to what is given off, at the end."""
NO_WAY_OUT = 3
"""A way to end, beside those of :mod:`joulebook.numerics.multigrid`: nothing cools the board."""
_HOTTEST = 1e6
"""K, of a first guess."""
_FIRST_TOLERANCE = 1e-4
"""Of the linear equations, in the first of several steps."""
MOST_STEPS = 50


@dataclass
class State:
    """A board on its grid.

    Parameters
    ----------
    mesh : Mesh
        The grid.
    network : Conductances
        Between the cells.
    conductivities : ndarray, shape (3, n_z), W/(m K)
        Along x, along y and through the thickness.
    surfaces : list of Surface
        The six faces.
    items : list of Mounted
        The components.
    rises : ndarray, shape (n_x, n_y, n_z), K
        Of the cells over the ambient.
    """

    mesh: Mesh
    network: Conductances
    conductivities: Float
    surfaces: list[Surface]
    items: list[Mounted]
    rises: Float

    @property
    def power(self) -> float:
        """Heat given off, W."""
        return sum(item.component.power for item in self.items)

    @property
    def linear(self) -> bool:
        """Whether every flux is proportional to its rise."""
        return all(item.law.linear for item in self.surfaces)

    def leaving(self) -> float:
        """Give the heat that leaves by the laws of faces, cases and heat sinks.

        Returns
        -------
        float
            W.
        """
        return sum(item.leaving() for item in self.surfaces) + sum(item.from_case() for item in self.items)


class Work(NamedTuple):
    """How a solve ended.

    Parameters
    ----------
    status : int
        ``SOLVED``, ``STEP_LIMIT``, ``DIVERGED`` or ``NO_WAY_OUT``.
    steps, iterations : int
        Of Newton's method, and of conjugate gradients in all of them.
    residual : float
        Of the last linear equations, relative.
    imbalance : float
        Of the heat, relative.
    """

    status: int
    steps: int
    iterations: int
    residual: float
    imbalance: float


def assemble(board: Board, mesh: Mesh) -> State:
    """Put a board on its grid, at the ambient's temperature.

    Parameters
    ----------
    board : Board
        The board.
    mesh : Mesh
        Its grid.

    Returns
    -------
    State
        Ready for :func:`steady`.
    """
    by_layer = np.array([layer_conductivities(layer, board.copper_conductivity) for layer in board.layers])
    along_x, along_y, through = by_layer[mesh.layer].T.copy()
    joints = np.array([layer.contact_resistance_below for layer in board.layers])
    upper = mesh.layer[1:]
    joint = np.where(mesh.layer[:-1] != upper, joints[upper], 0.0)
    sizes = np.diff(mesh.x), np.diff(mesh.y), np.diff(mesh.z)
    network = network_of(sizes, (along_x, along_y, through), joint)
    halves = (
        half_cells(sizes[0][:, None, None], along_x),
        half_cells(sizes[1][:, None], along_y),
        half_cells(sizes[2], through),
    )
    surfaces = surfaces_of(sizes, halves, laws_of(board))
    items = mounted(board, mesh, surfaces)
    return State(mesh, network, np.array([along_x, along_y, through]), surfaces, items, np.zeros(mesh.shape))


def steady(
    state: State,
    tolerance: float = 1e-10,
    most_iterations: int = 200,
    report: Callable[[float], None] = lambda imbalance: None,
) -> Work:
    """Find the steady state.

    Parameters
    ----------
    state : State
        Of :func:`assemble`; rises, faces and packages become those of the steady state.
    tolerance : float
        Of the linear equations, relative.
    most_iterations : int
        Of conjugate gradients, in each step.
    report : callable
        Called with the relative imbalance after each step; what it raises ends the solve.

    Returns
    -------
    Work
        How it ended.
    """
    power = state.power
    if power == 0.0:
        return Work(multigrid.SOLVED, 0, 0, 0.0, 0.0)
    if not _guess(state):
        return Work(NO_WAY_OUT, 0, 0, np.inf, 1.0)
    hierarchy, iterations, imbalance = None, 0, 1.0
    inner = tolerance if state.linear else max(_FIRST_TOLERANCE, tolerance)
    for step in range(1, MOST_STEPS + 1):
        terms, paths = terms_of(state.items, state.mesh.shape)
        sink, source = np.zeros(state.mesh.shape), terms.source.reshape(state.mesh.shape)
        for surface in state.surfaces:
            more, heat = surface.linearised()
            sink[surface.at] += more
            source[surface.at] += heat
        if hierarchy is None or step == 2:
            ground = sink + terms.lumped.reshape(sink.shape)
            hierarchy = Hierarchy(replace(state.network, sink=ground))
        found = multigrid.solve(
            replace(state.network, sink=sink),
            source,
            state.rises,
            hierarchy,
            further=terms.flow if paths else None,
            tolerance=inner,
            largest_imbalance=0.1 * BALANCE * power if inner == tolerance else np.inf,
            most_iterations=most_iterations,
        )
        iterations += found.iterations
        if found.status != multigrid.SOLVED:
            return Work(found.status, step, iterations, found.residual, imbalance)
        settle(state.items, paths, state.rises)
        _follow(state)
        imbalance = abs(state.leaving() - power) / power
        report(imbalance)
        if inner == tolerance and imbalance <= BALANCE:
            return Work(multigrid.SOLVED, step, iterations, found.residual, imbalance)
        if not np.isfinite(imbalance):
            return Work(multigrid.DIVERGED, step, iterations, found.residual, imbalance)
        inner = max(tolerance, min(inner, 1e-2 * imbalance)) if imbalance > 1e-3 else tolerance
    return Work(multigrid.STEP_LIMIT, MOST_STEPS, iterations, found.residual, imbalance)


def _guess(state: State) -> bool:
    """Start at the same rise everywhere, that at which all heat leaves; False if there is none."""
    power = state.power

    def missing(rise: float) -> float:
        for surface in state.surfaces:
            surface.hold(np.full(surface.area.shape, rise))
        for item in state.items:
            item.case = rise
        return state.leaving() - power

    if missing(1.0) == -power or missing(_HOTTEST) < 0.0:
        return False
    rise = float(brentq(missing, 0.0, _HOTTEST, xtol=1e-9, rtol=1e-6))
    missing(rise)
    state.rises[:] = rise
    return True


def _follow(state: State) -> None:
    for surface in state.surfaces:
        surface.follow(state.rises[surface.at], entering_from_packages(state.items, surface))
