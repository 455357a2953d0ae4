"""Print how far the peer is off on its default meshes, and of which order it is; run where PyBaMM is installed.

The mesh across the stack: Chen2020, DFN, 1C, on 20, 40 and 80 volumes a layer (the shells stay the same). The mesh in
the particles: ORegan2022, SPM, 1C, on 20 to 640 even shells.
"""

from __future__ import annotations

import itertools

import numpy as np
import pybamm

TOLERANCE = 1e-8
SHELLS = 20


def discharge(model: pybamm.BaseModel, values: pybamm.ParameterValues, x: int, r: int) -> pybamm.Solution:
    """Discharge at 1C to the lower cut-off on one mesh."""
    points = {"x_n": x, "x_s": x, "x_p": x, "r_n": r, "r_p": r}
    solver = pybamm.IDAKLUSolver(rtol=TOLERANCE, atol=TOLERANCE)
    simulation = pybamm.Simulation(model, parameter_values=values, var_pts=points, solver=solver)
    return simulation.solve([0.0, 4000.0])


def across() -> None:
    """Mesh across the stack."""
    found = [discharge(pybamm.lithium_ion.DFN(), pybamm.ParameterValues("Chen2020"), x, SHELLS) for x in (20, 40, 80)]
    times = np.linspace(0.02, 0.97, 200) * min(run.t[-1] for run in found)
    volts = [run["Voltage [V]"](times) for run in found]
    steps = [float(np.sqrt(np.mean((a - b) ** 2))) for a, b in itertools.pairwise(volts)]
    print(
        f"Chen2020 DFN 1C: {1e3 * steps[0]:.3f} mV from 20 to 40 volumes a layer, {1e3 * steps[1]:.3f} mV from 40 to 80"
    )
    print(f"  order {np.log2(steps[0] / steps[1]):.2f}; left on 20 volumes: {1e3 * (sum(steps) + steps[1]):.2f} mV rms")


def inside() -> None:
    """Mesh in the particles."""
    values = pybamm.ParameterValues("ORegan2022")
    ends = {r: float(discharge(pybamm.lithium_ion.SPM(), values, 5, r).t[-1]) for r in (20, 40, 80, 160, 320, 640)}
    best = ends[640] + (ends[640] - ends[320]) / 3.0
    for shells, end in ends.items():
        print(f"ORegan2022 SPM 1C, {shells} shells: ends after {end:.1f} s, capacity {100 * (end / best - 1):+.2f} %")


if __name__ == "__main__":
    across()
    inside()
