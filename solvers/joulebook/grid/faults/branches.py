"""Positive-sequence branches: lines, transformers and the legs of three-winding transformers, per unit.

Impedances are per unit of the base power and of the nominal voltage at the ``second`` end; an ideal ratio sits at the
``first`` end. Ratios are those of the rated voltages: IEC 60909-0 takes tap changers in their main position. Shunts and
line capacitances are left out, as the standard does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.faults import factors
from joulebook.grid.faults.missing import Ledger
from joulebook.grid.faults.nodes import BASE_POWER, Nodes
from joulebook.grid.faults.options import FaultOptions

__all__ = [
    "LINE",
    "THREE_WINDING",
    "TRANSFORMER",
    "Branches",
    "Segments",
    "leg_correction",
    "line_segments",
    "line_temperature",
    "positive_branches",
    "rated_voltages",
    "transformer_correction",
]

LINE, TRANSFORMER, THREE_WINDING = 0, 1, 2
"""Tables of branches, as codes."""
TYPICAL_TEMPERATURE = 473.15
"""Highest recommended temperature of bare conductors in a short circuit (IEC 60865-1:2011, table 6), K."""
Ints = NDArray[np.int32]
Reals = NDArray[np.float64]
Complexes = NDArray[np.complex128]


@dataclass(frozen=True)
class Branches:
    """Branches of one sequence.

    Parameters
    ----------
    table, row : ndarray of int, shape (m,)
        Code of the table, and row in it.
    first, second : ndarray of int, shape (m,)
        Nodes.
    first_end, second_end : ndarray of int, shape (m,)
        Which end of the element the node is; -1 for points on lines and star points.
    impedance : ndarray of complex, shape (m,)
        Per unit at the second end, without K_T of two-winding transformers.
    ratio : ndarray, shape (m,)
        Of voltages, first over second.
    correction : ndarray, shape (m,)
        K_T of two-winding transformers; 1 for all others.
    """

    table: Ints
    row: Ints
    first: Ints
    second: Ints
    first_end: Ints
    second_end: Ints
    impedance: Complexes
    ratio: Reals
    correction: Reals


@dataclass(frozen=True)
class Segments:
    """Lines, cut where a fault is wanted.

    Parameters
    ----------
    row : ndarray of int, shape (m,)
        Line of each segment.
    first, second, first_end, second_end : ndarray of int, shape (m,)
        As in :class:`Branches`.
    share : ndarray, shape (m,)
        Of the line's length.
    """

    row: Ints
    first: Ints
    second: Ints
    first_end: Ints
    second_end: Ints
    share: Reals


def line_segments(nodes: Nodes) -> Segments:
    """Cut the lines.

    Parameters
    ----------
    nodes : Nodes
        With the points of faults.

    Returns
    -------
    Segments
        Of all lines with both ends connected to different nodes.
    """
    ends = nodes.ends["lines"]
    used = (ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])
    inner: dict[int, list[tuple[float, int]]] = {}
    for row, place, node in nodes.points:
        if 0.0 < place < 1.0:
            inner.setdefault(row, []).append((place, node))
            used[row] = False
    rows = np.flatnonzero(used)
    whole = [rows, ends[rows, 0], ends[rows, 1], np.zeros(rows.size), np.ones(rows.size), np.ones(rows.size)]
    pieces: list[tuple[float, ...]] = []
    for row, points in inner.items():
        stops = [(0.0, int(ends[row, 0])), *points, (1.0, int(ends[row, 1]))]
        last = len(stops) - 2
        for k in range(last + 1):
            start, stop = stops[k], stops[k + 1]
            ending = (0 if k == 0 else -1, 1 if k == last else -1)
            pieces.append((row, start[1], stop[1], *ending, stop[0] - start[0]))
    columns = np.concatenate((np.array(whole), np.array(pieces).reshape(-1, 6).T), axis=1)
    return Segments(*columns[:5].astype(np.int32), share=columns[5])


def line_temperature(nodes: Nodes, options: FaultOptions, ledger: Ledger, used: NDArray[np.bool_]) -> Reals:
    """Resistance of lines over that at 20 °C.

    Parameters
    ----------
    nodes : Nodes
        The electrical picture.
    options : FaultOptions
        Only the smallest currents take the conductor warm.
    ledger : Ledger
        For missing temperatures.
    used : ndarray of bool, shape (n_lines,)
        Lines that take part.

    Returns
    -------
    ndarray, shape (n_lines,)
        Pure number.
    """
    lines = nodes.network.lines
    if options.case == "max":
        return np.ones(len(lines))
    temperature = ledger.column(
        "lines",
        "end_temperature",
        used & (lines.resistance != 0.0),
        "Give the conductor's temperature at the end of a fault",
        TYPICAL_TEMPERATURE,
        "200 °C, the highest recommended for bare conductors (IEC 60865-1:2011, table 6)",
    )
    return factors.resistance_at(temperature)


def rated_voltages(nodes: Nodes, table: str, columns: tuple[str, ...], ends: Ints) -> Reals:
    """Rated voltage of each winding over the nominal voltage of its node.

    Parameters
    ----------
    nodes : Nodes
        The electrical picture.
    table : str
        Of transformers.
    columns : tuple of str
        Rated voltage of each winding.
    ends : ndarray of int, shape (m, n_windings)
        Nodes.

    Returns
    -------
    ndarray, shape (m, n_windings)
        1 where the rating is left out or the winding is open.
    """
    given = np.array([getattr(nodes.network, table).column(name) for name in columns]).T.reshape(ends.shape)
    ratio = given / np.append(nodes.nominal, np.nan)[ends]
    return np.where(np.isnan(ratio), 1.0, ratio)


def positive_branches(nodes: Nodes, options: FaultOptions, ledger: Ledger) -> Branches:
    """Build the branches of the positive sequence.

    Parameters
    ----------
    nodes : Nodes
        The electrical picture.
    options : FaultOptions
        Case and tolerance.
    ledger : Ledger
        For missing values.

    Returns
    -------
    Branches
        Factors of units of generator and transformer are not applied yet.
    """
    parts = [_lines(nodes, options, ledger), _transformers(nodes, ledger), _legs(nodes, options, ledger)]
    columns = [np.concatenate([part[k] for part in parts]) for k in range(8)]
    whole = [column.astype(np.int32) for column in columns[:6]]
    correction = np.ones(whole[0].size)
    correction[whole[0] == TRANSFORMER] = transformer_correction(nodes, options)[whole[1][whole[0] == TRANSFORMER]]
    return Branches(*whole, impedance=columns[6], ratio=columns[7].astype(np.float64), correction=correction)


def transformer_correction(nodes: Nodes, options: FaultOptions) -> Reals:
    """K_T of two-winding transformers.

    Parameters
    ----------
    nodes : Nodes
        The electrical picture.
    options : FaultOptions
        Case and tolerance.

    Returns
    -------
    ndarray, shape (n_transformers,)
        1 for the smallest currents.
    """
    table, ends = nodes.network.transformers, nodes.ends["transformers"]
    if options.case == "min" or not len(table):
        return np.ones(len(table))
    lower = np.append(nodes.nominal, np.inf)[ends].min(axis=1)
    c_max = factors.voltage_factor(lower, "max", options.low_voltage_tolerance)
    return factors.transformer_factor(c_max, np.abs(table.reactance))


def _lines(nodes: Nodes, options: FaultOptions, ledger: Ledger) -> list[NDArray]:
    lines = nodes.network.lines
    cut = line_segments(nodes)
    used = np.zeros(len(lines), bool)
    used[cut.row] = True
    warm = line_temperature(nodes, options, ledger, used)
    ohm = lines.resistance * warm + 1j * lines.reactance
    impedance = ohm[cut.row] * cut.share * BASE_POWER / nodes.nominal[cut.second] ** 2
    code = np.full(cut.row.size, LINE)
    return [code, cut.row, cut.first, cut.second, cut.first_end, cut.second_end, impedance, np.ones(code.size)]


def _transformers(nodes: Nodes, ledger: Ledger) -> list[NDArray]:
    table, ends = nodes.network.transformers, nodes.ends["transformers"]
    rows = np.flatnonzero((ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1]))
    rated = rated_voltages(nodes, "transformers", ("from_rated_voltage", "to_rated_voltage"), ends)[rows]
    own = (table.resistance + 1j * table.reactance)[rows]
    ledger.need("transformers", "reactance", rows[own == 0], "must not vanish together with the resistance", "Give it")
    impedance = own * BASE_POWER / table.rated_power[rows] * rated[:, 1] ** 2
    code, ones = np.full(rows.size, TRANSFORMER), np.ones(rows.size)
    return [code, rows, ends[rows, 0], ends[rows, 1], 0 * ones, ones, impedance, rated[:, 0] / rated[:, 1]]


def _legs(nodes: Nodes, options: FaultOptions, ledger: Ledger) -> list[NDArray]:
    table, ends = nodes.network.three_winding_transformers, nodes.ends["three_winding_transformers"]
    own = np.array([table.column(f"resistance_{k}") + 1j * table.column(f"reactance_{k}") for k in (1, 2, 3)]).T
    own = own.reshape(len(table), 3)
    legs = leg_correction(nodes, options, own) * (BASE_POWER / table.rated_power_1)[:, None]
    rated = rated_voltages(nodes, "three_winding_transformers", tuple(f"rated_voltage_{k}" for k in (1, 2, 3)), ends)
    connected = (ends >= 0).sum(axis=1) >= 2
    parts: list[list[NDArray]] = []
    for k in range(3):
        rows = np.flatnonzero(connected & (ends[:, k] >= 0))
        ones = np.ones(rows.size)
        small = rows[legs[rows, k] == 0]
        ledger.need("three_winding_transformers", f"reactance_{k + 1}", small, "must not vanish", "Give 1e-6 or more")
        code = np.full(rows.size, THREE_WINDING)
        impedance = legs[rows, k].astype(np.complex128)
        parts.append([code, rows, ends[rows, k], nodes.stars[rows], k * ones, -ones, impedance, rated[rows, k]])
    return [np.concatenate([part[k] for part in parts]) for k in range(8)]


def leg_correction(nodes: Nodes, options: FaultOptions, legs: Complexes) -> Complexes:
    """Correct the legs of three-winding transformers: every pair of windings by its K_T.

    Parameters
    ----------
    nodes : Nodes
        The electrical picture.
    options : FaultOptions
        Case and tolerance.
    legs : ndarray of complex, shape (n, 3)
        Positive or zero sequence, per unit of the first winding's rating.

    Returns
    -------
    ndarray of complex, shape (n, 3)
        The same, corrected.

    References
    ----------
    IEC 60909-0:2016, 6.3.3, equations of the three-winding transformer.
    """
    if options.case == "min" or not legs.size:
        return legs
    table, ends = nodes.network.three_winding_transformers, nodes.ends["three_winding_transformers"]
    first = table.rated_power_1
    powers = np.array([first, *(np.where(table.known(name), table.column(name), first) for name in _POWERS)]).T
    reactances = np.array([table.column(f"reactance_{k}") for k in (1, 2, 3)]).T
    voltages = np.append(nodes.nominal, np.inf)[ends]
    corrected = []
    for one, other in _PAIRS:
        pair = np.minimum(powers[:, one], powers[:, other])
        x_pair = np.abs(reactances[:, one] + reactances[:, other]) * pair / first
        lower = np.minimum(voltages[:, one], voltages[:, other])
        c_max = factors.voltage_factor(lower, "max", options.low_voltage_tolerance)
        corrected.append((legs[:, one] + legs[:, other]) * factors.transformer_factor(c_max, x_pair))
    ab, ac, bc = corrected
    return np.array([ab + ac - bc, ab + bc - ac, ac + bc - ab]).T / 2


_POWERS = ("rated_power_2", "rated_power_3")
_PAIRS = ((0, 1), (0, 2), (1, 2))
