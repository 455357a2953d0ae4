"""Branches whose outage splits the network: bridges of the graph, all found in one walk.

References
----------
Tarjan 1974, doi:10.1016/0020-0190(74)90003-9 (bridges by depth-first numbers).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.numerics.twins import Loop, register

__all__ = ["adjacency", "find_bridges", "walk_bridges"]

Index = NDArray[np.int32]


def adjacency(n: int, first: Index, second: Index) -> tuple[Index, Index, Index]:
    """List the branches at each node.

    Parameters
    ----------
    n : int
        Number of nodes.
    first, second : ndarray of int32, shape (m,)
        Ends of the branches.

    Returns
    -------
    start : ndarray of int32, shape (n + 1,)
        Where each node's list begins.
    neighbour, branch : ndarray of int32, shape (2 m,)
        Node at the other end, and which branch it is.
    """
    m = len(first)
    both = np.concatenate([first, second])
    order = np.argsort(both, kind="stable")
    start = np.zeros(n + 1, np.int32)
    np.cumsum(np.bincount(both, minlength=n), out=start[1:])
    neighbour = np.concatenate([second, first])[order].astype(np.int32)
    branch = (order % m).astype(np.int32) if m else np.zeros(0, np.int32)
    return start, neighbour, branch


def find_bridges(
    n: int, first: Index, second: Index, roots: Index, weight: NDArray[np.float64], without: int = -1
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Find all bridges, and what hangs behind them.

    Parameters
    ----------
    n : int
        Number of nodes.
    first, second : ndarray of int32, shape (m,)
        Ends of the branches.
    roots : ndarray of int32, shape (k,)
        Nodes where the walk begins: references.
    weight : ndarray, shape (n,)
        Of the nodes.
    without : int
        Branch to be left out; -1 for none.

    Returns
    -------
    bridge : ndarray of bool, shape (m,)
        Whether the network falls apart without the branch.
    behind : ndarray, shape (m,)
        Sum of the weights on the side without the root; zero where there is no bridge.
    """
    start, neighbour, branch = adjacency(n, first, second)
    number = np.zeros(n, np.int32)
    low = np.zeros(n, np.int32)
    through = np.full(n, -1, np.int32)
    place = start[:-1].copy()
    stack = np.empty(n + 1, np.int32)
    total = weight.astype(np.float64).copy()
    bridge, behind = np.zeros(len(first), np.bool_), np.zeros(len(first))
    order = np.concatenate([roots, np.arange(n)]).astype(np.int32)
    BRIDGES.cpu(start, neighbour, branch, order, without, number, low, through, place, stack, total, bridge, behind)
    return bridge, behind


def walk_bridges(
    start: Any,
    neighbour: Any,
    branch: Any,
    order: Any,
    without: Any,
    number: Any,
    low: Any,
    through: Any,
    place: Any,
    stack: Any,
    total: Any,
    bridge: Any,
    behind: Any,
) -> None:
    """Walk the graph depth first, without recursion.

    Parameters
    ----------
    start, neighbour, branch : ndarray of int32
        Of :func:`adjacency`.
    order : ndarray of int32, shape (k,)
        Nodes to begin with, where they were not reached yet.
    without : int
        Branch to be left out.
    number, low, through, place, stack : ndarray of int32
        Work: numbers of the walk (0 before), lowest number that is reached from below, branch by which a node was
        reached, next neighbour, nodes on the way.
    total : ndarray, shape (n,)
        Weights; become sums over what hangs below.
    bridge : ndarray of bool, shape (m,)
        Filled.
    behind : ndarray, shape (m,)
        Filled.
    """
    count = 0
    for root in order:
        if number[root] != 0:
            continue
        count += 1
        number[root] = count
        low[root] = count
        stack[0] = root
        depth = 0
        while depth >= 0:
            node = stack[depth]
            if place[node] < start[node + 1]:
                p = place[node]
                place[node] += 1
                other = neighbour[p]
                if branch[p] == without or branch[p] == through[node] or other == node:
                    continue
                if number[other] == 0:
                    count += 1
                    number[other] = count
                    low[other] = count
                    through[other] = branch[p]
                    depth += 1
                    stack[depth] = other
                else:
                    low[node] = min(low[node], number[other])
            else:
                depth -= 1
                if depth >= 0:
                    above = stack[depth]
                    low[above] = min(low[above], low[node])
                    total[above] += total[node]
                    if low[node] > number[above]:
                        bridge[through[node]] = True
                        behind[through[node]] = total[node]


BRIDGES = register(Loop("grid.bridges", walk_bridges))
