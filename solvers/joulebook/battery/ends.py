"""What ends a protocol step, as one number: how far, in volts, the solved step is from the nearest end."""

from __future__ import annotations

from typing import Any

from joulebook.battery.layout import (
    ANODE,
    CURRENT,
    EVENT,
    EVENT_ANODE,
    EVENT_CHARGE,
    EVENT_CURRENT,
    EVENT_FELL,
    EVENT_HOT,
    EVENT_NONE,
    EVENT_ROSE,
    N_TOTAL,
    RING,
    ROW,
    STEP_CHARGE,
    STIFFNESS,
    THROUGHPUT,
    TOTALS,
    VOLTAGE,
    WARMTH,
)
from joulebook.battery.schedule import ANODE_BELOW, CHARGE_PASSED, CURRENT_BELOW, FALLS_TO, HOTTER_THAN, RISES_TO
from joulebook.numerics.twins import separate

__all__ = ["margin"]

VOLTS_PER_KELVIN = 1e-3
"""Weight of a temperature against a voltage in the distance from an end."""
FAR = 1e9
"""V."""


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
        that is asked for, temperatures by 1 mV/K.
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
    return float(least)
