"""Opening the store's database: SQLite or PostgreSQL, with transactions that decide and transactions that read.

A deciding transaction has the store to itself from its first read on: SQLite's ``BEGIN IMMEDIATE``, PostgreSQL's
advisory lock of the transaction. It waits ``BUSY`` seconds for another one to end. A reading one sees one instant and
waits for nobody (SQLite's write-ahead log, PostgreSQL's ``REPEATABLE READ``).
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from joulebook_hub.errors import HubError

__all__ = ["BUSY", "address", "deciding", "migrate", "open_engine", "reading"]

BUSY = 15.0
_LOCK = 0x6A6F756C65  # "joule"
_MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_ONE_MIGRATION = threading.Lock()  # Alembic keeps its context in the module


def address(url: str) -> URL:
    """Check a database's address.

    Parameters
    ----------
    url : str
        ``sqlite:////path``, or ``postgresql://user:password@host/name``.

    Returns
    -------
    URL
        With the driver that is used here.

    Raises
    ------
    HubError
        If it is neither.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = URL.create("unreadable")
    backend = parsed.get_backend_name() if parsed.drivername != "unreadable" else ""
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(drivername="sqlite")
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    message = (
        "JOULEBOOK_STORE_URL is no address of a database. Use sqlite:////folder/file.sqlite or "
        "postgresql://user:password@host/name."
    )
    raise HubError(message, reason="bad_store_url")


def open_engine(url: str) -> Engine:
    """Open a database; nothing is sent to it yet.

    Parameters
    ----------
    url : str
        Its address.

    Returns
    -------
    Engine
        For `deciding` and `reading`.
    """
    parsed = address(url)
    return _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)


def deciding(engine: Engine) -> Engine:
    """View of an engine whose transactions decide.

    Parameters
    ----------
    engine : Engine
        The engine.

    Returns
    -------
    Engine
        Shares its connections.
    """
    return engine.execution_options(joulebook_decides=True)


def reading(engine: Engine) -> Engine:
    """View of an engine whose transactions read one instant.

    Parameters
    ----------
    engine : Engine
        The engine.

    Returns
    -------
    Engine
        Shares its connections.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _sqlite(url: URL) -> Engine:
    Path(str(url.database)).touch(mode=0o600)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": BUSY})

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # sqlite3 begins nothing by itself; `_begin` does
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        decides = connection.get_execution_options().get("joulebook_decides")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if decides else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("joulebook_decides"):
            patience = f"SET LOCAL lock_timeout = {int(1000 * BUSY)}"
            connection.exec_driver_sql(f"{patience}; SELECT pg_advisory_xact_lock({_LOCK})")

    return engine


def migrate(engine: Engine) -> None:
    """Bring a database to the newest tables, once for all processes.

    Parameters
    ----------
    engine : Engine
        The engine.

    Raises
    ------
    HubError
        If a newer version of Joulebook wrote it.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    try:
        with _ONE_MIGRATION, deciding(engine).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        message = (
            "A newer version of Joulebook wrote the hub's store. Install that version again, or restore a backup from "
            f"before the change. ({error})"
        )
        raise HubError(message, reason="newer_store") from error
