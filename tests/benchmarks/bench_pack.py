"""Claim: a pack of 100 unlike cells through 1200 s of a drive cycle in seconds of CPU, on one core.

Prints, for each model, the CPU time of one cell and of a pack of 10 groups of 10 cells in the current cycle of
``tests/validation/cases/protocols/chen2020_dfn_drive`` (a corner each second), with steps and iterations, and how the
time grows with the number of cells. Medians of repeats, CPU time; ``--json FILE`` keeps the figures.

The floor: each attempt of a step costs a pack what it costs a single cell, times the cells, and an iteration more,
because the shares of the current are only known after a first one; with the rejected steps that is about 1.6 times.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from joulebook.battery import Cell, Drive, Pack, Protocol, simulate, simulate_pack

CASE = Path(__file__).parents[1] / "validation" / "cases" / "protocols" / "chen2020_dfn_drive"
CELL = Cell.named("Chen2020")
ALONE = {"refine": False, "error_estimate": False}
WIRING = {"joint_resistance": 1e-3, "busbar_resistance": 1e-4, "interconnect_resistance": 5e-4}
SPREAD = {"electrode_width": 0.01, "negative.particle_radius": 0.05}


def median_cpu(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Median CPU time of one call, s, after a first call that does not count, and what it gave."""
    result = work()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        result = work()
        spent.append(time.process_time() - start)
    return statistics.median(spent), result


def cycle(parallel: int) -> Protocol:
    """The drive cycle for a group of some cells."""
    with np.load(CASE / "expected.npz") as stored:
        current = stored["current"].ravel()
    return Protocol(Drive(np.arange(current.size, dtype=np.float64), current=parallel * current))


def figures(model: str, series: int, parallel: int, repeats: int) -> dict[str, Any]:
    """One line of the table."""
    pack = Pack(name="bench", cell=CELL, series=series, parallel=parallel, spread=SPREAD, wiring=WIRING)
    one, _ = median_cpu(lambda: simulate(CELL, cycle(1), model=model, options=ALONE, initial_soc=0.6), 5)
    whole, run = median_cpu(
        lambda: simulate_pack(pack, cycle(parallel), model=model, options=ALONE, initial_soc=0.6), repeats
    )
    return {
        "model": model,
        "cells": pack.n_cells,
        "one_cell_s": one,
        "pack_s": whole,
        "array_s": run.stats.seconds,
        "over_single": whole / (one * pack.n_cells),
        "steps": run.stats.steps,
        "rejected": run.stats.rejected,
        "iterations_per_cell_and_step": run.stats.iterations / (pack.n_cells * (run.stats.steps + run.stats.rejected)),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    rows = [figures(model, 10, 10, chosen.repeats) for model in ("SPM", "SPMe", "DFN")]
    rows += [figures("SPMe", size, size, chosen.repeats) for size in (1, 3, 5)]
    head = ("model", "cells", "one cell s", "pack s", "ratio", "steps", "rejected", "it./cell step")
    print(" ".join(f"{name:>13}" for name in head))
    for row in rows:
        shown = (
            row["model"],
            f"{row['cells']}",
            f"{row['one_cell_s']:.4f}",
            f"{row['pack_s']:.3f}",
            f"{row['over_single']:.2f}",
            f"{row['steps']}",
            f"{row['rejected']}",
            f"{row['iterations_per_cell_and_step']:.2f}",
        )
        print(" ".join(f"{text:>13}" for text in shown))
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
