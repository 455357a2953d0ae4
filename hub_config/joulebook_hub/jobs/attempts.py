"""An attempt as the worker that watches it sees it; what it says of itself is checked, for it may be anybody's work."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Row

from joulebook_hub.jobs.records import Ending
from joulebook_hub.jobs.roster import Sign
from joulebook_hub.jobs.spool import LogTail, Spool

__all__ = ["Held", "ending_of", "left_of", "progress_of"]

_MOST_FILES = 200
_LONGEST_PATH = 1000


@dataclass
class Held:
    """An attempt that a worker watches.

    Parameters
    ----------
    row : Row
        The job when it was claimed.
    spool : Spool
        The attempt's folder.
    results : Path or None
        The folder for its results, once there is one.
    tail : LogTail
        How much of its log is stored.
    since : float
        When it was started, by a clock that only runs forward, s.
    shown : dict
        The progress that is stored.
    alive : tuple of int and float
        Its count of life, and when that was seen to change.
    waits : bool
        True until it has the cluster that it needs to begin.
    left : dict
        Results that it has told of itself.
    """

    row: Row[Any]
    spool: Spool
    results: Path | None
    tail: LogTail
    since: float
    shown: dict[str, Any] = field(default_factory=dict)
    alive: tuple[int, float] = (0, 0.0)
    waits: bool = False
    left: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> tuple[str, int]:
        """The job's identity and the attempt's number."""
        return self.row.key, self.row.attempt

    def sign(self, most: int = 65_536) -> Sign:
        """Look for news.

        Parameters
        ----------
        most : int
            Bytes of log at most.

        Returns
        -------
        Sign
            What the store does not have yet.
        """
        progress = progress_of(self.spool.read("progress.json"))
        begin, content = self.tail.read(most)
        return Sign(*self.name, progress if progress != self.shown else None, begin, content)

    def has_kept(self, sign: Sign) -> None:
        """Note what the store has now.

        Parameters
        ----------
        sign : Sign
            What it took.
        """
        self.shown = sign.progress or self.shown
        self.tail.offset = sign.begin + len(sign.log)


def progress_of(said: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Take the progress that an attempt shows.

    Parameters
    ----------
    said : mapping or None
        What it has written.

    Returns
    -------
    dict or None
        ``stage``, ``label``, ``done`` and ``total``, and nothing else.
    """
    if said is None:
        return None
    texts = {name: str(said.get(name) or "")[:200] for name in ("stage", "label")}
    return {**texts, **{name: _number(said.get(name)) for name in ("done", "total")}}


def _number(value: Any) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and 0 <= value < 1e12
    return float(value) if good else 0.0


def ending_of(said: Mapping[str, Any]) -> Ending:
    """Take the end that an attempt tells.

    Parameters
    ----------
    said : mapping
        What it has written.

    Returns
    -------
    Ending
        A failure where it makes no sense.
    """
    how = said.get("how")
    known = how if how in ("done", "cancelled", "refused", "interrupted", "failed") else "failed"
    return Ending(str(known), str(said.get("error") or "")[:2000])


def left_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Take the results that an attempt tells.

    Parameters
    ----------
    said : mapping
        What it has written.

    Returns
    -------
    dict
        ``folder`` and ``files``, paths in the workspace; empty where it tells none.
    """
    folder, files = said.get("folder"), said.get("files")
    if not _is_inside(folder) or not isinstance(files, list):
        return {}
    found = []
    for one in files[:_MOST_FILES]:
        path, size = (one.get("path"), one.get("size")) if isinstance(one, dict) else (None, None)
        if _is_inside(path) and isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 1 << 53:
            found.append({"path": path, "size": size})
    return {"folder": folder, "files": found}


def _is_inside(path: Any) -> bool:
    if not isinstance(path, str) or not 0 < len(path) <= _LONGEST_PATH or not path.isprintable():
        return False
    return not path.startswith("/") and "\\" not in path and ".." not in PurePosixPath(path).parts
