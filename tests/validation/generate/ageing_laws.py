"""The peer's side-reaction currents and rates at nodes and times of runs of its own, for the laws one by one.

``python tests/validation/generate/ageing_laws.py`` writes ``cases/ageing_laws``.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pybamm
from ageing import FULL, dfn, parameters
from peer import CASES, mesh, solve

GROWTH = ("reaction limited", "solvent-diffusion limited", "interstitial-diffusion limited", "EC reaction limited")
PLATING = ("irreversible", "reversible", "partially reversible")
SITE = {
    "potential": "Negative electrode surface potential difference [V]",
    "main_current": "Negative electrode interfacial current density [A.m-2]",
    "film_overpotential": "Negative electrode SEI film overpotential [V]",
    "total_current": "Total negative electrode interfacial current density variable [A.m-2]",
    "temperature": "Negative electrode temperature [K]",
    "salt": "Negative electrolyte concentration [mol.m-3]",
    "thickness": "Negative SEI thickness [m]",
    "thickness_on_cracks": "Negative SEI on cracks thickness [m]",
    "plated": "Negative lithium plating concentration [mol.m-3]",
    "dead": "Negative dead lithium concentration [mol.m-3]",
    "crack_length": "Negative particle crack length [m]",
    "active_fraction": "Negative electrode active material volume fraction",
    "porosity": "Negative electrode porosity",
    "mean_concentration": "R-averaged negative particle concentration [mol.m-3]",
    "surface_concentration": "Negative particle surface concentration [mol.m-3]",
    "surface_area": "Negative electrode surface area to volume ratio [m-1]",
    "film_current": "Negative electrode SEI interfacial current density [A.m-2]",
    "film_current_on_cracks": "Negative electrode SEI on cracks interfacial current density [A.m-2]",
    "plating_current": "Negative electrode lithium plating interfacial current density [A.m-2]",
    "roughness": "Negative electrode roughness ratio",
    "stress": "Negative particle surface tangential stress [Pa]",
    "displacement": "Negative particle surface displacement [m]",
    "cracking": "Negative particle cracking rate [m.s-1]",
    "active_change": "Negative electrode active material volume fraction change [s-1]",
}
SEI = {
    "molar_volume": "SEI partial molar volume [m3.mol-1]",
    "lithium_per_molecule": "Ratio of lithium moles to SEI moles",
    "resistivity": "SEI resistivity [Ohm.m]",
    "initial_thickness": "Initial SEI thickness [m]",
    "activation_energy": "SEI growth activation energy [J.mol-1]",
    "open_circuit_potential": "SEI open-circuit potential [V]",
    "exchange_current_density": "SEI reaction exchange current density [A.m-2]",
    "solvent_diffusivity": "SEI solvent diffusivity [m2.s-1]",
    "solvent_concentration": "Bulk solvent concentration [mol.m-3]",
    "interstitial_diffusivity": "SEI lithium interstitial diffusivity [m2.s-1]",
    "interstitial_concentration": "Lithium interstitial reference concentration [mol.m-3]",
    "ec_concentration": "EC initial concentration in electrolyte [mol.m-3]",
    "ec_diffusivity": "EC diffusivity [m2.s-1]",
    "ec_rate_constant": "SEI kinetic rate constant [m.s-1]",
    "initial_thickness_on_cracks": "Initial SEI on cracks thickness [m]",
}
METAL = {
    "rate_constant": "Lithium plating kinetic rate constant [m.s-1]",
    "transfer_coefficient": "Lithium plating transfer coefficient",
    "molar_volume": "Lithium metal partial molar volume [m3.mol-1]",
    "initial_concentration": "Initial plated lithium concentration [mol.m-3]",
    "dead_lithium_rate": "Dead lithium decay constant [s-1]",
}
MECHANICS = {
    "young_modulus": "Young's modulus [Pa]",
    "poisson_ratio": "Poisson's ratio",
    "partial_molar_volume": "partial molar volume [m3.mol-1]",
    "reference_concentration": "reference concentration for free of deformation [mol.m-3]",
    "cracking_exponent": "Paris' law constant m",
    "stress_intensity_factor": "Paris' law constant b",
    "initial_crack_length": "initial crack length [m]",
    "crack_width": "initial crack width [m]",
    "cracks_per_area": "number of cracks per unit area [m-2]",
    "stress_loss_rate": "LAM constant proportional term [s-1]",
    "stress_loss_exponent": "LAM constant exponential term",
    "critical_stress": "critical stress [Pa]",
    "reaction_loss_factor": "reaction-driven LAM factor [m3.mol-1]",
}
PROTOCOL = [("Discharge at 1C for 30 minutes", "Charge at 2C until 4.2 V", "Rest for 10 minutes")]
README = """# Laws of ageing at single points

