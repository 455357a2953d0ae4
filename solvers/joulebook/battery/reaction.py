"""The reactions of a site, linearised in its unknowns with the particle eliminated, and what happens at its edges.

At a site lithium enters or leaves the active material, and where the electrode ages it also feeds films and plates as
metal. All these share the potential difference behind the film; what the film drops is linear in the sum of their
currents, so the sum is linear in the potential difference outside, which is what the nodes know.

Within :data:`EDGE` of an empty or a full surface the rate law loses its value. There the stoichiometry of the rate law
is held, and the open-circuit potential goes on along a barrier that grows steeply, so that the surface stops its own
reaction.
"""

from __future__ import annotations

import math
from typing import Any

from joulebook.battery.kinetics import butler_volmer, unequal_exchange_current_density
from joulebook.battery.layout import (
    ALL_BY_POTENTIAL,
    ALL_BY_SALT,
    ALL_MISS,
    BY_POTENTIAL,
    BY_SALT,
    CAPACITANCE,
    CHARGING,
    CHARGING_HISTORY,
    CRACK_GROWTH,
    DIFFERENCE_HERE,
    ENTROPIC,
    ENTROPY,
    FILLED_POWER,
    FILM,
    FILM_RESISTANCE,
    FREE_POWER,
    GROUP,
    GROWTH,
    HALF_THERMAL,
    LAW,
    LAWS_WIDTH,
    MAXIMUM,
    MISS,
    OCP,
    OCP_SLOPE,
    OCP_VALUE,
    OFFSET,
    PLATING,
    RATE_FACTOR,
    RATE_NOW,
    REACTION,
    REFERENCE_TEMPERATURE,
    SALT_HERE,
    SALT_POWER,
    SPECIAL,
    STOICHIOMETRY,
    SURFACE_HISTORY,
    SURFACE_SLOPE,
    TEMPERATURE,
    WEIGHTS,
)
from joulebook.battery.side_reactions import linearise_sides
from joulebook.numerics.tables import value_and_slope, value_in_table

__all__ = [
    "barrier",
    "barrier_slope",
    "linearise_site",
    "ocp_remainder",
    "open_circuit",
    "stoichiometry_inside",
    "total_current_density",
    "update_site",
]

EDGE = 1e-3
"""In the rate law, stoichiometries are kept this far inside 0 to 1."""
BARRIER = 25.0
"""Fall of the open-circuit potential per unit of stoichiometry just beyond that edge, V: that of an ideal solution
there, R T / (F EDGE). It grows further out, so that an empty or full surface stops its own reaction."""
STIFFENING = 1e4
"""Growth of that fall, V."""
RATE_SHARE = 0.1
"""Weight of that square over the thermal voltage; a half is the most that it can be, far from equilibrium."""
LONGEST_BEYOND = 5e-3
"""Farthest that an iteration moves a surface stoichiometry beyond that edge."""


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


def open_circuit(settings: Any, sites: Any, laws: Any, s: int, x: float) -> tuple[float, float]:
    """Open-circuit potential of a site at the temperature of the step, hysteresis left out.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    sites : ndarray, shape (n_sites, 20), mixed
        Site properties.
    laws : ndarray, shape (n + 1, n_laws), mixed
        Tables over stoichiometry.
    s : int
        Site.
    x : float
        Stoichiometry at the surface, of any size.

    Returns
    -------
    tuple of float
        Potential and its derivative by stoichiometry, V.
    """
    column = int(sites[s, LAW])
    width = settings[LAWS_WIDTH]
    inside = stoichiometry_inside(x)
    value, slope = value_and_slope(laws, column + OCP, 0.0, width, inside)
    if sites[s, ENTROPIC] != 0.0:
        warmer = settings[TEMPERATURE] - sites[s, REFERENCE_TEMPERATURE]
        entropy, by_filling = value_and_slope(laws, column + ENTROPY, 0.0, width, inside)
        value += warmer * entropy
        slope += warmer * by_filling
    if x != inside:
        value += barrier(x - inside)
        slope = barrier_slope(x - inside)
    return value, slope


