"""What feeds a short circuit: external grids, generators, motors and converters, per unit at their nodes.

References
----------
IEC 60909-0:2016, 6.2 (feeders), 6.6 (synchronous machines), 6.7 (units of generator and transformer), 6.10
(asynchronous motors), and the clause on full converters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.faults import factors
from joulebook.grid.faults.branches import TRANSFORMER, Branches
from joulebook.grid.faults.missing import Ledger
from joulebook.grid.faults.nodes import BASE_POWER, Nodes
from joulebook.grid.faults.options import FaultOptions

__all__ = ["EXTERNAL", "GENERATOR", "MOTOR", "SOURCE_TABLES", "Sources", "Units", "converter_currents", "find_sources"]

EXTERNAL, GENERATOR, MOTOR = 0, 1, 2
"""Tables of sources, as codes."""
SOURCE_TABLES = ("external_grids", "generators", "motors")
TYPICAL_SUBTRANSIENT = 0.2
"""Between the ranges of turbine and hydraulic generators in Kundur (1994), table 4.2."""
TYPICAL_POWER_FACTOR = 0.85
"""Usual rating of generators above 100 MVA (IEC 60034-3, 4.3)."""
TYPICAL_LOCKED_ROTOR = 5.0
"""Of groups of low-voltage motors (IEC 60909-0:2016, 6.10)."""
TYPICAL_FEEDER_RX = 0.1
"""R/X of a feeder (IEC 60909-0:2016, 6.2)."""
Ints = NDArray[np.int32]
Reals = NDArray[np.float64]
Complexes = NDArray[np.complex128]


@dataclass(frozen=True)
class Sources:
    """Sources of current, each behind its impedance.

    Parameters
    ----------
    table, row, node : ndarray of int, shape (m,)
        Code of the table, row in it, node.
    impedance : ndarray of complex, shape (m,)
        Positive sequence, corrected.
    peak : ndarray of complex, shape (m,)
        The same with the fictitious resistance of generators, for the peak factor.
    negative : ndarray of complex, shape (m,)
        Negative sequence.
    rated_current : ndarray, shape (m,), A
        0 for external grids.
    subtransient, synchronous, sine : ndarray, shape (m,)
        Of generators; NaN elsewhere and where not known.
    reactance : ndarray, shape (m,)
        Per unit, uncorrected: the inner drop of a machine.
    pair_power : ndarray, shape (m,), W
        Of motors, rated active power per pair of poles; NaN elsewhere.
    """

    table: Ints
    row: Ints
    node: Ints
    impedance: Complexes
    peak: Complexes
    negative: Complexes
    rated_current: Reals
    subtransient: Reals
    synchronous: Reals
    sine: Reals
    reactance: Reals
    pair_power: Reals


@dataclass(frozen=True)
class Units:
    """Units of generator and transformer.

    Parameters
    ----------
    branch : ndarray of int, shape (u,)
        Of the transformer, among the branches.
    near, far : ndarray of int, shape (u,)
        Node of the machine, node at the network.
    factor : ndarray, shape (u,)
        K_S or K_SO.
    inner : ndarray, shape (u,)
        Correction of the machine for a fault at its own terminals.
    voltage : ndarray, shape (u,), V
        Rated voltage of the machine.
    """

    branch: Ints
    near: Ints
    far: Ints
    factor: Reals
    inner: Reals
    voltage: Reals


def find_sources(nodes: Nodes, branches: Branches, options: FaultOptions, ledger: Ledger) -> tuple[Sources, Units]:
    """Build the sources.

    Parameters
    ----------
    nodes : Nodes
        The electrical picture.
    branches : Branches
        Positive sequence, to find units of generator and transformer.
    options : FaultOptions
        Case and tolerance.
    ledger : Ledger
        For missing values.

    Returns
    -------
    sources : Sources
        Machines of units carry the unit's factor.
    units : Units
        The units.
    """
    machines, units = _generators(nodes, branches, options, ledger)
    parts = [_external(nodes, options, ledger), machines]
    if options.case == "max":
        parts.append(_motors(nodes, ledger))
    columns = [np.concatenate([part[k] for part in parts]) for k in range(12)]
    codes = [column.astype(np.int32) for column in columns[:3]]
    return Sources(*codes, *columns[3:]), units


def _external(nodes: Nodes, options: FaultOptions, ledger: Ledger) -> list[NDArray]:
    node = nodes.of("external_grids")
    used = node >= 0
    long = {"max": "maximum", "min": "minimum"}[options.case]
    power = ledger.column("external_grids", f"{long}_fault_power", used, f"Give Sk'' for the case {options.case!r}")
    ratio = ledger.column(
        "external_grids",
        f"{long}_rx",
        used,
        "Give R/X",
        TYPICAL_FEEDER_RX,
        "R/X = 0.1 (IEC 60909-0:2016, 6.2)",
    )
    rows = np.flatnonzero(used)
    c = factors.voltage_factor(nodes.nominal[node[rows]], options.case, options.low_voltage_tolerance)
    size = c * BASE_POWER / power[rows]
    impedance = size * (ratio[rows] + 1j) / np.sqrt(1.0 + ratio[rows] ** 2)
    nan = np.full(rows.size, np.nan)
    code, zero = np.full(rows.size, EXTERNAL), np.zeros(rows.size)
    return [code, rows, node[rows], impedance, impedance, impedance, zero, nan, nan, nan, impedance.imag, nan]


def _generators(nodes: Nodes, branches: Branches, options: FaultOptions, ledger: Ledger) -> tuple[list[NDArray], Units]:
    table, node = nodes.network.generators, nodes.of("generators")
    used = node >= 0
    cosine = ledger.column(
        "generators",
        "rated_power_factor",
        used,
        "Give it from the nameplate",
        TYPICAL_POWER_FACTOR,
        "0.85, the usual rating of large generators (IEC 60034-3)",
    )
    power = ledger.column(
        "generators",
        "rated_power",
        used,
        "Give it from the nameplate",
        np.where(table.maximum_power > 0.0, table.maximum_power / TYPICAL_POWER_FACTOR, np.nan),
        "highest active power over 0.85, the usual power factor of large generators (IEC 60034-3)",
    )
    reactance = ledger.column(
        "generators",
        "subtransient_reactance",
        used,
        "Give the saturated x'' of the direct axis",
        TYPICAL_SUBTRANSIENT,
        "0.2 (Kundur 1994, table 4.2: 0.12 to 0.35)",
    )
    bad = np.flatnonzero(used & (reactance <= 0.0))
    ledger.need("generators", "subtransient_reactance", bad, "must be more than 0", "Give the saturated x''")
    rows = np.flatnonzero(used)
    at = node[rows]
    rated = np.where(table.known("rated_voltage"), table.rated_voltage, np.append(nodes.nominal, np.nan)[node])[rows]
    sine = np.sqrt(np.maximum(1.0 - cosine[rows] ** 2, 0.0))
    x, s = reactance[rows], power[rows]
    fictitious = x * np.where(rated <= factors.LOW_VOLTAGE, 0.15, np.where(s < 100e6, 0.07, 0.05))
    resistance = np.where(table.known("resistance")[rows], table.resistance[rows], fictitious)
    x2 = np.where(table.known("negative_reactance")[rows], table.negative_reactance[rows], x)
    c_max = factors.voltage_factor(nodes.nominal[at], "max", options.low_voltage_tolerance)
    rise = 1.0 + np.nan_to_num(table.voltage_rise[rows])
    factor = factors.generator_factor(nodes.nominal[at], rated * rise, c_max, x, sine)
    units, unit_of = _units(nodes, branches, options, ledger, (rows, at, rated, s, x, sine, rise))
    inside = unit_of >= 0
    factor[inside] = units.factor[unit_of[inside]]
    base = BASE_POWER / s * (rated / nodes.nominal[at]) ** 2
    columns = [
        np.full(rows.size, GENERATOR),
        rows,
        at,
        (resistance + 1j * x) * base * factor,
        (fictitious + 1j * x) * base * factor,
        (resistance + 1j * x2) * base * factor,
        s / (np.sqrt(3.0) * rated),
        x,
        table.synchronous_reactance[rows],
        sine,
        x * base,
        np.full(rows.size, np.nan),
    ]
    return columns, units


def _units(
    nodes: Nodes, branches: Branches, options: FaultOptions, ledger: Ledger, machines: tuple[NDArray, ...]
) -> tuple[Units, Ints]:
    """The units, and the unit of each machine (-1 for none). Machines at one transformer are taken together."""
    rows, at, rated, power, x, sine, rises = machines
    table = nodes.network.transformers
    candidates = np.flatnonzero(branches.table == TRANSFORMER)
    marked = candidates[table.power_station_unit[branches.row[candidates]]]
    unit_of = np.full(rows.size, -1, np.int32)
    found: list[tuple[float, ...]] = []
    for branch in marked:
        ends = (int(branches.first[branch]), int(branches.second[branch]))
        low = int(nodes.nominal[ends[1]] <= nodes.nominal[ends[0]])
        near, far = ends[low], ends[1 - low]
        inside = at == near
        row = int(branches.row[branch])
        if not inside.any():
            continue
        if (unit_of[inside] >= 0).any():
            rule = "is one of several transformers that are marked as the unit of the same machine"
            ledger.need("transformers", "power_station_unit", np.array([row]), rule, "Mark one of them")
            continue
        together = power[inside].sum()
        voltage = float(rated[inside][0])
        x_unit = float(together / (power[inside] / x[inside]).sum())
        s_unit = float((power[inside] * sine[inside]).sum() / together)
        windings = _winding_voltages(nodes, row, ends)
        ratio = nodes.nominal[far] / voltage * windings[low] / windings[1 - low]
        c_max = float(factors.voltage_factor(nodes.nominal[near], "max", options.low_voltage_tolerance))
        on_load, tap = _taps(table.tap_changer[row], low)
        rise = 1.0 if on_load else float(rises[inside].max())
        factor = factors.unit_factor(ratio / rise, c_max, x_unit, abs(table.reactance[row]), s_unit, on_load, tap)
        unit_of[inside] = len(found)
        found.append((branch, near, far, float(factor), c_max / rise / (1.0 + x_unit * s_unit), voltage))
    columns = np.array(found, dtype=np.float64).reshape(-1, 6).T
    return Units(*columns[:3].astype(np.int32), *columns[3:]), unit_of


def _winding_voltages(nodes: Nodes, row: int, ends: tuple[int, int]) -> tuple[float, float]:
    table = nodes.network.transformers
    given = (table.from_rated_voltage[row], table.to_rated_voltage[row])
    first, second = (
        float(nodes.nominal[end]) if np.isnan(value) else float(value) for value, end in zip(given, ends, strict=True)
    )
    return first, second


def _taps(changer: object, low: int) -> tuple[bool, float]:
    """Whether taps change on load, and the permanent off-load tap as seen from the network's side."""
    if changer is None:
        return False, 0.0
    if changer.controls != "nothing":
        return True, 0.0
    tap = (changer.position - changer.neutral) * changer.voltage_step
    return False, tap if low == 1 else 1.0 - 1.0 / (1.0 + tap)


