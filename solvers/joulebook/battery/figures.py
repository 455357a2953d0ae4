"""What a cell holds, weighs and measures: capacity, energy, mass, volume and electrode balance.

All figures are those of the design at open circuit; what a discharge at a rate delivers is for
:func:`joulebook.battery.simulate`.

- Capacity: charge between the cut-offs at open circuit, with the lithium of ``initial_state``
  (:mod:`joulebook.battery.balance`).
- Energy: integral of the open-circuit voltage over that charge.
- Mass: coatings and separator from their dry densities, electrolyte from the pore volume, foils from half the
  coated area (a foil is coated on both sides), and the case where its mass is given. What cannot be weighed because a
  density or a foil is not published is left out and named in a warning; the specific energy is then not known.
- Volume: outer volume of the format; not known without one.
- N/P ratio: capacity of the negative electrode between stoichiometry 0 and 1, over that of the positive electrode
  between the ends of its materials' windows. Below 1 lithium plates at full charge; much above, material is idle.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from joulebook import materials
from joulebook.battery.balance import Balance, balance
from joulebook.battery.components import Collector
from joulebook.battery.designs import Cell
from joulebook.battery.equilibrium import electrode_at_rest
from joulebook.battery.housings import Cylindrical

__all__ = ["N_P_RANGE", "CellFigures", "figures", "mass_breakdown", "n_p_ratio", "outer_volume"]

N_P_RANGE = (1.05, 1.3)
"""N/P ratios that are usual in lithium-ion cells."""
_POINTS = 401
_STACK = (
    "negative coating",
    "positive coating",
    "separator",
    "electrolyte",
    "negative collector",
    "positive collector",
)
_FULL = 1e-4
"""Closer than this to a stoichiometry of 1, an electrode counts as full."""


@dataclass(frozen=True)
class CellFigures:
    """Figures of a cell at open circuit.

    Parameters
    ----------
    capacity : float, A h
        Between the cut-offs.
    energy : float, W h
        Between the cut-offs.
    mean_voltage : float, V
        Energy over capacity.
    mass : float, kg
        Sum of ``mass_breakdown``.
    mass_breakdown : dict of str to float, kg
        By component.
    volume : float or None, m³
        Outer volume; None without a housing.
    specific_energy : float or None, W h/kg
        Energy over mass; None where a part of the stack cannot be weighed.
    energy_density : float or None, W h/L
        Energy over outer volume; None without a housing.
    n_p_ratio : float
        Negative over positive electrode capacity.
    warnings : tuple of str
        What a designer should look at.
    """

    capacity: float
    energy: float
    mean_voltage: float
    mass: float
    mass_breakdown: dict[str, float]
    volume: float | None
    specific_energy: float | None
    energy_density: float | None
    n_p_ratio: float
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the figures as JSON-able data.

        Returns
        -------
        dict
            By name, SI units as in the attributes.
        """
        return {**asdict(self), "warnings": list(self.warnings)}


def figures(cell: Cell) -> CellFigures:
    """Compute the figures of a cell.

    Parameters
    ----------
    cell : Cell
        The design.

    Returns
    -------
    CellFigures
        Capacity, energy, mass, volume and balance.

    Raises
    ------
    InputError
        If the cut-offs cannot be reached with the cell's lithium.

    Examples
    --------
    >>> from joulebook.battery import Cell, figures
    >>> f = figures(Cell.named("Chen2020"))
    >>> round(f.capacity, 3), round(f.n_p_ratio, 2)
    (5.153, 1.13)
    """
    ends = balance(cell)
    negative = ends.negative_at_rest.curve(np.linspace(*ends.negative_fillings, _POINTS))
    positive = ends.positive_at_rest.curve(np.linspace(*ends.positive_fillings, _POINTS))
    mean_voltage = float(np.trapezoid(positive - negative, dx=1.0 / (_POINTS - 1)))
    energy = mean_voltage * ends.capacity
    masses = mass_breakdown(cell)
    mass = sum(masses.values())
    volume = outer_volume(cell)
    ratio = n_p_ratio(cell)
    unweighed = [part for part in _STACK if part not in masses]
    return CellFigures(
        capacity=ends.capacity,
        energy=energy,
        mean_voltage=mean_voltage,
        mass=mass,
        mass_breakdown=masses,
        volume=volume,
        specific_energy=None if unweighed else energy / mass,
        energy_density=None if volume is None else energy / (volume * 1e3),
        n_p_ratio=ratio,
        warnings=(*_balance_warnings(ratio, ends), *_unknown_warnings(cell, unweighed)),
    )


