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
from joulebook.battery.kinetics import overpotential
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
    ITERATIONS,
    LIQUID,
    METAL,
    MODEL,
    NEWTON_TOLERANCE,
    RATE_NOW,
    REACTION,
    RESISTANCE,
    SALT,
    SIDE,
    SPME,
    STIFFNESS,
    SURFACE,
    TARGET,
    UPDATE,
    VOLTAGE,
    WIDTH,
)
from joulebook.battery.p2d import MOST_ITERATIONS
from joulebook.battery.reaction import linearise_site, ocp_remainder, total_current_density, update_site
from joulebook.battery.salt import electrolyte_drop, solve_salt
from joulebook.numerics.twins import separate

__all__ = ["solve_particles"]

LARGEST_UPDATE = 0.3
"""Largest change of a potential in one iteration, V; longer updates are shortened."""


def mean_salt(settings: Any, nodes: Any, work: Any, side: int) -> float:
    """Salt concentration that stands for an electrode in its rate law: the geometric mean.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (n_nodes, 8), mixed
        Node properties.
    work : ndarray, shape (n_nodes, 34), mixed
        Salt concentrations.
    side : int
        Electrode; a negative side without nodes is a foil at the first node.

    Returns
    -------
    float
        mol/m³.
    """
    if int(settings[MODEL]) != SPME:
        return float(work[0, SALT])
    total = 0.0
    width = 0.0
    for i in range(nodes.shape[0]):
        if int(nodes[i, ELECTRODE]) == side:
            total += nodes[i, WIDTH] * math.log(work[i, SALT])
            width += nodes[i, WIDTH]
    if width == 0.0:
        return float(1.5 * work[0, SALT] - 0.5 * work[1, SALT])
    return math.exp(total / width)


def uneven_overpotential(
    settings: Any, nodes: Any, sites: Any, work: Any, reactions: Any, side: int, mean: float
) -> float:
    """Mean of the reaction overpotential over an electrode, less that at the mean salt concentration.

    Parameters
    ----------
    settings, nodes, sites, work, reactions : ndarray, mixed
        As for :func:`solve_particles`; the reactions have been linearised at ``mean``.
    side : int
        Electrode.
    mean : float, mol/m³
        As :func:`mean_salt` gives it.

    Returns
    -------
    float
        V.
    """
    for s in range(sites.shape[0]):
        if int(sites[s, SIDE]) == side and sites[s, GROUP] >= 0.0:
            total = 0.0
            width = 0.0
            exchange = reactions[s, RATE_NOW]
            reaction = reactions[s, REACTION]
            half_thermal = settings[HALF_THERMAL]
            for i in range(nodes.shape[0]):
                if int(nodes[i, ELECTRODE]) == side:
                    local = exchange * math.sqrt(work[i, SALT] / mean)
                    total += nodes[i, WIDTH] * overpotential(reaction, local, half_thermal)
                    width += nodes[i, WIDTH]
            return total / width - overpotential(reaction, exchange, half_thermal)
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
    for _ in range(MOST_ITERATIONS):
        run[ITERATIONS] += 1.0
        current = run[CURRENT]
        salt = (mean_salt(settings, nodes, work, 0), mean_salt(settings, nodes, work, 1))
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
        drop = 0.0
        drop_slope = 0.0
        if with_salt:
            drop, drop_slope = electrolyte_drop(settings, nodes, liquid, work, run)
            drop += uneven_overpotential(settings, nodes, sites, work, reactions, 1, salt[1])
            drop -= uneven_overpotential(settings, nodes, sites, work, reactions, 0, salt[0])
            voltage += drop
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
        if with_salt:
            drop += part * change * drop_slope
            for i in range(n):
                work[i, SALT] = max(work[i, SALT] + part * change * work[i, 1], 1e-3 * work[i, SALT])
        left = settings[HALF_THERMAL] * size * size + ocp_remainder(settings, sites, laws, reactions)
        run[UPDATE] = size
        run[VOLTAGE] = above - below + drop - settings[RESISTANCE] * run[CURRENT]
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
