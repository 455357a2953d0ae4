"""Cells from publications, each value with its source."""

from __future__ import annotations

from typing import Any

__all__ = ["DOCUMENTS"]

_PAPER = "Chen2020"


def _source(method: str, note: str = "", ref: str = _PAPER) -> dict[str, str]:
    return {"ref": ref, "method": method, **({"note": note} if note else {})}


_MEASURED = _source("measured")
_FITTED = _source("fitted")
_ASSUMED = _source("assumed")
_SET = _source("literature", "As distributed with PyBaMM's parameter set of this publication")

CHEN_2020: dict[str, Any] = {
    "kind": "joulebook.cell",
    "schema_version": 1,
    "name": "LG M50 (Chen2020)",
    "description": (
        "Commercial 21700 cell LG INR21700 M50, 5 A h, NMC811 against graphite–SiOx, "
        "torn down and parameterised by Chen et al. (2020). Tab sizes and the mass of the can were not published."
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
        **{f"{side}.thickness": _MEASURED for side in ("negative", "separator", "positive")},
        **{f"{side}_collector.thickness": _MEASURED for side in ("negative", "positive")},
        **{f"{side}.porosity": _MEASURED for side in ("negative", "separator", "positive")},
        **{f"{side}.active_fraction": _MEASURED for side in ("negative", "positive")},
        **{f"{side}.particle_radius": _MEASURED for side in ("negative", "positive")},
        **{f"{side}.conductivity": _MEASURED for side in ("negative", "positive")},
        **{f"{side}.bruggeman_electrolyte": _ASSUMED for side in ("negative", "separator", "positive")},
        **{
            f"{side}.bruggeman_electrode": _source("assumed", "0, because the conductivity was measured on the coating")
            for side in ("negative", "positive")
        },
        **{f"{side}.density": _SET for side in ("negative", "separator", "positive")},
        "electrolyte.concentration": _source("datasheet", "1 mol/L at rest"),
        "electrode_height": _MEASURED,
        "electrode_width": _source("measured", "Both coated sides counted"),
        "format.diameter": _source("datasheet", "21700 format: 21 mm × 70 mm"),
        "format.height": _source("datasheet", "21700 format: 21 mm × 70 mm"),
        "contact_resistance": _source("assumed", "The publication's model has none"),
        "nominal_capacity": _source("datasheet"),
        "lower_cutoff": _source("datasheet"),
        "upper_cutoff": _source("datasheet"),
        "temperature": _source("measured", "Temperature of the publication's tests"),
        "initial_state.negative_concentration": _source("fitted", "State at 4.2 V"),
        "initial_state.positive_concentration": _source("fitted", "State at 4.2 V"),
    },
}

DOCUMENTS: dict[str, dict[str, Any]] = {"Chen2020": CHEN_2020}
"""Name to JSON document."""
