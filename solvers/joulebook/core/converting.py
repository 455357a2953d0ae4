"""``joulebook convert``: files of other programs become designs, and designs become files of other programs.

Each domain brings a :class:`Converter` through the entry points ``joulebook.converters``. Which one is asked shows from
the content of the file, what is written from the ending of the name.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from joulebook.core.errors import DataFormatError, InputError, Issue, UnknownFormatError
from joulebook.core.plugins import load_plugins

__all__ = ["HEAD", "Converter", "converter_of", "register"]

HEAD = 65_536
"""Bytes of a file that converters are shown."""


class Converter(Protocol):
    """What a domain can read and write.

    Attributes
    ----------
    formats : str
        For the help text: "cells: .cell.json, BPX".
    """

    formats: str

    def recognises(self, head: bytes, name: str) -> bool:
        """Say whether a file is one of this domain.

        Parameters
        ----------
        head : bytes
            The beginning of the file.
        name : str
            Its name.

        Returns
        -------
        bool
            Whether :meth:`convert` reads it.
        """
        ...

    def target(self, source: Path) -> Path:
        """Choose where the result goes if nobody says.

        Parameters
        ----------
        source : Path
            The file that is read.

        Returns
        -------
        Path
            Beside it.
        """
        ...

    def convert(self, sources: Sequence[Path], target: Path) -> tuple[str, tuple[str, ...]]:
        """Read files and write one.

        Parameters
        ----------
        sources : sequence of Path
            One file; several where a format comes in parts.
        target : Path
            Its ending says the format.

        Returns
        -------
        name : str
            Of what was read.
        notes : tuple of str
            What could not be carried over.
        """
        ...


def converter_of(path: Path) -> Converter:
    """Find the converter for a file by its content.

    Parameters
    ----------
    path : Path
        A file, or a folder of profile files.

    Returns
    -------
    Converter
        The first that recognises it.

    Raises
    ------
    DataFormatError
        If the file cannot be read.
    UnknownFormatError
        If none does.
    """
    try:
        first = min((item for item in path.iterdir() if item.is_file()), default=path) if path.is_dir() else path
        with first.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError as error:
        raise DataFormatError(f"cannot be read: {error.strerror}. Check the path {path}", file=path.name) from None
    converters: dict[str, Any] = load_plugins("converters")
    for converter in converters.values():
        if converter.recognises(head, first.name):
            found: Converter = converter
            return found
    known = "; ".join(converter.formats for converter in converters.values())
    raise UnknownFormatError(f"no converter knows this content. Known: {known}", file=path.name, expected=known)


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand.

    Parameters
    ----------
    subparsers : argparse._SubParsersAction
        Of the shell command.
    """
    known = "; ".join(converter.formats for converter in load_plugins("converters").values())
    parser = subparsers.add_parser(
        "convert",
        help="turn files of other programs into designs, and designs into files of other programs",
        description="Read a design or a file of another program, and write it in another format. What could not be "
        f"carried over is listed. Known: {known}.",
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="+",
        help="the file to read, or several of one set; what it is shows from its content",
    )
    parser.add_argument("-o", "--output", metavar="OUT", help="the file to write; its ending says the format")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Answer the shell.

    Parameters
    ----------
    args : argparse.Namespace
        With ``file`` and ``output``.

    Returns
    -------
    int
        Exit code.

    Raises
    ------
    InputError
        If there is a file already where the result would go and nobody has named it.
    """
    sources = [Path(file) for file in args.file]
    converter = converter_of(sources[0])
    target = Path(args.output) if args.output else converter.target(sources[0])
    if not args.output and target.exists():
        raise InputError(Issue("output", target.name, "is there already", "Name the file to write: -o OUT"))
    name, notes = converter.convert(sources, target)
    for note in notes:
        print(f"not carried over: {note}", file=sys.stderr)
    print(f"{name} → {target}")
    return 0
