"""Formulas of the library's laws, found by calling them: for files that hold formulas as text.

A law is a Python function of an array module and arrays (``f(xp, x)``). It is called with stand-ins that note what is
done with them, and the notes are the formula. A law that does something else, as looking up a table, has none.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from joulebook.core.errors import InputError
from joulebook.core.expressions import FUNCTIONS, formula_tree, parse_expression

__all__ = ["trace_formula"]

_IN_NUMPY = {in_numpy: name for name, (in_numpy, _, _) in FUNCTIONS.items()} | {"absolute": "abs", "fabs": "abs"}


class _UntraceableError(Exception):
    """The law is not a formula."""


class _Traced:
    """Stands for an array and notes what is done with it."""

    __array_ufunc__ = None

    def __init__(self, text: str) -> None:
        self.text = text

    def __add__(self, other: Any) -> _Traced:
        return _Traced(f"({self.text} + {_text(other)})")

    def __radd__(self, other: Any) -> _Traced:
        return _Traced(f"({_text(other)} + {self.text})")

    def __sub__(self, other: Any) -> _Traced:
        return _Traced(f"({self.text} - {_text(other)})")

    def __rsub__(self, other: Any) -> _Traced:
        return _Traced(f"({_text(other)} - {self.text})")

    def __mul__(self, other: Any) -> _Traced:
        return _Traced(f"({self.text} * {_text(other)})")

    def __rmul__(self, other: Any) -> _Traced:
        return _Traced(f"({_text(other)} * {self.text})")

    def __truediv__(self, other: Any) -> _Traced:
        return _Traced(f"({self.text} / {_text(other)})")

    def __rtruediv__(self, other: Any) -> _Traced:
        return _Traced(f"({_text(other)} / {self.text})")

    def __pow__(self, other: Any) -> _Traced:
        return _Traced(f"({self.text} ** {_text(other)})")

    def __rpow__(self, other: Any) -> _Traced:
        return _Traced(f"({_text(other)} ** {self.text})")

    def __neg__(self) -> _Traced:
        return _Traced(f"(-{self.text})")

    def __pos__(self) -> _Traced:
        return self

    def __bool__(self) -> bool:
        raise _UntraceableError

    __float__ = __int__ = __len__ = __iter__ = __bool__
    __lt__ = __le__ = __gt__ = __ge__ = lambda self, _other: bool(self)


class _Notes:
    """Stands for the array module."""

    pi = 3.141592653589793
    e = 2.718281828459045

    @staticmethod
    def asarray(value: Any, dtype: Any = None) -> _Traced:
        """Numbers and stand-ins are arrays already."""
        return value if isinstance(value, _Traced) else _Traced(_text(value))

    def __getattr__(self, name: str) -> Callable[..., _Traced]:
        if name not in _IN_NUMPY:
            raise _UntraceableError
        return lambda *values: _Traced(f"{_IN_NUMPY[name]}({', '.join(_text(value) for value in values)})")


def _text(value: Any) -> str:
    if isinstance(value, _Traced):
        return value.text
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise _UntraceableError from None
    return repr(number) if number >= 0 else f"({number!r})"


def trace_formula(function: Callable[..., Any], variables: tuple[str, ...] = ("x",)) -> str | None:
    """Find the formula of a law.

    Parameters
    ----------
    function : callable
        ``f(xp, x)``, or with more variables.
    variables : tuple of str
        Their names in the formula.

    Returns
    -------
    str or None
        Which :func:`joulebook.core.expressions.parse_expression` reads; None if the law is not a formula.

    Examples
    --------
    >>> trace_formula(lambda xp, x: 4.2 - 0.5 * xp.exp(-x))
    '4.2 - 0.5 * exp(-x)'
    """
    try:
        found = function(_Notes(), *(_Traced(name) for name in variables))
        text = _text(found)
        parse_expression(text, variables)
        return ast.unparse(formula_tree(text))
    except (_UntraceableError, InputError, TypeError, AttributeError, ValueError):
        return None
