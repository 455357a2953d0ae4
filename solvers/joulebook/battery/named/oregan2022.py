"""The LG M50 of O'Regan et al. (2022)."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.chen2020 import CAN, CHEN_2020, LG_M50_STACK
from joulebook.battery.named.published import source, sourced, thermal

__all__ = ["OREGAN_2022"]

_SET = source("ORegan2022")
_TEMPERATURE = 298.15
_DENSITY_NOTE = "Of the dry layer, from the heat capacity of the wet one in PyBaMM's set; method not checked"
_HEAT_NOTE = (
    "Heat capacity: mean of ρ c_p over foils, coatings and separator of PyBaMM's set at 298.15 K times its cell "
    "volume; the set lets it change with temperature. Conductance: heat transfer coefficient times cooling surface"
)


def _cubic(a: float, b: float, c: float, d: float) -> float:
    t = _TEMPERATURE
    return a * t**3 + b * t**2 + c * t + d


def _wet(dry: float, porosity: float, heat: float) -> float:
    """Specific heat capacity of a layer with its electrolyte: 1280 kg/m³ and 229 J/(kg K) in its pores."""
    return (dry * heat + 1280.0 * 229.0 * porosity) / (dry + 1280.0 * porosity)


_HEAT = thermal(
    (
        (12e-6, 8933.0, _cubic(1.445e-6, -1.946e-3, 0.9633, 236.0)),
        (85.2e-6, 2060.0, _wet(1740.0, 0.25, _cubic(4.932e-4, -0.491, 169.4, -1.897e4))),
        (12e-6, 1548.0, _wet(946.0, 0.47, _cubic(1.494e-3, -1.444, 475.5, -5.13e4))),
        (75.6e-6, 3699.0, _wet(3270.0, 0.335, _cubic(-8.414e-4, 0.7892, -241.3, 2.508e4))),
        (16e-6, 2702.0, _cubic(4.503e-6, -6.256e-3, 3.281, 355.7)),
    ),
    2.42e-5,
    10.0,
    0.00531,
    298.15,
)

OREGAN_2022: dict[str, Any] = sourced(
    {
        "kind": "joulebook.cell",
        "schema_version": 1,
        "name": "LG M50 (ORegan2022)",
        "description": (
            "The LG M50 with the thermal-electrochemical parameters of O'Regan et al. (2022) as PyBaMM distributes "
            "them. The diffusivities change steeply over stoichiometry: mind the radial mesh."
        ),
        "negative": {
            **{name: value for name, value in CHEN_2020["negative"].items() if name != "sei"},
            "material": "LGM50 graphite-SiOx (O'Regan 2022)",
            "density": 1740.0,
        },
        "separator": {**CHEN_2020["separator"], "material": "LGM50 separator (O'Regan 2022)", "density": 946.0},
        "positive": {
            **CHEN_2020["positive"],
            "material": "LGM50 NMC811 (O'Regan 2022)",
            "conductivity": 0.8473,
            "density": 3270.0,
        },
        "electrolyte": {"material": "LiPF6 EC:EMC 3:7 (Landesfeind 2019)", "concentration": 1000.0},
        **LG_M50_STACK,
        "upper_cutoff": 4.4,
        "thermal": _HEAT,
        "initial_state": {"negative_concentration": 28866.0, "positive_concentration": 13975.0},
    },
    _SET,
    {
        **CAN,
        **{
            f"{layer}.density": source("ORegan2022", note=_DENSITY_NOTE)
            for layer in ("negative", "separator", "positive")
        },
        "positive.conductivity": source(
            "ORegan2022", note="From PyBaMM's set at 298.15 K; there it rises with 3.5 kJ/mol; method not checked"
        ),
        "thermal": source("ORegan2022", "computed", _HEAT_NOTE),
        "thermal.ambient_temperature": _SET,
    },
)
