"""The battery cell as a document: electrodes, separator, electrolyte, collectors, format and tabs.

Lengths are metres, concentrations mol/m³. A value that the document leaves out is the material's own.
``sources`` says for each value where it comes from; a value that a user changes loses its source.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from joulebook import materials
from joulebook.battery.named import DOCUMENTS
from joulebook.core.citations import Source
from joulebook.core.design import Design, Part
from joulebook.core.errors import InputError, Issue
from joulebook.core.quantities import (
    Capacity,
    Concentration,
    Conductivity,
    Density,
    Diffusivity,
    Exponent,
    Fraction,
    Length,
    Mass,
    MicroLength,
    Quantity,
    Resistance,
    Temperature,
    Voltage,
)

__all__ = [
    "Cell",
    "Collector",
    "Cylindrical",
    "Electrode",
    "Electrolyte",
    "InitialState",
    "Pouch",
    "Prismatic",
    "Separator",
    "Tab",
    "Tabs",
]


def _in_library(kind: str) -> AfterValidator:
    finders = {
        "active": materials.active,
        "electrolyte": materials.electrolyte,
        "film": materials.film,
        "metal": materials.metal,
    }

    def check(name: str) -> str:
        finders[kind](name)
        return name

    return AfterValidator(check)


ActiveName = Annotated[str, _in_library("active"), Field(json_schema_extra={"materials": "active"})]
ElectrolyteName = Annotated[str, _in_library("electrolyte"), Field(json_schema_extra={"materials": "electrolyte"})]
FilmName = Annotated[str, _in_library("film"), Field(json_schema_extra={"materials": "film"})]
MetalName = Annotated[str, _in_library("metal"), Field(json_schema_extra={"materials": "metal"})]
RateConstant = Annotated[float, Quantity("A/m² (m³/mol)^1.5", gt=0, le=1e3)]


class Electrode(Part):
    """A porous electrode coating."""

    material: ActiveName
    """Active material, by its name in the library."""
    thickness: MicroLength
    """Coating thickness on one side of the collector."""
    porosity: Fraction
    """Volume fraction of electrolyte."""
    active_fraction: Fraction
    """Volume fraction of active material."""
    particle_radius: MicroLength
    """Radius of the active particles."""
    conductivity: Conductivity
    """Electronic conductivity of the coating."""
    bruggeman_electrolyte: Exponent = 1.5
    """Exponent of the porosity in the effective transport in the electrolyte."""
    bruggeman_electrode: Exponent = 0.0
    """Exponent of the active fraction in the effective electronic conductivity; 0 if measured on the coating."""
    density: Density
    """Density of the dry coating, pores included."""
    maximum_concentration: Concentration | None = None
    """Lithium concentration of the full active material; the material's own where left out."""
    diffusivity: Diffusivity | None = None
    """Diffusivity of lithium in the particles; the material's own where left out."""
    rate_constant: RateConstant | None = None
    """Reaction rate constant in the exchange-current density; the material's own where left out."""

    @model_validator(mode="after")
    def _volume_is_shared(self) -> Self:
        total = self.porosity + self.active_fraction
        if total > 1 + 1e-9:
            raise InputError(
                Issue(
                    "porosity",
                    self.porosity,
                    f"with active_fraction = {self.active_fraction:g} gives {total:g}; together at most 1",
                    f"Try porosity ≤ {1 - self.active_fraction:.4g} or active_fraction ≤ {1 - self.porosity:.4g}",
                )
            )
        return self


class Separator(Part):
    """The porous film between the electrodes."""

    material: FilmName
    """Film, by its name in the library."""
    thickness: MicroLength
    """Film thickness."""
    porosity: Fraction
    """Volume fraction of electrolyte."""
    bruggeman_electrolyte: Exponent = 1.5
    """Exponent of the porosity in the effective transport in the electrolyte."""
    density: Density
    """Density of the dry film, pores included."""


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


class Cylindrical(Part):
    """A wound cell in a can."""

    shape: Literal["cylindrical"] = "cylindrical"
    """Kind of housing."""
    diameter: Length
    """Outer diameter."""
    height: Length
    """Outer height."""
    case_mass: Mass | None = None
    """Mass of can, lid and insulators."""


class Prismatic(Part):
    """A wound or stacked cell in a rigid box."""

    shape: Literal["prismatic"] = "prismatic"
    """Kind of housing."""
    width: Length
    """Outer width."""
    height: Length
    """Outer height."""
    depth: Length
    """Outer depth."""
    case_mass: Mass | None = None
    """Mass of the box and its lid."""


