"""What the library knows of a material: values and laws, each with its source.

A record is data; laws are functions of arrays that work for NumPy and CuPy alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from joulebook.core.citations import Source

__all__ = [
    "GAS_CONSTANT",
    "ActiveMaterial",
    "ElectrolyteMaterial",
    "FilmMaterial",
    "Law",
    "Metal",
    "Value",
    "arrhenius",
]

GAS_CONSTANT = 6.02214076e23 * 1.380649e-23
"""J/(mol K) (exact in the SI of 2019)."""


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
    """A property as a function of one variable, and of temperature.

    Parameters
    ----------
    name : str
        Identifies the law inside the solvers' tables.
    function : callable
        ``f(xp, x)`` with the array module and an array; returns an array of the same shape: the property at
        ``reference_temperature``.
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
    reference_temperature : float, K
        At which ``function`` holds.
    activation_energy : Value, optional
        J/mol; the property then follows Arrhenius' law.
    thermal_function : callable, optional
        ``f(xp, x, T)``: the property at any temperature, where one Arrhenius factor does not say it; it then stands
        in place of ``activation_energy``.
    """

    name: str
    function: Callable[[Any, Any], Any]
    variable: str
    domain: tuple[float, float]
    unit: str
    formula: str
    source: Source
    reference_temperature: float = 298.15
    activation_energy: Value | None = None
    thermal_function: Callable[[Any, Any, Any], Any] | None = None

    def at(self, xp: Any, x: Any, temperature: Any) -> Any:
        """Evaluate the law at a temperature.

        Parameters
        ----------
        xp : module
            NumPy or CuPy.
        x : ndarray, any shape
            In the unit that ``variable`` names.
        temperature : float or ndarray, K
            One, or one per ``x``.

        Returns
        -------
        ndarray, shape of x, in ``unit``
            The property.

        References
        ----------
        Arrhenius' law, ``exp(E / R (1 / T_ref - 1 / T))``.
        """
        if self.thermal_function is not None:
            return self.thermal_function(xp, x, temperature)
        here = self.function(xp, x)
        if self.activation_energy is None:
            return here
        return here * arrhenius(xp, self.activation_energy.value, temperature, self.reference_temperature)


def arrhenius(xp: Any, energy: float, temperature: Any, reference: float) -> Any:
    """Factor by which a rate changes with temperature.

    Parameters
    ----------
    xp : module
        NumPy or CuPy.
    energy : float, J/mol
        Activation energy.
    temperature : float or ndarray, K
        At which the factor is wanted.
    reference : float, K
        At which it is 1.

    Returns
    -------
    float or ndarray, shape of temperature
        ``exp(energy / R (1 / reference - 1 / temperature))``.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(arrhenius(np, 30e3, 308.15, 298.15)), 4)
    1.481
    """
    return xp.exp(energy / GAS_CONSTANT * (1.0 / reference - 1.0 / temperature))


@dataclass(frozen=True)
class ActiveMaterial:
    """An insertion material.

    The exchange-current density is ``rate_constant * c_e^a * c_s^b * (c_max - c_s)^c * f(c_s / c_max)`` with the
    exponents of ``exchange_exponents`` and the factor ``f`` of ``rate_law``, 1 where there is none.
    """

    name: str
    chemistry: str
    polarity: str
    """``"negative"`` or ``"positive"``: which electrode it serves."""
    ocp: Law
    maximum_concentration: Value
    diffusivity: Value
    """Single value; a representative one where ``diffusivity_law`` is given."""
    rate_constant: Value
    charge_transfer_coefficient: Value
    window: tuple[Value, Value]
    """Stoichiometries between which the material is cycled: at the charged and at the discharged end."""
    suggested: dict[str, Value] = field(default_factory=dict)
    """Electrode values of the publication (porosity, particle radius …), offered when the material is picked."""
    note: str = ""
    entropic: Law | None = None
    """Change of the open-circuit potential with temperature over stoichiometry, V/K."""
    diffusivity_law: Law | None = None
    """Diffusivity over stoichiometry, m²/s; ``diffusivity`` is then one value of it."""
    diffusivity_activation: Value | None = None
    """Activation energy of the diffusivity, J/mol; of ``diffusivity_law`` too, unless that has its own."""
    rate_activation: Value | None = None
    """Activation energy of the exchange-current density, J/mol."""
    exchange_exponents: tuple[float, float, float] = (0.5, 0.5, 0.5)
    """Exponents of ``c_e``, ``c_s`` and ``c_max - c_s`` in the exchange-current density."""
    rate_law: Law | None = None
    """A factor on the exchange-current density over stoichiometry, of no dimension."""
    ocp_lithiation: Law | None = None
    """Open-circuit potential while lithium goes in, where it differs."""
    ocp_delithiation: Law | None = None
    """Open-circuit potential while lithium comes out, where it differs."""
    hysteresis_decay: Value | None = None
    """How fast the potential moves from one branch to the other, per passed stoichiometry."""


@dataclass(frozen=True)
class ElectrolyteMaterial:
    """A salt in a solvent."""

    name: str
    chemistry: str
    conductivity: Law
    diffusivity: Law
    transference_number: Value
    """At 1000 mol/m³ where ``transference_law`` is given."""
    thermodynamic_factor: Value
    """At 1000 mol/m³ where ``thermodynamic_factor_law`` is given."""
    density: Value | None
    """None where not published."""
    note: str = ""
    transference_law: Law | None = None
    """Transference number over salt concentration (mol/m³)."""
    thermodynamic_factor_law: Law | None = None
    """Thermodynamic factor over salt concentration (mol/m³)."""


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
