"""Properties of dry air at 101 325 Pa, for correlations of convection.

Viscosity and conductivity are those of the dilute gas, density is that of the ideal gas, heat capacity that of the
ideal gas; the pressure's part is below 0.3 % of each between 230 and 500 K.

References
----------
Lemmon and Jacobsen 2004, doi:10.1023/B:IJOT.0000022327.04529.f3, the dilute gas (viscosity and conductivity).
Lemmon, Jacobsen, Penoncello and Friend 2000, doi:10.1063/1.1285884 (heat capacity of the ideal gas).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Air", "air_at"]

PRESSURE = 101325.0
"""Pa."""
GAS_CONSTANT = 8.314510 / 0.0289586
"""J/(kg K), with the molar mass of dry air."""
_CRITICAL = 132.6312
_WELL, _DIAMETER, _MOLAR = 103.3, 0.360, 28.9586
_COLLISION = (0.431, -0.4623, 0.08406, 0.005341, -0.00331)


@dataclass(frozen=True)
class Air:
    """Properties of air.

    Parameters
    ----------
    conductivity : float, W/(m K)
        Thermal.
    viscosity : float, m²/s
        Kinematic.
    diffusivity : float, m²/s
        Thermal.
    expansion : float, 1/K
        Relative change of volume with temperature.
    """

    conductivity: float
    viscosity: float
    diffusivity: float
    expansion: float

    @property
    def prandtl(self) -> float:
        """Kinematic viscosity over thermal diffusivity."""
        return self.viscosity / self.diffusivity


def air_at(temperature: float) -> Air:
    """Give the properties of air.

    Parameters
    ----------
    temperature : float, K
        200 to 2000.

    Returns
    -------
    Air
        The properties.

    References
    ----------
    Lemmon and Jacobsen 2004, doi:10.1023/B:IJOT.0000022327.04529.f3, the dilute gas.

    Examples
    --------
    >>> air = air_at(300.0)
    >>> round(1e3 * air.conductivity, 2), round(1e6 * air.viscosity, 2), round(air.prandtl, 3)
    (26.35, 15.75, 0.706)
    """
    reduced = math.log(temperature / _WELL)
    collision = math.exp(sum(b * reduced**n for n, b in enumerate(_COLLISION)))
    dynamic = 0.0266958 * math.sqrt(_MOLAR * temperature) / (_DIAMETER**2 * collision)  # µPa s
    tau = _CRITICAL / temperature
    conductivity = 1e-3 * (1.308 * dynamic + 1.405 * tau**-1.1 - 1.036 * tau**-0.3)
    density = PRESSURE / (GAS_CONSTANT * temperature)
    return Air(
        conductivity=conductivity,
        viscosity=1e-6 * dynamic / density,
        diffusivity=conductivity / (density * _heat_capacity(temperature)),
        expansion=1.0 / temperature,
    )


def _heat_capacity(temperature: float) -> float:
    """At constant pressure, J/(kg K)."""
    u, v, w = 3364.011 / temperature, 2242.45 / temperature, 11580.4 / temperature
    ratio = 3.490888032 + 2.395525583e-6 * temperature + 7.172111248e-9 * temperature**2
    ratio += -3.115413101e-13 * temperature**3 + 0.223806688 * temperature**-1.5
    ratio += 0.791309509 * u**2 * math.exp(u) / math.expm1(u) ** 2
    ratio += 0.212236768 * v**2 * math.exp(v) / math.expm1(v) ** 2
    ratio += 0.197938904 * w**2 * (2.0 / 3.0) * math.exp(-w) / (1.0 + (2.0 / 3.0) * math.exp(-w)) ** 2
    return GAS_CONSTANT * ratio
