"""March a discretised cell through one protocol step: steps, orders, errors and the end.

One loop serves all models; what differs is the solve inside a step (:mod:`joulebook.battery.p2d`,
:mod:`joulebook.battery.spm`). It works on arrays that the caller owns (:mod:`joulebook.battery.layout`), can be
stopped after some steps and taken up again, and returns a status code.

Time: backward differentiation of order 1 to 4 on the actual grid of times. The local error is controlled on the
voltage, the salt concentration and the temperature. The start is a consistent state: a step of 0.1 ns. An end at a
voltage, a current, a charge, a temperature or a potential is found by repeating the last step with other lengths
(Anderson–Björck), so it is a point of the solution, not of an interpolation.
"""

from __future__ import annotations

from typing import Any

from joulebook.battery.accepting import accept
from joulebook.battery.ends import margin, physical_limit, salt_floor
from joulebook.battery.layout import (
    ALREADY_PAST,
    CHEMICAL_ENERGY,
    CLOCK,
    CONTROL,
    CURRENT,
    CURRENTS,
    END_TIME,
    EVENT,
    EVENT_NONE,
    HEAD,
    HOLD_POWER,
    LAST_MARGIN,
    LIMITED,
    LOST_POWER,
    N_TOTAL,
    NEWTON_TOLERANCE,
    NO_START,
    ORDER,
    POINT,
    POINTS,
    REACHED_EVENT,
    REACHED_TIME,
    REJECTED,
    RING,
    ROW,
    ROWS,
    RUNNING,
    SALT_FLOOR,
    STALLED,
    STEP,
    STEP_TIME,
    STEPS,
    TAKEN,
    TARGET,
    TIME,
    TOTALS,
    TRACE_FULL,
)
from joulebook.battery.schedule import SERIES_FIRST, SERIES_STOP
from joulebook.battery.step_control import choose_next, local_error
from joulebook.battery.trial import attempt
from joulebook.numerics.bdf import step_factor
from joulebook.numerics.twins import separate

__all__ = ["integrate"]

EVENT_TOLERANCE = 1e-7
"""V."""
EVENT_NEWTON_TOLERANCE = 1e-9
"""In the search for the end, so that the voltage is a smooth function of the length of the step, V."""
MOST_TRIALS = 40
"""Repeats of the last step in the search for its end."""
SHORTEST_STEP = 1e-7
"""s."""
START_STEP = 1e-10
"""Length of the step that makes the start consistent, s."""
START_SHARE = 1e-12
"""The same over the time that has passed, which must change by it."""


@separate
def find_end(arena: Any, length: float, before: float) -> float:
    """Find the length of the last step at which its end is met.

    The step is solved once more, to more digits; if the end is not passed then, the step stands as it is.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`; the step of the found length has been solved on return.
    length : float, s
        At which the end was passed.
    before : float, V
        Margin at the beginning of the step.

    Returns
    -------
    float
        s; ``length`` itself if the end is not passed after all, negative if no end was found.
    """
    settings = arena.settings
    tolerance = settings[NEWTON_TOLERANCE]
    settings[NEWTON_TOLERANCE] = EVENT_NEWTON_TOLERANCE
    found = -1.0
    trial = attempt(arena, length)
    f_b = margin(arena)
    if trial != 0 or f_b > 0.0:
        settings[NEWTON_TOLERANCE] = tolerance
        return length if trial == 0 else -1.0
    if f_b > -EVENT_TOLERANCE:
        settings[NEWTON_TOLERANCE] = tolerance
        return length
    shortest = max(SHORTEST_STEP, START_SHARE * arena.run[TIME])
    a = 0.0
    f_a = before
    b = length
    for _ in range(MOST_TRIALS):
        c = b - f_b * (b - a) / (f_b - f_a)
        if c < shortest:
            # the last accepted point, solved to fewer digits, was already there
            if attempt(arena, shortest) == 0 and margin(arena) <= EVENT_TOLERANCE:
                found = shortest
                break
            c = shortest
        if attempt(arena, c) != 0:
            break
        f_c = margin(arena)
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
    settings[NEWTON_TOLERANCE] = tolerance
    return found