def mass_breakdown(cell: Cell) -> dict[str, float]:
    """Mass of each component.

    Parameters
    ----------
    cell : Cell
        The design.

    Returns
    -------
    dict of str to float, kg
        What cannot be weighed is left out: a part whose density is not known, and the case where its mass is not.
    """
    area = cell.area
    layers = (
        (cell.negative.mean_porosity, cell.negative.thickness),
        (cell.separator.porosity, cell.separator.thickness),
        (cell.positive.mean_porosity, cell.positive.thickness),
    )
    pores = sum(porosity * thickness for porosity, thickness in layers) * area
    liquid = cell.electrolyte_material().density
    found = {
        "negative coating": _coating_mass(cell.negative.density, cell.negative.thickness, area),
        "positive coating": _coating_mass(cell.positive.density, cell.positive.thickness, area),
        "separator": _coating_mass(cell.separator.density, cell.separator.thickness, area),
        "electrolyte": None if liquid is None else liquid.value * pores,
        "negative collector": _foil_mass(cell.negative_collector, area),
        "positive collector": _foil_mass(cell.positive_collector, area),
        "case": None if cell.format is None else cell.format.case_mass,
    }
    return {name: mass for name, mass in found.items() if mass is not None}


def _coating_mass(density: float | None, thickness: float, area: float) -> float | None:
    return None if density is None else density * thickness * area


def _foil_mass(foil: Collector | None, area: float) -> float | None:
    return None if foil is None else materials.metal(foil.material).density.value * foil.thickness * area / 2.0


def outer_volume(cell: Cell) -> float | None:
    """Outer volume of the housing.

    Parameters
    ----------
    cell : Cell
        The design.

    Returns
    -------
    float or None, m³
        Of the cylinder or box; None without a housing.
    """
    housing = cell.format
    if housing is None:
        return None
    if isinstance(housing, Cylindrical):
        return math.pi / 4.0 * housing.diameter**2 * housing.height
    return housing.width * housing.height * housing.depth


def n_p_ratio(cell: Cell) -> float:
    """Capacity of the negative over that of the positive electrode.

    Parameters
    ----------
    cell : Cell
        The design.

    Returns
    -------
    float
        See the module's text for the definition.
    """
    used = 0.0
    for phase, capacity in enumerate(electrode_at_rest(cell, "positive").capacities):
        charged, discharged = cell.active_material("positive", phase).window
        used += capacity * abs(discharged.value - charged.value)
    return electrode_at_rest(cell, "negative").capacity / used


def _balance_warnings(ratio: float, ends: Balance) -> list[str]:
    found = []
    if ends.positive_empty > 1.0 - _FULL:
        found.append(
            "The positive electrode is full before the lower cut-off: there is more lithium than it can take. "
            "Thicken it, or lower initial_state.negative_concentration"
        )
    if ends.negative_full > 1.0 - _FULL:
        found.append(
            "The negative electrode is full before the upper cut-off: lithium plates. "
            "Thicken it, or lower initial_state.negative_concentration"
        )
    low, high = N_P_RANGE
    if ratio < low:
        found.append(
            f"N/P ratio = {ratio:.2f}, usual is {low:g} to {high:g}: lithium may plate at full charge. "
            "Thicken the negative electrode or thin the positive one"
        )
    elif ratio > high:
        found.append(
            f"N/P ratio = {ratio:.2f}, usual is {low:g} to {high:g}: negative material is idle. "
            "Thin the negative electrode or thicken the positive one"
        )
    return found


def _unknown_warnings(cell: Cell, unweighed: list[str]) -> list[str]:
    found = []
    if unweighed:
        found.append(
            f"Not weighed, because a density or a foil is not given: {', '.join(unweighed)}. "
            "The mass counts the rest, and the specific energy is not known"
        )
    if cell.format is None:
        found.append("The housing is not given: volume and energy density are not known")
    elif cell.format.case_mass is None:
        found.append("The mass of the case is not given: the specific energy counts electrodes, foils and electrolyte")
    return found
