"""What the registry of file formats (:mod:`joulebook.grid.interchange`) calls where a format needs a word more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from joulebook.core.errors import InputError, Issue
from joulebook.grid.formats.psse.reading import read_psse
from joulebook.grid.interchange.formats import head_of, recognised

if TYPE_CHECKING:
    from joulebook.grid.formats.imported import ImportedNetwork
    from joulebook.grid.network import Network

__all__ = ["import_psse", "save_cgmes", "save_pandapower"]

Source = str | Path | bytes | Sequence[str | Path]


def import_psse(source: Source) -> ImportedNetwork:
    """Read a PSS/E case, with its sequence file where two paths are given, in any order.

    Parameters
    ----------
    source : str, Path, bytes or sequence of paths
        The RAW file, or the RAW and the sequence file.

    Returns
    -------
    ImportedNetwork
        The network with its notes.

    Raises
    ------
    InputError
        If more than two files are given.
    """
    if isinstance(source, str | Path | bytes):
        return read_psse(source)
    if len(source) == 1:
        return read_psse(source[0])
    if len(source) != 2:
        raise InputError(
            Issue("path", None, f"{len(source)} files", "Give the RAW file, and the sequence file with it")
        )
    first, second = source
    format_of_first = recognised(head_of(first), "")
    if format_of_first is None or format_of_first.name != "PSS/E RAW":
        first, second = second, first
    return read_psse(first, second)


def save_cgmes(network: Network) -> tuple[bytes, tuple[str, ...]]:
    """Write a network as a CGMES set, with its solved state.

    Parameters
    ----------
    network : Network
        The network; its steps stay where they are.

    Returns
    -------
    content : bytes
        A zip.
    notes : tuple of str
        What the set does not hold.
    """
    from joulebook.core.errors import JoulebookError
    from joulebook.grid.formats.cgmes.writing import cgmes_archive
    from joulebook.grid.formats.state import solved_voltages

    try:
        state = solved_voltages(network)
    except JoulebookError:
        content, notes = cgmes_archive(network)
        return content, (*notes, "a solved state: the power flow has none; the SV profile holds the start voltages")
    return cgmes_archive(network, state)


def save_pandapower(network: Network) -> tuple[bytes, tuple[str, ...]]:
    """Write a network as a pandapower JSON document.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    content : bytes
        Of the file.
    notes : tuple of str
        What the document does not hold.
    """
    from joulebook.grid.formats.pandapower_json.writing import pandapower_document

    return pandapower_document(network)
