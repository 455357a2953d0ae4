r"""One implicit time step of the single-particle model.

Each electrode is one particle; the electrolyte keeps its concentration and has no resistance:

.. math::

    V = U_p(c_p / c_{p,max}) - U_n(c_n / c_{n,max}) + \eta_p - \eta_n - R I, \qquad
    j_n = \frac{I}{A \, a_n L_n}, \quad j_p = -\frac{I}{A \, a_p L_p}

with the overpotentials from the inverse of the rate law. The model holds where the current is small against what the
electrolyte carries: for the LG M50 its voltage is 6 mV from that of the full model at C/10, 59 mV at 1C.

The two nodes of the arrays are the two electrodes: their width is the thickness of the coating.

References
----------
Marquis et al. 2019, doi:10.1149/2.0341915jes, section 4 (the leading-order model).
"""

from __future__ import annotations

import math
from typing import Any

from joulebook.battery.control import beyond_peak, current_change
from joulebook.battery.kinetics import exchange_current_density, overpotential
from joulebook.battery.layout import (
    AREA,
    CONTROL,
    CURRENT,
    HALF_THERMAL,
    ITERATIONS,
    LIQUID,
    MAXIMUM,
    METAL,
    NEWTON_TOLERANCE,
    OCP_COLUMN,
    OCP_WIDTH,
    RATE,
    REACTION,
    RESISTANCE,
    SALT,
    SURFACE_DENSITY,
    SURFACE_HISTORY,
    SURFACE_SLOPE,
    TARGET,
    UPDATE,
    VOLTAGE,
    WIDTH,
)
from joulebook.battery.p2d import MOST_ITERATIONS
from joulebook.battery.reaction import barrier, barrier_slope, stoichiometry_inside
from joulebook.numerics.tables import slope_in_table, value_in_table

__all__ = ["solve_particles"]


def electrode_potential(settings: Any, nodes: Any, ocp: Any, work: Any, i: int) -> tuple[float, float]:
    """Potential of an electrode against the electrolyte at its present reaction, and its slope.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (2, 10), mixed
        Properties of the two electrodes.
    ocp : ndarray, shape (n + 1, 2 n_materials), V
        Table of the open-circuit potentials over stoichiometry.
    work : ndarray, shape (2, 39), mixed
        Reaction and surface histories.
    i : int
        Electrode.

    Returns
    -------
    tuple of float
        Potential in V and its derivative by the reaction current density in ohm m².
    """
    maximum = nodes[i, MAXIMUM]
    reaction = work[i, REACTION]
    half_thermal = settings[HALF_THERMAL]
    x = (work[i, SURFACE_HISTORY] + work[i, SURFACE_SLOPE] * reaction) / maximum
    inside = stoichiometry_inside(x)
    surface = inside * maximum
    exchange = exchange_current_density(nodes[i, RATE], work[i, SALT], surface, maximum)
    column = int(nodes[i, OCP_COLUMN])
    width = settings[OCP_WIDTH]
    value = value_in_table(ocp, column, 0.0, width, inside) + barrier(x - inside)
    value += overpotential(reaction, exchange, half_thermal)
    by_ratio = 1.0 / (half_thermal * math.sqrt(reaction * reaction + 4.0 * exchange * exchange))
    by_surface = barrier_slope(x - inside) / maximum
    if x == inside:
        by_surface = slope_in_table(ocp, column, 0.0, width, inside) / maximum
        by_surface -= by_ratio * reaction * 0.5 * (1.0 / surface - 1.0 / (maximum - surface))
    return value, by_ratio + by_surface * work[i, SURFACE_SLOPE]


def solve_particles(settings: Any, nodes: Any, ocp: Any, work: Any, run: Any) -> int:
    """Solve one implicit time step for the current and the voltage.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (2, 10), mixed
        Properties of the two electrodes.
    ocp : ndarray, shape (n + 1, 2 n_materials), V
        Table of the open-circuit potentials over stoichiometry.
    work : ndarray, shape (2, 39), mixed
        Surface histories; potentials and reactions are filled.
    run : ndarray, shape (n_run,), mixed
        Current and voltage are changed, iterations counted.

    Returns
    -------
    int
        0 if it converged, 1 if not.
    """
    negative = 1.0 / (settings[AREA] * nodes[0, SURFACE_DENSITY] * nodes[0, WIDTH])
    positive = -1.0 / (settings[AREA] * nodes[1, SURFACE_DENSITY] * nodes[1, WIDTH])
    kind = int(settings[CONTROL])
    for _ in range(MOST_ITERATIONS):
        run[ITERATIONS] += 1.0
        current = run[CURRENT]
        work[0, REACTION] = negative * current
        work[1, REACTION] = positive * current
        below, below_slope = electrode_potential(settings, nodes, ocp, work, 0)
        above, above_slope = electrode_potential(settings, nodes, ocp, work, 1)
        voltage = above - below - settings[RESISTANCE] * current
        if not math.isfinite(voltage):
            return 1
        slope = above_slope * positive - below_slope * negative - settings[RESISTANCE]
        change = current_change(kind, settings[TARGET], current, voltage, slope)
        run[VOLTAGE] = voltage
        run[UPDATE] = abs(slope * change)
        work[0, LIQUID] = -below
        work[0, METAL] = 0.0
        work[1, LIQUID] = -below
        work[1, METAL] = voltage + settings[RESISTANCE] * current
        if run[UPDATE] < 1e-3 * settings[NEWTON_TOLERANCE]:
            return beyond_peak(kind, current, voltage, slope)
        run[CURRENT] = current + change
    return 1
