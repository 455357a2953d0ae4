"""Claim: the IEEE 8500-node feeder from zero, controls and all, in under 20 ms of CPU, and again in about 1 ms.

Prints one table: CPU time of the whole verb `unbalanced_power_flow` with all its result arrays, from zero (taps at
rest, loads as impedances), with the controls held, and started from its own result, and of a day of the European
low-voltage feeder in 1440 steps; and, where dss-python is installed, the same by OpenDSS in the same process (its
`Solve` alone, without reading anything out). Medians of repeats. ``--json FILE`` keeps the figures. The 8500-node and
the European feeder are read from the OpenDSS test cases in ``$JOULEBOOK_DATA``, or in ``../shared/data``.

The floor. The 8500-node feeder has 20 900 numbers in the factor. An iteration reads them twice, and 1200 to 2400 load
branches once: 42 000 complex multiplications and as many additions, 0.25 Mflop and 0.7 MB, some 70 µs. From zero it
takes 100 iterations in six rounds of control, and six factorisations of 0.18 ms.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from joulebook.grid import Feeder, unbalanced_power_flow, unbalanced_time_series

DATA = Path(os.environ.get("JOULEBOOK_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "opendss"
FILES = {
    "IEEE34": "34Bus/ieee34Mod1.dss",
    "IEEE123": "123Bus/IEEE123Master.dss",
    "8500-node": "8500-Node/Master.dss",
    "8500-node, unbalanced": "8500-Node/Master-unbal.dss",
    "European LV": "LVTestCase/Master.dss",
}
TOLERANCES = (1e-8, 1e-4)
DAY = 1440


def median_cpu(work: Callable[[], Any], repeats: int, before: Callable[[], Any] = lambda: None) -> float:
    """Median CPU time of one call, ms, after a first call that does not count."""
    spent = []
    for k in range(repeats + 1):
        before()
        start = time.process_time()
        work()
        if k:
            spent.append(time.process_time() - start)
    return 1e3 * statistics.median(spent)


def feeder_of(name: str) -> Feeder | None:
    if name in Feeder.names():
        return Feeder.named(name)
    path = DATA / FILES[name]
    return Feeder.load(path) if path.is_file() else None


def ours(feeder: Feeder, tolerance: float) -> tuple[float, float, float]:
    """From zero, from zero with the controls held, and from its own result."""
    found = unbalanced_power_flow(feeder, tolerance=tolerance)
    repeats = 15 if len(feeder.lines) > 500 else 60
    return (
        median_cpu(lambda: unbalanced_power_flow(feeder, tolerance=tolerance), repeats),
        median_cpu(lambda: unbalanced_power_flow(feeder, tolerance=tolerance, controls=False), repeats),
        median_cpu(lambda: unbalanced_power_flow(feeder, tolerance=tolerance, start=found), repeats),
    )


def peer(name: str, tolerance: float) -> tuple[float, float, float] | None:
    """The same by OpenDSS; controls that have nothing to do stand for held ones."""
    path = DATA / FILES[name]
    if importlib.util.find_spec("dss") is None or not path.is_file() or name.startswith("IEEE"):
        return None  # the smaller feeders share a file of line codes that lies outside of their folders
    engine = opendss(path, tolerance)
    circuit = engine.ActiveCircuit

    def init() -> None:
        engine.Text.Command = "init"

    def reset() -> None:
        for control in circuit.RegControls:
            control.TapNumber = 0
        init()

    solve = circuit.Solution.Solve
    return median_cpu(solve, 15, reset), median_cpu(solve, 15, init), median_cpu(solve, 15)


def opendss(path: Path, tolerance: float) -> Any:
    import dss

    engine = dss.DSS
    engine.AllowForms = False
    for command in (
        "clear",
        f'compile "{path}"',
        "set maxcontroliter=100 maxiterations=500",
        f"set tolerance={tolerance}",
    ):
        engine.Text.Command = command
    return engine


def a_day(feeder: Feeder) -> dict[str, float]:
    """1440 steps of a minute."""
    row = {"ours_ms": median_cpu(lambda: unbalanced_time_series(feeder, shapes="yearly", progress=False), 3)}
    if importlib.util.find_spec("dss") is not None:
        engine = opendss(DATA / FILES["European LV"], 1e-6)
        begin = f"set mode=yearly number={DAY} stepsize=1m hour=0 sec=0"
        solve = engine.ActiveCircuit.Solution.Solve
        row["peer_ms"] = median_cpu(solve, 3, lambda: setattr(engine.Text, "Command", begin))
    return row


def a_day_of_quarters(feeder: Feeder) -> dict[str, float]:
    """96 steps of a quarter of an hour on the 8500-node feeder, ms per step, controls at work and held."""
    shape = [0.6 + 0.4 * math.sin(k / 96 * 2 * math.pi) for k in range(96)]
    document = feeder.to_document()
    document["load_shapes"] = {"s": {"interval": 900.0, "active": shape}}
    for load in document["loads"].values():
        load["daily"] = "s"
    shaped = Feeder.from_document(document)
    row = {}
    for name, controls in (("ours", True), ("ours_held", False)):
        row[name] = median_cpu(partial(unbalanced_time_series, shaped, controls=controls, progress=False), 3) / 96
    if importlib.util.find_spec("dss") is not None:
        engine = opendss(DATA / FILES["8500-node, unbalanced"], 1e-6)
        engine.Text.Command = f"new loadshape.s npts=96 minterval=15 mult=({' '.join(map(str, shape))})"
        engine.Text.Command = "batchedit load..* daily=s"
        for name, mode in (("peer", "static"), ("peer_held", "off")):
            begin = f"set mode=daily number=96 stepsize=15m hour=0 sec=0 controlmode={mode}"
            again = partial(setattr, engine.Text, "Command", begin)
            row[name] = median_cpu(engine.ActiveCircuit.Solution.Solve, 3, again) / 96
    return row


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    options = parser.parse_args(arguments)
    rows: list[dict[str, Any]] = []
    print("CPU, ms                    tolerance  from zero  controls held      again      OpenDSS: the same")
    for name in FILES:
        feeder = feeder_of(name)
        if feeder is None:
            print(f"{name:<26} its files are not at hand")
            continue
        for tolerance in TOLERANCES:
            mine, other = ours(feeder, tolerance), peer(name, tolerance)
            rows.append({"feeder": name, "tolerance": tolerance, "ours_ms": mine, "peer_ms": other})
            beside = "{:>12.3f} {:>9.3f} {:>9.3f}".format(*other) if other else ""
            print(f"{name:<26} {tolerance:>9.0e} {mine[0]:>10.3f} {mine[1]:>14.3f} {mine[2]:>10.3f} {beside}")
        if name == "European LV":
            rows.append({"feeder": name, "steps": DAY, **a_day(feeder)})
            print(
                f"{name + ', a day of 1440 steps':<36} " + ", ".join(f"{k} {v:.0f}" for k, v in a_day(feeder).items())
            )
        if name == "8500-node, unbalanced":
            quarters = a_day_of_quarters(feeder)
            rows.append({"feeder": name, "steps": 96, **quarters})
            print(f"{name}, a day, per step: " + ", ".join(f"{key} {value:.2f}" for key, value in quarters.items()))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
