r"""Impedances of the elements and their derivatives, over arrays of frequencies.

Every function takes the complex frequency :math:`s = j\omega` and the values of the element, which broadcast against
it, and gives the impedance and its derivatives with respect to the values. All are written in powers of :math:`s`
with the principal branch, so that they hold in the whole right half plane.

Notes
-----
Layers of finite length are computed from :math:`\tanh z`, which NumPy evaluates without overflow for large arguments;
for :math:`|z| \to 0` the reflective layer becomes a capacitance :math:`\tau/R` and the transmissive one a resistance.

References
----------
Orazem M. E., Tribollet B., Electrochemical Impedance Spectroscopy, 2nd ed., Wiley 2017,
doi:10.1002/9781119363682. Lasia A., Electrochemical Impedance Spectroscopy and its Applications, Springer 2014,
doi:10.1007/978-1-4614-8933-7. Each function names the work it follows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FORMULAS", "Formula"]

Complex = NDArray[np.complex128]
Values = NDArray[np.float64]
Answer = tuple[Any, tuple[Any, ...]]
Formula = Callable[..., Answer]
"""From ``s`` and the values to the impedance and its derivatives."""


def resistor(s: Complex, resistance: Values) -> Answer:
    r""":math:`Z = R`.

    Parameters
    ----------
    s : ndarray, rad/s
        Complex frequency.
    resistance : ndarray, Ω
        R.

    Returns
    -------
    impedance : ndarray, Ω
        As wide as ``s``.
    derivatives : tuple of ndarray
        With respect to the values.
    """
    one = np.ones_like(s)
    return resistance * one, (one,)


def capacitor(s: Complex, capacitance: Values) -> Answer:
    r""":math:`Z = 1/(sC)`.

    Parameters
    ----------
    s : ndarray, rad/s
        Complex frequency.
    capacitance : ndarray, F
        C.

    Returns
    -------
    impedance : ndarray, Ω
    derivatives : tuple of ndarray
        With respect to the values.
    """
    z = 1.0 / (s * capacitance)
    return z, (-z / capacitance,)


def inductor(s: Complex, inductance: Values) -> Answer:
    r""":math:`Z = sL`.

    Parameters
    ----------
    s : ndarray, rad/s
        Complex frequency.
    inductance : ndarray, H
        L.

    Returns
    -------
    impedance : ndarray, Ω
    derivatives : tuple of ndarray
        With respect to the values.
    """
    return s * inductance, (s * np.ones_like(inductance),)


def constant_phase(s: Complex, coefficient: Values, exponent: Values) -> Answer:
    r""":math:`Z = 1/(Q s^\alpha)`.

    Parameters
    ----------
    s : ndarray, rad/s
        Complex frequency.
    coefficient : ndarray, S·s^α
        Q.
    exponent : ndarray, 1
        α.

    Returns
    -------
    impedance : ndarray, Ω
    derivatives : tuple of ndarray
        With respect to the values.

    References
    ----------
    Brug et al. 1984, J. Electroanal. Chem. 176, 275, doi:10.1016/S0022-0728(84)80324-1 with α for 1 − α.
    """
    log_s = np.log(s)
    z = np.exp(-exponent * log_s) / coefficient
    return z, (-z / coefficient, -z * log_s)


def warburg(s: Complex, coefficient: Values) -> Answer:
    r""":math:`Z = \sigma\sqrt{2/s} = \sigma(1-j)/\sqrt{\omega}`.

    Parameters
    ----------
    s : ndarray, rad/s
        Complex frequency.
    coefficient : ndarray, Ω/s^0.5
        σ.

    Returns
    -------
    impedance : ndarray, Ω
    derivatives : tuple of ndarray
        With respect to the values.

    References
    ----------
    Warburg 1899, Ann. Phys. 303, 493, doi:10.1002/andp.18993030302.
    """
    unit = np.sqrt(2.0 / s)
    return coefficient * unit, (unit * np.ones_like(coefficient),)


def short_warburg(s: Complex, resistance: Values, time_constant: Values, exponent: Values) -> Answer:
    r""":math:`Z = R\,\tanh(z)/z` with :math:`z = (s\tau)^p`.

    Parameters
    ----------
    s : ndarray, rad/s
        Complex frequency.
    resistance : ndarray, Ω
        R.
    time_constant : ndarray, s
        τ.
    exponent : ndarray, 1
        p.

    Returns
    -------
    impedance : ndarray, Ω
    derivatives : tuple of ndarray
        With respect to the values.

    References
    ----------
    Llopis and Colom 1958; Franceschetti and Macdonald 1979, J. Electroanal. Chem. 101, 307,
    doi:10.1016/S0022-0728(79)80042-X; the exponent as in ZView's Ws.
    """
    log_st = np.log(s * time_constant)
    z = np.exp(exponent * log_st)
    tanh = np.tanh(z)
    shape = tanh / z
    slope = resistance * (1.0 - tanh * tanh - shape)  # z dZ/dz
    return resistance * shape, (shape, slope * exponent / time_constant, slope * log_st)


def open_warburg(s: Complex, resistance: Values, time_constant: Values, exponent: Values) -> Answer:
    r""":math:`Z = R\,\coth(z)/z` with :math:`z = (s\tau)^p`.

    Parameters
    ----------
    s : ndarray, rad/s
        Complex frequency.
    resistance : ndarray, Ω
        R.
    time_constant : ndarray, s
        τ.
    exponent : ndarray, 1
        p.

    Returns
    -------
    impedance : ndarray, Ω
    derivatives : tuple of ndarray
        With respect to the values.

    References
    ----------
    Ho, Raistrick and Huggins 1980, J. Electrochem. Soc. 127, 343, doi:10.1149/1.2129668; the exponent as in ZView's
    Wo.
    """
    log_st = np.log(s * time_constant)
    z = np.exp(exponent * log_st)
    shape, slope = _reflective(z)
    slope = resistance * slope
    return resistance * shape, (shape, slope * exponent / time_constant, slope * log_st)


def _reflective(z: Any) -> tuple[Any, Any]:
    """Give ``coth(z)/z`` and ``z`` times its derivative."""
    coth = 1.0 / np.tanh(z)
    shape = coth / z
    return shape, 1.0 - coth * coth - shape


def gerischer(s: Complex, resistance: Values, time_constant: Values) -> Answer:
    r""":math:`Z = R/\sqrt{1 + s\tau}`.

    Parameters
    ----------
    s : ndarray, rad/s
        Complex frequency.
    resistance : ndarray, Ω
        R.
    time_constant : ndarray, s
        τ.

    Returns
    -------
    impedance : ndarray, Ω
    derivatives : tuple of ndarray
        With respect to the values.

    References
    ----------
    Gerischer 1951, Z. Phys. Chem. 198, 286, doi:10.1515/zpch-1951-19824; Boukamp and Bouwmeester 2003, Solid State
    Ionics 157, 29, doi:10.1016/S0167-2738(02)00185-6.
    """
    u = 1.0 + s * time_constant
    shape = 1.0 / np.sqrt(u)
    return resistance * shape, (shape, -0.5 * resistance * shape * s / u)


def zarc(s: Complex, resistance: Values, time_constant: Values, exponent: Values) -> Answer:
    r""":math:`Z = R/(1 + (s\tau)^\alpha)`.

    Parameters
    ----------
    s : ndarray, rad/s
        Complex frequency.
    resistance : ndarray, Ω
        R.
    time_constant : ndarray, s
        τ.
    exponent : ndarray, 1
        α.

    Returns
    -------
    impedance : ndarray, Ω
    derivatives : tuple of ndarray
        With respect to the values.

    References
    ----------
    Cole and Cole 1941, J. Chem. Phys. 9, 341, doi:10.1063/1.1750906, eq. 5 with α for 1 − α.
    """
    log_st = np.log(s * time_constant)
    u = np.exp(exponent * log_st)
    shape = 1.0 / (1.0 + u)
    slope = -resistance * shape * shape * u
    return resistance * shape, (shape, slope * exponent / time_constant, slope * log_st)


def havriliak_negami(
    s: Complex, resistance: Values, time_constant: Values, exponent: Values, skewness: Values
) -> Answer:
    r""":math:`Z = R\,(1 + (s\tau)^\alpha)^{-\beta}`.

    Parameters
    ----------
    s : ndarray, rad/s
        Complex frequency.
    resistance : ndarray, Ω
        R.
    time_constant : ndarray, s
        τ.
    exponent, skewness : ndarray, 1
        α and β.

    Returns
    -------
    impedance : ndarray, Ω
    derivatives : tuple of ndarray
        With respect to the values.

    References
    ----------
    Havriliak and Negami 1967, Polymer 8, 161, doi:10.1016/0032-3861(67)90021-3.
    """
    log_st = np.log(s * time_constant)
    u = np.exp(exponent * log_st)
    log_base = np.log(1.0 + u)
    shape = np.exp(-skewness * log_base)
    z = resistance * shape
    slope = -skewness * z * u / (1.0 + u)
    return z, (shape, slope * exponent / time_constant, slope * log_st, -z * log_base)


def porous_electrode(s: Complex, resistance: Values, coefficient: Values, exponent: Values) -> Answer:
    r""":math:`Z = R\,\coth(z)/z` with :math:`z = \sqrt{R\,Q\,s^\alpha}`.

    Parameters
    ----------
    s : ndarray, rad/s
        Complex frequency.
    resistance : ndarray, Ω
        R.
    coefficient : ndarray, S·s^α
        Q.
    exponent : ndarray, 1
        α.

    Returns
    -------
    impedance : ndarray, Ω
    derivatives : tuple of ndarray
        With respect to the values.

    References
    ----------
    de Levie 1967, Adv. Electrochem. Electrochem. Eng. 6, 329; Bisquert 2000, Phys. Chem. Chem. Phys. 2, 4185,
    doi:10.1039/b001708f, without the resistance of the solid.
    """
    log_s = np.log(s)
    z = np.exp(0.5 * exponent * log_s) * np.sqrt(resistance * coefficient)
    shape, slope = _reflective(z)
    half = 0.5 * resistance * slope
    return resistance * shape, (shape + 0.5 * slope, half / coefficient, half * log_s)


FORMULAS: dict[str, Formula] = {
    "R": resistor,
    "C": capacitor,
    "L": inductor,
    "CPE": constant_phase,
    "W": warburg,
    "Ws": short_warburg,
    "Wo": open_warburg,
    "G": gerischer,
    "Zarc": zarc,
    "HN": havriliak_negami,
    "TLMQ": porous_electrode,
}
"""By kind of element."""
