"""Materials of the LG M50 in the set of O'Regan et al. (2022): diffusivities over stoichiometry, and heat."""

from __future__ import annotations

from typing import Any

from joulebook.materials.chen2020 import GRAPHITE_SIOX as _GRAPHITE
from joulebook.materials.chen2020 import NMC811 as _NMC811
from joulebook.materials.chen2020 import graphite_siox_ocp, nmc811_ocp
from joulebook.materials.published import PublishedSet
from joulebook.materials.records import GAS_CONSTANT, ActiveMaterial, FilmMaterial

__all__ = ["GRAPHITE_SIOX", "NMC811", "SEPARATOR"]

_SET = PublishedSet("ORegan2022")
_FIT = "From PyBaMM's set, which calls it a fit of this work"
_GRAPHITE_BUMPS = (
    (-1.553, 0.2031, 0.0006091),
    (-6.136, 0.5375, 0.06438),
    (-9.725, 0.9144, 0.0578),
    (1.85, 0.5953, 0.001356),
)
_NMC_BUMPS = ((-0.9231, 0.3216, 0.002534), (-0.4066, 0.4532, 0.003926), (-0.993, 0.8098, 0.09924))


def _bumps(xp: Any, x: Any, bumps: tuple[tuple[float, float, float], ...]) -> Any:
    total = 0.0 * x
    for height, place, width in bumps:
        total = total + height * xp.exp(-((x - place) ** 2) / width)
    return total


def _bumps_text(symbol: str, bumps: tuple[tuple[float, float, float], ...]) -> str:
    return " ".join(
        rf"{'-' if height < 0 else '+'} {abs(height):g} e^{{-({symbol} - {place:g})^2 / {width:g}}}"
        for height, place, width in bumps
    )


def _graphite_diffusivity(xp: Any, x: Any) -> Any:
    return 3.0321 * 10.0 ** (11.17 * x - 15.11 + _bumps(xp, x, _GRAPHITE_BUMPS))


def _nmc_diffusivity(xp: Any, y: Any) -> Any:
    return 2.7 * 10.0 ** (-13.96 + _bumps(xp, y, _NMC_BUMPS))


def _graphite_entropic(xp: Any, x: Any) -> Any:
    return 1e-3 * (-0.1112 * x + 0.02914 + 0.3561 * xp.exp(-((x - 0.08309) ** 2) / 0.004616))


def _nmc_entropic(xp: Any, y: Any) -> Any:
    first, second = xp.exp(-((y - 0.2828) ** 2) / 0.0009855), xp.exp(-((y - 0.8032) ** 2) / 0.02179)
    return 1e-3 * (0.04006 * first - 0.06656 * second)


def _rate_constant(current: float, exponent: float, maximum: float) -> float:
    """Of a current at 1000 mol/m³ of salt that goes with powers of the stoichiometry."""
    return current / (1000.0 ** (1.0 - exponent) * maximum)


def _rate_note(current: float, exponent: float) -> str:
    return f"From {current:g} A/m² and the exponent {exponent:g} of PyBaMM's set, at 1000 mol/m³ of salt"


GRAPHITE_SIOX = ActiveMaterial(
    name="LGM50 graphite-SiOx (O'Regan 2022)",
    chemistry="graphite–SiOx",
    polarity="negative",
    ocp=_SET.over_stoichiometry(
        _GRAPHITE.ocp.name, graphite_siox_ocp, "V", _GRAPHITE.ocp.formula, ref="Chen2020", method="fitted"
    ),
    entropic=_SET.over_stoichiometry(
        "entropic_graphite_oregan2022",
        _graphite_entropic,
        "V/K",
        r"\frac{dU}{dT} = 10^{-3} (-0.1112 x + 0.02914 + 0.3561 e^{-(x - 0.08309)^2 / 0.004616})",
        _FIT,
        method="fitted",
    ),
    maximum_concentration=_SET.value(29583.0, "mol/m³"),
    diffusivity=_SET.middle(_graphite_diffusivity, "m²/s"),
    diffusivity_law=_SET.over_stoichiometry(
        "diffusivity_graphite_oregan2022",
        _graphite_diffusivity,
        "m²/s",
        rf"\log_{10} \frac{{D_s}}{{3.0321}} = 11.17 x - 15.11 {_bumps_text('x', _GRAPHITE_BUMPS)}",
        activation=_SET.computed(2092.0 * GAS_CONSTANT, "J/mol", "The 2092 K of the set times the gas constant"),
    ),
    diffusivity_activation=_SET.computed(
        2092.0 * GAS_CONSTANT, "J/mol", "The 2092 K of the set times the gas constant"
    ),
    rate_constant=_SET.computed(_rate_constant(2.668, 0.792, 29583.0), "A/m² (m³/mol)^1.208", _rate_note(2.668, 0.792)),
    rate_activation=_SET.value(40000.0, "J/mol"),
    exchange_exponents=(1.0 - 0.792, 0.792, 1.0 - 0.792),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(1.0000, 0.0296),
    suggested=_SET.suggested(
        porosity=0.25, active_fraction=0.75, particle_radius=5.86e-6, conductivity=215.0, density=1740.0
    ),
    note="The diffusivity changes a thousandfold over stoichiometry: mind the radial mesh.",
)

NMC811 = ActiveMaterial(
    name="LGM50 NMC811 (O'Regan 2022)",
    chemistry="NMC811",
    polarity="positive",
    ocp=_SET.over_stoichiometry(
        _NMC811.ocp.name, nmc811_ocp, "V", _NMC811.ocp.formula, ref="Chen2020", method="fitted"
    ),
    entropic=_SET.over_stoichiometry(
        "entropic_nmc811_oregan2022",
        _nmc_entropic,
        "V/K",
        r"\frac{dU}{dT} = 10^{-3} (0.04006 e^{-(y - 0.2828)^2 / 0.0009855} - 0.06656 e^{-(y - 0.8032)^2 / 0.02179})",
        _FIT,
        method="fitted",
    ),
    maximum_concentration=_SET.value(51765.0, "mol/m³"),
    diffusivity=_SET.middle(_nmc_diffusivity, "m²/s"),
    diffusivity_law=_SET.over_stoichiometry(
        "diffusivity_nmc811_oregan2022",
        _nmc_diffusivity,
        "m²/s",
        rf"\log_{10} \frac{{D_s}}{{2.7}} = -13.96 {_bumps_text('y', _NMC_BUMPS)}",
        activation=_SET.computed(1449.0 * GAS_CONSTANT, "J/mol", "The 1449 K of the set times the gas constant"),
    ),
    diffusivity_activation=_SET.computed(
        1449.0 * GAS_CONSTANT, "J/mol", "The 1449 K of the set times the gas constant"
    ),
    rate_constant=_SET.computed(_rate_constant(5.028, 0.43, 51765.0), "A/m² (m³/mol)^1.57", _rate_note(5.028, 0.43)),
    rate_activation=_SET.value(24010.0, "J/mol"),
    exchange_exponents=(1.0 - 0.43, 0.43, 1.0 - 0.43),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.2524, 0.9573),
    suggested=_SET.suggested(
        porosity=0.335, active_fraction=0.665, particle_radius=5.22e-6, conductivity=0.8473, density=3270.0
    ),
    note="The set lets the electronic conductivity rise with 3.5 kJ/mol; here it stays that of 298.15 K.",
)

SEPARATOR = FilmMaterial(
    name="LGM50 separator (O'Regan 2022)",
    chemistry="separator film",
    suggested=_SET.suggested(thickness=12e-6, porosity=0.47, bruggeman_electrolyte=1.5, density=946.0),
)
