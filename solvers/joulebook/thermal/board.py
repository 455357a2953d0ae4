"""A board as a document: its layers, what stands on it and gives off heat, and how its faces are cooled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from joulebook.core.citations import Source
from joulebook.core.design import Design, Part
from joulebook.core.errors import InputError, Issue
from joulebook.thermal.quantities import (
    AmbientTemperature,
    ContactResistance,
    Emissivity,
    Extent,
    HeatTransferCoefficient,
    Place,
    Power,
    Share,
    ThermalConductivity,
    ThermalResistance,
    Thickness,
)

__all__ = ["Board", "Component", "Edges", "Face", "HeatSource", "Layer", "Package", "TwoResistor"]

_NAME = re.compile(r"[A-Za-z0-9_+-][A-Za-z0-9_+ -]{0,39}")
_SLACK = 1e-9
"""m, by which a component may reach over the rim or into another: the rounding of decimal places."""
MOST_LAYERS, MOST_COMPONENTS = 64, 5000


class Layer(Part):
    """A layer of the stack: a dielectric, copper, or a dielectric with a share of copper."""

    thickness: Thickness
    """Of the layer."""
    conductivity: ThermalConductivity
    """In the plane, of what is not copper."""
    conductivity_along_y: ThermalConductivity | None = None
    """In the plane along y, of what is not copper; as along x where left out."""
    conductivity_through: ThermalConductivity | None = None
    """Through the thickness, of what is not copper; as along x where left out."""
    copper_fraction: Share = 0.0
    """Share of the area that is copper."""
    copper_pattern: Literal["parallel", "connected", "islands", "series"] = "connected"
    """How the copper lies: strips along the heat, a net around gaps, islands in gaps, strips across the heat."""
    contact_resistance_below: ContactResistance = 0.0
    """Of the joint to the next layer."""
    name: Annotated[str, Field(max_length=100)] = ""
    """What people call it."""


class HeatSource(Part):
    """Heat that enters the board evenly over the footprint; the face there is cooled as elsewhere."""

    kind: Literal["source"] = "source"
    """Word by which documents tell it from other packages."""


class TwoResistor(Part):
    """A package as two resistances, from its junction to its case and to the board (JEDEC JESD15-3)."""

    kind: Literal["two_resistor"] = "two_resistor"
    """Word by which documents tell it from other packages."""
    junction_to_case: ThermalResistance
    """From the junction to the top of the case, θ_JC."""
    junction_to_board: ThermalResistance
    """From the junction to the board, θ_JB."""
    heat_sink: ThermalResistance | None = None
    """From the case to the ambient; the case is cooled as the board's face where left out."""


Package = Annotated[HeatSource | TwoResistor, Field(discriminator="kind")]


class Component(Part):
    """Something that stands on the board and gives off heat."""

    x: Place
    """Of its middle, from the board's left rim."""
    y: Place
    """Of its middle, from the board's lower rim."""
    length: Extent
    """Of the footprint, along x."""
    width: Extent
    """Of the footprint, along y."""
    power: Power
    """Heat given off."""
    side: Literal["top", "bottom"] = "top"
    """Face on which it stands."""
    package: Package = Field(default_factory=HeatSource)
    """How heat gets from it to board and air."""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, lower, right and upper rim of the footprint, m."""
        return (
            self.x - 0.5 * self.length,
            self.y - 0.5 * self.width,
            self.x + 0.5 * self.length,
            self.y + 0.5 * self.width,
        )


class Face(Part):
    """How a face of the board is cooled: by convection, and by radiation to walls of the ambient's temperature."""

    coefficient: HeatTransferCoefficient | None = None
    """Of heat transfer by convection; by natural convection of air, from correlations, where left out."""
    emissivity: Emissivity = 0.0
    """Of the surface, for radiation."""


class Edges(Part):
    """How the narrow sides of the board are cooled."""

    coefficient: HeatTransferCoefficient = 0.0
    """Of heat transfer by convection."""
    emissivity: Emissivity = 0.0
    """Of the surface, for radiation."""


