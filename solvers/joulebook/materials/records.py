"""What the library knows of a material: values and laws, each with its source.

A record is data; laws are functions of arrays that work for NumPy and CuPy alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from joulebook.core.citations import Source

__all__ = ["ActiveMaterial", "ElectrolyteMaterial", "FilmMaterial", "Law", "Metal", "Value"]


@dataclass(frozen=True)
class Value:
    """A number with its unit and source.

    Parameters
    ----------
    value : float
        In ``unit``.
    unit : str
        SI.
    source : Source
        Where it comes from.
    reference_temperature : float, K
        At which it holds.
    """

    value: float
    unit: str
    source: Source
    reference_temperature: float = 298.15


@dataclass(frozen=True)
class Law:
    """A property as a function of one variable.

    Parameters
    ----------
    name : str
        Identifies the law inside the solvers' tables.
    function : callable
        ``f(xp, x)`` with the array module and an array; returns an array of the same shape.
    variable : str
        What ``x`` is, with its unit: ``"stoichiometry"``, ``"salt concentration (mol/m³)"``.
    domain : tuple of float
        Range of ``x`` over which the law is offered; a note says where the measured range is known.
    unit : str
        Of the result.
    formula : str
        In LaTeX, for screens and reports.
    source : Source
        Where it comes from.
    """

    name: str
    function: Callable[[Any, Any], Any]
    variable: str
    domain: tuple[float, float]
    unit: str
    formula: str
    source: Source
    reference_temperature: float = 298.15


@dataclass(frozen=True)
class ActiveMaterial:
    """An insertion material.

    The exchange-current density is ``rate_constant * sqrt(c_e * c_s * (c_max - c_s))``.
    """

    name: str
    chemistry: str
    polarity: str
    """``"negative"`` or ``"positive"``: which electrode it serves."""
    ocp: Law
    maximum_concentration: Value
    diffusivity: Value
    rate_constant: Value
    charge_transfer_coefficient: Value
    window: tuple[Value, Value]
    """Stoichiometries between which the material is cycled: at the charged and at the discharged end."""
    suggested: dict[str, Value] = field(default_factory=dict)
    """Electrode values of the publication (porosity, particle radius …), offered when the material is picked."""
    note: str = ""


@dataclass(frozen=True)
class ElectrolyteMaterial:
    """A salt in a solvent."""

    name: str
    chemistry: str
    conductivity: Law
    diffusivity: Law
    transference_number: Value
    thermodynamic_factor: Value
    density: Value
    note: str = ""


@dataclass(frozen=True)
class FilmMaterial:
    """A separator film."""

    name: str
    chemistry: str
    suggested: dict[str, Value] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Metal:
    """A collector foil."""

    name: str
    chemistry: str
    conductivity: Value
    density: Value
    note: str = ""
