"""The Enertech pouch cell of Ai et al. (2019), PyBaMM's "Ai2020"."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.chen2020 import HEAT_NOTE
from joulebook.battery.named.marquis2019 import OUTLINE
from joulebook.battery.named.published import DOUBLE_LAYER, EXAMPLE_SEI, film, pouch, source, sourced, thermal

__all__ = ["AI_2020", "CRACKS", "CRACK_NOTE"]

_SET = source("Ai2019", note="From PyBaMM's set Ai2020; method not checked")
CRACKS: dict[str, float] = {
    "reference_concentration": 0.0,
    "cracking_rate": 3.9e-20 / 3600.0,
    "cracking_exponent": 2.2,
    "stress_intensity_factor": 1.12,
    "initial_crack_length": 2e-8,
    "crack_width": 1.5e-8,
    "cracks_per_area": 3.18e15,
    "stress_loss_exponent": 2.0,
    "reaction_loss_factor": 0.0,
}
"""Mechanics that both electrodes of the sets share."""
CRACK_NOTE = "PyBaMM's 3.9e-20 per cycle of an hour, divided by 3600 s, as its model does"
"""How the rate of cracking was obtained."""

AI_2020: dict[str, Any] = sourced(
    {
        "kind": "joulebook.cell",
        "schema_version": 1,
        "name": "Enertech pouch cell (Ai2020)",
        "description": (
            "Commercial Enertech pouch cell, 2.28 A h, LiCoO2 against graphite, with the parameters of Ai et al. "
            "(2019) as PyBaMM distributes them: without tab sizes, case mass and the density of the electrolyte."
        ),
        "negative": {
            "material": "graphite (Ai 2019)",
            "thickness": 76.5e-6,
            "porosity": 0.33,
            "active_fraction": 0.61,
            "particle_radius": 5e-6,
            "conductivity": 100.0,
            "bruggeman_electrolyte": 2.914,
            "bruggeman_electrode": 0.0,
            "density": 2470.0,
            "double_layer_capacity": DOUBLE_LAYER,
            "sei": {**EXAMPLE_SEI, "initial_thickness_on_cracks": 5e-13},
            "mechanics": {
                **CRACKS,
                "young_modulus": 15e9,
                "poisson_ratio": 0.3,
                "partial_molar_volume": 3.1e-6,
                "stress_loss_rate": 0.0,
                "critical_stress": 60e6,
            },
        },
        "separator": {
            "material": "separator (Ai 2019)",
            "thickness": 25e-6,
            "porosity": 0.5,
            "bruggeman_electrolyte": 1.5,
            "density": 2470.0,
        },
        "positive": {
            "material": "LCO (Ai 2019)",
            "thickness": 68e-6,
            "porosity": 0.32,
            "active_fraction": 0.62,
            "particle_radius": 3e-6,
            "conductivity": 10.0,
            "bruggeman_electrolyte": 1.83,
            "bruggeman_electrode": 0.0,
            "density": 2470.0,
            "double_layer_capacity": DOUBLE_LAYER,
            "mechanics": {
                **CRACKS,
                "young_modulus": 375e9,
                "poisson_ratio": 0.2,
                "partial_molar_volume": -7.28e-7,
                "stress_loss_rate": 2.78e-13,
                "critical_stress": 375e6,
            },
        },
        "electrolyte": {"material": "LiPF6 EC:DMC (Ai 2019)", "concentration": 1000.0},
        "negative_collector": {"material": "copper", "thickness": 10e-6},
        "positive_collector": {"material": "aluminium", "thickness": 15e-6},
        "electrode_height": 0.051,
        "electrode_width": 0.047,
        "electrodes_in_parallel": 34,
        "format": pouch(0.047, 0.051, 1.5341e-5),
        "contact_resistance": 0.0,
        "nominal_capacity": 2.28,
        "lower_cutoff": 3.0,
        "upper_cutoff": 4.2,
        "temperature": 298.15,
        "thermal": thermal(
            (
                (10e-6, 8960.0, 385.0),
                (76.5e-6, 2470.0, 1080.2),
                (25e-6, 2470.0, 1080.2),
                (68e-6, 2470.0, 1080.2),
                (15e-6, 2700.0, 897.0),
            ),
            1.5341e-5,
            35.0,
            0.0060484,
            298.15,
        ),
        "initial_state": {"negative_concentration": 24108.0, "positive_concentration": 21725.0},
    },
    _SET,
    {
        "format": source("Ai2019", "computed", OUTLINE),
        "negative.sei": film("Ai2019"),
        "negative.mechanics.cracking_rate": source("Ai2019", "computed", CRACK_NOTE),
        "positive.mechanics.cracking_rate": source("Ai2019", "computed", CRACK_NOTE),
        "thermal": source("Ai2019", "computed", HEAT_NOTE),
        "thermal.ambient_temperature": _SET,
    },
)
