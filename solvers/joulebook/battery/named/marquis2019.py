"""The Kokam SLPB78205130H of Marquis et al. (2019)."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.chen2020 import HEAT_NOTE
from joulebook.battery.named.published import DOUBLE_LAYER, EXAMPLE_SEI, film, pouch, source, sourced, thermal

__all__ = ["MARQUIS_2019", "OUTLINE"]

_SET = source("Marquis2019")
OUTLINE = "Outline of the electrodes, and the cell volume of PyBaMM's set"
"""How the housings of pouch cells were obtained."""

MARQUIS_2019: dict[str, Any] = sourced(
    {
        "kind": "joulebook.cell",
        "schema_version": 1,
        "name": "Kokam SLPB78205130H (Marquis2019)",
        "description": (
            "One electrode pair of a Kokam pouch cell, LiCoO2 against graphite, with the parameters of "
            "Marquis et al. (2019) as PyBaMM distributes them: without the density of the electrolyte."
        ),
        "negative": {
            "material": "graphite MCMB 2528 (Marquis 2019)",
            "thickness": 100e-6,
            "porosity": 0.3,
            "active_fraction": 0.6,
            "particle_radius": 10e-6,
            "conductivity": 100.0,
            "bruggeman_electrolyte": 1.5,
            "bruggeman_electrode": 1.5,
            "density": 1657.0,
            "double_layer_capacity": DOUBLE_LAYER,
            "sei": EXAMPLE_SEI,
        },
        "separator": {
            "material": "separator (Marquis 2019)",
            "thickness": 25e-6,
            "porosity": 1.0,
            "bruggeman_electrolyte": 1.5,
            "density": 397.0,
        },
        "positive": {
            "material": "LCO (Marquis 2019)",
            "thickness": 100e-6,
            "porosity": 0.3,
            "active_fraction": 0.5,
            "particle_radius": 10e-6,
            "conductivity": 10.0,
            "bruggeman_electrolyte": 1.5,
            "bruggeman_electrode": 1.5,
            "density": 3262.0,
            "double_layer_capacity": DOUBLE_LAYER,
        },
        "electrolyte": {"material": "LiPF6 EC:DMC (Marquis 2019)", "concentration": 1000.0},
        "negative_collector": {"material": "copper", "thickness": 25e-6},
        "positive_collector": {"material": "aluminium", "thickness": 25e-6},
        "electrode_height": 0.137,
        "electrode_width": 0.207,
        "electrodes_in_parallel": 1,
        "format": pouch(0.207, 0.137, 7.8e-6),
        "tabs": {"negative": {"width": 0.04}, "positive": {"width": 0.04}},
        "contact_resistance": 0.0,
        "nominal_capacity": 0.680616,
        "lower_cutoff": 3.105,
        "upper_cutoff": 4.1,
        "temperature": 298.15,
        "thermal": thermal(
            (
                (25e-6, 8954.0, 385.0),
                (100e-6, 1657.0, 700.0),
                (25e-6, 397.0, 700.0),
                (100e-6, 3262.0, 700.0),
                (25e-6, 2707.0, 897.0),
            ),
            7.8e-6,
            10.0,
            0.0569,
            298.15,
        ),
        "initial_state": {"negative_concentration": 19986.609595075, "positive_concentration": 30730.7554385565},
    },
    _SET,
    {
        "format": source("Marquis2019", "computed", OUTLINE),
        "negative.sei": film("Marquis2019"),
        "thermal": source("Marquis2019", "computed", HEAT_NOTE),
        "thermal.ambient_temperature": _SET,
    },
)
