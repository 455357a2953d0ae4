"""Formulas: what they mean, what is refused and where, and that nothing that was typed is run."""

from __future__ import annotations

import math

import numpy as np
import pytest

from joulebook.core.errors import InputError
from joulebook.core.expressions import FUNCTIONS, LONGEST_FORMULA, parse_expression

X = np.linspace(0.05, 0.95, 7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4.2 - 0.5*x + 0.1*tanh(10*(x-0.5))", 4.2 - 0.5 * X + 0.1 * np.tanh(10 * (X - 0.5))),
        ("-x**2", -(X**2)),
        ("2**-x", 2.0**-X),
        ("2**x**2", 2.0 ** (X**2)),
        ("+x/2/2", X / 4),
        ("exp(-39.3631*x) * 1.9793e0", 1.9793 * np.exp(-39.3631 * X)),
        ("max(x, 0.5) + min(x, 0.5, 0.2)", np.maximum(X, 0.5) + np.minimum(X, 0.2)),
        ("log(x) + sqrt(x) + abs(x - 1) + arctan(pi*x)", np.log(X) + np.sqrt(X) + np.abs(X - 1) + np.arctan(np.pi * X)),
        (" \n\t x\n + 1", X + 1),
        ("e**x", math.e**X),
        ("007.5 + .5*x + 1.", 8.5 + 0.5 * X),
        ("3", np.full(7, 3.0)),
    ],
)
def test_a_formula_means_what_it_says(text, expected):
    found = parse_expression(text)(np, X)
    assert found.shape == X.shape
    np.testing.assert_allclose(found, expected, rtol=1e-15)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_is_that_of_numpy(name):
    in_numpy, fewest, _ = FUNCTIONS[name]
    arguments = ", ".join(["x", "0.3"][:fewest])
    expected = getattr(np, in_numpy)(*[X, 0.3][:fewest]) if name != "arctanh" else np.arctanh(X)
    np.testing.assert_array_equal(parse_expression(f"{name}({arguments})")(np, X), expected)


def test_several_variables_go_together():
    formula = parse_expression("x*T", ("x", "T"))
    assert formula(np, X[:, None], np.array([300.0, 310.0])).shape == (7, 2)
    assert formula.used == {"x", "T"}
    assert parse_expression("x", ("x", "T")).used == {"x"}


def test_equal_texts_give_the_identical_function():
    assert parse_expression("1 + x") is parse_expression("1 + x")
    assert str(parse_expression("1 + x")) == "1 + x"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("2*y", "unknown name 'y' at character 3"),
        ("2x", "runs into 'x' at character 2"),
        ("0x10", "runs into 'x' at character 2"),
        ("1_000", "runs into '_' at character 2"),
        ("1.2.3", "runs into '.' at character 4"),
        ("x^2", "'^' at character 2 has no meaning in a formula. Write ** for a power"),
        ("x = 1", "Write only the right-hand side"),
        ("1e999*x", "the number at character 1 is too large"),
        ("9" * 5000, "too large"),
        ("x*(1/0)", "what stands at character 4 has no finite value"),
        ("9**9**9**9", "has no finite value"),
        ("sqrt(-1)", "has no finite value"),
        ("exp", "the function exp at character 1 has no argument"),
        ("exp(x, x)", "takes 1 values, not 2"),
        ("max(x)", "takes 2 to 20 values, not 1"),
        ("3(x)", "is no function. Write * between the factors"),
        ("(x)(x)", "is no function"),
        ("x(2)", "is no function"),
        ("exp(*x)", "is not a formula at character 5"),
        ("x x", "is not a formula at character 3"),
        ("(x", "is not a formula at character 1"),
        ("x)", "is not a formula at character 2"),
        ("x,", "is not a formula at character 1"),
        ("()", "is not a formula"),
        ("x //2", "is not a formula"),
        ("x if x else 1", "unknown name 'if'"),
        ("lambda: x", "unknown name 'lambda'"),
        ("not x", "unknown name 'not'"),
        ("x.real", "'.' at character 2"),
        ("x[0]", "'[' at character 2"),
        ("'x'", "at character 1"),
        ("__import__('os')", "'_' at character 1"),
        ("x\x00", "at character 2"),
        ("x # a comment", "'#' at character 3"),
        ("+" * 500 + "x", "too many parts"),
        ("(" * 160 + "x" + ")" * 160, "more than 150 brackets"),
        ("+".join(["x"] * 400), "too many parts"),
        ("x+" * LONGEST_FORMULA + "x", "characters"),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(text, words):
    with pytest.raises(InputError) as caught:
        parse_expression(text, path="negative.ocp")
    assert words in str(caught.value)
    assert caught.value.issues[0].path == "negative.ocp"


def test_a_value_that_does_not_exist_is_not_a_number_not_an_exception():
    with np.errstate(all="ignore"):
        assert np.isnan(parse_expression("log(x)")(np, np.array([-1.0]))).all()
        assert np.isinf(parse_expression("1/x")(np, 0.0))
        assert np.isnan(parse_expression("x**0.5")(np, -1.0))
