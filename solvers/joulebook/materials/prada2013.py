"""Materials of the cell in the set of Prada et al. (2013): graphite against LiFePO4."""

from __future__ import annotations

from typing import Any

from joulebook.materials.chen2020 import GRAPHITE_SIOX
from joulebook.materials.published import PublishedSet
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, FilmMaterial

__all__ = ["ELECTROLYTE", "GRAPHITE", "LFP", "SEPARATOR"]

_SET = PublishedSet("Prada2013", 298.0)
_RATE_UNIT = "A/m² (m³/mol)^1.5"


def _lfp_ocp(xp: Any, y: Any) -> Any:
    return 3.4077 - 0.020269 * y + 0.5 * xp.exp(-150.0 * y) - 0.9 * xp.exp(-30.0 * (1.0 - y))


def _conductivity(xp: Any, concentration: Any) -> Any:
    c = concentration / 1e6
    return 1e3 * (4.1253e-4 + c * (5.007 + c * (-4721.2 + c * (1.5094e6 - 1.6018e8 * c))))


def _diffusivity(xp: Any, concentration: Any) -> Any:
    return 2e-10 + 0.0 * concentration


GRAPHITE = ActiveMaterial(
    name="graphite (Prada 2013)",
    chemistry="graphite",
    polarity="negative",
    ocp=_SET.over_stoichiometry(
        GRAPHITE_SIOX.ocp.name,
        GRAPHITE_SIOX.ocp.function,
        "V",
        GRAPHITE_SIOX.ocp.formula,
        "PyBaMM's set takes the potential of the LG M50's graphite–SiOx, because Prada et al. give none",
        ref="Chen2020",
    ),
    maximum_concentration=_SET.value(30555.0, "mol/m³"),
    diffusivity=_SET.value(3e-15, "m²/s"),
    rate_constant=_SET.value(
        6.48e-7, _RATE_UNIT, "PyBaMM's set takes that of the LG M50", ref="Chen2020", temperature=298.15
    ),
    rate_activation=_SET.value(35000.0, "J/mol", "PyBaMM's set takes that of the LG M50", ref="Chen2020"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.8100, 0.0176),
    suggested=_SET.suggested(porosity=0.36, active_fraction=0.58, particle_radius=5e-6, conductivity=215.0),
    note="Potential and kinetics are those of another cell; the density of the coating is not given.",
)

LFP = ActiveMaterial(
    name="LFP (Prada 2013)",
    chemistry="LiFePO4",
    polarity="positive",
    ocp=_SET.over_stoichiometry(
        "lfp_afshar2017",
        _lfp_ocp,
        "V",
        r"U = 3.4077 - 0.020269 y + 0.5 e^{-150 y} - 0.9 e^{-30 (1 - y)}",
        "PyBaMM's set takes the potential of this work, because Prada et al. give none; not checked",
        ref="Afshar2017",
    ),
    maximum_concentration=_SET.value(22806.0, "mol/m³"),
    diffusivity=_SET.value(5.9e-18, "m²/s"),
    rate_constant=_SET.value(
        6e-7,
        _RATE_UNIT,
        "PyBaMM's set takes it from Kashkooli et al., J. Appl. Electrochem. 47 (2017) 281; not checked",
        temperature=298.15,
    ),
    rate_activation=_SET.value(39570.0, "J/mol"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.0038, 0.7035),
    suggested=_SET.suggested(porosity=0.426, active_fraction=0.374, particle_radius=5e-8, conductivity=0.33795074),
    note="Diffusion by Fick's law describes a material of two phases poorly; hysteresis and density are not given.",
)

ELECTROLYTE = ElectrolyteMaterial(
    name="LiPF6 EC:EMC 3:7 (Prada 2013)",
    chemistry="LiPF6 in EC:EMC 3:7",
    conductivity=_SET.over_salt(
        "conductivity_prada2013",
        _conductivity,
        "S/m",
        r"\kappa = 0.41253 + 5.007\cdot10^{-3} c - 4.7212\cdot10^{-6} c^2 + 1.5094\cdot10^{-9} c^3"
        r" - 1.6018\cdot10^{-13} c^4,\quad c \text{ in mol/m}^3",
    ),
    diffusivity=_SET.over_salt("diffusivity_prada2013", _diffusivity, "m²/s", r"D_e = 2\cdot10^{-10}"),
    transference_number=_SET.value(0.36, "1"),
    thermodynamic_factor=_SET.value(1.0, "1", "From PyBaMM's set: ideal"),
    density=None,
    note="The solvent is that which PyBaMM's comment names.",
)

SEPARATOR = FilmMaterial(
    name="separator (Prada 2013)",
    chemistry="separator film",
    suggested=_SET.suggested(thickness=25e-6, porosity=0.45, bruggeman_electrolyte=1.5),
)
