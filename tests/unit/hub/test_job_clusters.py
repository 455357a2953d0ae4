"""Clusters of sweeps at a real Dask Gateway: who gets in, what the plan allows, and that none is left."""

from __future__ import annotations

import json
import math
import stat
import subprocess
import sys
import threading
import time

import httpx
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways import PASSWORD, RealGateway
from joulebook_hub import processes
from joulebook_hub.errors import HubError
from joulebook_hub.jobs.book import JobBook
from joulebook_hub.jobs.book import Wish as WishOfJob
from joulebook_hub.jobs.clusters import Clusters
from joulebook_hub.jobs.gate import Gate
from joulebook_hub.jobs.gateway import Gateway, GatewaySettings
from joulebook_hub.jobs.notices import Courier
from joulebook_hub.jobs.orders import ORDER
from joulebook_hub.jobs.places import OwnMachine
from joulebook_hub.jobs.roster import Roster
from joulebook_hub.jobs.setting import JOB_MARK, WorkerSettings
from joulebook_hub.jobs.shapes import MARK, Room, Wish, shaped
from joulebook_hub.jobs.timetable import Timetable
from joulebook_hub.jobs.worker import Worker
from joulebook_hub.plans import Plans
from joulebook_hub.store import Store
from joulebook_hub.workspaces import Workspaces

SWEEP = """
import json, os, pathlib, sys, time
from distributed import Client

if __name__ == "__main__":
    results = pathlib.Path(os.environ["JOULEBOOK_RESULTS"])
    with Client() as client:
        total = sum(client.gather(client.map(abs, range(-4, 4))))
        seen = {name: value for name, value in os.environ.items()}
        seen |= {"total": total, "scheduler": client.scheduler.address}
        (results / "seen.json").write_text(json.dumps(seen))
        pathlib.Path("ready").write_text("x")
        wait = pathlib.Path("wait")
        while wait.exists():
            time.sleep(0.05)
            client.submit(abs, time.monotonic()).result()
"""


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    gateway = RealGateway(tmp_path_factory.mktemp("gateway"))
    try:
        yield gateway.start()
    finally:
        gateway.close()
        assert gateway.processes() == []


class Hub:
    """A store, a workspace, and workers at a gateway."""

    def __init__(self, home, real, password=PASSWORD, plan=""):
        secret = home / "password"
        secret.touch(mode=0o600)
        secret.write_text(password)
        home = home / "hub"
        home.mkdir()
        variables = {
            "JOULEBOOK_HOME": str(home),
            "JOULEBOOK_DASK": f"gateway+{real.url}",
            "JOULEBOOK_DASK_SIGN_IN": "basic",
            "JOULEBOOK_DASK_SECRET_FILE": str(secret),
            "JOULEBOOK_JOBS_AT_ONCE": "2",
        }
        self.settings = WorkerSettings.from_environment(variables)
        self.settings.spool.mkdir()
        self.workspace = Workspaces(self.settings.workspaces).of_user("ada")
        self.workspace.mkdir(parents=True)
        self.store = Store(f"sqlite:///{home}/ledger.sqlite")
        self.book = JobBook(self.store, Gate(Plans.read(default=plan)))
        self.gateway = Gateway(self.settings.gateway)
        self.places, self.stops = [], []

    def worker(self):
        """A worker; what a thread does beside it is done in its steps, so that a test can stop both at once."""
        roster, place = Roster(self.store), OwnMachine()
        clusters = Clusters(self.gateway, self.settings.instance, roster.attempts)
        parts = (roster, Timetable(self.book), Courier({}, b"secret"), self.settings, place, clusters)
        worker = Worker(*parts)
        worker.name += f"|{time.monotonic_ns()}"
        worker.clusters = clusters
        self.places.append(place)
        return worker

    def submit(self, code=SWEEP, **options):
        (self.workspace / "study.py").write_text(code)
        order = {"kind": "sweep", "file": "study.py", "workers": 1, **options}
        return self.book.submit("ada", (), WishOfJob(ORDER.validate_python(order), "a study")).key

    def get(self, key):
        return self.book.get("ada", key)

    def until(self, worker, condition, seconds=60.0):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            worker.step()
            worker.clusters.step()
            found = condition()
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"not in time: {self.gateway.clusters()}")

    def ended(self, worker, key, state="done"):
        self.until(worker, lambda: self.get(key).state not in {"queued", "running", "cancelling"})
        row = self.get(key)
        assert row.state == state, (row.state, row.error)
        return row

    def nothing_is_left(self, worker):
        self.until(worker, lambda: self.gateway.clusters() == [])

    def seen(self, row):
        files = [found["path"] for found in json.loads(row.results)["files"] if found["path"].endswith("seen.json")]
        return json.loads((self.workspace / files[0]).read_text())

    def close(self):
        processes.end_all(self.settings.instance, patience=0.0)
        for place in self.places:
            for process in place._started:
                process.wait(10)
        for cluster in self.gateway.clusters():
            self.gateway.stop(cluster.name)
        self.gateway.close()
        self.store.close()


