"""What the sites and nodes of a step are like: rates at its temperature, surfaces, films, pores, hysteresis.

All of it is taken from past points by extrapolation, so the solve inside a step meets constants.
"""

from __future__ import annotations

import math
from typing import Any

from joulebook.battery.ageing_mechanics import roughness
from joulebook.battery.kinetics import arrhenius
from joulebook.battery.layout import (
    ACTIVE,
    ACTIVE_NOW,
    AHEAD,
    BRUGGEMAN,
    CAPACITANCE,
    CHARGING_HISTORY,
    CLOGS,
    CRACK,
    CRACK_GROWTH,
    CRACK_HISTORY,
    CRACK_SEI,
    CRACK_SHARE,
    DEAD,
    DFN,
    DIFFERENCE,
    DYING,
    ELECTRODE,
    FILM,
    FILM_HISTORY,
    FILM_RESISTANCE,
    FILM_VOLUME,
    FIRST_SITE,
    FIRST_SWELLING,
    FIRST_THICKNESS,
    FRACTION,
    GAP,
    GROUP,
    GROWTH,
    HOST,
    HYSTERESIS,
    LAW,
    LAWS_WIDTH,
    MAXIMUM,
    MECHANICS_LAW,
    METAL_VOLUME,
    MODEL,
    OFFSET,
    ON_CRACKS,
    OPENNESS,
    PLATED,
    PLATED_HISTORY,
    PLATING,
    PLATING_LAW,
    POROSITY,
    RATE,
    RATE_ACTIVATION,
    RATE_NOW,
    REACTION,
    REFERENCE_TEMPERATURE,
    RESISTIVITY,
    RING,
    SALT,
    SALT_CONDUCTIVITY,
    SALTS_WIDTH,
    SEI,
    SIDE,
    SIDE_REACTIONS,
    STOP_SITE,
    STRIDE,
    SURFACE,
    SURFACE_DENSITY,
    SURFACE_HISTORY,
    SURFACE_SLOPE,
    SWELLING,
    TEMPERATURE,
    TILT,
    TRANSPORT,
    WEIGHTS,
    WIDTH,
)
from joulebook.battery.reaction import stoichiometry_inside
from joulebook.numerics.tables import value_in_table
from joulebook.numerics.twins import separate

__all__ = ["prepare_nodes", "prepare_sites"]

MOST_FILLED = 0.99
"""Share of the pores that films may take; beyond it the pores count as clogged."""


def ahead(states: Any, run: Any, head: int, points: int, s: int, k: int) -> float:
    """Extrapolate a state to the end of the step.

    Parameters
    ----------
    states : ndarray, shape (n_ring, n_sites, n_states), mixed
        Ring of past states.
    run : ndarray, shape (n_run,), mixed
        Holds the weights.
    head : int
        Slot of the last accepted point.
    points : int
        Past points to use.
    s : int
        Site.
    k : int
        State.

    Returns
    -------
    float
        Unit of the state.
    """
    total = 0.0
    for q in range(points):
        total += run[AHEAD + q] * states[(head - q) % RING, s, k]
    return total


def past_rate(states: Any, run: Any, head: int, order: int, s: int, k: int) -> float:
    """Past part of the time derivative of a state.

    Parameters
    ----------
    states : ndarray, shape (n_ring, n_sites, n_states), mixed
        Ring of past states.
    run : ndarray, shape (n_run,), mixed
        Holds the weights.
    head : int
        Slot of the last accepted point.
    order : int
        Of the time formula.
    s : int
        Site.
    k : int
        State.

    Returns
    -------
    float
        Unit of the state per second.
    """
    total = 0.0
    for q in range(order):
        total += run[WEIGHTS + 1 + q] * states[(head - q) % RING, s, k]
    return total


@separate
def prepare_sites(arena: Any, head: int, order: int, points: int) -> None:
    """Find what the sites are like in the step.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`; ``reactions`` is filled.
    head : int
        Slot of the last accepted point.
    order : int
        Of the time formula.
    points : int
        Past points of the extrapolation.
    """
    settings, sites, states, reactions, run = arena.settings, arena.sites, arena.states, arena.reactions, arena.run
    for s in range(sites.shape[0]):
        reference = sites[s, REFERENCE_TEMPERATURE]
        reactions[s, RATE_NOW] = sites[s, RATE] * arrhenius(sites[s, RATE_ACTIVATION], reference, settings[TEMPERATURE])
        reactions[s, SURFACE] = sites[s, SURFACE_DENSITY]
        reactions[s, FILM_RESISTANCE] = 0.0
        reactions[s, OFFSET] = 0.0
        if sites[s, CAPACITANCE] != 0.0:
            reactions[s, CHARGING_HISTORY] = past_rate(states, run, head, order, s, DIFFERENCE)
        if sites[s, GROUP] < 0.0:
            prepare_foil(arena, s)
        elif settings[HYSTERESIS] != 0.0:
            surface = reactions[s, SURFACE_HISTORY] + reactions[s, SURFACE_SLOPE] * reactions[s, REACTION]
            x = stoichiometry_inside(surface / sites[s, MAXIMUM])
            gap = value_in_table(arena.laws, int(sites[s, LAW]) + GAP, 0.0, settings[LAWS_WIDTH], x)
            reactions[s, OFFSET] = gap * ahead(states, run, head, points, s, TILT)
        if sites[s, FILM] >= 0.0:
            prepare_film(arena, head, order, points, s)


