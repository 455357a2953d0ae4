r"""One implicit time step of the single-particle models: without and with the electrolyte.

Each active material is one particle that stands for all of its electrode. With the potential difference
:math:`\psi = \phi_s - \phi_e` common to the materials of an electrode,

.. math::

    \sum_k a_k L \, j_k(\psi) = \pm I / A, \qquad
    V = \psi_p - \psi_n + \Delta\phi_e + \Delta\phi_s - R I

In the model without electrolyte (SPM) the salt concentration stays as it is at rest and :math:`\Delta\phi_e`,
:math:`\Delta\phi_s` are zero: it holds where the current is small against what the electrolyte carries. The model with
electrolyte (SPMe) solves for the salt with a reaction that is even across each electrode, which is linear in the
current, and adds

.. math::

    \Delta\phi_e = \tfrac{2 R T}{F} (1 - t_+) X \, (\overline{\ln c_e}_p - \overline{\ln c_e}_n)
        - \tfrac{I}{A} \Big( \tfrac{L_n}{3 \kappa_n} + \tfrac{L_s}{\kappa_s} + \tfrac{L_p}{3 \kappa_p} \Big), \qquad
    \Delta\phi_s = -\tfrac{I}{A} \Big( \tfrac{L_n}{3 \sigma_n} + \tfrac{L_p}{3 \sigma_p} \Big)

with the properties at the mean salt concentration, and the reaction overpotential averaged over the electrode.

References
----------
Marquis et al. 2019, doi:10.1149/2.0341915jes, sections 4 and 5 (the leading-order model and the model with
electrolyte).
"""

from __future__ import annotations

import math
from typing import Any

from joulebook.battery.control import beyond_peak, current_change
from joulebook.battery.layout import (
    ALL_BY_POTENTIAL,
    ALL_MISS,
    ANODE,
    AREA,
    CHARGING,
    CONTROL,
    CURRENT,
    DEPTH,
    DIFFERENCE_HERE,
    ELECTRODE,
    GROUP,
    HALF_THERMAL,
    HOLD_CURRENT,
    ITERATIONS,
    LIQUID,
    MAXIMUM,
    METAL,
    MODEL,
    NEWTON_TOLERANCE,
    POINTS,
    RATE_NOW,
    REACTION,
    RESISTANCE,
    SALT,
    SALT_AT_REST,
    SALT_POWER,
    SIDE,
    SPECIAL,
    SPME,
    STIFFNESS,
    STOICHIOMETRY,
    SURFACE,
    TARGET,
    UPDATE,
    VOLTAGE,
)
from joulebook.battery.p2d import MOST_AT_START, MOST_ITERATIONS
from joulebook.battery.reaction import (
    linearise_site,
    ocp_remainder,
    stoichiometry_inside,
    total_current_density,
    update_site,
)
from joulebook.battery.salt import electrolyte_drop, solve_salt
from joulebook.numerics.twins import separate

__all__ = ["solve_particles"]

LARGEST_UPDATE = 0.3
"""Largest change of a potential in one iteration, V; longer updates are shortened."""


def uneven_overpotential(settings: Any, sites: Any, reactions: Any, side: int, salt: float, variance: float) -> float:
    r"""Mean of the reaction overpotential over an electrode, less that at the geometric mean of the salt.

    With :math:`s = j / 2 j_0` and the variance of :math:`\ln c_e`, to second order
    :math:`\tfrac{1}{2} \tfrac{2 R T}{F} \tfrac{s}{(1 + s^2)^{3/2}} a^2 \mathrm{var}(\ln c_e)` with the exponent a of
    the salt in the exchange-current density.

    Parameters
    ----------
    settings, sites, reactions : ndarray, mixed
        As for :func:`solve_particles`.
    side : int
        Electrode.
    salt : float, mol/m³
        Geometric mean of the salt concentration.
    variance : float
        Of its logarithm.

    Returns
    -------
    float
        V.
    """
    for s in range(sites.shape[0]):
        if int(sites[s, SIDE]) == side and sites[s, GROUP] >= 0.0 and sites[s, SPECIAL] == 0.0:
            maximum = sites[s, MAXIMUM]
            surface = stoichiometry_inside(reactions[s, STOICHIOMETRY]) * maximum
            exchange = reactions[s, RATE_NOW] * math.sqrt(salt * surface * (maximum - surface))
            ratio = 0.5 * reactions[s, REACTION] / exchange
            bend = ratio / (1.0 + ratio * ratio) ** 1.5
            return float(0.5 * bend * sites[s, SALT_POWER] ** 2 * variance / settings[HALF_THERMAL])
    return 0.0


