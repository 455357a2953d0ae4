"""Workers with real attempts: results in the workspace, adoption, fences, Dask, what a job may see."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import psutil
import pytest

from joulebook_hub import processes
from joulebook_hub.errors import HubError
from joulebook_hub.jobs import rules
from joulebook_hub.jobs.book import JobBook, Wish
from joulebook_hub.jobs.gate import Gate
from joulebook_hub.jobs.notices import Courier
from joulebook_hub.jobs.orders import ORDER
from joulebook_hub.jobs.places import DaskPlace, OwnMachine
from joulebook_hub.jobs.roster import Roster
from joulebook_hub.jobs.setting import JOB_MARK, WorkerSettings
from joulebook_hub.jobs.timetable import Timetable
from joulebook_hub.jobs.worker import Worker
from joulebook_hub.plans import Plans
from joulebook_hub.store import Store
from joulebook_hub.workspaces import Workspaces


class Hub:
    """A folder, a store, a workspace, and workers."""

    def __init__(self, home):
        self.settings = WorkerSettings(home, at_once=2, grace=2.0)
        self.settings.spool.mkdir()
        self.workspace = Workspaces(self.settings.workspaces).of_user("ada")
        self.workspace.mkdir(parents=True)
        self.store = Store(f"sqlite:///{home}/ledger.sqlite")
        self.book = JobBook(self.store, Gate(Plans.read()))
        self.places = []

    def close(self):
        processes.end_all(self.settings.instance, patience=0.0)
        for place in self.places:
            for process in getattr(place, "_started", ()):
                process.wait(10)
        self.store.close()

    def worker(self, place=None):
        parts = (Roster(self.store), Timetable(self.book), Courier({}, b"secret"), self.settings)
        place = place or OwnMachine()
        self.places.append(place)
        worker = Worker(*parts, place)
        worker.name += f"|{time.monotonic_ns()}"
        return worker

    def submit(self, code, **options):
        (self.workspace / "study.py").write_text(code)
        order = {"kind": "sweep", "file": "study.py", "workers": 1, **options}
        return self.book.submit("ada", (), Wish(ORDER.validate_python(order), "a study")).key

    def get(self, key):
        return self.book.get("ada", key)

    def until(self, worker, condition, seconds=40.0):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            worker.step()
            found = condition()
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError("not in time")

    def done(self, worker, key, state="done"):
        self.until(worker, lambda: self.get(key).state not in {"queued", "running", "cancelling"})
        row = self.get(key)
        assert row.state == state, (row.state, row.error)
        return row


def is_gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def hub(tmp_path, monkeypatch):
    # the cluster of a sweep costs a second; one test has it
    monkeypatch.setattr("joulebook_hub.jobs.worker.BEAT", 0.2)
    monkeypatch.setattr(WorkerSettings, "with_cluster", lambda self, command, variables, *_: (command, variables))
    hub = Hub(tmp_path)
    yield hub
    hub.close()


SLOW = "import os,time; open('pid','w').write(str(os.getpid())); print('begun', flush=True); time.sleep({seconds})"


def test_results_log_and_environment(hub, monkeypatch):
    monkeypatch.setenv("JOULEBOOK_STORE_URL", "a secret")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "a secret")
    code = """
