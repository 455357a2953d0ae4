"""Claim: over 10 000 random steps of a hub (leases, servers, jobs, payments, clock jumps, crashes) the books agree.

Usage is the seconds of leases to 1 s, no line is there twice, no lease is lost, the plan is a function of the newest
state of the subscription, no balance is below zero by more than a heartbeat, and what was killed within a decision has
left nothing. Prints what came about; an argument is the number of steps.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import databases
import hub_machine

STEPS = 100


def main(steps: int) -> None:
    """Walk, on both databases."""
    for kind, share in (("sqlite", 0.8), ("postgresql", 0.2)):
        machine = type("Machine", (hub_machine.Hub,), {"kind": kind, "seen": hub_machine.Counter()})
        walks = max(round(share * steps / STEPS), 1)
        rules = settings(
            max_examples=walks, stateful_step_count=STEPS, deadline=None, phases=[Phase.generate], database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        begin = time.process_time()
        run_state_machine_as_test(machine, settings=rules)
        print(f"{kind}: {machine.seen['step']} steps, {time.process_time() - begin:.0f} s of CPU, and no fault")
        for what, times in sorted(machine.seen.items()):
            print(f"  {what:28} {times:7}")
    databases.stop_cluster()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
