r"""Diffusion in spherical particles, one implicit time step at a time.

.. math:: \partial_t c_s = r^{-2} \partial_r (r^2 D_s \partial_r c_s), \qquad -D_s \partial_r c_s|_R = j / F

Finite volumes in spherical shells: lithium is conserved to rounding on any mesh and with any diffusivity. The surface
concentration is that of the parabola through the last two shell centres whose slope at the surface is the known flux:
second order.

In an implicit step the shells of a particle depend linearly on its reaction current density j, so they are
eliminated exactly: :math:`c_{surf} = u + w j`. With constant diffusivity the tridiagonal factor is common to all
particles of a group. A diffusivity that varies with concentration is taken at the concentrations extrapolated from
past points, whose error is of the order of the formula; each particle then has a factor of its own. On a face it is
the mean over the concentrations on both sides, :math:`\int D\,dc / \Delta c`, which carries the exact steady flux
however steep the law.

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
    OWN_ELIMINATED,
    OWN_GUESS,
    OWN_PIVOT,
    OWN_RESPONSE,
    PIVOT,
    RESPONSE,
    SOURCE,
    STOP,
    SURFACE_RESPONSE,
    VOLUME,
)
from joulebook.numerics.bdf import steps_back
from joulebook.numerics.tables import slope_in_table, value_in_table
from joulebook.numerics.twins import separate

__all__ = [
    "complete",
    "factorise",
    "factorise_own",
    "mean_concentration",
    "past_part",
    "surface_share",
    "sweep",
    "sweep_one",
]

NARROW = 1e-5
"""Difference of stoichiometries below which the mean diffusivity between them is that of their middle."""


def factorise(shells: Any, group: int, leading: float, diffusivity: float) -> None:
    """Eliminate the shells of a group downwards for one time step, and find their response to the reaction.

    Parameters
    ----------
    shells : ndarray, shape (n_groups, n_r + 2, 6), mixed
        Columns ``ELIMINATED``, ``PIVOT``, ``RESPONSE`` and the surface's response are filled.
    group : int
        Which group.
    leading : float, 1/s
        Leading weight of the time formula.
    diffusivity : float, m²/s
        Of lithium at the temperature of the step.
    """
    n_r = shells.shape[1] - 2
    source = shells[group, n_r, SOURCE]
    eliminated = 0.0
    pivot = 0.0
    for k in range(n_r):
        inner = shells[group, k, INNER] * diffusivity
        outer = shells[group, k, OUTER] * diffusivity
        pivot = 1.0 / (leading + inner + outer - inner * eliminated)
        eliminated = outer * pivot
        shells[group, k, PIVOT] = pivot
        shells[group, k, ELIMINATED] = eliminated
    response = source * pivot
    shells[group, n_r - 1, RESPONSE] = response
    for k in range(n_r - 2, -1, -1):
        response *= shells[group, k, ELIMINATED]
        shells[group, k, RESPONSE] = response
    shells[group, n_r, SURFACE_RESPONSE] = (
        shells[group, n_r, LAST_WEIGHT] * shells[group, n_r - 1, RESPONSE]
        + shells[group, n_r, BEFORE_WEIGHT] * shells[group, n_r - 2, RESPONSE]
        + shells[group, n_r, FLUX_WEIGHT] / diffusivity
    )


def sweep(shells: Any, group: int, concentration: Any, head: int, order: int, weights: Any, diffusivity: float) -> None:
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
    diffusivity : float, m²/s
        As for :func:`factorise`.
    """
    ring = concentration.shape[0]
    n_r = shells.shape[1] - 2
    first = int(shells[group, n_r + 1, FIRST])
    stop = int(shells[group, n_r + 1, STOP])
    new = (head + 1) % ring
    # four terms whatever the order: the weights beyond it are zero, and one pass is faster than a pass per term
    slots = (head, steps_back(head, 1, ring), steps_back(head, 2, ring), steps_back(head, 3, ring))
    factors = (
        -weights[1],
        -weights[2] if order > 1 else 0.0,
        -weights[3] if order > 2 else 0.0,
        -weights[4] if order > 3 else 0.0,
    )
    for i in range(first, stop):
        concentration[new, 0, i] = 0.0
    for k in range(n_r):
        pivot = shells[group, k, PIVOT]
        inner = shells[group, k, INNER] * diffusivity * pivot
        below = max(k - 1, 0)
        scales = (factors[0] * pivot, factors[1] * pivot, factors[2] * pivot, factors[3] * pivot)
        for i in range(first, stop):
            concentration[new, k, i] = (
                scales[0] * concentration[slots[0], k, i]
                + scales[1] * concentration[slots[1], k, i]
                + scales[2] * concentration[slots[2], k, i]
                + scales[3] * concentration[slots[3], k, i]
                + inner * concentration[new, below, i]
            )
    for k in range(n_r - 2, -1, -1):
        eliminated = shells[group, k, ELIMINATED]
        for i in range(first, stop):
            concentration[new, k, i] += eliminated * concentration[new, k + 1, i]


