r"""One implicit time step of the Doyle–Fuller–Newman model: Newton's method on 3 by 3 blocks.

.. math::

    \epsilon \partial_t c_e &= \partial_x (D_e \epsilon^b \partial_x c_e) + (1 - t_+) a j / F \\
    \partial_x i_e &= a j, \quad
        i_e = -\kappa \epsilon^b (\partial_x \phi_e - \tfrac{2 R T}{F} (1 - t_+) X \, \partial_x \ln c_e) \\
    \partial_x (\sigma \partial_x \phi_s) &= a j

with :math:`\phi_s = 0` at the negative collector and the cell's current entering at the positive one.

Finite volumes; the conductance of a face is that of its two half cells in series, also between electrode and
separator, which keeps second order across the jump of the properties; the diffusivity of the salt on it is the mean
over the concentrations on both sides. Unknowns per node are c_e, phi_e and phi_s; the
separator keeps an identity row in place of phi_s. The reactions of a node's sites are linearised in the potentials
and in the surface concentration, which is itself linear in j (:mod:`joulebook.battery.particles`), and eliminated in
their node. What remains is block-tridiagonal; the unknown current is a border that touches the last node only.

Where the transference number varies with concentration, a face also carries :math:`t_+ i_e / F`; that number, the
thermodynamic factor and the porosity are those extrapolated from past points.

In a half cell the negative side is a lithium foil: one site at the first separator node, whose metal is at 0 V.

References
----------
Doyle, Fuller and Newman 1993, doi:10.1149/1.2221597, equations 1 to 15.
"""

from __future__ import annotations

import math
from typing import Any

from joulebook.battery.control import beyond_peak, current_change
from joulebook.battery.layout import (
    ACTIVITY,
    ALL_BY_POTENTIAL,
    ALL_BY_SALT,
    ALL_MISS,
    AMOUNT_HISTORY,
    ANODE,
    AREA,
    CARRIED,
    CHARGING,
    CONDUCTIVITY,
    CONDUCTIVITY_SLOPE,
    CONTROL,
    CURRENT,
    DIFFERENCE_HERE,
    DIFFUSIVITY,
    DIFFUSIVITY_SLOPE,
    ELECTRODE,
    FIRST_SITE,
    HALF_THERMAL,
    ITERATIONS,
    LIQUID,
    METAL,
    NEWTON_TOLERANCE,
    OPENNESS,
    PER_FARADAY,
    POINTS,
    RESISTANCE,
    SALT,
    SALT_ACTIVITY,
    SALT_CONDUCTIVITY,
    SALT_DIFFUSIVITY,
    SALT_SHARE,
    SALT_TRANSFERENCE,
    SALTS_WIDTH,
    SOLID,
    SPREAD,
    STIFFNESS,
    STOP_SITE,
    STRIDE,
    SURFACE,
    TARGET,
    TRANSPORT,
    UPDATE,
    VOLTAGE,
    WEIGHTS,
    WIDTH,
)
from joulebook.battery.reaction import linearise_site, ocp_remainder, total_current_density, update_site
from joulebook.numerics.block_tridiagonal import eliminate, substitute
from joulebook.numerics.tables import value_and_slope, value_in_table
from joulebook.numerics.twins import separate

__all__ = ["MOST_AT_START", "MOST_ITERATIONS", "activity_properties", "newton"]

MOST_ITERATIONS = 20
MOST_AT_START = 100
"""The same where the current has just jumped; past points are no guide then."""
LARGEST_UPDATE = 0.3
"""Largest change of a potential in one iteration, V; longer updates are shortened."""


def activity_properties(settings: Any, nodes: Any, liquid: Any, work: Any) -> None:
    """Evaluate what is taken from the extrapolated salt concentration: thermodynamic factor, transference number.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (n_nodes, 8), mixed
        Node properties.
    liquid : ndarray, shape (n + 1, 8), mixed
        Table of the electrolyte's laws over concentration.
    work : ndarray, shape (n_nodes, 34), mixed
        Columns ``SPREAD`` and ``CARRIED`` are filled.
    """
    width = settings[SALTS_WIDTH]
    activity = settings[ACTIVITY]
    per_thermal = 1.0 / settings[HALF_THERMAL]
    per_faraday = settings[PER_FARADAY]
    for i in range(nodes.shape[0]):
        if activity >= 0.0:
            work[i, SPREAD] = per_thermal * activity
        else:
            work[i, SPREAD] = per_thermal * value_in_table(liquid, SALT_ACTIVITY, 0.0, width, work[i, SALT])
        work[i, CARRIED] = 0.0
        if per_faraday != 0.0:
            transference = value_in_table(liquid, SALT_TRANSFERENCE, 0.0, width, work[i, SALT])
            work[i, CARRIED] = transference * per_faraday - (per_faraday - settings[SALT_SHARE])


