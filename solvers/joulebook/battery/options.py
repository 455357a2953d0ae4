"""How finely a cell is solved: three named accuracies, and every knob behind them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from joulebook.core.errors import InputError, Issue

__all__ = ["ACCURACIES", "BatteryOptions", "Resolution"]


@dataclass(frozen=True)
class Resolution:
    """Mesh and tolerances, all chosen.

    Parameters
    ----------
    negative_nodes, separator_nodes, positive_nodes : int
        Finite volumes across each layer.
    shells : int
        Spherical shells in a particle.
    grading : float
        Thickness of the outermost shell over that of the innermost.
    voltage_tolerance : float, V
        Local error of the voltage allowed in a time step.
    salt_tolerance : float, mol/m³
        Local error of the salt concentration allowed in a time step.
    highest_order : int
        Of the time formula, 1 to 4.
    first_step : float, s
        Length of the first time step.
    largest_step : float, s
        Longest time step.
    """

    negative_nodes: int
    separator_nodes: int
    positive_nodes: int
    shells: int
    grading: float
    voltage_tolerance: float
    salt_tolerance: float
    highest_order: int = 4
    first_step: float = 0.01
    largest_step: float = 1e9


ACCURACIES: dict[str, Resolution] = {
    "fast": Resolution(12, 3, 8, 8, 0.3, 1e-3, 5.0),
    "standard": Resolution(28, 4, 20, 14, 0.3, 4e-4, 2.0),
    "reference": Resolution(120, 12, 80, 40, 0.3, 1e-5, 0.05),
}
"""Named accuracies of the Doyle–Fuller–Newman model."""
PARTICLE_SHARE = 0.2
"""Voltage tolerance of the single-particle model over that above: its steps cost next to nothing."""

_LIMITS: dict[str, tuple[float, float]] = {
    "negative_nodes": (2, 2000),
    "separator_nodes": (1, 2000),
    "positive_nodes": (2, 2000),
    "shells": (3, 2000),
    "grading": (1e-3, 10.0),
    "voltage_tolerance": (1e-9, 0.1),
    "salt_tolerance": (1e-6, 1e3),
    "highest_order": (1, 4),
    "first_step": (1e-6, 1e4),
    "largest_step": (1e-3, 1e9),
}


@dataclass(frozen=True)
class BatteryOptions:
    """How finely a study solves.

    Parameters
    ----------
    accuracy : str
        ``"fast"``, ``"standard"`` or ``"reference"``; measured errors are in the validation page.
    negative_nodes, separator_nodes, positive_nodes : int, optional
        Finite volumes across each layer; by ``accuracy`` where left out, like all that follow.
    shells : int, optional
        Spherical shells in a particle.
    grading : float, optional
        Thickness of the outermost shell over that of the innermost.
    voltage_tolerance : float, V, optional
        Local error of the voltage allowed in a time step.
    salt_tolerance : float, mol/m³, optional
        Local error of the salt concentration allowed in a time step.
    highest_order : int, optional
        Of the time formula, 1 to 4.
    first_step, largest_step : float, s, optional
        Length of the first time step, and of the longest.

    Examples
    --------
    >>> BatteryOptions("reference", shells=40).resolution().shells
    40
    """

    accuracy: str = "standard"
    negative_nodes: int | None = None
    separator_nodes: int | None = None
    positive_nodes: int | None = None
    shells: int | None = None
    grading: float | None = None
    voltage_tolerance: float | None = None
    salt_tolerance: float | None = None
    highest_order: int | None = None
    first_step: float | None = None
    largest_step: float | None = None

    def __post_init__(self) -> None:
        faults: list[Issue] = []
        if self.accuracy not in ACCURACIES:
            faults.append(Issue("options.accuracy", self.accuracy, f"must be one of {', '.join(ACCURACIES)}"))
        for name, (low, high) in _LIMITS.items():
            value = getattr(self, name)
            whole = isinstance(low, int) and isinstance(high, int)
            if value is None:
                continue
            kinds = int if whole else int | float
            if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
                noun = "a whole number" if whole else "a number"
                faults.append(Issue(f"options.{name}", value, f"must be {noun} from {low:g} to {high:g}"))
        if faults:
            raise InputError(faults, "BatteryOptions")

    def resolution(self, model: str = "DFN") -> Resolution:
        """Fill in what was left out.

        Parameters
        ----------
        model : str
            ``"DFN"`` or ``"SPM"``.

        Returns
        -------
        Resolution
            Everything chosen.
        """
        chosen = asdict(ACCURACIES[self.accuracy])
        if model == "SPM":
            chosen["voltage_tolerance"] *= PARTICLE_SHARE
        for field in fields(Resolution):
            value = getattr(self, field.name)
            if value is not None:
                chosen[field.name] = value
        return Resolution(**chosen)

    def to_dict(self, model: str = "DFN") -> dict[str, Any]:
        """Give all values, for the record.

        Parameters
        ----------
        model : str
            ``"DFN"`` or ``"SPM"``.

        Returns
        -------
        dict
            JSON-able; the resolved values.
        """
        return {"accuracy": self.accuracy, **asdict(self.resolution(model))}
