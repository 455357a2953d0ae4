"""March the cells of a pack through a protocol together: one step for all, as short as the worst cell needs."""

from __future__ import annotations

import math
from typing import Any

from joulebook.battery.accepting import accept
from joulebook.battery.batch import one_case
from joulebook.battery.follow import begin_row
from joulebook.battery.layout import (
    ALREADY_PAST,
    CHARGE,
    CHEMICAL_ENERGY,
    CLOCK,
    CURRENT,
    CURRENTS,
    CURVES,
    END_TIME,
    ENDS_AT_ONCE,
    ENERGY,
    EVENT,
    FINISHED,
    FIRST_STEP,
    HEAD,
    HIGHEST_ORDER,
    HOLD_POWER,
    HOLD_VOLTAGE,
    LARGEST_STEP,
    LAST_MARGIN,
    LOST_POWER,
    MARK_CHARGE,
    MARK_CODE,
    MARK_CURRENT,
    MARK_END,
    MARK_ENERGY,
    MARK_EVENT,
    MARK_FIRST_ROW,
    MARK_RESISTANCE,
    MARK_STOP_ROW,
    MARK_TEMPERATURE,
    MARK_VOLTAGE,
    N_TOTAL,
    NEWTON_TOLERANCE,
    NO_START,
    OHMIC_HEAT,
    ORDER,
    POINTS,
    REACHED_EVENT,
    REACHED_TIME,
    RING,
    ROW,
    ROWS,
    RUNNING,
    SINCE,
    STALLED,
    STEP,
    STEP_TIME,
    STEPS,
    TAKEN,
    THROUGHPUT,
    TIME,
    TOTALS,
    TRACE_CHARGE,
    TRACE_CURRENT,
    TRACE_ENERGY,
    TRACE_FULL,
    TRACE_OHMIC,
    TRACE_ORDER,
    TRACE_ROW,
    TRACE_TEMPERATURE,
    TRACE_THROUGHPUT,
    TRACE_TIME,
    TRACE_VOLTAGE,
    TRIED_ORDER,
    UNDER_WAY,
    VOLTAGE,
    VOLTAGES,
    WARMTH,
)
from joulebook.battery.pack.limits import pack_margin
from joulebook.battery.pack.network import held_kind, held_target
from joulebook.battery.pack.trial import attempt_pack
from joulebook.battery.pack.wiring import (
    CONNECTION_HEAT,
    MARK_CELL,
    OPEN,
    OPENED,
    RESTS,
    SWITCH,
    TRACE_OPEN,
    TRIP_FELL,
    TRIPPED,
    WORST,
)
from joulebook.battery.step_control import local_error
from joulebook.battery.stepping import next_stop, shorten
from joulebook.numerics.bdf import step_factor
from joulebook.numerics.twins import separate

__all__ = ["follow_pack"]

EVENT_TOLERANCE = 1e-7
"""V."""
EVENT_NEWTON_TOLERANCE = 1e-9
"""In the search for an end, V."""
MOST_TRIALS = 40
"""Repeats of the last step in the search for its end."""
SOON = 1e-7
"""Shorter than any step, s."""
START_STEP = 1e-10
"""Length of the step that makes the start consistent, s."""
HELD_VOLTAGE_WEIGHT = 10.0
"""Where the voltage is held, the error is that of the current times the resistance, and currents get small."""


@separate
def largest_error(pack: Any, cells: Any, order: int, time: float) -> float:
    """Estimate the local error of the worst cell, over what is allowed.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`.
    cells : Arena
        Stacked, with a solved step.
    order : int
        Of the formula.
    time : float, s
        End of the step.

    Returns
    -------
    float
        1 is what is allowed.
    """
    largest = 0.0
    for k in range(pack.joints.shape[0]):
        largest = max(largest, local_error(one_case(cells, k), order, time, False))
    if held_kind(pack) == HOLD_VOLTAGE and cells.settings[0, CURVES] != 0.0:
        largest *= HELD_VOLTAGE_WEIGHT
    return largest


