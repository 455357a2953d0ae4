r"""Diffusion in spherical particles, one implicit time step at a time.

.. math:: \partial_t c_s = r^{-2} \partial_r (r^2 D_s \partial_r c_s), \qquad -D_s \partial_r c_s|_R = j / F

Finite volumes in spherical shells: lithium is conserved to rounding on any mesh. The surface concentration is that
of the parabola through the last two shell centres whose slope at the surface is the known flux: second order.

In an implicit step the shells of a particle depend linearly on its reaction current density j. With constant
diffusivity the tridiagonal factor is common to all particles of a group, so the shells are eliminated exactly:
:math:`c_{surf} = u + w j` with w common to the group and u from one sweep over the particles' past.

References
----------
Doyle, Fuller and Newman 1993, doi:10.1149/1.2221597, equations 9 to 12 (diffusion in the particles).
"""

from __future__ import annotations

from typing import Any

from joulebook.battery.layout import (
    BEFORE_WEIGHT,
    ELIMINATED,
    FIRST,
    FLUX_WEIGHT,
    INNER,
    LAST_WEIGHT,
    OUTER,
    PIVOT,
    RESPONSE,
    SOURCE,
    STOP,
    SURFACE_RESPONSE,
)

__all__ = ["complete", "factorise", "surface_share", "sweep"]


def factorise(shells: Any, group: int, leading: float) -> None:
    """Eliminate the shells of a group downwards for one time step, and find their response to the reaction.

    Parameters
    ----------
    shells : ndarray, shape (n_groups, n_r + 2, 6), mixed
        Columns ``ELIMINATED``, ``PIVOT``, ``RESPONSE`` and the surface's response are filled.
    group : int
        Which group.
    leading : float, 1/s
        Leading weight of the time formula.
    """
    n_r = shells.shape[1] - 2
    source = shells[group, n_r, SOURCE]
    eliminated = 0.0
    response = 0.0
    for k in range(n_r):
        inner = shells[group, k, INNER]
        outer = shells[group, k, OUTER]
        pivot = 1.0 / (leading + inner + outer - inner * eliminated)
        eliminated = outer * pivot
        response = inner * response * pivot
        if k == n_r - 1:
            response += source * pivot
        shells[group, k, PIVOT] = pivot
        shells[group, k, ELIMINATED] = eliminated
        shells[group, k, RESPONSE] = response
    for k in range(n_r - 2, -1, -1):
        shells[group, k, RESPONSE] += shells[group, k, ELIMINATED] * shells[group, k + 1, RESPONSE]
    shells[group, n_r, SURFACE_RESPONSE] = (
        shells[group, n_r, LAST_WEIGHT] * shells[group, n_r - 1, RESPONSE]
        + shells[group, n_r, BEFORE_WEIGHT] * shells[group, n_r - 2, RESPONSE]
        + shells[group, n_r, FLUX_WEIGHT]
    )


def sweep(shells: Any, group: int, concentration: Any, head: int, order: int, weights: Any) -> None:
    """Find the concentrations that the step would give without reaction; they go to the slot after ``head``.

    Parameters
    ----------
    shells : ndarray, shape (n_groups, n_r + 2, 6), mixed
        Factorised.
    group : int
        Which group.
    concentration : ndarray, shape (n_ring, n_r, n_particles), mol/m³
        Ring of past concentrations.
    head : int
        Slot of the last accepted point.
    order : int
        Of the time formula.
    weights : ndarray, shape (≥ order + 1,), 1/s
        Of the time formula.
    """
    ring = concentration.shape[0]
    n_r = shells.shape[1] - 2
    first = int(shells[group, n_r + 1, FIRST])
    stop = int(shells[group, n_r + 1, STOP])
    new = (head + 1) % ring
    for k in range(n_r):
        pivot = shells[group, k, PIVOT]
        inner = shells[group, k, INNER] * pivot
        scale = -weights[1] * pivot
        for i in range(first, stop):
            concentration[new, k, i] = scale * concentration[head, k, i]
        for q in range(1, order):
            slot = (head - q) % ring
            scale = -weights[q + 1] * pivot
            for i in range(first, stop):
                concentration[new, k, i] += scale * concentration[slot, k, i]
        if k > 0:
            for i in range(first, stop):
                concentration[new, k, i] += inner * concentration[new, k - 1, i]
    for k in range(n_r - 2, -1, -1):
        eliminated = shells[group, k, ELIMINATED]
        for i in range(first, stop):
            concentration[new, k, i] += eliminated * concentration[new, k + 1, i]


def complete(shells: Any, group: int, concentration: Any, slot: int, particle: int, reaction: float) -> None:
    """Add the response to the reaction: the concentrations of the accepted step.

    Parameters
    ----------
    shells : ndarray, shape (n_groups, n_r + 2, 6), mixed
        Factorised.
    group : int
        Which group.
    concentration : ndarray, shape (n_ring, n_r, n_particles), mol/m³
        Its ``slot`` as :func:`sweep` left it.
    slot : int
        Slot of the step.
    particle : int
        Column.
    reaction : float, A/m²
        Reaction current density.
    """
    for k in range(shells.shape[1] - 2):
        concentration[slot, k, particle] += shells[group, k, RESPONSE] * reaction


def surface_share(shells: Any, group: int, concentration: Any, slot: int, particle: int) -> float:
    """Share of the shells in the surface concentration of a particle.

    Parameters
    ----------
    shells : ndarray, shape (n_groups, n_r + 2, 6), mixed
        Radial meshes.
    group : int
        Which group.
    concentration : ndarray, shape (n_ring, n_r, n_particles), mol/m³
        Ring of past concentrations.
    slot : int
        Slot of the step.
    particle : int
        Column.

    Returns
    -------
    float
        mol/m³.
    """
    n_r = shells.shape[1] - 2
    return float(
        shells[group, n_r, LAST_WEIGHT] * concentration[slot, n_r - 1, particle]
        + shells[group, n_r, BEFORE_WEIGHT] * concentration[slot, n_r - 2, particle]
    )
