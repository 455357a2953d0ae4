"""Where a study starts: the cell's own state, given concentrations, or a state of charge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joulebook.battery.designs import Cell, InitialState
from joulebook.battery.half_cell import HalfCell, HalfCellState
from joulebook.core.errors import InputError, Issue

__all__ = ["Start", "starting_concentrations"]


@dataclass(frozen=True)
class Start:
    """State at the start of a study.

    Parameters
    ----------
    concentrations : dict of str to tuple of float, mol/m³
        Of lithium in each active material of each electrode.
    tilts : dict of str to float
        State of the hysteresis of each electrode, -1 to 1.
    """

    concentrations: dict[str, tuple[float, ...]]
    tilts: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Give all values, for the record.

        Returns
        -------
        dict
            JSON-able.
        """
        return {**{side: list(values) for side, values in self.concentrations.items()}, "hysteresis": self.tilts}


def starting_concentrations(
    cell: Cell | HalfCell, initial_soc: float | None = None, initial_state: Any = None
) -> Start:
    """Lithium concentrations at the start.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    initial_soc : float, 1, optional
        0 at the lower cut-off, 1 at the upper one, both at rest.
    initial_state : InitialState, HalfCellState or mapping, optional
        Concentrations in mol/m³, as the cell's own ``initial_state``, which holds where both are left out.

    Returns
    -------
    Start
        Concentrations of all active materials, and the states of hysteresis.

    Raises
    ------
    InputError
        If both are given, the state of charge lies outside 0 to 1, or a concentration is not below that of the full
        material.
    """
    if initial_soc is not None and initial_state is not None:
        raise InputError(Issue("initial_soc", initial_soc, "cannot be given beside initial_state", "Give one of them"))
    state = cell.initial_state if initial_state is None else _as_state(cell, initial_state)
    if initial_soc is not None:
        if isinstance(initial_soc, bool) or not isinstance(initial_soc, int | float):
            raise InputError(Issue("initial_soc", initial_soc, "must be a number from 0 to 1"))
        state = _at_charge(cell, float(initial_soc))
    sides = ("positive",) if isinstance(cell, HalfCell) else ("negative", "positive")
    found: dict[str, tuple[float, ...]] = {}
    faults = []
    for side in sides:
        given = (getattr(state, f"{side}_concentration"), *getattr(state, f"{side}_additional"))
        wanted = 1 + len(getattr(cell, side).additional_phases)
        if len(given) != wanted:
            rule = f"{len(given) - 1} concentrations for {wanted - 1} additional phases"
            raise InputError(Issue(f"initial_state.{side}_additional", given[1:], rule, "Give one for each phase"))
        for phase, value in enumerate(given):
            limit = cell.maximum_concentration(side, phase)
            if value >= limit:
                where = f"{side}_concentration" if phase == 0 else f"{side}_additional.{phase - 1}"
                faults.append(
                    Issue(
                        f"initial_state.{where}",
                        value,
                        f"must be less than the maximum concentration of the material, {limit:g} mol/m³",
                        "Lower it, or raise maximum_concentration of the electrode",
                        "mol/m³",
                    )
                )
        found[side] = given
    if faults:
        raise InputError(faults, cell.name)
    return Start(found, {side: float(getattr(state, f"{side}_hysteresis")) for side in sides})


def _as_state(cell: Cell | HalfCell, given: Any) -> InitialState | HalfCellState:
    kind = HalfCellState if isinstance(cell, HalfCell) else InitialState
    if isinstance(given, kind):
        return given
    if not isinstance(given, Mapping):
        names = ", ".join(kind.model_fields)
        raise InputError(Issue("initial_state", given, f"must hold concentrations in mol/m³: {names}"))
    return kind(**given)


def _at_charge(cell: Cell | HalfCell, soc: float) -> InitialState | HalfCellState:
    from joulebook.battery.balance import balance_half_cell, initial_state_at

    if isinstance(cell, Cell):
        return initial_state_at(cell, soc)
    if not 0.0 <= soc <= 1.0:
        raise InputError(Issue("initial_soc", soc, "must be from 0 (lower cut-off) to 1 (upper cut-off)"))
    found = balance_half_cell(cell)
    full, empty = found.fillings
    shares = found.at_rest.stoichiometries(empty + soc * (full - empty))
    first, *others = [x * cell.maximum_concentration("positive", phase) for phase, x in enumerate(shares)]
    return HalfCellState(positive_concentration=first, positive_additional=tuple(others))
