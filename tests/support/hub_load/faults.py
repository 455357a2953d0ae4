"""Lease cycles while hub, proxy and service are killed at random, and the ledger held against what kernels saw."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass

import psutil

from hub_load.parts import Client, Hub, Times

AT_ONCE = 6
CARDS = 4
BACK_WITHIN = 30.0


@dataclass
class Held:
    """What a kernel saw: when it asked first, had its card, knew last that it had it, and gave it back."""

    kernel: str
    asked: float = 0.0
    had: float = 0.0
    sure: float = 0.0
    back: float = 0.0
    card: str = ""


class Run:
    """All cycles of one run, and the faults."""

    def __init__(self, hub: Hub, client: Client, rng: random.Random) -> None:
        self.hub, self.client, self.rng = hub, client, rng
        self.held: dict[str, str] = {}
        self.cycles: list[Held] = []
        self.kills: list[tuple[str, float]] = []
        self.over = False

    async def _persist(self, method: str, path: str, good: tuple[int, ...], **options: object) -> tuple[int, str]:
        """Ask until there is an answer: a kernel's server does the same."""
        for _ in range(600):
            status, text = await self.client.ask(
                "lease", method, self.hub.service + path, token=self.hub.tokens["ada"], good=good, **options
            )
            if status in good:
                return status, text
            await asyncio.sleep(0.2)
        raise AssertionError(f"{method} {path}: no answer in 120 s")

    async def cycle(self, number: int) -> None:
        held = Held(f"kernel-{number}", asked=time.time())
        path = f"leases/{held.kernel}"
        while True:
            status, text = await self._persist("POST", "leases", (200, 202), json={"kernel": held.kernel})
            if status == 200:
                break
            await asyncio.sleep(0.3)
        held.had, held.card = time.time(), json.loads(text)["card"]
        assert held.card not in self.held, f"{held.card} lent to {held.kernel} and {self.held[held.card]}"
        self.held[held.card] = held.kernel
        for _ in range(self.rng.randint(1, 6)):
            await asyncio.sleep(self.rng.uniform(0.1, 0.8))
            status, text = await self._persist("PUT", path, (200,))
            assert json.loads(text)["card"] == held.card
            held.sure = time.time()
        del self.held[held.card]
        await self._persist("DELETE", path, (204,))
        held.back = time.time()
        self.cycles.append(held)

    async def faults(self) -> None:
        while not self.over:
            await asyncio.sleep(self.rng.uniform(0.5, 3.0))
            members = self.hub.members()
            name = self.rng.choice(["hub", "proxy", "service"])
            if self.over or name not in members:
                continue
            with suppress(psutil.NoSuchProcess):
                members[name].kill()
            if name == "hub" and self.hub.process is not None:
                self.hub.process.wait()
                self.hub.start()
            self.kills.append((name, await self.client.wait_until_ready(120.0)))


def _charged(hub: Hub) -> tuple[dict[str, float], int]:
    with closing(sqlite3.connect(hub.home / "state" / "ledger.sqlite")) as store:
        lines = store.execute("SELECT kernel, loan, part, seconds FROM usage").fetchall()
        open_loans = store.execute("SELECT COUNT(*) FROM loans").fetchone()[0]
    assert max(Counter((loan, part) for _, loan, part, _ in lines).values()) == 1, "a line twice"
    charged: dict[str, float] = {}
    loans: dict[str, set[int]] = {}
    for kernel, loan, _, seconds in lines:
        charged[kernel] = charged.get(kernel, 0.0) + seconds
        loans.setdefault(kernel, set()).add(loan)
    assert all(len(numbers) == 1 for numbers in loans.values()), "a kernel with two leases"
    return charged, int(open_loans)


async def run(hub: Hub, cycles: int, seed: int) -> tuple[Run, dict[str, float], int]:
    """Do the cycles while things are killed."""
    async with Client(hub, Times()) as client:
        await client.wait_until_ready()
        await client.sign_in("ada")
        doing = Run(hub, client, random.Random(seed))
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with gate:
                await doing.cycle(number)

        killer = asyncio.create_task(doing.faults())
        await asyncio.gather(*(one(number) for number in range(cycles)))
        doing.over = True
        await killer
        return doing, *_charged(hub)


def check(doing: Run, charged: dict[str, float], still_open: int, cycles: int) -> float:
    """Hold the ledger against what the kernels saw; returns the largest difference, s."""
    assert len(doing.cycles) == cycles and still_open == 0
    assert charged.keys() == {held.kernel for held in doing.cycles}, "a lease without a charge, or the other way"
    off = 0.0
    for held in doing.cycles:
        seconds = charged[held.kernel]
        off = max(off, held.sure - held.had - seconds, seconds - (held.back - held.asked))
    assert off <= 1.0, f"a charge is {off:.2f} s off"
    slowest = max((seconds for _, seconds in doing.kills), default=0.0)
    assert slowest <= BACK_WITHIN, f"not back within {slowest:.1f} s"
    return off
