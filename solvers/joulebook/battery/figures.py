"""What a cell holds, weighs and measures: capacity, energy, mass, volume and electrode balance.

All figures are those of the design at open circuit; what a discharge at a rate delivers is for
:func:`joulebook.battery.simulate`.

- Capacity: charge between the cut-offs at open circuit, with the lithium of ``initial_state``
  (:mod:`joulebook.battery.balance`).
- Energy: integral of the open-circuit voltage over that charge.
- Mass: coatings and separator from their dry densities, electrolyte from the pore volume, foils from half the
  coated area (a foil is coated on both sides), and the case where its mass is given.
- Volume: outer volume of the format.
- N/P ratio: capacity of the negative electrode between stoichiometry 0 and 1, over that of the positive electrode
  between the ends of its material's window. Below 1 lithium plates at full charge; much above, material is idle.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from joulebook import materials
from joulebook.battery.balance import Balance, balance, electrode_capacity
from joulebook.battery.designs import Cell, Cylindrical

__all__ = ["N_P_RANGE", "CellFigures", "figures", "mass_breakdown", "n_p_ratio", "outer_volume"]

N_P_RANGE = (1.05, 1.3)
"""N/P ratios that are usual in lithium-ion cells."""
_POINTS = 401
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
    volume : float, m³
        Outer volume.
    specific_energy : float, W h/kg
        Energy over mass.
    energy_density : float, W h/L
        Energy over outer volume.
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
    volume: float
    specific_energy: float
    energy_density: float
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
    x = np.linspace(ends.negative_full, ends.negative_empty, _POINTS)
    y = np.linspace(ends.positive_full, ends.positive_empty, _POINTS)
    positive = materials.active(cell.positive.material).ocp.function(np, y)
    negative = materials.active(cell.negative.material).ocp.function(np, x)
    mean_voltage = float(np.trapezoid(positive - negative, dx=1.0 / (_POINTS - 1)))
    energy = mean_voltage * ends.capacity
    masses = mass_breakdown(cell)
    mass = sum(masses.values())
    volume = outer_volume(cell)
    ratio = n_p_ratio(cell)
    return CellFigures(
        capacity=ends.capacity,
        energy=energy,
        mean_voltage=mean_voltage,
        mass=mass,
        mass_breakdown=masses,
        volume=volume,
        specific_energy=energy / mass,
        energy_density=energy / (volume * 1e3),
        n_p_ratio=ratio,
        warnings=tuple(_warnings(cell, ratio, ends)),
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
        ``case`` is left out where its mass is not given.
    """
    area = cell.area
    layers = (cell.negative, cell.separator, cell.positive)
    pores = sum(layer.porosity * layer.thickness for layer in layers) * area
    masses = {
        "negative coating": cell.negative.density * cell.negative.thickness * area,
        "positive coating": cell.positive.density * cell.positive.thickness * area,
        "separator": cell.separator.density * cell.separator.thickness * area,
        "electrolyte": materials.electrolyte(cell.electrolyte.material).density.value * pores,
        "negative collector": _foil_mass(cell.negative_collector.material, cell.negative_collector.thickness, area),
        "positive collector": _foil_mass(cell.positive_collector.material, cell.positive_collector.thickness, area),
    }
    if cell.format.case_mass is not None:
        masses["case"] = cell.format.case_mass
    return masses


def _foil_mass(metal: str, thickness: float, area: float) -> float:
    return materials.metal(metal).density.value * thickness * area / 2.0


def outer_volume(cell: Cell) -> float:
    """Outer volume of the housing.

    Parameters
    ----------
    cell : Cell
        The design.

    Returns
    -------
    float, m³
        Of the cylinder or box.
    """
    housing = cell.format
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
    charged, discharged = materials.active(cell.positive.material).window
    used = abs(discharged.value - charged.value)
    return electrode_capacity(cell.negative, cell.area) / (electrode_capacity(cell.positive, cell.area) * used)


def _warnings(cell: Cell, ratio: float, ends: Balance) -> list[str]:
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
    if cell.format.case_mass is None:
        found.append("The mass of the case is not given: the specific energy counts electrodes, foils and electrolyte")
    return found
