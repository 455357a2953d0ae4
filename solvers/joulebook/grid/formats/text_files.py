"""Text files of other programs: lines with their numbers, and numbers out of them, with errors that name both."""

from __future__ import annotations

import math
from pathlib import Path

from joulebook.core.errors import CorruptRecordError, DataFormatError

__all__ = ["LARGEST_TEXT", "Place", "decoded", "read_text", "whole", "written_number"]

LARGEST_TEXT = 500_000_000
"""Bytes of a text file."""


class Place:
    """Where in a file something stands.

    Parameters
    ----------
    file : str
        Name.
    line : int
        From 1.
    """

    __slots__ = ("file", "line")

    def __init__(self, file: str, line: int) -> None:
        self.file, self.line = file, line

    def fault(self, message: str, found: str = "", expected: str = "") -> CorruptRecordError:
        """Make an error that names file and line.

        Parameters
        ----------
        message : str
            What is wrong.
        found, expected : str
            What stands there, and what should.

        Returns
        -------
        CorruptRecordError
            To raise.
        """
        return CorruptRecordError(message, file=self.file, line=self.line, found=found, expected=expected)


def read_text(source: str | Path | bytes) -> tuple[str, str]:
    """Read a text file.

    Parameters
    ----------
    source : str, Path or bytes
        The file, or what stands in it.

    Returns
    -------
    text : str
        UTF-8, or else Latin-1, as older programs write it.
    name : str
        Of the file.

    Raises
    ------
    DataFormatError
        If it cannot be read or is too large.
    """
    if isinstance(source, bytes):
        return decoded(source), ""
    path = Path(source)
    try:
        if path.stat().st_size > LARGEST_TEXT:
            raise DataFormatError(f"is larger than {LARGEST_TEXT / 1e6:g} MB. Is this the right file?", file=path.name)
        return decoded(path.read_bytes()), path.name
    except OSError as error:
        raise DataFormatError(f"cannot be read: {error.strerror}. Check the path {path}", file=path.name) from None


def decoded(raw: bytes) -> str:
    """Decode the bytes of a text file.

    Parameters
    ----------
    raw : bytes
        Of the file.

    Returns
    -------
    str
        The text.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def written_number(text: str, name: str, place: Place, default: float | None = None) -> float:
    """Read a number.

    Parameters
    ----------
    text : str
        As it stands in the file.
    name : str
        What it is, for messages.
    place : Place
        Where it stands.
    default : float, optional
        Where nothing stands there.

    Returns
    -------
    float
        Finite.

    Raises
    ------
    CorruptRecordError
        If it is none, or missing without a default.
    """
    text = text.strip()
    if not text:
        if default is None:
            raise place.fault(f"{name} is missing", expected="a number")
        return default
    try:
        value = float(text.replace("D", "E").replace("d", "e")) if "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise place.fault(f"{name} = {text[:40]!r} is not a finite number", found=text[:40], expected="a number")
    return value


def whole(text: str, name: str, place: Place, default: int | None = None) -> int:
    """Read a whole number.

    Parameters
    ----------
    text : str
        As it stands in the file.
    name : str
        What it is, for messages.
    place : Place
        Where it stands.
    default : int, optional
        Where nothing stands there.

    Returns
    -------
    int
        The number.

    Raises
    ------
    CorruptRecordError
        If it is none, or missing without a default.
    """
    value = written_number(text, name, place, default)
    if value != round(value) or abs(value) > 1e15:
        raise place.fault(f"{name} = {text.strip()[:40]!r} is not a whole number", expected="a whole number")
    return round(value)
