"""Balance of the two electrodes: which stoichiometries a cell voltage means, and how much charge lies between.

Both electrodes exchange one inventory of lithium, ``n = x Q_n + y Q_p``. At a given open-circuit voltage
``U_p(y) - U_n(x) = V`` that fixes both stoichiometries. The voltage rises with x as long as both potentials
fall with lithium content, so the equation has one root, found by Brent's method. Where an electrode is full or
empty before the cut-off is met, the voltage falls or rises without charge, and the end is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from joulebook import materials
from joulebook.battery.designs import Cell, Electrode
from joulebook.core.errors import InputError, Issue

__all__ = ["FARADAY", "Balance", "balance", "electrode_capacity", "maximum_concentration", "open_circuit_voltage"]

FARADAY = 6.02214076e23 * 1.602176634e-19
"""Charge of a mole of electrons, C/mol (exact in the SI of 2019)."""
_EDGE = 1e-6


@dataclass(frozen=True)
class Balance:
    """Stoichiometries at the two ends of a cell's voltage window.

    Parameters
    ----------
    negative_full, negative_empty : float
        Stoichiometry of the negative electrode at the upper and the lower cut-off.
    positive_full, positive_empty : float
        Stoichiometry of the positive electrode at the upper and the lower cut-off.
    negative_capacity, positive_capacity : float, A h
        Of each electrode between stoichiometry 0 and 1.
    capacity : float, A h
        Of the cell between the two ends, at open circuit.
    """

    negative_full: float
    negative_empty: float
    positive_full: float
    positive_empty: float
    negative_capacity: float
    positive_capacity: float
    capacity: float

    def stoichiometries(self, soc: float) -> tuple[float, float]:
        """Stoichiometries at a state of charge.

        Parameters
        ----------
        soc : float
            0 at the lower cut-off, 1 at the upper one.

        Returns
        -------
        tuple of float
            Of the negative and the positive electrode.

        Raises
        ------
        InputError
            If ``soc`` lies outside 0 to 1.
        """
        if not 0.0 <= soc <= 1.0:
            raise InputError(
                Issue(
                    "initial_soc",
                    soc,
                    "must be at least 0 and at most 1",
                    "1 is full: the open-circuit voltage is upper_cutoff",
                )
            )
        x = self.negative_empty + soc * (self.negative_full - self.negative_empty)
        y = self.positive_empty + soc * (self.positive_full - self.positive_empty)
        return x, y


def maximum_concentration(electrode: Electrode) -> float:
    """Lithium concentration of the full active material.

    Parameters
    ----------
    electrode : Electrode
        The coating.

    Returns
    -------
    float
        mol/m³; the electrode's own value, or the material's.
    """
    if electrode.maximum_concentration is not None:
        return electrode.maximum_concentration
    return materials.active(electrode.material).maximum_concentration.value


def electrode_capacity(electrode: Electrode, area: float) -> float:
    """Charge that an electrode takes between stoichiometry 0 and 1.

    Parameters
    ----------
    electrode : Electrode
        The coating.
    area : float, m²
        Coated area.

    Returns
    -------
    float
        A h.
    """
    amount = electrode.active_fraction * electrode.thickness * area * maximum_concentration(electrode)
    return amount * FARADAY / 3600.0


def open_circuit_voltage(cell: Cell, x: float, y: float) -> float:
    """Open-circuit voltage of a cell.

    Parameters
    ----------
    cell : Cell
        The cell.
    x, y : float
        Stoichiometry of the negative and the positive electrode.

    Returns
    -------
    float
        V.
    """
    negative = materials.active(cell.negative.material).ocp.function
    positive = materials.active(cell.positive.material).ocp.function
    return float(positive(np, np.float64(y)) - negative(np, np.float64(x)))


def balance(cell: Cell) -> Balance:
    """Find the stoichiometries at both cut-offs.

    Parameters
    ----------
    cell : Cell
        The lithium inventory is that of its ``initial_state``.

    Returns
    -------
    Balance
        Stoichiometries and capacities.

    Raises
    ------
    InputError
        If a concentration exceeds its maximum, or the whole open-circuit curve lies beyond a cut-off.
    """
    negative_capacity = electrode_capacity(cell.negative, cell.area)
    positive_capacity = electrode_capacity(cell.positive, cell.area)
    x = _initial_stoichiometry(cell, "negative")
    y = _initial_stoichiometry(cell, "positive")
    inventory = x * negative_capacity + y * positive_capacity
    low = max(_EDGE, (inventory - positive_capacity * (1 - _EDGE)) / negative_capacity)
    high = min(1 - _EDGE, (inventory - positive_capacity * _EDGE) / negative_capacity)

    def positive_at(x: float) -> float:
        return (inventory - x * negative_capacity) / positive_capacity

    def voltage_at(x: float) -> float:
        return open_circuit_voltage(cell, x, positive_at(x))

    floor, top = voltage_at(low), voltage_at(high)
    for path, voltage, within in (
        ("lower_cutoff", cell.lower_cutoff, cell.lower_cutoff < top),
        ("upper_cutoff", cell.upper_cutoff, cell.upper_cutoff > floor),
    ):
        if not within:
            raise InputError(
                Issue(
                    path,
                    voltage,
                    f"the open-circuit voltage of these electrodes spans {floor:.3f} to {top:.3f} V",
                    "Move the cut-off, or change thicknesses, active fractions or initial_state",
                    "V",
                )
            )
    full = high if top <= cell.upper_cutoff else _root(voltage_at, cell.upper_cutoff, low, high)
    empty = low if floor >= cell.lower_cutoff else _root(voltage_at, cell.lower_cutoff, low, high)
    return Balance(
        negative_full=full,
        negative_empty=empty,
        positive_full=positive_at(full),
        positive_empty=positive_at(empty),
        negative_capacity=negative_capacity,
        positive_capacity=positive_capacity,
        capacity=(full - empty) * negative_capacity,
    )


def _root(voltage_at: Callable[[float], float], voltage: float, low: float, high: float) -> float:
    from scipy.optimize import brentq  # slow to import, and needed here only

    return float(brentq(lambda x: voltage_at(x) - voltage, low, high, xtol=1e-14, rtol=1e-14))


def _initial_stoichiometry(cell: Cell, side: str) -> float:
    electrode: Electrode = getattr(cell, side)
    concentration: float = getattr(cell.initial_state, f"{side}_concentration")
    limit = maximum_concentration(electrode)
    if concentration >= limit:
        raise InputError(
            Issue(
                f"initial_state.{side}_concentration",
                concentration,
                f"must be less than the maximum concentration of {electrode.material}, {limit:g} mol/m³",
                "Lower it, or raise the maximum concentration of the electrode",
                "mol/m³",
            )
        )
    return concentration / limit
