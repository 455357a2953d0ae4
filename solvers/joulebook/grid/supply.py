"""Which nodes hold their voltage, which fix the angle of their island, and which have no supply at all.

In each island the sources that are marked as references fix the angle. Where none is, the largest source that holds a
voltage takes this over, and the result says so. An island without any such source is dead: its nodes keep no voltage.

The angle of a reference is that of an external grid, or the start angle of the bus.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.arrays import NetworkArrays
from joulebook.grid.injections import CONVERTER, GENERATOR
from joulebook.grid.newton import FIXED, HELD, LOAD

__all__ = ["Supply", "supply_of"]


@dataclass(frozen=True, eq=False)
class Supply:
    """How nodes are fed; arrays in the nodes' own order.

    Parameters
    ----------
    kind : ndarray of int8, shape (n_nodes,)
        :data:`LOAD`, :data:`HELD` or :data:`FIXED`; dead nodes are fixed.
    voltage : ndarray, shape (n_nodes,), per unit
        Set point where the voltage is held; NaN elsewhere.
    angle : ndarray, shape (n_nodes,), rad
        Where it is fixed; NaN elsewhere.
    slack : ndarray of bool, shape (n_sources,)
        Sources that take up the balance.
    chosen : tuple of int
        Sources that were made references because their island had none.
    dead : ndarray of bool, shape (n_nodes,)
        Nodes without supply.
    unsupplied_loads : bool
        Whether power is asked for at any of these.
    """

    kind: NDArray[np.int8]
    voltage: NDArray[np.float64]
    angle: NDArray[np.float64]
    slack: NDArray[np.bool_]
    chosen: tuple[int, ...]
    dead: NDArray[np.bool_]
    unsupplied_loads: bool


def supply_of(arrays: NetworkArrays) -> Supply:
    """Find out how the nodes of a network are fed.

    Parameters
    ----------
    arrays : NetworkArrays
        The network.

    Returns
    -------
    Supply
        Node by node.
    """
    sources, n = arrays.sources, arrays.n_nodes
    kind = np.full(n, LOAD, np.int8)
    voltage, angle = np.full(n, np.nan), np.full(n, np.nan)
    holding = sources.in_service & sources.holds
    kind[sources.node[holding]] = HELD
    voltage[sources.node[holding]] = sources.voltage[holding]
    slack = sources.in_service & sources.reference
    fed = np.zeros(arrays.n_islands, bool)
    fed[arrays.island[sources.node[slack]]] = True
    chosen = _choose(arrays, holding, fed)
    slack[list(chosen)] = True
    fed[arrays.island[sources.node[slack]]] = True
    at = sources.node[slack]
    kind[at] = FIXED
    voltage[at] = sources.voltage[slack]
    angle[at] = np.where(np.isnan(sources.angle[slack]), arrays.start_angle[at], sources.angle[slack])
    dead = ~fed[arrays.island]
    kind[dead] = FIXED
    asked = (arrays.injections.active < 0) | (arrays.injections.active_current < 0) | (arrays.injections.reactive != 0)
    return Supply(kind, voltage, angle, slack, chosen, dead, bool(np.any(dead & asked)))


def _choose(arrays: NetworkArrays, holding: NDArray[np.bool_], fed: NDArray[np.bool_]) -> tuple[int, ...]:
    """The largest machine of each island that has no reference."""
    sources = arrays.sources
    size = np.where(np.isnan(sources.maximum_active), np.abs(sources.active), sources.maximum_active)
    able = holding & ((sources.kind == GENERATOR) | (sources.kind == CONVERTER))
    best: dict[int, int] = {}
    for source in np.flatnonzero(able).tolist():
        island = int(arrays.island[sources.node[source]])
        if fed[island]:
            continue
        leader = best.get(island)
        rank = (sources.kind[source] == GENERATOR, size[source])
        if leader is None or rank > (sources.kind[leader] == GENERATOR, size[leader]):
            best[island] = source
    return tuple(sorted(best.values()))