@pytest.fixture
def hub(tmp_path, real, monkeypatch):
    monkeypatch.setattr("joulebook_hub.jobs.worker.BEAT", 0.2)
    monkeypatch.setattr("joulebook_hub.jobs.clusters._LOOK", 0.3)
    hub = Hub(tmp_path, real)
    yield hub
    hub.close()


def holds_a_cluster(hub, worker):
    (hub.workspace / "wait").touch()
    key = hub.submit()
    hub.until(worker, (hub.workspace / "ready").exists)
    (hub.workspace / "ready").unlink()
    return key


def test_a_sweep_finds_its_cluster_and_nothing_secret_and_nothing_is_left(hub, real):
    worker, key = hub.worker(), hub.submit(cores=1, memory=0.5)
    folder = hub.settings.spool / key / "1"
    hub.until(worker, lambda: (folder / "cluster.key").exists())
    assert stat.S_IMODE((folder / "cluster.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (cluster,) = hub.gateway.clusters()
    assert cluster.mark == f"{hub.settings.instance}.{key}.1"
    row = hub.ended(worker, key)
    seen = hub.seen(row)
    assert row.attempt == 1 and seen["total"] == 16 and seen["scheduler"].startswith("gateway://")
    assert PASSWORD not in str(seen) and "PRIVATE KEY" not in str(seen)
    assert not [name for name in seen if name.startswith("JOULEBOOK_DASK")], "the job knows no gateway"
    hub.nothing_is_left(worker)
    assert list(hub.settings.spool.iterdir()) == [] and real.processes() == []
    for header in ({}, {"Authorization": "Basic YWRhOmFkYQ=="}, {"Authorization": "jupyterhub x"}):
        assert httpx.get(f"{real.url}/api/v1/clusters/", headers=header, trust_env=False).status_code == 401


def test_a_report_or_notebook_needs_no_cluster(hub):
    (hub.workspace / "study.ipynb").write_text("no notebook")
    order = {"kind": "notebook", "file": "study.ipynb"}
    key = hub.book.submit("ada", (), WishOfJob(ORDER.validate_python(order), "a notebook")).key
    hub.ended(hub.worker(), key, "failed")
    assert hub.gateway.clusters() == []


def test_a_killed_worker_leaves_the_attempt_and_its_cluster_to_the_next(hub):
    first = hub.worker()
    key = holds_a_cluster(hub, first)
    second = hub.worker()
    second._lives = lambda name: False
    hub.until(second, lambda: second.holds == 1)
    assert len(hub.gateway.clusters()) == 1
    (hub.workspace / "wait").unlink()
    assert hub.ended(second, key).attempt == 1
    hub.nothing_is_left(second)


def test_a_killed_runner_leaves_no_cluster_and_the_next_attempt_has_its_own(hub):
    worker = hub.worker()
    key = holds_a_cluster(hub, worker)
    (before,) = hub.gateway.clusters()
    for process, value in processes.marked(JOB_MARK):
        if value == f"{key}.1":
            process.kill()
    most = 0

    def is_there_again():
        nonlocal most
        most = max(most, len([one for one in hub.gateway.clusters() if one.status == "RUNNING"]))
        return (hub.workspace / "ready").exists()

    hub.until(worker, is_there_again)
    (after,) = hub.gateway.clusters()
    assert after.name != before.name and after.mark.endswith(f"{key}.2") and most == 1
    (hub.workspace / "wait").unlink()
    row = hub.ended(worker, key)
    assert (row.attempt, row.interruptions) == (2, 1)
    hub.nothing_is_left(worker)


def test_a_killed_hub_leaves_no_cluster_after_its_next_start(hub):
    """Everything of the hub dies at once; also a cluster whose order was sent, and whose name nobody wrote down."""
    key = holds_a_cluster(hub, hub.worker())
    hub.gateway.start({MARK: f"{hub.settings.instance}.{key}.1"})
    hub.gateway.start({MARK: f"{hub.settings.instance}.gone.3"})
    of_another = hub.gateway.start({MARK: "0123456789abcdef.job.1"})
    processes.end_all(hub.settings.instance, patience=0.0)
    hub.book.cancel("ada", key)
    worker = hub.worker()
    worker._lives = lambda name: False
    hub.ended(worker, key, "cancelled")
    hub.until(worker, lambda: [one.name for one in hub.gateway.clusters()] == [of_another])


def test_a_cluster_whose_name_was_lost_is_taken_and_a_second_one_is_stopped(hub):
    worker = hub.worker()
    start = hub.gateway.start

    def start_without_an_answer(options):
        start(options)
        hub.gateway.start = start
        raise HubError("The Dask Gateway does not answer.", reason="no_cluster")

    hub.gateway.start = start_without_an_answer
    key = hub.submit()
    hub.until(worker, lambda: hub.gateway.clusters())
    start({MARK: f"{hub.settings.instance}.{key}.1"})
    assert hub.ended(worker, key).attempt == 1
    hub.nothing_is_left(worker)


def test_cancel_while_the_cluster_starts(hub):
    worker, key = hub.worker(), hub.submit()
    hub.until(worker, lambda: hub.get(key).stage == "Waiting for a Dask cluster")
    hub.book.cancel("ada", key)
    assert hub.ended(worker, key, "cancelled").attempt == 1
    hub.nothing_is_left(worker)


def test_a_cluster_that_dies_interrupts_its_sweep(hub, real):
    worker = hub.worker()
    key = holds_a_cluster(hub, worker)
    (before,) = hub.gateway.clusters()
    hub.gateway.stop(before.name)  # as for an idle time-out, or an administrator
    hub.until(worker, lambda: hub.get(key).attempt == 2 and (hub.workspace / "ready").exists())
    assert "cluster was lost" in hub.get(key).error or hub.get(key).interruptions == 1
    (hub.workspace / "wait").unlink()
    assert hub.ended(worker, key).interruptions == 1
    hub.nothing_is_left(worker)


def test_a_thread_keeps_the_clusters_of_a_worker(hub):
    key, stop = hub.submit(), threading.Event()
    worker = hub.worker()
    working = threading.Thread(target=worker.run, args=(stop,))
    working.start()
    try:
        deadline = time.monotonic() + 60.0
        while time.monotonic() < deadline and (hub.get(key).state != "done" or hub.gateway.clusters()):
            time.sleep(0.1)
        assert hub.get(key).state == "done" and hub.gateway.clusters() == []
    finally:
        stop.set()
        working.join(10)


def test_who_is_not_let_in_waits_with_a_sentence(tmp_path, real, monkeypatch):
    monkeypatch.setattr("joulebook_hub.jobs.clusters._SILENCE", 0.2)
    hub = Hub(tmp_path, real, password="another")
    try:
        worker, key = hub.worker(), hub.submit()
        hub.until(worker, lambda: hub.get(key).state == "queued" and hub.get(key).attempt == 1)
        row = hub.get(key)
        assert "does not let the hub in (401)" in row.error and row.interruptions == row.failures == 0
        hub.gateway.clusters = list
    finally:
        hub.close()


def test_a_gateway_that_is_away_loses_no_job(tmp_path, real, monkeypatch):
    monkeypatch.setattr("joulebook_hub.jobs.clusters._SILENCE", 0.2)
    hub = Hub(tmp_path, real)
    object.__setattr__(hub.settings.gateway, "address", "http://127.0.0.1:9")
    hub.gateway = Gateway(hub.settings.gateway)
    try:
        worker, key = hub.worker(), hub.submit()
        hub.until(worker, lambda: hub.get(key).state == "queued" and hub.get(key).attempt == 1)
        assert "does not answer" in hub.get(key).error and hub.get(key).interruptions == 0
        hub.gateway.clusters = list
    finally:
        hub.close()


def test_the_plan_bounds_the_cluster(tmp_path, real, monkeypatch):
    """Explorer: one processor and 2 GB in all."""
    hub = Hub(tmp_path, real, plan="explorer")
    try:
        assert hub.book.room("ada") == Room(1.0, 2.0)
        worker, key = hub.worker(), hub.submit(cores=2)
        assert "allows 1 processors in all" in hub.ended(worker, key, "failed").error
        asked = []
        scale = hub.gateway.scale
        monkeypatch.setattr(hub.gateway, "scale", lambda *given: (asked.append(given), scale(*given)))
        hub.ended(worker, hub.submit(workers=200))
        assert [given[1:] for given in asked] == [(1, 1)]
        hub.nothing_is_left(worker)
    finally:
        hub.close()


OFFERS = {
    MARK: {"type": "string", "default": ""},
    "worker_cores": {"type": "int", "default": 2, "min": 1, "max": 8},
    "worker_memory": {"type": "float", "default": 4, "min": 0.5, "max": 32.0},
    "image": {"type": "select", "default": "a", "options": ["a", "b"]},
}


def test_shapes():
    found = shaped(Wish(), Room(), OFFERS, {})
    assert found.options == {"worker_cores": 2, "worker_memory": 4.0} and (found.least, found.most) == (1, 256)
    found = shaped(Wish(), Room(8, 16), OFFERS, {})
    assert (found.least, found.most) == (1, 4)
    found = shaped(Wish(workers=3, cores=1, memory=1, image="b"), Room(8, 16), OFFERS, {})
    assert found.options["image"] == "b" and (found.least, found.most) == (3, 3)
    assert shaped(Wish(), Room(1, 2), OFFERS, {}).options == {"worker_cores": 1, "worker_memory": 2.0}
    assert shaped(Wish(), Room(), OFFERS, {"worker_cores": 4}).options["worker_cores"] == 4


@pytest.mark.parametrize(
    ("wish", "room", "fixed", "message"),
    [
        (Wish(cores=16), Room(), {}, "cores = 16: use a whole number of processors from 1 to 8"),
        (Wish(cores=1.5), Room(), {}, "cores = 1.5: use a whole number"),
        (Wish(memory=0.1), Room(), {}, "memory = 0.1: use a number of GB from 0.5 to 32"),
        (Wish(cores=4), Room(cpus=2), {}, "Your plan allows 2 processors in all; a worker of this cluster has 4"),
        (Wish(), Room(cpus=0.5), {}, "Your plan allows 0.5 processors in all; a worker of this cluster has 1"),
        (Wish(), Room(cpus=1), {"worker_cores": 2}, "Your plan allows 1 processors in all"),
        (Wish(cores=1), Room(), {"worker_cores": 2}, "on this hub a worker has 2 processors"),
        (Wish(image="b"), Room(), {"image": "a"}, "lets nobody choose it"),
        (Wish(), Room(), {"idle_timeout": 9}, "offers no option idle_timeout"),
    ],
)
def test_what_is_refused(wish, room, fixed, message):
    with pytest.raises(HubError, match=message):
        shaped(wish, room, OFFERS, fixed)


sizes = st.one_of(st.just(0.0), st.floats(0.01, 1e4), st.integers(1, 64).map(float))
limits = st.one_of(st.just(math.inf), st.floats(0.1, 1e4), st.integers(1, 64).map(float))


@given(cores=sizes, memory=sizes, workers=st.integers(0, 256), cpus=limits, most=limits)
def test_no_wish_is_larger_than_the_plan(cores, memory, workers, cpus, most):
    try:
        found = shaped(Wish(workers, cores, memory), Room(cpus, most), OFFERS, {})
    except HubError as refused:
        assert refused.reason == "refused"
        return
    assert 1 <= found.least <= found.most <= 256
    assert found.most * found.options["worker_cores"] <= cpus * (1 + 1e-12)
    assert found.most * found.options["worker_memory"] <= most * (1 + 1e-12)
    assert 1 <= found.options["worker_cores"] <= 8 and 0.5 <= found.options["worker_memory"] <= 32


GOOD = {"JOULEBOOK_DASK": "gateway+https://gateway.example.org"}


def test_addresses():
    assert GatewaySettings.from_environment({}) is None
    assert GatewaySettings.from_environment({"JOULEBOOK_DASK": "tcp://10.0.0.5:8786"}) is None
    found = GatewaySettings.from_environment(GOOD)
    assert (found.address, found.proxy, found.sign_in) == (
        *("https://gateway.example.org", "gateway.example.org:443"),
        "jupyterhub",
    )
    found = GatewaySettings.from_environment(
        {
            "JOULEBOOK_DASK": "gateway+http://[::1]:8000/services/dask-gateway/",
            "JOULEBOOK_DASK_PROXY": "gateway://traefik.dask:8786",
            "JOULEBOOK_DASK_OPTIONS": '{"worker_cores": 2}',
        }
    )
    assert (found.address, found.proxy) == ("http://[::1]:8000/services/dask-gateway", "traefik.dask:8786")
    assert found.options == {"worker_cores": 2} and found.secret("own") == "own"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JOULEBOOK_DASK", "gateway+ftp://x"),
        ("JOULEBOOK_DASK", "gateway+https://"),
        ("JOULEBOOK_DASK", "gateway+https://user:password@gateway.example.org"),
        ("JOULEBOOK_DASK", "gateway+https://gateway.example.org:99999"),
        ("JOULEBOOK_DASK", "gateway+https://[::1"),
        ("JOULEBOOK_DASK_PROXY", "no port"),
        ("JOULEBOOK_DASK_PROXY", "host:0"),
        ("JOULEBOOK_DASK_SIGN_IN", "kerberos"),
        ("JOULEBOOK_DASK_OPTIONS", "[1]"),
        ("JOULEBOOK_DASK_OPTIONS", "{"),
        ("JOULEBOOK_DASK_OPTIONS", '{"joulebook": "x"}'),
        ("JOULEBOOK_DASK_SECRET_FILE", "/no/such/file"),
        ("JOULEBOOK_DASK_USER", "a:b"),
    ],
)
def test_wrong_settings_are_named(name, value):
    with pytest.raises(HubError, match=name):
        GatewaySettings.from_environment({**GOOD, name: value})


