"""What a full cell and a half cell have in common: the positive side, the housing, the limits and the materials."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from joulebook import materials
from joulebook.battery.components import Collector, Electrolyte, Separator, Thermal
from joulebook.battery.electrodes import Electrode, Phase
from joulebook.battery.housings import Cylindrical, Pouch, Prismatic, Tabs
from joulebook.battery.material_names import OWN
from joulebook.core.design import Design
from joulebook.core.errors import InputError, Issue
from joulebook.core.quantities import Capacity, Length, Resistance, Temperature, Voltage
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial

__all__ = ["Assembly"]


class Assembly(Design):
    """Electrodes, separator and electrolyte in a housing, with the materials they are made of."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """What people call the cell."""
    description: Annotated[str, Field(max_length=4000)] = ""
    """A few words on what it is and where the values come from."""
    separator: Separator
    """Film between the electrodes."""
    positive: Electrode
    """Coating that takes lithium on discharge."""
    electrolyte: Electrolyte
    """Liquid in the pores."""
    positive_collector: Collector | None = None
    """Foil behind the positive electrode; left out where not published."""
    electrode_height: Length
    """Height of the coated area."""
    electrode_width: Length
    """Width of the coated area, unwound, both sides counted."""
    electrodes_in_parallel: Annotated[int, Field(ge=1, le=10000, strict=True)] = 1
    """Electrode pairs that share the current."""
    format: Cylindrical | Prismatic | Pouch | None = Field(default=None, discriminator="shape")
    """Housing; left out where not published."""
    tabs: Tabs | None = None
    """Current tabs; left out where not published."""
    contact_resistance: Resistance = 0.0
    """Between the electrodes and the terminals."""
    nominal_capacity: Capacity
    """Capacity that defines the C-rate."""
    lower_cutoff: Voltage
    """Voltage at which a discharge ends."""
    upper_cutoff: Voltage
    """Voltage at which a charge ends."""
    temperature: Temperature = 298.15
    """Temperature of the cell at the start of a study."""
    thermal: Thermal | None = None
    """Heat capacity and cooling; left out where not published."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        issues = self._faults()
        if issues:
            raise InputError(issues)
        return self

    def _faults(self) -> list[Issue]:
        """All that does not fit between the parts; a subclass adds its own."""
        issues = self._unknown_own_materials()
        if self.lower_cutoff >= self.upper_cutoff:
            issues.append(
                Issue(
                    "lower_cutoff",
                    self.lower_cutoff,
                    f"must be below upper_cutoff = {self.upper_cutoff:g} V",
                    "Swap them, or lower this one",
                    "V",
                )
            )
        return issues

    def _unknown_own_materials(self) -> list[Issue]:
        """Names that begin with ``own:`` and mean nothing in this document."""
        found = {
            "separator.material": self.separator.material,
            "electrolyte.material": self.electrolyte.material,
        }
        for side in self._electrode_sides():
            electrode: Electrode = getattr(self, side)
            found[f"{side}.material"] = electrode.material
            for index, phase in enumerate(electrode.additional_phases):
                found[f"{side}.additional_phases.{index}.material"] = phase.material
        return [
            Issue(path, name, "there is no such material in this document", "Take one of the library")
            for path, name in found.items()
            if name.startswith(OWN)
        ]

    @classmethod
    def _electrode_sides(cls) -> tuple[str, ...]:
        return ("positive",)

    def _coating(self, side: str, phase: int) -> Electrode | Phase:
        sides = self._electrode_sides()
        if side not in sides:
            raise InputError(Issue("side", side, "no such electrode", f"Known: {', '.join(sides)}"))
        electrode: Electrode = getattr(self, side)
        further = electrode.additional_phases
        if not 0 <= phase <= len(further):
            raise InputError(
                Issue("phase", phase, f"the {side} electrode has {1 + len(further)} active materials", "0 is the first")
            )
        return electrode if phase == 0 else further[phase - 1]

    def active_material(self, side: str, phase: int = 0) -> ActiveMaterial:
        """Record of an active material of this cell.

        Parameters
        ----------
        side : str
            ``"negative"`` or ``"positive"``.
        phase : int
            0 for the electrode's first material, then its additional phases in order.

        Returns
        -------
        ActiveMaterial
            Of the library.

        Raises
        ------
        InputError
            If there is no such electrode or phase.
        """
        return materials.active(self._coating(side, phase).material)

    def electrolyte_material(self) -> ElectrolyteMaterial:
        """Record of the electrolyte of this cell.

        Returns
        -------
        ElectrolyteMaterial
            Of the library.
        """
        return materials.electrolyte(self.electrolyte.material)

    def maximum_concentration(self, side: str, phase: int = 0) -> float:
        """Lithium concentration of a full active material of this cell.

        Parameters
        ----------
        side : str
            ``"negative"`` or ``"positive"``.
        phase : int
            0 for the electrode's first material, then its additional phases in order.

        Returns
        -------
        float
            mol/m³; the design's own value, or the material's.
        """
        own = self._coating(side, phase).maximum_concentration
        return self.active_material(side, phase).maximum_concentration.value if own is None else own

    @property
    def area(self) -> float:
        """Coated electrode area that carries the current, m²."""
        return self.electrode_height * self.electrode_width * self.electrodes_in_parallel
