"""How the cells of a pack differ from the cell that it is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from joulebook.battery.designs import Cell
from joulebook.core.errors import InputError, Issue

__all__ = ["base_value", "vary"]

WIDEST = 3.0
"""Drawn values lie within this many standard deviations."""
_OF_THE_MATERIAL = ("diffusivity", "maximum_concentration", "rate_constant")


def base_value(cell: Cell, path: str, *, needed: bool = True) -> float:
    """Value of the cell that its copies vary about.

    Parameters
    ----------
    cell : Cell
        The cell.
    path : str
        Dotted path of a number; of an electrode also what the material gives: ``"negative.diffusivity"``.
    needed : bool
        Whether a value must be there; otherwise only the path is checked.

    Returns
    -------
    float
        The number; not a number where there is none and none is needed.

    Raises
    ------
    InputError
        If there is no such number.
    """
    value = cell.value_at(path)
    if isinstance(value, float):
        return value
    side, _, name = path.rpartition(".")
    if value is None and side in {"negative", "positive"} and name in _OF_THE_MATERIAL:
        material = cell.active_material(side)
        follows = name == "diffusivity" and material.diffusivity_law is not None
        if not follows or not needed:
            return float(getattr(material, name).value)
        raise InputError(Issue(path, None, "follows a law of the stoichiometry", "Spread particle_radius instead"))
    if value is None and not needed and _takes_number(cell, path):
        return math.nan
    raise InputError(Issue(path, None, "is not a number of the cell that can differ", "Such as electrode_width"))


def _takes_number(cell: Cell, path: str) -> bool:
    folder, _, name = path.rpartition(".")
    owner = cell.value_at(folder) if folder else cell
    fields = getattr(type(owner), "model_fields", {})
    return name in fields and "float" in str(fields[name].annotation)


def vary(
    cell: Cell, count: int, spread: Mapping[str, float], seed: int, values: Mapping[str, Sequence[float]]
) -> list[Cell]:
    """Make cells that differ.

    Parameters
    ----------
    cell : Cell
        The cell that they are variants of.
    count : int
        How many.
    spread : mapping of str to float
        Dotted path to relative standard deviation.
    seed : int
        Of the drawn values.
    values : mapping of str to sequence of float
        Dotted path to values, one for each cell.

    Returns
    -------
    list of Cell
        The same object where nothing differs.

    Raises
    ------
    InputError
        If a value is not allowed; all of the first cell with such a value.
    """
    columns = {path: np.asarray(given, dtype=np.float64) for path, given in values.items()}
    random = np.random.default_rng(seed)
    for path in sorted(spread):
        drawn = np.clip(random.standard_normal(count), -WIDEST, WIDEST)
        columns[path] = base_value(cell, path) * (1.0 + spread[path] * drawn)
    if not columns:
        return [cell] * count
    made = []
    for k in range(count):
        try:
            made.append(cell.replace({path: float(column[k]) for path, column in columns.items()}))
        except InputError as error:
            raise InputError(error.issues, f"cell {k}") from None
    return made
