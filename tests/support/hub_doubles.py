"""A hub at the wire, for tests of the service: it knows some tokens, and answers as JupyterHub does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from joulebook_hub.plans import Plans
from joulebook_hub.service.application import Service, application, auth
from joulebook_hub.service.own import all_features
from joulebook_hub.service.people import Door
from joulebook_hub.service.routes import Feature, Parts
from joulebook_hub.store import Store

ACCESS = "access:services!service=joulebook"
PREFIX = "/services/joulebook/"


def person(name: str, *scopes: str, groups: tuple[str, ...] = (), kind: str = "user") -> dict[str, Any]:
    return {"kind": kind, "name": name, "groups": list(groups), "scopes": list(scopes), "admin": False}


def people() -> dict[str, dict[str, Any]]:
    """Models of the users by token."""
    return {
        "of-ada": person("ada", ACCESS, groups=("plan-academic", "lab")),
        "of-bob": person("bob", ACCESS),
        "of-root": person("root", ACCESS, "admin:users", "list:users", "read:metrics"),
        "of-roots-server": person("root", ACCESS, "read:users:groups!user=root"),
        "of-eve": person("eve", "read:users:groups!user=eve"),
        "of-prometheus": person("prometheus", ACCESS, "read:metrics", kind="service"),
        "of-nothing": person("nothing", ACCESS, kind="service"),
    }


class _Hub(web.RequestHandler):
    def initialize(self, known: dict[str, dict[str, Any]], asked: list[str]) -> None:
        self.known = known
        self.asked = asked

    def get(self, path: str) -> None:
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        self.asked.append(token)
        model = self.known.get(token) if scheme.lower() in {"token", "bearer"} else None
        if model is None:
            raise web.HTTPError(403)
        if path == "user":
            self.set_header("X-Joulebook-Token", "own" if token.startswith("own-") else "hub")
            self.finish(model)
        elif path == "users" and "list:users" in model["scopes"]:
            users = list({m["name"]: m for m in self.known.values() if m["kind"] == "user"}.values())
            offset, limit = int(self.get_query_argument("offset", "0")), int(self.get_query_argument("limit", "50"))
            self.set_header("Content-Type", "application/json")
            shown = sorted(users, key=lambda m: m["name"])[offset : offset + limit]
            self.finish(web.escape.json_encode(shown))
        else:
            raise web.HTTPError(403)


@dataclass
class Running:
    """A service that answers, and whom it believes."""

    url: str
    service: Service
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Tokens about which the hub was asked, in order."""

    def ask(self, method: str, path: str, token: str = "of-ada", **options: Any) -> httpx.Response:
        headers = {"Authorization": f"token {token}"} if token else {}
        headers |= options.pop("headers", {})
        with httpx.Client(trust_env=False, timeout=30, verify=False) as client:
            return client.request(method, self.url + path, headers=headers, **options)


@contextmanager
def running_service(
    store: Store, *, features: tuple[Feature, ...] = (), cards: str = "GPU-a", **variables: str
) -> Iterator[Running]:
    """The service with all its features and some more, in a thread, at a port of its own; the hub beside it."""
    known, asked = people(), []
    ready, made, stop = threading.Event(), [], []

    async def work() -> None:
        done = asyncio.Event()
        stop.append((asyncio.get_running_loop(), done))
        sockets = [bind_sockets(0, "127.0.0.1") for _ in range(2)]
        ports = [found[0].getsockname()[1] for found in sockets]
        hub = HTTPServer(
            web.Application([(r"/hub/api/(.*)", _Hub, {"known": known, "asked": asked})], log_function=lambda _: None)
        )
        hub.add_sockets(sockets[0])
        environment = {
            "JUPYTERHUB_API_URL": f"http://127.0.0.1:{ports[0]}/hub/api",
            "JUPYTERHUB_API_TOKEN": "of-the-service",
            "JOULEBOOK_CARDS": cards,
            **variables,
        }
        parts = Parts(store, Plans.read(default="explorer"), environment)
        service = Service(parts, (*all_features(), *features), Door(auth(environment), parts))
        await service.decided(service.open)
        server = HTTPServer(application(service, PREFIX), max_body_size=1_048_576)
        server.add_sockets(sockets[1])
        made.append(Running(f"http://127.0.0.1:{ports[1]}{PREFIX}", service, known, asked))
        ready.set()
        await done.wait()
        for each in (hub, server):
            each.stop()
            await each.close_all_connections()
        service.close()

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    try:
        assert ready.wait(30)
        yield made[0]
    finally:
        loop, done = stop[0]
        loop.call_soon_threadsafe(done.set)
        thread.join(30)
