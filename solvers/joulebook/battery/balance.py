"""Balance of the two electrodes: which stoichiometries a cell voltage means, and how much charge lies between.

Both electrodes exchange one inventory of lithium, ``n = q_n Q_n + q_p Q_p``. At a given open-circuit voltage
``U_p(q_p) - U_n(q_n) = V`` that fixes both fillings. The voltage rises with ``q_n`` as long as both potentials
fall with lithium content, so the equation has one root, found by Brent's method. Where an electrode is full or
empty before the cut-off is met, the voltage falls or rises without charge, and the end is there. The filling of an
electrode of one active material is its stoichiometry; of several, see :mod:`joulebook.battery.equilibrium`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from joulebook.battery.designs import Cell, InitialState
from joulebook.battery.equilibrium import FARADAY, ElectrodeAtRest, electrode_at_rest
from joulebook.battery.half_cell import HalfCell
from joulebook.core.errors import InputError, Issue

__all__ = [
    "FARADAY",
    "Balance",
    "HalfCellBalance",
    "balance",
    "balance_half_cell",
    "initial_state_at",
    "open_circuit_voltage",
]


@dataclass(frozen=True)
class Balance:
    """Stoichiometries at the two ends of a cell's voltage window.

    Parameters
    ----------
    negative_full, negative_empty : float
        Stoichiometry of the first active material of the negative electrode at the upper and the lower cut-off.
    positive_full, positive_empty : float
        Stoichiometry of the first active material of the positive electrode at the upper and the lower cut-off.
    negative_capacity, positive_capacity : float, A h
        Of each electrode between stoichiometry 0 and 1.
    capacity : float, A h
        Of the cell between the two ends, at open circuit.
    negative_fillings, positive_fillings : tuple of float
        Lithium in each electrode over what it can take, at the upper and the lower cut-off.
    negative_at_rest, positive_at_rest : ElectrodeAtRest
        The electrodes.
    """

    negative_full: float
    negative_empty: float
    positive_full: float
    positive_empty: float
    negative_capacity: float
    positive_capacity: float
    capacity: float
    negative_fillings: tuple[float, float]
    positive_fillings: tuple[float, float]
    negative_at_rest: ElectrodeAtRest = field(repr=False, compare=False)
    positive_at_rest: ElectrodeAtRest = field(repr=False, compare=False)

    def stoichiometries(self, soc: float) -> tuple[float, float]:
        """Stoichiometries of the first active materials at a state of charge.

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
        negative, positive = self.phase_stoichiometries(soc)
        return negative[0], positive[0]

    def phase_stoichiometries(self, soc: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Stoichiometries of all active materials at a state of charge.

        Parameters
        ----------
        soc : float
            0 at the lower cut-off, 1 at the upper one.

        Returns
        -------
        tuple of tuple of float
            Of the materials of the negative and of the positive electrode, in the order of the design.

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
        return (
            self.negative_at_rest.stoichiometries(_between(self.negative_fillings, soc)),
            self.positive_at_rest.stoichiometries(_between(self.positive_fillings, soc)),
        )


def open_circuit_voltage(cell: Cell, x: float, y: float) -> float:
    """Open-circuit voltage of a cell.

    Parameters
    ----------
    cell : Cell
        The cell.
    x, y : float
        Stoichiometry of the first active material of the negative and of the positive electrode.

    Returns
    -------
    float
        V.
    """
    negative = cell.active_material("negative").ocp.function
    positive = cell.active_material("positive").ocp.function
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
    _check_concentrations(cell, ("negative", "positive"))
    negative, positive = electrode_at_rest(cell, "negative"), electrode_at_rest(cell, "positive")
    inventory = _lithium(cell, "negative", negative) + _lithium(cell, "positive", positive)
    least, most = negative.range
    positive_least, positive_most = positive.range
    low = max(least, (inventory - positive.capacity * positive_most) / negative.capacity)
    high = min(most, (inventory - positive.capacity * positive_least) / negative.capacity)

    def positive_at(filling: float) -> float:
        return (inventory - filling * negative.capacity) / positive.capacity

    def voltage_at(filling: float) -> float:
        return positive.potential(positive_at(filling)) - negative.potential(filling)

    empty, full = _ends(cell, voltage_at, low, high)
    return Balance(
        negative_full=negative.stoichiometries(full)[0],
        negative_empty=negative.stoichiometries(empty)[0],
        positive_full=positive.stoichiometries(positive_at(full))[0],
        positive_empty=positive.stoichiometries(positive_at(empty))[0],
        negative_capacity=negative.capacity,
        positive_capacity=positive.capacity,
        capacity=(full - empty) * negative.capacity,
        negative_fillings=(full, empty),
        positive_fillings=(positive_at(full), positive_at(empty)),
        negative_at_rest=negative,
        positive_at_rest=positive,
    )


def initial_state_at(cell: Cell, soc: float) -> InitialState:
    """Concentrations of a cell at rest at a state of charge.

    Parameters
    ----------
    cell : Cell
        The lithium inventory is that of its ``initial_state``.
    soc : float
        0 at the lower cut-off, 1 at the upper one.

    Returns
    -------
    InitialState
        Of every active material.

    Raises
    ------
    InputError
        If ``soc`` lies outside 0 to 1, or the cut-offs cannot be reached with the cell's lithium.

    Examples
    --------
    >>> from joulebook.battery import Cell
    >>> round(initial_state_at(Cell.named("Chen2020"), 1.0).negative_concentration)
    30172
    """
    stoichiometries = dict(zip(("negative", "positive"), balance(cell).phase_stoichiometries(soc), strict=True))
    state: dict[str, object] = {}
    for side, found in stoichiometries.items():
        first, *others = [x * cell.maximum_concentration(side, phase) for phase, x in enumerate(found)]
        state[f"{side}_concentration"] = first
        state[f"{side}_additional"] = tuple(others)
    return InitialState.model_validate(state)


@dataclass(frozen=True)
class HalfCellBalance:
    """Stoichiometries of a half cell at the two ends of its voltage window.

    Parameters
    ----------
    full, empty : float
        Stoichiometry of the first active material at the upper and the lower cut-off.
    capacity : float, A h
        Between them, at open circuit.
    fillings : tuple of float
        Lithium in the electrode over what it can take, at the upper and the lower cut-off.
    at_rest : ElectrodeAtRest
        The electrode.
    """

    full: float
    empty: float
    capacity: float
    fillings: tuple[float, float]
    at_rest: ElectrodeAtRest = field(repr=False, compare=False)


def balance_half_cell(cell: HalfCell) -> HalfCellBalance:
    """Find the stoichiometries of a half cell at both cut-offs.

    Parameters
    ----------
    cell : HalfCell
        Lithium metal gives and takes any amount; the initial state plays no part.

    Returns
    -------
    HalfCellBalance
        Stoichiometries and capacity.

    Raises
    ------
    InputError
        If a concentration exceeds its maximum, or the whole open-circuit curve lies beyond a cut-off.
    """
    _check_concentrations(cell, ("positive",))
    positive = electrode_at_rest(cell, "positive")
    least, most = positive.range
    empty, full = (-end for end in _ends(cell, lambda minus: positive.potential(-minus), -most, -least))
    return HalfCellBalance(
        full=positive.stoichiometries(full)[0],
        empty=positive.stoichiometries(empty)[0],
        capacity=(empty - full) * positive.capacity,
        fillings=(full, empty),
        at_rest=positive,
    )


def _ends(cell: Cell | HalfCell, voltage_at: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """Where the open-circuit voltage, rising from low to high, meets the lower and the upper cut-off."""
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
    return empty, full


def _root(voltage_at: Callable[[float], float], voltage: float, low: float, high: float) -> float:
    from scipy.optimize import brentq  # slow to import, and needed here only

    return float(brentq(lambda x: voltage_at(x) - voltage, low, high, xtol=1e-14, rtol=1e-14))


def _between(ends: tuple[float, float], soc: float) -> float:
    full, empty = ends
    return empty + soc * (full - empty)


def _concentrations(cell: Cell | HalfCell, side: str) -> dict[str, float]:
    """Initial concentration of each active material of an electrode, by its path."""
    first: float = getattr(cell.initial_state, f"{side}_concentration")
    others: tuple[float, ...] = getattr(cell.initial_state, f"{side}_additional")
    path = f"initial_state.{side}"
    return {
        f"{path}_concentration": first,
        **{f"{path}_additional.{index}": value for index, value in enumerate(others)},
    }


def _lithium(cell: Cell, side: str, electrode: ElectrodeAtRest) -> float:
    found = zip(_concentrations(cell, side).values(), electrode.capacities, strict=True)
    return sum(c / cell.maximum_concentration(side, phase) * q for phase, (c, q) in enumerate(found))


def _check_concentrations(cell: Cell | HalfCell, sides: tuple[str, ...]) -> None:
    issues = []
    for side in sides:
        for phase, (path, concentration) in enumerate(_concentrations(cell, side).items()):
            limit = cell.maximum_concentration(side, phase)
            if concentration >= limit:
                name = cell.active_material(side, phase).name
                issues.append(
                    Issue(
                        path,
                        concentration,
                        f"must be less than the maximum concentration of {name}, {limit:g} mol/m³",
                        "Lower it, or raise the maximum concentration of the electrode",
                        "mol/m³",
                    )
                )
    if issues:
        raise InputError(issues)
