"""March a discretised cell through one protocol step: steps, orders, errors and the end at a voltage.

One loop serves both models; what differs is the solve inside a step (:mod:`joulebook.battery.p2d`,
:mod:`joulebook.battery.spm`). It works on arrays that the caller owns (:mod:`joulebook.battery.layout`), can be
stopped after some steps and taken up again, and returns a status code.

Time: backward differentiation of order 1 to 4 on the actual grid of times. The local error is controlled on the
voltage and the salt concentration. The start is a consistent state: a step of 0.1 ns. The end at a voltage is
found by repeating the last step with other lengths (Anderson–Björck), so it is a point of the solution, not of an
interpolation.
"""

from __future__ import annotations

import math
from typing import Any

from joulebook.battery.layout import (
    ALREADY_PAST,
    CHARGE,
    CHARGES,
    CLOCK,
    CONTROL,
    CURRENT,
    CURRENTS,
    END_TIME,
    EVENT_SIGN,
    EVENT_VOLTAGE,
    GROUP,
    HEAD,
    HOLD_POWER,
    LOST_POWER,
    N_PAST,
    NEWTON_TOLERANCE,
    NO_START,
    ORDER,
    PARTICLE,
    POINTS,
    REACHED_TIME,
    REACHED_VOLTAGE,
    REACTION,
    REJECTED,
    RING,
    ROWS,
    RUNNING,
    SALT,
    STALLED,
    STEP,
    STEPS,
    SURFACE_HISTORY,
    SURFACE_SLOPE,
    TARGET,
    TIME,
    TRACE_FULL,
    VOLTAGE,
    VOLTAGES,
)
from joulebook.battery.particles import complete
from joulebook.battery.step_control import choose_next, local_error
from joulebook.battery.trial import attempt
from joulebook.numerics.bdf import step_factor

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


def accept(
    nodes: Any,
    shells: Any,
    past: Any,
    concentration: Any,
    work: Any,
    run: Any,
    trace: Any,
    profiles: Any,
    length: float,
) -> None:
    """Enter the solved step into the rings and hand it out.

    Parameters
    ----------
    nodes, shells, past, concentration, work, run, trace, profiles : ndarray, mixed
        As for :func:`integrate`.
    length : float, s
        Of the step.
    """
    slot = (int(run[HEAD]) + 1) % RING
    row = int(run[ROWS])
    store = profiles.shape[0] > row
    for i in range(nodes.shape[0]):
        for k in range(N_PAST):
            past[slot, i, k] = work[i, SALT + k]
        particle = int(nodes[i, PARTICLE])
        if particle >= 0:
            complete(shells, int(nodes[i, GROUP]), concentration, slot, particle, work[i, REACTION])
        if store:
            for k in range(N_PAST):
                profiles[row, i, k] = work[i, SALT + k]
            profiles[row, i, N_PAST] = math.nan
            if particle >= 0:
                profiles[row, i, N_PAST] = work[i, SURFACE_HISTORY] + work[i, SURFACE_SLOPE] * work[i, REACTION]
    run[TIME] += length
    run[HEAD] = slot
    run[POINTS] += 1.0
    run[CLOCK + slot] = run[TIME]
    run[VOLTAGES + slot] = run[VOLTAGE]
    run[CURRENTS + slot] = run[CURRENT]
    run[CHARGES + slot] = run[CHARGE]
    trace[row, 0] = run[TIME]
    trace[row, 1] = run[VOLTAGE]
    trace[row, 2] = run[CURRENT]
    trace[row, 3] = run[CHARGE]
    run[ROWS] = row + 1.0


def margin(settings: Any, run: Any) -> float:
    """Distance of the voltage from the level that ends the step.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    run : ndarray, shape (n_run,), mixed
        Holds the voltage.

    Returns
    -------
    float
        V; positive before the end.
    """
    return float(settings[EVENT_SIGN] * (run[VOLTAGE] - settings[EVENT_VOLTAGE]))


def find_end(
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
) -> float:
    """Find the length of the last step at which the voltage meets its level.

    The step is solved once more, to more digits; if the level is not passed then, the step stands as it is.

    Parameters
    ----------
    settings, nodes, shells, ocp, electrolyte, past, concentration, work, run : ndarray, mixed
        As for :func:`integrate`; the step of the found length has been solved on return.
    length : float, s
        At which the level was passed.

    Returns
    -------
    float
        s; ``length`` itself if the level is not passed after all, negative if no end was found.
    """
    tolerance = settings[NEWTON_TOLERANCE]
    settings[NEWTON_TOLERANCE] = EVENT_NEWTON_TOLERANCE
    found = -1.0
    trial = attempt(settings, nodes, shells, ocp, electrolyte, past, concentration, work, run, length)
    if trial != 0 or margin(settings, run) > 0.0:
        settings[NEWTON_TOLERANCE] = tolerance
        return length if trial == 0 else -1.0
    a = 0.0
    f_a = settings[EVENT_SIGN] * (run[VOLTAGES + int(run[HEAD])] - settings[EVENT_VOLTAGE])
    b = length
    f_b = margin(settings, run)
    for _ in range(MOST_TRIALS):
        c = b - f_b * (b - a) / (f_b - f_a)
        if attempt(settings, nodes, shells, ocp, electrolyte, past, concentration, work, run, c) != 0:
            break
        f_c = margin(settings, run)
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


