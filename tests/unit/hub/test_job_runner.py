"""Attempts of jobs as real processes: their ends, their groups, leases that are not renewed, logs without end."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

from joulebook_hub.jobs.spool import LOG_PIECE, LogTail, Spool


class Attempt:
    """A runner with a piece of Python as its work."""

    def __init__(self, folder, code, *, lease=30.0, limit=60.0, grace=5.0):
        self.spool = Spool(folder / "job" / "1")
        self.folder = folder
        order = {"command": [sys.executable, "-u", "-c", code], "cwd": str(folder), "limit": limit, "grace": grace}
        self.spool.prepare({**order, "environment": {"PATH": os.environ["PATH"]}})
        self.lease = lease
        self.process = self.start()

    def start(self):
        command = [sys.executable, "-m", "joulebook_hub.jobs.runner", str(self.spool.folder), str(self.lease)]
        return subprocess.Popen(command, start_new_session=True)

    def ending(self, seconds=20.0):
        assert self.process.wait(seconds) == 0
        return self.spool.read("ending.json")


def wait_for(condition, seconds=15.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("not in time")


@pytest.fixture
def attempt(tmp_path):
    made = []

    def make(code, **options):
        made.append(Attempt(tmp_path, code, **options))
        return made[-1]

    yield make
    for one in made:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def pid_in(folder, name="pid"):
    path = folder / name
    return wait_for(lambda: path.exists() and path.read_text().strip() and int(path.read_text()))


def is_gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


SLEEPS = "import os,time; open('pid','w').write(str(os.getpid())); print('ready'); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); " + SLEEPS
LEAVES_A_CHILD = (
    "import subprocess,sys; "
    "child = subprocess.Popen([sys.executable,'-c','import time; time.sleep(60)'], start_new_session=True); "
    "open('pid','w').write(str(child.pid))"
)


def test_a_good_end_with_progress_and_log(attempt):
    code = """
import json, sys
print(json.dumps({"stage": "Report", "label": "cell 1", "done": 1, "total": 2}))
print("a line"); print("a complaint", file=sys.stderr); print('{"not": "ours"}')
print(json.dumps({"stage": "Report", "label": "cell 2", "done": 2, "total": 2}))
"""
    one = attempt(code)
    assert one.ending() == {"how": "done", "error": ""}
    assert one.spool.read("progress.json") == {"stage": "Report", "label": "cell 2", "done": 2.0, "total": 2.0}
    _, log = LogTail(one.spool).read()
    assert sorted(log.decode().splitlines()) == ["a complaint", "a line", '{"not": "ours"}']


def test_a_failure_tells_its_reason(attempt):
    said = attempt("import json,sys; print(json.dumps({'error': 'no convergence'})); sys.exit(1)").ending()
    assert said == {"how": "failed", "error": "no convergence"}


def test_a_failure_without_words_of_its_own_tells_its_last_line(attempt):
    assert attempt("raise RuntimeError('the mesh is too coarse')").ending()["error"].endswith("the mesh is too coarse")


def test_work_that_is_killed_was_interrupted(attempt, tmp_path):
    one = attempt(SLEEPS)
    os.kill(pid_in(tmp_path), 9)
    assert one.ending()["how"] == "interrupted"


def test_cancel_asks_first(attempt, tmp_path):
    one = attempt(SLEEPS + "\n", grace=30.0)
    pid_in(tmp_path)
    one.spool.ask_to_stop()
    begin = time.monotonic()
    assert one.ending()["how"] == "cancelled" and time.monotonic() - begin < 5.0


def test_cancel_insists_after_the_grace_time(attempt, tmp_path):
    one = attempt(STUBBORN, grace=0.5)
    pid = pid_in(tmp_path)
    one.spool.ask_to_stop()
    assert one.ending()["how"] == "cancelled" and is_gone(pid)


def test_what_the_work_leaves_running_ends_with_it(attempt, tmp_path):
    one = attempt(LEAVES_A_CHILD)
    assert one.ending()["how"] == "done" and is_gone(pid_in(tmp_path))


def test_a_lease_that_is_not_renewed_ends_the_work(attempt, tmp_path):
    one = attempt(STUBBORN, lease=1.5, grace=0.3)
    pid = pid_in(tmp_path)
    assert one.ending()["how"] == "interrupted" and is_gone(pid)


def test_a_lease_that_is_renewed_does_not(attempt):
    one = attempt("import time; time.sleep(2.5)", lease=1.5)
    while one.process.poll() is None:
        one.spool.count("lease")
        time.sleep(0.3)
    assert one.ending()["how"] == "done"


def test_the_time_limit_ends_the_work_for_good(attempt):
    assert attempt(SLEEPS, limit=1.0, grace=1.0).ending() == {
        "how": "refused",
        "error": "The time limit of the job is over. Give it more, or ask for less.",
    }


def test_a_killed_runner_takes_its_work_along(attempt, tmp_path):
    one = attempt(SLEEPS)
    pid = pid_in(tmp_path)
    one.process.kill()
    one.process.wait()
    wait_for(lambda: is_gone(pid))


def test_an_attempt_is_started_once(attempt, tmp_path):
    one = attempt("open('starts','a').write('x')")
    assert one.ending()["how"] == "done"
    assert one.start().wait(20) == 3 and (tmp_path / "starts").read_text() == "x"


def test_a_program_that_is_not_there_is_refused(tmp_path):
    spool = Spool(tmp_path / "job" / "1")
    spool.prepare({"command": ["/no/such"], "cwd": str(tmp_path), "limit": 9, "grace": 1, "environment": {}})
    command = [sys.executable, "-m", "joulebook_hub.jobs.runner", str(spool.folder)]
    assert subprocess.run(command, check=False).returncode == 0
    assert "could not be started" in spool.read("ending.json")["error"]


def test_a_log_without_end_keeps_its_newest_pieces(attempt):
    lines = 4 * LOG_PIECE // 100
    one = attempt(f"import sys\nfor n in range({lines}): sys.stdout.write(f'{{n:099d}}\\n')")
    assert one.ending()["how"] == "done"
    assert sum(path.stat().st_size for _, path in one.spool.pieces()) < 2.2 * LOG_PIECE
    tail, content, at = LogTail(one.spool), b"", None
    while True:
        begin, piece = tail.read()
        if not piece:
            break
        at = begin if at is None else at
        content += piece
        tail.offset = begin + len(piece)
    assert at > 0 and int(content.splitlines()[-1]) == lines - 1
    assert at + len(content) == lines * 100
