"""Attempts in pods: requests at the wire, walls, ends, and an API server that is away."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from traitlets.config import Config

from joulebook_hub import processes, production
from joulebook_hub.errors import HubError
from joulebook_hub.housing.dwellings import Dwelling, Mount
from joulebook_hub.jobs import configuration, pods
from joulebook_hub.jobs.apiserver import ApiServer, ApiServerError
from joulebook_hub.jobs.assembly import make_worker
from joulebook_hub.jobs.book import JobBook, Wish
from joulebook_hub.jobs.gate import Gate
from joulebook_hub.jobs.notices import Courier
from joulebook_hub.jobs.orders import ORDER
from joulebook_hub.jobs.pods import PodPlace
from joulebook_hub.jobs.roster import Roster
from joulebook_hub.jobs.setting import JOB_MARK, WorkerSettings
from joulebook_hub.jobs.shapes import Room
from joulebook_hub.jobs.spool import Spool
from joulebook_hub.jobs.timetable import Timetable
from joulebook_hub.jobs.worker import Worker
from joulebook_hub.places import StateFolder
from joulebook_hub.plans import Plans
from joulebook_hub.settings import HubSettings
from joulebook_hub.store import Store
from pod_server import PodServer


class Hub:
    """A folder, a store, an API server, and workers."""

    def __init__(self, home):
        self.settings = WorkerSettings(home, at_once=2, grace=2.0, profile="kubernetes")
        self.settings.spool.mkdir(parents=True)
        self.workspace = self.settings.workspaces / "users" / "ada"
        self.workspace.mkdir(parents=True)
        self.store = Store(f"sqlite:///{home}/ledger.sqlite")
        self.book = JobBook(self.store, Gate(Plans.read(default="explorer")))
        self.api = PodServer(home / "account", self.settings.workspaces)

    def dwell(self, user):
        """Inside and outside have the same paths, and the person is who runs the test."""
        project = Mount("projects/7", "/srv/joulebook/workspaces/projects/7", read_only=True)
        return Dwelling(user, os.getuid(), os.getgid(), (400_007,), Mount("users/ada", str(self.workspace)), (project,))

    def place(self, **environment):
        return PodPlace(
            self.settings.instance,
            {"JOULEBOOK_IMAGE": "joulebook:0.1.0", **environment},
            ApiServer(self.api.environment, self.api.account),
            dwell=self.dwell,
            room=self.book.room,
            claim="joulebook-workspaces",
            spool="attempts",
        )

    def worker(self, place=None):
        parts = (Roster(self.store), Timetable(self.book), Courier({}, b"secret"), self.settings)
        worker = Worker(*parts, place or self.place())
        worker.name += f"|{time.monotonic_ns()}"
        worker.machine = "joulebook-worker|"  # no attempt's pod has the worker's host name
        worker.name = worker.machine + worker.name
        return worker

    def submit(self, code):
        (self.workspace / "study.py").write_text(code)
        order = ORDER.validate_python({"kind": "sweep", "file": "study.py"})
        return self.book.submit("ada", (), Wish(order, "a study")).key

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

    def lodged(self, place, key, attempt):
        """An attempt that is ready to start."""
        spool = Spool.of(self.settings.spool, key, attempt)
        spool.prepare({"limit": 60.0})
        place.lodge(SimpleNamespace(user="ada", key=key, attempt=attempt))
        return spool.folder

    def close(self):
        self.api.close()
        processes.end_all(self.settings.instance, patience=0.0)
        self.store.close()


@pytest.fixture
def hub(tmp_path, monkeypatch):
    monkeypatch.setattr("joulebook_hub.jobs.worker.BEAT", 0.2)
    monkeypatch.setattr("joulebook_hub.jobs.rules._BREATH", 0.3)
    for name, value in {"_LOOK": 0.1, "_LOOK_AGAIN": 0.1, "_SETTLES": 0.2, "_GOES_IN": 0.3}.items():
        monkeypatch.setattr(f"joulebook_hub.jobs.pods.{name}", value)
    # one host name for all here; in a cluster the worker's is its own
    monkeypatch.setattr("joulebook_hub.jobs.worker.socket.gethostname", lambda: "joulebook-worker")
    monkeypatch.setattr(WorkerSettings, "with_cluster", lambda self, command, variables, *_: (command, variables))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[3] / "hub_config"))
    hub = Hub(tmp_path)
    yield hub
    hub.close()


SLOW = "import os,time; open('starts','a').write('x'); open('pid','w').write(str(os.getpid())); time.sleep(60)"
WAITS = "import os,time\nopen('starts','a').write('x')\nwhile not os.path.exists('stop'): time.sleep(0.05)"


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
    assert hub.api.pods == {} and list(hub.settings.spool.iterdir()) == []
    assert set(hub.api.asked) == {"create", "list", "delete"}, "what the chart's role gives, and all of it"
    assert hub.api.graces == [5]

    (pod,) = hub.api.made
    spec, (container,) = pod["spec"], pod["spec"]["containers"]
    assert pod["metadata"]["name"] == f"joulebook-{hub.settings.instance[:8]}-{key}-1"
    assert pod["metadata"]["labels"]["app.kubernetes.io/name"] == "joulebook-job"
    mounts = {(one.get("subPath"), one["mountPath"]): one.get("readOnly") for one in container["volumeMounts"]}
    assert mounts == {
        ("users/ada", str(hub.workspace)): False,
        ("projects/7", "/srv/joulebook/workspaces/projects/7"): True,
        (f"attempts/{key}/1", "/run/joulebook/attempt"): True,
        (f"attempts/{key}/1/own", "/run/joulebook/attempt/own"): False,
        (None, "/tmp"): None,
    }, "the person's files and the attempt's, nothing else"
    assert [one["persistentVolumeClaim"]["claimName"] for one in spec["volumes"] if "emptyDir" not in one] == [
        "joulebook-workspaces"
    ], "no secret, no folder of the machine, one claim"
    assert spec["securityContext"] == {
        "runAsUser": os.getuid(),
        "runAsGroup": os.getgid(),
        "supplementalGroups": [400_007],
    }
    assert spec["automountServiceAccountToken"] is False and spec["serviceAccountName"] == "joulebook-job"
    assert spec["restartPolicy"] == "Never" and spec["activeDeadlineSeconds"] > 3600
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & spec.keys()
    assert container["resources"]["limits"] == {"cpu": "1000m", "memory": "2000000000"}, "the plan's"
    assert [each["name"] for each in container["env"]] == [JOB_MARK], "nothing of the hub's"
    assert container["image"] == "joulebook:0.1.0"


def test_walls_are_those_of_servers(hub, tmp_path):
    c = Config()
    production._kubernetes(c, HubSettings(StateFolder(tmp_path), profile="kubernetes", environment={}))
    place = hub.place(JOULEBOOK_SERVER_MEMORY="512M", JOULEBOOK_SERVER_CORES="0.1")
    for room in (Room(), Room(8, 16.0), Room(0.5, 0.2)):
        pod = place.manifest("00ff", 3, place.lodge(SimpleNamespace(user="a", key="k", attempt=1)), room, {}, 60.0)
        (container,) = pod["spec"]["containers"]
        assert c.KubeSpawner.container_security_context.items() <= container["securityContext"].items()
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        limits, least = (container["resources"][name] for name in ("limits", "requests"))
        assert int(least["memory"]) <= int(limits["memory"]) and int(least["cpu"][:-1]) <= int(limits["cpu"][:-1])
    assert place.manifest("k", 1, place._lodgings["k", 1][0], Room(), {}, 1.0)["spec"]["containers"][0][
        "resources"
    ] == {
        "limits": {"cpu": "100m", "memory": str(512 * 2**20)},
        "requests": {"cpu": "100m", "memory": str(512 * 2**20)},
    }
    with pytest.raises(HubError, match="JOULEBOOK_SERVER_MEMORY"):
        hub.place(JOULEBOOK_SERVER_MEMORY="much")


def test_kubernetes_takes_the_pod(hub):
    schemas = pytest.importorskip("kubernetes_validate")
    place = hub.place()
    pod = place.manifest("00ff", 3, place.lodge(SimpleNamespace(user="a", key="k", attempt=1)), Room(), {}, 60.0)
    for version in ("1.28", "1.32", "1.34"):
        schemas.validate(pod, version, strict=True)
    pod["spec"]["containers"][0]["command"] = "python"
    with pytest.raises(schemas.ValidationError):
        schemas.validate(pod, "1.34", strict=True)


def test_a_killed_pod_is_noticed_and_the_job_runs_again(hub):
    worker, key = hub.worker(), hub.submit(SLOW)
    hub.until(worker, (hub.workspace / "pid").exists)
    (one,) = hub.api.pods
    hub.api.kill(one)
    hub.until(worker, lambda: hub.get(key).attempt == 2 and (hub.workspace / "starts").read_text() == "xx")
    assert hub.get(key).interruptions == 1
    assert [pod["metadata"]["name"][-2:] for pod in hub.api.made] == ["-1", "-2"] and len(hub.api.pods) == 1
    hub.book.cancel("ada", key)
    hub.ended(worker, key, "cancelled")
    assert hub.api.pods == {}


def test_an_attempt_outlives_its_worker_and_is_adopted(hub):
    first, key = hub.worker(), hub.submit(WAITS)
    hub.until(first, (hub.workspace / "starts").exists)
    second = hub.worker()
    second._lives = lambda name: name != first.name
    hub.until(second, lambda: second.holds == 1)
    (hub.workspace / "stop").touch()
    row = hub.ended(second, key)
    assert row.attempt == 1 and json.loads(row.results)["files"] == [] and hub.api.pods == {}
    assert (hub.workspace / "starts").read_text() == "x"


def test_the_same_attempt_is_not_started_twice(hub):
    place = hub.place()
    for _ in range(2):
        place.start(hub.lodged(place, "00ff", 1), {JOB_MARK: "00ff.1"})
    assert len(hub.api.made) == 1


def test_no_attempt_starts_while_the_pod_of_an_older_one_may_run(hub):
    """As where the machine of the older one does not answer: the API server keeps its pod."""
    place = hub.place()
    hub.api.full = hub.api.stuck = True
    place.start(hub.lodged(place, "00ff", 1), {})
    place.end("00ff", below=2)
    folder = hub.lodged(place, "00ff", 2)
    with pytest.raises(HubError, match="not ended yet") as refused:
        place.start(folder, {})
    assert refused.value.reason == "no_cluster" and len(hub.api.made) == 1
    hub.api.stuck = False
    place.end("00ff", below=2)
    place.start(hub.lodged(place, "00ff", 2), {})
    assert [pod["metadata"]["labels"]["joulebook.attempt"] for pod in hub.api.made] == ["1", "2"]


def test_what_counts_no_longer_is_deleted(hub):
    place = hub.place()
    place.start(hub.lodged(place, "gone", 3), {})
    Spool.of(hub.settings.spool, "gone", 3).remove()
    assert len(hub.api.pods) == 1
    worker = hub.worker()
    hub.until(worker, lambda: not hub.api.pods, 20)


def test_a_pod_may_wait_for_a_machine_and_be_cancelled_meanwhile(hub, monkeypatch):
    monkeypatch.setattr("joulebook_hub.jobs.worker._UNBORN", 0.5)
    monkeypatch.setattr("joulebook_hub.jobs.worker._STARTS", 0.2)
    hub.api.full = True
    worker, key = hub.worker(), hub.submit(WAITS)
    hub.until(worker, lambda: hub.api.pods)
    until = time.monotonic() + 1.5
    hub.until(worker, lambda: time.monotonic() > until)
    assert (hub.get(key).state, hub.get(key).attempt) == ("running", 1)
    hub.api.run(next(iter(hub.api.pods)))
    hub.until(worker, (hub.workspace / "starts").exists)
    waiting = hub.submit(WAITS)
    hub.until(worker, lambda: len(hub.api.pods) == 2)
    hub.book.cancel("ada", waiting)
    hub.ended(worker, waiting, "cancelled")
    assert len(hub.api.pods) == 1
    (hub.workspace / "stop").touch()
    assert hub.ended(worker, key).attempt == 1


def test_an_api_server_that_is_away_loses_no_job_and_ends_none(hub):
    worker, key = hub.worker(), hub.submit(WAITS)
    hub.until(worker, (hub.workspace / "starts").exists)
    hub.api.silent = True
    other = hub.submit(WAITS)
    hub.until(worker, lambda: hub.get(other).state == "queued" and hub.get(other).attempt == 1)
    assert "Kubernetes does not start" in hub.get(other).error and hub.get(other).interruptions == 0
    assert (hub.get(key).state, hub.get(key).attempt) == ("running", 1), "what was seen last is believed"
    (hub.workspace / "stop").touch()
    assert hub.ended(worker, key).attempt == 1
    hub.api.silent = False
    assert hub.ended(worker, other).attempt > 1
    hub.until(worker, lambda: not hub.api.pods, 20)
    assert (hub.workspace / "starts").read_text() == "xx"


def test_a_lost_answer_to_a_start_runs_nothing_twice(hub):
    """The pod was made, but the worker was told that it was not."""
    worker, key = hub.worker(), hub.submit(WAITS)
    hub.api.full = hub.api.deaf = True
    hub.until(worker, lambda: hub.api.made and hub.get(key).state == "queued")
    hub.api.full = hub.api.deaf = False
    lost = hub.api.made[0]["metadata"]["name"]
    if lost in hub.api.pods:
        hub.api.run(lost)
    (hub.workspace / "stop").touch()
    hub.ended(worker, key)
    assert (hub.workspace / "starts").read_text() == "x" and hub.api.pods == {}


@contextmanager
def _first(tmp_path, code):
    """Run an attempt whose runner is the first process of a space of process ids, as in a pod."""
    spool = Spool(tmp_path / "first" / "1")
    order = {"command": [sys.executable, "-c", code], "cwd": str(tmp_path), "environment": {}, "limit": 60, "grace": 1}
    spool.prepare({**order, "results": str(tmp_path)})
    words = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"]
    words += [sys.executable, "-m", "joulebook_hub.jobs.runner", str(spool.folder)]
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as outside:
        try:
            yield spool, outside
        finally:
            outside.kill()


def _eventually(condition):
    deadline = time.monotonic() + 15.0
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


needs_spaces = pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run(["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "true"]).returncode,
    reason="this machine gives nobody a space of process ids",
)


@needs_spaces
def test_the_runner_is_the_first_process_of_a_pod_and_heeds_the_request_to_stop(tmp_path):
    """To the first process a signal without a handler is not delivered; what remains of the space goes with it."""
    with _first(tmp_path, f"open({str(tmp_path / 'on')!r}, 'w'); import time; time.sleep(60)") as (spool, outside):
        _eventually((tmp_path / "on").exists)
        assert spool.read("begun.json")["pid"] == 1
        (runner,) = psutil.Process(outside.pid).children()
        (work,) = runner.children()
        begin = time.monotonic()
        runner.terminate()
        assert outside.wait(10) == 128 + signal.SIGTERM and time.monotonic() - begin < pods._GRACE
        psutil.wait_procs([work], timeout=5)
        assert not work.is_running() and spool.read("ending.json") is None


@needs_spaces
def test_the_first_process_buries_what_the_work_leaves(tmp_path):
    code = "import subprocess, sys; subprocess.Popen(['sh', '-c', 'sleep 60 & exit 0'])"
    with _first(tmp_path, code) as (spool, outside):
        assert outside.wait(20) == 0 and spool.read("ending.json")["how"] == "done"


def test_token_and_authority_are_read_again(hub):
    api = ApiServer(hub.api.environment, hub.api.account)
    assert api.pods({"a": "b"}) == []
    hub.api.renew_token("second")
    assert api.pods({"a": "b"}) == []
    hub.api.token = "third"
    with pytest.raises(ApiServerError, match="401"):
        api.pods({"a": "b"})
    hub.api.renew_token("third")
    trusted = (hub.api.account / "ca.crt").read_text()
    (hub.api.account / "ca.crt").write_text("no certificate")
    with pytest.raises(ApiServerError):
        api.pods({"a": "b"})
    stranger = PodServer(hub.api.account.parent / "stranger", hub.settings.workspaces)
    stranger.close()
    (hub.api.account / "ca.crt").write_text((stranger.account / "ca.crt").read_text())
    with pytest.raises(ApiServerError, match="certificate verify failed"):
        api.pods({"a": "b"})
    (hub.api.account / "ca.crt").write_text(trusted)
    assert api.pods({"a": "b"}) == []
    api.delete("is-not-there", 0)


def test_a_worker_without_a_service_account_says_what_to_do(tmp_path):
    with pytest.raises(HubError, match=r"worker\.enabled"):
        ApiServer({}, tmp_path)


def test_the_worker_is_put_together_for_its_profile(hub, tmp_path, monkeypatch):
    monkeypatch.setattr(ApiServer.__init__, "__defaults__", (hub.api.account,))
    given = {"JOULEBOOK_HOME": str(tmp_path / "home"), "JOULEBOOK_PROFILE": "kubernetes", **hub.api.environment}
    (tmp_path / "home").mkdir()
    secret = tmp_path / "notice-secret"
    secret.write_text("5ec7e7\n")
    given |= {"JOULEBOOK_STORE_URL": f"sqlite:///{tmp_path}/s.sqlite", "JOULEBOOK_NOTICE_SECRET_FILE": str(secret)}
    worker = make_worker({**given, "JOULEBOOK_WORKSPACES_CLAIM": "files"})
    place = worker._place
    assert isinstance(place, PodPlace) and (place._claim, place._spool) == ("files", "attempts")
    assert worker._courier.secret == b"5ec7e7" and not (tmp_path / "home" / "notice_secret").exists()
    assert (tmp_path / "home" / "workspaces" / "attempts").is_dir() and worker._settings.patience == 600.0


def test_a_hub_in_kubernetes_has_jobs_where_it_is_told_so(tmp_path):
    def settings(**environment):
        return HubSettings(StateFolder(tmp_path), profile="kubernetes", environment=environment)

    assert not configuration.runs_jobs(settings()) and not configuration.runs_jobs(settings(JOULEBOOK_JOBS="off"))
    told = settings(JOULEBOOK_JOBS="on")
    assert configuration.runs_jobs(told) and configuration.services(told) == [] == configuration.roles(told)
    asked = settings(JOULEBOOK_JOBS="on", JOULEBOOK_DASK="gateway+http://traefik-dask")
    assert [each["name"] for each in configuration.services(asked)] == ["dask-gateway"]
    assert configuration.roles(asked)[0]["services"] == ["joulebook-worker"]
