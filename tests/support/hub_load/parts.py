"""A hub for load and fault runs: its processes, its people, and a client that keeps times."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import fake_card
import psutil

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]


def free_ports(number: int) -> list[int]:
    sockets = [socket.socket() for _ in range(number)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


@dataclass
class Times:
    """How long each kind of request took, s, and what went wrong."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def p95(self, *kinds: str) -> float:
        values = [value for kind, times in self.taken.items() if kind.startswith(kinds) for value in times]
        return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else float("nan")

    def table(self) -> str:
        lines = [f"{'request':34} {'number':>7} {'median':>8} {'p95':>8} {'largest':>8}  ms"]
        for kind, values in sorted(self.taken.items()):
            p95 = self.p95(kind)
            lines.append(
                f"{kind:34} {len(values):7d} {1e3 * statistics.median(values):8.1f} {1e3 * p95:8.1f} "
                f"{1e3 * max(values):8.1f}"
            )
        return "\n".join(lines)


@dataclass
class Hub:
    """The running hub, and who is signed in."""

    home: Path
    port: int
    service: str
    token: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with (self.home / "hub.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "hub_config.py")],
                cwd=self.home, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def members(self) -> dict[str, psutil.Process]:
        """The hub's processes by what they are."""
        if self.process is None or self.process.poll() is not None:
            return {}
        found = {"hub": psutil.Process(self.process.pid)}
        for child in found["hub"].children(recursive=True):
            try:
                words = " ".join(child.cmdline())
            except psutil.Error:
                continue
            keeper = "'s keeper" if "joulebook_hub.keeper" in words else ""
            if "joulebook_hub.service" in words:
                found["service" + keeper] = child
            elif "joulebook_hub.jobs.worker" in words:
                found["worker" + keeper] = child
            elif "configurable-http-proxy" in words:
                found["proxy"] = child
        return found

    def stop(self) -> None:
        if self.process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                os.killpg(self.process.pid, number)
            try:
                self.process.wait(20)
                return
            except subprocess.TimeoutExpired:
                continue


@contextmanager
def running_hub(
    home: Path, *, cards: int, plan: str = "enterprise", stubs: bool = True, **variables: str
) -> Iterator[Hub]:
    """Start the hub with its service, and with a stand-in for all servers unless they are to be real; stop them."""
    home.mkdir(parents=True, exist_ok=True)
    fakes = home / "fakes"
    fakes.mkdir(exist_ok=True)
    port, hub_port, proxy_port, service_port, stub_port = free_ports(5)
    paths = [*(ROOT / room for room in ("hub_config", "kernels", "solvers", "extension"))]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JOULEBOOK_", "JUPYTER"))}
    keys = ("JOULEBOOK_NODE", "JOULEBOOK_PROXY_FOLDER")
    kept |= {name: os.environ[name] for name in keys if name in os.environ}
    token = secrets.token_hex(16)
    kept |= {
        "PYTHONPATH": os.pathsep.join(map(str, paths)), "JOULEBOOK_HOME": str(home / "state"),
        "JOULEBOOK_PORT": str(port), "JOULEBOOK_HUB_PORT": str(hub_port), "JOULEBOOK_PROXY_API_PORT": str(proxy_port),
        "JOULEBOOK_SERVICE_PORT": str(service_port), "JOULEBOOK_DEFAULT_PLAN": plan, "JOULEBOOK_IDLE_MINUTES": "0",
        "JOULEBOOK_ATTEMPTS_PER_MINUTE": "100000", "JOULEBOOK_BILLING": "off", "DRIVER_TOKEN": token,
        "STUB_PORT": str(stub_port) if stubs else "", **variables,
    }  # fmt: skip
    fake_card.put_into(kept, fakes, fakes=cards, heartbeat_interval=1.0)
    stub = subprocess.Popen([sys.executable, str(HERE / "stub_server.py"), str(stub_port)], env=kept)
    hub = Hub(home, port, f"http://127.0.0.1:{service_port}/services/joulebook/", token, kept)
    hub.start()
    try:
        yield hub
    finally:
        hub.stop()
        stub.terminate()
        stub.wait(10)


class Client:
    """Sends requests for many people through few connections, and keeps the times."""

    def __init__(self, hub: Hub, times: Times) -> None:
        self.hub, self.times = hub, times

    async def __aenter__(self) -> Client:
        limits = aiohttp.TCPConnector(limit=60)
        patience = aiohttp.ClientTimeout(total=60)
        self._session = aiohttp.ClientSession(
            connector=limits, cookie_jar=aiohttp.DummyCookieJar(), timeout=patience, trust_env=False
        )
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._session.close()

    async def ask(
        self, kind: str, method: str, url: str, *, token: str = "", good: tuple[int, ...] = (200,), **options: object
    ) -> tuple[int, str]:
        headers = dict(options.pop("headers", {}))  # type: ignore[call-overload]
        if token:
            headers["Authorization"] = f"token {token}"
        begin = time.perf_counter()
        try:
            async with self._session.request(method, url, headers=headers, **options) as answer:
                text = await answer.text()
                status, self.last = answer.status, answer
        except (OSError, aiohttp.ClientError, TimeoutError) as error:
            self.times.wrong[kind].append(type(error).__name__)
            return 0, ""
        if status in good:
            self.times.taken[kind].append(time.perf_counter() - begin)
        else:
            self.times.wrong[kind].append(f"{status} {text[:80]}")
        return status, text

    def socket(self, url: str, headers: dict[str, str]) -> AbstractAsyncContextManager[Any]:
        """A web socket."""
        return self._session.ws_connect(url, headers=headers)

    async def wait_until_ready(self, seconds: float = 60.0) -> float:
        """Until hub (through the proxy) and service answer; returns how long it took."""
        begin = time.monotonic()
        quiet = Client(self.hub, Times())
        quiet._session = self._session
        while time.monotonic() - begin < seconds:
            hub, _ = await quiet.ask("", "GET", self.hub.url + "/hub/api/")
            service, _ = await quiet.ask("", "GET", self.hub.service + "health/ready")
            if hub == service == 200:
                return time.monotonic() - begin
            await asyncio.sleep(0.1)
        raise AssertionError(f"not back within {seconds} s")

    async def sign_in(self, name: str) -> None:
        """As a browser does: the form, then the form's answer; keeps the cookies and makes a token."""
        url = self.hub.url + "/hub/login"
        _, page = await self.ask("all at once: sign-in page", "GET", url)
        hidden = re.search(r'name="_xsrf"\s+value="([^"]+)"', page)
        assert hidden, "no form"
        cookies = {key: morsel.value for key, morsel in self.last.cookies.items()}
        await self.ask(
            "all at once: sign-in", "POST", url, good=(302,), allow_redirects=False, cookies=cookies,
            data={"username": name, "password": "x", "_xsrf": hidden.group(1)},
        )  # fmt: skip
        cookies |= {key: morsel.value for key, morsel in self.last.cookies.items()}
        self.hub.cookies[name] = "; ".join(f"{key}={value}" for key, value in cookies.items())
        status, text = await self.ask(
            "all at once: new token",
            "POST",
            f"{self.hub.url}/hub/api/users/{name}/tokens",
            token=self.hub.token,
            good=(201,),
        )
        assert status == 201, text
        found = re.search(r'"token": "([^"]+)"', text)
        assert found
        self.hub.tokens[name] = found.group(1)
