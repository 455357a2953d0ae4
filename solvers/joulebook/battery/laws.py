"""Material laws as the tables that the compiled loop reads.

Any law of the library works: it is evaluated on an even grid once, and kept. Open-circuit potentials err by less
than 1e-7 V between grid points, transport properties by less than 1e-6 of their largest value.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.materials.records import Law
from joulebook.numerics.tables import tabulate

__all__ = ["OCP_TOLERANCE", "electrolyte_table", "ocp_table"]

OCP_TOLERANCE = 1e-7
"""V."""
TRANSPORT_TOLERANCE = 1e-6
"""Of the largest value."""
LEAST_TRANSPORT = 1e-4
"""Transport properties are not let below this share of their largest value, lest an extrapolated fit turns negative."""


def ocp_table(laws: tuple[Law, ...]) -> tuple[NDArray[np.float64], float]:
    """Tabulate open-circuit potentials over stoichiometry 0 to 1.

    Parameters
    ----------
    laws : tuple of Law
        One per active material.

    Returns
    -------
    table : ndarray, shape (n + 1, 2 n_laws), V
        Values and slopes.
    width : float
        Distance of grid points.
    """
    table = _ocp_table(tuple(law.function for law in laws))
    return table, 1.0 / (table.shape[0] - 1)


def electrolyte_table(diffusivity: Law, conductivity: Law) -> tuple[NDArray[np.float64], float]:
    """Tabulate electrolyte properties from zero to twice the largest concentration for which they are offered.

    Parameters
    ----------
    diffusivity, conductivity : Law
        Over salt concentration in mol/m³.

    Returns
    -------
    table : ndarray, shape (n + 1, 4), m²/s and S/m
        Values and slopes of both.
    width : float, mol/m³
        Distance of grid points.
    """
    high = 2.0 * max(diffusivity.domain[1], conductivity.domain[1])
    table = _electrolyte_table(diffusivity.function, conductivity.function, high)
    return table, high / (table.shape[0] - 1)


@functools.lru_cache(maxsize=64)
def _ocp_table(functions: tuple[Callable[[Any, Any], Any], ...]) -> NDArray[np.float64]:
    table = tabulate(
        [_inside(function) for function in functions], 0.0, 1.0, tolerance=[OCP_TOLERANCE] * len(functions)
    )
    table.setflags(write=False)
    return table


@functools.lru_cache(maxsize=64)
def _electrolyte_table(
    diffusivity: Callable[[Any, Any], Any], conductivity: Callable[[Any, Any], Any], high: float
) -> NDArray[np.float64]:
    functions = [_positive(diffusivity, high), _positive(conductivity, high)]
    largest = [float(np.max(function(np.linspace(0.0, high, 65)))) for function in functions]
    table = tabulate(functions, 0.0, high, tolerance=[TRANSPORT_TOLERANCE * value for value in largest], most=1024)
    table.setflags(write=False)
    return table


def _inside(function: Callable[[Any, Any], Any]) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """The law; where it has no value at its ends, as a logarithm has none, that of a point a little inside."""

    def evaluate(x: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            value = np.asarray(function(np, x), dtype=np.float64)
            if np.all(np.isfinite(value)):
                return value
            return np.where(np.isfinite(value), value, function(np, np.clip(x, 1e-6, 1.0 - 1e-6)))

    return evaluate


def _positive(function: Callable[[Any, Any], Any], high: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    floor = LEAST_TRANSPORT * float(np.max(function(np, np.linspace(0.0, high, 65))))

    def evaluate(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.maximum(np.asarray(function(np, x), dtype=np.float64), floor)

    return evaluate
