r"""One implicit time step of the Doyle–Fuller–Newman model: Newton's method on 3 by 3 blocks.

.. math::

    \epsilon \partial_t c_e &= \partial_x (D_e \epsilon^b \partial_x c_e) + (1 - t_+) a j / F \\
    \partial_x i_e &= a j, \quad
        i_e = -\kappa \epsilon^b (\partial_x \phi_e - \tfrac{2 R T}{F} (1 - t_+) X \, \partial_x \ln c_e) \\
    \partial_x (\sigma \partial_x \phi_s) &= a j

with :math:`\phi_s = 0` at the negative collector and the cell's current entering at the positive one.

Finite volumes; the conductance of a face is that of its two half cells in series, also between electrode and
separator, which keeps second order across the jump of the properties. Unknowns per node are c_e, phi_e and phi_s; the
separator keeps an identity row in place of phi_s. The reaction j is linearised in the potentials and in the surface
concentration, which is itself linear in j (:mod:`joulebook.battery.particles`), and eliminated in its node. What
remains is block-tridiagonal; the unknown current is a border that touches the last node only.

References
----------
Doyle, Fuller and Newman 1993, doi:10.1149/1.2221597, equations 1 to 15.
"""

from __future__ import annotations

import math
from typing import Any

from joulebook.battery.control import beyond_peak, current_change
from joulebook.battery.layout import (
    AREA,
    CONDUCTIVITY,
    CONDUCTIVITY_SLOPE,
    CONTROL,
    CURRENT,
    DIFFUSION_VOLTAGE,
    DIFFUSIVITY,
    DIFFUSIVITY_SLOPE,
    ELECTROLYTE_WIDTH,
    HALF_THERMAL,
    ITERATIONS,
    LIQUID,
    METAL,
    NEWTON_TOLERANCE,
    OCP_COLUMN,
    POROSITY,
    REACTION,
    REACTION_MISS,
    REACTION_POTENTIAL,
    REACTION_SALT,
    RESISTANCE,
    SALT,
    SALT_HISTORY,
    SALT_SHARE,
    SOLID,
    SURFACE_DENSITY,
    TARGET,
    TRANSPORT,
    UPDATE,
    VOLTAGE,
    WEIGHTS,
    WIDTH,
)
from joulebook.battery.reaction import linearise_reaction, ocp_remainder
from joulebook.numerics.block_tridiagonal import eliminate, substitute
from joulebook.numerics.tables import slope_in_table, value_in_table

__all__ = ["newton"]

MOST_ITERATIONS = 20
LARGEST_UPDATE = 0.3
"""Largest change of a potential in one iteration, V; longer updates are shortened."""


def electrolyte_properties(settings: Any, nodes: Any, electrolyte: Any, work: Any) -> None:
    """Evaluate diffusivity and conductivity, with slopes, at every node.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (n_nodes, 10), mixed
        Node properties.
    electrolyte : ndarray, shape (n + 1, 4), m²/s and S/m
        Table of both laws over concentration.
    work : ndarray, shape (n_nodes, 39), mixed
        Columns ``DIFFUSIVITY`` to ``CONDUCTIVITY_SLOPE`` are filled.
    """
    width = settings[ELECTROLYTE_WIDTH]
    for i in range(nodes.shape[0]):
        salt = work[i, SALT]
        transport = nodes[i, TRANSPORT]
        work[i, DIFFUSIVITY] = transport * value_in_table(electrolyte, 0, 0.0, width, salt)
        work[i, DIFFUSIVITY_SLOPE] = transport * slope_in_table(electrolyte, 0, 0.0, width, salt)
        work[i, CONDUCTIVITY] = transport * value_in_table(electrolyte, 2, 0.0, width, salt)
        work[i, CONDUCTIVITY_SLOPE] = transport * slope_in_table(electrolyte, 2, 0.0, width, salt)


def assemble_nodes(settings: Any, nodes: Any, ocp: Any, work: Any, leading: float) -> None:
    """Write storage and reaction of every node into its diagonal block and load.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (n_nodes, 10), mixed
        Node properties.
    ocp : ndarray, shape (n + 1, 2 n_materials), V
        Table of the open-circuit potentials over stoichiometry.
    work : ndarray, shape (n_nodes, 39), mixed
        Diagonal and load columns are set.
    leading : float, 1/s
        Leading weight of the time formula.
    """
    for i in range(nodes.shape[0]):
        width = nodes[i, WIDTH]
        storage = nodes[i, POROSITY] * width
        salt_rate = leading * work[i, SALT] + work[i, SALT_HISTORY]
        if nodes[i, OCP_COLUMN] < 0.0:
            for k in range(9):
                work[i, k] = 0.0
            work[i, 0] = storage * leading
            work[i, 8] = 1.0
            work[i, 19] = -storage * salt_rate
            work[i, 20] = 0.0
            work[i, 21] = 0.0
            continue
        linearise_reaction(settings, nodes, ocp, work, i)
        surface = nodes[i, SURFACE_DENSITY] * width
        share = settings[SALT_SHARE]
        source = surface * (work[i, REACTION] + work[i, REACTION_MISS])
        by_salt = surface * work[i, REACTION_SALT]
        by_potential = surface * work[i, REACTION_POTENTIAL]
        work[i, 0] = storage * leading - share * by_salt
        work[i, 1] = share * by_potential
        work[i, 2] = -share * by_potential
        work[i, 3] = -by_salt
        work[i, 4] = by_potential
        work[i, 5] = -by_potential
        work[i, 6] = by_salt
        work[i, 7] = -by_potential
        work[i, 8] = by_potential
        work[i, 19] = -storage * salt_rate + share * source
        work[i, 20] = source
        work[i, 21] = -source


