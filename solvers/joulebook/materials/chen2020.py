"""Active materials and separator of the LG M50 21700 cell, as parameterised by Chen et al. (2020).

Values are those of PyBaMM's parameter set of the publication, which calls the open-circuit potentials fits. How the
other values were obtained stands in the paper; until somebody has read it there, no label here claims more.
"""

from __future__ import annotations

from typing import Any

from joulebook.core.citations import Source
from joulebook.materials.records import ActiveMaterial, FilmMaterial, Law, Value

__all__ = ["GRAPHITE_SIOX", "NMC811", "SEPARATOR", "graphite_siox_ocp", "nmc811_ocp"]

_FITTED = Source(ref="Chen2020", method="fitted")
_SET = Source(ref="Chen2020", method="literature", note="From PyBaMM's set; method not checked")
_WINDOW = Source(
    ref="Chen2020",
    method="computed",
    note="Electrode balance of the published cell between 4.2 V and 2.5 V, from its published initial state",
)
_RATE_UNIT = "A/m² (m³/mol)^1.5"


def graphite_siox_ocp(xp: Any, x: Any) -> Any:
    """Open-circuit potential of graphite–SiOx against lithium.

    Parameters
    ----------
    xp : module
        NumPy or CuPy.
    x : ndarray, any shape
        Stoichiometry, 0 to 1.

    Returns
    -------
    ndarray, shape of x, V
        Potential.

    References
    ----------
    Chen et al. 2020, doi:10.1149/1945-7111/ab9050, fit for the negative electrode.
    """
    return (
        1.9793 * xp.exp(-39.3631 * x)
        + 0.2482
        - 0.0909 * xp.tanh(29.8538 * (x - 0.1234))
        - 0.04478 * xp.tanh(14.9159 * (x - 0.2769))
        - 0.0205 * xp.tanh(30.4444 * (x - 0.6103))
    )


def nmc811_ocp(xp: Any, y: Any) -> Any:
    """Open-circuit potential of NMC811 against lithium.

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
    Chen et al. 2020, doi:10.1149/1945-7111/ab9050, fit for the positive electrode.
    """
    return (
        -0.8090 * y
        + 4.4875
        - 0.0428 * xp.tanh(18.5138 * (y - 0.5542))
        - 17.7326 * xp.tanh(15.7890 * (y - 0.3117))
        + 17.5842 * xp.tanh(15.9308 * (y - 0.3120))
    )


GRAPHITE_SIOX = ActiveMaterial(
    name="LGM50 graphite-SiOx",
    chemistry="graphite–SiOx",
    polarity="negative",
    ocp=Law(
        name="graphite_siox_chen2020",
        function=graphite_siox_ocp,
        variable="stoichiometry",
        domain=(0.0, 1.0),
        unit="V",
        formula=(
            r"U = 1.9793\,e^{-39.3631 x} + 0.2482 - 0.0909 \tanh(29.8538 (x - 0.1234))"
            r" - 0.04478 \tanh(14.9159 (x - 0.2769)) - 0.0205 \tanh(30.4444 (x - 0.6103))"
        ),
        source=_FITTED,
    ),
    maximum_concentration=Value(33133.0, "mol/m³", _SET),
    diffusivity=Value(3.3e-14, "m²/s", _SET),
    rate_constant=Value(6.48e-7, _RATE_UNIT, _SET),
    rate_activation=Value(35000.0, "J/mol", _SET),
    charge_transfer_coefficient=Value(0.5, "1", _SET),
    window=(Value(0.9106, "1", _WINDOW), Value(0.0263, "1", _WINDOW)),
    suggested={
        "porosity": Value(0.25, "1", _SET),
        "active_fraction": Value(0.75, "1", _SET),
        "particle_radius": Value(5.86e-6, "m", _SET),
        "conductivity": Value(215.0, "S/m", _SET),
        "density": Value(1657.0, "kg/m³", _SET),
    },
    note="Negative electrode of the LG M50; silicon and graphite are treated as one phase.",
)

NMC811 = ActiveMaterial(
    name="LGM50 NMC811",
    chemistry="NMC811",
    polarity="positive",
    ocp=Law(
        name="nmc811_chen2020",
        function=nmc811_ocp,
        variable="stoichiometry",
        domain=(0.0, 1.0),
        unit="V",
        formula=(
            r"U = 4.4875 - 0.8090 y - 0.0428 \tanh(18.5138 (y - 0.5542))"
            r" - 17.7326 \tanh(15.7890 (y - 0.3117)) + 17.5842 \tanh(15.9308 (y - 0.3120))"
        ),
        source=_FITTED,
    ),
    maximum_concentration=Value(63104.0, "mol/m³", _SET),
    diffusivity=Value(4.0e-15, "m²/s", _SET),
    rate_constant=Value(3.42e-6, _RATE_UNIT, _SET),
    rate_activation=Value(17800.0, "J/mol", _SET),
    charge_transfer_coefficient=Value(0.5, "1", _SET),
    window=(Value(0.2638, "1", _WINDOW), Value(0.8540, "1", _WINDOW)),
    suggested={
        "porosity": Value(0.335, "1", _SET),
        "active_fraction": Value(0.665, "1", _SET),
        "particle_radius": Value(5.22e-6, "m", _SET),
        "conductivity": Value(0.18, "S/m", _SET),
        "density": Value(3262.0, "kg/m³", _SET),
    },
    note="Positive electrode of the LG M50. The range of the measurements is not recorded here.",
)

SEPARATOR = FilmMaterial(
    name="LGM50 separator",
    chemistry="separator film",
    suggested={
        "thickness": Value(12e-6, "m", _SET),
        "porosity": Value(0.47, "1", _SET),
        "bruggeman_electrolyte": Value(1.5, "1", _SET),
        "density": Value(397.0, "kg/m³", _SET),
    },
)
