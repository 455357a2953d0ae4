"""Material laws as the tables that the compiled loop reads.

Any law of the library works: it is evaluated on an even grid once, and kept. Open-circuit potentials err by less
than 1e-7 V between grid points, transport properties by less than 1e-6 of their largest value; a law that is itself
a table with corners is met as well as the finest grid allows.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, Law
from joulebook.numerics.tables import tabulate

__all__ = ["OCP_TOLERANCE", "Span", "electrolyte_tables", "has_corners", "law_table"]

Array = NDArray[np.float64]
OCP_TOLERANCE = 1e-7
"""V."""
TRANSPORT_TOLERANCE = 1e-6
"""Of the largest value."""
ENTROPY_TOLERANCE = 1e-9
"""V/K."""
_AWAY_FROM_EDGES = (0.02, 0.98)
_CORNER = 10.0 * OCP_TOLERANCE
LEAST_TRANSPORT = 1e-4
"""Transport properties are not let below this share of their largest value, lest an extrapolated fit turns negative."""
DEGREES = 5.0
"""Distance of temperatures in the electrolyte's tables, K; between them a cubic is drawn."""

Span = tuple[float, int]
"""First temperature of the electrolyte's tables and their number; one where the temperature is held."""


Stretch = tuple[float, float]
"""How stress speeds diffusion: growth of the factor per stoichiometry, and the stoichiometry where it is 1."""


def law_table(
    materials: tuple[ActiveMaterial, ...], temperature: float, stretches: tuple[Stretch, ...] | None = None
) -> tuple[Array, float]:
    """Tabulate the laws of active materials over stoichiometry 0 to 1.

    Parameters
    ----------
    materials : tuple of ActiveMaterial
        In the order of their columns.
    temperature : float, K
        At which a diffusivity is taken whose dependence on temperature is more than a factor.
    stretches : tuple of Stretch, optional
        Of each material; none where left out.

    Returns
    -------
    table : ndarray, shape (n + 1, 12 n_materials), mixed
        See :mod:`joulebook.battery.layout`.
    width : float
        Distance of grid points.
    """
    table = _law_table(
        tuple(
            (
                material.ocp,
                material.entropic,
                material.diffusivity_law,
                material.diffusivity.value,
                material.rate_law,
                material.ocp_lithiation,
                material.ocp_delithiation,
            )
            for material in materials
        ),
        stretches or ((0.0, 0.0),) * len(materials),
        temperature if any(_varies_freely(material.diffusivity_law) for material in materials) else 298.15,
    )
    return table, 1.0 / (table.shape[0] - 1)


@functools.lru_cache(maxsize=64)
def has_corners(ocp: Law) -> bool:
    """Say whether an open-circuit potential has corners, as a table with straight lines has.

    Parameters
    ----------
    ocp : Law
        Over stoichiometry.

    Returns
    -------
    bool
        True if cubics on an even grid miss the law midway by more than they miss any smooth one.
    """
    low, high = _AWAY_FROM_EDGES
    found = tabulate([_inside(ocp.function)], low, high, tolerance=[OCP_TOLERANCE], most=4096)
    value, slope = found[:, 0], found[:, 1]
    x = np.linspace(low, high, value.size)
    middle = 0.5 * (value[1:] + value[:-1]) + (x[1] - x[0]) / 8 * (slope[:-1] - slope[1:])
    return bool(np.max(np.abs(middle - ocp.function(np, 0.5 * (x[1:] + x[:-1])))) > _CORNER)


def _varies_freely(law: Law | None) -> bool:
    return law is not None and law.thermal_function is not None


@functools.lru_cache(maxsize=64)
def _law_table(materials: tuple[tuple[Any, ...], ...], stretches: tuple[Stretch, ...], temperature: float) -> Array:
    functions: list[Callable[[Array], Array]] = []
    tolerances: list[float] = []
    for parts, stretch in zip(materials, stretches, strict=True):
        ocp, entropic, diffusivity, reference, factor, lithiation, delithiation = parts
        functions += [
            _inside(_branch_mean(ocp, lithiation, delithiation)),
            _inside(_or(entropic, 0.0)),
            _inside(_stretched(_ratio(diffusivity, reference, temperature), stretch)),
            _inside(_or(factor, 1.0)),
            _inside(_gap(lithiation, delithiation)),
        ]
        tolerances += [OCP_TOLERANCE, ENTROPY_TOLERANCE, _smallest(functions[-3]), 1e-5, OCP_TOLERANCE]
    found = tabulate(functions, 0.0, 1.0, tolerance=tolerances)
    table = np.empty((found.shape[0], at.N_LAW * len(materials)))
    width = 1.0 / (found.shape[0] - 1)
    for k in range(len(materials)):
        own, columns = found[:, 10 * k : 10 * k + 10], table[:, at.N_LAW * k : at.N_LAW * (k + 1)]
        columns[:, at.OCP : at.OCP + 2] = own[:, 0:2]
        columns[:, at.ENTROPY : at.ENTROPY + 2] = own[:, 2:4]
        columns[:, at.DIFFUSION], columns[:, at.DIFFUSION + 1] = _integral(own[:, 4], own[:, 5], width), own[:, 4]
        columns[:, at.RATE_FACTOR : at.RATE_FACTOR + 2] = own[:, 6:8]
        columns[:, at.GAP : at.GAP + 2] = own[:, 8:10]
        columns[:, at.CHEMICAL], columns[:, at.CHEMICAL + 1] = _integral(own[:, 0], own[:, 1], width), own[:, 0]
    table.setflags(write=False)
    return table


