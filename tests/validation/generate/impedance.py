"""Oracles of impedance: PyBaMM's own linearised model on several meshes, extrapolated to zero mesh width.

``python tests/validation/generate/impedance.py NAME ...`` writes the named cases; without names all of them. It needs
an interpreter that has PyBaMM.

Across the stack the meshes are even, and the values are extrapolated with orders 1 to 3. In the particles even shells
do not do: at 1 to 30 Hz the diffusion layer of a particle is thinner than a 160th of its radius, and an extrapolation
from there is off by 0.6 % and does not know it. Hence shells that thin exponentially towards the surface.
"""

from __future__ import annotations

import json
import sys
import textwrap
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pybamm
from peer import CASES, mesh, romberg

FREQUENCIES = np.logspace(-4, 4, 61)
STACK = (40, 80, 160, 320)
SHELLS = (40, 80, 160, 320)
STRETCH = 7.0
"""Of the exponential that thins the shells."""
METHOD = f"""**Oracle.** PyBaMM {pybamm.__version__}, `EISSimulation` (surface form: differential), extrapolated to zero
mesh width: {{meshes}}{SHELLS[0]} to {SHELLS[-1]} shells that thin exponentially towards the surface by
e^{STRETCH:g} (orders 2, 4, 6). `error` is the size of the last change in both, at most {{error:.2g}} % of the
magnitude. Written by `tests/validation/generate/impedance.py` in {{seconds:.0f}} s of CPU.

**Compared.** The complex impedance at 61 frequencies from 0.1 mHz to 10 kHz.

**Tolerance: {{tolerance:g}} % of the magnitude**, plus three times the oracle's error. Our solution has no mesh: what
is left is the oracle's.

Double layers have {{double_layer:g}} F/m² of particle surface. Units: `frequency` Hz; `real`, `imaginary`, `error` Ω.
"""


@dataclass(frozen=True)
class Case:
    """A spectrum that is asked of the peer."""

    name: str
    title: str
    cell: str
    parameters: str
    model: str
    notes: str
    tolerance: float
    soc: float | None = None
    state: dict[str, Any] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    temperature: float = 298.15
    double_layer: float = 0.2


def spectrum(case: Case, nodes: int, shells: int) -> Any:
    """Impedance on one mesh, Ω."""
    options = {"surface form": "differential", **case.options}
    model = getattr(pybamm.lithium_ion, case.model)(options)
    values = pybamm.ParameterValues(case.parameters)
    for name in ("Ambient temperature [K]", "Initial temperature [K]"):
        values[name] = case.temperature
    for side in ("Negative", "Positive"):
        values.update(
            {f"{side} electrode double-layer capacity [F.m-2]": case.double_layer}, check_already_exists=False
        )
    values.update(case.values)
    submeshes = model.default_submesh_types
    for domain in submeshes:
        if domain.endswith("particle"):
            submeshes[domain] = pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, {"side": "right", "stretch": STRETCH})
    simulation = pybamm.EISSimulation(
        model, parameter_values=values, var_pts=mesh(nodes, shells), submesh_types=submeshes
    )
    solution = simulation.solve(FREQUENCIES, initial_soc=case.soc)
    return np.array(solution["Impedance [Ohm]"])


def make(case: Case) -> None:
    """Compute a case on its meshes; store ``expected.npz``, ``case.json`` and ``README.md``."""
    started = time.process_time()
    base = spectrum(case, STACK[0], SHELLS[0])
    across = [base, *(spectrum(case, nodes, SHELLS[0]) for nodes in STACK[1:])]
    inside = [base, *(spectrum(case, STACK[0], shells) for shells in SHELLS[1:])]
    by_stack, error_stack = romberg(across, (1, 2, 3)) if case.model != "SPM" else (base, np.zeros(base.size))
    by_shells, error_shells = romberg(inside, (2, 4, 6))
    value = by_stack + by_shells - base
    error = error_stack + error_shells
    worst = float(np.max(error / np.abs(value)))
    folder = CASES / "impedance" / case.name
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        folder / "expected.npz", frequency=FREQUENCIES, real=value.real, imaginary=value.imag, error=error
    )
    document = {
        "kind": "impedance",
        "cell": case.cell,
        "model": case.model,
        "soc": case.soc,
        "initial_state": case.state,
        "temperature": case.temperature,
        "double_layer": case.double_layer,
        "tolerance": case.tolerance,
    }
    (folder / "case.json").write_text(json.dumps(document, indent=2) + "\n")
    facts = {
        "meshes": f"{STACK[0]} to {STACK[-1]} nodes an electrode (orders 1 to 3), " if case.model != "SPM" else "",
        "error": 100 * worst,
        "seconds": time.process_time() - started,
        "tolerance": 100 * case.tolerance,
        "double_layer": case.double_layer,
    }
    notes = textwrap.fill(case.notes, 120)
    (folder / "README.md").write_text(f"# {case.title}\n\n{notes}\n\n{METHOD.format(**facts)}")
    print(f"{case.name}: error at most {100 * worst:.3g} %, {time.process_time() - started:.0f} s", flush=True)


