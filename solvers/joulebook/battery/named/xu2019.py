"""The half cell of Xu et al. (2019)."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.published import DOUBLE_LAYER, source, sourced

__all__ = ["XU_2019"]

_FARADAY = 6.02214076e23 * 1.602176634e-19
_LITHIUM = 1.0 / 1.3e-5
"""mol/m³; of lithium metal, from its molar volume in the set."""

XU_2019: dict[str, Any] = sourced(
    {
        "kind": "joulebook.half_cell",
        "schema_version": 1,
        "name": "NMC against lithium (Xu2019)",
        "description": (
            "NMC against lithium metal, 2.4 mA h, with the parameters of Xu et al. (2019) as PyBaMM distributes "
            "them: without foil, housing, densities and heat."
        ),
        "counter": {
            "rate_constant": 3.5e-8 * _FARADAY * _LITHIUM**0.7,
            "salt_exponent": 0.3,
            "thickness": 700e-6,
            "conductivity": 10776000.0,
            "double_layer_capacity": DOUBLE_LAYER,
        },
        "separator": {
            "material": "Celgard 2325 (Xu 2019)",
            "thickness": 25e-6,
            "porosity": 0.39,
            "bruggeman_electrolyte": 1.5,
        },
        "positive": {
            "material": "NMC (Xu 2019)",
            "thickness": 42e-6,
            "porosity": 0.331,
            "active_fraction": 0.518,
            "particle_radius": 5.3e-6,
            "conductivity": 100.0,
            "bruggeman_electrolyte": 1.5,
            "bruggeman_electrode": 1.5,
            "double_layer_capacity": DOUBLE_LAYER,
        },
        "electrolyte": {"material": "LiPF6 (Valøen 2005)", "concentration": 1000.0},
        "electrode_height": 0.01,
        "electrode_width": 0.0154,
        "electrodes_in_parallel": 1,
        "contact_resistance": 0.0,
        "nominal_capacity": 0.0024,
        "lower_cutoff": 3.5,
        "upper_cutoff": 4.2,
        "temperature": 298.15,
        "initial_state": {"positive_concentration": 4631.0},
    },
    source("Xu2019"),
    {
        "counter.rate_constant": source(
            "Xu2019",
            "computed",
            "Faraday's constant times the 3.5e-8 of PyBaMM's set times (76923 mol/m³)^0.7 for lithium metal",
        )
    },
)
