"""Many people at one hub: signs them in, starts stub servers, sends requests at a constant rate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

from hub_load.parts import Client, Hub, Times

REQUESTS_PER_SECOND = 40
SPAWNS_AT_ONCE = 20


async def _in_parallel(jobs: list[Coroutine[Any, Any, Any]], width: int) -> None:
    gate = asyncio.Semaphore(width)

    async def one(job: Coroutine[Any, Any, Any]) -> None:
        async with gate:
            await job

    await asyncio.gather(*(one(job) for job in jobs))


async def _lease(client: Client, name: str, number: int) -> None:
    """One kernel's life: lease, three heartbeats, back."""
    hub, token = client.hub, client.hub.tokens[name]
    kernel = f"{name}-{number}"
    body = {"kernel": kernel}
    await client.ask("lease: acquire", "POST", hub.service + "leases", token=token, json=body, good=(200, 202))
    for _ in range(3):
        await client.ask("service: heartbeat", "PUT", f"{hub.service}leases/{kernel}", token=token, good=(200, 410))
    await client.ask("service: give back", "DELETE", f"{hub.service}leases/{kernel}", token=token, good=(204,))


async def _one(client: Client, names: list[str], number: int) -> None:
    hub, name = client.hub, names[number % len(names)]
    token = hub.tokens[name]
    turn = number % 8
    if turn == 0:
        await _lease(client, name, number)
    elif turn in (1, 2):
        await client.ask("service: meter", "GET", hub.service + "meter", token=token)
    elif turn == 3:
        await client.ask("service: usage", "GET", hub.service + "usage", token=token)
    elif turn == 4:
        await client.ask("hub: own page", "GET", hub.url + "/hub/home", headers={"Cookie": hub.cookies[name]})
    elif turn in (5, 6):
        await client.ask("hub: who am I", "GET", hub.url + "/hub/api/user", token=token)
    else:
        await client.ask("server through proxy", "GET", f"{hub.url}/user/{name}/api", token=token, good=(200, 404, 424))


async def load(hub: Hub, people: int, servers: int, seconds: float) -> tuple[Times, dict[str, float]]:
    """Sign everybody in, start servers, send requests at a constant rate; times, and CPU by process."""
    times = Times()
    async with Client(hub, times) as client:
        await client.wait_until_ready()
        names = [f"person{number:04d}" for number in range(people)]
        await _in_parallel([client.sign_in(name) for name in names], SPAWNS_AT_ONCE)
        path = hub.url + "/hub/api/users/{}/server"
        spawns = [
            client.ask("all at once: start a server", "POST", path.format(name), token=hub.token, good=(201, 202))
            for name in names[:servers]
        ]
        await _in_parallel(spawns, SPAWNS_AT_ONCE)
        before = {name: sum(process.cpu_times()[:2]) for name, process in hub.members().items()}
        begin, running = time.perf_counter(), []
        for number in range(round(seconds * REQUESTS_PER_SECOND)):
            pause = begin + number / REQUESTS_PER_SECOND - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            running.append(asyncio.create_task(_one(client, names, number)))
        await asyncio.gather(*running)
        wall = time.perf_counter() - begin
        after = {name: sum(process.cpu_times()[:2]) for name, process in hub.members().items()}
    return times, {name: (after[name] - before[name]) / wall for name in before}
