"""Controls of capacitor banks: what they measure, when they want to act, and what they do.

References
----------
R. C. Dugan and D. Montenegro, *The Open Distribution System Simulator (OpenDSS): Reference Guide*, EPRI, 2020, section
"CapControl".
"""

from __future__ import annotations

from typing import Any

from joulebook.grid.feeder.layout import (
    BANK,
    BY_CURRENT,
    BY_POWER_FACTOR,
    BY_REACTIVE_POWER,
    BY_TIME,
    BY_VOLTAGE,
    CAP_CURRENT_RATIO,
    CAP_KVAR,
    CAP_PHASE,
    CAP_VOLTAGE_RATIO,
    DEAD_TIME,
    DELAY_OFF,
    DELAY_ON,
    HIGHEST_VOLTAGE,
    LINE_TO_LINE,
    LOWEST_VOLTAGE,
    OFF,
    ON,
    OVERRIDE,
    QUANTITY,
    STEPS,
)
from joulebook.grid.feeder.regulator_control import conductor_current
from joulebook.numerics.twins import separate

__all__ = ["act_capacitors", "sample_capacitors"]

NEVER = 1e300
MEAN = -3
HIGHEST = -1
DAY = 24.0
"""h."""
LEAST_SHARE = 0.5
"""Of the bank's reactive power that must flow before a power factor switches it on."""


def measured_size(network: Any, capacitors: Any, state: Any, c: int, voltages: bool) -> float:
    """Measure a voltage or a current behind its instrument transformer.

    Parameters
    ----------
    network : NetworkArrays
        Admittances.
    capacitors : CapacitorArrays
        Controls.
    state : StateArrays
        Voltages, taps, steps.
    c : int
        The control.
    voltages : bool
        True for the voltage, False for the current.

    Returns
    -------
    float
        V or A.
    """
    first, stop = capacitors.start[c], capacitors.start[c + 1]
    phase = capacitors.choices[c, CAP_PHASE]
    ratio = capacitors.numbers[c, CAP_VOLTAGE_RATIO if voltages else CAP_CURRENT_RATIO]
    total, best = 0.0, 0.0
    for k in range(first, stop):
        row = capacitors.conductor[k]
        if voltages:
            value = state.voltage[network.conductor_node[row]]
            if capacitors.choices[c, LINE_TO_LINE] == 1:
                following = first + (k - first + 1) % (stop - first)
                value = value - state.voltage[network.conductor_node[capacitors.conductor[following]]]
        else:
            value = conductor_current(network, state, row)
        size = abs(value)
        total += size
        if phase > 0:
            if k - first + 1 == min(phase, stop - first):
                best = size
        elif k == first or (size > best if phase == HIGHEST else size < best):
            best = size
    return (total / (stop - first) if phase == MEAN else best) / ratio


def measured_power(network: Any, capacitors: Any, state: Any, c: int) -> complex:
    """Measure the power that flows into the element, all phases.

    Parameters
    ----------
    network : NetworkArrays
        Admittances.
    capacitors : CapacitorArrays
        Controls.
    state : StateArrays
        Voltages, taps, steps.
    c : int
        The control.

    Returns
    -------
    complex
        VA.
    """
    total = complex(0.0, 0.0)
    for k in range(capacitors.start[c], capacitors.start[c + 1]):
        row = capacitors.conductor[k]
        total += state.voltage[network.conductor_node[row]] * conductor_current(network, state, row).conjugate()
    return total


def wanted_switching(value: float, on: float, off: float, closed: bool, more: bool, rising: bool) -> int:
    """Compare a measurement with two set points.

    Parameters
    ----------
    value, on, off : float
        Measured, and where to switch.
    closed, more : bool
        Whether a step is in service, and whether there is another one.
    rising : bool
        Whether large values switch on.

    Returns
    -------
    int
        1 to switch on, -1 to switch off, 0 for neither.
    """
    beyond_on = value > on if rising else value < on
    beyond_off = value < off if rising else value > off
    if closed and beyond_off:
        return -1
    if beyond_on and (not closed or more):
        return 1
    return 0


def wanted_by_hour(on: float, off: float, closed: bool, hour: float) -> int:
    """Compare the time of the day with two set points.

    Parameters
    ----------
    on, off : float, h
        When to switch; off before on means on the next day.
    closed : bool
        Whether a step is in service.
    hour : float
        Of the day.

    Returns
    -------
    int
        1 to switch on, -1 to switch off, 0 for neither.
    """
    inside = on <= hour < off if off > on else (hour >= on or hour < off)
    if inside and not closed:
        return 1
    if closed and not inside:
        return -1
    return 0


