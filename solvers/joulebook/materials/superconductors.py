"""Critical surfaces of superconductors: current density over field, temperature and strain.

Laws, with b = B / Bc2 and t = T / Tc:

- Bottura 2000 for niobium-titanium: ``Jc = C0 / B · b^p (1 − b)^q (1 − t^1.7)^n``, ``Bc2 = Bc20 (1 − t^1.7)``.
- Durham (Ginzburg-Landau form, Taylor and Hampshire 2005), as in the PROCESS code:
  ``Jc = A s^u (Tc (1 − t²))² Bc2^(n−3) b^(p−1) (1 − b)^q``,
  ``Bc2 = Bc20 (1 − t^v) s``, ``Tc = Tc0 s^(1/w)``, ``s = 1 + c2 ε² + c3 ε³ + c4 ε⁴``.
- ITER 2008 for niobium-tin (Bottura and Bordini 2009):
  ``Jc = C / B · s (1 − t^1.52)(1 − t²) b^p (1 − b)^q``.
- Kovari for Bi-2212, as in the PROCESS code: ``Jc = 1.175e9 exp(−0.02115 b) − 1.288e8``,
  ``b = B exp(0.168 (T − 4.2))``.

Strain ε is the applied one less that of the largest current (intrinsic strain). Current densities are those of the
superconductor (non-copper) area. Where a law is above its critical surface the density is 0. Limits: fits of certain
strands in stated ranges; another strand may differ by ±20 %.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joulebook.core.citations import Source
from joulebook.core.errors import InputError, Issue

__all__ = ["CriticalSurface", "critical_surface", "critical_surface_names"]

Float = NDArray[np.float64]
Law = Callable[[Mapping[str, float], Float, Float, float], Float]
Limit = Callable[[Mapping[str, float], float, float], float]


@dataclass(frozen=True)
class CriticalSurface:
    """The critical surface of one kind of strand.

    Parameters
    ----------
    name : str
        Of the strand.
    material : str
        ``"NbTi"``, ``"Nb3Sn"`` or ``"Bi-2212"``.
    parameters : mapping of str to float
        Of the law, SI.
    fitted : str
        Where the fit holds, in words.
    source : Source
        Where the parameters come from.
    law, limit : callable
        Density from parameters, field, temperature and strain; critical temperature from parameters, field and strain.
    """

    name: str
    material: str
    parameters: Mapping[str, float]
    fitted: str
    source: Source
    law: Law
    limit: Limit

    def current_density(self, field: ArrayLike, temperature: ArrayLike, strain: float = 0.0) -> Float:
        """Give the critical current density.

        Parameters
        ----------
        field : array_like, T
            Above 0.
        temperature : array_like, K
            Above 0; broadcast with the field.
        strain : float
            Applied strain, −0.02 to 0.02.

        Returns
        -------
        ndarray, A/m²
            Of the superconductor's area; 0 above the critical surface.

        Raises
        ------
        InputError
            If a value is not allowed.

        Examples
        --------
        >>> float(critical_surface("NbTi LHC").current_density(5.0, 4.2).round(-7))
        3000000000.0
        """
        b, t = np.broadcast_arrays(np.asarray(field, float), np.asarray(temperature, float))
        issues = [
            Issue(word, given, "must be above 0 and finite", "A conductor has a field of its own: give that", unit)
            for word, given, values, unit in (("field", field, b, "T"), ("temperature", temperature, t, "K"))
            if not np.all((values > 0.0) & (values < np.inf))
        ]
        if not -0.02 <= strain <= 0.02:
            issues.append(Issue("strain", strain, "must be at least -0.02 and at most 0.02"))
        if issues:
            raise InputError(issues, self.name)
        return self.law(self.parameters, b, t, strain)

    def critical_temperature(self, field: float, strain: float = 0.0) -> float:
        """Give the temperature above which nothing is superconducting.

        Parameters
        ----------
        field : float, T
            At least 0.
        strain : float
            Applied strain.

        Returns
        -------
        float, K
            0 above the upper critical field of absolute zero.
        """
        return self.limit(self.parameters, field, strain)

    def sharing_temperature(self, field: float, density: float, strain: float = 0.0) -> float:
        """Give the temperature at which the critical current density is as large as a given one.

        Parameters
        ----------
        field : float, T
            Above 0.
        density : float, A/m²
            Of the superconductor's area.
        strain : float
            Applied strain.

        Returns
        -------
        float, K
            To 1e-9 K by bisection; 0 where the density is above the critical one at any temperature.
        """
        low, high = 1e-3, self.critical_temperature(field, strain)
        if high <= low or float(self.current_density(field, low, strain)) < density:
            return 0.0
        while high - low > 1e-9:
            middle = 0.5 * (low + high)
            if float(self.current_density(field, middle, strain)) >= density:
                low = middle
            else:
                high = middle
        return low


def _powers(b: Float, p: float, q: float) -> Float:
    inside = (b > 0.0) & (b < 1.0)
    safe = np.where(inside, b, 0.5)
    return np.where(inside, safe**p * (1.0 - safe) ** q, 0.0)


def _bottura(p: Mapping[str, float], field: Float, temperature: Float, _strain: float) -> Float:
    rest = np.maximum(1.0 - (temperature / p["Tc0"]) ** p["nu"], 0.0)
    b = field / np.maximum(p["Bc20"] * rest, 1e-12)
    return p["C0"] / field * _powers(b, p["p"], p["q"]) * rest ** p["n"]


def _bottura_limit(p: Mapping[str, float], field: float, _strain: float) -> float:
    return float(p["Tc0"] * max(1.0 - field / p["Bc20"], 0.0) ** (1.0 / p["nu"]))


def _durham_strain(p: Mapping[str, float], strain: float) -> float:
    e = strain - p["eps_m"]
    return float(1.0 + p["c2"] * e**2 + p["c3"] * e**3 + p["c4"] * e**4)


def _durham(p: Mapping[str, float], field: Float, temperature: Float, strain: float) -> Float:
    s = _durham_strain(p, strain)
    critical = p["Tc0"] * s ** (1.0 / p["w"])
    t = np.minimum(temperature / critical, 1.0)
    upper = np.maximum(p["Bc20"] * (1.0 - t ** p["v"]) * s, 1e-12)
    shape = _powers(field / upper, p["p"] - 1.0, p["q"])
    return p["A"] * s ** p["u"] * (critical * (1.0 - t**2)) ** 2 * upper ** (p["n"] - 3.0) * shape


def _durham_limit(p: Mapping[str, float], field: float, strain: float) -> float:
    s = _durham_strain(p, strain)
    return float(p["Tc0"] * s ** (1.0 / p["w"]) * max(1.0 - field / (p["Bc20"] * s), 0.0) ** (1.0 / p["v"]))


def _iter_strain(p: Mapping[str, float], strain: float) -> float:
    e = strain - p["eps_m"]
    shift = p["Ca2"] * p["eps0a"] / np.sqrt(p["Ca1"] ** 2 - p["Ca2"] ** 2)
    first, second = np.hypot(shift, p["eps0a"]), np.hypot(e - shift, p["eps0a"])
    return float(1.0 + (p["Ca1"] * (first - second) - p["Ca2"] * e) / (1.0 - p["Ca1"] * p["eps0a"]))


def _iter(p: Mapping[str, float], field: Float, temperature: Float, strain: float) -> Float:
    s = max(_iter_strain(p, strain), 1e-9)
    t = np.minimum(temperature / (p["Tc0"] * s ** (1.0 / 3.0)), 1.0)
    rest = 1.0 - t**1.52
    b = field / np.maximum(p["Bc20"] * s * rest, 1e-12)
    return p["C"] / field * s * rest * (1.0 - t**2) * _powers(b, p["p"], p["q"])


def _iter_limit(p: Mapping[str, float], field: float, strain: float) -> float:
    s = max(_iter_strain(p, strain), 1e-9)
    return float(p["Tc0"] * s ** (1.0 / 3.0) * max(1.0 - field / (p["Bc20"] * s), 0.0) ** (1.0 / 1.52))


def _kovari(_p: Mapping[str, float], field: Float, temperature: Float, _strain: float) -> Float:
    b = field * np.exp(0.168 * (temperature - 4.2))
    return np.maximum(1.175e9 * np.exp(-0.02115 * b) - 1.288e8, 0.0)


def _kovari_limit(_p: Mapping[str, float], field: float, _strain: float) -> float:
    return float(4.2 + np.log(np.log(1.175e9 / 1.288e8) / 0.02115 / max(field, 1e-9)) / 0.168)


_SURFACES = (
    CriticalSurface(
        "NbTi LHC",
        "NbTi",
        MappingProxyType({"Tc0": 9.5, "Bc20": 14.5, "C0": 7.86e10, "p": 0.6, "q": 1.0, "n": 2.0, "nu": 1.7}),
        "LHC strand, adjusted to 3000 A/mm² at 5 T and 4.2 K",
        Source(ref="Bottura2000", note="Parameters from L. Bottura's SOLIDS, NbTi.f version 1.1"),
        _bottura,
        _bottura_limit,
    ),
    CriticalSurface(
        "NbTi ITER PF",
        "NbTi",
        MappingProxyType(
            {
                "A": 1.102e9,
                "Bc20": 14.9,
                "Tc0": 9.0,
                "p": 0.49,
                "q": 0.56,
                "n": 1.83,
                "v": 1.42,
                "u": 0.0,
                "w": 2.2,
                "c2": -0.0025,
                "c3": -0.0003,
                "c4": -0.0001,
                "eps_m": -2e-5,
            }
        ),
        "ITER poloidal-field strand",
        Source(ref="PROCESS", note="Ginzburg-Landau form of Durham", where="superconductors"),
        _durham,
        _durham_limit,
    ),
    CriticalSurface(
        "Nb3Sn WST",
        "Nb3Sn",
        MappingProxyType(
            {
                "Ca1": 50.06,
                "Ca2": 0.0,
                "eps0a": 0.00312,
                "eps_m": -0.00059,
                "Bc20": 33.24,
                "Tc0": 16.34,
                "C": 8.3075e10,
                "p": 0.593,
                "q": 2.156,
            }
        ),
        "EUROfusion WST strand",
        Source(ref="BotturaBordini2009", note="Parameters as in PROCESS"),
        _iter,
        _iter_limit,
    ),
    CriticalSurface(
        "Nb3Sn EUTF4",
        "Nb3Sn",
        MappingProxyType(
            {
                "Ca1": 44.48,
                "Ca2": 0.0,
                "eps0a": 0.00256,
                "eps_m": -0.0011,
                "Bc20": 32.97,
                "Tc0": 16.06,
                "C": 7.6189e10,
                "p": 0.63,
                "q": 2.1,
            }
        ),
        "ITER toroidal-field strand EUTF4",
        Source(ref="BotturaBordini2009", note="Parameters of EUROfusion WPMAG-REP(16) 16565 (Corato 2016)"),
        _iter,
        _iter_limit,
    ),
    CriticalSurface(
        "Bi-2212",
        "Bi-2212",
        MappingProxyType({}),
        "below 20 K and above 6 T",
        Source(ref="PROCESS", note="M. Kovari's fit", where="superconductors"),
        _kovari,
        _kovari_limit,
    ),
)


def critical_surface(name: str) -> CriticalSurface:
    """Find a critical surface.

    Parameters
    ----------
    name : str
        One of :func:`critical_surface_names`.

    Returns
    -------
    CriticalSurface
        The law with its parameters.

    Raises
    ------
    InputError
        If there is none of that name; the message lists those there are.
    """
    for item in _SURFACES:
        if item.name == name:
            return item
    raise InputError(Issue("superconductor", name, "not known", f"Known: {', '.join(critical_surface_names())}"))


def critical_surface_names(material: str = "") -> tuple[str, ...]:
    """List the strands whose critical surface is known.

    Parameters
    ----------
    material : str
        ``"NbTi"``, ``"Nb3Sn"`` or ``"Bi-2212"``; all where left out.

    Returns
    -------
    tuple of str
        Names for :func:`critical_surface`.
    """
    return tuple(item.name for item in _SURFACES if material in {"", item.material})
