"""Oracles of discharges: other parameter sets, several active phases with hysteresis, lumped thermal model.

``python tests/validation/generate/discharges.py NAME ...`` writes the named cases; without names all of them.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import pybamm
from peer import Case, make

ELECTRICAL = {"voltage": "Voltage [V]", "current": "Current [A]"}
UNITS = """Arrays over (step, share of the step's duration): `share`, `duration` s, `voltage` V, `current` A (discharge
positive). `NAME_error` is the oracle's own estimate."""
SETS: dict[str, dict[str, Any]] = {
    "ORegan2022": {
        "source": "doi:10.1016/j.electacta.2022.140700",
        "base": (20, 160),
        "shells": {"in_x": 1, "x_for_r": 10, "r_orders": (1, 2, 3)},
        "single": {"base": (5, 320), "r_orders": (1, 2, 3)},
        "note": """The diffusivities fall steeply with the stoichiometry, so even shells converge late: on its default
20 shells the peer's SPM ends 179 s early (3119 s instead of 3298 s).""",
    },
    "Chayambuka2022": {
        "source": "doi:10.1016/j.electacta.2021.139764",
        "base": (10, 80),
        "shells": {"in_x": 2, "x_for_r": 5, "in_r": 3, "r_orders": (1, 2, 3)},
        "single": {"base": (5, 320), "r_orders": (1, 2, 3)},
        "note": """Sodium-ion. Diffusivities and rate constants are tables, which the peer joins by straight lines; at
their kinks even shells converge with first order only. It also carries the tables on beyond their ends.""",
    },
    "Mohtat2020": {
        "source": "doi:10.1149/1945-7111/aba5d1",
        "initial_soc": 1.0,
        "note": "The publication's initial state is the discharged cell, so the case starts from SOC 1.",
    },
    "Prada2013": {"source": "doi:10.1149/2.053304jes", "base": (20, 40)},
    "NCA_Kim2011": {"source": "doi:10.1149/1.3597614"},
    "Ai2020": {"source": "doi:10.1149/2.0122001JES"},
    "Xu2019": {
        "source": "J. Electrochem. Soc. 166, A3456 (2019)",
        "options": {"working electrode": "positive"},
        "note": "A half cell: the counter-electrode is lithium metal.",
    },
}


def concentrations(values: Any, soc: float | None) -> dict[str, float]:
    """Concentrations of the initial state, mol/m³."""
    if soc is None:
        names = {
            "negative": "Initial concentration in negative electrode [mol.m-3]",
            "positive": "Initial concentration in positive electrode [mol.m-3]",
            "negative_primary": "Primary: Initial concentration in negative electrode [mol.m-3]",
            "negative_secondary": "Secondary: Initial concentration in negative electrode [mol.m-3]",
        }
        return {side: float(values[name]) for side, name in names.items() if name in values}
    shares = pybamm.lithium_ion.get_initial_stoichiometries(soc, values)
    return {
        side: float(share * values[f"Maximum concentration in {side} electrode [mol.m-3]"])
        for side, share in zip(("negative", "positive"), shares, strict=False)
    }


def one_set(name: str, model: str) -> None:
    """A discharge at 1C with a parameter set."""
    facts = SETS[name]
    values = pybamm.ParameterValues(name)
    soc = facts.get("initial_soc")
    cutoff = float(values["Lower voltage cut-off [V]"])
    options = facts.get("options", {})
    start = "from SOC 1" if soc else "from the set's initial state"
    case = Case(
        domain="sets",
        name=f"{name.lower()}_{model.lower()}_1c",
        title=f"{name}, {model}, discharge at 1C",
        notes=f"""Parameter set {name} ({facts["source"]}), {model}, isothermal at
{values["Ambient temperature [K]"]:g} K, {start}: 1C ({values["Nominal cell capacity [A.h]"]:g} A) to {cutoff:g} V.
{facts.get("note", "")}""",
        units=UNITS,
        values=values,
        model=lambda: getattr(pybamm.lithium_ion, model)(options),
        document={"cell": name, "model": {"name": model}},
        protocol=[f"Discharge at 1C until {cutoff:g} V"],
        names=ELECTRICAL,
        concentrations=concentrations(values, soc),
    )
    if model == "SPM":
        meshes = {"base": (5, 40), "in_x": 0, **facts.get("single", {})}
    else:
        meshes = {"base": facts.get("base", (20, 20)), **facts.get("shells", {})}
    make(case, "discharges.py", initial_soc=soc, **meshes)


HYSTERESIS = {
    "single": ("single", "no hysteresis: the silicon follows the mean of its two branches.", "mean"),
    "sigmoid": (
        "current sigmoid",
        """the silicon follows its delithiation branch on discharge and its lithiation branch on charge, the mean at
rest (the peer joins them by a sigmoid of the current of width 0.01 A/m²).""",
        "branches",
    ),
    "state": (
        "one-state hysteresis",
        """a state h from -1 (lithiation branch) to 1 (delithiation branch), U = (1 + h)/2 U_delith + (1 - h)/2 U_lith,
with dh/dt = Γ a j/(F c_max ε) (1 - sign(j) h)/2 at each node, h = 1 at the start and Γ = 10 both ways. Γ and the
start are numbers for a test, not of a material.""",
        "state",
    ),
}


