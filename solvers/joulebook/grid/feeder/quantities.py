"""Quantities and names of feeders: SI in code, the units of the trade on screens."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from joulebook.core.quantities import Quantity

__all__ = [
    "CapacitanceTriangle",
    "Connection",
    "Diameter",
    "Metres",
    "Name",
    "Phases",
    "Ratio",
    "ResistancePerMetre",
    "Seconds",
    "SetPoint",
    "Terminal",
    "Triangle",
]

Terminal = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\s.]+(\.\d{1,3})*$")]
"""Bus and nodes: ``"632.1.2.3"``."""
Name = Annotated[str, Field(max_length=120)]
Phases = Annotated[int, Field(ge=1, le=12)]
Connection = Literal["wye", "delta"]
Seconds = Annotated[float, Quantity("s", ge=0, le=1e6)]
Metres = Annotated[float, Quantity("m", ge=-1e4, le=1e4)]
PositiveMetres = Annotated[float, Quantity("m", gt=0, le=100)]
Diameter = Annotated[float, Quantity("m", gt=0, le=1, display=("mm", 1e3))]
PerMetre = Annotated[float, Quantity("ohm/m", ge=-1e6, le=1e6)]
ResistancePerMetre = Annotated[float, Quantity("ohm/m", ge=0, le=1e3)]
CapacitancePerMetre = Annotated[float, Quantity("F/m", ge=-1e-3, le=1e-3, display=("nF/km", 1e12))]
Triangle = Annotated[tuple[tuple[PerMetre, ...], ...], Field(min_length=1, max_length=12)]
CapacitanceTriangle = Annotated[tuple[tuple[CapacitancePerMetre, ...], ...], Field(min_length=1, max_length=12)]
SetPoint = Annotated[float, Quantity("1", ge=-1e9, le=1e9)]
Ratio = Annotated[float, Quantity("1", gt=0, le=1e6)]