import json, os, pathlib
folder = pathlib.Path(os.environ["JOULEBOOK_RESULTS"])
(folder / "answer.json").write_text(json.dumps(dict(os.environ)))
print("the answer is there")
"""
    key = hub.submit(code)
    row = hub.done(hub.worker(), key)
    results = json.loads(row.results)
    path = results["files"][0]["path"]
    assert path.startswith("jobs/") and path.endswith("/answer.json") and results["folder"] == path.rpartition("/")[0]
    seen = json.loads((hub.workspace / path).read_text())
    assert "a secret" not in seen.values() and seen["HOME"] == str(hub.workspace)
    assert seen["CUDA_VISIBLE_DEVICES"] == "" and seen[JOB_MARK] == f"{key}.1"
    assert hub.book.log("ada", key).content == b"the answer is there\n"
    assert list(hub.settings.spool.iterdir()) == []


def test_a_file_that_is_gone_is_refused_with_a_sentence(hub):
    key = hub.submit("pass")
    (hub.workspace / "study.py").unlink()
    assert "no such file" in hub.done(hub.worker(), key, "failed").error


def test_an_attempt_outlives_its_worker_and_is_adopted(hub):
    key = hub.submit(SLOW.format(seconds=3))
    first = hub.worker()
    hub.until(first, (hub.workspace / "pid").exists)
    second = hub.worker()
    second._lives = lambda name: name not in {first.name}
    row = hub.done(second, key)
    assert row.attempt == 1 and hub.book.log("ada", key).content == b"begun\n"


def test_an_end_that_nobody_saw_is_told_by_the_next_worker(hub):
    key = hub.submit("print('short')")
    first = hub.worker()
    first._tell_end = lambda *_: None
    hub.until(first, lambda: (hub.settings.spool / key / "1" / "own" / "ending.json").exists())
    second = hub.worker()
    second._lives = lambda name: False
    assert hub.done(second, key).attempt == 1


def test_a_claim_that_never_began_is_started_again(hub):
    key = hub.submit("print('short')")
    assert hub.worker()._roster.claim("host|x|1|1.0").key == key
    with hub.store.begin() as transaction:
        transaction.connection.exec_driver_sql(f"UPDATE jobs SET worker = '{hub.worker().machine}1|1.0'")
    row = hub.done(hub.worker(), key)
    assert (row.attempt, row.interruptions) == (2, 0)


def test_a_killed_attempt_is_run_again_once_its_processes_are_gone(hub):
    code = """
import os, pathlib, subprocess, sys, time
first = not pathlib.Path("child").exists()
if first:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"], start_new_session=True)
    pathlib.Path("child").write_text(str(child.pid))
    time.sleep(100)
"""
    key, worker = hub.submit(code), hub.worker()
    child = hub.workspace / "child"
    hub.until(worker, lambda: child.exists() and child.read_text())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "_end_processes", lambda *_, **__: None)
        for process, value in processes.marked(JOB_MARK):  # runner and work, but not the child in a session of its own
            if value == f"{key}.1" and process.pid != int(child.read_text()):
                process.kill()
    row = hub.done(worker, key)
    assert (row.attempt, row.interruptions) == (2, 1) and is_gone(int(child.read_text()))


def test_a_runner_that_dies_before_it_begins_is_noticed_soon(hub, monkeypatch):
    monkeypatch.setattr("joulebook_hub.jobs.worker._STARTS", 0.2)
    key, worker = hub.submit("print('short')"), hub.worker()
    start = worker._place.start
    worker._place.start = lambda *_: setattr(worker._place, "start", start)  # the first is killed at once
    row = hub.done(worker, key)
    assert (row.attempt, row.interruptions) == (2, 0)


def test_cancel_stops_work_and_leaves_what_it_wrote(hub):
    key, worker = hub.submit(SLOW.format(seconds=60)), hub.worker()
    hub.until(worker, lambda: b"begun" in hub.book.log("ada", key).content)
    assert hub.book.cancel("ada", key).state == "cancelling"
    row = hub.done(worker, key, "cancelled")
    assert is_gone(int((hub.workspace / "pid").read_text())) and row.attempt == 1


def test_an_attempt_that_counts_no_longer_is_ended(hub):
    key, worker = hub.submit(SLOW.format(seconds=60)), hub.worker()
    pid = int(hub.until(worker, lambda: (hub.workspace / "pid").exists() and (hub.workspace / "pid").read_text()))
    with hub.store.begin() as transaction:
        transaction.connection.exec_driver_sql("UPDATE jobs SET attempt = 7, worker = 'elsewhere|x|1|1.0'")
    hub.until(worker, lambda: worker.holds == 0)
    assert is_gone(pid) and hub.get(key).state == "running"


def test_no_more_run_at_once_than_allowed(hub):
    keys = [hub.submit(SLOW.format(seconds=1)) for _ in range(4)]
    worker, most = hub.worker(), 0

    def all_done():
        nonlocal most
        states = [hub.get(key).state for key in keys]
        most = max(most, states.count("running"))
        return set(states) == {"done"}

    hub.until(worker, all_done)
    assert most == 2


def test_progress_is_forwarded_while_the_work_runs(hub):
    said = json.dumps({"stage": "Sweep", "label": "case 3", "done": 3, "total": 10})
    key = hub.submit(f"import time; print({said!r}, flush=True); time.sleep(5)")
    worker = hub.worker()
    hub.until(worker, lambda: hub.get(key).done == 3.0)
    row = hub.get(key)
    assert (row.state, row.stage, row.label, row.total) == ("running", "Sweep", "case 3", 10.0)
    hub.book.cancel("ada", key)
    hub.done(worker, key, "cancelled")


def test_a_step_that_fails_does_not_end_the_worker(hub, monkeypatch):
    worker, stop, steps = hub.worker(), threading.Event(), []

    def step():
        steps.append(1)
        if len(steps) == 1:
            raise OSError("the store is away")
        stop.set()

    monkeypatch.setattr(worker, "step", step)
    worker.run(stop)
    assert len(steps) == 2


def test_a_sweep_has_a_cluster_of_its_own(tmp_path):
    hub = Hub(tmp_path)
    code = """
