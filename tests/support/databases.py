"""Empty databases for tests: SQLite files, and PostgreSQL in a cluster of our own that an ordinary user runs."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
import pytest

from joulebook_hub.leash import die_with

KINDS = ("sqlite", "postgresql")
_SETTINGS = (
    *("-c", "listen_addresses="),
    *("-c", "fsync=off"),
    *("-c", "full_page_writes=off"),
    *("-c", "synchronous_commit=off"),
    *("-c", "shared_buffers=32MB"),
    *("-c", "max_connections=60"),
)


def program(name: str) -> str | None:
    """A program of PostgreSQL, on the path or where Debian puts it."""
    found = shutil.which(name)
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return found or (str(debian[-1]) if debian else None)


@dataclass
class Cluster:
    """PostgreSQL on a socket in a temporary folder; no port, no password, nothing kept."""

    folder: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls) -> Cluster:
        initdb, postgres = program("initdb"), program("postgres")
        if initdb is None or postgres is None:
            pytest.skip("PostgreSQL is not installed: run tools/setup.sh test")
        folder = Path(tempfile.mkdtemp(prefix="jb-pg-"))
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        if os.geteuid() == 0:
            os.chown(folder, user.pw_uid, user.pw_gid)
        dropped = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        options = {"cwd": folder, "env": {"HOME": str(folder), "PATH": os.environ["PATH"], "TZ": "UTC"}, **dropped}
        log = (folder / "log").open("ab")
        with log:
            make = [initdb, "-D", "data", "-A", "trust", "-U", "joulebook", "-E", "UTF8", "--locale=C", "--no-sync"]
            subprocess.run(make, stdout=log, stderr=log, check=True, timeout=120, **options)
            here = os.getpid()
            command = [postgres, "-D", "data", "-k", str(folder), *_SETTINGS]
            process = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=lambda: die_with(here), **options)
        cluster = cls(folder, process)
        cluster._wait()
        return cluster

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                self._run("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return

    def _run(self, statement: str) -> None:
        with psycopg.connect(host=str(self.folder), user="joulebook", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def database(self) -> Iterator[str]:
        name = "t" + uuid.uuid4().hex
        self._run(f"CREATE DATABASE {name}")
        try:
            yield f"postgresql://joulebook@/{name}?host={self.folder}"
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # ends sessions and closes down in good order
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


@cache
def cluster() -> Cluster:
    """The one cluster of this test session; `conftest.py` stops it."""
    return Cluster.start()


def stop_cluster() -> None:
    if cluster.cache_info().currsize:
        cluster().stop()
        cluster.cache_clear()


@contextmanager
def empty_database(kind: str) -> Iterator[str]:
    """Address of an empty database, which is gone afterwards."""
    if kind == "postgresql":
        with cluster().database() as url:
            yield url
        return
    folder = tempfile.mkdtemp(prefix="jb-store-")
    try:
        yield f"sqlite:///{folder}/ledger.sqlite"
    finally:
        shutil.rmtree(folder)
