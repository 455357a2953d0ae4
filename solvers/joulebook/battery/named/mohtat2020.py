"""The NMC532 pouch cell of Mohtat et al. (2020)."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.chen2020 import HEAT_NOTE
from joulebook.battery.named.published import DOUBLE_LAYER, EXAMPLE_SEI, film, source, sourced, thermal

__all__ = ["MOHTAT_2020"]

_SET = source("Mohtat2020")

MOHTAT_2020: dict[str, Any] = sourced(
    {
        "kind": "joulebook.cell",
        "schema_version": 1,
        "name": "NMC532 pouch cell (Mohtat2020)",
        "description": (
            "Pouch cell, 5 A h, NMC532 against graphite, with the parameters of Mohtat et al. (2020) as PyBaMM "
            "distributes them: without housing, tab sizes and the density of the electrolyte. Its exchange-current "
            "density of plating does not depend on the salt, which no law here has, and is left out. "
            "The published start is the discharged cell: a discharge takes initial_soc=1."
        ),
        "negative": {
            "material": "graphite (Mohtat 2020)",
            "thickness": 62e-6,
            "porosity": 0.3,
            "active_fraction": 0.61,
            "particle_radius": 2.5e-6,
            "conductivity": 100.0,
            "bruggeman_electrolyte": 1.5,
            "bruggeman_electrode": 1.5,
            "density": 3100.0,
            "double_layer_capacity": DOUBLE_LAYER,
            "sei": EXAMPLE_SEI,
        },
        "separator": {
            "material": "separator (Mohtat 2020)",
            "thickness": 12e-6,
            "porosity": 0.4,
            "bruggeman_electrolyte": 1.5,
            "density": 397.0,
        },
        "positive": {
            "material": "NMC532 (Mohtat 2020)",
            "thickness": 67e-6,
            "porosity": 0.3,
            "active_fraction": 0.445,
            "particle_radius": 3.5e-6,
            "conductivity": 100.0,
            "bruggeman_electrolyte": 1.5,
            "bruggeman_electrode": 1.5,
            "density": 3100.0,
            "double_layer_capacity": DOUBLE_LAYER,
        },
        "electrolyte": {"material": "LiPF6 EC:DMC (Mohtat 2020)", "concentration": 1000.0},
        "negative_collector": {"material": "copper", "thickness": 25e-6},
        "positive_collector": {"material": "aluminium", "thickness": 25e-6},
        "electrode_height": 1.0,
        "electrode_width": 0.205,
        "electrodes_in_parallel": 1,
        "contact_resistance": 0.0,
        "nominal_capacity": 5.0,
        "lower_cutoff": 2.8,
        "upper_cutoff": 4.2,
        "temperature": 298.15,
        "thermal": thermal(
            (
                (25e-6, 8954.0, 385.0),
                (62e-6, 3100.0, 1100.0),
                (12e-6, 397.0, 700.0),
                (67e-6, 3100.0, 1100.0),
                (25e-6, 2707.0, 897.0),
            ),
            3.92e-5,
            5.0,
            0.41,
            298.15,
        ),
        "initial_state": {"negative_concentration": 48.8682, "positive_concentration": 31513.0},
    },
    _SET,
    {
        "negative.sei": film("Mohtat2020"),
        "thermal": source("Mohtat2020", "computed", HEAT_NOTE),
        "thermal.ambient_temperature": _SET,
    },
)
