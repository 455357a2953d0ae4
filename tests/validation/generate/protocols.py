"""Oracles of protocols for the LG M50 of Chen et al. 2020, DFN: power pulses, a cycle, a drive cycle.

``python tests/validation/generate/protocols.py NAME ...`` writes the named cases; without names all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pybamm
from peer import Case, Mesh, make

ELECTRICAL = {"voltage": "Voltage [V]", "current": "Current [A]"}
UNITS = """Arrays over (step, share of the step's duration): `share`, `duration` s, `voltage` V, `current` A (discharge
positive). `NAME_error` is the oracle's own estimate."""
SET = "Cell Chen2020 (Chen et al. 2020, doi:10.1149/1945-7111/ab9050), DFN, isothermal at 298.15 K"
PULSES = ("Discharge at 2C for 30 seconds", "Rest for 40 seconds", "Charge at 1C for 10 seconds", "Rest for 10 minutes")
KNOTS = np.arange(1201.0)


def drive_current(time: np.ndarray) -> np.ndarray:
    """Current of the drive cycle at its knots, A."""
    waves = (0.5, 97.0), (0.8, 31.0), (0.6, 7.3)
    shape = 0.4 + sum(height * np.sin(2.0 * np.pi * time / period) for height, period in waves)
    return np.clip(5.0 * shape, -5.0, 12.5)


def concentrations(soc: float) -> dict[str, float]:
    """Concentrations at a state of charge, mol/m³."""
    values = pybamm.ParameterValues("Chen2020")
    shares = pybamm.lithium_ion.get_initial_stoichiometries(soc, values)
    return {
        side: float(share * values[f"Maximum concentration in {side} electrode [mol.m-3]"])
        for side, share in zip(("negative", "positive"), shares, strict=False)
    }


def describe(name: str, title: str, notes: str, protocol: list[Any], soc: float, **further: Any) -> Case:
    """A case with the DFN of Chen2020."""
    return Case(
        domain="protocols",
        name=name,
        title=title,
        notes=notes,
        units=UNITS,
        values=pybamm.ParameterValues("Chen2020"),
        model=pybamm.lithium_ion.DFN,
        document={"cell": "Chen2020", "model": {"name": "DFN"}},
        protocol=protocol,
        names=ELECTRICAL,
        concentrations=concentrations(soc),
        further=further,
    )


def hppc() -> None:
    """Pulses at three states of charge."""
    between = "Discharge at C/3 for 54 minutes"
    protocol = [PULSES, (between, "Rest for 1 hour"), PULSES, (between, "Rest for 1 hour"), PULSES]
    notes = f"""{SET}, from SOC 0.8: pulses (2C out for 30 s, rest 40 s, 1C in for 10 s, rest 600 s), C/3 out
for 54 minutes and 1 hour of rest, twice, then the pulses again."""
    case = describe("chen2020_dfn_hppc", "LG M50 (Chen2020), DFN, power pulses", notes, protocol, 0.8)
    make(case, "protocols.py", (20, 40), initial_soc=0.8)


def cccv() -> None:
    """A full cycle with rests."""
    protocol = [
        "Discharge at 1C until 2.5 V",
        "Rest for 1 hour",
        "Charge at C/2 until 4.2 V",
        "Hold at 4.2 V until C/50",
        "Rest for 1 hour",
    ]
    notes = f"{SET}, from SOC 1: 1C to 2.5 V, rest for 1 hour, C/2 to 4.2 V, held there to C/50, rest for 1 hour."
    case = describe("chen2020_dfn_cccv", "LG M50 (Chen2020), DFN, cycle with rests", notes, protocol, 1.0)
    make(case, "protocols.py", (20, 20), initial_soc=1.0)


def drive() -> None:
    """A drive cycle given by its knots."""
    notes = f"""{SET}, from SOC 0.6: 1200 s of a current given each second and joined by straight lines,
I = clip(5 (0.4 + 0.5 sin(2π t/97) + 0.8 sin(2π t/31) + 0.6 sin(2π t/7.3)), -5, 12.5) A. The oracle's steps are at most
0.25 s. `share` is time/1200 s, each second."""
    case = describe(
        "chen2020_dfn_drive",
        "LG M50 (Chen2020), DFN, drive cycle of 1200 s",
        notes,
        ["the current of expected.npz, one value per second, joined by straight lines"],
        0.6,
        series={"interval": 1.0, "interpolation": "linear"},
    )
    values = case.values.copy()
    current = drive_current(KNOTS)
    values["Current function [A]"] = pybamm.Interpolant(KNOTS, current, pybamm.t, interpolator="linear")

    def run(nodes: Mesh) -> dict[str, np.ndarray]:
        solver = pybamm.IDAKLUSolver(rtol=1e-8, atol=1e-8, options={"dt_max": 0.25, "max_num_steps": 10**7})
        simulation = pybamm.Simulation(case.model(), parameter_values=values, solver=solver, var_pts=nodes)
        solution = simulation.solve([0, 1200], t_interp=KNOTS, initial_soc=0.6)
        voltage = np.asarray(solution["Voltage [V]"](KNOTS))[None]
        return {"duration": np.array([1200.0]), "voltage": voltage, "current": current[None]}

    make(case, "protocols.py", (20, 20), run=run, shares=KNOTS / 1200.0, initial_soc=0.6)


MAKERS: dict[str, Callable[[], None]] = {"hppc": hppc, "cccv": cccv, "drive": drive}

if __name__ == "__main__":
    for chosen in sys.argv[1:] or MAKERS:
        MAKERS[chosen]()
