"""Materials of the composite electrode of Ai et al. (2022, PyBaMM's "Chen2020_composite"): graphite and silicon."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from joulebook.materials.ai2019 import GRAPHITE_OCP
from joulebook.materials.chen2020 import NMC811 as _NMC811
from joulebook.materials.chen2020 import nmc811_ocp
from joulebook.materials.published import PublishedSet
from joulebook.materials.records import ActiveMaterial

__all__ = ["GRAPHITE", "NMC811", "SILICON"]

_SET = PublishedSet("Ai2022")
_RATE_UNIT = "A/m² (m³/mol)^1.5"
_VERBRUGGE = (
    "From PyBaMM's set, which names Verbrugge et al., J. Electrochem. Soc. 163 (2015) A262, and adds terms that "
    "diverge at both ends; not checked"
)
_INSIDE = (5e-4, 1.0 - 5e-4)
_IN = (0.8633, -9.286, 62.99, -232.8, 489.9, -587.6, 372.6, -96.63)
_OUT = (0.9937, -3.792, 16.87, -58.76, 140.2, -205.7, 161.3, -51.02)


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    total = 0.0 * x
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def _ends(xp: Any, x: Any) -> Any:
    """Terms that diverge at 0 and 1; outside the range in which the law is offered they go on along their tangents."""
    inside = xp.clip(x, *_INSIDE)
    slope = -(1.0 / inside**2 + 1.0 / (inside - 1.0) ** 2)
    return 1e-4 * (1.0 / inside + 1.0 / (inside - 1.0) + slope * (x - inside))


def _lithiation(xp: Any, x: Any) -> Any:
    return _polynomial(_IN, x) + _ends(xp, x)


def _delithiation(xp: Any, x: Any) -> Any:
    return _polynomial(_OUT, x)


def _mean(xp: Any, x: Any) -> Any:
    return 0.5 * (_lithiation(xp, x) + _delithiation(xp, x))


def _nmc811_ocp(xp: Any, y: Any) -> Any:
    return nmc811_ocp(xp, y) + _ends(xp, y)


_ENDS_TEXT = r"10^{-4} \left(\frac{1}{x} + \frac{1}{x - 1}\right)"
_IN_TEXT = r"0.8633 - 9.286 x + 62.99 x^2 - 232.8 x^3 + 489.9 x^4 - 587.6 x^5 + 372.6 x^6 - 96.63 x^7 + " + _ENDS_TEXT
_OUT_TEXT = r"0.9937 - 3.792 x + 16.87 x^2 - 58.76 x^3 + 140.2 x^4 - 205.7 x^5 + 161.3 x^6 - 51.02 x^7"

GRAPHITE = ActiveMaterial(
    name="graphite (Ai 2022)",
    chemistry="graphite",
    polarity="negative",
    ocp=_SET.over_stoichiometry(
        "graphite_ai2019",
        GRAPHITE_OCP,
        "V",
        r"U(x) \text{ by a cubic spline through 125 points}",
        "Table of PyBaMM's set, which calls it measured",
        ref="Ai2019",
        method="measured",
    ),
    maximum_concentration=_SET.value(28700.0, "mol/m³"),
    diffusivity=_SET.value(5.5e-14, "m²/s"),
    rate_constant=_SET.value(6.48e-7, _RATE_UNIT, ref="Chen2020"),
    rate_activation=_SET.value(35000.0, "J/mol", ref="Chen2020"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.9728, 0.0013),
    suggested=_SET.suggested(
        porosity=0.25, active_fraction=0.735, particle_radius=5.86e-6, conductivity=215.0, density=1657.0
    ),
)

SILICON = ActiveMaterial(
    name="silicon (Ai 2022)",
    chemistry="Si",
    polarity="negative",
    ocp=_SET.over_stoichiometry(
        "silicon_mean_ai2022",
        _mean,
        "V",
        r"U = \frac{1}{2} (U_{in} + U_{out})",
        _VERBRUGGE,
        domain=_INSIDE,
    ),
    ocp_lithiation=_SET.over_stoichiometry(
        "silicon_lithiation_ai2022", _lithiation, "V", rf"U_{{in}} = {_IN_TEXT}", _VERBRUGGE, domain=_INSIDE
    ),
    ocp_delithiation=_SET.over_stoichiometry(
        "silicon_delithiation_ai2022", _delithiation, "V", rf"U_{{out}} = {_OUT_TEXT}", _VERBRUGGE, domain=_INSIDE
    ),
    maximum_concentration=_SET.value(278000.0, "mol/m³"),
    diffusivity=_SET.value(1.67e-14, "m²/s"),
    rate_constant=_SET.computed(
        6.48e-7 * 28700.0 / 278000.0, _RATE_UNIT, "That of graphite times the ratio of maximum concentrations"
    ),
    rate_activation=_SET.value(35000.0, "J/mol"),
    charge_transfer_coefficient=_SET.value(0.5, "1"),
    window=_SET.window(0.9877, 0.0000),
    suggested=_SET.suggested(active_fraction=0.015, particle_radius=1.52e-6, density=2650.0),
    note="How fast the potential moves between the branches is not given.",
)

NMC811 = replace(
    _NMC811,
    name="LGM50 NMC811 (Ai 2022)",
    ocp=_SET.over_stoichiometry(
        "nmc811_ai2022",
        _nmc811_ocp,
        "V",
        f"{_NMC811.ocp.formula} + {_ENDS_TEXT.replace('x', 'y')}",
        "Fit of Chen et al. 2020, with terms that diverge at both ends, as in PyBaMM's set",
        method="fitted",
        domain=_INSIDE,
    ),
    window=_SET.window(0.2665, 0.9275),
)
