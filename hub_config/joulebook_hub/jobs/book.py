"""The book of jobs in the store: what its users may do with them. Each method is one transaction."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from joulebook_hub.jobs import rules, tables
from joulebook_hub.jobs.gate import Gate
from joulebook_hub.jobs.orders import Notebook, Report, Sweep, default_title
from joulebook_hub.jobs.records import ACTIVE, ENDED, Job
from joulebook_hub.jobs.shapes import Room
from joulebook_hub.service.routes import ServiceError
from joulebook_hub.store import Store, Transaction

__all__ = ["MOST_WAITING", "JobBook", "LogPiece", "Wish", "job_of", "keep"]

MOST_WAITING = 100
"""Jobs of one user that may wait at the same time."""
_FIELDS = [field.name for field in fields(Job)]
_FIXED = {"key", "user"}
_CHUNK = 262_144


def job_of(row: Row[Any]) -> Job:
    """Read a row as the rules want it.

    Parameters
    ----------
    row : Row
        Of the table of jobs.

    Returns
    -------
    Job
        A copy.
    """
    return Job(**{name: row._mapping[name] for name in _FIELDS})


def keep(transaction: Transaction, job: Job, **further: Any) -> None:
    """Write down what the rules have changed.

    Parameters
    ----------
    transaction : Transaction
        The one in which the job was read.
    job : Job
        The job.
    **further : object
        Other columns.
    """
    values = {name: getattr(job, name) for name in _FIELDS if name not in _FIXED}
    transaction.execute(update(tables.jobs).where(tables.jobs.c.key == job.key).values({**values, **further}))


@dataclass(frozen=True)
class Wish:
    """A job as its user wants it.

    Parameters
    ----------
    order : Report, Notebook or Sweep
        What to do.
    title : str
        What people call it; made from the order when empty.
    most_attempts : int
        After how many failures it has failed.
    notice : dict
        Who is told of its end; empty for nobody.
    """

    order: Report | Notebook | Sweep
    title: str = ""
    most_attempts: int = 1
    notice: dict[str, Any] | None = None


@dataclass(frozen=True)
class LogPiece:
    """A piece of a log.

    Parameters
    ----------
    attempt : int
        Of which attempt.
    begin, end : int
        Its first byte, and the one after its last.
    content : bytes
        What was written.
    """

    attempt: int
    begin: int
    end: int
    content: bytes


@dataclass(frozen=True)
class JobBook:
    """Jobs of all users.

    Parameters
    ----------
    store : Store
        Where they are kept.
    gate : Gate
        What plans allow.
    """

    store: Store
    gate: Gate

    def submit(self, user: str, groups: tuple[str, ...] | None, wish: Wish, *, schedule: str = "") -> Row[Any]:
        """Take a job in.

        Parameters
        ----------
        user : str
            Whose.
        groups : tuple of str or None
            The user's groups; None for those that were seen last.
        wish : Wish
            What is wanted.
        schedule : str
            Identity of the schedule that asks for it.

        Returns
        -------
        Row
            The job; it waits.

        Raises
        ------
        ServiceError
            If too many of the user's jobs wait.
        """
        with self.store.begin() as transaction:
            waiting = select(tables.jobs.c.key).where(tables.jobs.c.user == user, tables.jobs.c.state == "queued")
            if len(transaction.execute(waiting).all()) >= MOST_WAITING:
                message = f"{MOST_WAITING} of your jobs wait already. Cancel some, or wait for them."
                raise ServiceError(message, reason="too_many_jobs", status=409)
            key = secrets.token_hex(8)
            admitted = self.gate.admit(transaction, user, wish.order, key, groups)
            job = Job(key, user, admitted.weight, transaction.now, most_attempts=wish.most_attempts)
            values = {
                **{name: getattr(job, name) for name in _FIELDS},
                "kind": wish.order.kind,
                "title": wish.title or default_title(wish.order),
                "order": wish.order.model_dump_json(),
                "schedule": schedule,
                "plan": admitted.plan,
                "notice": json.dumps(wish.notice or {}),
                "stage": "",
                "label": "",
                "results": "{}",
                "done": 0.0,
                "total": 0.0,
            }
            transaction.execute(insert(tables.jobs).values(values))
            return _row(transaction, key)

    def get(self, user: str, key: str) -> Row[Any]:
        """Find a job.

        Parameters
        ----------
        user : str
            Whose; empty for anybody's.
        key : str
            Its identity.

        Returns
        -------
        Row
            The job.
        """
        with self.store.read() as transaction:
            return _of(transaction, user, key)

    def listed(self, user: str, *, after: int = 0, most: int = 100, active: bool | None = None) -> list[Row[Any]]:
        """List jobs, newest first.

        Parameters
        ----------
        user : str
            Whose; empty for everybody's.
        after : int
            Number of the last one that is known already; 0 to begin with the newest.
        most : int
            How many.
        active : bool, optional
            True for those that have not ended, False for those that have.

        Returns
        -------
        list of Row
            The jobs.
        """
        statement = select(tables.jobs).order_by(tables.jobs.c.number.desc()).limit(most)
        if user:
            statement = statement.where(tables.jobs.c.user == user)
        if after:
            statement = statement.where(tables.jobs.c.number < after)
        if active is not None:
            statement = statement.where(tables.jobs.c.state.in_(ACTIVE if active else ENDED))
        with self.store.read() as transaction:
            return list(transaction.execute(statement))

    def places(self, user: str) -> dict[str, int]:
        """Tell where a user's jobs stand in the queue.

        Parameters
        ----------
        user : str
            Whose.

        Returns
        -------
        dict of str to int
            Place by identity; 1 is next.
        """
        with self.store.read() as transaction:
            known = _active(transaction)
            order = rules.queue(known, transaction.now)
        return {job.key: place for place, job in enumerate(order, 1) if job.user == user}

    def log(self, user: str, key: str, *, attempt: int = 0, offset: int = 0, most: int = _CHUNK) -> LogPiece:
        """Read on in the log of an attempt.

        Parameters
        ----------
        user : str
            Whose job.
        key : str
            Its identity.
        attempt : int
            Which attempt; 0 for the newest.
        offset : int
            Which byte is wanted next; what was dropped is skipped.
        most : int
            How many bytes.

        Returns
        -------
        LogPiece
            Empty where nothing is new.
        """
        table = tables.logs
        with self.store.read() as transaction:
            row = _of(transaction, user, key)
            chosen = attempt or row.attempt
            statement = (
                select(table.c.begin, table.c.content)
                .where(table.c.job == row.number, table.c.attempt == chosen, table.c.begin + table.c.size > offset)
                .order_by(table.c.begin)
            )
            begin = end = offset
            pieces: list[bytes] = []
            for stored in transaction.execute(statement):
                at = int(stored.begin)
                if not pieces:
                    begin = end = max(offset, at)
                piece = bytes(stored.content)[max(end - at, 0) :][: most - (end - begin)]
                pieces.append(piece)
                end += len(piece)
                if end - begin >= most:
                    break
        return LogPiece(chosen, begin, end, b"".join(pieces))

    def cancel(self, user: str, key: str) -> Row[Any]:
        """Cancel a job.

        Parameters
        ----------
        user : str
            Whose; empty for anybody's.
        key : str
            Its identity.

        Returns
        -------
        Row
            The job; one that runs is told by its worker.

        Raises
        ------
        ServiceError
            If it has ended.
        """
        with self.store.begin() as transaction:
            job = job_of(_of(transaction, user, key))
            if not rules.cancel(job, transaction.now):
                raise ServiceError(f"The job is {job.state} already.", reason="has_ended", status=409)
            if job.state == "cancelled" and job.attempt == 0:
                self.gate.give_back(transaction, key)
            keep(transaction, job)
            return _row(transaction, key)

    def retry(self, user: str, groups: tuple[str, ...], key: str, order: Report | Notebook | Sweep) -> Row[Any]:
        """Queue a job again that failed or was cancelled.

        Parameters
        ----------
        user : str
            Whose.
        groups : tuple of str
            The user's groups.
        key : str
            Its identity.
        order : Report, Notebook or Sweep
            Its order.

        Returns
        -------
        Row
            The job; it waits.

        Raises
        ------
        ServiceError
            If it waits, runs or is done.
        """
        with self.store.begin() as transaction:
            job = job_of(_of(transaction, user, key))
            if not rules.retry(job, transaction.now):
                message = f"The job is {job.state}; one that failed or was cancelled can be tried again."
                raise ServiceError(message, reason="not_retried", status=409)
            job.weight = self.gate.admit(transaction, user, order, key, groups).weight
            keep(transaction, job, stage="", label="", done=0.0, total=0.0, results="{}")
            return _row(transaction, key)

    def room(self, user: str) -> Room:
        """Tell how large the cluster of a person's sweep may be.

        Parameters
        ----------
        user : str
            Whose sweep.

        Returns
        -------
        Room
            By the person's plan.
        """
        with self.store.read() as transaction:
            return self.gate.room(transaction, user)

    def remove(self, user: str, key: str) -> None:
        """Forget a job that has ended; its results stay in the workspace, and it still counts for the month.

        Parameters
        ----------
        user : str
            Whose.
        key : str
            Its identity.

        Raises
        ------
        ServiceError
            If it has not ended.
        """
        with self.store.begin() as transaction:
            row = _of(transaction, user, key)
            if row.state not in ENDED:
                message = f"The job is {row.state}. Cancel it first."
                raise ServiceError(message, reason="has_not_ended", status=409)
            transaction.execute(delete(tables.logs).where(tables.logs.c.job == row.number))
            transaction.execute(delete(tables.jobs).where(tables.jobs.c.key == key))


def _row(transaction: Transaction, key: str) -> Row[Any]:
    found = transaction.execute(select(tables.jobs).where(tables.jobs.c.key == key)).first()
    if found is None:
        raise ServiceError("There is no such job.", reason="no_job", status=404)
    return found


def _of(transaction: Transaction, user: str, key: str) -> Row[Any]:
    found = _row(transaction, key)
    if user and found.user != user:
        raise ServiceError("There is no such job.", reason="no_job", status=404)
    return found


def _active(transaction: Transaction) -> list[Job]:
    statement = select(tables.jobs).where(tables.jobs.c.state.in_(ACTIVE))
    return [job_of(row) for row in transaction.execute(statement)]
