r"""Side reactions at the particles: the slow states and their rates, and growth of the surface film (SEI).

Plating is in :mod:`joulebook.battery.ageing_plating`; stress, cracks and loss of active material are in
:mod:`joulebook.battery.ageing_mechanics`.

Signs: a current density is positive where the particle side is oxidised, as in the main reaction; growth and
plating are therefore negative. One ampere of them takes 1/F mol/s of lithium ions from the electrolyte.

Slow states of a reaction site, each per volume of electrode, in the order of :func:`lithium_rates` and of
:func:`joulebook.battery.ageing_mechanics.structure_rates`:

1. film on the particles c_f (mol/m³ of film molecules, each with z lithium)
2. film on the walls of cracks c_k (same)
3. plated lithium c_p (mol/m³)
4. dead lithium c_d (mol/m³)
5. crack length l (m)
6. active fraction ε (1)
7. lithium left in lost active material c_l (mol/m³)

With the surface a = 3 ε/R (1/m) and the crack surface a_k = (roughness - 1) a:

.. math::
    \dot c_f = -\frac{a j_f}{z F}, \quad \dot c_k = -\frac{a_k j_k}{z F}, \quad
    \dot c_p = -\frac{a j_p}{F} - \gamma c_p, \quad \dot c_d = \gamma c_p

(irreversible plating: the current feeds c_d and c_p stays; reversible: γ = 0). Thicknesses follow from the states:
:math:`L = V_f c_f / a` and :math:`L_k = V_f c_k / a_k`. What the electrolyte loses, these states gain:
:math:`a j_f + a_k j_k + a j_p = -F\, d(z c_f + z c_k + c_p + c_d)/dt`. One A/m² of film current binds, per second and
m² of its surface, 1/F mol of lithium in 1/(z F) mol of film; one A/m² of plating current plates 1/F mol.

Potentials: every current is a function of φ = φ_s - φ_e at the site and of the film drop Δ = ρ L j_total, with
j_total = j + j_f + j_p + (roughness - 1) j_k. The main reaction is driven by φ - Δ - U, plating by φ - Δ, growth as
its law says. Growth laws share one form, so that the loop has one path, with one exponential, for all of them:

.. math:: j_f = -A\, \frac{G e}{d + b L + g L e}, \qquad e = \exp\left(-s \frac{F}{R T} (\varphi - w \Delta - U)\right)

where A is the Arrhenius factor of the growth. :func:`growth_law` gives (G, s, U, w, d, b, g):

============================== ========= === === === === === =====
law                            G         s   U   w   d   b   g
============================== ========= === === === === === =====
reaction limited               j_0       α   U   1   1   0   0
solvent-diffusion limited      F D c     0   0   0   0   1   0
interstitial-diffusion limited F D c     1   0   0   0   1   0
EC reaction limited            F k c     α   U   1   1   0   k/D
============================== ========= === === === === === =====

On cracks the same laws hold with L_k, and with the drop of L_k. Valid for films thin against the particle.

References
----------
Growth laws: S. G. Marquis, thesis, Oxford 2020, section 5.6.4; EC reaction: Yang et al. 2017,
doi:10.1016/j.jpowsour.2017.05.110, equations 10 and 11. Cited as PyBaMM 26.10 cites them, whose forms these are; the
peer counts only the main reaction in the film drop inside growth.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from joulebook.battery.balance import FARADAY
from joulebook.core.errors import InputError, Issue

if TYPE_CHECKING:
    from joulebook.battery.ageing_parts import SEI

__all__ = [
    "GROWTH_LAWS",
    "arrhenius",
    "bound_lithium",
    "film_drop",
    "film_step",
    "film_thickness",
    "growth_law",
    "lithium_rates",
    "porosity",
    "sei_current",
]

GAS_CONSTANT = 6.02214076e23 * 1.380649e-23
"""J/(mol K), exact since the SI of 2019."""

GROWTH_LAWS = (
    "none",
    "reaction limited",
    "solvent-diffusion limited",
    "interstitial-diffusion limited",
    "EC reaction limited",
)
"""What limits the growth of the film."""
STRENGTH, SLOPE, POTENTIAL, FILM_SHARE, FIXED, PER_THICKNESS, PER_DRIVE = range(7)
"""Columns of a growth law: G, s, U, w, d, b, g of the module's formula."""


