"""Write cells as BPX files of version 1.1.

The conversions are those of :mod:`joulebook.battery.interchange.bpx_reading`, backwards. What BPX has no name for
goes into its user-defined part: under PyBaMM's name of the value where it has one, else under ``Joulebook:`` and the
value's path in the cell; both are read back. Formulas are written in the variable ``x`` with the functions that
readers of BPX know; a law that is no such formula becomes a table, within 2e-7 V for potentials. Sources are not
carried, except their references in the header. An entropic coefficient that is not known is written as 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from joulebook.battery.balance import balance
from joulebook.battery.designs import Cell
from joulebook.battery.electrodes import Electrode, Phase
from joulebook.battery.figures import figures, outer_volume
from joulebook.battery.housings import Cylindrical, Pouch, Prismatic
from joulebook.battery.interchange.bpx_formulas import bpx_function
from joulebook.battery.interchange.bpx_materials import bpx_rate
from joulebook.battery.interchange.bpx_user import USER_NUMBERS
from joulebook.battery.interchange.extras import PREFIX, flatten
from joulebook.battery.interchange.imported import warn_of
from joulebook.battery.interchange.temperature import at_temperature, brought_to, canonical, without_temperature
from joulebook.battery.material_names import OWN
from joulebook.core.documents import write_document
from joulebook.core.errors import InputError
from joulebook.core.expressions import parse_expression
from joulebook.materials.as_documents import VOLTAGE_TOLERANCE, document_of
from joulebook.materials.documents import ActiveMaterialDocument, ElectrolyteMaterialDocument
from joulebook.materials.properties import Property

__all__ = ["BPX_VERSION", "bpx_document", "save_bpx"]

BPX_VERSION = "1.1.1"
"""The version that is written."""
_SIDES = {"negative": "Negative electrode", "positive": "Positive electrode"}
_SAME = 1e-12
_NAMES = {"x": ("x", "sto"), "c_e": ("c_e", "c", "x")}
"""What the variable of a property may be called in its formula."""
_PLACES = {"x": np.linspace(0.05, 0.95, 7), "c_e": np.linspace(200.0, 1800.0, 7)}
_COVERED = (
    "kind",
    "schema_version",
    "name",
    "description",
    "sources",
    "materials",
    "nominal_capacity",
    "lower_cutoff",
    "upper_cutoff",
    "temperature",
    "electrodes_in_parallel",
    "electrolyte",
    "initial_state",
)
_COVERED_OF_ELECTRODE = (
    "material",
    "thickness",
    "porosity",
    "active_fraction",
    "particle_radius",
    "conductivity",
    "bruggeman_electrolyte",
    "bruggeman_electrode",
    "maximum_concentration",
    "diffusivity",
    "rate_constant",
    "additional_phases",
)
_COVERED_OF_SEPARATOR = ("material", "thickness", "porosity", "bruggeman_electrolyte")


def save_bpx(cell: Cell, path: str | Path) -> Path:
    """Write a cell as a BPX file.

    Parameters
    ----------
    cell : Cell
        The cell.
    path : str or Path
        Where to; an existing file is replaced in one step, or not at all.

    Returns
    -------
    Path
        The file. A :class:`ConversionWarning` lists what BPX cannot hold.
    """
    document, notes = bpx_document(cell)
    warn_of(cell.name, notes)
    return write_document(path, document)


def bpx_document(cell: Cell) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Give a cell as the JSON object of a BPX file.

    Parameters
    ----------
    cell : Cell
        The cell.

    Returns
    -------
    document : dict
        What a BPX file holds.
    notes : tuple of str
        What of the cell it does not hold.

    Examples
    --------
    >>> from joulebook.battery import Cell
    >>> document, notes = bpx_document(Cell.named("Chen2020"))
    >>> document["Parameterisation"]["Negative electrode"]["Particle radius [m]"], notes
    (5.86e-06, ())
    """
    return _Writer(cell).document()


