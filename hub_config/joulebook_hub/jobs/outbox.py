"""Notices in the store: put out in the transaction that ends a job, so that none is lost and none is made twice."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from joulebook_hub.jobs import tables
from joulebook_hub.jobs.records import Job
from joulebook_hub.store import Store, Transaction

__all__ = ["CHANNELS", "Letter", "put_out", "put_out_refusal", "sent", "take_due", "unsent"]

CHANNELS = ("email", "webhook")
_PAUSES = (10.0, 60.0, 300.0, 1800.0, 7200.0)
"""s; times between the tries. After the last one a notice is given up."""


@dataclass(frozen=True)
class Letter:
    """A notice to be sent.

    Parameters
    ----------
    key : str
        Its identity; the same for every try.
    user : str
        Whose job it is about.
    channel : str
        ``"email"`` or ``"webhook"``.
    target : str
        Address.
    content : dict
        What it says.
    """

    key: str
    user: str
    channel: str
    target: str
    content: dict[str, Any]


def put_out(transaction: Transaction, row: Row[Any], job: Job) -> None:
    """Put out the notices of a job that has just ended as done or failed.

    Parameters
    ----------
    transaction : Transaction
        The one that ends the job.
    row : Row
        The job as it was read.
    job : Job
        The job as it is now.
    """
    if job.state not in {"done", "failed"}:
        return
    wanted = json.loads(row.notice)
    if wanted.get("when") == "failure" and job.state != "failed":
        return
    results = transaction.scalar(select(tables.jobs.c.results).where(tables.jobs.c.key == job.key))
    content = {
        "event": f"job.{job.state}",
        "job": job.key,
        "user": job.user,
        "title": row.title,
        "state": job.state,
        "error": job.error,
        "started": job.started,
        "ended": job.ended,
        "schedule": row.schedule,
        "results": [found["path"] for found in json.loads(results or "{}").get("files", [])],
    }
    _insert(transaction, job.user, wanted, content)


def put_out_refusal(transaction: Transaction, schedule: Row[Any], message: str) -> None:
    """Put out the notices of a scheduled run that could not be submitted.

    Parameters
    ----------
    transaction : Transaction
        The one that finds out.
    schedule : Row
        The schedule.
    message : str
        Why.
    """
    content = {
        "event": "schedule.refused",
        "job": "",
        "user": schedule.user,
        "title": schedule.title,
        "state": "refused",
        "error": message,
        "started": None,
        "ended": transaction.now,
        "schedule": schedule.key,
        "results": [],
    }
    _insert(transaction, schedule.user, json.loads(schedule.notice), content)


def _insert(transaction: Transaction, user: str, wanted: dict[str, Any], content: dict[str, Any]) -> None:
    for channel in CHANNELS:
        if wanted.get(channel):
            values = {
                "key": secrets.token_hex(8),
                "user": user,
                "channel": channel,
                "target": wanted[channel],
                "content": json.dumps(content),
                "state": "waiting",
                "tries": 0,
                "due": transaction.now,
                "error": "",
            }
            transaction.execute(insert(tables.notices).values(values))


def take_due(store: Store, most: int = 10) -> list[Letter]:
    """Take notices to send; each is tried again later unless `sent` or `unsent` for good is told.

    Parameters
    ----------
    store : Store
        Where they are.
    most : int
        How many.

    Returns
    -------
    list of Letter
        Empty if nothing is due.
    """
    table = tables.notices
    with store.read() as transaction:
        due = (table.c.state == "waiting", table.c.due <= transaction.now)
        if transaction.execute(select(table.c.key).where(*due).limit(1)).first() is None:
            return []
    found = []
    with store.begin() as transaction:
        due = (table.c.state == "waiting", table.c.due <= transaction.now)
        for row in transaction.execute(select(table).where(*due).order_by(table.c.number).limit(most)).all():
            again = transaction.now + _PAUSES[min(row.tries, len(_PAUSES) - 1)]
            transaction.execute(update(table).where(table.c.key == row.key).values(tries=row.tries + 1, due=again))
            found.append(Letter(row.key, row.user, row.channel, row.target, json.loads(row.content)))
    return found


def sent(store: Store, key: str) -> None:
    """Note that a notice has arrived.

    Parameters
    ----------
    store : Store
        Where it is.
    key : str
        Its identity.
    """
    with store.begin() as transaction:
        mine = update(tables.notices).where(tables.notices.c.key == key)
        transaction.execute(mine.values(state="sent", error=""))


def unsent(store: Store, key: str, error: str, *, for_good: bool = False) -> None:
    """Note that a try has failed.

    Parameters
    ----------
    store : Store
        Where it is.
    key : str
        Its identity.
    error : str
        Why.
    for_good : bool
        True if trying again cannot help.
    """
    table = tables.notices
    with store.begin() as transaction:
        tries = transaction.scalar(select(table.c.tries).where(table.c.key == key)) or 0
        state = "failed" if for_good or tries > len(_PAUSES) else "waiting"
        transaction.execute(update(table).where(table.c.key == key).values(state=state, error=error[:500]))
