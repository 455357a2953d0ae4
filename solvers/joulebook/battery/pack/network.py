r"""How the current of a pack shares out among the cells of its groups.

With :math:`W_k = V_k - r_k I_k` the voltage of a cell behind its joint and :math:`S_m` the current of cell m and all
further from the positive terminal of its group, neighbours are joined by busbars of resistance R in each segment:

.. math::

    W_{m-1} - W_m + 2 R S_m = 0 \quad \text{(fed at one end)}, \qquad
    W_{m-1} - W_m + R S_m - R (I - S_m) = 0 \quad \text{(fed at opposite ends)}

for every m > 0, with :math:`I_k = S_k - S_{k+1}` and :math:`S_0 = I`. Cells enter with their voltage and its derivative
by their current, so one iteration of Newton's method is a tridiagonal system in each group, with the pack's current as
a border that all groups share.
"""

from __future__ import annotations

from typing import Any

from joulebook.battery.control import current_change
from joulebook.battery.layout import (
    CONTROL,
    CURRENT,
    HOLD_CURRENT,
    STIFFNESS,
    TARGET,
    VOLTAGE,
)
from joulebook.battery.pack.wiring import (
    BEYOND,
    BUSBAR,
    CONNECTION_HEAT,
    IN_SERIES,
    LOAD,
    OPEN,
    OPPOSITE,
    PARALLEL,
    PIVOT,
    RESPONSE,
)
from joulebook.numerics.twins import separate

__all__ = ["balance_currents", "held_kind", "held_target", "share_out_current"]

LARGEST_CHANGE = 0.3
"""Largest change of a cell's voltage by an iteration, V; longer changes are shortened."""


def held_kind(pack: Any) -> int:
    """What is held: no current while the contactor is open.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`.

    Returns
    -------
    int
        As in :mod:`joulebook.battery.layout`.
    """
    if pack.run[OPEN] != 0.0:
        return HOLD_CURRENT
    return int(pack.settings[CONTROL])


def held_target(pack: Any) -> float:
    """At which value it is held.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`.

    Returns
    -------
    float
        A, W, V or ohm.
    """
    if pack.run[OPEN] != 0.0:
        return 0.0
    return float(pack.settings[TARGET])


@separate
def share_out_current(pack: Any, cells: Any, current: float) -> None:
    """Make first guesses of the cells' currents add up to the pack's in every group.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`; ``network`` tells how the step before shares out a change.
    cells : Arena
        Stacked; ``TARGET`` of each holds a guess and is changed by its share of what lacks.
    current : float, A
        Of the pack.
    """
    count = int(pack.settings[PARALLEL])
    network = pack.network
    for first in range(0, pack.joints.shape[0], count):
        missing = current
        for k in range(first, first + count):
            missing -= cells.settings[k, TARGET]
        known = network[first, RESPONSE] != 0.0
        for k in range(first, first + count):
            share = 1.0 / count
            if known:
                share = network[k, RESPONSE]
                if k < first + count - 1:
                    share -= network[k + 1, RESPONSE]
            cells.settings[k, TARGET] += missing * share


@separate
def even_out_group(pack: Any, cells: Any, first: int, count: int) -> float:
    """Solve the ladder of a group for the changes of its currents, to first order.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`; ``network`` is filled.
    cells : Arena
        Stacked, each solved at its present current.
    first : int
        First cell of the group.
    count : int
        Cells of the group.

    Returns
    -------
    float
        Largest voltage that the ladder does not close by, V.
    """
    network = pack.network
    bar = pack.settings[BUSBAR]
    opposite = pack.settings[OPPOSITE]
    current = pack.run[CURRENT]
    beyond = 0.0
    for k in range(first + count - 1, first - 1, -1):
        beyond += cells.run[k, CURRENT]
        network[k, BEYOND] = beyond
    network[first, LOAD] = 0.0
    network[first, RESPONSE] = 1.0
    before = cells.run[first, VOLTAGE] - pack.joints[first] * cells.run[first, CURRENT]
    lower = cells.run[first, STIFFNESS] - pack.joints[first]
    largest = 0.0
    for k in range(first + 1, first + count):
        here = cells.run[k, VOLTAGE] - pack.joints[k] * cells.run[k, CURRENT]
        upper = cells.run[k, STIFFNESS] - pack.joints[k]
        miss = before - here + 2.0 * bar * network[k, BEYOND] - opposite * bar * current
        largest = max(largest, abs(miss))
        pivot = 2.0 * bar - lower - upper
        load = -miss
        response = opposite * bar
        if k == first + 1:
            response -= lower
        else:
            factor = lower / network[k - 1, PIVOT]
            pivot -= factor * lower
            load -= factor * network[k - 1, LOAD]
            response -= factor * network[k - 1, RESPONSE]
        network[k, PIVOT] = pivot
        network[k, LOAD] = load
        network[k, RESPONSE] = response
        before = here
        lower = upper
    for k in range(first + count - 1, first, -1):
        load = network[k, LOAD]
        response = network[k, RESPONSE]
        if k < first + count - 1:
            upper = cells.run[k, STIFFNESS] - pack.joints[k]
            load -= upper * network[k + 1, LOAD]
            response -= upper * network[k + 1, RESPONSE]
        network[k, LOAD] = load / network[k, PIVOT]
        network[k, RESPONSE] = response / network[k, PIVOT]
    return largest


