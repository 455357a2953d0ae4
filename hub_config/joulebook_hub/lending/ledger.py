"""The ledger of lent GPUs, kept in the hub's store: each event of the desk is one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Table, delete, func, insert, select

from joulebook_hub.lending import tables
from joulebook_hub.lending.accounts import CONTINUED
from joulebook_hub.lending.desk import Desk
from joulebook_hub.lending.records import Card, Claim, Loan, day_of
from joulebook_hub.store import SteadyClock, Store, Transaction

__all__ = ["Ledger", "UsageLine"]


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
    project: str
    grace: float
    metered: float


class Ledger:
    """What is lent, and what was used.

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
        month = day_of(transaction.now)[:7]
        earlier = min((day_of(loan.beat)[:7] for loan in lent), default=month)
        used, all_lent = _sums(transaction, month)
        return Desk(
            cards,
            {(loan.user, loan.kernel): loan for loan in lent},
            {(claim.user, claim.kernel): claim for claim in waiting},
            used,
            _sums(transaction, earlier)[0] if earlier < month else {},
            all_lent,
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
        ended = select(table.c.loan).where(table.c.reason.not_in(CONTINUED)).order_by(table.c.line.desc()).limit(most)
        statement = (
            select(func.sum(table.c.seconds).label("length")).where(table.c.loan.in_(ended)).group_by(table.c.loan)
        )
        with self.store.read() as transaction:
            return [float(row.length) for row in transaction.execute(statement)]

    def spent(self, account: str) -> float:
        """GPU time that was charged this month, running loans included.

        Parameters
        ----------
        account : str
            A user, or a pool.

        Returns
        -------
        float
            Seconds.
        """
        desk, now = self.view(())
        return desk.spent(account, now)

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
        statement = (
            select(*(table.c[column.name] for column in fields(UsageLine)))
            .where(table.c.user == user, table.c.line > after)
            .order_by(table.c.line)
            .limit(most)
        )
        with self.store.read() as transaction:
            return [UsageLine(**row._mapping) for row in transaction.execute(statement)]

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


def _sums(transaction: Transaction, month: str) -> tuple[dict[str, float], dict[str, float]]:
    """What was charged in a month, by user and by pool, and what was lent, by user."""
    table = tables.usage
    columns = (
        func.sum(table.c.seconds).label("lent"),
        func.sum(table.c.seconds - table.c.grace - table.c.metered).label("charged"),
    )
    charged: dict[str, float] = {}
    lent: dict[str, float] = {}
    of_month = (table.c.day >= f"{month}-01", table.c.day <= f"{month}-31")
    sums = select(table.c.user, table.c.pool, *columns).where(*of_month).group_by(table.c.user, table.c.pool)
    for row in transaction.execute(sums):
        lent[row.user] = lent.get(row.user, 0.0) + float(row.lent)
        for account in filter(None, (row.user, row.pool)):
            charged[account] = charged.get(account, 0.0) + float(row.charged)
    return charged, lent


def _replace(transaction: Transaction, table: Table, rows: list[dict[str, Any]]) -> None:
    transaction.execute(delete(table))
    if rows:
        transaction.execute(insert(table), rows)
