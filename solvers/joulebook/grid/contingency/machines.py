"""Outages of generators: power is lost, with the last source of a node its voltage, and another may become slack."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from joulebook.grid import newton as at
from joulebook.grid.supply import Supply, supply_of
from joulebook.grid.working import Working

if TYPE_CHECKING:
    from joulebook.grid.contingency.base_case import BaseCase

__all__ = ["MACHINE", "machine_of", "start_without", "supply_without"]

MACHINE = -2
"""Generator k fails where an outage names element MACHINE - k; branches are named by their own number."""


def machine_of(element: int) -> int:
    """Give the generator that an element stands for.

    Parameters
    ----------
    element : int
        Of an outage.

    Returns
    -------
    int
        Row of the table of generators; -1 for branches and for none.
    """
    return MACHINE - element if element <= MACHINE else -1


def supply_without(case: BaseCase, working: Working, machines: list[int]) -> Supply:
    """Take generators out of a solve.

    Parameters
    ----------
    case : BaseCase
        The base case.
    working : Working
        Whose powers are changed.
    machines : list of int
        Rows of the table of generators.

    Returns
    -------
    Supply
        Of what is left, in the order of nodes.
    """
    arrays = case.setup.compiled.arrays
    sources = arrays.sources
    on = sources.in_service.copy()
    nodes = working.own_nodes()
    position = working.plan.elimination.position
    for row in machines:
        if not on[row]:
            continue
        on[row] = False
        place = position[sources.node[row]]
        nodes.active[place] -= sources.active[row]
        if not sources.holds[row]:
            nodes.reactive[place] -= sources.reactive[row]
    return supply_of(dataclasses.replace(arrays, sources=dataclasses.replace(sources, in_service=on)))


def start_without(case: BaseCase, working: Working, supply: Supply, angle: NDArray[np.float64]) -> at.State:
    """Make a start from the base case's voltages.

    Parameters
    ----------
    case : BaseCase
        The base case.
    working : Working
        Of this solve.
    supply : Supply
        Of what is left.
    angle : ndarray, shape (n,), rad
        Of the base case, in the order of the plan.

    Returns
    -------
    State
        Kinds and set points are those of the supply; references keep their angle.
    """
    order = working.plan.elimination.order
    working.kind = supply.kind[order]
    voltage = supply.voltage[order]
    magnitude = np.where(np.isnan(voltage), case.base.magnitude, voltage)
    return working.start(magnitude, angle)