class _Writer:
    """Turns one cell into a BPX document."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.notes: list[str] = []
        self.user: dict[str, Any] = {}
        self.reference = self._material("negative", 0).rate_constant.reference_temperature

    def document(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        parts: dict[str, Any] = {"Cell": self._cell(), "Electrolyte": self._electrolyte()}
        parts |= {name: self._electrode(side) for side, name in _SIDES.items()}
        separator = self.cell.separator
        parts["Separator"] = {"Thickness [m]": separator.thickness, **_pores(separator)}
        self._user_values()
        parts["User-defined"] = self.user
        header = {"BPX": BPX_VERSION, "Title": self.cell.name, "Description": self.cell.description, "Model": "DFN"}
        references = sorted({source.ref for source in self.cell.sources.values() if source.ref})
        if references:
            header["References"] = "; ".join(references)
        return {"Header": header, "Parameterisation": parts, "State": self._state()}, tuple(self.notes)

    def _cell(self) -> dict[str, Any]:
        cell = self.cell
        found: dict[str, Any] = {
            "Electrode area [m2]": cell.electrode_height * cell.electrode_width,
            "Number of electrode pairs connected in parallel to make a cell": cell.electrodes_in_parallel,
            "Lower voltage cut-off [V]": cell.lower_cutoff,
            "Upper voltage cut-off [V]": cell.upper_cutoff,
            "Nominal cell capacity [A.h]": cell.nominal_capacity,
            "Reference temperature [K]": self.reference,
        }
        return found | self._lumped()

    def _lumped(self) -> dict[str, float]:
        """What BPX says of the whole cell, where its shape and mass are known."""
        housing, volume = self.cell.format, outer_volume(self.cell)
        if housing is None or volume is None:
            return {}
        found = {"External surface area [m2]": _surface(housing), "Volume [m3]": volume}
        mass = self._mass()
        if mass:
            found["Density [kg.m-3]"] = mass / volume
            if self.cell.thermal is not None:
                found["Specific heat capacity [J.K-1.kg-1]"] = self.cell.thermal.heat_capacity / mass
        return found

    def _mass(self) -> float | None:
        try:
            return figures(self.cell).mass
        except InputError:
            return None

    def _material(self, side: str, phase: int) -> ActiveMaterialDocument:
        electrode: Electrode = getattr(self.cell, side)
        name = (electrode if phase == 0 else electrode.additional_phases[phase - 1]).material
        own = self.cell.materials.get(name.removeprefix(OWN)) if name.startswith(OWN) else None
        if isinstance(own, ActiveMaterialDocument):
            return own
        return document_of(self.cell.active_material(side, phase))  # type: ignore[return-value]

    # electrodes -------------------------------------------------------------------------------------------------------
    def _electrode(self, side: str) -> dict[str, Any]:
        electrode: Electrode = getattr(self.cell, side)
        conductivity = electrode.conductivity * (1.0 - electrode.porosity) ** electrode.bruggeman_electrode
        if electrode.bruggeman_electrode:
            self.user[f"{PREFIX}{side}.bruggeman_electrode"] = electrode.bruggeman_electrode
        coating = {"Thickness [m]": electrode.thickness, **_pores(electrode), "Conductivity [S.m-1]": conductivity}
        phases: tuple[Electrode | Phase, ...] = (electrode, *electrode.additional_phases)
        particles = [self._particle(side, index, phase) for index, phase in enumerate(phases)]
        if len(particles) == 1:
            return coating | particles[0]
        names = self._phase_names(side, len(particles))
        return coating | {"Particle": dict(zip(names, particles, strict=True))}

    def _phase_names(self, side: str, count: int) -> list[str]:
        names: list[str] = []
        for phase in range(count):
            name = self._material(side, phase).name.removeprefix(f"{side} electrode, ")
            names.append(name if name not in names else f"{name} {phase + 1}")
        return names

    def _particle(self, side: str, index: int, phase: Electrode | Phase) -> dict[str, Any]:
        material = self._material(side, index)
        maximum = self.cell.maximum_concentration(side, index)
        window = sorted((material.window.charged, material.window.discharged))
        own_rate = {} if phase.rate_constant is None else {"value": phase.rate_constant}
        rate = brought_to(material.rate_constant.model_copy(update=own_rate), self.reference)
        diffusivity = material.diffusivity
        if phase.diffusivity is not None:
            diffusivity = diffusivity.model_copy(update={"value": phase.diffusivity, "expression": None, "table": None})
        diffusivity = self._at_reference(diffusivity, "x", f"{side} diffusivity")
        salt = self.cell.electrolyte.concentration
        found: dict[str, Any] = {
            "Minimum stoichiometry": window[0],
            "Maximum stoichiometry": window[1],
            "Maximum concentration [mol.m-3]": maximum,
            "Particle radius [m]": phase.particle_radius,
            "Surface area per unit volume [m-1]": 3.0 * phase.active_fraction / phase.particle_radius,
            "Diffusivity [m2.s-1]": self._function(diffusivity, "x", ""),
            "OCP [V]": self._function(material.ocp, "x", f"{side} OCP", VOLTAGE_TOLERANCE),
            "Reaction rate constant [mol.m-2.s-1]": bpx_rate(float(rate.value or 0.0), maximum, salt),
        }
        for name, given in (("Diffusivity", diffusivity), ("Reaction rate constant", rate)):
            if given.activation_energy is not None:
                found[f"{name} activation energy [J.mol-1]"] = given.activation_energy
        for name, curve in (
            ("OCP (lithiation) [V]", material.ocp_lithiation),
            ("OCP (delithiation) [V]", material.ocp_delithiation),
            ("Entropic change coefficient [V.K-1]", material.entropic),
        ):
            if curve is not None:
                found[name] = self._function(curve, "x", f"{side} {name}", VOLTAGE_TOLERANCE if "OCP" in name else None)
        found.setdefault("Entropic change coefficient [V.K-1]", 0.0)  # PyBaMM solves nothing without one
        if material.hysteresis_decay is not None:
            found["OCP hysteresis decay constant"] = material.hysteresis_decay.value
        self._particle_extras(f"material {side} {index}", material)
        return found

    def _particle_extras(self, place: str, material: ActiveMaterialDocument) -> None:
        if material.exchange_exponents != (0.5, 0.5, 0.5):
            self.user |= dict(flatten(list(material.exchange_exponents), f"{place}.exchange_exponents"))
            self.notes.append(
                f"{material.name}: the exchange-current density has exponents other than one half; BPX has none. "
                "They are in the user-defined part, which other programs do not read"
            )
        if material.rate_factor is not None:
            written = self._function(material.rate_factor, "x", f"{material.name} rate factor")
            self.user[f"{PREFIX}{place}.rate_factor"] = written
            self.notes.append(
                f"{material.name}: the factor on the exchange-current density is in the user-defined part, "
                "which other programs do not read"
            )

    def _at_reference(self, given: Property, variable: str, what: str) -> Property:
        """A property without the temperature but for its activation energy, at BPX's one reference temperature."""
        name = "x" if variable == "x" else "c_e"
        text = given.expression
        if text is not None and "T" in parse_expression(text, (*_NAMES[name], "T")).used:
            plain = canonical(text, _NAMES[name], name)
            apart = without_temperature(plain, name, _PLACES[name], given.reference_temperature)
            if apart is None:
                here = self.cell.temperature
                self.notes.append(f"{what}: the dependence on temperature is lost, the values are those at {here:g} K")
                return given.model_copy(update={"expression": at_temperature(plain, here)})
            given = given.model_copy(update={"expression": apart[0], "activation_energy": apart[1] or None})
        return brought_to(given, self.reference)

    def _function(self, given: Property, variable: str, what: str, tolerance: float | None = None) -> Any:
        ready = self._at_reference(given, variable, what)
        return bpx_function(ready, variable, 1.0 if variable == "x" else 4000.0, tolerance)

    # electrolyte, state, the rest -------------------------------------------------------------------------------------
    def _electrolyte(self) -> dict[str, Any]:
        name = self.cell.electrolyte.material
        own = self.cell.materials.get(name.removeprefix(OWN)) if name.startswith(OWN) else None
        found = own if own is not None else document_of(self.cell.electrolyte_material())
        material: ElectrolyteMaterialDocument = found  # type: ignore[assignment]
        record = self.cell.electrolyte_material()
        written: dict[str, Any] = {"Cation transference number": record.transference_number.value}
        for name, unit, given in (
            ("Diffusivity", "[m2.s-1]", material.diffusivity),
            ("Conductivity", "[S.m-1]", material.conductivity),
        ):
            ready = self._at_reference(given, "c_e", f"electrolyte {name.lower()}")
            written[f"{name} {unit}"] = self._function(ready, "c_e", "")
            if ready.activation_energy is not None:
                written[f"{name} activation energy [J.mol-1]"] = ready.activation_energy
        self._electrolyte_extras(material)
        return written

    def _electrolyte_extras(self, material: ElectrolyteMaterialDocument) -> None:
        for name, given in (
            ("Cation transference number over concentration", material.transference_number),
            ("Thermodynamic factor over concentration", material.thermodynamic_factor),
        ):
            if given.value is None:
                self.user[name] = self._function(given, "c_e", name)
                self.notes.append(f"{name} is in the user-defined part, which other programs do not read")
        if material.thermodynamic_factor.value not in {None, 1.0}:
            self.user["Thermodynamic factor"] = material.thermodynamic_factor.value
        if material.density is not None:
            self.user["Electrolyte density [kg.m-3]"] = material.density.value

    def _state(self) -> dict[str, Any]:
        cell = self.cell
        initial: dict[str, Any] = {
            "Initial temperature [K]": cell.temperature,
            "Initial electrolyte concentration [mol.m-3]": cell.electrolyte.concentration,
        }
        for side, name in _SIDES.items():
            direction = getattr(cell.initial_state, f"{side}_hysteresis", 0.0)
            count = 1 + len(getattr(cell, side).additional_phases)
            states = dict.fromkeys(self._phase_names(side, count), direction) if count > 1 else direction
            if direction:
                initial[f"Initial hysteresis state: {name}"] = states
        soc = self._state_of_charge()
        if soc is not None:
            initial["Initial state-of-charge"] = soc
        found: dict[str, Any] = {"Initial conditions": initial}
        if cell.thermal is not None:
            around = {"Ambient temperature [K]": cell.thermal.ambient_temperature}
            if cell.format is not None:
                around["Heat transfer coefficient [W.m-2.K-1]"] = cell.thermal.cooling_conductance / _surface(
                    cell.format
                )
            found["Thermal environment"] = around
        return found

    def _state_of_charge(self) -> float | None:
        """On the straight lines between the ends of the windows, if the state lies on them all; else by the balance."""
        found = []
        for side in _SIDES:
            electrode: Electrode = getattr(self.cell, side)
            further: tuple[float, ...] = getattr(self.cell.initial_state, f"{side}_additional")
            first: float = getattr(self.cell.initial_state, f"{side}_concentration")
            for index, concentration in enumerate((first, *further[: len(electrode.additional_phases)])):
                window = self._material(side, index).window
                x = concentration / self.cell.maximum_concentration(side, index)
                found.append((x - window.discharged) / (window.charged - window.discharged))
        if max(found) - min(found) < _SAME and -_SAME < found[0] < 1.0 + _SAME:
            return round(min(max(found[0], 0.0), 1.0), 14)
        self._exact_state()
        try:
            ends = balance(self.cell)
        except InputError:
            return None
        x = self.cell.initial_state.negative_concentration / self.cell.maximum_concentration("negative")
        return float(np.clip((x - ends.negative_empty) / (ends.negative_full - ends.negative_empty), 0.0, 1.0))

    def _exact_state(self) -> None:
        state = self.cell.initial_state
        for name, path in USER_NUMBERS.items():
            if path.startswith("initial_state."):
                self.user[name] = getattr(state, path.removeprefix("initial_state."))
        for side in _SIDES:
            given = list(getattr(state, f"{side}_additional"))
            self.user |= dict(flatten(given, f"initial_state.{side}_additional"))

    def _user_values(self) -> None:
        """All that is left of the cell document."""
        document = self.cell.to_document()
        square = document["electrode_height"] == document["electrode_width"]
        for name in (*_COVERED, *(("electrode_height", "electrode_width") if square else ())):
            document.pop(name, None)
        for part, covered in (
            ("negative", _COVERED_OF_ELECTRODE),
            ("positive", _COVERED_OF_ELECTRODE),
            ("separator", _COVERED_OF_SEPARATOR),
        ):
            document[part] = {name: value for name, value in document[part].items() if name not in covered}
        for name, path in USER_NUMBERS.items():
            value = _taken(document, path)
            if value:
                self.user[name] = value
        self.user |= dict(flatten(document))


def _taken(document: dict[str, Any], path: str) -> Any:
    folder, _, last = path.rpartition(".")
    group = document.get(folder) if folder else document
    return group.pop(last, None) if isinstance(group, dict) else None


def _surface(housing: Cylindrical | Prismatic | Pouch) -> float:
    if isinstance(housing, Cylindrical):
        return math.pi * housing.diameter * (housing.height + housing.diameter / 2.0)
    width, height, depth = housing.width, housing.height, housing.depth
    return 2.0 * (width * height + width * depth + height * depth)


def _pores(layer: Any) -> Mapping[str, float]:
    return {
        "Porosity": layer.porosity,
        "Transport efficiency": layer.porosity**layer.bruggeman_electrolyte,
    }
