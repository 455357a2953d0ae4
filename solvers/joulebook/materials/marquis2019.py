"""Materials of the Kokam SLPB78205130H cell in the set of Marquis et al. (2019): graphite against LiCoO2."""

from __future__ import annotations

from typing import Any

from joulebook.materials.published import PublishedSet
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, FilmMaterial

__all__ = ["ELECTROLYTE", "GRAPHITE", "LCO", "SEPARATOR"]

_SET = PublishedSet("Marquis2019")
_RATE_UNIT = "A/m² (m³/mol)^1.5"
_DUALFOIL = "From PyBaMM's set, which took it from Newman's program Dualfoil; not checked"
_MOURA = "From PyBaMM's set, which took it from S. Moura's code fastDFN; not checked"
_STEPS = (
    (0.0351, 0.286, 0.083),
    (-0.0045, 0.849, 0.119),
    (-0.035, 0.9233, 0.05),
    (-0.0147, 0.5, 0.034),
    (-0.102, 0.194, 0.142),
    (-0.022, 0.9, 0.0164),
    (-0.011, 0.124, 0.0226),
    (0.0155, 0.105, 0.029),
)
_STRETCH = 1.062


def _graphite_ocp(xp: Any, x: Any) -> Any:
    potential = 0.194 + 1.5 * xp.exp(-120.0 * x)
    for height, place, width in _STEPS:
        potential = potential + height * xp.tanh((x - place) / width)
    return potential


def _graphite_entropic(xp: Any, x: Any) -> Any:
    """The slope of the potential over a concentration of 24983 mol/m³, in V/K as the set gives it."""
    slope = -180.0 * xp.exp(-120.0 * x)
    for height, place, width in _STEPS:
        slope = slope + height / width / xp.cosh((x - place) / width) ** 2
    return slope / 24983.2619938437


def _lco_ocp(xp: Any, y: Any) -> Any:
    s = _STRETCH * y
    return (
        2.16216
        + 0.07645 * xp.tanh(30.834 - 54.4806 * s)
        + 2.1581 * xp.tanh(52.294 - 50.294 * s)
        - 0.14169 * xp.tanh(11.0923 - 19.8543 * s)
        + 0.2051 * xp.tanh(1.4684 - 5.4888 * s)
        + 0.2531 * xp.tanh((0.56478 - s) / 0.1316)
        - 0.02167 * xp.tanh((s - 0.525) / 0.006)
    )


def _lco_entropic(xp: Any, y: Any) -> Any:
    s = _STRETCH * y
    slope = (
        -0.07645 * 54.4806 / xp.cosh(30.834 - 54.4806 * s) ** 2
        - 2.1581 * 50.294 / xp.cosh(52.294 - 50.294 * s) ** 2
        + 0.14169 * 19.854 / xp.cosh(11.0923 - 19.8543 * s) ** 2
        - 0.2051 * 5.4888 / xp.cosh(1.4684 - 5.4888 * s) ** 2
        - 0.2531 / 0.1316 / xp.cosh((0.56478 - s) / 0.1316) ** 2
        - 0.02167 / 0.006 / xp.cosh((s - 0.525) / 0.006) ** 2
    )
    return slope / 51217.9257309275


def _conductivity(xp: Any, concentration: Any) -> Any:
    c = concentration / 1000.0
    return 0.0911 + 1.9101 * c - 1.052 * c**2 + 0.1554 * c**3


def _diffusivity(xp: Any, concentration: Any) -> Any:
    return 5.34e-10 * xp.exp(-0.65 * concentration / 1000.0)


GRAPHITE = ActiveMaterial(
    name="graphite MCMB 2528 (Marquis 2019)",
    chemistry="graphite",
    polarity="negative",
    ocp=_SET.over_stoichiometry(
        "graphite_marquis2019",
        _graphite_ocp,
        "V",
        r"U = 0.194 + 1.5 e^{-120 x} + 0.0351 \tanh\frac{x - 0.286}{0.083} - 0.0045 \tanh\frac{x - 0.849}{0.119}"
        r" - 0.035 \tanh\frac{x - 0.9233}{0.05} - 0.0147 \tanh\frac{x - 0.5}{0.034}"
        r" - 0.102 \tanh\frac{x - 0.194}{0.142} - 0.022 \tanh\frac{x - 0.9}{0.0164}"
        r" - 0.011 \tanh\frac{x - 0.124}{0.0226} + 0.0155 \tanh\frac{x - 0.105}{0.029}",
        _DUALFOIL,
    ),
    entropic=_SET.over_stoichiometry(
        "entropic_graphite_marquis2019",
        _graphite_entropic,
        "V/K",
        r"\frac{dU}{dT} = \frac{1}{24983} \frac{dU}{dx}",
        _MOURA,
    ),
    maximum_concentration=_SET.value(24983.2619938437, "mol/m³"),
    diffusivity=_SET.value(3.9e-14, "m²/s", _DUALFOIL),
    diffusivity_activation=_SET.value(42770.0, "J/mol"),
    rate_constant=_SET.value(2e-5, _RATE_UNIT, _DUALFOIL),
    rate_activation=_SET.value(37480.0, "J/mol"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.9493, 0.1832),
    suggested=_SET.suggested(
        porosity=0.3, active_fraction=0.6, particle_radius=1e-5, conductivity=100.0, density=1657.0
    ),
    note="The entropic coefficient of the set is the slope of the potential over a concentration; mistrust its size.",
)

