"""The file formats of networks: found by content when read, by the ending of the name when written.

A format is read by ``read(source) -> (network, notes)`` where ``source`` is a path, several paths or bytes, or by an
importer that gives a :class:`joulebook.grid.formats.imported.ImportedNetwork`, and written by
``write(network) -> (bytes, notes)``. The functions live in modules of their own, which are loaded when they are
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
    from joulebook.grid.formats.imported import ImportedNetwork
    from joulebook.grid.network import Network

__all__ = [
    "FORMATS",
    "HEAD",
    "Format",
    "Source",
    "content_of",
    "head_of",
    "name_of",
    "read_network",
    "recognised",
    "write_network",
]

Source = str | Path | bytes | Sequence[str | Path]
"""What can be read: a file, several files of one set, or what stands in a file."""

HEAD = 65_536
"""Bytes of a file that recognisers are shown."""
LARGEST_FILE = 1_000_000_000
"""Bytes."""
MOST_FILES = 500
"""Of a folder that are looked at."""


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
    reader, writer, importer : str
        ``"module:function"``; empty where there is none.
    several : bool
        Whether it comes in more than one file.
    """

    name: str
    endings: tuple[str, ...]
    recognises: Callable[[bytes, str], bool]
    reader: str = ""
    writer: str = ""
    importer: str = ""
    several: bool = False

    def imported(self, source: Source) -> ImportedNetwork:
        """Read a source that is of this format.

        Parameters
        ----------
        source : str, Path, sequence of these, or bytes
            The file or files.

        Returns
        -------
        ImportedNetwork
            The network, its notes, and the state that the file holds.

        Raises
        ------
        InputError
            If several files are given of a format that is one.
        """
        from joulebook.grid.formats.imported import ImportedNetwork

        if not isinstance(source, str | Path | bytes) and not self.several:
            if len(source) != 1:
                raise InputError(Issue("path", None, f"{self.name} is one file", "Give one path"))
            source = source[0]
        if self.importer:
            found: ImportedNetwork = _load(self.importer)(source)
            return found
        network, notes = _load(self.reader)(source)
        return ImportedNetwork(network, tuple(notes), None, self.name)


def _is_matpower(head: bytes, name: str) -> bool:
    del name
    return bool(re.search(rb"^\s*(?:function\s+\w*\s*=?\s*\w+|mpc\.\w+\s*=)", head, re.M)) and bool(
        re.search(rb"\b(?:mpc|baseMVA)\b", head)
    )


def _is_cgmes(head: bytes, name: str) -> bool:
    del name
    if head[:2] == b"PK":
        return any(ending in head.lower() for ending in (b".xml", b".zip", b".rdf"))
    return b"RDF" in head[:4096] and b"iec.ch/TC57" in head


def _is_pandapower(head: bytes, name: str) -> bool:
    del name
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and b"pandapowerNet" in head


def _is_psse(head: bytes, name: str) -> bool:
    del name
    lines = head.removeprefix(b"\xef\xbb\xbf")
    return re.match(rb"(?:\s*@!.*\n)*\s*0\s*[, ]\s*[\d.]+(?:[eE][+-]?\d+)?\s*[, ]\s*\d\d\b", lines) is not None


def _is_ucte(head: bytes, name: str) -> bool:
    del name
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"##C", b"##N")) and b"##N" in head


def _is_ieee_cdf(head: bytes, name: str) -> bool:
    del name
    return re.search(rb"^\s*BUS DATA FOLLOWS?\b", head[:4096], re.M) is not None


FORMATS: list[Format] = [
    Format(
        "MATPOWER",
        (".m",),
        _is_matpower,
        "joulebook.grid.interchange.matpower_reading:read",
        "joulebook.grid.interchange.matpower_writing:write",
    ),
    Format(
        "CGMES",
        (".zip",),
        _is_cgmes,
        writer="joulebook.grid.formats.registry:save_cgmes",
        importer="joulebook.grid.formats.cgmes.reading:read_cgmes",
        several=True,
    ),
    Format(
        "pandapower JSON",
        (".pandapower.json",),
        _is_pandapower,
        writer="joulebook.grid.formats.registry:save_pandapower",
        importer="joulebook.grid.formats.pandapower_json.reading:read_pandapower",
    ),
    Format("PSS/E RAW", (".raw",), _is_psse, importer="joulebook.grid.formats.registry:import_psse", several=True),
    Format("UCTE-DEF", (".uct",), _is_ucte, importer="joulebook.grid.formats.ucte:read_ucte"),
    Format("IEEE CDF", (".cdf",), _is_ieee_cdf, importer="joulebook.grid.formats.ieee_cdf:read_ieee_cdf"),
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
    head, name = head_of(source), name_of(source)
    item = recognised(head, name)
    if item is not None:
        found = item.imported(source)
        return found.network, found.notes
    for plugin in load_plugins("readers").values():
        if getattr(plugin, "recognises", lambda head, name: False)(head, name):
            return plugin(source), ()
    known = ", ".join(f"{item.name} ({item.endings[0]})" for item in FORMATS)
    raise UnknownFormatError(f"no reader knows this content. Known: .circuit.json, {known}", file=name, expected=known)


def recognised(head: bytes, name: str) -> Format | None:
    """Find the format of a content.

    Parameters
    ----------
    head : bytes
        Its beginning.
    name : str
        Of the file.

    Returns
    -------
    Format or None
        The first that recognises it.
    """
    return next((item for item in FORMATS if item.recognises(head, name)), None)


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


def head_of(source: Source) -> bytes:
    """Take the beginning of a source.

    Parameters
    ----------
    source : str, Path, sequence of these, or bytes
        A file, several (the first that can be recognised counts), a folder (its first file), or what stands in one.

    Returns
    -------
    bytes
        At most :data:`HEAD` of them.

    Raises
    ------
    DataFormatError
        If it cannot be read.
    """
    if isinstance(source, bytes):
        return source[:HEAD]
    if not isinstance(source, str | Path):
        heads = [head_of(item) for item in source]
        return next((head for head in heads if recognised(head, "")), heads[0] if heads else b"")
    path = Path(source)
    try:
        if path.is_dir():
            inside = sorted(item for item in path.iterdir() if item.is_file())
            return next((head for item in inside[:MOST_FILES] if recognised(head := head_of(item), "")), b"")
        with path.open("rb") as stream:
            return stream.read(HEAD)
    except OSError as error:
        raise DataFormatError(f"cannot be read: {error.strerror}. Check the path {path}", file=path.name) from None


def _load(place: str) -> Any:
    module, _, function = place.partition(":")
    return getattr(importlib.import_module(module), function)
