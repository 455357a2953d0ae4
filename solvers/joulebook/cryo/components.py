"""What carries heat between the stages of a cryostat, as records with units and allowed ranges.

What each one computes is in :mod:`joulebook.cryo.building`.
"""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from joulebook.core.design import Part
from joulebook.core.errors import InputError, Issue
from joulebook.core.quantities import Quantity
from joulebook.materials.cryogenic import conductivity_names

__all__ = ["COPPER", "GASES", "AnyComponent", "Blanket", "Coax", "Component", "Conductor", "Gas", "Load", "Wires"]

COPPER = "copper"
"""Material whose conductivity follows from its residual resistance ratio."""

StageName = Annotated[str, Field(min_length=1, max_length=100)]
MaterialName = Annotated[str, Field(min_length=1, max_length=100)]
Span = Annotated[float, Quantity("m", gt=0, le=100, display=("mm", 1e3))]
Width = Annotated[float, Quantity("m", gt=0, le=10, display=("mm", 1e3))]
Section = Annotated[float, Quantity("m²", gt=0, le=10, display=("mm²", 1e6))]
Surface = Annotated[float, Quantity("m²", gt=0, le=1e4)]
Emissivity = Annotated[float, Quantity("1", gt=0, le=1)]
Accommodation = Annotated[float, Quantity("1", gt=0, le=1)]
Purity = Annotated[float, Quantity("1", ge=1.5, le=3000)]
Amperes = Annotated[float, Quantity("A", ge=-1e5, le=1e5)]
Watts = Annotated[float, Quantity("W", ge=0, le=1e5)]
Pressure = Annotated[float, Quantity("Pa", ge=0, le=1)]
GaugeTemperature = Annotated[float, Quantity("K", ge=1, le=400)]
LayerDensity = Annotated[float, Quantity("1/m", ge=500, le=6000, display=("1/cm", 1e-2))]
Count = Annotated[int, Field(ge=1, le=1_000_000)]

GASES = {"helium": (4.002602e-3, 5.0 / 3.0), "hydrogen": (2.01588e-3, 1.405), "nitrogen": (28.0134e-3, 1.4)}
"""Molar mass (kg/mol) and ratio of specific heats of residual gases, those of the ideal gas at 300 K."""


def _material_issues(names: dict[str, str]) -> list[Issue]:
    known = (COPPER, *conductivity_names())
    hint = f"Known: {', '.join(known)}"
    return [
        Issue(field, name, "no conductivity of that name", hint) for field, name in names.items() if name not in known
    ]


class Component(Part):
    """What joins two stages."""

    title: ClassVar[str]
    """What people call it."""

    from_stage: StageName
    """Stage at one end, by custom the warmer one."""
    to_stage: StageName
    """Stage at the other end; heat is positive into it."""


