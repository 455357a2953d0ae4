"""The LG M50 with the ageing of O'Kane et al. (2022)."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.ai2020 import CRACK_NOTE, CRACKS
from joulebook.battery.named.chen2020 import CAN, CHEN_2020, HEAT_NOTE, LG_M50_STACK
from joulebook.battery.named.published import EXAMPLE_SEI, source, sourced

__all__ = ["OKANE_2022"]

_SET = source("OKane2022")

OKANE_2022: dict[str, Any] = sourced(
    {
        "kind": "joulebook.cell",
        "schema_version": 1,
        "name": "LG M50 with ageing (OKane2022)",
        "description": (
            "The LG M50 of Chen et al. (2020) with temperature dependence and with the film growth, plating, cracks "
            "and loss of active material of O'Kane et al. (2022), as PyBaMM distributes it."
        ),
        "negative": {
            **CHEN_2020["negative"],
            "material": "LGM50 graphite-SiOx (O'Kane 2022)",
            "bruggeman_electrode": 1.5,
            "sei": {
                **EXAMPLE_SEI,
                "lithium_per_molecule": 1.0,
                "activation_energy": 38000.0,
                "initial_thickness_on_cracks": 5e-13,
            },
            "plating": {
                "rate_constant": 1e-9,
                "transfer_coefficient": 0.65,
                "molar_volume": 1.3e-5,
                "initial_concentration": 0.0,
                "dead_lithium_rate": 1e-6,
            },
            "mechanics": {
                **CRACKS,
                "young_modulus": 15e9,
                "poisson_ratio": 0.3,
                "partial_molar_volume": 3.1e-6,
                "stress_loss_rate": 2.7778e-7,
                "critical_stress": 60e6,
            },
        },
        "separator": CHEN_2020["separator"],
        "positive": {
            **CHEN_2020["positive"],
            "material": "LGM50 NMC811 (O'Kane 2022)",
            "bruggeman_electrode": 1.5,
            "mechanics": {
                **CRACKS,
                "young_modulus": 375e9,
                "poisson_ratio": 0.2,
                "partial_molar_volume": 1.25e-5,
                "stress_loss_rate": 2.7778e-7,
                "critical_stress": 375e6,
            },
        },
        "electrolyte": {"material": "LiPF6 EC:EMC 3:7 (Nyman 2008, with temperature)", "concentration": 1000.0},
        **LG_M50_STACK,
        "thermal": CHEN_2020["thermal"],
        "initial_state": CHEN_2020["initial_state"],
    },
    _SET,
    {
        **CAN,
        "negative.sei": source(
            "OKane2022", note="From PyBaMM's set, which does not claim that it represents this cell; method not checked"
        ),
        "negative.sei.lithium_per_molecule": source(
            "OKane2022", note="From PyBaMM's set, which calls it not physical but true to the paper"
        ),
        "negative.mechanics.cracking_rate": source("OKane2022", "computed", CRACK_NOTE),
        "positive.mechanics.cracking_rate": source("OKane2022", "computed", CRACK_NOTE),
        "thermal": source("OKane2022", "computed", HEAT_NOTE),
        "thermal.ambient_temperature": _SET,
    },
)
