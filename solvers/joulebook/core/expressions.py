"""Formulas as people write them, read without trusting them: ``"4.2 - 0.5*x + 0.1*tanh(10*(x - 0.5))"``.

A formula may hold numbers, the variables that the reader of it offers, the constants ``pi`` and ``e``, the operators
``+ - * / **``, brackets, and the functions of :data:`FUNCTIONS`. Every character is checked first; then Python's
grammar gives the tree, every node of which is checked again; nothing that was typed is ever run as Python. The tree
becomes a function of arrays that works for NumPy and CuPy alike.

What a formula holds of constants only is worked out when it is read; a part without a finite value is a fault then.
"""

from __future__ import annotations

import ast
import functools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from joulebook.core.errors import InputError, Issue

__all__ = ["FUNCTIONS", "LONGEST_FORMULA", "Expression", "formula_tree", "parse_expression"]

LONGEST_FORMULA = 20_000
"""Characters."""
_MOST_PARTS = 4000
_DEEPEST = 150
"""Brackets and terms within each other; far below what Python's own reader and stack allow."""

FUNCTIONS: dict[str, tuple[str, int, int]] = {
    "abs": ("abs", 1, 1),
    "arccos": ("arccos", 1, 1),
    "arcsin": ("arcsin", 1, 1),
    "arcsinh": ("arcsinh", 1, 1),
    "arctan": ("arctan", 1, 1),
    "arctanh": ("arctanh", 1, 1),
    "cos": ("cos", 1, 1),
    "cosh": ("cosh", 1, 1),
    "exp": ("exp", 1, 1),
    "log": ("log", 1, 1),
    "log10": ("log10", 1, 1),
    "max": ("maximum", 2, 20),
    "min": ("minimum", 2, 20),
    "sign": ("sign", 1, 1),
    "sin": ("sin", 1, 1),
    "sinh": ("sinh", 1, 1),
    "sqrt": ("sqrt", 1, 1),
    "tan": ("tan", 1, 1),
    "tanh": ("tanh", 1, 1),
}
"""Name in a formula to name in NumPy, fewest and most arguments. ``log`` is the natural logarithm."""
_CONSTANTS = {"pi": math.pi, "e": math.e}
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<operator>\*\*|[-+*/(),])|(?P<space>[ \t\r\n]+)"
)
_PADDING = re.compile(r"\s+|^0+(?=\d)")
"""Space, and zeros in front of a number, which Python does not read."""
_HINTS = {
    "^": "Write ** for a power",
    "·": "Write * for a product",
    "×": "Write * for a product",
    "−": "Write the minus sign of the keyboard, -",
    "–": "Write the minus sign of the keyboard, -",
    "[": "Write round brackets",
    "{": "Write round brackets",
    "=": "Write only the right-hand side",
}

_Values = tuple[Any, ...]
_Node = Callable[[Any, _Values], Any]
"""A piece of the formula: array module and values of the variables to its value."""


@dataclass(frozen=True, eq=False)
class Expression:
    """A formula that was read and found safe; call it with an array module and its variables.

    Parameters
    ----------
    text : str
        As it was written.
    variables : tuple of str
        Those offered; :meth:`__call__` takes their values in this order.
    used : frozenset of str
        Those that stand in the formula.
    """

    text: str
    variables: tuple[str, ...]
    used: frozenset[str]
    _value: _Node | float

    def __call__(self, xp: Any, *values: Any) -> Any:
        """Evaluate the formula.

        Parameters
        ----------
        xp : module
            NumPy or CuPy.
        *values : ndarray, any shapes that go together
            One per variable.

        Returns
        -------
        ndarray, the common shape of the values
            The value; not a number where the formula has none.
        """
        arrays = [xp.asarray(value, dtype=np.float64) for value in values]
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        found = self._value if isinstance(self._value, float) else self._value(xp, tuple(arrays))
        return xp.broadcast_to(xp.asarray(found), shape) + 0.0

    def __str__(self) -> str:
        return self.text


