"""A porous electrode coating: its active materials, the layers it is coated in, and how it ages.

The fields of an electrode describe the coating as a whole and its first active material. ``additional_phases`` are
further active materials in the same pores, as silicon beside graphite. ``layers`` split the coating, listed from the
collector to the separator; a value that a layer leaves out is the electrode's own. The additional phases have the
same volume fractions in every layer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Self

from pydantic import Field, model_validator

from joulebook.battery.ageing_parts import SEI, Mechanics, Plating
from joulebook.battery.material_names import ActiveName
from joulebook.core.design import Part
from joulebook.core.errors import InputError, Issue
from joulebook.core.quantities import (
    Concentration,
    Conductivity,
    Density,
    Diffusivity,
    Exponent,
    Fraction,
    MicroLength,
    Quantity,
)

__all__ = ["Electrode", "Layer", "Phase"]

RateConstant = Annotated[float, Quantity("A/m² (m³/mol)^1.5", gt=0, le=1e3)]
_SLACK = 1e-9


class Phase(Part):
    """A further active material in the pores of an electrode."""

    material: ActiveName
    """Active material, by its name in the library."""
    active_fraction: Fraction
    """Volume fraction of this material in the coating."""
    particle_radius: MicroLength
    """Radius of its particles."""
    maximum_concentration: Concentration | None = None
    """Lithium concentration of the full material; the material's own where left out."""
    diffusivity: Diffusivity | None = None
    """Diffusivity of lithium in the particles; the material's own where left out."""
    rate_constant: RateConstant | None = None
    """Reaction rate constant in the exchange-current density; the material's own where left out."""


class Layer(Part):
    """A layer of a coating; what it leaves out is the electrode's own."""

    share: Annotated[float, Quantity("1", gt=0, le=1)]
    """Part of the coating's thickness; the shares of all layers sum to 1."""
    porosity: Fraction | None = None
    """Volume fraction of electrolyte."""
    active_fraction: Fraction | None = None
    """Volume fraction of the electrode's first active material."""
    particle_radius: MicroLength | None = None
    """Radius of its particles."""
    conductivity: Conductivity | None = None
    """Electronic conductivity of the coating."""
    bruggeman_electrolyte: Exponent | None = None
    """Exponent of the porosity in the effective transport in the electrolyte."""
    diffusivity: Diffusivity | None = None
    """Diffusivity of lithium in the particles."""
    rate_constant: RateConstant | None = None
    """Reaction rate constant in the exchange-current density."""


class Electrode(Part):
    """A porous electrode coating."""

    material: ActiveName
    """Active material, by its name in the library."""
    thickness: MicroLength
    """Coating thickness on one side of the collector."""
    porosity: Fraction
    """Volume fraction of electrolyte."""
    active_fraction: Fraction
    """Volume fraction of active material."""
    particle_radius: MicroLength
    """Radius of the active particles."""
    conductivity: Conductivity
    """Electronic conductivity of the coating."""
    bruggeman_electrolyte: Exponent = 1.5
    """Exponent of the porosity in the effective transport in the electrolyte."""
    bruggeman_electrode: Exponent = 0.0
    """Exponent of 1 - porosity in the effective electronic conductivity; 0 if measured on the coating."""
    density: Density | None = None
    """Density of the dry coating, pores included; left out where not published."""
    maximum_concentration: Concentration | None = None
    """Lithium concentration of the full active material; the material's own where left out."""
    diffusivity: Diffusivity | None = None
    """Diffusivity of lithium in the particles; the material's own where left out."""
    rate_constant: RateConstant | None = None
    """Reaction rate constant in the exchange-current density; the material's own where left out."""
    double_layer_capacity: Annotated[float, Quantity("F/m²", ge=0, le=1e3)] = 0.0
    """Capacity of the double layer per area of particle surface; 0 for none."""
    additional_phases: Annotated[tuple[Phase, ...], Field(max_length=8, exclude_if=lambda phases: not phases)] = ()
    """Further active materials in the same pores."""
    layers: Annotated[tuple[Layer, ...], Field(max_length=64, exclude_if=lambda layers: not layers)] = ()
    """Layers from the collector to the separator; none where the coating is uniform."""
    sei: SEI | None = None
    """Growth of the film on the particles; left out where not published."""
    plating: Plating | None = None
    """Deposition of lithium metal; left out where not published."""
    mechanics: Mechanics | None = None
    """Stress, cracks and loss of active material; left out where not published."""

    @model_validator(mode="after")
    def _volume_is_shared(self) -> Self:
        issues = [*self._overfull(), *self._unequal_shares()]
        if issues:
            raise InputError(issues)
        return self

    def _overfull(self) -> list[Issue]:
        """Volumes that add up to more than all there is: of the coating, or of one of its layers."""
        further = sum(phase.active_fraction for phase in self.additional_phases)
        if not self.layers:
            return _overfull("", self.porosity, self.active_fraction, further)
        found: list[Issue] = []
        for index, layer in enumerate(self.layers):
            porosity = self.porosity if layer.porosity is None else layer.porosity
            active = self.active_fraction if layer.active_fraction is None else layer.active_fraction
            found.extend(_overfull(f"layers.{index}.", porosity, active, further))
        return found

    def _unequal_shares(self) -> list[Issue]:
        total = sum(layer.share for layer in self.layers)
        if not self.layers or abs(total - 1.0) <= _SLACK:
            return []
        return [
            Issue(
                "layers",
                total,
                f"the shares of the {len(self.layers)} layers sum to {total:.10g}; they must sum to 1",
                f"Divide every share by {total:.10g}",
            )
        ]

    def mean(self, value: Callable[[Layer], float | None], own: float) -> float:
        """Average a value over the layers, weighted by their shares.

        Parameters
        ----------
        value : callable
            From a layer to its value, or None where the layer has none of its own.
        own : float
            The electrode's own value.

        Returns
        -------
        float
            The mean; the own value of a uniform coating.

        Examples
        --------
        >>> from joulebook.battery import Cell
        >>> layers = [{"share": 0.5, "porosity": 0.2}, {"share": 0.5}]
        >>> graded = Cell.named("Chen2020").replace({"negative.layers": layers})
        >>> round(graded.negative.mean(lambda layer: layer.porosity, graded.negative.porosity), 3)
        0.225
        """
        if not self.layers:
            return own
        found = [(layer.share, value(layer)) for layer in self.layers]
        return sum(share * (own if at is None else at) for share, at in found)

    @property
    def mean_porosity(self) -> float:
        """Volume fraction of electrolyte, averaged over the layers."""
        return self.mean(lambda layer: layer.porosity, self.porosity)

    @property
    def mean_active_fraction(self) -> float:
        """Volume fraction of the first active material, averaged over the layers."""
        return self.mean(lambda layer: layer.active_fraction, self.active_fraction)


def _overfull(path: str, porosity: float, active: float, further: float) -> list[Issue]:
    total = porosity + active + further
    if total <= 1 + _SLACK:
        return []
    others = f"active_fraction = {active:g}"
    if further:
        others += f" and further phases = {further:g}"
    hints = [
        f"{name} ≤ {room:.4g}"
        for name, room in (("porosity", 1 - active - further), ("active_fraction", 1 - porosity - further))
        if room > 0
    ]
    return [
        Issue(
            f"{path}porosity",
            porosity,
            f"with {others} gives {total:g}; together at most 1",
            f"Try {' or '.join(hints)}" if hints else "Lower the fractions of the further phases",
        )
    ]
