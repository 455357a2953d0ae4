"""Electrolytes that several sets of parameters share: conductivity, diffusivity and what goes with them.

The laws for other mixtures stand with the set that uses them.
"""

from __future__ import annotations

from typing import Any

from joulebook.core.citations import Source
from joulebook.materials.published import PublishedSet
from joulebook.materials.records import ElectrolyteMaterial, Value

__all__ = [
    "NYMAN_2008",
    "NYMAN_2008_WARM",
    "VALOEN_2005",
    "nyman_conductivity",
    "nyman_diffusivity",
    "valoen_conductivity",
    "valoen_diffusivity",
]

_NYMAN = PublishedSet("Nyman2008")
_VALOEN = PublishedSet("Valoen2005")
_CHEN = PublishedSet("Chen2020")
_OKANE = PublishedSet("OKane2022")


def nyman_conductivity(xp: Any, concentration: Any) -> Any:
    """Ionic conductivity of LiPF6 in EC:EMC 3:7.

    Parameters
    ----------
    xp : module
        NumPy or CuPy.
    concentration : ndarray, any shape, mol/m³
        Salt concentration.

    Returns
    -------
    ndarray, shape of concentration, S/m
        Conductivity at 298.15 K.

    References
    ----------
    Nyman et al. 2008, doi:10.1016/j.electacta.2008.04.023, as used by Chen et al. 2020.
    """
    c = concentration / 1000.0
    return 0.1297 * c**3 - 2.51 * c * xp.sqrt(c) + 3.329 * c


def nyman_diffusivity(xp: Any, concentration: Any) -> Any:
    """Salt diffusivity of LiPF6 in EC:EMC 3:7.

    Parameters
    ----------
    xp : module
        NumPy or CuPy.
    concentration : ndarray, any shape, mol/m³
        Salt concentration.

    Returns
    -------
    ndarray, shape of concentration, m²/s
        Diffusivity at 298.15 K.

    References
    ----------
    Nyman et al. 2008, doi:10.1016/j.electacta.2008.04.023, as used by Chen et al. 2020.
    """
    c = concentration / 1000.0
    return 8.794e-11 * c * c - 3.972e-10 * c + 4.862e-10


_NYMAN_NOTE = "Formula of PyBaMM's parameter set Chen2020, which names this work for the data; not checked against it"
_CONDUCTIVITY_TEXT = r"\kappa = 0.1297 c^3 - 2.51 c^{1.5} + 3.329 c,\quad c \text{ in mol/L}"
_DIFFUSIVITY_TEXT = r"D_e = 8.794\cdot10^{-11} c^2 - 3.972\cdot10^{-10} c + 4.862\cdot10^{-10},\quad c \text{ in mol/L}"
_TYPICAL_DENSITY = Value(
    1200.0,
    "kg/m³",
    Source(method="assumed", note="Typical of 1 mol/L LiPF6 in carbonates; a measured value for this mixture is a gap"),
)

NYMAN_2008 = ElectrolyteMaterial(
    name="LiPF6 EC:EMC 3:7 (Nyman 2008)",
    chemistry="LiPF6 in EC:EMC 3:7",
    conductivity=_NYMAN.over_salt("conductivity_nyman2008", nyman_conductivity, "S/m", _CONDUCTIVITY_TEXT, _NYMAN_NOTE),
    diffusivity=_NYMAN.over_salt("diffusivity_nyman2008", nyman_diffusivity, "m²/s", _DIFFUSIVITY_TEXT, _NYMAN_NOTE),
    transference_number=_CHEN.value(0.2594, "1"),
    thermodynamic_factor=_CHEN.value(1.0, "1", "From PyBaMM's set: ideal"),
    density=_TYPICAL_DENSITY,
    note="The range of concentrations that was measured is not recorded here, nor is a change with temperature.",
)

_FROM_ECKER = _OKANE.value(
    17000.0, "J/mol", "From PyBaMM's set OKane2022, which says it is that of Ecker et al. 2015; not checked"
)

