"""Shared libraries: folders with materials and designs of one's own group that are found by the name of their file.

JOULEBOOK_LIBRARIES names folders, separated as in PATH; every folder within them is a library. A hub sets it for
organisations whose plan has shared libraries. A file in the working folder, or a path that exists, always goes first.
"""

from __future__ import annotations

import os
from pathlib import Path

from joulebook.core.errors import DataFormatError

__all__ = ["VARIABLE", "libraries", "shared_file"]

VARIABLE = "JOULEBOOK_LIBRARIES"


def libraries() -> tuple[Path, ...]:
    """Libraries that there are now.

    Returns
    -------
    tuple of Path
        By name, in the order of JOULEBOOK_LIBRARIES.
    """
    shelves = [Path(name) for name in os.environ.get(VARIABLE, "").split(os.pathsep) if name]
    return tuple(
        library
        for shelf in shelves
        if shelf.is_dir()
        for library in sorted(shelf.iterdir())
        if not library.name.startswith(".") and library.is_dir()
    )


def shared_file(path: Path) -> Path:
    """Look for a file that is not where its path says in the shared libraries.

    Parameters
    ----------
    path : Path
        As it was typed, such as ``my graphite.material.json``.

    Returns
    -------
    Path
        The file in a library; the path itself if it exists, leads elsewhere, or is in no library.

    Raises
    ------
    DataFormatError
        If several libraries have such a file.
    """
    if path.is_absolute() or ".." in path.parts or path.exists():
        return path
    found = [library / path for library in libraries() if (library / path).is_file()]
    if len(found) > 1:
        places = ", ".join(str(file.parent.name) for file in found)
        message = f"is in several shared libraries ({places}). Give the whole path of the one that you mean, {found[0]}"
        raise DataFormatError(message, file=path.name)
    return found[0] if found else path
