"""The ledger of lent GPUs, kept in the hub's store: each event of the desk is one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Table, delete, func, insert, select

from joulebook_hub.lending import tables
from joulebook_hub.lending.desk import Desk
from joulebook_hub.lending.records import Card, Claim, Loan, day_of
from joulebook_hub.store import SteadyClock, Store, Transaction

__all__ = ["Allowance", "Ledger", "UsageLine"]


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


class Ledger:
    """What is lent, what was used, and who was given more.

    Parameters
    ----------
    store : Store
        Keeps it.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def clock(self) -> SteadyClock:
        """The store's clock."""
        return self.store.clock

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
        with self.store.begin() as transaction:
            desk = self._load(transaction, cards)
            yield desk, transaction.now
            for table, rows in ((tables.loans, desk.loans), (tables.claims, desk.claims)):
                _replace(transaction, table, [asdict(row) for row in rows.values()])
            if desk.charges:
                transaction.execute(insert(tables.usage), [asdict(charge) for charge in desk.charges])
            transaction.set_mark("number", float(desk.number))

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
        with self.store.read() as transaction:
            return self._load(transaction, cards), transaction.now

    def _load(self, transaction: Transaction, cards: tuple[Card, ...]) -> Desk:
        lent = [Loan(**row._mapping) for row in transaction.execute(select(tables.loans))]
        waiting = [Claim(**row._mapping) for row in transaction.execute(select(tables.claims))]
        sums = (
            select(tables.usage.c.user, func.sum(tables.usage.c.seconds).label("spent"))
            .where(tables.usage.c.day >= day_of(transaction.now)[:7] + "-01")
            .group_by(tables.usage.c.user)
        )
        used = {str(row.user): float(row.spent) for row in transaction.execute(sums)}
        return Desk(
            cards,
            {(loan.user, loan.kernel): loan for loan in lent},
            {(claim.user, claim.kernel): claim for claim in waiting},
            used,
            int(transaction.mark("number", 1.0)),
            self.clock.start,
        )

    def recent_lengths(self, most: int = 100) -> list[float]:
        """Lengths of the loans that ended last.

        Parameters
        ----------
        most : int
            How many.

        Returns
        -------
        list of float
            Charged time of each, s.
        """
        table = tables.usage
        ended = select(table.c.loan).where(table.c.reason != "midnight").order_by(table.c.line.desc()).limit(most)
        statement = (
            select(func.sum(table.c.seconds).label("length")).where(table.c.loan.in_(ended)).group_by(table.c.loan)
        )
        with self.store.read() as transaction:
            return [float(row.length) for row in transaction.execute(statement)]

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
        with self.store.read() as transaction:
            return [UsageLine(**row._mapping) for row in transaction.execute(statement)]

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
            select(table.c.day, func.sum(table.c.seconds).label("spent"))
            .where(table.c.user == user, table.c.day >= since)
            .group_by(table.c.day)
            .order_by(table.c.day)
        )
        open_loans = select(tables.loans.c.beat, tables.loans.c.seconds).where(tables.loans.c.user == user)
        with self.store.read() as transaction:
            found = {str(row.day): float(row.spent) for row in transaction.execute(statement)}
            for loan in transaction.execute(open_loans):
                if day_of(loan.beat) >= since:
                    found[day_of(loan.beat)] = found.get(day_of(loan.beat), 0.0) + loan.seconds
        return dict(sorted(found.items()))

    def totals(self) -> dict[str, float]:
        """GPU time in the ledger by how its lines ended.

        Returns
        -------
        dict of str to float
            Seconds by reason.
        """
        table = tables.usage
        statement = select(table.c.reason, func.sum(table.c.seconds).label("spent")).group_by(table.c.reason)
        with self.store.read() as transaction:
            return {str(row.reason): float(row.spent) for row in transaction.execute(statement)}

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
        with self.store.read() as transaction:
            row = transaction.execute(select(table.c.gpu_hours, table.c.until).where(table.c.user == user)).first()
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
        with self.store.begin() as transaction:
            line = transaction.note(actor=actor, action=hours + until, subject=user, reason=reason)
            transaction.execute(delete(tables.allowances).where(tables.allowances.c.user == user))
            if given is not None:
                transaction.execute(insert(tables.allowances).values(user=user, audit=line, **asdict(given)))


def _replace(transaction: Transaction, table: Table, rows: list[dict[str, Any]]) -> None:
    transaction.execute(delete(table))
    if rows:
        transaction.execute(insert(table), rows)
