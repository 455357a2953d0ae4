"""How finely a board is solved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from joulebook.core.errors import InputError, Issue

__all__ = ["BoardOptions"]

_RANGES = {"cell_size": (1e-6, 1.0, "m"), "refine": (1, 8, ""), "tolerance": (1e-13, 1e-4, "")}
_RANGES["max_iterations"] = (1, 10_000, "")


@dataclass(frozen=True)
class BoardOptions:
    """Grid and tolerances.

    Parameters
    ----------
    cell_size : float, m, optional
        Largest size of a cell in the plane; a 48th of the longer side where left out. Cells are finer near footprints.
    refine : int
        Parts along each axis into which every cell of the plain grid is cut; the error falls with its square.
    tolerance : float
        Of the linear equations: norm of what is missing over norm of the sources.
    max_iterations : int
        Of conjugate gradients, in each step of Newton's method.
    """

    cell_size: float | None = None
    refine: int = 1
    tolerance: float = 1e-10
    max_iterations: int = 300

    @classmethod
    def of(cls, given: BoardOptions | Mapping[str, Any] | None) -> BoardOptions:
        """Take options as a person gives them.

        Parameters
        ----------
        given : BoardOptions, mapping or None
            Options by name; those left out have their defaults.

        Returns
        -------
        BoardOptions
            Checked.

        Raises
        ------
        InputError
            If an option is not known or not allowed; all faults at once.
        """
        if given is None:
            return cls()
        if isinstance(given, cls):
            values = {item.name: getattr(given, item.name) for item in fields(cls)}
        elif isinstance(given, Mapping):
            values = dict(given)
        else:
            raise InputError(Issue("options", given, "must be a mapping or BoardOptions", 'Such as {"refine": 2}'))
        known = [item.name for item in fields(cls)]
        issues = [_fault(name, value, known) for name, value in values.items()]
        if any(issues):
            raise InputError([issue for issue in issues if issue], "options")
        return cls(**values)


def _fault(name: Any, value: Any, known: list[str]) -> Issue | None:
    if name not in known:
        return Issue(f"options.{name}", value, "no such option", f"Known: {', '.join(known)}")
    if name == "cell_size" and value is None:
        return None
    low, high, unit = _RANGES[name]
    whole = isinstance(low, int)
    kind = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kind) or not low <= value <= high:
        rule = f"must be {'a whole number of ' if whole else ''}at least {low:g} and at most {high:g} {unit}".rstrip()
        return Issue(f"options.{name}", value, rule, unit=unit)
    return None
