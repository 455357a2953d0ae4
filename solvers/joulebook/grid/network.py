"""A power network as a document: tables of elements, and where they stand in the one-line diagram."""

from __future__ import annotations

from functools import partial
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from joulebook.core.citations import Source
from joulebook.core.design import Design, Part
from joulebook.core.quantities import Quantity
from joulebook.grid.elements import (
    Bus,
    Converter,
    ExternalGrid,
    Generator,
    HvdcLine,
    Line,
    Load,
    Motor,
    Shunt,
    Switch,
    ThreeWindingTransformer,
    Transformer,
)
from joulebook.grid.quantities import ApparentPower, Frequency
from joulebook.grid.tables import Table, TableOf

__all__ = ["Diagram", "Network", "Placement"]

Coordinate = Annotated[float, Quantity("1", ge=-1e6, le=1e6)]


def _no_elements(table: Table[Part]) -> bool:
    return not len(table)


class Placement(Part):
    """Where an element stands in the diagram, in grid squares."""

    x: Coordinate
    """To the right."""
    y: Coordinate
    """Downwards."""
    rotation: Literal[0, 90, 180, 270] = 0
    """Clockwise, degrees."""
    length: Annotated[float, Quantity("1", gt=0, le=1e4)] | None = None
    """Of a busbar."""


class Diagram(Part):
    """The one-line drawing: what is not placed is laid out by the designer."""

    symbols: Literal["IEC", "ANSI"] = "IEC"
    """Set of symbols."""
    placements: dict[str, Placement] = Field(default_factory=dict)
    """By table and identifier: ``"buses/1"``."""
    routes: dict[str, tuple[tuple[Coordinate, Coordinate], ...]] = Field(default_factory=dict)
    """Corners of connections that a person has drawn, by table, identifier and end: ``"lines/1/from"``."""
    labels: dict[str, Annotated[str, Field(max_length=400)]] = Field(default_factory=dict)
    """Notes by identifier of their own."""


class Network(Design):
    """A power network.

    Parameters
    ----------
    name : str
        What people call it.
    base_power : float, VA
        Base of per-unit powers in results and files.
    frequency : float, Hz
        Nominal.
    buses, lines, transformers, … : Table
        The elements by identifier; see :mod:`joulebook.grid.elements`.
    diagram : Diagram
        The one-line drawing.
    sources : dict of str to Source
        Dotted path of a value to where it comes from.
    """

    kind: ClassVar[str] = "circuit"
    version: ClassVar[int] = 1
    suffix: ClassVar[str] = ".circuit.json"

    name: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=4000)] = ""
    base_power: ApparentPower = 100e6
    frequency: Frequency = 50.0
    buses: Annotated[Table[Bus], TableOf(Bus)]
    lines: Annotated[Table[Line], TableOf(Line), Field(default_factory=partial(Table, Line), exclude_if=_no_elements)]
    transformers: Annotated[
        Table[Transformer],
        TableOf(Transformer),
        Field(default_factory=partial(Table, Transformer), exclude_if=_no_elements),
    ]
    three_winding_transformers: Annotated[
        Table[ThreeWindingTransformer],
        TableOf(ThreeWindingTransformer),
        Field(default_factory=partial(Table, ThreeWindingTransformer), exclude_if=_no_elements),
    ]
    generators: Annotated[
        Table[Generator], TableOf(Generator), Field(default_factory=partial(Table, Generator), exclude_if=_no_elements)
    ]
    external_grids: Annotated[
        Table[ExternalGrid],
        TableOf(ExternalGrid),
        Field(default_factory=partial(Table, ExternalGrid), exclude_if=_no_elements),
    ]
    loads: Annotated[Table[Load], TableOf(Load), Field(default_factory=partial(Table, Load), exclude_if=_no_elements)]
    shunts: Annotated[
        Table[Shunt], TableOf(Shunt), Field(default_factory=partial(Table, Shunt), exclude_if=_no_elements)
    ]
    switches: Annotated[
        Table[Switch], TableOf(Switch), Field(default_factory=partial(Table, Switch), exclude_if=_no_elements)
    ]
    hvdc_lines: Annotated[
        Table[HvdcLine], TableOf(HvdcLine), Field(default_factory=partial(Table, HvdcLine), exclude_if=_no_elements)
    ]
    converters: Annotated[
        Table[Converter], TableOf(Converter), Field(default_factory=partial(Table, Converter), exclude_if=_no_elements)
    ]
    motors: Annotated[
        Table[Motor], TableOf(Motor), Field(default_factory=partial(Table, Motor), exclude_if=_no_elements)
    ]
    diagram: Diagram = Diagram()
    sources: Annotated[dict[str, Source], Field(exclude_if=lambda sources: not sources)] = Field(default_factory=dict)
