"""The keeper starts its program again when it ends, ends with it when asked, and leaves nothing when it is killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

PROGRAM = [sys.executable, "-c", "import time; time.sleep(60)"]


def _until(condition):
    deadline = time.monotonic() + 20.0
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("not within 20 s")


@pytest.fixture
def keeper():
    command = [sys.executable, "-m", "joulebook_hub.keeper", str(os.getpid()), "--", *PROGRAM]
    process = psutil.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    yield process
    if process.poll() is None:
        process.kill()
        process.wait()


def _child(keeper, *, but=0):
    return next(
        (child for child in keeper.children() if child.pid != but and "time.sleep" in child.cmdline()[-1]), None
    )


def test_a_killed_program_runs_again_at_once(keeper):
    first = _until(lambda: _child(keeper))
    begin = time.monotonic()
    first.kill()
    second = _until(lambda: _child(keeper, but=first.pid))
    assert second.pid != first.pid and time.monotonic() - begin < 5.0


def test_it_ends_with_its_program_when_asked(keeper):
    child = _until(lambda: _child(keeper))
    keeper.terminate()
    assert keeper.wait(20) == 0
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_killed_keeper_takes_its_program_along(keeper):
    child = _until(lambda: _child(keeper))
    keeper.kill()
    keeper.wait()
    _until(lambda: not child.is_running())


def test_subprocess_is_the_parent_s():
    """Without its parent it does not start at all."""
    command = [sys.executable, "-m", "joulebook_hub.keeper", "1", "--", *PROGRAM]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run(command, env=environment, timeout=20, check=False).returncode == 1
