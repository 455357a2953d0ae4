"""LaTeX of the subset becomes Typst mathematics that Typst accepts, and MathML."""

from __future__ import annotations

import pytest
import typst

from joulebook import materials
from joulebook.core.errors import InputError
from joulebook.materials.records import Law
from joulebook.report.cell_methods import method_section
from joulebook.report.equations import FUNCTIONS, GREEK, SIGNS, break_points, parse, to_typst
from joulebook.report.html_writer import _mathml

EQUATIONS = [
    r"E = m c^2",
    r"\frac{1}{r^2} \frac{\partial}{\partial r}\left(r^2 D_s \frac{\partial c}{\partial r}\right)",
    r"x \in [0, 1)",
    r"\sqrt[3]{a} + \sqrt{b}",
    r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
    r"\bar{x} + \dot{x} + \hat{x} + \tilde{x} + \vec{x} + \overline{xy}",
    r"c_{s,\mathrm{max}}^{2} a' \% 5~\text{mol/L}",
    r"\left. \frac{a}{b} \right|_{r=R}",
    r"\int_0^1 f\,dx, \quad \sum_{i=1}^n i; \, a/b \cdot |c|",
]


def formulas() -> list[str]:
    found = []
    for kind in ("active", "electrolyte", "film", "metal"):
        for name in materials.names(kind):
            record = getattr(materials, kind)(name)
            found += [value.formula for value in vars(record).values() if isinstance(value, Law)]
    for model in ("DFN", "SPM"):
        found += [block.latex for block in method_section(model).blocks if block.block == "equation"]
    return found


def compiles(latex: str) -> bool:
    return typst.compile(f"$ {to_typst(latex)} $".encode(), format="svg") is not None


@pytest.mark.parametrize("latex", EQUATIONS + formulas())
def test_every_equation_is_drawn_by_both_writers(latex):
    assert compiles(latex)
    assert _mathml(latex, "block").startswith("<math")


def test_every_known_command_is_drawn():
    assert compiles(" ".join(rf"\{name} " for name in (*GREEK, *FUNCTIONS, *SIGNS)))


@pytest.mark.parametrize(
    ("latex", "message"),
    [
        (r"\foo", r"\\foo is outside"),
        ("a}", "without its beginning"),
        ("{a", "ends before its }"),
        ("x^a^b", "two \\^ in a row"),
        ("", "must not be empty"),
        (r"\frac{a}", "ends where an argument should stand"),
        (r"\left< a \right>", "Allowed"),
        ("a \x07", "cannot be drawn"),
    ],
)
def test_faults_are_told(latex, message):
    with pytest.raises(InputError, match=message):
        parse(latex)


def test_typst_code_cannot_be_smuggled_in():
    source = to_typst(r'\text{a" + #sys.version + "b} \# \$')
    assert '"a + #sys.version + b"' in source
    assert source.endswith(r"\# \$")


def test_long_equations_break_at_outer_signs_only():
    latex = r"U = 1.97 e^{-39.3 x} + 0.24 - 0.09 \tanh(29.8 (x - 0.12)) + \left[a - b\right] - 0.04 \tanh(9 x)"
    pieces = break_points(latex, 40)
    assert len(pieces) == 6
    assert "".join(piece.removeprefix("{}") for piece in pieces) == latex
    assert all(_mathml(piece, "inline") for piece in pieces)