def composite(kind: str) -> None:
    """Graphite with silicon: discharge, rest, charge."""
    option, words, document = HYSTERESIS[kind]
    values = pybamm.ParameterValues("Chen2020_composite")
    decay = {
        "Secondary: Negative particle lithiation hysteresis decay rate": 10.0,
        "Secondary: Negative particle delithiation hysteresis decay rate": 10.0,
        "Secondary: Initial hysteresis state in negative electrode": 1.0,
    }
    values.update(decay, check_already_exists=False)
    options = {"particle phases": ("2", "1"), "open-circuit potential": (("single", option), "single")}
    case = Case(
        domain="phases",
        name=f"chen2020_composite_dfn_{kind}",
        title=f"Chen2020_composite, DFN, discharge and charge: {option}",
        notes=f"""Graphite and silicon in the negative electrode (Ai et al. 2022, doi:10.1016/j.jpowsour.2022.231142),
DFN, isothermal at 298.15 K, from the set's initial state: 1C to 2.5 V, rest for 1 hour, C/2 to 4.2 V.
Silicon: {words}""",
        units=UNITS
        + """ `primary_current`, `secondary_current` A/m³ of electrode: x-averaged
reaction current of graphite and of silicon.""",
        values=values,
        model=lambda: pybamm.lithium_ion.DFN(options),
        document={"cell": "Chen2020_composite", "model": {"name": "DFN", "hysteresis": kind != "single"}},
        protocol=["Discharge at 1C until 2.5 V", "Rest for 1 hour", "Charge at C/2 until 4.2 V"],
        names={
            **ELECTRICAL,
            **{
                f"{phase}_current": f"X-averaged negative electrode {phase} volumetric interfacial current "
                "density [A.m-3]"
                for phase in ("primary", "secondary")
            },
        },
        concentrations=concentrations(values, None),
        further={"hysteresis": document, "decay": 10.0, "initial_hysteresis_state": 1.0},
    )
    make(case, "discharges.py", (20, 20))


HEAT = {
    "heat_ohmic": "Ohmic heating [W]",
    "heat_reaction": "Irreversible electrochemical heating [W]",
    "heat_entropic": "Reversible heating [W]",
    "heat_mixing": "Heat of mixing [W]",
    "heat_total": "Total heating [W]",
    "temperature": "Volume-averaged cell temperature [K]",
}


def warm(name: str, mixing: bool) -> None:
    """A discharge at 1C that warms the cell."""
    values = pybamm.ParameterValues(name)
    model = pybamm.lithium_ion.DFN({"thermal": "lumped"})
    density = float(values.evaluate(model.param.rho_c_p_eff(pybamm.Scalar(298.15))))
    volume = float(values.evaluate(model.param.V_cell))
    cooling = float(values.evaluate(model.param.h_total * model.param.A_cooling))
    values.update({"Cell heat capacity [J.K-1.m-3]": density}, check_already_exists=False)
    cutoff = float(values["Lower voltage cut-off [V]"])
    options = {
        "thermal": "lumped",
        "use lumped thermal capacity": "true",
        "heat of mixing": "true" if mixing else "false",
    }
    facts = SETS.get(name, {"source": "doi:10.1149/2.0341915jes"})
    case = Case(
        domain="thermal",
        name=f"{name.lower()}_dfn_lumped_1c" + ("_mixing" if mixing else ""),
        title=f"{name}, DFN, lumped thermal model, 1C" + (", with heat of mixing" if mixing else ""),
        notes=f"""Parameter set {name} ({facts["source"]}), DFN with one temperature, from the set's initial state at
298.15 K: 1C to {cutoff:g} V. Ohmic, reaction and entropic heat{", heat of mixing in the particles" if mixing else ""};
heat capacity {density * volume:.6g} J/K (the set's at 298.15 K, kept constant), cooling {cooling:.6g} W/K to 298.15 K.
The heat capacity is that of the peer's cell volume {volume:.4g} m³, not of the electrode stack.
{facts.get("note", "")}""",
        units=UNITS + " `temperature` K, `heat_...` W of the whole cell.",
        values=values,
        model=lambda: pybamm.lithium_ion.DFN(options),
        document={"cell": name, "model": {"name": "DFN", "thermal": "lumped", "heat_of_mixing": mixing}},
        protocol=[f"Discharge at 1C until {cutoff:g} V"],
        names={**ELECTRICAL, **HEAT},
        concentrations=concentrations(values, None),
        further={
            "thermal": {
                "heat_capacity": density * volume,
                "cooling_conductance": cooling,
                "ambient_temperature": 298.15,
            }
        },
    )
    meshes: dict[str, Any] = {"base": (20, 20)}
    if name == "ORegan2022":
        meshes = {"base": (10, 80), "in_x": 2, "x_for_r": 5, "in_r": 3, "r_orders": (2,)}
    make(case, "discharges.py", **meshes)


MAKERS: dict[str, Callable[[], None]] = {
    **{f"composite_{kind}": functools.partial(composite, kind) for kind in HYSTERESIS},
    **{
        f"{name.lower()}_{model.lower()}": functools.partial(one_set, name, model)
        for name in SETS
        for model in ("SPM", "DFN")
    },
    "thermal_marquis2019": functools.partial(warm, "Marquis2019", mixing=False),
    "thermal_marquis2019_mixing": functools.partial(warm, "Marquis2019", mixing=True),
    # with heat of mixing the peer does not get through this set
    "thermal_oregan2022": functools.partial(warm, "ORegan2022", mixing=False),
}

if __name__ == "__main__":
    for chosen in sys.argv[1:] or MAKERS:
        try:
            MAKERS[chosen]()
        except (pybamm.SolverError, AttributeError, KeyError) as fault:
            print(f"{chosen}: {type(fault).__name__}: {fault}", flush=True)