@separate
def choose_next_step(pack: Any, cells: Any, error: float, length: float) -> None:
    """Choose order and length of the next step from the errors of this one.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`; order and step are set.
    cells : Arena
        Stacked.
    error : float, 1
        Of this step over what is allowed.
    length : float, s
        Of this step.
    """
    run, settings = pack.run, pack.settings
    order = int(run[ORDER])
    time = run[TIME] + length
    best = order
    factor = step_factor(error, order)
    run[SINCE] += 1.0
    if run[SINCE] > order:
        if order > 1:
            lower = step_factor(largest_error(pack, cells, order - 1, time), order - 1)
            if lower > factor:
                best = order - 1
                factor = lower
        if order < int(settings[HIGHEST_ORDER]) and int(run[POINTS]) > order + 1:
            higher = step_factor(largest_error(pack, cells, order + 1, time), order + 1)
            if higher > 1.05 * factor:
                best = order + 1
                factor = higher
    if best != order:
        run[ORDER] = best
        run[SINCE] = 0.0
    run[STEP] = min(length * factor, settings[LARGEST_STEP])


@separate
def accept_pack(pack: Any, cells: Any, length: float) -> None:
    """Enter the solved step into all rings and hand it out.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`.
    cells : Arena
        Stacked.
    length : float, s
        Of the step.
    """
    run, trace = pack.run, pack.trace
    for k in range(pack.joints.shape[0]):
        accept(one_case(cells, k), length)
    run[LAST_MARGIN] = pack_margin(pack, cells)
    slot = (int(run[HEAD]) + 1) % RING
    run[TIME] += length
    run[HEAD] = slot
    run[POINTS] += 1.0
    run[CLOCK + slot] = run[TIME]
    run[VOLTAGES + slot] = run[VOLTAGE]
    run[CURRENTS + slot] = run[CURRENT]
    for k in range(N_TOTAL):
        run[TOTALS + slot * N_TOTAL + k] = run[TOTALS + RING * N_TOTAL + k]
    row = int(run[ROWS])
    totals = TOTALS + slot * N_TOTAL
    run[OHMIC_HEAT] = run[CONNECTION_HEAT]
    trace[row, TRACE_TIME] = run[TIME]
    trace[row, TRACE_VOLTAGE] = run[VOLTAGE]
    trace[row, TRACE_CURRENT] = run[CURRENT]
    trace[row, TRACE_CHARGE] = run[totals + CHARGE]
    trace[row, TRACE_ENERGY] = run[totals + ENERGY]
    trace[row, TRACE_THROUGHPUT] = run[totals + THROUGHPUT]
    trace[row, TRACE_TEMPERATURE] = run[totals + WARMTH]
    trace[row, TRACE_ROW] = run[ROW]
    trace[row, TRACE_OHMIC] = run[CONNECTION_HEAT]
    trace[row, TRACE_ORDER] = run[TRIED_ORDER]
    trace[row, TRACE_OPEN] = run[OPEN]
    run[ROWS] = row + 1.0


@separate
def start_pack(pack: Any, cells: Any) -> int:
    """Make potentials, reactions and currents of the first point consistent with the concentrations.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`.
    cells : Arena
        Stacked.

    Returns
    -------
    int
        0, or the status code of the failure.
    """
    run = pack.run
    head = int(run[HEAD])
    if held_kind(pack) != HOLD_VOLTAGE or run[OPEN] != 0.0:
        current = run[CURRENT]
        if run[OPEN] != 0.0:
            current = held_target(pack)
        run[CURRENTS + head] = current
    run[POINTS] = 1.0
    run[ORDER] = 1.0
    run[CLOCK + head] = run[TIME]
    for k in range(pack.joints.shape[0]):
        cells.run[k, POINTS] = 1.0
        cells.run[k, CLOCK + head] = run[TIME]
    if attempt_pack(pack, cells, START_STEP) != 0:
        return NO_START
    new = TOTALS + RING * N_TOTAL
    for j in range(N_TOTAL):
        run[new + j] = run[TOTALS + head * N_TOTAL + j]
        if j != CHEMICAL_ENERGY:
            for k in range(pack.joints.shape[0]):
                cells.run[k, new + j] = cells.run[k, TOTALS + head * N_TOTAL + j]
    if pack_margin(pack, cells) <= 0.0:
        return ALREADY_PAST
    run[POINTS] = 0.0
    for k in range(pack.joints.shape[0]):
        cells.run[k, POINTS] = 0.0
    accept_pack(pack, cells, 0.0)
    return 0


