"""Copper of any purity: thermal conductivity and resistivity over temperature, residual resistance ratio and field.

Thermal conductivity (Hust and Lankford 1984, NBSIR 84-3007; parameters as the CMB-S4 collaboration has them)::

    k = 1 / (W0 + Wi + Wi0),   W0 = β / T,   β = 0.631 / (RRR − 1),   Wi0 = 0.2351 β^−0.1661 Wi W0 / (Wi + W0)
    Wi = P1 T^P2 / (1 + P1 P3 T^(P2 + P4) exp(−(P5 / T)^P6)) + Wc(T)

Resistivity (Simon, Drexler and Reed 1992, NIST Monograph 177; the printed P4 = +1.14 is a misprint of −1.14)::

    ρ = ρ0 + ρi + 0.4531 ρi ρ0 / (ρi + ρ0),   ρ0 = 1.553e-8 / RRR
    ρi = P1 T^P2 / (1 + P1 P3 T^(P2 + P4) exp(−(P5 / T)^P6))
    ρ(B) = ρ (1 + 10^a),   a = polynomial of x = log10(1.553e-8 B / ρ)

Limits: conductivity 0.2 to 1250 K, below 0.2 K k ~ T by W0 alone (Wiedemann and Franz); resistivity 1 to 1000 K;
annealed copper, transverse field up to 30 T; the conductivity knows no field.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joulebook.core.citations import Source
from joulebook.core.errors import InputError, Issue
from joulebook.core.quantities import range_phrase
from joulebook.materials.cryogenic import CryogenicLaw

__all__ = ["COPPER_DENSITY", "LORENZ", "copper_conductivity", "copper_resistivity"]

Float = NDArray[np.float64]

LORENZ = np.pi**2 / 3.0 * (1.380649e-23 / 1.602176634e-19) ** 2
"""W Ω/K²; Sommerfeld's value 2.443e-8 of the Lorenz number."""
COPPER_DENSITY = 8960.0
"""kg/m³ at 293 K (Simon, Drexler and Reed 1992, NIST Monograph 177)."""
LEAST_RRR, MOST_RRR = 1.5, 3000.0
_K = (1.754e-8, 2.763, 1102.0, -0.165, 70.0, 1.765)
_K_RESIDUAL, _K_COUPLING, _K_POWER = 0.631, 0.2351, 0.1661
_K_WAVES = ((-0.00012, 420.0, 470.0, 0.7), (-0.00016, 73.0, 87.0, 0.45), (-1e-5, 18.0, 21.0, 0.5))
_RHO = (1.171e-17, 4.49, 3.841e10, -1.14, 50.0, 6.428)
_RHO_ICE, _RHO_COUPLING = 1.553e-8, 0.4531
_MAGNETO = (0.01827, -0.1839, 0.6229, 0.3168, -2.662)


def _phonons(temperature: Float, parameters: tuple[float, ...]) -> Float:
    p1, p2, p3, p4, p5, p6 = parameters
    power = p1 * p3 * temperature ** (p2 + p4)
    return p1 * temperature**p2 / (1.0 + power * np.exp(-((p5 / temperature) ** p6)))


def _check_purity(rrr: float) -> None:
    if not LEAST_RRR <= rrr <= MOST_RRR:
        rule = f"must be {range_phrase(ge=LEAST_RRR, le=MOST_RRR)}"
        raise InputError(Issue("rrr", rrr, rule, "Residual resistance ratio: 50 to 150 for usual OFHC copper"))


@functools.cache
def copper_conductivity(rrr: float) -> CryogenicLaw:
    """Find the thermal conductivity of copper by its purity.

    Parameters
    ----------
    rrr : float
        Residual resistance ratio, 1.5 to 3000.

    Returns
    -------
    CryogenicLaw
        W/(m K) over temperature.

    Raises
    ------
    InputError
        If the ratio is not allowed.

    References
    ----------
    Hust and Lankford 1984, NBSIR 84-3007.

    Examples
    --------
    >>> round(float(copper_conductivity(100.0)(4.0)))
    627
    """
    _check_purity(rrr)
    residual = _K_RESIDUAL / (rrr - 1.0)
    coupling = _K_COUPLING / residual**_K_POWER

    def function(temperature: Float) -> Float:
        defects = residual / temperature
        waves = _phonons(temperature, _K)
        for height, start, centre, width in _K_WAVES:
            waves = waves + height * np.log(temperature / start) * np.exp(
                -((np.log(temperature / centre) / width) ** 2)
            )
        return np.asarray(1.0 / (defects + waves + coupling * waves * defects / (waves + defects)))

    return CryogenicLaw(
        name=f"copper, RRR {rrr:g}",
        quantity="thermal conductivity",
        unit="W/(m K)",
        low=0.2,
        high=1250.0,
        function=function,
        below="grows with T",
        source=Source(ref="HustLankford1984", method="fitted"),
    )


def copper_resistivity(temperature: ArrayLike, rrr: float, field: float = 0.0) -> Float:
    """Give the resistivity of copper.

    Parameters
    ----------
    temperature : array_like, K
        1 to 1000.
    rrr : float
        Residual resistance ratio, 1.5 to 3000.
    field : float, T
        Transverse magnetic field, 0 to 30.

    Returns
    -------
    ndarray, Ω m
        Of the shape of the temperature.

    Raises
    ------
    InputError
        If a value is not allowed.

    References
    ----------
    Simon, Drexler and Reed 1992, NIST Monograph 177 with P4 = −1.14.

    Examples
    --------
    >>> print(copper_resistivity([4.2, 300.0], 100.0))
    [1.55310696e-10 1.73901817e-08]
    """
    _check_purity(rrr)
    points = np.asarray(temperature, float)
    if not np.all((points > 0.0) & (points < np.inf)):
        raise InputError(Issue("temperature", temperature, "must be above 0 and finite", unit="K"))
    if not 0.0 <= field <= 30.0:
        raise InputError(Issue("field", field, f"must be {range_phrase(ge=0, le=30, unit='T')}", unit="T"))
    defects = _RHO_ICE / rrr
    phonons = _phonons(points, _RHO)
    plain = defects + phonons + _RHO_COUPLING * phonons * defects / (phonons + defects)
    if field == 0.0:
        return np.asarray(plain)
    ratio = np.log10(_RHO_ICE * field / plain)
    return np.asarray(plain * (1.0 + 10.0 ** np.polyval(_MAGNETO, ratio)))
