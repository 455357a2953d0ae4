r"""Controls of voltage regulators: what they measure, when they want to act, and what they do.

The control sees the voltage :math:`V / n_v` of one phase behind its voltage transformer, and, where its line drop
compensation is set, adds :math:`(R + \mathrm j X) I / I_r` with the current :math:`I` that flows into the winding. When
that leaves the band around the set point, the tap has to move by

.. math:: \Delta t = \operatorname{round}\Big(\frac{(V_{set} - |V_c|)\, n_v / V_{coil}}{\delta}\Big)\, \delta

with the step :math:`\delta` of the tap changer.

References
----------
W. H. Kersting, *Distribution System Modeling and Analysis*, 3rd ed., CRC Press 2012, section 7.4.3 (line drop
compensator).
R. C. Dugan and D. Montenegro, *The Open Distribution System Simulator (OpenDSS): Reference Guide*, EPRI, 2020, section
"RegControl"; seven tenths of the change per action where time does not matter: its source, RegControl.pas.
"""

from __future__ import annotations

from typing import Any

from joulebook.grid.feeder.layout import (
    COIL_VOLTAGE,
    CURRENT_RATING,
    DELAY,
    DIRECTION,
    DROP_R,
    DROP_X,
    HALF_BAND,
    LIMIT,
    MOST_STEPS,
    PHASE,
    SET_VOLTAGE,
    STEP_DELAY,
    TAP,
    TAP_HIGH,
    TAP_LOW,
    TAP_STEP,
    VOLTAGE_RATIO,
)
from joulebook.numerics.twins import separate

__all__ = ["act_regulators", "conductor_current", "sample_regulators"]

NEVER = 1e300
LOWEST = -2
"""Number of a measured phase that asks for the one with the lowest voltage."""
SHARE = 0.7
"""Of the missing change that one action makes where time does not matter."""
NEARLY = 0.9
"""Steps below which a pending change is done."""


@separate
def conductor_current(network: Any, state: Any, row: int) -> complex:
    """Current that flows into an element through a conductor.

    Parameters
    ----------
    network : NetworkArrays
        Admittances.
    state : StateArrays
        Voltages, taps, steps.
    row : int
        The conductor.

    Returns
    -------
    complex
        A.
    """
    total = complex(0.0, 0.0)
    for e in range(network.stamp_start[row], network.stamp_start[row + 1]):
        part = network.stamp_value[e] * state.voltage[network.stamp_node[e]]
        tap1, tap2, bank = network.stamp_tap1[e], network.stamp_tap2[e], network.stamp_bank[e]
        if tap1 + tap2 + bank > 0:
            part *= state.banks[bank] / (state.taps[tap1] * state.taps[tap2])
        total += part
    return total


def measured_pair(regulators: Any, state: Any, r: int) -> int:
    """Find the phase that a control measures.

    Parameters
    ----------
    regulators : RegulatorArrays
        Controls.
    state : StateArrays
        Voltages.
    r : int
        The control.

    Returns
    -------
    int
        Its pair of nodes.
    """
    first, stop = regulators.start[r], regulators.start[r + 1]
    phase = regulators.choices[r, PHASE]
    if phase > 0:
        return first + min(phase, stop - first) - 1
    best = first
    largest = -1.0
    for k in range(first, stop):
        size = abs(state.voltage[regulators.node1[k]] - state.voltage[regulators.node2[k]])
        if phase == LOWEST:
            size = -size
        if k == first or size > largest:
            best, largest = k, size
    return best


