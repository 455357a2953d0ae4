"""What ends a step of a pack, as one number: how far, in volts, the solved step is from the nearest end."""

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
from joulebook.battery.pack.wiring import (
    CELL_FALLS_TO,
    CELL_RISES_TO,
    EVENT_CELL_FELL,
    EVENT_CELL_ROSE,
    OPEN,
    TRIP_FELL,
    TRIP_HIGH,
    TRIP_HOT,
    TRIP_LOW,
    TRIP_ROSE,
    TRIP_WARMED,
    TRIPPED,
    WORST,
)
from joulebook.battery.schedule import ANODE_BELOW, CHARGE_PASSED, CURRENT_BELOW, FALLS_TO, HOTTER_THAN, RISES_TO
from joulebook.numerics.twins import separate

__all__ = ["pack_margin"]

VOLTS_PER_KELVIN = 1e-3
"""Weight of a temperature against a voltage in the distance from an end."""
FAR = 1e9
"""V."""


def nearer(run: Any, least: float, distance: float, event: int, worst: int) -> float:
    """Note an end that is nearer than those before.

    Parameters
    ----------
    run : ndarray, shape (n_pack_run,), mixed
        Takes the event and the cell.
    least : float, V
        Nearest so far.
    distance : float, V
        Of this one; not a number where there is no such end.
    event : int
        Which it is.
    worst : int
        Cell; -1 for the pack as a whole.

    Returns
    -------
    float
        V.
    """
    if distance < least:
        run[EVENT] = event
        run[WORST] = worst
        return distance
    return least


@separate
def cell_margin(pack: Any, cells: Any, least: float) -> float:
    """Distance of the nearest cell from its limits, and from those of the contactor.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`.
    cells : Arena
        Stacked.
    least : float, V
        Nearest so far.

    Returns
    -------
    float
        V.
    """
    run, settings = pack.run, pack.settings
    row = int(run[ROW])
    new = TOTALS + RING * N_TOTAL
    trips = run[TRIPPED] == 0.0
    connected = run[OPEN] == 0.0
    for k in range(pack.joints.shape[0]):
        voltage = cells.run[k, VOLTAGE]
        warmth = cells.run[k, new + WARMTH]
        if connected:
            least = nearer(run, least, voltage - pack.limits[row, CELL_FALLS_TO], EVENT_CELL_FELL, k)
            least = nearer(run, least, pack.limits[row, CELL_RISES_TO] - voltage, EVENT_CELL_ROSE, k)
            least = nearer(run, least, cells.run[k, ANODE] - pack.rows[row, ANODE_BELOW], EVENT_ANODE, k)
            if trips:
                least = nearer(run, least, voltage - settings[TRIP_LOW], TRIP_FELL, k)
                least = nearer(run, least, settings[TRIP_HIGH] - voltage, TRIP_ROSE, k)
        least = nearer(run, least, (pack.rows[row, HOTTER_THAN] - warmth) * VOLTS_PER_KELVIN, EVENT_HOT, k)
        if trips and connected:
            least = nearer(run, least, (settings[TRIP_HOT] - warmth) * VOLTS_PER_KELVIN, TRIP_WARMED, k)
    return float(least)


@separate
def pack_margin(pack: Any, cells: Any) -> float:
    """Distance of the solved step from the end that is nearest.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`; the kind of end and the cell are noted in ``run``.
    cells : Arena
        Stacked.

    Returns
    -------
    float
        V; positive before the end. Currents count by the resistance of the pack, charges by 1 V over the charge that
        is asked for, temperatures by 1 mV/K.
    """
    run, rows = pack.run, pack.rows
    row = int(run[ROW])
    new = TOTALS + RING * N_TOTAL
    least = FAR
    run[EVENT] = EVENT_NONE
    run[WORST] = -1.0
    if run[OPEN] == 0.0:
        least = nearer(run, least, run[VOLTAGE] - rows[row, FALLS_TO], EVENT_FELL, -1)
        least = nearer(run, least, rows[row, RISES_TO] - run[VOLTAGE], EVENT_ROSE, -1)
        excess = (abs(run[CURRENT]) - rows[row, CURRENT_BELOW]) * max(1e-6, -run[STIFFNESS])
        least = nearer(run, least, excess, EVENT_CURRENT, -1)
        passed = run[new + THROUGHPUT] - run[STEP_CHARGE]
        least = nearer(run, least, 1.0 - passed / rows[row, CHARGE_PASSED], EVENT_CHARGE, -1)
    return cell_margin(pack, cells, least)
