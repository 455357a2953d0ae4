"""Questions and answers about leases."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from joulebook_hub.models import Model

__all__ = ["Kernel", "Leases", "Lent", "Line", "Meter", "NotLent", "OwnClaim", "OwnLease", "Usage", "Waits", "Wanted"]

_KERNEL = r"^[A-Za-z0-9-]{1,64}$"


class Kernel(Model):
    """Which kernel."""

    kernel: str = Field(pattern=_KERNEL, description="The kernel's identity: letters, digits and -, at most 64.")


class Wanted(Kernel):
    """Which kernel, and what it asks for; what is left out is any card, for as long as it takes."""

    kind: Literal["", "card", "slice", "share"] = Field("", description="Kind of card; empty for any.")
    priority: Literal["normal", "low"] = "normal"
    most: float | None = Field(None, ge=60.0, le=2_678_400.0, description="Longest time of the lease, s.")
    project: str = Field("", max_length=255, description="The folder it works in, for the history.")
    server: str | None = Field(
        None, max_length=255, description="Name of the server that runs the kernel: when it ends, so does the lease."
    )


class Lent(Model):
    """A lease."""

    state: Literal["lent"] = "lent"
    card: str = Field(description="The card, for CUDA_VISIBLE_DEVICES.")
    since: float = Field(description="When it was lent, s since 1970.")
    stage: Literal["", "80", "95", "metered", "grace", "interrupt", "stop"]
    remaining: float | None = Field(description="GPU time left in the month, s; null where nothing limits it.")
    grace: float = Field(description="Time left to save, s.")
    why: Literal["", "used up", "longest time"] = Field(description="What ends, from the grace on.")
    share: float = Field(description="Part of the card's memory that is the kernel's.")


class Waits(Model):
    """A place in the queue."""

    state: Literal["waiting"] = "waiting"
    position: int = Field(description="1 is next.")
    places: int = Field(description="Places of all cards of the kind.")
    expected: float | None = Field(description="Expected wait, s; null where too little is known.")


class NotLent(Model):
    """Why there is no card."""

    state: Literal["refused", "gone"]
    reason: str
    message: str


class OwnLease(Model):
    """A lease of the user's."""

    kernel: str
    state: Literal["lent"]
    card: str
    since: float


class OwnClaim(Model):
    """A kernel of the user's that waits."""

    kernel: str
    state: Literal["waiting"]
    position: int
    expected: float | None


class Leases(Model):
    """What the user holds and waits for."""

    leases: list[OwnLease | OwnClaim]


class Meter(Model):
    """GPU time of the user in this month."""

    plan: str = Field(description="The plan's title.")
    used: float = Field(description="Used, s.")
    allowed: float | None = Field(description="Allowed, s; null where nothing limits it.")
    leases: list[OwnLease | OwnClaim]


class Line(Model):
    """A line of the ledger: an ended lease, or an ended day of a running one."""

    line: int
    day: str
    kernel: str
    card: str
    plan: str
    seconds: float
    reason: str
    project: str
    grace: float = Field(description="Seconds that were not charged.")
    metered: float = Field(description="Seconds beyond the allowance, billed by the meter.")


class Usage(Model):
    """A page of the ledger."""

    lines: list[Line]
    next: int | None = Field(description="The ``after`` of the next page; null at the end.")
