"""Enter a solved step into the rings, and hand it out."""

from __future__ import annotations

import math
from typing import Any

from joulebook.battery.balance import FARADAY
from joulebook.battery.ends import margin
from joulebook.battery.heat import heats
from joulebook.battery.layout import (
    ACTIVE,
    AMOUNT,
    ANODE,
    AREA,
    BURIED,
    CHARGE,
    CLOCK,
    CRACK,
    CRACK_SEI,
    CRACK_SHARE,
    CURRENT,
    CURRENT_DENSITY,
    CURRENTS,
    DEAD,
    DECAY,
    DEPTH,
    DIFFERENCE,
    DIFFERENCE_HERE,
    ENERGY,
    ENTROPIC_HEAT,
    FILM,
    FILM_LITHIUM,
    FILM_VOLUME,
    FIRST_SITE,
    FRACTION,
    GROUP,
    HEAD,
    HEATS,
    HELD,
    HYSTERESIS,
    LAST_MARGIN,
    LEVEL,
    MAXIMUM,
    MEAN_CONCENTRATION,
    MIXING_HEAT,
    N_PAST,
    N_TOTAL,
    N_TRACE_AGEING,
    OHMIC_HEAT,
    OPENNESS,
    PLATED,
    POINTS,
    REACTION,
    REACTION_HEAT,
    RING,
    ROW,
    ROWS,
    SALT,
    SEI,
    SIDE,
    SIDE_REACTIONS,
    STOP_SITE,
    STRIDE,
    SURFACE,
    SURFACE_CONCENTRATION,
    SURFACE_HISTORY,
    SURFACE_SLOPE,
    THERMAL,
    THROUGHPUT,
    TILT,
    TIME,
    TOTALS,
    TRACE_AGEING,
    TRACE_ANODE,
    TRACE_CHARGE,
    TRACE_CURRENT,
    TRACE_ENERGY,
    TRACE_ENTROPIC,
    TRACE_MIXING,
    TRACE_OHMIC,
    TRACE_ORDER,
    TRACE_REACTION,
    TRACE_ROW,
    TRACE_TEMPERATURE,
    TRACE_THROUGHPUT,
    TRACE_TIME,
    TRACE_VOLTAGE,
    TRIED_ORDER,
    VARIES,
    VOLTAGE,
    VOLTAGES,
    WARMTH,
    WEIGHTS,
)
from joulebook.battery.particles import complete, mean_concentration
from joulebook.battery.side_reactions import advance_films, past_state
from joulebook.numerics.twins import separate

__all__ = ["accept", "ageing_figures"]


@separate
def accept_sites(arena: Any, head: int, order: int, slot: int) -> None:
    """Enter particles and slow states of all sites.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.
    head : int
        Slot of the last accepted point.
    order : int
        Of the formula with which the step was solved.
    slot : int
        Slot of the step.
    """
    settings, sites, shells, reactions = arena.settings, arena.sites, arena.shells, arena.reactions
    states, run, concentration = arena.states, arena.run, arena.concentration
    n_r = shells.shape[1] - 2
    for s in range(sites.shape[0]):
        group = int(sites[s, GROUP])
        reaction = reactions[s, REACTION]
        states[slot, s, CURRENT_DENSITY] = reaction
        states[slot, s, DIFFERENCE] = reactions[s, DIFFERENCE_HERE]
        if group < 0:
            continue
        own = shells[group, n_r + 1, VARIES] != 0.0
        complete(shells, group, concentration, slot, s, reaction, arena.factors, own)
        reactions[s, SURFACE_CONCENTRATION] = reactions[s, SURFACE_HISTORY] + reactions[s, SURFACE_SLOPE] * reaction
        states[slot, s, LEVEL] = reactions[s, SURFACE_CONCENTRATION] / sites[s, MAXIMUM]
        if settings[HYSTERESIS] != 0.0:
            pace = 0.5 * sites[s, DECAY] * reactions[s, SURFACE] / (FARADAY * sites[s, MAXIMUM] * sites[s, FRACTION])
            past = past_state(states, run, head, order, s, TILT)
            states[slot, s, TILT] = (pace * reaction - past) / (run[WEIGHTS] + pace * abs(reaction))
        if sites[s, FILM] >= 0.0:
            reactions[s, MEAN_CONCENTRATION] = mean_concentration(shells, group, concentration, slot, s)
            advance_films(settings, sites, arena.films, reactions, states, run, head, order, slot, s)


