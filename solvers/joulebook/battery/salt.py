r"""Salt in the electrolyte of the single-particle model: an even reaction in each electrode.

.. math:: \partial_t (\epsilon c_e) = \partial_x (D_e \epsilon^b \partial_x c_e) + (1 - t_+) a j / F

with :math:`a j = \pm I / (A L)`. Finite volumes; a step is solved by Newton's method on a tridiagonal system with two
right-hand sides: the correction of the salt at the guessed current and its change with the current.

Where the source jumps, between electrode and separator, the flux :math:`N` bends inside the cells on both sides.
With :math:`q = S - \epsilon \partial_t c_e` its slope, the mean of a cell and its face differ by

.. math:: c_{face} - \bar c = -\frac{h}{D} \Big( \frac{N}{2} - \frac{q h}{6} \Big) ,

which makes the scheme exact for parabolas, such as the salt of an even reaction has where :math:`D_e` is constant.
Inside an electrode the last term is the same on both sides of a face, up to what the properties differ, and is left
out.
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
    DIFFUSIVITY_SLOPE,
    ELECTRODE,
    HALF_THERMAL,
    LIQUID_PATH,
    NEGATIVE_DEPTH,
    OPENNESS,
    PER_FARADAY,
    POSITIVE_DEPTH,
    SALT,
    SALT_ACTIVITY,
    SALT_CONDUCTIVITY,
    SALT_DIFFUSIVITY,
    SALT_SHARE,
    SALT_TOLERANCE,
    SALT_TRANSFERENCE,
    SALTS_WIDTH,
    SOLID,
    SOLID_PATH,
    TRANSPORT,
    WEIGHTS,
    WIDTH,
)
from joulebook.numerics.tables import value_and_slope, value_in_table
from joulebook.numerics.twins import separate

__all__ = ["electrolyte_drop", "prepare_drop", "solve_salt"]

MOST_PASSES = 8
REMAINDER = 0.1
"""Share of the error allowed in a step that Newton's method may leave in the salt."""
BY_CURRENT = 1
"""Column of ``work``: change of the salt with the current, mol/(m³ A)."""


@separate
def prepare_drop(nodes: Any, work: Any, run: Any) -> None:
    """Find what of the drops in electrolyte and coatings is geometry.

    Parameters
    ----------
    nodes : ndarray, shape (n_nodes, 8), mixed
        Node properties.
    work : ndarray, shape (n_nodes, 34), mixed
        Holds the effective transport of the step.
    run : ndarray, shape (n_run,), mixed
        Depths of the electrodes and the paths of ions and electrons are filled.
    """
    negative = 0.0
    positive = 0.0
    depth = 0.0
    for i in range(nodes.shape[0]):
        depth += nodes[i, WIDTH]
        if nodes[i, ELECTRODE] == 0.0:
            negative += nodes[i, WIDTH]
        elif nodes[i, ELECTRODE] == 1.0:
            positive += nodes[i, WIDTH]
    liquid = 0.0
    solid = 0.0
    x = 0.0
    for i in range(nodes.shape[0]):
        step = nodes[i, WIDTH]
        share = 1.0
        if nodes[i, ELECTRODE] >= 0.0:
            a = x / negative if nodes[i, ELECTRODE] == 0.0 else (depth - x) / positive
            b = (x + step) / negative if nodes[i, ELECTRODE] == 0.0 else (depth - x - step) / positive
            share = mean_square(a, b)
            solid += step / nodes[i, SOLID] * mean_square(1.0 - a, 1.0 - b)
        liquid += step * share / work[i, TRANSPORT]
        x += step
    run[NEGATIVE_DEPTH] = negative
    run[POSITIVE_DEPTH] = positive
    run[LIQUID_PATH] = liquid
    run[SOLID_PATH] = solid


