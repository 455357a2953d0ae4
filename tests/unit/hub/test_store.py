"""The store: migrations, deciding and reading transactions, marks, audit, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
import time

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from joulebook_hub.errors import HubError
from joulebook_hub.service.features import load_tables
from joulebook_hub.store import METADATA, Store, engines


@pytest.fixture
def store(store_url):
    store = Store(store_url)
    yield store
    store.close()


def test_tables_are_those_of_the_migrations(store):
    load_tables()
    with store.begin() as transaction:
        assert compare_metadata(MigrationContext.configure(transaction.connection), METADATA) == []


def test_migrations_are_one_line():
    config = Config()
    config.set_main_option("script_location", str(engines._MIGRATIONS))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_a_ledger_of_the_first_version_is_brought_forward(tmp_path):
    from alembic import command

    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    engine = engines.open_engine(url)
    config = Config()
    config.set_main_option("script_location", str(engines._MIGRATIONS))
    with engines.deciding(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO marks VALUES ('number', 7)"))
    engine.dispose()
    store = Store(url)
    with store.begin() as transaction:
        assert transaction.mark("number", 1.0) == 7.0
        assert compare_metadata(MigrationContext.configure(transaction.connection), METADATA) == []
    store.close()


def test_a_newer_store_is_refused(store):
    with store.begin() as transaction:
        transaction.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(HubError, match="newer version"):
        engines.migrate(store.engine)


def test_who_decides_waits_for_who_decides(store):
    """Two threads count up at the same time; a reader is not held up by either."""

    def count(times):
        for _ in range(times):
            with store.begin() as transaction:
                found = transaction.mark("count", 0.0)
                time.sleep(0.001)  # a wider window for the race that must not happen
                transaction.set_mark("count", found + 1.0)

    threads = [threading.Thread(target=count, args=(20,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.begin() as transaction:
        assert transaction.mark("count", 0.0) == 60.0
        transaction.set_mark("count", 99.0)
        seen = []

        def look():
            with store.read() as other:
                seen.append(other.mark("count", 0.0))

        reader = threading.Thread(target=look)
        reader.start()
        reader.join(10)
        assert seen == [60.0], "a reader sees what was stored, at once"


def test_an_inner_transaction_is_part_of_the_outer_one(store):
    with pytest.raises(ZeroDivisionError), store.begin() as outer:
        with store.begin() as inner, store.read() as look:
            assert inner is outer is look
            inner.set_mark("x", 1.0)
        raise ZeroDivisionError
    with store.read() as transaction:
        assert transaction.mark("x", 0.0) == 0.0


def test_time_never_goes_back_between_processes(store_url):
    walls = {"a": 1000.0, "b": 10.0}
    first = Store(store_url, wall=lambda: walls["a"], passing=lambda: 0.0)
    with first.begin() as transaction:
        assert transaction.now == 1000.0
    second = Store(store_url, wall=lambda: walls["b"], passing=lambda: 0.0)
    with second.begin() as transaction:
        assert transaction.now == 1000.0
    walls["a"] = 5000.0
    third = Store(store_url, wall=lambda: walls["a"], passing=lambda: 0.0)
    with third.begin():
        pass
    with second.begin() as transaction:
        assert transaction.now == 5000.0, "what another process has written lies before"
    for store in (first, second, third):
        store.close()


def test_the_audit_log_by_pages(store):
    with store.begin() as transaction:
        for number in range(5):
            transaction.note(actor="root", action=f"act {number}", subject="ada", reason="test")
        lines = transaction.audit(most=2)
        assert [line.action for line in lines] == ["act 4", "act 3"]
        assert [line.action for line in transaction.audit(before=lines[-1].line, most=2)] == ["act 2", "act 1"]


@pytest.mark.parametrize(
    "url", ["", "x", "mysql://a/b", "sqlite://", "sqlite:///:memory:", "http://[", "postgresql+x:"]
)
def test_what_is_no_address(url):
    with pytest.raises(HubError, match="JOULEBOOK_STORE_URL"):
        engines.address(url)
