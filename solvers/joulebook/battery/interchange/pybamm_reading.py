"""Read cells from PyBaMM's parameter files, as ``ParameterValues.to_json`` writes them.

Numbers go to the places they have in our cells; functions become formulas and tables of materials that travel with
the cell. The heat capacity is the mean of ``ρ c_p`` over the layers times the cell's volume, and the cooling the heat
transfer coefficient times the cooling surface, as in PyBaMM's lumped model. Whatever of the file has no place in a
cell is listed in the notes: nothing is dropped silently.

References
----------
PyBaMM 26.10 (BSD-3-Clause), :doi:`10.5334/jors.309`, for the names and meanings of its parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from joulebook.battery.balance import balance
from joulebook.battery.designs import Cell
from joulebook.battery.interchange.imported import ImportedCell, parameters_of, warn_of
from joulebook.battery.interchange.pybamm_ageing import ageing_of
from joulebook.battery.interchange.pybamm_materials import active_document, electrolyte_document
from joulebook.battery.interchange.pybamm_symbols import Parameters, UnreadableError
from joulebook.battery.material_names import OWN
from joulebook.core.errors import InputError, Issue
from joulebook.core.expressions import parse_expression
from joulebook.materials import metal, names

__all__ = ["load_pybamm", "read_pybamm"]

_CELL = {
    "electrode_height": "Electrode height [m]",
    "electrode_width": "Electrode width [m]",
    "nominal_capacity": "Nominal cell capacity [A.h]",
    "lower_cutoff": "Lower voltage cut-off [V]",
    "upper_cutoff": "Upper voltage cut-off [V]",
}
_ELECTRODE = {
    "thickness": "{side} electrode thickness [m]",
    "porosity": "{side} electrode porosity",
    "bruggeman_electrolyte": "{side} electrode Bruggeman coefficient (electrolyte)",
    "bruggeman_electrode": "{side} electrode Bruggeman coefficient (electrode)",
}
_SEPARATOR = {
    "thickness": "Separator thickness [m]",
    "porosity": "Separator porosity",
    "bruggeman_electrolyte": "Separator Bruggeman coefficient (electrolyte)",
}
_PARALLEL = "Number of electrodes connected in parallel to make a cell"
_SERIES = "Number of cells connected in series to make a battery"
_ROOM = 298.15
_HALF_CELL = "Exchange-current density for lithium metal electrode [A.m-2]"


def load_pybamm(path: str | Path) -> Cell:
    """Read a cell from a parameter file of PyBaMM.

    Parameters
    ----------
    path : str or Path
        A JSON file that ``pybamm.ParameterValues(...).to_json(path)`` wrote, of a lithium-ion cell with one or two
        active materials per electrode.

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
    found = read_pybamm(path)
    warn_of(Path(path).name, found.notes)
    return found.cell


def read_pybamm(source: str | Path | Mapping[str, Any]) -> ImportedCell:
    """Read a parameter file of PyBaMM with notes of what could not be carried over.

    Parameters
    ----------
    source : str, Path or mapping
        A file, or the JSON object that stood in one.

    Returns
    -------
    ImportedCell
        The cell and the notes.

    Raises
    ------
    DataFormatError
        If the file is missing, too large or not JSON.
    InputError
        With every fault of the content.
    """
    values, file = parameters_of(source)
    reader = _Reader(values, file)
    document = reader.cell_document()
    if reader.faults:
        raise InputError(reader.faults, file or "PyBaMM parameters")
    try:
        cell = _with_windows(Cell.from_document(document))
    except InputError as error:
        raise InputError(error.issues, file or "PyBaMM parameters") from None
    return ImportedCell(cell, tuple(reader.notes))


