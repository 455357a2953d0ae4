"""What routes of jobs are asked and what they answer, and how a row of the store becomes an answer."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import Row

from joulebook_hub.jobs.orders import ORDER, Order
from joulebook_hub.service.routes import Model, PageQuery

__all__ = [
    *("File", "JobAnswer", "JobBody", "JobPath", "Jobs", "JobsQuery", "Log", "LogQuery", "Notice", "Reason"),
    *("ScheduleAnswer", "ScheduleBody", "Schedules", "NoticeSettings", "as_job", "as_schedule"),
]

_KEY = r"^[0-9a-f]{16}$"
_STATES = Literal["queued", "running", "cancelling", "done", "failed", "cancelled"]


class Notice(Model):
    """Who is told of a job's end."""

    email: str = Field(default="", max_length=254)
    webhook: str = Field(default="", max_length=1000)
    when: Literal["end", "failure"] = "end"


class JobBody(Model):
    """A job as its user wants it."""

    order: Order
    title: str = Field(default="", max_length=200, description="What people call it; made from the order when empty.")
    attempts: int = Field(default=1, ge=1, le=5, description="After how many failures of its own it has failed.")
    notice: Notice = Notice()

    @field_validator("title")
    @classmethod
    def _one_line(cls, title: str) -> str:
        if not title.isprintable():
            message = "must be one line of text"
            raise PydanticCustomError("order", "{message}", {"message": message})
        return title.strip()


class ScheduleBody(JobBody):
    """A job that is asked for again and again."""

    cron: str = Field(
        max_length=120, description="Minute, hour, day, month, weekday: 0 20 * * sun is Sundays at 20:00."
    )
    zone: str = Field(max_length=64, description="IANA name of the time zone.")
    enabled: bool = True


class JobPath(Model):
    """Which one."""

    key: str = Field(pattern=_KEY)


class JobsQuery(PageQuery):
    """Which part of a list of jobs."""

    state: Literal["all", "active", "ended"] = "all"


class LogQuery(Model):
    """Which part of a log."""

    attempt: int = Field(default=0, ge=0, le=10**6, description="Which attempt; 0 for the newest.")
    offset: int = Field(default=0, ge=0, lt=10**12, description="Which byte is wanted next.")


class Reason(Model):
    """Why an administrator does something."""

    reason: str = Field(min_length=1, max_length=400)


class File(Model):
    """A result."""

    path: str = Field(description="In the user's workspace.")
    size: int


class JobAnswer(Model):
    """A job."""

    key: str
    number: int
    user: str
    title: str
    order: Order
    schedule: str = Field(description="Key of the schedule that asked for it; empty for none.")
    state: _STATES
    place: int | None = Field(description="Place in the queue; 1 is next.")
    submitted: float
    started: float | None
    ended: float | None
    not_before: float = Field(description="When a queued job may start, s since 1970.")
    attempt: int
    attempts: int
    error: str
    stage: str
    label: str
    done: float
    total: float
    folder: str = Field(description="Folder of the results in the workspace.")
    files: list[File]


class Jobs(Model):
    """A page of jobs."""

    jobs: list[JobAnswer]
    next: int | None


class Log(Model):
    """A piece of a log."""

    attempt: int
    begin: int
    end: int = Field(description="The ``offset`` of the next piece.")
    text: str
    ended: bool = Field(description="True if nothing will follow.")


class ScheduleAnswer(Model):
    """A schedule."""

    key: str
    title: str
    order: Order
    attempts: int
    notice: Notice
    cron: str
    zone: str
    enabled: bool
    following: float | None
    last: float | None
    said: str = Field(description="Why the last run was left out or refused; empty if it was submitted.")


class Schedules(Model):
    """A user's schedules."""

    schedules: list[ScheduleAnswer]


class NoticeSettings(Model):
    """What notices there are."""

    email: bool = Field(description="Whether this hub writes e-mail.")
    local: bool = Field(description="Whether webhooks may go to this machine.")
    key: str = Field(description="Key that signs this user's webhooks.")


def as_job(row: Row[Any], places: dict[str, int]) -> JobAnswer:
    """Make an answer.

    Parameters
    ----------
    row : Row
        A job.
    places : dict of str to int
        Places in the queue by identity.

    Returns
    -------
    JobAnswer
        The job.
    """
    results = json.loads(row.results)
    same = ("key", "number", "user", "title", "schedule", "state", "submitted", "started", "ended", "attempt")
    further = ("error", "stage", "label", "done", "total")
    return JobAnswer(
        **{name: row._mapping[name] for name in (*same, *further)},
        order=ORDER.validate_json(row.order),
        place=places.get(row.key),
        not_before=row.ready,
        attempts=row.most_attempts,
        folder=results.get("folder", ""),
        files=[File(**found) for found in results.get("files", [])],
    )


def as_schedule(row: Row[Any]) -> ScheduleAnswer:
    """Make an answer.

    Parameters
    ----------
    row : Row
        A schedule.

    Returns
    -------
    ScheduleAnswer
        The schedule.
    """
    same = ("key", "title", "cron", "zone", "following", "last", "said")
    return ScheduleAnswer(
        **{name: row._mapping[name] for name in same},
        order=ORDER.validate_json(row.order),
        attempts=row.most_attempts,
        notice=Notice(**json.loads(row.notice)),
        enabled=row.following is not None,
    )
