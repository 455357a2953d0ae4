"""Quantities of protection: SI in code, the units of the trade on screens."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from joulebook.core.quantities import Quantity

__all__ = [
    "Amperes",
    "CrossSection",
    "Delay",
    "Duration",
    "Factor",
    "FaultCurrents",
    "FractionOfOne",
    "Kelvin",
    "Label",
    "Multiple",
    "Multiplier",
    "SystemVoltage",
]

Amperes = Annotated[float, Quantity("A", gt=0, le=1e7)]
Delay = Annotated[float, Quantity("s", ge=0, le=1e5)]
Duration = Annotated[float, Quantity("s", gt=0, le=1e6)]
Multiplier = Annotated[float, Quantity("1", gt=0, le=1000)]
Multiple = Annotated[float, Quantity("1", gt=0, le=1000)]
Factor = Annotated[float, Quantity("1", ge=0, le=1e6)]
FractionOfOne = Annotated[float, Quantity("1", ge=0, lt=1, display=("%", 100.0))]
SystemVoltage = Annotated[float, Quantity("V", gt=0, le=2e6, display=("kV", 1e-3))]
CrossSection = Annotated[float, Quantity("m²", gt=0, le=1e-2, display=("mm²", 1e6))]
Kelvin = Annotated[float, Quantity("K", gt=0, le=2000)]
Label = Annotated[str, Field(min_length=1, max_length=200)]
FaultCurrents = Annotated[tuple[Amperes, ...], Field(min_length=1, max_length=10_000)]
