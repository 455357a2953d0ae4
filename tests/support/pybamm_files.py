"""Parameter files as PyBaMM 26 writes them, made from formulas: for tests of the reader."""

from __future__ import annotations

import ast
from typing import Any

TREE = "pybamm.expression_tree"
BINARY = {
    ast.Add: "Addition",
    ast.Sub: "Subtraction",
    ast.Mult: "Multiplication",
    ast.Div: "Division",
    ast.Pow: "Power",
}
DOMAINS = {"primary": [], "secondary": [], "tertiary": [], "quaternary": []}


def node(formula: ast.expr, names: dict[str, str]) -> dict[str, Any]:
    """The symbol tree of a formula; ``names`` gives parameters with spaces a short name."""
    if isinstance(formula, ast.Constant):
        return {"name": repr(formula.value), "value": float(formula.value), "$type": f"{TREE}.scalar.Scalar"}
    if isinstance(formula, ast.Name):
        name = names.get(formula.id, formula.id)
        return {"name": name, "domains": DOMAINS, "$type": f"{TREE}.parameter.Parameter"}
    if isinstance(formula, ast.UnaryOp):
        return {"name": "-", "children": [node(formula.operand, names)], "$type": f"{TREE}.unary_operators.Negate"}
    if isinstance(formula, ast.BinOp):
        inner = [node(formula.left, names), node(formula.right, names)]
        return {"name": "op", "children": inner, "$type": f"{TREE}.binary_operators.{BINARY[type(formula.op)]}"}
    called = formula.func.id
    inner = [node(argument, names) for argument in formula.args]
    if called in names:
        return {"name": names[called], "children": inner, "$type": f"{TREE}.parameter.FunctionParameter"}
    return {"function": called, "children": inner, "$type": f"{TREE}.functions.{called.capitalize()}"}


def function(text: str, *arguments: str, **names: str) -> dict[str, Any]:
    """A function as it stands in a file."""
    return wrapped(node(ast.parse(text, mode="eval").body, names), *arguments)


def interpolant(x: list[float], y: list[float], argument: str, kind: str = "linear") -> dict[str, Any]:
    """A table as it stands in a file."""
    child = {"name": argument, "domains": DOMAINS, "$type": f"{TREE}.parameter.Parameter"}
    inner = {
        "x": [x],
        "y": y,
        "children": [child],
        "interpolator": kind,
        "extrapolate": True,
        "_num_derivatives": 0,
        "$type": f"{TREE}.interpolant.Interpolant",
    }
    return wrapped(inner, argument)


def wrapped(inner: dict[str, Any], *arguments: str) -> dict[str, Any]:
    kind = f"{TREE}.operations.serialise.ExpressionFunctionParameter"
    return {"name": "f", "domains": DOMAINS, "func_args": list(arguments), "children": [inner], "$type": kind}


HEAT = "exp({energy} / 8.31446261815324 * (1 / 298.15 - 1 / T))"


def exchange(rate: float, energy: float) -> dict[str, Any]:
    text = f"{rate} * {HEAT.format(energy=energy)} * c_e ** 0.5 * c_s_surf ** 0.5 * (c_s_max - c_s_surf) ** 0.5"
    return function(text, "c_e", "c_s_surf", "c_s_max", "T")


