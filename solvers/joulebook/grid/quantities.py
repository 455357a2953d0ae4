"""Quantities of power networks: SI in code, the units of the trade on screens."""

from __future__ import annotations

import math
from typing import Annotated

from joulebook.core.quantities import Quantity

__all__ = [
    "ActivePower",
    "Angle",
    "ApparentPower",
    "Conductance",
    "CurrentRating",
    "Frequency",
    "Impedance",
    "LineLength",
    "NominalVoltage",
    "PerUnit",
    "PerUnitVoltage",
    "PositiveImpedance",
    "PowerFactor",
    "ReactivePower",
    "Share",
    "Susceptance",
    "TapRatio",
]

NominalVoltage = Annotated[float, Quantity("V", gt=0, le=2e6, display=("kV", 1e-3))]
PerUnitVoltage = Annotated[float, Quantity("1", gt=0, le=3)]
PerUnit = Annotated[float, Quantity("1", ge=-1e6, le=1e6)]
Angle = Annotated[float, Quantity("rad", ge=-100, le=100, display=("°", 180 / math.pi))]
ActivePower = Annotated[float, Quantity("W", ge=-1e13, le=1e13, display=("MW", 1e-6))]
ReactivePower = Annotated[float, Quantity("var", ge=-1e13, le=1e13, display=("Mvar", 1e-6))]
ApparentPower = Annotated[float, Quantity("VA", gt=0, le=1e13, display=("MVA", 1e-6))]
Impedance = Annotated[float, Quantity("ohm", ge=-1e9, le=1e9, display=("Ω", 1.0))]
PositiveImpedance = Annotated[float, Quantity("ohm", ge=0, le=1e9, display=("Ω", 1.0))]
Susceptance = Annotated[float, Quantity("S", ge=-1e6, le=1e6, display=("µS", 1e6))]
Conductance = Annotated[float, Quantity("S", ge=-1e6, le=1e6, display=("µS", 1e6))]
CurrentRating = Annotated[float, Quantity("A", gt=0, le=1e7, display=("A", 1.0))]
LineLength = Annotated[float, Quantity("m", gt=0, le=1e7, display=("km", 1e-3))]
Frequency = Annotated[float, Quantity("Hz", gt=0, le=1000)]
TapRatio = Annotated[float, Quantity("1", gt=0, le=10)]
Share = Annotated[float, Quantity("1", ge=0, le=1)]
PowerFactor = Annotated[float, Quantity("1", gt=0, le=1)]