class Conductor(Component):
    """What all solid parts of one material have."""

    material: MaterialName
    """``"copper"``, whose conductivity follows from its purity, or a name of `jb.materials.conductivity_names()`."""
    rrr: Purity = 100.0
    """Residual resistance ratio; counts for ``"copper"`` alone."""
    length: Span
    """Length along which the heat flows."""
    count: Count = 1
    """How many there are side by side."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        issues = _material_issues({"material": self.material}) + self._geometry()
        if issues:
            raise InputError(issues, type(self).__name__)
        return self

    def _geometry(self) -> list[Issue]:
        return []

    @property
    def area(self) -> float:
        """Cross-section of one of them, m²."""
        return 0.0


class Rod(Conductor):
    """A round rod."""

    title: ClassVar[str] = "Rod"

    kind: Literal["rod"] = "rod"
    diameter: Width
    """Diameter."""

    @property
    def area(self) -> float:
        """Cross-section of one of them, m²."""
        return math.pi / 4.0 * self.diameter**2


class Tube(Conductor):
    """A round tube."""

    title: ClassVar[str] = "Tube"

    kind: Literal["tube"] = "tube"
    diameter: Width
    """Outer diameter."""
    wall: Width
    """Thickness of the wall."""

    def _geometry(self) -> list[Issue]:
        if 2.0 * self.wall <= self.diameter:
            return []
        return [Issue("wall", self.wall, f"must be at most half the diameter, {self.diameter / 2:g} m", "", "m")]

    @property
    def area(self) -> float:
        """Cross-section of one of them, m²."""
        return math.pi * self.wall * (self.diameter - self.wall)


class Strut(Conductor):
    """A strut, strap or plate of a given cross-section."""

    title: ClassVar[str] = "Strut"

    kind: Literal["strut"] = "strut"
    section: Section
    """Cross-section of one of them."""

    @property
    def area(self) -> float:
        """Cross-section of one of them, m²."""
        return self.section


class Wires(Conductor):
    """Round wires, with or without a current that heats them along their length."""

    title: ClassVar[str] = "Wires"

    kind: Literal["wires"] = "wires"
    diameter: Width
    """Diameter of the metal."""
    current: Amperes = 0.0
    """Current in each wire."""

    @property
    def area(self) -> float:
        """Cross-section of one of them, m²."""
        return math.pi / 4.0 * self.diameter**2


class Coax(Component):
    """Coaxial cables: inner conductor, dielectric and outer conductor carry heat side by side."""

    title: ClassVar[str] = "Coaxial cables"

    kind: Literal["coax"] = "coax"
    inner_diameter: Width
    """Diameter of the inner conductor."""
    dielectric_diameter: Width
    """Outer diameter of the dielectric."""
    outer_diameter: Width
    """Outer diameter of the outer conductor."""
    inner_material: MaterialName
    """Of the inner conductor."""
    dielectric_material: MaterialName = "Teflon"
    """Of the dielectric."""
    outer_material: MaterialName
    """Of the outer conductor."""
    rrr: Purity = 50.0
    """Residual resistance ratio of conductors of ``"copper"``."""
    length: Span
    """Length between the stages."""
    count: Count = 1
    """How many cables."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        names = ("inner_material", "dielectric_material", "outer_material")
        issues = _material_issues({name: getattr(self, name) for name in names})
        if not self.inner_diameter < self.dielectric_diameter < self.outer_diameter:
            given = [self.inner_diameter, self.dielectric_diameter, self.outer_diameter]
            issues.append(Issue("outer_diameter", given, "inner, dielectric and outer diameter must rise", unit="m"))
        if issues:
            raise InputError(issues, "Coax")
        return self


class Radiation(Component):
    """Radiation between two parallel surfaces, with floating shields in between."""

    title: ClassVar[str] = "Radiation"

    kind: Literal["radiation"] = "radiation"
    area: Surface
    """Area of each surface."""
    from_emissivity: Emissivity
    """Of the surface of the first stage."""
    to_emissivity: Emissivity
    """Of the surface of the second stage."""
    shields: Annotated[int, Field(ge=0, le=1000)] = 0
    """How many shields float in between."""
    shield_emissivity: Emissivity = 0.03
    """Of both faces of each shield."""


class Blanket(Component):
    """Multilayer insulation by the fit of Keller, Cunnington and Glassford."""

    title: ClassVar[str] = "MLI blanket"

    kind: Literal["blanket"] = "blanket"
    area: Surface
    """Area."""
    layers: Annotated[int, Field(ge=1, le=1000)]
    """Reflecting layers."""
    density: LayerDensity = 3000.0
    """Layers per thickness."""
    emissivity: Emissivity = 0.031
    """Of a layer at room temperature."""
    pressure: Annotated[float, Quantity("Pa", ge=0, le=0.1)] = 0.0
    """Of nitrogen between the layers."""


class Gas(Component):
    """Residual gas between two surfaces, in free molecular flow."""

    title: ClassVar[str] = "Residual gas"

    kind: Literal["gas"] = "gas"
    area: Surface
    """Area of the inner surface."""
    gas: Literal["helium", "hydrogen", "nitrogen"] = "helium"
    """Which gas."""
    pressure: Pressure
    """As a gauge shows it."""
    gauge_temperature: GaugeTemperature = 300.0
    """Of the gauge."""
    accommodation: Accommodation = 1.0
    """How much of the temperature difference a molecule gives up; 1 is the worst case."""


class Load(Part):
    """Power that is given off on a stage: electronics, attenuators, heaters, beams."""

    title: ClassVar[str] = "Load"

    kind: Literal["load"] = "load"
    stage: StageName
    """Where."""
    power: Watts
    """How much."""


AnyComponent = Annotated[
    Rod | Tube | Strut | Wires | Coax | Radiation | Blanket | Gas | Load, Field(discriminator="kind")
]
