"""Jobs that are submitted, run and end, whatever is killed meanwhile."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from hub_load.parts import Client, Hub

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


class Jobs:
    """All of them."""

    def __init__(self, hub: Hub, client: Client, rng: random.Random) -> None:
        self.hub, self.client, self.rng = hub, client, rng
        self.keys: dict[str, str] = {}

    def home(self, name: str) -> Path:
        """A person's workspace."""
        return self.hub.home / "state" / "workspaces" / "users" / name

    def put_study(self, person: str) -> None:
        """Put the script that jobs run into a person's workspace."""
        self.home(person).mkdir(parents=True, exist_ok=True)
        (self.home(person) / "study.py").write_text(STUDY, encoding="utf-8")

    def rows(self) -> dict[str, dict[str, Any]]:
        """Jobs by key, as the store has them."""
        with closing(sqlite3.connect(f"file:{self.hub.home}/state/ledger.sqlite?mode=ro", uri=True)) as store:
            store.row_factory = sqlite3.Row
            return {row["key"]: dict(row) for row in store.execute("SELECT * FROM jobs")}

    async def one(self, number: int, person: str) -> None:
        """Submit a job, and wait for its end."""
        key = await self.submit(number, person)
        deadline = time.monotonic() + 400.0
        while (row := (await asyncio.to_thread(self.rows))[key])["state"] in {"queued", "running"}:
            assert time.monotonic() < deadline, (row["title"], row["state"], row["attempt"], row["error"])
            await asyncio.sleep(1.0)

    async def submit(self, number: int, person: str) -> str:
        """Submit a job; where the answer is lost, again under the same idempotency key."""
        name = f"study-{number}"
        seconds = f"{self.rng.uniform(0.5, 3.0):.1f}"
        order = {"kind": "sweep", "file": "study.py", "arguments": [name, seconds], "workers": 1}
        for _ in range(600):
            status, text = await self.client.ask(
                "submit", "POST", self.hub.service + "jobs", token=self.hub.tokens[person], good=(201,),
                headers={"Idempotency-Key": name}, json={"order": order, "title": name},
            )  # fmt: skip
            if status == 201:
                self.keys[name] = json.loads(text)["key"]
                return self.keys[name]
            assert status in {0, 429, 500, 502, 503}, text
            await asyncio.sleep(0.5)
        raise AssertionError("no answer in 300 s")

    def check(self, jobs: int) -> int:
        """Hold the store against what the jobs left; returns how many attempts there were."""
        rows = self.rows()
        assert sorted(row["title"] for row in rows.values()) == sorted(f"study-{number}" for number in range(jobs))
        answers = list((self.hub.home / "state" / "workspaces").rglob("answer.txt"))
        assert len(answers) == jobs, "results of one attempt of each job"
        for row in rows.values():
            home = self.home(row["user"])
            assert row["state"] == "done", (row["title"], row["state"], row["error"])
            assert not (home / f"{row['title']}.twice").exists(), f"{row['title']} ran twice at the same time"
            assert 1 <= len((home / f"{row['title']}.begun").read_text()) <= row["attempt"]
            results = json.loads(row["results"])
            assert [(home / found["path"]).read_text() for found in results["files"]] == [row["title"]]
        return sum(int(row["attempt"]) for row in rows.values())
