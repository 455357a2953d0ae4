"""Materials of a BPX file as material documents, and the numbers that BPX states in other terms."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from joulebook.battery.balance import FARADAY
from joulebook.battery.interchange.imported import tidy
from joulebook.core.errors import InputError
from joulebook.materials.documents import KINDS
from joulebook.materials.properties import Property

__all__ = ["active_documents", "bpx_rate", "electrolyte_document", "foreign_property", "rate_constant_of_bpx"]

_LONGEST_NAME = 150
_WIDEST_SALT = 2000.0


def rate_constant_of_bpx(normalised: float, maximum: float, salt: float) -> float:
    """Turn BPX's reaction rate into ours.

    Parameters
    ----------
    normalised : float, mol/(m² s)
        ``K`` in ``j0 = F K sqrt(c_e/c_0 x (1 - x))``.
    maximum : float, mol/m³
        Concentration of the full material.
    salt : float, mol/m³
        ``c_0``.

    Returns
    -------
    float, A/m² (m³/mol)^1.5
        ``k`` in ``j0 = k sqrt(c_e c_s (c_max - c_s))``.
    """
    return tidy(normalised * FARADAY / (maximum * math.sqrt(salt)))


def bpx_rate(constant: float, maximum: float, salt: float) -> float:
    """Turn our rate constant into BPX's reaction rate.

    Parameters
    ----------
    constant : float, A/m² (m³/mol)^1.5
        ``k`` in ``j0 = k sqrt(c_e c_s (c_max - c_s))``.
    maximum : float, mol/m³
        Concentration of the full material.
    salt : float, mol/m³
        At rest.

    Returns
    -------
    float, mol/(m² s)
        ``K`` in ``j0 = F K sqrt(c_e/c_0 x (1 - x))``.
    """
    return constant * maximum * math.sqrt(salt) / FARADAY


def active_documents(
    electrode: Mapping[str, Any], side: str, temperature: float, salt: float, source: Mapping[str, str]
) -> list[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Read the active materials of an electrode.

    Parameters
    ----------
    electrode : mapping
        Of the file, checked.
    side : str
        ``"negative"`` or ``"positive"``.
    temperature : float, K
        At which the values hold.
    salt : float, mol/m³
        Concentration at rest.
    source : mapping
        For every value.

    Returns
    -------
    list of tuple
        Document and the file's group, one per material; the first is the main one.
    """
    blend = electrode.get("Particle")
    if blend is None:
        return [(_active(electrode, f"{side} electrode", side, temperature, salt, source), electrode)]
    found: list[tuple[dict[str, Any], Mapping[str, Any]]] = []
    for index, (name, particle) in enumerate(blend.items()):
        known = {document["name"] for document, _ in found}
        called = f"{side} electrode, {name}"[:_LONGEST_NAME]
        unique = called if called not in known else f"{called} {index + 1}"
        found.append((_active(particle, unique, side, temperature, salt, source), particle))
    return found


def _active(
    particle: Mapping[str, Any], name: str, side: str, temperature: float, salt: float, source: Mapping[str, str]
) -> dict[str, Any]:
    low, high = float(particle["Minimum stoichiometry"]), float(particle["Maximum stoichiometry"])
    charged, discharged = (high, low) if side == "negative" else (low, high)
    maximum = float(particle["Maximum concentration [mol.m-3]"])
    rate = rate_constant_of_bpx(float(particle["Reaction rate constant [mol.m-2.s-1]"]), maximum, salt)
    kept = {"reference_temperature": temperature, "source": dict(source)}

    def law(field: str, kind: str, activation: str = "") -> dict[str, Any] | None:
        if particle.get(field) is None or (kind == "entropic" and particle[field] == 0):
            return None
        found = {**foreign_property(particle[field]), **kept, **_energy(particle, activation)}
        return with_domain(found, kind, (low, high))

    document = {
        "kind": "joulebook.active_material",
        "schema_version": 1,
        "name": name,
        "polarity": side,
        "ocp": law("OCP [V]", "ocp"),
        "maximum_concentration": {"value": maximum, **kept},
        "diffusivity": law("Diffusivity [m2.s-1]", "particle diffusivity", "Diffusivity activation energy [J.mol-1]"),
        "rate_constant": {
            "value": rate,
            **kept,
            **_energy(particle, "Reaction rate constant activation energy [J.mol-1]"),
        },
        "window": {"charged": charged, "discharged": discharged, "source": dict(source)},
        "entropic": law("Entropic change coefficient [V.K-1]", "entropic"),
        "ocp_lithiation": law("OCP (lithiation) [V]", "ocp"),
        "ocp_delithiation": law("OCP (delithiation) [V]", "ocp"),
        "hysteresis_decay": _maybe_number(particle, "OCP hysteresis decay constant", kept),
    }
    return {field: value for field, value in document.items() if value is not None}