def apply_changes(pack: Any, cells: Any, change: float) -> None:
    """Change the currents that the cells are to carry, all by the same share where one changes too much.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`, with the ladders solved; its current is changed.
    cells : Arena
        Stacked; ``TARGET`` of each is set.
    change : float, A
        Of the pack's current.
    """
    network = pack.network
    count = int(pack.settings[PARALLEL])
    largest = 0.0
    for k in range(pack.joints.shape[0]):
        step = network[k, LOAD] + network[k, RESPONSE] * change
        if (k + 1) % count != 0:
            step -= network[k + 1, LOAD] + network[k + 1, RESPONSE] * change
        cells.settings[k, TARGET] = step
        largest = max(largest, abs(cells.run[k, STIFFNESS] * step))
    part = 1.0
    if largest > LARGEST_CHANGE:
        part = LARGEST_CHANGE / largest
    for k in range(pack.joints.shape[0]):
        cells.settings[k, TARGET] = cells.run[k, CURRENT] + part * cells.settings[k, TARGET]
    pack.run[CURRENT] += part * change


@separate
def balance_currents(pack: Any, cells: Any, tolerance: float) -> int:
    """Find the voltage of the pack, and better currents where the circuit does not close yet.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`; voltage, stiffness and heat of connections are set.
    cells : Arena
        Stacked, each solved at its present current; ``TARGET`` of each is set where it has to be solved again.
    tolerance : float, V
        By which a loop may fail to close.

    Returns
    -------
    int
        0 if the circuit closes, 1 if the cells are to be solved again.
    """
    run, settings, network = pack.run, pack.settings, pack.network
    count = int(settings[PARALLEL])
    bar = settings[BUSBAR]
    opposite = settings[OPPOSITE]
    current = run[CURRENT]
    voltage = -settings[IN_SERIES] * current
    slope = -settings[IN_SERIES]
    heat = settings[IN_SERIES] * current * current
    ahead = 0.0
    largest = 0.0
    for first in range(0, pack.joints.shape[0], count):
        largest = max(largest, even_out_group(pack, cells, first, count))
        own = cells.run[first, STIFFNESS] - pack.joints[first]
        voltage += cells.run[first, VOLTAGE] - pack.joints[first] * cells.run[first, CURRENT]
        slope += own
        heat += pack.joints[first] * cells.run[first, CURRENT] ** 2
        if count > 1:
            slope -= own * network[first + 1, RESPONSE]
            ahead -= own * network[first + 1, LOAD]
        for k in range(first + 1, first + count):
            back = opposite * (current - network[k, BEYOND])
            voltage -= bar * back
            slope -= opposite * bar * (1.0 - network[k, RESPONSE])
            ahead += opposite * bar * network[k, LOAD]
            other = back + (1.0 - opposite) * network[k, BEYOND]
            heat += bar * (network[k, BEYOND] ** 2 + other * other) + pack.joints[k] * cells.run[k, CURRENT] ** 2
    change = current_change(held_kind(pack), held_target(pack), current, voltage + ahead, slope)
    run[VOLTAGE] = voltage
    run[STIFFNESS] = slope
    run[CONNECTION_HEAT] = heat
    groups = pack.joints.shape[0] // count
    if max(largest, abs(change * slope) / groups) <= tolerance:
        return 0
    apply_changes(pack, cells, change)
    return 1
