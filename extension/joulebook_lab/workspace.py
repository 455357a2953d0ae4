"""What a workspace holds: designs, runs and reports, found by a bounded walk."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from joulebook_lab.paths import LINKS_TO_DEPTH

__all__ = ["KINDS", "Listing", "WorkspaceItem", "list_workspace", "summarise_design"]

KINDS: dict[str, str] = {
    ".cell.json": "design",
    ".circuit.json": "design",
    ".run.nc": "run",
    ".report.pdf": "report",
    ".report.html": "report",
}
"""Suffix of a file to what it is."""

DEEPEST = 6
MOST_ENTRIES = 20_000
MOST_ITEMS = 500
LONGEST_WALK = 2.0  # seconds
LARGEST_SUMMARISED = 1_000_000  # bytes
SKIPPED = {"node_modules", "__pycache__", "site-packages", "venv", "env", "build", "dist"}


@dataclass(frozen=True)
class WorkspaceItem:
    """One file of the workspace.

    Parameters
    ----------
    path : str
        Relative to the workspace, with ``/``.
    name : str
        File name without its suffix.
    kind : str
        ``"design"``, ``"run"`` or ``"report"``.
    suffix : str
        One of :data:`KINDS`.
    size : int
        Bytes.
    modified : float
        Seconds since 1970.
    summary : str
        One line on the content; empty where there is none.
    """

    path: str
    name: str
    kind: str
    suffix: str
    size: int
    modified: float
    summary: str = ""


@dataclass
class Listing:
    """What the walk found, newest first.

    Parameters
    ----------
    items : list of WorkspaceItem
        The files.
    truncated : bool
        Whether the walk stopped at one of its limits.
    """

    items: list[WorkspaceItem] = field(default_factory=list)
    truncated: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Give what JSON can hold.

        Returns
        -------
        dict
            ``designs``, ``runs``, ``reports`` and ``truncated``.
        """
        ordered = sorted(self.items, key=lambda item: -item.modified)
        out: dict[str, Any] = {
            f"{kind}s": [asdict(item) for item in ordered if item.kind == kind] for kind in ("design", "run", "report")
        }
        out["truncated"] = self.truncated
        return out


def list_workspace(root: Path) -> Listing:
    """Find the designs, runs and reports below a folder.

    Parameters
    ----------
    root : Path
        The workspace.

    Returns
    -------
    Listing
        At most 500 files, six folders deep, found within two seconds; hidden folders and package folders are
        left out, and links are followed only to the folders of groups.
    """
    listing = Listing()
    for entry, path in _entries(root, listing):
        suffix = next((ending for ending in KINDS if entry.name.endswith(ending)), None)
        if suffix is None or entry.name == suffix:
            continue
        if len(listing.items) >= MOST_ITEMS:
            listing.truncated = True
            break
        try:
            status = entry.stat()
        except OSError:
            continue
        kind = KINDS[suffix]
        summary = summarise_design(Path(entry.path), status.st_mtime_ns, status.st_size) if kind == "design" else ""
        name = entry.name.removesuffix(suffix)
        listing.items.append(
            WorkspaceItem(path, name, kind, suffix, status.st_size, status.st_mtime, summary),
        )
    return listing


def _entries(root: Path, listing: Listing) -> Iterator[tuple[os.DirEntry[str], str]]:
    """Files breadth first, with their workspace paths, within the limits."""
    folders, seen, deadline = [(root, "", 0, False)], 0, time.monotonic() + LONGEST_WALK
    while folders:
        folder, prefix, depth, linked = folders.pop(0)
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            seen += 1
            if seen > MOST_ENTRIES or time.monotonic() > deadline:
                listing.truncated = True
                return
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=depth < LINKS_TO_DEPTH and not linked):
                if entry.name in SKIPPED:
                    continue
                if depth + 1 >= DEEPEST:
                    listing.truncated = True
                    continue
                folders.append((Path(entry.path), f"{prefix}{entry.name}/", depth + 1, linked or entry.is_symlink()))
            elif entry.is_file(follow_symlinks=False):
                yield entry, f"{prefix}{entry.name}"


_summaries: dict[str, tuple[int, str]] = {}


def summarise_design(path: Path, modified_ns: int, size: int) -> str:
    """Say in one line what a design's document describes.

    Parameters
    ----------
    path : Path
        A ``.cell.json`` or ``.circuit.json`` file.
    modified_ns, size : int
        Its time of change and size in bytes; an unchanged file is not read again.

    Returns
    -------
    str
        Such as ``"5 A h · LGM50 graphite-SiOx | LGM50 NMC811"`` or ``"14 buses · 20 branches"``, or what is wrong with
        the file.
    """
    known = _summaries.get(str(path))
    if known is not None and known[0] == modified_ns:
        return known[1]
    summary = _summary_of(path, size)
    if len(_summaries) > 2 * MOST_ITEMS:
        _summaries.clear()
    _summaries[str(path)] = (modified_ns, summary)
    return summary


def _summary_of(path: Path, size: int) -> str:
    if size > LARGEST_SUMMARISED:
        return "too large for a design"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return "not readable as JSON"
    if path.name.endswith(".circuit.json"):
        return _network_summary(document)
    if not isinstance(document, dict) or document.get("kind") != "joulebook.cell":
        return "not a cell document"
    parts = []
    capacity = document.get("nominal_capacity")
    if isinstance(capacity, int | float) and not isinstance(capacity, bool):
        parts.append(f"{capacity:g} A h")
    electrodes = [document.get(side) for side in ("negative", "positive")]
    materials = [_text(side.get("material")) for side in electrodes if isinstance(side, dict)]
    parts.append(" | ".join(name for name in materials if name))
    return " · ".join(part for part in parts if part)


def _network_summary(document: Any) -> str:
    buses = document.get("buses") if isinstance(document, dict) else None
    if not isinstance(buses, dict):
        return "not a network document"
    tables = [document.get(name) for name in ("lines", "transformers", "three_winding_transformers")]
    branches = sum(len(table) for table in tables if isinstance(table, dict))
    return f"{_counted(len(buses), 'bus', 'buses')} · {_counted(branches, 'branch', 'branches')}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _text(value: Any) -> str:
    return value[:80] if isinstance(value, str) else ""