@separate
def solve_particles(
    settings: Any,
    nodes: Any,
    sites: Any,
    laws: Any,
    films: Any,
    liquid: Any,
    work: Any,
    reactions: Any,
    run: Any,
) -> int:
    """Solve one implicit time step for the current and the voltage.

    Parameters
    ----------
    settings, nodes, sites, laws, films, liquid, work, reactions, run : ndarray, mixed
        As for :func:`joulebook.battery.p2d.newton`.

    Returns
    -------
    int
        0 if it converged, 1 if not.
    """
    n = nodes.shape[0]
    area = settings[AREA]
    kind = int(settings[CONTROL])
    with_salt = int(settings[MODEL]) == SPME
    below = 0.0
    above = 0.0
    for s in range(sites.shape[0] - 1, -1, -1):
        if sites[s, SIDE] == 0.0:
            below = reactions[s, DIFFERENCE_HERE]
        else:
            above = reactions[s, DIFFERENCE_HERE]
    if with_salt and solve_salt(settings, nodes, liquid, work, run) != 0:
        return 1
    drop = 0.0
    drop_slope = 0.0
    salt = (settings[SALT_AT_REST], settings[SALT_AT_REST])
    spread = (0.0, 0.0)
    for iteration in range(MOST_ITERATIONS if run[POINTS] > 1.0 else MOST_AT_START):
        run[ITERATIONS] += 1.0
        current = run[CURRENT]
        if with_salt and (iteration == 0 or kind != HOLD_CURRENT):
            drop, drop_slope, low, high, low_spread, high_spread = electrolyte_drop(settings, nodes, liquid, work, run)
            salt = (low, high)
            spread = (low_spread, high_spread)
        need = (current / area, -current / area)
        by_potential = (0.0, 0.0)
        for s in range(sites.shape[0]):
            side = int(sites[s, SIDE])
            linearise_site(settings, sites, laws, films, reactions, run, s, salt[side], below if side == 0 else above)
            surface = reactions[s, SURFACE] * sites[s, DEPTH]
            total = total_current_density(sites, reactions, s) + reactions[s, CHARGING] + reactions[s, ALL_MISS]
            part = surface * reactions[s, ALL_BY_POTENTIAL]
            if side == 0:
                need = (need[0] - surface * total, need[1])
                by_potential = (by_potential[0] + part, by_potential[1])
            else:
                need = (need[0], need[1] - surface * total)
                by_potential = (by_potential[0], by_potential[1] + part)
        fall = need[0] / by_potential[0]
        rise = need[1] / by_potential[1]
        voltage = above + rise - below - fall - settings[RESISTANCE] * current
        slope = -1.0 / (area * by_potential[1]) - 1.0 / (area * by_potential[0]) - settings[RESISTANCE]
        uneven = 0.0
        if with_salt:
            uneven = uneven_overpotential(settings, sites, reactions, 1, salt[1], spread[1])
            uneven -= uneven_overpotential(settings, sites, reactions, 0, salt[0], spread[0])
            voltage += drop + uneven
            slope += drop_slope
        change = current_change(kind, settings[TARGET], current, voltage, slope)
        fall += change / (area * by_potential[0])
        rise -= change / (area * by_potential[1])
        size = max(abs(fall), abs(rise))
        if not math.isfinite(fall + rise + voltage):
            return 1
        part = 1.0
        if size > LARGEST_UPDATE:
            part = LARGEST_UPDATE / size
        for s in range(sites.shape[0]):
            update_site(sites, reactions, run, s, part, 0.0, fall if sites[s, SIDE] == 0.0 else rise)
        below += part * fall
        above += part * rise
        run[CURRENT] = current + part * change
        if with_salt and kind != HOLD_CURRENT:
            drop += part * change * drop_slope
            for i in range(n):
                work[i, SALT] = max(work[i, SALT] + part * change * work[i, 1], 1e-3 * work[i, SALT])
        left = settings[HALF_THERMAL] * size * size + ocp_remainder(settings, sites, laws, reactions)
        run[UPDATE] = size
        run[VOLTAGE] = above - below + drop + uneven - settings[RESISTANCE] * run[CURRENT]
        run[STIFFNESS] = slope
        if part == 1.0 and left < settings[NEWTON_TOLERANCE]:
            return finish(nodes, sites, work, reactions, run, below, above, kind)
    return 1


def finish(nodes: Any, sites: Any, work: Any, reactions: Any, run: Any, below: float, above: float, kind: int) -> int:
    """Write the potentials of the electrodes to their nodes, the electrolyte of the separator at zero.

    Parameters
    ----------
    nodes, sites, work, reactions, run : ndarray, mixed
        As for :func:`solve_particles`.
    below, above : float, V
        phi_s - phi_e in the negative and the positive electrode.
    kind : int
        What is held.

    Returns
    -------
    int
        1 if a power is held beyond its peak, otherwise 0.
    """
    for s in range(sites.shape[0]):
        reactions[s, DIFFERENCE_HERE] = below if sites[s, SIDE] == 0.0 else above
    for i in range(nodes.shape[0]):
        electrode = int(nodes[i, ELECTRODE])
        work[i, LIQUID] = -below
        work[i, METAL] = 0.0
        if electrode == 1:
            work[i, METAL] = above - below
    run[ANODE] = below
    return beyond_peak(kind, run[CURRENT], run[VOLTAGE], run[STIFFNESS])
