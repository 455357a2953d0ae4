"""Claim: protection answers while a person waits: a search in the equipment library in under 20 ms, a drag of a setting
with its drawing and its check in under 16 ms, and proved settings of 14 relays with 98 choices in a tenth of a second.

Medians of repeats, CPU time of one core; ``--json FILE`` keeps the figures. There is no peer to run beside it:
pandapower has neither an optimiser of settings nor a check over the range of faults. The floor of a search is one pass
over the library's text, about 0.1 ms for 80 kB.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from joulebook.grid import equipment
from joulebook.grid.protection import Fuse, Scheme, check_coordination, optimal_settings, time_current


def median_cpu(work: Callable[[], Any], repeats: int) -> float:
    """Median CPU time of one call, s, after a first call that does not count."""
    work()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def drag(scheme: Scheme) -> None:
    """What a drag of a setting asks of the kernel."""
    drawing = time_current(scheme, points=10)
    handle = drawing.handles[0]
    moved = drawing.dragged(handle.device, handle.path, handle.current * 1.01, handle.time)
    Scheme.from_document(moved.to_document())
    time_current(moved, points=160).to_dict()
    check_coordination(moved, points=60)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--repeats", type=int, default=15)
    chosen = parser.parse_args()
    radial, eight, three = (Scheme.named(name) for name in Scheme.names())
    fuses = tuple(Fuse.gg(f"{rating} A", rating, voltage=400.0) for rating in (16, 25, 40, 63, 100, 160, 250, 400, 630))
    many = Scheme(name="many", devices=(*fuses, *eight.devices))
    works: dict[str, Callable[[], Any]] = {
        "search of the equipment library, words": lambda: equipment.search("cable 95 xlpe"),
        "search, words and a range": lambda: equipment.search("breaker", breaking_current=(25e3, None)),
        "drag of a setting: drawing and check": lambda: drag(radial),
        "time-current data of 23 devices": lambda: time_current(many),
        "check of 20 pairs, 8 buses": lambda: check_coordination(eight),
        "settings, 3 buses, 6 relays, 48 choices": lambda: optimal_settings(three),
        "settings, 8 buses, 14 relays, 98 choices": lambda: optimal_settings(eight),
        "multipliers alone, 8 buses": lambda: optimal_settings(eight, choose_pickups=False),
    }
    rows = {name: 1e3 * median_cpu(work, chosen.repeats) for name, work in works.items()}
    print(f"{'protection, CPU ms':<44}")
    for name, spent in rows.items():
        print(f"{name:<44}{spent:10.2f}")
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=1), "utf-8")


if __name__ == "__main__":
    main()