def linearise_site(
    settings: Any, sites: Any, laws: Any, films: Any, reactions: Any, run: Any, s: int, salt: float, difference: float
) -> None:
    """Linearise the reactions of a site in its unknowns, with the particle eliminated.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    sites : ndarray, shape (n_sites, 20), mixed
        Site properties.
    laws : ndarray, shape (n + 1, n_laws), mixed
        Tables over stoichiometry.
    films : ndarray, shape (n_films, 34), mixed
        Ageing parameters.
    reactions : ndarray, shape (n_sites, 40), mixed
        The iterate and its histories; ``MISS`` to ``ALL_BY_POTENTIAL`` are filled.
    run : ndarray, shape (n_run,), mixed
        Holds the weights of the time formula.
    s : int
        Site.
    salt : float, mol/m³
        Salt concentration.
    difference : float, V
        phi_s - phi_e.
    """
    reactions[s, SALT_HERE] = salt
    reactions[s, DIFFERENCE_HERE] = difference
    reaction = reactions[s, REACTION]
    half_thermal = settings[HALF_THERMAL]
    film = reactions[s, FILM_RESISTANCE]
    behind = difference
    if film != 0.0:
        behind -= film * total_current_density(sites, reactions, s)
    if sites[s, GROUP] < 0.0:
        exchange = reactions[s, RATE_NOW] * salt ** sites[s, SALT_POWER]
        rate, conductance = butler_volmer(exchange, behind, half_thermal)
        reactions[s, MISS] = rate - reaction
        reactions[s, BY_SALT] = sites[s, SALT_POWER] * rate / salt
        reactions[s, BY_POTENTIAL] = conductance
    else:
        maximum = sites[s, MAXIMUM]
        slope = reactions[s, SURFACE_SLOPE]
        x = (reactions[s, SURFACE_HISTORY] + slope * reaction) / maximum
        inside = stoichiometry_inside(x)
        surface = inside * maximum
        value, steepness = open_circuit(settings, sites, laws, s, x)
        value += reactions[s, OFFSET]
        reactions[s, STOICHIOMETRY] = x
        reactions[s, OCP_VALUE] = value
        reactions[s, OCP_SLOPE] = steepness
        if sites[s, SPECIAL] == 0.0:
            exchange = reactions[s, RATE_NOW] * math.sqrt(salt * surface * (maximum - surface))
            by_salt = 0.5 / salt
            by_surface = 0.5 * (maximum - 2.0 * surface) / (surface * (maximum - surface))
        else:
            powers = (sites[s, SALT_POWER], sites[s, FILLED_POWER], sites[s, FREE_POWER])
            exchange, by_salt, by_surface = unequal_exchange_current_density(
                reactions[s, RATE_NOW], salt, surface, maximum, powers
            )
            column = int(sites[s, LAW]) + RATE_FACTOR
            factor, steepness_of_factor = value_and_slope(laws, column, 0.0, settings[LAWS_WIDTH], inside)
            exchange *= factor
            by_surface += steepness_of_factor / (factor * maximum)
        rate, conductance = butler_volmer(exchange, behind - value, half_thermal)
        by_concentration = -conductance * steepness / maximum
        if x == inside:
            by_concentration += rate * by_surface
        share = 1.0 / (1.0 - by_concentration * slope)
        reactions[s, MISS] = (rate - reaction) * share
        reactions[s, BY_SALT] = by_salt * rate * share
        reactions[s, BY_POTENTIAL] = conductance * share
    gather(settings, sites, films, reactions, run, s, salt, difference, behind)


def gather(
    settings: Any,
    sites: Any,
    films: Any,
    reactions: Any,
    run: Any,
    s: int,
    salt: float,
    difference: float,
    behind: float,
) -> None:
    """Add the side reactions and the charging of the double layer, and take the film into account.

    Parameters
    ----------
    settings, sites, films, reactions, run : ndarray, mixed
        As for :func:`linearise_site`; ``ALL_MISS`` to ``ALL_BY_POTENTIAL`` are filled.
    s : int
        Site.
    salt : float, mol/m³
        Salt concentration.
    difference, behind : float, V
        phi_s - phi_e, and the same behind the film.
    """
    miss = reactions[s, MISS]
    by_salt = reactions[s, BY_SALT]
    by_potential = reactions[s, BY_POTENTIAL]
    if sites[s, FILM] >= 0.0:
        linearise_sides(settings, sites, films, reactions, run, s, salt, difference, difference - behind)
        miss += reactions[s, GROWTH + 1] + reactions[s, CRACK_GROWTH + 1] + reactions[s, PLATING + 1]
        by_potential += reactions[s, GROWTH + 2] + reactions[s, CRACK_GROWTH + 2] + reactions[s, PLATING + 2]
    damped = 1.0 / (1.0 + reactions[s, FILM_RESISTANCE] * by_potential)
    miss *= damped
    by_salt *= damped
    by_potential *= damped
    capacitance = sites[s, CAPACITANCE]
    if capacitance != 0.0:
        charging = capacitance * (run[WEIGHTS] * difference + reactions[s, CHARGING_HISTORY])
        miss += charging - reactions[s, CHARGING]
        by_potential += capacitance * run[WEIGHTS]
    reactions[s, ALL_MISS] = miss
    reactions[s, ALL_BY_SALT] = by_salt
    reactions[s, ALL_BY_POTENTIAL] = by_potential


def total_current_density(sites: Any, reactions: Any, s: int) -> float:
    """Current density through the film of a site: all its reactions.

    Parameters
    ----------
    sites : ndarray, shape (n_sites, 20), mixed
        Site properties.
    reactions : ndarray, shape (n_sites, 40), mixed
        The iterate.
    s : int
        Site.

    Returns
    -------
    float
        A/m² of particle surface.
    """
    total = reactions[s, REACTION]
    if sites[s, FILM] >= 0.0:
        total += reactions[s, GROWTH] + reactions[s, CRACK_GROWTH] + reactions[s, PLATING]
    return float(total)


