"""How far a solution is from the exact one of its equations: the difference from a coarser solve.

Space is of second order, and the coarser solve has half the mesh and four times the tolerance in time. So its
distance to the finer one is about three times the error of the finer one, where both errors shrink as they should;
the estimate is that distance over three.
"""

from __future__ import annotations

import numpy as np

from joulebook.battery import between
from joulebook.battery import layout as at
from joulebook.battery import schedule as column
from joulebook.battery.march import March
from joulebook.battery.schedule import Schedule

__all__ = ["PROMISES", "difference", "promised"]

PROMISES = {"fast": 5e-3, "standard": 1.5e-3, "reference": 1.5e-4}
"""Largest estimated error of the voltage that an accuracy stands for, V; a mesh that misses it is refined."""
_SHARE = 3.0
_POINTS = 60
_LATE = 0.97
"""Voltages are compared over this part of each step: near a cut-off they fall too steeply to mean anything, and the
time of the end says it better."""
_EARLY = 0.02


def promised(accuracy: str) -> float:
    """Largest estimated error that an accuracy stands for.

    Parameters
    ----------
    accuracy : str
        One of the named accuracies.

    Returns
    -------
    float
        V.
    """
    return PROMISES[accuracy]


def difference(fine: March, coarse: March, schedule: Schedule) -> dict[str, float]:
    """Estimate the error of a solution from a coarser one.

    Parameters
    ----------
    fine, coarse : March
        Two solves of the same study.
    schedule : Schedule
        The protocol.

    Returns
    -------
    dict of str to float
        ``voltage`` and ``largest_voltage`` in V, ``capacity`` in A h: the largest difference of the charge of a step.
    """
    done = min(int(march.arena.run[at.ROW]) for march in (fine, coarse))
    followed = frozenset(np.flatnonzero(schedule.rows[:, column.SERIES_FIRST] >= 0).tolist())
    squares, count, largest, capacity = 0.0, 0, 0.0, 0.0
    for row in _sampled(done):
        marks = [march.arena.marks[row] for march in (fine, coarse)]
        capacity = max(capacity, abs(marks[0][at.MARK_CHARGE] - marks[1][at.MARK_CHARGE]))
        length = min(mark[at.MARK_END] - mark[at.MARK_START] for mark in marks)
        leapt = any(mark[at.MARK_STOP_ROW] <= mark[at.MARK_FIRST_ROW] for mark in marks)
        if leapt or length <= 0.0 or schedule.rows[row, column.HELD] == at.HOLD_VOLTAGE:
            continue
        since = np.linspace(_EARLY, _LATE, _POINTS) * length
        curves = []
        for march, mark in zip((fine, coarse), marks, strict=True):
            part = march.trace[int(mark[at.MARK_FIRST_ROW]) : int(mark[at.MARK_STOP_ROW])]
            times = part[:, at.TRACE_TIME] - mark[at.MARK_START]
            straight = np.zeros(times.size) if row in followed else None
            curves.append(
                between.values_at(
                    times, part[:, at.TRACE_VOLTAGE], since, straight, frozenset({0} if row in followed else ())
                )
            )
        miss = np.abs(curves[0] - curves[1])
        squares += float(np.sum(miss**2))
        count += miss.size
        largest = max(largest, float(miss.max()))
    return {
        "voltage": float(np.sqrt(squares / max(count, 1))) / _SHARE,
        "largest_voltage": largest / _SHARE,
        "capacity": capacity / _SHARE,
    }


def _sampled(done: int) -> list[int]:
    """Steps that are compared: all of a short protocol, evenly spread ones of a long one."""
    return sorted({round(k) for k in np.linspace(0, done - 1, min(done, 60))}) if done else []
