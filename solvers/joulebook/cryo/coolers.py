"""Coolers of a cryostat: curves of one stage, maps of two, entered as points or from the library.

The library has one map, of the pulse-tube cooler PT415: 17 points that were read off the figures of Green et al. 2015
(1 to 2 % by the reader), and the rated point of the data sheet, 40 W at 45 K with 1.5 W at 4.2 K. Between 1.5 and 50
W on the second stage the map has no points and is a straight line.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from joulebook.core.design import Part
from joulebook.core.errors import InputError, Issue
from joulebook.core.quantities import Quantity
from joulebook.cryo.components import StageName
from joulebook.cryo.maps import CapacityMap, map_issues

__all__ = ["LIBRARY", "AnyCooler", "CurvePoint", "MapPoint", "OneStageCooler", "TwoStageCooler"]

StageTemperature = Annotated[float, Quantity("K", ge=0.005, le=400)]
Heat = Annotated[float, Quantity("W", ge=0, le=1e5)]
_MOST_POINTS = 2000

_PT415 = (
    (31.42, 2.51, 0.0, 0.0),
    (41.72, 76.26, 0.0, 50.0),
    (41.72, 248.04, 0.0, 100.0),
    (49.85, 2.52, 50.0, 0.0),
    (59.06, 78.77, 50.0, 50.0),
    (60.68, 224.58, 50.0, 100.0),
    (75.31, 3.35, 100.0, 0.0),
    (89.4, 79.61, 100.0, 50.0),
    (115.94, 201.12, 100.0, 100.0),
    (114.32, 5.03, 150.0, 0.0),
    (153.33, 97.21, 150.0, 50.0),
    (163.08, 222.07, 150.0, 100.0),
    (216.18, 41.07, 200.0, 0.0),
    (236.76, 150.0, 200.0, 50.0),
    (250.85, 320.11, 200.0, 100.0),
    (295.82, 130.72, 250.0, 25.0),
    (308.28, 284.92, 250.0, 75.0),
    (45.0, 4.2, 40.0, 1.5),
)
"""K, K, W, W. Green et al. 2015, doi:10.1088/1757-899X/101/1/012002; the last is the maker's rated point."""

LIBRARY = {"PT415": (_PT415, "Green2015")}
"""Name to points (first and second temperature, first and second load) and work."""


class MapPoint(Part):
    """A measured point of a cooler with two stages."""

    first_temperature: StageTemperature
    """Of the warmer stage."""
    second_temperature: StageTemperature
    """Of the colder stage."""
    first_load: Heat
    """Heat that the warmer stage takes."""
    second_load: Heat
    """Heat that the colder stage takes."""


class CurvePoint(Part):
    """A measured point of a cooler with one stage."""

    temperature: StageTemperature
    """Of the stage."""
    load: Heat
    """Heat that it takes."""


class OneStageCooler(Part):
    """A cooler with one stage, by its measured curve."""

    title: ClassVar[str] = "One-stage cooler"

    kind: Literal["one_stage"] = "one_stage"
    stage: StageName
    """The stage that it cools."""
    points: Annotated[tuple[CurvePoint, ...], Field(max_length=_MOST_POINTS)]
    """Of the curve."""

    @model_validator(mode="after")
    def _curve(self) -> Self:
        issues = map_issues([(p.load,) for p in self.points], [(p.temperature,) for p in self.points])
        if issues:
            raise InputError(issues, "OneStageCooler")
        return self

    @property
    def stages(self) -> tuple[str, ...]:
        """Stages that it cools."""
        return (self.stage,)

    def capacity_map(self, nodes: tuple[int, ...] = ()) -> CapacityMap:
        """Give the curve.

        Parameters
        ----------
        nodes : tuple of int
            Node of a network that it cools.

        Returns
        -------
        CapacityMap
            Temperature over load.
        """
        loads = np.array([[p.load] for p in self.points])
        return CapacityMap(loads, np.array([[p.temperature] for p in self.points]), np.array(nodes, np.int64))


class TwoStageCooler(Part):
    """A cooler with two stages, by a map of the library or by measured points."""

    title: ClassVar[str] = "Two-stage cooler"

    kind: Literal["two_stage"] = "two_stage"
    first_stage: StageName
    """The warmer stage that it cools."""
    second_stage: StageName
    """The colder stage that it cools."""
    library: Literal["PT415"] | None = None
    """Map of the library, in place of points."""
    points: Annotated[tuple[MapPoint, ...], Field(max_length=_MOST_POINTS, exclude_if=lambda points: not points)] = ()
    """Of the map, where none of the library is taken."""

    @model_validator(mode="after")
    def _map(self) -> Self:
        if self.library is not None:
            extra = Issue("points", len(self.points), "stand beside a map of the library", "Leave one of them out")
            issues = [extra] if self.points else []
        elif not self.points:
            issues = [Issue("points", None, "missing", f"Give points, or library: {', '.join(LIBRARY)}")]
        else:
            loads = [(p.first_load, p.second_load) for p in self.points]
            issues = map_issues(loads, [(p.first_temperature, p.second_temperature) for p in self.points])
        if self.first_stage == self.second_stage:
            issues.append(Issue("second_stage", self.second_stage, "must not be the first stage too"))
        if issues:
            raise InputError(issues, "TwoStageCooler")
        return self

    @property
    def stages(self) -> tuple[str, ...]:
        """Stages that it cools."""
        return (self.first_stage, self.second_stage)

    def capacity_map(self, nodes: tuple[int, ...] = ()) -> CapacityMap:
        """Give the map.

        Parameters
        ----------
        nodes : tuple of int
            Nodes of a network that it cools.

        Returns
        -------
        CapacityMap
            Temperatures over loads.
        """
        if self.library is not None:
            rows = np.array(LIBRARY[self.library][0])
        else:
            rows = np.array(
                [(p.first_temperature, p.second_temperature, p.first_load, p.second_load) for p in self.points]
            )
        return CapacityMap(rows[:, 2:], rows[:, :2], np.array(nodes, np.int64))


AnyCooler = Annotated[OneStageCooler | TwoStageCooler, Field(discriminator="kind")]
