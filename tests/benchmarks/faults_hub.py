"""Kill the hub, its proxy and its service at random while kernels take, hold and give back GPUs.

Claim: over 200 lease cycles nothing is lost and nothing doubled (each kernel is charged for the time that it held its
card, to 1 s; no card has two kernels), and everything answers again within 30 s of each kill. The hub itself is started
again by this script, as a service manager would. ``python tests/benchmarks/faults_hub.py [cycles] [seed]``
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from hub_load.faults import CARDS, check, run
from hub_load.parts import running_hub


def main() -> None:
    cycles = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, running_hub(Path(folder) / "hub", cards=CARDS) as hub:
        doing, charged, still_open = asyncio.run(run(hub, cycles, seed))
    off = check(doing, charged, still_open, cycles)
    print(f"{cycles} lease cycles, {len(doing.kills)} kills in {time.monotonic() - begin:.0f} s, seed {seed}")
    for name in ("hub", "proxy", "service"):
        back = sorted(seconds for killed, seconds in doing.kills if killed == name)
        if back:
            middle, last = back[len(back) // 2], back[-1]
            print(f"  {name:8} killed {len(back):3d} times; back after {middle:.1f} s (median), {last:.1f} s (longest)")
    print(f"charged {sum(charged.values()):.1f} s; largest difference from what a kernel saw {max(off, 0.0):.3f} s")
    print("nothing lost, nothing doubled")


if __name__ == "__main__":
    main()
