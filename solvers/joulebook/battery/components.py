"""What lies between and behind the electrodes, and the heat that a cell holds and sheds."""

from __future__ import annotations

from typing import Annotated

from joulebook.battery.material_names import ElectrolyteName, FilmName, MetalName
from joulebook.core.design import Part
from joulebook.core.quantities import Density, Exponent, MicroLength, Quantity, Temperature

__all__ = ["Collector", "Electrolyte", "Separator", "Thermal"]


class Separator(Part):
    """The porous film between the electrodes."""

    material: FilmName
    """Film, by its name in the library."""
    thickness: MicroLength
    """Film thickness."""
    porosity: Annotated[float, Quantity("1", gt=0, le=1)]
    """Volume fraction of electrolyte; 1 for a gap without a film."""
    bruggeman_electrolyte: Exponent = 1.5
    """Exponent of the porosity in the effective transport in the electrolyte."""
    density: Density | None = None
    """Density of the dry film, pores included; left out where not published."""


class Electrolyte(Part):
    """The liquid in the pores."""

    material: ElectrolyteName
    """Electrolyte, by its name in the library."""
    concentration: Annotated[float, Quantity("mol/m³", gt=0, le=5000)]
    """Salt concentration at rest."""


class Collector(Part):
    """The metal foil behind an electrode."""

    material: MetalName
    """Metal, by its name in the library."""
    thickness: MicroLength
    """Foil thickness."""


class Thermal(Part):
    """A cell at one temperature that sheds heat to its surroundings."""

    heat_capacity: Annotated[float, Quantity("J/K", gt=0, le=1e9)]
    """Of the whole cell."""
    cooling_conductance: Annotated[float, Quantity("W/K", ge=0, le=1e9)]
    """From the whole cell to its surroundings; 0 for none."""
    ambient_temperature: Temperature
    """Of the surroundings."""
