"""Materials of the "nominal design" pouch cell in the set of Kim et al. (2011): graphite against NCA."""

from __future__ import annotations

import math
from typing import Any

from joulebook.materials.published import PublishedSet
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, FilmMaterial

__all__ = ["ELECTROLYTE", "GRAPHITE", "NCA", "SEPARATOR"]

_SET = PublishedSet("Kim2011")
_RATE_UNIT = "A/m² (m³/mol)^1.5"
_NCA = (11.8058, -66.3691, 264.427, -554.774, 621.3475, -344.566, 81.246, -23.488, 15.056, -2.222, 1.638)
_SALT = 1200.0
"""mol/m³; at which the exchange-current densities of the set are stated."""


def _graphite_ocp(xp: Any, x: Any) -> Any:
    return (
        0.124
        + 1.5 * xp.exp(-70.0 * x)
        - 0.0351 * xp.tanh((x - 0.286) / 0.083)
        - 0.0045 * xp.tanh((x - 0.9) / 0.119)
        - 0.035 * xp.tanh((x - 0.99) / 0.05)
        - 0.0147 * xp.tanh((x - 0.5) / 0.034)
        - 0.102 * xp.tanh((x - 0.194) / 0.142)
        - 0.022 * xp.tanh((x - 0.98) / 0.0164)
        - 0.011 * xp.tanh((x - 0.124) / 0.0226)
        + 0.0155 * xp.tanh((x - 0.105) / 0.029)
    )


def _nca_ocp(xp: Any, y: Any) -> Any:
    total = 0.0 * y
    for coefficient in reversed(_NCA):
        total = total * y + coefficient
    return total - 0.61386 * xp.exp(5.8201 * y**136.4)


def _conductivity(xp: Any, concentration: Any, temperature: Any = 298.15) -> Any:
    c, t = concentration / 1000.0, xp.asarray(temperature)
    inner = -48.5 * xp.exp(-1080.0 / t) + c * 3.45 * xp.exp(-798.0 / t)
    return c * (244.0 * xp.exp(-1440.0 / t) + c * inner)


def _diffusivity(xp: Any, concentration: Any, temperature: Any = 298.15) -> Any:
    c, t = concentration / 1000.0, xp.asarray(temperature)
    inner = -33.9 * xp.exp(-2920.0 / t) + c * 5.84 * xp.exp(-2870.0 / t)
    return 1e-7 * (129.0 * xp.exp(-3200.0 / t) + c * inner)


def _rate_constant(exchange_current: float, stoichiometry: float, maximum: float) -> float:
    filled = stoichiometry * maximum
    return exchange_current / math.sqrt(_SALT * filled * (maximum - filled))


def _rate_note(exchange_current: float, stoichiometry: float) -> str:
    return (
        f"From {exchange_current:g} A/m² at a stoichiometry of {stoichiometry:g} and 1200 mol/m³ of salt, "
        "as PyBaMM's set states it"
    )


GRAPHITE = ActiveMaterial(
    name="graphite (Kim 2011)",
    chemistry="graphite",
    polarity="negative",
    ocp=_SET.over_stoichiometry(
        "graphite_kim2011",
        _graphite_ocp,
        "V",
        r"U = 0.124 + 1.5 e^{-70 x} - 0.0351 \tanh\frac{x - 0.286}{0.083} - 0.0045 \tanh\frac{x - 0.9}{0.119}"
        r" - 0.035 \tanh\frac{x - 0.99}{0.05} - 0.0147 \tanh\frac{x - 0.5}{0.034} - 0.102 \tanh\frac{x - 0.194}{0.142}"
        r" - 0.022 \tanh\frac{x - 0.98}{0.0164} - 0.011 \tanh\frac{x - 0.124}{0.0226}"
        r" + 0.0155 \tanh\frac{x - 0.105}{0.029}",
    ),
    maximum_concentration=_SET.value(28700.0, "mol/m³"),
    diffusivity=_SET.value(9e-14, "m²/s"),
    diffusivity_activation=_SET.value(4000.0, "J/mol"),
    rate_constant=_SET.computed(_rate_constant(36.0, 0.36, 28700.0), _RATE_UNIT, _rate_note(36.0, 0.36)),
    rate_activation=_SET.value(30000.0, "J/mol"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.6965, 0.0682),
    suggested=_SET.suggested(porosity=0.4, active_fraction=0.51, particle_radius=5.083e-7, conductivity=100.0),
    note="Densities of the set are scaled to reproduce a heat capacity, and are not taken over.",
)

NCA = ActiveMaterial(
    name="NCA (Kim 2011)",
    chemistry="NCA",
    polarity="positive",
    ocp=_SET.over_stoichiometry(
        "nca_kim2011",
        _nca_ocp,
        "V",
        r"U = 1.638 y^{10} - 2.222 y^9 + 15.056 y^8 - 23.488 y^7 + 81.246 y^6 - 344.566 y^5 + 621.3475 y^4"
        r" - 554.774 y^3 + 264.427 y^2 - 66.3691 y + 11.8058 - 0.61386 \exp(5.8201 y^{136.4})",
        domain=(0.3, 1.0),
    ),
    maximum_concentration=_SET.value(49000.0, "mol/m³"),
    diffusivity=_SET.value(3e-15, "m²/s"),
    diffusivity_activation=_SET.value(20000.0, "J/mol"),
    rate_constant=_SET.computed(_rate_constant(4.0, 0.41, 49000.0), _RATE_UNIT, _rate_note(4.0, 0.41)),
    rate_activation=_SET.value(30000.0, "J/mol"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.3421, 0.9830),
    suggested=_SET.suggested(porosity=0.4, active_fraction=0.41, particle_radius=1.633e-6, conductivity=10.0),
    note="Densities of the set are scaled to reproduce a heat capacity, and are not taken over.",
)

ELECTROLYTE = ElectrolyteMaterial(
    name="LiPF6 (Kim 2011)",
    chemistry="LiPF6 in carbonates",
    conductivity=_SET.over_salt(
        "conductivity_kim2011",
        _conductivity,
        "S/m",
        r"\kappa = 3.45 e^{-798/T} c^3 - 48.5 e^{-1080/T} c^2 + 244 e^{-1440/T} c,\quad c \text{ in mol/L}",
        thermal=_conductivity,
    ),
    diffusivity=_SET.over_salt(
        "diffusivity_kim2011",
        _diffusivity,
        "m²/s",
        r"D_e = 5.84\cdot10^{-7} e^{-2870/T} c^2 - 33.9\cdot10^{-7} e^{-2920/T} c + 129\cdot10^{-7} e^{-3200/T}"
        r",\quad c \text{ in mol/L}",
        thermal=_diffusivity,
    ),
    transference_number=_SET.value(0.4, "1"),
    thermodynamic_factor=_SET.value(1.0, "1", "From PyBaMM's set: ideal"),
    density=None,
    note="PyBaMM's comments name EC in one place and EC:DMC in another.",
)

SEPARATOR = FilmMaterial(
    name="separator (Kim 2011)",
    chemistry="separator film",
    suggested=_SET.suggested(thickness=25e-6, porosity=0.4, bruggeman_electrolyte=2.0),
    note="The density of the set is scaled to reproduce a heat capacity, and is not taken over.",
)
