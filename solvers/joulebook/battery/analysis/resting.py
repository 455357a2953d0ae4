"""Cells and half cells at rest at a state of charge, and the paths of their concentrations."""

from __future__ import annotations

from joulebook.battery.balance import balance_half_cell, initial_state_at
from joulebook.battery.designs import Cell
from joulebook.battery.half_cell import HalfCell
from joulebook.core.errors import InputError, Issue

__all__ = ["at_rest", "concentrations"]


def at_rest(cell: Cell | HalfCell, soc: float) -> Cell | HalfCell:
    """Put a cell at rest at a state of charge.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    soc : float, 1
        0 at the lower cut-off, 1 at the upper one.

    Returns
    -------
    Cell or HalfCell
        The design with that ``initial_state``.

    Raises
    ------
    InputError
        If ``soc`` lies outside 0 to 1, or the cut-offs cannot be reached.
    """
    if isinstance(cell, Cell):
        return cell.replace({"initial_state": initial_state_at(cell, soc)})
    if not 0.0 <= soc <= 1.0:
        raise InputError(Issue("initial_soc", soc, "must be at least 0 and at most 1"))
    found = balance_half_cell(cell)
    full, empty = found.fillings
    shares = found.at_rest.stoichiometries(empty + soc * (full - empty))
    first, *others = [x * cell.maximum_concentration("positive", phase) for phase, x in enumerate(shares)]
    changes = {"initial_state.positive_concentration": first, "initial_state.positive_additional": tuple(others)}
    return cell.replace(changes)


def concentrations(cell: Cell | HalfCell) -> dict[str, float]:
    """List the concentrations at the start by their paths.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.

    Returns
    -------
    dict of str to float, mol/m³
        Of every active material.
    """
    found = {}
    for side in ("positive",) if isinstance(cell, HalfCell) else ("negative", "positive"):
        found[f"initial_state.{side}_concentration"] = float(getattr(cell.initial_state, f"{side}_concentration"))
        further = getattr(cell.initial_state, f"{side}_additional", ())
        found |= {f"initial_state.{side}_additional.{k}": float(value) for k, value in enumerate(further)}
    return found
