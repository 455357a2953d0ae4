"""Machine code beside its source serves people who may not write there."""

from __future__ import annotations

import importlib.util
import os
import shutil

import numba
import pytest
from numba.core import config

from joulebook.numerics import machine_code

SOURCE = "def doubled(x):\n    return 2.0 * x\n"


@pytest.fixture
def loop(tmp_path, monkeypatch):
    """A compiled loop in a folder as an administrator leaves it, and somebody who may not write there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    monkeypatch.setattr(machine_code, "_SEEN", set())
    source = tmp_path / "doubling.py"
    source.write_text(SOURCE, encoding="utf-8")
    specification = importlib.util.spec_from_file_location("doubling", source)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    monkeypatch.setattr(config, "CACHE_LOCATOR_CLASSES", "InTreeCacheLocator")
    assert numba.njit(cache=True)(module.doubled)(2.0) == 4.0
    monkeypatch.setattr(config, "CACHE_LOCATOR_CLASSES", "UserWideCacheLocator")
    monkeypatch.setattr(machine_code.os, "access", lambda path, mode: False)
    return module.doubled


def compiled(loop):
    found = numba.njit(cache=True)(loop)
    assert found(3.0) == 6.0
    return sum(found.stats.cache_misses.values())


def test_nobody_compiles_what_the_administrator_has_compiled(loop):
    assert machine_code.adopt(loop) == 1
    assert compiled(loop) == 0
    assert machine_code.adopt(loop) == 0, "a source is looked at once"


def test_without_it_everybody_would(loop):
    assert compiled(loop) == 1


def test_newer_machine_code_replaces_the_own_and_older_does_not(loop, tmp_path):
    assert machine_code.adopt(loop) == 1
    machine_code._SEEN.clear()
    assert machine_code.adopt(loop) == 0
    machine_code._SEEN.clear()
    (index,) = (tmp_path / "__pycache__").glob("doubling.*.nbi")
    found = index.stat()
    os.utime(index, ns=(found.st_atime_ns, found.st_mtime_ns + 10**9))
    assert machine_code.adopt(loop) == 1 and compiled(loop) == 0


def test_who_may_write_there_and_who_has_no_room_copies_nothing(loop, tmp_path, monkeypatch):
    monkeypatch.setattr(machine_code.shutil, "copyfile", _no_room)
    assert machine_code.adopt(loop) == 0 and not [path for path in (tmp_path / "own").rglob("*") if path.is_file()]
    monkeypatch.setattr(machine_code, "_SEEN", set())
    monkeypatch.undo()
    shutil.rmtree(tmp_path / "own")
    assert machine_code.adopt(loop) == 0 and not (tmp_path / "own").exists()


def _no_room(*_arguments):
    raise OSError(28, "No space left on device")
