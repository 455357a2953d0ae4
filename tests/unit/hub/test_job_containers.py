"""Attempts in containers: requests of the real SDK at the wire, walls, ends, and what the work may say of itself."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from traitlets.config import Config

from docker_daemon import Daemon
from joulebook_hub import processes, production
from joulebook_hub.errors import HubError
from joulebook_hub.housing.dwellings import Dwelling, Mount
from joulebook_hub.jobs.attempts import ending_of, left_of, progress_of
from joulebook_hub.jobs.book import JobBook, Wish
from joulebook_hub.jobs.configuration import runs_jobs
from joulebook_hub.jobs.containers import DockerPlace
from joulebook_hub.jobs.gate import Gate
from joulebook_hub.jobs.notices import Courier
from joulebook_hub.jobs.orders import ORDER
from joulebook_hub.jobs.roster import Roster
from joulebook_hub.jobs.setting import JOB_MARK, WorkerSettings
from joulebook_hub.jobs.spool import LogTail, Spool
from joulebook_hub.jobs.timetable import Timetable
from joulebook_hub.jobs.worker import Worker
from joulebook_hub.places import StateFolder
from joulebook_hub.plans import Plans
from joulebook_hub.settings import HubSettings
from joulebook_hub.store import Store


class Hub:
    """A folder, a store, a daemon, and workers."""

    def __init__(self, home, plan="explorer"):
        self.settings = WorkerSettings(home, at_once=2, grace=2.0, profile="docker")
        self.settings.spool.mkdir(parents=True)
        self.workspace = self.settings.workspaces / "users" / "ada"
        self.workspace.mkdir(parents=True)
        self.store = Store(f"sqlite:///{home}/ledger.sqlite")
        self.book = JobBook(self.store, Gate(Plans.read(default=plan)))
        self.daemon = Daemon(home)
        self.tree = str(self.settings.workspaces)

    def dwell(self, user):
        """Inside and outside have the same paths, and the person is who runs the test."""
        project = Mount("projects/7", "/srv/joulebook/workspaces/projects/7")
        return Dwelling(user, os.getuid(), os.getgid(), (400_007,), Mount("users/ada", str(self.workspace)), (project,))

    def place(self):
        return DockerPlace(
            self.settings.instance,
            {"DOCKER_HOST": self.daemon.url, "JOULEBOOK_IMAGE": "joulebook:0.1.0"},
            dwell=self.dwell,
            room=self.book.room,
            tree=self.tree,
            spool=f"{self.tree}/attempts",
        )

    def worker(self, place=None):
        parts = (Roster(self.store), Timetable(self.book), Courier({}, b"secret"), self.settings)
        worker = Worker(*parts, place or self.place())
        worker.name += f"|{time.monotonic_ns()}"
        return worker

    def submit(self, code, kind="sweep"):
        (self.workspace / "study.py").write_text(code)
        return self.book.submit(
            "ada", (), Wish(ORDER.validate_python({"kind": kind, "file": "study.py"}), "a study")
        ).key

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

    def ended(self, worker, key, state="done"):
        self.until(worker, lambda: self.get(key).state not in {"queued", "running", "cancelling"})
        row = self.get(key)
        assert row.state == state, (row.state, row.error)
        return row

    def close(self):
        self.daemon.close()
        processes.end_all(self.settings.instance, patience=0.0)
        self.store.close()


@pytest.fixture
def hub(tmp_path, monkeypatch):
    monkeypatch.setattr("joulebook_hub.jobs.worker.BEAT", 0.2)
    monkeypatch.setattr("joulebook_hub.jobs.containers._LOOK", 0.2)
    monkeypatch.setattr(WorkerSettings, "with_cluster", lambda self, command, variables, *_: (command, variables))
    paths = [str(Path(__file__).resolve().parents[3] / room) for room in ("hub_config",)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    hub = Hub(tmp_path)
    yield hub
    hub.close()


SLOW = "import os,time; open('starts','a').write('x'); open('pid','w').write(str(os.getpid())); time.sleep(60)"


def test_a_job_runs_as_its_person_within_the_walls_of_the_persons_server(hub, monkeypatch):
    monkeypatch.setenv("JOULEBOOK_STORE_URL", "a secret")
    code = """
