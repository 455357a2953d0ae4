"""Kill the hub, its service, its worker, runners and the work itself at random while jobs are submitted and run.

Claim: of 200 jobs none is lost, none is submitted twice, none runs twice at the same time, each has the results of
exactly one attempt, and whatever was killed is back within 30 s. The hub itself is started again by this script, as a
service manager would. ``python tests/benchmarks/faults_jobs.py [jobs] [seed]``
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from hub_load.job_faults import check, run
from hub_load.parts import running_hub


def main() -> None:
    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    begin = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_hub(Path(folder) / "hub", cards=0, JOULEBOOK_JOBS_AT_ONCE="3") as hub,
    ):
        doing = asyncio.run(run(hub, jobs, seed))
        took = time.monotonic() - begin
        print(f"{jobs} jobs, {len(doing.kills)} kills in {took:.0f} s, seed {seed}")
        for name in ("hub", "service", "worker", "runner", "work"):
            back = sorted(seconds for killed, seconds in doing.kills if killed == name)
            if back:
                middle, last = back[len(back) // 2], back[-1]
                times = f"back after {middle:.1f} s (median), {last:.1f} s (longest)"
                print(f"  {name:8} killed {len(back):3d} times; {times}")
        print(f"{check(doing, jobs)} attempts; nothing lost, nothing doubled")


if __name__ == "__main__":
    main()