def wanted_change(network: Any, regulators: Any, state: Any, r: int) -> float:
    """Say by how much a control wants to move its tap.

    Parameters
    ----------
    network : NetworkArrays
        Admittances.
    regulators : RegulatorArrays
        Controls.
    state : StateArrays
        Voltages, taps.
    r : int
        The control.

    Returns
    -------
    float
        Change of the tap, a multiple of its step; 0 within the band.
    """
    numbers = regulators.numbers
    pair = measured_pair(regulators, state, r)
    across = state.voltage[regulators.node1[pair]] - state.voltage[regulators.node2[pair]]
    control = across / numbers[r, VOLTAGE_RATIO]
    local = abs(control)
    row = regulators.conductor[pair]
    if row >= 0 and (numbers[r, DROP_R] != 0.0 or numbers[r, DROP_X] != 0.0):
        drop = complex(numbers[r, DROP_R], numbers[r, DROP_X]) / numbers[r, CURRENT_RATING]
        control = control + drop * conductor_current(network, state, row)
    missing = numbers[r, SET_VOLTAGE] - abs(control)
    limit = numbers[r, LIMIT]
    over = limit > 0.0 and local > limit
    if abs(missing) <= numbers[r, HALF_BAND] and not over:
        return 0.0
    if over:
        missing = limit - local
    boost = missing * numbers[r, VOLTAGE_RATIO] / numbers[r, COIL_VOLTAGE]
    return round(boost / numbers[r, TAP_STEP]) * numbers[r, TAP_STEP] * regulators.choices[r, DIRECTION]


@separate
def sample_regulators(network: Any, regulators: Any, state: Any, now: float) -> int:
    """Let every control look at its voltage, and note which want to act and when.

    Parameters
    ----------
    network : NetworkArrays
        Admittances.
    regulators : RegulatorArrays
        Controls.
    state : StateArrays
        Voltages, taps; receives what is pending.
    now : float, s
        Time.

    Returns
    -------
    int
        Controls that wait for their turn.
    """
    waiting = 0
    for r in range(len(state.regulator_due)):
        numbers = regulators.numbers
        if regulators.choices[r, MOST_STEPS] == 0 or not numbers[r, TAP_STEP] > 0.0:
            continue
        change = wanted_change(network, regulators, state, r)
        state.regulator_change[r] = change
        if change == 0.0:
            state.regulator_due[r] = NEVER
        elif state.regulator_due[r] >= NEVER:
            tap = state.taps[regulators.choices[r, TAP]]
            if (change > 0.0 and tap < numbers[r, TAP_HIGH]) or (change < 0.0 and tap > numbers[r, TAP_LOW]):
                state.regulator_due[r] = now + numbers[r, DELAY]
        if state.regulator_due[r] < NEVER:
            waiting += 1
    return waiting


@separate
def act_regulators(regulators: Any, state: Any, due: float, timed: bool) -> int:
    """Move the taps whose time has come.

    Parameters
    ----------
    regulators : RegulatorArrays
        Controls.
    state : StateArrays
        What is pending; receives the taps.
    due : float, s
        Time up to which actions are done.
    timed : bool
        Whether an action is a single step, and the next one waits.

    Returns
    -------
    int
        Actions.
    """
    acted = 0
    for r in range(len(state.regulator_due)):
        if state.regulator_due[r] > due or state.regulator_due[r] >= NEVER:
            continue
        numbers = regulators.numbers
        change, step = state.regulator_change[r], numbers[r, TAP_STEP]
        steps = 1
        if not timed:
            steps = max(1, min(int(SHARE * abs(change) / step + 1e-9), regulators.choices[r, MOST_STEPS]))
        sign = 1.0 if change > 0.0 else -1.0
        k = regulators.choices[r, TAP]
        tap = state.taps[k] + sign * steps * step
        state.taps[k] = min(max(tap, numbers[r, TAP_LOW]), numbers[r, TAP_HIGH])
        left = change - sign * step
        if timed and abs(left) >= NEARLY * step:
            state.regulator_change[r] = left
            state.regulator_due[r] = due + numbers[r, STEP_DELAY]
        else:
            state.regulator_change[r] = 0.0
            state.regulator_due[r] = NEVER
        state.counts[3] += 1
        acted += 1
    return acted