def electrolyte_properties(settings: Any, nodes: Any, liquid: Any, work: Any) -> None:
    """Evaluate diffusivity and conductivity, with slopes, at every node.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (n_nodes, 8), mixed
        Node properties.
    liquid : ndarray, shape (n + 1, 8), mixed
        Table of the electrolyte's laws over concentration.
    work : ndarray, shape (n_nodes, 34), mixed
        Columns ``DIFFUSIVITY`` to ``CONDUCTIVITY_SLOPE`` are filled.
    """
    width = settings[SALTS_WIDTH]
    for i in range(nodes.shape[0]):
        salt = work[i, SALT]
        transport = work[i, TRANSPORT]
        value, slope = value_and_slope(liquid, SALT_DIFFUSIVITY, 0.0, width, salt)
        work[i, DIFFUSIVITY] = value
        work[i, DIFFUSIVITY_SLOPE] = slope
        value, slope = value_and_slope(liquid, SALT_CONDUCTIVITY, 0.0, width, salt)
        work[i, CONDUCTIVITY] = transport * value
        work[i, CONDUCTIVITY_SLOPE] = transport * slope


def assemble_nodes(
    settings: Any, nodes: Any, sites: Any, laws: Any, films: Any, work: Any, reactions: Any, run: Any
) -> None:
    """Write storage and reactions of every node into its diagonal block and load.

    Parameters
    ----------
    settings, nodes, sites, laws, films, work, reactions, run : ndarray, mixed
        As for :func:`newton`; diagonal and load columns of ``work`` are set.
    """
    leading = run[WEIGHTS]
    share = settings[SALT_SHARE]
    for i in range(nodes.shape[0]):
        width = nodes[i, WIDTH]
        storage = leading * work[i, OPENNESS] * width
        salt_rate = storage * work[i, SALT] + work[i, AMOUNT_HISTORY] * width
        source = 0.0
        by_salt = 0.0
        by_potential = 0.0
        for s in range(int(nodes[i, FIRST_SITE]), int(nodes[i, STOP_SITE]), int(nodes[i, STRIDE])):
            linearise_site(
                settings, sites, laws, films, reactions, run, s, work[i, SALT], work[i, METAL] - work[i, LIQUID]
            )
            surface = reactions[s, SURFACE] * width
            total = total_current_density(sites, reactions, s) + reactions[s, CHARGING]
            source += surface * (total + reactions[s, ALL_MISS])
            by_salt += surface * reactions[s, ALL_BY_SALT]
            by_potential += surface * reactions[s, ALL_BY_POTENTIAL]
        work[i, 0] = storage - share * by_salt
        work[i, 1] = share * by_potential
        work[i, 2] = -share * by_potential
        work[i, 3] = -by_salt
        work[i, 4] = by_potential
        work[i, 5] = -by_potential
        work[i, 19] = share * source - salt_rate
        work[i, 20] = source
        if nodes[i, ELECTRODE] < 0.0:
            work[i, 6] = 0.0
            work[i, 7] = 0.0
            work[i, 8] = 1.0
            work[i, 21] = 0.0
        else:
            work[i, 6] = by_salt
            work[i, 7] = -by_potential
            work[i, 8] = by_potential
            work[i, 21] = -source