from distributed import Client
if __name__ == "__main__":
    with Client() as client:
        print(sum(client.gather(client.map(abs, range(-4, 4)))))
"""
    key = hub.submit(code)
    try:
        hub.done(hub.worker(), key)
        assert b"16" in hub.book.log("ada", key).content.splitlines()
        assert not [value for _, value in processes.marked(JOB_MARK) if value.startswith(key)]
    finally:
        hub.close()


def test_attempts_run_on_a_dask_cluster(hub):
    from distributed import LocalCluster

    code = "import os; open(os.path.join(os.environ['JOULEBOOK_RESULTS'], 'x'), 'w').write('x')"
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster:
        place = DaskPlace(cluster.scheduler_address)
        try:
            row = hub.done(hub.worker(place), hub.submit(code))
        finally:
            place.close()
    assert row.attempt == 1 and json.loads(row.results)["files"][0]["size"] == 1


class Machines:
    """A scheduler and workers of Dask, each with what it starts like a machine that can be pulled out."""

    def __init__(self, folder):
        self.folder, self.scheduler, self.workers = folder, None, []
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.start()

    def _run(self, what, *arguments):
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--no-dashboard", *arguments]
        with (self.folder / "dask.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True)

    def start(self):
        self.scheduler = self._run("scheduler", "--host", "127.0.0.1", "--port", str(self.port))

    def add(self, name):
        scratch = ("--local-directory", str(self.folder / name))
        self.workers.append(
            self._run("worker", self.address, "--name", name, "--nthreads", "1", "--no-nanny", *scratch)
        )
        return psutil.Process(self.workers[-1].pid)

    @staticmethod
    def pull_out(process):
        tree = [process, *process.children(recursive=True)]
        for one in tree:
            one.kill()
        psutil.wait_procs(tree[1:], timeout=10.0)

    def close(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait(10)


@pytest.fixture
def machines(tmp_path):
    (tmp_path / "dask").mkdir()
    found = Machines(tmp_path / "dask")
    yield found
    found.close()


ONE_AT_A_TIME = """
import os, pathlib, time
import psutil
before = pathlib.Path("pids").read_text().split() if pathlib.Path("pids").exists() else []
assert not any(psutil.pid_exists(int(pid)) for pid in before), "two at a time"
with open("pids", "a") as file:
    file.write(f"{os.getpid()} ")
while not pathlib.Path("stop").exists():
    time.sleep(0.05)
