"""What joins the cells of a pack, and what protects them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from joulebook.core.design import Part
from joulebook.core.errors import InputError, Issue
from joulebook.core.quantities import Quantity, Resistance, Temperature, Voltage

__all__ = ["Contactor", "HeatLink", "HeatPaths", "Opening", "Wiring"]

MOST_CELLS = 10_000
"""In a pack."""
Conductance = Annotated[float, Quantity("W/K", ge=0, le=1e6)]
Moment = Annotated[float, Quantity("s", ge=0, le=1e9)]
Index = Annotated[int, Field(ge=0, lt=MOST_CELLS, strict=True)]


class Wiring(Part):
    """Resistances between the cells and the terminals of the pack."""

    joint_resistance: Resistance = 0.0
    """Of the weld and the strap of one cell, both poles together."""
    joint_resistances: Annotated[
        tuple[Resistance, ...], Field(max_length=MOST_CELLS, exclude_if=lambda given: not given)
    ] = ()
    """The same of each cell, in place of the one value for all; empty for none."""
    busbar_resistance: Resistance = 0.0
    """Of the segment of one busbar between two neighbours of a parallel group."""
    feed: Literal["one end", "opposite ends"] = "one end"
    """Whether the current enters and leaves a group at the same end of its busbars or at opposite ends."""
    interconnect_resistance: Resistance = 0.0
    """Between a group and the next in series."""
    terminal_resistance: Resistance = 0.0
    """Of everything between the groups and the terminals of the pack: leads, fuse, contactor."""


class HeatLink(Part):
    """A path for heat between two cells."""

    one: Index
    """A cell, from 0."""
    other: Index
    """Another cell."""
    conductance: Conductance
    """Heat flow per difference of temperature."""

    @model_validator(mode="after")
    def _joins_two(self) -> Self:
        if self.one == self.other:
            raise InputError(Issue("other", self.other, "must be another cell than one", "Leave this link out"))
        return self


class HeatPaths(Part):
    """Heat between neighbours; cells also shed heat to the surroundings, as ``cell.thermal`` says."""

    columns: Annotated[int, Field(ge=1, le=MOST_CELLS, strict=True)] | None = None
    """Cells beside each other in a grid that is filled row by row; left out, the cells of a parallel group."""
    neighbour_conductance: Conductance = 0.0
    """Between neighbours in a row and in a column of the grid."""
    links: Annotated[tuple[HeatLink, ...], Field(max_length=100_000, exclude_if=lambda given: not given)] = ()
    """Further paths."""


class Opening(Part):
    """A stretch of time in which the contactor is open."""

    start: Moment
    """Since the start of the study."""
    stop: Moment
    """When it closes again."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.stop <= self.start:
            raise InputError(Issue("stop", self.stop, f"must be after start = {self.start:g} s", "Swap them", "s"))
        return self


class Contactor(Part):
    """The switch between the cells and the terminals."""

    lowest_voltage: Voltage | None = None
    """It opens for good when any cell falls to this voltage, whatever the step is; left out for no such limit."""
    highest_voltage: Voltage | None = None
    """It opens for good when any cell rises to this voltage."""
    highest_temperature: Temperature | None = None
    """It opens for good when any cell gets this hot."""
    rest_after: Moment = 0.0
    """How long the study goes on after that: the cells of a group still exchange current and heat."""
    openings: Annotated[tuple[Opening, ...], Field(max_length=10_000, exclude_if=lambda given: not given)] = ()
    """When it is open by schedule; the protocol goes on meanwhile, without current."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        issues = []
        low, high = self.lowest_voltage, self.highest_voltage
        if low is not None and high is not None and low >= high:
            rule = f"must be below highest_voltage = {high:g} V"
            issues.append(Issue("lowest_voltage", low, rule, "Swap them, or lower this one", "V"))
        last = -1.0
        for k, opening in enumerate(self.openings):
            if opening.start <= last:
                rule = f"must be after the opening before, which stops at {last:g} s"
                issues.append(
                    Issue(f"openings.{k}.start", opening.start, rule, "Sort them, and join those that meet", "s")
                )
            last = opening.stop
        if issues:
            raise InputError(issues)
        return self
