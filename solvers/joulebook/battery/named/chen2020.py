"""The LG M50 of Chen et al. (2020)."""

from __future__ import annotations

from typing import Any

__all__ = ["CHEN_2020"]

_PAPER = "Chen2020"


def _source(method: str, note: str = "", ref: str = _PAPER) -> dict[str, str]:
    return {"ref": ref, "method": method, **({"note": note} if note else {})}


# What PyBaMM's file of the set says: the values, and that they come from the paper and the references in it. How each
# was obtained stands in the paper; until somebody has read it there, no label here claims more.
_SET = _source("literature", "From PyBaMM's set; method not checked")

CHEN_2020: dict[str, Any] = {
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
    },
    "electrolyte": {"material": "LiPF6 EC:EMC 3:7 (Nyman 2008)", "concentration": 1000.0},
    "negative_collector": {"material": "copper", "thickness": 12e-6},
    "positive_collector": {"material": "aluminium", "thickness": 16e-6},
    "electrode_height": 0.065,
    "electrode_width": 1.58,
    "electrodes_in_parallel": 1,
    "format": {"shape": "cylindrical", "diameter": 0.021, "height": 0.07},
    "contact_resistance": 0.0,
    "nominal_capacity": 5.0,
    "lower_cutoff": 2.5,
    "upper_cutoff": 4.2,
    "temperature": 298.15,
    "initial_state": {"negative_concentration": 29866.0, "positive_concentration": 17038.0},
    "sources": {
        **{
            f"{side}.{name}": _SET
            for side in ("negative", "separator", "positive")
            for name in ("thickness", "porosity", "bruggeman_electrolyte", "density")
        },
        **{
            f"{side}.{name}": _SET
            for side in ("negative", "positive")
            for name in ("active_fraction", "particle_radius", "conductivity", "bruggeman_electrode")
        },
        **{f"{side}_collector.thickness": _SET for side in ("negative", "positive")},
        "electrolyte.concentration": _SET,
        "electrode_height": _SET,
        "electrode_width": _SET,
        "format.diameter": _source("assumed", "21700 by name: 21 mm × 70 mm, the 24.2 cm³ of PyBaMM's set", ref=""),
        "format.height": _source("assumed", "21700 by name: 21 mm × 70 mm, the 24.2 cm³ of PyBaMM's set", ref=""),
        "contact_resistance": _SET,
        "nominal_capacity": _SET,
        "lower_cutoff": _SET,
        "upper_cutoff": _SET,
        "temperature": _SET,
        **{
            f"initial_state.{side}_concentration": _source(
                "literature",
                "From PyBaMM's set; at rest 4.181 V, below the upper cut-off",
            )
            for side in ("negative", "positive")
        },
    },
}
