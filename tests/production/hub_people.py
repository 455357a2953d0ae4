"""People of a hub that is reached over https with a subdomain each: signing in, servers, kernels."""

from __future__ import annotations

import json
import re
import socket
import ssl
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
import websocket

__all__ = ["Hub", "Kernel", "Person", "wait_for"]

_HIDDEN = re.compile(r'name="(\w+)"\s+value="([^"]*)"')
_look_up = socket.getaddrinfo


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
    """Poll a condition until it holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.2)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


@dataclass
class Hub:
    """A hub under a name that only this program knows the address of.

    Parameters
    ----------
    name : str
        Host name of the hub; people's are below it.
    address : str
        Where it listens.
    certificate : str
        File with its certificate.
    """

    name: str
    address: str
    certificate: str

    def __post_init__(self) -> None:
        def look_up(host: Any, *rest: Any, **options: Any) -> Any:
            here = host == self.name or str(host).endswith("." + self.name)
            return _look_up(self.address if here else host, *rest, **options)

        socket.getaddrinfo = look_up  # type: ignore[assignment]

    @property
    def url(self) -> str:
        return f"https://{self.name}"

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/hub/login", verify=self.certificate, timeout=5).status_code == 200
        except requests.RequestException:
            return False


@dataclass
class Person:
    """Somebody with a browser.

    Parameters
    ----------
    hub : Hub
        Where.
    name, password : str
        The account.
    """

    hub: Hub
    name: str
    password: str = "three warm lemons"
    token: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        self.session.verify = self.hub.certificate
        self.session.headers["User-Agent"] = "joulebook-try"

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(path if path.startswith("https:") else self.hub.url + path, timeout=60, **options)

    def submit(self, page: str, fields: dict[str, str]) -> requests.Response:
        hidden = dict(_HIDDEN.findall(self.get(page).text))
        return self.session.post(self.hub.url + page, data=hidden | fields, timeout=60)

    def come_in(self, one_time: str) -> None:
        """Sign in with a one-time password and choose one's own."""
        page = self.submit("/hub/login", {"username": self.name, "password": one_time, "next": "/hub/home"})
        hidden = dict(_HIDDEN.findall(page.text))
        fields = hidden | {"password": self.password, "repeated": self.password}
        answer = self.session.post(self.hub.url + "/hub/login/new-password", data=fields, timeout=60)
        assert answer.status_code == 200 and answer.url.endswith("/hub/home"), (answer.status_code, answer.url)
        self.token = str(self.api("POST", f"/users/{self.name}/tokens", json={"note": "try"}).json()["token"])

    def api(self, method: str, path: str, **options: Any) -> requests.Response:
        if self.token:
            headers = {"Authorization": f"token {self.token}"}
            return requests.request(
                method,
                self.hub.url + "/hub/api" + path,
                headers=headers,
                verify=self.hub.certificate,
                timeout=60,
                **options,
            )
        found = re.search(r'xsrf_token: "([^"]+)"', self.get("/hub/home").text)
        assert found, "no signed-in page"
        headers = {"X-XSRFToken": found.group(1), "Referer": self.hub.url + "/hub/home"}
        return self.session.request(method, self.hub.url + "/hub/api" + path, headers=headers, timeout=60, **options)

    def start(self, server: str = "", seconds: float = 120) -> float:
        """Start a server and wait until it answers; gives the seconds that took."""
        began = time.monotonic()
        answer = self.api("POST", self._where(server))
        assert answer.status_code in {201, 202}, (answer.status_code, answer.text)
        wait_for(lambda: self.is_ready(server), f"server {server!r} of {self.name}", seconds)
        return time.monotonic() - began

    def stop(self, server: str = "") -> None:
        assert self.api("DELETE", self._where(server)).status_code in {202, 204}
        wait_for(lambda: server not in self.servers(), f"the end of {self.name}'s server", 60)

    def servers(self) -> dict[str, Any]:
        return dict(self.api("GET", f"/users/{self.name}").json()["servers"])

    def is_ready(self, server: str = "") -> bool:
        return bool(self.servers().get(server, {}).get("ready"))

    def _where(self, server: str) -> str:
        return f"/users/{self.name}/servers/{server}" if server else f"/users/{self.name}/server"

    @property
    def host(self) -> str:
        return f"{self.name}.{self.hub.name}"

    def server(self, method: str, path: str, server: str = "", **options: Any) -> requests.Response:
        """Ask one's own server."""
        where = f"https://{self.host}/user/{self.name}/{server + '/' if server else ''}api/{path}"
        headers = {"Authorization": f"token {self.token}"}
        return requests.request(method, where, headers=headers, verify=self.hub.certificate, timeout=60, **options)

    def kernel(self, kind: str = "python3", server: str = "") -> Kernel:
        answer = self.server("POST", "kernels", server, json={"name": kind})
        assert answer.status_code == 201, (answer.status_code, answer.text)
        return Kernel(self, str(answer.json()["id"]), server)

    def look(self) -> int:
        """Open the Lab as a browser does, through all redirections."""
        answer = self.get(f"/user/{self.name}/lab")
        assert answer.url.startswith(f"https://{self.host}/user/{self.name}/lab"), answer.url
        return answer.status_code


@dataclass
class Kernel:
    """A kernel of a person's server, talked to as the Lab does."""

    person: Person
    identity: str
    server: str = ""

    def run(self, code: str, seconds: float = 120) -> str:
        """Run code; gives what it printed, with the name of an error at the end."""
        socket_ = self.begin(code)
        try:
            return self.read(socket_, seconds)
        finally:
            socket_.close()

    def begin(self, code: str) -> websocket.WebSocket:
        """Send code without waiting for anything."""
        person = self.person
        between = f"{self.server}/" if self.server else ""
        address = f"wss://{person.host}/user/{person.name}/{between}api/kernels/{self.identity}/channels"
        found = websocket.create_connection(
            address,
            header={"Authorization": f"token {person.token}"},
            sslopt={"ca_certs": person.hub.certificate, "cert_reqs": ssl.CERT_REQUIRED},
            timeout=30,
        )
        self._sent = uuid.uuid4().hex
        header = {"msg_id": self._sent, "session": uuid.uuid4().hex, "username": "", "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        message = {
            "header": header | {"msg_type": "execute_request"}, "parent_header": {}, "metadata": {},
            "content": content, "channel": "shell", "buffers": [],
        }  # fmt: skip
        found.send(json.dumps(message))
        return found

    def read(self, socket_: websocket.WebSocket, seconds: float = 60) -> str:
        """What the code that was begun last has printed, at its end."""
        printed, deadline = [], time.monotonic() + seconds
        while time.monotonic() < deadline:
            socket_.settimeout(max(0.1, deadline - time.monotonic()))
            message = json.loads(socket_.recv())
            if message.get("parent_header", {}).get("msg_id") != self._sent:
                continue
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "stream":
                printed.append(content["text"])
            elif kind == "error":
                printed.append(f"{content['ename']}: {content['evalue']}")
            elif kind == "status" and content["execution_state"] == "idle":
                return "".join(printed).strip()
        raise AssertionError(f"no answer within {seconds:.0f} s; printed: {''.join(printed)[-500:]}")

    def end(self) -> None:
        self.person.server("DELETE", f"kernels/{self.identity}", self.server)
