"""The LiFePO4 cell of Prada et al. (2013)."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.published import DOUBLE_LAYER, source, sourced

__all__ = ["PRADA_2013"]

PRADA_2013: dict[str, Any] = sourced(
    {
        "kind": "joulebook.cell",
        "schema_version": 1,
        "name": "LFP cell (Prada2013)",
        "description": (
            "LiFePO4 against graphite, 2.3 A h, with the parameters of Prada et al. (2013) as PyBaMM distributes "
            "them, completed from other cells: without foils, housing, densities and heat."
        ),
        "negative": {
            "material": "graphite (Prada 2013)",
            "thickness": 34e-6,
            "porosity": 0.36,
            "active_fraction": 0.58,
            "particle_radius": 5e-6,
            "conductivity": 215.0,
            "bruggeman_electrolyte": 1.5,
            "bruggeman_electrode": 1.5,
            "double_layer_capacity": DOUBLE_LAYER,
        },
        "separator": {
            "material": "separator (Prada 2013)",
            "thickness": 25e-6,
            "porosity": 0.45,
            "bruggeman_electrolyte": 1.5,
        },
        "positive": {
            "material": "LFP (Prada 2013)",
            "thickness": 80e-6,
            "porosity": 0.426,
            "active_fraction": 0.374,
            "particle_radius": 5e-8,
            "conductivity": 0.33795074,
            "bruggeman_electrolyte": 1.5,
            "bruggeman_electrode": 1.5,
            "double_layer_capacity": DOUBLE_LAYER,
        },
        "electrolyte": {"material": "LiPF6 EC:EMC 3:7 (Prada 2013)", "concentration": 1200.0},
        "electrode_height": 0.6,
        "electrode_width": 0.3,
        "electrodes_in_parallel": 1,
        "contact_resistance": 0.0,
        "nominal_capacity": 2.3,
        "lower_cutoff": 2.0,
        "upper_cutoff": 3.6,
        "temperature": 298.0,
        "initial_state": {"negative_concentration": 0.81 * 30555.0, "positive_concentration": 0.0038 * 22806.0},
    },
    source("Prada2013"),
    {
        "electrode_height": source("Prada2013", note="From PyBaMM's set, chosen there to give 0.18 m²"),
        "electrode_width": source("Prada2013", note="From PyBaMM's set, chosen there to give 0.18 m²"),
        "initial_state": source(
            "Prada2013", note="From PyBaMM's set, chosen there to give 2.3 A h between 3.6 V and 2.0 V"
        ),
    },
)
