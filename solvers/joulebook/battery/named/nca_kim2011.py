"""The NCA pouch cell of Kim et al. (2011)."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.chen2020 import HEAT_NOTE
from joulebook.battery.named.marquis2019 import OUTLINE
from joulebook.battery.named.published import DOUBLE_LAYER, EXAMPLE_SEI, film, pouch, source, sourced, thermal

__all__ = ["NCA_KIM_2011"]

_SET = source("Kim2011")

NCA_KIM_2011: dict[str, Any] = sourced(
    {
        "kind": "joulebook.cell",
        "schema_version": 1,
        "name": "NCA pouch cell, nominal design (NCA_Kim2011)",
        "description": (
            "One electrode pair of the nominal design of a pouch cell, NCA against graphite, with the parameters of "
            "Kim et al. (2011) as PyBaMM distributes them: without densities, which the set scales to fit a heat "
            "capacity."
        ),
        "negative": {
            "material": "graphite (Kim 2011)",
            "thickness": 70e-6,
            "porosity": 0.4,
            "active_fraction": 0.51,
            "particle_radius": 5.083e-7,
            "conductivity": 100.0,
            "bruggeman_electrolyte": 2.0,
            "bruggeman_electrode": 2.0,
            "double_layer_capacity": DOUBLE_LAYER,
            "sei": EXAMPLE_SEI,
        },
        "separator": {
            "material": "separator (Kim 2011)",
            "thickness": 25e-6,
            "porosity": 0.4,
            "bruggeman_electrolyte": 2.0,
        },
        "positive": {
            "material": "NCA (Kim 2011)",
            "thickness": 50e-6,
            "porosity": 0.4,
            "active_fraction": 0.41,
            "particle_radius": 1.633e-6,
            "conductivity": 10.0,
            "bruggeman_electrolyte": 2.0,
            "bruggeman_electrode": 2.0,
            "double_layer_capacity": DOUBLE_LAYER,
        },
        "electrolyte": {"material": "LiPF6 (Kim 2011)", "concentration": 1200.0},
        "negative_collector": {"material": "copper", "thickness": 10e-6},
        "positive_collector": {"material": "aluminium", "thickness": 10e-6},
        "electrode_height": 0.2,
        "electrode_width": 0.14,
        "electrodes_in_parallel": 1,
        "format": pouch(0.14, 0.2, 4.62e-6),
        "tabs": {"negative": {"width": 0.044}, "positive": {"width": 0.044}},
        "contact_resistance": 0.0,
        "nominal_capacity": 0.43,
        "lower_cutoff": 2.7,
        "upper_cutoff": 4.2,
        "temperature": 298.15,
        "thermal": thermal(
            (
                (10e-6, 11544.75, 385.0),
                (70e-6, 2136.43638, 700.0),
                (25e-6, 511.86798, 700.0),
                (50e-6, 4205.82708, 700.0),
                (10e-6, 3490.24338, 897.0),
            ),
            4.62e-6,
            25.0,
            0.0561,
            298.15,
        ),
        "initial_state": {"negative_concentration": 18081.0, "positive_concentration": 20090.0},
    },
    _SET,
    {
        "format": source("Kim2011", "computed", OUTLINE),
        "negative.sei": film("Kim2011"),
        "thermal": source("Kim2011", "computed", HEAT_NOTE),
        "thermal.ambient_temperature": _SET,
    },
)
