"""Oracle of the materials: laws of PyBaMM's sets at some stoichiometries, concentrations and temperatures.

``python tests/validation/generate/materials.py`` writes ``tests/validation/cases/materials/*/expected.json``. It runs
in an environment that has PyBaMM and needs nothing of Joulebook.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pybamm

CASES = Path(__file__).resolve().parents[1] / "cases" / "materials"
CONTENTS = [0.02, 0.1, 0.25, 0.4, 0.45, 0.5, 0.6, 0.75, 0.9, 0.97]
TEMPERATURES = [268.15, 298.15, 323.15]
SALTS = [100.0, 500.0, 1000.0, 1500.0, 2000.0]
SETS = {
    "Chen2020": "lithium-ion",
    "Chen2020_composite": "lithium-ion",
    "OKane2022": "lithium-ion",
    "ORegan2022": "lithium-ion",
    "Marquis2019": "lithium-ion",
    "Ecker2015": "lithium-ion",
    "Ai2020": "lithium-ion",
    "Mohtat2020": "lithium-ion",
    "NCA_Kim2011": "lithium-ion",
    "Prada2013": "lithium-ion",
    "Chayambuka2022": "sodium-ion",
    "Xu2019": "half cell",
}
README = """# {name}: laws of the materials

Open-circuit potentials, entropic coefficients, diffusivities, exchange-current densities and the laws of the
electrolyte of the set, evaluated by PyBaMM {version} from its own file of the set. Written by
`tests/validation/generate/materials.py`. The same formulas in the same arithmetic: the test asks for 1e-10 relative,
and for interpolated tables too.
"""


def evaluate(values: Any, name: str, *arguments: float) -> float | None:
    """Value of a parameter that may be a number or a function; None where the set lacks it."""
    if name not in values:
        return None
    found: Any = values[name]
    if isinstance(found, Callable) and not isinstance(found, pybamm.Symbol):
        found = found(*(pybamm.Scalar(argument) for argument in arguments))
    if isinstance(found, pybamm.Symbol):
        found = values.process_symbol(found).evaluate()
    try:
        return float(found)
    except TypeError:
        return float(found.item())


def phases(values: Any, side: str) -> list[str]:
    primary = f"Primary: Maximum concentration in {side.lower()} electrode [mol.m-3]"
    return ["Primary: ", "Secondary: "] if primary in values else [""]


def active(values: Any, side: str, phase: str) -> list[dict[str, Any]]:
    full = values[f"{phase}Maximum concentration in {side.lower()} electrode [mol.m-3]"]
    rows = []
    for x in CONTENTS:
        row: dict[str, Any] = {
            "x": x,
            "ocp": evaluate(values, f"{phase}{side} electrode OCP [V]", x),
            "lithiation": evaluate(values, f"{phase}{side} electrode lithiation OCP [V]", x),
            "delithiation": evaluate(values, f"{phase}{side} electrode delithiation OCP [V]", x),
            "entropic": evaluate(values, f"{phase}{side} electrode OCP entropic change [V.K-1]", x),
            "diffusivity": [
                evaluate(values, f"{phase}{side} particle diffusivity [m2.s-1]", x, t) for t in TEMPERATURES
            ],
            "exchange": [
                [
                    evaluate(values, f"{phase}{side} electrode exchange-current density [A.m-2]", c, x * full, full, t)
                    for c in SALTS
                ]
                for t in TEMPERATURES
            ],
        }
        rows.append({key: value for key, value in row.items() if value is not None})
    return rows


def electrolyte(values: Any) -> dict[str, list[list[float | None]]]:
    names = {
        "conductivity": "Electrolyte conductivity [S.m-1]",
        "diffusivity": "Electrolyte diffusivity [m2.s-1]",
        "transference": "Cation transference number",
        "thermodynamic_factor": "Thermodynamic factor",
    }
    return {key: [[evaluate(values, name, c, t) for c in SALTS] for t in TEMPERATURES] for key, name in names.items()}


def heat_capacity(values: Any) -> float | None:
    """Of the cell in PyBaMM's lumped thermal model, J/K; None where the set has none."""
    if "Cell volume [m3]" not in values or "Positive electrode density [kg.m-3]" not in values:
        return None
    if "Negative electrode density [kg.m-3]" not in values:
        return None
    parameters = pybamm.LithiumIonParameters({"thermal": "lumped"})
    symbol = parameters.rho_c_p_eff(pybamm.Scalar(298.15)) * parameters.V_cell
    return float(values.process_symbol(symbol).evaluate())


def write(name: str, kind: str) -> None:
    values = pybamm.ParameterValues(name)
    sides = ["Positive"] if kind == "half cell" else ["Negative", "Positive"]
    expected: dict[str, Any] = {
        "set": name,
        "pybamm": pybamm.__version__,
        "temperatures": TEMPERATURES,
        "salts": SALTS,
        "electrolyte": electrolyte(values),
        "heat_capacity": heat_capacity(values) if kind == "lithium-ion" else None,
        "cooling_conductance": None,
    }
    if expected["heat_capacity"] is not None:
        surface = values["Cell cooling surface area [m2]"]
        expected["cooling_conductance"] = surface * values["Total heat transfer coefficient [W.m-2.K-1]"]
    for side in sides:
        expected[side.lower()] = [active(values, side, phase) for phase in phases(values, side)]
    if kind == "half cell":
        lithium = 1.0 / values["Lithium metal partial molar volume [m3.mol-1]"]
        exchange = "Exchange-current density for lithium metal electrode [A.m-2]"
        expected["counter"] = [evaluate(values, exchange, c, lithium, 298.15) for c in SALTS]
    folder = CASES / name.lower()
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(expected, indent=1)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    (folder / "README.md").write_text(README.format(name=name, version=pybamm.__version__), encoding="utf-8")


if __name__ == "__main__":
    for set_name, set_kind in SETS.items():
        write(set_name, set_kind)
