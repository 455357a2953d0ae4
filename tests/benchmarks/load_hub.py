"""Load on one hub: many people signed in, stub servers, and what hub and service answer in how long.

Claim: with 1000 people signed in and 200 servers running, p95 of the hub's API and of the service is below 250 ms, and
p95 of getting a lease below 50 ms. Everything runs on this machine and talks to 127.0.0.1 only; requests are bounded in
number. ``python tests/benchmarks/load_hub.py [people] [servers] [seconds]``
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from hub_load.load import REQUESTS_PER_SECOND, load
from hub_load.parts import running_hub


def main() -> None:
    people, servers, seconds = ([int(word) for word in sys.argv[1:]] + [1000, 200, 60][len(sys.argv) - 1 :])[:3]
    with tempfile.TemporaryDirectory() as folder, running_hub(Path(folder) / "hub", cards=64) as hub:
        times, busy = asyncio.run(load(hub, people, servers, seconds))
        memory = {name: process.memory_info().rss / 1e6 for name, process in hub.members().items()}
    print(f"{people} people signed in, {servers} servers, {REQUESTS_PER_SECOND} actions/s for {seconds} s")
    print(times.table())
    print("'all at once' is the rush before: 20 sign-ins, then 20 starts, at the same time")
    print("busy, share of a core: " + ", ".join(f"{name} {share:.2f}" for name, share in busy.items()))
    print("memory: " + ", ".join(f"{name} {size:.0f} MB" for name, size in memory.items()))
    for what, kind, most in (("hub API", "hub:", 250), ("service", "service:", 250), ("lease", "lease:", 50)):
        print(f"p95 {what} {1e3 * times.p95(kind):.0f} ms (must {most})")
    wrong = {kind: reasons[:3] for kind, reasons in times.wrong.items()}
    print(f"wrong answers: {sum(map(len, times.wrong.values()))} {wrong or ''}")


if __name__ == "__main__":
    main()