@separate
def start(arena: Any) -> int:
    """Make potentials and reactions of the first point consistent with its concentrations.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.

    Returns
    -------
    int
        0, or the status code of the failure.
    """
    run = arena.run
    head = int(run[HEAD])
    run[POINTS] = 1.0
    run[ORDER] = 1.0
    run[SALT_FLOOR] = salt_floor(arena)
    run[CLOCK + head] = run[TIME]
    run[CURRENTS + head] = run[CURRENT]
    if attempt(arena, max(START_STEP, START_SHARE * run[TIME])) != 0:
        return NO_START
    for k in range(N_TOTAL):
        if k != CHEMICAL_ENERGY:
            run[TOTALS + RING * N_TOTAL + k] = run[TOTALS + head * N_TOTAL + k]
    if margin(arena) <= 0.0:
        return ALREADY_PAST
    run[POINTS] = 0.0
    return 0


def shorten(run: Any, length: float, failed: int, error: float) -> bool:
    """Shorten the next step after one that was not good.

    Parameters
    ----------
    run : ndarray, shape (n_run,), mixed
        Step and order are set.
    length : float, s
        That was tried.
    failed : int
        1 if it could not be solved.
    error : float, 1
        Its error over what is allowed, if it was solved.

    Returns
    -------
    bool
        Whether the step is still long enough to go on.
    """
    run[REJECTED] += 1.0
    if failed != 0:
        run[STEP] = 0.25 * length
        run[ORDER] = 1.0
    else:
        run[STEP] = length * min(0.9, step_factor(error, int(run[ORDER])))
    return bool(run[STEP] >= SHORTEST_STEP)


def next_stop(arena: Any) -> float:
    """Time that the next step may not pass: the end, or a corner of the series that is followed.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`; the point of the series moves on.

    Returns
    -------
    float
        s.
    """
    run = arena.run
    row = int(run[ROW])
    stop = arena.settings[END_TIME]
    if arena.rows[row, SERIES_FIRST] >= 0.0:
        point = int(run[POINT])
        last = int(arena.rows[row, SERIES_STOP]) - 1
        while point < last and run[STEP_TIME] + arena.series[point, 0] <= run[TIME] + SHORTEST_STEP:
            point += 1
        run[POINT] = point
        stop = min(stop, run[STEP_TIME] + arena.series[point, 0])
    return float(stop)


@separate
def integrate(arena: Any) -> int:
    """March until the protocol step's end, the end of ``trace``, or a number of steps.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.

    Returns
    -------
    int
        Status code.
    """
    settings, run = arena.settings, arena.run
    if run[POINTS] == 0.0:
        if int(run[ROWS]) >= arena.trace.shape[0]:
            return TRACE_FULL
        status = start(arena)
        if status != 0:
            return status
        accept(arena, 0.0)
    while run[TAKEN] < settings[STEPS]:
        if int(run[ROWS]) >= arena.trace.shape[0]:
            return TRACE_FULL
        length = run[STEP]
        wanted = length
        left = next_stop(arena) - run[TIME]
        stops = length >= left * (1.0 - 1e-9)
        if stops:
            length = left
        elif length > 0.5 * left:
            length = 0.5 * left
        before = run[LAST_MARGIN]
        failed = attempt(arena, length)
        order = int(run[ORDER])
        error = 0.0
        known = int(run[POINTS]) > order
        if failed == 0 and known:
            error = local_error(arena, order, run[TIME] + length, True)
        tried = length
        if failed == 0 and error <= 1.0 and margin(arena) <= 0.0:
            length = find_end(arena, tried, before)
            failed = 1 if length < 0.0 else 0
            if failed == 0 and margin(arena) <= EVENT_TOLERANCE:
                accept(arena, length)
                return REACHED_EVENT
        if failed != 0 or error > 1.0:
            if not shorten(run, tried, failed, error):
                run[EVENT] = physical_limit(arena)
                if run[EVENT] != EVENT_NONE:
                    return LIMITED
                gone = int(settings[CONTROL]) == HOLD_POWER and settings[TARGET] > 0.0
                return LOST_POWER if gone else STALLED
            continue
        if known:
            choose_next(arena, error, length)
            if tried < wanted and run[STEP] < wanted:
                run[STEP] = min(wanted, 2.0 * run[STEP])
        accept(arena, length)
        run[TAKEN] += 1.0
        if stops and run[TIME] >= settings[END_TIME] - SHORTEST_STEP:
            return REACHED_TIME
    return RUNNING
