"""Paths that a browser names: only files inside the workspace, never hidden ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

__all__ = ["LINKS_TO_DEPTH", "WorkspacePathError", "free_name", "inside", "relative"]

LINKS_TO_DEPTH = 2
"""Folder links this deep are followed: the hub links a group's folder as ``projects/<group>``."""


class WorkspacePathError(Exception):
    """A path that this server does not hand out; the text is for the person who asked."""


def inside(root: Path, named: str) -> Path:
    """Find the file that a workspace path names.

    Parameters
    ----------
    root : Path
        The workspace.
    named : str
        Path with ``/`` as the front end writes it, relative to the workspace; empty for the workspace itself.

    Returns
    -------
    Path
        Absolute path, links followed.

    Raises
    ------
    WorkspacePathError
        If the path leaves the workspace, or passes a hidden folder.

    Examples
    --------
    >>> from pathlib import Path
    >>> inside(Path("/"), "../etc/passwd")
    Traceback (most recent call last):
    joulebook_lab.paths.WorkspacePathError: path = '../etc/passwd': must stay inside the workspace and not be hidden...
    """
    parts = PurePosixPath(named.lstrip("/")).parts
    if "\0" in named or "\\" in named or any(part.startswith(".") for part in parts):
        raise WorkspacePathError(
            f"path = {named!r}: must stay inside the workspace and not be hidden. "
            "Name the file as the file browser shows it"
        )
    base = root.resolve()
    try:
        found = base.joinpath(*parts).resolve()
    except OSError as error:
        raise WorkspacePathError(f"path = {named!r}: cannot be followed ({error.strerror})") from None
    if not found.is_relative_to(base) and not _by_shared_folder(base, parts, found):
        raise WorkspacePathError(f"path = {named!r}: leads out of the workspace. Copy the file into the workspace")
    return found


def _by_shared_folder(base: Path, parts: tuple[str, ...], found: Path) -> bool:
    # a folder that is linked at the top of the workspace, or below a folder there (projects/<group>), belongs to it
    for depth in range(1, min(LINKS_TO_DEPTH + 1, len(parts))):
        link = base.joinpath(*parts[:depth])
        if link.is_symlink():
            return link.is_dir() and found.is_relative_to(link.resolve())
    return False


def _linked_folders(base: Path) -> Iterator[Path]:
    for top in sorted(base.iterdir()):
        if top.is_symlink():
            yield from (top,) if top.is_dir() else ()
        elif top.is_dir() and not top.name.startswith("."):
            yield from (below for below in sorted(top.iterdir()) if below.is_symlink() and below.is_dir())


def relative(root: Path, path: Path) -> str:
    """Give the workspace path of a file.

    Parameters
    ----------
    root : Path
        The workspace.
    path : Path
        A file below it.

    Returns
    -------
    str
        With ``/`` between the parts.
    """
    base = root.resolve()
    if path.is_relative_to(base):
        return path.relative_to(base).as_posix()
    for link in _linked_folders(base):
        if path.is_relative_to(link.resolve()):
            return (link.relative_to(base) / path.relative_to(link.resolve())).as_posix()
    return path.name


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    """Choose a file name that is not taken.

    Parameters
    ----------
    folder : Path
        Where the file goes.
    stem, suffix : str
        ``"LG M50"`` and ``".cell.json"``.

    Returns
    -------
    Path
        ``LG M50.cell.json``, else ``LG M50 2.cell.json``, and so on.
    """
    path, number = folder / f"{stem}{suffix}", 2
    while path.exists():
        path, number = folder / f"{stem} {number}{suffix}", number + 1
    return path
