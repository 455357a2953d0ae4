"""Housings and tabs of a cell."""

from __future__ import annotations

from typing import Literal

from joulebook.core.design import Part
from joulebook.core.quantities import Length, Mass

__all__ = ["Cylindrical", "Pouch", "Prismatic", "Tab", "Tabs"]


class Cylindrical(Part):
    """A wound cell in a can."""

    shape: Literal["cylindrical"] = "cylindrical"
    """Kind of housing."""
    diameter: Length
    """Outer diameter."""
    height: Length
    """Outer height."""
    case_mass: Mass | None = None
    """Mass of can, lid and insulators."""


class Prismatic(Part):
    """A wound or stacked cell in a rigid box."""

    shape: Literal["prismatic"] = "prismatic"
    """Kind of housing."""
    width: Length
    """Outer width."""
    height: Length
    """Outer height."""
    depth: Length
    """Outer depth."""
    case_mass: Mass | None = None
    """Mass of the box and its lid."""


class Pouch(Part):
    """A stacked cell in a laminated foil."""

    shape: Literal["pouch"] = "pouch"
    """Kind of housing."""
    width: Length
    """Outer width."""
    height: Length
    """Outer height."""
    depth: Length
    """Outer depth."""
    case_mass: Mass | None = None
    """Mass of the foil."""


class Tab(Part):
    """A current tab."""

    width: Length
    """Width along the electrode."""
    position: Literal["top", "bottom"] = "top"
    """Which edge of the electrode it leaves from."""


class Tabs(Part):
    """The current tabs of a cell."""

    negative: Tab
    """Tab of the negative collector."""
    positive: Tab
    """Tab of the positive collector."""
