"""The user-defined part of a BPX file: names of ours, names of PyBaMM, and the rest, which is reported.

PyBaMM takes user-defined values as parameters by their names, so that names it knows mean to us what they mean there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joulebook.battery.interchange.bpx_materials import foreign_property, with_domain
from joulebook.battery.interchange.extras import PREFIX, unflatten
from joulebook.battery.interchange.imported import tidy
from joulebook.battery.material_names import OWN

__all__ = ["USER_NUMBERS", "take_user_defined"]

USER_NUMBERS: dict[str, str] = {
    "Electrode height [m]": "electrode_height",
    "Electrode width [m]": "electrode_width",
    "Contact resistance [Ohm]": "contact_resistance",
    "Negative electrode density [kg.m-3]": "negative.density",
    "Separator density [kg.m-3]": "separator.density",
    "Positive electrode density [kg.m-3]": "positive.density",
    "Negative electrode double-layer capacity [F.m-2]": "negative.double_layer_capacity",
    "Positive electrode double-layer capacity [F.m-2]": "positive.double_layer_capacity",
    "Initial concentration in negative electrode [mol.m-3]": "initial_state.negative_concentration",
    "Initial concentration in positive electrode [mol.m-3]": "initial_state.positive_concentration",
}
"""PyBaMM's name of a number to its path in a cell."""
_FUNCTIONS: dict[str, tuple[str, str]] = {
    "Negative electrode lithiation OCP [V]": ("negative", "ocp_lithiation"),
    "Negative electrode delithiation OCP [V]": ("negative", "ocp_delithiation"),
    "Positive electrode lithiation OCP [V]": ("positive", "ocp_lithiation"),
    "Positive electrode delithiation OCP [V]": ("positive", "ocp_delithiation"),
    "Thermodynamic factor": ("electrolyte", "thermodynamic_factor"),
    "Cation transference number over concentration": ("electrolyte", "transference_number"),
    "Thermodynamic factor over concentration": ("electrolyte", "thermodynamic_factor"),
    "Electrolyte density [kg.m-3]": ("electrolyte", "density"),
}
"""Name of a function or number to the part whose material has it, and the field."""
_KINDS = {"ocp_lithiation": "ocp", "ocp_delithiation": "ocp"}
_MATERIAL = "material"
"""Begins paths of ours into the materials: ``material negative 0.exchange_exponents.0``."""


def take_user_defined(document: dict[str, Any], given: Mapping[str, Any], source: Mapping[str, str]) -> list[str]:
    """Put user-defined values where they belong in a cell document.

    Parameters
    ----------
    document : dict
        Of the cell; it is changed.
    given : mapping
        The user-defined part of the file, checked.
    source : mapping
        For the values.

    Returns
    -------
    list of str
        A note for each value that has no place.

    Raises
    ------
    InputError
        If a name of ours leads nowhere.
    """
    ours = {name: value for name, value in given.items() if name.startswith(PREFIX)}
    notes: list[str] = []
    for name, value in given.items():
        if name in ours or name == "description" or value is None:
            continue
        if name in USER_NUMBERS and _is_number(value) and _has_place(document, USER_NUMBERS[name]):
            _put(document, USER_NUMBERS[name], float(value), source)
        elif name in _FUNCTIONS and _is_function(value) and _material(document, _FUNCTIONS[name][0]) is not None:
            part, field = _FUNCTIONS[name]
            found = {**foreign_property(value), "source": dict(source)}
            _material(document, part)[field] = with_domain(found, _KINDS.get(field, field))  # type: ignore[index]
        else:
            notes.append(f"User-defined: {name} has no place in a cell")
    _merge(document, _materials_apart(document, unflatten(ours)))
    for side in ("negative", "positive"):
        _bulk_conductivity(document[side])
    return notes


def _bulk_conductivity(electrode: dict[str, Any]) -> None:
    """BPX gives the conductivity of the coating; ours is that of the solid where an exponent is given."""
    exponent = electrode.get("bruggeman_electrode")
    if isinstance(exponent, int | float) and 0.0 < exponent <= 10.0:
        solid = 1.0 - electrode["porosity"]
        electrode["conductivity"] = tidy(electrode["conductivity"] / solid**exponent)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_function(value: Any) -> bool:
    return _is_number(value) or isinstance(value, str) or _is_table(value)


def _has_place(document: Mapping[str, Any], path: str) -> bool:
    folder = path.rpartition(".")[0]
    return not folder or isinstance(document.get(folder), dict)


def _put(document: dict[str, Any], path: str, value: float, source: Mapping[str, str]) -> None:
    folder, _, last = path.rpartition(".")
    (document[folder] if folder else document)[last] = value
    document.setdefault("sources", {})[path] = dict(source)


def _material(document: Mapping[str, Any], part: str, phase: int = 0) -> dict[str, Any] | None:
    """The material document that a part of the cell uses, if it travels with the cell."""
    group = document.get(part, {})
    if phase:
        further = group.get("additional_phases", ())
        group = further[phase - 1] if phase <= len(further) else {}
    name = str(group.get("material", ""))
    own: dict[str, Any] | None = document.get("materials", {}).get(name.removeprefix(OWN))
    return own if name.startswith(OWN) else None


def _materials_apart(document: dict[str, Any], tree: dict[str, Any]) -> dict[str, Any]:
    """Put what is meant for materials into them; give back the rest."""
    rest: dict[str, Any] = {}
    for name, value in tree.items():
        words = name.split(" ")
        if words[0] != _MATERIAL or len(words) != 3 or not words[2].isdecimal() or not isinstance(value, dict):
            rest[name] = value
            continue
        found = _material(document, words[1], int(words[2][:3]))
        if found is None:
            rest[name] = value
            continue
        for field, inner in value.items():
            taken = foreign_property(inner) if isinstance(inner, str) or _is_table(inner) else inner
            found[field] = {**found[field], **taken} if _both(found.get(field), taken) else taken
    return rest


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"x", "y"}


def _both(one: Any, other: Any) -> bool:
    return isinstance(one, dict) and isinstance(other, dict)


def _merge(document: dict[str, Any], tree: Mapping[str, Any]) -> None:
    for name, value in tree.items():
        here = document.get(name)
        if isinstance(here, dict) and isinstance(value, dict):
            _merge(here, value)
        elif isinstance(here, list) and isinstance(value, list) and len(here) == len(value):
            for index, (one, other) in enumerate(zip(here, value, strict=True)):
                if isinstance(one, dict) and isinstance(other, dict):
                    _merge(one, other)
                else:
                    here[index] = other
        else:
            document[name] = value
