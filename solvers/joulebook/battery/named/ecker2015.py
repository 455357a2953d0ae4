"""The Kokam SLPB 75106100 of Ecker et al. (2015)."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.chen2020 import HEAT_NOTE
from joulebook.battery.named.marquis2019 import OUTLINE
from joulebook.battery.named.published import EXAMPLE_SEI, film, pouch, source, sourced, thermal

__all__ = ["ECKER_2015"]

_SET = source("Ecker2015i")
_HEAT = f"{HEAT_NOTE}, whose thermal values are those of a 5 A h Kokam cell in Zhao et al. 2018"

ECKER_2015: dict[str, Any] = sourced(
    {
        "kind": "joulebook.cell",
        "schema_version": 1,
        "name": "Kokam SLPB 75106100 (Ecker2015)",
        "description": (
            "One electrode pair of a Kokam pouch cell, Li(Ni,Co)O2 against graphite, with the parameters of "
            "Ecker et al. (2015) as PyBaMM distributes them: without the density of the electrolyte."
        ),
        "negative": {
            "material": "graphite (Ecker 2015)",
            "thickness": 74e-6,
            "porosity": 0.329,
            "active_fraction": 0.372403,
            "particle_radius": 1.37e-5,
            "conductivity": 14.0,
            "bruggeman_electrolyte": 1.6372789338386007,
            "bruggeman_electrode": 0.0,
            "density": 1555.0,
            "sei": EXAMPLE_SEI,
            "plating": {
                "rate_constant": 1e-10,
                "transfer_coefficient": 0.5,
                "molar_volume": 1.3e-5,
                "initial_concentration": 0.0,
                "dead_lithium_rate": 1e-6,
                "reference_temperature": 296.15,
            },
        },
        "separator": {
            "material": "separator (Ecker 2015)",
            "thickness": 20e-6,
            "porosity": 0.508,
            "bruggeman_electrolyte": 1.9804586773134945,
            "density": 1017.0,
        },
        "positive": {
            "material": "NCO (Ecker 2015)",
            "thickness": 54e-6,
            "porosity": 0.296,
            "active_fraction": 0.40832,
            "particle_radius": 6.5e-6,
            "conductivity": 68.1,
            "bruggeman_electrolyte": 1.5442267190786427,
            "bruggeman_electrode": 0.0,
            "density": 2895.0,
        },
        "electrolyte": {"material": "LiPF6 EC:DMC (Ecker 2015)", "concentration": 1000.0},
        "negative_collector": {"material": "copper", "thickness": 14e-6},
        "positive_collector": {"material": "aluminium", "thickness": 15e-6},
        "electrode_height": 0.101,
        "electrode_width": 0.085,
        "electrodes_in_parallel": 1,
        "format": pouch(0.085, 0.101, 1.52e-6),
        "tabs": {"negative": {"width": 0.007}, "positive": {"width": 0.0069}},
        "contact_resistance": 0.0,
        "nominal_capacity": 0.15625,
        "lower_cutoff": 2.5,
        "upper_cutoff": 4.2,
        "temperature": 298.15,
        "thermal": thermal(
            (
                (14e-6, 8933.0, 385.0),
                (74e-6, 1555.0, 1437.0),
                (20e-6, 1017.0, 1978.0),
                (54e-6, 2895.0, 1270.0),
                (15e-6, 2702.0, 903.0),
            ),
            1.52e-6,
            10.0,
            0.0172,
            298.15,
        ),
        "initial_state": {"negative_concentration": 26120.05, "positive_concentration": 12630.8},
    },
    _SET,
    {
        "format": source("Ecker2015i", "computed", OUTLINE),
        "tabs": source("Ecker2015i", note="From PyBaMM's set, which says they were measured by Hales et al. 2019"),
        "negative.plating": source("OKane2020", note="From PyBaMM's set Ecker2015; method not checked"),
        "negative.sei": film("Ecker2015i"),
        "thermal": source("Zhao2018", "computed", _HEAT),
        "thermal.ambient_temperature": _SET,
    },
)