def salt_properties(settings: Any, liquid: Any, work: Any) -> None:
    """Evaluate diffusivity and, where it varies, transference number with their slopes at every node.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    liquid : ndarray, shape (n + 1, 8), mixed
        Table of the electrolyte's laws over concentration.
    work : ndarray, shape (n_nodes, 34), mixed
        Columns ``DIFFUSIVITY``, its slope, ``CARRIED`` and, in column 4, its slope are filled.
    """
    width = settings[SALTS_WIDTH]
    per_faraday = settings[PER_FARADAY]
    for i in range(work.shape[0]):
        salt = work[i, SALT]
        value, slope = value_and_slope(liquid, SALT_DIFFUSIVITY, 0.0, width, salt)
        work[i, DIFFUSIVITY] = value
        work[i, DIFFUSIVITY_SLOPE] = slope
        work[i, CARRIED] = 0.0
        work[i, 4] = 0.0
        if per_faraday != 0.0:
            value, slope = value_and_slope(liquid, SALT_TRANSFERENCE, 0.0, width, salt)
            work[i, CARRIED] = value * per_faraday - (per_faraday - settings[SALT_SHARE])
            work[i, 4] = per_faraday * slope


def source_of(nodes: Any, run: Any, i: int, per_area: float) -> float:
    """Current that the reaction of a node brings into the electrolyte, per current of the cell and depth.

    Parameters
    ----------
    nodes : ndarray, shape (n_nodes, 8), mixed
        Node properties.
    run : ndarray, shape (n_run,), mixed
        Holds the depths of the electrodes.
    i : int
        Node.
    per_area : float, 1/m²
        One over the coated area.

    Returns
    -------
    float
        1/m³.
    """
    if nodes[i, ELECTRODE] == 0.0:
        return float(per_area / run[NEGATIVE_DEPTH])
    if nodes[i, ELECTRODE] == 1.0:
        return float(-per_area / run[POSITIVE_DEPTH])
    return 0.0


