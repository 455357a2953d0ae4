"""Oracles of ageing: growth laws one by one, the full set of O'Kane et al. 2022, plating on fast charge, storage.

``python tests/validation/generate/ageing.py NAME ...`` writes the named cases; without names all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pybamm
from peer import Case, count_cracks_in_the_main_reaction
from peer import make as peer_make

CYCLE = ("Discharge at 1C until 2.5 V", "Charge at 0.3C until 4.2 V", "Hold at 4.2 V until C/100")
FULL = {
    "SEI": "solvent-diffusion limited",
    "SEI porosity change": "true",
    "lithium plating": "partially reversible",
    "lithium plating porosity change": "true",
    "particle mechanics": ("swelling and cracking", "swelling only"),
    "SEI on cracks": "true",
    "loss of active material": "stress-driven",
    "stress-induced diffusion": "true",
    "x-average side reactions": "true",
}
FULL_MODEL = {
    "sei": "solvent-diffusion limited",
    "sei_on_cracks": True,
    "plating": "partially reversible",
    "loss_of_active_material": ["stress"],
    "stress_diffusion": True,
    "porosity_change": True,
    "film_resistance": True,
}
POSITIVE_LOSS = 2.7778e-8
"""Loss of positive active material at the critical stress in the full set, 1/s: a tenth of the set's own."""
ELECTRICAL = {
    "voltage": "Voltage [V]",
    "current": "Current [A]",
    "surface_potential": "X-averaged negative electrode surface potential difference [V]",
    "lithium_lost": "Total lithium lost [mol]",
}
FILM = {"sei_thickness": "X-averaged negative SEI thickness [m]"}
METAL = {
    "plated": "X-averaged negative lithium plating concentration [mol.m-3]",
    "dead": "X-averaged negative dead lithium concentration [mol.m-3]",
}
STRUCTURE = {
    "sei_thickness_on_cracks": "X-averaged negative SEI on cracks thickness [m]",
    "crack_length": "X-averaged negative particle crack length [m]",
    "negative_active_fraction": "X-averaged negative electrode active material volume fraction",
    "positive_active_fraction": "X-averaged positive electrode active material volume fraction",
    "negative_porosity": "X-averaged negative electrode porosity",
}
UNITS = """Arrays over (step, share of the step's duration): `share`, `duration` s, `voltage` V, `current` A (discharge
positive), `surface_potential` V (φ_s - φ_e over the negative electrode), `lithium_lost` mol (side reactions, and
lithium left in lost active material, since the start), thicknesses and lengths m, `plated` and `dead` mol/m³ of
negative electrode, fractions 1. X-averages. `NAME_error` is the oracle's own estimate. Capacity of a cycle: the
integral of the current over its first step."""
SET = "Cell OKane2022 (O'Kane et al. 2022, doi:10.1039/D2CP00417H)"


def spm(options: dict[str, Any]) -> Callable[[], Any]:
    """The single-particle model, with side reactions solved together with the main one."""
    return lambda: pybamm.lithium_ion.SPM({**options, "surface form": "algebraic"})


def spme(options: dict[str, Any]) -> Callable[[], Any]:
    """The single-particle model with electrolyte."""
    return lambda: pybamm.lithium_ion.SPMe({"x-average side reactions": "true", **options})


def dfn(options: dict[str, Any]) -> Callable[[], Any]:
    """The full model."""
    return lambda: pybamm.lithium_ion.DFN({**options, "x-average side reactions": "false"})


def parameters(temperature: float = 298.15) -> Any:
    """The set OKane2022 at a temperature."""
    values = pybamm.ParameterValues("OKane2022")
    values.update({"Ambient temperature [K]": temperature, "Initial temperature [K]": temperature})
    return values


