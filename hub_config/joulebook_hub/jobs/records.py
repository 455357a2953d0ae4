"""What the rules of jobs keep and what they answer: jobs, endings of attempts, what a worker is told."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ACTIVE", "ENDED", "KINDS", "Ending", "Job", "Told"]

KINDS = ("report", "notebook", "sweep")
"""What the hub runs: a report of a design, a notebook with parameters, a sweep by a notebook or script."""
ACTIVE = ("queued", "running", "cancelling")
ENDED = ("done", "failed", "cancelled")


@dataclass
class Job:
    """A piece of work of a user.

    Parameters
    ----------
    key : str
        Its identity: 16 hexadecimal digits.
    user : str
        Whose.
    weight : float
        Weight in the queue, above 0, from the user's plan.
    submitted : float
        When it was asked for, s since 1970.
    most_attempts : int
        After how many attempts that failed by themselves it has failed.
    state : str
        One of `ACTIVE` or `ENDED`.
    ready : float
        Before this instant no attempt starts, s since 1970.
    attempt : int
        Number of the newest attempt; 0 before the first. It fences: nothing that an older attempt says counts.
    failures, interruptions : int
        Attempts that failed by themselves; attempts that something from outside ended.
    worker : str
        Who runs the newest attempt; empty while none runs.
    beat : int
        Grows with every sign of life of the newest attempt's worker.
    started, ended : float or None
        When the newest attempt started, when the job ended, s since 1970.
    error : str
        Why the newest attempt did not succeed, for a person.
    """

    key: str
    user: str
    weight: float
    submitted: float
    most_attempts: int = 1
    state: str = "queued"
    ready: float = 0.0
    attempt: int = 0
    failures: int = 0
    interruptions: int = 0
    worker: str = ""
    beat: int = 0
    started: float | None = None
    ended: float | None = None
    error: str = ""

    @property
    def runs(self) -> bool:
        """Whether an attempt holds the job."""
        return self.state in {"running", "cancelling"}


@dataclass(frozen=True)
class Ending:
    """How an attempt ended.

    Parameters
    ----------
    how : str
        ``"done"``, ``"failed"`` (by itself), ``"interrupted"`` (from outside: killed, machine gone, lease lost),
        ``"cancelled"``, ``"refused"`` (failed in a way that trying again cannot mend) or ``"never"`` (it never began).
    error : str
        Why, for a person.
    """

    how: str
    error: str = ""


@dataclass(frozen=True)
class Told:
    """What a worker is told about an attempt: ``"go on"``, ``"stop"`` (its user cancels it) or ``"gone"``."""

    word: str