class _Reader:
    """Turns the parameters of one file into a cell document."""

    def __init__(self, values: Mapping[str, Any], file: str) -> None:
        self.parameters = Parameters(values)
        self.faults: list[Issue] = []
        self.notes: list[str] = []
        citations = values.get("citations")
        works = [work for work in citations if isinstance(work, str)] if isinstance(citations, list) else []
        self.works = ", ".join(works)[:200]
        self.name = (Path(file).name.split(".")[0] if file else (works[0] if works else "PyBaMM cell"))[:200]
        self.source = {
            "ref": self.works,
            "method": "user",
            "note": f"From the PyBaMM parameters {file or 'given'}; how it was obtained is not said there",
        }
        if "citations" in values:
            self.parameters.read.add("citations")
        self.reference = self.parameters.number("Reference temperature [K]") or _ROOM

    # numbers ----------------------------------------------------------------------------------------------------------
    def need(self, name: str) -> float:
        """Read a number that a cell cannot do without; note its absence as a fault."""
        found = self.parameters.number(name)
        if found is not None:
            return found
        given = self.parameters.values.get(name)
        rule = "missing" if given is None else "must be a finite number"
        self.faults.append(Issue(name, None if isinstance(given, Mapping) else given, rule, "A cell needs it"))
        return 0.0

    def numbers(self, wanted: Mapping[str, str], side: str = "") -> dict[str, float]:
        return {field: self.need(name.format(side=side)) for field, name in wanted.items()}

    def single(self, name: str) -> float | None:
        """Read a number, or a function at the reference temperature in the middle of its range, with a note."""
        found = self.parameters.number(name)
        if found is not None or name not in self.parameters:
            return found
        try:
            text = self.parameters.function(name, ("0.5", repr(self.reference)))["expression"]
        except (UnreadableError, KeyError):
            return None
        try:
            value = float(parse_expression(text, ())(np))
        except InputError:
            return None
        self.notes.append(f"{name} is a function; the cell has its value at {self.reference:g} K and x = 0.5")
        return value

    # the document -----------------------------------------------------------------------------------------------------
    def cell_document(self) -> dict[str, Any]:
        if _HALF_CELL in self.parameters and "Negative electrode porosity" not in self.parameters:
            self.faults.append(Issue(_HALF_CELL, None, "the file is of a half cell", "Only full cells are read"))
            return {}
        materials: dict[str, Any] = {
            "separator": {"kind": "joulebook.film_material", "schema_version": 1, "name": "separator"}
        }
        sides = {side: self._electrode(side, materials) for side in ("negative", "positive")}
        document: dict[str, Any] = {
            "kind": Cell.kind,
            "schema_version": Cell.version,
            "name": self.name,
            "description": f"Parameters of PyBaMM{f', after {self.works}' if self.works else ''}.",
            **sides,
            "separator": {"material": f"{OWN}separator", **self.numbers(_SEPARATOR)},
            "electrolyte": {
                "material": f"{OWN}electrolyte",
                "concentration": self.need("Initial concentration in electrolyte [mol.m-3]"),
            },
            **self.numbers(_CELL),
            "electrodes_in_parallel": self._count(),
            "contact_resistance": self.parameters.number("Contact resistance [Ohm]") or 0.0,
            "temperature": self.parameters.number("Initial temperature [K]") or self.reference,
            "initial_state": self._initial_state(sides),
            "materials": materials,
        }
        document |= {**self._foils(), **self._tabs()}
        materials["electrolyte"] = electrolyte_document(self.parameters, self.reference, self.source, self.faults)
        density = self.parameters.number("Separator density [kg.m-3]")
        if density:
            document["separator"]["density"] = density
        heat = self._thermal(sides)
        if heat:
            document["thermal"] = heat
        self._note_the_rest()
        document["sources"] = self._sources(document)
        return document

    def _count(self) -> int:
        series = self.parameters.number(_SERIES)
        if series not in {None, 1.0}:
            self.notes.append(f"{_SERIES} = {series:g}: the cell is one of them, the cut-offs are as in the file")
        found = self.parameters.number(_PARALLEL)
        if found is not None and (found != int(found) or found < 1):
            self.faults.append(Issue(_PARALLEL, found, "must be a whole number of at least 1"))
            return 1
        return int(found or 1)

    def _phases(self, side: str) -> tuple[str, ...]:
        """Prefixes of the names of an electrode's active materials."""
        named = f"{side.capitalize()} electrode OCP [V]"
        blended = any(f"{prefix}{named}" in self.parameters for prefix in ("Primary: ", "Secondary: "))
        return ("Primary: ", "Secondary: ") if blended else ("",)

    def _electrode(self, side: str, materials: dict[str, Any]) -> dict[str, Any]:
        word = side.capitalize()
        phases = []
        for index, prefix in enumerate(self._phases(side)):
            name = f"{side} electrode" if not index else f"{side} electrode, phase {index + 1}"
            materials[name] = active_document(
                self.parameters, prefix, side, name, self.reference, self.source, self.faults
            )
            phases.append(
                {
                    "material": f"{OWN}{name}",
                    "active_fraction": self.need(f"{prefix}{word} electrode active material volume fraction"),
                    "particle_radius": self.need(f"{prefix}{word} particle radius [m]"),
                }
            )
        first, *further = phases
        conductivity = self.single(f"{word} electrode conductivity [S.m-1]")
        if conductivity is None:
            self.need(f"{word} electrode conductivity [S.m-1]")
        found = {**first, **self.numbers(_ELECTRODE, word), "conductivity": conductivity or 0.0}
        prefixed = (f"{self._phases(side)[0]}{word}", word)
        for field, unit in (("density", "[kg.m-3]"), ("double-layer capacity", "[F.m-2]")):
            given = [self.parameters.number(f"{start} electrode {field} {unit}") for start in prefixed]
            value = next((number for number in given if number), None)
            if value:
                found[field.replace("double-layer capacity", "double_layer_capacity")] = value
        found |= ageing_of(self.parameters, side, self._phases(side)[0], self.reference, self.notes)
        return {**found, **({"additional_phases": further} if further else {})}

    def _initial_state(self, sides: Mapping[str, Any]) -> dict[str, Any]:
        state: dict[str, Any] = {}
        for side in sides:
            given = [
                self.need(f"{prefix}Initial concentration in {side} electrode [mol.m-3]")
                for prefix in self._phases(side)
            ]
            state[f"{side}_concentration"] = given[0]
            if given[1:]:
                state[f"{side}_additional"] = given[1:]
            directions = [f"{prefix}Initial hysteresis state in {side} electrode" for prefix in self._phases(side)]
            found = {self.parameters.number(name) for name in directions} - {None}
            if len(found) == 1:
                state[f"{side}_hysteresis"] = found.pop()
            else:
                self.parameters.read -= set(directions)
        return state

    def _foils(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for side in ("negative", "positive"):
            start = f"{side.capitalize()} current collector"
            wanted = [f"{start} {field}" for field in ("thickness [m]", "conductivity [S.m-1]", "density [kg.m-3]")]
            thickness, conductivity, density = (self.parameters.number(name) for name in wanted)
            known = _metal_of(conductivity, density)
            if not thickness or known is None:
                self.parameters.read -= set(wanted)
                continue
            found[f"{side}_collector"] = {"material": known, "thickness": thickness}
            if conductivity != metal(known).conductivity.value or density != metal(known).density.value:
                self.notes.append(
                    f"{start}: {known}, with the library's conductivity and density instead of {conductivity:g} S/m "
                    f"and {density:g} kg/m³"
                )
        return found

    def _tabs(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        height = self.parameters.number("Electrode height [m]") or 0.0
        for side in ("negative", "positive"):
            width, centre = (self.parameters.number(name) for name in _tab_names(side.capitalize()))
            if not width:
                self.parameters.read -= {name for side in ("Negative", "Positive") for name in _tab_names(side)}
                return {}
            bottom = centre is not None and centre < height / 2.0
            found[side] = {"width": width, "position": "bottom" if bottom else "top"}
        return {"tabs": found}

    def _thermal(self, sides: Mapping[str, Any]) -> dict[str, float] | None:
        volume = self.parameters.number("Cell volume [m3]")
        layers = [
            "Negative current collector",
            *(f"{side.capitalize()} electrode" for side in sides),
            "Separator",
            "Positive current collector",
        ]
        held, thick = 0.0, 0.0
        for layer in layers:
            given = [
                self.parameters.number(f"{layer} thickness [m]"),
                self._first_phase(layer, "density [kg.m-3]"),
                self._first_phase(layer, "specific heat capacity [J.kg-1.K-1]"),
            ]
            if any(value is None for value in given):
                return None
            thickness, density, heat = (float(value or 0.0) for value in given)
            held, thick = held + thickness * density * heat, thick + thickness
        if not volume or not thick or held <= 0.0:
            return None
        surface = self.parameters.number("Cell cooling surface area [m2]")
        exchange = self.parameters.number("Total heat transfer coefficient [W.m-2.K-1]")
        ambient = self.parameters.number("Ambient temperature [K]")
        return {
            "heat_capacity": held / thick * volume,
            "cooling_conductance": (surface or 0.0) * (exchange or 0.0),
            "ambient_temperature": ambient or self.reference,
        }

    def _first_phase(self, layer: str, field: str) -> float | None:
        found = self.single(f"{layer} {field}")
        return self.single(f"Primary: {layer} {field}") if found is None else found

    def _note_the_rest(self) -> None:
        for end, cutoff in (("0", "Lower"), ("100", "Upper")):
            name = f"Open-circuit voltage at {end}% SOC [V]"
            if self.parameters.values.get(name) == self.parameters.values.get(f"{cutoff} voltage cut-off [V]"):
                self.parameters.read.add(name)
        ambient = "Ambient temperature [K]"
        if self.parameters.values.get(ambient) == self.parameters.values.get("Initial temperature [K]"):
            self.parameters.read.add(ambient)
        for name in self.parameters.left():
            value = self.parameters.values[name]
            shown = f" = {value}" if isinstance(value, int | float | str) else ""
            self.notes.append(f"{name}{shown} has no place in a cell")

    def _sources(self, document: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        computed = {
            **self.source,
            "method": "computed",
            "note": "From the layers and the volume of the PyBaMM parameters",
        }
        for part in ("negative", "separator", "positive", "electrolyte", "initial_state"):
            found |= {
                f"{part}.{name}": self.source for name, value in document[part].items() if isinstance(value, float)
            }
        for name in (*_CELL, "contact_resistance", "temperature"):
            found[name] = self.source
        found |= {f"thermal.{name}": computed for name in document.get("thermal", {})}
        return found


def _tab_names(side: str) -> tuple[str, str]:
    return f"{side} tab width [m]", f"{side} tab centre z-coordinate [m]"


def _metal_of(conductivity: float | None, density: float | None) -> str | None:
    """The metal of the library that a foil is made of, by its density and conductivity."""
    for name in names("metal"):
        known = metal(name)
        close = [
            value is not None and abs(value / of.value - 1.0) < within
            for value, of, within in ((conductivity, known.conductivity, 0.2), (density, known.density, 0.02))
        ]
        if all(close):
            return name
    return None


def _with_windows(cell: Cell) -> Cell:
    """Put the ends of the balance into the materials, which the file does not give."""
    try:
        ends = balance(cell)
    except InputError:
        return cell
    note = {"method": "computed", "note": "Electrode balance between the cut-offs, with the file's initial state"}
    windows = {
        "negative": {"charged": ends.negative_full, "discharged": ends.negative_empty, "source": note},
        "positive": {"charged": ends.positive_full, "discharged": ends.positive_empty, "source": note},
    }
    document = cell.to_document()
    for side, window in windows.items():
        if not getattr(cell, side).additional_phases:
            name = getattr(cell, side).material.removeprefix(OWN)
            document["materials"][name]["window"] = window
    return Cell.from_document(document)
