"""What a person starts from: the example cell and the tutorials, copied into the workspace."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from joulebook_lab.paths import free_name

__all__ = ["MissingStarterError", "copy_cell", "copy_tutorial", "list_starters"]


class MissingStarterError(Exception):
    """A starter that does not exist; the text is for the person who asked."""


def list_starters() -> dict[str, Any]:
    """List what can be copied into a workspace.

    Returns
    -------
    dict
        ``cells`` and ``tutorials``, each a list of ``{"name", "title"}``.
    """
    return {
        "cells": [{"name": path.name.removesuffix(".cell.json"), "title": _title(path)} for path in _cells()],
        "tutorials": [{"name": path.stem, "title": _title(path)} for path in _tutorials()],
    }


def copy_cell(name: str, folder: Path) -> Path:
    """Put a new cell into a folder, under a name that is not taken.

    Parameters
    ----------
    name : str
        One of the cells of :func:`list_starters`.
    folder : Path
        Where it goes.

    Returns
    -------
    Path
        The new document.
    """
    source = _named(name, _cells(), ".cell.json")
    target = free_name(folder, name, ".cell.json")
    shutil.copyfile(source, target)
    return target


def copy_tutorial(name: str, folder: Path) -> Path:
    """Put a tutorial into a folder; one that lies there already is kept as the person left it.

    Parameters
    ----------
    name : str
        One of the tutorials of :func:`list_starters`.
    folder : Path
        Where it goes.

    Returns
    -------
    Path
        The notebook.
    """
    source = _named(name, _tutorials(), ".ipynb")
    target = folder / source.name
    if not target.exists():
        shutil.copyfile(source, target)
    return target


def _cells() -> list[Path]:
    return _files("examples", "*.cell.json")


def _tutorials() -> list[Path]:
    return _files("tutorials", "*.ipynb")


def _files(kind: str, pattern: str) -> list[Path]:
    from joulebook.core import places
    from joulebook.core.errors import MissingInputError

    try:
        folder = places.examples() if kind == "examples" else places.notebooks(kind)
    except MissingInputError:
        return []
    return sorted(folder.glob(pattern))


def _named(name: str, files: list[Path], suffix: str) -> Path:
    for path in files:
        if path.name == f"{name}{suffix}":
            return path
    known = ", ".join(path.name.removesuffix(suffix) for path in files) or "none: reinstall Joulebook"
    raise MissingStarterError(f"name = {name!r}: not among the starters. Known: {known}")


def _title(path: Path) -> str:
    # 01_first_cell.ipynb -> First cell
    stem = path.name.removesuffix(".cell.json").removesuffix(".ipynb")
    if path.name.endswith(".cell.json"):
        return stem
    words = stem.lstrip("0123456789_- ").replace("_", " ").replace("-", " ").strip() or stem
    return words[:1].upper() + words[1:]
