"""Film growth, plating and mechanics of a PyBaMM parameter file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from joulebook.battery.balance import FARADAY
from joulebook.battery.interchange.pybamm_symbols import Parameters, UnreadableError
from joulebook.core.errors import InputError
from joulebook.core.expressions import parse_expression

__all__ = ["ageing_of"]

_SEI = {
    "molar_volume": "SEI partial molar volume [m3.mol-1]",
    "lithium_per_molecule": "Ratio of lithium moles to SEI moles",
    "resistivity": "SEI resistivity [Ohm.m]",
    "initial_thickness": "Initial SEI thickness [m]",
    "activation_energy": "SEI growth activation energy [J.mol-1]",
    "open_circuit_potential": "SEI open-circuit potential [V]",
    "exchange_current_density": "SEI reaction exchange current density [A.m-2]",
    "solvent_diffusivity": "SEI solvent diffusivity [m2.s-1]",
    "solvent_concentration": "Bulk solvent concentration [mol.m-3]",
    "interstitial_diffusivity": "SEI lithium interstitial diffusivity [m2.s-1]",
    "interstitial_concentration": "Lithium interstitial reference concentration [mol.m-3]",
    "ec_concentration": "EC initial concentration in electrolyte [mol.m-3]",
    "ec_diffusivity": "EC diffusivity [m2.s-1]",
    "ec_rate_constant": "SEI kinetic rate constant [m.s-1]",
    "initial_thickness_on_cracks": "Initial SEI on cracks thickness [m]",
}
_SEI_NEEDS = ("molar_volume", "lithium_per_molecule", "resistivity", "initial_thickness")
_PLATING = {
    "rate_constant": "Lithium plating kinetic rate constant [m.s-1]",
    "transfer_coefficient": "Lithium plating transfer coefficient",
    "molar_volume": "Lithium metal partial molar volume [m3.mol-1]",
    "initial_concentration": "Initial plated lithium concentration [mol.m-3]",
    "dead_lithium_rate": "Dead lithium decay constant [s-1]",
}
_MECHANICS = {
    "young_modulus": "Young's modulus [Pa]",
    "poisson_ratio": "Poisson's ratio",
    "partial_molar_volume": "partial molar volume [m3.mol-1]",
    "reference_concentration": "reference concentration for free of deformation [mol.m-3]",
    "cracking_exponent": "Paris' law constant m",
    "stress_intensity_factor": "Paris' law constant b",
    "cracking_activation_energy": "activation energy for cracking rate [J.mol-1]",
    "initial_crack_length": "initial crack length [m]",
    "crack_width": "initial crack width [m]",
    "cracks_per_area": "number of cracks per unit area [m-2]",
    "stress_loss_rate": "LAM constant proportional term [s-1]",
    "stress_loss_exponent": "LAM constant exponential term",
    "critical_stress": "critical stress [Pa]",
    "reaction_loss_factor": "reaction-driven LAM factor [m3.mol-1]",
}
_HOUR = 3600.0
"""PyBaMM gives cracking rates per cycle of an hour."""


def ageing_of(parameters: Parameters, side: str, prefix: str, reference: float, notes: list[str]) -> dict[str, Any]:
    """Read how an electrode ages.

    Parameters
    ----------
    parameters : Parameters
        Of the file.
    side : str
        ``"negative"`` or ``"positive"``; films and plating are of the negative one.
    prefix : str
        Before the names of what belongs to the first active material: ``""`` or ``"Primary: "``.
    reference : float, K
        Reference temperature of the file.
    notes : list of str
        What is not as our laws have it is added to it.

    Returns
    -------
    dict
        ``sei``, ``plating`` and ``mechanics`` of an electrode document, those the file has.
    """
    found: dict[str, Any] = {}
    if side == "negative":
        film = _present(parameters, _SEI, prefix)
        if all(field in film for field in _SEI_NEEDS) and film["lithium_per_molecule"] > 0:
            found["sei"] = {**film, "reference_temperature": reference}
        else:
            parameters.read -= {f"{start}{name}" for start in ("", prefix) for name in _SEI.values()}
        metal = _present(parameters, _PLATING, prefix)
        if "rate_constant" in metal and "molar_volume" in metal:
            found["plating"] = {**metal, "reference_temperature": reference}
            _check_plating(parameters, metal["rate_constant"], reference, notes)
        else:
            parameters.read -= {f"{start}{name}" for start in ("", prefix) for name in _PLATING.values()}
    mechanics = _mechanics(parameters, side, prefix, reference)
    if mechanics:
        found["mechanics"] = {**mechanics, "reference_temperature": reference}
    return found


def _present(parameters: Parameters, wanted: Mapping[str, str], prefix: str) -> dict[str, float]:
    found = {
        field: parameters.number(name if name in parameters else f"{prefix}{name}") for field, name in wanted.items()
    }
    return {field: value for field, value in found.items() if value is not None}


def _mechanics(parameters: Parameters, side: str, prefix: str, reference: float) -> dict[str, float]:
    start = f"{side.capitalize()} electrode"
    found = _present(parameters, {field: f"{start} {name}" for field, name in _MECHANICS.items()}, prefix)
    rate = _value(parameters, f"{start} cracking rate", (repr(reference),))
    if rate is not None:
        found["cracking_rate"] = rate / _HOUR
    return {} if set(found) <= {"reaction_loss_factor"} and not found.get("reaction_loss_factor") else found


def _value(parameters: Parameters, name: str, arguments: tuple[str, ...]) -> float | None:
    """A function at some arguments, or the number that stands in its place."""
    try:
        given = parameters.function(name, arguments)
        value = given["value"] if "value" in given else float(parse_expression(given["expression"], ())(np))
    except (UnreadableError, InputError, KeyError):
        parameters.read.discard(name)
        return None
    return float(value)


def _check_plating(parameters: Parameters, rate: float, reference: float, notes: list[str]) -> None:
    """The rates of plating and stripping must be those of the law: F k c."""
    for name in ("Exchange-current density for plating [A.m-2]", "Exchange-current density for stripping [A.m-2]"):
        if name not in parameters:
            continue
        found = _value(parameters, name, ("1000.0", "1000.0", repr(reference)))
        if found is None or not np.isclose(found, FARADAY * rate * 1000.0, rtol=1e-9):
            parameters.read.discard(name)
            notes.append(f"{name} is not F k c with the file's rate constant; ours is")
    thickness = parameters.number("Initial SEI thickness [m]")
    decay = parameters.number("Dead lithium decay constant [s-1]")
    given = _value(parameters, "Dead lithium decay rate [s-1]", (repr(thickness or 1.0), repr(reference)))
    if given is not None and (decay is None or not np.isclose(given, decay, rtol=1e-9)):
        parameters.read.discard("Dead lithium decay rate [s-1]")
