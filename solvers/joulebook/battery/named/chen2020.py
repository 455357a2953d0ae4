"""The LG M50 of Chen et al. (2020)."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.published import DOUBLE_LAYER, EXAMPLE_SEI, film, source, sourced, thermal

__all__ = ["CAN", "CHEN_2020", "FOILS", "HEAT_NOTE", "LG_M50_STACK"]

_SET = source("Chen2020")
HEAT_NOTE = (
    "Heat capacity: mean of ρ c_p over foils, coatings and separator of PyBaMM's set times its cell volume. "
    "Conductance: heat transfer coefficient times cooling surface of the set"
)
CAN = {
    "format.diameter": source("", "assumed", "21700 by name: 21 mm × 70 mm, the 24.2 cm³ of PyBaMM's set"),
    "format.height": source("", "assumed", "21700 by name: 21 mm × 70 mm, the 24.2 cm³ of PyBaMM's set"),
}
"""Sources of the housing."""

FOILS: dict[str, Any] = {
    "negative_collector": {"material": "copper", "thickness": 12e-6},
    "positive_collector": {"material": "aluminium", "thickness": 16e-6},
}

LG_M50_STACK: dict[str, Any] = {
    **FOILS,
    "electrode_height": 0.065,
    "electrode_width": 1.58,
    "electrodes_in_parallel": 1,
    "format": {"shape": "cylindrical", "diameter": 0.021, "height": 0.07},
    "contact_resistance": 0.0,
    "nominal_capacity": 5.0,
    "lower_cutoff": 2.5,
    "upper_cutoff": 4.2,
    "temperature": 298.15,
}
"""What all sets of the LG M50 have in common."""

CHEN_2020: dict[str, Any] = sourced(
    {
        "kind": "joulebook.cell",
        "schema_version": 1,
        "name": "LG M50 (Chen2020)",
        "description": (
            "Commercial 21700 cell LG INR21700 M50, 5 A h, NMC811 against graphite–SiOx, "
            "with the parameters of Chen et al. (2020) as PyBaMM distributes them: without tab sizes and case mass."
        ),
        "negative": {
            "material": "LGM50 graphite-SiOx",
            "thickness": 85.2e-6,
            "porosity": 0.25,
            "active_fraction": 0.75,
            "particle_radius": 5.86e-6,
            "conductivity": 215.0,
            "bruggeman_electrolyte": 1.5,
            "bruggeman_electrode": 0.0,
            "density": 1657.0,
            "double_layer_capacity": DOUBLE_LAYER,
            "sei": EXAMPLE_SEI,
        },
        "separator": {
            "material": "LGM50 separator",
            "thickness": 12e-6,
            "porosity": 0.47,
            "bruggeman_electrolyte": 1.5,
            "density": 397.0,
        },
        "positive": {
            "material": "LGM50 NMC811",
            "thickness": 75.6e-6,
            "porosity": 0.335,
            "active_fraction": 0.665,
            "particle_radius": 5.22e-6,
            "conductivity": 0.18,
            "bruggeman_electrolyte": 1.5,
            "bruggeman_electrode": 0.0,
            "density": 3262.0,
            "double_layer_capacity": DOUBLE_LAYER,
        },
        "electrolyte": {"material": "LiPF6 EC:EMC 3:7 (Nyman 2008)", "concentration": 1000.0},
        **LG_M50_STACK,
        "thermal": thermal(
            (
                (12e-6, 8960.0, 385.0),
                (85.2e-6, 1657.0, 700.0),
                (12e-6, 397.0, 700.0),
                (75.6e-6, 3262.0, 700.0),
                (16e-6, 2700.0, 897.0),
            ),
            2.42e-5,
            10.0,
            0.00531,
            298.15,
        ),
        "initial_state": {"negative_concentration": 29866.0, "positive_concentration": 17038.0},
    },
    _SET,
    {
        **CAN,
        "initial_state": source("Chen2020", note="From PyBaMM's set; at rest 4.181 V, below the upper cut-off"),
        "negative.sei": film("Chen2020"),
        "thermal": source("Chen2020", "computed", HEAT_NOTE),
        "thermal.ambient_temperature": _SET,
    },
)
