"""Quantities of the equipment library; every value may be left open."""

from __future__ import annotations

from typing import Annotated

from joulebook.core.quantities import Quantity

__all__ = [
    "Current",
    "Curve",
    "Farad",
    "FaradPerMetre",
    "Hertz",
    "Kelvin",
    "Metre",
    "OhmPerMetre",
    "PerUnit",
    "Power",
    "Reactive",
    "Seconds",
    "SquareMetre",
    "Volts",
    "Watts",
]

Power = Annotated[float, Quantity("VA", gt=0, le=1e10, display=("MVA", 1e-6))] | None
Reactive = Annotated[float, Quantity("var", gt=0, le=1e10, display=("kvar", 1e-3))] | None
Volts = Annotated[float, Quantity("V", gt=0, le=2e6, display=("kV", 1e-3))] | None
Current = Annotated[float, Quantity("A", gt=0, le=1e6)] | None
PerUnit = Annotated[float, Quantity("1", gt=0, le=10)] | None
Seconds = Annotated[float, Quantity("s", gt=0, le=1e3)] | None
Hertz = Annotated[float, Quantity("Hz", gt=0, le=1000)] | None
Watts = Annotated[float, Quantity("W", gt=0, le=1e9)] | None
OhmPerMetre = Annotated[float, Quantity("ohm/m", gt=0, le=1, display=("Ω/km", 1e3))] | None
FaradPerMetre = Annotated[float, Quantity("F/m", gt=0, le=1e-6, display=("nF/km", 1e12))] | None
Farad = Annotated[float, Quantity("F", gt=0, le=1, display=("µF", 1e6))] | None
SquareMetre = Annotated[float, Quantity("m²", gt=0, le=1e-2, display=("mm²", 1e6))] | None
Metre = Annotated[float, Quantity("m", gt=0, le=1, display=("mm", 1e3))] | None
Kelvin = Annotated[float, Quantity("K", gt=0, le=2000)] | None
Curve = tuple[tuple[float, float], ...] | None
