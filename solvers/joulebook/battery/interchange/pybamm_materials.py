"""Materials of a PyBaMM parameter file as material documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from joulebook.battery.interchange.bpx_materials import with_domain
from joulebook.battery.interchange.pybamm_laws import exchange_of, law_of
from joulebook.battery.interchange.pybamm_symbols import Parameters, UnreadableError
from joulebook.core.errors import Issue
from joulebook.core.expressions import parse_expression

__all__ = ["active_document", "electrolyte_document"]

_PLACES = np.linspace(0.05, 0.95, 7)
_SALTS = np.linspace(200.0, 1800.0, 7)
_NARROW = ((0.02, 0.98), (0.1, 0.9))
_AWAY_FROM_ZERO = (50.0, 2000.0)
"""mol/m³; range of formulas without a value in pure solvent, which are held below it."""
_FULL = {"charged": 1.0, "discharged": 0.0}


def active_document(
    parameters: Parameters,
    prefix: str,
    side: str,
    name: str,
    reference: float,
    source: Mapping[str, str],
    faults: list[Issue],
) -> dict[str, Any]:
    """Read an active material.

    Parameters
    ----------
    parameters : Parameters
        Of the file.
    prefix : str
        ``""``, ``"Primary: "`` or ``"Secondary: "``.
    side : str
        ``"negative"`` or ``"positive"``.
    name : str
        Of the material.
    reference : float, K
        Reference temperature of the file.
    source : mapping
        For every value.
    faults : list of Issue
        What cannot be read is added to it.

    Returns
    -------
    dict
        A material document, whose window is still to be put in.
    """
    word = side.capitalize()
    kept = {"reference_temperature": reference, "source": dict(source)}
    maximum = parameters.number(f"{prefix}Maximum concentration in {side} electrode [mol.m-3]")
    if maximum is None:
        faults.append(Issue(f"{prefix}Maximum concentration in {side} electrode [mol.m-3]", None, "missing"))
        maximum = 1.0

    def law(field: str, kind: str, *, needed: bool = False) -> dict[str, Any] | None:
        if field not in parameters and not needed:
            return None
        try:
            found = law_of(parameters, field, "x", _PLACES, reference)[0]
        except UnreadableError as error:
            faults.append(Issue(field, None, str(error), "Give it as a formula or a table"))
            return None
        return with_domain({**found, **kept}, kind, *_NARROW)

    start = f"{prefix}{word}"
    transfer = parameters.number(f"{start} electrode charge transfer coefficient")
    if transfer is None:
        transfer = parameters.number(f"{word} electrode charge transfer coefficient")
    if transfer not in {None, 0.5}:
        faults.append(Issue(f"{start} electrode charge transfer coefficient", transfer, "must be 0.5 in this version"))
    diffusivity = f"{start} particle diffusivity [m2.s-1]"
    if diffusivity not in parameters and f"{start} electrode diffusivity [m2.s-1]" in parameters:
        diffusivity = f"{start} electrode diffusivity [m2.s-1]"
    document: dict[str, Any] = {
        "kind": "joulebook.active_material",
        "schema_version": 1,
        "name": name,
        "polarity": side,
        "ocp": law(f"{start} electrode OCP [V]", "ocp", needed=True),
        "maximum_concentration": {"value": maximum, **kept},
        "diffusivity": law(diffusivity, "particle diffusivity", needed=True),
        "window": _FULL if side == "negative" else {"charged": 0.0, "discharged": 1.0},
        "entropic": law(f"{start} electrode OCP entropic change [V.K-1]", "entropic"),
        "ocp_lithiation": law(f"{start} electrode lithiation OCP [V]", "ocp"),
        "ocp_delithiation": law(f"{start} electrode delithiation OCP [V]", "ocp"),
        "hysteresis_decay": _decay(parameters, start, kept),
        **_reaction(
            parameters, f"{start} electrode exchange-current density [A.m-2]", maximum, reference, kept, faults
        ),
    }
    return {field: value for field, value in document.items() if value is not None}


def _decay(parameters: Parameters, start: str, kept: Mapping[str, Any]) -> dict[str, Any] | None:
    """One decay for both directions, where the file gives equal ones."""
    names = [f"{start} particle {way} hysteresis decay rate" for way in ("lithiation", "delithiation")]
    found = [parameters.number(name) for name in names]
    if found[0] is None or found[0] != found[1]:
        parameters.read -= set(names)
        return None
    return {"value": found[0], **kept}


def _reaction(
    parameters: Parameters,
    name: str,
    maximum: float,
    reference: float,
    kept: Mapping[str, Any],
    faults: list[Issue],
) -> dict[str, Any]:
    try:
        found = exchange_of(parameters, name, maximum, reference)
    except UnreadableError as error:
        faults.append(Issue(name, None, str(error), "Give it as k c_e^a c_s^b (c_max - c_s)^c, times a factor"))
        return {}
    if found.note:
        faults.append(Issue(name, None, found.note, "Write the temperature dependence as exp(E/R (1/T_ref - 1/T))"))
    energy = {} if found.energy is None else {"activation_energy": found.energy}
    out: dict[str, Any] = {"rate_constant": {"value": found.rate, **kept, **energy}}
    if found.exponents != (0.5, 0.5, 0.5):
        out["exchange_exponents"] = list(found.exponents)
    if found.factor is not None:
        out["rate_factor"] = with_domain({"expression": found.factor, **kept}, "rate factor", *_NARROW)
    return out


def electrolyte_document(
    parameters: Parameters, reference: float, source: Mapping[str, str], faults: list[Issue]
) -> dict[str, Any]:
    """Read the electrolyte.

    Parameters
    ----------
    parameters : Parameters
        Of the file.
    reference : float, K
        Reference temperature of the file.
    source : mapping
        For every value.
    faults : list of Issue
        What cannot be read is added to it.

    Returns
    -------
    dict
        A material document.
    """
    document: dict[str, Any] = {"kind": "joulebook.electrolyte_material", "schema_version": 1, "name": "electrolyte"}
    for field, name, kind in (
        ("conductivity", "Electrolyte conductivity [S.m-1]", "conductivity"),
        ("diffusivity", "Electrolyte diffusivity [m2.s-1]", "salt diffusivity"),
        ("transference_number", "Cation transference number", "transference_number"),
        ("thermodynamic_factor", "Thermodynamic factor", "thermodynamic_factor"),
    ):
        if name not in parameters and field == "thermodynamic_factor":
            continue
        try:
            found = law_of(parameters, name, "c_e", _SALTS, reference)[0]
        except UnreadableError as error:
            faults.append(Issue(name, None, str(error), "Give it as a formula or a table"))
            continue
        if _diverges(found):
            found["domain"] = list(_AWAY_FROM_ZERO)
        document[field] = with_domain({**found, "source": dict(source)}, kind, _AWAY_FROM_ZERO, (200.0, 1800.0))
    return document


def _diverges(found: Mapping[str, Any]) -> bool:
    """Whether a formula has no value without salt, as one that divides by the concentration."""
    text = found.get("expression")
    if text is None:
        return False
    with np.errstate(all="ignore"):
        return not np.isfinite(float(parse_expression(text, ("c_e", "T"))(np, 0.0, found["reference_temperature"])))
