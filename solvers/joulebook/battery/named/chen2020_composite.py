"""The LG M50 with graphite and silicon as two active materials, after Ai et al. (2022)."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.chen2020 import CAN, CHEN_2020, LG_M50_STACK
from joulebook.battery.named.published import DOUBLE_LAYER, EXAMPLE_SEI, film, source, sourced

__all__ = ["CHEN_2020_COMPOSITE"]

_SET = source("Ai2022", note="From PyBaMM's set Chen2020_composite; method not checked")

CHEN_2020_COMPOSITE: dict[str, Any] = sourced(
    {
        "kind": "joulebook.cell",
        "schema_version": 1,
        "name": "LG M50, graphite and silicon (Chen2020_composite)",
        "description": (
            "The LG M50 of Chen et al. (2020) with graphite and silicon as two active materials, "
            "after Ai et al. (2022), as PyBaMM distributes it: without tab sizes, case mass and heat."
        ),
        "negative": {
            "material": "graphite (Ai 2022)",
            "thickness": 85.2e-6,
            "porosity": 0.25,
            "active_fraction": 0.735,
            "particle_radius": 5.86e-6,
            "conductivity": 215.0,
            "bruggeman_electrolyte": 1.5,
            "bruggeman_electrode": 0.0,
            "density": 1657.0,
            "double_layer_capacity": DOUBLE_LAYER,
            "additional_phases": [
                {"material": "silicon (Ai 2022)", "active_fraction": 0.015, "particle_radius": 1.52e-6}
            ],
            "sei": EXAMPLE_SEI,
        },
        "separator": CHEN_2020["separator"],
        "positive": {**CHEN_2020["positive"], "material": "LGM50 NMC811 (Ai 2022)"},
        "electrolyte": CHEN_2020["electrolyte"],
        **LG_M50_STACK,
        "initial_state": {
            "negative_concentration": 27700.0,
            "positive_concentration": 17038.0,
            "negative_additional": [276610.0],
        },
    },
    _SET,
    {
        **CAN,
        "negative.density": source("Ai2022", note="From PyBaMM's set, for the graphite; it gives 2650 for the silicon"),
        "negative.sei": film("Ai2022"),
    },
)
