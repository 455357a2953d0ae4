"""Attempts in systemd units: what `systemd-run` is told, walls, ends, adoption (try_systemd.py starts real units)."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from fake_systemd import Systemd
from joulebook_hub import processes
from joulebook_hub.errors import HubError
from joulebook_hub.housing import systemd
from joulebook_hub.housing.dwellings import Dwelling, Mount
from joulebook_hub.jobs.assembly import make_worker
from joulebook_hub.jobs.book import JobBook, Wish
from joulebook_hub.jobs.configuration import runs_jobs, services
from joulebook_hub.jobs.gate import Gate
from joulebook_hub.jobs.notices import Courier
from joulebook_hub.jobs.orders import ORDER
from joulebook_hub.jobs.roster import Roster
from joulebook_hub.jobs.setting import JOB_MARK, KEPT, WorkerSettings
from joulebook_hub.jobs.spool import Spool
from joulebook_hub.jobs.timetable import Timetable
from joulebook_hub.jobs.units import UnitPlace
from joulebook_hub.jobs.worker import Worker
from joulebook_hub.places import StateFolder
from joulebook_hub.plans import Plans
from joulebook_hub.settings import HubSettings
from joulebook_hub.store import Store

SLOW = "import os,time; open('starts','a').write('x'); time.sleep(60)"


class Hub:
    """A folder, a store, a systemd, and workers."""

    def __init__(self, home, plan="explorer"):
        self.home = home
        self.settings = WorkerSettings(home, at_once=2, grace=2.0, profile="systemd")
        self.settings.spool.mkdir(parents=True)
        self.workspace = self.settings.workspaces / "users" / "ada"
        self.workspace.mkdir(parents=True)
        self.store = Store(f"sqlite:///{home}/ledger.sqlite")
        self.book = JobBook(self.store, Gate(Plans.read(default=plan)))
        self.systemd = Systemd(home / "systemd")
        self.tree = str(self.settings.workspaces)

    def dwell(self, user):
        """Inside and outside have the same paths, and the person is who runs the test."""
        project = Mount("projects/7", "/srv/joulebook/workspaces/projects/7")
        return Dwelling(user, os.getuid(), os.getgid(), (400_007,), Mount("users/ada", str(self.workspace)), (project,))

    def place(self, **environment):
        return UnitPlace(
            *(self.settings.instance, environment),
            dwell=self.dwell,
            room=self.book.room,
            tree=self.tree,
            spool=f"{self.tree}/attempts",
            hidden=[str(self.home)],
        )

    def worker(self, place=None):
        parts = (Roster(self.store), Timetable(self.book), Courier({}, b"secret"), self.settings)
        worker = Worker(*parts, place or self.place())
        worker.name += f"|{time.monotonic_ns()}"
        return worker

    def submit(self, code):
        (self.workspace / "study.py").write_text(code)
        order = ORDER.validate_python({"kind": "sweep", "file": "study.py"})
        return self.book.submit("ada", (), Wish(order, "a study")).key

    def get(self, key):
        return self.book.get("ada", key)

    def unit(self, key, attempt=1):
        return f"joulebook-job-{self.settings.instance[:8]}-{key}-{attempt}.service"

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

    def starts(self):
        place = self.workspace / "starts"
        return place.read_text() if place.exists() else ""

    def close(self):
        self.systemd.close()
        processes.end_all(self.settings.instance, patience=0.0)
        self.store.close()


@pytest.fixture
def hub(tmp_path, monkeypatch):
    monkeypatch.setattr("joulebook_hub.jobs.worker.BEAT", 0.2)
    monkeypatch.setattr("joulebook_hub.jobs.units._LOOK", 0.3)
    monkeypatch.setattr(systemd, "write_records", lambda given: None)
    monkeypatch.setattr(WorkerSettings, "with_cluster", lambda self, command, variables, *_: (command, variables))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[3] / "hub_config"))
    hub = Hub(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join([str(hub.systemd.programs), os.environ["PATH"]]))
    yield hub
    hub.close()


def options(words, name):
    found = [word.removeprefix(f"--{name}=") for word in words if word.startswith(f"--{name}=")]
    return dict(pair.split("=", 1) for pair in found) if name in {"property", "setenv"} else found


def test_a_job_runs_as_its_person_within_the_walls_of_the_persons_server(hub, monkeypatch):
    monkeypatch.setenv("JOULEBOOK_STORE_URL", "a secret")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "a secret")
    code = """