def set_newton_tolerance(cells: Any, tolerance: float) -> float:
    """Set the accuracy of the equations of all cells.

    Parameters
    ----------
    cells : Arena
        Stacked.
    tolerance : float, V
        Wanted.

    Returns
    -------
    float
        What it was, V.
    """
    before = cells.settings[0, NEWTON_TOLERANCE]
    for k in range(cells.settings.shape[0]):
        cells.settings[k, NEWTON_TOLERANCE] = tolerance
    return float(before)


@separate
def find_pack_end(pack: Any, cells: Any, length: float, before: float) -> float:
    """Find the length of the last step at which its end is met, by repeating it (Anderson–Björck).

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`; the step of the found length has been solved on return.
    cells : Arena
        Stacked.
    length : float, s
        At which the end was passed.
    before : float, V
        Margin at the beginning of the step.

    Returns
    -------
    float
        s; ``length`` itself if the end is not passed after all, negative if no end was found.
    """
    tolerance = set_newton_tolerance(cells, EVENT_NEWTON_TOLERANCE)
    found = -1.0
    trial = attempt_pack(pack, cells, length)
    f_b = pack_margin(pack, cells)
    if trial == 0 and f_b > -EVENT_TOLERANCE:
        found = length
    elif trial == 0:
        a = 0.0
        f_a = before
        b = length
        for _ in range(MOST_TRIALS):
            c = b - f_b * (b - a) / (f_b - f_a)
            if attempt_pack(pack, cells, c) != 0:
                break
            f_c = pack_margin(pack, cells)
            if abs(f_c) <= EVENT_TOLERANCE:
                found = c
                break
            if f_c * f_b < 0.0:
                a = b
                f_a = f_b
            else:
                share = 1.0 - f_c / f_b
                f_a *= share if share > 0.0 else 0.5
            b = c
            f_b = f_c
    set_newton_tolerance(cells, tolerance)
    return found


def switch_contactor(pack: Any) -> None:
    """Open or close the contactor where its schedule says so.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`.
    """
    run = pack.run
    while int(run[SWITCH]) < pack.switches.shape[0] and pack.switches[int(run[SWITCH])] <= run[TIME] + SOON:
        run[SWITCH] += 1.0
        run[OPEN] = 1.0 - run[OPEN]
        run[POINTS] = 0.0
        run[SINCE] = 0.0
        run[STEP] = pack.settings[FIRST_STEP]


@separate
def integrate_pack(pack: Any, cells: Any) -> int:
    """March until the protocol step's end, the end of the trace, or a number of steps.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`.
    cells : Arena
        Stacked.

    Returns
    -------
    int
        Status code.
    """
    settings, run = pack.settings, pack.run
    while run[TAKEN] < settings[STEPS]:
        if int(run[ROWS]) >= pack.trace.shape[0]:
            return TRACE_FULL
        switch_contactor(pack)
        if run[POINTS] == 0.0:
            status = start_pack(pack, cells)
            if status == ALREADY_PAST and run[TIME] > run[STEP_TIME]:
                return REACHED_EVENT
            if status != 0:
                return status
            continue
        length = run[STEP]
        wanted = length
        stop = next_stop(pack)
        if int(run[SWITCH]) < pack.switches.shape[0]:
            stop = min(stop, pack.switches[int(run[SWITCH])])
        left = stop - run[TIME]
        stops = length >= left * (1.0 - 1e-9)
        if stops:
            length = left
        elif length > 0.5 * left:
            length = 0.5 * left
        before = run[LAST_MARGIN]
        failed = attempt_pack(pack, cells, length)
        order = int(run[ORDER])
        error = 0.0
        known = int(run[POINTS]) > order
        if failed == 0 and known:
            error = largest_error(pack, cells, order, run[TIME] + length)
        tried = length
        if failed == 0 and error <= 1.0 and pack_margin(pack, cells) <= 0.0:
            length = find_pack_end(pack, cells, tried, before)
            failed = 1 if length < 0.0 else 0
            if failed == 0 and pack_margin(pack, cells) <= EVENT_TOLERANCE:
                accept_pack(pack, cells, length)
                return REACHED_EVENT
        if failed != 0 or error > 1.0:
            if not shorten(run, tried, failed, error):
                gone = held_kind(pack) == HOLD_POWER and held_target(pack) > 0.0
                return LOST_POWER if gone else STALLED
            continue
        if known:
            choose_next_step(pack, cells, error, length)
            if tried < wanted and run[STEP] < wanted:
                run[STEP] = min(wanted, 2.0 * run[STEP])
        accept_pack(pack, cells, length)
        run[TAKEN] += 1.0
        if stops and run[TIME] >= settings[END_TIME] - SOON:
            return REACHED_TIME
    return RUNNING