LCO = ActiveMaterial(
    name="LCO (Marquis 2019)",
    chemistry="LiCoO2",
    polarity="positive",
    ocp=_SET.over_stoichiometry(
        "lco_marquis2019",
        _lco_ocp,
        "V",
        r"U = 2.16216 + 0.07645 \tanh(30.834 - 54.4806 s) + 2.1581 \tanh(52.294 - 50.294 s)"
        r" - 0.14169 \tanh(11.0923 - 19.8543 s) + 0.2051 \tanh(1.4684 - 5.4888 s)"
        r" + 0.2531 \tanh\frac{0.56478 - s}{0.1316} - 0.02167 \tanh\frac{s - 0.525}{0.006},\quad s = 1.062 y",
        _DUALFOIL,
    ),
    entropic=_SET.over_stoichiometry(
        "entropic_lco_marquis2019",
        _lco_entropic,
        "V/K",
        r"\frac{dU}{dT} = \frac{1}{51218} \left(\frac{-4.165}{\cosh^2(30.834 - 54.4806 s)}"
        r" - \frac{108.54}{\cosh^2(52.294 - 50.294 s)} + \frac{2.8131}{\cosh^2(11.0923 - 19.8543 s)}"
        r" - \frac{1.1258}{\cosh^2(1.4684 - 5.4888 s)} - \frac{1.9233}{\cosh^2((0.56478 - s)/0.1316)}"
        r" - \frac{3.6117}{\cosh^2((s - 0.525)/0.006)}\right),\quad s = 1.062 y",
        _MOURA,
    ),
    maximum_concentration=_SET.value(51217.9257309275, "mol/m³"),
    diffusivity=_SET.value(1e-13, "m²/s", _DUALFOIL),
    diffusivity_activation=_SET.value(18550.0, "J/mol"),
    rate_constant=_SET.value(6e-7, _RATE_UNIT, _DUALFOIL),
    rate_activation=_SET.value(39570.0, "J/mol"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.5126, 0.9610),
    suggested=_SET.suggested(
        porosity=0.3, active_fraction=0.5, particle_radius=1e-5, conductivity=10.0, density=3262.0
    ),
    note="The entropic coefficient of the set is the slope of the potential over a concentration; mistrust its size.",
)

_CAPIGLIA = (
    "From PyBaMM's set, which says the data are those of Capiglia et al., J. Power Sources 81 (1999) 859, "
    "and the fit that of Dualfoil; not checked"
)

ELECTROLYTE = ElectrolyteMaterial(
    name="LiPF6 EC:DMC (Marquis 2019)",
    chemistry="LiPF6 in EC:DMC",
    conductivity=_SET.over_salt(
        "conductivity_marquis2019",
        _conductivity,
        "S/m",
        r"\kappa = 0.0911 + 1.9101 c - 1.052 c^2 + 0.1554 c^3,\quad c \text{ in mol/L}",
        _CAPIGLIA,
        activation=_SET.value(34700.0, "J/mol"),
    ),
    diffusivity=_SET.over_salt(
        "diffusivity_marquis2019",
        _diffusivity,
        "m²/s",
        r"D_e = 5.34\cdot10^{-10} e^{-0.65 c},\quad c \text{ in mol/L}",
        _CAPIGLIA,
        activation=_SET.value(37040.0, "J/mol"),
    ),
    transference_number=_SET.value(0.4, "1"),
    thermodynamic_factor=_SET.value(1.0, "1", "From PyBaMM's set: ideal"),
    density=None,
    note="The ratio of EC to DMC is not stated; this is not claimed to be LP30.",
)

SEPARATOR = FilmMaterial(
    name="separator (Marquis 2019)",
    chemistry="separator film",
    suggested=_SET.suggested(thickness=25e-6, porosity=1.0, bruggeman_electrolyte=1.5, density=397.0),
    note="The porosity of 1 is that of PyBaMM's set.",
)
