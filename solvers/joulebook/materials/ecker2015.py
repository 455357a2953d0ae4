"""Materials of the Kokam SLPB 75106100 cell in the set of Ecker et al. (2015): graphite against Li(Ni,Co)O2."""

from __future__ import annotations

from typing import Any

from joulebook.materials.published import PublishedSet
from joulebook.materials.records import GAS_CONSTANT, ActiveMaterial, ElectrolyteMaterial, FilmMaterial

__all__ = ["ELECTROLYTE", "GRAPHITE", "NCO", "SEPARATOR"]

_SET = PublishedSet("Ecker2015i", 296.15)
_RATE_UNIT = "A/m² (m³/mol)^1.5"
_FIT = "From PyBaMM's set, which says S. O'Kane fitted it to the data, in Richardson et al. 2020; not checked"
_FARADAY = 6.02214076e23 * 1.602176634e-19
_LEAST = 50.0
"""mol/m³; the diffusivity of the salt is held constant below."""


def _graphite_ocp(xp: Any, x: Any) -> Any:
    return (
        0.716502 * xp.exp(-369.028 * x)
        + 0.12193 * xp.exp(-35.6478 * (x - 0.0530947))
        - 0.0189193 * xp.tanh(21.1967 * (x - 0.196176))
        - 0.0169644 * xp.tanh(27.1365 * (x - 0.312832))
        - 0.0199313 * xp.tanh(28.5697 * (x - 0.614221))
        - 0.931153 * xp.exp(36.328 * (x - 1.10743))
        + 0.140031
    )


def _graphite_diffusivity(xp: Any, x: Any) -> Any:
    return 8.4e-13 * xp.exp(-11.3 * x) + 8.2e-15


def _nco_ocp(xp: Any, y: Any) -> Any:
    return (
        -2.35211 * y
        - 0.0747061 * xp.tanh(31.886 * (y - 0.0219921))
        + 6.34984 * xp.tanh(2.66395 * (y - 0.174352))
        - 0.640243 * xp.tanh(5.48623 * (y - 0.439245))
        - 3.82383 * xp.tanh(4.12167 * (y - 0.176187))
        - 0.0542123 * xp.tanh(18.2919 * (y - 0.762272))
        + 4.23285
    )


def _nco_diffusivity(xp: Any, y: Any) -> Any:
    return 3.7e-13 - 3.4e-13 * xp.exp(-12.0 * (y - 0.62) ** 2)


def _conductivity(xp: Any, concentration: Any, temperature: Any = 296.15) -> Any:
    c = concentration / 1000.0
    at_296 = 0.2667 * c**3 - 1.2983 * c**2 + 1.7919 * c + 0.1726
    return at_296 * 296.0 / temperature * xp.exp(xp.asarray(17100.0 / GAS_CONSTANT * (1 / 296.0 - 1 / temperature)))


def _diffusivity(xp: Any, concentration: Any, temperature: Any = 296.15) -> Any:
    """The relation of Nernst and Einstein for the conductivity."""
    c = xp.maximum(concentration, _LEAST)
    return GAS_CONSTANT * temperature / _FARADAY**2 * _conductivity(xp, c, temperature) / c


GRAPHITE = ActiveMaterial(
    name="graphite (Ecker 2015)",
    chemistry="graphite",
    polarity="negative",
    ocp=_SET.over_stoichiometry(
        "graphite_ecker2015",
        _graphite_ocp,
        "V",
        r"U = 0.716502 e^{-369.028 x} + 0.12193 e^{-35.6478 (x - 0.0530947)} - 0.0189193 \tanh(21.1967 (x - 0.196176))"
        r" - 0.0169644 \tanh(27.1365 (x - 0.312832)) - 0.0199313 \tanh(28.5697 (x - 0.614221))"
        r" - 0.931153 e^{36.328 (x - 1.10743)} + 0.140031",
        _FIT,
        method="fitted",
    ),
    maximum_concentration=_SET.value(31920.0, "mol/m³"),
    diffusivity=_SET.middle(_graphite_diffusivity, "m²/s", temperature=296.0),
    diffusivity_law=_SET.over_stoichiometry(
        "diffusivity_graphite_ecker2015",
        _graphite_diffusivity,
        "m²/s",
        r"D_s = 8.4\cdot10^{-13} e^{-11.3 x} + 8.2\cdot10^{-15}",
        _FIT,
        activation=_SET.value(30300.0, "J/mol"),
        temperature=296.0,
    ),
    diffusivity_activation=_SET.value(30300.0, "J/mol"),
    rate_constant=_SET.computed(
        1.11e-10 * _FARADAY, _RATE_UNIT, "Faraday's constant times the 1.11e-10 m/s (m³/mol)^0.5 of PyBaMM's set"
    ),
    rate_activation=_SET.value(53400.0, "J/mol"),
    charge_transfer_coefficient=_SET.value(0.5, "1", "The set gives none: PyBaMM's model is symmetric"),
    window=_SET.window(0.8484, 0.0036),
    suggested=_SET.suggested(
        porosity=0.329, active_fraction=0.372403, particle_radius=1.37e-5, conductivity=14.0, density=1555.0
    ),
)