@separate
def end_pack_row(pack: Any, status: int) -> None:
    """Note how the protocol step ended.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`.
    status : int
        Status code of the step.
    """
    run, marks, trace = pack.run, pack.marks, pack.trace
    row = int(run[ROW])
    head = int(run[HEAD])
    totals = TOTALS + head * N_TOTAL
    first = int(marks[row, MARK_FIRST_ROW])
    marks[row, MARK_RESISTANCE] = math.nan
    if int(run[ROWS]) > first and row > 0:
        jump = marks[row, MARK_CURRENT] - trace[first, TRACE_CURRENT]
        if abs(jump) > 1e-9:
            marks[row, MARK_RESISTANCE] = (trace[first, TRACE_VOLTAGE] - marks[row, MARK_VOLTAGE]) / jump
    marks[row, MARK_END] = run[TIME]
    marks[row, MARK_CODE] = status
    marks[row, MARK_EVENT] = run[EVENT] if status in (REACHED_EVENT, ALREADY_PAST) else 0.0
    marks[row, MARK_VOLTAGE] = run[VOLTAGES + head]
    marks[row, MARK_CURRENT] = run[CURRENTS + head]
    marks[row, MARK_CHARGE] = run[totals + CHARGE] - marks[row, MARK_CHARGE]
    marks[row, MARK_ENERGY] = run[totals + ENERGY] - marks[row, MARK_ENERGY]
    marks[row, MARK_TEMPERATURE] = run[totals + WARMTH]
    marks[row, MARK_STOP_ROW] = run[ROWS]
    marks[row, MARK_CELL] = run[WORST] if marks[row, MARK_EVENT] != 0.0 else -1.0
    run[ROW] = row + 1.0
    run[UNDER_WAY] = 0.0


def follow_pack(pack: Any, cells: Any) -> int:
    """March through the protocol until its end, the end of the trace, or a number of steps.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`.
    cells : Arena
        Stacked.

    Returns
    -------
    int
        Status code: ``FINISHED``, or why the loop came back before.
    """
    run, settings = pack.run, pack.settings
    rests = int(settings[RESTS])
    while int(run[ROW]) < pack.rows.shape[0] - (0 if run[TRIPPED] != 0.0 else rests):
        if run[UNDER_WAY] == 0.0:
            begin_row(pack)
        status = integrate_pack(pack, cells)
        tripped = status in (REACHED_EVENT, ALREADY_PAST) and int(run[EVENT]) >= TRIP_FELL
        passed_over = status == ALREADY_PAST and settings[ENDS_AT_ONCE] != 0.0
        if tripped:
            end_pack_row(pack, REACHED_EVENT)
            run[TRIPPED] = 1.0
            if rests == 0:
                return OPENED
            run[ROW] = pack.rows.shape[0] - 1.0
        elif status in (REACHED_EVENT, REACHED_TIME) or passed_over:
            end_pack_row(pack, status)
        elif status == LOST_POWER:
            end_pack_row(pack, status)
            return LOST_POWER
        else:
            return status
    return OPENED if run[TRIPPED] != 0.0 else FINISHED