def electrolyte_document(
    liquid: Mapping[str, Any], temperature: float, salt: float, source: Mapping[str, str]
) -> dict[str, Any]:
    """Read the electrolyte.

    Parameters
    ----------
    liquid : mapping
        Of the file, checked.
    temperature : float, K
        At which the values hold.
    salt : float, mol/m³
        Concentration at rest.
    source : mapping
        For every value.

    Returns
    -------
    dict
        A material document.
    """
    kept = {"reference_temperature": temperature, "source": dict(source)}
    document: dict[str, Any] = {
        "kind": "joulebook.electrolyte_material",
        "schema_version": 1,
        "name": "electrolyte",
        "transference_number": {"value": float(liquid["Cation transference number"]), **kept},
    }
    for field, name, kind in (
        ("conductivity", "Conductivity", "conductivity"),
        ("diffusivity", "Diffusivity", "salt diffusivity"),
    ):
        unit = "[S.m-1]" if field == "conductivity" else "[m2.s-1]"
        found = {
            **foreign_property(liquid[f"{name} {unit}"]),
            **kept,
            **_energy(liquid, f"{name} activation energy [J.mol-1]"),
        }
        if "table" in found and found["table"]["x"][-1] > _WIDEST_SALT > found["table"]["x"][0]:
            found["domain"] = [max(0.0, found["table"]["x"][0]), _WIDEST_SALT]
        document[field] = with_domain(found, kind, *_salt_ranges(found, kind, salt))
    return document


def _salt_ranges(given: Mapping[str, Any], kind: str, salt: float) -> Iterator[tuple[float, float]]:
    """The widest range around the concentration at rest in which a formula stays sensible."""
    if "expression" not in given:
        return
    try:
        function = KINDS[kind].functions(Property(expression=given["expression"]))[0]
    except InputError:
        return
    places = np.linspace(0.0, _WIDEST_SALT, 401)
    with np.errstate(all="ignore"):
        fine = np.asarray(function(np, places)) >= 0.0
    here = int(np.argmin(np.abs(places - salt)))
    if fine[here]:
        below = np.flatnonzero(~fine[:here])
        above = np.flatnonzero(~fine[here:])
        low = places[below[-1] + 1] if len(below) else places[0]
        high = places[here + above[0] - 1] if len(above) else places[-1]
        if low < high:
            yield float(low), float(high)


def foreign_property(given: Any) -> dict[str, Any]:
    """Turn a number, formula or table of BPX into the fields of a property.

    Parameters
    ----------
    given : float, str or mapping
        As the file has it, checked.

    Returns
    -------
    dict
        With ``value``, ``expression`` or ``table``; the rows of a table sorted, repeated ones once.
    """
    if isinstance(given, str):
        return {"expression": given}
    if isinstance(given, Mapping):
        rows = dict(sorted(zip(map(float, given["x"]), map(float, given["y"]), strict=True)))
        if len(rows) == 1:
            return {"value": next(iter(rows.values()))}
        return {"table": {"x": list(rows), "y": list(rows.values())}}
    return {"value": float(given)}


def with_domain(given: dict[str, Any], kind: str, *narrower: tuple[float, float]) -> dict[str, Any]:
    """Offer a property over the widest of some ranges in which it makes sense.

    Parameters
    ----------
    given : dict
        Fields of a property.
    kind : str
        Key of the kinds of properties.
    *narrower : tuple of float
        Ranges to fall back to where the usual one holds impossible values.

    Returns
    -------
    dict
        With a ``domain`` where one was needed; as given where none helps, for the check to explain.
    """
    for domain in (None, *narrower):
        found = given if domain is None else {**given, "domain": list(domain)}
        try:
            KINDS[kind].check(Property.model_validate(found))
        except ValueError:
            continue
        return found
    return given


def _energy(group: Mapping[str, Any], name: str) -> dict[str, float]:
    value = group.get(name) if name else None
    return {} if value is None else {"activation_energy": float(value)}


def _maybe_number(group: Mapping[str, Any], name: str, kept: Mapping[str, Any]) -> dict[str, Any] | None:
    return None if group.get(name) is None else {"value": float(group[name]), **kept}
