"""Cells from and to the files of other programs, for ``joulebook convert`` (:mod:`joulebook.core.converting`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook.battery.interchange.imported import ImportedCell

__all__ = ["CELLS", "CellConverter"]

_CELL, _BPX = ".cell.json", ".bpx.json"
_KIND = re.compile(rb'"kind"\s*:\s*"joulebook\.cell"')
_MARKS = (b'"Parameterisation"', b"electrode")


class CellConverter:
    """Cells, BPX files and parameter files of PyBaMM."""

    formats = f"cells ({_CELL}, BPX as {_BPX}, parameters of PyBaMM)"

    def recognises(self, head: bytes, name: str) -> bool:
        """Say whether a file may be a cell.

        Parameters
        ----------
        head : bytes
            The beginning of the file.
        name : str
            Its name.

        Returns
        -------
        bool
            Whether it is JSON with words of cells.
        """
        del name
        is_object = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
        return is_object and (_KIND.search(head) is not None or any(mark in head for mark in _MARKS))

    def target(self, source: Path) -> Path:
        """Choose where the result goes: a cell becomes BPX, everything else a cell.

        Parameters
        ----------
        source : Path
            The file that is read.

        Returns
        -------
        Path
            Beside it, with the other ending.
        """
        with source.open("rb") as stream:
            is_cell = _KIND.search(stream.read(4096)) is not None
        stem = source.name
        for known in (_CELL, _BPX, ".json"):
            stem = stem.removesuffix(known)
        return source.with_name(f"{stem}{_BPX if is_cell else _CELL}")

    def convert(self, sources: Sequence[Path], target: Path) -> tuple[str, tuple[str, ...]]:
        """Read a cell and write it.

        Parameters
        ----------
        sources : sequence of Path
            One file.
        target : Path
            ``.cell.json`` or ``.bpx.json``.

        Returns
        -------
        name : str
            Of the cell.
        notes : tuple of str
            What could not be carried over.

        Raises
        ------
        InputError
            If several files are given, or the ending is not known.
        """
        from joulebook.core.errors import InputError, Issue

        if len(sources) != 1:
            raise InputError(Issue("file", None, "a cell is one file", "Give one path"))
        found = _read(sources[0])
        return found.cell.name, (*found.notes, *_write(found.cell, target))


CELLS = CellConverter()
"""Entry ``cells`` of ``joulebook.converters``."""


def _read(path: Path) -> ImportedCell:
    """The cell of a file."""
    from joulebook.battery.designs import Cell
    from joulebook.battery.interchange.bpx_reading import read_bpx
    from joulebook.battery.interchange.imported import ImportedCell
    from joulebook.battery.interchange.pybamm_reading import read_pybamm
    from joulebook.core.documents import read_document
    from joulebook.core.errors import UnknownFormatError

    document: dict[str, Any] = read_document(path)
    if document.get("kind") == Cell.kind:
        return ImportedCell(Cell.from_document(document, file=path.name))
    if "Parameterisation" in document:
        return read_bpx(path)
    if any(isinstance(name, str) and "electrode" in name for name in document):
        return read_pybamm(path)
    raise UnknownFormatError(
        "is no cell, no BPX file and no parameter file of PyBaMM. Is this the right file?", file=path.name
    )


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