def assemble_faces(settings: Any, nodes: Any, work: Any) -> None:
    """Add the fluxes between neighbouring nodes to the blocks and loads.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (n_nodes, 10), mixed
        Node properties.
    work : ndarray, shape (n_nodes, 39), mixed
        Off-diagonal columns are set, diagonal and load columns added to.
    """
    spread = settings[DIFFUSION_VOLTAGE]
    for i in range(nodes.shape[0] - 1):
        left = 0.5 * nodes[i, WIDTH]
        right = 0.5 * nodes[i + 1, WIDTH]
        salt = work[i, SALT]
        salt_next = work[i + 1, SALT]
        rise = salt_next - salt
        here = work[i, DIFFUSIVITY]
        there = work[i + 1, DIFFUSIVITY]
        g = here * there / (left * there + right * here)
        flux = g * rise
        by_salt = g * g * left * work[i, DIFFUSIVITY_SLOPE] * rise / (here * here) - g
        by_next = g * g * right * work[i + 1, DIFFUSIVITY_SLOPE] * rise / (there * there) + g
        work[i, 19] += flux
        work[i + 1, 19] -= flux
        work[i, 0] -= by_salt
        work[i, 14] = -by_next
        work[i + 1, 0] += by_next
        work[i + 1, 9] = by_salt
        here = work[i, CONDUCTIVITY]
        there = work[i + 1, CONDUCTIVITY]
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
        assemble_solid_face(nodes, work, i, left, right)


def assemble_solid_face(nodes: Any, work: Any, i: int, left: float, right: float) -> None:
    """Add the electronic current through the face between node i and the next.

    Parameters
    ----------
    nodes : ndarray, shape (n_nodes, 10), mixed
        Node properties.
    work : ndarray, shape (n_nodes, 39), mixed
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


def apply_update(settings: Any, nodes: Any, work: Any) -> float:
    """Add the solution of the linear system to the iterate, shortened where it is too long.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (n_nodes, 10), mixed
        Node properties.
    work : ndarray, shape (n_nodes, 39), mixed
        Columns ``SALT`` to ``REACTION`` are changed.

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
        work[i, SALT] = max(salt + part * work[i, 19], 0.1 * salt)
        work[i, LIQUID] += part * work[i, 20]
        if nodes[i, OCP_COLUMN] >= 0.0:
            work[i, METAL] += part * work[i, 21]
            work[i, REACTION] += part * (
                work[i, REACTION_MISS]
                + work[i, REACTION_SALT] * work[i, 19]
                + work[i, REACTION_POTENTIAL] * (work[i, 21] - work[i, 20])
            )
    return size


def newton(settings: Any, nodes: Any, ocp: Any, electrolyte: Any, work: Any, run: Any) -> int:
    """Solve one implicit time step for all nodes and the current.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    nodes : ndarray, shape (n_nodes, 10), mixed
        Node properties.
    ocp : ndarray, shape (n + 1, 2 n_materials), V
        Table of the open-circuit potentials over stoichiometry.
    electrolyte : ndarray, shape (n + 1, 4), m²/s and S/m
        Table of both laws over concentration.
    work : ndarray, shape (n_nodes, 39), mixed
        Holds the first guess and the histories; the iterate is changed.
    run : ndarray, shape (n_run,), mixed
        Current and voltage are changed, iterations counted.

    Returns
    -------
    int
        0 if it converged, 1 if not.
    """
    n = nodes.shape[0]
    area = settings[AREA]
    resistance = settings[RESISTANCE] + 0.5 * nodes[n - 1, WIDTH] / (nodes[n - 1, SOLID] * area)
    ground = nodes[0, SOLID] / (0.5 * nodes[0, WIDTH])
    for _ in range(MOST_ITERATIONS):
        run[ITERATIONS] += 1.0
        electrolyte_properties(settings, nodes, electrolyte, work)
        assemble_nodes(settings, nodes, ocp, work, run[WEIGHTS])
        assemble_faces(settings, nodes, work)
        current = run[CURRENT]
        work[0, 8] += ground
        work[0, 21] -= ground * work[0, METAL]
        work[n - 1, 21] -= current / area
        if eliminate(work, n) != 0:
            return 1
        voltage = work[n - 1, METAL] + work[n - 1, 21] - resistance * current
        slope = -work[n - 1, 8] / area - resistance
        change = current_change(int(settings[CONTROL]), settings[TARGET], current, voltage, slope)
        for k in range(3):
            work[n - 1, 19 + k] -= work[n - 1, 3 * k + 2] * change / area
        substitute(work, n)
        size = apply_update(settings, nodes, work)
        if size < 0.0:
            return 1
        left = settings[HALF_THERMAL] * size * size + ocp_remainder(settings, nodes, ocp, work)
        run[UPDATE] = size
        run[CURRENT] = current + change * min(1.0, LARGEST_UPDATE / max(size, 1e-30))
        run[VOLTAGE] = work[n - 1, METAL] - resistance * run[CURRENT]
        if size < LARGEST_UPDATE and left < settings[NEWTON_TOLERANCE]:
            return beyond_peak(int(settings[CONTROL]), run[CURRENT], run[VOLTAGE], slope)
    return 1
