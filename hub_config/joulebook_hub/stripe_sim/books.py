"""The simulator's books: objects, replies, deliveries and switches in one SQLite file.

A request is one transaction: what it does, the events that it causes and the reply to its idempotency key are stored
together or not at all.
"""

from __future__ import annotations

import json
import secrets
import string
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.engine import make_url

from joulebook_hub.stripe_sim import API_VERSION
from joulebook_hub.stripe_sim.faults import NotFoundError, RequestError

__all__ = ["Books", "Shelf"]

METADATA = MetaData()
_ALPHABET = string.ascii_letters + string.digits
_REPLY_SECONDS = 86400

objects = Table(
    "objects",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(255), nullable=False, unique=True),
    Column("kind", String(64), nullable=False),
    Column("customer", String(255)),
    Column("body", Text, nullable=False),
    Index("objects_by_kind", "kind", "customer"),
)
replies = Table(
    "replies",
    METADATA,
    Column("key", String(255), primary_key=True),
    Column("request", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Float, nullable=False),
)
uses = Table(
    "uses",
    METADATA,
    Column("identifier", String(255), primary_key=True),
    Column("event_name", String(100), nullable=False),
    Column("customer", String(255), nullable=False),
    Column("value", Integer, nullable=False),
    Column("at", Integer, nullable=False),
    Index("uses_by_customer", "customer", "event_name", "at"),
)
deliveries = Table(
    "deliveries",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("event", String(255), nullable=False),
    Column("endpoint", String(255), nullable=False),
    Column("due", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("answer", String(200), nullable=False),
)
switches = Table(
    "switches", METADATA, Column("name", String(32), primary_key=True), Column("value", String(200), nullable=False)
)


class Shelf:
    """The file.

    Parameters
    ----------
    url : str
        SQLAlchemy address of a SQLite database.
    wall : callable
        Gives the time, s since 1970.
    """

    def __init__(self, url: str, *, wall: Callable[[], float] = time.time) -> None:
        database = make_url(url).database
        if database:
            Path(database).touch(mode=0o600)
        self.engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 15})
        self.wall = wall

        @event.listens_for(self.engine, "connect")
        def _settings(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            connection.execute("PRAGMA journal_mode=WAL")

        @event.listens_for(self.engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        METADATA.create_all(self.engine)

    @contextmanager
    def open(self) -> Iterator[Books]:
        """Begin a transaction.

        Yields
        ------
        Books
            Stored when the block ends, forgotten when it raises.
        """
        with self.engine.begin() as connection:
            yield Books(connection, self.wall)

    def close(self) -> None:
        """Give back the database connections."""
        self.engine.dispose()


class Books:
    """The objects, within one transaction.

    Parameters
    ----------
    connection : Connection
        An open transaction.
    wall : callable
        Gives the time, s since 1970.
    """

    def __init__(self, connection: Connection, wall: Callable[[], float]) -> None:
        self.connection = connection
        self.wall = wall
        self.request: str | None = None
        self.key: str | None = None

    def now(self, clock: str | None = None) -> int:
        """Time of a customer.

        Parameters
        ----------
        clock : str, optional
            The test clock that the customer is on.

        Returns
        -------
        int
            Seconds since 1970.
        """
        return int(self.get("test_helpers.test_clock", clock)["frozen_time"]) if clock else int(self.wall())

    def fresh(self, prefix: str) -> str:
        """Make an identity.

        Parameters
        ----------
        prefix : str
            Such as ``cus``.

        Returns
        -------
        str
            Not used before.
        """
        return prefix + "_" + "".join(secrets.choice(_ALPHABET) for _ in range(24))

    def find(self, identity: str) -> dict[str, Any] | None:
        """Look an object up by its identity alone.

        Parameters
        ----------
        identity : str
            The identity.

        Returns
        -------
        dict or None
            The object.
        """
        body = self.connection.execute(select(objects.c.body).where(objects.c.id == identity)).scalar()
        return json.loads(body) if body else None

    def get(self, kind: str, identity: str, param: str = "id") -> dict[str, Any]:
        """Take an object.

        Parameters
        ----------
        kind : str
            Its ``object``.
        identity : str
            Its identity.
        param : str
            The parameter that named it, for the fault.

        Returns
        -------
        dict
            The object.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        found = self.find(identity)
        if found is None or found["object"] != kind:
            raise NotFoundError(kind.rsplit(".", 1)[-1], identity, param)
        return found

    def live(self, kind: str, identity: str, param: str = "id") -> dict[str, Any]:
        """Take an object that was not deleted.

        Parameters
        ----------
        kind, identity, param : str
            As for `get`.

        Returns
        -------
        dict
            The object.

        Raises
        ------
        NotFoundError
            If there is none or it was deleted.
        """
        found = self.get(kind, identity, param)
        if found.get("deleted"):
            raise NotFoundError(kind, identity, param)
        return found

    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Store an object.

        Parameters
        ----------
        body : dict
            Whole object.

        Returns
        -------
        dict
            The same.
        """
        customer = body["id"] if body["object"] == "customer" else body.get("customer")
        values = {"kind": body["object"], "customer": customer, "body": json.dumps(body)}
        there = self.connection.execute(update(objects).where(objects.c.id == body["id"]).values(**values))
        if there.rowcount == 0:
            self.connection.execute(insert(objects).values(id=body["id"], **values))
        return body

    def remove(self, identity: str) -> None:
        """Forget an object.

        Parameters
        ----------
        identity : str
            Its identity.
        """
        self.connection.execute(delete(objects).where(objects.c.id == identity))

    def all(self, kind: str, *, customer: str | None = None, **equal: Any) -> list[dict[str, Any]]:
        """Take all objects of a kind, the newest first.

        Parameters
        ----------
        kind : str
            Their ``object``.
        customer : str, optional
            Only of this one.
        **equal : object
            Only with these values.

        Returns
        -------
        list of dict
            Deleted ones excepted.
        """
        query = select(objects.c.body).where(objects.c.kind == kind).order_by(objects.c.number.desc())
        if customer is not None:
            query = query.where(objects.c.customer == customer)
        found = (json.loads(body) for body in self.connection.execute(query).scalars())
        return [
            one
            for one in found
            if not one.get("deleted") and all(one.get(key) == value for key, value in equal.items())
        ]

    def tell(self, name: str, body: dict[str, Any], *, at: int, before: dict[str, Any] | None = None) -> None:
        """Write an event, and plan its deliveries.

        Parameters
        ----------
        name : str
            Its type.
        body : dict
            The object as it is now.
        at : int
            When, in the customer's time.
        before : dict, optional
            Values that changed, as they were.
        """
        data: dict[str, Any] = {"object": body}
        if before is not None:
            data["previous_attributes"] = before
        ends = [
            end
            for end in self.all("webhook_endpoint", status="enabled")
            if "*" in end["enabled_events"] or name in end["enabled_events"]
        ]
        request = {"id": self.request, "idempotency_key": self.key}
        written = {
            "id": self.fresh("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": at,
            "data": data,
            "livemode": False,
            "pending_webhooks": len(ends),
            "request": request,
            "type": name,
        }
        self.put(written)
        for end in ends:
            self.plan(str(written["id"]), str(end["id"]))

    def plan(self, event_id: str, endpoint: str) -> None:
        """Plan the delivery of an event, with the faults that are switched on.

        Parameters
        ----------
        event_id, endpoint : str
            What goes where.
        """
        on = self.switches()
        copies = 2 if on.get("duplicate") == "on" else 1
        for _copy in range(copies):
            wait = float(on.get("delay") or 0)
            if on.get("reorder") == "on":
                wait += secrets.randbelow(2000) / 1000
            values = {"due": self.wall() + wait, "attempts": 0, "state": "pending", "answer": ""}
            self.connection.execute(insert(deliveries).values(event=event_id, endpoint=endpoint, **values))

    def switches(self) -> dict[str, str]:
        """Faults on purpose: ``duplicate``, ``reorder`` (on or off), ``delay`` (seconds).

        Returns
        -------
        dict
            Their values.
        """
        return {str(row.name): str(row.value) for row in self.connection.execute(select(switches))}

    def switch(self, name: str, value: str) -> None:
        """Set a switch.

        Parameters
        ----------
        name, value : str
            Which, and to what.
        """
        self.connection.execute(delete(switches).where(switches.c.name == name))
        self.connection.execute(insert(switches).values(name=name, value=value))

    def reply(self, key: str, request: str) -> tuple[int, str] | None:
        """Look up what a request with this idempotency key was answered.

        Parameters
        ----------
        key : str
            The key.
        request : str
            Method, path and parameters.

        Returns
        -------
        tuple or None
            Status and body; None if the key is new.

        Raises
        ------
        RequestError
            If the key was used for another request.
        """
        self.connection.execute(delete(replies).where(replies.c.at < self.wall() - _REPLY_SECONDS))
        row = self.connection.execute(select(replies).where(replies.c.key == key)).first()
        if row is None:
            return None
        if row.request != request:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key[:80]}' if you meant to execute a different request."
            )
            raise RequestError(message, kind="idempotency_error", status=400)
        return int(row.status), str(row.body)

    def keep(self, key: str, request: str, status: int, body: str) -> None:
        """Store the reply to a request with an idempotency key.

        Parameters
        ----------
        key, request : str
            As for `reply`.
        status : int
            HTTP status.
        body : str
            JSON.
        """
        values = {"key": key, "request": request, "status": status, "body": body, "at": self.wall()}
        self.connection.execute(insert(replies).values(**values))
