"""March a cell and slightly different ones along the same steps: their differences are sensitivities.

Step lengths and orders are those of the first cell; only the last step of a protocol step has, in every cell, the
length at which its own end is met. So the differences are those of one and the same discrete solution, free of the
noise of step control, and carry the shift of the ends. Each cell starts its iteration from what the first one did:
its own extrapolation plus the first one's distance from its own. That guess errs by the product of two small
numbers, so one iteration settles it.

References
----------
Bock 1981, doi:10.1007/978-3-642-68220-9_8 (internal numerical differentiation: derivatives of the discrete solution).
"""

from __future__ import annotations

from typing import Any

from joulebook.battery.accepting import accept
from joulebook.battery.batch import one_case
from joulebook.battery.ends import margin
from joulebook.battery.follow import begin_row, end_row
from joulebook.battery.layout import (
    ALREADY_PAST,
    CLOCK,
    CURRENT,
    CURRENT_DENSITY,
    CURRENTS,
    DFN,
    DIFFERENCE,
    DIFFERENCE_HERE,
    ENDS_AT_ONCE,
    FINISHED,
    HEAD,
    LAST_MARGIN,
    MODEL,
    NO_START,
    ORDER,
    POINT,
    POINTS,
    REACHED_EVENT,
    REACHED_TIME,
    REACTION,
    RING,
    ROW,
    RUNNING,
    SALT,
    STALLED,
    STEPS,
    TAKEN,
    TIME,
    TRIED,
    TRIED_ORDER,
    UNDER_WAY,
)
from joulebook.battery.stepping import integrate, start
from joulebook.battery.trial import prepare, solve
from joulebook.numerics.bdf import extrapolation_weights
from joulebook.numerics.twins import separate

__all__ = ["follow_together"]

CLOSE = 1e-10
"""How near to the first cell's margin the others end, V."""
MOST_TRIALS = 8


def guess_from(arena: Any, base: Any, before: int, points: int, weights: Any) -> None:
    """Add to the first guess of a cell what the first cell's solution differed from its own first guess.

    Parameters
    ----------
    arena : Arena
        A cell whose step is prepared.
    base : Arena
        The first cell, which has accepted the step.
    before : int
        Slot of the first cell's point before the step.
    points : int
        Past points of its extrapolation.
    weights : ndarray, shape (≥ points,), 1
        Of that extrapolation.
    """
    work, reactions = arena.work, arena.reactions
    columns = 3 if int(base.settings[MODEL]) == DFN else 0
    slot = (before + 1) % RING
    for i in range(work.shape[0]):
        for k in range(columns):
            miss = base.past[slot, i, k]
            for q in range(points):
                miss -= weights[q] * base.past[(before - q) % RING, i, k]
            work[i, SALT + k] += miss
    for s in range(reactions.shape[0]):
        for place, k in ((REACTION, CURRENT_DENSITY), (DIFFERENCE_HERE, DIFFERENCE)):
            miss = base.states[slot, s, k]
            for q in range(points):
                miss -= weights[q] * base.states[(before - q) % RING, s, k]
            reactions[s, place] += miss
    miss = base.run[CURRENTS + slot]
    for q in range(points):
        miss -= weights[q] * base.run[CURRENTS + (before - q) % RING]
    arena.run[CURRENT] += miss


def repeat_step(arena: Any, base: Any, length: float, points: int, weights: Any) -> int:
    """Solve a cell's step of a given length from the first cell's solution.

    Parameters
    ----------
    arena : Arena
        A cell.
    base : Arena
        The first cell, which has accepted the step.
    length : float, s
        Of this cell's step.
    points : int
        Past points of the first cell's extrapolation.
    weights : ndarray, shape (≥ points,), 1
        Of that extrapolation.

    Returns
    -------
    int
        0 if it was solved, 1 if not.
    """
    arena.run[ORDER] = base.run[TRIED_ORDER]
    prepare(arena, length)
    guess_from(arena, base, (int(base.run[HEAD]) - 1) % RING, points, weights)
    return solve(arena)


@separate
def repeat(arena: Any, base: Any, ended: bool, weights: Any) -> int:
    """Take the first cell's last step with another cell.

    Parameters
    ----------
    arena : Arena
        A cell.
    base : Arena
        The first cell, which has accepted the step.
    ended : bool
        Whether an end was met in it: then this cell's step ends at its own.
    weights : ndarray, shape (≥ RING,), 1
        Workspace.

    Returns
    -------
    int
        0 if it was solved, 1 if not.
    """
    before = (int(base.run[HEAD]) - 1) % RING
    points = min(int(base.run[TRIED_ORDER]) + 1, max(1, int(base.run[POINTS]) - 1))
    extrapolation_weights(base.run[CLOCK : CLOCK + RING], before, points, base.run[TIME], weights)
    length = base.run[TRIED]
    arena.run[POINT] = base.run[POINT]
    if repeat_step(arena, base, length, points, weights) != 0:
        return 1
    if ended:
        a = length
        f_a = margin(arena) - base.run[LAST_MARGIN]
        b = length * (1.0 - 1e-4)
        for _ in range(MOST_TRIALS):
            if repeat_step(arena, base, b, points, weights) != 0:
                return 1
            f_b = margin(arena) - base.run[LAST_MARGIN]
            if abs(f_b) < CLOSE or f_b == f_a:
                break
            c = b - f_b * (b - a) / (f_b - f_a)
            a = b
            f_a = f_b
            b = c
        length = b
    accept(arena, length)
    return 0


def start_together(base: Any, others: Any) -> int:
    """Make the starts of all cells consistent.

    Parameters
    ----------
    base : Arena
        The first cell.
    others : Arena
        The other cells, the case first.

    Returns
    -------
    int
        0, or the status code of a failure.
    """
    status = start(base)
    if status != 0:
        return status
    accept(base, 0.0)
    for case in range(others.settings.shape[0]):
        if start(one_case(others, case)) == NO_START:
            return NO_START
        others.run[case, POINTS] = 0.0
        accept(one_case(others, case), 0.0)
    return 0


def follow_together(base: Any, others: Any, weights: Any) -> int:
    """March all cells through the protocol.

    Parameters
    ----------
    base : Arena
        The first cell; see :mod:`joulebook.battery.layout`.
    others : Arena
        The other cells, the case first.
    weights : ndarray, shape (≥ RING,), 1
        Workspace.

    Returns
    -------
    int
        Status code of the first cell, ``STALLED`` if another cannot follow.
    """
    run = base.run
    count = others.settings.shape[0]
    base.settings[STEPS] = 1.0
    while int(run[ROW]) < base.rows.shape[0]:
        if run[UNDER_WAY] == 0.0:
            begin_row(base)
            for case in range(count):
                begin_row(one_case(others, case))
            status = start_together(base, others)
            if status == ALREADY_PAST and base.settings[ENDS_AT_ONCE] != 0.0:
                end_row(base, status)
                for case in range(count):
                    end_row(one_case(others, case), status)
                continue
            if status != 0:
                return status
        run[TAKEN] = 0.0
        status = integrate(base)
        if status not in (RUNNING, REACHED_EVENT, REACHED_TIME):
            return status
        for case in range(count):
            if repeat(one_case(others, case), base, status == REACHED_EVENT, weights) != 0:
                return STALLED
        if status != RUNNING:
            end_row(base, status)
            for case in range(count):
                end_row(one_case(others, case), status)
    return FINISHED
