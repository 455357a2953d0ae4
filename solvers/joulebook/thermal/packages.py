"""Packages on a board: two resistances that meet in the junction, one of them spread evenly over the footprint.

The heat that goes into the board enters evenly over the footprint, ``Q_b``; the board's temperature that the package
sees is the mean of the surface below it, so ``T_j = mean(T_s) + θ_JB Q_b``. The rest goes through the case, ``T_j =
T_c + θ_JC Q_c``, and from there to air and walls as from the board's face, or through a heat sink. Junction and case
are eliminated: what stays is one symmetric term of rank one per package.

References
----------
JEDEC JESD15-3 (2008), the two-resistor model. The even flux below the package is a choice made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from joulebook.thermal.board import Board, Component, TwoResistor
from joulebook.thermal.mesh import Mesh
from joulebook.thermal.surfaces import Surface

__all__ = ["Mounted", "Terms", "entering_from_packages", "mounted", "settle", "terms_of"]

Float = NDArray[np.float64]


@dataclass
class Mounted:
    """A component on the grid.

    Parameters
    ----------
    name : str
        Designator.
    component : Component
        What stands there.
    surface : Surface
        On which face.
    cells : tuple of slice
        Its cells along x and y.
    share : ndarray
        Of its heat, in each of its cells; the sum is 1.
    self_resistance : float, K/W
        Mean rise of the surface over its cells per heat that enters evenly.
    into_board : float, W
        Heat that enters the board.
    case : float, K
        Rise of the case over the ambient.
    """

    name: str
    component: Component
    surface: Surface
    cells: tuple[slice, slice]
    share: Float
    self_resistance: float
    into_board: float
    case: float

    @property
    def package(self) -> TwoResistor | None:
        """Its two resistances; None for a plain source."""
        return self.component.package if isinstance(self.component.package, TwoResistor) else None

    @property
    def board_rise(self) -> float:
        """Mean rise of the surface below it, K."""
        return float((self.share * self.surface.rise[self.cells]).sum())

    @property
    def hottest_rise(self) -> float:
        """Largest rise of the surface below it, K."""
        return float(self.surface.rise[self.cells].max())

    @property
    def junction(self) -> float:
        """Rise of the junction over the ambient, K; not a number for a plain source."""
        package = self.package
        return self.board_rise + package.junction_to_board * self.into_board if package else np.nan

    def from_case(self) -> float:
        """Heat that leaves the case, by the law of its cooling.

        Returns
        -------
        float
            W; 0 for a plain source.
        """
        package = self.package
        if package is None:
            return 0.0
        if package.heat_sink is not None:
            return self.case / package.heat_sink
        law, area = self.surface.law, self.component.length * self.component.width
        return area * float(law.flux(np.array(self.case), self.surface.mean))

    def case_path(self) -> tuple[float, float]:
        """Way of the heat from the junction over the case, with the law of its cooling replaced by its tangent.

        Returns
        -------
        conductance : float, W/K
            0 where nothing cools the case.
        zero : float, K
            Rise of the junction at which nothing flows.
        """
        package = self.package
        if package is None:
            return 0.0, 0.0
        if package.heat_sink is not None:
            return 1.0 / (package.junction_to_case + package.heat_sink), 0.0
        law, area = self.surface.law, self.component.length * self.component.width
        rise, mean = np.array(self.case), self.surface.mean
        slope = float(law.slope(rise, mean))
        if slope <= 0.0:
            return 0.0, 0.0
        zero = self.case - float(law.flux(rise, mean)) / slope
        return 1.0 / (package.junction_to_case + 1.0 / (area * slope)), zero


@dataclass(frozen=True)
class Terms:
    """What packages add to the equations of the cells.

    Parameters
    ----------
    rows : csr_array, shape (n_packages, n_cells)
        Shares of the heat, times the root of the package's conductance.
    lumped : ndarray, shape (n_cells,), W/K
        Sums of the rows of what they add to the network.
    source : ndarray, shape (n_cells,), W
        Heat into the cells.
    """

    rows: sparse.csr_array
    lumped: Float
    source: Float

    def flow(self, potential: Float) -> Float:
        """Give the heat that packages take up from the cells.

        Parameters
        ----------
        potential : ndarray, shape (n_x, n_y, n_z), K
            Rises of the cells.

        Returns
        -------
        ndarray, shape (n_x, n_y, n_z), W
            Flow out of the cells.
        """
        flat = potential.reshape(-1)
        return np.asarray(self.rows.T @ (self.rows @ flat)).reshape(potential.shape)


def mounted(board: Board, mesh: Mesh, surfaces: Sequence[Surface]) -> list[Mounted]:
    """Put the components on the grid: plain sources into the faces, and packages over them.

    Parameters
    ----------
    board : Board
        The board.
    mesh : Mesh
        Its grid.
    surfaces : sequence of Surface
        Of the grid; heat and cover of the components are entered.

    Returns
    -------
    list of Mounted
        In the order of the board.
    """
    faces = {item.name: item for item in surfaces}
    out = []
    for name, component in board.components.items():
        surface = faces[component.side]
        cells = mesh.range_of(component.box)
        area = surface.area[cells]
        share = area / area.sum()
        own = float((share**2 * surface.half[cells] / area).sum())
        out.append(Mounted(name, component, surface, cells, share, own, component.power, 0.0))
        if out[-1].package is None:
            surface.given[cells] += component.power / area.sum()
        else:
            surface.open[cells] = False
    return out


def terms_of(items: Sequence[Mounted], shape: tuple[int, int, int]) -> tuple[Terms, list[tuple[float, float]]]:
    """Make the equations' terms of all packages, with the present tangents of their cases' cooling.

    Parameters
    ----------
    items : sequence of Mounted
        All components.
    shape : tuple of int
        Of the block of cells.

    Returns
    -------
    terms : Terms
        For the equations of the cells.
    paths : list of tuple of float
        Conductance, W/K, and zero, K, of the way over each package's case, in the order of the packages.
    """
    numbers = np.arange(np.prod(shape)).reshape(shape)
    source, lumped = np.zeros(numbers.size), np.zeros(numbers.size)
    columns, values, starts, paths = [], [], [0], []
    for item in items:
        if item.package is None:
            continue
        conductance, zero = item.case_path()
        paths.append((conductance, zero))
        part = _part(item, conductance)
        cells = numbers[item.surface.at][item.cells].reshape(-1)
        share = item.share.reshape(-1)
        source[cells] += part * (item.component.power + conductance * zero) * share
        lumped[cells] += part * conductance * share
        columns.append(cells)
        values.append(np.sqrt(part * conductance) * share)
        starts.append(starts[-1] + cells.size)
    data = np.concatenate(values) if values else np.zeros(0)
    index = np.concatenate(columns) if columns else np.zeros(0, np.intp)
    rows = sparse.csr_array((data, index, np.array(starts)), shape=(len(paths), numbers.size))
    return Terms(rows, lumped, source), paths


def settle(items: Sequence[Mounted], paths: Sequence[tuple[float, float]], rises: Float) -> None:
    """Set the packages' heat flows and cases from the rises of the cells.

    Parameters
    ----------
    items : sequence of Mounted
        All components.
    paths : sequence of tuple of float
        Of :func:`terms_of`.
    rises : ndarray, shape (n_x, n_y, n_z), K
        Of the cells.
    """
    ways = iter(paths)
    for item in items:
        package = item.package
        if package is None:
            continue
        conductance, zero = next(ways)
        cells = float((item.share * rises[item.surface.at][item.cells]).sum())
        part = _part(item, conductance)
        item.into_board = part * (item.component.power - conductance * (cells - zero))
        junction = cells + (item.self_resistance + package.junction_to_board) * item.into_board
        item.case = junction - package.junction_to_case * (item.component.power - item.into_board)


def entering_from_packages(items: Sequence[Mounted], surface: Surface) -> Float:
    """Give the heat that packages put into a face.

    Parameters
    ----------
    items : sequence of Mounted
        All components.
    surface : Surface
        The face.

    Returns
    -------
    ndarray, W/m²
        Over the face's cells.
    """
    out = np.zeros(surface.area.shape)
    for item in items:
        if item.surface is surface and item.package is not None:
            out[item.cells] += item.into_board * item.share / surface.area[item.cells]
    return out


def _part(item: Mounted, conductance: float) -> float:
    """Share of a package's heat that enters a board at the temperature of the way's zero."""
    package = item.package
    ahead = item.self_resistance + (package.junction_to_board if package else 0.0)
    return 1.0 / (1.0 + conductance * ahead)
