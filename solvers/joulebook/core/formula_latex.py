"""Formulas that were read (:mod:`joulebook.core.expressions`), written as LaTeX for screens and reports."""

from __future__ import annotations

import ast

from joulebook.core.expressions import Expression, formula_tree

__all__ = ["formula_latex"]

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 6)
"""How strongly the parts of a formula hold together."""
_NAMED = {"log": "ln", "arctan": "arctan", "arcsin": "arcsin", "exp": "exp"}
_UPRIGHT = {"arccos", "arcsinh", "arctanh", "log10", "sign"}
_LETTERS = {"c_e": r"c_\mathrm{e}", "pi": r"\pi", "e": r"\mathrm{e}"}


def formula_latex(expression: Expression) -> str:
    r"""Write a formula as LaTeX.

    Parameters
    ----------
    expression : Expression
        The formula.

    Returns
    -------
    str
        In the subset that reports draw.

    Examples
    --------
    >>> from joulebook.core.expressions import parse_expression
    >>> formula_latex(parse_expression("4.2 - 0.5*x**2 + 1e-14*tanh(10*(x - 0.5))/sqrt(x)"))
    '4.2 - 0.5\\,x^{2} + \\frac{10^{-14}\\,\\tanh\\left(10\\,\\left(x - 0.5\\right)\\right)}{\\sqrt{x}}'
    """
    return _write(formula_tree(expression.text))[0]


def _write(node: ast.expr) -> tuple[str, int]:
    """LaTeX of a piece, and how strongly it holds together."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return _number(node.value)
    if isinstance(node, ast.Name):
        return _LETTERS.get(node.id, node.id if len(node.id) == 1 else rf"\mathrm{{{node.id}}}"), _ATOM
    if isinstance(node, ast.UnaryOp):
        sign = "-" if isinstance(node.op, ast.USub) else ""
        return sign + _held(node.operand, _PRODUCT), _SIGN if sign else _PRODUCT
    if isinstance(node, ast.BinOp):
        return _joined(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _called(node.func.id, [_write(argument)[0] for argument in node.args]), _ATOM
    return ast.unparse(node), _ATOM


def _number(value: float) -> tuple[str, int]:
    text = f"{value:.10g}"
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text, _ATOM
    power = f"10^{{{int(exponent)}}}"
    return (power, _POWER) if mantissa == "1" else (rf"{mantissa}\cdot {power}", _PRODUCT)


def _joined(node: ast.BinOp) -> tuple[str, int]:
    if isinstance(node.op, ast.Add | ast.Sub):
        sign = "+" if isinstance(node.op, ast.Add) else "-"
        right = _held(node.right, _PRODUCT if sign == "-" else _SUM, signed=True)
        return f"{_held(node.left, _SUM)} {sign} {right}", _SUM
    if isinstance(node.op, ast.Div):
        return rf"\frac{{{_write(node.left)[0]}}}{{{_write(node.right)[0]}}}", _PRODUCT
    if isinstance(node.op, ast.Pow):
        return f"{_held(node.left, _ATOM)}^{{{_write(node.right)[0]}}}", _POWER
    between = r" \cdot " if isinstance(node.right, ast.Constant) else r"\,"
    return f"{_held(node.left, _PRODUCT)}{between}{_held(node.right, _PRODUCT, signed=True)}", _PRODUCT


def _held(node: ast.expr, least: int, *, signed: bool = False) -> str:
    """A piece, in brackets where it would fall apart."""
    text, strength = _write(node)
    loose = strength < least or (signed and strength == _SIGN)
    return rf"\left({text}\right)" if loose else text


def _called(name: str, arguments: list[str]) -> str:
    if name == "sqrt":
        return rf"\sqrt{{{arguments[0]}}}"
    if name == "abs":
        return rf"\left|{arguments[0]}\right|"
    written = rf"\operatorname{{{name}}}" if name in _UPRIGHT else rf"\{_NAMED.get(name, name)}"
    return rf"{written}\left({', '.join(arguments)}\right)"