def test_settings_of_a_gateway_without_one_are_refused():
    with pytest.raises(HubError, match=r"JOULEBOOK_DASK_USER.*goes with a Dask Gateway only"):
        GatewaySettings.from_environment({"JOULEBOOK_DASK": "tcp://10.0.0.5:8786", "JOULEBOOK_DASK_USER": "x"})
    with pytest.raises(HubError, match=r"JOULEBOOK_DASK_SECRET_FILE.*name the file"):
        GatewaySettings.from_environment({**GOOD, "JOULEBOOK_DASK_SIGN_IN": "basic"})


def test_a_secret_that_others_can_read_is_refused(tmp_path):
    file = tmp_path / "token"
    file.write_text("secret\n")
    file.chmod(0o644)
    with pytest.raises(HubError, match="chmod 600") as refused:
        GatewaySettings.from_environment({**GOOD, "JOULEBOOK_DASK_SECRET_FILE": str(file)})
    assert "secret" not in str(refused.value).replace("SECRET_FILE", "").replace("secret_", "")
    file.chmod(0o600)
    found = GatewaySettings.from_environment({**GOOD, "JOULEBOOK_DASK_SECRET_FILE": str(file)})
    assert found.secret("own") == "secret" and "secret" not in repr(Gateway(found, "own")).replace("secret_file", "")
    file.write_text("")
    with pytest.raises(HubError, match="first line"):
        found.secret("own")