class Pouch(Part):
    """A stacked cell in a laminated foil."""

    shape: Literal["pouch"] = "pouch"
    """Kind of housing."""
    width: Length
    """Outer width."""
    height: Length
    """Outer height."""
    depth: Length
    """Outer depth."""
    case_mass: Mass | None = None
    """Mass of the foil."""


class Tab(Part):
    """A current tab."""

    width: Length
    """Width along the electrode."""
    position: Literal["top", "bottom"] = "top"
    """Which edge of the electrode it leaves from."""


class Tabs(Part):
    """The current tabs of a cell."""

    negative: Tab
    """Tab of the negative collector."""
    positive: Tab
    """Tab of the positive collector."""


class InitialState(Part):
    """Lithium concentrations at the start of a study."""

    negative_concentration: Concentration
    """In the active material of the negative electrode."""
    positive_concentration: Concentration
    """In the active material of the positive electrode."""


class Cell(Design):
    """A battery cell.

    Parameters
    ----------
    name : str
        What people call it.
    negative, positive : Electrode
        The coatings; discharge takes lithium out of the negative one.
    separator : Separator
        The film between them.
    electrolyte : Electrolyte
        The liquid in the pores.
    negative_collector, positive_collector : Collector
        The foils, coated on both sides.
    electrode_height, electrode_width : float, m
        Of one electrode pair, unwound; the width counts both coated sides.
    electrodes_in_parallel : int
        Electrode pairs that share the current.
    format : Cylindrical or Prismatic or Pouch
        The housing.
    tabs : Tabs, optional
        Where the current leaves; left out where not published.
    contact_resistance : float, ohm
        Between the electrodes and the terminals.
    nominal_capacity : float, A h
        Defines the C-rate.
    lower_cutoff, upper_cutoff : float, V
        Limits of the cell voltage.
    temperature : float, K
        Of the cell; studies are isothermal.
    initial_state : InitialState
        Where studies start unless they say otherwise.
    sources : dict of str to Source
        Dotted path of a value to where it comes from.

    Examples
    --------
    >>> import joulebook as jb
    >>> cell = jb.battery.Cell.named("Chen2020")
    >>> cell.negative.thickness
    8.52e-05
    >>> cell.replace({"negative.thickness": 100e-6}).negative.thickness
    0.0001
    """

    kind: ClassVar[str] = "joulebook.cell"
    version: ClassVar[int] = 1
    suffix: ClassVar[str] = ".cell.json"

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """What people call the cell."""
    description: Annotated[str, Field(max_length=4000)] = ""
    """A few words on what it is and where the values come from."""
    negative: Electrode
    """Coating that gives lithium on discharge."""
    separator: Separator
    """Film between the electrodes."""
    positive: Electrode
    """Coating that takes lithium on discharge."""
    electrolyte: Electrolyte
    """Liquid in the pores."""
    negative_collector: Collector
    """Foil behind the negative electrode."""
    positive_collector: Collector
    """Foil behind the positive electrode."""
    electrode_height: Length
    """Height of the coated area."""
    electrode_width: Length
    """Width of the coated area, unwound, both sides counted."""
    electrodes_in_parallel: Annotated[int, Field(ge=1, le=10000, strict=True)] = 1
    """Electrode pairs that share the current."""
    format: Annotated[Cylindrical | Prismatic | Pouch, Field(discriminator="shape")]
    """Housing."""
    tabs: Tabs | None = None
    """Current tabs; left out where not published."""
    contact_resistance: Resistance = 0.0
    """Between the electrodes and the terminals."""
    nominal_capacity: Capacity
    """Capacity that defines the C-rate."""
    lower_cutoff: Voltage
    """Voltage at which a discharge ends."""
    upper_cutoff: Voltage
    """Voltage at which a charge ends."""
    temperature: Temperature = 298.15
    """Temperature of the cell."""
    initial_state: InitialState
    """Where studies start unless they say otherwise."""
    sources: dict[str, Source] = Field(default_factory=dict)
    """Where each value comes from, by its dotted path."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.lower_cutoff >= self.upper_cutoff:
            raise InputError(
                Issue(
                    "lower_cutoff",
                    self.lower_cutoff,
                    f"must be below upper_cutoff = {self.upper_cutoff:g} V",
                    "Swap them, or lower this one",
                    "V",
                )
            )
        return self

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """List the cells that come with Joulebook.

        Returns
        -------
        tuple of str
            Names for :meth:`named`.
        """
        return tuple(DOCUMENTS)

    @classmethod
    def _make_named(cls, name: str) -> Self:
        return cls.from_document(DOCUMENTS[name])

    @property
    def area(self) -> float:
        """Coated electrode area that carries the current, m²."""
        return self.electrode_height * self.electrode_width * self.electrodes_in_parallel
