"""One step of a given length: weights, particles, first guess, solve. Nothing is accepted yet."""

from __future__ import annotations

from typing import Any

from joulebook.battery.layout import (
    AHEAD,
    CHARGE,
    CHARGES,
    CLOCK,
    CONTROL,
    CURRENT,
    CURRENTS,
    DFN,
    GROUP,
    HEAD,
    HOLD_CURRENT,
    MODEL,
    N_PAST,
    ORDER,
    PARTICLE,
    POINTS,
    RING,
    SALT,
    SALT_HISTORY,
    SURFACE_HISTORY,
    SURFACE_RESPONSE,
    SURFACE_SLOPE,
    TARGET,
    TIME,
    WEIGHTS,
)
from joulebook.battery.p2d import newton
from joulebook.battery.particles import factorise, surface_share, sweep
from joulebook.battery.spm import solve_particles
from joulebook.numerics.bdf import MAX_ORDER, derivative_weights, extrapolation_weights

__all__ = ["attempt"]


def extrapolate(settings: Any, past: Any, work: Any, run: Any, points: int, time: float) -> None:
    """First guess of the iterate and the current from past points.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    past : ndarray, shape (n_ring, n_nodes, 4), mixed
        Ring of past points.
    work : ndarray, shape (n_nodes, 39), mixed
        Columns ``SALT`` to ``REACTION`` are filled.
    run : ndarray, shape (n_run,), mixed
        Current is set.
    points : int
        Past points to use.
    time : float, s
        Where to.
    """
    head = int(run[HEAD])
    weights = run[AHEAD : AHEAD + RING]
    extrapolation_weights(run[CLOCK : CLOCK + RING], head, points, time, weights)
    for i in range(work.shape[0]):
        for k in range(N_PAST):
            work[i, SALT + k] = weights[0] * past[head, i, k]
    current = weights[0] * run[CURRENTS + head]
    for q in range(1, points):
        slot = (head - q) % RING
        current += weights[q] * run[CURRENTS + slot]
        for i in range(work.shape[0]):
            for k in range(N_PAST):
                work[i, SALT + k] += weights[q] * past[slot, i, k]
    for i in range(work.shape[0]):
        if int(settings[MODEL]) == DFN:
            work[i, SALT] = max(work[i, SALT], 0.1 * past[head, i, 0])
        else:
            work[i, SALT] = past[head, i, 0]
    if int(settings[CONTROL]) == HOLD_CURRENT:
        current = settings[TARGET]
    run[CURRENT] = current


def attempt(
    settings: Any,
    nodes: Any,
    shells: Any,
    ocp: Any,
    electrolyte: Any,
    past: Any,
    concentration: Any,
    work: Any,
    run: Any,
    length: float,
) -> int:
    """Solve one step of a given length, without accepting it.

    Parameters
    ----------
    settings, nodes, shells, ocp, electrolyte, past, concentration, work, run : ndarray, mixed
        As for :func:`integrate`.
    length : float, s
        Of the step.

    Returns
    -------
    int
        0 if it was solved, 1 if not.
    """
    head = int(run[HEAD])
    order = int(run[ORDER])
    time = run[TIME] + length
    weights = run[WEIGHTS : WEIGHTS + MAX_ORDER + 1]
    derivative_weights(run[CLOCK : CLOCK + RING], head, order, time, weights)
    for group in range(shells.shape[0]):
        factorise(shells, group, weights[0])
        sweep(shells, group, concentration, head, order, weights)
    extrapolate(settings, past, work, run, min(order + 1, int(run[POINTS])), time)
    n_r = shells.shape[1] - 2
    new = (head + 1) % RING
    for i in range(nodes.shape[0]):
        history = 0.0
        for q in range(order):
            history += weights[q + 1] * past[(head - q) % RING, i, 0]
        work[i, SALT_HISTORY] = history
        particle = int(nodes[i, PARTICLE])
        if particle >= 0:
            group = int(nodes[i, GROUP])
            work[i, SURFACE_HISTORY] = surface_share(shells, group, concentration, new, particle)
            work[i, SURFACE_SLOPE] = shells[group, n_r, SURFACE_RESPONSE]
    if int(settings[MODEL]) == DFN:
        failed = newton(settings, nodes, ocp, electrolyte, work, run)
    else:
        failed = solve_particles(settings, nodes, ocp, work, run)
    charge = run[CURRENT] / 3600.0
    for q in range(order):
        charge -= weights[q + 1] * run[CHARGES + (head - q) % RING]
    run[CHARGE] = charge / weights[0]
    return failed
