"""Claim: studies that take the peer seconds take milliseconds: charging, drive cycles, ageing, sensitivities.

Prints one line per study: CPU time of the whole verb (checked, solved, made into a result; without the second solve
that estimates the error), medians of repeats in one process, and PyBaMM on the same work where it is installed.
``--all`` also runs the peer's longest studies (about a minute). ``tools/bench.sh`` sets one thread for everybody.
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

from joulebook.battery import Cell, Drive, Model, Protocol, sensitivities, simulate

DRIVE = Path(__file__).parents[1] / "validation" / "cases" / "protocols" / "chen2020_dfn_drive"
QUICK = {"error_estimate": False}
CCCV = (
    "Discharge at 1C until 2.5 V",
    "Rest for 1 hour",
    "Charge at C/2 until 4.2 V",
    "Hold at 4.2 V until C/50",
    "Rest for 1 hour",
)
CYCLE = ("Discharge at 1C until 2.5 V", "Charge at 0.3C until 4.2 V", "Hold at 4.2 V until C/100")
FILM = "solvent-diffusion limited"
FULL = Model(
    "SPMe",
    sei=FILM,
    sei_on_cracks=True,
    plating="partially reversible",
    loss_of_active_material=("stress",),
)
PARAMETERS = (
    "negative.thickness",
    "positive.thickness",
    "negative.particle_radius",
    "positive.particle_radius",
    "separator.porosity",
)


def median_cpu(work: Callable[[], Any], repeats: int) -> float:
    """Median CPU time of one call, ms, after a first call that does not count."""
    work()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return 1e3 * statistics.median(spent)


def drive() -> tuple[Protocol, dict[str, float], np.ndarray]:
    """Drive cycle of 1200 s with a corner in every second, its start and the reference voltage."""
    case = json.loads((DRIVE / "case.json").read_text())
    with np.load(DRIVE / "expected.npz") as stored:
        current, voltage = stored["current"][0], stored["voltage"][0]
    start = {f"{side}_concentration": case["initial_concentrations"][side] for side in ("negative", "positive")}
    return Protocol(Drive(np.arange(current.size) * 1.0, current=current)), start, voltage


def drive_error(options: dict[str, Any]) -> float:
    """Root mean square error of the drive cycle at the corners, mV."""
    protocol, start, voltage = drive()
    run = simulate(Cell.named("Chen2020"), protocol, initial_state=start, options={**QUICK, **options})
    corners = np.clip(np.searchsorted(run.time, np.arange(voltage.size) - 1e-6), 0, run.time.size - 1)
    return 1e3 * float(np.sqrt(np.mean((run.voltage[corners] - voltage)[1:] ** 2)))


def ours() -> dict[str, float]:
    """CPU time of each study, ms."""
    chen, okane = Cell.named("Chen2020"), Cell.named("OKane2022")
    cycles = Protocol([CYCLE]) * 100
    protocol, start, _ = drive()

    def age(model: Model, curves: bool = True, times: int = 1, jump: float | None = None) -> Callable[[], Any]:
        options = {**QUICK, "curves": curves, "cycle_jump": jump}
        return lambda: simulate(okane, cycles * times, model=model, initial_soc=1.0, options=options)

    discharge = "Discharge at 1C until 2.5 V"
    return {
        "SPM 1C": median_cpu(lambda: simulate(chen, discharge, model="SPM", options=QUICK), 30),
        "SPMe 1C": median_cpu(lambda: simulate(chen, discharge, model="SPMe", options=QUICK), 30),
        "DFN 1C with its error estimate": median_cpu(lambda: simulate(chen, discharge), 30),
        "DFN CCCV with rests": median_cpu(lambda: simulate(chen, list(CCCV), initial_soc=1.0, options=QUICK), 20),
        "DFN drive cycle, 1200 s": median_cpu(lambda: simulate(chen, protocol, initial_state=start, options=QUICK), 5),
        "100 cycles SPM, SEI": median_cpu(age(Model("SPM", sei=FILM)), 3),
        "100 cycles SPMe, SEI": median_cpu(age(Model("SPMe", sei=FILM)), 3),
        "100 cycles SPMe, everything": median_cpu(age(FULL), 3),
        "the first, without curves": median_cpu(age(Model("SPM", sei=FILM), False), 5),
        "the second, without curves": median_cpu(age(Model("SPMe", sei=FILM), False), 5),
        "the third, without curves": median_cpu(age(FULL, False), 5),
        "1000 cycles SPMe, everything": median_cpu(age(FULL, times=10), 1),
        "the same, leaping within 1 %": median_cpu(age(FULL, times=10, jump=0.01), 3),
        "5 sensitivities, DFN 1C": median_cpu(lambda: sensitivities(chen, PARAMETERS, discharge), 20),
    }


def peer(everything: bool) -> dict[str, float]:
    """CPU time of PyBaMM on the same studies, ms, with its default meshes and its fastest solver."""
    import pybamm

    warnings.simplefilter("ignore")
    pybamm.set_logging_level("ERROR")
    lithium_ion = pybamm.lithium_ion
    found: dict[str, float] = {}

    def study(model: Any, cell: str, steps: Any, repeats: int, **start: Any) -> float:
        simulation = pybamm.Simulation(
            model,
            parameter_values=pybamm.ParameterValues(cell),
            experiment=pybamm.Experiment(steps),
            solver=pybamm.IDAKLUSolver(),
        )
        return median_cpu(lambda: simulation.solve(**start), repeats)

    for name in ("SPM", "SPMe"):
        simulation = pybamm.Simulation(
            getattr(lithium_ion, name)(),
            parameter_values=pybamm.ParameterValues("Chen2020"),
            C_rate=1,
            solver=pybamm.IDAKLUSolver(),
        )
        found[f"{name} 1C"] = median_cpu(lambda simulation=simulation: simulation.solve([0, 4000]), 10)
    found["DFN CCCV with rests"] = study(lithium_ion.DFN(), "Chen2020", list(CCCV), 3, initial_soc=1)
    for name in ("SPM", "SPMe"):
        model = getattr(lithium_ion, name)({"SEI": "solvent-diffusion limited"})
        found[f"100 cycles {name}, SEI"] = study(model, "OKane2022", [CYCLE] * 100, 1, initial_soc=1)
    if everything:
        options = {
            "SEI": "solvent-diffusion limited",
            "SEI porosity change": "true",
            "lithium plating": "partially reversible",
            "lithium plating porosity change": "true",
            "particle mechanics": ("swelling and cracking", "swelling only"),
            "SEI on cracks": "true",
            "loss of active material": "stress-driven",
        }
        found["100 cycles SPMe, everything"] = study(
            lithium_ion.SPMe(options), "OKane2022", [CYCLE] * 100, 1, initial_soc=1
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="also the peer's longest studies")
    arguments = parser.parse_args()
    mine = ours()
    others = peer(arguments.all) if importlib.util.find_spec("pybamm") is not None else {}
    print(f"{'study':34} {'ms CPU':>9} {'PyBaMM ms':>10} {'ratio':>7}")
    for name, spent in mine.items():
        other = others.get(name)
        beside = f" {other:10.1f} {other / spent:7.1f}" if other else ""
        print(f"{name:34} {spent:9.3f}{beside}")
    for options in ({}, {"accuracy": "reference"}):
        print(f"drive cycle, {options.get('accuracy', 'standard')}: {drive_error(options):.3f} mV rms")


if __name__ == "__main__":
    main()
