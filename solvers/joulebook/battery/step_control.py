"""How good a step was, and how long and of which order the next one shall be.

The local error is estimated on the voltage and, where it moves, on the salt concentration. Potentials and reactions
follow these without a memory of their own and are left out, as are particles: what they do shows in the voltage.
"""

from __future__ import annotations

from typing import Any

from joulebook.battery.layout import (
    AHEAD,
    CLOCK,
    DFN,
    HEAD,
    HIGHEST_ORDER,
    LARGEST_STEP,
    MODEL,
    ORDER,
    POINTS,
    RING,
    SALT,
    SALT_TOLERANCE,
    SINCE,
    STEP,
    TIME,
    VOLTAGE,
    VOLTAGE_TOLERANCE,
    VOLTAGES,
)
from joulebook.numerics.bdf import error_weight, extrapolation_weights, step_factor

__all__ = ["choose_next", "local_error"]


def local_error(settings: Any, past: Any, work: Any, run: Any, order: int, time: float) -> float:
    """Estimate the local error that a formula of some order makes, over what is allowed.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    past : ndarray, shape (n_ring, n_nodes, 4), mixed
        Ring of past points.
    work : ndarray, shape (n_nodes, 39), mixed
        The solved step.
    run : ndarray, shape (n_run,), mixed
        Scalars and rings; the weights of the extrapolation are changed.
    order : int
        Of the formula.
    time : float, s
        End of the step.

    Returns
    -------
    float
        1 is what is allowed.
    """
    head = int(run[HEAD])
    clock = run[CLOCK : CLOCK + RING]
    weights = run[AHEAD : AHEAD + RING]
    extrapolation_weights(clock, head, order + 1, time, weights)
    guess = 0.0
    for q in range(order + 1):
        guess += weights[q] * run[VOLTAGES + (head - q) % RING]
    error = abs(run[VOLTAGE] - guess) / settings[VOLTAGE_TOLERANCE]
    if int(settings[MODEL]) == DFN:
        for i in range(work.shape[0]):
            guess = 0.0
            for q in range(order + 1):
                guess += weights[q] * past[(head - q) % RING, i, 0]
            error = max(error, abs(work[i, SALT] - guess) / settings[SALT_TOLERANCE])
    return error * error_weight(clock, head, order, time)


def choose_next(settings: Any, past: Any, work: Any, run: Any, error: float, length: float) -> None:
    """Choose order and length of the next step from the errors of this one.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    past : ndarray, shape (n_ring, n_nodes, 4), mixed
        Ring of past points, before this step enters it.
    work : ndarray, shape (n_nodes, 39), mixed
        The solved step.
    run : ndarray, shape (n_run,), mixed
        Order and step are set.
    error : float, 1
        Of this step over what is allowed.
    length : float, s
        Of this step.
    """
    order = int(run[ORDER])
    points = int(run[POINTS])
    time = run[TIME] + length
    best = order
    factor = step_factor(error, order)
    run[SINCE] += 1.0
    if run[SINCE] > order:
        if order > 1:
            lower = step_factor(local_error(settings, past, work, run, order - 1, time), order - 1)
            if lower > factor:
                best = order - 1
                factor = lower
        if order < int(settings[HIGHEST_ORDER]) and points > order + 1:
            higher = step_factor(local_error(settings, past, work, run, order + 1, time), order + 1)
            if higher > 1.05 * factor:
                best = order + 1
                factor = higher
    if best != order:
        run[ORDER] = best
        run[SINCE] = 0.0
    run[STEP] = min(length * factor, settings[LARGEST_STEP])
