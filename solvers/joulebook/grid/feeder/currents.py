"""Currents and powers of a solution."""

from __future__ import annotations

from typing import Any

from joulebook.grid.feeder.load_models import load_admittance
from joulebook.grid.feeder.regulator_control import conductor_current

__all__ = ["branch_powers", "conductor_currents"]


def conductor_currents(network: Any, state: Any, currents: Any) -> int:
    """Find the current of every conductor of every element.

    Parameters
    ----------
    network : NetworkArrays
        Admittances.
    state : StateArrays
        A solution.
    currents : ndarray of complex128, shape (conductors,), A
        Receives what flows into the elements.

    Returns
    -------
    int
        Conductors.
    """
    for row in range(len(currents)):
        currents[row] = conductor_current(network, state, row)
    return len(currents)


def branch_powers(loads: Any, voltage: Any, powers: Any) -> int:
    """Find the current and the power of every branch of every load.

    Parameters
    ----------
    loads : LoadArrays
        Loads.
    voltage : ndarray of complex128, V
        A solution.
    powers : ndarray of complex128, shape (branches, 2), A and VA
        Receives current and power.

    Returns
    -------
    int
        Branches.
    """
    for b in range(len(loads.node1)):
        across = voltage[loads.node1[b]] - voltage[loads.node2[b]]
        g, s = load_admittance(loads.model[b], loads.numbers, loads.power, b, abs(across))
        current = complex(g, s) * across
        powers[b, 0] = current
        powers[b, 1] = across * current.conjugate()
    return len(loads.node1)
