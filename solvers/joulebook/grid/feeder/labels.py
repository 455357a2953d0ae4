"""Names of the rows of a feeder's results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from joulebook.grid.feeder.load_plan import Branches
    from joulebook.grid.feeder.stamping import Stamps

__all__ = ["Labels", "make_labels"]


@dataclass(frozen=True)
class Labels:
    """Names, and which row belongs to which.

    Parameters
    ----------
    nodes, elements, conductors, loads : ndarray of str
        Names of nodes (``"632.1"``), elements (``"line.650632"``), conductors (``"line.650632/1/632.1"``: element,
        terminal, node) and phases of loads (``"load.671/1"``).
    element_of : ndarray of int64
        Element of each conductor.
    terminal_of : ndarray of int64
        Terminal of each conductor, from 1.
    """

    nodes: NDArray[Any]
    elements: NDArray[Any]
    conductors: NDArray[Any]
    loads: NDArray[Any]
    element_of: NDArray[np.int64]
    terminal_of: NDArray[np.int64]


def make_labels(names: tuple[str, ...], stamps: Stamps, branches: Branches) -> Labels:
    """Name all rows.

    Parameters
    ----------
    names : tuple of str
        Of the nodes.
    stamps : Stamps
        Of the elements.
    branches : Branches
        Of the loads.

    Returns
    -------
    Labels
        Names.
    """
    count = len(stamps.conductor_node)
    firsts = np.array([*stamps.first, count], np.int64)
    element_of = np.repeat(np.arange(len(stamps.elements)), np.diff(firsts))
    sizes = np.array(stamps.sizes, np.int64)
    terminal_of = (np.arange(count) - firsts[element_of]) // sizes[element_of] + 1
    conductors = [
        f"{stamps.elements[element]}/{terminal}/{names[node] if node >= 0 else 'earth'}"
        for element, terminal, node in zip(
            element_of.tolist(), terminal_of.tolist(), stamps.conductor_node, strict=True
        )
    ]
    loads = [f"{name}/{phase}" for name, phase in zip(branches.names, branches.phase.tolist(), strict=True)]
    return Labels(
        np.array(names),
        np.array(stamps.elements),
        np.array(conductors),
        np.array(loads, dtype=str),
        element_of,
        terminal_of,
    )