def correct_salt(settings: Any, nodes: Any, work: Any, run: Any) -> float:
    """Do one iteration of Newton's method on the salt of a step.

    Parameters
    ----------
    settings, nodes, work, run : ndarray, mixed
        As for :func:`solve_salt`; columns 0 to 3 of ``work`` are used.

    Returns
    -------
    float
        Largest change, mol/m³; negative if there is none.
    """
    n = nodes.shape[0]
    per_area = 1.0 / settings[AREA]
    share = settings[SALT_SHARE]
    leading = run[WEIGHTS]
    current = run[CURRENT]
    current_in = per_area if run[NEGATIVE_DEPTH] == 0.0 else 0.0
    flux_in = share * current_in * current
    by_current_in = share * current_in
    by_behind = 0.0
    by_here_in = 0.0
    pivot = 0.0
    source = source_of(nodes, run, 0, per_area)
    for i in range(n):
        step = nodes[i, WIDTH]
        current_out = current_in + source * step
        gain = leading * work[i, OPENNESS]
        rate = gain * work[i, SALT] + work[i, AMOUNT_HISTORY]
        flux_out = 0.0
        by_here = 0.0
        by_next = 0.0
        by_current_out = 0.0
        source_next = 0.0
        if i < n - 1:
            source_next = source_of(nodes, run, i + 1, per_area)
            left = 0.5 * step / work[i, TRANSPORT]
            right = 0.5 * nodes[i + 1, WIDTH] / work[i + 1, TRANSPORT]
            rise = work[i + 1, SALT] - work[i, SALT]
            bent = work[i + 1, DIFFUSIVITY_SLOPE] - work[i, DIFFUSIVITY_SLOPE]
            drop = rise * (0.5 * (work[i, DIFFUSIVITY] + work[i + 1, DIFFUSIVITY]) - rise * bent / 12.0)
            bend_here = 0.0
            bend_next = 0.0
            bend_by_current = 0.0
            if source != source_next:
                third = left * step / 3.0
                bend_here = third * gain
                bend_by_current = -third * share * source
                drop += third * (rate - share * source * current)
                third = right * nodes[i + 1, WIDTH] / 3.0
                gain_next = leading * work[i + 1, OPENNESS]
                rate_next = gain_next * work[i + 1, SALT] + work[i + 1, AMOUNT_HISTORY]
                bend_next = -third * gain_next
                bend_by_current += third * share * source_next
                drop -= third * (rate_next - share * source_next * current)
            g = 1.0 / (left + right)
            flux_out = -g * drop
            by_here = g * (work[i, DIFFUSIVITY] - bend_here)
            by_next = -g * (work[i + 1, DIFFUSIVITY] + bend_next)
            carried = 0.5 * (work[i, CARRIED] + work[i + 1, CARRIED])
            flux_out += carried * current_out * current
            by_here += 0.5 * work[i, 4] * current_out * current
            by_next += 0.5 * work[i + 1, 4] * current_out * current
            by_current_out = carried * current_out - g * bend_by_current
        diagonal = gain * step + by_here - by_here_in
        known = flux_in - flux_out + share * source * current * step - rate * step
        change = by_current_in - by_current_out + share * source * step
        if i > 0:
            diagonal -= by_behind * pivot
            known += by_behind * work[i - 1, 0]
            change += by_behind * work[i - 1, BY_CURRENT]
        if diagonal == 0.0 or not math.isfinite(diagonal):
            return -1.0
        inverse = 1.0 / diagonal
        pivot = -by_next * inverse
        work[i, 3] = pivot
        work[i, 0] = known * inverse
        work[i, BY_CURRENT] = change * inverse
        current_in = current_out
        flux_in = flux_out
        by_current_in = by_current_out
        by_behind = by_here
        by_here_in = by_next
        source = source_next
    size = abs(work[n - 1, 0])
    for i in range(n - 2, -1, -1):
        work[i, 0] += work[i, 3] * work[i + 1, 0]
        work[i, BY_CURRENT] += work[i, 3] * work[i + 1, BY_CURRENT]
        size = max(size, abs(work[i, 0]))
    return float(size)


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
        Holds the guessed current and what :func:`prepare_drop` fills.

    Returns
    -------
    int
        0, or 1 if there is no solution.
    """
    for _ in range(MOST_PASSES):
        salt_properties(settings, liquid, work)
        size = correct_salt(settings, nodes, work, run)
        if not size >= 0.0:
            return 1
        least = 1e300
        for i in range(nodes.shape[0]):
            work[i, SALT] = max(work[i, SALT] + work[i, 0], 1e-3 * work[i, SALT])
            least = min(least, work[i, SALT])
        if size * size < REMAINDER * settings[SALT_TOLERANCE] * least:
            return 0
    return 1


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
    total = 0.0
    depth = 0.0
    slope = 0.0
    below = 0.0
    above = 0.0
    below_square = 0.0
    above_square = 0.0
    per_negative = 1.0 / run[NEGATIVE_DEPTH] if run[NEGATIVE_DEPTH] > 0.0 else 0.0
    per_positive = 1.0 / run[POSITIVE_DEPTH]
    for i in range(nodes.shape[0]):
        step = nodes[i, WIDTH]
        salt = work[i, SALT]
        total += step * salt
        depth += step
        if nodes[i, ELECTRODE] == 0.0:
            level = math.log(salt)
            below += step * per_negative * level
            below_square += step * per_negative * level * level
            slope -= step * per_negative * work[i, BY_CURRENT] / salt
        elif nodes[i, ELECTRODE] == 1.0:
            level = math.log(salt)
            above += step * per_positive * level
            above_square += step * per_positive * level * level
            slope += step * per_positive * work[i, BY_CURRENT] / salt
    if per_negative == 0.0:
        edge = 1.5 * work[0, SALT] - 0.5 * work[1, SALT]
        below = math.log(edge)
        below_square = below * below
        slope -= (1.5 * work[0, BY_CURRENT] - 0.5 * work[1, BY_CURRENT]) / edge
    mean = total / depth
    activity = settings[ACTIVITY]
    if activity < 0.0:
        activity = value_in_table(liquid, SALT_ACTIVITY, 0.0, settings[SALTS_WIDTH], mean)
    conductivity = value_in_table(liquid, SALT_CONDUCTIVITY, 0.0, settings[SALTS_WIDTH], mean)
    spread = activity / settings[HALF_THERMAL]
    per_area = (run[SOLID_PATH] + run[LIQUID_PATH] / conductivity) / settings[AREA]
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
