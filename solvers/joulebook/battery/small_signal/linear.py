r"""A cell linearised at rest, as a handful of numbers for each layer.

At rest every overpotential is zero, so the reaction is its charge-transfer resistance R T/(F j0), whatever else the
rate law depends on; the particles answer with the slope of the open-circuit potential and their diffusion
(:mod:`joulebook.battery.small_signal.diffusion`); the double layer lies in parallel to both. Transport properties are
those of the salt concentration at rest.

A double layer is charged by anions: the salt gains what the reaction delivers, less the transference number's share
of the whole current. That is the balance of cations in which only the reaction makes any.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from joulebook.battery.equilibrium import FARADAY
from joulebook.battery.small_signal.diffusion import Complex, sphere
from joulebook.battery.small_signal.porous import PorousLayer

__all__ = ["Coating", "Foil", "LinearCell", "Pores", "Surface"]


@dataclass(frozen=True)
class Surface:
    """The particles of one active material in a layer.

    Parameters
    ----------
    area : float, 1/m
        Particle surface per volume.
    transfer : float, Ω m²
        Charge-transfer resistance.
    film : float, Ω m²
        Resistance of a film through which the reaction current flows.
    diffusion : float, Ω m²
        -dU/dx R/(F D c_max): what the diffusion multiplies.
    time : float, s
        R²/D.
    double_layer : float, F/m²
        Capacity per particle surface.
    """

    area: float
    transfer: float
    film: float
    diffusion: float
    time: float
    double_layer: float

    def admittances(self, omega: Complex) -> tuple[Complex, Complex]:
        """Current over potential difference.

        Parameters
        ----------
        omega : ndarray, shape (n_frequencies,), rad/s
            Angular frequency times the imaginary unit.

        Returns
        -------
        reaction, whole : ndarray, shape (n_frequencies,), S/m³
            Of the reaction, and with the double layer.
        """
        reaction = self.area / (self.transfer + self.film + self.diffusion * sphere(omega * self.time))
        return reaction, reaction + omega * (self.area * self.double_layer)


@dataclass(frozen=True)
class Pores:
    """A layer filled with electrolyte.

    Parameters
    ----------
    thickness : float, m
        Of the layer.
    porosity : float
        Volume fraction of electrolyte.
    liquid : float, S/m
        Effective ionic conductivity.
    diffusivity : float, m²/s
        Effective diffusivity of the salt.
    """

    thickness: float
    porosity: float
    liquid: float
    diffusivity: float


@dataclass(frozen=True)
class Coating(Pores):
    """A layer of a porous electrode.

    Parameters
    ----------
    solid : float, S/m
        Effective electronic conductivity.
    surfaces : tuple of Surface
        One for each active material.
    """

    solid: float
    surfaces: tuple[Surface, ...]

    def at(self, omega: Complex, transference: float) -> PorousLayer:
        """Give the layer at some frequencies.

        Parameters
        ----------
        omega : ndarray, shape (n_frequencies,), rad/s
            Angular frequency times the imaginary unit.
        transference : float
            Of the cation.

        Returns
        -------
        PorousLayer
            With the admittances of all its particles in parallel.
        """
        reaction, whole = self.surfaces[0].admittances(omega)
        for surface in self.surfaces[1:]:
            more, more_whole = surface.admittances(omega)
            reaction, whole = reaction + more, whole + more_whole
        salt = (reaction - transference * whole) / FARADAY
        return PorousLayer(self.thickness, self.solid, self.liquid, self.diffusivity, self.porosity, whole, salt)


@dataclass(frozen=True)
class Foil:
    """A flat electrode of lithium metal.

    Parameters
    ----------
    transfer : float, Ω m²
        Charge-transfer resistance.
    double_layer : float, F/m²
        Capacity per area.
    """

    transfer: float
    double_layer: float

    def admittances(self, omega: Complex) -> tuple[Complex, Complex]:
        """Current over potential difference.

        Parameters
        ----------
        omega : ndarray, shape (n_frequencies,), rad/s
            Angular frequency times the imaginary unit.

        Returns
        -------
        reaction, whole : ndarray, shape (n_frequencies,), S/m²
            Of the reaction, and with the double layer.
        """
        reaction = np.full_like(omega, 1.0 / self.transfer)
        return reaction, reaction + omega * self.double_layer


@dataclass(frozen=True)
class LinearCell:
    """A cell linearised at rest.

    Parameters
    ----------
    negative : tuple of Coating or Foil
        Layers from the collector to the separator, or lithium metal.
    separator : Pores
        The film between the electrodes.
    positive : tuple of Coating
        Layers from the collector to the separator.
    transference : float
        Of the cation.
    junction : float, V m³/mol
        2 R T (1 - t+) X/(F c): potential of the electrolyte per salt concentration.
    area : float, m²
        Coated area.
    contact : float, Ω
        Contact resistance.
    """

    negative: tuple[Coating, ...] | Foil
    separator: Pores
    positive: tuple[Coating, ...]
    transference: float
    junction: float
    area: float
    contact: float

    @property
    def ohmic_resistance(self) -> float:
        """Resistance where every double layer passes the current without a drop, Ω."""
        layers = self.positive if isinstance(self.negative, Foil) else (*self.negative, *self.positive)
        both = sum(layer.thickness / (layer.solid + layer.liquid) for layer in layers)
        return (both + self.separator.thickness / self.separator.liquid) / self.area + self.contact

    @property
    def transfer_resistances(self) -> tuple[float, float]:
        """Charge-transfer resistance of each electrode if its reaction were even, films included, Ω."""
        return (self._transfer(self.negative), self._transfer(self.positive))

    def _transfer(self, electrode: tuple[Coating, ...] | Foil) -> float:
        if isinstance(electrode, Foil):
            return electrode.transfer / self.area
        conductance = sum(
            layer.thickness * surface.area / (surface.transfer + surface.film)
            for layer in electrode
            for surface in layer.surfaces
        )
        return 1.0 / (conductance * self.area)
