"""Finite volumes for steady conduction on a grid of boxes.

The temperature stands for the middle of each cell. Between two middles heat passes half a cell, the joint, and half a
cell in series: ``G = A / (d1 / (2 k1) + R + d2 / (2 k2))``; for cells of the same size and no joint that is the
harmonic mean of the conductivities. It is exact where heat flows along one axis.

References
----------
Patankar 1980, Numerical Heat Transfer and Fluid Flow, doi:10.1201/9781482234213, eqs. 4.9 and 4.10.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joulebook.numerics.multigrid import Conductances

__all__ = ["half_cells", "network_of"]

Float = NDArray[np.float64]


def half_cells(size: ArrayLike, conductivity: ArrayLike) -> Float:
    """Give the resistance from the middle of a cell to its face.

    Parameters
    ----------
    size : array_like, m
        Of cells along the axis.
    conductivity : array_like, W/(m K)
        Along the axis.

    Returns
    -------
    ndarray, m² K/W
        Of the common shape.
    """
    return np.asarray(0.5 * np.asarray(size, float) / np.asarray(conductivity, float))


def network_of(
    sizes: tuple[Float, Float, Float],
    conductivities: tuple[ArrayLike, ArrayLike, ArrayLike],
    joint: ArrayLike = 0.0,
) -> Conductances:
    """Make the network of conductances between the cells of a block, without its surfaces.

    Parameters
    ----------
    sizes : tuple of ndarray, shapes (n_x,), (n_y,) and (n_z,), m
        Of the cells along each axis.
    conductivities : tuple of array_like, W/(m K)
        Along each axis; shapes that broadcast to (n_x, n_y, n_z).
    joint : array_like, m² K/W
        Resistance between each cell along z and the next; shape (n_z - 1,) or one number.

    Returns
    -------
    Conductances
        W/K, with sinks of 0.
    """
    shape = tuple(len(item) for item in sizes)
    dx, dy, dz = sizes[0][:, None, None], sizes[1][None, :, None], sizes[2][None, None, :]
    areas = (dy * dz, dx * dz, dx * dy)
    out = []
    for axis, (size, along) in enumerate(zip((dx, dy, dz), conductivities, strict=True)):
        half = np.broadcast_to(half_cells(size, along), shape)
        first = np.moveaxis(half, axis, 0)
        total = first[:-1] + first[1:]
        if axis == 2:
            total = total + np.broadcast_to(np.asarray(joint, float), shape[2] - 1)[:, None, None]
        g = np.zeros(shape)
        np.moveaxis(g, axis, 0)[:-1] = np.moveaxis(np.broadcast_to(areas[axis], shape), axis, 0)[:-1] / total
        out.append(g)
    return Conductances(*out, np.zeros(shape))
