"""Heat capacity and resistance of a strand, and their integrals over temperature.

Per volume of strand: ``C = f C_Cu + (1 − f) C_sc`` (plus that of the insulation where it counts), ``ρ = ρ_Cu / f``
(the superconductor in its normal state carries nothing). Integrals from the operating temperature: enthalpy ``H = ∫ C
dT`` and the hot-spot integral ``Z = ∫ C/ρ dT``, so that an adiabatic spot at ``∫ J² dt`` has the temperature at which
``Z`` is as large (Maddock and James 1968).

NbTi, J/(m³ K): ``49.1 T³ + 64 B T`` superconducting, where 64 B T is γ B/Bc2(0) T of the mixed state (γ = 928 J/(m³ K²)
of the normal state, 14.5 T); above Tc the polynomials of CUDI. Nb3Sn in its normal state, J/(kg K): ``1/(1/210 +
1/(0.001 T³ + 0.1 T))``. The insulation is G-10.

Limits: 1 to 1000 K; copper and G-10 above 300 K keep the specific heat of 300 K, which makes the hot spot hotter than
it would be; field and purity are the same all over the winding and do not change during the quench.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joulebook.magnets.winding import Conductor
from joulebook.materials.copper import COPPER_DENSITY, copper_resistivity
from joulebook.materials.cryogenic import specific_heat
from joulebook.materials.superconductors import critical_surface

__all__ = ["HOTTEST", "StrandTable", "copper_capacity", "strand_table", "superconductor_capacity"]

Float = NDArray[np.float64]

HOTTEST = 1000.0
"""K; the study ends there: copper anneals, insulation is gone."""
NB3SN_DENSITY = 8040.0
"""kg/m³, as in PROCESS."""
G10_DENSITY = 1850.0
"""kg/m³; makers give 1800 to 1850 for G-10 and FR-4."""
_POINTS = 12_000
_NBTI = (
    (20.0, (0.0, 16.24, 0.0, 928.0, 0.0)),
    (50.0, (-0.2177, 11.9838, 553.71, -7846.1, 41383.0)),
    (175.0, (-4.82e-3, 2.976, -716.3, 83022.0, -1.53e6)),
    (500.0, (-6.29e-5, 9.296e-2, -51.66, 13706.0, 1.24e6)),
    (np.inf, (0.0, 0.0, -0.257, 955.5, 2.45e6)),
)
"""Up to a temperature, polynomial in T from T⁴ down, J/(m³ K): normal NbTi (CUDI, Verweij 2006, as STEAM has it)."""


@dataclass(frozen=True)
class StrandTable:
    """Properties of a strand over temperature.

    Parameters
    ----------
    temperature : ndarray, shape (n,), K
        Rising, from the operating temperature.
    capacity : ndarray, shape (n,), J/(m³ K)
        Per volume of strand, that of the insulation included where it counts.
    resistivity : ndarray, shape (n,), Ω m
        Of the strand.
    enthalpy : ndarray, shape (n,), J/m³
        Integral of the capacity.
    action : ndarray, shape (n,), A² s/m⁴
        Integral of capacity over resistivity.
    metal : ndarray, shape (n,), J/m³
        Integral of the capacity of the metals alone.
    """

    temperature: Float
    capacity: Float
    resistivity: Float
    enthalpy: Float
    action: Float
    metal: Float


def copper_capacity(temperature: Float) -> Float:
    """Give the heat capacity of copper.

    Parameters
    ----------
    temperature : ndarray, K
        Above 0.

    Returns
    -------
    ndarray, J/(m³ K)
        Of NIST's fit from 4 to 300 K, with γ T + β T³ below and its last value above.
    """
    return COPPER_DENSITY * specific_heat("copper")(temperature)


def superconductor_capacity(material: str, temperature: Float, critical: float, field: float) -> Float:
    """Give the heat capacity of a superconductor.

    Parameters
    ----------
    material : str
        ``"NbTi"`` or ``"Nb3Sn"``.
    temperature : ndarray, K
        Above 0.
    critical : float, K
        Critical temperature in the field; counts for NbTi.
    field : float, T
        Magnetic field; counts for superconducting NbTi.

    Returns
    -------
    ndarray, J/(m³ K)
        Per volume of the superconductor.

    References
    ----------
    NbTi: Verweij 2006 (CUDI); Elrod et al. 1982, Adv. Cryog. Eng. Mater. 28 (mixed state). Nb3Sn: PROCESS.
    """
    t = temperature
    if material == "Nb3Sn":
        return NB3SN_DENSITY / (1.0 / 210.0 + 1.0 / (0.001 * t**3 + 0.1 * t))
    normal = np.select([t <= top for top, _ in _NBTI], [np.polyval(row, t) for _, row in _NBTI])
    return np.where(t < critical, 49.1 * t**3 + 64.0 * field * t, normal)


def _integral(places: Float, values: Float) -> Float:
    return np.concatenate([[0.0], np.cumsum(0.5 * (values[1:] + values[:-1]) * np.diff(places))])


def strand_table(conductor: Conductor, field: float, start: float) -> StrandTable:
    """Tabulate a strand from its operating temperature to 1000 K.

    Parameters
    ----------
    conductor : Conductor
        The strand.
    field : float, T
        Magnetic field.
    start : float, K
        Operating temperature.

    Returns
    -------
    StrandTable
        Trapezoidal sums on 12 000 points; jumps of the capacity lie between two close points.
    """
    surface = critical_surface(conductor.superconductor)
    critical = surface.critical_temperature(field, conductor.strain)
    jumps = [place for place in (critical, *(top for top, _ in _NBTI[:-1])) if start < place < HOTTEST]
    points = np.unique(
        np.concatenate(
            [np.geomspace(start, HOTTEST, _POINTS), *([place * (1 - 1e-9), place * (1 + 1e-9)] for place in jumps)]
        )
    )
    copper = conductor.copper_fraction
    metal = copper * copper_capacity(points)
    metal = metal + (1.0 - copper) * superconductor_capacity(surface.material, points, critical, field)
    capacity = metal
    if conductor.insulation_heats and conductor.insulation_fraction:
        beside = conductor.insulation_fraction / (1.0 - conductor.insulation_fraction)
        capacity = metal + beside * G10_DENSITY * specific_heat("G-10")(points)
    resistivity = copper_resistivity(points, conductor.rrr, field) / copper
    return StrandTable(
        temperature=points,
        capacity=capacity,
        resistivity=resistivity,
        enthalpy=_integral(points, capacity),
        action=_integral(points, capacity / resistivity),
        metal=_integral(points, metal),
    )
