"""A real hub and a real Dask Gateway that asks it who comes: a sweep's cluster, powers, and the end of the hub."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
import requests

from gateways import RealGateway, free_ports

SWEEP = """
import os, pathlib, sys, time
from distributed import Client

if __name__ == "__main__":
    with Client() as client:
        found = sum(client.gather(client.map(abs, range(9))))
        pathlib.Path(os.environ["JOULEBOOK_RESULTS"], "sum").write_text(str(found))
        with open("starts", "a") as file:
            file.write("x")
        while pathlib.Path("wait").exists():
            client.submit(abs, time.monotonic()).result()
            time.sleep(0.1)
"""


@pytest.fixture(scope="module")
def machines(new_hub, tmp_path_factory):
    gateway = RealGateway(tmp_path_factory.mktemp("gateway"), processes=True)
    (port,) = free_ports(1)
    hub = new_hub(JOULEBOOK_DASK=f"gateway+{gateway.url}", JOULEBOOK_PORT=str(port), OMP_NUM_THREADS="1")
    try:
        done = hub.up()
        assert done.returncode == 0, done.stderr
        gateway.start(f"{hub.url}/hub/api")
        yield hub, gateway
        assert hub.down().returncode == 0
    finally:
        gateway.close()


def ask(url, method, token, kind="token", **options):
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Authorization": f"{kind} {token}"}
        return session.request(method, url, timeout=30, headers=headers, **options)


def job(hub, key):
    with closing(sqlite3.connect(f"file:{hub.folder.ledger}?mode=ro", uri=True)) as store:
        return store.execute("SELECT state, attempt, error FROM jobs WHERE key = ?", (key,)).fetchone()


def test_a_sweep_at_a_gateway_whose_hub_is_killed(machines, wait_for):
    hub, gateway = machines
    hub.start_server(hub.admin(), "admin")
    server = hub.member("jupyterhub.singleuser").environ()
    home = hub.folder.workspaces / "users" / "admin"
    (home / "study.py").write_text(SWEEP)
    (home / "wait").touch()
    order = {"kind": "sweep", "file": "study.py", "workers": 1}
    token, service = server["JUPYTERHUB_API_TOKEN"], server["JOULEBOOK_SERVICE"]
    key = ask(service + "jobs", "POST", token, json={"order": order}).json()["key"]
    wait_for((home / "starts").exists, "the sweep's start", 90)
    worker = hub.member("joulebook_hub.jobs.worker").environ()["JUPYTERHUB_API_TOKEN"]
    clusters = f"{gateway.url}/api/v1/clusters/"

    assert len(ask(clusters, "GET", worker, "jupyterhub").json()) == 1 and len(gateway.processes()) >= 2
    for method, path in (("GET", clusters), ("POST", clusters), ("GET", f"{gateway.url}/api/v1/options")):
        assert ask(path, method, token, "jupyterhub", json={}).status_code == 401, (
            "a person's token is not the worker's"
        )
    for path in ("users", "groups", "services", "proxy", "users/admin"):
        assert ask(f"{hub.url}/hub/api/{path}", "GET", worker).status_code in {403, 404}, path
    assert ask(service + "jobs", "GET", worker).status_code == 403

    hub.member("jupyterhub_config.py").kill()
    wait_for(lambda: not hub.members(), "the end of everything", 30)
    (home / "wait").unlink()
    assert hub.up().returncode == 0
    wait_for(lambda: job(hub, key)[0] == "done", "the job's end", 120)
    assert job(hub, key) == ("done", 2, "") and (home / "starts").read_text() == "xx"
    wait_for(lambda: not gateway.processes(), "the end of the clusters", 60)
