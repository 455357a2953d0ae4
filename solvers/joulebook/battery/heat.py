r"""Heat of a cell, and its temperature where that follows.

.. math::

    Q = \underbrace{\sum -i \, \Delta\phi + R I^2}_{ohmic} + \underbrace{\sum a j \eta}_{reaction}
        + \underbrace{\sum a j T \, \partial U / \partial T}_{entropic}
        + \underbrace{-\dot G + \sum a j U(c_{surf})}_{mixing}

all over the volume of the cell, with :math:`G = -F \sum \int_0^{c} U \, dc` the chemical energy of the particles. The
last term is what is lost as lithium spreads in the particles; films and hysteresis count with the reaction. The
temperature is one for the whole cell,

.. math:: C \dot T = Q - h A (T - T_{amb}).

References
----------
Bernardi, Pawlikowski and Newman 1985, doi:10.1149/1.2113792 (terms of the balance); Timms et al. 2021,
doi:10.1137/20M1336898 (the lumped model).
"""

from __future__ import annotations

import math
from typing import Any

from joulebook.battery.balance import FARADAY
from joulebook.battery.layout import (
    AMBIENT,
    AREA,
    CHEMICAL,
    CHEMICAL_ENERGY,
    CONDUCTIVITY,
    COOLING,
    CURRENT,
    DEPTH,
    DFN,
    DIFFERENCE_HERE,
    ENTROPIC,
    ENTROPIC_HEAT,
    ENTROPY,
    FRACTION,
    GROUP,
    HEAT_CAPACITY,
    HEAT_LOST,
    HEAT_MADE,
    LAW,
    LAWS_WIDTH,
    LIQUID,
    MAXIMUM,
    METAL,
    MIXES,
    MIXING_HEAT,
    MODEL,
    N_TOTAL,
    OCP,
    OHMIC_HEAT,
    OWN_RESPONSE,
    REACTION,
    REACTION_HEAT,
    RESISTANCE,
    RESPONSE,
    RING,
    SALT,
    SOLID,
    SPREAD,
    SURFACE,
    SURFACE_HISTORY,
    SURFACE_SLOPE,
    TEMPERATURE,
    TOTALS,
    TRIED,
    VARIES,
    VOLTAGE,
    VOLUME,
    WARMTH,
    WEIGHTS,
    WIDTH,
)
from joulebook.battery.reaction import open_circuit, stoichiometry_inside, total_current_density
from joulebook.numerics.tables import value_in_table
from joulebook.numerics.twins import separate

__all__ = ["heats", "solve_temperature"]


SHORT = 1e-4
"""A step below this makes a start consistent; nothing spreads in it, s."""


def ohmic_heat(arena: Any) -> float:
    """Heat of the currents through coatings, electrolyte and contacts.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`, with a solved step of the Doyle–Fuller–Newman model.

    Returns
    -------
    float
        W.
    """
    nodes, work, settings = arena.nodes, arena.work, arena.settings
    n = nodes.shape[0]
    area = settings[AREA]
    current = arena.run[CURRENT]
    total = settings[RESISTANCE] * current * current
    density = current / area
    if nodes[0, SOLID] > 0.0:
        total += area * density * density * 0.5 * nodes[0, WIDTH] / nodes[0, SOLID]
    total += area * density * density * 0.5 * nodes[n - 1, WIDTH] / nodes[n - 1, SOLID]
    for i in range(n - 1):
        left = 0.5 * nodes[i, WIDTH]
        right = 0.5 * nodes[i + 1, WIDTH]
        here = work[i, CONDUCTIVITY]
        there = work[i + 1, CONDUCTIVITY]
        rise = work[i + 1, LIQUID] - work[i, LIQUID]
        spread = 0.5 * (work[i, SPREAD] + work[i + 1, SPREAD])
        drop = rise - spread * math.log(work[i + 1, SALT] / work[i, SALT])
        total += area * here * there / (left * there + right * here) * drop * rise
        here = nodes[i, SOLID]
        there = nodes[i + 1, SOLID]
        if here > 0.0 and there > 0.0:
            drop = work[i + 1, METAL] - work[i, METAL]
            total += area * here * there / (left * there + right * here) * drop * drop
    return float(total)


