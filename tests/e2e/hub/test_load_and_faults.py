"""Short versions of the load and fault runs in tests/benchmarks: no wrong answer, nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio

from hub_load import job_faults
from hub_load.faults import CARDS, check, run
from hub_load.load import load
from hub_load.parts import running_hub


def test_nobody_gets_a_wrong_answer_under_load(tmp_path, hub_parts):
    with running_hub(tmp_path / "hub", cards=4) as hub:
        times, busy = asyncio.run(load(hub, people=12, servers=4, seconds=3))
    assert not times.wrong
    assert {"lease: acquire", "service: meter", "hub: who am I", "server through proxy"} <= times.taken.keys()
    assert busy.keys() >= {"hub", "proxy", "service"}


def test_leases_outlive_what_is_killed(tmp_path, hub_parts):
    cycles = 12
    with running_hub(tmp_path / "hub", cards=CARDS) as hub:
        doing, charged, still_open = asyncio.run(run(hub, cycles, seed=3))
    assert doing.kills
    check(doing, charged, still_open, cycles)


def test_jobs_outlive_what_is_killed(tmp_path, hub_parts):
    with running_hub(tmp_path / "hub", cards=0, JOULEBOOK_JOBS_AT_ONCE="3") as hub:
        doing = asyncio.run(job_faults.run(hub, 6, seed=5))
        job_faults.check(doing, 6)
    assert doing.kills
