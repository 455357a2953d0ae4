"""The store: what the hub and its service keep, in one database: SQLite by default, PostgreSQL by its address.

How a feature uses it:

1. Tables stand in ``<feature>/tables.py`` and belong to `METADATA`::

       from joulebook_hub.store import METADATA
       runs = Table("runs", METADATA, Column("run", Integer, primary_key=True), ...)

2. A migration ``store/migrations/versions/<number>_<feature>.py`` makes them, with ``down_revision`` the newest one on
   main (a test keeps one line of migrations, and compares them with the tables). Tables that can only be added to are
   named in ``append_only(...)`` from `joulebook_hub.store.triggers`. The feature's name is added to
   `joulebook_hub.service.features.FEATURES`; its ``tables`` are found there.

3. Everything that decides is one transaction, which has the store to itself from its first read on::

       with store.begin() as transaction:
           row = transaction.execute(select(runs).where(...)).first()
           transaction.execute(insert(runs).values(at=transaction.now, ...))
           transaction.note(actor="ada", action="...", subject="bob", reason="...")

   An error inside takes everything back. A ``begin()`` within another of the same thread joins it, so that a gate of
   one feature and the decision of another are one transaction; nothing that waits for a network belongs inside.
   ``store.read()`` sees one instant and makes nobody wait; it must not write.

4. Time is ``transaction.now`` (or ``store.clock()``), s since 1970: it never goes back, also over restarts and between
   processes, whatever the machine's clock does.

Tests take the fixture ``store_url``, which gives an empty database of each kind.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Engine

from joulebook_hub.store import engines
from joulebook_hub.store.clock import SteadyClock
from joulebook_hub.store.tables import METADATA
from joulebook_hub.store.transactions import AuditLine, Transaction

__all__ = ["METADATA", "AuditLine", "SteadyClock", "Store", "Transaction"]

_LATEST = "latest"


class Store:
    """The database; opened, and brought to the newest tables, when it is first used.

    Parameters
    ----------
    url : str
        Its address, see `engines.address`.
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
        self.url = url
        self._wall, self._passing = wall, passing
        self._opening = threading.Lock()
        self._own = threading.local()

    @cached_property
    def _opened(self) -> tuple[Engine, Engine, SteadyClock]:
        with self._opening:
            if "_opened" in self.__dict__:
                kept: tuple[Engine, Engine, SteadyClock] = self.__dict__["_opened"]
                return kept
            engine = engines.open_engine(self.url)
            engines.migrate(engine)
            with engines.reading(engine).begin() as connection:
                latest = Transaction(connection, 0.0).mark(_LATEST, 0.0)
            clock = SteadyClock(latest, wall=self._wall, passing=self._passing)
            self.__dict__["_opened"] = (engines.deciding(engine), engines.reading(engine), clock)
            return self._opened

    def __deepcopy__(self, memo: dict[int, object]) -> Store:
        """JupyterHub copies its configuration; the store in it stays one."""
        return self

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine; its transactions decide."""
        return self._opened[0]

    @property
    def clock(self) -> SteadyClock:
        """The clock of this process; ``clock.start`` is when the process opened the store."""
        return self._opened[2]

    def close(self) -> None:
        """Give back the database's connections."""
        if "_opened" in self.__dict__:
            self._opened[0].dispose()

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Decide: read, decide and write as one; within another one of this thread, take part in that.

        Yields
        ------
        Transaction
            Stored when the block ends, taken back after an error.
        """
        joined: Transaction | None = getattr(self._own, "transaction", None)
        if joined is not None:
            yield joined
            return
        engine, _, clock = self._opened
        with engine.begin() as connection:
            clock.reach(Transaction(connection, 0.0).mark(_LATEST, 0.0))
            transaction = Transaction(connection, clock())
            self._own.transaction = transaction
            try:
                yield transaction
                transaction.set_mark(_LATEST, transaction.now)
            finally:
                self._own.transaction = None

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Look at one instant; within `begin` of this thread, at what that has written.

        Yields
        ------
        Transaction
            Must not write.
        """
        joined: Transaction | None = getattr(self._own, "transaction", None)
        if joined is not None:
            yield joined
            return
        _, engine, clock = self._opened
        with engine.begin() as connection:
            yield Transaction(connection, clock())
