"""How fast a normal zone grows along a conductor.

Wilson's formula for an adiabatic composite, with the conductivity of the matrix by Wiedemann and Franz (Wilson
1983)::

    v = J / C_av · √(L0 Ts / (Ts − T0)),   Ts = (Tcs + Tc) / 2

with ``C_av`` the mean heat capacity of the metals between ``T0`` and ``Ts``. Finite volumes with current sharing give
0.77 to 0.97 of it for a wire of NbTi at 0.5 to 0.9 of its critical current; a faster zone heats less in one place but
is seen sooner, so that a hot spot computed with it can be too cold by some percent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joulebook.magnets.properties import StrandTable
from joulebook.materials.copper import LORENZ
from joulebook.materials.superconductors import CriticalSurface

__all__ = ["sharing_temperatures", "velocities", "wilson_velocity"]

Float = NDArray[np.float64]


def wilson_velocity(
    density: ArrayLike, capacity: ArrayLike, start: float, transition: ArrayLike, lorenz: float = LORENZ
) -> Float:
    """Give the velocity of a normal zone.

    Parameters
    ----------
    density : array_like, A/m²
        Current density of the whole strand.
    capacity : array_like, J/(m³ K)
        Mean heat capacity between start and transition.
    start : float, K
        Operating temperature.
    transition : array_like, K
        Half-way between current sharing and critical temperature; above the start.
    lorenz : float, W Ω/K²
        Lorenz number.

    Returns
    -------
    ndarray, m/s
        Velocity of one front.

    References
    ----------
    Wilson 1983, Superconducting Magnets.
    """
    place = np.asarray(transition, float)
    return np.asarray(density / np.asarray(capacity) * np.sqrt(lorenz * place / (place - start)))


def sharing_temperatures(surface: CriticalSurface, field: float, densities: Float, strain: float) -> Float:
    """Give the current-sharing temperatures of several current densities.

    Parameters
    ----------
    surface : CriticalSurface
        The superconductor.
    field : float, T
        Magnetic field.
    densities : ndarray, shape (n,), A/m²
        Of the superconductor's area.
    strain : float
        Applied strain.

    Returns
    -------
    ndarray, shape (n,), K
        By bisection between 1 mK and the critical temperature.
    """
    low = np.full(densities.size, 1e-3)
    high = np.full(densities.size, max(surface.critical_temperature(field, strain), 2e-3))
    for _ in range(45):
        middle = 0.5 * (low + high)
        carries = surface.current_density(field, middle, strain) >= densities
        low, high = np.where(carries, middle, low), np.where(carries, high, middle)
    return low


def velocities(
    surface: CriticalSurface,
    table: StrandTable,
    field: float,
    strain: float,
    shares: tuple[float, float],
    currents: Float,
) -> Float:
    """Give the velocity of a normal zone at several currents.

    Parameters
    ----------
    surface : CriticalSurface
        The superconductor.
    table : StrandTable
        Of the strand, from its operating temperature.
    field : float, T
        Magnetic field.
    strain : float
        Applied strain.
    shares : tuple of float, m²
        Area of all strands, and of the superconductor in them.
    currents : ndarray, shape (n,), A
        At least 0.

    Returns
    -------
    ndarray, shape (n,), m/s
        0 where there is no current.
    """
    start = float(table.temperature[0])
    critical = surface.critical_temperature(field, strain)
    sharing = np.maximum(sharing_temperatures(surface, field, currents / shares[1], strain), start)
    transition = np.maximum(0.5 * (sharing + critical), start * (1.0 + 1e-9))
    mean = np.interp(transition, table.temperature, table.metal) / (transition - start)
    return wilson_velocity(currents / shares[0], mean, start, transition)