def sweep_one(
    shells: Any, group: int, concentration: Any, head: int, order: int, weights: Any, diffusivity: float
) -> None:
    """Do for a group of one particle what :func:`sweep` does for many: along the shells without a detour by memory.

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
    diffusivity : float, m²/s
        As for :func:`factorise`.
    """
    ring = concentration.shape[0]
    n_r = shells.shape[1] - 2
    i = int(shells[group, n_r + 1, FIRST])
    new = (head + 1) % ring
    slots = (head, steps_back(head, 1, ring), steps_back(head, 2, ring), steps_back(head, 3, ring))
    factors = (
        -weights[1],
        -weights[2] if order > 1 else 0.0,
        -weights[3] if order > 2 else 0.0,
        -weights[4] if order > 3 else 0.0,
    )
    amount = 0.0
    for k in range(n_r):
        history = (
            factors[0] * concentration[slots[0], k, i]
            + factors[1] * concentration[slots[1], k, i]
            + factors[2] * concentration[slots[2], k, i]
            + factors[3] * concentration[slots[3], k, i]
        )
        amount = (history + shells[group, k, INNER] * diffusivity * amount) * shells[group, k, PIVOT]
        concentration[new, k, i] = amount
    for k in range(n_r - 2, -1, -1):
        amount = concentration[new, k, i] + shells[group, k, ELIMINATED] * amount
        concentration[new, k, i] = amount


def past_part(concentration: Any, head: int, order: int, weights: Any, k: int, particle: int) -> float:
    """Past part of the time derivative in a shell.

    Parameters
    ----------
    concentration : ndarray, shape (n_ring, n_r, n_particles), mol/m³
        Ring of past concentrations.
    head : int
        Slot of the last accepted point.
    order : int
        Of the time formula.
    weights : ndarray, shape (≥ order + 1,), 1/s
        Of the time formula.
    k : int
        Shell.
    particle : int
        Column.

    Returns
    -------
    float
        mol/(m³ s).
    """
    ring = concentration.shape[0]
    past = 0.0
    for q in range(order):
        past += weights[q + 1] * concentration[steps_back(head, q, ring), k, particle]
    return past


