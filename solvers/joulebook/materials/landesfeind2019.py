r"""LiPF6 in two mixtures of carbonates over concentration and temperature, by Landesfeind and Gasteiger (2019).

With c in mol/L and T in K,

.. math::

   \kappa = 0.1\,p_1 (1 + T - p_2)\,c\,\frac{1 + p_3\sqrt c + p_4 (1 + p_5 e^{1000/T})\,c}{1 + p_6 e^{1000/T} c^4},
   \quad D_e = 10^{-10} p_1 e^{p_2 c + p_3/T + p_4 c/T},

and transference number and thermodynamic factor are polynomials of nine terms. Formulas and coefficients are those of
PyBaMM's files (BSD-3-Clause), which name the publication; they were not checked against it.

References
----------
Landesfeind and Gasteiger 2019, doi:10.1149/2.0571912jes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from joulebook.materials.published import PublishedSet
from joulebook.materials.records import ElectrolyteMaterial, Value

__all__ = ["EC_DMC", "EC_EMC", "Conductivity", "Diffusivity", "Polynomial"]

_SET = PublishedSet("Landesfeind2019")
_NOTE = "Formula and coefficients from files of PyBaMM, which name this work; not checked against it"
_AT_1_MOLAR = "The law at 1000 mol/m³ and 298.15 K"
_MOLAR = r",\quad c \text{ in mol/L}"


@dataclass(frozen=True)
class Conductivity:
    """Ionic conductivity of a mixture.

    Parameters
    ----------
    p : tuple of float
        Six coefficients.
    """

    p: tuple[float, float, float, float, float, float]

    def __call__(self, xp: Any, concentration: Any, temperature: Any = 298.15) -> Any:
        """Evaluate the law.

        Parameters
        ----------
        xp : module
            NumPy or CuPy.
        concentration : ndarray, any shape, mol/m³
            Salt concentration.
        temperature : float or ndarray, K
            One, or one per concentration.

        Returns
        -------
        ndarray, shape of concentration, S/m
            Conductivity.
        """
        p1, p2, p3, p4, p5, p6 = self.p
        c, warm = concentration / 1000.0, xp.exp(xp.asarray(1000.0 / temperature))
        above = 1.0 + p3 * xp.sqrt(c) + p4 * (1.0 + p5 * warm) * c
        return 0.1 * p1 * (1.0 + (temperature - p2)) * c * above / (1.0 + c**4 * (p6 * warm))

    @property
    def formula(self) -> str:
        """The law in LaTeX."""
        p1, p2, p3, p4, p5, p6 = self.p
        above = rf"1 {_signed(p3)} \sqrt{{c}} {_signed(p4)} (1 {_signed(p5)} e^{{1000/T}}) c"
        below = rf"1 {_signed(p6)} e^{{1000/T}} c^4"
        return rf"\kappa = {p1 / 10:.4g} (T - {p2 - 1:g}) c \frac{{{above}}}{{{below}}}{_MOLAR}"


@dataclass(frozen=True)
class Diffusivity:
    """Salt diffusivity in a mixture.

    Parameters
    ----------
    p : tuple of float
        Four coefficients.
    """

    p: tuple[float, float, float, float]

    def __call__(self, xp: Any, concentration: Any, temperature: Any = 298.15) -> Any:
        """Evaluate the law.

        Parameters
        ----------
        xp : module
            NumPy or CuPy.
        concentration : ndarray, any shape, mol/m³
            Salt concentration.
        temperature : float or ndarray, K
            One, or one per concentration.

        Returns
        -------
        ndarray, shape of concentration, m²/s
            Diffusivity.
        """
        p1, p2, p3, p4 = self.p
        c = concentration / 1000.0
        return 1e-10 * p1 * xp.exp(p2 * c + p3 / temperature + p4 * c / temperature)

    @property
    def formula(self) -> str:
        """The law in LaTeX."""
        p1, p2, p3, p4 = self.p
        power = f"{p2:g} c {_signed(p3)}/T {_signed(p4)} c/T"
        return rf"D_e = {p1 / 1000:g}\cdot10^{{-7}} e^{{{power}}}{_MOLAR}"


@dataclass(frozen=True)
class Polynomial:
    """Transference number or thermodynamic factor of a mixture.

    Parameters
    ----------
    symbol : str
        LaTeX.
    p : tuple of float
        Nine coefficients, of 1, c, T, c², cT, T², c³, c²T and cT².
    """

    symbol: str
    p: tuple[float, ...]

    def __call__(self, xp: Any, concentration: Any, temperature: Any = 298.15) -> Any:
        """Evaluate the law.

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
        ndarray, shape of concentration
            The property.
        """
        p, c, t = self.p, concentration / 1000.0, temperature
        constant = p[0] + p[2] * t + p[5] * t**2
        return constant + c * (p[1] + p[4] * t + p[8] * t**2) + c**2 * (p[3] + p[7] * t) + p[6] * c**3

    @property
    def formula(self) -> str:
        """The law in LaTeX."""
        terms = ("c", "T", "c^2", "c T", "T^2", "c^3", "c^2 T", "c T^2")
        rest = " ".join(f"{_signed(p)} {term}" for p, term in zip(self.p[1:], terms, strict=True))
        return rf"{self.symbol} = {self.p[0]:g} {rest}{_MOLAR}"


def _signed(number: float) -> str:
    """A number with its sign, small ones as a power of ten."""
    sign, text = "-" if number < 0 else "+", f"{abs(number):g}"
    return f"{sign} " + re.sub(r"e-0*(\d+)", r"\\cdot10^{-\1}", text)


def _mixture(
    name: str,
    solvent: str,
    coefficients: tuple[Conductivity, Diffusivity, Polynomial, Polynomial],
    density: Value | None,
    note: str,
) -> ElectrolyteMaterial:
    conductivity, diffusivity, transference, factor = coefficients
    key = re.sub(r"[^a-z0-9]+", "_", solvent.lower())

    def law(kind: str, function: Any, unit: str) -> Any:
        return _SET.over_salt(
            f"{kind}_{key}_landesfeind2019", function, unit, function.formula, _NOTE, thermal=function
        )

    return ElectrolyteMaterial(
        name=name,
        chemistry=f"LiPF6 in {solvent} by weight",
        conductivity=law("conductivity", conductivity, "S/m"),
        diffusivity=law("diffusivity", diffusivity, "m²/s"),
        transference_number=_SET.computed(float(transference(None, 1000.0)), "1", _AT_1_MOLAR),
        thermodynamic_factor=_SET.computed(float(factor(None, 1000.0)), "1", _AT_1_MOLAR),
        density=density,
        transference_law=law("transference", transference, "1"),
        thermodynamic_factor_law=law("thermodynamic_factor", factor, "1"),
        note=note,
    )


_RANGE = "The range of concentrations and temperatures that was measured is not recorded here."

EC_EMC = _mixture(
    "LiPF6 EC:EMC 3:7 (Landesfeind 2019)",
    "EC:EMC 3:7",
    (
        Conductivity((0.521, 228.0, -1.06, 0.353, -3.59e-3, 1.48e-3)),
        Diffusivity((1010.0, 1.01, -1560.0, -487.0)),
        Polynomial("t_+", (-12.8, -6.12, 8.21e-2, 0.904, 3.18e-2, -1.27e-4, 1.75e-2, -3.12e-3, -3.96e-5)),
        Polynomial(r"\chi", (25.7, -45.1, -0.177, 1.94, 0.295, 3.08e-4, 0.259, -9.46e-3, -4.54e-4)),
    ),
    PublishedSet("ORegan2022").value(
        1280.0, "kg/m³", "From PyBaMM's set, inside its heat capacities of the wet layers; method not checked"
    ),
    _RANGE,
)

EC_DMC = _mixture(
    "LiPF6 EC:DMC 1:1 (Landesfeind 2019)",
    "EC:DMC 1:1",
    (
        Conductivity((0.798, 228.0, -1.22, 0.509, -4e-3, 3.79e-3)),
        Diffusivity((1470.0, 1.33, -1690.0, -563.0)),
        Polynomial("t_+", (-7.91, 0.245, 5.28e-2, 0.698, -1.08e-2, -8.21e-5, 7.43e-4, -2.22e-3, 3.07e-5)),
        Polynomial(r"\chi", (-5.58, 7.17, 3.8e-2, 1.91, -6.65e-2, -5.08e-5, 0.11, -6.1e-3, 1.51e-4)),
    ),
    None,
    f"The mixture that 1 mol/L makes LP30, where that is meant by weight. {_RANGE}",
)
