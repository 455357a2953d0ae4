"""Materials of the sodium-ion cell in the set of Chayambuka et al. (2022): hard carbon against Na3V2(PO4)2F3."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from joulebook.materials.interpolation import PublishedTable
from joulebook.materials.published import PublishedSet
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, FilmMaterial, Value

__all__ = ["ELECTROLYTE", "HARD_CARBON", "NVPF", "SEPARATOR"]

_SET = PublishedSet("Chayambuka2022")
_FARADAY = 6.02214076e23 * 1.602176634e-19
_SALT = 1000.0
_TABLE = "Table of PyBaMM's set, which took it from a model of COMSOL's library; not checked"
_ASIDE = "Hard carbon against sodium: nothing here holds for lithium."


def _table(file: str, *, place_scale: float = 1.0, value_scale: float = 1.0) -> PublishedTable:
    return PublishedTable(f"{file}_chayambuka2022.csv", "linear", place_scale, value_scale)


def _rate(file: str, maximum: float) -> tuple[Value, PublishedTable]:
    """Rate constant at a stoichiometry of 0.5, and the factor on it over stoichiometry."""
    middle = float(_table(file, place_scale=maximum)(np, np.float64(0.5)))
    constant = _SET.computed(
        0.5 * _FARADAY * middle / math.sqrt(_SALT),
        "A/m² (m³/mol)^1.5",
        "Half of Faraday's constant times the table at a stoichiometry of 0.5, over the root of 1000 mol/m³ of salt, "
        "as PyBaMM's set has it",
    )
    return constant, _table(file, place_scale=maximum, value_scale=middle)


def _points(table: PublishedTable, symbol: str) -> str:
    return rf"{symbol} \text{{ by straight lines through {len(table.points[0])} points}}"


def _over(name: str, table: PublishedTable, unit: str, symbol: str) -> Any:
    places, _ = table.points
    domain = max(0.0, float(places[0])), min(1.0, float(places[-1]))
    return _SET.over_stoichiometry(name, table, unit, _points(table, symbol), _TABLE, domain=domain)


_HARD_CARBON_RATE, _HARD_CARBON_FACTOR = _rate("hard_carbon_rate", 14540.0)
_NVPF_RATE, _NVPF_FACTOR = _rate("nvpf_rate", 15320.0)
_HARD_CARBON_DIFFUSIVITY = _table("hard_carbon_diffusivity", place_scale=14540.0)
_NVPF_DIFFUSIVITY = _table("nvpf_diffusivity", place_scale=15320.0)

HARD_CARBON = ActiveMaterial(
    name="hard carbon, Na (Chayambuka 2022)",
    chemistry="hard carbon (sodium)",
    polarity="negative",
    ocp=_over("hard_carbon_chayambuka2022", _table("hard_carbon_ocp"), "V", "U(x)"),
    maximum_concentration=_SET.value(14540.0, "mol/m³"),
    diffusivity=_SET.middle(_HARD_CARBON_DIFFUSIVITY, "m²/s"),
    diffusivity_law=_over("diffusivity_hard_carbon_chayambuka2022", _HARD_CARBON_DIFFUSIVITY, "m²/s", "D_s(x)"),
    rate_constant=_HARD_CARBON_RATE,
    rate_law=_over("rate_hard_carbon_chayambuka2022", _HARD_CARBON_FACTOR, "1", "f(x)"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.9383, 0.0008),
    suggested=_SET.suggested(porosity=0.51, active_fraction=0.489, particle_radius=3.48e-6, conductivity=256.0),
    note=_ASIDE,
)

NVPF = ActiveMaterial(
    name="NVPF, Na (Chayambuka 2022)",
    chemistry="Na3V2(PO4)2F3",
    polarity="positive",
    ocp=_over("nvpf_chayambuka2022", _table("nvpf_ocp"), "V", "U(y)"),
    maximum_concentration=_SET.value(15320.0, "mol/m³"),
    diffusivity=_SET.middle(_NVPF_DIFFUSIVITY, "m²/s"),
    diffusivity_law=_over("diffusivity_nvpf_chayambuka2022", _NVPF_DIFFUSIVITY, "m²/s", "D_s(y)"),
    rate_constant=_NVPF_RATE,
    rate_law=_over("rate_nvpf_chayambuka2022", _NVPF_FACTOR, "1", "f(y)"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.2100, 0.9546),
    suggested=_SET.suggested(porosity=0.23, active_fraction=0.55, particle_radius=0.59e-6, conductivity=50.0),
    note="No data below a stoichiometry of 0.21. Sodium, not lithium.",
)

ELECTROLYTE = ElectrolyteMaterial(
    name="NaPF6 EC:PC 1:1 (Chayambuka 2022)",
    chemistry="NaPF6 in EC:PC 1:1",
    conductivity=_SET.over_salt(
        "conductivity_chayambuka2022",
        _table("napf6_conductivity"),
        "S/m",
        _points(_table("napf6_conductivity"), r"\kappa(c)"),
        _TABLE,
    ),
    diffusivity=_SET.over_salt(
        "diffusivity_chayambuka2022",
        _table("napf6_diffusivity"),
        "m²/s",
        _points(_table("napf6_diffusivity"), "D_e(c)"),
        _TABLE,
    ),
    transference_number=_SET.value(0.45, "1"),
    thermodynamic_factor=_SET.value(1.0, "1", "From PyBaMM's set: ideal"),
    density=None,
    note="No change with temperature is given.",
)

SEPARATOR = FilmMaterial(
    name="separator (Chayambuka 2022)",
    chemistry="separator film",
    suggested=_SET.suggested(thickness=25e-6, porosity=0.55, bruggeman_electrolyte=1.5),
)
