"""What a design weighs, where everything in it can be weighed."""

from __future__ import annotations

from typing import Final

from joulebook.battery.designs import Cell
from joulebook.battery.figures import mass_breakdown
from joulebook.core.errors import InputError, Issue

__all__ = ["STACK", "mass_of", "missing_parts"]

STACK: Final = (
    "negative coating",
    "positive coating",
    "separator",
    "electrolyte",
    "negative collector",
    "positive collector",
)
"""Parts without which a mass means nothing."""


def missing_parts(cell: Cell) -> tuple[str, ...]:
    """Name the parts that cannot be weighed, the case among them.

    Parameters
    ----------
    cell : Cell
        The design.

    Returns
    -------
    tuple of str
        Empty where the whole cell can be weighed.
    """
    known = mass_breakdown(cell)
    return tuple(name for name in (*STACK, "case") if name not in known)


def mass_of(cell: Cell) -> float:
    """Weigh a design, its case left out where that is not known.

    Parameters
    ----------
    cell : Cell
        The design.

    Returns
    -------
    float
        kg.

    Raises
    ------
    InputError
        If another part cannot be weighed.
    """
    missing = [name for name in missing_parts(cell) if name != "case"]
    if missing:
        hint = "Give the densities and foils of the design, or ask for numbers of the whole cell"
        raise InputError(Issue("mass", None, f"is not known: {', '.join(missing)}", hint, "kg"), cell.name)
    return sum(mass_breakdown(cell).values())