def assemble_faces(settings: Any, nodes: Any, work: Any) -> None:
    """Add the fluxes between neighbouring nodes to the blocks and loads.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (n_nodes, 8), mixed
        Node properties.
    work : ndarray, shape (n_nodes, 34), mixed
        Off-diagonal columns are set, diagonal and load columns added to.
    """
    carries = settings[PER_FARADAY] != 0.0
    for i in range(nodes.shape[0] - 1):
        left = 0.5 * nodes[i, WIDTH]
        right = 0.5 * nodes[i + 1, WIDTH]
        salt = work[i, SALT]
        salt_next = work[i + 1, SALT]
        rise = salt_next - salt
        bent = work[i + 1, DIFFUSIVITY_SLOPE] - work[i, DIFFUSIVITY_SLOPE]
        g = 1.0 / (left / work[i, TRANSPORT] + right / work[i + 1, TRANSPORT])
        flux = g * rise * (0.5 * (work[i, DIFFUSIVITY] + work[i + 1, DIFFUSIVITY]) - rise * bent / 12.0)
        by_salt = -g * work[i, DIFFUSIVITY]
        by_next = g * work[i + 1, DIFFUSIVITY]
        work[i, 19] += flux
        work[i + 1, 19] -= flux
        work[i, 0] -= by_salt
        work[i, 14] = -by_next
        work[i + 1, 0] += by_next
        work[i + 1, 9] = by_salt
        here = work[i, CONDUCTIVITY]
        there = work[i + 1, CONDUCTIVITY]
        spread = 0.5 * (work[i, SPREAD] + work[i + 1, SPREAD])
        g = here * there / (left * there + right * here)
        drop = work[i + 1, LIQUID] - work[i, LIQUID] - spread * math.log(salt_next / salt)
        flux = g * drop
        by_salt = g * g * left * work[i, CONDUCTIVITY_SLOPE] * drop / (here * here) + g * spread / salt
        by_next = g * g * right * work[i + 1, CONDUCTIVITY_SLOPE] * drop / (there * there) - g * spread / salt_next
        work[i, 20] += flux
        work[i + 1, 20] -= flux
        work[i, 3] -= by_salt
        work[i, 16] = -by_next
        work[i + 1, 3] += by_next
        work[i + 1, 11] = by_salt
        work[i, 4] += g
        work[i, 17] = -g
        work[i + 1, 4] += g
        work[i + 1, 12] = -g
        work[i, 15] = 0.0
        work[i + 1, 10] = 0.0
        if carries:
            carried = 0.5 * (work[i, CARRIED] + work[i + 1, CARRIED])
            work[i, 19] += carried * flux
            work[i + 1, 19] -= carried * flux
            work[i, 0] -= carried * by_salt
            work[i, 1] += carried * g
            work[i, 14] -= carried * by_next
            work[i, 15] = -carried * g
            work[i + 1, 0] += carried * by_next
            work[i + 1, 1] += carried * g
            work[i + 1, 9] += carried * by_salt
            work[i + 1, 10] = -carried * g
        assemble_solid_face(nodes, work, i, left, right)


def assemble_solid_face(nodes: Any, work: Any, i: int, left: float, right: float) -> None:
    """Add the electronic current through the face between node i and the next.

    Parameters
    ----------
    nodes : ndarray, shape (n_nodes, 8), mixed
        Node properties.
    work : ndarray, shape (n_nodes, 34), mixed
        Off-diagonal columns are set, diagonal and load columns added to.
    i : int
        Node left of the face.
    left, right : float, m
        Half widths of the two nodes.
    """
    here = nodes[i, SOLID]
    there = nodes[i + 1, SOLID]
    g = 0.0
    if here > 0.0 and there > 0.0:
        g = here * there / (left * there + right * here)
    flux = g * (work[i + 1, METAL] - work[i, METAL])
    work[i, 21] += flux
    work[i + 1, 21] -= flux
    work[i, 8] += g
    work[i, 18] = -g
    work[i + 1, 8] += g
    work[i + 1, 13] = -g


def apply_update(settings: Any, nodes: Any, sites: Any, work: Any, reactions: Any, run: Any) -> float:
    """Add the solution of the linear system to the iterate, shortened where it is too long.

    Parameters
    ----------
    settings, nodes, sites, work, reactions, run : ndarray, mixed
        As for :func:`newton`; the iterate is changed.

    Returns
    -------
    float
        Largest change that was asked for, V; changes of ln c_e count by the thermal voltage. Negative if it is not
        a number.
    """
    thermal = 1.0 / settings[HALF_THERMAL]
    size = 0.0
    total = 0.0
    for i in range(nodes.shape[0]):
        liquid = abs(work[i, 20])
        metal = abs(work[i, 21])
        salt = abs(work[i, 19]) / work[i, SALT] * thermal
        size = max(size, liquid, metal, salt)
        total += liquid + metal + salt
    if not math.isfinite(total):
        return -1.0
    part = 1.0
    if size > LARGEST_UPDATE:
        part = LARGEST_UPDATE / size
    for i in range(nodes.shape[0]):
        salt = work[i, SALT]
        for s in range(int(nodes[i, FIRST_SITE]), int(nodes[i, STOP_SITE]), int(nodes[i, STRIDE])):
            update_site(sites, reactions, run, s, part, work[i, 19], work[i, 21] - work[i, 20])
        work[i, SALT] = max(salt + part * work[i, 19], 0.1 * salt)
        work[i, LIQUID] += part * work[i, 20]
        if nodes[i, ELECTRODE] >= 0.0:
            work[i, METAL] += part * work[i, 21]
    return size