@separate
def factorise_own(
    shells: Any,
    group: int,
    particle: int,
    laws: Any,
    column: int,
    width: float,
    maximum: float,
    concentration: Any,
    head: int,
    order: int,
    weights: Any,
    ahead: Any,
    points: int,
    diffusivity: float,
    factors: Any,
) -> None:
    """Do for a particle whose diffusivity varies what :func:`factorise` and :func:`sweep` do for a group.

    Parameters
    ----------
    shells : ndarray, shape (n_groups, n_r + 2, 6), mixed
        Radial meshes.
    group : int
        Mesh of the particle.
    particle : int
        Column in ``concentration``.
    laws : ndarray, shape (n + 1, n_laws), mixed
        Tables over stoichiometry.
    column : int
        Of the integral of the diffusivity.
    width : float
        Distance of grid points in ``laws``.
    maximum : float, mol/m³
        Concentration of the full material.
    concentration : ndarray, shape (n_ring, n_r, n_particles), mol/m³
        Ring of past concentrations; the slot after ``head`` is filled.
    head : int
        Slot of the last accepted point.
    order : int
        Of the time formula.
    weights : ndarray, shape (≥ order + 1,), 1/s
        Of the time formula.
    ahead : ndarray, shape (≥ points,), 1
        Of the extrapolation.
    points : int
        Past points that it uses.
    diffusivity : float, m²/s
        That multiplies the law, at the temperature of the step.
    factors : ndarray, shape (n_particles, n_r + 1, 4), mixed
        Pivots, factors and responses of the particle are filled; in the last row the surface's response.
    """
    ring = concentration.shape[0]
    n_r = shells.shape[1] - 2
    new = (head + 1) % ring
    for k in range(n_r):
        guess = 0.0
        for q in range(points):
            guess += ahead[q] * concentration[steps_back(head, q, ring), k, particle]
        factors[particle, k, OWN_GUESS] = min(max(guess / maximum, 0.0), 1.0)
    here = factors[particle, 0, OWN_GUESS]
    whole = value_in_table(laws, column, 0.0, width, here)
    inside = 0.0
    eliminated = 0.0
    response = 0.0
    last = here
    for k in range(n_r):
        ratio = 0.0
        if k < n_r - 1:
            there = factors[particle, k + 1, OWN_GUESS]
            beyond = value_in_table(laws, column, 0.0, width, there)
            if abs(there - here) > NARROW:
                ratio = (beyond - whole) / (there - here)
            else:
                ratio = slope_in_table(laws, column, 0.0, width, 0.5 * (here + there))
            last, here, whole = here, there, beyond
        inner = shells[group, k, INNER] * diffusivity * inside
        outer = shells[group, k, OUTER] * diffusivity * ratio
        pivot = 1.0 / (weights[0] + inner + outer - inner * eliminated)
        eliminated = outer * pivot
        response = inner * response * pivot
        history = -past_part(concentration, head, order, weights, k, particle) * pivot
        if k > 0:
            history += inner * pivot * concentration[new, k - 1, particle]
        if k == n_r - 1:
            response += shells[group, n_r, SOURCE] * pivot
        concentration[new, k, particle] = history
        factors[particle, k, OWN_PIVOT] = pivot
        factors[particle, k, OWN_ELIMINATED] = eliminated
        factors[particle, k, OWN_RESPONSE] = response
        inside = ratio
    for k in range(n_r - 2, -1, -1):
        eliminated = factors[particle, k, OWN_ELIMINATED]
        concentration[new, k, particle] += eliminated * concentration[new, k + 1, particle]
        factors[particle, k, OWN_RESPONSE] += eliminated * factors[particle, k + 1, OWN_RESPONSE]
    outermost = shells[group, n_r, LAST_WEIGHT] * here + shells[group, n_r, BEFORE_WEIGHT] * last
    local = diffusivity * slope_in_table(laws, column, 0.0, width, min(max(outermost, 0.0), 1.0))
    factors[particle, n_r, OWN_RESPONSE] = (
        shells[group, n_r, LAST_WEIGHT] * factors[particle, n_r - 1, OWN_RESPONSE]
        + shells[group, n_r, BEFORE_WEIGHT] * factors[particle, n_r - 2, OWN_RESPONSE]
        + shells[group, n_r, FLUX_WEIGHT] / local
    )


def complete(
    shells: Any, group: int, concentration: Any, slot: int, particle: int, reaction: float, factors: Any, own: bool
) -> None:
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
    factors : ndarray, shape (n_particles, n_r + 1, 4), mixed
        As :func:`factorise_own` left it.
    own : bool
        Whether the particle has a factor of its own.
    """
    if own:
        for k in range(shells.shape[1] - 2):
            concentration[slot, k, particle] += factors[particle, k, OWN_RESPONSE] * reaction
    else:
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


def mean_concentration(shells: Any, group: int, concentration: Any, slot: int, particle: int) -> float:
    """Lithium in a particle over its volume.

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
    amount = 0.0
    volume = 0.0
    for k in range(shells.shape[1] - 2):
        amount += shells[group, k, VOLUME] * concentration[slot, k, particle]
        volume += shells[group, k, VOLUME]
    return float(amount / volume)