NCO = ActiveMaterial(
    name="NCO (Ecker 2015)",
    chemistry="Li(Ni,Co)O2",
    polarity="positive",
    ocp=_SET.over_stoichiometry(
        "nco_ecker2015",
        _nco_ocp,
        "V",
        r"U = -2.35211 y - 0.0747061 \tanh(31.886 (y - 0.0219921)) + 6.34984 \tanh(2.66395 (y - 0.174352))"
        r" - 0.640243 \tanh(5.48623 (y - 0.439245)) - 3.82383 \tanh(4.12167 (y - 0.176187))"
        r" - 0.0542123 \tanh(18.2919 (y - 0.762272)) + 4.23285",
        _FIT,
        method="fitted",
    ),
    maximum_concentration=_SET.value(48580.0, "mol/m³"),
    diffusivity=_SET.middle(_nco_diffusivity, "m²/s"),
    diffusivity_law=_SET.over_stoichiometry(
        "diffusivity_nco_ecker2015",
        _nco_diffusivity,
        "m²/s",
        r"D_s = 3.7\cdot10^{-13} - 3.4\cdot10^{-13} e^{-12 (y - 0.62)^2}",
        _FIT,
        activation=_SET.value(80600.0, "J/mol"),
    ),
    diffusivity_activation=_SET.value(80600.0, "J/mol"),
    rate_constant=_SET.computed(
        3.01e-11 * _FARADAY, _RATE_UNIT, "Faraday's constant times the 3.01e-11 m/s (m³/mol)^0.5 of PyBaMM's set"
    ),
    rate_activation=_SET.value(43600.0, "J/mol"),
    charge_transfer_coefficient=_SET.value(0.5, "1", "The set gives none: PyBaMM's model is symmetric"),
    window=_SET.window(0.2353, 0.9291),
    suggested=_SET.suggested(
        porosity=0.296, active_fraction=0.40832, particle_radius=6.5e-6, conductivity=68.1, density=2895.0
    ),
    note="The share of manganese, if any, is not stated.",
)

ELECTROLYTE = ElectrolyteMaterial(
    name="LiPF6 EC:DMC (Ecker 2015)",
    chemistry="LiPF6 in carbonates",
    conductivity=_SET.over_salt(
        "conductivity_ecker2015",
        _conductivity,
        "S/m",
        r"\kappa = (0.2667 c^3 - 1.2983 c^2 + 1.7919 c + 0.1726) \frac{296}{T}"
        r" \exp\left(\frac{17100}{R} \left(\frac{1}{296} - \frac{1}{T}\right)\right),\quad c \text{ in mol/L}",
        _FIT,
        thermal=_conductivity,
    ),
    diffusivity=_SET.over_salt(
        "diffusivity_ecker2015",
        _diffusivity,
        "m²/s",
        r"D_e = \frac{R T}{F^2} \frac{\kappa}{c}",
        "From PyBaMM's set, which derives it from the conductivity; held constant below 50 mol/m³, where it diverges",
        thermal=_diffusivity,
    ),
    transference_number=_SET.value(0.26, "1"),
    thermodynamic_factor=_SET.value(1.0, "1", "From PyBaMM's set: ideal"),
    density=None,
    note="PyBaMM says EC:DMC for the solvent; the publication was not at hand to confirm it.",
)

SEPARATOR = FilmMaterial(
    name="separator (Ecker 2015)",
    chemistry="separator film",
    suggested=_SET.suggested(thickness=20e-6, porosity=0.508, bruggeman_electrolyte=1.9804586773134945, density=1017.0),
)
