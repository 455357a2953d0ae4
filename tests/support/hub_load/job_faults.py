"""Jobs that run while hub, service, worker, runners and the work itself are killed at random."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil

from hub_load.parts import Client, Hub, Times
from joulebook_hub import processes
from joulebook_hub.jobs.setting import JOB_MARK

BACK_WITHIN = 30.0
PEOPLE = ("ada", "bob", "eve")
VICTIMS = ("hub", "service", "worker", "worker", "runner", "work", "work")
# Holds a lock while it works: a second attempt at the same time would find it held.
STUDY = """
import fcntl, os, sys, time
name, seconds = sys.argv[1], float(sys.argv[2])
lock = open(name + ".lock", "w")
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    open(name + ".twice", "a").write("x")
    raise
open(name + ".begun", "a").write("x")
time.sleep(seconds)
open(os.path.join(os.environ["JOULEBOOK_RESULTS"], "answer.txt"), "w").write(name)
"""


class Run:
    """All jobs of one run, and the faults."""

    def __init__(self, hub: Hub, client: Client, rng: random.Random) -> None:
        self.hub, self.client, self.rng = hub, client, rng
        self.kills: list[tuple[str, float]] = []
        self.keys: dict[str, str] = {}

    def home(self, name: str) -> Path:
        return self.hub.home / "state" / "workspaces" / "users" / name

    def rows(self) -> dict[str, dict[str, Any]]:
        """Jobs by key, as the store has them."""
        with closing(sqlite3.connect(f"file:{self.hub.home}/state/ledger.sqlite?mode=ro", uri=True)) as store:
            store.row_factory = sqlite3.Row
            return {row["key"]: dict(row) for row in store.execute("SELECT * FROM jobs")}

    async def submit(self, number: int) -> None:
        """Submit a job; where the answer is lost, again under the same idempotency key."""
        name = f"study-{number}"
        person = PEOPLE[number % len(PEOPLE)]
        seconds = f"{self.rng.uniform(1.0, 4.0):.1f}"
        order = {"kind": "sweep", "file": "study.py", "arguments": [name, seconds], "workers": 1}
        for _ in range(600):
            status, text = await self.client.ask(
                "submit", "POST", self.hub.service + "jobs", token=self.hub.tokens[person], good=(201,),
                headers={"Idempotency-Key": name}, json={"order": order, "title": name},
            )  # fmt: skip
            if status == 201:
                self.keys[name] = json.loads(text)["key"]
                return
            assert status in {0, 429, 500, 502, 503}, text
            await asyncio.sleep(0.5)
        raise AssertionError("no answer in 300 s")

    async def faults(self, most: int) -> None:
        while len(self.kills) < most:
            await asyncio.sleep(self.rng.uniform(0.5, 2.5))
            rows = self.rows()
            if self.keys and len(rows) >= len(self.keys) and all(row["state"] == "done" for row in rows.values()):
                return
            victim = self.rng.choice(VICTIMS)
            process = self._find(victim)
            if process is None:
                continue
            key = self._job_of(process)
            with suppress(psutil.NoSuchProcess):
                process.kill()
            if victim == "hub" and self.hub.process is not None:
                self.hub.process.wait()
                self.hub.start()
            self.kills.append((victim, await self._until_back(victim, key, rows)))

    def _find(self, victim: str) -> psutil.Process | None:
        if victim in {"hub", "service", "worker"}:
            return self.hub.members().get(victim)
        wanted = "joulebook_hub.jobs.runner" if victim == "runner" else "study.py"
        found = []
        for process, _ in processes.marked(JOB_MARK):
            with suppress(psutil.Error):
                if wanted in " ".join(process.cmdline()):
                    found.append(process)
        return self.rng.choice(found) if found else None

    @staticmethod
    def _job_of(process: psutil.Process) -> str:
        with suppress(psutil.Error):
            return process.environ().get(JOB_MARK, "").partition(".")[0]
        return ""

    async def _until_back(self, victim: str, key: str, before: dict[str, dict[str, Any]]) -> float:
        """Until hub and service answer; until somebody watches the jobs again; until the job goes on or has ended."""
        begin = time.monotonic()
        if victim in {"hub", "service"}:
            await self.client.wait_until_ready(120.0)
        if victim == "service":
            return time.monotonic() - begin
        while time.monotonic() - begin < 120.0:
            rows = self.rows()
            if victim in {"hub", "worker"}:
                held = [row for row in rows.values() if row["state"] == "running"]
                fresh = [row for row in held if row["beat"] != before.get(row["key"], {}).get("beat")]
                if "worker" in self.hub.members() and (fresh or not held):
                    return time.monotonic() - begin
            elif key in rows and (rows[key]["attempt"] != before[key]["attempt"] or rows[key]["state"] != "running"):
                return time.monotonic() - begin
            await asyncio.sleep(0.1)
        raise AssertionError(f"{victim}: not back within 120 s")

    async def until_done(self) -> None:
        deadline = time.monotonic() + 400.0
        while any(row["state"] in {"queued", "running"} for row in self.rows().values()):
            assert time.monotonic() < deadline, {row["title"]: row["state"] for row in self.rows().values()}
            await asyncio.sleep(0.3)


async def run(hub: Hub, jobs: int, seed: int) -> Run:
    """Submit jobs while things are killed, and wait for their ends."""
    async with Client(hub, Times()) as client:
        await client.wait_until_ready()
        doing = Run(hub, client, random.Random(seed))
        for name in PEOPLE:
            await client.sign_in(name)
            doing.home(name).mkdir(parents=True, exist_ok=True)
            (doing.home(name) / "study.py").write_text(STUDY, encoding="utf-8")
        killer = asyncio.create_task(doing.faults(most=2 * jobs))
        for number in range(jobs):
            await doing.submit(number)
        await doing.until_done()
        killer.cancel()
        with suppress(asyncio.CancelledError):
            await killer
        return doing


def check(doing: Run, jobs: int) -> int:
    """Hold the store against what the jobs left; returns how many attempts there were."""
    rows = doing.rows()
    assert sorted(row["title"] for row in rows.values()) == sorted(f"study-{number}" for number in range(jobs))
    for row in rows.values():
        home = doing.home(row["user"])
        assert row["state"] == "done", (row["title"], row["state"], row["error"])
        assert not (home / f"{row['title']}.twice").exists(), f"{row['title']} ran twice at the same time"
        assert 1 <= len((home / f"{row['title']}.begun").read_text()) <= row["attempt"]
        results = json.loads(row["results"])
        assert [(home / found["path"]).read_text() for found in results["files"]] == [row["title"]]
    assert not processes.marked(JOB_MARK), "something of a job is left"
    slowest = max((seconds for _, seconds in doing.kills), default=0.0)
    assert slowest <= BACK_WITHIN, f"not back within {slowest:.1f} s"
    return sum(row["attempt"] for row in rows.values())
