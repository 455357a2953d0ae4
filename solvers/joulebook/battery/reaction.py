"""The reaction of a node, linearised in its unknowns with the particle eliminated, and what happens at its edges.

Within :data:`EDGE` of an empty or a full surface the rate law loses its value. There the stoichiometry of the rate law
is held, and the open-circuit potential goes on along a barrier that grows steeply, so that the surface stops its own
reaction.
"""

from __future__ import annotations

from typing import Any

from joulebook.battery.kinetics import butler_volmer, exchange_current_density
from joulebook.battery.layout import (
    HALF_THERMAL,
    LIQUID,
    MAXIMUM,
    METAL,
    OCP_COLUMN,
    OCP_SLOPE,
    OCP_VALUE,
    OCP_WIDTH,
    RATE,
    REACTION,
    REACTION_MISS,
    REACTION_POTENTIAL,
    REACTION_SALT,
    SALT,
    STOICHIOMETRY,
    SURFACE_HISTORY,
    SURFACE_SLOPE,
)
from joulebook.numerics.tables import slope_in_table, value_in_table

__all__ = ["barrier", "barrier_slope", "linearise_reaction", "ocp_remainder", "stoichiometry_inside"]

EDGE = 1e-3
"""In the rate law, stoichiometries are kept this far inside 0 to 1."""
BARRIER = 25.0
"""Fall of the open-circuit potential per unit of stoichiometry just beyond that edge, V: that of an ideal solution
there, R T / (F EDGE). It grows further out, so that an empty or full surface stops its own reaction."""
STIFFENING = 1e4
"""Growth of that fall, V."""


def barrier(beyond: float) -> float:
    """Open-circuit potential that is added beyond the edges of the stoichiometry.

    Parameters
    ----------
    beyond : float
        Stoichiometry beyond the nearer edge: negative below the lower one.

    Returns
    -------
    float
        V.
    """
    return -beyond * (BARRIER + STIFFENING * abs(beyond))


def barrier_slope(beyond: float) -> float:
    """Derivative of :func:`barrier`.

    Parameters
    ----------
    beyond : float
        Stoichiometry beyond the nearer edge: negative below the lower one.

    Returns
    -------
    float
        V.
    """
    return -(BARRIER + 2.0 * STIFFENING * abs(beyond))


def stoichiometry_inside(x: float) -> float:
    """Stoichiometry, kept inside the range in which the rate law has a value.

    Parameters
    ----------
    x : float
        Stoichiometry of an iterate.

    Returns
    -------
    float
        Between 1e-3 and 1 - 1e-3.
    """
    return min(max(x, EDGE), 1.0 - EDGE)


def linearise_reaction(settings: Any, nodes: Any, ocp: Any, work: Any, i: int) -> None:
    """Linearise the reaction of an electrode node in its unknowns, with the particle eliminated.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (n_nodes, 10), mixed
        Node properties.
    ocp : ndarray, shape (n + 1, 2 n_materials), V
        Table of the open-circuit potentials over stoichiometry.
    work : ndarray, shape (n_nodes, 39), mixed
        Columns ``REACTION_MISS`` to ``REACTION_POTENTIAL`` are filled.
    i : int
        Node.
    """
    maximum = nodes[i, MAXIMUM]
    salt = work[i, SALT]
    reaction = work[i, REACTION]
    slope = work[i, SURFACE_SLOPE]
    per_maximum = 1.0 / maximum
    x = (work[i, SURFACE_HISTORY] + slope * reaction) * per_maximum
    inside = stoichiometry_inside(x)
    surface = inside * maximum
    column = int(nodes[i, OCP_COLUMN])
    width = settings[OCP_WIDTH]
    value = value_in_table(ocp, column, 0.0, width, inside) + barrier(x - inside)
    steepness = slope_in_table(ocp, column, 0.0, width, inside)
    if x != inside:
        steepness = barrier_slope(x - inside)
    work[i, STOICHIOMETRY] = x
    work[i, OCP_VALUE] = value
    work[i, OCP_SLOPE] = steepness
    potential = work[i, METAL] - work[i, LIQUID] - value
    exchange = exchange_current_density(nodes[i, RATE], salt, surface, maximum)
    rate, conductance = butler_volmer(exchange, potential, settings[HALF_THERMAL])
    by_surface = -conductance * steepness * per_maximum
    if x == inside:
        by_surface += 0.5 * rate * (maximum - 2.0 * surface) / (surface * (maximum - surface))
    share = 1.0 / (1.0 - by_surface * slope)
    work[i, REACTION_MISS] = (rate - reaction) * share
    work[i, REACTION_SALT] = 0.5 * rate / salt * share
    work[i, REACTION_POTENTIAL] = conductance * share


def ocp_remainder(settings: Any, nodes: Any, ocp: Any, work: Any) -> float:
    """Largest part of the open-circuit potentials that the last linearisation has missed.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (n_nodes, 10), mixed
        Node properties.
    ocp : ndarray, shape (n + 1, 2 n_materials), V
        Table of the open-circuit potentials over stoichiometry.
    work : ndarray, shape (n_nodes, 39), mixed
        The iterate after its update, and the point of linearisation.

    Returns
    -------
    float
        V.
    """
    largest = 0.0
    for i in range(nodes.shape[0]):
        column = int(nodes[i, OCP_COLUMN])
        if column >= 0:
            surface = work[i, SURFACE_HISTORY] + work[i, SURFACE_SLOPE] * work[i, REACTION]
            x = surface / nodes[i, MAXIMUM]
            inside = stoichiometry_inside(x)
            value = value_in_table(ocp, column, 0.0, settings[OCP_WIDTH], inside) + barrier(x - inside)
            tangent = work[i, OCP_VALUE] + work[i, OCP_SLOPE] * (x - work[i, STOICHIOMETRY])
            largest = max(largest, abs(value - tangent))
    return largest
