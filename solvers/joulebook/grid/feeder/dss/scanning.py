"""Read the text of an OpenDSS script: commands, parameters, numbers, arrays, matrices, and sums in reverse Polish.

A line is a command. ``!`` and ``//`` begin a remark, ``/*`` at the start of a line begins one that ends with ``*/``.
Parameters are ``name=value`` or bare values, parted by blanks and commas; a value with blanks stands in one of
``( ) [ ] { } " " ' '``. Where a number is expected, such a value is a sum in reverse Polish notation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from joulebook.core.errors import DataFormatError

__all__ = [
    "Command",
    "Place",
    "Token",
    "as_integer",
    "as_matrix",
    "as_name",
    "as_number",
    "as_numbers",
    "as_words",
    "as_yes",
    "commands",
]

_QUOTES = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}
_DELIMITERS = " \t,="
LONGEST_LINE = 2_000_000
LARGEST_MATRIX = 24
LONGEST_RPN = 200
_LARGEST = 1e100


@dataclass(frozen=True)
class Place:
    """Where something stands: file, line and column, counted from 1."""

    file: str
    line: int
    column: int

    def error(self, message: str, found: str = "", expected: str = "") -> DataFormatError:
        """Make an error of what stands here.

        Parameters
        ----------
        message : str
            What is wrong and what to try.
        found, expected : str
            What stands there, and what should.

        Returns
        -------
        DataFormatError
            To be raised.
        """
        return DataFormatError(
            message, file=self.file, line=self.line, column=self.column, found=found, expected=expected
        )


@dataclass(frozen=True)
class Token:
    """A parameter: its name (empty for a bare value), its value without quotes, and where it stands."""

    name: str
    value: str
    quoted: bool
    place: Place


@dataclass(frozen=True)
class Command:
    """A line of a script: its parameters in order."""

    tokens: tuple[Token, ...]
    place: Place


def commands(text: str, file: str) -> Iterator[Command]:
    """List the commands of a script.

    Parameters
    ----------
    text : str
        The script.
    file : str
        Its name, for messages.

    Yields
    ------
    Command
        One for each line that holds any.

    Raises
    ------
    DataFormatError
        If a line is longer than any real one.
    """
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LONGEST_LINE:
            raise DataFormatError(f"a line of {len(line)} characters: is this a script?", file=file, line=number)
        if inside or line.lstrip().startswith("/*"):
            inside = "*/" not in line
            continue
        tokens = tuple(_tokens(line, file, number))
        if tokens:
            yield Command(tokens, tokens[0].place)


def _tokens(line: str, file: str, number: int) -> Iterator[Token]:
    at, end = 0, len(line)
    name, name_at = "", -1
    while True:
        while at < end and line[at] in _DELIMITERS:
            at += 1
        if at >= end or line[at] == "!" or line.startswith("//", at):
            if name_at >= 0:
                yield Token(name, "", False, Place(file, number, name_at + 1))
            return
        start, quoted = at, line[at] in _QUOTES
        if quoted:
            value, at = _quoted(line, at)
        else:
            value, at = _bare(line, at)
        after = at
        while after < end and line[after] in " \t":
            after += 1
        if name_at < 0 and not quoted and after < end and line[after] == "=":
            name, name_at, at = value.lower(), start, after + 1
            continue
        yield Token(name, value, quoted, Place(file, number, start + 1))
        name, name_at = "", -1


def _quoted(line: str, at: int) -> tuple[str, int]:
    """Value between quotes; one that is not closed ends with the line."""
    close = line.find(_QUOTES[line[at]], at + 1)
    if close < 0:
        return line[at + 1 :], len(line)
    return line[at + 1 : close], close + 1


def _bare(line: str, at: int) -> tuple[str, int]:
    start, end = at, len(line)
    while at < end and line[at] not in _DELIMITERS and line[at] != "!" and not line.startswith("//", at):
        at += 1
    return line[start:at], at


def as_number(token: Token) -> float:
    """Read a number, or the sum in reverse Polish that stands for one.

    Parameters
    ----------
    token : Token
        The parameter.

    Returns
    -------
    float
        Its value.

    Raises
    ------
    DataFormatError
        If it is none.

    Examples
    --------
    >>> as_number(Token("tap", "0.00625 12 * 1 +", True, Place("x.dss", 1, 1)))
    1.075
    """
    words = token.value.replace(",", " ").split()
    if len(words) == 1:
        return _number(words[0], token)
    if not words:
        raise token.place.error("a number is missing here", expected="a number")
    return _reverse_polish(words, token)


def _number(word: str, token: Token) -> float:
    try:
        value = float(word)
    except ValueError:
        raise token.place.error(f"{word[:40]!r} is not a number", found=word[:40], expected="a number") from None
    if not abs(value) < _LARGEST:
        raise token.place.error(f"{word[:40]!r} is not a number that a feeder can hold", found=word[:40])
    return value


def _divided(a: float, b: float) -> float:
    return a / b


_DEGREES = math.pi / 180
_ONE: dict[str, Callable[[float], float]] = {
    "sqr": lambda a: a * a,
    "sqrt": math.sqrt,
    "inv": lambda a: 1 / a,
    "ln": math.log,
    "exp": math.exp,
    "log10": math.log10,
    "sin": lambda a: math.sin(a * _DEGREES),
    "cos": lambda a: math.cos(a * _DEGREES),
    "tan": lambda a: math.tan(a * _DEGREES),
    "asin": lambda a: math.asin(a) / _DEGREES,
    "acos": lambda a: math.acos(a) / _DEGREES,
    "atan": lambda a: math.atan(a) / _DEGREES,
}
_TWO: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divided,
    "^": math.pow,
    "atan2": lambda a, b: math.atan2(a, b) / _DEGREES,
}


def _reverse_polish(words: list[str], token: Token) -> float:
    if len(words) > LONGEST_RPN:
        raise token.place.error(f"a sum of {len(words)} terms: at most {LONGEST_RPN}")
    stack: list[float] = []
    for word in (word.lower() for word in words):
        needed = 2 if word in _TWO or word == "swap" else 1 if word in _ONE else 0
        if len(stack) < needed:
            raise token.place.error(f"{word!r} has too few numbers before it", found=token.value[:60])
        try:
            if word in _TWO:
                second = stack.pop()
                stack[-1] = _TWO[word](stack[-1], second)
            elif word in _ONE:
                stack[-1] = _ONE[word](stack[-1])
            elif word == "swap":
                stack[-1], stack[-2] = stack[-2], stack[-1]
            else:
                stack.append(math.pi if word == "pi" else _number(word, token))
        except (ArithmeticError, ValueError) as error:
            if isinstance(error, DataFormatError):
                raise
            raise token.place.error(f"{word!r} cannot be done: {error}", found=token.value[:60]) from None
    if len(stack) > 1 or not abs(stack[-1]) < _LARGEST:
        raise token.place.error(f"{token.value[:60]!r} is not one number", found=token.value[:60])
    return stack[-1]


def as_integer(token: Token, lowest: int = 0, highest: int = 1_000_000) -> int:
    """Read a whole number.

    Parameters
    ----------
    token : Token
        The parameter.
    lowest, highest : int
        Allowed range.

    Returns
    -------
    int
        Its value.

    Raises
    ------
    DataFormatError
        If it is none, or out of range.
    """
    value = as_number(token)
    if value != int(value) or not lowest <= value <= highest:
        raise token.place.error(
            f"{token.name} = {value:g}: must be a whole number from {lowest} to {highest}", found=token.value[:40]
        )
    return int(value)


def as_yes(token: Token) -> bool:
    """Read yes or no.

    Parameters
    ----------
    token : Token
        The parameter.

    Returns
    -------
    bool
        True for words that begin with y or t.
    """
    return token.value[:1].lower() in {"y", "t"}


def as_name(word: str) -> str:
    """Name of an object as an identifier: without case, and without dots, which part the words of a path.

    Parameters
    ----------
    word : str
        As written.

    Returns
    -------
    str
        The identifier.
    """
    return "".join("_" if letter == "." or not letter.isprintable() else letter for letter in word.strip().lower())


def as_words(token: Token) -> list[str]:
    """Read a list of words.

    Parameters
    ----------
    token : Token
        The parameter.

    Returns
    -------
    list of str
        In order.
    """
    return token.value.replace(",", " ").split()


def as_numbers(token: Token) -> list[float]:
    """Read a list of numbers.

    Parameters
    ----------
    token : Token
        The parameter.

    Returns
    -------
    list of float
        In order.

    Raises
    ------
    DataFormatError
        If one of them is none.
    """
    return [_number(word, token) for word in as_words(token)]


def as_matrix(token: Token, n: int) -> list[list[float]]:
    """Read a symmetric matrix: full, or its lower triangle; rows are parted by ``|``.

    Parameters
    ----------
    token : Token
        The parameter.
    n : int
        Rows.

    Returns
    -------
    list of list of float
        Rows of the lower triangle.

    Raises
    ------
    DataFormatError
        If it is no such matrix.
    """
    rows = [[_number(word, token) for word in row.replace(",", " ").split()] for row in token.value.split("|")]
    rows = [row for row in rows if row]
    whole = n <= LARGEST_MATRIX and len(rows) == n and all(len(row) in {k + 1, n} for k, row in enumerate(rows))
    if not whole:
        raise token.place.error(
            f"{token.name} must have {n} rows of a matrix or of its lower triangle", found=token.value[:60]
        )
    return [row[: k + 1] for k, row in enumerate(rows)]
