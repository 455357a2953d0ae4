"""Claim: a power flow of 9241 buses in 10 ms of CPU, and full AC outages by the hundreds a second, on one core.

Prints us beside lightsim2grid (KLU) and pandapower (Numba), where they are installed, on the same public cases in the
same process: CPU time of the whole call including result arrays, medians of repeats; every power flow to 1e-8 per unit.
lightsim2grid is given the network of pandapower, and for outages the same list of branches.

``--json FILE`` keeps the figures; ``--cases FOLDER`` adds case_ACTIVSg70k.m from a folder of MATPOWER files, from the
start that the file holds.

The floor. One Newton iteration of case9241pegase has 28.5 thousand blocks in L: about 2.7 Mflop for the factors, 0.5
for the solves and 0.6 for the mismatch; at 3 Gflop/s of scattered scalar work some 1.3 ms. Six iterations with five
factorisations: 7 ms. An outage by compensation: five times solve and mismatch, 1.1 Mflop each, about 1.5 ms.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from joulebook.grid import Network, contingencies, power_flow
from joulebook.numerics import device

CASES = ("case14", "case118", "case300", "case1354pegase", "case2869pegase", "case9241pegase")
OUTAGES = {"case118": 10_000, "case1354pegase": 10_000, "case9241pegase": 3000}


def median_cpu(work: Callable[[], Any], repeats: int) -> float:
    """Median CPU time of one call, s, after a first call that does not count."""
    work()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def many(work: Callable[[], Any], seconds: float = 1.0) -> int:
    start = time.process_time()
    work()
    once = max(time.process_time() - start, 1e-6)
    return int(min(max(seconds / once, 5), 2000))


def ours(network: Network, start: str) -> dict[str, float]:
    def solve() -> Any:
        return power_flow(network, start=start)

    solve()
    run = solve()
    repeats = many(solve)
    batch = 20 if repeats > 200 else 1
    spent = median_cpu(lambda: [solve() for _ in range(batch)], max(repeats // batch, 5)) / batch
    return {
        "ms": 1e3 * spent,
        "array_code_ms": 1e3 * statistics.median(solve().stats.seconds for _ in range(9)),
        "iterations": run.stats.iterations,
    }


def ours_changed(network: Network, start: str) -> float:
    """A new network of the same topology: arrays are made again, the plan is not; ms."""
    factors = iter(np.linspace(1.0, 1.02, 1000))

    def solve() -> Any:
        changed = network.replace({"loads.active_power": next(factors) * network.loads.active_power})
        return power_flow(changed, start=start)

    return 1e3 * median_cpu(solve, 9)


def our_outages(network: Network, count: int) -> dict[str, float]:
    names = [*network.lines.ids, *network.transformers.ids]
    on = np.concatenate([network.lines.in_service, network.transformers.in_service])
    chosen = [name for name, alive in zip(names, on, strict=True) if alive][:count]
    run = contingencies(network, elements=chosen, progress=False)
    spent = median_cpu(lambda: contingencies(network, elements=chosen, progress=False), 9 if len(chosen) < 500 else 1)
    solved = run.counts["solved"] + run.counts["unsolved"]
    return {"per_s": solved / spent, "solved": run.counts["solved"], "unsolved": run.counts["unsolved"]}


def peers(name: str) -> dict[str, float]:
    if importlib.util.find_spec("pandapower") is None:
        return {}
    import pandapower

    make = getattr(pandapower.networks, name, None)
    if make is None:
        return {}
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = make()
        start = "flat" if len(net.bus) < 400 else "dc"

        def solve() -> Any:
            return pandapower.runpp(net, init=start, tolerance_mva=1e-6, numba=True, trafo_model="pi")

        try:
            found["pandapower_ms"] = 1e3 * median_cpu(solve, 7)
        except Exception as error:
            print(f"  pandapower on {name}: {type(error).__name__}")
        if importlib.util.find_spec("lightsim2grid") is not None:
            found |= lightsim(net, name)
    return found


def lightsim(net: Any, name: str) -> dict[str, float]:
    try:
        from lightsim2grid.gridmodel import init_from_pandapower
    except ImportError:
        from lightsim2grid.network import init_from_pandapower
    found = {}
    try:
        import pandapower

        pandapower.runpp(net, init="flat" if len(net.bus) < 400 else "dc", tolerance_mva=1e-6)
        grid = init_from_pandapower(net)
        grid.change_solver("NRSing_KLU")
        n = grid.total_bus()
        start = net._ppc["internal"]["V"] if len(net.bus) < 400 else None
        flat = np.full(n, 1.0 + 0.0j)
        begin = grid.dc_pf(flat.copy(), 10, 1e-8) if start is None else flat
        found["lightsim2grid_ms"] = 1e3 * median_cpu(lambda: grid.ac_pf(begin.copy(), 20, 1e-8), 15)
        if name in OUTAGES:
            from lightsim2grid.contingencyAnalysis import ContingencyAnalysisCPP

            study = ContingencyAnalysisCPP(grid)
            study.change_solver("NRSing_KLU")
            count = min(OUTAGES[name], len(grid.get_lines()) + len(grid.get_trafos()))
            for branch in range(count):
                study.add_n1(branch)
            solved = grid.ac_pf(begin.copy(), 20, 1e-8)
            began = time.process_time()
            study.compute(solved, 15, 1e-8)
            found["lightsim2grid_per_s"] = count / (time.process_time() - began)
    except Exception as error:
        print(f"  lightsim2grid on {name}: {type(error).__name__}: {error}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cases", type=Path)
    args = parser.parse_args()
    device.limit_threads(1)
    table: dict[str, dict[str, float]] = {}
    print(
        f"{'case':<18}{'ours':>9}{'array code':>12}{'changed':>9}{'its':>5}{'lightsim2grid':>15}{'pandapower':>12}  ms"
    )
    extra = sorted(args.cases.glob("case_ACTIVSg70k.m")) if args.cases else []
    for name in (*CASES, *extra):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network = Network.named(name) if isinstance(name, str) else Network.load(name)
        start = "auto" if isinstance(name, str) else "case"
        row = ours(network, start) | {"changed_ms": ours_changed(network, start)}
        row |= peers(name) if isinstance(name, str) else {}
        table[network.name] = row
        shown = [row.get(key, float("nan")) for key in ("lightsim2grid_ms", "pandapower_ms")]
        print(
            f"{network.name:<18}{row['ms']:>14.3f}{row['array_code_ms']:>14.3f}{row['changed_ms']:>14.2f}"
            f"{row['iterations']:>14.0f}{shown[0]:>14.3f}{shown[1]:>14.1f}"
        )
    print(f"\n{'outages':<18}{'ours':>9}{'lightsim2grid':>15}  per s and core")
    for name, count in OUTAGES.items():
        row = our_outages(Network.named(name), count)
        table[name] |= {f"outages_{key}": value for key, value in row.items()}
        other = table[name].get("lightsim2grid_per_s", float("nan"))
        print(f"{name:<18}{row['per_s']:>9.0f}{other:>15.0f}  ({row['unsolved']:.0f} without solution)")
    if args.json:
        args.json.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
