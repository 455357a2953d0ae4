"""Quantities of boards: SI in code, the units of the trade on screens."""

from __future__ import annotations

from typing import Annotated

from joulebook.core.quantities import Quantity

__all__ = [
    "AmbientTemperature",
    "ContactResistance",
    "Emissivity",
    "Extent",
    "HeatTransferCoefficient",
    "Place",
    "Power",
    "Share",
    "ThermalConductivity",
    "ThermalResistance",
    "Thickness",
]

Extent = Annotated[float, Quantity("m", ge=1e-4, le=2, display=("mm", 1e3))]
Place = Annotated[float, Quantity("m", ge=0, le=2, display=("mm", 1e3))]
Thickness = Annotated[float, Quantity("m", ge=1e-6, le=0.1, display=("mm", 1e3))]
ThermalConductivity = Annotated[float, Quantity("W/(m K)", ge=1e-3, le=1e4)]
ContactResistance = Annotated[float, Quantity("m² K/W", ge=0, le=1, display=("mm² K/W", 1e6))]
ThermalResistance = Annotated[float, Quantity("K/W", ge=1e-3, le=1e5)]
HeatTransferCoefficient = Annotated[float, Quantity("W/(m² K)", ge=0, le=1e6)]
Emissivity = Annotated[float, Quantity("1", ge=0, le=1)]
Share = Annotated[float, Quantity("1", ge=0, le=1)]
Power = Annotated[float, Quantity("W", ge=0, le=1e4)]
AmbientTemperature = Annotated[float, Quantity("K", ge=200, le=500)]
