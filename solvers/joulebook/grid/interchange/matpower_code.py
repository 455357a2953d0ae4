"""The unit conversions that some MATPOWER case files carry, followed by a small interpreter of its own.

It knows assignments of numbers, arithmetic, a few functions, indexing of the case's matrices, the named columns of
MATPOWER, and ``if`` over a constant. Everything else is refused with its line. There is no way from a file to Python.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import DataFormatError
from joulebook.grid.interchange.matpower_text import Code

__all__ = ["COLUMNS", "Interpreter"]

_NAMES = {
    "idx_bus": "PQ PV REF NONE BUS_I BUS_TYPE PD QD GS BS BUS_AREA VM VA BASE_KV ZONE VMAX VMIN LAM_P LAM_Q "
    "MU_VMAX MU_VMIN",
    "idx_brch": "F_BUS T_BUS BR_R BR_X BR_B RATE_A RATE_B RATE_C TAP SHIFT BR_STATUS PF QF PT QT MU_SF MU_ST "
    "ANGMIN ANGMAX MU_ANGMIN MU_ANGMAX",
    "idx_gen": "GEN_BUS PG QG QMAX QMIN VG MBASE GEN_STATUS PMAX PMIN MU_PMAX MU_PMIN MU_QMAX MU_QMIN PC1 PC2 "
    "QC1MIN QC1MAX QC2MIN QC2MAX RAMP_AGC RAMP_10 RAMP_30 RAMP_Q APF",
    "idx_cost": "PW_LINEAR POLYNOMIAL MODEL STARTUP SHUTDOWN NCOST COST",
}
_NUMBERS = {
    "idx_bus": [*range(1, 5), *range(1, 18)],
    "idx_brch": [*range(1, 12), *range(14, 20), 12, 13, 20, 21],
    "idx_gen": [*range(1, 11), *range(22, 26), *range(11, 22)],
    "idx_cost": [1, 2, 1, 2, 3, 4, 5],
}
COLUMNS = {function: (names.split(), _NUMBERS[function]) for function, names in _NAMES.items()}
"""Functions of MATPOWER that name columns: their names and numbers, in the order in which they are handed out."""

_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    name: getattr(np, {"acos": "arccos", "asin": "arcsin", "atan": "arctan"}.get(name, name))
    for name in ("abs", "acos", "asin", "atan", "cos", "exp", "log", "sin", "sqrt", "tan")
}
_CONSTANTS = {"pi": math.pi, "true": 1.0, "false": 0.0}
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z]\w*)|(?P<word>'[^']*'|\"[^\"]*\")"
    r"|(?P<sign>\.\*|\./|\.\^|[-+*/^()\[\],:;=.]))"
)
_UNPACK = re.compile(r"\[(?P<names>[\w\s,]+)\]\s*=\s*(?P<function>\w+)\s*$")
_MOST_NESTED = 40


class Interpreter:
    """Follows the statements of a case file.

    Parameters
    ----------
    fields : dict of str to object
        Fields of the case by name, changed in place: matrices, numbers, words.
    file : str
        Name for messages.
    """

    def __init__(self, fields: dict[str, Any], file: str = "") -> None:
        self.fields, self.file = fields, file
        self.variables: dict[str, Any] = {}
        self._skipped = 0
        self._open = 0
        self._tokens: list[tuple[str, str]] = []
        self._at = self._depth = 0
        self._line = 0

    @property
    def skipping(self) -> bool:
        """Whether what follows stands in an ``if`` that is not taken."""
        return self._skipped > 0

    def run(self, code: Code) -> None:
        """Follow one statement.

        Parameters
        ----------
        code : Code
            The statement.

        Raises
        ------
        DataFormatError
            If it is none of those that are known, with its line.
        """
        self._line = code.line
        text = code.text.strip()
        first = re.match(r"[A-Za-z]\w*", text)
        word = first[0] if first else ""
        if word in {"if", "for", "while", "switch"} and self.skipping:
            self._skipped += 1
        elif word == "end":
            self._leave()
        elif self.skipping:
            return
        elif word == "if":
            self._tokens, self._at = self._split(text[2:]), 0
            value = self._expression()
            self._finished()
            if float(np.all(value)):
                self._open += 1
            else:
                self._skipped = 1
        elif word in {"return", "define_constants"} and text == word:
            if word == "define_constants":
                for names, numbers in COLUMNS.values():
                    self.variables.update(zip(names, map(float, numbers), strict=True))
        elif found := _UNPACK.match(text):
            self._unpack(found)
        else:
            self._assign(text)

    def number(self, text: str, line: int) -> float:
        """Work out a number that is written as an expression.

        Parameters
        ----------
        text : str
            Such as ``135/sqrt(3)``.
        line : int
            Where it stands.

        Returns
        -------
        float
            The number.

        Raises
        ------
        DataFormatError
            If it is none.
        """
        self._line = line
        self._tokens, self._at, self._depth = self._split(text), 0, 0
        value = self._expression()
        self._finished()
        if not isinstance(value, float) or not math.isfinite(value):
            raise self._fault(f"{text!r} is not a number")
        return value

    def _leave(self) -> None:
        if self._skipped:
            self._skipped -= 1
        elif self._open:
            self._open -= 1

    def _unpack(self, found: re.Match[str]) -> None:
        function = found["function"]
        if function not in COLUMNS:
            raise self._fault(f"{function!r} is not known. Known: {', '.join(COLUMNS)}")
        names = found["names"].replace(",", " ").split()
        numbers = COLUMNS[function][1]
        if len(names) > len(numbers):
            raise self._fault(f"{function} gives {len(numbers)} names, not {len(names)}")
        self.variables.update(zip(names, map(float, numbers[: len(names)]), strict=True))

    def _assign(self, text: str) -> None:
        self._tokens, self._at, self._depth = self._split(text), 0, 0
        kind, name = self._next()
        if kind != "name":
            raise self._fault(f"{text[:60]!r} is not a statement that a case file may hold")
        field = ""
        if self._peek() == ".":
            self._next()
            kind, field = self._next()
            if kind != "name":
                raise self._fault("a field's name is missing after the dot")
        place: tuple[Any, Any] | None = None
        if self._peek() == "(":
            if not field:
                raise self._fault(f"{text[:60]!r}: only the case's own matrices can be changed in part")
            place = self._place(self._matrix(field))
        if self._peek() != "=":
            raise self._fault(f"{text[:60]!r} is not a statement that a case file may hold")
        self._next()
        value = self._expression()
        self._finished()
        self._store(name, field, place, value)

    def _store(self, name: str, field: str, place: tuple[Any, Any] | None, value: Any) -> None:
        if place is not None:
            matrix = self.fields[field] = self.fields[field].copy()
            target = matrix[np.ix_(*place)]
            value = np.asarray(value)
            if value.size != 1 and value.shape != target.shape:
                raise self._fault(f"{value.shape} values do not fit into {target.shape} places")
            matrix[np.ix_(*place)] = value
        elif field:
            self.fields[field] = value
        else:
            self.variables[name] = value

    def _matrix(self, field: str) -> NDArray[np.float64]:
        matrix = self.fields.get(field)
        if not isinstance(matrix, np.ndarray):
            raise self._fault(f"there is no matrix {field!r} above this line")
        return matrix

    def _place(self, matrix: NDArray[np.float64]) -> tuple[Any, Any]:
        """Rows and columns between brackets."""
        self._take("(")
        rows = self._index(matrix.shape[0])
        self._take(",")
        columns = self._index(matrix.shape[1])
        self._take(")")
        return rows, columns

    def _index(self, length: int) -> NDArray[np.int64]:
        if self._peek() == ":":
            self._next()
            return np.arange(length)
        chosen = np.atleast_1d(np.asarray(self._expression(), float)).ravel()
        if not np.all(np.isfinite(chosen)) or np.any(chosen != np.floor(chosen)):
            raise self._fault("an index is a whole number")
        if np.any((chosen < 1) | (chosen > length)):
            raise self._fault(f"index {chosen[(chosen < 1) | (chosen > length)][0]:g} is outside 1 to {length}")
        return chosen.astype(np.int64) - 1

    def _expression(self) -> Any:
        self._depth += 1
        if self._depth > _MOST_NESTED:
            raise self._fault("brackets are nested too deeply")
        value = self._product()
        while self._peek() in {"+", "-"}:
            sign = self._next()[1]
            other = self._product()
            value = self._calculate(np.add if sign == "+" else np.subtract, value, other)
        self._depth -= 1
        return value

    def _product(self) -> Any:
        value = self._signed()
        while self._peek() in {"*", "/", ".*", "./"}:
            sign = self._next()[1]
            other = self._signed()
            if sign in {"*", "/"} and np.size(other) > 1 and np.size(value) > 1:
                raise self._fault("products of matrices are not known here: write .* or ./")
            value = self._calculate(np.multiply if "*" in sign else np.divide, value, other)
        return value

    def _signed(self) -> Any:
        sign = 1.0
        while self._peek() in {"+", "-"}:
            sign = -sign if self._next()[1] == "-" else sign
        value = self._power()
        return value if sign > 0 else self._calculate(np.multiply, value, -1.0)

    def _power(self) -> Any:
        value = self._operand()
        while self._peek() in {"^", ".^"}:
            self._next()
            sign = 1.0
            while self._peek() in {"+", "-"}:
                sign = -sign if self._next()[1] == "-" else sign
            value = self._calculate(np.power, value, self._calculate(np.multiply, self._operand(), sign))
        return value

    def _operand(self) -> Any:
        kind, text = self._next()
        if kind == "number":
            return float(text)
        if kind == "word":
            return text[1:-1]
        if kind == "name":
            return self._named(text)
        if text == "(":
            value = self._expression()
            self._take(")")
            return value
        if text == "[":
            return self._list()
        raise self._fault(f"{text!r} is not expected here")

    def _named(self, name: str) -> Any:
        if self._peek() == "." and self._at + 1 < len(self._tokens) and self._tokens[self._at + 1][0] == "name":
            self._next()
            field = self._next()[1]
            if self._peek() == "(":
                matrix = self._matrix(field)
                picked = matrix[np.ix_(*self._place(matrix))]
                return float(picked[0, 0]) if picked.size == 1 else picked
            if field not in self.fields:
                raise self._fault(f"there is no {field!r} above this line")
            return self.fields[field]
        if name in _FUNCTIONS and self._peek() == "(":
            self._take("(")
            value = self._expression()
            self._take(")")
            return self._calculate(_FUNCTIONS[name], value)
        if name in self.variables:
            return self.variables[name]
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        raise self._fault(f"{name!r} is not known here. Case files may hold unit conversions only; nothing is executed")

    def _list(self) -> NDArray[np.float64]:
        values: list[Any] = []
        while self._peek() != "]":
            if self._peek() == ",":
                self._next()
                continue
            values.append(self._expression())
        self._take("]")
        try:
            return np.array(values, float).reshape(-1)
        except (TypeError, ValueError):
            raise self._fault("a list holds numbers") from None

    def _calculate(self, function: Any, *values: Any) -> Any:
        for value in values:
            if not isinstance(value, float | np.ndarray):
                raise self._fault("words cannot be calculated with")
        try:
            with np.errstate(all="ignore"):
                found = function(*values)
        except ValueError:
            shapes = " and ".join(str(np.shape(value)) for value in values)
            raise self._fault(f"matrices of {shapes} do not go together") from None
        if np.any(np.isnan(found)):
            raise self._fault("this gives no number")
        return float(found) if np.ndim(found) == 0 else found

    def _split(self, text: str) -> list[tuple[str, str]]:
        tokens: list[tuple[str, str]] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise self._fault(
                    f"{text[at:].strip()[:40]!r} is not known here. Nothing in a file is executed", at + 1
                )
            tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            at = found.end()
        return tokens

    def _peek(self) -> str:
        if self._at >= len(self._tokens):
            return ""
        kind, text = self._tokens[self._at]
        return text if kind == "sign" else ""

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise self._fault("the statement ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, sign: str) -> None:
        if self._peek() != sign:
            found = self._tokens[self._at][1] if self._at < len(self._tokens) else "the end"
            raise self._fault(f"{sign!r} is expected, found {found!r}")
        self._at += 1

    def _finished(self) -> None:
        if self._at < len(self._tokens):
            raise self._fault(f"{self._tokens[self._at][1]!r} is not expected here")

    def _fault(self, message: str, column: int | None = None) -> DataFormatError:
        return DataFormatError(message, file=self.file, line=self._line, column=column)
