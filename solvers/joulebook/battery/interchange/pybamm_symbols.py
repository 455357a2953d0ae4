"""Symbol trees of PyBaMM's JSON files as formulas of ours.

Since version 26, PyBaMM writes a function as a tree of nodes ``{"$type": …, "children": […]}``; older files name the
class under ``type`` or ``py/object``. The tree becomes the text of a formula, or a table where it is a plain
interpolant; a node that neither can say is named in the error.

References
----------
PyBaMM 26.10, ``ParameterValues.to_json`` (BSD-3-Clause), whose files were looked at for the layout.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

__all__ = ["Parameters", "UnreadableError", "function_of"]

_BINARY = {"Addition": "+", "Subtraction": "-", "Multiplication": "*", "Division": "/", "Power": "**"}
_FUNCTIONS = {
    "AbsoluteValue": "abs",
    "Arcsinh": "arcsinh",
    "Arctan": "arctan",
    "Cos": "cos",
    "Cosh": "cosh",
    "Exp": "exp",
    "Log": "log",
    "Log10": "log10",
    "Max": "max",
    "Maximum": "max",
    "Min": "min",
    "Minimum": "min",
    "Sign": "sign",
    "Sin": "sin",
    "Sinh": "sinh",
    "Sqrt": "sqrt",
    "Tanh": "tanh",
}
_INTERPOLATIONS = {"linear": "linear", "pchip": "pchip", "cubic": "spline"}
_DEEPEST = 140
_LONGEST = 20_000
_MOST_POINTS = 20_000
_TEMPERATURES = ("T", "T_dim", "T_cell")
"""What temperatures are called among the arguments of functions."""
_ALIASES = {"T_ref": "Reference temperature [K]", "t_plus": "Cation transference number"}
"""Arguments that PyBaMM fills in itself."""


class UnreadableError(Exception):
    """A value that cannot be said in our terms; the text says why."""


class Parameters:
    """The parameters of a file, and which of them were read.

    Parameters
    ----------
    values : mapping
        Name to number, text, list or symbol tree.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.read: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def number(self, name: str) -> float | None:
        """Read a number.

        Parameters
        ----------
        name : str
            PyBaMM's name of the parameter.

        Returns
        -------
        float or None
            None where there is no such parameter, or it is not a finite number.
        """
        value = self.values.get(name)
        if isinstance(value, Mapping) and _class_of(value) in {"Scalar", "Constant"}:
            value = value.get("value")
        found = _finite(value)
        if found is not None:
            self.read.add(name)
        return found

    def function(self, name: str, variables: tuple[str, ...]) -> dict[str, Any]:
        """Read a number or function.

        Parameters
        ----------
        name : str
            PyBaMM's name of the parameter.
        variables : tuple of str
            What its arguments are called in the formula, in PyBaMM's order, the temperature last.

        Returns
        -------
        dict
            With ``value``, ``expression`` or ``table``, as properties of materials have them.

        Raises
        ------
        UnreadableError
            If there is no such parameter, or it cannot be said in our terms.
        """
        number = self.number(name)
        if number is not None:
            return {"value": number}
        if name not in self:
            raise UnreadableError(f"{name} is missing")
        found = function_of(self, self.values[name], variables)
        self.read.add(name)
        return found

    def left(self) -> list[str]:
        """List the parameters that were not read.

        Returns
        -------
        list of str
            Their names, in the order of the file.
        """
        return [name for name in self.values if name not in self.read]


