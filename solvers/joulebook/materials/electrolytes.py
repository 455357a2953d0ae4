"""Electrolytes: conductivity and diffusivity over salt concentration, transference number, density."""

from __future__ import annotations

from typing import Any

from joulebook.core.citations import Source
from joulebook.materials.records import ElectrolyteMaterial, Law, Value

__all__ = ["NYMAN_2008"]


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


_NYMAN = Source(
    ref="Nyman2008",
    method="literature",
    note="Formula of PyBaMM's parameter set Chen2020, which names this work for the data; not checked against it",
)

NYMAN_2008 = ElectrolyteMaterial(
    name="LiPF6 EC:EMC 3:7 (Nyman 2008)",
    chemistry="LiPF6 in EC:EMC 3:7",
    conductivity=Law(
        name="conductivity_nyman2008",
        function=nyman_conductivity,
        variable="salt concentration (mol/m³)",
        domain=(0.0, 2000.0),
        unit="S/m",
        formula=r"\kappa = 0.1297 c^3 - 2.51 c^{1.5} + 3.329 c,\quad c \text{ in mol/L}",
        source=_NYMAN,
    ),
    diffusivity=Law(
        name="diffusivity_nyman2008",
        function=nyman_diffusivity,
        variable="salt concentration (mol/m³)",
        domain=(0.0, 2000.0),
        unit="m²/s",
        formula=r"D_e = 8.794\cdot10^{-11} c^2 - 3.972\cdot10^{-10} c + 4.862\cdot10^{-10},\quad c \text{ in mol/L}",
        source=_NYMAN,
    ),
    transference_number=Value(
        0.2594, "1", Source(ref="Chen2020", method="literature", note="From PyBaMM's set; method not checked")
    ),
    thermodynamic_factor=Value(1.0, "1", Source(ref="Chen2020", method="literature", note="From PyBaMM's set: ideal")),
    density=Value(
        1200.0,
        "kg/m³",
        Source(
            method="assumed", note="Typical of 1 mol/L LiPF6 in carbonates; a measured value for this mixture is a gap"
        ),
    ),
    note="The range of concentrations that was measured is not recorded here.",
)
