"""Claim: a DFN discharge in under a millisecond of CPU, closer to the truth than the peer's default.

Prints one table: CPU time and error of the voltage against extrapolated references, for Joulebook and, where it is
installed (extra ``bench``), for PyBaMM in the same process on the same work. Medians of repeats, CPU time;
``tools/bench.sh`` sets one thread for everybody.
``--json FILE`` keeps the figures; the validation page quotes them.

The floor. A Newton iteration on N nodes is about 420 N flops (blocks 140, assembly 130, laws and rate law 150); a step
adds 12 flops per shell and particle. The standard 1C discharge takes the counts printed below, so about 2.6 Mflop: at
8 Gflop/s of scalar code on one core some 0.33 ms. In the single-particle models an iteration is about 200 flops, the
salt of a step 60 a node: 0.06 and 0.16 Mflop. Recurrences along shells and nodes bound them, with a division of some
20 cycles per shell and node: 80 steps of 2 x 14 shells are 0.015 ms, weights and laws about as much.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from joulebook.battery import BatteryOptions, Cell, Model, Protocol, simulate, sweep
from joulebook.battery.discretise import discretise
from joulebook.battery.march import begin
from joulebook.battery.starts import starting_concentrations

CASES = Path(__file__).parents[1] / "validation" / "cases" / "battery"
FLOPS_PER_NODE = 420
FLOPS_PER_SHELL = 12
FLOPS_PER_SALT_NODE = 60


def median_cpu(work: Callable[[], Any], repeats: int) -> float:
    """Median CPU time of one call, s, after a first call that does not count."""
    work()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def error_of(folder: str, end: float, voltage: Callable[[Any], Any]) -> float:
    """Root mean square error against the reference from 0 to 97 % of the end time, V; each code interpolates itself."""
    with np.load(CASES / folder / "expected.npz") as stored:
        inside = (stored["time"] > 0) & (stored["time"] < 0.97 * end)
        miss = voltage(stored["time"][inside]) - stored["voltage"][inside]
    return float(np.sqrt(np.mean(miss**2)))


def ours(model: str, rate: str, accuracy: str) -> dict[str, Any]:
    """Array code alone and the whole verb."""
    cell = Cell.named("Chen2020")
    folder = f"chen2020_{model.lower()}_{rate.lower()}"
    case = json.loads((CASES / folder / "case.json").read_text())
    options = BatteryOptions(accuracy, error_estimate=False)
    resolution = options.resolution(model)
    arrays = discretise(cell, Model(model), resolution, starting_concentrations(cell))
    schedule = Protocol(case["protocol"]).compile(cell)
    marches = [begin(arrays, schedule) for _ in range(61)]
    spent = []
    for march in marches:
        start = time.process_time()
        march.advance()
        spent.append(time.process_time() - start)
    run = simulate(cell, case["protocol"], model=model, options=options)
    nodes, particles = arrays.nodes.shape[0], arrays.sites.shape[0]
    flops = run.stats.iterations * FLOPS_PER_NODE * nodes if model == "DFN" else 200 * run.stats.iterations
    flops += (run.stats.steps + run.stats.rejected) * FLOPS_PER_SALT_NODE * nodes if model == "SPMe" else 0
    flops += (run.stats.steps + run.stats.rejected) * FLOPS_PER_SHELL * particles * resolution.shells
    return {
        "what": f"{model} {rate}, {accuracy}",
        "array_ms": 1e3 * statistics.median(spent[1:]),
        "verb_ms": 1e3 * median_cpu(lambda: simulate(cell, case["protocol"], model=model, options=options), 40),
        "rms_mV": 1e3 * error_of(folder, case["end_time"], CubicSpline(run.time, run.voltage)),
        "end_s": float(run.time[-1]) - case["end_time"],
        "steps": run.stats.steps,
        "iterations": run.stats.iterations,
        "Mflop": flops / 1e6,
    }


def peer(model: str, rate: str) -> dict[str, Any]:
    """PyBaMM with its default mesh and its fastest solver, solved again and again."""
    import pybamm

    folder = f"chen2020_{model.lower()}_{rate.lower()}"
    case = json.loads((CASES / folder / "case.json").read_text())
    built = getattr(pybamm.lithium_ion, model)()
    parameters = pybamm.ParameterValues("Chen2020")
    simulation = pybamm.Simulation(
        built, parameter_values=parameters, C_rate=float(rate[:-1]), solver=pybamm.IDAKLUSolver()
    )
    until = 1.15 * case["end_time"]
    solution = simulation.solve([0, until])
    return {
        "what": f"{model} {rate}, PyBaMM {pybamm.__version__}",
        "verb_ms": 1e3 * median_cpu(lambda: simulation.solve([0, until]), 15),
        "rms_mV": 1e3 * error_of(folder, case["end_time"], lambda when: solution["Voltage [V]"](when)),
        "end_s": float(solution.t[-1]) - case["end_time"],
    }


DESIGNS = {
    "negative.thickness": [80e-6, 90e-6],
    "positive.particle_radius": [4e-6, 6e-6],
    "positive.diffusivity": [3e-15, 5e-15],
}
"""Geometry, with which the peer builds its model anew."""
PARAMETERS = {
    "negative.active_fraction": [0.712, 0.788],
    "positive.active_fraction": [0.632, 0.698],
    "negative.diffusivity": [3.14e-14, 3.47e-14],
    "positive.diffusivity": [3.8e-15, 4.2e-15],
    "separator.porosity": [0.4465, 0.4935],
}
"""What the peer takes as inputs: five values within five hundredths of those of the set."""


def sweep_cpu(n_cases: int, variations: dict[str, list[float]]) -> float:
    """CPU seconds for many cells, drawn at random: checked, solved and resampled."""
    cell = Cell.named("Chen2020")
    if "negative.active_fraction" in variations:
        cell = cell.replace({"negative.porosity": 0.2, "positive.porosity": 0.3})  # room for the share of the solid
    sweep(cell, variations, "Discharge at 1C until 2.5 V", samples="lhs", n_cases=2, backend="cpu")
    start = time.process_time()
    found = sweep(cell, variations, "Discharge at 1C until 2.5 V", samples="lhs", n_cases=n_cases, backend="cpu")
    spent = time.process_time() - start
    if found.failed:
        raise SystemExit(f"{len(found.failed)} of {n_cases} cells failed: {found.failed[0]['reason']}")
    return spent


def cold_start(code: str) -> float:
    """CPU seconds of a new process from its start to its first voltage; the least of five."""
    program = "import time\n" + code + "\nprint(time.process_time())"
    outputs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
        for _ in range(5)
    ]
    return min(float(text.split()[-1]) for text in outputs)


OURS_COLD = (
    "import joulebook as jb\n"
    "jb.battery.simulate(jb.battery.Cell.named('Chen2020'), 'Discharge at 1C until 2.5 V').voltage"
)
PEER_COLD = (
    "import pybamm\n"
    "s = pybamm.Simulation(pybamm.lithium_ion.DFN(), parameter_values=pybamm.ParameterValues('Chen2020'), C_rate=1)\n"
    "s.solve([0, 4000])['Voltage [V]'].entries"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with_peer = importlib.util.find_spec("pybamm") is not None
    rows = [
        ours(model, rate, accuracy)
        for model in ("DFN", "SPM", "SPMe")
        for rate in ("1C", "2C")
        for accuracy in ("fast", "standard", "reference")
    ]
    others = [peer(model, rate) for model in ("DFN", "SPM", "SPMe") for rate in ("1C", "2C")] if with_peer else []
    print(f"{'case':34} {'array ms':>9} {'verb ms':>8} {'rms mV':>8} {'end s':>8} {'steps':>6} {'its':>5} {'Mflop':>6}")
    for row in rows:
        print(
            f"{row['what']:34} {row['array_ms']:9.3f} {row['verb_ms']:8.3f} {row['rms_mV']:8.4f} {row['end_s']:+8.3f} "
            f"{row['steps']:6d} {row['iterations']:5d} {row['Mflop']:6.2f}"
        )
    for row in others:
        model_rate = row["what"].split(",")[0]
        mine = next(one for one in rows if one["what"] == f"{model_rate}, standard")
        row["ratio"] = row["verb_ms"] / mine["verb_ms"]
        print(
            f"{row['what']:34} {'':9} {row['verb_ms']:8.3f} {row['rms_mV']:8.4f} {row['end_s']:+8.3f}"
            f"   {row['ratio']:.1f} times our standard, error {row['rms_mV'] / mine['rms_mV']:.1f} times"
        )
    figures: dict[str, Any] = {"rows": rows, "peer": others, "sweep_1000_s": sweep_cpu(1000, DESIGNS)}
    print(f"1000 DFN designs at 1C: {figures['sweep_1000_s']:.2f} s CPU, checked, solved and resampled")
    figures["parameters_1000_s"] = sweep_cpu(1000, PARAMETERS)
    print(f"1000 DFN parameter sets at 1C: {figures['parameters_1000_s']:.2f} s CPU")
    figures["cold_start_s"] = cold_start(OURS_COLD)
    print(f"New process to first DFN voltage: {figures['cold_start_s']:.2f} s CPU")
    if with_peer:
        figures["peer_cold_start_s"] = cold_start(PEER_COLD)
        print(f"The same for the peer: {figures['peer_cold_start_s']:.2f} s CPU")
    else:
        print("PyBaMM is not installed: the extra 'bench' brings it")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
