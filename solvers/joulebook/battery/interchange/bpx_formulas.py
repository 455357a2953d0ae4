"""Properties as BPX writes them: a number, a formula in ``x`` alone, or a table with straight lines."""

from __future__ import annotations

import ast
import math

import numpy as np

from joulebook.core.expressions import formula_tree
from joulebook.materials.as_documents import fine_table
from joulebook.materials.documents import KINDS
from joulebook.materials.properties import Property

__all__ = ["bpx_function"]

_FUNCTIONS = ("exp", "tanh", "cosh")
"""What readers of BPX know."""
_NUMBERS = {"pi": math.pi, "e": math.e}


class _UnknownFunctionError(Exception):
    """A formula of BPX cannot say it."""


class _Rewrite(ast.NodeTransformer):
    """Puts ``x`` for the variable, numbers for names, and powers for roots."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(_NUMBERS[node.id]) if node.id in _NUMBERS else ast.Name("x")

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        inner = [self.visit(argument) for argument in node.args]
        if name == "sqrt":
            return ast.BinOp(inner[0], ast.Pow(), ast.Constant(0.5))
        if name not in _FUNCTIONS:
            raise _UnknownFunctionError
        return ast.Call(ast.Name(name), inner, [])


def _is_bpx(text: str) -> bool:
    """Whether a formula can stay as it was written."""
    names = {node.id for node in ast.walk(formula_tree(text)) if isinstance(node, ast.Name)}
    return names <= {"x", *_FUNCTIONS}


def bpx_function(
    given: Property, variable: str, high: float, tolerance: float | None = None
) -> float | str | dict[str, list[float]]:
    """Write a property for BPX.

    Parameters
    ----------
    given : Property
        A number, formula or table, without the temperature.
    variable : str
        ``"x"`` for stoichiometry, ``"c_e"`` for salt concentration.
    high : float
        To which value of the variable a table has to go.
    tolerance : float, optional
        Of a table that stands for a formula, in the unit of the property; a millionth of its largest value otherwise.

    Returns
    -------
    float, str or dict
        The number, the formula in ``x``, or the table.
    """
    if given.value is not None:
        return given.value
    kind = KINDS["ocp" if variable == "x" else "transference_number"]
    if given.expression is not None:
        try:
            tree = _Rewrite().visit(formula_tree(given.expression))
            return given.expression if _is_bpx(given.expression) else ast.unparse(tree)
        except _UnknownFunctionError:
            pass
    if given.table is not None and given.table.interpolation == "linear":
        x, y = given.table.rising()
        return {"x": x.tolist(), "y": y.tolist()}
    function = kind.functions(given)[0]
    x, y = fine_table(lambda places: function(np, places), 0.0, high, tolerance)
    return {"x": x.tolist(), "y": y.tolist()}
