"""Databases of a hub, copied as of one instant: SQLite by its own backup, PostgreSQL by pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import URL, make_url

from joulebook_hub.errors import HubError
from joulebook_hub.store.engines import address

__all__ = ["copy_postgresql", "copy_sqlite", "has_tables", "is_postgresql", "restore_postgresql"]

_PATIENCE = 3600


def is_postgresql(url: str) -> bool:
    """Tell what kind of database an address names.

    Parameters
    ----------
    url : str
        SQLAlchemy address; may be empty.

    Returns
    -------
    bool
        True for PostgreSQL.
    """
    return bool(url) and make_url(url).get_backend_name() == "postgresql"


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that others may be writing.

    Parameters
    ----------
    source : Path
        The database.
    target : Path
        The copy, made here: one file, without a write-ahead log.

    Raises
    ------
    HubError
        If the source is no database, or the copy is not whole.
    """
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=60)) as there,
            closing(sqlite3.connect(target)) as here,
        ):
            there.backup(here)
            here.execute("PRAGMA journal_mode=DELETE")
            answer = here.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        message = f"The database {source} cannot be copied: {error}. Look at the disk, and at who owns the file."
        raise HubError(message, reason="backup_database") from error
    if answer != "ok":
        message = f"The database {source} is damaged: {answer}. Restore the latest backup."
        raise HubError(message, reason="backup_database")
    target.chmod(0o600)


def copy_postgresql(url: str, target: Path) -> None:
    """Dump a PostgreSQL database as of one instant, in pg_dump's own format.

    Parameters
    ----------
    url : str
        SQLAlchemy address.
    target : Path
        The dump.
    """
    address, variables = _connection(url)
    _run(["pg_dump", "--format=custom", "--no-owner", f"--file={target}", *address], variables)
    target.chmod(0o600)


def restore_postgresql(url: str, dump: Path) -> None:
    """Bring a dump back in one transaction: all of it, or nothing.

    Parameters
    ----------
    url : str
        SQLAlchemy address of the database.
    dump : Path
        What `copy_postgresql` made.
    """
    address, variables = _connection(url)
    command = ["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
    _run([*command, *address, str(dump)], variables)


def has_tables(url: str) -> bool:
    """Tell whether a database holds anything.

    Parameters
    ----------
    url : str
        SQLAlchemy address.

    Returns
    -------
    bool
        True if it has a table.
    """
    engine = create_engine(address(url))
    try:
        return bool(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def _connection(url: str) -> tuple[list[str], dict[str, str]]:
    """Arguments and variables for PostgreSQL's tools; the password never stands in a command line."""
    parsed: URL = make_url(url)
    host = parsed.host or str(parsed.query.get("host", ""))
    options = {"--host": host, "--port": parsed.port and str(parsed.port), "--username": parsed.username}
    arguments = [f"{name}={value}" for name, value in options.items() if value]
    variables = {"PGPASSWORD": str(parsed.password)} if parsed.password else {}
    return [*arguments, f"--dbname={parsed.database}"], variables


def _run(command: list[str], variables: dict[str, str]) -> None:
    program = shutil.which(command[0]) or _of_debian(command[0])
    if program is None:
        message = f"{command[0]} was not found. Install the client programs of PostgreSQL (postgresql-client)."
        raise HubError(message, reason="backup_tools")
    environment = {**os.environ, **variables}
    done = subprocess.run(
        [program, *command[1:]], env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-3:])
        raise HubError(f"{command[0]} ended with {done.returncode}:\n{last}", reason="backup_database")


def _of_debian(name: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else None
