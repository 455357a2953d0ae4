"""Voltage bases of the buses, and how far they are from the source."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.feeder.nodes import bus_of

if TYPE_CHECKING:
    from joulebook.grid.feeder.design import Feeder
    from joulebook.grid.feeder.stamping import Stamps

__all__ = ["bus_bases", "distances"]


def bus_bases(feeder: Feeder, stamps: Stamps, buses: tuple[str, ...]) -> NDArray[np.float64]:
    """Find the base of every bus, to earth.

    The voltage without load follows from the sources through the ratios of the transformers; where the feeder lists
    bases, the one that is nearest to it in proportion is taken.

    Parameters
    ----------
    feeder : Feeder
        The design.
    stamps : Stamps
        Of its elements.
    buses : tuple of str
        All buses.

    Returns
    -------
    ndarray, shape (buses,), V
        To earth; 1 where no source feeds a bus and nothing is known.
    """
    ratios: dict[str, list[tuple[str, float]]] = defaultdict(list)
    transformed = set()
    for one, other, ratio in stamps.ratios:
        ratios[one].append((other, ratio))
        ratios[other].append((one, 1.0 / ratio))
        transformed.add((one, other))
    for one, other, _ in stamps.links:
        if (one, other) not in transformed:
            ratios[one].append((other, 1.0))
            ratios[other].append((one, 1.0))
    known: dict[str, float] = {}
    waiting: deque[str] = deque()
    for source in feeder.voltage_sources.values():
        bus = bus_of(source.bus)
        if bus not in known:
            known[bus] = source.nominal_voltage / (1.0 if source.phases == 1 else math.sqrt(3.0))
            waiting.append(bus)
    while waiting:
        here = waiting.popleft()
        for other, ratio in ratios[here]:
            if other not in known:
                known[other] = known[here] * ratio
                waiting.append(other)
    found = np.array([known.get(bus, 1.0) for bus in buses])
    if not feeder.voltage_bases:
        return found
    allowed = np.array(feeder.voltage_bases) / math.sqrt(3.0)
    nearest = np.abs(1.0 - found[:, None] / allowed[None, :]).argmin(axis=1)
    out: NDArray[np.float64] = np.where(np.isin(buses, list(known)), allowed[nearest], found)
    return out


def distances(feeder: Feeder, stamps: Stamps, buses: tuple[str, ...]) -> NDArray[np.float64]:
    """Find the length of line between every bus and the nearest source.

    Parameters
    ----------
    feeder : Feeder
        The design.
    stamps : Stamps
        Of its elements.
    buses : tuple of str
        All buses.

    Returns
    -------
    ndarray, shape (buses,), m
        Infinite where there is no way.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    index = {bus: k for k, bus in enumerate(buses)}
    n = len(buses)
    ends: list[tuple[int, int]] = []
    lengths: list[float] = []
    for one, other, length in stamps.links:
        if one != other:
            ends.append((index[one], index[other]))
            lengths.append(max(length, 1e-9))
    if not ends:
        return np.where(np.arange(n) == 0, 0.0, np.inf)
    left, right = np.array(ends).T
    shortest = _shortest(left, right, np.array(lengths), n)
    graph = coo_array((shortest[2], (shortest[0], shortest[1])), shape=(n, n)).tocsr()
    starts = sorted({index[bus_of(bus)] for bus in feeder.voltage_sources.bus})
    out: NDArray[np.float64] = dijkstra(graph, directed=False, indices=starts, min_only=True)
    return out


def _shortest(left: Any, right: Any, lengths: Any, n: int) -> tuple[Any, Any, Any]:
    """Parallel links as the shortest of them."""
    keys = np.minimum(left, right) * np.int64(n) + np.maximum(left, right)
    order = np.lexsort((lengths, keys))
    first = np.unique(keys[order], return_index=True)[1]
    kept = order[first]
    return np.minimum(left, right)[kept], np.maximum(left, right)[kept], lengths[kept]
