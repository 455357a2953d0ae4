"""The factors of IEC 60909-0:2016, each a function of plain numbers or arrays.

Names follow the standard: c, K_T, K_G, K_S, K_SO, κ, μ, q, m, n, λ. Where a formula could not be compared with a
public source, its docstring says so.

References
----------
IEC 60909-0:2016, Short-circuit currents in three-phase a.c. systems, Part 0: Calculation of currents.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LOW_VOLTAGE",
    "direct_current_heat",
    "excitation_factor",
    "generator_decay",
    "generator_factor",
    "motor_decay",
    "peak_factor",
    "resistance_at",
    "steady_heat",
    "transformer_factor",
    "unit_factor",
    "voltage_factor",
]

LOW_VOLTAGE = 1000.0
"""Up to this nominal voltage (V) a network is a low-voltage one (IEC 60909-0:2016, table 1)."""
CONDUCTOR_COEFFICIENT = 0.004
"""Change of the resistance of copper, aluminium and alloys per kelvin (IEC 60909-0:2016, smallest currents), 1/K."""
REFERENCE_TEMPERATURE = 293.15
"""At which resistances are given (20 °C), K."""
_DELAYS = (0.02, 0.05, 0.10, 0.25)
_MU = ((0.84, 0.26, 0.26), (0.71, 0.51, 0.30), (0.62, 0.72, 0.32), (0.56, 0.94, 0.38))
_Q = ((1.03, 0.12), (0.79, 0.12), (0.57, 0.12), (0.26, 0.10))

Array = NDArray[np.float64]


def voltage_factor(nominal: Any, case: str, tolerance: int = 10) -> Array:
    """Voltage factor c of the equivalent source.

    Parameters
    ----------
    nominal : array_like, V
        Nominal voltage, line to line.
    case : str
        ``"max"`` or ``"min"``.
    tolerance : int, %
        Of low voltage: 6 or 10.

    Returns
    -------
    ndarray
        Pure number.

    References
    ----------
    IEC 60909-0:2016, table 1.

    Examples
    --------
    >>> voltage_factor([400.0, 20e3], "max", 6)
    array([1.05, 1.1 ])
    """
    low = {("max", 6): 1.05, ("max", 10): 1.10, ("min", 6): 0.95, ("min", 10): 0.90}[case, tolerance]
    high = 1.10 if case == "max" else 1.00
    return np.where(np.asarray(nominal) <= LOW_VOLTAGE, low, high)


def transformer_factor(c_max: Any, reactance: Any) -> Array:
    """Correction K_T of a network transformer, or of a pair of windings, for the largest currents.

    Parameters
    ----------
    c_max : array_like
        Voltage factor of the network on the side of lower voltage.
    reactance : array_like
        Per unit of the rating, of the pair's smaller winding.

    Returns
    -------
    ndarray
        Multiplies the impedance.

    References
    ----------
    IEC 60909-0:2016, 6.3.3 (two windings) and the same clause for three.
    """
    return np.asarray(0.95 * np.asarray(c_max) / (1.0 + 0.6 * np.asarray(reactance)))


def generator_factor(nominal: Any, rated: Any, c_max: Any, subtransient: Any, sine: Any) -> Array:
    """Correction K_G of a generator that feeds a network directly.

    Parameters
    ----------
    nominal, rated : array_like, V
        Nominal voltage of the network, rated voltage of the machine.
    c_max : array_like
        Voltage factor there.
    subtransient : array_like
        x'' of the direct axis, per unit.
    sine : array_like
        Of the rated phase angle.

    Returns
    -------
    ndarray
        Multiplies the impedance.

    References
    ----------
    IEC 60909-0:2016, 6.6.1.
    """
    ratio = np.asarray(nominal) / np.asarray(rated)
    return np.asarray(ratio * np.asarray(c_max) / (1.0 + np.asarray(subtransient) * np.asarray(sine)))


def unit_factor(
    ratio: Any, c_max: Any, subtransient: Any, transformer: Any, sine: Any, on_load: Any, tap: Any
) -> Array:
    """Correction K_S (with on-load tap changer) or K_SO (without) of generator and transformer as one unit.

    Parameters
    ----------
    ratio : array_like
        Nominal voltage of the network over rated voltage of the machine, times the transformer's rated voltage at the
        machine over that at the network.
    c_max : array_like
        Voltage factor at the network.
    subtransient, transformer : array_like
        x'' of the machine and x of the transformer, per unit of their ratings.
    sine : array_like
        Of the machine's rated phase angle.
    on_load : array_like of bool
        Whether the transformer changes taps on load.
    tap : array_like
        Off-load tap that is used permanently, as a share of the rated voltage at the network.

    Returns
    -------
    ndarray
        Multiplies the impedance of machine and transformer.

    References
    ----------
    IEC 60909-0:2016, 6.7.1 (K_S) and 6.7.2 (K_SO).
    """
    ratio, c_max, sine = np.asarray(ratio), np.asarray(c_max), np.asarray(sine)
    subtransient, transformer = np.asarray(subtransient), np.asarray(transformer)
    with_taps = ratio**2 * c_max / (1.0 + np.abs(subtransient - transformer) * sine)
    without = ratio * (1.0 - np.asarray(tap)) * c_max / (1.0 + subtransient * sine)
    return np.where(on_load, with_taps, without)


def resistance_at(temperature: Any) -> Array:
    """Resistance of a conductor over that at 20 °C.

    Parameters
    ----------
    temperature : array_like, K
        Of the conductor.

    Returns
    -------
    ndarray
        Pure number.

    References
    ----------
    IEC 60909-0:2016, clause on the smallest currents.
    """
    return np.asarray(1.0 + CONDUCTOR_COEFFICIENT * (np.asarray(temperature) - REFERENCE_TEMPERATURE))


def peak_factor(ratio: Any) -> Array:
    """Peak factor κ.

    Parameters
    ----------
    ratio : array_like
        R/X; negative resistances, as equivalents have them, count as none.

    Returns
    -------
    ndarray
        Between 1.02 and 2.

    References
    ----------
    IEC 60909-0:2016, clause on the peak short-circuit current.

    Examples
    --------
    >>> peak_factor([0.0, 0.1]).round(4)
    array([2.   , 1.746])
    """
    return np.asarray(1.02 + 0.98 * np.exp(-3.0 * np.maximum(np.asarray(ratio), 0.0)))


def generator_decay(ratio: Any, delay: float) -> Array:
    """Share μ of a machine's current that is left when the contacts part.

    Parameters
    ----------
    ratio : array_like
        Initial current over rated current.
    delay : float, s
        Minimum time delay.

    Returns
    -------
    ndarray
        At most 1; between the delays of the standard (0.02, 0.05, 0.1, 0.25 s) it goes linearly.

    References
    ----------
    IEC 60909-0:2016, clause on the symmetrical breaking current.

    Examples
    --------
    >>> generator_decay([1.5, 5.0], 0.1).round(4)
    array([1.    , 0.7654])
    """
    ratio = np.asarray(ratio, dtype=np.float64)
    curves = np.array([a + b * np.exp(-c * ratio) for a, b, c in _MU])
    return np.where(ratio <= 2.0, 1.0, np.minimum(1.0, _between(curves, delay)))


def motor_decay(power: Any, delay: float) -> Array:
    """Share q of the current of an asynchronous motor that is left when the contacts part, beside μ.

    Parameters
    ----------
    power : array_like, W
        Rated active power per pair of poles.
    delay : float, s
        Minimum time delay.

    Returns
    -------
    ndarray
        Between 0 and 1.

    References
    ----------
    IEC 60909-0:2016, clause on the symmetrical breaking current.
    """
    size = np.log(np.maximum(np.asarray(power, dtype=np.float64) * 1e-6, 1e-12))
    curves = np.array([a + b * size for a, b in _Q])
    return np.clip(_between(curves, delay), 0.0, 1.0)


def _between(curves: Array, delay: float) -> Array:
    """Curves of the four delays, linear between them."""
    place = float(np.interp(delay, _DELAYS, (0.0, 1.0, 2.0, 3.0)))
    lower = min(int(place), 2)
    share = place - lower
    return np.asarray((1.0 - share) * curves[lower] + share * curves[lower + 1])


def direct_current_heat(peak: Any, frequency: float, duration: float) -> Array:
    """Heat m of the decaying direct current, over that of the initial current.

    Parameters
    ----------
    peak : array_like
        Factor κ.
    frequency : float, Hz
        Of the network.
    duration : float, s
        Of the short circuit.

    Returns
    -------
    ndarray
        Between 0 and 2.

    References
    ----------
    IEC 60909-0:2016, clause on the Joule integral: the mean over the duration of the squared direct current that decays
    with time constant -1/(2 f ln(κ - 1)).
    """
    decay = 2.0 * frequency * duration * np.log(np.clip(np.asarray(peak) - 1.0, 1e-9, 1.0 - 1e-12))
    return np.asarray(np.expm1(2.0 * decay) / decay)


def steady_heat(ratio: Any, duration: float) -> Array:
    """Heat n of the decaying alternating current, over that of the initial current.

    Parameters
    ----------
    ratio : array_like
        Initial over steady-state current; 1 far from generators.
    duration : float, s
        Of the short circuit.

    Returns
    -------
    ndarray
        At most 1.

    References
    ----------
    IEC 60909-0:2016, annex on m and n: the mean of the squared current that falls from the initial value over the
    transient one, Ik'/Ik = (Ik''/Ik) / (0.88 + 0.17 Ik''/Ik), with time constants Td' = 3.1 s / (Ik'/Ik) and
    Td'' = Td'/10. The integral is done here term by term; the constants could not be compared with a public source.
    """
    initial = np.maximum(np.asarray(ratio, dtype=np.float64), 1.0)
    transient = np.maximum(initial / (0.88 + 0.17 * initial), 1.0)
    slow = duration * transient / 3.1
    first, second = initial - transient, transient - 1.0

    def mean(rate: float) -> Array:
        return np.asarray(-np.expm1(-rate * slow) / (rate * slow))

    heat = 1.0 + first**2 * mean(20.0) + second**2 * mean(2.0)
    heat = heat + 2.0 * first * mean(10.0) + 2.0 * second * mean(1.0) + 2.0 * first * second * mean(11.0)
    return np.asarray(heat / initial**2)


def excitation_factor(ratio: Any, subtransient: Any, synchronous: Any, sine: Any, excitation: float) -> Array:
    """Steady-state current λ of a machine over its rated current.

    The standard draws λ as curves. Here they are computed from the machine they describe: the voltage behind the
    synchronous reactance, at ``excitation`` times the rated excitation, drives the current through it and the outer
    reactance, which follows from the initial current.

    Parameters
    ----------
    ratio : array_like
        Initial current over rated current.
    subtransient, synchronous : array_like
        x'' and saturated x of the direct axis, per unit.
    sine : array_like
        Of the rated phase angle.
    excitation : float
        Highest excitation over that at rated load and power factor; 0 for the excitation of no load.

    Returns
    -------
    ndarray
        Never more than ``ratio``.

    References
    ----------
    IEC 60909-0:2016, clause on the steady-state current (highest excitation 1.3 or 1.6 for turbine generators, 1.6 or
    2.0 for salient poles, series one or two); Kundur P., Power System Stability and Control (1994), section 3.6
    (steady state behind x_d).
    """
    ratio, sine, synchronous = np.asarray(ratio), np.asarray(sine), np.asarray(synchronous)
    subtransient = np.asarray(subtransient)
    rated = np.sqrt(1.0 + 2.0 * synchronous * sine + synchronous**2)
    inner = excitation * rated if excitation > 0.0 else np.ones_like(rated)
    with np.errstate(divide="ignore"):
        outer = np.maximum((1.0 + subtransient * sine) / ratio - subtransient, 0.0)
    return np.asarray(np.minimum(inner / (synchronous + outer), ratio))
