"""Short versions of the load and fault runs in tests/benchmarks: no wrong answer, nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio

from hub_load import faults
from hub_load.load import load
from hub_load.parts import free_ports, running_hub


def test_nobody_gets_a_wrong_answer_under_load(tmp_path, hub_parts):
    with running_hub(tmp_path / "hub", cards=4) as hub:
        times, busy = asyncio.run(load(hub, people=12, servers=4, seconds=3))
    assert not times.wrong
    assert {"lease: acquire", "service: meter", "hub: who am I", "server through proxy"} <= times.taken.keys()
    assert busy.keys() >= {"hub", "proxy", "service"}


def test_jobs_and_leases_outlive_what_is_killed(tmp_path, hub_parts):
    """With real servers and kernels; at the end the machine that they run on dies."""
    cycles, (port,) = 4, free_ports(1)
    with running_hub(
        tmp_path / "hub", cards=faults.CARDS, stubs=False, plan="advanced",
        TAP=f"http://127.0.0.1:{port}/services/joulebook/", JOULEBOOK_JOBS_AT_ONCE=str(faults.JOBS_AT_ONCE),
    ) as hub:  # fmt: skip
        doing, tap = asyncio.run(faults.run(hub, port, cycles, seed=5))
    assert len(doing.kills) > 1
    faults.check(doing, tap, cycles, tmp_path / "hub")