class Board(Design):
    """A rectangular electronics board in air.

    Parameters
    ----------
    name : str
        What people call it.
    length, width : float, m
        Along x and y.
    layers : tuple of Layer
        From the top to the bottom.
    components : dict of str to Component
        By designator, such as ``"U1"``.
    ambient : float, K
        Temperature of the air and of the walls around.
    orientation : str
        ``"horizontal"``, the top up, or ``"vertical"``, y up; for natural convection.
    top, bottom : Face
        How the faces are cooled.
    sides : Edges
        How the narrow sides are cooled.
    copper_conductivity : float, W/(m K)
        Of the copper in layers; 385 is assumed for foil, a little below pure copper.
    sources : dict of str to Source
        Dotted path of a value to where it comes from.
    """

    kind: ClassVar[str] = "board"
    version: ClassVar[int] = 1
    suffix: ClassVar[str] = ".pcb.json"

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """What people call it."""
    description: Annotated[str, Field(max_length=4000)] = ""
    """For readers."""
    length: Extent
    """Along x."""
    width: Extent
    """Along y."""
    layers: Annotated[tuple[Layer, ...], Field(min_length=1, max_length=MOST_LAYERS)]
    """From the top to the bottom."""
    components: Annotated[dict[str, Component], Field(max_length=MOST_COMPONENTS)] = Field(default_factory=dict)
    """By designator."""
    ambient: AmbientTemperature = 298.15
    """Temperature of the air and of the walls around."""
    orientation: Literal["horizontal", "vertical"] = "horizontal"
    """The top up, or y up; for natural convection."""
    top: Face = Face()
    """How the upper face is cooled."""
    bottom: Face = Face()
    """How the lower face is cooled."""
    sides: Edges = Edges()
    """How the narrow sides are cooled."""
    copper_conductivity: ThermalConductivity = 385.0
    """Of the copper in layers; 385 is assumed for foil, a little below pure copper."""
    sources: Annotated[dict[str, Source], Field(exclude_if=lambda sources: not sources)] = Field(default_factory=dict)
    """Dotted path of a value to where it comes from."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """List the boards that come with Joulebook.

        Returns
        -------
        tuple of str
            Names for :meth:`named`.
        """
        from joulebook.thermal import named

        return named.names()

    @classmethod
    def _make_named(cls, name: str) -> Self:
        from joulebook.thermal import named

        return cls.from_document(named.document(name))

    @property
    def thickness(self) -> float:
        """Of all layers, m."""
        return sum(layer.thickness for layer in self.layers)

    @property
    def power(self) -> float:
        """Of all components, W."""
        return sum(component.power for component in self.components.values())

    @model_validator(mode="after")
    def _fits(self) -> Self:
        issues = [
            *_layer_issues(self.layers),
            *_rim_issues(self.components, self.length, self.width),
            *_overlap_issues(self.components),
        ]
        if issues:
            raise InputError(issues, self.name)
        return self


def _layer_issues(layers: tuple[Layer, ...]) -> Iterator[Issue]:
    last = layers[-1].contact_resistance_below
    if last:
        path = f"layers.{len(layers) - 1}.contact_resistance_below"
        yield Issue(path, last, "must be 0: there is no layer below", "Put it on the layer above the joint", "m² K/W")


def _rim_issues(components: Mapping[str, Component], length: float, width: float) -> Iterator[Issue]:
    for name, component in components.items():
        if not _NAME.fullmatch(name):
            rule = "use 1 to 40 letters, digits, +, -, _ and spaces"
            yield Issue(f"components.{name}", None, rule, "Such as U1, without a dot")
        left, low, right, high = component.box
        for axis, first, last, size in (("x", left, right, length), ("y", low, high, width)):
            if first < -_SLACK or last > size + _SLACK:
                extent = last - first
                rule = f"reaches over the board's rim: its middle may be at {500 * extent:.6g} to "
                rule += f"{1e3 * size - 500 * extent:.6g} mm" if extent <= size else "nowhere, it is larger"
                value = getattr(component, axis)
                yield Issue(f"components.{name}.{axis}", value, rule, "Move it, or enlarge the board", "m")


def _overlap_issues(components: Mapping[str, Component]) -> Iterator[Issue]:
    """Pairs that stand in each other's way, found by a sweep along x."""
    for side in ("top", "bottom"):
        boxes: list[Any] = sorted(
            (item.box, name) for name, item in components.items() if item.side == side and _NAME.fullmatch(name)
        )
        open_boxes: list[Any] = []
        for box, name in boxes:
            open_boxes = [other for other in open_boxes if other[0][2] > box[0] + _SLACK]
            for other, neighbour in open_boxes:
                if min(box[3], other[3]) - max(box[1], other[1]) > _SLACK:
                    rule = f"overlaps {neighbour} on the {side}"
                    yield Issue(f"components.{name}", None, rule, "Move one of the two")
            open_boxes.append((box, name))