NYMAN_2008_WARM = ElectrolyteMaterial(
    name="LiPF6 EC:EMC 3:7 (Nyman 2008, with temperature)",
    chemistry="LiPF6 in EC:EMC 3:7",
    conductivity=_NYMAN.over_salt(
        "conductivity_nyman2008", nyman_conductivity, "S/m", _CONDUCTIVITY_TEXT, _NYMAN_NOTE, activation=_FROM_ECKER
    ),
    diffusivity=_NYMAN.over_salt(
        "diffusivity_nyman2008", nyman_diffusivity, "m²/s", _DIFFUSIVITY_TEXT, _NYMAN_NOTE, activation=_FROM_ECKER
    ),
    transference_number=_OKANE.value(0.2594, "1"),
    thermodynamic_factor=_OKANE.value(1.0, "1", "From PyBaMM's set: ideal"),
    density=_TYPICAL_DENSITY,
    note="Activation energies of another mixture, as the set of O'Kane et al. (2022) joins them.",
)


def valoen_conductivity(xp: Any, concentration: Any, temperature: Any = 298.15) -> Any:
    """Ionic conductivity by the fit of Valøen and Reimers.

    Parameters
    ----------
    xp : module
        NumPy or CuPy; not needed.
    concentration : ndarray, any shape, mol/m³
        Salt concentration.
    temperature : float or ndarray, K
        One, or one per concentration.

    Returns
    -------
    ndarray, shape of concentration, S/m
        Conductivity.

    References
    ----------
    Valøen and Reimers 2005, doi:10.1149/1.1872737, eq. 17, as PyBaMM's set Xu2019 states it.
    """
    c, t = concentration / 1000.0, temperature
    inner = (-10.5 + 0.0740 * t - 6.96e-5 * t**2) + c * (0.668 - 0.0178 * t + 2.80e-5 * t**2)
    return 0.1 * c * (inner + c**2 * (0.494 - 8.86e-4 * t)) ** 2


def valoen_diffusivity(xp: Any, concentration: Any, temperature: Any = 298.15) -> Any:
    """Salt diffusivity by the fit of Valøen and Reimers.

    Parameters
    ----------
    xp : module
        NumPy or CuPy; not needed.
    concentration : ndarray, any shape, mol/m³
        Salt concentration.
    temperature : float or ndarray, K
        One, or one per concentration.

    Returns
    -------
    ndarray, shape of concentration, m²/s
        Diffusivity.

    References
    ----------
    Valøen and Reimers 2005, doi:10.1149/1.1872737, eq. 14, as PyBaMM's set Xu2019 states it.
    """
    c = concentration / 1000.0
    return 1e-4 * 10.0 ** (-4.43 - 54.0 / (temperature - 229.0 - 5.0 * c) - 0.22 * c)


_VALOEN_NOTE = "Formula of PyBaMM's set Xu2019, which names this work and the equation; not checked against it"

VALOEN_2005 = ElectrolyteMaterial(
    name="LiPF6 (Valøen 2005)",
    chemistry="LiPF6 in carbonates",
    conductivity=_VALOEN.over_salt(
        "conductivity_valoen2005",
        valoen_conductivity,
        "S/m",
        r"\kappa = 0.1 c \left(-10.5 + 0.074 T - 6.96\cdot10^{-5} T^2 + c (0.668 - 0.0178 T + 2.8\cdot10^{-5} T^2)"
        r" + c^2 (0.494 - 8.86\cdot10^{-4} T)\right)^2,\quad c \text{ in mol/L}",
        _VALOEN_NOTE,
        thermal=valoen_conductivity,
    ),
    diffusivity=_VALOEN.over_salt(
        "diffusivity_valoen2005",
        valoen_diffusivity,
        "m²/s",
        r"D_e = 10^{-8.43 - 54 / (T - 229 - 5 c) - 0.22 c},\quad c \text{ in mol/L}",
        _VALOEN_NOTE,
        thermal=valoen_diffusivity,
    ),
    transference_number=PublishedSet("Xu2019").value(0.38, "1"),
    thermodynamic_factor=PublishedSet("Xu2019").value(1.0, "1", "From PyBaMM's set: ideal"),
    density=None,
    note="PyBaMM says EC:DMC for the solvent; the publication was not at hand to confirm it.",
)
