"""How good a step was, and how long and of which order the next one shall be.

The local error is estimated on the voltage and, where they move, on the salt concentration and the temperature.
Potentials and reactions follow these without a memory of their own and are left out, as are particles: what they do
shows in the voltage. What a change of the current does to the voltage at once is no error: the extrapolated voltage
is corrected by the difference of the current from its extrapolation, times the resistance of the step.
"""

from __future__ import annotations

from typing import Any

from joulebook.battery.equilibrium import FARADAY
from joulebook.battery.layout import (
    AHEAD,
    CLOCK,
    CONTROL,
    CORNERS,
    CURRENT,
    CURRENTS,
    CURVES,
    FILM,
    FILM_HISTORY,
    FILM_LITHIUM,
    GROUP,
    GROWTH,
    GROWTH_LAW,
    HEAD,
    HIGHEST_ORDER,
    HOLD_VOLTAGE,
    LARGEST_STEP,
    LEVEL,
    MAXIMUM,
    MODEL,
    N_TOTAL,
    OCP_SLOPE,
    ORDER,
    OWN_GUESS,
    OWN_RESPONSE,
    POINTS,
    REACTION,
    RING,
    SALT,
    SALT_TOLERANCE,
    SEI,
    SIDE_REACTIONS,
    SINCE,
    SPM,
    STEP,
    STIFFNESS,
    SURFACE,
    SURFACE_HISTORY,
    SURFACE_SLOPE,
    THERMAL,
    TIME,
    TOTALS,
    TRIED_ORDER,
    VARIES,
    VOLTAGE,
    VOLTAGE_TOLERANCE,
    VOLTAGES,
    WARMTH,
    WEIGHTS,
)
from joulebook.numerics.bdf import error_weight, extrapolation_weights, step_factor
from joulebook.numerics.twins import separate

__all__ = ["choose_next", "local_error"]

VOLTS_PER_FILLING = 1.0
"""Error of a stoichiometry at which a diffusivity is taken, as a voltage."""
LARGEST_SLOPE = 5.0
"""Of an open-circuit potential that weighs the lithium at a surface; beyond it an end is near, V."""
HELD_VOLTAGE_WEIGHT = 10.0
"""Where the voltage is held, the error is that of the current times the resistance, and currents get small."""
CORNER_WEIGHT = 0.5
"""Least share of the distance to the extrapolation that counts as error where a law has corners, of a step that is no
shorter than the one before."""
KELVIN_PER_VOLT = 100.0
"""Error of the temperature that counts as much as one of the voltage."""


@separate
def local_error(arena: Any, order: int, time: float, fresh: bool) -> float:
    """Estimate the local error that a formula of some order makes, over what is allowed.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`, with a solved step; the weights of the extrapolation are changed.
    order : int
        Of the formula.
    time : float, s
        End of the step.
    fresh : bool
        Whether the weights of this order's extrapolation are still there from the solve.

    Returns
    -------
    float
        1 is what is allowed.
    """
    settings, past, work, run = arena.settings, arena.past, arena.work, arena.run
    head = int(run[HEAD])
    clock = run[CLOCK : CLOCK + RING]
    weights = run[AHEAD : AHEAD + RING]
    if not fresh:
        extrapolation_weights(clock, head, order + 1, time, weights)
    if settings[CURVES] != 0.0:
        error = voltage_error(arena, head, order) / settings[VOLTAGE_TOLERANCE]
    else:
        error = lithium_error(arena, head, order) / settings[VOLTAGE_TOLERANCE]
    if int(settings[MODEL]) != SPM:
        for i in range(work.shape[0]):
            guess = 0.0
            for q in range(order + 1):
                guess += weights[q] * past[(head - q) % RING, i, 0]
            error = max(error, abs(work[i, SALT] - guess) / settings[SALT_TOLERANCE])
    if settings[THERMAL] != 0.0:
        guess = 0.0
        for q in range(order + 1):
            guess += weights[q] * run[TOTALS + ((head - q) % RING) * N_TOTAL + WARMTH]
        miss = abs(run[TOTALS + RING * N_TOTAL + WARMTH] - guess) / KELVIN_PER_VOLT
        error = max(error, miss / settings[VOLTAGE_TOLERANCE])
    if arena.factors.shape[0] > 0 and order == int(run[TRIED_ORDER]):
        error = max(error, VOLTS_PER_FILLING * diffusion_error(arena, head) / settings[VOLTAGE_TOLERANCE])
    if settings[SIDE_REACTIONS] != 0.0:
        error = max(error, film_error(arena, head, order) / settings[VOLTAGE_TOLERANCE])
    weight = error_weight(clock, head, order, time)
    if settings[CORNERS] != 0.0 and int(settings[CONTROL]) != HOLD_VOLTAGE:
        # what the point may be off by is little, but the curve that leads to it may cut a corner
        longer = (time - clock[head]) / (clock[head] - clock[(head - 1) % RING])
        weight = max(weight, CORNER_WEIGHT * min(1.0, longer))
    return error * weight