import json, os, pathlib
folder = pathlib.Path(os.environ["JOULEBOOK_RESULTS"])
(folder / "answer.json").write_text(json.dumps(dict(os.environ)))
print("the answer is there")
"""
    worker, key = hub.worker(), hub.submit(code)
    row = hub.ended(worker, key)
    results = json.loads(row.results)
    assert results["files"][0]["path"] == results["folder"] + "/answer.json"
    seen = json.loads((hub.workspace / results["files"][0]["path"]).read_text())
    assert seen["HOME"] == str(hub.workspace) and seen[JOB_MARK] == f"{key}.1" and "a secret" not in seen.values()
    assert hub.book.log("ada", key).content == b"the answer is there\n"
    hub.until(worker, lambda: hub.daemon.containers == {} and list(hub.settings.spool.iterdir()) == [])

    (made,) = hub.daemon.made
    host = made["HostConfig"]
    own = f"{hub.tree}/attempts/{key}/1"
    mounts = {(one["Source"], one["Target"]): one["ReadOnly"] for one in host["Mounts"]}
    assert mounts == {
        (f"{hub.tree}/users/ada", str(hub.workspace)): False,
        (f"{hub.tree}/projects/7", "/srv/joulebook/workspaces/projects/7"): False,
        (own, "/run/joulebook/attempt"): True,
        (f"{own}/own", "/run/joulebook/attempt/own"): False,
    }, "the person's files and the attempt's, nothing else"
    assert {one["Type"] for one in host["Mounts"]} == {"bind"}
    assert (made["User"], host["GroupAdd"]) == (f"{os.getuid()}:{os.getgid()}", ["400007"])
    assert (host["Memory"], host["CpuQuota"] / host["CpuPeriod"]) == (2_000_000_000, 1.0), "the plan's"
    assert (host["CapDrop"], host["SecurityOpt"], host["PidsLimit"]) == (["ALL"], ["no-new-privileges"], 1024)
    assert host["ReadonlyRootfs"] is True and host["Init"] is True and not host.get("Privileged")
    assert (host["NetworkMode"], host["LogConfig"]["Type"]) == ("joulebook", "none")
    assert made["Cmd"] == ["python", "-m", "joulebook_hub.jobs.runner", "/run/joulebook/attempt"]
    assert [pair.split("=")[0] for pair in made["Env"]] == [JOB_MARK], "nothing of the hub's"
    assert made["Image"] == "joulebook:0.1.0"


def test_walls_are_those_of_servers(hub, tmp_path, monkeypatch):
    monkeypatch.setattr(production, "_own_proxy", lambda *_: None)
    c = Config()
    settings = HubSettings(
        StateFolder(tmp_path), profile="docker", public_url="https://lab.example.org", environment={}
    )
    production._docker(c, settings)
    place, folder = hub.place(), hub.settings.spool
    row = type("Row", (), {"user": "ada", "key": "k", "attempt": 1})()
    lodging = place.lodge(row)
    given = place.container("k", 1, lodging, hub.book.room("ada"), {})
    for name, value in c.DockerSpawner.extra_host_config.items():
        if name != "device_requests":
            assert given[name] == value, name
    assert given["network"] == c.DockerSpawner.network_name and folder.is_dir()


def test_a_killed_container_is_noticed_and_the_job_runs_again(hub):
    worker, key = hub.worker(), hub.submit(SLOW)
    hub.until(worker, (hub.workspace / "pid").exists)
    (one,) = hub.daemon.containers.values()
    hub.daemon.kill(one)
    hub.until(worker, lambda: hub.get(key).attempt == 2 and (hub.workspace / "starts").read_text() == "xx")
    assert hub.get(key).interruptions == 1
    assert [made["name"][-2:] for made in hub.daemon.made] == ["-1", "-2"] and len(hub.daemon.containers) == 1
    hub.book.cancel("ada", key)
    hub.ended(worker, key, "cancelled")
    assert hub.daemon.containers == {}


def test_an_attempt_outlives_its_worker_and_is_adopted(hub):
    code = (
        "import time\nopen('starts','a').write('x')\nwhile not __import__('os').path.exists('stop'): time.sleep(0.05)"
    )
    first, key = hub.worker(), hub.submit(code)
    hub.until(first, (hub.workspace / "starts").exists)
    second = hub.worker()
    second._lives = lambda name: name != first.name
    hub.until(second, lambda: second.holds == 1)
    (hub.workspace / "stop").touch()
    row = hub.ended(second, key)
    assert row.attempt == 1 and json.loads(row.results)["files"] == [] and hub.daemon.containers == {}
    assert (hub.workspace / "starts").read_text() == "x"


def test_the_same_attempt_is_not_started_twice(hub):
    place, worker, key = hub.place(), hub.worker(), hub.submit(SLOW)
    hub.until(worker, (hub.workspace / "pid").exists)
    row = type("Row", (), {"user": "ada", "key": key, "attempt": 1})()
    place.lodge(row)
    place.start(hub.settings.spool / key / "1", {})
    assert len(hub.daemon.made) == 1


def test_what_counts_no_longer_is_removed(hub):
    place = hub.place()
    spool = Spool.of(hub.settings.spool, "gone", 3)
    spool.prepare({})
    row = type("Row", (), {"user": "ada", "key": "gone", "attempt": 3})()
    place.lodge(row)
    place.start(spool.folder, {})
    spool.remove()
    assert len(hub.daemon.containers) == 1
    worker = hub.worker()
    hub.until(worker, lambda: worker.step() or not hub.daemon.containers, 20)


def test_a_daemon_that_is_ill_loses_no_job(hub):
    worker, key = hub.worker(), hub.submit("pass")
    hub.daemon.silent = True
    hub.until(worker, lambda: hub.get(key).state == "queued" and hub.get(key).attempt == 1)
    assert "Docker daemon does not" in hub.get(key).error and hub.get(key).interruptions == 0
    hub.daemon.silent = False
    assert hub.ended(worker, key).attempt > 1


def test_a_file_that_is_not_there_is_refused_by_the_attempt(hub):
    worker, key = hub.worker(), hub.submit("pass")
    (hub.workspace / "study.py").unlink()
    assert "'study.py': there is no such file" in hub.ended(worker, key, "failed").error


def test_what_the_work_puts_into_its_folder_does_no_harm(hub, tmp_path):
    """The person owns the folder: links to the hub's files, pipes, names and numbers without sense."""
    secret = tmp_path / "secret"
    secret.write_text('{"stage": "a secret of the hub"}')
    code = f"""
import json, os, pathlib
own = pathlib.Path({str(hub.settings.spool)!r}).glob("*/1/own")
own = next(own)
(own / "progress.json").unlink(missing_ok=True)
(own / "progress.json").symlink_to({str(secret)!r})
(own / "log.0").unlink(missing_ok=True)
(own / "log.0").symlink_to({str(secret)!r})
os.mkfifo(own / "log.7")
(own / ("log." + "9" * 200)).write_text("x")
(own / "alive.new").unlink(missing_ok=True)
"""
    worker, key = hub.worker(), hub.submit(code)
    row = hub.ended(worker, key)
    assert "secret" not in hub.book.log("ada", key).content.decode() and "secret" not in row.stage
    assert secret.read_text() == '{"stage": "a secret of the hub"}'