@given(st.text(max_size=60))
def test_any_address_is_read_or_refused(text):
    try:
        GatewaySettings.from_environment({"JOULEBOOK_DASK": f"gateway+{text}", "JOULEBOOK_DASK_OPTIONS": text})
    except HubError as refused:
        assert refused.reason == "bad_settings"


def test_without_the_client_the_hub_does_not_start(monkeypatch):
    monkeypatch.setattr("joulebook_hub.jobs.gateway.find_spec", lambda name: None)
    with pytest.raises(HubError, match=r"install joulebook\[gateway\]"):
        GatewaySettings.from_environment(GOOD)


def test_a_hub_without_a_gateway_refuses_what_only_one_has(tmp_path):
    settings = WorkerSettings(tmp_path)
    order = ORDER.validate_python({"kind": "sweep", "file": "a.py", "memory": 2})
    with pytest.raises(HubError, match="memory: this hub has no Dask Gateway"):
        settings.with_cluster([sys.executable], {}, order, math.inf)
    plain = ORDER.validate_python({"kind": "sweep", "file": "a.py"})
    command, _ = settings.with_cluster(["python"], {}, plain, 1.0)
    assert command[3:5] == ["1", "--"], "the plan has one processor"
    assert psutil.cpu_count() and settings.with_cluster(["python"], {}, plain, math.inf)[0][3] != "0"


