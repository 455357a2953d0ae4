"""One step of a given length: weights, temperature, particles, first guess, solve. Nothing is accepted yet."""

from __future__ import annotations

from typing import Any

from joulebook.battery.heat import solve_temperature
from joulebook.battery.kinetics import arrhenius
from joulebook.battery.layout import (
    AHEAD,
    AMOUNT,
    AMOUNT_HISTORY,
    BLENDED,
    CHARGE,
    CLOCK,
    COLDEST,
    CONTROL,
    CURRENT,
    CURRENT_DENSITY,
    CURRENTS,
    DEGREES,
    DFN,
    DIFFERENCE,
    DIFFERENCE_HERE,
    DIFFUSION,
    ENERGY,
    FIRST,
    GROUP_ACTIVATION,
    GROUP_DIFFUSIVITY,
    GROUP_TEMPERATURE,
    HALF_THERMAL,
    HEAD,
    HOLD_CURRENT,
    LAW,
    LAWS_WIDTH,
    MAXIMUM,
    MODEL,
    N_TOTAL,
    ORDER,
    OWN_RESPONSE,
    POINT,
    POINTS,
    PREPARES,
    REACTION,
    RING,
    ROW,
    SALT,
    SPM,
    SPME,
    STEP_TIME,
    STOP,
    SURFACE_HISTORY,
    SURFACE_RESPONSE,
    SURFACE_SLOPE,
    TARGET,
    TEMPERATURE,
    THERMAL,
    THROUGHPUT,
    TIME,
    TOTALS,
    TRIED,
    TRIED_ORDER,
    VARIES,
    VOLTAGE,
    WARMTH,
    WEIGHTS,
)
from joulebook.battery.p2d import activity_properties, newton
from joulebook.battery.particles import factorise, factorise_own, surface_share, sweep, sweep_one
from joulebook.battery.prepare import prepare_nodes, prepare_sites
from joulebook.battery.salt import prepare_drop
from joulebook.battery.schedule import SERIES_FIRST, VALUE
from joulebook.battery.spm import solve_particles
from joulebook.numerics.bdf import MAX_ORDER, derivative_weights, extrapolation_weights
from joulebook.numerics.twins import separate

__all__ = ["attempt", "prepare", "solve"]

GAS_OVER_FARADAY = 8.31446261815324 / 96485.33212331001
"""V/K, exact in the SI of 2019."""


@separate
def set_temperature(arena: Any, temperature: float) -> None:
    """Set the temperature of a step, and make the electrolyte's table for it.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`; settings and ``liquid`` are changed.
    temperature : float, K
        Of the step.
    """
    settings = arena.settings
    run = arena.run
    settings[TEMPERATURE] = temperature
    settings[HALF_THERMAL] = 0.5 / (GAS_OVER_FARADAY * temperature)
    salts = arena.salts
    if salts.shape[0] == 1 or abs(temperature - run[BLENDED]) < 1e-6:
        return
    run[BLENDED] = temperature
    place = (temperature - settings[COLDEST]) / settings[DEGREES]
    first = max(0, min(int(place) - 1, salts.shape[0] - 4))
    u = place - first
    a = -(u - 1.0) * (u - 2.0) * (u - 3.0) / 6.0
    b = u * (u - 2.0) * (u - 3.0) / 2.0
    c = -u * (u - 1.0) * (u - 3.0) / 2.0
    d = u * (u - 1.0) * (u - 2.0) / 6.0
    for i in range(salts.shape[1]):
        for k in range(salts.shape[2]):
            arena.liquid[i, k] = (
                a * salts[first, i, k]
                + b * salts[first + 1, i, k]
                + c * salts[first + 2, i, k]
                + d * salts[first + 3, i, k]
            )


def group_diffusivity(shells: Any, group: int, temperature: float) -> float:
    """Diffusivity of a group, or the factor of its law, at a temperature.

    Parameters
    ----------
    shells : ndarray, shape (n_groups, n_r + 2, 6), mixed
        Radial meshes.
    group : int
        Which group.
    temperature : float, K
        Of the step.

    Returns
    -------
    float
        m²/s.
    """
    n_r = shells.shape[1] - 2
    activation = shells[group, n_r + 1, GROUP_ACTIVATION]
    factor = arrhenius(activation, shells[group, n_r, GROUP_TEMPERATURE], temperature)
    return float(shells[group, n_r + 1, GROUP_DIFFUSIVITY] * factor)


