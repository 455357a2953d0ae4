"""Temperature in formulas: Arrhenius factors taken apart, other dependences fixed at one temperature."""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from joulebook.core.expressions import parse_expression
from joulebook.materials.properties import Property, Table
from joulebook.materials.records import GAS_CONSTANT

__all__ = ["TEMPERATURES", "arrhenius_energy", "at_temperature", "brought_to", "canonical", "without_temperature"]

_SAME = 1e-10
TEMPERATURES = np.array([273.15, 288.15, 308.15, 328.15])
"""K; where temperature dependences are compared."""
Array = NDArray[np.float64]


def arrhenius_energy(ratios: Array, reference: float) -> float | None:
    """Find the activation energy of some factors.

    Parameters
    ----------
    ratios : ndarray, shape (n_temperatures,)
        Values at :data:`TEMPERATURES` over that at the reference temperature.
    reference : float, K
        Reference temperature.

    Returns
    -------
    float or None, J/mol
        None where the factors follow no Arrhenius law.
    """
    if not np.all(np.isfinite(ratios)) or np.any(ratios <= 0.0):
        return None
    distances = (1.0 / reference - 1.0 / TEMPERATURES) / GAS_CONSTANT
    energy = float(np.dot(np.log(ratios), distances) / np.dot(distances, distances))
    if not np.allclose(ratios, np.exp(energy * distances), rtol=_SAME, atol=0.0):
        return None
    rounded = round(energy, 4)
    return rounded if abs(rounded - energy) < 1e-9 * max(1.0, abs(energy)) else energy


def at_temperature(text: str, temperature: float) -> str:
    """Put a number in place of ``T``.

    Parameters
    ----------
    text : str
        A formula.
    temperature : float, K
        The number.

    Returns
    -------
    str
        The formula at that temperature.

    Examples
    --------
    >>> at_temperature("x*T + tanh(x)", 298.15)
    'x*298.15 + tanh(x)'
    """
    return re.sub(r"\bT\b", repr(temperature), text)


def canonical(text: str, names: tuple[str, ...], name: str) -> str:
    """Use one name for the variable of a formula.

    Parameters
    ----------
    text : str
        A formula.
    names : tuple of str
        What the variable may be called in it.
    name : str
        What it is to be called.

    Returns
    -------
    str
        The formula.

    Examples
    --------
    >>> canonical("sto + exp(x)", ("x", "sto"), "x")
    'x + exp(x)'
    """
    for known in names:
        text = re.sub(rf"\b{known}\b", name, text)
    return text


def without_temperature(text: str, variable: str, places: Array, reference: float) -> tuple[str, float] | None:
    """Take an Arrhenius factor out of a formula.

    Parameters
    ----------
    text : str
        A formula in the variable and ``T``.
    variable : str
        Name of the variable.
    places : ndarray, shape (n,)
        Values of the variable at which temperatures are compared.
    reference : float, K
        Reference temperature.

    Returns
    -------
    text : str
        The formula at the reference temperature.
    energy : float, J/mol
        Activation energy of the factor. None in place of both where it is no such factor.

    Examples
    --------
    >>> import numpy as np
    >>> text = "2*x*exp(30000/8.31446261815324*(1/298.15 - 1/T))"
    >>> without_temperature(text, "x", np.array([0.2, 0.8]), 298.15)[1]
    30000.0
    """
    expression = parse_expression(text, (variable, "T"))
    with np.errstate(all="ignore"):
        here = np.asarray(expression(np, places, reference))
        ratios = np.asarray(expression(np, places[:, None], TEMPERATURES)) / here[:, None]
    if not np.allclose(ratios, ratios[:1], rtol=_SAME, atol=0.0):
        return None
    energy = arrhenius_energy(ratios[0], reference)
    return None if energy is None else (at_temperature(text, reference), energy)


def brought_to(given: Property, reference: float) -> Property:
    """Restate a property with an activation energy at another reference temperature.

    Parameters
    ----------
    given : Property
        A number, formula or table.
    reference : float, K
        The other reference temperature.

    Returns
    -------
    Property
        The same property at all temperatures.
    """
    if given.activation_energy is None or given.reference_temperature == reference:
        return given
    factor = math.exp(given.activation_energy / GAS_CONSTANT * (1.0 / given.reference_temperature - 1.0 / reference))
    changes: dict[str, object] = {"reference_temperature": reference}
    if given.value is not None:
        changes["value"] = given.value * factor
    elif given.table is not None:
        values = tuple(value * factor for value in given.table.y)
        changes["table"] = Table(x=given.table.x, y=values, interpolation=given.table.interpolation)
    else:
        changes["expression"] = f"{factor!r}*({given.expression})"
    return given.model_copy(update=changes)
