"""The file formats of networks: found by content when read, by the ending of the name when written.

A format is read by ``read(source) -> (network, notes)`` where ``source`` is a path, several paths or bytes, and written
by ``write(network) -> (bytes, notes)``. The functions live in modules of their own, which are loaded when they are
needed. Third parties add readers through the entry points ``joulebook.readers``: functions with an attribute
``recognises``, called with the first bytes and the name of a file.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from joulebook.core.errors import DataFormatError, InputError, Issue, UnknownFormatError
from joulebook.core.plugins import load_plugins

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["FORMATS", "HEAD", "Format", "Source", "content_of", "name_of", "read_network", "write_network"]

Source = str | Path | bytes | Sequence[str | Path]
"""What can be read: a file, several files of one set, or what stands in a file."""

HEAD = 65_536
"""Bytes of a file that recognisers are shown."""
LARGEST_FILE = 1_000_000_000
"""Bytes."""


@dataclass(frozen=True)
class Format:
    """A file format.

    Parameters
    ----------
    name : str
        As people call it.
    endings : tuple of str
        Of file names, in lower case; the first is the usual one.
    recognises : callable
        ``recognises(head, name) -> bool``: whether bytes and name look like this format.
    reader, writer : str
        ``"module:function"``; empty where there is none.
    """

    name: str
    endings: tuple[str, ...]
    recognises: Callable[[bytes, str], bool]
    reader: str = ""
    writer: str = ""


def _is_matpower(head: bytes, name: str) -> bool:
    del name
    return bool(re.search(rb"^\s*(?:function\s+\w*\s*=?\s*\w+|mpc\.\w+\s*=)", head, re.M)) and bool(
        re.search(rb"\b(?:mpc|baseMVA)\b", head)
    )


FORMATS: list[Format] = [
    Format(
        "MATPOWER",
        (".m",),
        _is_matpower,
        "joulebook.grid.interchange.matpower_reading:read",
        "joulebook.grid.interchange.matpower_writing:write",
    ),
]
"""Known formats; the first that recognises a file reads it."""


def content_of(source: Source) -> bytes:
    """Take the bytes of a single file.

    Parameters
    ----------
    source : str, Path or bytes
        The file, or what stands in it.

    Returns
    -------
    bytes
        All of it.

    Raises
    ------
    DataFormatError
        If the file cannot be read or is too large.
    InputError
        If several files were given.
    """
    if isinstance(source, bytes):
        return source
    if not isinstance(source, str | Path):
        raise InputError(Issue("path", None, "this format is one file", "Give one path"))
    path = Path(source)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataFormatError(f"is larger than {LARGEST_FILE / 1e9:g} GB. Is this the right file?", file=path.name)
        return path.read_bytes()
    except OSError as error:
        raise DataFormatError(f"cannot be read: {error.strerror}. Check the path {path}", file=path.name) from None


def name_of(source: Source) -> str:
    """Name a source in messages.

    Parameters
    ----------
    source : str, Path, sequence of these, or bytes
        What is read.

    Returns
    -------
    str
        Name of the file; empty for bytes.
    """
    if isinstance(source, bytes):
        return ""
    if isinstance(source, str | Path):
        return Path(source).name
    return ", ".join(Path(item).name for item in source)


def read_network(source: Source) -> tuple[Network, tuple[str, ...]]:
    """Read a network in whatever format it is.

    Parameters
    ----------
    source : str, Path, sequence of these, or bytes
        The file or files.

    Returns
    -------
    network : Network
        The network.
    notes : tuple of str
        What could not be carried over, and what was assumed.

    Raises
    ------
    UnknownFormatError
        If no reader knows the content.
    DataFormatError
        If the format is known and the content is faulty.
    """
    head, name = _head(source), name_of(source)
    for item in FORMATS:
        if item.reader and item.recognises(head, name):
            network, notes = _load(item.reader)(source)
            return network, tuple(notes)
    for plugin in load_plugins("readers").values():
        if getattr(plugin, "recognises", lambda head, name: False)(head, name):
            return plugin(source), ()
    known = ", ".join(f"{item.name} ({item.endings[0]})" for item in FORMATS if item.reader)
    raise UnknownFormatError(f"no reader knows this content. Known: .circuit.json, {known}", file=name, expected=known)


def write_network(network: Network, path: str | Path) -> Path:
    """Write a network in the format that the ending of the name asks for.

    Parameters
    ----------
    network : Network
        The network.
    path : str or Path
        Where to.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If no format has this ending.
    DataFormatError
        If the file cannot be written.
    """
    from joulebook.core.conversion import warn_of

    path = Path(path)
    for item in FORMATS:
        if item.writer and path.name.lower().endswith(item.endings):
            content, notes = _load(item.writer)(network)
            try:
                path.write_bytes(content)
            except OSError as error:
                raise DataFormatError(f"cannot be written: {error.strerror} ({path.parent})", file=path.name) from None
            warn_of(path.name, tuple(notes), stacklevel=4)
            return path
    known = ", ".join(item.endings[0] for item in FORMATS if item.writer)
    raise InputError(Issue("path", path.name, f"must end in .circuit.json, {known}", "The ending names the format"))


def _head(source: Source) -> bytes:
    if isinstance(source, bytes):
        return source[:HEAD]
    first = source if isinstance(source, str | Path) else next(iter(source), "")
    path = Path(first)
    if path.is_dir():
        return b""
    try:
        with path.open("rb") as stream:
            return stream.read(HEAD)
    except OSError as error:
        raise DataFormatError(f"cannot be read: {error.strerror}. Check the path {path}", file=path.name) from None


def _load(place: str) -> Any:
    module, _, function = place.partition(":")
    return getattr(importlib.import_module(module), function)