def make(
    name: str,
    title: str,
    notes: str,
    model: Callable[[], Any],
    document: dict[str, Any],
    protocol: list[Any],
    names: dict[str, str],
    *,
    temperature: float = 298.15,
    initial_soc: float = 1.0,
    changes: bool = False,
    **meshes: Any,
) -> None:
    """Compute one case and write it."""
    values = parameters(temperature)
    if changes:
        values.update({"Positive electrode LAM constant proportional term [s-1]": POSITIVE_LOSS})
    start = pybamm.lithium_ion.get_initial_stoichiometries(initial_soc, pybamm.ParameterValues("OKane2022"))
    case = Case(
        domain="ageing",
        name=name,
        title=title,
        notes=notes,
        units=UNITS,
        values=values,
        model=model,
        document={"cell": "OKane2022", "model": document},
        protocol=protocol,
        names={**ELECTRICAL, **names},
        concentrations={
            side: float(share * values[f"Maximum concentration in {side} electrode [mol.m-3]"])
            for side, share in zip(("negative", "positive"), start, strict=False)
        },
        further={"changes": {"positive.mechanics.stress_loss_rate": POSITIVE_LOSS} if changes else {}},
    )
    peer_make(case, "ageing.py", initial_soc=initial_soc, **meshes)


SOLO = (
    SET
    + """, {model}, from SOC 1 at 298.15 K, five cycles: 1C to 2.5 V,
0.3C to 4.2 V, held there to C/100. Film growth ({law}) with film resistance; no other ageing, porosity constant.
"""
)
TOGETHER = 'The peer with "surface form: algebraic", which solves side reactions together with the main reaction.'
FULL_NOTE = (
    SET
    + """, {model}, from SOC 1 at 298.15 K, {cycles} cycles: 1C to
2.5 V, 0.3C to 4.2 V, held there to C/100. Film growth limited by solvent diffusion on particles and cracks, partially
reversible plating, {pores}; cracks in the negative particles, stress-driven loss of
active material in both electrodes; film resistance; {stress}.
"""
)
SPED = "stress speeds diffusion in both electrodes"
STILL = """stress does not act on diffusion: the
positive electrode then feels more of it than the set was made for, so its loss of active material has a tenth of the
set's rate constant (`changes` in `case.json`)"""
FILLED = "both filling the pores"
OPEN = """porosity constant (the peer's SPM would raise the salt concentration as pores fill, in each
electrode by itself)"""
MENDED = """The peer's SPMe is mended in one place (`count_cracks_in_the_main_reaction` in `peer.py`): as it comes, the
current of growth on cracks is not taken off the main reaction, and the salt of the electrolyte falls by what the
cracks bind (1.4e-4 mol, 2.6 % of the salt, in two cycles). What cannot be mended from outside: it finds the
overpotential from the total current density instead of that of the main reaction. On the SPM, where both ways exist,
this shifts the voltage by up to 1.5 mV and step durations by up to 7 s in two cycles. Ask of this case no more
than that; the cases of SPM and DFN are strict. Side reactions x-averaged; with local ones the voltage moves by
0.16 mV."""
LAWS = {
    "reaction": ("reaction limited", "reaction limited"),
    "solvent": ("solvent-diffusion limited", "solvent-diffusion limited"),
    "interstitial": ("interstitial-diffusion limited", "interstitial-diffusion limited"),
    "ec": ("ec reaction limited", "EC reaction limited"),
}


def single(key: str) -> None:
    """SPM with one growth law."""
    theirs, ours = LAWS[key]
    make(
        f"okane2022_spm_{key}",
        f"O'Kane 2022, SPM, film growth: {ours}",
        SOLO.format(model="SPM", law=ours) + TOGETHER,
        spm({"SEI": theirs}),
        {"name": "SPM", "sei": ours, "porosity_change": False},
        [CYCLE] * 5,
        FILM,
        base=(5, 20),
        in_x=0,
    )


def full_spm() -> None:
    """All of O'Kane's mechanisms in the SPM."""
    make(
        "okane2022_spm_full",
        "O'Kane 2022, SPM, all mechanisms",
        FULL_NOTE.format(model="SPM", cycles="five", pores=OPEN, stress=SPED)
        + '\nThe peer with "surface form: algebraic": all reactions together.',
        spm({**FULL, "SEI porosity change": "false", "lithium plating porosity change": "false"}),
        {"name": "SPM", **FULL_MODEL, "porosity_change": False},
        [CYCLE] * 5,
        {**FILM, **METAL, **STRUCTURE},
        base=(5, 20),
        in_x=0,
    )