def _finite(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def _class_of(node: Mapping[str, Any]) -> str:
    tag = node.get("$type") or node.get("py/object") or node.get("type") or ""
    return tag.rsplit(".", 1)[-1] if isinstance(tag, str) else ""


def function_of(parameters: Parameters, node: Any, variables: tuple[str, ...]) -> dict[str, Any]:
    """Turn a symbol tree into a number, formula or table.

    Parameters
    ----------
    parameters : Parameters
        Of the file, for names that stand in the tree.
    node : object
        The tree.
    variables : tuple of str
        What its arguments are called in the formula, the temperature last.

    Returns
    -------
    dict
        With ``expression`` or ``table``.

    Raises
    ------
    UnreadableError
        If the tree cannot be said in our terms.
    """
    if not isinstance(node, Mapping):
        raise UnreadableError("is neither a number nor a symbol tree")
    names = _argument_names(node, variables)
    body = _only_child(node) if _class_of(node) == "ExpressionFunctionParameter" else node
    if isinstance(body, Mapping) and _class_of(body) == "Interpolant":
        return {"table": _table(body, names)}
    text = _Formula(parameters, names).text(body, 0)
    if len(text) > _LONGEST:
        raise UnreadableError("is too long a formula")
    return {"expression": text}


def _arguments(node: Mapping[str, Any]) -> list[str]:
    given = node.get("func_args")
    return [name for name in given if isinstance(name, str)] if isinstance(given, list) else []


def _argument_names(node: Mapping[str, Any], variables: tuple[str, ...]) -> dict[str, str]:
    """What the arguments are called in the formula: temperatures by their name, the others in their order."""
    *others, temperature = variables
    arguments = _arguments(node)
    hot = [name for name in arguments if name in _TEMPERATURES]
    cold = [name for name in arguments if name not in _TEMPERATURES]
    return {**dict(zip(cold, others, strict=False)), **dict.fromkeys(hot, temperature)}


def _children(node: Mapping[str, Any]) -> list[Any]:
    found = node.get("children")
    return found if isinstance(found, list) else []


def _only_child(node: Mapping[str, Any]) -> Any:
    inner = _children(node)
    if len(inner) != 1:
        raise UnreadableError(f"{_class_of(node)} has {len(inner)} children, not one")
    return inner[0]


def _table(node: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    child = _only_child(node)
    plain = isinstance(child, Mapping) and _class_of(child) == "Parameter" and child.get("name") in names
    places, values = node.get("x"), node.get("y")
    if isinstance(places, list) and len(places) == 1 and isinstance(places[0], list):
        places = places[0]
    if not plain or not isinstance(places, list) or not isinstance(values, list) or len(places) != len(values):
        raise UnreadableError("is an interpolant of more than one plain variable")
    if node.get("_num_derivatives") not in {0, None} or node.get("interpolator") not in _INTERPOLATIONS:
        raise UnreadableError(f"is interpolated by {node.get('interpolator')!r}, which is not known here")
    rows = [(_finite(x), _finite(y)) for x, y in zip(places, values, strict=True)]
    if not 2 <= len(rows) <= _MOST_POINTS or any(x is None or y is None for x, y in rows):
        raise UnreadableError(f"is a table of {len(rows)} rows with more than finite numbers, or fewer than 2 rows")
    return {
        "x": [x for x, _ in rows],
        "y": [y for _, y in rows],
        "interpolation": _INTERPOLATIONS[node["interpolator"]],
    }


class _Formula:
    """Writes trees as text, every operation in brackets where it has to be."""

    def __init__(self, parameters: Parameters, names: Mapping[str, str]) -> None:
        self.parameters, self.names = parameters, names
        self.nodes = 0

    def text(self, node: Any, depth: int) -> str:
        self.nodes += 1
        if depth > _DEEPEST or self.nodes > _LONGEST // 4:
            raise UnreadableError("is too deep or too large a formula")
        number = _finite(node)
        if number is not None:
            return _number(number)
        if not isinstance(node, Mapping):
            raise UnreadableError("holds something that is no symbol")
        kind = _class_of(node)
        if kind in {"Scalar", "Constant"}:
            return self._scalar(node)
        if kind == "Parameter":
            return self._parameter(node, depth)
        if kind == "ExpressionFunctionParameter":
            return self.text(_only_child(node), depth + 1)
        if kind == "FunctionParameter":
            return self._call(node, depth)
        inner = [self.text(child, depth + 1) for child in _children(node)]
        if kind in _BINARY and len(inner) == 2:
            return f"({inner[0]} {_BINARY[kind]} {inner[1]})"
        if kind in {"Negate", "Negation"} and len(inner) == 1:
            return f"(-{inner[0]})"
        function = node.get("function") if kind in {"SpecificFunction", "Function"} else None
        name = _FUNCTIONS.get(kind) or (function if function in _FUNCTIONS.values() else None)
        if name is None or not inner:
            raise UnreadableError(f"holds {kind or 'a node without a type'}, which has no formula here")
        return f"{name}({', '.join(inner)})"

    def _scalar(self, node: Mapping[str, Any]) -> str:
        number = _finite(node.get("value"))
        if number is None:
            raise UnreadableError("holds a number that is not finite")
        return _number(number)

    def _parameter(self, node: Mapping[str, Any], depth: int) -> str:
        name = node.get("name")
        if not isinstance(name, str):
            raise UnreadableError("holds a parameter without a name")
        if name in self.names:
            return self.names[name]
        number = self.parameters.number(_ALIASES.get(name, name))
        if number is not None:
            return _number(number)
        inner = self.parameters.values.get(name)
        if isinstance(inner, Mapping) and not inner.get("func_args"):
            return self.text(inner, depth + 1)
        raise UnreadableError(f"holds {name!r}, which the file does not give as a number")

    def _call(self, node: Mapping[str, Any], depth: int) -> str:
        name = node.get("name")
        inner = self.parameters.values.get(name) if isinstance(name, str) else None
        number = self.parameters.number(name) if isinstance(name, str) else None
        if number is not None:
            return _number(number)
        if not isinstance(inner, Mapping):
            raise UnreadableError(f"calls {name!r}, which is not in the file")
        arguments = tuple(self.text(child, depth + 1) for child in _children(node))
        body = _Formula(self.parameters, dict(zip(_arguments(inner), arguments, strict=False)))
        body.nodes = self.nodes
        return body.text(inner, depth + 1)


def _number(value: float) -> str:
    return repr(value) if value >= 0 else f"({value!r})"