def update_site(sites: Any, reactions: Any, run: Any, s: int, part: float, salt: float, potential: float) -> None:
    """Move the reactions of a site with its unknowns.

    Parameters
    ----------
    sites : ndarray, shape (n_sites, 20), mixed
        Site properties.
    reactions : ndarray, shape (n_sites, 40), mixed
        Linearised; the iterate is changed.
    run : ndarray, shape (n_run,), mixed
        Holds the weights of the time formula.
    s : int
        Site.
    part : float
        Share of the update that is taken.
    salt : float, mol/m³
        Full change of the salt concentration.
    potential : float, V
        Full change of phi_s - phi_e.
    """
    capacitance = sites[s, CAPACITANCE]
    behind = potential
    film = reactions[s, FILM_RESISTANCE]
    if film != 0.0:
        through = reactions[s, ALL_MISS] + reactions[s, ALL_BY_SALT] * salt + reactions[s, ALL_BY_POTENTIAL] * potential
        if capacitance != 0.0:
            difference = reactions[s, DIFFERENCE_HERE]
            charging = capacitance * (run[WEIGHTS] * (difference + potential) + reactions[s, CHARGING_HISTORY])
            through -= charging - reactions[s, CHARGING]
        behind -= film * through
    if capacitance != 0.0:
        after = reactions[s, DIFFERENCE_HERE] + potential
        charging = capacitance * (run[WEIGHTS] * after + reactions[s, CHARGING_HISTORY])
        reactions[s, CHARGING] += part * (charging - reactions[s, CHARGING])
    change = part * (reactions[s, MISS] + reactions[s, BY_SALT] * salt + reactions[s, BY_POTENTIAL] * behind)
    if sites[s, GROUP] >= 0.0:
        change = kept_inside(reactions[s, STOICHIOMETRY], change, reactions[s, SURFACE_SLOPE] / sites[s, MAXIMUM])
    reactions[s, REACTION] += change
    if sites[s, FILM] >= 0.0:
        for k in (GROWTH, CRACK_GROWTH, PLATING):
            reactions[s, k] += part * (reactions[s, k + 1] + reactions[s, k + 2] * behind)


def kept_inside(x: float, change: float, slope: float) -> float:
    """Shorten a change of a reaction that would empty or fill the surface at one stroke.

    Parameters
    ----------
    x : float
        Stoichiometry at the surface, at the point of linearisation.
    change : float, A/m²
        Full change of the reaction current density.
    slope : float, m²/A
        Stoichiometry at the surface per unit of reaction current density, negative.

    Returns
    -------
    float
        A/m²: at most to a quarter of the distance to empty or full, and little further once there.
    """
    moved = change * slope
    lowest = 0.25 * x
    if x < EDGE:
        lowest = x - LONGEST_BEYOND
    highest = 1.0 - 0.25 * (1.0 - x)
    if x > 1.0 - EDGE:
        highest = x + LONGEST_BEYOND
    if x + moved < lowest:
        return (lowest - x) / slope
    if x + moved > highest:
        return (highest - x) / slope
    return change


def ocp_remainder(settings: Any, sites: Any, laws: Any, reactions: Any) -> float:
    """Largest part of the potentials of the sites that the last linearisation has missed.

    That of the open-circuit potential is computed; that of the rate law goes with the square of what it was out by
    before. On the steep part of that law iterations crawl: potentials hardly change and are yet far from a solution.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    sites : ndarray, shape (n_sites, 20), mixed
        Site properties.
    laws : ndarray, shape (n + 1, n_laws), mixed
        Tables over stoichiometry.
    reactions : ndarray, shape (n_sites, 40), mixed
        The iterate after its update, and the point of linearisation.

    Returns
    -------
    float
        V.
    """
    largest = 0.0
    for s in range(sites.shape[0]):
        out_by = reactions[s, MISS] / reactions[s, BY_POTENTIAL]
        largest = max(largest, RATE_SHARE * settings[HALF_THERMAL] * out_by * out_by)
        if sites[s, GROUP] >= 0.0:
            surface = reactions[s, SURFACE_HISTORY] + reactions[s, SURFACE_SLOPE] * reactions[s, REACTION]
            x = surface / sites[s, MAXIMUM]
            inside = stoichiometry_inside(x)
            value = value_in_table(laws, int(sites[s, LAW]), 0.0, settings[LAWS_WIDTH], inside)
            if x != inside:
                value += barrier(x - inside)
            tangent = reactions[s, OCP_VALUE] - reactions[s, OFFSET]
            tangent += reactions[s, OCP_SLOPE] * (x - reactions[s, STOICHIOMETRY])
            if sites[s, ENTROPIC] == 0.0:
                largest = max(largest, abs(value - tangent))
            else:
                exact, _ = open_circuit(settings, sites, laws, s, x)
                largest = max(largest, abs(exact - tangent))
    return largest
