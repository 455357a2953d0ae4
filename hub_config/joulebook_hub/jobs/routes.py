"""Routes of jobs: what a user submits, follows, cancels and schedules; what an administrator sees and cancels.

| request | answer |
|---|---|
| ``POST jobs`` | 201; send ``Idempotency-Key``, so that a lost answer makes no second job |
| ``GET jobs?after=NUMBER&most=N&state=active`` | newest first; ``next`` is the ``after`` of the following page |
| ``GET jobs/KEY``, ``GET jobs/KEY/log?offset=BYTE`` | a job; its log from a byte on |
| ``POST jobs/KEY/cancel``, ``POST jobs/KEY/retry`` | 200, 409 where it is too late or too early |
| ``DELETE jobs/KEY`` | 204; forgets a job that has ended |
| ``GET``, ``POST schedules``; ``PUT``, ``DELETE schedules/KEY`` | jobs that are asked for again and again |
| ``GET job-settings`` | which notices this hub sends, and the key that signs the user's webhooks |
| ``GET admin/jobs``, ``POST admin/jobs/KEY/cancel`` | of everybody; with a reason, for the audit log |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from joulebook_hub.billing.account import offer_of
from joulebook_hub.jobs.book import JobBook, Wish
from joulebook_hub.jobs.files import JobFiles
from joulebook_hub.jobs.gate import Gate
from joulebook_hub.jobs.measures import measures
from joulebook_hub.jobs.notices import VARIABLES, Courier, signing_key
from joulebook_hub.jobs.orders import ORDER
from joulebook_hub.jobs.questions import (
    JobAnswer,
    JobBody,
    JobPath,
    Jobs,
    JobsQuery,
    Log,
    LogQuery,
    NoticeSettings,
    Reason,
    ScheduleAnswer,
    ScheduleBody,
    Schedules,
    as_job,
    as_schedule,
)
from joulebook_hub.jobs.records import ENDED
from joulebook_hub.jobs.setting import RUNS_JOBS
from joulebook_hub.jobs.timetable import Timetable, When
from joulebook_hub.places import StateFolder
from joulebook_hub.service.routes import Answer, Context, Fault, Feature, Model, Parts, Route, ServiceError
from joulebook_hub.workspaces import Workspaces

__all__ = ["FEATURE", "ROUTES", "Room"]


@dataclass(frozen=True)
class Room:
    """What the functions of this feature work with.

    Parameters
    ----------
    book : JobBook
        Jobs.
    timetable : Timetable
        Schedules.
    courier : Courier
        Notices.
    workspaces : Workspaces
        The users' files.
    looks : bool
        True if the service may look whether a job's file is there; elsewhere the attempt does, as the person.
    """

    book: JobBook
    timetable: Timetable
    courier: Courier
    workspaces: Workspaces
    looks: bool = True


def _room(context: Context) -> Room:
    room: Room | None = context.features["jobs"]
    if room is None:
        message = "This hub runs no jobs: it has no worker that reaches the workspaces."
        raise ServiceError(message, reason="no_jobs", status=404)
    return room


def _wish(context: Context, body: JobBody) -> Wish:
    """Check what only the hub can: notices, and that the file is there."""
    room = _room(context)
    room.courier.check(body.notice.model_dump())
    files = JobFiles(room.workspaces, context.person.name)
    if room.looks and files.home.is_dir():
        files.find(body.order.file)
    wanted = body.notice.model_dump() if body.notice.email or body.notice.webhook else {}
    return Wish(body.order, body.title, body.attempts, wanted)


def submit(context: Context, body: JobBody) -> Answer:
    """Take a job in.

    Parameters
    ----------
    context : Context
        Who asks.
    body : JobBody
        What is wanted.

    Returns
    -------
    Answer
        201 with the job.
    """
    wish, room = _wish(context, body), _room(context)
    row = room.book.submit(context.person.name, context.person.groups, wish)
    return Answer(201, as_job(row, room.book.places(context.person.name)))


def listed(context: Context, query: JobsQuery) -> Jobs:
    """List the user's jobs, newest first.

    Parameters
    ----------
    context : Context
        Who asks.
    query : JobsQuery
        Which page.

    Returns
    -------
    Jobs
        The page.
    """
    return _page(_room(context), context.person.name, query)


def _page(room: Room, user: str, query: JobsQuery) -> Jobs:
    active = {"all": None, "active": True, "ended": False}[query.state]
    rows = room.book.listed(user, after=query.after, most=query.most, active=active)
    places = room.book.places(user) if user and any(row.state == "queued" for row in rows) else {}
    following = rows[-1].number if rows and len(rows) == query.most else None
    return Jobs(jobs=[as_job(row, places) for row in rows], next=following)


def one(context: Context, path: JobPath) -> JobAnswer:
    """Give a job.

    Parameters
    ----------
    context : Context
        Who asks.
    path : JobPath
        Which one.

    Returns
    -------
    JobAnswer
        The job.
    """
    room, user = _room(context), context.person.name
    return as_job(room.book.get(user, path.key), room.book.places(user))


def log(context: Context, path: JobPath, query: LogQuery) -> Log:
    """Read on in a log.

    Parameters
    ----------
    context : Context
        Who asks.
    path : JobPath
        Which job.
    query : LogQuery
        Which part.

    Returns
    -------
    Log
        The piece; a line that is not whole yet is left for the next one while the job runs.
    """
    room, user = _room(context), context.person.name
    row = room.book.get(user, path.key)
    piece = room.book.log(user, path.key, attempt=query.attempt, offset=query.offset)
    content = piece.content
    ended = row.state in ENDED or (query.attempt not in {0, row.attempt})
    whole = content.rfind(b"\n") + 1
    if whole and (not ended or len(content) > whole):
        content = content[:whole]
    text = content.decode("utf-8", "replace")
    end = piece.begin + len(content)
    return Log(attempt=piece.attempt, begin=piece.begin, end=end, text=text, ended=ended and not content)


def cancel(context: Context, path: JobPath) -> JobAnswer:
    """Cancel a job.

    Parameters
    ----------
    context : Context
        Who asks.
    path : JobPath
        Which one.

    Returns
    -------
    JobAnswer
        The job.
    """
    return as_job(_room(context).book.cancel(context.person.name, path.key), {})


def retry(context: Context, path: JobPath) -> JobAnswer:
    """Queue a job again.

    Parameters
    ----------
    context : Context
        Who asks.
    path : JobPath
        Which one.

    Returns
    -------
    JobAnswer
        The job.
    """
    room, person = _room(context), context.person
    order = ORDER.validate_json(room.book.get(person.name, path.key).order)
    row = room.book.retry(person.name, person.groups, path.key, order)
    return as_job(row, room.book.places(person.name))


def remove(context: Context, path: JobPath) -> None:
    """Forget a job that has ended.

    Parameters
    ----------
    context : Context
        Who asks.
    path : JobPath
        Which one.
    """
    _room(context).book.remove(context.person.name, path.key)


def schedules(context: Context) -> Schedules:
    """List the user's schedules.

    Parameters
    ----------
    context : Context
        Who asks.

    Returns
    -------
    Schedules
        Oldest first.
    """
    return Schedules(schedules=[as_schedule(row) for row in _room(context).timetable.listed(context.person.name)])


def make_schedule(context: Context, body: ScheduleBody) -> Answer:
    """Make a schedule.

    Parameters
    ----------
    context : Context
        Who asks.
    body : ScheduleBody
        What and when.

    Returns
    -------
    Answer
        201 with the schedule.
    """
    wish, when = _wish(context, body), When(body.cron, body.zone, body.enabled)
    return Answer(201, as_schedule(_room(context).timetable.make(context.person.name, wish, when)))


def change_schedule(context: Context, path: JobPath, body: ScheduleBody) -> ScheduleAnswer:
    """Change a schedule.

    Parameters
    ----------
    context : Context
        Who asks.
    path : JobPath
        Which one.
    body : ScheduleBody
        What and when.

    Returns
    -------
    ScheduleAnswer
        The schedule.
    """
    wish, when = _wish(context, body), When(body.cron, body.zone, body.enabled)
    return as_schedule(_room(context).timetable.change(context.person.name, path.key, wish, when))


def remove_schedule(context: Context, path: JobPath) -> None:
    """Delete a schedule.

    Parameters
    ----------
    context : Context
        Who asks.
    path : JobPath
        Which one.
    """
    _room(context).timetable.remove(context.person.name, path.key)


def settings(context: Context) -> NoticeSettings:
    """Tell what notices there are.

    Parameters
    ----------
    context : Context
        Who asks.

    Returns
    -------
    NoticeSettings
        With the key that signs the user's webhooks.
    """
    courier = _room(context).courier
    key = signing_key(courier.secret, context.person.name)
    return NoticeSettings(email=courier.writes_email, local=courier.local, key=key)


def all_jobs(context: Context, query: JobsQuery) -> Jobs:
    """List everybody's jobs, newest first.

    Parameters
    ----------
    context : Context
        An administrator.
    query : JobsQuery
        Which page.

    Returns
    -------
    Jobs
        The page.
    """
    return _page(_room(context), "", query)


def cancel_any(context: Context, path: JobPath, body: Reason) -> JobAnswer:
    """Cancel somebody's job, for a reason.

    Parameters
    ----------
    context : Context
        An administrator.
    path : JobPath
        Which one.
    body : Reason
        Why.

    Returns
    -------
    JobAnswer
        The job.
    """
    with context.store.begin() as transaction:
        row = _room(context).book.cancel("", path.key)
        transaction.note(
            actor=context.person.name, action=f"job {path.key} cancelled", subject=row.user, reason=body.reason
        )
        return as_job(row, {})


def _open(parts: Parts) -> Room | None:
    if parts.environment.get(RUNS_JOBS) != "on":
        return None
    folder = StateFolder.from_environment(parts.environment)
    folder.root.mkdir(parents=True, exist_ok=True)
    book = JobBook(parts.store, Gate(parts.plans, offer_of(parts.environment)))
    courier = Courier.of(parts.environment, Path(folder.root))
    looks = (parts.environment.get("JOULEBOOK_PROFILE") or "local") == "local"
    return Room(book, Timetable(book), courier, Workspaces(folder.workspaces), looks)


_Answers = Mapping[int, type[Model] | str | None]
_STARTS = ("requests", "job_starts")
_MADE: _Answers = {201: JobAnswer, 402: Fault, 409: Fault}
_FOUND: _Answers = {200: JobAnswer, 404: Fault, 409: Fault}
_MADE_SCHEDULE: _Answers = {201: ScheduleAnswer, 409: Fault}
_CHANGED: _Answers = {200: ScheduleAnswer, 404: Fault}

ROUTES = (
    Route("GET", "jobs", "The user's jobs, newest first", listed, {200: Jobs}, query=JobsQuery),
    Route("POST", "jobs", "Submit a job", submit, _MADE, body=JobBody, limits=_STARTS, most_bytes=65_536),
    Route("GET", "jobs/{key}", "A job", one, {200: JobAnswer, 404: Fault}, path=JobPath),
    Route("DELETE", "jobs/{key}", "Forget a job that has ended", remove, {204: None, 409: Fault}, path=JobPath),
    Route("GET", "jobs/{key}/log", "A job's log from a byte on", log, {200: Log}, path=JobPath, query=LogQuery),
    Route("POST", "jobs/{key}/cancel", "Cancel a job", cancel, _FOUND, path=JobPath),
    Route("POST", "jobs/{key}/retry", "Try a job again", retry, {**_FOUND, 402: Fault}, path=JobPath, limits=_STARTS),
    Route("GET", "schedules", "The user's schedules", schedules, {200: Schedules}),
    Route(
        *("POST", "schedules", "Make a schedule", make_schedule, _MADE_SCHEDULE),
        body=ScheduleBody,
        most_bytes=65_536,
    ),
    Route(
        *("PUT", "schedules/{key}", "Change a schedule", change_schedule, _CHANGED),
        path=JobPath,
        body=ScheduleBody,
        most_bytes=65_536,
    ),
    Route("DELETE", "schedules/{key}", "Delete a schedule", remove_schedule, {204: None, 404: Fault}, path=JobPath),
    Route("GET", "job-settings", "Which notices this hub sends", settings, {200: NoticeSettings}),
    Route("GET", "admin/jobs", "Everybody's jobs", all_jobs, {200: Jobs}, query=JobsQuery, who="admin"),
    Route(
        *("POST", "admin/jobs/{key}/cancel", "Cancel somebody's job", cancel_any, _FOUND),
        path=JobPath,
        body=Reason,
        who="admin",
    ),
)

FEATURE = Feature("jobs", ROUTES, open=_open, measures=measures, variables=VARIABLES)