def still_spm() -> None:
    """All of O'Kane's mechanisms in the SPM, with diffusion that stress does not touch."""
    options = {"SEI porosity change": "false", "lithium plating porosity change": "false"}
    make(
        "okane2022_spm_full_still",
        "O'Kane 2022, SPM, all mechanisms but that of stress on diffusion",
        FULL_NOTE.format(model="SPM", cycles="five", pores=OPEN, stress=STILL) + TOGETHER,
        spm({**FULL, **options, "stress-induced diffusion": "false"}),
        {"name": "SPM", **FULL_MODEL, "stress_diffusion": False, "porosity_change": False},
        [CYCLE] * 5,
        {**FILM, **METAL, **STRUCTURE},
        base=(5, 20),
        in_x=0,
        changes=True,
    )


def full_spme() -> None:
    """All of O'Kane's mechanisms in the SPMe."""
    count_cracks_in_the_main_reaction()
    make(
        "okane2022_spme_full",
        "O'Kane 2022, SPMe, all mechanisms",
        FULL_NOTE.format(model="SPMe", cycles="five", pores=FILLED, stress=SPED) + MENDED,
        spme(FULL),
        {"name": "SPMe", **FULL_MODEL},
        [CYCLE] * 5,
        {**FILM, **METAL, **STRUCTURE},
    )


def full_dfn() -> None:
    """All of O'Kane's mechanisms in the DFN."""
    make(
        "okane2022_dfn_full",
        "O'Kane 2022, DFN, all mechanisms",
        FULL_NOTE.format(model="DFN", cycles="two", pores=FILLED, stress=SPED) + "Side reactions local at every node.",
        dfn(FULL),
        {"name": "DFN", **FULL_MODEL},
        [CYCLE] * 2,
        {**FILM, **METAL, **STRUCTURE},
    )


def solvent_spme() -> None:
    """SPMe with growth limited by the solvent."""
    make(
        "okane2022_spme_solvent",
        "O'Kane 2022, SPMe, film growth limited by solvent diffusion",
        SOLO.format(model="SPMe", law="solvent-diffusion limited")
        + "The peer finds the overpotential from the total current density; film growth is 1e-5 of it.",
        spme({"SEI": "solvent-diffusion limited"}),
        {"name": "SPMe", "sei": "solvent-diffusion limited", "porosity_change": False},
        [CYCLE] * 5,
        FILM,
    )


def plating() -> None:
    """Fast charge in the cold."""
    make(
        "okane2022_dfn_plating",
        "O'Kane 2022, DFN, partially reversible plating at 2C and 5 °C",
        SET
        + """, DFN, isothermal at 278.15 K, from SOC 0:
charge at 2C to 4.2 V, rest for 1 hour, discharge at 1C to 2.5 V. Partially reversible plating on the negative
electrode, no film growth (the film keeps 5 nm, so dead lithium forms at its own rate constant), no film resistance,
porosity constant.""",
        dfn({"lithium plating": "partially reversible", "SEI": "constant", "SEI film resistance": "none"}),
        {"name": "DFN", "plating": "partially reversible", "porosity_change": False, "film_resistance": False},
        [("Charge at 2C until 4.2 V", "Rest for 1 hour", "Discharge at 1C until 2.5 V")],
        METAL,
        temperature=278.15,
        initial_soc=0.0,
        base=(40, 80),
        x_for_r=10,
    )


def storage(key: str) -> None:
    """A year at rest, fully charged."""
    theirs, ours = LAWS[key]
    make(
        f"okane2022_spm_storage_{key}",
        f"O'Kane 2022, SPM, a year at rest: {ours}",
        SET
        + f""", SPM, at rest for 365 days from SOC 1 at 298.15 K.
Film growth ({ours}) takes lithium from the negative particles; porosity constant.
"""
        + TOGETHER,
        spm({"SEI": theirs}),
        {"name": "SPM", "sei": ours, "porosity_change": False},
        ["Rest for 8760 hours"],
        FILM,
        base=(5, 20),
        in_x=0,
    )


MAKERS: dict[str, Callable[[], None]] = {
    "full_spme": full_spme,
    "full_spm": full_spm,
    "still_spm": still_spm,
    **{f"spm_{key}": (lambda key=key: single(key)) for key in LAWS},
    "plating": plating,
    "solvent_spme": solvent_spme,
    **{f"storage_{key}": (lambda key=key: storage(key)) for key in LAWS},
    "full_dfn": full_dfn,
}

if __name__ == "__main__":
    for chosen in sys.argv[1:] or MAKERS:
        MAKERS[chosen]()