pathlib.Path(os.environ["JOULEBOOK_RESULTS"], "parent").write_text(str(os.getppid()))
"""


def test_a_machine_of_a_dask_cluster_dies_and_another_takes_over(hub, machines, monkeypatch):
    """As on another machine: the hub's worker sees no process of it, only that its count stands still."""
    monkeypatch.setattr("joulebook_hub.jobs.worker.socket", SimpleNamespace(gethostname=lambda: "the hub's"))
    monkeypatch.setattr("joulebook_hub.jobs.worker._STILL", 1.0)
    monkeypatch.setattr("joulebook_hub.jobs.worker.rules", SimpleNamespace(LEASE=1.0, Watch=rules.Watch))
    dask = [machines.add("one")]
    place = DaskPlace(machines.address)
    worker = hub.worker(place)
    monkeypatch.setattr(worker, "_end_processes", lambda *_, **__: None)
    try:
        key = hub.submit(ONE_AT_A_TIME)
        pids = hub.workspace / "pids"
        hub.until(worker, lambda: pids.exists() and len(pids.read_text().split()) == 1)
        dask.append(machines.add("two"))
        machines.pull_out(dask[0])
        hub.until(worker, lambda: len(pids.read_text().split()) == 2)
        assert (hub.get(key).attempt, hub.get(key).interruptions) == (2, 1)
        runner = psutil.Process(int(pids.read_text().split()[1])).parent()
        assert runner.parent().pid == dask[1].pid, "on the other machine"
        (hub.workspace / "stop").touch()
        row = hub.done(worker, key)
        assert row.attempt == 2 and len(json.loads(row.results)["files"]) == 1
    finally:
        place.close()


def test_a_scheduler_that_dies_takes_no_job_along(hub, machines, monkeypatch):
    machines.add("one")
    place = DaskPlace(machines.address)
    worker = hub.worker(place)
    try:
        first = hub.submit(ONE_AT_A_TIME)
        pids = hub.workspace / "pids"
        hub.until(worker, lambda: pids.exists() and pids.read_text())
        monkeypatch.setattr("joulebook_hub.jobs.places._PATIENCE", 3.0)
        machines.scheduler.kill()
        machines.scheduler.wait(10)
        (hub.workspace / "stop").touch()
        assert hub.done(worker, first).attempt == 1, "an attempt needs no scheduler to go on"
        second = hub.submit("pass")
        hub.until(worker, lambda: hub.get(second).state == "queued" and hub.get(second).attempt)
        machines.start()
        machines.add("two")  # a worker of Dask ends with its scheduler
        row = hub.done(worker, second)
        assert row.attempt > 1 and row.interruptions == 0
    finally:
        place.close()


def test_an_attempt_that_was_given_up_before_it_began_does_not_begin_later(hub):
    """Its machine was slow, not dead: it comes when the attempt counts no longer."""
    late = []

    class Slow(OwnMachine):
        def start(self, folder, environment):
            if not late:
                late.append((folder, environment))
                raise HubError("does not answer", reason="no_cluster")
            super().start(folder, environment)

    kept = []
    place = Slow()
    worker, key = hub.worker(place), hub.submit("open('starts','a').write('x')")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("joulebook_hub.jobs.spool.Spool.remove", lambda self: kept.append(self))
        hub.until(worker, lambda: kept and hub.get(key).state == "queued")
        OwnMachine.start(place, *late[0])
        assert place._started[-1].wait(20) == 3
    assert hub.done(worker, key).attempt == 2 and (hub.workspace / "starts").read_text() == "x"


def test_a_cluster_that_does_not_answer_loses_no_job(hub, monkeypatch):
    monkeypatch.setattr("joulebook_hub.jobs.places._PATIENCE", 0.5)
    key = hub.submit("pass")
    worker = hub.worker(DaskPlace("tcp://127.0.0.1:9"))
    hub.until(worker, lambda: hub.get(key).attempt == 1 and hub.get(key).state == "queued")
    assert "does not start the job" in hub.get(key).error and hub.get(key).interruptions == 0


def test_settings_are_checked(tmp_path):
    home = {"JOULEBOOK_HOME": str(tmp_path)}
    for name, value in (("JOULEBOOK_JOBS_AT_ONCE", "0"), ("JOULEBOOK_JOBS_AT_ONCE", "x"), ("JOULEBOOK_DASK", "host")):
        with pytest.raises(HubError, match=name):
            WorkerSettings.from_environment({**home, name: value})
    found = WorkerSettings.from_environment({**home, "JOULEBOOK_DASK": "tcp://10.0.0.5:8786"})
    plain = ORDER.validate_python({"kind": "sweep", "file": "a.py", "workers": 3})
    command, variables = found.with_cluster(["python"], {}, plain, 8.0)
    assert command == ["python"] and variables == {"DASK_SCHEDULER_ADDRESS": "tcp://10.0.0.5:8786"}
    assert found.at_once == max(len(os.sched_getaffinity(0)) // 2, 1)
