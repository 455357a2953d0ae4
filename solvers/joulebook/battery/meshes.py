"""Meshes: volumes across the layers of a stack, shells in a particle.

Across each layer the volumes are equal. In the particles the shells get thinner towards the surface in a geometric
row, for that is where concentrations change fast after a change of the current.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery.equilibrium import FARADAY

__all__ = ["fill_shells", "radial_mesh", "share_out"]

Array = NDArray[np.float64]


def share_out(count: int, shares: list[float]) -> list[int]:
    """Share volumes out to layers by their thickness, at least two each.

    Parameters
    ----------
    count : int
        Volumes of the whole coating.
    shares : list of float
        Thickness of each layer over the whole.

    Returns
    -------
    list of int
        Volumes of each layer; their sum may exceed ``count`` where there are many layers.

    Examples
    --------
    >>> share_out(20, [0.25, 0.75])
    [5, 15]
    """
    if len(shares) == 1:
        return [count]
    return [max(2, round(count * share)) for share in shares]


def radial_mesh(shells: int, grading: float, radius: float) -> Array:
    """Faces of the shells, thinning geometrically towards the surface.

    Parameters
    ----------
    shells : int
        How many.
    grading : float
        Thickness of the outermost over that of the innermost.
    radius : float, m
        Of the particle.

    Returns
    -------
    ndarray, shape (shells + 1,), m
        From 0 to the radius.
    """
    thickness = grading ** (np.arange(shells) / (shells - 1))
    faces = np.concatenate([[0.0], np.cumsum(thickness)])
    return np.asarray(faces * (radius / faces[-1]))


def fill_shells(plane: Array, radius: float, grading: float) -> None:
    """Fill the mesh of a group of particles.

    Parameters
    ----------
    plane : ndarray, shape (n_r + 2, 6), mixed
        Of ``shells``; see :mod:`joulebook.battery.layout`.
    radius : float, m
        Of the particles.
    grading : float
        Thickness of the outermost shell over that of the innermost.
    """
    n = plane.shape[0] - 2
    faces = radial_mesh(n, grading, radius)
    volumes = np.diff(faces**3) / 3.0
    squares = np.diff(faces**5) / (5.0 * volumes)
    exchange = 2.0 * faces[1:-1] ** 3 / np.diff(squares)
    plane[1:n, at.INNER] = exchange / volumes[1:]
    plane[: n - 1, at.OUTER] = exchange / volumes[:-1]
    plane[:n, at.VOLUME] = volumes
    near, far = radius**2 - squares[-1], radius**2 - squares[-2]
    spread = far * far - near * near
    surface = plane[n]
    surface[at.LAST_WEIGHT] = far * far / spread
    surface[at.BEFORE_WEIGHT] = -near * near / spread
    surface[at.FLUX_WEIGHT] = -near * far * (far - near) / spread / (2.0 * radius * FARADAY)
    surface[at.SOURCE] = -radius * radius / (FARADAY * volumes[-1])
    plane[n + 1, at.RADIUS] = radius
