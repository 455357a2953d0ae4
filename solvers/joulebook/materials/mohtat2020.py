"""Materials of the pouch cell in the set of Mohtat et al. (2020): graphite against NMC532."""

from __future__ import annotations

from typing import Any

from joulebook.materials.published import PublishedSet
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, FilmMaterial

__all__ = ["ELECTROLYTE", "GRAPHITE", "NMC532", "NMC532_OCP", "SEPARATOR", "nmc532_ocp"]

_SET = PublishedSet("Mohtat2020")
_RATE_UNIT = "A/m² (m³/mol)^1.5"
_CAPIGLIA = (
    "From PyBaMM's set, which says the data are those of Capiglia et al., J. Power Sources 81 (1999) 859, "
    "and the fit that of Dualfoil; not checked"
)


def _graphite_ocp(xp: Any, x: Any) -> Any:
    return (
        0.063
        + 0.8 * xp.exp(-75.0 * (x + 0.001))
        - 0.0120 * xp.tanh((x - 0.127) / 0.016)
        - 0.0118 * xp.tanh((x - 0.155) / 0.016)
        - 0.0035 * xp.tanh((x - 0.220) / 0.020)
        - 0.0095 * xp.tanh((x - 0.190) / 0.013)
        - 0.0145 * xp.tanh((x - 0.490) / 0.020)
        - 0.0800 * xp.tanh((x - 1.030) / 0.055)
    )


def _graphite_entropic(xp: Any, x: Any) -> Any:
    inner = 57.21 + x * (-110.7 + x * (90.71 - 27.14 * x))
    return 1e-3 * (0.28 + x * (-1.56 + x * (-8.92 + x * inner)))


def nmc532_ocp(xp: Any, y: Any) -> Any:
    """Open-circuit potential of NMC532 against lithium.

    Parameters
    ----------
    xp : module
        NumPy or CuPy.
    y : ndarray, any shape
        Stoichiometry, 0 to 1.

    Returns
    -------
    ndarray, shape of y, V
        Potential.

    References
    ----------
    Mohtat et al. 2020, doi:10.1149/1945-7111/aba5d1, as PyBaMM's set states it.
    """
    return _without_fifth(xp, y) - 2.2166 * y**5


def _without_fifth(xp: Any, y: Any) -> Any:
    smooth = 4.3452 + y * (-1.6518 + y * (1.6225 + y * (-2.0843 + 3.5146 * y)))
    return smooth - 0.5623e-4 * xp.exp(109.451 * y - 100.006)


def _nmc532_entropic(xp: Any, y: Any) -> Any:
    """Over a potential that leaves out the fifth power, as the set has it."""
    u = _without_fifth(xp, y)
    return 1e-3 * (-800.0 + u * (779.0 + u * (-284.0 + u * (46.0 - 2.8 * u))))


def _conductivity(xp: Any, concentration: Any) -> Any:
    return 1.3 + 0.0 * concentration


def _diffusivity(xp: Any, concentration: Any) -> Any:
    return 5.35e-10 + 0.0 * concentration