def prepare_foil(arena: Any, s: int) -> None:
    """Give the foil of a half cell the resistance of the electrolyte between it and the first node.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.
    s : int
        Site of the foil.
    """
    if int(arena.settings[MODEL]) == DFN:
        host = int(arena.sites[s, HOST])
        conductivity = arena.work[host, TRANSPORT] * value_in_table(
            arena.liquid, SALT_CONDUCTIVITY, 0.0, arena.settings[SALTS_WIDTH], arena.work[host, SALT]
        )
        arena.reactions[s, FILM_RESISTANCE] = 0.5 * arena.nodes[host, WIDTH] / conductivity


@separate
def prepare_film(arena: Any, head: int, order: int, points: int, s: int) -> None:
    """Find surface, film, cracks and plated lithium of an ageing site.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.
    head : int
        Slot of the last accepted point.
    order : int
        Of the time formula.
    points : int
        Past points of the extrapolation.
    s : int
        Site.
    """
    sites, films, states, reactions, run = arena.sites, arena.films, arena.states, arena.reactions, arena.run
    f = int(sites[s, FILM])
    active = ahead(states, run, head, points, s, ACTIVE)
    surface = sites[s, SURFACE_DENSITY] * active / sites[s, FRACTION]
    film = ahead(states, run, head, points, s, SEI)
    thickness = film * films[f, FILM_VOLUME] / surface
    reactions[s, ACTIVE_NOW] = active
    reactions[s, SURFACE] = surface
    reactions[s, FILM_RESISTANCE] = films[f, RESISTIVITY] * thickness
    reactions[s, CRACK_SHARE] = 0.0
    taken = films[f, FILM_VOLUME] * film
    if films[f, ON_CRACKS] != 0.0:
        length = ahead(states, run, head, points, s, CRACK)
        reactions[s, CRACK_SHARE] = roughness(length, films[f, MECHANICS_LAW + 3]) - 1.0
        taken += films[f, FILM_VOLUME] * ahead(states, run, head, points, s, CRACK_SEI)
    plated = ahead(states, run, head, points, s, PLATED)
    taken += films[f, METAL_VOLUME] * (plated + ahead(states, run, head, points, s, DEAD))
    reactions[s, SWELLING] = films[f, CLOGS] * taken - sites[s, FIRST_SWELLING]
    reactions[s, DYING] = films[f, PLATING_LAW + 3] * films[f, FIRST_THICKNESS] / max(thickness, 1e-12)
    for k in (GROWTH, CRACK_GROWTH, PLATING):
        if not math.isfinite(reactions[s, k]):
            # what a step that failed has left
            reactions[s, k] = 0.0
    reactions[s, FILM_HISTORY] = past_rate(states, run, head, order, s, SEI)
    reactions[s, CRACK_HISTORY] = past_rate(states, run, head, order, s, CRACK_SEI)
    reactions[s, PLATED_HISTORY] = past_rate(states, run, head, order, s, PLATED)


@separate
def prepare_nodes(arena: Any, head: int, points: int) -> None:
    """Find porosity and effective transport of the nodes in the step.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`; ``work`` is filled.
    head : int
        Slot of the last accepted point.
    points : int
        Past points of the extrapolation.
    """
    settings, nodes, sites, reactions, work = (
        arena.settings,
        arena.nodes,
        arena.sites,
        arena.reactions,
        arena.work,
    )
    ages = settings[SIDE_REACTIONS] != 0.0
    for i in range(nodes.shape[0]):
        porosity = nodes[i, POROSITY]
        if porosity == 0.0:
            continue
        if ages and nodes[i, ELECTRODE] >= 0.0:
            taken = 0.0
            if int(settings[MODEL]) == DFN:
                for s in range(int(nodes[i, FIRST_SITE]), int(nodes[i, STOP_SITE]), int(nodes[i, STRIDE])):
                    taken += reactions[s, SWELLING]
            else:
                for s in range(sites.shape[0]):
                    if sites[s, SIDE] == nodes[i, ELECTRODE]:
                        taken += reactions[s, SWELLING]
            porosity -= min(taken, MOST_FILLED * porosity)
        work[i, OPENNESS] = porosity
        work[i, TRANSPORT] = porosity ** nodes[i, BRUGGEMAN]
