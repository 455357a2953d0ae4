"""Checks of how a network hangs together: every fault, with path, value and what to try."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.errors import Issue, TopologyError

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["check_topology", "reference_issues", "topology_issues"]

MOST_ISSUES = 20
"""Faults of one kind that are listed; one more line counts the rest."""
LARGEST_DIFFERENCE = 0.25
"""Of the nominal voltages at the ends of a line, as a share; beyond it a transformer must be meant."""

_BUS_COLUMNS = {
    "lines": ("from_bus", "to_bus"),
    "transformers": ("from_bus", "to_bus"),
    "three_winding_transformers": ("bus_1", "bus_2", "bus_3"),
    "generators": ("bus", "controlled_bus"),
    "external_grids": ("bus",),
    "loads": ("bus",),
    "shunts": ("bus", "controlled_bus"),
    "switches": ("bus", "other_bus"),
    "hvdc_lines": ("from_bus", "to_bus"),
    "converters": ("bus",),
    "motors": ("bus",),
}
_OPTIONAL = {"controlled_bus", "other_bus"}


def reference_issues(network: Network) -> list[Issue]:
    """Look for references to what is not there.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    list of Issue
        Unknown buses and branches.
    """
    issues: list[Issue] = []
    known = network.buses
    for table_name, columns in _BUS_COLUMNS.items():
        table = getattr(network, table_name)
        for column in columns:
            names = table.column(column)
            rows = np.flatnonzero(known.positions(names) < 0)
            if column in _OPTIONAL:
                rows = rows[[names[row] != "" for row in rows]]
            issues += _listed(
                table_name,
                (
                    Issue(
                        f"{table_name}.{table.ids[row]}.{column}",
                        names[row],
                        "no such bus",
                        _similar(names[row], known),
                    )
                    for row in rows
                ),
                len(rows),
            )
    issues += _switch_issues(network)
    for row, changer in enumerate(network.transformers.column("tap_changer")):
        if changer is not None and changer.controlled_bus and changer.controlled_bus not in known:
            path = f"transformers.{network.transformers.ids[row]}.tap_changer.controlled_bus"
            issues.append(Issue(path, changer.controlled_bus, "no such bus", _similar(changer.controlled_bus, known)))
    return issues


def topology_issues(network: Network) -> list[Issue]:
    """Look for connections that cannot be computed with.

    Parameters
    ----------
    network : Network
        Whose references are good.

    Returns
    -------
    list of Issue
        Branches that end where they begin or have no impedance, lines and switches between different voltages, loads
        whose shares exceed one.
    """
    issues: list[Issue] = []
    buses = network.buses
    nominal = buses.column("nominal_voltage")
    for name in ("lines", "transformers"):
        table = getattr(network, name)
        on = table.column("in_service")
        first, second = table.column("from_bus"), table.column("to_bus")
        same = np.array([a == b for a, b in zip(first, second, strict=True)], bool)
        issues += _of_rows(
            name, table, same & on, "from_bus", first, "both ends at one bus", "Connect the other end, or take it out"
        )
        zero = (table.column("resistance") == 0) & (table.column("reactance") == 0)
        issues += _of_rows(
            name,
            table,
            zero & on & ~same,
            "reactance",
            table.column("reactance"),
            "resistance and reactance are both zero, which means an infinite current",
            "Give the impedance, or join the buses by a closed switch",
        )
    lines = network.lines
    va = nominal[buses.positions(lines.column("from_bus"))]
    vb = nominal[buses.positions(lines.column("to_bus"))]
    unlike = np.abs(va - vb) > LARGEST_DIFFERENCE * np.maximum(va, vb)
    for row in np.flatnonzero(unlike & lines.column("in_service"))[:MOST_ISSUES].tolist():
        issues.append(
            Issue(
                f"lines.{lines.ids[row]}.to_bus",
                lines.column("to_bus")[row],
                f"the ends have nominal voltages of {va[row] / 1e3:g} kV and {vb[row] / 1e3:g} kV",
                "Make it a transformer, or correct the nominal voltage of a bus",
            )
        )
    issues += _joined_voltages(network)
    loads = network.loads
    over = loads.column("current_share") + loads.column("impedance_share") > 1.0 + 1e-9
    issues += _of_rows(
        "loads",
        loads,
        over,
        "current_share",
        loads.column("current_share"),
        "current and impedance shares add up to more than 1",
        "What is left of 1 is constant power",
    )
    return issues


def check_topology(network: Network) -> None:
    """Refuse a network that cannot be computed with.

    Parameters
    ----------
    network : Network
        The network.

    Raises
    ------
    TopologyError
        With every fault.
    """
    issues = topology_issues(network)
    if issues:
        raise TopologyError(issues, network.name)


def _switch_issues(network: Network) -> list[Issue]:
    switches = network.switches
    issues: list[Issue] = []
    columns = (switches.column(name) for name in ("bus", "other_bus", "branch_kind", "branch"))
    for identifier, bus, other, kind, branch in zip(switches.ids, *columns, strict=True):
        path = f"switches.{identifier}"
        if bool(other) == bool(kind):
            issues.append(
                Issue(path, None, "joins two buses or sits at a branch", "Give other_bus, or branch_kind and branch")
            )
        elif kind:
            table = getattr(network, kind)
            if branch not in table:
                issues.append(Issue(f"{path}.branch", branch, f"not among the {kind}", _similar(branch, table)))
                continue
            place = table.position(branch)
            ends = [table.column(name)[place] for name in _BUS_COLUMNS[kind]]
            if bus not in ends:
                issues.append(
                    Issue(f"{path}.bus", bus, f"is no end of {branch}", f"Its ends are {', '.join(map(str, ends))}")
                )
        elif other == bus:
            issues.append(Issue(f"{path}.other_bus", other, "both sides at one bus", "Connect the other side"))
    return issues[:MOST_ISSUES]


def _joined_voltages(network: Network) -> list[Issue]:
    switches, buses = network.switches, network.buses
    nominal = buses.column("nominal_voltage")
    issues = []
    for row in np.flatnonzero(switches.column("closed")).tolist():
        other = switches.column("other_bus")[row]
        if not other:
            continue
        va = nominal[buses.position(switches.column("bus")[row])]
        vb = nominal[buses.position(other)]
        if va != vb:
            issues.append(
                Issue(
                    f"switches.{switches.ids[row]}.other_bus",
                    other,
                    f"a closed switch joins {va / 1e3:g} kV and {vb / 1e3:g} kV",
                    "Open it, or correct the nominal voltage of a bus",
                )
            )
    return issues[:MOST_ISSUES]


def _of_rows(name: str, table: Any, selected: Any, column: str, values: Any, rule: str, hint: str) -> list[Issue]:
    rows = np.flatnonzero(selected)
    made = (Issue(f"{name}.{table.ids[row]}.{column}", _plain(values[row]), rule, hint) for row in rows.tolist())
    return _listed(name, made, len(rows))


def _listed(name: str, issues: Iterable[Issue], count: int) -> list[Issue]:
    out = [issue for issue, _ in zip(issues, range(MOST_ISSUES), strict=False)]
    if count > MOST_ISSUES:
        out.append(Issue(name, None, f"{count - MOST_ISSUES} more of the same kind", "Mend those above first"))
    return out


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _similar(name: Any, table: Any) -> str:
    import difflib

    if len(table) > 2000:
        return f"There are {len(table)}"
    near = difflib.get_close_matches(str(name), table.ids, n=3, cutoff=0.5)
    if near:
        return f"Close to it: {', '.join(near)}"
    return "Known: " + ", ".join([*table.ids[:8], *(["…"] if len(table) > 8 else [])])
