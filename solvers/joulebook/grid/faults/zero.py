"""The zero sequence: where currents to earth can flow, by vector groups and star-point impedances.

References
----------
IEC 60909-0:2016, 6.3 (zero-sequence impedances of transformers; K_T applies to them, not to star-point impedances).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.faults import branches as positive
from joulebook.grid.faults.admittances import Admittances
from joulebook.grid.faults.missing import Ledger
from joulebook.grid.faults.nodes import BASE_POWER, Nodes
from joulebook.grid.faults.options import FaultOptions
from joulebook.grid.faults.sources import EXTERNAL, GENERATOR, Sources, Units
from joulebook.grid.faults.vector_groups import VectorGroup, read_vector_group, zero_two_winding

__all__ = ["zero_admittances"]

TYPICAL_LINE = 3.0
"""Zero- over positive-sequence impedance of overhead lines, a common estimate (Tleis 2008, table 3.6 and text)."""
Rows = list[tuple[float | complex, ...]]


def zero_admittances(
    nodes: Nodes,
    branches: positive.Branches,
    sources: Sources,
    units: Units,
    options: FaultOptions,
    ledger: Ledger,
) -> Admittances:
    """Build the zero sequence.

    Parameters
    ----------
    nodes : Nodes
        The electrical picture.
    branches : Branches
        Positive sequence, for the transformers of units.
    sources : Sources
        Positive sequence; those with a zero sequence of their own are taken up.
    units : Units
        Units of generator and transformer.
    options : FaultOptions
        Case and tolerance.
    ledger : Ledger
        For missing values.

    Returns
    -------
    Admittances
        Of branches and to earth.
    """
    parts = [
        _lines(nodes, options, ledger),
        _transformers(nodes, branches, units, options, ledger),
        _three_winding(nodes, options, ledger),
        _sources(nodes, sources, ledger),
    ]
    return Admittances.joined(parts)


def _lines(nodes: Nodes, options: FaultOptions, ledger: Ledger) -> Admittances:
    lines = nodes.network.lines
    cut = positive.line_segments(nodes)
    used = np.zeros(len(lines), bool)
    used[cut.row] = True
    warm = positive.line_temperature(nodes, options, ledger, used) if options.case == "min" else 1.0
    source = "three times the positive sequence (estimate for overhead lines, Tleis 2008)"
    hint = "Give the zero sequence of the line"
    r0 = ledger.column("lines", "zero_resistance", used, hint, TYPICAL_LINE * lines.resistance, source)
    x0 = ledger.column("lines", "zero_reactance", used, hint, TYPICAL_LINE * lines.reactance, source)
    ohm = (r0 * warm + 1j * x0)[cut.row] * cut.share
    ledger.need("lines", "zero_reactance", cut.row[ohm == 0], "must not vanish with the resistance", "Give it")
    with np.errstate(divide="ignore", invalid="ignore"):
        admittance = nodes.nominal[cut.second] ** 2 / BASE_POWER / ohm
    charging = np.zeros(cut.row.size, np.complex128)
    if options.line_capacitance:
        b0 = ledger.column("lines", "zero_susceptance", used, "Give the zero sequence of the line")
        charging = 0.5j * b0[cut.row] * cut.share * nodes.nominal[cut.second] ** 2 / BASE_POWER
    code = np.full(cut.row.size, positive.LINE)
    return Admittances.of_branches(
        (code, cut.row, cut.first, cut.second, cut.first_end, cut.second_end),
        (admittance + charging, -admittance, admittance + charging),
        earthed=np.concatenate((cut.first, cut.second)) if options.line_capacitance else np.empty(0, np.int32),
    )


def _transformers(
    nodes: Nodes, branches: positive.Branches, units: Units, options: FaultOptions, ledger: Ledger
) -> Admittances:
    table, ends = nodes.network.transformers, nodes.ends["transformers"]
    used = (ends >= 0).any(axis=1) & table.in_service
    groups = _groups(nodes, "transformers", used, 2, ledger)
    carries = np.array([bool(group) and _carries(group) for group in groups], bool) & used
    hint, source = "Give the zero sequence of the transformer", "as in the positive sequence"
    r0 = ledger.column("transformers", "zero_resistance", carries, hint, table.resistance, source)
    x0 = ledger.column("transformers", "zero_reactance", carries, hint, table.reactance, source)
    rows = np.flatnonzero(carries)
    ledger.need("transformers", "zero_reactance", rows[(r0 + 1j * x0)[rows] == 0], "must not vanish", "Give it")
    rated = positive.rated_voltages(nodes, "transformers", ("from_rated_voltage", "to_rated_voltage"), ends)
    scale = BASE_POWER / table.rated_power * rated[:, 1] ** 2
    correction = positive.transformer_correction(nodes, options).copy()
    correction[branches.row[units.branch]] = units.factor
    leak = (r0 + 1j * x0) * scale * correction
    x_m = table.zero_magnetising_reactance
    ledger.need("transformers", "zero_magnetising_reactance", rows[x_m[rows] == 0.0], "must not vanish", "Leave it out")
    with np.errstate(divide="ignore", invalid="ignore"):
        magnetising = np.where(np.isnan(x_m), 0.0, 1.0 / (1j * x_m * scale))
    ratio = rated[:, 0] / rated[:, 1]
    earth = _star_points(nodes, ends) / np.array([ratio**2, np.ones(ratio.size)]).T
    rows = rows[np.abs(leak[rows]) > 0]
    entries = np.zeros((3, rows.size), np.complex128)
    names = table.vector_group[rows]
    grounded = np.zeros(rows.size, bool)
    for name in set(names):
        same = np.flatnonzero(names == name)
        chosen, group = rows[same], groups[rows[same[0]]]
        if group is not None:
            entries[:, same] = zero_two_winding(
                group, leak[chosen], magnetising[chosen], earth[chosen, 0], earth[chosen, 1]
            )
            grounded[same] = (group.windings != ("yn", "yn")) | (magnetising[chosen] != 0)
    entries = _open_ended(entries, ends[rows]) / np.array([ratio[rows] ** 2, ratio[rows], np.ones(rows.size)])
    code, ones = np.full(rows.size, positive.TRANSFORMER), np.ones(rows.size, np.int32)
    earthed = np.concatenate([ends[rows, k][grounded & (entries[2 * k] != 0)] for k in (0, 1)])
    return Admittances.of_branches(
        (code, rows, ends[rows, 0], ends[rows, 1], 0 * ones, ones), tuple(entries), earthed=earthed
    )


def _open_ended(entries: NDArray[np.complex128], ends: NDArray[np.int32]) -> NDArray[np.complex128]:
    """Where one end is open, what the other end sees."""
    first, mutual, second = entries
    coupled = mutual != 0
    from_first = first - mutual**2 / np.where(coupled, second, 1.0)
    from_second = second - mutual**2 / np.where(coupled, first, 1.0)
    one, other = ends[:, 0] < 0, ends[:, 1] < 0
    return np.array(
        [
            np.where(one, 0.0, np.where(other, from_first, first)),
            np.where(one | other, 0.0, mutual),
            np.where(other, 0.0, np.where(one, from_second, second)),
        ]
    )


def _star_points(nodes: Nodes, ends: NDArray[np.int32]) -> NDArray[np.complex128]:
    """Three times the impedance between each star point and earth, per unit of the nominal voltage there."""
    table = nodes.network.transformers
    ohm = [
        np.nan_to_num(table.column(f"{side}_neutral_resistance"))
        + 1j * np.nan_to_num(table.column(f"{side}_neutral_reactance"))
        for side in ("from", "to")
    ]
    base = np.append(nodes.nominal, 1.0)[ends] ** 2 / BASE_POWER
    return 3.0 * np.array(ohm).T.reshape(ends.shape) / base


def _groups(
    nodes: Nodes, name: str, used: NDArray[np.bool_], windings: int, ledger: Ledger
) -> list[VectorGroup | None]:
    groups = [read_vector_group(text, windings) for text in getattr(nodes.network, name).vector_group]
    example = '"Dyn5" or "YNd11"' if windings == 2 else '"YNyn0d5"'
    unread = np.flatnonzero(used & np.array([group is None for group in groups], bool))
    ledger.need(name, "vector_group", unread, "is not known, and faults to earth need it", f"Such as {example}")
    return groups


def _carries(group: VectorGroup) -> bool:
    return any(kind in {"yn", "zn"} for kind in group.windings)


def _three_winding(nodes: Nodes, options: FaultOptions, ledger: Ledger) -> Admittances:
    name = "three_winding_transformers"
    table, ends = getattr(nodes.network, name), nodes.ends[name]
    used = (ends >= 0).any(axis=1)
    groups = _groups(nodes, name, used, 3, ledger)
    carries = np.array([bool(group) and _carries(group) for group in groups], bool) & used
    zigzag = [bool(group) and any(kind.startswith("z") for kind in group.windings) for group in groups]
    bad = np.flatnonzero(carries & np.array(zigzag, bool))
    ledger.need(name, "vector_group", bad, "has a zigzag winding, for which no zero sequence is known here", "Model it")
    source, hint = "as in the positive sequence", "Give the zero sequence of the leg"
    legs = []
    for k in (1, 2, 3):
        takes = carries & np.array([bool(group) and group.windings[k - 1] in {"yn", "d"} for group in groups], bool)
        usual = (table.column(f"resistance_{k}"), table.column(f"reactance_{k}"))
        r0 = ledger.column(name, f"zero_resistance_{k}", takes, hint, usual[0], source)
        x0 = ledger.column(name, f"zero_reactance_{k}", takes, hint, usual[1], source)
        legs.append(np.nan_to_num(r0) + 1j * np.nan_to_num(x0))
    own = np.array(legs).T.reshape(len(table), 3)
    scale = (BASE_POWER / table.rated_power_1)[:, None]
    leak = positive.leg_correction(nodes, options, own) * scale
    rated = positive.rated_voltages(nodes, name, tuple(f"rated_voltage_{k}" for k in (1, 2, 3)), ends)
    made: Rows = []
    earthed: list[int] = []
    for row in np.flatnonzero(carries):
        for k, kind in enumerate(groups[row].windings):
            node, star, z = int(ends[row, k]), int(nodes.stars[row]), leak[row, k]
            if kind == "d" and abs(z) > 0:
                made.append((row, -1, star, -1, 0j, 0j, 1.0 / z))
                earthed.append(star)
            elif kind == "yn" and node >= 0 and abs(z) > 0:
                tau = rated[row, k]
                made.append((row, node, star, k, 1.0 / z / tau**2, -1.0 / z / tau, 1.0 / z))
    columns = np.array(made, dtype=np.complex128).reshape(-1, 7).T
    whole = columns[:4].real.astype(np.int32)
    code, ones = np.full(whole.shape[1], positive.THREE_WINDING), np.ones(whole.shape[1], np.int32)
    return Admittances.of_branches(
        (code, whole[0], whole[1], whole[2], whole[3], -ones),
        (columns[4], columns[5], columns[6]),
        earthed=np.array(earthed, np.int32),
    )


def _sources(nodes: Nodes, sources: Sources, ledger: Ledger) -> Admittances:
    name = "external_grids"
    table = nodes.network.external_grids
    external = np.flatnonzero(sources.table == EXTERNAL)
    used = np.zeros(len(table), bool)
    used[sources.row[external]] = True
    over = ledger.column(name, "zero_over_positive", used, "Give X0/X of the source")
    ratio = ledger.column(name, "zero_rx", used, "Give R0/X0 of the source")
    rows = sources.row[external]
    outer = over[rows] * sources.impedance[external].imag * (ratio[rows] + 1j)
    machines = nodes.network.generators
    own = np.flatnonzero(sources.table == GENERATOR)
    own = own[machines.known("zero_reactance")[sources.row[own]]]
    shrunk = machines.zero_reactance[sources.row[own]] / sources.subtransient[own]
    inner = sources.impedance[own].real + 1j * sources.impedance[own].imag * shrunk
    bad = sources.row[own][inner == 0]
    ledger.need("generators", "zero_reactance", bad, "must not vanish with the resistance", "Leave it out for no path")
    return Admittances.of_sources(
        np.concatenate((external, own)),
        np.concatenate((sources.node[external], sources.node[own])),
        np.concatenate((outer, inner)),
    )
