"""A Docker daemon as small as a test needs: it takes the real SDK's requests at a socket, and a container is a process.

A mount's target in a command is replaced by its source; what else a container would wall off is looked at in `made`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from urllib.parse import parse_qs, urlsplit

import psutil


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True


class Daemon:
    """Its containers by identity."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "docker.sock"
        self.containers: dict[str, dict] = {}
        self.made: list[dict] = []
        self.silent = False
        self._lock = threading.Lock()
        self._server = _Server(str(self.path), type("Handler", (_Handler,), {"daemon": self}))
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"unix://{self.path}"

    def create(self, name: str, body: dict) -> tuple[int, dict]:
        with self._lock:
            if any(one["name"] == name for one in self.containers.values()):
                return 409, {"message": f"name {name} is in use"}
            identity = f"{len(self.made):064x}"
            self.containers[identity] = {"name": name, "body": body, "process": None}
            self.made.append({"name": name, **body})
            return 201, {"Id": identity, "Warnings": []}

    def start(self, identity: str) -> tuple[int, dict]:
        one = self.containers[identity]
        body = one["body"]
        words = list(body["Cmd"])
        for mount in body["HostConfig"]["Mounts"]:
            words = [mount["Source"] if word == mount["Target"] else word for word in words]
        kept = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": os.environ["PYTHONPATH"]}
        given = dict(pair.split("=", 1) for pair in body.get("Env") or [])
        one["process"] = subprocess.Popen(words, env={**kept, **given}, start_new_session=True)
        return 204, {}

    def state(self, one: dict) -> str:
        if one["process"] is None:
            return "created"
        return "running" if one["process"].poll() is None else "exited"

    def kill(self, one: dict) -> None:
        process = one["process"]
        if process is not None and process.poll() is None:
            tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            for each in tree:
                each.kill()
            process.wait(10)
            psutil.wait_procs(tree[1:], timeout=10)

    def remove(self, identity: str) -> tuple[int, dict]:
        with self._lock:
            one = self.containers.pop(identity, None)
        if one is None:
            return 404, {"message": "no such container"}
        self.kill(one)
        return 204, {}

    def listed(self, labels: list[str]) -> list[dict]:
        found = []
        with self._lock:
            for identity, one in self.containers.items():
                own = one["body"]["Labels"]
                if all(own.get(label.split("=")[0]) == label.split("=")[1] for label in labels):
                    found.append(
                        {"Id": identity, "Names": [f"/{one['name']}"], "Labels": own, "State": self.state(one)}
                    )
        return found

    def close(self) -> None:
        for identity in list(self.containers):
            self.remove(identity)
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    daemon: Daemon
    protocol_version = "HTTP/1.1"

    def address_string(self) -> str:
        return "socket"

    def log_message(self, *_: object) -> None:
        return

    def _answer(self, status: int, content: object = None) -> None:
        body = b"" if status == 204 else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        path, query = re.sub(r"^/v[0-9.]+", "", parts.path), parse_qs(parts.query)
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        daemon = self.daemon
        found = re.fullmatch(r"/containers/([0-9a-f]{64})(/\w+)?", path)
        if daemon.silent:
            self._answer(500, {"message": "the daemon is ill"})
        elif path == "/version":
            self._answer(200, {"ApiVersion": "1.44", "Version": "25.0", "Os": "linux"})
        elif path == "/containers/create":
            self._answer(*daemon.create(query["name"][0], body))
        elif path == "/containers/json":
            self._answer(200, daemon.listed(json.loads(query["filters"][0])["label"]))
        elif found and self.command == "DELETE":
            self._answer(*daemon.remove(found[1]))
        elif found and found[2] == "/start":
            self._answer(*daemon.start(found[1]))
        elif found and found[2] == "/json":
            one = daemon.containers[found[1]]
            self._answer(200, {"Id": found[1], "Name": one["name"], "State": {"Status": daemon.state(one)}})
        else:
            self._answer(404, {"message": f"{self.command} {path}"})

    do_GET = do_POST = do_DELETE = _handle  # noqa: N815
