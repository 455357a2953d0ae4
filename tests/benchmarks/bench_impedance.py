"""Claim: the impedance of the full model at 61 frequencies in under a millisecond of CPU, with no mesh error.

Prints one table: CPU time and largest error against the extrapolated oracle of the validation cases, for Joulebook and,
where it is installed (extra ``bench``), for PyBaMM's ``EISSimulation`` in the same process on the same work: 61
frequencies from 0.1 mHz to 10 kHz of the LG M50 at half charge. Medians of repeats, CPU time. ``--json FILE`` keeps
the figures; the validation page quotes them.

The floor. A frequency of the full model is two 2×2 matrix functions and three square roots and exponentials for each
layer, about 600 complex flops with their transcendentals: 61 frequencies are some 0.3 Mflop, 40 µs at 8 Gflop/s. NumPy
spends the rest on some 250 calls on short arrays.
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

from joulebook.battery import Cell, impedance, impedance_values
from joulebook.battery.small_signal.linearise import linearise, rest_at
from joulebook.battery.small_signal.spectra import spectra

CASES = Path(__file__).parents[1] / "validation" / "cases" / "impedance"
SOC = 0.5


def median_cpu(work: Callable[[], Any], repeats: int) -> float:
    """Median CPU time of one call, s, after a first call that does not count."""
    work()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def truth(model: str) -> tuple[Any, Any]:
    """Frequencies and extrapolated impedance."""
    with np.load(CASES / f"chen2020_{model.lower()}_soc50" / "expected.npz") as stored:
        return stored["frequency"], stored["real"] + 1j * stored["imaginary"]


def error_of(found: Any, expected: Any) -> float:
    """Largest difference over the magnitude."""
    return float(np.max(np.abs(found - expected) / np.abs(expected)))


def ours(model: str) -> list[dict[str, Any]]:
    """Array code alone, from a cell to an array, from a changed design to an array, and the whole verb."""
    cell = Cell.named("Chen2020")
    frequencies, expected = truth(model)
    linear = linearise(cell, rest_at(cell, SOC), cell.temperature, 0.2)
    radius = iter(np.linspace(4e-6, 7e-6, 1000))

    def changed() -> Any:
        design = cell.replace({"negative.particle_radius": float(next(radius))})
        return impedance_values(design, frequencies, soc=SOC, model=model)

    works: dict[str, tuple[Callable[[], Any], int]] = {
        "array code": (lambda: spectra(linear, frequencies, model), 400),
        "cell to array": (lambda: impedance_values(cell, frequencies, soc=SOC, model=model), 200),
        "changed design to array": (changed, 200),
        "impedance(...)": (lambda: impedance(cell, frequencies, soc=SOC, model=model), 200),
    }
    error = error_of(impedance_values(cell, frequencies, soc=SOC, model=model), expected)
    return [
        {"what": f"{model}, {name}", "ms": 1e3 * median_cpu(work, repeats), "error": error}
        for name, (work, repeats) in works.items()
    ]


def peer(model: str, mesh: dict[str, int] | None, name: str) -> dict[str, Any]:
    """PyBaMM, solved again and again for the same state."""
    import pybamm

    frequencies, expected = truth(model)
    built = getattr(pybamm.lithium_ion, model)({"surface form": "differential"})
    simulation = pybamm.EISSimulation(built, parameter_values=pybamm.ParameterValues("Chen2020"), var_pts=mesh)
    first = simulation.solve(frequencies, initial_soc=SOC)
    spent = median_cpu(lambda: simulation.solve(frequencies), 7)
    found = np.array(first["Impedance [Ohm]"])
    return {
        "what": f"{model}, PyBaMM {pybamm.__version__}, {name}",
        "ms": 1e3 * spent,
        "error": error_of(found, expected),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows = [row for model in ("DFN", "SPM") for row in ours(model)]
    others = []
    if importlib.util.find_spec("pybamm") is not None:
        fine = {"x_n": 80, "x_s": 40, "x_p": 80, "r_n": 160, "r_p": 160}
        others = [
            peer("DFN", None, "default mesh"),
            peer("DFN", fine, "80/40/80, 160 shells"),
            peer("SPM", None, "default mesh"),
        ]
    print(f"{'61 frequencies of the LG M50 at half charge':52} {'CPU ms':>9} {'largest error':>14}")
    for row in [*rows, *others]:
        ratio = ""
        if row in others:
            mine = next(one for one in rows if one["what"] == f"{row['what'].split(',')[0]}, impedance(...)")
            row["ratio"], row["error_ratio"] = row["ms"] / mine["ms"], row["error"] / mine["error"]
            ratio = f"   {row['ratio']:.0f} times impedance(...), error {row['error_ratio']:.0f} times"
        print(f"{row['what']:52} {row['ms']:9.3f} {100 * row['error']:12.4f} %{ratio}")
    if not others:
        print("PyBaMM is not installed: the extra 'bench' brings it")
    if arguments.json:
        arguments.json.write_text(json.dumps({"rows": rows, "peer": others}, indent=2) + "\n")


if __name__ == "__main__":
    main()
