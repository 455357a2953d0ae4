"""Lines of a feeder, their makes, and the conductors that these are made of, one record per kind."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from joulebook.core.design import Part
from joulebook.core.quantities import Quantity
from joulebook.grid.feeder.quantities import (
    CapacitanceTriangle,
    Diameter,
    Metres,
    Name,
    Phases,
    ResistancePerMetre,
    Terminal,
    Triangle,
)
from joulebook.grid.quantities import CurrentRating

__all__ = ["Conductor", "Line", "LineCode", "LineGeometry", "PlacedConductor"]


class LineCode(Part):
    """Impedances per metre of a make of line: lower triangles of symmetric matrices, one row for each conductor."""

    resistance: Triangle
    """Rows of the lower triangle: ``[[r11], [r21, r22], [r31, r32, r33]]``."""
    reactance: Triangle
    """At the frequency of the feeder."""
    capacitance: CapacitanceTriangle | None = None
    """Nodal capacitance: off-diagonal elements are negative. Left out for none."""
    current_rating: CurrentRating | None = None
    """Continuous."""


class Conductor(Part):
    """A bare wire, or a cable with a concentric neutral or a tape shield."""

    kind: Literal["wire", "concentric neutral", "tape shield"] = "wire"
    """What surrounds the core."""
    resistance: ResistancePerMetre
    """At the frequency of the feeder."""
    dc_resistance: ResistancePerMetre | None = None
    """For direct current; 1/1.02 of the other where it is left out."""
    gmr: Diameter
    """Geometric mean radius of the core."""
    radius: Diameter
    """Outer radius of the core."""
    capacitance_radius: Diameter | None = None
    """For the capacitance of bundles; the radius where it is left out."""
    current_rating: CurrentRating | None = None
    """Continuous."""
    permittivity: Annotated[float, Quantity("1", ge=1, le=100)] | None = None
    """Relative, of a cable's insulation."""
    insulation_diameter: Diameter | None = None
    """Over the insulation."""
    insulation_thickness: Diameter | None = None
    """Of the insulation."""
    strands: Annotated[int, Field(ge=0, le=1000)] = 0
    """Of a concentric neutral."""
    strand_diameter: Diameter | None = None
    """Of one strand."""
    strand_gmr: Diameter | None = None
    """Of one strand; 0.7788 of its radius where it is left out."""
    strand_resistance: ResistancePerMetre | None = None
    """Of one strand."""
    outer_diameter: Diameter | None = None
    """Over the concentric neutral, or over the tape shield."""
    tape_thickness: Diameter | None = None
    """Of a tape shield."""
    tape_lap: Annotated[float, Quantity("1", ge=0, lt=1)] = 0.2
    """Share of the tape's width by which the turns overlap."""


class PlacedConductor(Part):
    """A conductor at its place across the line."""

    conductor: Name
    """One of the feeder's conductors."""
    x: Metres
    """Horizontal."""
    height: Metres
    """Above ground; negative for buried cables."""


class LineGeometry(Part):
    """Conductors side by side; the line constants follow from it."""

    conductors: Annotated[tuple[PlacedConductor, ...], Field(min_length=1, max_length=24)]
    """Phases first."""
    phases: Phases
    """How many of the conductors are phases."""
    reduce: bool = True
    """Whether all other conductors are earthed throughout and reduced out (Kron)."""


class Line(Part):
    """A line or a cable between two buses, or a switch."""

    bus1: Terminal
    """One end."""
    bus2: Terminal
    """The other end."""
    phases: Phases = 3
    """Conductors that are carried."""
    length: Annotated[float, Quantity("m", gt=0, le=1e7, display=("km", 1e-3))]
    """Of the route."""
    code: Name = ""
    """One of the feeder's line codes."""
    geometry: Name = ""
    """One of the feeder's geometries; a line has a code or a geometry."""
    switch: bool = False
    """Whether it can be opened."""
    closed: bool = True
    """Whether current can flow."""
    current_rating: CurrentRating | None = None
    """Continuous."""