@functools.lru_cache(maxsize=1024)
def parse_expression(text: str, variables: Sequence[str] = ("x",), path: str = "") -> Expression:
    """Read a formula; the same text gives the identical object again.

    Parameters
    ----------
    text : str
        The formula.
    variables : tuple of str
        Names that it may use.
    path : str
        Where it stands in a document, for messages.

    Returns
    -------
    Expression
        A function of arrays.

    Raises
    ------
    InputError
        If the text is not such a formula; the message says at which character.

    Examples
    --------
    >>> import numpy as np
    >>> formula = parse_expression("4.2 - 0.5*x + 0.1*tanh(10*(x - 0.5))")
    >>> formula(np, np.array([0.5, 1.0])).round(4).tolist()
    [3.95, 3.8]
    >>> parse_expression("2*y + 1")
    Traceback (most recent call last):
    ...
    joulebook.core.errors.InputError: input = '2*y + 1': unknown name 'y' at character 3. Known here: x, e, pi, abs, \
arccos, arcsin, arcsinh, arctan, arctanh, cos, cosh, exp, log, log10, max, min, sign, sin, sinh, sqrt, tan, tanh
    """
    return _Reader(text, tuple(variables), path).read()


def formula_tree(text: str) -> ast.expr:
    """Give the tree of a formula that :func:`parse_expression` has accepted.

    Parameters
    ----------
    text : str
        The formula.

    Returns
    -------
    ast.expr
        Of numbers, names, signs, operators and calls only.
    """
    line = "".join(_PADDING.sub(lambda blank: " " * len(blank[0]), found[0]) for found in _TOKEN.finditer(text))
    return ast.parse(line.lstrip(), mode="eval").body


