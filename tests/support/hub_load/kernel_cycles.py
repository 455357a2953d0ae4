"""Kernels in people's servers: started, given a card, used, shut down, whatever is killed meanwhile."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from dataclasses import dataclass, field

import aiohttp

from hub_load.parts import Client, Hub
from hub_load.witness import KernelLogs

CELL = "import os; assert os.environ['CUDA_VISIBLE_DEVICES']"
_GONE_ON = 240.0  # s; a cycle that takes longer is stuck


@dataclass
class Cycle:
    """One notebook with a GPU kernel, as its person sees it."""

    number: int | str
    person: str
    kernels: list[str] = field(default_factory=list)
    ended: bool = False

    @property
    def kernel(self) -> str:
        return self.kernels[-1] if self.kernels else ""


class Kernels:
    """All of them."""

    def __init__(self, hub: Hub, client: Client, logs: KernelLogs, rng: random.Random) -> None:
        self.hub, self.client, self.logs, self.rng = hub, client, logs, rng
        self.cycles: list[Cycle] = []
        self._starting: dict[str, asyncio.Lock] = {}

    @property
    def open(self) -> list[Cycle]:
        """Cycles that have a kernel."""
        return [cycle for cycle in self.cycles if cycle.kernels and not cycle.ended]

    async def one(self, number: int, person: str) -> None:
        """From the notebook's opening to its end."""
        cycle = Cycle(number, person)
        self.cycles.append(cycle)
        deadline = time.monotonic() + _GONE_ON
        session = await self._works(cycle, deadline)
        until = time.monotonic() + self.rng.uniform(1.0, 5.0)
        careless = self.rng.random() < 0.25  # shuts its notebook down whether the kernel is there or not
        while time.monotonic() < until or not (careless or self.is_well(cycle)):
            await asyncio.sleep(0.25)
            if not self.is_well(cycle, within=5.0):
                session = await self._works(cycle, deadline)
        await self.at_server(person, "DELETE", f"/api/sessions/{session}", (204, 404, 410))
        cycle.ended = True

    async def left_open(self, name: str, person: str) -> None:
        """Open a notebook, use its card for a while, and leave it."""
        cycle = Cycle(name, person)
        self.cycles.append(cycle)
        await self._works(cycle, time.monotonic() + _GONE_ON)
        await asyncio.sleep(3.0)
        cycle.ended = True

    def is_well(self, cycle: Cycle, within: float = 1.0) -> bool:
        """Whether its kernel has said a moment ago that it has a card."""
        return time.time() - self.logs.last(cycle.kernel)[1] < within

    async def _works(self, cycle: Cycle, deadline: float) -> str:
        """Open the notebook, which finds the kernel that it had, and run a cell, until a cell has run with a card."""
        while True:
            assert time.monotonic() < deadline, f"cycle {cycle.number}: no kernel with a card"
            body = {
                "path": f"cycle-{cycle.number}.ipynb", "type": "notebook", "name": "",
                "kernel": {"name": "joulebook-gpu"},
            }  # fmt: skip
            _, text = await self.at_server(cycle.person, "POST", "/api/sessions", (201,), json=body)
            found = json.loads(text)
            kernel = found["kernel"]["id"]
            if kernel != cycle.kernel:
                cycle.kernels.append(kernel)
            if await self._ran(cycle.person, kernel):
                return str(found["id"])
            await asyncio.sleep(0.3)

    async def _ran(self, person: str, kernel: str, seconds: float = 20.0) -> bool:
        """Run the cell through proxy and server, as a page does."""
        name = uuid.uuid4().hex
        header = {"msg_id": name, "msg_type": "execute_request", "session": name, "username": person, "version": "5.3"}
        content = {"code": CELL, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
        asked = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": content}
        url = f"{self.hub.url}/user/{person}/api/kernels/{kernel}/channels?session_id={name}"
        headers = {"Authorization": f"token {self.hub.tokens[person]}"}
        try:
            async with asyncio.timeout(seconds), self.client.socket(url, headers) as socket:
                await socket.send_json(asked | {"buffers": []})
                async for message in socket:
                    if message.type != aiohttp.WSMsgType.TEXT:
                        continue
                    said = json.loads(message.data)
                    if said["msg_type"] == "execute_reply" and said["parent_header"].get("msg_id") == name:
                        return bool(said["content"]["status"] == "ok")
        except (OSError, aiohttp.ClientError, TimeoutError):
            return False
        return False

    async def at_server(
        self, person: str, method: str, path: str, good: tuple[int, ...], **options: object
    ) -> tuple[int, str]:
        """Ask a person's server until it answers, and start it where it is not there."""
        deadline = time.monotonic() + _GONE_ON
        while time.monotonic() < deadline:
            status, text = await self.client.ask(
                "server", method, f"{self.hub.url}/user/{person}{path}", token=self.hub.tokens[person], good=good,
                allow_redirects=False, **options,
            )  # fmt: skip
            if status in good and not (status == 404 and not text.startswith("{")):
                return status, text  # a proxy that has just started knows no server and says 404 in its own words
            await self.start(person)
            await asyncio.sleep(0.3)
        raise AssertionError(f"{method} {path} of {person}: no answer in {_GONE_ON} s, the last was {status} {text}")

    async def start(self, person: str) -> None:
        """Start a person's server, if the hub finds that it does not run, and wait a while for it."""
        async with self._starting.setdefault(person, asyncio.Lock()):
            url = f"{self.hub.url}/hub/api/users/{person}"
            status, _ = await self.client.ask(
                "start", "POST", url + "/server", token=self.hub.token, good=(201, 202, 400)
            )
            for _ in range(60 if status == 202 else 0):
                _, text = await self.client.ask("look", "GET", url, token=self.hub.token)
                if text.startswith("{") and json.loads(text).get("servers", {}).get("", {}).get("ready"):
                    return
                await asyncio.sleep(0.25)

    async def answers(self, person: str) -> bool:
        """Whether a person's server answers through the proxy."""
        url = f"{self.hub.url}/user/{person}/api/status"
        status, _ = await self.client.ask("answers", "GET", url, token=self.hub.tokens[person], allow_redirects=False)
        return status == 200

    async def leases_end(self, within: float = 90.0) -> None:
        """Wait until no lease is left: those whose server was killed end by themselves."""
        deadline = time.monotonic() + within
        for person in self.hub.tokens:
            while True:  # what has ended without a word is written down at the next event
                nobodys = self.hub.service + "leases/nobody"
                await self.client.ask("event", "DELETE", nobodys, token=self.hub.tokens[person], good=(204,))
                _, text = await self.client.ask(
                    "leases", "GET", self.hub.service + "leases", token=self.hub.tokens[person]
                )
                if text.startswith("{") and json.loads(text).get("leases") == []:
                    break
                assert time.monotonic() < deadline, f"{person} still has {text}"
                await asyncio.sleep(1.0)
