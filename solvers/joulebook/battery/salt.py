r"""Salt in the electrolyte of the single-particle model: an even reaction in each electrode.

.. math:: \partial_t (\epsilon c_e) = \partial_x (D_e \epsilon^b \partial_x c_e) + (1 - t_+) a j / F

with :math:`a j = \pm I / (A L)`. The diffusivity is taken at the concentrations extrapolated from past points, so a
step is one tridiagonal system with two right-hand sides: the salt at the guessed current and its change with the
current.
"""

from __future__ import annotations

import math
from typing import Any

from joulebook.battery.layout import (
    ACTIVITY,
    AMOUNT_HISTORY,
    AREA,
    CARRIED,
    CURRENT,
    DIFFUSIVITY,
    ELECTRODE,
    HALF_THERMAL,
    OPENNESS,
    PER_FARADAY,
    SALT,
    SALT_ACTIVITY,
    SALT_CONDUCTIVITY,
    SALT_DIFFUSIVITY,
    SALT_SHARE,
    SALTS_WIDTH,
    SOLID,
    TRANSPORT,
    WEIGHTS,
    WIDTH,
)
from joulebook.battery.p2d import activity_properties
from joulebook.numerics.tables import value_in_table
from joulebook.numerics.twins import separate

__all__ = ["electrolyte_drop", "layer_depths", "solve_salt"]


def layer_depths(nodes: Any) -> tuple[float, float]:
    """Thickness of the two electrodes.

    Parameters
    ----------
    nodes : ndarray, shape (n_nodes, 8), mixed
        Node properties.

    Returns
    -------
    tuple of float
        Negative and positive, m; 0 for a foil.
    """
    negative = 0.0
    positive = 0.0
    for i in range(nodes.shape[0]):
        if nodes[i, ELECTRODE] == 0.0:
            negative += nodes[i, WIDTH]
        elif nodes[i, ELECTRODE] == 1.0:
            positive += nodes[i, WIDTH]
    return negative, positive


@separate
def solve_salt(settings: Any, nodes: Any, liquid: Any, work: Any, run: Any) -> int:
    """Solve for the salt at the guessed current, and for its change with the current.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (n_nodes, 8), mixed
        Node properties.
    liquid : ndarray, shape (n + 1, 8), mixed
        Table of the electrolyte's laws over concentration.
    work : ndarray, shape (n_nodes, 34), mixed
        Extrapolated salt and its history; column ``SALT`` becomes the solution, column 1 its derivative by the
        current, mol/(m³ A).
    run : ndarray, shape (n_run,), mixed
        Holds the guessed current.

    Returns
    -------
    int
        0, or 1 if there is no solution.
    """
    n = nodes.shape[0]
    width = settings[SALTS_WIDTH]
    activity_properties(settings, nodes, liquid, work)
    for i in range(n):
        work[i, DIFFUSIVITY] = work[i, TRANSPORT] * value_in_table(liquid, SALT_DIFFUSIVITY, 0.0, width, work[i, SALT])
    negative, positive = layer_depths(nodes)
    per_area = 1.0 / settings[AREA]
    share = settings[SALT_SHARE]
    carried_in = 0.0
    current_in = 0.0
    if negative == 0.0:
        current_in = per_area
        carried_in = share * per_area
    pivot = 0.0
    for i in range(n):
        step = nodes[i, WIDTH]
        storage = run[WEIGHTS] * work[i, OPENNESS] * step
        source = 0.0
        if nodes[i, ELECTRODE] == 0.0:
            source = per_area * step / negative
        elif nodes[i, ELECTRODE] == 1.0:
            source = -per_area * step / positive
        current_out = current_in + source
        ahead = 0.0
        carried_out = 0.0
        if i < n - 1:
            left = 0.5 * step
            right = 0.5 * nodes[i + 1, WIDTH]
            here = work[i, DIFFUSIVITY]
            there = work[i + 1, DIFFUSIVITY]
            ahead = here * there / (left * there + right * here)
            if settings[PER_FARADAY] != 0.0:
                carried_out = 0.5 * (work[i, CARRIED] + work[i + 1, CARRIED]) * current_out
        behind = 0.0
        if i > 0:
            behind = work[i - 1, 2]
        work[i, 2] = ahead
        diagonal = storage + ahead + behind
        known = -work[i, AMOUNT_HISTORY] * step
        change = share * source + carried_in - carried_out
        if i > 0:
            diagonal -= behind * pivot
            known += behind * work[i - 1, 0]
            change += behind * work[i - 1, 1]
        if diagonal == 0.0 or not math.isfinite(diagonal):
            return 1
        pivot = ahead / diagonal
        work[i, 3] = pivot
        work[i, 0] = known / diagonal
        work[i, 1] = change / diagonal
        current_in = current_out
        carried_in = carried_out
    for i in range(n - 2, -1, -1):
        work[i, 0] += work[i, 3] * work[i + 1, 0]
        work[i, 1] += work[i, 3] * work[i + 1, 1]
    for i in range(n):
        work[i, SALT] = max(work[i, 0] + work[i, 1] * run[CURRENT], 1e-3 * work[i, SALT])
    return 0


