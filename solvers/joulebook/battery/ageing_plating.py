r"""Plating and stripping of metallic lithium on the particles.

.. math::
    j_p = F k \left(c_p e^{(1-\alpha) F \eta/(R T)} - c_e e^{-\alpha F \eta/(R T)}\right),
    \qquad \eta = \varphi_s - \varphi_e - \Delta

positive where lithium strips; without the first term where plating is irreversible. Signs, states and rates are those
of :mod:`joulebook.battery.ageing`. The reaction has its equilibrium at 0 V against lithium where c_p = c_e.

References
----------
O'Kane et al. 2020, doi:10.1149/1945-7111/ab90ac, with the exchange-current densities F k c_e and F k c_p; dead lithium:
O'Kane et al. 2022, doi:10.1039/D2CP00417H. Cited as PyBaMM 26.10 cites them, whose forms these are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from joulebook.battery.balance import FARADAY
from joulebook.core.errors import InputError, Issue

if TYPE_CHECKING:
    from joulebook.battery.ageing_parts import Plating

__all__ = ["PLATING_LAWS", "plating_current", "plating_law", "plating_step"]

PLATING_LAWS = ("none", "irreversible", "reversible", "partially reversible")
"""What becomes of plated lithium."""
PLATING_RATE, PLATING_TRANSFER, STRIPS, DEAD_RATE, ALL_DEAD = range(5)
"""Columns of a plating law: k in m/s, transfer coefficient of plating, 1 if it strips, 1/s, 1 if all plated is dead."""


def plating_law(part: Plating | None, law: str) -> tuple[float, float, float, float, float]:
    """Coefficients of a plating law for the loop.

    Parameters
    ----------
    part : Plating or None
        Parameters.
    law : str
        ``"none"``, ``"irreversible"``, ``"reversible"`` or ``"partially reversible"``.

    Returns
    -------
    tuple of float
        k (m/s), transfer coefficient of plating (1), 1.0 if plated lithium strips, rate at which it dies while the
        film has its initial thickness (1/s), 1.0 if what is plated is dead at once.

    Raises
    ------
    InputError
        If there is no such law.
    """
    if law not in PLATING_LAWS:
        raise InputError(Issue("plating", law, "is no plating law", f"Known: {', '.join(PLATING_LAWS)}"))
    if part is None or law == "none":
        return (0.0, 0.5, 0.0, 0.0, 0.0)
    strips = float(law != "irreversible")
    dying = (part.dead_lithium_rate or 0.0) if law == "partially reversible" else 0.0
    return (part.rate_constant, part.transfer_coefficient, strips, dying, 1.0 - strips)


def plating_current(
    law: Any, potential: float, drop: float, thermal: float, factor: float, salt: float, plated: float
) -> tuple[float, float, float, float]:
    """Current density of plating (negative) and stripping (positive).

    Parameters
    ----------
    law : sequence of float, length 5
        Row of :func:`plating_law`.
    potential, drop : float, V
        φ_s - φ_e, and film drop.
    thermal : float, 1/V
        F/(R T).
    factor : float
        Arrhenius factor of the rate constant.
    salt : float, mol/m³
        Salt concentration in the electrolyte.
    plated : float, mol/m³
        Plated lithium per volume of electrode.

    Returns
    -------
    current : float, A/m²
        Positive where lithium strips.
    by_potential : float, S/m²
        Its derivative by the potential; that by the drop is its negative.
    by_plated, by_salt : float, A m/mol
        Its derivatives by the two concentrations.

    References
    ----------
    O'Kane et al. 2022, doi:10.1039/D2CP00417H, with the exchange-current densities F k c_e and F k c_p.
    """
    overpotential = thermal * (potential - drop)
    strength = FARADAY * factor * law[PLATING_RATE]
    cathodic = law[PLATING_TRANSFER]
    strip = law[STRIPS] * strength * math.exp((1.0 - cathodic) * overpotential)
    plate = strength * math.exp(-cathodic * overpotential)
    slope = thermal * ((1.0 - cathodic) * strip * plated + cathodic * plate * salt)
    return strip * plated - plate * salt, slope, strip, -plate


def plating_step(
    law: Any,
    potential: float,
    drop: float,
    thermal: float,
    factor: float,
    salt: float,
    dying: float,
    surface: float,
    leading: float,
    history: float,
) -> tuple[float, float, float, float]:
    r"""Plated lithium and its current at the end of an implicit time step, in closed form.

    Stripping is fast where the potential is high, so the plated lithium has to follow within the step:
    :math:`\beta c_p + h = -a j_p(\varphi, c_p)/F - \gamma c_p`, linear in c_p.

    Parameters
    ----------
    law : sequence of float, length 5
        Row of :func:`plating_law`.
    potential, drop : float, V
        φ_s - φ_e, and film drop, at the end of the step.
    thermal : float, 1/V
        F/(R T).
    factor : float
        Arrhenius factor of the rate constant.
    salt : float, mol/m³
        Salt concentration in the electrolyte.
    dying : float, 1/s
        γ: the law's rate of dead lithium, times initial over present thickness of the film.
    surface : float, 1/m
        a.
    leading : float, 1/s
        Leading weight β of the time formula.
    history : float, mol/(m³ s)
        The formula's sum h over past values of c_p.

    Returns
    -------
    plated : float, mol/m³
        c_p at the end of the step.
    current : float, A/m²
        j_p.
    by_potential : float, S/m²
        Total derivative of that current by the potential, c_p following; that by the drop is its negative.
    by_salt : float, A m/mol
        Likewise by the salt concentration.
    """
    _, _, strip, plate = plating_current(law, potential, drop, thermal, factor, salt, 0.0)
    per_charge = surface / FARADAY
    reversible = 1.0 - law[ALL_DEAD]
    ease = 1.0 / (leading + dying + per_charge * strip)
    plated = (-reversible * per_charge * plate * salt - history) * ease
    current = strip * plated + plate * salt
    kept = (leading + dying) * ease
    cathodic = law[PLATING_TRANSFER]
    slope = thermal * kept * ((1.0 - cathodic) * strip * plated - cathodic * plate * salt)
    return plated, current, slope, plate * kept
