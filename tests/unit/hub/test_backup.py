"""Backups hold a hub whole, come back only whole, and lose nothing of what was there."""

from __future__ import annotations

import io
import json
import sqlite3
import stat
import tarfile
from contextlib import closing
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from object_store import object_store
from sqlalchemy import create_engine, text

from joulebook_hub.backup import archive as packing
from joulebook_hub.backup.making import back_up
from joulebook_hub.backup.restoring import restore
from joulebook_hub.backup.shelves import shelf_of
from joulebook_hub.errors import HubError
from joulebook_hub.store.engines import address


def _hub(home):
    """A hub's folder: two databases, one open with a write-ahead log, a secret, a workspace with a link to outside."""
    home.mkdir()
    for name in ("jupyterhub", "ledger"):
        with closing(sqlite3.connect(home / f"{name}.sqlite")) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("CREATE TABLE usage (seconds REAL)")
            database.execute("INSERT INTO usage VALUES (12.5)")
            database.commit()
    (home / "cookie_secret").write_text("a secret", encoding="utf-8")
    (home / "cookie_secret").chmod(0o600)
    (home / "running.json").write_text("{}", encoding="utf-8")
    notes = home / "workspaces" / "users" / "ada" / "notes"
    notes.mkdir(parents=True)
    (notes / "ä 1.txt").write_text("hello", encoding="utf-8")
    (notes / "out").symlink_to("/etc/passwd")
    (home / "logs").mkdir()
    (home / "logs" / "hub.log").write_text("not saved", encoding="utf-8")
    return {"JOULEBOOK_HOME": str(home)}


def _usage(home):
    with closing(sqlite3.connect(home / "ledger.sqlite")) as database:
        return database.execute("SELECT seconds FROM usage").fetchall()


@pytest.fixture
def hub(tmp_path):
    return _hub(tmp_path / "hub")


