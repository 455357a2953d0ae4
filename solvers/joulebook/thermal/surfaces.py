"""What leaves a board through its faces: convection, fixed or natural, and radiation to the walls around.

Walls have the ambient's temperature. A law gives the heat flux at a rise of temperature over the ambient and its
slope there. Radiation is that of a grey surface in large surroundings, ``e s (T^4 - T_a^4)``. The coefficient of
natural convection follows from the mean rise of the face; its slope counts the change of the coefficient as if all
rises of the face grew in proportion.

References
----------
Constant of Stefan and Boltzmann: Tiesinga et al. 2021, doi:10.1103/RevModPhys.93.025010.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joulebook.core.quantities import range_phrase
from joulebook.thermal.board import Board
from joulebook.thermal.convection import RANGES, Film, film

__all__ = ["STEFAN_BOLTZMANN", "Law", "Surface", "laws_of", "surfaces_of"]

Float = NDArray[np.float64]
STEFAN_BOLTZMANN = 5.670374419e-8
"""W/(m² K⁴)."""
_STEP = 1e-3
"""Relative change of a rise, for the slope of the coefficient."""


@dataclass(frozen=True)
class Law:
    """How a face gives off heat.

    Parameters
    ----------
    ambient : float, K
        Of air and walls.
    emissivity : float
        Of the surface.
    coefficient : float or None, W/(m² K)
        Of convection; None for natural convection.
    kind : str
        For natural convection: ``"vertical"``, ``"up"`` or ``"down"``.
    length : float, m
        Likewise.
    """

    ambient: float
    emissivity: float
    coefficient: float | None
    kind: str = ""
    length: float = 1.0

    @property
    def linear(self) -> bool:
        """Whether the flux is proportional to the rise."""
        return self.coefficient is not None and self.emissivity == 0.0

    def film(self, mean: float) -> Film:
        """Give the convection at a mean rise of the face.

        Parameters
        ----------
        mean : float, K
            Mean rise.

        Returns
        -------
        Film
            Its Rayleigh number is 0 for a fixed coefficient.
        """
        if self.coefficient is not None:
            return Film(self.coefficient, 0.0)
        return film(self.kind, self.length, mean, self.ambient)

    def flux(self, rise: Float, mean: float) -> Float:
        """Give the heat flux out of the surface.

        Parameters
        ----------
        rise : ndarray, K
            Of the surface over the ambient.
        mean : float, K
            Of the whole face.

        Returns
        -------
        ndarray, W/m²
            Flux.
        """
        out = self.film(mean).coefficient * rise
        if self.emissivity:
            out = out + self.emissivity * STEFAN_BOLTZMANN * _fourth(self.ambient, rise)
        return np.asarray(out, float)

    def slope(self, rise: Float, mean: float) -> Float:
        """Give the change of the flux with the rise.

        Parameters
        ----------
        rise : ndarray, K
            Of the surface over the ambient.
        mean : float, K
            Of the whole face.

        Returns
        -------
        ndarray, W/(m² K)
            Never negative.
        """
        here = self.film(mean).coefficient
        out = np.full_like(rise, here)
        if self.coefficient is None:
            step = _STEP * max(mean, 1e-6)
            change = (self.film(mean + step).coefficient - here) / step
            out += max(change * mean, 0.0)
        if self.emissivity:
            out += 4.0 * self.emissivity * STEFAN_BOLTZMANN * np.maximum(self.ambient + rise, 0.0) ** 3
        return out

    def note(self, mean: float) -> str:
        """Say what the convection was.

        Parameters
        ----------
        mean : float, K
            Mean rise of the face.

        Returns
        -------
        str
            The coefficient, and for natural convection whether its correlation holds.
        """
        found = self.film(mean)
        text = f"{found.coefficient:.4g} W/(m² K)"
        if self.coefficient is not None:
            return text
        low, high = RANGES[self.kind]
        text += f", natural at Ra = {found.rayleigh:.3g}"
        if not low <= found.rayleigh <= high:
            text += f", outside what the correlation was fitted to ({range_phrase(ge=low, le=high)})"
        return text


@dataclass
class Surface:
    """A face of the block of cells.

    Parameters
    ----------
    name : str
        ``"top"``, ``"bottom"``, or of a side: ``"left"``, ``"right"``, ``"front"``, ``"back"``.
    at : tuple
        Index of its cells.
    area : ndarray, m²
        Of the cells' faces.
    half : ndarray, m² K/W
        Resistance from the middle of the cells to the face.
    law : Law
        How it gives off heat.
    open : ndarray of bool
        Whether air and walls see it; False below packages.
    given : ndarray, W/m²
        Heat that plain sources put into it.
    rise : ndarray, K
        Of its temperature over the ambient; set by :meth:`hold`.
    mean : float, K
        Of the rise.
    """

    name: str
    at: tuple[slice | int, ...]
    area: Float
    half: Float
    law: Law
    open: NDArray[np.bool_]
    given: Float
    rise: Float
    mean: float = 0.0

    def hold(self, rise: Float) -> None:
        """Set the rise of the surface.

        Parameters
        ----------
        rise : ndarray, K
            Over the ambient.
        """
        self.rise = rise
        self.mean = float((rise * self.area).sum() / self.area.sum())

    def leaving(self) -> float:
        """Heat that leaves through it.

        Returns
        -------
        float
            W.
        """
        return float((self.flux() * self.area).sum())

    def flux(self) -> Float:
        """Heat flux to air and walls.

        Returns
        -------
        ndarray, W/m²
            0 below packages.
        """
        return np.where(self.open, self.law.flux(self.rise, self.mean), 0.0)

    def linearised(self) -> tuple[Float, Float]:
        """Give what it does to its cells, with the law replaced by its tangent and its own temperature eliminated.

        Returns
        -------
        sink : ndarray, W/K
            Conductance to ground.
        source : ndarray, W
            Heat into the cells.
        """
        flux, slope = self._tangent()
        share = self.area / (1.0 + slope * self.half)
        return share * slope, share * (self.given - flux + slope * self.rise)

    def follow(self, cells: Float, entering: Float) -> None:
        """Set the surface's rise from that of its cells.

        Parameters
        ----------
        cells : ndarray, K
            Rise of the cells.
        entering : ndarray, W/m²
            Heat that packages put into it.
        """
        flux, slope = self._tangent()
        into = self.given + entering - flux + slope * self.rise
        self.hold((cells + self.half * into) / (1.0 + slope * self.half))

    def _tangent(self) -> tuple[Float, Float]:
        flux, slope = self.law.flux(self.rise, self.mean), self.law.slope(self.rise, self.mean)
        return np.where(self.open, flux, 0.0), np.where(self.open, slope, 0.0)


def laws_of(board: Board) -> dict[str, Law]:
    """Give the law of each face.

    Parameters
    ----------
    board : Board
        The board.

    Returns
    -------
    dict of str to Law
        ``"top"``, ``"bottom"`` and ``"sides"``.
    """
    if board.orientation == "vertical":
        kinds, length = ("vertical", "vertical"), board.width
    else:
        kinds, length = ("up", "down"), board.length * board.width / (2.0 * (board.length + board.width))
    out = {
        name: Law(board.ambient, face.emissivity, face.coefficient, kind, length)
        for name, face, kind in zip(("top", "bottom"), (board.top, board.bottom), kinds, strict=True)
    }
    return {**out, "sides": Law(board.ambient, board.sides.emissivity, board.sides.coefficient)}


def surfaces_of(
    sizes: tuple[Float, Float, Float], halves: tuple[Float, Float, Float], laws: dict[str, Law]
) -> list[Surface]:
    """Make the six faces of a block of cells.

    Parameters
    ----------
    sizes : tuple of ndarray, m
        Of the cells along each axis.
    halves : tuple of ndarray, m² K/W
        Resistance from the middle of the cells to their faces along each axis; of shapes that broadcast to the block.
    laws : dict of str to Law
        Of :func:`laws_of`, or by the surfaces' own names.

    Returns
    -------
    list of Surface
        Bottom, top, left, right, front, back, at the ambient's temperature.
    """
    shape = tuple(len(item) for item in sizes)
    every = slice(None)
    names = {2: ("bottom", "top"), 0: ("left", "right"), 1: ("front", "back")}
    out = []
    for axis, ends in names.items():
        first, second = (sizes[other] for other in range(3) if other != axis)
        area = first[:, None] * second[None, :]
        for name, end in zip(ends, (0, -1), strict=True):
            at = tuple(end if other == axis else every for other in range(3))
            half = np.array(np.broadcast_to(halves[axis], shape)[at])
            law = laws.get(name) or laws["sides"]
            blank = np.zeros(area.shape)
            out.append(Surface(name, at, area, half, law, np.ones(area.shape, bool), blank, blank.copy()))
    return out


def _fourth(ambient: float, rise: Float) -> Float:
    """``(T_a + rise)^4 - T_a^4`` without the loss of digits that the difference of large numbers brings."""
    hot = ambient + rise
    return rise * (hot + ambient) * (hot * hot + ambient * ambient)
