"""Which physics a study solves: the model, and what is added to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from joulebook.battery import layout as at
from joulebook.battery.ageing import GROWTH_LAWS
from joulebook.battery.ageing_plating import PLATING_LAWS
from joulebook.battery.designs import Cell
from joulebook.battery.half_cell import HalfCell
from joulebook.core.errors import InputError, Issue

__all__ = ["LOSSES", "MODELS", "Model", "as_model"]

MODELS = {"DFN": at.DFN, "SPMe": at.SPME, "SPM": at.SPM}
"""Name of a model to its flag."""
THERMAL = ("isothermal", "lumped")
LOSSES = ("stress", "reaction", "current")
"""What active material is lost by."""


@dataclass(frozen=True)
class Model:
    """The physics of a study.

    Parameters
    ----------
    name : str
        ``"DFN"`` (Doyle, Fuller and Newman), ``"SPMe"`` (single particles with electrolyte) or ``"SPM"``.
    thermal : str
        ``"isothermal"``, or ``"lumped"``: one temperature that follows the heat; needs ``Cell.thermal``.
    sei : str
        What limits the growth of the film on the particles: ``"none"``, ``"reaction limited"``,
        ``"solvent-diffusion limited"``, ``"interstitial-diffusion limited"`` or ``"EC reaction limited"``.
    sei_on_cracks : bool
        Whether cracks grow in the particles and the film grows on their walls.
    plating : str
        ``"none"``, ``"irreversible"``, ``"reversible"`` or ``"partially reversible"``.
    loss_of_active_material : tuple of str
        Of ``"stress"``, ``"reaction"``, ``"current"``.
    stress_diffusion : bool
        Whether stress speeds the diffusion in the particles, where the model knows of stress.
    porosity_change : bool
        Whether films and metal take their volume from the pores.
    film_resistance : bool
        Whether the film drops potential.
    hysteresis : bool
        Whether open-circuit potentials with two branches follow the direction; otherwise their mean.
    heat_of_mixing : bool
        Whether the heat of lithium that spreads in the particles counts, where the temperature follows the heat.
    double_layer : bool
        Whether the double layer is charged; needs ``double_layer_capacity`` of an electrode.

    Examples
    --------
    >>> Model("SPMe", sei="solvent-diffusion limited").ages
    True
    """

    name: str = "DFN"
    thermal: str = "isothermal"
    sei: str = "none"
    sei_on_cracks: bool = False
    plating: str = "none"
    loss_of_active_material: tuple[str, ...] = field(default=())
    stress_diffusion: bool = True
    porosity_change: bool = True
    film_resistance: bool = True
    hysteresis: bool = True
    heat_of_mixing: bool = True
    double_layer: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.loss_of_active_material, str):
            object.__setattr__(self, "loss_of_active_material", (self.loss_of_active_material,))
        faults = [
            Issue(f"model.{name}", given, f"must be one of {', '.join(known)}")
            for name, given, known in (
                ("name", self.name, MODELS),
                ("thermal", self.thermal, THERMAL),
                ("sei", self.sei, GROWTH_LAWS),
                ("plating", self.plating, PLATING_LAWS),
            )
            if not isinstance(given, str) or given not in known
        ]
        losses = self.loss_of_active_material
        if not isinstance(losses, Iterable) or any(loss not in LOSSES for loss in losses):
            rule = f"must be a tuple of {', '.join(LOSSES)}"
            faults.append(Issue("model.loss_of_active_material", losses, rule))
        else:
            object.__setattr__(self, "loss_of_active_material", tuple(losses))
        faults.extend(
            Issue(f"model.{name}", getattr(self, name), "must be True or False")
            for name in (
                "sei_on_cracks",
                "porosity_change",
                "film_resistance",
                "stress_diffusion",
                "hysteresis",
                "heat_of_mixing",
                "double_layer",
            )
            if not isinstance(getattr(self, name), bool)
        )
        if faults:
            raise InputError(faults, "Model")
        if self.sei_on_cracks and self.sei == "none":
            hint = 'Choose a growth law, for example sei="solvent-diffusion limited"'
            raise InputError(Issue("model.sei_on_cracks", True, "needs a film that grows", hint), "Model")

    @property
    def flag(self) -> int:
        """Of the model in the settings of the loop."""
        return MODELS[self.name]

    @property
    def ages(self) -> bool:
        """Whether anything changes the cell for good."""
        return self.sei != "none" or self.plating != "none" or bool(self.loss_of_active_material)

    def check(self, cell: Cell | HalfCell) -> None:
        """Check that a cell has the values that the model needs.

        Parameters
        ----------
        cell : Cell or HalfCell
            The design.

        Raises
        ------
        InputError
            With every missing value.
        """
        faults = []
        if self.thermal == "lumped" and cell.thermal is None:
            hint = "Give heat_capacity (J/K), cooling_conductance (W/K) and ambient_temperature (K), or stay isothermal"
            faults.append(Issue("thermal", None, "the model follows the temperature and needs it", hint))
        sides = self.sides(cell)
        if self.sei != "none" and not any(side.sei for side in sides.values()):
            faults.append(Issue("negative.sei", None, f'growth "{self.sei}" needs the values of a film'))
        if self.plating != "none" and not any(side.plating for side in sides.values()):
            faults.append(Issue("negative.plating", None, f'plating "{self.plating}" needs its values'))
        cracks = self.sei_on_cracks
        if (cracks or self.loss_of_active_material) and not any(side.mechanics for side in sides.values()):
            faults.append(Issue("negative.mechanics", None, "cracks and loss of active material need its values"))
        if self.double_layer and not any(side.double_layer_capacity for side in sides.values()):
            rule = "the model charges the double layer and needs it"
            faults.append(Issue("negative.double_layer_capacity", 0.0, rule, "Typical: 0.2 F/m²", "F/m²"))
        for name, side in sides.items():
            absent = []
            if side.sei and self.sei != "none":
                absent += [f"sei.{value}" for value in side.sei.missing(self.sei, on_cracks=cracks)]
            if side.plating and self.plating != "none":
                absent += [f"plating.{value}" for value in side.plating.missing(self.plating)]
            if side.mechanics:
                absent += [
                    f"mechanics.{value}"
                    for value in side.mechanics.missing(self.loss_of_active_material, cracks=cracks and bool(side.sei))
                ]
            faults += [Issue(f"{name}.{value}", None, "the chosen ageing needs it") for value in absent]
        if faults:
            raise InputError(faults, cell.name)

    @staticmethod
    def sides(cell: Cell | HalfCell) -> dict[str, Any]:
        """List the porous electrodes of a cell.

        Parameters
        ----------
        cell : Cell or HalfCell
            The design.

        Returns
        -------
        dict of str to Electrode
            By name.
        """
        if isinstance(cell, HalfCell):
            return {"positive": cell.positive}
        return {"negative": cell.negative, "positive": cell.positive}

    def to_dict(self) -> dict[str, Any]:
        """Give all choices, for the record.

        Returns
        -------
        dict
            JSON-able.
        """
        return {**asdict(self), "loss_of_active_material": list(self.loss_of_active_material)}

    def __str__(self) -> str:
        added = [
            *([f"{self.thermal} thermal"] if self.thermal != "isothermal" else []),
            *([f"SEI {self.sei}"] if self.sei != "none" else []),
            *(["on cracks too"] if self.sei_on_cracks else []),
            *([f"plating {self.plating}"] if self.plating != "none" else []),
            *([f"loss by {', '.join(self.loss_of_active_material)}"] if self.loss_of_active_material else []),
            *(["double layer"] if self.double_layer else []),
        ]
        return ", ".join([self.name, *added])


def as_model(model: str | Model) -> Model:
    """Read what a user gave as a model.

    Parameters
    ----------
    model : str or Model
        Name of a model, or a model.

    Returns
    -------
    Model
        The model.

    Raises
    ------
    InputError
        If there is no such model.
    """
    if isinstance(model, Model):
        return model
    if not isinstance(model, str) or model not in MODELS:
        hint = 'For heat and ageing: Model("SPMe", thermal="lumped", sei="solvent-diffusion limited")'
        raise InputError(Issue("model", model, f"must be one of {', '.join(MODELS)}", hint))
    return Model(model)