def growth_law(film: SEI | None, law: str) -> tuple[float, float, float, float, float, float, float]:
    """Coefficients of a growth law for the loop.

    Parameters
    ----------
    film : SEI or None
        Parameters; complete for the law (:meth:`joulebook.battery.ageing_parts.SEI.missing` is empty).
    law : str
        ``"none"`` or a law of the module's table.

    Returns
    -------
    tuple of float
        G (A/m², or A/m where diffusion limits), s (1), U (V), w (1), d (1), b (1), g (1/m).

    Raises
    ------
    InputError
        If there is no such law.
    """
    if law not in GROWTH_LAWS:
        raise InputError(Issue("sei", law, "is no growth law", f"Known: {', '.join(GROWTH_LAWS)}"))
    none = (0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    if film is None or law == "none":
        return none
    transfer, rest = film.transfer_coefficient, film.open_circuit_potential or 0.0
    if law == "reaction limited":
        return (film.exchange_current_density or 0.0, transfer, rest, 1.0, 1.0, 0.0, 0.0)
    if law == "solvent-diffusion limited":
        flux = FARADAY * (film.solvent_diffusivity or 0.0) * (film.solvent_concentration or 0.0)
        return (flux, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    if law == "interstitial-diffusion limited":
        flux = FARADAY * (film.interstitial_diffusivity or 0.0) * (film.interstitial_concentration or 0.0)
        return (flux, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    rate = film.ec_rate_constant or 0.0
    strength = FARADAY * rate * (film.ec_concentration or 0.0)
    return (strength, transfer, rest, 1.0, 1.0, 0.0, rate / film.ec_diffusivity if film.ec_diffusivity else 0.0)


def arrhenius(energy: float, temperature: float, reference: float) -> float:
    """Factor exp(E/R (1/T_ref - 1/T)) on a rate.

    Parameters
    ----------
    energy : float, J/mol
        Activation energy E.
    temperature, reference : float, K
        T, and the one at which the rate is known.

    Returns
    -------
    float
        1 at the reference; above 1 when warmer, for positive energies.
    """
    return math.exp(energy / GAS_CONSTANT * (1.0 / reference - 1.0 / temperature))


def film_thickness(film: float, molar_volume: float, surface: float) -> float:
    """Thickness of a film spread over a surface.

    Parameters
    ----------
    film : float, mol/m³
        Film, or plated lithium, per volume of electrode.
    molar_volume : float, m³/mol
        Of the film.
    surface : float, 1/m
        Surface per volume of electrode: a = 3 ε/R, or (roughness - 1) a for the walls of cracks.

    Returns
    -------
    float
        m.
    """
    return film * molar_volume / surface


def film_drop(total: float, resistivity: float, thickness: float) -> float:
    """Potential drop across the film.

    Parameters
    ----------
    total : float, A/m²
        All current densities through the film, per particle surface.
    resistivity : float, ohm m
        Of the film.
    thickness : float, m
        Of the film on the particles.

    Returns
    -------
    float
        V; positive where the particle is oxidised.
    """
    return total * resistivity * thickness


def sei_current(
    law: Any, potential: float, drop: float, thermal: float, factor: float, thickness: float
) -> tuple[float, float, float]:
    """Current density of film growth at a given thickness.

    Parameters
    ----------
    law : sequence of float, length 7
        Row of :func:`growth_law`.
    potential : float, V
        φ_s - φ_e.
    drop : float, V
        Film drop.
    thermal : float, 1/V
        F/(R T).
    factor : float
        Arrhenius factor of the growth.
    thickness : float, m
        Of the film; positive.

    Returns
    -------
    current : float, A/m²
        Zero or negative.
    by_potential : float, S/m²
        Its derivative by the potential; that by the drop is this one times ``-law[FILM_SHARE]``.
    by_thickness : float, A/m³
        Its derivative by the thickness.
    """
    drive = math.exp(-law[SLOPE] * thermal * (potential - law[FILM_SHARE] * drop - law[POTENTIAL]))
    per_thickness = law[PER_THICKNESS] + law[PER_DRIVE] * drive
    hindrance = 1.0 / (law[FIXED] + per_thickness * thickness)
    current = -factor * law[STRENGTH] * drive * hindrance
    unhindered = (law[FIXED] + law[PER_THICKNESS] * thickness) * hindrance
    return current, -law[SLOPE] * thermal * unhindered * current, -per_thickness * hindrance * current


def film_step(
    law: Any,
    potential: float,
    drop: float,
    thermal: float,
    factor: float,
    surface: float,
    film_parameters: tuple[float, float],
    leading: float,
    history: float,
) -> tuple[float, float, float]:
    r"""Film and its growth current at the end of an implicit time step, in closed form.

    Solves :math:`\beta c + h = -a j(\varphi, L = V c/a)/(z F)` for c: a quadratic, for all laws.

    Parameters
    ----------
    law : sequence of float, length 7
        Row of :func:`growth_law`.
    potential, drop : float, V
        φ_s - φ_e and film drop at the end of the step.
    thermal : float, 1/V
        F/(R T).
    factor : float
        Arrhenius factor of the growth.
    surface : float, 1/m
        a, or (roughness - 1) a for cracks.
    film_parameters : tuple of float, m³/mol and 1
        Molar volume V and lithium per molecule z.
    leading : float, 1/s
        Leading weight β of the time formula.
    history : float, mol/(m³ s)
        The formula's sum h over past values; -c_old β for the implicit Euler formula.

    Returns
    -------
    film : float, mol/m³
        c at the end of the step.
    current : float, A/m²
        -z F (β c + h)/a: lithium is conserved to rounding.
    by_potential : float, S/m²
        Total derivative of that current by the potential, the film following; that by the drop is this one times
        ``-law[FILM_SHARE]``.
    """
    volume, lithium = film_parameters
    drive = math.exp(-law[SLOPE] * thermal * (potential - law[FILM_SHARE] * drop - law[POTENTIAL]))
    per_film = volume / surface
    thick = (law[PER_THICKNESS] + law[PER_DRIVE] * drive) * per_film
    per_charge = surface / (lithium * FARADAY)
    source = per_charge * factor * law[STRENGTH] * drive
    linear = leading * law[FIXED] + history * thick
    reach = source - history * law[FIXED]
    root = math.sqrt(linear * linear + 4.0 * leading * thick * reach)
    film = 2.0 * reach / (linear + root) if linear > 0.0 else (root - linear) / (2.0 * leading * thick)
    rate = leading * film + history
    by_drive = source / drive - rate * law[PER_DRIVE] * per_film * film
    by_potential = leading / per_charge * law[SLOPE] * thermal * drive * by_drive / root
    return film, -rate / per_charge, by_potential


def lithium_rates(
    surface: float,
    crack_surface: float,
    currents: tuple[float, float, float],
    plated: float,
    lithium_per_molecule: float,
    dying: float,
    all_dead: float,
) -> tuple[float, float, float, float]:
    """Rates of the four states that bind lithium.

    Parameters
    ----------
    surface, crack_surface : float, 1/m
        a and (roughness - 1) a.
    currents : tuple of float, A/m²
        Growth on the particles, growth on cracks, plating; each per its own surface.
    plated : float, mol/m³
        Plated lithium.
    lithium_per_molecule : float
        z.
    dying : float, 1/s
        γ: the law's rate of dead lithium, times initial over present thickness of the film.
    all_dead : float
        1 if what is plated is dead at once, else 0.

    Returns
    -------
    tuple of float, mol/(m³ s)
        Of film, film on cracks, plated and dead lithium. Lithium bound per second is (sum of a j)/(-F).

    Examples
    --------
    >>> rates = lithium_rates(3.84e5, 0.0, (-1e-3, 0.0, -0.5), 20.0, 2.0, 1e-6, 0.0)
    >>> round((2.0 * (rates[0] + rates[1]) + rates[2] + rates[3]) * FARADAY / 3.84e5, 12)
    0.501
    """
    growth, crack_growth, plating = currents
    per_film = 1.0 / (lithium_per_molecule * FARADAY)
    arriving = -surface * plating / FARADAY
    died = dying * plated
    return (
        -surface * growth * per_film,
        -crack_surface * crack_growth * per_film,
        (1.0 - all_dead) * arriving - died,
        all_dead * arriving + died,
    )


def bound_lithium(film: float, on_cracks: float, plated: float, dead: float, lithium_per_molecule: float) -> float:
    """Lithium held by film and metal.

    Parameters
    ----------
    film, on_cracks, plated, dead : float, mol/m³
        The states, per volume of electrode.
    lithium_per_molecule : float
        Of the film.

    Returns
    -------
    float
        mol/m³.
    """
    return lithium_per_molecule * (film + on_cracks) + plated + dead


def porosity(fresh: float, film: float, metal: float, film_volume: float, metal_volume: float) -> float:
    """Porosity left by what has grown in the pores.

    Parameters
    ----------
    fresh : float
        At the start.
    film : float, mol/m³
        Film, on particles and cracks, grown since the start.
    metal : float, mol/m³
        Plated and dead lithium, since the start.
    film_volume, metal_volume : float, m³/mol
        Molar volumes.

    Returns
    -------
    float
        Volume fraction of electrolyte.
    """
    return fresh - film_volume * film - metal_volume * metal
