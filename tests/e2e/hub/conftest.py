"""Hubs that really run, each in a folder of its own, started and stopped by the shell command."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from joulebook_hub import processes, proxy_program
from joulebook_hub.errors import HubError
from joulebook_hub.places import StateFolder

_HIDDEN = re.compile(r'name="(\w+)"\s+value="([^"]*)"')


def wait_for(condition: Callable[[], object], what: str, seconds: float = 60.0) -> object:
    """Poll a condition until it holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


class Browser:
    """A session with cookies that fills in forms as a browser does."""

    def __init__(self, url: str, agent: str = "joulebook-tests") -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["User-Agent"] = agent

    def get(self, path: str, **options: object) -> requests.Response:
        return self.session.get(self.url + path, timeout=60, **options)

    def submit(
        self, page: str, fields: dict[str, str], *, to: str | None = None, **options: object
    ) -> requests.Response:
        """Load a page, keep its hidden fields, fill in the others, send."""
        hidden = dict(_HIDDEN.findall(self.get(page).text))
        return self.session.post(self.url + (to or page), data=hidden | fields, timeout=60, **options)

    def continue_with(self, page: requests.Response, path: str, fields: dict[str, str]) -> requests.Response:
        """Send the form of a page that is shown already."""
        hidden = dict(_HIDDEN.findall(page.text))
        return self.session.post(self.url + path, data=hidden | fields, timeout=60)

    def sign_in(
        self, name: str, password: str, *, following: str = "/hub/home", **options: object
    ) -> requests.Response:
        fields = {"username": name, "password": password, "next": following}
        return self.submit("/hub/login", fields, **options)

    def sign_up(self, name: str, password: str, introduction: str = "") -> requests.Response:
        fields = {"username": name, "password": password, "repeated": password, "introduction": introduction}
        return self.submit("/hub/signup", fields | {"next": "/hub/home"})

    def xsrf(self) -> str:
        """The token that JupyterHub's pages hand to their scripts."""
        found = re.search(r'xsrf_token: "([^"]+)"', self.get("/hub/home").text)
        assert found, "no signed-in page"
        return found.group(1)

    def api(self, method: str, path: str, **options: object) -> requests.Response:
        """Call the hub's REST API as its own pages do."""
        headers = {"X-XSRFToken": self.xsrf(), "Referer": self.url + "/hub/home"}
        return self.session.request(method, self.url + "/hub/api" + path, headers=headers, timeout=60, **options)


class RunningHub:
    """One hub's folder, and the command."""

    ADMIN_PASSWORD = "three warm lemons"

    def __init__(self, home: Path, **variables: str) -> None:
        self.folder = StateFolder(home.resolve())
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("JOULEBOOK_", "JUPYTER"))}
        keys = ("JOULEBOOK_NODE", "JOULEBOOK_PROXY_FOLDER")
        kept |= {name: os.environ[name] for name in keys if name in os.environ}
        root = Path(__file__).resolve().parents[3]
        paths = [str(root / room) for room in ("hub_config", "kernels", "solvers", "extension")]
        kept["PYTHONPATH"] = os.pathsep.join(paths)
        self.environment = kept | {"JOULEBOOK_HOME": str(home)} | variables
        self.one_time = ""

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "joulebook_hub", *arguments],
            env=self.environment,
            cwd=self.folder.root.parent,
            capture_output=True,
            text=True,
            timeout=170,
            check=False,
        )

    def up(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = self.command("up", *arguments)
        found = re.search(r"One-time password (\S+)", done.stdout)
        self.one_time = found.group(1) if found else self.one_time
        return done

    def down(self) -> subprocess.CompletedProcess[str]:
        return self.command("down")

    @property
    def noted(self) -> dict[str, object]:
        return self.folder.read(self.folder.running) or {}

    @property
    def url(self) -> str:
        return str(self.noted["url"])

    @property
    def used_ports(self) -> list[int]:
        return [int(str(self.noted[key])) for key in ("port", "hub_port", "proxy_api_port")]

    def members(self) -> list[psutil.Process]:
        return processes.members(self.folder.instance)

    def member(self, part: str) -> psutil.Process:
        """The process that runs a program or module of this name; one that keeps it running comes after it."""
        found = [process for process in self.members() if any(part in word for word in process.cmdline())]
        assert found, f"no process with {part}"
        return min(found, key=lambda process: process.cmdline()[1:3] != ["-m", part])

    def browser(self, **options: str) -> Browser:
        return Browser(self.url, **options)

    def admin(self) -> Browser:
        """An administrator who is signed in; the first time with the one-time password."""
        browser = self.browser()
        if self.one_time:
            page = browser.sign_in("admin", self.one_time)
            fields = {"password": self.ADMIN_PASSWORD, "repeated": self.ADMIN_PASSWORD}
            answer = browser.continue_with(page, "/hub/login/new-password", fields)
            self.one_time = ""
        else:
            answer = browser.sign_in("admin", self.ADMIN_PASSWORD)
        assert answer.status_code == 200 and answer.url.endswith("/hub/home"), answer.url
        return browser

    def start_server(self, browser: Browser, user: str, server: str = "") -> str:
        """Start a server through the API and wait until it answers; returns its path."""
        where = f"/users/{user}/servers/{server}" if server else f"/users/{user}/server"
        assert browser.api("POST", where).status_code in {201, 202}

        def ready() -> bool:
            model = browser.api("GET", f"/users/{user}").json()
            return bool(model["servers"].get(server, {}).get("ready"))

        wait_for(ready, f"server of {user}", 90)
        return f"/user/{user}/{server}".rstrip("/")


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="session")
def hub_parts() -> None:
    """Skip, saying why, where the proxy or node is not installed."""
    try:
        proxy_program.node()
        proxy_program.program()
    except HubError as error:
        pytest.skip(f"the hub cannot run here: {error.user_message}")


@pytest.fixture(scope="module")
def new_hub(tmp_path_factory: pytest.TempPathFactory, hub_parts: None) -> Iterator[Callable[..., RunningHub]]:
    """Makes hubs in folders of their own, and stops what is left of them."""
    made: list[RunningHub] = []

    def make(**variables: str) -> RunningHub:
        hub = RunningHub(tmp_path_factory.mktemp("hub") / "home", **variables)
        made.append(hub)
        return hub

    yield make
    for hub in made:
        processes.end_all(hub.folder.instance, patience=8.0)


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory, hub_parts: None) -> Iterator[RunningHub]:
    """One hub for all tests that only use it; many sign-ins come from one address here."""
    variables = {"JOULEBOOK_HIDDEN_FROM_SERVERS": "a secret of the hub", "JOULEBOOK_ATTEMPTS_PER_MINUTE": "1000"}
    hub = RunningHub(tmp_path_factory.mktemp("shared-hub") / "home", **variables)
    try:
        done = hub.up()
        assert done.returncode == 0, done.stderr
        yield hub
        assert hub.down().returncode == 0
    finally:
        processes.end_all(hub.folder.instance, patience=8.0)


@pytest.fixture(name="wait_for", scope="session")
def _wait_for() -> Callable[..., object]:
    return wait_for


@pytest.fixture(name="port_is_free", scope="session")
def _port_is_free() -> Callable[[int], bool]:
    return port_is_free