@separate
def solve_without_reaction(arena: Any, head: int, order: int, points: int) -> None:
    """Eliminate the shells of all particles, and find what they would be without reaction.

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
    """
    shells, run, settings, sites = arena.shells, arena.run, arena.settings, arena.sites
    weights = run[WEIGHTS : WEIGHTS + MAX_ORDER + 1]
    n_r = shells.shape[1] - 2
    new = (head + 1) % RING
    for group in range(shells.shape[0]):
        if shells[group, n_r + 1, VARIES] == 0.0:
            factorise(shells, group, weights[0], group_diffusivity(shells, group, settings[TEMPERATURE]))
    for group in range(shells.shape[0]):
        first = int(shells[group, n_r + 1, FIRST])
        stop = int(shells[group, n_r + 1, STOP])
        diffusivity = group_diffusivity(shells, group, settings[TEMPERATURE])
        if shells[group, n_r + 1, VARIES] == 0.0:
            if stop == first + 1:
                sweep_one(shells, group, arena.concentration, head, order, weights, diffusivity)
            else:
                sweep(shells, group, arena.concentration, head, order, weights, diffusivity)
        for s in range(first, stop):
            if shells[group, n_r + 1, VARIES] != 0.0:
                factorise_own(
                    shells,
                    group,
                    s,
                    arena.laws,
                    int(sites[s, LAW]) + DIFFUSION,
                    settings[LAWS_WIDTH],
                    sites[s, MAXIMUM],
                    arena.concentration,
                    head,
                    order,
                    weights,
                    run[AHEAD : AHEAD + RING],
                    points,
                    diffusivity,
                    arena.factors,
                )
                arena.reactions[s, SURFACE_SLOPE] = arena.factors[s, n_r, OWN_RESPONSE]
            else:
                arena.reactions[s, SURFACE_SLOPE] = shells[group, n_r, SURFACE_RESPONSE]
            arena.reactions[s, SURFACE_HISTORY] = surface_share(shells, group, arena.concentration, new, s)


def extrapolate(arena: Any, head: int, points: int) -> None:
    """First guess of the iterate and the current from past points.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`; iterates and the current are set.
    head : int
        Slot of the last accepted point.
    points : int
        Past points to use.
    """
    settings, past, work, run = arena.settings, arena.past, arena.work, arena.run
    states, reactions = arena.states, arena.reactions
    model = int(settings[MODEL])
    columns = 3 if model == DFN else 1
    n = work.shape[0]
    if model != SPM:
        for i in range(n):
            for k in range(columns):
                work[i, SALT + k] = run[AHEAD] * past[head, i, k]
        for q in range(1, points):
            slot = (head - q) % RING
            weight = run[AHEAD + q]
            for i in range(n):
                for k in range(columns):
                    work[i, SALT + k] += weight * past[slot, i, k]
        for i in range(n):
            work[i, SALT] = max(work[i, SALT], 0.1 * past[head, i, 0])
    for s in range(states.shape[1]):
        guess = 0.0
        difference = 0.0
        for q in range(points):
            slot = (head - q) % RING
            guess += run[AHEAD + q] * states[slot, s, CURRENT_DENSITY]
            difference += run[AHEAD + q] * states[slot, s, DIFFERENCE]
        reactions[s, REACTION] = guess
        reactions[s, DIFFERENCE_HERE] = difference
    current = settings[TARGET]
    if int(settings[CONTROL]) != HOLD_CURRENT:
        current = 0.0
        for q in range(points):
            current += run[AHEAD + q] * run[CURRENTS + (head - q) % RING]
    run[CURRENT] = current


