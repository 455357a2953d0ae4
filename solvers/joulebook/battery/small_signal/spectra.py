"""Impedance of a linearised cell, part by part: full model, single particles with and without electrolyte.

A part of the cell is what a lithium reference electrode at the faces of the separator would tell apart: the negative
electrode, the separator, the positive electrode. Each includes the concentration of the salt in it. The parts and
the contact resistance sum to the impedance of the cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.equilibrium import FARADAY
from joulebook.battery.small_signal.diffusion import Complex
from joulebook.battery.small_signal.linear import Foil, LinearCell
from joulebook.battery.small_signal.particles import particle_spectra, salted_particle_spectra
from joulebook.battery.small_signal.porous import electrode_response, separator_salt

__all__ = ["MODELS", "Spectra", "spectra"]


@dataclass(frozen=True)
class Spectra:
    """Impedance of each part of a cell.

    Parameters
    ----------
    negative, separator, positive : ndarray, shape (n_frequencies,), Ω
        Between the collectors and the faces of the separator.
    contact : float, Ω
        Contact resistance.
    """

    negative: Complex
    separator: Complex
    positive: Complex
    contact: float

    @property
    def whole(self) -> Complex:
        """Impedance of the cell, Ω."""
        return self.negative + self.separator + self.positive + self.contact


def spectra(cell: LinearCell, frequencies: NDArray[np.float64], model: str = "DFN") -> Spectra:
    """Compute the impedance.

    Parameters
    ----------
    cell : LinearCell
        The cell.
    frequencies : ndarray, shape (n_frequencies,), Hz
        More than 0.
    model : str
        One of :data:`MODELS`.

    Returns
    -------
    Spectra
        By part.
    """
    omega = np.asarray(2j * np.pi * frequencies, dtype=np.complex128)
    negative, separator, positive = MODELS[model](cell, omega)
    scale = 1.0 / cell.area
    return Spectra(negative * scale, separator * scale, positive * scale, cell.contact)


def _full_spectra(cell: LinearCell, omega: Complex) -> tuple[Complex, Complex, Complex]:
    """Specific impedance of the parts in the Doyle–Fuller–Newman model, Ω m²."""
    film, theta = cell.separator, cell.junction
    near, far = separator_salt(omega, film.thickness, film.diffusivity, film.porosity)
    right = electrode_response(omega, [layer.at(omega, cell.transference) for layer in cell.positive], theta)
    if isinstance(cell.negative, Foil):
        reaction, whole = cell.negative.admittances(omega)
        left_flow = (cell.transference - reaction / whole) / FARADAY
        right_flow = (far * left_flow - right.salt) / (right.salt_slope + near)
        left_salt = far * right_flow - near * left_flow
        left_rise = -1.0 / whole
    else:
        left = electrode_response(omega, [layer.at(omega, cell.transference) for layer in cell.negative], theta)
        first, second = left.salt_slope + near, right.salt_slope + near
        determinant = first * second - far * far
        left_flow = -(left.salt * second + right.salt * far) / determinant
        right_flow = -(right.salt * first + left.salt * far) / determinant
        left_salt = left.salt + left.salt_slope * left_flow
        left_rise = left.potential + left.potential_slope * left_flow
    right_salt = -(right.salt + right.salt_slope * right_flow)
    right_rise = right.potential + right.potential_slope * right_flow
    separator = film.thickness / film.liquid - theta * (right_salt - left_salt)
    return -left_rise, separator, -right_rise


MODELS: dict[str, Callable[[LinearCell, Complex], tuple[Complex, Complex, Complex]]] = {
    "DFN": _full_spectra,
    "SPMe": salted_particle_spectra,
    "SPM": particle_spectra,
}
"""Names of the models: from a cell and i ω to the specific impedances of negative electrode, separator, positive."""
