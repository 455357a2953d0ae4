"""A browser and a hub for the tests that walk: real processes, started and stopped by pid, no sleeps."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

BIN = Path(sys.executable).parent
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class RunningHub:
    """A hub of its own for one test.

    Parameters
    ----------
    url : str
        Where it answers.
    home : Path
        Its state folder.
    admin, password : str
        The first administrator and the one-time password.
    seconds : float
        From the command to the answer.
    """

    url: str
    home: Path
    admin: str
    password: str
    seconds: float

    def workspace(self, user: str) -> Path:
        return self.home / "workspaces" / "users" / user


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_hub(home: Path) -> Iterator[RunningHub]:
    """Start a hub with its embedded defaults in a folder of its own, and stop it."""
    environment = {**os.environ, "JOULEBOOK_HOME": str(home), "JOULEBOOK_PORT": str(free_port())}
    command = [str(BIN / "joulebook"), "hub"]
    began = time.monotonic()
    started = subprocess.run(
        [*command, "up"], env=environment, capture_output=True, text=True, check=False, timeout=180
    )
    seconds = time.monotonic() - began
    said = started.stdout + started.stderr
    try:
        assert started.returncode == 0, said
        url = re.search(r"http://127\.0\.0\.1:\d+\S*", said)
        name = re.search(r"Sign in as\s+(\S+)", said)
        password = re.search(r"One-time password\s+(\S+)", said)
        assert url and name and password, said
        yield RunningHub(url[0].rstrip("/"), home, name[1], password[1], seconds)
    finally:
        stopped = subprocess.run(
            [*command, "down"], env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert stopped.returncode == 0, stopped.stdout + stopped.stderr


def wait_for(what: str, ask: Callable[[], Answer], seconds: float, pause: Callable[[], Any]) -> Answer:
    """Ask until the answer is true; ``pause`` lets the browser work in between."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds:g} s")
        pause()


@contextmanager
def chromium(artifacts: Path, name: str, **context: Any) -> Iterator[Any]:
    """A page of headless Chromium; a failing test leaves a picture of it behind."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_context(viewport={"width": 1400, "height": 900}, **context).new_page()
        page.set_default_timeout(60_000)
        try:
            yield page
        except BaseException:
            artifacts.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(artifacts / f"{name}.png"))
            (artifacts / f"{name}.html").write_text(page.content(), encoding="utf-8")
            raise
        finally:
            browser.close()


class ConsoleErrors:
    """Everything that a page complains of."""

    def __init__(self, page: Any) -> None:
        self.found: list[str] = []
        page.on("console", lambda message: self._note(message.type, message.text, message.location.get("url", "")))
        page.on("pageerror", lambda error: self.found.append(f"uncaught: {error}"))

    def _note(self, kind: str, text: str, where: str) -> None:
        if kind == "error":
            self.found.append(f"{text} ({where})")


@contextmanager
def running_lab(folder: Path, extension: Path) -> Iterator[str]:
    """Start a JupyterLab in a folder, with a front end that was built, and stop it; gives its address."""
    extensions = folder.parent / f"{folder.name}-labextensions"
    extensions.mkdir()
    (extensions / "joulebook").symlink_to(extension, target_is_directory=True)
    port, token = free_port(), "a-token-for-one-test"
    options = {
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder,
        "IdentityProvider.token": token,
        "ServerApp.allow_root": True,
        "ServerApp.jpserver_extensions": "{'joulebook_lab': True, 'jupyterlab': True, 'jupyter_server_ydoc': False}",
        "LabServerApp.labextensions_path": extensions,
        "LabApp.news_url": "",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    home = folder.parent / f"{folder.name}-home"
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "HOME": str(home),
    }
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        *(f"--{name}={value}" for name, value in options.items()),
    ]
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield f"http://127.0.0.1:{port}/lab?token={token}"
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