def lg_m50() -> dict[str, Any]:
    """The cell of Chen et al. (2020) with the values that our named cell has from PyBaMM."""
    concentration = "(c_e / 1000)"
    return {
        "SEI partial molar volume [m3.mol-1]": 9.585e-05,
        "Ratio of lithium moles to SEI moles": 2.0,
        "SEI resistivity [Ohm.m]": 200000.0,
        "Initial SEI thickness [m]": 5e-09,
        "SEI reaction exchange current density [A.m-2]": 1.5e-07,
        "SEI open-circuit potential [V]": 0.4,
        "SEI electron conductivity [S.m-1]": 8.95e-14,
        "Negative current collector thickness [m]": 1.2e-05,
        "Negative electrode thickness [m]": 8.52e-05,
        "Separator thickness [m]": 1.2e-05,
        "Positive electrode thickness [m]": 7.56e-05,
        "Positive current collector thickness [m]": 1.6e-05,
        "Electrode height [m]": 0.065,
        "Electrode width [m]": 1.58,
        "Cell cooling surface area [m2]": 0.00531,
        "Cell volume [m3]": 2.42e-05,
        "Negative current collector conductivity [S.m-1]": 58411000.0,
        "Positive current collector conductivity [S.m-1]": 36914000.0,
        "Negative current collector density [kg.m-3]": 8960.0,
        "Positive current collector density [kg.m-3]": 2700.0,
        "Negative current collector specific heat capacity [J.kg-1.K-1]": 385.0,
        "Positive current collector specific heat capacity [J.kg-1.K-1]": 897.0,
        "Nominal cell capacity [A.h]": 5.0,
        "Current function [A]": 5.0,
        "Contact resistance [Ohm]": 0,
        "Negative electrode conductivity [S.m-1]": 215.0,
        "Maximum concentration in negative electrode [mol.m-3]": 33133.0,
        "Negative particle diffusivity [m2.s-1]": 3.3e-14,
        "Negative electrode OCP [V]": function(
            "1.9793 * exp(-39.3631 * sto) + 0.2482 - 0.0909 * tanh(29.8538 * (sto - 0.1234))"
            " - 0.04478 * tanh(14.9159 * (sto - 0.2769)) - 0.0205 * tanh(30.4444 * (sto - 0.6103))",
            "sto",
        ),
        "Negative electrode porosity": 0.25,
        "Negative electrode active material volume fraction": 0.75,
        "Negative particle radius [m]": 5.86e-06,
        "Negative electrode Bruggeman coefficient (electrolyte)": 1.5,
        "Negative electrode Bruggeman coefficient (electrode)": 0,
        "Negative electrode charge transfer coefficient": 0.5,
        "Negative electrode double-layer capacity [F.m-2]": 0.2,
        "Negative electrode exchange-current density [A.m-2]": exchange(6.48e-7, 35000.0),
        "Negative electrode density [kg.m-3]": 1657.0,
        "Negative electrode specific heat capacity [J.kg-1.K-1]": 700.0,
        "Positive electrode conductivity [S.m-1]": 0.18,
        "Maximum concentration in positive electrode [mol.m-3]": 63104.0,
        "Positive particle diffusivity [m2.s-1]": 4e-15,
        "Positive electrode OCP [V]": function(
            "-0.8090 * sto + 4.4875 - 0.0428 * tanh(18.5138 * (sto - 0.5542))"
            " - 17.7326 * tanh(15.7890 * (sto - 0.3117)) + 17.5842 * tanh(15.9308 * (sto - 0.3120))",
            "sto",
        ),
        "Positive electrode porosity": 0.335,
        "Positive electrode active material volume fraction": 0.665,
        "Positive particle radius [m]": 5.22e-06,
        "Positive electrode Bruggeman coefficient (electrolyte)": 1.5,
        "Positive electrode Bruggeman coefficient (electrode)": 0,
        "Positive electrode charge transfer coefficient": 0.5,
        "Positive electrode double-layer capacity [F.m-2]": 0.2,
        "Positive electrode exchange-current density [A.m-2]": exchange(3.42e-6, 17800.0),
        "Positive electrode density [kg.m-3]": 3262.0,
        "Positive electrode specific heat capacity [J.kg-1.K-1]": 700.0,
        "Separator porosity": 0.47,
        "Separator Bruggeman coefficient (electrolyte)": 1.5,
        "Separator density [kg.m-3]": 397.0,
        "Separator specific heat capacity [J.kg-1.K-1]": 700.0,
        "Initial concentration in electrolyte [mol.m-3]": 1000.0,
        "Cation transference number": 0.2594,
        "Thermodynamic factor": 1.0,
        "Electrolyte diffusivity [m2.s-1]": function(
            f"8.794e-11 * {concentration} ** 2 - 3.972e-10 * {concentration} + 4.862e-10", "c_e", "T"
        ),
        "Electrolyte conductivity [S.m-1]": function(
            f"0.1297 * {concentration} ** 3 - 2.51 * {concentration} ** 1.5 + 3.329 * {concentration}", "c_e", "T"
        ),
        "Reference temperature [K]": 298.15,
        "Total heat transfer coefficient [W.m-2.K-1]": 10.0,
        "Ambient temperature [K]": 298.15,
        "Number of electrodes connected in parallel to make a cell": 1.0,
        "Number of cells connected in series to make a battery": 1.0,
        "Lower voltage cut-off [V]": 2.5,
        "Upper voltage cut-off [V]": 4.2,
        "Open-circuit voltage at 0% SOC [V]": 2.5,
        "Open-circuit voltage at 100% SOC [V]": 4.2,
        "Initial concentration in negative electrode [mol.m-3]": 29866.0,
        "Initial concentration in positive electrode [mol.m-3]": 17038.0,
        "Initial temperature [K]": 298.15,
        "citations": ["Chen2020"],
    }