def start(
    settings: Any,
    nodes: Any,
    shells: Any,
    ocp: Any,
    electrolyte: Any,
    past: Any,
    concentration: Any,
    work: Any,
    run: Any,
) -> int:
    """Make potentials and reactions of the first point consistent with its concentrations.

    Parameters
    ----------
    settings, nodes, shells, ocp, electrolyte, past, concentration, work, run : ndarray, mixed
        As for :func:`integrate`.

    Returns
    -------
    int
        0, or the status code of the failure.
    """
    head = int(run[HEAD])
    run[POINTS] = 1.0
    run[ORDER] = 1.0
    run[CLOCK + head] = run[TIME]
    run[CURRENTS + head] = run[CURRENT]
    run[CHARGES + head] = run[CHARGE]
    charge = run[CHARGE]
    if attempt(settings, nodes, shells, ocp, electrolyte, past, concentration, work, run, START_STEP) != 0:
        return NO_START
    run[CHARGE] = charge
    if margin(settings, run) <= 0.0:
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


def integrate(
    settings: Any,
    nodes: Any,
    shells: Any,
    ocp: Any,
    electrolyte: Any,
    past: Any,
    concentration: Any,
    work: Any,
    run: Any,
    trace: Any,
    profiles: Any,
) -> int:
    """March until the step's end, the end of ``trace``, or a number of steps.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        Cell, protocol step and accuracy.
    nodes : ndarray, shape (n_nodes, 10), mixed
        Node properties.
    shells : ndarray, shape (n_groups, n_r + 2, 6), mixed
        Radial meshes.
    ocp : ndarray, shape (n + 1, 2 n_materials), V
        Open-circuit potentials over stoichiometry 0 to 1.
    electrolyte : ndarray, shape (n + 1, 4), m²/s and S/m
        Diffusivity and conductivity over salt concentration from 0.
    past : ndarray, shape (n_ring, n_nodes, 4), mixed
        Ring of past points; the slot ``HEAD`` holds the start.
    concentration : ndarray, shape (n_ring, n_r, n_particles), mol/m³
        Ring of past concentrations; the slot ``HEAD`` holds the start.
    work : ndarray, shape (n_nodes, 39), mixed
        Workspace.
    run : ndarray, shape (n_run,), mixed
        Scalars and rings.
    trace : ndarray, shape (n_rows, 4), mixed
        Filled with time, voltage, current and charge.
    profiles : ndarray, shape (n_rows or 0, n_nodes, 5), mixed
        Filled with c_e, phi_e, phi_s, j and surface concentration.

    Returns
    -------
    int
        Status code.
    """
    if run[POINTS] == 0.0:
        status = start(settings, nodes, shells, ocp, electrolyte, past, concentration, work, run)
        if status != 0:
            return status
        accept(nodes, shells, past, concentration, work, run, trace, profiles, 0.0)
    taken = 0
    while taken < int(settings[STEPS]):
        if int(run[ROWS]) >= trace.shape[0]:
            return TRACE_FULL
        length = run[STEP]
        left = settings[END_TIME] - run[TIME]
        last = length >= left * (1.0 - 1e-9)
        if last:
            length = left
        failed = attempt(settings, nodes, shells, ocp, electrolyte, past, concentration, work, run, length)
        order = int(run[ORDER])
        error = 0.0
        known = int(run[POINTS]) > order
        if failed == 0 and known:
            error = local_error(settings, past, work, run, order, run[TIME] + length)
        tried = length
        if failed == 0 and error <= 1.0 and margin(settings, run) <= 0.0:
            length = find_end(settings, nodes, shells, ocp, electrolyte, past, concentration, work, run, tried)
            failed = 1 if length < 0.0 else 0
            if failed == 0 and margin(settings, run) <= EVENT_TOLERANCE:
                accept(nodes, shells, past, concentration, work, run, trace, profiles, length)
                return REACHED_VOLTAGE
        if failed != 0 or error > 1.0:
            if not shorten(run, tried, failed, error):
                gone = int(settings[CONTROL]) == HOLD_POWER and settings[TARGET] > 0.0
                return LOST_POWER if gone else STALLED
            continue
        if known:
            choose_next(settings, past, work, run, error, length)
        accept(nodes, shells, past, concentration, work, run, trace, profiles, length)
        taken += 1
        if last:
            return REACHED_TIME
    return RUNNING
