"""The rules of schedules, with no input or output: when a job is due, in a person's own time zone.

A schedule is a line of five fields as cron(8) reads it (minute, hour, day of the month, month, day of the week) and a
time zone by its IANA name. What was missed while the hub was away is made good by one run, never by more. In the hour
that clocks repeat in autumn a schedule runs once; what falls into the hour that is left out in spring runs at its end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

from joulebook_hub.errors import HubError

__all__ = ["LATEST", "LEAST_GAP", "Schedule", "check", "due", "next_run"]

LEAST_GAP = 900.0
"""Shortest time between two runs of a schedule, s."""
LATEST = 7 * 86400.0
"""A run that was missed longer ago than this is not made good, s."""
_LOOKED_AT = 200
_FIELD = re.compile(r"[0-9A-Za-z*/,#L?-]{1,60}")
_EXAMPLE = "for example: 0 20 * * sun"


@dataclass
class Schedule:
    """A job that is asked for again and again.

    Parameters
    ----------
    key : str
        Its identity.
    user : str
        Whose.
    cron : str
        Five fields.
    zone : str
        IANA name of the time zone in which they count.
    following : float or None
        The next run, s since 1970; None while it is switched off.
    """

    key: str
    user: str
    cron: str
    zone: str
    following: float | None


def next_run(cron: str, zone: str, after: float) -> float:
    """Find the first run after an instant.

    Parameters
    ----------
    cron : str
        Five fields.
    zone : str
        IANA name of a time zone.
    after : float
        The instant, s since 1970.

    Returns
    -------
    float
        s since 1970.

    Raises
    ------
    HubError
        If the fields or the zone cannot be read, or no day fits them.

    Examples
    --------
    >>> next_run("0 20 * * sun", "Europe/Berlin", 1_767_225_600.0)
    1767553200.0
    """
    place = _zone(zone)
    runs = _runs(cron, datetime.fromtimestamp(after, UTC).astimezone(place))
    while True:
        try:
            found: datetime = runs.get_next(datetime)
        except (CroniterError, OverflowError, ValueError) as error:
            raise HubError(_bad_cron(cron, "no day of the coming years fits"), reason="bad_cron") from error
        if not _repeated(found) and found.timestamp() > after:
            return found.timestamp()


def check(cron: str, zone: str, now: float) -> None:
    """Refuse a schedule that cannot be read or that runs too often.

    Parameters
    ----------
    cron : str
        Five fields.
    zone : str
        IANA name of a time zone.
    now : float
        The time, s since 1970.

    Raises
    ------
    HubError
        If it is not allowed; the message says what is.
    """
    before = next_run(cron, zone, now)
    for _ in range(_LOOKED_AT):
        following = next_run(cron, zone, before)
        if following - before < LEAST_GAP:
            minutes = f"{LEAST_GAP / 60:.0f} minutes"
            said = _bad_cron(cron, f"runs would follow each other in less than {minutes}")
            raise HubError(said, reason="bad_cron")
        before = following


def due(schedule: Schedule, now: float) -> float | None:
    """Take the run that is due, and set the one that follows.

    Parameters
    ----------
    schedule : Schedule
        A schedule; its ``following`` moves to the first run after now.
    now : float
        The time, s since 1970.

    Returns
    -------
    float or None
        For which instant a job is to be submitted, s since 1970: the latest one that has passed. None if nothing is
        due, or what was missed is older than ``LATEST``.
    """
    if schedule.following is None or now < schedule.following:
        return None
    missed = schedule.following
    begin = max(missed, now - LATEST)
    latest = missed if missed >= begin else None
    following = next_run(schedule.cron, schedule.zone, begin)
    while following <= now:
        latest = following
        following = next_run(schedule.cron, schedule.zone, following)
    schedule.following = following
    return latest


def _zone(zone: str) -> ZoneInfo:
    message = f"zone = {zone[:64]!r}: no such time zone. Use an IANA name, for example Europe/Berlin or UTC."
    if not zone or len(zone) > 64:
        raise HubError(message, reason="bad_zone")
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError
        raise HubError(message, reason="bad_zone") from error


def _runs(cron: str, begin: datetime) -> croniter:
    fields = cron.split(" ")
    if len(fields) != 5 or not all(_FIELD.fullmatch(field) for field in fields):
        said = "there must be five fields with one space between: minute hour day month weekday"
        raise HubError(_bad_cron(cron, said), reason="bad_cron")
    try:
        return croniter(cron, begin)
    except (CroniterError, ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise HubError(_bad_cron(cron, "the fields cannot be read"), reason="bad_cron") from error


def _bad_cron(cron: str, what: str) -> str:
    return f"cron = {cron[:120]!r}: {what}; {_EXAMPLE} (Sundays at 20:00)."


def _repeated(at: datetime) -> bool:
    """Whether a local time comes the second time because clocks were put back."""
    return at.fold == 1 and at.utcoffset() != at.replace(fold=0).utcoffset()
