"""Jobs of a real hub: a report, cancel, powers, and the end of the hub; hub_load.faults kills the rest."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest
import requests

from joulebook_hub import processes
from joulebook_hub.jobs.setting import JOB_MARK

SLOW = "import os, sys, time\nopen(sys.argv[1], 'a').write('x')\ntime.sleep(float(sys.argv[2]))\n"


@pytest.fixture(scope="module")
def working(new_hub):
    hub = new_hub(JOULEBOOK_JOBS_AT_ONCE="2", OMP_NUM_THREADS="1")
    done = hub.up()
    assert done.returncode == 0, done.stderr
    admin = hub.admin()
    path = hub.start_server(admin, "admin")
    home = hub.folder.workspaces / "users" / "admin"
    server = hub.member("jupyterhub.singleuser").environ()
    (home / "slow.py").write_text(SLOW)
    yield SimpleNamespace(
        hub=hub, admin=admin, path=path, home=home,
        token=server["JUPYTERHUB_API_TOKEN"], service=server["JOULEBOOK_SERVICE"],
    )  # fmt: skip
    assert hub.down().returncode == 0


def ask(working, method, path, *, token="", **options):
    headers = {"Authorization": f"token {token or working.token}", **options.pop("headers", {})}
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, working.service + path, timeout=30, headers=headers, **options)


def submit(working, order, **further):
    answer = ask(working, "POST", "jobs", json={"order": order, **further})
    assert answer.status_code == 201, answer.text
    return answer.json()["key"]


def state(working, key):
    """State by the store: asking the service all the while would be against its rates."""
    with closing(sqlite3.connect(f"file:{working.hub.folder.ledger}?mode=ro", uri=True)) as store:
        return store.execute("SELECT state FROM jobs WHERE key = ?", (key,)).fetchone()[0]


def ended(working, key):
    """The job, once it has ended."""
    if state(working, key) not in {"done", "failed", "cancelled"}:
        return None
    return ask(working, "GET", f"jobs/{key}").json()


def slow(working, name, seconds):
    return submit(working, {"kind": "sweep", "file": "slow.py", "arguments": [name, str(seconds)], "workers": 1})


def marked(key):
    return [process for process, value in processes.marked(JOB_MARK) if value.rpartition(".")[0] == key]


def test_a_report_outlives_its_users_server(working, wait_for):
    cell = next(working.home.glob("*.cell.json")).name
    order = {"kind": "report", "report": "cell", "file": cell, "options": {"rates": "1", "model": "SPM"}}
    body, once = {"order": order, "title": "Sunday"}, {"Idempotency-Key": "sunday"}
    first = ask(working, "POST", "jobs", json=body, headers=once)
    assert ask(working, "POST", "jobs", json=body, headers=once).json()["key"] == first.json()["key"]
    assert len(ask(working, "GET", "jobs").json()["jobs"]) == 1
    key = first.json()["key"]
    wait_for(lambda: state(working, key) == "running", "the report's start", 30)
    job = wait_for(lambda: ended(working, key), "the report's end", 120)
    assert (job["state"], job["error"], job["attempt"]) == ("done", "", 1)
    files = {found["path"].rpartition(".")[2]: working.home / found["path"] for found in job["files"]}
    assert files["pdf"].read_bytes().startswith(b"%PDF") and files["html"].stat().st_size > 10_000
    assert job["done"] == job["total"] > 3


def test_a_job_is_cancelled_with_all_that_it_started(working, wait_for):
    key = slow(working, "cancel.txt", 60)
    wait_for((working.home / "cancel.txt").exists, "the job's start", 30)
    assert ask(working, "POST", f"jobs/{key}/cancel").json()["state"] == "cancelling"
    assert wait_for(lambda: ended(working, key), "the job's end", 30)["state"] == "cancelled" and marked(key) == []


def test_refusals_and_powers(working):
    assert ask(working, "GET", "jobs", token="x" * 32).status_code == 403
    assert ask(working, "GET", "admin/jobs").status_code == 403, "a server's token is no administrator's"
    answer = ask(working, "POST", "jobs", json={"order": {"kind": "notebook", "file": "none.ipynb"}})
    assert answer.status_code == 400 and "no such file" in answer.json()["message"]
    worker = working.hub.member("joulebook_hub.jobs.worker").environ()
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Authorization": f"token {worker['JUPYTERHUB_API_TOKEN']}"}
        for path in ("users", "groups", "services", "proxy", "users/admin"):
            answer = session.get(f"{working.hub.url}/hub/api/{path}", headers=headers, timeout=30)
            assert answer.status_code in {403, 404}, path
        assert session.get(working.service + "jobs", headers=headers, timeout=30).status_code == 403


def test_jobs_survive_the_end_of_the_hub(working, wait_for):
    key = slow(working, "hub.txt", 8)
    wait_for((working.home / "hub.txt").exists, "the job's start", 30)
    hub = working.hub
    hub.member("jupyterhub_config.py").kill()  # the guard ends what is left: worker, service, attempt
    wait_for(lambda: not hub.members(), "the end of everything", 30)
    assert marked(key) == []
    assert hub.up().returncode == 0
    admin = hub.admin()
    hub.start_server(admin, "admin")
    server = hub.member("jupyterhub.singleuser").environ()
    working.token, working.service, working.admin = server["JUPYTERHUB_API_TOKEN"], server["JOULEBOOK_SERVICE"], admin
    job = wait_for(lambda: ended(working, key), "the job's end", 60)
    assert (job["state"], job["attempt"]) == ("done", 2) and (working.home / "hub.txt").read_text() == "xx"
    log = json.loads((ask(working, "GET", f"jobs/{key}/log")).text)
    assert log["attempt"] == 2 and log["ended"]
