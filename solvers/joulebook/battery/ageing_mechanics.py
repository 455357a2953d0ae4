r"""Stress in spherical particles, cracks in their surface, loss of active material.

A particle whose lithium is unevenly spread is under stress. At its surface the radial stress is zero and the
tangential one is

.. math:: \sigma_t = \frac{\Omega E}{3 (1 - \nu)} (\bar c - c_{surf}),

tensile while lithium leaves (for Ω > 0). The hydrostatic stress there is 2 σ_t/3. Tensile stress opens cracks (Paris'
law) and breaks contacts:

.. math::
    \dot l = k (b \sigma_t \sqrt{\pi l})^m, \qquad
    \dot \varepsilon = -\kappa \left(\frac{2 \sigma_t}{3 \sigma_c}\right)^n + f_r \frac{a j_f}{F} - f_i |i|, \qquad
    \dot c_l = -\bar c\, \dot \varepsilon

for σ_t > 0; the stress terms vanish else. The cracks add (roughness - 1) a = 2 l w ρ a to the surface. Lost material
keeps its lithium: c_l is lost to the cell, and counted. The remaining particles keep radius and concentration, so
their surface a = 3 ε/R shrinks with ε, and film and metal are spread over what remains.

Elastic, small strains, uniform properties in a particle; valid while the cracks are short against the radius.

References
----------
Stress: Ai et al. 2019, doi:10.1149/2.0122001JES, equations 7 and 8; cracks: Deshpande et al. 2012,
doi:10.1149/2.049210jes; loss of active material: Reniers et al. 2019, doi:10.1149/2.0281914jes; all together: O'Kane
et al. 2022, doi:10.1039/D2CP00417H. Cited as PyBaMM 26.10 cites them, whose forms these are; the peer lets a positive
activation energy of cracking slow the cracks of a warm cell, here it speeds them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from joulebook.battery.ageing import GAS_CONSTANT
from joulebook.battery.balance import FARADAY

if TYPE_CHECKING:
    from joulebook.battery.ageing_parts import Mechanics

__all__ = [
    "active_loss",
    "crack_growth",
    "diffusion_factor",
    "hydrostatic_stress",
    "mechanics_law",
    "roughness",
    "structure_rates",
    "surface_displacement",
    "tangential_stress",
]

STRESS_FACTOR, CRACKING, CRACK_EXPONENT, CRACK_AREA, STRESS_LOSS, STRESS_EXPONENT, REACTION_LOSS, CURRENT_LOSS = range(
    8
)
"""Columns of :func:`mechanics_law`."""


def mechanics_law(
    part: Mechanics | None, losses: tuple[str, ...], cracks: bool
) -> tuple[float, float, float, float, float, float, float, float]:
    """Coefficients of stress, cracks and losses for the loop; those of laws not chosen are zero.

    Parameters
    ----------
    part : Mechanics or None
        Parameters; complete for what is chosen (:meth:`joulebook.battery.ageing_parts.Mechanics.missing` is empty).
    losses : tuple of str
        Of ``"stress"``, ``"reaction"``, ``"current"``.
    cracks : bool
        Whether cracks grow.

    Returns
    -------
    tuple of float
        Ω E/(3 (1 - ν)) in Pa m³/mol; k (b √π)^m in m/s (Pa m^0.5)^-m; m; 2 w ρ in 1/m; κ (2/(3 σ_c))^n in Pa^-n/s; n;
        f_r in m³/mol; f_i in m²/C.
    """
    if part is None:
        return (0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    stress = cracking = area = stress_loss = 0.0
    exponent = part.cracking_exponent or 1.0
    loss_exponent = part.stress_loss_exponent or 1.0
    if part.young_modulus and part.partial_molar_volume and part.poisson_ratio is not None:
        stress = part.partial_molar_volume * part.young_modulus / (3.0 * (1.0 - part.poisson_ratio))
    if cracks:
        cracking = (part.cracking_rate or 0.0) * (
            (part.stress_intensity_factor or 0.0) * math.sqrt(math.pi)
        ) ** exponent
        area = 2.0 * (part.crack_width or 0.0) * (part.cracks_per_area or 0.0)
    if "stress" in losses and part.critical_stress:
        stress_loss = (part.stress_loss_rate or 0.0) * (2.0 / (3.0 * part.critical_stress)) ** loss_exponent
    reaction = (part.reaction_loss_factor or 0.0) if "reaction" in losses else 0.0
    current = (part.current_loss_factor or 0.0) if "current" in losses else 0.0
    return (stress, cracking, exponent, area, stress_loss, loss_exponent, reaction, current)


def tangential_stress(factor: float, mean: float, surface: float) -> float:
    """Tangential stress at the surface of a particle.

    Parameters
    ----------
    factor : float, Pa m³/mol
        Ω E/(3 (1 - ν)).
    mean, surface : float, mol/m³
        Lithium concentration over the volume, and at the surface.

    Returns
    -------
    float
        Pa; positive in tension.
    """
    return factor * (mean - surface)


def hydrostatic_stress(tangential: float) -> float:
    """Hydrostatic stress at the surface, where the radial stress is zero.

    Parameters
    ----------
    tangential : float, Pa
        Tangential stress there.

    Returns
    -------
    float
        Pa; positive in tension.
    """
    return 2.0 * tangential / 3.0


def diffusion_factor(part: Mechanics, temperature: float) -> float:
    r"""Growth of the diffusivity with concentration that stress brings about.

    .. math:: D_{eff} = D \,(1 + \theta (c - c_0)), \qquad
        \theta = \frac{\Omega}{R T} \frac{2 \Omega E}{9 (1 - \nu)}

    Parameters
    ----------
    part : Mechanics
        Parameters; those of stress are given.
    temperature : float, K
        Of the cell.

    Returns
    -------
    float
        θ in m³/mol.

    References
    ----------
    Ai et al. 2019, doi:10.1149/2.0122001JES, equation 12.
    """
    if not (part.young_modulus and part.partial_molar_volume) or part.poisson_ratio is None:
        return 0.0
    stiffness = 2.0 * part.partial_molar_volume * part.young_modulus / (9.0 * (1.0 - part.poisson_ratio))
    return part.partial_molar_volume / (GAS_CONSTANT * temperature) * stiffness


def surface_displacement(molar_volume: float, radius: float, mean: float, reference: float) -> float:
    """Displacement of the surface of a particle.

    Parameters
    ----------
    molar_volume : float, m³/mol
        Partial molar volume Ω of lithium.
    radius : float, m
        Of the particle.
    mean, reference : float, mol/m³
        Lithium concentration over the volume, and at which the particle is not deformed.

    Returns
    -------
    float
        m; positive outwards.

    References
    ----------
    Ai et al. 2019, doi:10.1149/2.0122001JES, equation 10.
    """
    return molar_volume * radius * (mean - reference) / 3.0


def roughness(length: float, area: float) -> float:
    """Surface with cracks over surface without.

    Parameters
    ----------
    length : float, m
        Crack length l.
    area : float, 1/m
        2 w ρ: two walls, width, cracks per area.

    Returns
    -------
    float
        1 + 2 l w ρ.
    """
    return 1.0 + length * area


def crack_growth(stress: float, length: float, cracking: float, exponent: float) -> float:
    """Growth of the cracks by Paris' law; none under pressure.

    Parameters
    ----------
    stress : float, Pa
        Tangential stress at the surface.
    length : float, m
        Crack length.
    cracking : float, m/s (Pa m^0.5)^-m
        k (b √π)^m.
    exponent : float
        m.

    Returns
    -------
    float
        m/s.

    References
    ----------
    Deshpande et al. 2012, doi:10.1149/2.049210jes, with the stress of a moment in place of the range over a cycle.
    """
    if stress <= 0.0 or cracking == 0.0:
        return 0.0
    return float(cracking * (stress * math.sqrt(length)) ** exponent)


def active_loss(law: Any, factor: float, stress: float, film_current: float, cell_current: float) -> float:
    """Rate of the active fraction; negative where material is lost.

    Parameters
    ----------
    law : sequence of float, length 8
        Row of :func:`mechanics_law`.
    factor : float
        Arrhenius factor of the stress-driven and the current-driven loss.
    stress : float, Pa
        Tangential stress at the surface.
    film_current : float, A/m³
        Growth current on the particles per volume of electrode, a j_f; zero or negative.
    cell_current : float, A/m²
        Current over cross-section of the cell, either sign.

    Returns
    -------
    float
        1/s.

    References
    ----------
    Reniers et al. 2019, doi:10.1149/2.0281914jes.
    """
    loss = factor * law[CURRENT_LOSS] * abs(cell_current) - law[REACTION_LOSS] * film_current / FARADAY
    if stress > 0.0 and law[STRESS_LOSS] > 0.0:
        loss += factor * law[STRESS_LOSS] * stress ** law[STRESS_EXPONENT]
    return float(-loss)


def structure_rates(
    law: Any,
    factors: tuple[float, float],
    concentrations: tuple[float, float],
    length: float,
    film_current: float,
    cell_current: float,
) -> tuple[float, float, float]:
    """Rates of crack length, active fraction and lithium left in lost material.

    Parameters
    ----------
    law : sequence of float, length 8
        Row of :func:`mechanics_law`.
    factors : tuple of float
        Arrhenius factors of cracking, and of the losses.
    concentrations : tuple of float, mol/m³
        Lithium in the particle: mean, and at the surface.
    length : float, m
        Crack length.
    film_current : float, A/m³
        Growth current on the particles per volume of electrode, a j_f.
    cell_current : float, A/m²
        Current over cross-section of the cell.

    Returns
    -------
    tuple of float
        m/s, 1/s, mol/(m³ s).
    """
    mean, surface = concentrations
    stress = tangential_stress(law[STRESS_FACTOR], mean, surface)
    growth = factors[0] * crack_growth(stress, length, law[CRACKING], law[CRACK_EXPONENT])
    active = active_loss(law, factors[1], stress, film_current, cell_current)
    return growth, active, -mean * active
