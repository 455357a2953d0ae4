"""Where a study starts: the cell's own state, or a state of charge."""

from __future__ import annotations

from joulebook import materials
from joulebook.battery.designs import Cell
from joulebook.core.errors import InputError, Issue

__all__ = ["starting_concentrations"]


def starting_concentrations(cell: Cell, initial_soc: float | None) -> tuple[float, float]:
    """Lithium concentrations at the start.

    Parameters
    ----------
    cell : Cell
        The design.
    initial_soc : float, 1, optional
        0 at the lower cut-off, 1 at the upper one, both at rest; the cell's ``initial_state`` where left out.

    Returns
    -------
    tuple of float, mol/m³
        Of the negative and the positive particles.

    Raises
    ------
    InputError
        If the state of charge lies outside 0 to 1, or a concentration is not below that of the full material.
    """
    limits = tuple(
        side.maximum_concentration
        if side.maximum_concentration is not None
        else materials.active(side.material).maximum_concentration.value
        for side in (cell.negative, cell.positive)
    )
    if initial_soc is not None:
        from joulebook.battery.balance import balance

        if isinstance(initial_soc, bool) or not isinstance(initial_soc, int | float):
            raise InputError(Issue("initial_soc", initial_soc, "must be a number from 0 to 1"))
        x, y = balance(cell).stoichiometries(float(initial_soc))
        return x * limits[0], y * limits[1]
    state = cell.initial_state
    own = (state.negative_concentration, state.positive_concentration)
    faults = [
        Issue(
            f"initial_state.{name}_concentration",
            value,
            f"must be less than the maximum concentration of the material, {limit:g} mol/m³",
            "Lower it, or raise maximum_concentration of the electrode",
            "mol/m³",
        )
        for name, value, limit in zip(("negative", "positive"), own, limits, strict=True)
        if value >= limit
    ]
    if faults:
        raise InputError(faults, cell.name)
    return own
