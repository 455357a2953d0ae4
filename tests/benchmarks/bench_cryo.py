"""Claim: the steady state of 5000 nodes between 4 and 300 K in under 50 ms of CPU.

Prints one table: CPU time (median of repeats, all in one process), steps and the largest balance that is missed, for

- a plain program: Newton's method in the temperatures with linear tables and SciPy's sparse solver, assembled anew in
  every step, which is what a careful script looks like;
- ours on the same network of stainless steel, from the same start and from a flat one;
- ours on the same network with three materials at random, from both starts;
- the public verb on the example with a pulse tube and on 500 components, documents and tables included.

The floor. The matrix has 5000 rows in a band of 50: 5000 · 50² · 2 = 25 Mflop for one factorisation, 3 ms at 8 Gflop/s.
One step of Kirchhoff's transform is enough for one material; several materials take some eight.

``--json FILE`` keeps the figures.
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
import scipy.sparse as sparse
from scipy.sparse.linalg import spsolve

from joulebook.cryo import Cryostat, solve
from joulebook.cryo.network import Network, Solution, solve_network
from joulebook.cryo.potentials import Potentials
from joulebook.materials import conductivity
from joulebook.materials.integrals import integral_table

NODES, CHORDS = 5000, 4000
LAWS = ("stainless steel 304L", "G-10 CR, warp", "copper OFHC, RRR 100")


def median_cpu(work: Callable[[], Any], repeats: int = 7) -> float:
    """Median CPU time of one call, s, after a first call that does not count."""
    work()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def problem() -> dict[str, Any]:
    """A chain of nodes with random chords; heat in fifty of them; ends at 4 and 300 K."""
    rng = np.random.default_rng(0)
    first = np.arange(NODES - 1)
    start = rng.integers(0, NODES, CHORDS)
    stop = np.clip(start + rng.integers(1, 50, CHORDS), 0, NODES - 1)
    i, j = np.r_[first, start], np.r_[first + 1, stop]
    keep = i != j
    i, j = i[keep], j[keep]
    power = np.zeros(NODES)
    power[rng.integers(1, NODES - 1, 50)] = 1e-4
    held = np.zeros(NODES, bool)
    held[[0, -1]] = True
    return {"i": i, "j": j, "strength": 10 ** rng.uniform(-5, -2, i.size), "power": power, "held": held, "rng": rng}


def plain(given: dict[str, Any]) -> tuple[int, float]:
    """Newton's method in the temperatures, assembled anew in every step."""
    law = conductivity(LAWS[0])
    points = np.geomspace(0.01, 320.0, 4001)
    k = law(points)
    theta = np.r_[0.0, np.cumsum(0.5 * (k[1:] + k[:-1]) * np.diff(points))]
    i, j, strength, power = given["i"], given["j"], given["strength"], given["power"]
    free = np.flatnonzero(~given["held"])
    t = np.linspace(4.0, 300.0, NODES)
    steps = 0
    while steps < 50:
        flow = strength * (np.interp(t[i], points, theta) - np.interp(t[j], points, theta))
        missed = power.copy()
        np.add.at(missed, i, -flow)
        np.add.at(missed, j, flow)
        if np.abs(missed[free]).max() < 1e-12:
            break
        steps += 1
        out, into = strength * np.interp(t[i], points, k), strength * np.interp(t[j], points, k)
        entries = (np.r_[-out, out, into, -into], (np.r_[i, j, i, j], np.r_[i, i, j, j]))
        matrix = sparse.csc_matrix(entries, shape=(NODES, NODES))
        change = spsolve(matrix[free][:, free], -missed[free])
        t[free] = np.clip(t[free] + np.clip(change, -0.5 * t[free], t[free]), 0.01, 320.0)
    return steps, float(np.abs(missed[free]).max())


def ours(given: dict[str, Any], materials: int, flat: bool) -> Callable[[], Solution]:
    """Our solver, tables of properties made before."""
    tables = Potentials([integral_table(law.function, (law.low, law.high)) for law in map(conductivity, LAWS)])
    rng = np.random.default_rng(1)
    which = rng.integers(0, materials, given["i"].size)
    start = np.linspace(4.0, 300.0, NODES)
    if flat:
        start[1:-1] = 40.0
    none = np.zeros(0, np.int64)
    network = Network(
        start, given["held"], given["i"], given["j"], which, given["strength"], tables, given["power"], none, none,
        np.zeros(0), Potentials([]),
    )  # fmt: skip
    return lambda: solve_network(network)


def many(count: int) -> Cryostat:
    """A vessel, a cooled shield and plate, and many struts between them."""
    stages = {"vessel": {"temperature": 300.0}, "shield": {}, "plate": {}}
    ends = (("vessel", "shield"), ("shield", "plate"))
    parts = {
        f"strut {k}": {
            "kind": "strut",
            "material": "G-10 CR, normal",
            "section": 1e-6,
            "length": 0.2,
            **dict(zip(("from_stage", "to_stage"), ends[k % 2], strict=True)),
        }
        for k in range(count)
    }
    cooler = {"kind": "two_stage", "library": "PT415", "first_stage": "shield", "second_stage": "plate"}
    return Cryostat(name="many", stages=stages, coolers={"head": cooler}, components=parts)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    given = problem()
    steps, missed = plain(given)
    base = median_cpu(lambda: plain(given), 3)
    rows = [("plain SciPy, one material", base, steps, missed)]
    free = ~given["held"]
    for materials, flat in ((1, False), (1, True), (3, False), (3, True)):
        work = ours(given, materials, flat)
        found = work()
        label = f"ours, {materials} material{'s' if materials > 1 else ''}, {'flat' if flat else 'same'} start"
        rows.append((label, median_cpu(work), found.iterations, float(np.abs(found.balance[free]).max())))
    example, large = Cryostat.named("Pulse tube with wiring"), many(500)
    for label, cryostat in (("solve(), pulse tube with wiring", example), ("solve(), 500 components", large)):
        run = solve(cryostat)
        rows.append((label, median_cpu(lambda c=cryostat: solve(c)), run.stats.iterations, run.facts["balance_missed"]))
    print(f"{'':36} {'CPU (ms)':>9} {'ratio':>6} {'systems':>8} {'missed':>9}")
    for label, seconds, count, missed in rows:
        print(f"{label:36} {1e3 * seconds:9.1f} {seconds / base:6.2f} {count:8d} {missed:9.1e}")
    if arguments.json:
        arguments.json.write_text(
            json.dumps([dict(zip(("label", "seconds", "systems", "missed"), row, strict=True)) for row in rows])
        )


if __name__ == "__main__":
    main()
