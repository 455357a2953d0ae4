"""Materials of the Enertech pouch cell in the set of Ai et al. (2019, PyBaMM's "Ai2020"): graphite against LiCoO2."""

from __future__ import annotations

from typing import Any

from joulebook.materials.electrolytes import valoen_diffusivity
from joulebook.materials.interpolation import PublishedTable
from joulebook.materials.published import PublishedSet
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, FilmMaterial

__all__ = ["ELECTROLYTE", "GRAPHITE", "GRAPHITE_OCP", "LCO", "SEPARATOR"]

_SET = PublishedSet("Ai2019")
_RATE_UNIT = "A/m² (m³/mol)^1.5"
_FARADAY = 6.02214076e23 * 1.602176634e-19
_RATE_NOTE = "Faraday's constant times the 1e-11 m/s (m³/mol)^0.5 of PyBaMM's set"
_FIT = "From PyBaMM's set, which calls it a fit of this work"
_GRAPHITE_ABOVE = (
    0.005269056,
    3.299265709,
    -91.79325798,
    1004.911008,
    -5812.278127,
    19329.7549,
    -37147.8947,
    38379.18127,
    -16515.05308,
)
_GRAPHITE_BELOW = (
    1.0,
    -48.09287227,
    1017.234804,
    -10481.80419,
    59431.3,
    -195881.6488,
    374577.3152,
    -385821.1607,
    165705.8597,
)
_LCO = (0.109667298, -1.30382445, 6.54799331, -17.992018, 29.1744564, -27.9047599, 14.5719049, -3.20392657)


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    total = 0.0 * x
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def _terms(coefficients: tuple[float, ...], symbol: str) -> str:
    """A polynomial in LaTeX."""
    words = [f"{coefficients[0]:g}"]
    for power, value in enumerate(coefficients[1:], start=1):
        words.append(f"{'-' if value < 0 else '+'} {abs(value):.10g} {symbol}" + (f"^{power}" if power > 1 else ""))
    return " ".join(words)


def _graphite_entropic(xp: Any, x: Any) -> Any:
    return 1e-3 * _polynomial(_GRAPHITE_ABOVE, x) / _polynomial(_GRAPHITE_BELOW, x)


def _lco_entropic(xp: Any, y: Any) -> Any:
    return _polynomial(_LCO, y)


def _conductivity(xp: Any, concentration: Any, temperature: Any = 298.15) -> Any:
    c, t = concentration, temperature
    inner = -10.5 + 0.668e-3 * c + 0.494e-6 * c**2 + (0.074 - 1.78e-5 * c - 8.86e-10 * c**2) * t
    return 1e-4 * c * (inner + (-6.96e-5 + 2.8e-8 * c) * t**2) ** 2


def _factor(xp: Any, concentration: Any, temperature: Any = 298.15) -> Any:
    c = concentration / 1000.0
    root = xp.sqrt(c)
    return (0.601 - 0.24 * root + 0.982 * (1.0 - 0.0052 * (temperature - 298.15)) * c * root) / (1.0 - 0.38)


GRAPHITE_OCP = PublishedTable("graphite_ocp_ai2019.csv", "spline")
"""Open-circuit potential of the Enertech cell's graphite."""

GRAPHITE = ActiveMaterial(
    name="graphite (Ai 2019)",
    chemistry="graphite",
    polarity="negative",
    ocp=_SET.over_stoichiometry(
        "graphite_ai2019",
        GRAPHITE_OCP,
        "V",
        r"U(x) \text{ by a cubic spline through 125 points}",
        "Table of PyBaMM's set, which calls it measured",
        method="measured",
    ),
    entropic=_SET.over_stoichiometry(
        "entropic_graphite_ai2019",
        _graphite_entropic,
        "V/K",
        rf"\frac{{dU}}{{dT}} = 10^{{-3}} \frac{{{_terms(_GRAPHITE_ABOVE, 'x')}}}{{{_terms(_GRAPHITE_BELOW, 'x')}}}",
        _FIT,
        method="fitted",
    ),
    maximum_concentration=_SET.value(28700.0, "mol/m³"),
    diffusivity=_SET.value(3.9e-14, "m²/s"),
    diffusivity_activation=_SET.value(5000.0, "J/mol"),
    rate_constant=_SET.computed(1e-11 * _FARADAY, _RATE_UNIT, _RATE_NOTE),
    rate_activation=_SET.value(5000.0, "J/mol"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.8482, 0.0051),
    suggested=_SET.suggested(
        porosity=0.33, active_fraction=0.61, particle_radius=5e-6, conductivity=100.0, density=2470.0
    ),
)

