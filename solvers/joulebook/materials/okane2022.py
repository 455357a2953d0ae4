"""Materials of the LG M50 in the set of O'Kane et al. (2022): those of Chen et al. (2020), with temperature."""

from __future__ import annotations

from dataclasses import replace

from joulebook.materials.chen2020 import GRAPHITE_SIOX as _GRAPHITE
from joulebook.materials.chen2020 import NMC811 as _NMC811
from joulebook.materials.interpolation import PublishedTable
from joulebook.materials.published import PublishedSet

__all__ = ["GRAPHITE_SIOX", "NMC811"]

_SET = PublishedSet("OKane2022")

GRAPHITE_SIOX = replace(
    _GRAPHITE,
    name="LGM50 graphite-SiOx (O'Kane 2022)",
    ocp=_SET.over_stoichiometry(
        "graphite_siox_table_chen2020",
        PublishedTable("graphite_siox_ocp_chen2020.csv", "spline"),
        "V",
        r"U(x) \text{ by a cubic spline through 248 points}",
        "Table of PyBaMM's set OKane2022, which calls it measured",
        ref="Chen2020",
        method="measured",
    ),
    diffusivity_activation=_SET.value(
        30300.0, "J/mol", "From PyBaMM's set, which says it is that of Ecker et al. 2015; not checked"
    ),
    window=_SET.window(0.9071, 0.0302),
    note="Negative electrode of the LG M50 with the measured potential; silicon and graphite are treated as one phase.",
)

NMC811 = replace(
    _NMC811,
    name="LGM50 NMC811 (O'Kane 2022)",
    diffusivity_activation=_SET.value(
        25000.0, "J/mol", "From PyBaMM's set, which says it follows Cabañero et al. 2018; not checked"
    ),
    window=_SET.window(0.2662, 0.8514),
)
