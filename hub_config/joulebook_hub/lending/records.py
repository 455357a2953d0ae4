"""What the desk keeps and what it answers: cards, terms, loans, claims, charges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = [
    *("KINDS", "PRIORITIES", "Card", "Charge", "Claim", "Gone", "Loan", "Queued", "Refused", "Standing", "Terms"),
    *("Wish", "day_of", "next_midnight"),
]

KINDS = ("card", "slice", "share")
"""A whole card, a MIG slice of one, a share of a card that several kernels have at the same time."""
PRIORITIES = {"normal": 1.0, "low": 0.25}
"""Part of the plan's weight with which a claim stands in the queue."""


def day_of(at: float) -> str:
    """Day of an instant.

    Parameters
    ----------
    at : float
        The instant, s since 1970.

    Returns
    -------
    str
        ``YYYY-MM-DD``, UTC.

    Examples
    --------
    >>> day_of(1_767_225_599.0), day_of(1_767_225_600.0)
    ('2025-12-31', '2026-01-01')
    """
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def next_midnight(at: float) -> float:
    """Midnight (UTC) after an instant.

    Parameters
    ----------
    at : float
        The instant, s since 1970.

    Returns
    -------
    float
        The first instant of the next day, s since 1970.
    """
    day = datetime.fromtimestamp(at, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (day + timedelta(days=1)).timestamp()


@dataclass(frozen=True)
class Card:
    """A GPU or a MIG slice that the hub lends.

    Parameters
    ----------
    identity : str
        What CUDA_VISIBLE_DEVICES takes.
    places : int
        How many kernels may have it at the same time; 1 for a card of one's own.
    """

    identity: str
    places: int = 1

    @classmethod
    def listed(cls, text: str) -> tuple[Card, ...]:
        """Read a list of cards.

        Parameters
        ----------
        text : str
            Identities with commas between, each with ``=`` and its places where it has more than one.

        Returns
        -------
        tuple of Card
            The cards.

        Examples
        --------
        >>> [card.places for card in Card.listed("GPU-a,GPU-b=2")]
        [1, 2]
        """
        parts = (entry.partition("=") for entry in text.split(",") if entry)
        return tuple(cls(identity, int(places or "1")) for identity, _, places in parts)

    def __str__(self) -> str:
        return self.identity if self.places == 1 else f"{self.identity}={self.places}"

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        return "share" if self.places > 1 else "slice" if self.identity.startswith("MIG-") else "card"


@dataclass(frozen=True)
class Wish:
    """What a kernel asks for.

    Parameters
    ----------
    kind : str
        One of `KINDS`; empty for any.
    priority : str
        One of `PRIORITIES`.
    most : float
        Longest time, s; the lease ends then, with the same grace as when GPU time is used up.
    project : str
        What the kernel works for, in the history.
    server : str, optional
        Name of the user's server that runs the kernel, empty for the default one; None if no server is known.
    """

    kind: str = ""
    priority: str = "normal"
    most: float = math.inf
    project: str = ""
    server: str | None = None


@dataclass(frozen=True)
class Terms:
    """What a user's plan says.

    Parameters
    ----------
    plan : str
        The plan's name.
    weight : float
        Weight in the queue, above 0.
    allowed : float
        GPU time in a month, s; infinity where nothing limits it.
    pool : str
        Account that is charged as well, such as ``organisation/acme``; empty for the user's own alone. No user's name
        has a slash in it.
    pooled : float
        GPU time of the pool in a month, s.
    metered : bool
        True if time beyond the allowance is lent and billed by the meter.
    """

    plan: str
    weight: float
    allowed: float
    pool: str = ""
    pooled: float = math.inf
    metered: bool = False


@dataclass
class Loan:
    """A card that is lent; ``seconds`` counts since the last line that was written for it.

    Of these seconds, ``grace`` are not charged and ``metered`` are beyond the allowance, to be billed by the meter.
    """

    number: int
    user: str
    kernel: str
    card: str
    plan: str
    since: float
    beat: float
    part: int = 0
    seconds: float = 0.0
    ran_out: float | None = None
    ends: float | None = None
    project: str = ""
    pool: str = ""
    grace: float = 0.0
    metered: float = 0.0
    server: str | None = None

    @property
    def charged(self) -> float:
        """Seconds that count against the allowance."""
        return self.seconds - self.grace - self.metered


@dataclass
class Claim:
    """A kernel that waits for a card."""

    user: str
    kernel: str
    weight: float
    asked: float
    seen: float
    kind: str = ""


@dataclass(frozen=True)
class Charge:
    """One line of the ledger; ``(loan, part)`` is there once."""

    loan: int
    part: int
    user: str
    kernel: str
    card: str
    plan: str
    day: str
    at: float
    seconds: float
    reason: str
    project: str = ""
    pool: str = ""
    grace: float = 0.0
    metered: float = 0.0


@dataclass(frozen=True)
class Standing:
    """A loan as its kernel should know it.

    Parameters
    ----------
    card : str
        The card.
    since : float
        When it was lent, s since 1970.
    stage : str
        Empty, ``"80"``, ``"95"``, ``"metered"``, ``"grace"``, ``"interrupt"`` or ``"stop"``; after ``"stop"`` the loan
        has ended.
    remaining : float
        GPU time left in the month, s; infinity where nothing limits it, never below 0.
    grace : float
        Time left to save, s, in the stage ``"grace"``.
    why : str
        What ends, in the stages ``"grace"``, ``"interrupt"`` and ``"stop"``: ``"used up"`` (GPU time of the month) or
        ``"longest time"`` (of this lease).
    share : float
        Part of the card's memory that is the kernel's.
    """

    card: str
    since: float
    stage: str = ""
    remaining: float = math.inf
    grace: float = 0.0
    why: str = ""
    share: float = 1.0


@dataclass(frozen=True)
class Queued:
    """No card is free: the place in the queue (1 is next), how many places such cards have, the expected wait, s."""

    position: int
    places: int
    expected: float | None = None


@dataclass(frozen=True)
class Refused:
    """No card, and why: ``no_cards``, ``no_such_card``, ``no_gpu_time``, ``used_up``, ``set_aside``; times in s."""

    reason: str
    allowed: float
    remaining: float


@dataclass(frozen=True)
class Gone:
    """There is no such loan."""
