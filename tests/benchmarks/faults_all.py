"""Kill -9 of hub, proxy, service, worker, runner, work, server and kernel at random during job and lease cycles.

Claim: over 200 jobs and 200 notebooks with GPU kernels (real ones, in real servers; NVML's library alone is a fake)
nothing is lost and nothing doubled, each lease is charged for the time that it was seen to last, to 1 s, no card has
two kernels, no process is left, and whatever was killed works again within 30 s. The hub itself is started again by
this script, as a service manager would. At the end the whole machine of servers and kernels dies, once killed, once
cut off: its cards are given back within 90 s. ``python tests/benchmarks/faults_all.py [cycles] [seed]``
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from hub_load.faults import CARDS, JOBS_AT_ONCE, check, run
from hub_load.parts import free_ports, running_hub

BACK_WITHIN = 30.0


def main() -> None:
    cycles = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    begin, load = time.monotonic(), os.getloadavg()[0]
    (port,) = free_ports(1)
    folder = Path(tempfile.mkdtemp())
    with running_hub(
        folder / "hub", cards=CARDS, stubs=False, plan="advanced", TAP=f"http://127.0.0.1:{port}/services/joulebook/",
        JOULEBOOK_JOBS_AT_ONCE=str(JOBS_AT_ONCE),
    ) as hub:  # fmt: skip
        try:
            doing, tap = asyncio.run(run(hub, port, cycles, seed, (signal.SIGKILL, signal.SIGSTOP)))
        except BaseException:
            print(f"see {folder}")
            raise
    took = time.monotonic() - begin
    loads = sorted(kill.load for kill in doing.kills)
    print(f"{cycles} jobs and {cycles} notebooks, {len(doing.kills)} kills in {took:.0f} s, seed {seed}")
    median = loads[len(loads) // 2]
    print(f"load average {load:.1f} before, {median:.1f} (median) and {loads[-1]:.1f} (largest) meanwhile")
    print(doing.table())
    print(f"{check(doing, tap, cycles, folder / 'hub')}")
    print("nothing lost, nothing doubled, nothing left")
    assert doing.slowest <= BACK_WITHIN, f"not back within {doing.slowest:.1f} s; see {folder}"
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
