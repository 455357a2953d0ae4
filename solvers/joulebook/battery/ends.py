"""What ends a protocol step: its ends, as a distance in volts, and the limits of what a cell can do."""

from __future__ import annotations

from typing import Any

from joulebook.battery.layout import (
    ANODE,
    CURRENT,
    ELECTRODE,
    EVENT,
    EVENT_ANODE,
    EVENT_CHARGE,
    EVENT_CLOGGED,
    EVENT_CURRENT,
    EVENT_FELL,
    EVENT_HOT,
    EVENT_NO_SALT,
    EVENT_NONE,
    EVENT_ROSE,
    FILM,
    HEAD,
    HOST,
    MODEL,
    N_TOTAL,
    POROSITY,
    RING,
    ROW,
    SALT,
    SALT_AT_REST,
    SALT_FLOOR,
    SPME,
    STEP_CHARGE,
    STIFFNESS,
    SWELLING,
    THROUGHPUT,
    TOTALS,
    VOLTAGE,
    WARMTH,
)
from joulebook.battery.schedule import ANODE_BELOW, CHARGE_PASSED, CURRENT_BELOW, FALLS_TO, HOTTER_THAN, RISES_TO
from joulebook.numerics.twins import separate

__all__ = ["LITTLE_SALT", "margin", "physical_limit", "salt_floor"]

VOLTS_PER_KELVIN = 1e-3
"""Weight of a temperature against a voltage in the distance from an end."""
FAR = 1e9
"""V."""
EMPTY_SALT = 2e-3
"""Share of the salt at rest at which the single-particle model with electrolyte ends a step."""
LITTLE_SALT = 0.02
"""The same below which a lack of salt is what keeps any model from going on."""
CLOGGED = 0.95
"""Share of the pores that films have taken when they count as clogged."""


@separate
def margin(arena: Any) -> float:
    """Distance of the solved step from the end that is nearest.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`; the kind of end is noted in ``run``.

    Returns
    -------
    float
        V; positive before the end. Currents count by the resistance of the cell, charges by 1 V over the charge
        that is asked for, temperatures by 1 mV/K, salt by 1 V over the salt at rest.
    """
    run = arena.run
    row = int(run[ROW])
    rows = arena.rows
    new = TOTALS + RING * N_TOTAL
    least = FAR
    run[EVENT] = EVENT_NONE
    if rows[row, FALLS_TO] == rows[row, FALLS_TO]:
        least = run[VOLTAGE] - rows[row, FALLS_TO]
        run[EVENT] = EVENT_FELL
    if rows[row, RISES_TO] == rows[row, RISES_TO]:
        distance = rows[row, RISES_TO] - run[VOLTAGE]
        if distance < least:
            least = distance
            run[EVENT] = EVENT_ROSE
    if rows[row, CURRENT_BELOW] == rows[row, CURRENT_BELOW]:
        distance = (abs(run[CURRENT]) - rows[row, CURRENT_BELOW]) * max(1e-6, -run[STIFFNESS])
        if distance < least:
            least = distance
            run[EVENT] = EVENT_CURRENT
    if rows[row, CHARGE_PASSED] == rows[row, CHARGE_PASSED]:
        distance = 1.0 - (run[new + THROUGHPUT] - run[STEP_CHARGE]) / rows[row, CHARGE_PASSED]
        if distance < least:
            least = distance
            run[EVENT] = EVENT_CHARGE
    if rows[row, HOTTER_THAN] == rows[row, HOTTER_THAN]:
        distance = (rows[row, HOTTER_THAN] - run[new + WARMTH]) * VOLTS_PER_KELVIN
        if distance < least:
            least = distance
            run[EVENT] = EVENT_HOT
    if rows[row, ANODE_BELOW] == rows[row, ANODE_BELOW]:
        distance = run[ANODE] - rows[row, ANODE_BELOW]
        if distance < least:
            least = distance
            run[EVENT] = EVENT_ANODE
    if int(arena.settings[MODEL]) == SPME:
        least = salt_margin(arena.settings, arena.nodes, arena.work, run, least)
    return float(least)


@separate
def salt_margin(settings: Any, nodes: Any, work: Any, run: Any, least: float) -> float:
    """Lessen a distance where the salt of the single-particle model is nearer to its end.

    With an even reaction that salt goes on falling, below nothing; in the full model the voltage falls instead. Apart
    from :func:`margin`, which would lose half of its speed with this loop inside.

    Parameters
    ----------
    settings, nodes, work, run : ndarray
        Of the arena.
    least : float, V
        Distance of the nearest other end.

    Returns
    -------
    float
        V; the kind of end is noted in ``run`` where it is the salt.
    """
    enough = settings[SALT_AT_REST] * (least + run[SALT_FLOOR])
    for i in range(nodes.shape[0]):
        if work[i, SALT] < enough:
            enough = work[i, SALT]
            least = enough / settings[SALT_AT_REST] - run[SALT_FLOOR]
            run[EVENT] = EVENT_NO_SALT + place(nodes[i, ELECTRODE])
    return float(least)


def place(electrode: float) -> int:
    """Count the layers of a cell.

    Parameters
    ----------
    electrode : float
        0 in the negative electrode, 1 in the positive one, negative in the separator.

    Returns
    -------
    int
        0 in the negative electrode, 1 in the separator, 2 in the positive electrode.
    """
    if electrode < 0.0:
        return 1
    return 2 if electrode > 0.5 else 0


def salt_floor(arena: Any) -> float:
    """Share of the salt at rest at which a protocol step of the single-particle model ends.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`, between two protocol steps.

    Returns
    -------
    float
        ``EMPTY_SALT``, or half of what there is where the step before has left less.
    """
    head = int(arena.run[HEAD])
    rest = arena.settings[SALT_AT_REST]
    floor = EMPTY_SALT
    for i in range(arena.nodes.shape[0]):
        if arena.past[head, i, 0] < 1.1 * EMPTY_SALT * rest:
            floor = min(floor, 0.5 * arena.past[head, i, 0] / rest)
    return float(floor)


@separate
def physical_limit(arena: Any) -> int:
    """Find what keeps a cell from going on, where it is a limit of the cell rather than of the solver.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`, at its last accepted point.

    Returns
    -------
    int
        Which limit was met: no salt, or clogged pores; ``EVENT_NONE`` where neither is near.
    """
    run, nodes, sites = arena.run, arena.nodes, arena.sites
    head = int(run[HEAD])
    least = LITTLE_SALT * arena.settings[SALT_AT_REST]
    found = EVENT_NONE
    for i in range(nodes.shape[0]):
        if arena.past[head, i, 0] < least:
            least = arena.past[head, i, 0]
            found = EVENT_NO_SALT + place(nodes[i, ELECTRODE])
    for s in range(sites.shape[0]):
        if sites[s, FILM] >= 0.0 and arena.reactions[s, SWELLING] > CLOGGED * nodes[int(sites[s, HOST]), POROSITY]:
            found = EVENT_CLOGGED
    return found