Currents and rates of side reactions at {points} points (nodes of the negative electrode, times of a discharge, a
fast charge and a rest at 308.15 K) of the set OKane2022 (O'Kane et al. 2022, doi:10.1039/D2CP00417H), with the
arguments they belong to: {laws} growth laws and {platings} plating laws, one run each. Reaction-driven loss of active
material with a factor of 1e-4 m³/mol, so that it is seen beside the stress-driven one.

**Oracle.** {oracle}, DFN, nodes as solved, nothing interpolated or extrapolated: the numbers compare formulas, not
solvers. Written by `tests/validation/generate/ageing_laws.py`.

**Compared.** Our functions with the oracle's arguments. The film drop inside growth is given as the peer has it, from
the main reaction alone.

**Tolerance: 1e-9 relative.** Rounding, and the physical constants of both sides.

Units: SI; current densities A/m², positive for oxidation; concentrations mol/m³. Arrays over points.
"""


def points(steps: list[Any], nodes: np.ndarray) -> dict[str, np.ndarray]:
    """Values at the nodes and at a few solved times of each step."""
    rows: dict[str, list[np.ndarray]] = {short: [] for short in SITE}
    for step in steps:
        when = step.t[np.linspace(2, len(step.t) - 1, 4).astype(int)]
        for short, name in SITE.items():
            rows[short].append(np.asarray(step[name](when, x=nodes), dtype=float).ravel())
    return {short: np.concatenate(parts) for short, parts in rows.items()}


def main() -> None:
    """Run all laws and write the case."""
    values = parameters(308.15)
    values.update({"Negative electrode reaction-driven LAM factor [m3.mol-1]": 1e-4})
    nodes = (np.array([0, 4, 9]) + 0.5) * 8.52e-5 / 10
    parts, growth, plating = [], [], []
    runs = [(law, "partially reversible") for law in GROWTH] + [(GROWTH[1], law) for law in PLATING[:2]]
    for law, plates in runs:
        options = {
            **FULL,
            "SEI": law.replace("EC", "ec"),
            "lithium plating": plates,
            "loss of active material": ("stress and reaction-driven", "none"),
        }
        grid = mesh(10, 20)
        found = points(solve(dfn(options), values, PROTOCOL, grid, initial_soc=0.8), nodes)
        parts.append(found)
        growth += [GROWTH.index(law)] * len(found["potential"])
        plating += [PLATING.index(plates)] * len(found["potential"])
    arrays = {short: np.concatenate([part[short] for part in parts]) for short in SITE}
    folder = CASES / "ageing_laws" / "okane2022"
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "expected.npz", growth=growth, plating=plating, **arrays)
    case = {
        "growth": GROWTH,
        "plating": PLATING,
        "sei": {ours: values[theirs] for ours, theirs in SEI.items()},
        "metal": {ours: values[theirs] for ours, theirs in METAL.items()},
        # the peer's cracking rate is per hour
        "mechanics": {
            **{ours: values[f"Negative electrode {theirs}"] for ours, theirs in MECHANICS.items()},
            "cracking_rate": 3.9e-20 / 3600,
        },
        "fresh_porosity": values["Negative electrode porosity"],
        "particle_radius": values["Negative particle radius [m]"],
    }
    (folder / "case.json").write_text(json.dumps(case, indent=2) + "\n")
    oracle = f"PyBaMM {pybamm.__version__}"
    text = README.format(points=len(growth), laws=len(GROWTH), platings=len(PLATING), oracle=oracle)
    (folder / "README.md").write_text(text)
    print(f"{len(growth)} points, {(folder / 'expected.npz').stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    main()
