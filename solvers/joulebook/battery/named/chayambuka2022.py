"""The sodium-ion cell of Chayambuka et al. (2022)."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.published import source, sourced

__all__ = ["CHAYAMBUKA_2022"]

CHAYAMBUKA_2022: dict[str, Any] = sourced(
    {
        "kind": "joulebook.cell",
        "schema_version": 1,
        "name": "Sodium-ion cell (Chayambuka2022)",
        "description": (
            "Laboratory sodium-ion cell, Na3V2(PO4)2F3 against hard carbon, 3 mA h, with the parameters of "
            "Chayambuka et al. (2022) as PyBaMM distributes them, after a model of COMSOL's library: without foils, "
            "housing, densities and heat. Where a name says lithium, read sodium."
        ),
        "negative": {
            "material": "hard carbon, Na (Chayambuka 2022)",
            "thickness": 64e-6,
            "porosity": 0.51,
            "active_fraction": 0.489,
            "particle_radius": 3.48e-6,
            "conductivity": 256.0,
            "bruggeman_electrolyte": 1.5,
            "bruggeman_electrode": 0.0,
        },
        "separator": {
            "material": "separator (Chayambuka 2022)",
            "thickness": 25e-6,
            "porosity": 0.55,
            "bruggeman_electrolyte": 1.5,
        },
        "positive": {
            "material": "NVPF, Na (Chayambuka 2022)",
            "thickness": 68e-6,
            "porosity": 0.23,
            "active_fraction": 0.55,
            "particle_radius": 0.59e-6,
            "conductivity": 50.0,
            "bruggeman_electrolyte": 1.5,
            "bruggeman_electrode": 0.0,
        },
        "electrolyte": {"material": "NaPF6 EC:PC 1:1 (Chayambuka 2022)", "concentration": 1000.0},
        "electrode_height": 2.54e-4,
        "electrode_width": 1.0,
        "electrodes_in_parallel": 1,
        "contact_resistance": 0.0,
        "nominal_capacity": 0.003,
        "lower_cutoff": 2.0,
        "upper_cutoff": 4.2,
        "temperature": 298.15,
        "initial_state": {"negative_concentration": 13520.0, "positive_concentration": 3320.0},
    },
    source("Chayambuka2022"),
)