class _Reader:
    """Checks one text and turns it into a function."""

    def __init__(self, text: str, variables: tuple[str, ...], path: str) -> None:
        self.text, self.variables, self.path = text, variables, path
        self.parts = 0
        self.used: set[str] = set()

    def fault(self, rule: str, hint: str = "") -> InputError:
        return InputError(Issue(self.path, self.text, rule, hint))

    def read(self) -> Expression:
        if not self.text.strip():
            raise self.fault("is empty", "Write a formula such as 4.2 - 0.5*x")
        if len(self.text) > LONGEST_FORMULA:
            raise self.fault(
                f"has {len(self.text)} characters, at most {LONGEST_FORMULA} are read", "Give a table instead"
            )
        line = self._check_characters()
        try:
            tree = ast.parse(line, mode="eval")
        except SyntaxError as error:
            raise self.fault(
                f"is not a formula at character {error.offset or 1}", "Are all brackets closed and operators there?"
            ) from None
        except (ValueError, MemoryError, RecursionError):
            raise self.fault("is nested too deeply to be read", "Simplify it, or give a table") from None
        value = self._build(tree.body, 0)
        used = frozenset(self.used)
        return Expression(self.text, self.variables, used, value)

    def _check_characters(self) -> str:
        """Let only numbers, known names, operators and brackets through; give them as one line."""
        at, level = 0, 0
        pieces: list[str] = []
        while at < len(self.text):
            found = _TOKEN.match(self.text, at)
            if found is None:
                sign = self.text[at]
                raise self.fault(f"{sign!r} at character {at + 1} has no meaning in a formula", _HINTS.get(sign, ""))
            piece = found[0]
            if found["number"] is not None and re.match(r"[\w.]", self.text[found.end() :][:1]):
                raise self.fault(
                    f"a number runs into {self.text[found.end()]!r} at character {found.end() + 1}",
                    "Write * between the factors of a product",
                )
            if found["number"] is not None and math.isinf(float(piece)):
                raise self.fault(f"the number at character {at + 1} is too large")
            if found["name"] is not None:
                self._check_name(piece, at)
            if found["operator"] is not None:
                level += {"(": 1, ")": -1}.get(piece, 0)
                if level > _DEEPEST:
                    raise self.fault(f"has more than {_DEEPEST} brackets within each other at character {at + 1}")
            pieces.append(_PADDING.sub(lambda blank: " " * len(blank[0]), piece))
            at = found.end()
        return self._without_leading_space("".join(pieces))

    @staticmethod
    def _without_leading_space(line: str) -> str:
        """Python takes space at the start for an indentation; a bracket keeps the count of characters."""
        bare = line.lstrip()
        return bare if len(bare) == len(line) else f"({' ' * (len(line) - len(bare) - 1)}{bare})"

    def _check_name(self, name: str, at: int) -> None:
        if name not in self.variables and name not in _CONSTANTS and name not in FUNCTIONS:
            known = ", ".join((*self.variables, *sorted(_CONSTANTS), *FUNCTIONS))
            raise self.fault(f"unknown name {name!r} at character {at + 1}", f"Known here: {known}")

    def _build(self, node: ast.expr, depth: int) -> _Node | float:
        self.parts += 1
        if self.parts > _MOST_PARTS or depth > _DEEPEST:
            raise self.fault("has too many parts to be read", "Simplify it, or give a table")
        if isinstance(node, ast.Constant):
            return self._number(node)
        if isinstance(node, ast.Name):
            return self._named(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
            inner = self._build(node.operand, depth + 1)
            if isinstance(node.op, ast.UAdd):
                return inner
            return self._joined(node, lambda _xp, a: -a, [inner])
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            operate = _OPERATORS[type(node.op)]
            sides = [self._build(node.left, depth + 1), self._build(node.right, depth + 1)]
            return self._joined(node, lambda _xp, a, b: operate(a, b), sides)
        if isinstance(node, ast.Call):
            return self._called(node, depth)
        raise self.fault(f"is not a formula at character {node.col_offset + 1}", "Use numbers, + - * / ** and brackets")

    def _number(self, node: ast.Constant) -> float:
        if not isinstance(node.value, int | float):
            raise self.fault(f"is not a formula at character {node.col_offset + 1}")
        return float(node.value)

    def _named(self, node: ast.Name) -> _Node | float:
        if node.id in self.variables:
            place = self.variables.index(node.id)
            self.used.add(node.id)
            return lambda _xp, values: values[place]
        if node.id in _CONSTANTS:
            return _CONSTANTS[node.id]
        raise self.fault(
            f"the function {node.id} at character {node.col_offset + 1} has no argument", f"Write {node.id}(…)"
        )

    def _called(self, node: ast.Call, depth: int) -> _Node | float:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords:
            raise self.fault(
                f"what stands before the bracket at character {node.col_offset + 1} is no function",
                "Write * between the factors of a product",
            )
        in_numpy, fewest, most = FUNCTIONS[name]
        if not fewest <= len(node.args) <= most:
            wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
            raise self.fault(f"{name} at character {node.col_offset + 1} takes {wanted} values, not {len(node.args)}")
        inner = [self._build(argument, depth + 1) for argument in node.args]
        if fewest == 1:
            return self._joined(node, lambda xp, a: getattr(xp, in_numpy)(a), inner)
        return self._joined(node, lambda xp, *several: functools.reduce(getattr(xp, in_numpy), several), inner)

    def _joined(self, node: ast.expr, operate: Callable[..., Any], inner: list[_Node | float]) -> _Node | float:
        """One operation on pieces; on numbers alone it is done at once."""
        numbers = [piece for piece in inner if isinstance(piece, float)]
        if len(numbers) == len(inner):
            with np.errstate(all="ignore"):
                value = float(operate(np, *(np.float64(number) for number in numbers)))
            if not math.isfinite(value):
                raise self.fault(f"what stands at character {node.col_offset + 1} has no finite value")
            return value
        return lambda xp, values: operate(
            xp, *(piece if isinstance(piece, float) else piece(xp, values) for piece in inner)
        )