def chemical_energy(arena: Any, s: int, slot: int) -> float:
    """Chemical energy of the particles of a site at the solved step.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`, with a solved step.
    s : int
        Site.
    slot : int
        Of the solved step in the ring of concentrations, which lacks the response to the reaction.

    Returns
    -------
    float
        J.
    """
    sites, shells = arena.sites, arena.shells
    group = int(sites[s, GROUP])
    n_r = shells.shape[1] - 2
    own = shells[group, n_r + 1, VARIES] != 0.0
    reaction = arena.reactions[s, REACTION]
    column = int(sites[s, LAW]) + CHEMICAL
    energy = 0.0
    volume = 0.0
    for k in range(n_r):
        response = arena.factors[s, k, OWN_RESPONSE] if own else shells[group, k, RESPONSE]
        x = (arena.concentration[slot, k, s] + response * reaction) / sites[s, MAXIMUM]
        energy += shells[group, k, VOLUME] * value_in_table(arena.laws, column, 0.0, arena.settings[LAWS_WIDTH], x)
        volume += shells[group, k, VOLUME]
    amount = FARADAY * sites[s, MAXIMUM] * sites[s, FRACTION] * sites[s, DEPTH] * arena.settings[AREA]
    return float(-amount * energy / volume)


@separate
def heats(arena: Any) -> tuple[float, float, float, float]:
    """Sources of heat at the solved step; mixing left out.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`, with a solved step.

    Returns
    -------
    tuple of float
        Ohmic, of reaction, entropic, and the chemical power at the particle surfaces, W.
    """
    settings, sites, reactions, run = arena.settings, arena.sites, arena.reactions, arena.run
    area = settings[AREA]
    width = settings[LAWS_WIDTH]
    reaction_heat = 0.0
    entropic = 0.0
    power = 0.0
    outside = 0.0
    for s in range(sites.shape[0]):
        surface = reactions[s, SURFACE] * sites[s, DEPTH] * area
        current = reactions[s, REACTION]
        difference = reactions[s, DIFFERENCE_HERE]
        all_current = total_current_density(sites, reactions, s)
        outside += surface * all_current * difference
        if sites[s, GROUP] >= 0.0:
            x = (reactions[s, SURFACE_HISTORY] + reactions[s, SURFACE_SLOPE] * current) / sites[s, MAXIMUM]
            value, _ = open_circuit(settings, sites, arena.laws, s, x)
            column = int(sites[s, LAW])
            inside = stoichiometry_inside(x)
            reaction_heat += surface * (all_current * difference - current * value)
            power -= surface * current * value_in_table(arena.laws, column + OCP, 0.0, width, inside)
            if sites[s, ENTROPIC] != 0.0:
                slope = value_in_table(arena.laws, column + ENTROPY, 0.0, width, inside)
                entropic += surface * current * settings[TEMPERATURE] * slope
        else:
            reaction_heat += surface * all_current * difference
    if int(settings[MODEL]) == DFN:
        ohmic = ohmic_heat(arena)
    else:
        ohmic = -run[CURRENT] * run[VOLTAGE] - outside
    return ohmic, reaction_heat, entropic, power


@separate
def solve_temperature(arena: Any, head: int, order: int) -> None:
    """Find heat and temperature at the end of the solved step.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`, with a solved step; the row after the ring of totals is filled.
    head : int
        Slot of the last accepted point.
    order : int
        Of the time formula.
    """
    settings, run = arena.settings, arena.run
    ohmic, reaction, entropic, power = heats(arena)
    new = TOTALS + RING * N_TOTAL
    leading = run[WEIGHTS]
    energy = 0.0
    for s in range(arena.sites.shape[0]):
        if arena.sites[s, GROUP] >= 0.0:
            energy += chemical_energy(arena, s, (head + 1) % RING)
    run[new + CHEMICAL_ENERGY] = energy
    change = leading * energy
    warmth = 0.0
    made = 0.0
    lost = 0.0
    for q in range(order):
        row = TOTALS + ((head - q) % RING) * N_TOTAL
        weight = run[WEIGHTS + 1 + q]
        change += weight * run[row + CHEMICAL_ENERGY]
        warmth += weight * run[row + WARMTH]
        made += weight * run[row + HEAT_MADE]
        lost += weight * run[row + HEAT_LOST]
    mixing = settings[MIXES] * (-change - power) if run[TRIED] > SHORT else 0.0
    total = ohmic + reaction + entropic + mixing
    capacity = settings[HEAT_CAPACITY]
    cooling = settings[COOLING]
    temperature = (total + cooling * settings[AMBIENT] - capacity * warmth) / (capacity * leading + cooling)
    run[new + WARMTH] = temperature
    run[new + HEAT_MADE] = (total - made) / leading
    run[new + HEAT_LOST] = (cooling * (temperature - settings[AMBIENT]) - lost) / leading
    run[OHMIC_HEAT] = ohmic
    run[REACTION_HEAT] = reaction
    run[ENTROPIC_HEAT] = entropic
    run[MIXING_HEAT] = mixing
