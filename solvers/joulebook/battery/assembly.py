"""What a full cell and a half cell have in common: the positive side, the housing, the limits and the materials."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from joulebook import materials
from joulebook.battery.components import Collector, Electrolyte, Separator, Thermal
from joulebook.battery.electrodes import Electrode, Phase
from joulebook.battery.housings import Cylindrical, Pouch, Prismatic, Tabs
from joulebook.battery.material_names import OWN
from joulebook.core.design import Design
from joulebook.core.errors import InputError, Issue
from joulebook.core.quantities import Capacity, Length, Resistance, Temperature, Voltage
from joulebook.materials.documents import (
    ActiveMaterialDocument,
    AnyMaterialDocument,
    ElectrolyteMaterialDocument,
    FilmMaterialDocument,
    MaterialDocument,
)
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, FilmMaterial

__all__ = ["Assembly", "Described"]


class Described(Design):
    """A design that people call by a name."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """What people call the cell."""
    description: Annotated[str, Field(max_length=4000)] = ""
    """A few words on what it is and where the values come from."""


class Assembly(Described):
    """Electrodes, separator and electrolyte in a housing, with the materials they are made of."""

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
    materials: Annotated[
        dict[Annotated[str, Field(min_length=1, max_length=200)], AnyMaterialDocument],
        Field(max_length=64, exclude_if=lambda own: not own),
    ] = Field(default_factory=dict)
    """Materials of one's own that travel with the cell, by the name that follows ``own:`` where they are used."""

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
        """Names that begin with ``own:`` and mean nothing in this document, or a material of another kind."""
        issues: list[Issue] = []
        for path, (name, kind) in self._material_places().items():
            if not name.startswith(OWN):
                continue
            found = self.materials.get(name.removeprefix(OWN))
            known = ", ".join(f"{OWN}{own}" for own, item in self.materials.items() if isinstance(item, kind))
            hint = f"It has: {known}" if known else "Take one of the library, or add one with with_material"
            if found is None:
                issues.append(Issue(path, name, "there is no such material in this document", hint))
            elif not isinstance(found, kind):
                issues.append(Issue(path, name, f"is not the kind of material for this place: {found.kind}", hint))
        return issues

    def _material_places(self) -> dict[str, tuple[str, type[MaterialDocument]]]:
        """Path of every name of a material whose kind can be one's own, to the name and that kind."""
        found: dict[str, tuple[str, type[MaterialDocument]]] = {
            "separator.material": (self.separator.material, FilmMaterialDocument),
            "electrolyte.material": (self.electrolyte.material, ElectrolyteMaterialDocument),
        }
        for side in self._electrode_sides():
            electrode: Electrode = getattr(self, side)
            found[f"{side}.material"] = electrode.material, ActiveMaterialDocument
            for index, phase in enumerate(electrode.additional_phases):
                found[f"{side}.additional_phases.{index}.material"] = phase.material, ActiveMaterialDocument
        return found

    def with_material(self, material: MaterialDocument, *places: str) -> Self:
        """Take a material of one's own into the cell.

        Parameters
        ----------
        material : MaterialDocument
            As :func:`joulebook.materials.load` gives it; one of the same name is replaced.
        *places : str
            Where it is to be used: ``"negative"``, ``"positive.additional_phases.0"``, ``"electrolyte"``,
            ``"separator"``; none to carry it only.

        Returns
        -------
        Assembly
            The changed cell, validated; this one stays as it is. Values that an electrode gives itself, such as
            its ``maximum_concentration``, stay in force.

        Raises
        ------
        InputError
            If there is no such place, or it takes another kind of material.

        Examples
        --------
        >>> import joulebook as jb
        >>> film = jb.materials.FilmMaterialDocument(name="my film")
        >>> jb.battery.Cell.named("Chen2020").with_material(film, "separator").separator.material
        'own:my film'
        """
        known = [path.removesuffix(".material") for path in self._material_places()]
        unknown = [place for place in places if place not in known]
        if unknown:
            raise InputError(
                [Issue("places", place, "no such place", f"Known: {', '.join(known)}") for place in unknown]
            )
        document = self.to_document()
        document["materials"] = {**document.get("materials", {}), material.name: material.to_document()}
        for place in places:
            here: Any = document
            for name in place.split("."):
                here = here[int(name)] if isinstance(here, list) else here[name]
            here["material"] = f"{OWN}{material.name}"
            document.get("sources", {}).pop(f"{place}.material", None)
        return self.from_document(document)

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
            Of the library, or the cell's own.

        Raises
        ------
        InputError
            If there is no such electrode or phase.
        """
        name = self._coating(side, phase).material
        own = self.materials.get(name.removeprefix(OWN)) if name.startswith(OWN) else None
        return own.record() if isinstance(own, ActiveMaterialDocument) else materials.active(name)

    def electrolyte_material(self) -> ElectrolyteMaterial:
        """Record of the electrolyte of this cell.

        Returns
        -------
        ElectrolyteMaterial
            Of the library, or the cell's own.
        """
        name = self.electrolyte.material
        own = self.materials.get(name.removeprefix(OWN)) if name.startswith(OWN) else None
        return own.record() if isinstance(own, ElectrolyteMaterialDocument) else materials.electrolyte(name)

    def film_material(self) -> FilmMaterial:
        """Record of the separator film of this cell.

        Returns
        -------
        FilmMaterial
            Of the library, or the cell's own.
        """
        name = self.separator.material
        own = self.materials.get(name.removeprefix(OWN)) if name.startswith(OWN) else None
        return own.record() if isinstance(own, FilmMaterialDocument) else materials.film(name)

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
