r"""Charge transfer at the particle surfaces: Butler–Volmer with equal transfer coefficients.

.. math:: j = 2 k \sqrt{c_e c_s (c_{max} - c_s)} \, \sinh\frac{F \eta}{2 R T}

References
----------
Doyle, Fuller and Newman 1993, doi:10.1149/1.2221597, equations 13 to 15, with both coefficients 0.5.
"""

from __future__ import annotations

import math

__all__ = [
    "arrhenius",
    "butler_volmer",
    "exchange_current_density",
    "overpotential",
    "unequal_exchange_current_density",
]


def exchange_current_density(rate: float, salt: float, surface: float, maximum: float) -> float:
    """Exchange-current density.

    Parameters
    ----------
    rate : float, A/m² (m³/mol)^1.5
        Rate constant.
    salt : float, mol/m³
        Salt concentration in the electrolyte.
    surface : float, mol/m³
        Lithium concentration at the particle surface.
    maximum : float, mol/m³
        Concentration of the full material.

    Returns
    -------
    float
        A/m².
    """
    return rate * math.sqrt(salt * surface * (maximum - surface))


def unequal_exchange_current_density(
    rate: float, salt: float, surface: float, maximum: float, powers: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Exchange-current density whose exponents are not all a half, and its logarithmic slopes.

    Parameters
    ----------
    rate : float, A/m² (m³/mol)^(sum of the exponents)
        Rate constant.
    salt : float, mol/m³
        Salt concentration in the electrolyte.
    surface : float, mol/m³
        Lithium concentration at the particle surface.
    maximum : float, mol/m³
        Concentration of the full material.
    powers : tuple of float, 1
        Exponents of salt, surface and maximum - surface.

    Returns
    -------
    tuple of float
        j0 in A/m², d ln j0 / d c_e and d ln j0 / d c_s in m³/mol.
    """
    free = maximum - surface
    exchange = rate * salt ** powers[0] * surface ** powers[1] * free ** powers[2]
    return exchange, powers[0] / salt, powers[1] / surface - powers[2] / free


def overpotential(reaction: float, exchange: float, half_thermal: float) -> float:
    """Overpotential that drives a reaction current density.

    Parameters
    ----------
    reaction : float, A/m²
        Reaction current density.
    exchange : float, A/m²
        Exchange-current density.
    half_thermal : float, 1/V
        F/(2 R T).

    Returns
    -------
    float
        V.
    """
    return math.asinh(reaction / (2.0 * exchange)) / half_thermal


def butler_volmer(exchange: float, potential: float, half_thermal: float) -> tuple[float, float]:
    """Reaction current density and its derivative by the overpotential.

    Parameters
    ----------
    exchange : float, A/m²
        Exchange-current density.
    potential : float, V
        Overpotential.
    half_thermal : float, 1/V
        F/(2 R T).

    Returns
    -------
    tuple of float
        j in A/m² and dj/dη in S/m².
    """
    grown = math.exp(max(-LARGEST_EXPONENT, min(LARGEST_EXPONENT, half_thermal * potential)))
    shrunk = 1.0 / grown
    return exchange * (grown - shrunk), exchange * (grown + shrunk) * half_thermal


LARGEST_EXPONENT = 300.0
"""In the rate law: no iterate may overflow."""


def arrhenius(activation: float, reference: float, temperature: float) -> float:
    """Factor of a thermally activated rate.

    Parameters
    ----------
    activation : float, K
        Activation energy over the gas constant.
    reference : float, K
        Where the factor is 1.
    temperature : float, K
        Where it is wanted.

    Returns
    -------
    float
        1 where nothing is activated.
    """
    if activation == 0.0 or temperature == reference:
        return 1.0
    return math.exp(activation * (1.0 / reference - 1.0 / temperature))
