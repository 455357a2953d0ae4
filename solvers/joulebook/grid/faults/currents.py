"""Currents of a short circuit out of the impedances of the sequences.

Per unit of the base current at the place, with E the driving voltage, Z₁ Z₂ Z₀ the impedances seen from the place and
Z_F the impedance of the fault itself:

- three-phase: I₁ = E / (Z₁ + Z_F)
- line to line (b, c): I₁ = -I₂ = E / (Z₁ + Z₂ + Z_F)
- line to line with earth (b, c): I₁ = E / (Z₁ + Z₂ ∥ (Z₀ + 3 Z_F)), I₂ and I₀ share it back
- line to earth (a): I₁ = I₂ = I₀ = E / (Z₁ + Z₂ + Z₀ + 3 Z_F)

References
----------
IEC 60909-0:2016, 7.2 to 7.5 (the four kinds). The fault impedance is not part of the standard; the joining of the
sequences with it is that of Anderson P. M., Analysis of Faulted Power Systems (1973), chapter 2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["fault_currents", "phase_currents", "sequence_currents"]

Complexes = NDArray[np.complex128]
ROTATION = complex(-0.5, np.sqrt(0.75))
"""A third of a turn."""


def sequence_currents(fault: str, drive: Any, z1: Complexes, z2: Complexes, z0: Complexes, zf: Any) -> Complexes:
    """Currents of the three sequences out of the network into the fault.

    Parameters
    ----------
    fault : str
        Kind of fault.
    drive : array_like, shape (p,)
        Voltage of the equivalent source, per unit.
    z1, z2, z0 : ndarray of complex, shape (p,)
        Seen from the place, per unit; NaN where infinite.
    zf : array_like of complex, shape (p,)
        Of the fault, per unit.

    Returns
    -------
    ndarray of complex, shape (3, p)
        Zero, positive and negative sequence; 0 where no current can flow.

    Examples
    --------
    With equal impedances a fault between lines has √3/2 of the three-phase current.

    >>> z = np.array([0.1j])
    >>> three = np.abs(phase_currents(sequence_currents("3ph", 1.1, z, z, z, 0.0)))
    >>> two = np.abs(phase_currents(sequence_currents("2ph", 1.1, z, z, z, 0.0)))
    >>> (two[1] / three[1]).round(6)
    array([0.866025])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(_joined(fault, drive, z1, z2, z0, zf))


def _joined(fault: str, drive: Any, z1: Complexes, z2: Complexes, z0: Complexes, zf: Any) -> Complexes:
    no_earth = np.isnan(z0)
    earth = np.where(no_earth, 0.0, z0) + 3.0 * np.asarray(zf)
    nothing = np.zeros(z1.shape, np.complex128)
    if fault == "3ph":
        found = [nothing, drive / (z1 + zf), nothing]
    elif fault == "2ph":
        one = drive / (z1 + z2 + zf)
        found = [nothing, one, -one]
    elif fault == "1ph":
        one = np.where(no_earth, 0.0, drive / (z1 + z2 + earth))
        found = [one, one, one]
    else:
        together = z2 + earth
        one = drive / (z1 + np.where(no_earth, z2, z2 * earth / together))
        back = np.where(no_earth, -one, -one * earth / together)
        found = [np.where(no_earth, 0.0, -one * z2 / together), one, back]
    return np.array(found)


def phase_currents(sequences: Complexes) -> Complexes:
    """Go from sequences to phases.

    Parameters
    ----------
    sequences : ndarray of complex, shape (3, …)
        Zero, positive, negative.

    Returns
    -------
    ndarray of complex, shape (3, …)
        Phases a, b, c.
    """
    zero, one, two = sequences
    turn, back = ROTATION, ROTATION.conjugate()
    return np.array([zero + one + two, zero + back * one + turn * two, zero + turn * one + back * two])


def fault_currents(sequences: Complexes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The current that counts, and that to earth.

    Parameters
    ----------
    sequences : ndarray of complex, shape (3, p)
        Into the fault.

    Returns
    -------
    largest : ndarray, shape (p,)
        Of the three phases.
    earth : ndarray, shape (p,)
        Three times the zero sequence.
    """
    return np.abs(phase_currents(sequences)).max(axis=0), 3.0 * np.abs(sequences[0])
