"""The text of MATPOWER case files: statements, matrices and cell arrays, each with the line where it stands.

A case file is a MATLAB function that fills the fields of a struct. Matrices of numbers and lists of words are read
here; the few statements that convert units are handed to :mod:`joulebook.grid.interchange.matpower_code`. Nothing is
ever executed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import CorruptRecordError, DataFormatError

__all__ = ["Assignment", "Code", "statements"]

_START = re.compile(r"\s*(?:(?P<struct>[A-Za-z]\w*)\.)?(?P<name>[A-Za-z]\w*)\s*=\s*(?P<open>[\[{])")
_FUNCTION = re.compile(r"\s*function\b\s*(?:\[?\s*(?P<names>[\w\s,]*?)\s*\]?\s*=)?\s*(?P<file>\w+)")
_EXPRESSION = re.compile(r"[\d.]+[-+*/^\w.()]*[*/^][-+*/^\w.()]*")
_WORD = re.compile(r"'((?:[^']|'')*)'|\"([^\"]*)\"")
_LARGEST_MATRIX = 50_000_000
"""Characters of one matrix; the largest public case has 10 million."""


@dataclass(frozen=True)
class Assignment:
    """A field that is given as a matrix or a list of words.

    Parameters
    ----------
    name : str
        Of the field, without the struct.
    line : int
        Where it begins, from 1.
    matrix : ndarray, shape (rows, columns), or None
        The numbers.
    words : tuple of str
        The words, where it is a list of these.
    lines : ndarray of int, shape (rows,)
        Line of each row of the matrix.
    """

    name: str
    line: int
    matrix: NDArray[np.float64] | None
    words: tuple[str, ...]
    lines: NDArray[np.int64]


@dataclass(frozen=True)
class Code:
    """Any other statement.

    Parameters
    ----------
    text : str
        Without comments, continuation lines joined.
    line : int
        Where it begins, from 1.
    """

    text: str
    line: int


def statements(
    text: str, file: str = "", evaluate: Callable[[str, int], float] | None = None
) -> Iterator[Assignment | Code]:
    """Split the text of a case file.

    Parameters
    ----------
    text : str
        The whole file.
    file : str
        Name for messages.
    evaluate : callable, optional
        ``evaluate(text, line)`` works out a number in a matrix that is written as an expression, ``135/sqrt(3)``; it
        raises a :class:`DataFormatError` where it is none.

    Yields
    ------
    Assignment or Code
        In the order of the file; the line that names the function is left out.

    Raises
    ------
    DataFormatError
        If a matrix has no end or holds what is no number, with line and column.
    """
    lines = text.splitlines()
    row = 0
    in_comment = False
    while row < len(lines):
        bare = lines[row].strip()
        if in_comment or bare == "%{":
            in_comment = bare != "%}"
            row += 1
            continue
        line = without_comment(lines[row])
        found = _START.match(line)
        if found and not (found["open"] == "[" and _is_list_of_names(line)):
            row = yield from _block(lines, row, line, found, file, evaluate)
            continue
        if not line.strip() or _FUNCTION.match(line):
            row += 1
            continue
        first, pieces = row, []
        while line.rstrip().endswith("...") and row + 1 < len(lines):
            pieces.append(line.rstrip()[:-3])
            row += 1
            line = without_comment(lines[row])
        pieces.append(line)
        row += 1
        for part in _split(" ".join(pieces)):
            yield Code(part, first + 1)


def without_comment(line: str) -> str:
    """Take the comment off a line.

    Parameters
    ----------
    line : str
        Of the file.

    Returns
    -------
    str
        What stands before the first ``%`` that is not in quotes.
    """
    at = line.find("%")
    if at < 0:
        return line
    if "'" not in line and '"' not in line:
        return line[:at]
    quote = ""
    for place, letter in enumerate(line):
        if quote:
            if letter == quote:
                quote = ""
        elif letter == "%":
            return line[:place]
        elif letter == '"' or (
            letter == "'" and (place == 0 or not (line[place - 1].isalnum() or line[place - 1] in ")]'_."))
        ):
            quote = letter
    return line


def _split(text: str) -> list[str]:
    """Statements of a line, by the semicolons outside brackets and quotes."""
    out, depth, quote, begin = [], 0, "", 0
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == ";" and depth <= 0:
            out.append(text[begin:place])
            begin = place + 1
    out.append(text[begin:])
    return [part.strip() for part in out if part.strip()]


def _is_list_of_names(line: str) -> bool:
    """Whether ``name = [a b]`` is an expression over names, which the interpreter takes."""
    inner = line[line.index("[") + 1 :]
    return "]" in inner and bool(re.match(r"\s*[A-Za-z_]", inner)) and not re.match(r"\s*(?:inf|nan)\b", inner, re.I)


def _block(
    lines: list[str],
    row: int,
    line: str,
    found: re.Match[str],
    file: str,
    evaluate: Callable[[str, int], float] | None,
) -> Iterator[Assignment | Code]:  # returns the next row
    close = "]" if found["open"] == "[" else "}"
    first = row
    pieces: list[str] = []
    places: list[int] = []
    rest = line[found.end() :]
    length = 0
    while True:
        end = _end_of_block(rest, close)
        pieces.append(rest if end < 0 else rest[:end])
        places.append(row + 1)
        length += len(rest)
        if end >= 0:
            break
        row += 1
        if row >= len(lines) or length > _LARGEST_MATRIX:
            what = "has no end" if row >= len(lines) else "is too long"
            raise DataFormatError(
                f"{found['name']} {what}: '{close}' is missing. Was the file cut off?",
                file=file,
                line=first + 1,
                column=found.start("open") + 1,
                expected=close,
            )
        rest = without_comment(lines[row])
    tail = rest[end + 1 :].lstrip(" ;,\t")
    if found["open"] == "[":
        matrix, at = _matrix(pieces, places, found["name"], file, lines, evaluate)
        yield Assignment(found["name"], first + 1, matrix, (), at)
    else:
        words = tuple(_unquoted(item) for piece in pieces for item in _WORD.finditer(piece))
        yield Assignment(found["name"], first + 1, None, words, np.zeros(0, np.int64))
    for part in _split(tail):
        yield Code(part, row + 1)
    return row + 1


def _end_of_block(text: str, close: str) -> int:
    if close == "]" or ("'" not in text and '"' not in text):
        return text.find(close)
    quote = ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == close:
            return place
    return -1


def _unquoted(found: re.Match[str]) -> str:
    return found[1].replace("''", "'") if found[1] is not None else found[2]


def _matrix(
    pieces: list[str],
    places: list[int],
    name: str,
    file: str,
    lines: list[str],
    evaluate: Callable[[str, int], float] | None,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    rows: list[list[str]] = []
    at: list[int] = []
    carried: list[str] = []
    for piece, place in zip(pieces, places, strict=True):
        continued = piece.rstrip().endswith("...")
        text = piece.rstrip()[:-3] if continued else piece
        parts = text.replace(",", " ").split(";")
        for number, part in enumerate(parts):
            cells = part.split()
            last = number == len(parts) - 1
            if last and continued:
                carried += cells
                continue
            if carried:
                cells, carried = carried + cells, []
            if cells:
                rows.append(cells)
                at.append(place)
    where = np.array(at, np.int64)
    if not rows:
        return np.zeros((0, 0)), where
    width = len(rows[0])
    flat = list(itertools.chain.from_iterable(rows))
    try:
        values = np.array(list(map(float, flat)))
    except ValueError:
        fault = _not_a_number(rows, at, lines, name, file)
        if evaluate is None or not any(_EXPRESSION.fullmatch(cell) for cell in flat):
            raise fault from None
        try:
            numbers = [
                float(cell) if _is_number(cell) else evaluate(cell, place)
                for cells, place in zip(rows, at, strict=True)
                for cell in cells
            ]
        except DataFormatError:
            raise fault from None
        values = np.array(numbers)
    if len(flat) != width * len(rows) or any(len(cells) != width for cells in rows):
        wrong = next(index for index, cells in enumerate(rows) if len(cells) != width)
        raise CorruptRecordError(
            f"{name}: this row has {len(rows[wrong])} numbers, the first one {width}. Give every row the same columns",
            file=file,
            line=at[wrong],
            found=str(len(rows[wrong])),
            expected=str(width),
        )
    if any("_" in cell for cell in flat if _is_number(cell.replace("_", ""))):  # Python would take 1_000
        raise _not_a_number(rows, at, lines, name, file)
    return values.reshape(len(rows), width), where


def _not_a_number(rows: list[list[str]], at: list[int], lines: list[str], name: str, file: str) -> CorruptRecordError:
    for cells, line in zip(rows, at, strict=True):
        for cell in cells:
            if not _is_number(cell):
                return CorruptRecordError(
                    f"{name}: {cell[:40]!r} is not a number. Write plain numbers in matrices",
                    file=file,
                    line=line,
                    column=max(lines[line - 1].find(cell), 0) + 1,
                    found=cell[:40],
                    expected="number",
                )
    return CorruptRecordError(f"{name} holds what is no number", file=file)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell
