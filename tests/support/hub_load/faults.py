"""Kill -9 of everything that a hub consists of, at random, while jobs and GPU kernels start, work and end.

Kernels are real ones in real servers, with cards that a fake of NVML's library shows. Afterwards everything is held
against outside witnesses: what passed on the wire, what kernels and jobs wrote down, and which processes are left.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from hub_load.books import check_books
from hub_load.job_cycles import Jobs
from hub_load.kernel_cycles import Kernels
from hub_load.parts import Client, Hub, Times
from hub_load.witness import KernelLogs, Tap
from joulebook_hub import processes
from joulebook_hub.jobs.setting import JOB_MARK
from joulebook_hub.places import StateFolder

PEOPLE = ("ada", "bob", "eve")
CARDS = 4
KERNELS_AT_ONCE = 5
JOBS_AT_ONCE = 3
# How often each is killed, against the others.
VICTIMS = {
    "hub": 2, "proxy": 4, "service": 5, "worker": 5, "runner": 4, "work": 4, "kernel": 7, "server": 3,
    "service's keeper": 1, "worker's keeper": 1,
}  # fmt: skip
OF_HUB = {"hub", "proxy", "service", "worker", "service's keeper", "worker's keeper"}


@dataclass
class Kill:
    """What was killed, when, after how long what worked again, and the load average then."""

    what: str
    at: float
    load: float = 0.0
    back: dict[str, float] = field(default_factory=dict)


class Run:
    """All cycles of one run, and the faults."""

    def __init__(self, hub: Hub, client: Client, seed: int) -> None:
        self.hub, self.client, self.rng = hub, client, random.Random(seed)
        self.instance = StateFolder((hub.home / "state").resolve()).instance
        self.logs = KernelLogs(hub.home / "witness")
        self.jobs = Jobs(hub, client, random.Random(seed + 1))
        self.kernels = Kernels(hub, client, self.logs, random.Random(seed + 2))
        self.kills: list[Kill] = []
        self.over = False

    # -- who is killed -----------------------------------------------------------------------------------------------

    def find(self, victim: str) -> psutil.Process | None:
        """One of this hub's processes; None where there is none of the kind."""
        if victim in OF_HUB:
            return self.hub.members().get(victim)
        wanted = {
            "runner": "joulebook_hub.jobs.runner", "work": "study.py", "kernel": "joulebook_kernels.gpu_kernel",
            "server": "jupyterhub.singleuser",
        }[victim]  # fmt: skip
        found = []
        for process in processes.members(self.instance):
            with suppress(psutil.Error):
                if wanted in " ".join(process.cmdline()):
                    found.append(process)
        return self.rng.choice(found) if found else None

    async def faults(self) -> None:
        """Kill until all is over; the next one when what was killed works again."""
        while not self.over:
            await asyncio.sleep(self.rng.uniform(0.3, 2.5))
            victim = self.rng.choices(list(VICTIMS), list(VICTIMS.values()))[0]
            process = await asyncio.to_thread(self.find, victim)
            if process is None or self.over:
                continue
            before = await asyncio.to_thread(self.jobs.rows)
            try:
                variables, words = process.environ(), " ".join(process.cmdline())
                process.kill()
            except psutil.Error:
                continue
            kill = Kill(victim, time.time())
            self.kills.append(kill)
            if victim == "hub" and self.hub.process is not None:
                self.hub.process.wait()
                self.hub.start()
            await self.until_back(kill, variables, words, before)

    # -- until it works again ----------------------------------------------------------------------------------------

    async def until_back(
        self, kill: Kill, variables: dict[str, str], words: str, before: dict[str, dict[str, Any]]
    ) -> None:
        """Note when each thing that the kill took away works again."""
        waits = {}
        if kill.what in {"hub", "proxy", "service", "service's keeper"}:
            waits["hub and service answer"] = self._answers()
        if kill.what in {"hub", "worker", "worker's keeper"}:
            waits["jobs are watched"] = self._worker_watches(before)
        if kill.what in {"runner", "work"}:
            waits["job queued again, or ended"] = self._job_goes_on(variables.get(JOB_MARK, ""), before)
        people = {"hub": PEOPLE, "server": (variables.get("JUPYTERHUB_USER", ""),)}.get(kill.what, ())
        for person in people:
            waits[f"server answers {person}"] = self._server_answers(person)
        for cycle in self.kernels.open:
            if cycle.person in people or (kill.what == "kernel" and cycle.kernel and cycle.kernel in words):
                waits[f"kernel has a card {cycle.number}"] = self._has_card(cycle, kill.at)
        began = time.monotonic()

        async def timed(what: str, wait: Any) -> None:
            await asyncio.wait_for(wait, 150.0)
            name = " ".join(word for word in what.split() if word not in PEOPLE and not word.isdigit())
            kill.back[name] = max(kill.back.get(name, 0.0), time.monotonic() - began)

        await asyncio.gather(*(timed(what, wait) for what, wait in waits.items()))
        kill.load = os.getloadavg()[0]

    async def _answers(self) -> None:
        await self.client.wait_until_ready(150.0)

    async def _worker_watches(self, before: dict[str, dict[str, Any]]) -> None:
        """Until a worker is there and has shown life for some running job, or none runs."""
        while True:
            members, rows = await asyncio.to_thread(lambda: (self.hub.members(), self.jobs.rows()))
            held = [row for row in rows.values() if row["state"] == "running"]
            fresh = [row for row in held if row["beat"] != before.get(row["key"], {}).get("beat")]
            if "worker" in members and (fresh or not held):
                return
            await asyncio.sleep(0.1)

    async def _job_goes_on(self, mark: str, before: dict[str, dict[str, Any]]) -> None:
        key, _, attempt = mark.partition(".")
        while key in before:
            row = (await asyncio.to_thread(self.jobs.rows))[key]
            if row["attempt"] != int(attempt) or row["state"] != "running":
                return
            await asyncio.sleep(0.1)

    async def _server_answers(self, person: str) -> None:
        while not await self.kernels.answers(person):
            await self.kernels.start(person)
            await asyncio.sleep(0.2)

    async def _has_card(self, cycle: Any, since: float) -> None:
        while not cycle.ended and self.logs.last(cycle.kernel)[1] < since + 1.0:
            await asyncio.sleep(0.1)

    # -- the whole -----------------------------------------------------------------------------------------------------

    async def cycles(self, count: int) -> None:
        """Do so many cycles, of jobs and of kernels."""
        gates = {"kernels": asyncio.Semaphore(KERNELS_AT_ONCE), "jobs": asyncio.Semaphore(2 * JOBS_AT_ONCE)}

        async def one(kind: str, number: int) -> None:
            async with gates[kind]:
                await getattr(self, kind).one(number, PEOPLE[number % len(PEOPLE)])

        async with asyncio.TaskGroup() as group:
            for number in range(count):
                group.create_task(one("jobs", number))
                group.create_task(one("kernels", number))

    async def machine_dies(self, how: signal.Signals) -> None:
        """All servers and kernels at once: killed, or cut off while the hub believes that they run (SIGSTOP)."""
        async with asyncio.TaskGroup() as group:
            for number, person in enumerate(PEOPLE):
                group.create_task(self.kernels.left_open(f"machine-{how.name}-{number}", person))
        victims = await asyncio.to_thread(self.on_machine)
        for process in victims:
            process.send_signal(how)
        kill, began = Kill(f"machine ({how.name})", time.time(), os.getloadavg()[0]), time.monotonic()
        await self.kernels.leases_end()
        kill.back["all cards are given back"] = time.monotonic() - began
        self.kills.append(kill)
        for process in victims:
            with suppress(psutil.Error):
                process.kill()

    def on_machine(self) -> list[psutil.Process]:
        """Servers and kernels."""
        found = []
        for process in processes.members(self.instance):
            with suppress(psutil.Error):
                words = " ".join(process.cmdline())
                if "jupyterhub.singleuser" in words or "joulebook_kernels.gpu_kernel" in words:
                    found.append(process)
        return found

    def table(self) -> str:
        """What was killed how often, and after how long what worked again."""
        times: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
        for kill in self.kills:
            for what, seconds in kill.back.items():
                times[kill.what, what].append((seconds, kill.load))
        lines = [f"{'killed':17} {'works again':28} {'times':>5} {'median':>7} {'longest':>7} s  {'at a load of':>12}"]
        for (killed, what), back in sorted(times.items()):
            back.sort()
            (middle, _), (longest, load) = back[len(back) // 2], back[-1]
            lines.append(f"{killed:17} {what:28} {len(back):5d} {middle:7.1f} {longest:7.1f} {load:15.1f}")
        return "\n".join(lines)

    @property
    def slowest(self) -> float:
        """The longest time until something worked again, s; a machine that is cut off has another bound."""
        cut_off = f"machine ({signal.SIGSTOP.name})"
        return max((s for kill in self.kills if kill.what != cut_off for s in kill.back.values()), default=0.0)


async def run(
    hub: Hub, tap_port: int, cycles: int, seed: int, machine: tuple[signal.Signals, ...] = (signal.SIGKILL,)
) -> tuple[Run, Tap]:
    """Do the cycles while things are killed, then let the machine die; at the end all leases are given back."""
    async with Client(hub, Times()) as client, Tap(tap_port, hub.service) as tap:
        await client.wait_until_ready()
        doing = Run(hub, client, seed)
        for person in PEOPLE:
            await client.sign_in(person)
            doing.jobs.put_study(person)
            doing.logs.put_into(doing.jobs.home(person))
            await doing.kernels.start(person)
        killer = asyncio.create_task(doing.faults())
        everything = asyncio.create_task(doing.cycles(cycles))
        done, _ = await asyncio.wait({killer, everything}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        doing.over = True
        await killer
        await doing.kernels.leases_end()
        for how in machine:
            await doing.machine_dies(how)
        return doing, tap


def check(doing: Run, tap: Tap, cycles: int, folder: Path) -> str:
    """Hold everything against the witnesses, once the hub has stopped; returns what there was."""
    attempts = doing.jobs.check(cycles)
    assert not doing.logs.twice(), f"a card had two kernels: {doing.logs.twice()}"
    books = check_books(folder, tap, doing.kernels.cycles, doing.jobs.keys, PEOPLE)
    left = [process.cmdline() for process in processes.members(doing.instance)]
    assert not left, f"processes are left: {left}"
    return f"{cycles} jobs in {attempts} attempts; {books}"
