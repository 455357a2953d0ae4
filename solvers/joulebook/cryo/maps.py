"""Capacity maps of coolers: temperatures of their stages over the heat that they take.

A curve (one stage) is linear between its points. A map (two stages) is linear on the triangles of Delaunay between
its points in the plane of the two loads, so that it goes through every point; outside it the plane of the nearest
triangle continues, and `outside` says so. Between points a linear map of a measured one is off by its curvature.

A map must be one that a machine can have: on every triangle each stage warms up with its own load, and both loads are
told apart by both temperatures (positive determinant).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import Issue

__all__ = ["CapacityMap", "map_issues"]

Float = NDArray[np.float64]
Int = NDArray[np.int64]
_SLACK = 1e-9


@dataclass(frozen=True)
class CapacityMap:
    """Temperatures of one or two stages over their loads.

    Parameters
    ----------
    loads : ndarray, shape (n_points, m), W
        Of the points.
    temperatures : ndarray, shape (n_points, m), K
        Of the points.
    nodes : ndarray, shape (m,)
        Nodes of a network that it cools.
    """

    loads: Float
    temperatures: Float
    nodes: Int = field(default_factory=lambda: np.zeros(0, np.int64))
    corners: Int = field(init=False)
    """Points of each piece: intervals or triangles."""
    gradients: Float = field(init=False)
    """Of the temperatures by the loads, K/W, on each piece, shape (n_pieces, m, m)."""
    shares: Float = field(init=False)
    """From loads, less those of the last corner, to the shares of the other corners, shape (n_pieces, m, m)."""

    def __post_init__(self) -> None:
        corners = _pieces(self.loads)
        edges = self.loads[corners[:, :-1]] - self.loads[corners[:, -1:]]
        rises = self.temperatures[corners[:, :-1]] - self.temperatures[corners[:, -1:]]
        inverse = np.linalg.inv(edges)
        object.__setattr__(self, "corners", corners)
        object.__setattr__(self, "gradients", np.transpose(inverse @ rises, (0, 2, 1)))
        object.__setattr__(self, "shares", np.transpose(inverse, (0, 2, 1)))

    def _piece(self, loads: Float) -> tuple[int, float]:
        """The piece in which loads lie, and how far inside: negative where outside of all."""
        shares = np.einsum("pij,pj->pi", self.shares, loads - self.loads[self.corners[:, -1]])
        least = np.minimum(shares.min(axis=1), 1.0 - shares.sum(axis=1))
        k = int(np.argmax(least))
        return k, float(least[k])

    def evaluate(self, loads: Float) -> tuple[Float, Float]:
        """Give temperatures and their derivatives.

        Parameters
        ----------
        loads : ndarray, shape (m,), W
            Heat that the stages take.

        Returns
        -------
        temperatures : ndarray, shape (m,), K
            Of the stages.
        gradient : ndarray, shape (m, m), K/W
            By load.
        """
        k, _ = self._piece(loads)
        last = self.corners[k, -1]
        gradient = self.gradients[k]
        return self.temperatures[last] + gradient @ (loads - self.loads[last]), gradient

    def start(self) -> Float:
        """Give the loads to start from.

        Returns
        -------
        ndarray, shape (m,), W
            Of the point with the smallest loads.
        """
        return self.loads[int(np.argmin(self.loads.sum(axis=1)))].copy()

    def outside(self, loads: Float) -> bool:
        """Tell whether loads lie outside the map.

        Parameters
        ----------
        loads : ndarray, shape (m,), W
            Heat that the stages take.

        Returns
        -------
        bool
            True if they do.
        """
        return self._piece(loads)[1] < -_SLACK


def _pieces(loads: Float) -> Int:
    if loads.shape[1] == 1:
        order = np.argsort(loads[:, 0], kind="stable")
        return np.stack([order[:-1], order[1:]], axis=1)
    from scipy.spatial import Delaunay

    scaled = loads / np.maximum(np.ptp(loads, axis=0), 1e-30)
    return np.asarray(Delaunay(scaled).simplices, dtype=np.int64)


def map_issues(loads: Sequence[Sequence[float]], temperatures: Sequence[Sequence[float]]) -> list[Issue]:
    """Find what keeps points from being a map.

    Parameters
    ----------
    loads : sequence of sequence of float, W
        Of one or two stages, by point.
    temperatures : sequence of sequence of float, K
        Of the same.

    Returns
    -------
    list of Issue
        Every fault; empty where there is none.
    """
    from scipy.spatial import QhullError

    if len(loads) < 2:
        return [Issue("points", len(loads), "must be at least 2 points", "Give more of the map")]
    points, values = np.array(loads, float), np.array(temperatures, float)
    m = points.shape[1]
    if len(points) < m + 1:
        return [Issue("points", len(points), f"must be at least {m + 1} points", "Give more of the map")]
    spread = np.ptp(points, axis=0)
    if len(np.unique(points, axis=0)) < len(points) or not np.all(spread > 0.0):
        return [Issue("points", None, "must have different loads", "Leave out points that stand twice")]
    flat = [Issue("points", None, "must not lie on one line in the plane of the loads", "Give points beside it")]
    try:
        made = CapacityMap(points, values)
    except (QhullError, np.linalg.LinAlgError):
        return flat
    if not np.all(np.isfinite(made.gradients)):
        return flat
    issues = []
    for corners, gradient in zip(made.corners, made.gradients, strict=True):
        where = ", ".join(str(int(k)) for k in sorted(corners))
        for stage in range(m):
            if gradient[stage, stage] <= 0.0:
                rule = f"between points {where} the stage {stage + 1} does not warm up with its own load"
                issues.append(Issue("points", float(gradient[stage, stage]), rule, "Check these points", "K/W"))
        if m == 2 and np.linalg.det(gradient) <= 0.0 and not issues:
            rule = f"between points {where} the two temperatures do not tell the two loads apart"
            issues.append(Issue("points", None, rule, "Check these points"))
    return issues
