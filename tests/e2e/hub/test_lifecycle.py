"""Start, find running, stop; and what is left when a part is killed."""

from __future__ import annotations

import os
import signal
import socket
import stat
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from joulebook_hub.accounts import AccountStore


@pytest.fixture
def taken_port():
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_up_find_and_down(new_hub, port_is_free, wait_for):
    hub = new_hub()
    with ThreadPoolExecutor(2) as both:
        first, other = sorted(both.map(lambda _: hub.up(), range(2)), key=lambda done: "already" in done.stdout)
    assert first.returncode == other.returncode == 0, first.stderr + other.stderr
    assert first.stdout.count("One-time password") == 1
    assert other.stdout.strip() == f"Joulebook is already running at {hub.url}", "two at once start one hub"
    password = hub.one_time
    ports = hub.used_ports
    assert hub.browser().get("/hub/login").status_code == 200

    second = hub.up()
    assert second.returncode == 0
    assert second.stdout.strip() == f"Joulebook is already running at {hub.url}"
    assert hub.command("status").returncode == 0

    for process in hub.members():
        listening = [c for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
        assert all(connection.laddr.ip == "127.0.0.1" for connection in listening), process.cmdline()
    assert stat.S_IMODE(hub.folder.root.stat().st_mode) == 0o700
    for secret in (hub.folder.cookie_secret, hub.folder.accounts):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600, secret
    stored = b"".join(file.read_bytes() for file in hub.folder.root.rglob("*") if file.is_file())
    assert password.encode() not in stored, "the one-time password is stored in clear"

    stopped = hub.down()
    assert stopped.returncode == 0, stopped.stderr
    assert stopped.stdout.strip() == "Joulebook is stopped."
    assert hub.members() == []
    assert all(port_is_free(port) for port in ports)
    assert not hub.folder.running.exists()
    status = hub.command("status")
    assert status.returncode == 3 and "not running" in status.stdout and "by itself" not in status.stdout
    assert hub.down().stdout.strip() == "Joulebook was not running."


def test_killed_hub_leaves_nothing_and_starts_again(new_hub, port_is_free, wait_for):
    hub = new_hub()
    assert hub.up().returncode == 0
    browser = hub.admin()
    hub.start_server(browser, "admin")
    ports = hub.used_ports
    assert hub.member("jupyterhub.singleuser")
    os.kill(hub.member("jupyterhub_config.py").pid, signal.SIGKILL)

    wait_for(lambda: not hub.members(), "all processes of the killed hub ended", 30)
    wait_for(lambda: all(port_is_free(port) for port in ports), "the ports are free", 3)
    status = hub.command("status")
    assert status.returncode == 3 and "SIGKILL" in status.stdout

    again = hub.up()
    assert again.returncode == 0, again.stderr
    assert "One-time password" not in again.stdout
    hub.admin()
    assert hub.down().returncode == 0


def test_killed_guard_takes_the_hub_along(new_hub, port_is_free, wait_for):
    hub = new_hub()
    assert hub.up().returncode == 0
    ports = hub.used_ports
    os.kill(int(str(hub.noted["pid"])), signal.SIGKILL)
    wait_for(lambda: not hub.members(), "the hub ended after its guard", 40)
    wait_for(lambda: all(port_is_free(port) for port in ports), "the ports are free", 3)


def test_guard_and_hub_killed_at_once(new_hub, port_is_free, wait_for):
    hub = new_hub()
    assert hub.up().returncode == 0
    ports = hub.used_ports
    for pid in (int(str(hub.noted["pid"])), hub.member("jupyterhub_config.py").pid):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not hub.members(), "proxy and culler ended after hub and guard", 30)
    wait_for(lambda: all(port_is_free(port) for port in ports), "the ports are free", 3)
    assert hub.folder.running.exists(), "nobody was left to remove it"
    assert hub.up().returncode == 0
    assert hub.down().returncode == 0


def test_two_hubs_that_start_at_once_get_a_port_each(new_hub):
    """Both find the same port free; the one whose proxy is late takes the next, and takes nobody else's answer."""
    hubs = [new_hub(), new_hub()]
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda hub: hub.up(), hubs))
    assert [each.returncode for each in done] == [0, 0], done[0].stderr + done[1].stderr
    assert hubs[0].url != hubs[1].url
    for hub in hubs:
        assert hub.browser().get("/hub/login").headers["X-Joulebook-Hub"] == hub.folder.instance
        hub.admin()
        assert hub.down().returncode == 0


def test_a_taken_port_is_told(new_hub, taken_port):
    hub = new_hub()
    refused = hub.up("--port", str(taken_port))
    assert refused.returncode == 1
    assert f"Port {taken_port} is taken" in refused.stderr and "--port" in refused.stderr
    assert hub.members() == []
    assert not hub.folder.accounts.exists(), "no administrator without a start"


def test_a_hub_that_cannot_start_says_why(new_hub):
    hub = new_hub()
    hub.folder.prepare()
    hub.folder.database.mkdir()
    refused = hub.up()
    assert refused.returncode == 1
    assert "ended while it started" in refused.stderr and str(hub.folder.log) in refused.stderr
    assert hub.members() == []
    store = AccountStore(f"sqlite:///{hub.folder.accounts}")
    assert not store.has_admin(), "the password was not shown, so the next start makes another"
    store.close()


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"JOULEBOOK_HOST": "0.0.0.0"}, "127.0.0.1 only"),
        ({"JOULEBOOK_PORT": "eighty"}, "whole number"),
        ({"JOULEBOOK_PROFILE": "docker", "JOULEBOOK_PUBLIC_URL": "http://lab.example.org"}, "https address"),
    ],
)
def test_refused_settings(new_hub, variables, words):
    hub = new_hub(**variables)
    refused = hub.up()
    assert refused.returncode == 1
    assert words in refused.stderr
    assert hub.members() == []