def test_links_are_not_followed(tmp_path):
    spool = Spool(tmp_path / "job" / "1")
    spool.prepare({})
    secret = tmp_path / "secret.json"
    secret.write_text('{"count": 7}')
    for name in ("alive", "ending.json"):
        (spool.own / name).symlink_to(secret)
    (spool.own / "log.0").symlink_to(secret)
    os.mkfifo(spool.own / "log.1")
    (spool.own / "begun.json").symlink_to(tmp_path / "made by a link")
    assert spool.number("alive") == 0 and spool.read("ending.json") is None
    assert LogTail(spool).read() == (0, b"")
    assert spool.begin({}) is False and not (tmp_path / "made by a link").exists()


junk = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["stage", "label", "done", "total", "state", "how", "error", "folder", "files"]), junk
    )
)
def test_whatever_the_work_says_is_taken_as_little_as_it_may_be(said):
    shown = progress_of(said)
    assert set(shown) == {"stage", "label", "done", "total"}, "no other column of the store"
    assert len(shown["stage"]) <= 200 and 0 <= shown["done"] < 1e12
    ending = ending_of(said)
    assert ending.how in {"done", "cancelled", "refused", "interrupted", "failed"} and len(ending.error) <= 2000
    left = left_of(said)
    assert left == {} or set(left) == {"folder", "files"}


def test_results_are_paths_in_the_workspace():
    good = {"path": "jobs/a/x.pdf", "size": 3}
    files = [
        good,
        {"path": "/etc/passwd", "size": 1},
        {"path": "../bob/x", "size": 1},
        {"path": "jobs/y", "size": -1},
        7,
    ]
    assert left_of({"folder": "jobs/a", "files": files}) == {"folder": "jobs/a", "files": [good]}
    assert left_of({"folder": "../bob", "files": []}) == {}


def test_profiles_with_jobs(tmp_path):
    def told(profile, **environment):
        return runs_jobs(HubSettings(StateFolder(tmp_path), profile=profile, environment=environment))

    assert told("local") and told("docker") and told("systemd") and not told("kubernetes")
    assert told("kubernetes", JOULEBOOK_JOBS="on"), "where its chart runs the worker"
    assert not told("docker", JOULEBOOK_JOBS="off")


def test_a_shared_dask_cluster_keeps_no_people_apart(tmp_path):
    given = {"JOULEBOOK_HOME": str(tmp_path), "JOULEBOOK_PROFILE": "docker", "JOULEBOOK_DASK": "tcp://10.0.0.5:8786"}
    with pytest.raises(HubError, match="keep no people apart"):
        WorkerSettings.from_environment(given)
