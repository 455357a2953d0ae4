"""How finely a cell is solved: three named accuracies, and every knob behind them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
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

    def coarser(self) -> Resolution:
        """Give half the mesh and four times the tolerances: the second solve that shows the error of this one.

        Returns
        -------
        Resolution
            Coarser.
        """
        return replace(
            self,
            negative_nodes=max(4, self.negative_nodes // 2),
            separator_nodes=max(2, self.separator_nodes // 2),
            positive_nodes=max(4, self.positive_nodes // 2),
            shells=max(5, self.shells // 2),
            voltage_tolerance=4.0 * self.voltage_tolerance,
            salt_tolerance=4.0 * self.salt_tolerance,
            first_step=4.0 * self.first_step,
        )

    def for_corners(self) -> Resolution:
        """Give the resolution for a series with a corner in every second.

        After a corner no high order is to be had, and lithium moves in the outermost shells only. What counts is
        how thin these are; nodes across the stack may be fewer.

        Returns
        -------
        Resolution
            Thin outer shells, order 2, seven tenths of the nodes, one and a half times the tolerance.
        """
        return replace(
            self,
            negative_nodes=max(8, round(0.7 * self.negative_nodes)),
            positive_nodes=max(6, round(0.7 * self.positive_nodes)),
            grading=min(self.grading, 0.05),
            highest_order=min(self.highest_order, 2),
            voltage_tolerance=1.5 * self.voltage_tolerance,
        )

    def for_skins(self) -> Resolution:
        """Give the resolution for particles at whose surface a thin layer holds lithium back.

        Returns
        -------
        Resolution
            Twice the shells, the outermost a few thousandths of the radius.
        """
        return replace(self, shells=2 * self.shells, grading=min(self.grading, SKIN_GRADING))

    def finer(self, model: str) -> Resolution:
        """Give the mesh that is tried where this one is not as good as promised.

        Parameters
        ----------
        model : str
            ``"SPM"`` has no mesh across the stack.

        Returns
        -------
        Resolution
            Twice the nodes and the shells, these much thinner at the surface, half the tolerances, and a quarter of
            the first step.
        """
        wider = 1 if model == "SPM" else 2
        return replace(
            self,
            negative_nodes=wider * self.negative_nodes,
            separator_nodes=wider * self.separator_nodes,
            positive_nodes=wider * self.positive_nodes,
            shells=2 * self.shells,
            grading=min(self.grading, SKIN_GRADING),
            voltage_tolerance=0.5 * self.voltage_tolerance,
            salt_tolerance=0.5 * self.salt_tolerance,
            first_step=0.25 * self.first_step,
        )

    def to_dict(self) -> dict[str, Any]:
        """Give all values, for the record.

        Returns
        -------
        dict
            JSON-able.
        """
        return asdict(self)


SKIN_GRADING = 0.03
"""Thickness of the outermost shell over that of the innermost where lithium is held back at the surface."""

ACCURACIES: dict[str, Resolution] = {
    "fast": Resolution(12, 3, 8, 8, 0.3, 1e-3, 5.0),
    "standard": Resolution(24, 4, 16, 14, 0.3, 4e-4, 2.0),
    "reference": Resolution(120, 12, 80, 40, 0.3, 1e-5, 0.05, highest_order=3),
}
"""Named accuracies of the Doyle–Fuller–Newman model.

The reference stays at third order: with steps that grow, the fourth may err unseen in particles on a flat part of the
open-circuit curve (measured: 0.35 mV at 2C for a cell where the third order errs by 0.03 mV).
"""
PARTICLE_SHARE = 0.5
"""Voltage tolerance of the single-particle models over that above: their steps cost next to nothing."""

PARTICLE_NODES = 0.4
"""Nodes of the single-particle model with electrolyte over those above: its salt is a parabola in each layer, for which
the mesh is exact but for what the diffusivity varies."""

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
_JUMPS = (1e-6, 0.1)


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
    error_estimate : bool
        Whether a second solve on a coarser mesh estimates the error.
    refine : bool
        Whether a mesh that turns out coarser than the accuracy promises is refined; a mesh that is given by number
        stays as it is.
    curves : bool
        Whether steps are so short that a smooth line through the points is the voltage. Without, the steps follow the
        lithium alone: tests of hundreds of cycles take a tenth of the time, but voltages hold at the points only,
        energies err by per cents, and so does plated lithium.
    cycle_jump : float, 1, optional
        Error of the capacity, over the nominal one, that a study of ageing may make by leaping over cycles that are
        alike (:mod:`joulebook.battery.jumping`); every cycle is simulated where left out.

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
    error_estimate: bool = True
    refine: bool = True
    curves: bool = True
    cycle_jump: float | None = None

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
        faults.extend(
            Issue(f"options.{name}", getattr(self, name), "must be True or False")
            for name in ("error_estimate", "refine", "curves")
            if not isinstance(getattr(self, name), bool)
        )
        jump = self.cycle_jump
        low, high = _JUMPS
        if jump is not None and (
            isinstance(jump, bool) or not isinstance(jump, int | float) or not low <= jump <= high
        ):
            faults.append(Issue("options.cycle_jump", jump, f"must be a number from {low:g} to {high:g}"))
        if faults:
            raise InputError(faults, "BatteryOptions")

    def resolution_for(self, model: str, corners: bool, skins: bool = False) -> Resolution:
        """Fill in what was left out, as it suits protocol and cell.

        Parameters
        ----------
        model : str
            ``"DFN"``, ``"SPMe"`` or ``"SPM"``.
        corners : bool
            Whether the protocol follows a series. Values given by number stay as they are.
        skins : bool
            Whether thin layers at particle surfaces hold lithium back (:mod:`joulebook.battery.skins`).

        Returns
        -------
        Resolution
            Everything chosen.
        """
        chosen = self.resolution(model)
        given = {name: getattr(self, name) for name in _LIMITS if getattr(self, name) is not None}
        if skins:
            chosen = chosen.for_skins()
        if corners:
            chosen = chosen.for_corners()
        return replace(chosen, **given)

    @property
    def refines(self) -> bool:
        """Whether the mesh may be refined: nothing of it was given by number."""
        return self.refine and all(getattr(self, name) is None for name in _LIMITS)

    def resolution(self, model: str = "DFN") -> Resolution:
        """Fill in what was left out.

        Parameters
        ----------
        model : str
            ``"DFN"``, ``"SPMe"`` or ``"SPM"``.

        Returns
        -------
        Resolution
            Everything chosen.
        """
        chosen = asdict(ACCURACIES[self.accuracy])
        if model != "DFN":
            chosen["voltage_tolerance"] *= PARTICLE_SHARE
        if model == "SPMe":
            for name, least in (("negative_nodes", 4), ("separator_nodes", 2), ("positive_nodes", 4)):
                chosen[name] = max(least, round(PARTICLE_NODES * chosen[name]))
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
            ``"DFN"``, ``"SPMe"`` or ``"SPM"``.

        Returns
        -------
        dict
            JSON-able; the resolved values.
        """
        jumps = {} if self.cycle_jump is None else {"cycle_jump": self.cycle_jump}
        return {"accuracy": self.accuracy, **asdict(self.resolution(model)), **jumps}
