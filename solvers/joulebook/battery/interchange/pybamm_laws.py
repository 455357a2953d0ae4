"""Functions of PyBaMM's parameters in the terms of our materials.

- A function of temperature that is an Arrhenius factor times the function at the reference temperature becomes that
  function and an activation energy; any other keeps the temperature in its formula.
- An exchange-current density ``j0(c_e, c_s, c_max, T)`` becomes a rate constant, three exponents, a factor over
  stoichiometry where one is left, and an activation energy.

Both are found by comparing values, and hold to 1e-10 wherever they were compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.interchange.imported import tidy
from joulebook.battery.interchange.pybamm_symbols import Parameters, UnreadableError
from joulebook.battery.interchange.temperature import (
    TEMPERATURES,
    arrhenius_energy,
    at_temperature,
    without_temperature,
)
from joulebook.core.errors import InputError
from joulebook.core.expressions import Expression, parse_expression

__all__ = ["Exchange", "exchange_of", "law_of"]

_SAME = 1e-10
_EXCHANGE = ("c_e", "c_s_surf", "c_s_max", "T")
_SALTS = np.array([300.0, 1000.0, 1700.0])
_STOICHIOMETRIES = np.linspace(0.05, 0.95, 19)
Array = NDArray[np.float64]


def _parse(text: str, variables: tuple[str, ...]) -> Expression:
    try:
        return parse_expression(text, variables)
    except InputError as error:
        raise UnreadableError(error.issues[0].rule) from None


def _values(expression: Expression, *values: Any) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(expression(np, *values), dtype=np.float64)


def law_of(
    parameters: Parameters, name: str, variable: str, places: Array, reference: float
) -> tuple[dict[str, Any], str]:
    """Read a function of one variable and, maybe, the temperature.

    Parameters
    ----------
    parameters : Parameters
        Of the file.
    name : str
        PyBaMM's name.
    variable : str
        ``"x"`` or ``"c_e"``.
    places : ndarray, shape (n,)
        Values of the variable at which temperatures are compared.
    reference : float, K
        Reference temperature of the file.

    Returns
    -------
    found : dict
        Fields of a property.
    note : str
        What was lost; empty if nothing.

    Raises
    ------
    UnreadableError
        If the function cannot be said in our terms.
    """
    found = parameters.function(name, (variable, "T"))
    found["reference_temperature"] = reference
    text = found.get("expression")
    if text is None:
        return found, ""
    expression = _parse(text, (variable, "T"))
    if "T" in expression.used:
        apart = without_temperature(text, variable, places, reference)
        if apart is not None:
            text, energy = apart
            expression = _parse(text, (variable, "T"))
            found = {**found, "expression": text, **({"activation_energy": energy} if energy else {})}
    if not expression.used:
        number = float(_values(expression, 0.0, reference))
        if not np.isfinite(number):
            raise UnreadableError("has no finite value")
        return {**{key: value for key, value in found.items() if key != "expression"}, "value": tidy(number)}, ""
    return found, ""


@dataclass(frozen=True)
class Exchange:
    """An exchange-current density in our terms.

    Parameters
    ----------
    rate : float, A/m² (m³/mol)^1.5 for exponents of one half
        The constant.
    exponents : tuple of float
        Of the salt concentration, the surface concentration, and the room left.
    energy : float or None, J/mol
        Activation energy, where the temperature counts.
    factor : str or None
        Formula of a factor over stoichiometry ``x``.
    note : str
        What was lost; empty if nothing.
    """

    rate: float
    exponents: tuple[float, float, float]
    energy: float | None
    factor: str | None
    note: str = ""


def exchange_of(parameters: Parameters, name: str, maximum: float, reference: float) -> Exchange:
    """Read an exchange-current density.

    Parameters
    ----------
    parameters : Parameters
        Of the file.
    name : str
        PyBaMM's name.
    maximum : float, mol/m³
        Concentration of the full material.
    reference : float, K
        Reference temperature of the file.

    Returns
    -------
    Exchange
        The density in our terms.

    Raises
    ------
    UnreadableError
        If it does not follow a power of the salt concentration, or has impossible values.
    """
    found = parameters.function(name, _EXCHANGE)
    text = found.get("expression") or (repr(found["value"]) if "value" in found else None)
    if text is None:
        raise UnreadableError("is a table; our rate law needs a formula")
    expression = _parse(text, _EXCHANGE)
    surface = _STOICHIOMETRIES * maximum
    grid = _values(expression, _SALTS[:, None, None], surface[None, :, None], maximum, TEMPERATURES[None, None, :])
    here = _values(expression, _SALTS[:, None], surface, maximum, reference)
    if not np.all(np.isfinite(here)) or np.any(here <= 0.0):
        raise UnreadableError("is not positive between stoichiometries of 0.05 and 0.95")
    logs = np.log(here)
    powers = (logs[1:] - logs[:1]) / np.log(_SALTS[1:, None] / _SALTS[0])
    if not np.allclose(powers, powers[0, 0], rtol=0.0, atol=_SAME):
        raise UnreadableError("is no power of the salt concentration")
    first = _round(float(powers[0, 0]))
    ratios = grid / here[:, :, None]
    alike = np.allclose(ratios, ratios[0, 0], rtol=_SAME, atol=0.0)
    energy = arrhenius_energy(ratios[0, 0], reference) if alike else None
    note = "" if energy is not None else f"its temperature dependence is no Arrhenius factor: kept at {reference:g} K"
    second, third, constant, factor = _over_stoichiometry(here[1] / _SALTS[1] ** first, surface, maximum)
    formula = None
    if factor:
        formula = _factor(text, maximum, reference, float(constant * _SALTS[1] ** first), float(_SALTS[1]))
    return Exchange(tidy(constant), (first, second, third), energy or None, formula, note)


def _round(power: float) -> float:
    rounded = round(power, 9)
    return rounded if abs(rounded - power) < _SAME else power


def _over_stoichiometry(densities: Array, surface: Array, maximum: float) -> tuple[float, float, float, bool]:
    """Exponents of the surface concentration and of the room left, the constant, and whether a factor is left."""
    table = np.stack([np.ones_like(surface), np.log(surface), np.log(maximum - surface)], axis=1)
    solved = np.linalg.lstsq(table, np.log(densities), rcond=None)[0]
    second, third = _round(float(solved[1])), _round(float(solved[2]))
    constants = densities / (surface**second * (maximum - surface) ** third)
    if np.allclose(constants, constants[0], rtol=_SAME, atol=0.0) and 0.0 <= second <= 3.0 and 0.0 <= third <= 3.0:
        return second, third, float(constants[len(constants) // 2]), False
    constants = densities / np.sqrt(surface * (maximum - surface))
    return 0.5, 0.5, float(constants[len(constants) // 2]), True


def _factor(text: str, maximum: float, reference: float, scale: float, salt: float) -> str:
    """The density over that of the square roots, at one salt concentration and the reference temperature."""
    inner = re.sub(r"\bc_s_surf\b", f"(x*{maximum!r})", text)
    inner = re.sub(r"\bc_s_max\b", repr(maximum), inner)
    inner = re.sub(r"\bc_e\b", repr(salt), inner)
    inner = at_temperature(inner, reference)
    return f"({inner})/({scale!r}*{maximum!r}*sqrt(x*(1 - x)))"