GRAPHITE = ActiveMaterial(
    name="graphite (Mohtat 2020)",
    chemistry="graphite",
    polarity="negative",
    ocp=_SET.over_stoichiometry(
        "graphite_mohtat2020",
        _graphite_ocp,
        "V",
        r"U = 0.063 + 0.8 e^{-75 (x + 0.001)} - 0.012 \tanh\frac{x - 0.127}{0.016}"
        r" - 0.0118 \tanh\frac{x - 0.155}{0.016}"
        r" - 0.0035 \tanh\frac{x - 0.22}{0.02} - 0.0095 \tanh\frac{x - 0.19}{0.013}"
        r" - 0.0145 \tanh\frac{x - 0.49}{0.02} - 0.08 \tanh\frac{x - 1.03}{0.055}",
    ),
    entropic=_SET.over_stoichiometry(
        "entropic_graphite_mohtat2020",
        _graphite_entropic,
        "V/K",
        r"\frac{dU}{dT} = 10^{-3} (0.28 - 1.56 x - 8.92 x^2 + 57.21 x^3 - 110.7 x^4 + 90.71 x^5 - 27.14 x^6)",
        "From PyBaMM's set, which names Thomas and Newman, J. Power Sources 119 (2003) 844; not checked",
    ),
    maximum_concentration=_SET.value(28746.0, "mol/m³"),
    diffusivity=_SET.value(5e-15, "m²/s"),
    diffusivity_activation=_SET.value(42770.0, "J/mol"),
    rate_constant=_SET.value(1.061e-6, _RATE_UNIT),
    rate_activation=_SET.value(37480.0, "J/mol"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.8334, 0.0015),
    suggested=_SET.suggested(
        porosity=0.3, active_fraction=0.61, particle_radius=2.5e-6, conductivity=100.0, density=3100.0
    ),
)

NMC532_OCP = _SET.over_stoichiometry(
    "nmc532_mohtat2020",
    nmc532_ocp,
    "V",
    r"U = 4.3452 - 1.6518 y + 1.6225 y^2 - 2.0843 y^3 + 3.5146 y^4 - 2.2166 y^5"
    r" - 0.5623\cdot10^{-4} e^{109.451 y - 100.006}",
)
"""Open-circuit potential of NMC532."""

NMC532 = ActiveMaterial(
    name="NMC532 (Mohtat 2020)",
    chemistry="NMC532",
    polarity="positive",
    ocp=NMC532_OCP,
    entropic=_SET.over_stoichiometry(
        "entropic_nmc532_mohtat2020",
        _nmc532_entropic,
        "V/K",
        r"\frac{dU}{dT} = 10^{-3} (-800 + 779 u - 284 u^2 + 46 u^3 - 2.8 u^4),\quad u = U + 2.2166 y^5",
        "From PyBaMM's set, which names J. Electrochem. Soc. 153 (2006) A2147, on NMC111; not checked",
        domain=(0.0, 0.97),
    ),
    maximum_concentration=_SET.value(35380.0, "mol/m³"),
    diffusivity=_SET.value(8e-15, "m²/s"),
    diffusivity_activation=_SET.value(18550.0, "J/mol"),
    rate_constant=_SET.value(4.824e-6, _RATE_UNIT),
    rate_activation=_SET.value(39570.0, "J/mol"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.0335, 0.8909),
    suggested=_SET.suggested(
        porosity=0.3, active_fraction=0.445, particle_radius=3.5e-6, conductivity=100.0, density=3100.0
    ),
)

ELECTROLYTE = ElectrolyteMaterial(
    name="LiPF6 EC:DMC (Mohtat 2020)",
    chemistry="LiPF6 in EC:DMC",
    conductivity=_SET.over_salt(
        "conductivity_mohtat2020",
        _conductivity,
        "S/m",
        r"\kappa = 1.3",
        _CAPIGLIA,
        activation=_SET.value(34700.0, "J/mol"),
    ),
    diffusivity=_SET.over_salt(
        "diffusivity_mohtat2020",
        _diffusivity,
        "m²/s",
        r"D_e = 5.35\cdot10^{-10}",
        _CAPIGLIA,
        activation=_SET.value(37040.0, "J/mol"),
    ),
    transference_number=_SET.value(0.38, "1"),
    thermodynamic_factor=_SET.value(1.0, "1", "From PyBaMM's set: ideal"),
    density=None,
    note="The ratio of EC to DMC is not stated; this is not claimed to be LP30. Nothing depends on concentration.",
)

SEPARATOR = FilmMaterial(
    name="separator (Mohtat 2020)",
    chemistry="separator film",
    suggested=_SET.suggested(thickness=12e-6, porosity=0.4, bruggeman_electrolyte=1.5, density=397.0),
)
