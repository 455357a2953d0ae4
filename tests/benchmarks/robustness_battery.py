"""Claim: any sensible cell runs, and where a study cannot go on or misses its accuracy, it says so.

Draws cells, models, rates and protocols at random: one of the named cells with fourteen values within 30 %, DFN, SPMe
or SPM, C/5 to 4C, constant current or a cycle with constant current and voltage. Prints how many runs ended as they
should, at an end of the protocol or at a limit of the cell that the run names (no salt left), how many failed and with
which words, and how many carry an error estimate above what their accuracy promises. Anything but an explained error
is a crash and stops the script.

``python tests/benchmarks/robustness_battery.py [RUNS] [--seed SEED]``
"""

from __future__ import annotations

import argparse
import collections
import re
import time
from typing import Any

import numpy as np

from joulebook.battery import BatteryResult, Cell, simulate
from joulebook.battery.honesty import promised
from joulebook.core.errors import InputError, SolveError
from joulebook.core.results import Status

VARIED = (
    "negative.thickness",
    "positive.thickness",
    "separator.thickness",
    "negative.particle_radius",
    "positive.particle_radius",
    "negative.diffusivity",
    "positive.diffusivity",
    "negative.rate_constant",
    "positive.rate_constant",
    "negative.conductivity",
    "positive.conductivity",
    "separator.porosity",
    "electrolyte.concentration",
    "electrode_width",
)
SPREAD = 0.3
MODELS = ("DFN", "SPMe", "SPM")


def drawn(rng: np.random.Generator, names: tuple[str, ...] | None = None) -> tuple[Cell, list[str] | str, str, float]:
    """Draw a cell, a protocol, a model and a state of charge.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    names : tuple of str, optional
        Cells to choose from; all named ones where left out.

    Returns
    -------
    tuple
        Cell, protocol, name of the model, state of charge at the start.
    """
    cell = Cell.named(str(rng.choice(names or tuple(Cell.names()))))
    changes = {}
    for path in VARIED:
        side, _, name = path.partition(".")
        value = cell.value_at(path)
        if value is None:
            value = getattr(cell.active_material(side), name).value
            if name == "diffusivity" and cell.active_material(side).diffusivity_law is not None:
                continue
        changes[path] = float(value) * rng.uniform(1.0 - SPREAD, 1.0 + SPREAD)
    changes["separator.porosity"] = min(changes["separator.porosity"], 0.95)
    rate = float(np.exp(rng.uniform(np.log(0.2), np.log(4.0))))
    protocol: list[str] | str = f"Discharge at {rate:.4g}C until cut-off"
    if rng.random() < 0.5:
        charge = f"Charge at {rate:.4g}C until {cell.upper_cutoff:g} V"
        hold = f"Hold at {cell.upper_cutoff:g} V until C/20 or for 5 hours"
        protocol = [protocol, "Rest for 10 minutes", charge, hold]
    return cell.replace(changes), protocol, str(rng.choice(MODELS)), float(rng.uniform(0.5, 1.0))


def outcome(run: BatteryResult) -> str:
    """Put a run into a class.

    Parameters
    ----------
    run : BatteryResult
        That ended.

    Returns
    -------
    str
        Begins with ``"fine"``, or says what is the matter.
    """
    if not all(np.all(np.isfinite(run[name])) for name in ("time", "voltage", "current")):
        return "WRONG: not finite"
    if run.error["largest_voltage"] > promised("standard"):
        return "flagged: estimated error above the promise"
    if run.status is not Status.SOLVED:
        return f"fine, an answer: {re.sub(r'[0-9]+', '#', run.end_reason)}"
    limits = sorted({end for end in run.steps["end"] if end.startswith(("the electrolyte", "films"))})
    return f"fine, at a limit: {' and '.join(limits)}" if limits else "fine"


def attempt(draw: tuple[Cell, list[str] | str, str, float]) -> str:
    """Run a draw and put it into a class.

    Parameters
    ----------
    draw : tuple
        As :func:`drawn` gives it.

    Returns
    -------
    str
        Begins with ``"fine"``, or says what is the matter.
    """
    cell, protocol, model, soc = draw
    try:
        return outcome(simulate(cell, protocol, model=model, initial_soc=soc))
    except InputError as error:
        return f"no such cell: {error.issues[0].path} {error.issues[0].rule}"
    except SolveError as error:
        words = re.sub(r"[-+]?\d[\d.e+-]*", "#", str(error))
        return f"explained: {type(error).__name__}: {words[:160]}"


def main() -> None:
    """Draw, run, count, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    found: collections.Counter[str] = collections.Counter()
    by_cell: dict[str, Any] = collections.defaultdict(collections.Counter)
    started = time.process_time()
    for _ in range(given.runs):
        draw = drawn(rng)
        said = attempt(draw)
        found[said] += 1
        by_cell[draw[0].name][said.startswith("fine")] += 1
    spent = time.process_time() - started
    bad = sum(count for said, count in found.items() if not said.startswith("fine"))
    print(f"{given.runs} runs, {spent:.0f} s CPU, {bad} not fine: {100 * bad / given.runs:.2f} %")
    for said, count in found.most_common():
        print(f"{count:7d}  {said}")
    for name, counts in sorted(by_cell.items()):
        print(f"  {name}: {counts[False]} of {counts[False] + counts[True]} not fine")


if __name__ == "__main__":
    main()
