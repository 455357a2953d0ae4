r"""How loads depend on their voltage.

Every model is an admittance that depends on the magnitude of the voltage, :math:`I = (g + \mathrm j b) V`. With the
voltage :math:`u` per unit of the rated one, the admittance at rated voltage
:math:`g_0 = P_0/V_0^2,\; b_0 = -Q_0/V_0^2` is multiplied by

====================  ===================  =======================
model                 active               reactive
====================  ===================  =======================
constant power        :math:`u^{-2}`       :math:`u^{-2}`
constant impedance    1                    1
motor                 :math:`u^{-2}`       1
exponential           :math:`u^{a-2}`      :math:`u^{r-2}`
constant current      :math:`u^{-1}`       :math:`u^{-1}`
zip                   :math:`z + i u^{-1} + p u^{-2}`, shares for each
====================  ===================  =======================

The models with a fixed reactive power or reactance take it from the rating, whatever multiplies the load.

Above the upper voltage :math:`u_h` the factor stays at its value there. Below the lower voltage :math:`u_n` the
current falls linearly from its value there to that of the rated admittance at :math:`u_l` and stays on that admittance
below. The models with fixed reactive parts keep the admittance of :math:`u_n` instead. A zip load may drop out: its
current is multiplied by :math:`\tfrac12 (1 + \tanh 500 (u - u_c))`.

References
----------
R. C. Dugan and D. Montenegro, *The Open Distribution System Simulator (OpenDSS): Reference Guide*, EPRI, 2020, section
"Load"; the interpolation at low voltage is that of its source, Load.pas.
"""

from __future__ import annotations

import math
from typing import Any

from joulebook.grid.feeder.layout import (
    ACTIVE_EXPONENT,
    CURRENT,
    EXPONENTIAL,
    FIXED_POWER,
    FIXED_REACTANCE,
    HIGH,
    IMPEDANCE,
    LOW,
    MOTOR,
    NOMINAL_Q,
    NORMAL,
    POWER,
    REACTIVE_EXPONENT,
    SHARES,
    VOLTAGE_BASE,
    ZIP,
)

__all__ = ["load_admittance"]

SHARPNESS = 500.0
"""Of the drop-out of zip loads."""
SURE = 20.0
"""Beyond this argument the hyperbolic tangent is 1."""


def below(u: float, low: float, normal: float, at_normal: float) -> float:
    """Factor between the impedance voltage and the lowest normal voltage: the current is linear there.

    Parameters
    ----------
    u : float
        Voltage, per unit.
    low, normal : float
        Ends of the range.
    at_normal : float
        Current at ``normal``, over that of the rated power.

    Returns
    -------
    float
        Factor of the admittance.
    """
    return (low + (at_normal - low) / (normal - low) * (u - low)) / u


def power_factor_of(u: float, low: float, normal: float, high: float) -> float:
    """Factor of a load of constant power, with its limits.

    Parameters
    ----------
    u : float
        Voltage, per unit.
    low, normal, high : float
        Limits.

    Returns
    -------
    float
        Factor of the admittance.
    """
    if u <= normal and normal > low:
        return below(u, low, normal, 1.0 / normal)
    if u > high:
        return 1.0 / (high * high) if high > 0.0 else 1.0
    return 1.0 / (u * u)


def current_factor_of(u: float, low: float, normal: float, high: float) -> float:
    """Factor of a load of constant current, with its limits.

    Parameters
    ----------
    u : float
        Voltage, per unit.
    low, normal, high : float
        Limits.

    Returns
    -------
    float
        Factor of the admittance.
    """
    if u <= normal and normal > low:
        return below(u, low, normal, 1.0)
    if u > high:
        return 1.0 / high if high > 0.0 else 1.0
    return 1.0 / u


def load_admittance(model: int, numbers: Any, power: Any, b: int, voltage: float) -> tuple[float, float]:
    """Conductance and susceptance of a load at a voltage.

    Parameters
    ----------
    model : int
        Place in the list of models.
    numbers : ndarray, shape (branches, LOAD_NUMBERS)
        Of all branches.
    power : ndarray, shape (branches, 2), W and var
        At rated voltage.
    b : int
        Branch.
    voltage : float, V
        Magnitude.

    Returns
    -------
    tuple of float
        S.
    """
    rated = numbers[b, VOLTAGE_BASE]
    scale = 1.0 / (rated * rated)
    g, s = power[b, 0] * scale, -power[b, 1] * scale
    low, normal, high = numbers[b, LOW], numbers[b, NORMAL], numbers[b, HIGH]
    u = voltage / rated
    if model == IMPEDANCE or u <= low:
        return g, s
    if model == POWER:
        factor = power_factor_of(u, low, normal, high)
        return g * factor, s * factor
    if model == CURRENT:
        factor = current_factor_of(u, low, normal, high)
        return g * factor, s * factor
    if model == ZIP:
        return zip_admittance(numbers, b, u, g, s)
    if FIXED_POWER <= model <= FIXED_REACTANCE:
        fixed = -numbers[b, NOMINAL_Q] * scale
        if u <= normal:
            return (g / (normal * normal) if normal > 0.0 else 0.0), fixed
        if u > high:
            return (g / (high * high) if high > 0.0 else g), fixed
        return g / (u * u), fixed / (u * u) if model == FIXED_POWER else fixed
    if (u <= normal and normal > low) or u > high:
        factor = power_factor_of(u, low, normal, high)
        return g * factor, s * factor
    if model == MOTOR:
        return g / (u * u), s
    if model == EXPONENTIAL:
        return g * math.pow(u, numbers[b, ACTIVE_EXPONENT] - 2.0), s * math.pow(u, numbers[b, REACTIVE_EXPONENT] - 2.0)
    return g, s


def zip_admittance(numbers: Any, b: int, u: float, g: float, s: float) -> tuple[float, float]:
    """Conductance and susceptance of a zip load.

    Parameters
    ----------
    numbers : ndarray, shape (branches, LOAD_NUMBERS)
        Of all branches.
    b : int
        Branch.
    u : float
        Voltage, per unit.
    g, s : float, S
        At rated voltage.

    Returns
    -------
    tuple of float
        S.
    """
    low, normal, high = numbers[b, LOW], numbers[b, NORMAL], numbers[b, HIGH]
    p, i = power_factor_of(u, low, normal, high), current_factor_of(u, low, normal, high)
    active = numbers[b, SHARES] + numbers[b, SHARES + 1] * i + numbers[b, SHARES + 2] * p
    reactive = numbers[b, SHARES + 3] + numbers[b, SHARES + 4] * i + numbers[b, SHARES + 5] * p
    cut = numbers[b, SHARES + 6]
    if cut > 0.0:
        x = SHARPNESS * (u - cut)
        if x < SURE:
            kept = 0.5 * (1.0 + math.tanh(x))
            active *= kept
            reactive *= kept
    return g * active, s * reactive