LCO = ActiveMaterial(
    name="LCO (Ai 2019)",
    chemistry="LiCoO2",
    polarity="positive",
    ocp=_SET.over_stoichiometry(
        "lco_ai2019",
        PublishedTable("lco_ocp_rieger2016.csv", "spline"),
        "V",
        r"U(y) \text{ by a cubic spline through 482 points}",
        "Table of PyBaMM's set, which names this work for the data; not checked",
        ref="Rieger2016",
        domain=(0.4, 0.9989),
    ),
    entropic=_SET.over_stoichiometry(
        "entropic_lco_ai2019",
        _lco_entropic,
        "V/K",
        rf"\frac{{dU}}{{dT}} = {_terms(_LCO, 'y')}",
        f"{_FIT}, accurate from 0.43 to 0.9936",
        method="fitted",
        domain=(0.43, 0.9936),
    ),
    maximum_concentration=_SET.value(49943.0, "mol/m³"),
    diffusivity=_SET.value(5.387e-15, "m²/s"),
    diffusivity_activation=_SET.value(5000.0, "J/mol"),
    rate_constant=_SET.computed(1e-11 * _FARADAY, _RATE_UNIT, _RATE_NOTE),
    rate_activation=_SET.value(5000.0, "J/mol"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.4298, 0.9661),
    suggested=_SET.suggested(
        porosity=0.32, active_fraction=0.62, particle_radius=3e-6, conductivity=10.0, density=2470.0
    ),
    note="No data below a stoichiometry of 0.4: the potential goes on as a straight line there.",
)

ELECTROLYTE = ElectrolyteMaterial(
    name="LiPF6 EC:DMC (Ai 2019)",
    chemistry="LiPF6 in EC:DMC",
    conductivity=_SET.over_salt(
        "conductivity_ai2019",
        _conductivity,
        "S/m",
        r"\kappa = 10^{-4} c \left(-10.5 + 6.68\cdot10^{-4} c + 4.94\cdot10^{-7} c^2"
        r" + (0.074 - 1.78\cdot10^{-5} c - 8.86\cdot10^{-10} c^2) T"
        r" + (-6.96\cdot10^{-5} + 2.8\cdot10^{-8} c) T^2\right)^2"
        r",\quad c \text{ in mol/m}^3",
        thermal=_conductivity,
    ),
    diffusivity=_SET.over_salt(
        "diffusivity_valoen2005",
        valoen_diffusivity,
        "m²/s",
        r"D_e = 10^{-8.43 - 54 / (T - 229 - 5 c) - 0.22 c},\quad c \text{ in mol/L}",
        "Formula of PyBaMM's set Ai2020, which names this work and its equation 14; not checked against it",
        ref="Valoen2005",
        thermal=valoen_diffusivity,
    ),
    transference_number=_SET.value(0.38, "1"),
    thermodynamic_factor=_SET.computed(
        float((0.601 - 0.24 + 0.982) / 0.62), "1", "The law at 1000 mol/m³ and 298.15 K"
    ),
    thermodynamic_factor_law=_SET.over_salt(
        "thermodynamic_factor_ai2019",
        _factor,
        "1",
        r"\chi = \frac{0.601 - 0.24 \sqrt{c} + 0.982 (1 - 0.0052 (T - 298.15)) c^{1.5}}{1 - t_+}"
        r",\quad c \text{ in mol/L}",
        thermal=_factor,
    ),
    density=None,
    note="The ratio of EC to DMC is not stated; this is not claimed to be LP30.",
)

SEPARATOR = FilmMaterial(
    name="separator (Ai 2019)",
    chemistry="separator film",
    suggested=_SET.suggested(thickness=25e-6, porosity=0.5, bruggeman_electrolyte=1.5, density=2470.0),
    note="The density is that of the whole cell in PyBaMM's set.",
)
