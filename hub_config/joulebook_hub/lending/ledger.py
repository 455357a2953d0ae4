"""The ledger's database: each event of the desk is one transaction that reads, decides and writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, delete, event, func, insert, select
from sqlalchemy.engine import make_url

from joulebook_hub.lending import tables
from joulebook_hub.lending.clock import SteadyClock
from joulebook_hub.lending.desk import Desk
from joulebook_hub.lending.records import Card, Claim, Loan, day_of

__all__ = ["Allowance", "Ledger", "UsageLine"]

_BUSY = 15.0


@dataclass(frozen=True)
class Allowance:
    """GPU-hours that an administrator gave a person in place of the plan's.

    Parameters
    ----------
    gpu_hours : float
        Hours per month.
    until : float or None
        When it ends, s since 1970; None never.
    """

    gpu_hours: float
    until: float | None


@dataclass(frozen=True)
class UsageLine:
    """A line of the ledger, as it is shown."""

    line: int
    day: str
    kernel: str
    card: str
    plan: str
    seconds: float
    reason: str


def _open(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return create_engine(url)
    Path(parsed.database).touch(mode=0o600)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": _BUSY})

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # sqlite3 begins nothing by itself; `_begin` does
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # who decides has the lock from the first read on

    return engine


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).resolve().parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


class Ledger:
    """What is lent, what was used, and who was given more.

    Parameters
    ----------
    url : str
        SQLAlchemy address of the database; brought to the newest tables when opened.
    wall, passing : callable
        Give the time, s since 1970, and a time that only runs forward, s.
    """

    def __init__(
        self,
        url: str,
        *,
        wall: Callable[[], float] = time.time,
        passing: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = _open(url)
        _migrate(self._engine)
        with self._engine.begin() as connection:
            latest = _mark(connection, "latest", 0.0)
        self.clock = SteadyClock(latest, wall=wall, passing=passing)

    def close(self) -> None:
        """Give back the database connections."""
        self._engine.dispose()

    @contextmanager
    def desk(self, cards: tuple[Card, ...]) -> Iterator[tuple[Desk, float]]:
        """Open the desk for one event; what it decides is stored together, or not at all after an error.

        Parameters
        ----------
        cards : tuple of Card
            What there is to lend.

        Yields
        ------
        tuple of Desk and float
            The desk, and the time of the event, s since 1970.
        """
        with self._engine.begin() as connection:
            now = self.clock()
            desk = self._load(connection, cards, now)
            yield desk, now
            for table, rows in ((tables.loans, desk.loans), (tables.claims, desk.claims)):
                _replace(connection, table, [asdict(row) for row in rows.values()])
            if desk.charges:
                connection.execute(insert(tables.usage), [asdict(charge) for charge in desk.charges])
            _replace(
                connection,
                tables.marks,
                [{"name": "latest", "value": now}, {"name": "number", "value": float(desk.number)}],
            )

    def view(self, cards: tuple[Card, ...]) -> tuple[Desk, float]:
        """Look at the desk; nothing is stored.

        Parameters
        ----------
        cards : tuple of Card
            What there is to lend.

        Returns
        -------
        tuple of Desk and float
            A copy, and the time, s since 1970.
        """
        with self._engine.begin() as connection:
            now = self.clock()
            return self._load(connection, cards, now), now

    def _load(self, connection: Connection, cards: tuple[Card, ...], now: float) -> Desk:
        lent = [Loan(**row._mapping) for row in connection.execute(select(tables.loans))]
        waiting = [Claim(**row._mapping) for row in connection.execute(select(tables.claims))]
        sums = (
            select(tables.usage.c.user, func.sum(tables.usage.c.seconds))
            .where(tables.usage.c.day >= day_of(now)[:7] + "-01")
            .group_by(tables.usage.c.user)
        )
        used = {str(user): float(seconds) for user, seconds in connection.execute(sums)}
        return Desk(
            cards,
            {(loan.user, loan.kernel): loan for loan in lent},
            {(claim.user, claim.kernel): claim for claim in waiting},
            used,
            int(_mark(connection, "number", 1.0)),
            self.clock.start,
        )

    # -- what was used ---------------------------------------------------------------------------------------------

    def lines(self, user: str, *, after: int = 0, most: int = 100) -> list[UsageLine]:
        """Lines of a user, oldest first.

        Parameters
        ----------
        user : str
            The user.
        after : int
            Number of the last line that is known already.
        most : int
            How many.

        Returns
        -------
        list of UsageLine
            Ended loans and ended days of running ones.
        """
        table = tables.usage
        columns = (table.c.line, table.c.day, table.c.kernel, table.c.card, table.c.plan, table.c.seconds)
        statement = (
            select(*columns, table.c.reason)
            .where(table.c.user == user, table.c.line > after)
            .order_by(table.c.line)
            .limit(most)
        )
        with self._engine.begin() as connection:
            return [UsageLine(**row._mapping) for row in connection.execute(statement)]

    def days(self, user: str, *, since: str) -> dict[str, float]:
        """GPU time of a user by day, running loans included.

        Parameters
        ----------
        user : str
            The user.
        since : str
            First day, ``YYYY-MM-DD``.

        Returns
        -------
        dict of str to float
            Seconds by day.
        """
        table = tables.usage
        statement = (
            select(table.c.day, func.sum(table.c.seconds))
            .where(table.c.user == user, table.c.day >= since)
            .group_by(table.c.day)
            .order_by(table.c.day)
        )
        open_loans = select(tables.loans.c.beat, tables.loans.c.seconds).where(tables.loans.c.user == user)
        with self._engine.begin() as connection:
            found = {str(day): float(seconds) for day, seconds in connection.execute(statement)}
            for beat, seconds in connection.execute(open_loans):
                if day_of(beat) >= since:
                    found[day_of(beat)] = found.get(day_of(beat), 0.0) + seconds
        return dict(sorted(found.items()))

    # -- what administrators do ------------------------------------------------------------------------------------

    def allowance(self, user: str) -> Allowance | None:
        """What an administrator gave a user in place of the plan's GPU-hours.

        Parameters
        ----------
        user : str
            The user.

        Returns
        -------
        Allowance or None
            None if nothing was given, or it has ended.
        """
        table = tables.allowances
        with self._engine.begin() as connection:
            row = connection.execute(select(table.c.gpu_hours, table.c.until).where(table.c.user == user)).first()
        if row is None or (row.until is not None and row.until <= self.clock()):
            return None
        return Allowance(row.gpu_hours, row.until)

    def allow(self, user: str, given: Allowance | None, *, actor: str, reason: str) -> None:
        """Give a user GPU-hours in place of the plan's, or take that back.

        Parameters
        ----------
        user : str
            The user.
        given : Allowance or None
            What is given; None for the plan's again.
        actor : str
            Which administrator.
        reason : str
            Why.
        """
        hours = "GPU-hours as in the plan" if given is None else f"{given.gpu_hours:g} GPU-hours per month"
        until = f" to the end of {day_of(given.until - 1.0)}" if given is not None and given.until is not None else ""
        with self._engine.begin() as connection:
            line = _note(connection, self.clock(), actor, hours + until, user, reason)
            connection.execute(delete(tables.allowances).where(tables.allowances.c.user == user))
            if given is not None:
                connection.execute(insert(tables.allowances), {"user": user, "audit": line, **asdict(given)})

    def note(self, *, actor: str, action: str, subject: str, reason: str) -> None:
        """Write down what an administrator did.

        Parameters
        ----------
        actor : str
            Who.
        action : str
            What.
        subject : str
            To whom.
        reason : str
            Why.
        """
        with self._engine.begin() as connection:
            _note(connection, self.clock(), actor, action, subject, reason)

    def audit(self, most: int = 50) -> list[Any]:
        """What administrators did.

        Parameters
        ----------
        most : int
            How many lines.

        Returns
        -------
        list of Row
            ``at``, ``actor``, ``action``, ``subject``, ``reason``, newest first.
        """
        statement = select(tables.audit).order_by(tables.audit.c.line.desc()).limit(most)
        with self._engine.begin() as connection:
            return list(connection.execute(statement))


def _mark(connection: Connection, name: str, otherwise: float) -> float:
    value = connection.scalar(select(tables.marks.c.value).where(tables.marks.c.name == name))
    return otherwise if value is None else float(value)


def _note(connection: Connection, at: float, actor: str, action: str, subject: str, reason: str) -> int:
    line = {"at": at, "actor": actor, "action": action, "subject": subject, "reason": reason}
    key = connection.execute(insert(tables.audit).values(line)).inserted_primary_key
    return int(key[0]) if key else 0


def _replace(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    connection.execute(delete(table))
    if rows:
        connection.execute(insert(table), rows)
