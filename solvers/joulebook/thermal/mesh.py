"""The grid of a board: lines on the rims of all footprints and on the joints of all layers, finer near the rims.

In the plane the wished size of a cell grows with the distance from the next rim of a footprint, up to the largest size.
Between two lines that must be met, the cells are placed so that each takes the same share of the integral of one over
the wished size. Rims nearer to each other than a tenth of a millimetre and a tenth of the smallest footprint are
met by one line; the footprint is moved with it, and keeps its power. Through the thickness each layer has cells of its
own. The plain grid of a board with many components is made coarser until it has at most `PLAIN_CELLS` cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joulebook.thermal.board import Board

__all__ = ["Mesh", "make_mesh"]

Float = NDArray[np.float64]
CELLS_ALONG = 48
"""Of the largest size, along the longer side of a board."""
CELLS_THROUGH = 12
"""Through a board of one material; each layer has at least one."""
CELLS_IN_FOOTPRINT = 24
"""Of the size at the rim, along a footprint's shorter side."""
FINEST = 32
"""Largest size over the size at a rim, at most."""
GROWTH = 0.15
"""Of the wished size with the distance from a rim."""
PLAIN_CELLS = 300_000
"""Of a grid that nobody has chosen."""
_COARSER = 1.3
SAMPLES = 64
"""Of the wished size, per largest cell."""


@dataclass(frozen=True)
class Mesh:
    """A grid of boxes; z goes up, from the lowest layer to the top.

    Parameters
    ----------
    x, y, z : ndarray, shape (n + 1,), m
        Lines.
    layer : ndarray of int, shape (n_z,)
        Which layer of the board, counted from the top, each cell along z is in.
    """

    x: Float
    y: Float
    z: Float
    layer: NDArray[np.intp]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Cells along each axis."""
        return len(self.x) - 1, len(self.y) - 1, len(self.z) - 1

    def range_of(self, box: tuple[float, float, float, float]) -> tuple[slice, slice]:
        """Find the cells of a footprint.

        Parameters
        ----------
        box : tuple of float, m
            Left, lower, right and upper rim.

        Returns
        -------
        tuple of slice
            Along x and y; at least one cell each.
        """
        return _cells(self.x, box[0], box[2]), _cells(self.y, box[1], box[3])


def make_mesh(board: Board, cell_size: float | None = None, refine: int = 1) -> Mesh:
    """Make the grid of a board.

    Parameters
    ----------
    board : Board
        The board.
    cell_size : float, m, optional
        Largest size of a cell in the plane; a 48th of the longer side where left out.
    refine : int
        Parts along each axis into which every cell of the plain grid is cut.

    Returns
    -------
    Mesh
        The grid.
    """
    largest = cell_size or max(board.length, board.width) / CELLS_ALONG
    boxes = np.array([item.box for item in board.components.values()]).reshape(-1, 4)
    sides = np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    near = min(1e-4, 0.1 * float(sides.min(initial=1e-3)))
    z, layer = _through([item.thickness for item in board.layers])
    coarser = 1.0
    while True:
        fine = np.clip(coarser * sides / CELLS_IN_FOOTPRINT, largest / FINEST, largest)
        x = _lines(board.length, boxes[:, [0, 2]], fine, largest, near, coarser * GROWTH)
        y = _lines(board.width, boxes[:, [1, 3]], fine, largest, near, coarser * GROWTH)
        if cell_size or len(x) * len(y) * len(z) <= PLAIN_CELLS or coarser > CELLS_IN_FOOTPRINT:
            break
        coarser *= _COARSER
    return Mesh(_cut(x, refine), _cut(y, refine), _cut(z, refine), np.repeat(layer, refine))


def _cells(lines: Float, low: float, high: float) -> slice:
    first = int(np.argmin(np.abs(lines[:-1] - low)))
    last = int(np.argmin(np.abs(lines - high)))
    return slice(first, max(last, first + 1))


def _lines(length: float, rims: Float, fine: Float, largest: float, near: float, growth: float) -> Float:
    """Place the lines along one axis."""
    places = np.clip(rims.reshape(-1), 0.0, length)
    wished = np.repeat(fine, 2)
    order = np.argsort(places, kind="stable")
    fixed, sizes = [0.0], [largest]
    for place, size in zip(places[order].tolist(), wished[order].tolist(), strict=True):
        if place - fixed[-1] > near:
            fixed.append(place)
            sizes.append(size)
        else:
            sizes[-1] = min(sizes[-1], size)
    if length - fixed[-1] > near or len(fixed) == 1:
        fixed.append(length)
        sizes.append(largest)
    else:
        fixed[-1] = length
    return _filled(np.array(fixed), np.array(sizes), largest, growth)


def _filled(fixed: Float, sizes: Float, largest: float, growth: float) -> Float:
    """Fill the gaps between fixed lines."""
    count = int(np.ceil(SAMPLES * fixed[-1] / largest))
    at = np.union1d(np.linspace(0.0, fixed[-1], count + 1), fixed)
    wished = np.full(at.size, largest)
    middle = 0.5 * (at[1:] + at[:-1])
    for place, size in zip(fixed, sizes, strict=True):
        np.minimum(wished[:-1], size + growth * np.abs(middle - place), out=wished[:-1])
    density = np.concatenate([[0.0], np.cumsum(np.diff(at) / wished[:-1])])
    marks = density[np.searchsorted(at, fixed)]
    out = [np.zeros(1)]
    for k in range(fixed.size - 1):
        n = max(1, int(np.ceil(marks[k + 1] - marks[k] - 1e-6)))
        inner = np.interp(np.linspace(marks[k], marks[k + 1], n + 1)[1:-1], density, at)
        out += [inner, fixed[k + 1 : k + 2]]
    return np.concatenate(out)


def _through(thicknesses: Sequence[float]) -> tuple[Float, NDArray[np.intp]]:
    """Place the lines along z, from the lowest layer up."""
    wished = sum(thicknesses) / CELLS_THROUGH
    lines, layers = [np.zeros(1)], []
    height = 0.0
    for number in reversed(range(len(thicknesses))):
        n = max(1, int(np.ceil(thicknesses[number] / wished - 1e-6)))
        lines.append(height + thicknesses[number] * np.arange(1, n + 1) / n)
        layers += [number] * n
        height += thicknesses[number]
    return np.concatenate(lines), np.array(layers, np.intp)


def _cut(lines: Float, parts: int) -> Float:
    """Cut every cell into equal parts."""
    shares = np.arange(parts) / parts
    inner = lines[:-1, None] + np.diff(lines)[:, None] * shares
    return np.append(inner.reshape(-1), lines[-1])
