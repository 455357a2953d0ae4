"""Schedules in the store: what their users may do with them, and submitting what is due."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from joulebook_hub.errors import HubError
from joulebook_hub.jobs import outbox, schedules, tables
from joulebook_hub.jobs.book import JobBook, Wish
from joulebook_hub.jobs.orders import ORDER, default_title
from joulebook_hub.jobs.records import ACTIVE
from joulebook_hub.service.routes import ServiceError
from joulebook_hub.store import Transaction

__all__ = ["MOST_SCHEDULES", "Timetable", "When"]

MOST_SCHEDULES = 50
"""Schedules of one user."""


@dataclass(frozen=True)
class When:
    """When a job is asked for.

    Parameters
    ----------
    cron : str
        Five fields.
    zone : str
        IANA name of the time zone.
    enabled : bool
        False to pause.
    """

    cron: str
    zone: str
    enabled: bool = True


@dataclass(frozen=True)
class Timetable:
    """Schedules of all users.

    Parameters
    ----------
    book : JobBook
        Where their jobs go.
    """

    book: JobBook

    def make(self, user: str, wish: Wish, when: When) -> Row[Any]:
        """Make a schedule.

        Parameters
        ----------
        user : str
            Whose.
        wish : Wish
            The job.
        when : When
            When.

        Returns
        -------
        Row
            The schedule.

        Raises
        ------
        ServiceError
            If the user has too many.
        """
        with self.book.store.begin() as transaction:
            count = select(func.count()).where(tables.schedules.c.user == user)
            if int(transaction.scalar(count)) >= MOST_SCHEDULES:
                message = f"You have {MOST_SCHEDULES} schedules. Delete one that nobody needs any more."
                raise ServiceError(message, reason="too_many_schedules", status=409)
            key = secrets.token_hex(8)
            values = _values(wish, when, transaction.now)
            transaction.execute(insert(tables.schedules).values(key=key, user=user, last=None, said="", **values))
            return _of(transaction, user, key)

    def change(self, user: str, key: str, wish: Wish, when: When) -> Row[Any]:
        """Change a schedule.

        Parameters
        ----------
        user : str
            Whose.
        key : str
            Its identity.
        wish : Wish
            The job.
        when : When
            When.

        Returns
        -------
        Row
            The schedule.
        """
        with self.book.store.begin() as transaction:
            _of(transaction, user, key)
            values = _values(wish, when, transaction.now)
            transaction.execute(update(tables.schedules).where(tables.schedules.c.key == key).values(values))
            return _of(transaction, user, key)

    def remove(self, user: str, key: str) -> None:
        """Delete a schedule; its jobs stay.

        Parameters
        ----------
        user : str
            Whose.
        key : str
            Its identity.
        """
        with self.book.store.begin() as transaction:
            _of(transaction, user, key)
            transaction.execute(delete(tables.schedules).where(tables.schedules.c.key == key))

    def listed(self, user: str) -> list[Row[Any]]:
        """List a user's schedules.

        Parameters
        ----------
        user : str
            Whose.

        Returns
        -------
        list of Row
            Oldest first.
        """
        statement = select(tables.schedules).where(tables.schedules.c.user == user)
        with self.book.store.read() as transaction:
            return list(transaction.execute(statement.order_by(tables.schedules.c.number)))

    def submit_due(self) -> int:
        """Submit the jobs of all schedules that are due, each in one transaction with its next time.

        Returns
        -------
        int
            How many were submitted.
        """
        table, count = tables.schedules, 0
        with self.book.store.read() as transaction:
            keys = list(transaction.connection.scalars(select(table.c.key).where(table.c.following <= transaction.now)))
        for key in keys:
            with self.book.store.begin() as transaction:
                row = transaction.execute(select(table).where(table.c.key == key)).first()
                count += row is not None and self._submit(transaction, row)
        return count

    def _submit(self, transaction: Transaction, row: Row[Any]) -> bool:
        schedule = schedules.Schedule(row.key, row.user, row.cron, row.zone, row.following)
        fired = schedules.due(schedule, transaction.now)
        values: dict[str, Any] = {"following": schedule.following}
        if fired is not None:
            values |= {"last": fired, "said": self._run(transaction, row)}
        transaction.execute(update(tables.schedules).where(tables.schedules.c.key == row.key).values(values))
        return fired is not None and not values["said"]

    def _run(self, transaction: Transaction, row: Row[Any]) -> str:
        """Submit the job; empty, or why not."""
        jobs = tables.jobs
        before = select(jobs.c.key).where(jobs.c.schedule == row.key, jobs.c.state.in_(ACTIVE))
        if transaction.execute(before.limit(1)).first() is not None:
            return "Left out: the job before it had not ended."
        wish = Wish(ORDER.validate_json(row.order), row.title, row.most_attempts, json.loads(row.notice))
        try:
            with transaction.connection.begin_nested():
                self.book.submit(row.user, None, wish, schedule=row.key)
        except HubError as error:
            outbox.put_out_refusal(transaction, row, error.user_message)
            return error.user_message
        return ""


def _values(wish: Wish, when: When, now: float) -> dict[str, Any]:
    schedules.check(when.cron, when.zone, now)
    return {
        "title": wish.title or default_title(wish.order),
        "order": wish.order.model_dump_json(),
        "notice": json.dumps(wish.notice or {}),
        "most_attempts": wish.most_attempts,
        "cron": when.cron,
        "zone": when.zone,
        "following": schedules.next_run(when.cron, when.zone, now) if when.enabled else None,
    }


def _of(transaction: Transaction, user: str, key: str) -> Row[Any]:
    found = transaction.execute(select(tables.schedules).where(tables.schedules.c.key == key)).first()
    if found is None or found.user != user:
        raise ServiceError("There is no such schedule.", reason="no_schedule", status=404)
    return found