@separate
def electrolyte_drop(
    settings: Any, nodes: Any, liquid: Any, work: Any, run: Any
) -> tuple[float, float, float, float, float, float]:
    """Voltage that electrolyte and coatings add to that of the particles, and the salt that the electrodes see.

    Parameters
    ----------
    settings, nodes, liquid, work, run : ndarray, mixed
        As for :func:`solve_salt`, which has been called.

    Returns
    -------
    tuple of float
        Voltage in V and its derivative by the current in ohm; geometric means of the salt concentration in the
        negative and the positive electrode in mol/m³, and the variances of its logarithm there.
    """
    n = nodes.shape[0]
    total = 0.0
    depth = 0.0
    for i in range(n):
        total += nodes[i, WIDTH] * work[i, SALT]
        depth += nodes[i, WIDTH]
    mean = total / depth
    conductivity = value_in_table(liquid, SALT_CONDUCTIVITY, 0.0, settings[SALTS_WIDTH], mean)
    activity = settings[ACTIVITY]
    if activity < 0.0:
        activity = value_in_table(liquid, SALT_ACTIVITY, 0.0, settings[SALTS_WIDTH], mean)
    negative, positive = layer_depths(nodes)
    slope = 0.0
    resistance = 0.0
    below = 0.0
    above = 0.0
    below_square = 0.0
    above_square = 0.0
    x = 0.0
    for i in range(n):
        step = nodes[i, WIDTH]
        share = 1.0
        if nodes[i, ELECTRODE] == 0.0:
            a = x / negative
            b = (x + step) / negative
            share = mean_square(a, b)
            level = math.log(work[i, SALT])
            below += step / negative * level
            below_square += step / negative * level * level
            slope -= step / negative * work[i, 1] / work[i, SALT]
            resistance += step / nodes[i, SOLID] * mean_square(1.0 - a, 1.0 - b)
        elif nodes[i, ELECTRODE] == 1.0:
            a = (depth - x) / positive
            b = (depth - x - step) / positive
            share = mean_square(a, b)
            level = math.log(work[i, SALT])
            above += step / positive * level
            above_square += step / positive * level * level
            slope += step / positive * work[i, 1] / work[i, SALT]
            resistance += step / nodes[i, SOLID] * mean_square(1.0 - a, 1.0 - b)
        resistance += step * share / (work[i, TRANSPORT] * conductivity)
        x += step
    if negative == 0.0:
        edge = 1.5 * work[0, SALT] - 0.5 * work[1, SALT]
        below = math.log(edge)
        below_square = below * below
        slope -= (1.5 * work[0, 1] - 0.5 * work[1, 1]) / edge
    spread = activity / settings[HALF_THERMAL]
    per_area = resistance / settings[AREA]
    return (
        spread * (above - below) - per_area * run[CURRENT],
        spread * slope - per_area,
        math.exp(below),
        math.exp(above),
        below_square - below * below,
        above_square - above * above,
    )


def mean_square(a: float, b: float) -> float:
    """Mean of the square of a number that runs evenly between two values.

    Parameters
    ----------
    a, b : float
        The values.

    Returns
    -------
    float
        Mean of the square.
    """
    return (a * a + a * b + b * b) / 3.0
