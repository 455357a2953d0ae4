"""Follow a protocol: one protocol step after the other, without returning to Python in between."""

from __future__ import annotations

import math
from typing import Any

from joulebook.battery.accepting import ageing_figures
from joulebook.battery.layout import (
    ALREADY_PAST,
    CHARGE,
    CONTROL,
    CURRENT,
    CURRENTS,
    END_TIME,
    ENDS_AT_ONCE,
    ENERGY,
    EVENT,
    FINISHED,
    FIRST_STEP,
    HEAD,
    HOLD_CURRENT,
    HOLD_POWER,
    HOLD_RESISTANCE,
    LIMITED,
    LOST_POWER,
    MARK_AGEING,
    MARK_CHARGE,
    MARK_CODE,
    MARK_CURRENT,
    MARK_END,
    MARK_ENERGY,
    MARK_EVENT,
    MARK_FIRST_ROW,
    MARK_RESISTANCE,
    MARK_START,
    MARK_STOP_ROW,
    MARK_TEMPERATURE,
    MARK_VOLTAGE,
    N_TOTAL,
    POINT,
    POINTS,
    REACHED_EVENT,
    REACHED_TIME,
    ROW,
    ROWS,
    SIDE_REACTIONS,
    SINCE,
    STEP,
    STEP_CHARGE,
    STEP_TIME,
    TARGET,
    THROUGHPUT,
    TIME,
    TOTALS,
    TRACE_CURRENT,
    TRACE_VOLTAGE,
    UNDER_WAY,
    VOLTAGES,
    WARMTH,
)
from joulebook.battery.schedule import DURATION, HELD, SERIES_FIRST, VALUE
from joulebook.battery.stepping import integrate
from joulebook.numerics.twins import separate

__all__ = ["follow"]

SMALLEST_JUMP = 1e-4
"""Of the current, over the current, from which a resistance can be told."""


@separate
def begin_row(arena: Any) -> None:
    """Set what the next protocol step holds.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.
    """
    settings, run, rows = arena.settings, arena.run, arena.rows
    row = int(run[ROW])
    head = int(run[HEAD])
    totals = TOTALS + head * N_TOTAL
    settings[CONTROL] = rows[row, HELD]
    settings[TARGET] = rows[row, VALUE]
    settings[END_TIME] = run[TIME] + rows[row, DURATION]
    run[STEP_TIME] = run[TIME]
    run[STEP_CHARGE] = run[totals + THROUGHPUT]
    run[STEP] = min(settings[FIRST_STEP], 0.1 * rows[row, DURATION])
    run[POINTS] = 0.0
    run[SINCE] = 0.0
    if rows[row, SERIES_FIRST] >= 0.0:
        run[POINT] = rows[row, SERIES_FIRST]
        settings[TARGET] = rows[row, VALUE] * arena.series[int(rows[row, SERIES_FIRST]), 1]
    kind = int(settings[CONTROL])
    voltage = run[VOLTAGES + head]
    if kind == HOLD_CURRENT:
        run[CURRENT] = settings[TARGET]
    elif kind == HOLD_POWER:
        run[CURRENT] = settings[TARGET] / max(voltage, 0.1)
    elif kind == HOLD_RESISTANCE:
        run[CURRENT] = voltage / settings[TARGET]
    arena.marks[row, MARK_START] = run[TIME]
    arena.marks[row, MARK_FIRST_ROW] = run[ROWS]
    arena.marks[row, MARK_CHARGE] = run[totals + CHARGE]
    arena.marks[row, MARK_ENERGY] = run[totals + ENERGY]
    arena.marks[row, MARK_CURRENT] = run[CURRENTS + head]
    arena.marks[row, MARK_VOLTAGE] = voltage
    run[UNDER_WAY] = 1.0


@separate
def end_row(arena: Any, status: int) -> None:
    """Note how the protocol step ended.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.
    status : int
        Status code of the step.
    """
    run, marks, trace = arena.run, arena.marks, arena.trace
    row = int(run[ROW])
    head = int(run[HEAD])
    totals = TOTALS + head * N_TOTAL
    first = int(marks[row, MARK_FIRST_ROW])
    marks[row, MARK_RESISTANCE] = math.nan
    if int(run[ROWS]) > first:
        jump = marks[row, MARK_CURRENT] - trace[first, TRACE_CURRENT]
        if abs(jump) > SMALLEST_JUMP * abs(trace[first, TRACE_CURRENT]) + 1e-9:
            marks[row, MARK_RESISTANCE] = (trace[first, TRACE_VOLTAGE] - marks[row, MARK_VOLTAGE]) / jump
    marks[row, MARK_END] = run[TIME]
    marks[row, MARK_CODE] = status
    marks[row, MARK_EVENT] = run[EVENT] if status in (REACHED_EVENT, ALREADY_PAST, LIMITED) else 0.0
    marks[row, MARK_VOLTAGE] = run[VOLTAGES + head]
    marks[row, MARK_CURRENT] = run[CURRENTS + head]
    marks[row, MARK_CHARGE] = run[totals + CHARGE] - marks[row, MARK_CHARGE]
    marks[row, MARK_ENERGY] = run[totals + ENERGY] - marks[row, MARK_ENERGY]
    marks[row, MARK_TEMPERATURE] = run[totals + WARMTH]
    marks[row, MARK_STOP_ROW] = run[ROWS]
    if arena.settings[SIDE_REACTIONS] != 0.0:
        ageing_figures(arena, head, marks[row], MARK_AGEING)
    run[ROW] = row + 1.0
    run[UNDER_WAY] = 0.0


def follow(arena: Any) -> int:
    """March through the protocol until its end, the end of ``trace``, or a number of steps.

    Parameters
    ----------
    arena : Arena
        See :mod:`joulebook.battery.layout`.

    Returns
    -------
    int
        Status code: ``FINISHED``, or why the loop came back before.
    """
    run = arena.run
    while int(run[ROW]) < arena.rows.shape[0]:
        if run[UNDER_WAY] == 0.0:
            begin_row(arena)
        status = integrate(arena)
        passed_over = status == ALREADY_PAST and arena.settings[ENDS_AT_ONCE] != 0.0
        if status in (REACHED_EVENT, REACHED_TIME, LIMITED) or passed_over:
            end_row(arena, status)
        elif status == LOST_POWER:
            end_row(arena, status)
            return LOST_POWER
        else:
            return status
    return FINISHED
