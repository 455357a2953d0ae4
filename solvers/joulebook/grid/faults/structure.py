"""Whether a short circuit is fed by separate sources or out of a mesh, bus by bus.

A place is fed by separate sources if, once it is taken out, no connected part of the network holds more than one
source: then the partial currents of IEC 60909-0 do not share an impedance. One depth-first walk answers this for all
places at once: a child of the walk is cut off by its parent if nothing below it reaches above the parent.

References
----------
Tarjan R., Depth-first search and linear graph algorithms, SIAM J. Comput. 1, 146 (1972), doi:10.1137/0201010.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.numerics.twins import Loop, register

__all__ = ["fed_separately", "walk"]


def walk(start: Any, neighbours: Any, sources: Any, separate: Any, room: Any) -> None:
    """Walk over the network once.

    Parameters
    ----------
    start, neighbours : ndarray of int, shape (n + 1,) and (m,)
        Neighbours of each node.
    sources : ndarray of int, shape (n,)
        How many sources sit at each node.
    separate : ndarray of int, shape (n,)
        Out: 1 where a fault is fed by separate sources.
    room : ndarray of int, shape (9, n)
        Room: time of discovery, lowest time reached, parent, next neighbour, sources below, largest part cut off,
        sources cut off, stack, order.
    """
    n = sources.shape[0]
    for k in range(n):
        room[0, k] = -1
    time = 0
    for root in range(n):
        if room[0, root] >= 0:
            continue
        first, last = time, 0
        room[2, root] = -1
        room[7, 0] = root
        depth = 1
        while depth > 0:
            k = room[7, depth - 1]
            if room[0, k] < 0:
                room[0, k] = time
                room[8, time] = k
                room[1, k] = time
                room[3, k] = start[k]
                room[4, k] = sources[k]
                room[5, k] = 0
                room[6, k] = 0
                time += 1
            if room[3, k] < start[k + 1]:
                other = neighbours[room[3, k]]
                room[3, k] += 1
                if room[0, other] < 0:
                    room[2, other] = k
                    room[7, depth] = other
                    depth += 1
                elif other != room[2, k] and room[0, other] < room[1, k]:
                    room[1, k] = room[0, other]
                continue
            depth -= 1
            above = room[2, k]
            if above >= 0:
                room[4, above] += room[4, k]
                if room[1, k] < room[1, above]:
                    room[1, above] = room[1, k]
                if room[1, k] >= room[0, above]:
                    room[6, above] += room[4, k]
                    if room[4, k] > room[5, above]:
                        room[5, above] = room[4, k]
            last = room[4, k]
        for place in range(first, time):
            k = room[8, place]
            rest = last - sources[k] - room[6, k]
            separate[k] = 1 if room[5, k] <= 1 and rest <= 1 else 0


WALK = register(Loop("grid.fed_separately", walk))
"""The walk."""


def fed_separately(
    n: int, first: NDArray[np.int32], second: NDArray[np.int32], source: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Say where a fault is fed by separate sources.

    Parameters
    ----------
    n : int
        Nodes.
    first, second : ndarray of int, shape (m,)
        Branches.
    source : ndarray of int, shape (s,)
        Node of each source.

    Returns
    -------
    ndarray of bool, shape (n,)
        False where sources share an impedance on the way to the node.

    Examples
    --------
    Two sources at the ends of a line with a tap: at the tap's end they share its impedance.

    >>> fed_separately(4, np.array([0, 1, 1]), np.array([1, 2, 3]), np.array([0, 2]))
    array([ True,  True,  True, False])
    """
    from scipy.sparse import coo_array

    ones = np.ones(2 * first.size, np.int8)
    ends = (np.concatenate((first, second)), np.concatenate((second, first)))
    graph = coo_array((ones, ends), shape=(n, n)).tocsr()
    separate = np.empty(n, np.int32)
    counts = np.bincount(source, minlength=n).astype(np.int32)
    WALK.cpu(
        graph.indptr.astype(np.int32), graph.indices.astype(np.int32), counts, separate, np.empty((9, n), np.int32)
    )
    return separate.astype(bool)