def test_there_and_back(hub, tmp_path):
    made = back_up(hub, str(tmp_path / "kept"), now=0.0)
    archive = tmp_path / "kept" / "joulebook-19700101T000000Z.tar.gz"
    assert made.place == str(archive) and made.size == archive.stat().st_size
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    there = tmp_path / "elsewhere" / "hub"
    done = restore({"JOULEBOOK_HOME": str(there)}, str(tmp_path / "kept"))
    assert done.folder == there and done.before is None and done.made == 0.0
    assert _usage(there) == [(12.5,)]
    assert (there / "cookie_secret").read_text() == "a secret"
    assert stat.S_IMODE((there / "cookie_secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(there.stat().st_mode) == 0o700
    assert (there / "workspaces/users/ada/notes/ä 1.txt").read_text() == "hello"
    saved = {path.relative_to(there).as_posix() for path in there.rglob("*") if path.is_file()}
    assert not saved & {"running.json", "logs/hub.log", "workspaces/users/ada/notes/out"}
    assert not list(tmp_path.glob(".joulebook-*")) and not list((tmp_path / "kept").glob(".*"))


def test_a_database_that_is_being_written_is_saved_as_of_one_instant(hub, tmp_path):
    with closing(sqlite3.connect(tmp_path / "hub" / "ledger.sqlite")) as writing:
        writing.execute("BEGIN IMMEDIATE")
        writing.execute("INSERT INTO usage VALUES (99.0)")
        back_up(hub, str(tmp_path / "kept"))
        writing.rollback()
    there = tmp_path / "there"
    restore({"JOULEBOOK_HOME": str(there)}, str(tmp_path / "kept"))
    assert _usage(there) == [(12.5,)]


def test_workspaces_can_stay_out_and_old_backups_go(hub, tmp_path):
    for day in range(4):
        made = back_up(hub, str(tmp_path / "kept"), workspaces=False, keep=2, now=day * 86400.0)
    names = sorted(path.name for path in (tmp_path / "kept").iterdir())
    assert names == ["joulebook-19700103T000000Z.tar.gz", "joulebook-19700104T000000Z.tar.gz"]
    assert made.removed == ("joulebook-19700102T000000Z.tar.gz",)
    with tarfile.open(tmp_path / "kept" / names[-1]) as tar:
        assert not [name for name in tar.getnames() if "workspaces" in name]


def test_what_is_there_is_neither_overwritten_nor_deleted(hub, tmp_path):
    back_up(hub, str(tmp_path / "one.tar.gz"))
    with closing(sqlite3.connect(tmp_path / "hub" / "ledger.sqlite")) as database:
        database.execute("INSERT INTO usage VALUES (1.0)")
        database.commit()
    with pytest.raises(HubError, match="not empty") as refused:
        restore(hub, str(tmp_path / "one.tar.gz"))
    assert refused.value.reason == "occupied"
    done = restore(hub, str(tmp_path / "one.tar.gz"), replace=True)
    assert _usage(tmp_path / "hub") == [(12.5,)]
    assert done.before is not None and _usage(done.before) == [(12.5,), (1.0,)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0.0, 1.0), change=st.integers(1, 255), cut=st.booleans())
def test_a_damaged_archive_changes_nothing(tmp_path_factory, where, change, cut):
    tmp_path = tmp_path_factory.mktemp("damaged")
    hub = _hub(tmp_path / "hub")
    archive = tmp_path / "one.tar.gz"
    back_up(hub, str(archive))
    content = bytearray(archive.read_bytes())
    place = min(int(where * len(content)), len(content) - 1)
    if cut:
        del content[place:]
    else:
        content[place] ^= change
    archive.write_bytes(content)
    there = tmp_path / "there"
    try:
        restore({"JOULEBOOK_HOME": str(there)}, str(archive))
    except HubError as error:
        assert error.reason == "bad_backup"
        assert not there.exists()
    else:  # a byte of the gzip header's time stamp, or the like: nothing of the contents
        assert _usage(there) == [(12.5,)] and (there / "cookie_secret").read_text() == "a secret"


@pytest.mark.parametrize("name", ["../out", "/abs", "folder/../../out"])
def test_an_archive_that_would_leave_its_folder_is_refused(tmp_path, name):
    archive = tmp_path / "evil.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = 1
        tar.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(HubError, match="not a plain file"):
        restore({"JOULEBOOK_HOME": str(tmp_path / "there")}, str(archive))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.tar.gz"]


def test_an_archive_that_would_fill_the_disk_is_given_up(tmp_path, monkeypatch):
    """A few kilobytes that unpack to a hundred megabytes, on a disk with room for ten and what must stay free."""
    archive, there = tmp_path / "bomb.tar.gz", tmp_path / "there"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("folder/zeros")
        member.size = 100_000_000
        tar.addfile(member, io.BytesIO(bytes(member.size)))
    assert archive.stat().st_size < 200_000
    room, most = 10 << 20, []

    def disk_usage(folder):
        used = sum(path.stat().st_size for path in folder.rglob("*"))
        most.append(used)
        return SimpleNamespace(free=packing._LEAST_FREE + room - used)

    monkeypatch.setattr(packing.shutil, "disk_usage", disk_usage)
    with pytest.raises(HubError, match="does not fit"):
        restore({"JOULEBOOK_HOME": str(there)}, str(archive))
    assert max(most) <= room and [path.name for path in tmp_path.iterdir()] == ["bomb.tar.gz"]
    monkeypatch.undo()
    monkeypatch.setattr(packing, "_LARGEST_MANIFEST", 10)
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("manifest.json")
        member.size = 11
        tar.addfile(member, io.BytesIO(bytes(11)))
    with pytest.raises(HubError, match="has 11 bytes"):
        restore({"JOULEBOOK_HOME": str(there)}, str(archive))


def test_links_and_foreign_archives_are_refused(tmp_path):
    archive = tmp_path / "evil.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("folder/link")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(member)
    with pytest.raises(HubError, match="not a plain file"):
        restore({"JOULEBOOK_HOME": str(tmp_path / "there")}, str(archive))
    with tarfile.open(archive, "w:gz") as tar:
        content = json.dumps({"format": 99, "files": {}}).encode()
        member = tarfile.TarInfo("manifest.json")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    with pytest.raises(HubError, match="format 99"):
        restore({"JOULEBOOK_HOME": str(tmp_path / "there")}, str(archive))


def test_s3_keeps_lists_and_gives_back(hub, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("shh\n", encoding="utf-8")
    with object_store("the-key") as (address, objects):
        s3 = {
            "JOULEBOOK_S3_ENDPOINT": address,
            "JOULEBOOK_S3_KEY": "the-key",
            "JOULEBOOK_S3_SECRET_FILE": str(secret),
        }
        for day in range(3):
            made = back_up(hub | s3, "s3://vault/lab", keep=2, now=day * 86400.0)
        assert made.place == "s3://vault/lab/joulebook-19700103T000000Z.tar.gz"
        assert sorted(objects) == [f"vault/lab/joulebook-1970010{day}T000000Z.tar.gz" for day in (2, 3)]
        there = tmp_path / "there"
        done = restore({"JOULEBOOK_HOME": str(there)} | s3, "s3://vault/lab/")
        assert done.made == 2 * 86400.0 and _usage(there) == [(12.5,)]
        wrong = hub | s3 | {"JOULEBOOK_S3_KEY": "another"}
        with pytest.raises(HubError, match="does not take the backup") as refused:
            back_up(wrong, "s3://vault/lab")
        assert "shh" not in refused.value.user_message
    assert not list(tmp_path.glob(".joulebook-*"))


@pytest.mark.parametrize(
    ("change", "word"),
    [({"JOULEBOOK_S3_ENDPOINT": "vault"}, "JOULEBOOK_S3_ENDPOINT"), ({}, "JOULEBOOK_S3_SECRET_FILE")],
)
def test_s3_settings_are_told(change, word):
    with pytest.raises(HubError, match=word):
        shelf_of("s3://vault/", {"JOULEBOOK_S3_ENDPOINT": "https://s3.example.org"} | change)


def test_a_database_elsewhere_comes_back_in_one_transaction(hub, tmp_path, postgresql_url):
    engine = create_engine(address(postgresql_url))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE ledger (line INTEGER PRIMARY KEY, seconds REAL)"))
        connection.execute(text("INSERT INTO ledger VALUES (1, 60.5)"))
    elsewhere = hub | {"JOULEBOOK_STORE_URL": postgresql_url}
    back_up(elsewhere, str(tmp_path / "kept"))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO ledger VALUES (2, 1.0)"))
    there = {"JOULEBOOK_HOME": str(tmp_path / "there")}
    with pytest.raises(HubError, match="JOULEBOOK_STORE_URL: set it"):
        restore(there, str(tmp_path / "kept"))
    there |= {"JOULEBOOK_STORE_URL": postgresql_url}
    with pytest.raises(HubError, match="not empty"):
        restore(there, str(tmp_path / "kept"))
    assert not (tmp_path / "there").exists()
    done = restore(there, str(tmp_path / "kept"), replace=True)
    assert done.databases == ("store",)
    with engine.begin() as connection:
        assert list(connection.execute(text("SELECT line, seconds FROM ledger"))) == [(1, 60.5)]
    engine.dispose()


def test_no_hub_and_no_backup_are_told(tmp_path):
    with pytest.raises(HubError, match="is no hub's folder"):
        back_up({"JOULEBOOK_HOME": str(tmp_path / "nothing")}, str(tmp_path / "kept"))
    with pytest.raises(HubError, match="no backup in"):
        restore({"JOULEBOOK_HOME": str(tmp_path / "there")}, str(tmp_path))
    with pytest.raises(HubError):
        restore({"JOULEBOOK_HOME": str(tmp_path / "there")}, str(tmp_path / "absent.tar.gz"))