def set_target(arena: Any, time: float) -> None:
    """Find the value that is held at a time, where the protocol step follows a series.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.
    time : float, s
        End of the step.
    """
    run, series = arena.run, arena.series
    row = int(run[ROW])
    first = int(arena.rows[row, SERIES_FIRST])
    if first >= 0:
        point = max(int(run[POINT]), first + 1)
        since = time - run[STEP_TIME]
        share = (since - series[point - 1, 0]) / (series[point, 0] - series[point - 1, 0])
        value = series[point - 1, 1] + share * (series[point, 1] - series[point - 1, 1])
        arena.settings[TARGET] = arena.rows[row, VALUE] * value


def integrate_totals(run: Any, head: int, order: int) -> None:
    """Integrate charge and energy with the formula of the step.

    Parameters
    ----------
    run : ndarray, shape (n_run,), mixed
        The row after the ring of totals is filled.
    head : int
        Slot of the last accepted point.
    order : int
        Of the time formula.
    """
    new = TOTALS + RING * N_TOTAL
    run[new + CHARGE] = run[CURRENT] / 3600.0
    run[new + THROUGHPUT] = abs(run[CURRENT]) / 3600.0
    run[new + ENERGY] = run[CURRENT] * run[VOLTAGE] / 3600.0
    for k in range(ENERGY + 1):
        for q in range(order):
            run[new + k] -= run[WEIGHTS + 1 + q] * run[TOTALS + ((head - q) % RING) * N_TOTAL + k]
        run[new + k] /= run[WEIGHTS]


@separate
def prepare(arena: Any, length: float) -> None:
    """Do for a step all that comes before its equations are solved: weights, particles, first guess, histories.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.
    length : float, s
        Of the step.
    """
    settings, nodes, past, work, run = arena.settings, arena.nodes, arena.past, arena.work, arena.run
    head = int(run[HEAD])
    order = int(run[ORDER])
    points = min(order + 1, max(1, int(run[POINTS])))
    time = run[TIME] + length
    run[TRIED] = length
    run[TRIED_ORDER] = order
    set_target(arena, time)
    weights = run[WEIGHTS : WEIGHTS + MAX_ORDER + 1]
    derivative_weights(run[CLOCK : CLOCK + RING], head, order, time, weights)
    extrapolation_weights(run[CLOCK : CLOCK + RING], head, points, time, run[AHEAD : AHEAD + RING])
    if settings[THERMAL] != 0.0:
        temperature = 0.0
        for q in range(points):
            temperature += run[AHEAD + q] * run[TOTALS + ((head - q) % RING) * N_TOTAL + WARMTH]
        set_temperature(arena, temperature)
    solve_without_reaction(arena, head, order, points)
    extrapolate(arena, head, points)
    if settings[PREPARES] != 0.0 or run[POINTS] <= 1.0:
        prepare_sites(arena, head, order, points)
        prepare_nodes(arena, head, points)
        if int(settings[MODEL]) == SPME:
            prepare_drop(nodes, work, run)
    if int(settings[MODEL]) != SPM:
        for i in range(nodes.shape[0]):
            history = 0.0
            for q in range(order):
                history += weights[q + 1] * past[(head - q) % RING, i, AMOUNT]
            work[i, AMOUNT_HISTORY] = history
    if int(settings[MODEL]) == DFN:
        activity_properties(settings, nodes, arena.liquid, work)


def solve(arena: Any) -> int:
    """Solve the equations of a prepared step, and integrate charge, energy and temperature.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.

    Returns
    -------
    int
        0 if it was solved, 1 if not.
    """
    settings, nodes, work, run = arena.settings, arena.nodes, arena.work, arena.run
    head = int(run[HEAD])
    order = int(run[TRIED_ORDER])
    if int(settings[MODEL]) == DFN:
        failed = newton(settings, nodes, arena.sites, arena.laws, arena.films, arena.liquid, work, arena.reactions, run)
    else:
        failed = solve_particles(
            settings, nodes, arena.sites, arena.laws, arena.films, arena.liquid, work, arena.reactions, run
        )
    integrate_totals(run, head, order)
    if settings[THERMAL] != 0.0 and failed == 0:
        solve_temperature(arena, head, order)
    return failed


def attempt(arena: Any, length: float) -> int:
    """Solve one step of a given length, without accepting it.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.
    length : float, s
        Of the step.

    Returns
    -------
    int
        0 if it was solved, 1 if not.
    """
    prepare(arena, length)
    return solve(arena)
