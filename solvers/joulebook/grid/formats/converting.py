"""Networks from and to the files of other programs, for ``joulebook convert`` (:mod:`joulebook.core.converting`)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from pathlib import Path

from joulebook.core.conversion import ConversionWarning
from joulebook.core.errors import InputError, Issue
from joulebook.grid.interchange.formats import FORMATS, recognised

__all__ = ["NETWORKS", "NetworkConverter"]

_CIRCUIT = ".circuit.json"
_KIND = re.compile(rb'"kind"\s*:\s*"circuit"')


class NetworkConverter:
    """Networks in every format that :meth:`joulebook.grid.Network.load` reads and ``save`` writes."""

    formats = f"networks ({', '.join([_CIRCUIT, *(f'{item.name} {item.endings[0]}' for item in FORMATS)])})"

    def recognises(self, head: bytes, name: str) -> bool:
        """Say whether a file is a network.

        Parameters
        ----------
        head : bytes
            The beginning of the file.
        name : str
            Its name.

        Returns
        -------
        bool
            Whether a reader of networks knows it.
        """
        return _KIND.search(head) is not None or recognised(head, name) is not None

    def target(self, source: Path) -> Path:
        """Choose where the result goes: a document of Joulebook beside the file.

        Parameters
        ----------
        source : Path
            The file that is read.

        Returns
        -------
        Path
            With the ending ``.circuit.json``.

        Raises
        ------
        InputError
            If the file is such a document: then the format must be named.
        """
        name = source.name
        if name.lower().endswith(_CIRCUIT):
            endings = ", ".join(item.endings[0] for item in FORMATS if item.writer)
            hint = f"Name the file to write with -o OUT; its ending is one of {endings}"
            raise InputError(Issue("output", None, "missing", hint))
        known = sorted((ending for item in FORMATS for ending in (*item.endings, ".json", ".xml")), key=len)
        for ending in reversed(known):
            if name.lower().endswith(ending):
                name = name[: -len(ending)]
                break
        return source.with_name(f"{name}{_CIRCUIT}")

    def convert(self, sources: Sequence[Path], target: Path) -> tuple[str, tuple[str, ...]]:
        """Read a network and write it.

        Parameters
        ----------
        sources : sequence of Path
            One file; several of one set (RAW with SEQ, profiles of CGMES).
        target : Path
            Its ending says the format.

        Returns
        -------
        name : str
            Of the network.
        notes : tuple of str
            What could not be carried over.
        """
        from joulebook.grid.network import Network

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ConversionWarning)
            network = Network.load(sources[0] if len(sources) == 1 else list(sources))
            network.save(target)
        notes: list[str] = []
        for item in caught:
            if issubclass(item.category, ConversionWarning):
                lines = str(item.message).splitlines()[1:]
                notes += [line.strip().removeprefix("not carried over: ") for line in lines]
            else:
                warnings.warn_explicit(item.message, item.category, item.filename, item.lineno)
        return network.name or sources[0].name, tuple(notes)


NETWORKS = NetworkConverter()
"""Entry ``networks`` of ``joulebook.converters``."""