def note_differences(settings: Any, nodes: Any, work: Any, reactions: Any, run: Any) -> None:
    """Note the potential differences that the solution has left at the sites, and the potential of the anode.

    Parameters
    ----------
    settings, nodes, work, reactions, run : ndarray, mixed
        As for :func:`newton`.
    """
    anode = 0
    for i in range(nodes.shape[0]):
        for s in range(int(nodes[i, FIRST_SITE]), int(nodes[i, STOP_SITE]), int(nodes[i, STRIDE])):
            reactions[s, DIFFERENCE_HERE] = work[i, METAL] - work[i, LIQUID]
        if nodes[i, ELECTRODE] == 0.0:
            anode = i
    here = work[anode, METAL] - work[anode, LIQUID]
    if nodes[0, ELECTRODE] == 0.0 and anode > 0:
        # from the last two cells to the face of the separator
        ahead = nodes[anode, WIDTH] / (nodes[anode, WIDTH] + nodes[anode - 1, WIDTH])
        here += ahead * (here - work[anode - 1, METAL] + work[anode - 1, LIQUID])
    run[ANODE] = here


@separate
def newton(
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
    """Solve one implicit time step for all nodes and the current.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (n_nodes, 8), mixed
        Node properties.
    sites : ndarray, shape (n_sites, 20), mixed
        Site properties.
    laws : ndarray, shape (n + 1, n_laws), mixed
        Tables over stoichiometry.
    films : ndarray, shape (n_films, 34), mixed
        Ageing parameters.
    liquid : ndarray, shape (n + 1, 8), mixed
        Table of the electrolyte's laws over concentration.
    work : ndarray, shape (n_nodes, 34), mixed
        Holds the first guess, the histories and what :func:`activity_properties` fills; the iterate is changed.
    reactions : ndarray, shape (n_sites, 40), mixed
        The same of the sites.
    run : ndarray, shape (n_run,), mixed
        Current and voltage are changed, iterations counted.

    Returns
    -------
    int
        0 if it converged, 1 if not.
    """
    n = nodes.shape[0]
    area = settings[AREA]
    kind = int(settings[CONTROL])
    resistance = settings[RESISTANCE] + 0.5 * nodes[n - 1, WIDTH] / (nodes[n - 1, SOLID] * area)
    ground = nodes[0, SOLID] / (0.5 * nodes[0, WIDTH])
    for _ in range(MOST_ITERATIONS if run[POINTS] > 1.0 else MOST_AT_START):
        run[ITERATIONS] += 1.0
        electrolyte_properties(settings, nodes, liquid, work)
        assemble_nodes(settings, nodes, sites, laws, films, work, reactions, run)
        assemble_faces(settings, nodes, work)
        current = run[CURRENT]
        work[0, 8] += ground
        work[0, 21] -= ground * work[0, METAL]
        work[n - 1, 21] -= current / area
        if eliminate(work, n) != 0:
            return 1
        voltage = work[n - 1, METAL] + work[n - 1, 21] - resistance * current
        slope = -work[n - 1, 8] / area - resistance
        change = current_change(kind, settings[TARGET], current, voltage, slope)
        for k in range(3):
            work[n - 1, 19 + k] -= work[n - 1, 3 * k + 2] * change / area
        substitute(work, n)
        size = apply_update(settings, nodes, sites, work, reactions, run)
        if size < 0.0:
            return 1
        left = settings[HALF_THERMAL] * size * size + ocp_remainder(settings, sites, laws, reactions)
        run[UPDATE] = size
        run[CURRENT] = current + change * min(1.0, LARGEST_UPDATE / max(size, 1e-30))
        run[VOLTAGE] = work[n - 1, METAL] - resistance * run[CURRENT]
        run[STIFFNESS] = slope
        if size < LARGEST_UPDATE and left < settings[NEWTON_TOLERANCE]:
            note_differences(settings, nodes, work, reactions, run)
            return beyond_peak(kind, run[CURRENT], run[VOLTAGE], slope)
    return 1
