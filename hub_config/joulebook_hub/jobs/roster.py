"""What workers do in the store: claim, show life, tell endings. Each method is one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from joulebook_hub.draining import is_draining
from joulebook_hub.jobs import outbox, rules, tables
from joulebook_hub.jobs.book import job_of, keep
from joulebook_hub.jobs.records import ACTIVE, Ending, Told
from joulebook_hub.store import Store, Transaction

__all__ = ["LOG_KEPT", "Roster", "Sign"]

LOG_KEPT = 1_048_576
"""Bytes of an attempt's log that the store keeps, the newest."""


@dataclass(frozen=True)
class Sign:
    """A sign of life of an attempt.

    Parameters
    ----------
    key : str
        The job.
    attempt : int
        The attempt.
    progress : dict or None
        ``stage``, ``label``, ``done``, ``total``, if there is news.
    begin : int
        First byte of the piece of log.
    log : bytes
        What is new in the log.
    """

    key: str
    attempt: int
    progress: dict[str, Any] | None = field(default=None, hash=False)
    begin: int = 0
    log: bytes = b""


@dataclass
class Roster:
    """The workers' side of the jobs.

    Parameters
    ----------
    store : Store
        Where they are kept.
    """

    store: Store

    def waiting(self) -> bool:
        """Tell whether something may start now; looks only.

        Returns
        -------
        bool
            True if some job is queued and ready; never while the hub drains.
        """
        table = tables.jobs
        with self.store.read() as transaction:
            if is_draining(transaction):
                return False
            statement = select(table.c.key).where(table.c.state == "queued", table.c.ready <= transaction.now)
            return transaction.execute(statement.limit(1)).first() is not None

    def claim(self, worker: str) -> Row[Any] | None:
        """Take the next job.

        Parameters
        ----------
        worker : str
            Who asks.

        Returns
        -------
        Row or None
            It runs now; None if nothing is ready, or the hub drains.
        """
        with self.store.begin() as transaction:
            if is_draining(transaction):
                return None
            rows = transaction.execute(select(tables.jobs).where(tables.jobs.c.state.in_(ACTIVE)))
            job = rules.claim([job_of(row) for row in rows], worker, transaction.now)
            if job is None:
                return None
            keep(transaction, job, stage="", label="", done=0.0, total=0.0)
            return _row(transaction, job.key)

    def running(self) -> list[Row[Any]]:
        """List the jobs that some worker runs.

        Returns
        -------
        list of Row
            The jobs.
        """
        statement = select(tables.jobs).where(tables.jobs.c.state.in_(("running", "cancelling")))
        with self.store.read() as transaction:
            return list(transaction.execute(statement))

    def attempts(self) -> set[tuple[str, int]]:
        """List the attempts that count.

        Returns
        -------
        set of (str, int)
            Identity and number of each.
        """
        return {(row.key, row.attempt) for row in self.running()}

    def adopt(self, key: str, attempt: int, before: str, worker: str) -> Told:
        """Take over an attempt of a worker that died.

        Parameters
        ----------
        key : str
            The job.
        attempt : int
            The attempt.
        before, worker : str
            Who ran it and who runs it now.

        Returns
        -------
        Told
            ``"gone"`` if it cannot be taken over.
        """
        with self.store.begin() as transaction:
            row = _find(transaction, key)
            job = None if row is None else job_of(row)
            told = rules.adopt(job, attempt, before, worker)
            if job is not None and told.word != "gone":
                keep(transaction, job)
            return told

    def log_end(self, number: int, attempt: int) -> int:
        """Tell how much of an attempt's log is stored.

        Parameters
        ----------
        number : int
            The job's number.
        attempt : int
            The attempt.

        Returns
        -------
        int
            The byte after the last.
        """
        table = tables.logs
        statement = select(table.c.begin, table.c.size).where(table.c.job == number, table.c.attempt == attempt)
        with self.store.read() as transaction:
            last = transaction.execute(statement.order_by(table.c.begin.desc()).limit(1)).first()
        return 0 if last is None else int(last.begin + last.size)

    def show_life(self, worker: str, signs: Sequence[Sign]) -> dict[tuple[str, int], str]:
        """Take signs of life of all attempts of a worker.

        Parameters
        ----------
        worker : str
            Whose.
        signs : sequence of Sign
            One for each attempt.

        Returns
        -------
        dict
            What to do, ``"go on"``, ``"stop"`` or ``"gone"``, by job and attempt.
        """
        told = {}
        with self.store.begin() as transaction:
            for sign in signs:
                row = _find(transaction, sign.key)
                job = None if row is None else job_of(row)
                answer = rules.renew(job, sign.attempt, worker)
                told[sign.key, sign.attempt] = answer.word
                if row is not None and job is not None and answer.word != "gone":
                    keep(transaction, job, **(sign.progress or {}))
                    _append(transaction, row.number, sign)
        return told

    def finish(self, worker: str, sign: Sign, ending: Ending, results: dict[str, Any]) -> bool:
        """Tell the end of an attempt; if the job has ended with it, its notices are put out.

        Parameters
        ----------
        worker : str
            Who tells.
        sign : Sign
            The attempt, with its last progress and the rest of its log.
        ending : Ending
            How it ended.
        results : dict
            The folder and the files that it has left.

        Returns
        -------
        bool
            False if the attempt is not heard.
        """
        with self.store.begin() as transaction:
            row = _find(transaction, sign.key)
            job = None if row is None else job_of(row)
            if row is None or job is None or not rules.finish(job, sign.attempt, worker, ending, transaction.now):
                return False
            keep(transaction, job, results=json.dumps(results), **(sign.progress or {}))
            _append(transaction, row.number, sign)
            outbox.put_out(transaction, row, job)
            return True

    def lapse(self, watch: rules.Watch, passing: float) -> list[str]:
        """Queue again what workers that went silent ran.

        Parameters
        ----------
        watch : Watch
            Of this worker.
        passing : float
            A time that only runs forward, s.

        Returns
        -------
        list of str
            Identities of the jobs.
        """
        running = select(tables.jobs).where(tables.jobs.c.state.in_(("running", "cancelling")))
        with self.store.read() as transaction:
            silent = watch.lapsed([job_of(row) for row in transaction.execute(running)], passing)
        if not silent:
            return []
        found = []
        with self.store.begin() as transaction:
            for seen in silent:
                row = _find(transaction, seen.key)
                job = None if row is None else job_of(row)
                if row is None or job is None or (job.attempt, job.beat) != (seen.attempt, seen.beat):
                    continue  # it has shown life since
                ending = Ending("interrupted", "The worker that ran it went silent.")
                if rules.finish(job, job.attempt, job.worker, ending, transaction.now):
                    keep(transaction, job)
                    outbox.put_out(transaction, row, job)
                    found.append(job.key)
        return found


def _row(transaction: Transaction, key: str) -> Row[Any]:
    return transaction.execute(select(tables.jobs).where(tables.jobs.c.key == key)).one()


def _find(transaction: Transaction, key: str) -> Row[Any] | None:
    return transaction.execute(select(tables.jobs).where(tables.jobs.c.key == key)).first()


def _append(transaction: Transaction, number: int, sign: Sign) -> None:
    if not sign.log:
        return
    table = tables.logs
    end = sign.begin + len(sign.log)
    mine = (table.c.job == number, table.c.attempt == sign.attempt)
    again = update(table).where(*mine, table.c.begin == sign.begin).values(size=len(sign.log), content=sign.log)
    if transaction.execute(again).rowcount == 0:
        values = {"job": number, "attempt": sign.attempt, "begin": sign.begin}
        transaction.execute(insert(table).values(**values, size=len(sign.log), content=sign.log))
    transaction.execute(delete(table).where(*mine, table.c.begin + table.c.size <= end - LOG_KEPT))
