"""Thermal conductivity and specific heat at low temperature: fits of NIST with their ranges, and what lies outside.

A fit is one of two forms (NIST Cryogenic Material Properties; Marquardt, Le and Radebaugh 2000)::

    log10 y = Σ a_i (log10 T)^i                                                          i = 0 … 8
    log10 k = (a + c T^0.5 + e T + g T^1.5 + i T²) / (1 + b T^0.5 + d T + f T^1.5 + h T²)  OFHC copper

and holds in its range of temperature alone. Below that range the law of the physics takes over, joined in value at
the lower end: conductivity of metals grows with T, of amorphous solids with T^1.9; the specific heat is γ T + β T³
for metals whose electronic γ is known, γ T for alloys, β T³ for dielectrics. Above the range the last value is kept.
What is outside the range is never silent: `CryogenicLaw.outside` tells, and studies write it into their results.

Limits: a fit is a mean of samples (1 to 5 % for specific heats; conductivities of metals depend on purity and
treatment). Superconductivity of lead, aluminium and titanium alloys below their transitions is not in the fits. The
exponent 1.9 of amorphous solids is assumed, a little below the square. NIST states 12 to 300 K for the fit of G-10
along the warp; it is used from 4 K, where its data begin.

References
----------
NIST Cryogenic Material Properties, trc.nist.gov/cryogenics. Marquardt, Le and Radebaugh 2000 (Cryocoolers 11, 681).
Conduction below the range: Pobell 2007, doi:10.1007/978-3-540-46360-3. γ: Kittel 2005, chapter 6, table 2.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joulebook.core.citations import Source
from joulebook.core.errors import InputError, Issue

__all__ = ["CryogenicLaw", "conductivity", "conductivity_names", "specific_heat", "specific_heat_names"]

Float = NDArray[np.float64]
Function = Callable[[Float], Float]

_EXPONENT = {"metal": 1.0, "amorphous": 1.9}
_BELOW = {
    "metal": "grows with T",
    "amorphous": "grows with T^1.9",
    "electronic": "γ T + β T³",
    "alloy": "γ T",
    "dielectric": "β T³",
}
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_PANEL = 0.25
"""Width of a panel of the quadrature in ln T; 16 points each give 1e-12 for every fit of the library."""


@dataclass(frozen=True)
class CryogenicLaw:
    """A property over temperature, with the range in which it was fitted.

    Parameters
    ----------
    name : str
        Of the material.
    quantity : str
        ``"thermal conductivity"`` or ``"specific heat"``.
    unit : str
        SI.
    low, high : float, K
        Range of the fit.
    function : callable
        ``f(T)`` with an array in kelvin, inside and outside the range.
    below : str
        The law below the range, in words.
    source : Source
        Where the fit comes from.
    error : float, optional
        Of the fit, relative, as NIST states it.

    Examples
    --------
    >>> steel = conductivity("stainless steel 304L")
    >>> round(float(steel(300.0)), 2), round(steel.integral(4.0, 300.0))
    (15.31, 3031)
    """

    name: str
    quantity: str
    unit: str
    low: float
    high: float
    function: Function
    below: str
    source: Source
    error: float | None = None

    def __call__(self, temperature: ArrayLike) -> Float:
        """Evaluate the law.

        Parameters
        ----------
        temperature : array_like, K
            Above 0.

        Returns
        -------
        ndarray
            In ``unit``, of the same shape.
        """
        return self.function(np.asarray(temperature, float))

    def outside(self, low: float, high: float) -> str:
        """Say whether a range of temperatures leaves that of the fit.

        Parameters
        ----------
        low, high : float, K
            The range that is used.

        Returns
        -------
        str
            A sentence; empty where the fit covers the range.
        """
        said = []
        if low < self.low * (1.0 - 1e-9):
            said.append(f"below {self.low:g} K ({self.below})")
        if high > self.high * (1.0 + 1e-9):
            said.append(f"above {self.high:g} K (kept constant)")
        return f"{self.quantity} of {self.name} used {' and '.join(said)}" if said else ""

    def integral(self, low: float, high: float) -> float:
        """Integrate the law over temperature.

        Parameters
        ----------
        low, high : float, K
            Ends; above 0.

        Returns
        -------
        float
            In ``unit`` times K: W/m for a conductivity, J/kg for a specific heat.

        Raises
        ------
        InputError
            If an end is not above 0.
        """
        if not min(low, high) > 0.0 or not np.isfinite(max(low, high)):
            raise InputError(Issue("temperature", min(low, high), "must be above 0 and finite", unit="K"))
        if low > high:
            return -self.integral(high, low)
        ends = np.array([low, *(end for end in (self.low, self.high) if low < end < high), high])
        return float(sum(self._smooth(a, b) for a, b in itertools.pairwise(ends)))

    def _smooth(self, low: float, high: float) -> float:
        panels = max(1, int(np.ceil(np.log(high / low) / _PANEL)))
        edges = np.geomspace(low, high, panels + 1)
        middle, half = 0.5 * (edges[1:] + edges[:-1]), 0.5 * np.diff(edges)
        points = middle[:, None] + half[:, None] * _NODES
        return float(half @ (self.function(points) @ _WEIGHTS))


@functools.cache
def _data() -> dict[str, Any]:
    text = resources.files("joulebook.materials").joinpath("data/nist_cryogenic.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def _log_polynomial(coefficients: list[float]) -> Function:
    falling = np.array(coefficients[::-1])
    return lambda temperature: 10.0 ** np.polyval(falling, np.log10(temperature))


def _copper_rational(coefficients: list[float]) -> Function:
    a, b, c, d, e, f, g, h, i = coefficients

    def function(temperature: Float) -> Float:
        root = np.sqrt(temperature)
        upper = a + root * (c + root * (e + root * (g + root * i)))
        lower = 1.0 + root * (b + root * (d + root * (f + root * h)))
        return np.asarray(10.0 ** (upper / lower))

    return function


_FORMS = {"log10poly": _log_polynomial, "cu_rational": _copper_rational}


def _continued(entry: dict[str, Any], fit: Function) -> tuple[Function, str]:
    """The fit inside its range, the physics below it, the last value above it."""
    low, high = entry["range"]
    value = float(fit(np.array(low)))
    kind, electronic = entry["class"], entry.get("electronic", 0.0)
    if kind in _EXPONENT and not electronic:
        linear, cubic, exponent = 0.0, 0.0, _EXPONENT[kind]
    else:
        linear = electronic if electronic else (value / low if kind == "alloy" else 0.0)
        cubic, exponent = (value - linear * low) / low**3, 0.0
        kind = "electronic" if electronic else kind

    def function(temperature: Float) -> Float:
        inside = fit(np.clip(temperature, low, high))
        if np.all(temperature >= low):
            return inside
        cold = np.minimum(temperature, low)
        under = value * (cold / low) ** exponent if exponent else cold * (linear + cubic * cold**2)
        return np.where(temperature < low, under, inside)

    return function, _BELOW[kind]


@functools.cache
def _law(group: str, name: str) -> CryogenicLaw:
    entries = _data()[group]
    if name not in entries:
        hint = f"Known: {', '.join(entries)}"
        raise InputError(Issue("material", name, f"no {group.replace('_', ' ')} of that name", hint))
    entry = entries[name]
    function, below = _continued(entry, _FORMS[entry["form"]](entry["coefficients"]))
    unit = "W/(m K)" if group == "thermal_conductivity" else "J/(kg K)"
    return CryogenicLaw(
        name=name,
        quantity=group.replace("_", " "),
        unit=unit,
        low=float(entry["range"][0]),
        high=float(entry["range"][1]),
        function=function,
        below=below,
        source=Source(ref="NISTCryogenics", where=entry["nist"], method="fitted", note=entry.get("note", "")),
        error=entry["error"] / 100.0 if "error" in entry else None,
    )


def conductivity(name: str) -> CryogenicLaw:
    """Find a thermal conductivity.

    Parameters
    ----------
    name : str
        One of :func:`conductivity_names`. Copper of any purity is :func:`joulebook.materials.copper_conductivity`.

    Returns
    -------
    CryogenicLaw
        W/(m K) over temperature.

    Raises
    ------
    InputError
        If there is none of that name; the message lists those there are.
    """
    return _law("thermal_conductivity", name)


def conductivity_names() -> tuple[str, ...]:
    """List the materials whose thermal conductivity is known.

    Returns
    -------
    tuple of str
        Names for :func:`conductivity`.
    """
    return tuple(_data()["thermal_conductivity"])


def specific_heat(name: str) -> CryogenicLaw:
    """Find a specific heat.

    Parameters
    ----------
    name : str
        One of :func:`specific_heat_names`.

    Returns
    -------
    CryogenicLaw
        J/(kg K) over temperature.

    Raises
    ------
    InputError
        If there is none of that name; the message lists those there are.
    """
    return _law("specific_heat", name)


def specific_heat_names() -> tuple[str, ...]:
    """List the materials whose specific heat is known.

    Returns
    -------
    tuple of str
        Names for :func:`specific_heat`.
    """
    return tuple(_data()["specific_heat"])
