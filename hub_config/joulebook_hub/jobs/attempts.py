"""An attempt as the worker that watches it sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from joulebook_hub.jobs.roster import Sign
from joulebook_hub.jobs.spool import LogTail, Spool

__all__ = ["Held"]


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
    """

    row: Row[Any]
    spool: Spool
    results: Path | None
    tail: LogTail
    since: float
    shown: dict[str, Any] = field(default_factory=dict)
    alive: tuple[int, float] = (0, 0.0)
    waits: bool = False

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
        progress = self.spool.read("progress.json")
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