def wanted_by_power_factor(network: Any, capacitors: Any, state: Any, c: int, closed: bool, more: bool) -> int:
    """Compare the power factor with two set points; 1 to 2 stands for a leading one.

    Parameters
    ----------
    network : NetworkArrays
        Admittances.
    capacitors : CapacitorArrays
        Controls.
    state : StateArrays
        Voltages, taps, steps.
    c : int
        The control.
    closed, more : bool
        Whether a step is in service, and whether there is another one.

    Returns
    -------
    int
        1 to switch on, -1 to switch off, 0 for neither.
    """
    numbers = capacitors.numbers
    power = measured_power(network, capacitors, state, c)
    size = abs(power)
    ratio = abs(power.real) / size if size > 0.0 else 1.0
    if power.imag < 0.0:
        ratio = 2.0 - ratio
    kvar = numbers[c, CAP_KVAR] / (capacitors.choices[c, STEPS] if closed else 1)
    change = wanted_switching(ratio, numbers[c, ON], numbers[c, OFF], closed, more, False)
    if change > 0 and power.imag * 1e-3 <= LEAST_SHARE * kvar:
        return 0
    return change


def wanted(network: Any, capacitors: Any, state: Any, c: int, hour: float) -> int:
    """Say what a control wants.

    Parameters
    ----------
    network : NetworkArrays
        Admittances.
    capacitors : CapacitorArrays
        Controls.
    state : StateArrays
        Voltages, taps, steps.
    c : int
        The control.
    hour : float
        Since the start of the day.

    Returns
    -------
    int
        1 to switch on, -1 to switch off, 0 for neither.
    """
    numbers, choices = capacitors.numbers, capacitors.choices
    share = state.banks[choices[c, BANK]]
    closed, more = share > 0.0, share < 1.0
    quantity = choices[c, QUANTITY]
    if choices[c, OVERRIDE] == 1 and quantity != BY_VOLTAGE:
        voltage = measured_size(network, capacitors, state, c, True)
        if not closed and voltage < numbers[c, LOWEST_VOLTAGE]:
            return 1
        if closed and voltage > numbers[c, HIGHEST_VOLTAGE]:
            return -1
    on, off = numbers[c, ON], numbers[c, OFF]
    if quantity == BY_CURRENT:
        value = measured_size(network, capacitors, state, c, False)
        return wanted_switching(value, on, off, closed, more, True)
    if quantity == BY_VOLTAGE:
        value = measured_size(network, capacitors, state, c, True)
        return wanted_switching(value, on, off, closed, more, False)
    if quantity == BY_REACTIVE_POWER:
        kvar = measured_power(network, capacitors, state, c).imag * 1e-3
        return wanted_switching(kvar, on, off, closed, more, True)
    if quantity == BY_TIME:
        return wanted_by_hour(on, off, closed, hour % DAY)
    if quantity == BY_POWER_FACTOR:
        return wanted_by_power_factor(network, capacitors, state, c, closed, more)
    return 0


@separate
def sample_capacitors(network: Any, capacitors: Any, state: Any, now: float, hour: float) -> int:
    """Let every control measure, and note which want to act and when.

    Parameters
    ----------
    network : NetworkArrays
        Admittances.
    capacitors : CapacitorArrays
        Controls.
    state : StateArrays
        Voltages, taps, steps; receives what is pending.
    now : float, s
        Time.
    hour : float
        Since the start of the day.

    Returns
    -------
    int
        Controls that wait for their turn.
    """
    waiting = 0
    for c in range(len(state.capacitor_due)):
        change = wanted(network, capacitors, state, c, hour)
        numbers = capacitors.numbers
        state.capacitor_change[c] = change
        if change == 0:
            state.capacitor_due[c] = NEVER
        elif state.capacitor_due[c] >= NEVER:
            delay = numbers[c, DELAY_OFF]
            if change > 0:
                delay = numbers[c, DELAY_ON]
                rested = now - state.opened_at[c]
                if rested < numbers[c, DEAD_TIME]:
                    delay = max(delay, numbers[c, DEAD_TIME] + delay - rested)
            state.capacitor_due[c] = now + delay
        if state.capacitor_due[c] < NEVER:
            waiting += 1
    return waiting


@separate
def act_capacitors(capacitors: Any, state: Any, due: float, now: float) -> int:
    """Switch the banks whose time has come.

    Parameters
    ----------
    capacitors : CapacitorArrays
        Controls.
    state : StateArrays
        What is pending; receives the steps.
    due : float, s
        Time up to which actions are done.
    now : float, s
        Time.

    Returns
    -------
    int
        Actions.
    """
    acted = 0
    for c in range(len(state.capacitor_due)):
        if state.capacitor_due[c] > due or state.capacitor_due[c] >= NEVER:
            continue
        bank, steps = capacitors.choices[c, BANK], capacitors.choices[c, STEPS]
        count = round(state.banks[bank] * steps) + (1 if state.capacitor_change[c] > 0 else -1)
        count = min(max(count, 0), steps)
        if count == 0:
            state.opened_at[c] = now
        state.banks[bank] = count / steps
        state.capacitor_due[c] = NEVER
        state.capacitor_change[c] = 0
        state.counts[4] += 1
        acted += 1
    return acted
