"""Natural convection of air at isothermal plates, by published correlations.

Properties are taken at the film temperature, the mean of surface and air. A board's face is not isothermal; the mean of
its temperature is used, and the coefficient is the same all over the face.

References
----------
Churchill and Chu 1975, doi:10.1016/0017-9310(75)90243-4 (vertical plate). McAdams 1954, Heat Transmission, 3rd ed.,
with the length area over perimeter of Goldstein, Sparrow and Jones 1973, doi:10.1016/0017-9310(73)90041-0 (horizontal
plates). Equation numbers are those of Incropera, DeWitt, Bergman and Lavine 2007, Fundamentals of Heat and Mass
Transfer, 6th ed.; later editions have another law for the plate that faces down.
"""

from __future__ import annotations

from typing import NamedTuple

from joulebook.thermal.air import air_at

__all__ = ["GRAVITY", "RANGES", "Film", "film", "horizontal_down", "horizontal_up", "vertical", "vertical_laminar"]

GRAVITY = 9.80665
"""m/s²."""
HOTTEST = 2000.0
"""K; air's properties beyond are those there."""
RANGES = {"vertical": (1e-1, 1e12), "up": (1e4, 1e11), "down": (1e5, 1e10)}
"""Of Rayleigh numbers for which each correlation was fitted."""


class Film(NamedTuple):
    """Natural convection at a face.

    Parameters
    ----------
    coefficient : float, W/(m² K)
        Of heat transfer.
    rayleigh : float
        Rayleigh number.
    """

    coefficient: float
    rayleigh: float


def vertical_laminar(rayleigh: float, prandtl: float) -> float:
    """Give the mean Nusselt number of a vertical plate in laminar flow.

    Parameters
    ----------
    rayleigh, prandtl : float
        Numbers of the flow, the Rayleigh number at most 1e9.

    Returns
    -------
    float
        Nusselt number over the height.

    References
    ----------
    Churchill and Chu 1975, doi:10.1016/0017-9310(75)90243-4; Incropera 2007, eq. 9.27.

    Examples
    --------
    >>> round(vertical_laminar(4525989.0, 0.7025), 2)
    24.37
    """
    return 0.68 + 0.670 * rayleigh**0.25 / (1.0 + (0.492 / prandtl) ** 0.5625) ** (4.0 / 9.0)


def vertical(rayleigh: float, prandtl: float) -> float:
    """Give the mean Nusselt number of a vertical plate, laminar or turbulent.

    Parameters
    ----------
    rayleigh, prandtl : float
        Numbers of the flow.

    Returns
    -------
    float
        Nusselt number over the height.

    References
    ----------
    Churchill and Chu 1975, doi:10.1016/0017-9310(75)90243-4; Incropera 2007, eq. 9.26.

    Examples
    --------
    >>> round(vertical(888215.0, 0.7067), 2)
    16.04
    """
    return (0.825 + 0.387 * rayleigh ** (1 / 6) / (1.0 + (0.492 / prandtl) ** 0.5625) ** (8.0 / 27.0)) ** 2


def horizontal_up(rayleigh: float) -> float:
    """Give the mean Nusselt number of a warm plate that faces up.

    Parameters
    ----------
    rayleigh : float
        With the length area over perimeter.

    Returns
    -------
    float
        Nusselt number; the larger of the laminar and the turbulent law, which is continuous.

    References
    ----------
    McAdams 1954; Incropera 2007, eqs. 9.30 and 9.31.

    Examples
    --------
    >>> round(horizontal_up(462715.0), 2)
    14.08
    """
    return max(0.54 * rayleigh**0.25, 0.15 * rayleigh ** (1.0 / 3.0))


def horizontal_down(rayleigh: float) -> float:
    """Give the mean Nusselt number of a warm plate that faces down.

    Parameters
    ----------
    rayleigh : float
        With the length area over perimeter.

    Returns
    -------
    float
        Nusselt number.

    References
    ----------
    McAdams 1954.

    Examples
    --------
    >>> round(horizontal_down(36208.0), 3)
    3.724
    """
    return 0.27 * rayleigh**0.25


def film(kind: str, length: float, rise: float, ambient: float) -> Film:
    """Give the natural convection at a face that is warmer than the air.

    Parameters
    ----------
    kind : str
        ``"vertical"``, ``"up"`` or ``"down"``, the way that the face looks.
    length : float, m
        Height of a vertical face; area over perimeter of the others.
    rise : float, K
        Mean temperature of the face above the air, 0 or more.
    ambient : float, K
        Temperature of the air.

    Returns
    -------
    Film
        Coefficient and Rayleigh number.

    Examples
    --------
    >>> film("up", 0.05, 60.0, 298.15).coefficient.__round__(1)
    8.0
    """
    air = air_at(min(ambient + 0.5 * rise, HOTTEST))
    rayleigh = GRAVITY * air.expansion * max(rise, 0.0) * length**3 / (air.viscosity * air.diffusivity)
    if kind == "vertical":
        nusselt = vertical(rayleigh, air.prandtl)
    else:
        nusselt = horizontal_up(rayleigh) if kind == "up" else horizontal_down(rayleigh)
    return Film(nusselt * air.conductivity / length, rayleigh)
