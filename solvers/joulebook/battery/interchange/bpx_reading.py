"""Read BPX files of versions 0.x and 1.x.

What BPX gives in other terms is turned into ours:

- active fraction ``a R / 3`` from the surface per volume ``a`` and the particle radius ``R``;
- Bruggeman's exponent ``ln B / ln ε`` from the transport efficiency ``B`` and the porosity ``ε``;
- rate constant ``k = F K / (c_max sqrt(c_0))`` from BPX's normalised ``K``, with the salt concentration ``c_0`` at
  rest; in both the current density is ``2 j0 sinh(F η / 2 R T)``;
- stoichiometries at a state of charge on straight lines between minimum and maximum, as the standard defines it;
- heat capacity ``ρ V c_p``, and cooling by the heat transfer coefficient times the external area.

What a file of an SPM lacks (separator, porosities, electrolyte) is assumed, and said in the notes and the sources.

References
----------
BPX standard, version 1.1.1, https://bpxstandard.com, eqs. 2a and following for the rate constant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from joulebook.battery.designs import Cell
from joulebook.battery.interchange.bpx_fields import check_bpx, is_legacy
from joulebook.battery.interchange.bpx_materials import active_documents, electrolyte_document
from joulebook.battery.interchange.bpx_user import take_user_defined
from joulebook.battery.interchange.imported import ImportedCell, parameters_of, tidy, warn_of
from joulebook.battery.material_names import OWN
from joulebook.core.errors import InputError, Issue

__all__ = ["load_bpx", "read_bpx"]

_SALT = 1000.0
"""mol/m³, where the file does not give the salt concentration at rest."""
_ROUNDED = 1e-4
"""By which the volumes of an electrode may exceed 1 in a file of few digits."""
_ROOM = 298.15
"""K, where the file gives no temperature."""
_ASSUMED_FOR_PARTICLES = {
    "porosity": 0.3,
    "conductivity": 100.0,
    "bruggeman_electrolyte": 1.5,
}
_ASSUMED_SEPARATOR = {"thickness": 20e-6, "porosity": 0.4, "bruggeman_electrolyte": 1.5}
_SIDES = {"negative": "Negative electrode", "positive": "Positive electrode"}


def load_bpx(path: str | Path) -> Cell:
    """Read a cell from a BPX file.

    Parameters
    ----------
    path : str or Path
        A JSON file of version 0.x or 1.x, for DFN, SPMe or SPM, with single or blended electrodes.

    Returns
    -------
    Cell
        With the file's materials inside. A :class:`ConversionWarning` lists what the cell cannot hold.

    Raises
    ------
    DataFormatError
        If the file is missing, too large or not JSON.
    InputError
        With every fault of the content.
    """
    found = read_bpx(path)
    warn_of(Path(path).name, found.notes)
    return found.cell


def read_bpx(source: str | Path | Mapping[str, Any]) -> ImportedCell:
    """Read a BPX file with all that comes with it.

    Parameters
    ----------
    source : str, Path or mapping
        A file, or the JSON object that stood in one.

    Returns
    -------
    ImportedCell
        The cell, notes of what it does not hold, and the measured curves of the file.

    Raises
    ------
    DataFormatError
        If the file is missing, too large or not JSON.
    InputError
        With every fault of the content.
    """
    document, file = parameters_of(source)
    check_bpx(document, file)
    reader = _Reader(document, file)
    try:
        cell = Cell.from_document(reader.cell_document())
    except InputError as error:
        raise InputError([_explained(issue) for issue in error.issues], file or "BPX") from None
    curves = document.get("Validation")
    return ImportedCell(cell, tuple(reader.notes), curves if isinstance(curves, Mapping) else {})


class _Reader:
    """Turns one checked file into a cell document."""

    def __init__(self, document: Mapping[str, Any], file: str) -> None:
        self.header: Mapping[str, Any] = document["Header"]
        self.parts: Mapping[str, Any] = document["Parameterisation"]
        self.legacy = is_legacy(document)
        state = document.get("State") or {}
        self.initial: Mapping[str, Any] = state.get("Initial conditions") or {}
        self.environment: Mapping[str, Any] = state.get("Thermal environment") or {}
        self.degradation: Mapping[str, Any] = state.get("Degradation") or {}
        self.given: Mapping[str, Any] = self.parts["Cell"]
        self.liquid: Mapping[str, Any] = self.parts.get("Electrolyte") or {}
        self.particles_only = "Separator" not in self.parts
        self.notes: list[str] = []
        origin = f"BPX file {file}" if file else "BPX"
        reference = str(self.header.get("References") or "")
        self.source = {
            "ref": reference if len(reference) <= 200 else "",
            "method": "user",
            "note": f"From a {origin}; how it was obtained is not said there",
        }
        self.name = (str(self.header.get("Title") or "").strip() or (Path(file).name if file else "BPX cell"))[:200]

    # the pieces -------------------------------------------------------------------------------------------------------
    @property
    def salt(self) -> float:
        """Salt concentration at rest, mol/m³."""
        here = self.initial.get("Initial electrolyte concentration [mol.m-3]")
        before = self.liquid.get("Initial concentration [mol.m-3]")
        return float(_first(here, before, _SALT))

    @property
    def reference_temperature(self) -> float:
        return float(_first(self.given.get("Reference temperature [K]"), _ROOM))

    def cell_document(self) -> dict[str, Any]:
        materials: dict[str, Any] = {}
        sides = {side: self._electrode(side, materials) for side in _SIDES}
        side_length = math.sqrt(float(self.given["Electrode area [m2]"]))
        document: dict[str, Any] = {
            "kind": Cell.kind,
            "schema_version": Cell.version,
            "name": self.name,
            "description": self._description(),
            **sides,
            "separator": self._separator(materials),
            "electrolyte": {"material": self._electrolyte(materials), "concentration": self.salt},
            "electrode_height": side_length,
            "electrode_width": side_length,
            "electrodes_in_parallel": int(self.given["Number of electrode pairs connected in parallel to make a cell"]),
            "nominal_capacity": float(self.given["Nominal cell capacity [A.h]"]),
            "lower_cutoff": float(self.given["Lower voltage cut-off [V]"]),
            "upper_cutoff": float(self.given["Upper voltage cut-off [V]"]),
            "temperature": self._temperature(),
            "initial_state": self._initial_state(materials, sides),
            "materials": materials,
        }
        thermal = self._thermal()
        if thermal:
            document["thermal"] = thermal
        document["sources"] = self._sources(document)
        self.notes += take_user_defined(document, self.parts.get("User-defined") or {}, self.source)
        self._note_the_rest()
        return document

    def _description(self) -> str:
        texts = [str(self.header.get(name) or "").strip() for name in ("Description", "References")]
        if texts[1] and texts[1] in texts[0]:
            texts[1] = ""
        if texts[1]:
            texts[1] = f"References: {texts[1]}"
        return "\n".join(text for text in texts if text)[:4000]

    def _electrode(self, side: str, materials: dict[str, Any]) -> dict[str, Any]:
        group = self.parts[_SIDES[side]]
        found = active_documents(group, side, self.reference_temperature, self.salt, self.source)
        materials.update({document["name"]: document for document, _ in found})
        phases: list[dict[str, Any]] = [
            {
                "material": f"{OWN}{document['name']}",
                "active_fraction": tidy(
                    float(particle["Surface area per unit volume [m-1]"]) * float(particle["Particle radius [m]"]) / 3.0
                ),
                "particle_radius": float(particle["Particle radius [m]"]),
            }
            for document, particle in found
        ]
        first, *further = phases
        coating = {"thickness": float(group["Thickness [m]"]), "bruggeman_electrode": 0.0}
        if self.particles_only:
            room = 1.0 - sum(phase["active_fraction"] for phase in phases)
            assumed = dict(_ASSUMED_FOR_PARTICLES)
            assumed["porosity"] = min(assumed["porosity"], max(room, 1e-3))
            coating.update(assumed)
        else:
            coating.update(_pores(group), conductivity=float(group["Conductivity [S.m-1]"]))
        electrode = {**first, **coating, **({"additional_phases": further} if further else {})}
        self._fit_volume(side, electrode)
        return electrode

    def _fit_volume(self, side: str, electrode: dict[str, Any]) -> None:
        """Take off what rounded surfaces in the file give too much of active material."""
        further = sum(phase["active_fraction"] for phase in electrode.get("additional_phases", ()))
        excess = electrode["porosity"] + electrode["active_fraction"] + further - 1.0
        if 1e-9 < excess < _ROUNDED:
            electrode["active_fraction"] -= excess
            self.notes.append(f"{_SIDES[side]}: volumes sum to 1 + {excess:.1g}; the active fraction is less by that")

    def _separator(self, materials: dict[str, Any]) -> dict[str, Any]:
        materials["separator"] = {"kind": "joulebook.film_material", "schema_version": 1, "name": "separator"}
        group = self.parts.get("Separator")
        if group is None:
            return {"material": f"{OWN}separator", **_ASSUMED_SEPARATOR}
        return {"material": f"{OWN}separator", "thickness": float(group["Thickness [m]"]), **_pores(group)}

    def _electrolyte(self, materials: dict[str, Any]) -> str:
        if self.particles_only:
            self.notes.append(
                "The file holds an SPM: separator, porosities, conductivities and electrolyte are assumed. "
                "SPM does not use them; SPMe and DFN do"
            )
            return "LiPF6 EC:EMC 3:7 (Nyman 2008)"
        document = electrolyte_document(self.liquid, self.reference_temperature, self.salt, self.source)
        materials[document["name"]] = document
        return f"{OWN}{document['name']}"

    def _temperature(self) -> float:
        here = self.initial.get("Initial temperature [K]")
        before = self.given.get("Initial temperature [K]")
        return float(_first(here, before, self._ambient(), self.reference_temperature))

    def _ambient(self) -> float | None:
        found = _first(self.environment.get("Ambient temperature [K]"), self.given.get("Ambient temperature [K]"))
        return None if found is None else float(found)

    def _thermal(self) -> dict[str, float] | None:
        names = ("Density [kg.m-3]", "Specific heat capacity [J.K-1.kg-1]", "Volume [m3]")
        found = [float(self.given[name]) for name in names if self.given.get(name) is not None]
        if len(found) < len(names):
            return None
        coefficient = self.environment.get("Heat transfer coefficient [W.m-2.K-1]")
        area = self.given.get("External surface area [m2]")
        if coefficient is not None and area is None:
            self.notes.append("The heat transfer coefficient is left out: the file gives no external surface area")
        cooling = 0.0 if coefficient is None or area is None else float(coefficient) * float(area)
        return {
            "heat_capacity": tidy(math.prod(found)),
            "cooling_conductance": tidy(cooling) if cooling else 0.0,
            "ambient_temperature": _first(self._ambient(), self._temperature()),
        }

    def _initial_state(self, materials: Mapping[str, Any], sides: Mapping[str, Any]) -> dict[str, Any]:
        soc = float(_first(self.initial.get("Initial state-of-charge"), 1.0))
        state: dict[str, Any] = {}
        for side, electrode in sides.items():
            concentrations = []
            for phase in (electrode, *electrode.get("additional_phases", ())):
                material = materials[phase["material"].removeprefix(OWN)]
                window, most = material["window"], material["maximum_concentration"]["value"]
                x = window["discharged"] + soc * (window["charged"] - window["discharged"])
                concentrations.append((window["charged"] if soc == 1.0 else x) * most)
            state[f"{side}_concentration"] = concentrations[0]
            if concentrations[1:]:
                state[f"{side}_additional"] = concentrations[1:]
            direction = self._hysteresis(side)
            if direction:
                state[f"{side}_hysteresis"] = direction
        return state

    def _hysteresis(self, side: str) -> float:
        """Branch at the start, from -1 to 1; one for the electrode, which the materials with branches must share."""
        name = f"Initial hysteresis state: {_SIDES[side]}"
        given = self.initial.get(name)
        group = self.parts[_SIDES[side]]
        particles = group.get("Particle") or {"": group}
        branched = [key for key, particle in particles.items() if particle.get("OCP (lithiation) [V]") is not None]
        states = {
            float(given.get(key) or 0.0) if isinstance(given, Mapping) else float(given or 0.0) for key in branched
        }
        if len(states) == 1 and abs(next(iter(states))) <= 1.0:
            return next(iter(states))
        if states:
            self.notes.append(f"State: {name} = {given}: a cell has one state from -1 to 1 for the electrode")
        return 0.0

    def _sources(self, document: Mapping[str, Any]) -> dict[str, Any]:
        square = {
            **self.source,
            "method": "assumed",
            "note": "A square of the area of the BPX file, which gives no shape",
        }
        assumed = {"ref": "", "method": "assumed", "note": "The file holds an SPM and lacks it"}
        found: dict[str, Any] = {"electrode_height": square, "electrode_width": square}
        for part in ("negative", "separator", "positive", "initial_state", "thermal"):
            found |= {
                f"{part}.{name}": self.source
                for name, value in document.get(part, {}).items()
                if isinstance(value, float)
            }
        for name in ("nominal_capacity", "lower_cutoff", "upper_cutoff", "temperature", "electrodes_in_parallel"):
            found[name] = self.source
        found["electrolyte.concentration"] = self.source
        if self.particles_only:
            found |= {f"{side}.{name}": assumed for side in _SIDES for name in _ASSUMED_FOR_PARTICLES}
            found |= {f"separator.{name}": assumed for name in _ASSUMED_SEPARATOR}
            found["electrolyte.concentration"] = assumed
        return found

    def _note_the_rest(self) -> None:
        if any(value != 0 for value in _numbers(self.degradation)):
            self.notes.append("State: Degradation is not applied to the parameters; they are those of the fresh cell")


def _explained(issue: Issue) -> Issue:
    """Say where a value comes from that does not stand in the file."""
    if not issue.path.endswith("active_fraction"):
        return issue
    hint = "It is Surface area per unit volume times Particle radius / 3: check both"
    return replace(issue, hint=hint)


def _first(*values: Any) -> Any:
    """The first that is given; None if none is."""
    return next((value for value in values if value is not None), None)


def _numbers(group: Mapping[str, Any]) -> list[Any]:
    found: list[Any] = []
    for value in group.values():
        found += _numbers(value) if isinstance(value, Mapping) else [] if value is None else [value]
    return found


def _pores(group: Mapping[str, Any]) -> dict[str, float]:
    porosity, efficiency = float(group["Porosity"]), float(group["Transport efficiency"])
    exponent = 1.5 if porosity == 1.0 else abs(math.log(efficiency) / math.log(porosity))
    return {"porosity": porosity, "bruggeman_electrolyte": tidy(exponent)}
