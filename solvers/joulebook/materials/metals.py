"""Collector foils."""

from __future__ import annotations

from joulebook.core.citations import Source
from joulebook.materials.records import Metal, Value

__all__ = ["ALUMINIUM", "COPPER"]

_SET = Source(ref="Chen2020", method="literature", note="From PyBaMM's set; method not checked")

COPPER = Metal(
    name="copper",
    chemistry="Cu",
    conductivity=Value(58411000.0, "S/m", _SET),
    density=Value(8960.0, "kg/m³", _SET),
)

ALUMINIUM = Metal(
    name="aluminium",
    chemistry="Al",
    conductivity=Value(36914000.0, "S/m", _SET),
    density=Value(2700.0, "kg/m³", _SET),
)
