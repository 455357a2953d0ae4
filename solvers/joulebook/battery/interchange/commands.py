"""``joulebook convert``: cells from and to the files of other programs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook.battery.interchange.imported import ImportedCell

__all__ = ["register"]

_CELL, _BPX = ".cell.json", ".bpx.json"


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand.

    Parameters
    ----------
    subparsers : argparse._SubParsersAction
        Of the shell command.
    """
    parser = subparsers.add_parser(
        "convert",
        help="turn a BPX file or PyBaMM parameters into a cell, or a cell into BPX",
        description="Read a cell from a .cell.json, BPX or PyBaMM parameter file, and write it as .cell.json or BPX. "
        "What could not be carried over is listed.",
    )
    parser.add_argument("file", metavar="FILE", help="the file to read; what it is shows from its content")
    parser.add_argument(
        "-o", "--output", metavar="OUT", help=f"{_CELL} or {_BPX} file to write (default: FILE with the other ending)"
    )
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
    """
    source = Path(args.file)
    found, is_cell = _read(source)
    target = Path(args.output) if args.output else _other(source, _BPX if is_cell else _CELL)
    notes = [*found.notes, *_write(found.cell, target)]
    for note in notes:
        print(f"not carried over: {note}", file=sys.stderr)
    print(f"{found.cell.name} → {target}")
    return 0


def _read(path: Path) -> tuple[ImportedCell, bool]:
    """The cell of a file, and whether the file is one of ours."""
    from joulebook.battery.designs import Cell
    from joulebook.battery.interchange.bpx_reading import read_bpx
    from joulebook.battery.interchange.imported import ImportedCell
    from joulebook.battery.interchange.pybamm_reading import read_pybamm
    from joulebook.core.documents import read_document
    from joulebook.core.errors import UnknownFormatError

    document: dict[str, Any] = read_document(path)
    if document.get("kind") == Cell.kind:
        return ImportedCell(Cell.from_document(document, file=path.name)), True
    if "Parameterisation" in document:
        return read_bpx(path), False
    if any(isinstance(name, str) and "electrode" in name for name in document):
        return read_pybamm(path), False
    raise UnknownFormatError(
        "is no cell, no BPX file and no parameter file of PyBaMM. Is this the right file?", file=path.name
    )


def _other(source: Path, ending: str) -> Path:
    stem = source.name
    for known in (_CELL, _BPX, ".json"):
        stem = stem.removesuffix(known)
    return source.with_name(f"{stem}{ending}")


def _write(cell: Any, target: Path) -> tuple[str, ...]:
    from joulebook.battery.interchange.bpx_writing import bpx_document
    from joulebook.core.documents import write_document
    from joulebook.core.errors import InputError, Issue

    if target.name.endswith(_CELL):
        cell.save(target)
        return ()
    if not target.name.endswith(_BPX):
        raise InputError(Issue("output", target.name, f"must end in {_CELL} or {_BPX}"))
    document, notes = bpx_document(cell)
    write_document(target, document)
    return notes