import json, os, pathlib
folder = pathlib.Path(os.environ["JOULEBOOK_RESULTS"])
(folder / "answer.json").write_text(json.dumps(dict(os.environ)))
print("the answer is there")
"""
    worker, key = hub.worker(), hub.submit(code)
    row = hub.ended(worker, key)
    results = json.loads(row.results)
    seen = json.loads((hub.workspace / results["files"][0]["path"]).read_text())
    assert seen["HOME"] == str(hub.workspace) and seen[JOB_MARK] == f"{key}.1" and "a secret" not in seen.values()
    assert processes.MARK not in seen, "who ends the hub's processes does not end attempts"
    assert hub.book.log("ada", key).content == b"the answer is there\n"
    assert list(hub.settings.spool.iterdir()) == []
    hub.until(worker, lambda: not hub.systemd.units)

    (words,) = hub.systemd.made
    assert words[words.index("--") + 1 :] == [
        *(sys.executable, "-m", "joulebook_hub.jobs.runner", "/run/joulebook/attempt")
    ]
    assert options(words, "unit") == [hub.unit(key)] and options(words, "slice") == ["joulebook-servers.slice"]
    assert (options(words, "uid"), options(words, "gid")) == ([str(os.getuid())], [str(os.getgid())])
    assert {"--no-block", "--no-ask-password", "--quiet"} <= set(words)
    assert {JOB_MARK, "PATH"} <= set(options(words, "setenv")) <= {JOB_MARK, "PATH", *KEPT}
    told = options(words, "property")
    own = f"{hub.tree}/attempts/{key}/1"
    assert told["BindReadOnlyPaths"] == f"{own}:/run/joulebook/attempt"
    assert told["BindPaths"].split() == [
        f"{hub.tree}/users/ada:{hub.workspace}",
        f"{hub.tree}/projects/7:/srv/joulebook/workspaces/projects/7",
        f"{own}/own:/run/joulebook/attempt/own",
    ], "the person's files and the attempt's own, nothing else"
    assert told["ReadWritePaths"].split()[-1] == "/run/joulebook/attempt/own"
    assert (told["MemoryMax"], told["CPUQuota"], told["TasksMax"]) == ("2000000000", "100%", "1024"), "the plan's"
    assert told["SupplementaryGroups"] == "400007" and f"-{hub.home}" in told["InaccessiblePaths"].split()
    assert (told["KillMode"], told["KillSignal"]) == ("control-group", "SIGKILL")


def test_walls_are_those_of_servers_without_cards(hub):
    place, row = hub.place(), type("Row", (), {"user": "ada", "key": "k", "attempt": 1})()
    told = options(place.command("k", 1, place.lodge(row), hub.book.room("ada"), {}), "property")
    server = systemd.properties_of(hub.dwell("ada"), hub.tree, hidden=[str(hub.home)], memory=2_000_000_000)
    for name, value in server.items():
        if name != "KillMode":
            assert told[name].startswith(value), name
    more = {name for name in server if told[name] != server[name]}
    assert more == {"BindPaths", "ReadWritePaths", "TemporaryFileSystem", "KillMode"}
    assert "169.254.0.0/16" in told["IPAddressDeny"] and told["PrivateDevices"] == "yes"
    assert "nvidia" not in " ".join(told.values()) and told["NoNewPrivileges"] == "yes"


def test_where_the_plan_has_no_limit_the_servers_own_is_taken(tmp_path, hub):
    hub.book = JobBook(hub.store, Gate(Plans.read(default="enterprise")))
    place, row = (
        hub.place(JOULEBOOK_SERVER_MEMORY="1.5G", JOULEBOOK_SERVER_CORES="0.5"),
        type("Row", (), {"user": "ada", "key": "k", "attempt": 1})(),
    )
    told = options(place.command("k", 1, place.lodge(row), hub.book.room("ada"), {}), "property")
    assert (told["MemoryMax"], told["CPUQuota"]) == (str(3 << 29), "50%")
    with pytest.raises(HubError, match="such as 4G"):
        hub.place(JOULEBOOK_SERVER_MEMORY="much")


def test_a_killed_unit_is_noticed_and_the_job_runs_again(hub):
    worker, key = hub.worker(), hub.submit(SLOW)
    hub.until(worker, hub.starts)
    hub.systemd.run("kill", hub.unit(key))
    hub.until(worker, lambda: hub.get(key).attempt == 2 and hub.starts() == "xx")
    assert hub.get(key).interruptions == 1 and hub.systemd.units == [hub.unit(key, 2)]
    hub.book.cancel("ada", key)
    hub.ended(worker, key, "cancelled")
    hub.until(worker, lambda: not hub.systemd.units)


def test_an_attempt_outlives_its_worker_and_is_adopted(hub):
    code = (
        "import time\nopen('starts','a').write('x')\nwhile not __import__('os').path.exists('stop'): time.sleep(0.05)"
    )
    first, key = hub.worker(), hub.submit(code)
    hub.until(first, hub.starts)
    second = hub.worker()
    second._lives = lambda name: name != first.name
    hub.until(second, lambda: second.holds == 1)
    assert processes.members(hub.settings.instance) == [], "nothing of it carries the hub's mark"
    (hub.workspace / "stop").touch()
    row = hub.ended(second, key)
    assert row.attempt == 1 and json.loads(row.results)["files"] == [] and hub.starts() == "x"


def test_after_a_start_of_the_machine_the_job_is_queued_again(hub):
    first, key = hub.worker(), hub.submit(SLOW)
    hub.until(first, hub.starts)
    hub.systemd.run("stop", "*")
    second = hub.worker()
    second._lives = lambda name: name != first.name
    hub.until(second, lambda: hub.starts() == "xx")
    assert hub.get(key).attempt == 2 and hub.systemd.units == [hub.unit(key, 2)]


def test_the_same_attempt_is_not_started_twice(hub):
    place, worker, key = hub.place(), hub.worker(), hub.submit(SLOW)
    hub.until(worker, hub.starts)
    place.lodge(type("Row", (), {"user": "ada", "key": key, "attempt": 1})())
    place.start(hub.settings.spool / key / "1", {})
    assert len(hub.systemd.made) == 1 and hub.starts() == "x"


def test_what_counts_no_longer_is_stopped(hub):
    place = hub.place()
    spool = Spool.of(hub.settings.spool, "00ff", 3)
    spool.prepare({"command": ["sleep", "60"], "cwd": "/", "environment": {}, "limit": 60, "grace": 2})
    place.lodge(type("Row", (), {"user": "ada", "key": "00ff", "attempt": 3})())
    place.start(spool.folder, {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ["PYTHONPATH"]})
    assert hub.systemd.units == [hub.unit("00ff", 3)]
    spool.remove()
    worker = hub.worker()
    hub.until(worker, lambda: not hub.systemd.units, 20)


def test_other_attempts_of_the_job_and_other_hubs_units_are_left_alone(hub):
    place = hub.place()
    names = [hub.unit("aa", 1), hub.unit("aa", 2), hub.unit("aab", 1), "joulebook-job-another-aa-1.service"]
    for name in names:
        words = ["systemd-run", f"--unit={name}", "--", "/bin/sleep", "60"]
        os.spawnv(os.P_WAIT, str(hub.systemd.programs / "systemd-run"), words)
    place.tend()
    assert place.attempts() == {("aa", 1), ("aa", 2), ("aab", 1)}
    place.end("aa", below=2)
    assert hub.systemd.units == sorted(names[1:])
    place.end("aa", only=2)
    assert hub.systemd.units == sorted(names[2:])


def test_a_systemd_that_is_ill_loses_no_job(hub):
    worker, key = hub.worker(), hub.submit("pass")
    hub.systemd.is_ill(True)
    hub.until(worker, lambda: hub.get(key).state == "queued" and hub.get(key).attempt == 1)
    assert "systemd does not" in hub.get(key).error and hub.get(key).interruptions == 0
    hub.systemd.is_ill(False)
    assert hub.ended(worker, key).attempt > 1


def test_the_hub_hands_its_worker_what_it_needs(tmp_path, monkeypatch):
    given = {"JOULEBOOK_SERVER_MEMORY": "2G", "JOULEBOOK_FIRST_ID": "500000", "JOULEBOOK_TLS_KEY": "/etc/key"}
    settings = HubSettings(StateFolder(tmp_path), profile="systemd", environment=given)
    assert runs_jobs(settings)
    (worker,) = services(settings)
    told = worker["environment"]
    assert told["JOULEBOOK_PROFILE"] == "systemd" and told["JOULEBOOK_SERVER_MEMORY"] == "2G"
    assert told["JOULEBOOK_FIRST_ID"] == "500000" and "JOULEBOOK_TLS_KEY" not in told
    made = make_worker({**told, "JOULEBOOK_STORE_URL": f"sqlite:///{tmp_path}/ledger.sqlite"})
    assert isinstance(made._place, UnitPlace) and made._place._dwell.__name__ == "dwell"
    made._roster.store.close()