def _state(further: dict[str, float] | None = None, **concentrations: float) -> dict[str, Any]:
    """The same concentrations for us and, by the peer's names, for the peer, with further values of the peer."""
    phases = {"negative_additional", "positive_additional"} & set(concentrations)
    values: dict[str, float] = dict(further or {})
    for name, value in concentrations.items():
        side, which = name.split("_")
        several = f"{side}_additional" in phases
        prefix = {"concentration": "Primary: " if several else "", "additional": "Secondary: "}[which]
        values[f"{prefix}Initial concentration in {side} electrode [mol.m-3]"] = value
    state = {name: [value] if name in phases else value for name, value in concentrations.items()}
    return {"state": state, "values": values}


_LGM50 = "LG M50 of Chen et al. (2020, doi:10.1149/1945-7111/ab9050), at rest"
ALL = [
    Case(
        "chen2020_dfn_soc50",
        "LG M50 (Chen2020), DFN, half charged",
        "Chen2020",
        "Chen2020",
        "DFN",
        f"{_LGM50} at a state of charge of 50 %, 298.15 K.",
        5e-4,
        soc=0.5,
    ),
    Case(
        "chen2020_dfn_soc10",
        "LG M50 (Chen2020), DFN, nearly empty",
        "Chen2020",
        "Chen2020",
        "DFN",
        f"{_LGM50} at a state of charge of 10 %, 298.15 K, where the negative potential is steep.",
        5e-4,
        soc=0.1,
    ),
    Case(
        "chen2020_spm_soc50",
        "LG M50 (Chen2020), SPM, half charged",
        "Chen2020",
        "Chen2020",
        "SPM",
        f"{_LGM50} at a state of charge of 50 %, 298.15 K: charge transfer, double layer and particles alone.",
        5e-5,
        soc=0.5,
    ),
    Case(
        "ecker2015_dfn",
        "Kokam pouch cell (Ecker2015), DFN",
        "Ecker2015",
        "Ecker2015",
        "DFN",
        "Cell of Ecker et al. (2015, doi:10.1149/2.0551509jes and .0541509jes), at rest at 298.15 K, both electrodes "
        "half full: diffusivities that depend on the lithium content.",
        5e-4,
        **_state(negative_concentration=15960.0, positive_concentration=24290.0),
    ),
    Case(
        "oregan2022_dfn",
        "LG M50 (ORegan2022), DFN",
        "ORegan2022",
        "ORegan2022",
        "DFN",
        "LG M50 of O'Regan et al. (2022, doi:10.1016/j.electacta.2022.140700), at rest at 298.15 K: diffusivities over "
        "lithium content, transference number and thermodynamic factor over salt concentration, and unequal exponents "
        "of the rate law.",
        5e-4,
        **_state(negative_concentration=14800.0, positive_concentration=25900.0),
    ),
    Case(
        "chen2020_composite_dfn",
        "LG M50 with graphite and silicon apart (Chen2020_composite), DFN",
        "Chen2020_composite",
        "Chen2020_composite",
        "DFN",
        "Graphite and silicon as two materials in the negative electrode (Ai et al. 2022, "
        "doi:10.1016/j.jpowsour.2022.231142), at rest at 298.15 K, in equilibrium with each other; silicon has the "
        "mean of its two branches.",
        5e-4,
        options={"particle phases": ("2", "1")},
        **_state(
            negative_concentration=11451.186027933752,
            negative_additional=261181.89031190422,
            positive_concentration=37669.94400167333,
        ),
    ),
    Case(
        "xu2019_half_cell_dfn",
        "NMC532 against lithium metal (Xu2019), DFN",
        "Xu2019",
        "Xu2019",
        "DFN",
        "Half cell of Xu et al. (2019, J. Electrochem. Soc. 166, A3456), at rest at 298.15 K: a flat electrode of "
        "lithium metal with its charge transfer and double layer. At the metal the peer lets the salt follow the whole "
        "current, also the part that charges the double layer; ours follows the reaction alone, as in the porous "
        "electrodes of both. Above 100 Hz that makes 0.1 %, hence the wider tolerance.",
        2e-3,
        options={"working electrode": "positive"},
        **_state(positive_concentration=20000.0),
    ),
]


def main() -> None:
    """Write the named cases, or all."""
    wanted = sys.argv[1:]
    for case in ALL:
        if not wanted or case.name in wanted:
            make(case)


if __name__ == "__main__":
    main()