def _motors(nodes: Nodes, ledger: Ledger) -> list[NDArray]:
    table, node = nodes.network.motors, nodes.of("motors")
    used = node >= 0
    start = ledger.column(
        "motors",
        "locked_rotor_ratio",
        used,
        "Give locked-rotor current over rated current",
        TYPICAL_LOCKED_ROTOR,
        "5 (IEC 60909-0:2016, 6.10, groups of low-voltage motors)",
    )
    rows = np.flatnonzero(used)
    ledger.need("motors", "rated_power", rows[table.rated_power[rows] <= 0.0], "must be more than 0", "Give it")
    at = node[rows]
    rated = np.where(table.known("rated_voltage")[rows], table.rated_voltage[rows], nodes.nominal[at])
    apparent = (table.rated_power / (table.efficiency * table.power_factor))[rows]
    pair = (table.rated_power / table.units / table.pole_pairs)[rows]
    rule = np.where(rated <= factors.LOW_VOLTAGE, 0.42, np.where(pair >= 1e6, 0.10, 0.15))
    ratio = np.where(table.known("rx")[rows], table.rx[rows], rule)
    size = BASE_POWER / (start[rows] * apparent) * (rated / nodes.nominal[at]) ** 2
    impedance = size * (ratio + 1j) / np.sqrt(1.0 + ratio**2)
    nan, code = np.full(rows.size, np.nan), np.full(rows.size, MOTOR)
    current = apparent / (np.sqrt(3.0) * rated)
    return [code, rows, at, impedance, impedance, impedance, current, nan, nan, nan, impedance.imag, pair]


def converter_currents(nodes: Nodes, options: FaultOptions, ledger: Ledger) -> tuple[Ints, Ints, Reals]:
    """Currents that full converters feed into a fault.

    Parameters
    ----------
    nodes : Nodes
        The electrical picture.
    options : FaultOptions
        The smallest currents take none.
    ledger : Ledger
        For missing values.

    Returns
    -------
    rows, node : ndarray of int, shape (m,)
        Converters, and where they are.
    current : ndarray, shape (m,)
        Per unit of the base current at that node.
    """
    table, node = nodes.network.converters, nodes.of("converters")
    used = (node >= 0) & (options.case == "max") & ~np.isin(table.kind, ("svc", "statcom"))
    ratio = ledger.column("converters", "fault_current_ratio", used, "Give fault current over rated current")
    power = ledger.column("converters", "rated_power", used & ~(ratio == 0.0), "Give it from the nameplate")
    rows = np.flatnonzero(used & ~(ratio == 0.0))
    return rows.astype(np.int32), node[rows], ratio[rows] * power[rows] / BASE_POWER
