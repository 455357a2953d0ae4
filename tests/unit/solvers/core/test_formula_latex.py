"""Formulas as LaTeX: brackets where they are needed, and only what reports can draw."""

from __future__ import annotations

import pytest

from joulebook.core.expressions import FUNCTIONS, parse_expression
from joulebook.core.formula_latex import formula_latex
from joulebook.report.equations import parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x - (1 - x)", r"x - \left(1 - x\right)"),
        ("x - 1 - x", "x - 1 - x"),
        ("x + (1 - x)", "x + 1 - x"),
        ("(x + 1)*2.5e-3", r"\left(x + 1\right) \cdot 0.0025"),
        ("3e-14*x", r"3\cdot 10^{-14}\,x"),
        ("(-x)**2", r"\left(-x\right)^{2}"),
        ("-x**2", "-x^{2}"),
        ("x*-2", r"x\,\left(-2\right)"),
        ("x**(x+1)", "x^{x + 1}"),
        ("(x**2)**3", r"\left(x^{2}\right)^{3}"),
        ("1/(1 + exp(-x))", r"\frac{1}{1 + \exp\left(-x\right)}"),
        ("log(c_e) + pi", r"\ln\left(c_\mathrm{e}\right) + \pi"),
    ],
)
def test_formulas_keep_their_meaning(text, expected):
    assert formula_latex(parse_expression(text, ("x", "c_e"))) == expected


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_reports_draw_every_function(name):
    arguments = ", ".join(["x", "0.3"][: FUNCTIONS[name][1]])
    parse(formula_latex(parse_expression(f"2*{name}({arguments})**2/3 - e*T", ("x", "T"))))