def _integral(value: Array, slope: Array, width: float) -> Array:
    """Integral from the first grid point of the cubic through values and slopes."""
    cells = 0.5 * width * (value[1:] + value[:-1]) + width * width / 12.0 * (slope[:-1] - slope[1:])
    return np.concatenate([[0.0], np.cumsum(cells)])


def _smallest(function: Callable[[Array], Array]) -> float:
    """Tolerance of a law that may run over decades: a thousandth of its least value."""
    return 1e-3 * float(np.min(np.abs(function(np.linspace(0.0, 1.0, 257)))))


def _branch_mean(ocp: Law, lithiation: Law | None, delithiation: Law | None) -> Callable[[Any, Any], Any]:
    if lithiation is None or delithiation is None:
        return ocp.function
    return lambda xp, x: 0.5 * (lithiation.function(xp, x) + delithiation.function(xp, x))


def _gap(lithiation: Law | None, delithiation: Law | None) -> Callable[[Any, Any], Any]:
    if lithiation is None or delithiation is None:
        return lambda xp, x: xp.zeros_like(x)
    return lambda xp, x: 0.5 * (delithiation.function(xp, x) - lithiation.function(xp, x))


def _or(law: Law | None, value: float) -> Callable[[Any, Any], Any]:
    return law.function if law is not None else lambda xp, x: xp.full_like(x, value)


def _ratio(law: Law | None, reference: float, temperature: float) -> Callable[[Any, Any], Any]:
    if law is None:
        return lambda xp, x: xp.ones_like(x)
    if law.thermal_function is not None:
        return lambda xp, x: law.at(xp, x, temperature) / reference
    return lambda xp, x: law.function(xp, x) / reference


def _stretched(ratio: Callable[[Any, Any], Any], stretch: Stretch) -> Callable[[Any, Any], Any]:
    return lambda xp, x: ratio(xp, x) * (1.0 + stretch[0] * (x - stretch[1]))


def electrolyte_tables(salt: ElectrolyteMaterial, span: Span) -> tuple[Array, float]:
    """Tabulate electrolyte properties from zero to twice the largest concentration for which they are offered.

    Parameters
    ----------
    salt : ElectrolyteMaterial
        Its laws over salt concentration in mol/m³.
    span : tuple
        First temperature in K and the number of temperatures, 5 K apart.

    Returns
    -------
    tables : ndarray, shape (n_temperatures, n + 1, 8), mixed
        See :mod:`joulebook.battery.layout`.
    width : float, mol/m³
        Distance of grid points.
    """
    high = 2.0 * max(salt.diffusivity.domain[1], salt.conductivity.domain[1])
    tables = _electrolyte_tables(
        salt.diffusivity,
        salt.conductivity,
        salt.transference_law,
        salt.thermodynamic_factor_law,
        salt.transference_number.value,
        salt.thermodynamic_factor.value,
        span,
        high,
    )
    return tables, high / (tables.shape[1] - 1)


@functools.lru_cache(maxsize=64)
def _electrolyte_tables(
    diffusivity: Law,
    conductivity: Law,
    transference: Law | None,
    factor: Law | None,
    number: float,
    thermodynamic: float,
    span: Span,
    high: float,
) -> Array:
    def functions_at(temperature: float) -> list[Callable[[Array], Array]]:
        def share(c: Array) -> Array:
            return np.asarray(transference.at(np, c, temperature)) if transference else np.full_like(c, number)

        def activity(c: Array) -> Array:
            own = factor.at(np, c, temperature) if factor else thermodynamic
            return np.asarray((1.0 - share(c)) * own)

        transport = [_positive(law, temperature, high) for law in (diffusivity, conductivity)]
        return [*transport, activity, share]

    first, count = span
    everything = [functions_at(first + DEGREES * k) for k in range(count)]
    tables: list[Array] = []
    least = 256
    for functions in everything:
        largest = [float(np.max(np.abs(function(np.linspace(0.0, high, 65))))) for function in functions]
        tolerance = [TRANSPORT_TOLERANCE * max(value, 1e-30) for value in largest]
        tables.append(tabulate(functions, 0.0, high, tolerance=tolerance, least=least, most=1024))
        least = tables[-1].shape[0] - 1
    # all temperatures on the finest grid that one of them needs
    exact = [np.inf] * at.N_SALT
    for k, functions in enumerate(everything):
        if tables[k].shape[0] - 1 != least:
            tables[k] = tabulate(functions, 0.0, high, tolerance=exact[: len(functions)], least=least, most=least)
    found = np.stack(tables)
    found.setflags(write=False)
    return found


def _inside(function: Callable[[Any, Any], Any]) -> Callable[[Array], Array]:
    """The law; where it has no value at its ends, as a logarithm has none, that of a point a little inside."""

    def evaluate(x: Array) -> Array:
        with np.errstate(all="ignore"):
            value = np.asarray(function(np, x), dtype=np.float64)
            if np.all(np.isfinite(value)):
                return value
            return np.where(np.isfinite(value), value, function(np, np.clip(x, 1e-6, 1.0 - 1e-6)))

    return evaluate


def _positive(law: Law, temperature: float, high: float) -> Callable[[Array], Array]:
    floor = LEAST_TRANSPORT * float(np.max(law.at(np, np.linspace(0.0, high, 65), temperature)))

    def evaluate(x: Array) -> Array:
        return np.maximum(np.asarray(law.at(np, x, temperature), dtype=np.float64), floor)

    return evaluate