@separate
def ageing_figures(arena: Any, slot: int, out: Any, first: int) -> None:
    """Sum up films, metal, cracks and lithium of both electrodes.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.
    slot : int
        Slot in the ring of states.
    out : ndarray, shape (≥ first + 18,), mixed
        Filled.
    first : int
        Where in ``out``.
    """
    sites, states, films = arena.sites, arena.states, arena.films
    for k in range(2 * N_TRACE_AGEING):
        out[first + k] = 0.0
    for side in range(2):
        depth = 0.0
        start = 0.0
        base = first + side * N_TRACE_AGEING
        for s in range(sites.shape[0]):
            if int(sites[s, SIDE]) != side or sites[s, FILM] < 0.0:
                continue
            f = int(sites[s, FILM])
            share = sites[s, DEPTH]
            depth += share
            start += share * sites[s, FRACTION]
            ampere_hours = FARADAY * arena.settings[AREA] * share / 3600.0
            surface = arena.reactions[s, SURFACE]
            out[base] += share * states[slot, s, SEI] * films[f, FILM_VOLUME] / surface
            cracked = arena.reactions[s, CRACK_SHARE] * surface
            if cracked > 0.0:
                out[base + 1] += share * states[slot, s, CRACK_SEI] * films[f, FILM_VOLUME] / cracked
            bound = films[f, FILM_LITHIUM] * (states[slot, s, SEI] + states[slot, s, CRACK_SEI])
            out[base + 2] += ampere_hours * bound
            out[base + 3] += ampere_hours * states[slot, s, PLATED]
            out[base + 4] += ampere_hours * states[slot, s, DEAD]
            out[base + 5] += ampere_hours * states[slot, s, BURIED]
            out[base + 6] += ampere_hours * states[slot, s, HELD]
            out[base + 7] += share * states[slot, s, CRACK]
            out[base + 8] += share * states[slot, s, ACTIVE]
        if depth > 0.0:
            out[base] /= depth
            out[base + 1] /= depth
            out[base + 7] /= depth
            out[base + 8] /= start


@separate
def hand_out(arena: Any, slot: int) -> None:
    """Write the accepted step to the next row of the trace, and to the profiles where they are kept.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.
    slot : int
        Slot of the step.
    """
    run, trace = arena.run, arena.trace
    row = int(run[ROWS])
    totals = TOTALS + slot * N_TOTAL
    trace[row, TRACE_TIME] = run[TIME]
    trace[row, TRACE_VOLTAGE] = run[VOLTAGE]
    trace[row, TRACE_CURRENT] = run[CURRENT]
    trace[row, TRACE_CHARGE] = run[totals + CHARGE]
    trace[row, TRACE_ENERGY] = run[totals + ENERGY]
    trace[row, TRACE_TEMPERATURE] = run[totals + WARMTH]
    trace[row, TRACE_ANODE] = run[ANODE]
    trace[row, TRACE_ROW] = run[ROW]
    if arena.settings[THERMAL] == 0.0 and arena.settings[HEATS] != 0.0:
        ohmic, reaction, entropic, _ = heats(arena)
        run[OHMIC_HEAT] = ohmic
        run[REACTION_HEAT] = reaction
        run[ENTROPIC_HEAT] = entropic
    trace[row, TRACE_OHMIC] = run[OHMIC_HEAT]
    trace[row, TRACE_REACTION] = run[REACTION_HEAT]
    trace[row, TRACE_ENTROPIC] = run[ENTROPIC_HEAT]
    trace[row, TRACE_MIXING] = run[MIXING_HEAT]
    trace[row, TRACE_THROUGHPUT] = run[totals + THROUGHPUT]
    trace[row, TRACE_ORDER] = run[TRIED_ORDER]
    if arena.settings[SIDE_REACTIONS] != 0.0:
        ageing_figures(arena, slot, trace[row], TRACE_AGEING)
    if arena.profiles.shape[0] > row:
        nodes, sites, work, reactions = arena.nodes, arena.sites, arena.work, arena.reactions
        for i in range(nodes.shape[0]):
            for k in range(3):
                arena.profiles[row, i, k] = work[i, SALT + k]
            arena.profiles[row, i, 3] = 0.0
            arena.profiles[row, i, 4] = math.nan
            for s in range(int(nodes[i, FIRST_SITE]), int(nodes[i, STOP_SITE]), int(nodes[i, STRIDE])):
                if sites[s, GROUP] >= 0.0:
                    arena.profiles[row, i, 3] += reactions[s, REACTION]
                    if s == int(nodes[i, FIRST_SITE]):
                        arena.profiles[row, i, 4] = reactions[s, SURFACE_CONCENTRATION]
    run[ROWS] = row + 1.0


@separate
def accept(arena: Any, length: float) -> None:
    """Enter the solved step into the rings and hand it out.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.
    length : float, s
        Of the step.
    """
    run, past, work = arena.run, arena.past, arena.work
    head = int(run[HEAD])
    slot = (head + 1) % RING
    accept_sites(arena, head, int(run[TRIED_ORDER]), slot)
    for i in range(work.shape[0]):
        for k in range(N_PAST - 1):
            past[slot, i, k] = work[i, SALT + k]
        past[slot, i, AMOUNT] = work[i, OPENNESS] * work[i, SALT]
    run[LAST_MARGIN] = margin(arena)
    run[TIME] += length
    run[HEAD] = slot
    run[POINTS] += 1.0
    run[CLOCK + slot] = run[TIME]
    run[VOLTAGES + slot] = run[VOLTAGE]
    run[CURRENTS + slot] = run[CURRENT]
    for k in range(N_TOTAL):
        run[TOTALS + slot * N_TOTAL + k] = run[TOTALS + RING * N_TOTAL + k]
    hand_out(arena, slot)