def voltage_error(arena: Any, head: int, order: int) -> float:
    """Distance of the voltage from its extrapolation.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`, with a solved step and the weights of the extrapolation.
    head : int
        Slot of the last accepted point.
    order : int
        Of the formula.

    Returns
    -------
    float
        V.
    """
    run = arena.run
    guess = 0.0
    current = 0.0
    for q in range(order + 1):
        guess += run[AHEAD + q] * run[VOLTAGES + (head - q) % RING]
        current += run[AHEAD + q] * run[CURRENTS + (head - q) % RING]
    guess += run[STIFFNESS] * (run[CURRENT] - current)
    error = abs(run[VOLTAGE] - guess)
    if int(arena.settings[CONTROL]) == HOLD_VOLTAGE:
        error *= HELD_VOLTAGE_WEIGHT
    return float(error)


def lithium_error(arena: Any, head: int, order: int) -> float:
    """Distance of the lithium at the particle surfaces from its extrapolation, as a voltage.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`, with a solved step and the weights of the extrapolation.
    head : int
        Slot of the last accepted point.
    order : int
        Of the formula.

    Returns
    -------
    float
        V: by the slope of the open-circuit potential, which counts as at least 0.1 V; the largest of all sites.
    """
    states, sites, reactions, run = arena.states, arena.sites, arena.reactions, arena.run
    largest = 0.0
    for s in range(sites.shape[0]):
        if sites[s, GROUP] >= 0.0:
            surface = reactions[s, SURFACE_HISTORY] + reactions[s, SURFACE_SLOPE] * reactions[s, REACTION]
            guess = 0.0
            for q in range(order + 1):
                guess += run[AHEAD + q] * states[(head - q) % RING, s, LEVEL]
            slope = max(0.1, min(LARGEST_SLOPE, abs(reactions[s, OCP_SLOPE])))
            largest = max(largest, abs(surface / sites[s, MAXIMUM] - guess) * slope)
    return float(largest)


def diffusion_error(arena: Any, head: int) -> float:
    """Distance of the lithium in particles from the guess at which their diffusivity was taken.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`, with a solved step.
    head : int
        Slot of the last accepted point.

    Returns
    -------
    float
        Stoichiometry; the largest of all shells.
    """
    shells, factors = arena.shells, arena.factors
    n_r = shells.shape[1] - 2
    new = (head + 1) % RING
    largest = 0.0
    for s in range(factors.shape[0]):
        group = int(arena.sites[s, GROUP])
        if group >= 0 and shells[group, n_r + 1, VARIES] != 0.0:
            for k in range(n_r):
                amount = arena.concentration[new, k, s] + factors[s, k, OWN_RESPONSE] * arena.reactions[s, REACTION]
                filling = min(max(amount / arena.sites[s, MAXIMUM], 0.0), 1.0)  # as the guess was kept
                largest = max(largest, abs(filling - factors[s, k, OWN_GUESS]))
    return float(largest)


def film_error(arena: Any, head: int, order: int) -> float:
    """Distance of the films from their extrapolation.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`, with a solved step and the weights of the extrapolation.
    head : int
        Slot of the last accepted point.
    order : int
        Of the formula.

    Returns
    -------
    float
        Relative; the largest of all sites.
    """
    states, reactions, run = arena.states, arena.reactions, arena.run
    largest = 0.0
    for s in range(states.shape[1]):
        f = int(arena.sites[s, FILM])
        if f >= 0 and arena.films[f, GROWTH_LAW] > 0.0:
            per_charge = reactions[s, SURFACE] / (arena.films[f, FILM_LITHIUM] * FARADAY)
            film = (-per_charge * reactions[s, GROWTH] - reactions[s, FILM_HISTORY]) / run[WEIGHTS]
            guess = 0.0
            for q in range(order + 1):
                guess += run[AHEAD + q] * states[(head - q) % RING, s, SEI]
            largest = max(largest, abs(film - guess) / film)
    return largest


def choose_next(arena: Any, error: float, length: float) -> None:
    """Choose order and length of the next step from the errors of this one.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`, before this step enters the rings; order and step are set.
    error : float, 1
        Of this step over what is allowed.
    length : float, s
        Of this step.
    """
    settings, run = arena.settings, arena.run
    order = int(run[ORDER])
    points = int(run[POINTS])
    time = run[TIME] + length
    best = order
    factor = step_factor(error, order)
    run[SINCE] += 1.0
    if run[SINCE] > order:
        if order > 1:
            lower = step_factor(local_error(arena, order - 1, time, False), order - 1)
            if lower > factor:
                best = order - 1
                factor = lower
        if order < int(settings[HIGHEST_ORDER]) and points > order + 1:
            higher = step_factor(local_error(arena, order + 1, time, False), order + 1)
            if higher > 1.05 * factor:
                best = order + 1
                factor = higher
    if best != order:
        run[ORDER] = best
        run[SINCE] = 0.0
    run[STEP] = min(length * factor, settings[LARGEST_STEP])
