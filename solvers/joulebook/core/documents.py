"""Read and write JSON documents safely: bounded size, exact positions of faults, whole-file replacement."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from joulebook.core.errors import DataFormatError
from joulebook.core.libraries import shared_file

__all__ = ["LARGEST_DOCUMENT", "parse_document", "read_document", "write_document"]

LARGEST_DOCUMENT = 5_000_000
"""Bytes; a design with every table that a domain knows stays far below."""


def read_document(path: str | Path, largest: int = LARGEST_DOCUMENT) -> dict[str, Any]:
    """Read a JSON object from a file.

    Parameters
    ----------
    path : str or Path
        The file; one that is not there is looked for in the shared libraries (`joulebook.core.libraries`).
    largest : int
        Bytes that it may have.

    Returns
    -------
    dict
        The document.

    Raises
    ------
    DataFormatError
        If the file is missing, in several libraries, over the size limit, not UTF-8, not JSON, or not an object.
    """
    path = shared_file(Path(path))
    try:
        size = path.stat().st_size
        if size > largest:
            raise DataFormatError(
                f"size = {size / 1e6:.1f} MB: at most {largest / 1e6:g} MB. "
                "A design holds parameters, not measurements: is this the right file?",
                file=path.name,
            )
        raw = path.read_bytes()
    except OSError as error:
        raise DataFormatError(f"cannot be read: {error.strerror}. Check the path {path}", file=path.name) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataFormatError(
            f"byte {error.start} is not UTF-8. Designs are JSON text in UTF-8: was the file saved by another program?",
            file=path.name,
        ) from None
    return parse_document(text, file=path.name)


def parse_document(text: str, *, file: str = "") -> dict[str, Any]:
    """Parse the text of a JSON object.

    Parameters
    ----------
    text : str
        JSON; NaN, Infinity and repeated names are refused.
    file : str
        Name for messages.

    Returns
    -------
    dict
        The document.

    Raises
    ------
    DataFormatError
        With line and column of the first fault.
    """
    try:
        document = json.loads(text, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        end = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        advice = "The text ends too early: was the file cut off?" if end else "Mend the text there"
        raise DataFormatError(
            f"not JSON: {error.msg}. {advice}", file=file, line=error.lineno, column=error.colno
        ) from None
    except RecursionError:
        raise DataFormatError("nested too deeply for a design", file=file) from None
    except _RefusedError as error:
        raise DataFormatError(str(error), file=file) from None
    except ValueError as error:  # Python refuses integers of thousands of digits
        raise DataFormatError(f"holds a number that cannot be read: {error}", file=file) from None
    if not isinstance(document, dict):
        raise DataFormatError(
            "must be a JSON object { … }", file=file, line=1, column=1, found=type(document).__name__, expected="object"
        )
    return document


def write_document(path: str | Path, document: dict[str, Any]) -> Path:
    """Write a JSON document; an existing file is replaced in one step, or not at all.

    Parameters
    ----------
    path : str or Path
        Where to.
    document : dict
        What JSON can hold.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataFormatError
        If the folder is missing or cannot be written.
    """
    path = Path(path)
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise DataFormatError(f"cannot be written: {error.strerror} ({path.parent})", file=path.name) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


class _RefusedError(Exception):
    """Valid for Python's reader, but not for a design."""


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _RefusedError(f"the name {twice!r} stands twice in one object. Keep one of them")
    return out


def _no_constant(word: str) -> Any:
    raise _RefusedError(f"{word} is not a number that a design can hold. Write a finite number")


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