def test_nobody_else_of_the_machine_enters_a_sweeps_own_cluster(tmp_path):
    """All people's programs share the loopback where units or processes keep them apart."""
    code = """
import json, os, pathlib, socket, ssl, urllib.error, urllib.request
import distributed, psutil
def shows(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/info/main/workers.html", timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
def hears(*certificate):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if certificate:
        for name, content in zip("ck", certificate): pathlib.Path(name).write_text(content)
        context.load_cert_chain("c", "k")
    try:
        with socket.create_connection((host, int(port)), 10) as plain, context.wrap_socket(plain) as secure:
            return len(secure.recv(10))
    except OSError as error:
        return type(error).__name__
if __name__ == "__main__":
    with distributed.Client(timeout=20) as client:
        answer = client.submit(lambda x: x + 1, 41).result(20)
        kind, _, rest = os.environ["DASK_SCHEDULER_ADDRESS"].partition("://")
        host, port = rest.split(":")
        tls = "DASK_DISTRIBUTED__COMM__TLS__CLIENT__"
        other = distributed.Security.temporary()
        cluster = psutil.Process(os.getppid())
        open_ = [c.laddr for p in (cluster, *cluster.children(recursive=True)) for c in p.net_connections("tcp")
                 if c.status == "LISTEN"]
        print(json.dumps([{ip for ip, _ in open_} == {"127.0.0.1"}, sorted({shows(port) for _, port in open_})]))
        print(json.dumps([answer, kind, hears(os.environ[tls + "CERT"], os.environ[tls + "KEY"]),
                          hears(), hears(other.tls_client_cert, other.tls_client_key)]))
"""
    (tmp_path / "sweep.py").write_text(code)
    command = [sys.executable, "-m", "joulebook_hub.jobs.cluster", "1", "--", sys.executable, "sweep.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    answer, kind, own, nobody, other = json.loads(done.stdout.splitlines()[-1])
    assert (answer, kind, own) == (42, "tls", 10)
    assert json.loads(done.stdout.splitlines()[-2]) == [True, [0, 404]], "all on the loopback, and no page is shown"
    assert nobody == other == "SSLError", (nobody, other)
