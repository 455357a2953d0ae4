"""Tables of a power flow's report: what breaks a limit, buses, branches, generators, what was assumed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from joulebook.grid.network import Network
from joulebook.grid.power_flow_result import PowerFlowResult
from joulebook.report.inline import escape
from joulebook.report.model import Column, Table
from joulebook.report.numbers import number

__all__ = [
    "MOST_ROWS",
    "Violation",
    "branch_table",
    "bus_table",
    "element_table",
    "generator_table",
    "violation_table",
    "violations",
]

MOST_ROWS = 40
"""Of a table; of more elements those that matter most are shown."""
Violation = tuple[str, str, float, float, str]
"""Element, limit, value, allowed, unit."""
_KINDS = (
    ("buses", "Buses"),
    ("lines", "Lines"),
    ("transformers", "Transformers"),
    ("three_winding_transformers", "Three-winding transformers"),
    ("generators", "Generators"),
    ("external_grids", "External grids"),
    ("converters", "Converters"),
    ("hvdc_lines", "Direct-current links"),
    ("loads", "Loads"),
    ("motors", "Motors"),
    ("shunts", "Shunts"),
    ("switches", "Switches"),
)


def element_table(network: Network) -> Table:
    """Count the elements.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    Table
        One row a kind that there is.
    """
    rows = []
    for name, title in _KINDS:
        table = getattr(network, name)
        if len(table):
            has = "in_service" in table.record.model_fields
            on = int(np.count_nonzero(table.column("in_service"))) if has else len(table)
            rows.append((title, str(len(table)), str(on)))
    columns = (Column(title="Elements", share=1), Column.number("Number"), Column.number("In service"))
    return Table.of("What the network is made of.", columns, rows)


def violations(network: Network, run: PowerFlowResult) -> list[Violation]:
    """List what breaks a limit.

    Parameters
    ----------
    network : Network
        With its limits.
    run : PowerFlowResult
        Of that network.

    Returns
    -------
    list of Violation
        Voltages, loadings and reactive powers, the worst of each first.
    """
    found: list[tuple[float, Violation]] = []
    voltage = run["voltage"]
    low, high = network.buses.column("minimum_voltage"), network.buses.column("maximum_voltage")
    for row, name in enumerate(network.buses.ids):
        value = float(voltage[row])
        if value < low[row] - 1e-6:
            found.append((low[row] - value, (f"bus {name}", "lowest voltage", value, float(low[row]), "pu")))
        elif value > high[row] + 1e-6:
            found.append((value - high[row], (f"bus {name}", "highest voltage", value, float(high[row]), "pu")))
    loading = run["loading"]
    for row in np.flatnonzero(loading > 100.0 + 1e-6).tolist():
        kind, name = run.branches["kind"].iloc[row], run["branch"][row]
        found.append((loading[row] / 100 - 1, (f"{kind} {name}", "rating", float(loading[row]), 100.0, "%")))
    table = network.generators
    reactive = run["generator_q"]
    for sign, column, word in ((-1, "minimum_reactive", "least"), (1, "maximum_reactive", "largest")):
        limit = table.column(column) / 1e6
        over = sign * (reactive - limit)
        for row in np.flatnonzero((over > 1e-4) & table.column("in_service")).tolist():
            value, allowed = float(reactive[row]), float(limit[row])
            share = over[row] / max(abs(allowed), 1.0)
            found.append((share, (f"generator {table.ids[row]}", f"{word} reactive power", value, allowed, "Mvar")))
    found.sort(key=lambda item: (item[1][1].startswith(("least", "largest")), -item[0]))
    return [item for _, item in found]


def violation_table(found: Sequence[Violation]) -> Table:
    """List what breaks a limit.

    Parameters
    ----------
    found : sequence of Violation
        From :func:`violations`.

    Returns
    -------
    Table
        One row each, at most :data:`MOST_ROWS`.
    """
    shown = found[:MOST_ROWS]
    rows = [(escape(what), limit, number(value), number(allowed), unit) for what, limit, value, allowed, unit in shown]
    rest = f"; {len(found) - len(shown)} more are not shown" if len(found) > len(shown) else ""
    columns = (
        Column(title="Element", share=1),
        Column(title="Limit"),
        Column.number("Value"),
        Column.number("Allowed"),
        Column(title="Unit"),
    )
    return Table.of(f"Limits that do not hold, {len(found)} in all{rest}.", columns, rows)


def bus_table(network: Network, run: PowerFlowResult) -> Table:
    """List voltages and powers of buses.

    Parameters
    ----------
    network : Network
        The network.
    run : PowerFlowResult
        Of that network.

    Returns
    -------
    Table
        All buses, or those whose voltages lie farthest from nominal.
    """
    table = run.buses
    away = (table["voltage_pu"] - 1.0).abs().fillna(np.inf)
    picked, rest = _picked(table, away.to_numpy(), "whose voltages lie farthest from nominal")
    kilovolts = network.buses.column("nominal_voltage") / 1e3
    place = network.buses.positions([str(name) for name in picked.index])
    rows = [
        (
            escape(str(name)),
            number(float(kilovolts[row])),
            _fixed(values["voltage_pu"], 4),
            _fixed(values["angle_deg"], 2),
            _fixed(values["p_MW"], 2),
            _fixed(values["q_Mvar"], 2),
        )
        for row, (name, values) in zip(place, picked.iterrows(), strict=True)
    ]
    columns = (
        Column(title="Bus", share=1),
        Column.number("Nominal", "kV"),
        Column.number("Voltage", "pu"),
        Column.number("Angle", "°"),
        Column.number("P", "MW"),
        Column.number("Q", "Mvar"),
    )
    return Table.of(f"Buses{rest}. Powers are positive into the network.", columns, rows)


def branch_table(run: PowerFlowResult) -> Table:
    """List flows.

    Parameters
    ----------
    run : PowerFlowResult
        The run.

    Returns
    -------
    Table
        All branches, or the most loaded ones; without ratings those with most power.
    """
    table = run.branches
    loading = table["loading_percent"]
    weight = loading.fillna(-1.0) if loading.notna().any() else table["p_from_MW"].abs().fillna(0.0)
    word = "with the highest loading" if loading.notna().any() else "that carry most"
    picked, rest = _picked(table, weight.to_numpy(), word)
    rows = [
        (
            escape(str(name)),
            str(values["kind"]),
            _fixed(values["p_from_MW"], 2),
            _fixed(values["q_from_Mvar"], 2),
            _fixed(values["p_loss_MW"], 3),
            _fixed(values["loading_percent"], 1),
        )
        for name, values in picked.iterrows()
    ]
    columns = (
        Column(title="Branch", share=1),
        Column(title="Kind"),
        Column.number("P at “from”", "MW"),
        Column.number("Q at “from”", "Mvar"),
        Column.number("Losses", "MW"),
        Column.number("Loading", "%"),
    )
    return Table.of(f"Branches{rest}. Powers are positive into the branch.", columns, rows)


def generator_table(network: Network, run: PowerFlowResult) -> Table:
    """List what generators give.

    Parameters
    ----------
    network : Network
        The network.
    run : PowerFlowResult
        Of that network.

    Returns
    -------
    Table
        All generators, or the largest.
    """
    table = run.generators
    picked, rest = _picked(table, table["p_MW"].abs().fillna(-1.0).to_numpy(), "that give most")
    limits = network.generators
    place = limits.positions([str(name) for name in picked.index])
    rows = [
        (
            escape(str(name)),
            escape(str(limits.column("bus")[row])),
            _fixed(values["p_MW"], 2),
            _fixed(values["q_Mvar"], 2),
            f"{_fixed(limits.column('minimum_reactive')[row] / 1e6, 0)} … "
            f"{_fixed(limits.column('maximum_reactive')[row] / 1e6, 0)}",
            _fixed(values["voltage_pu"], 4),
        )
        for row, (name, values) in zip(place, picked.iterrows(), strict=True)
    ]
    columns = (
        Column(title="Generator", share=1),
        Column(title="Bus"),
        Column.number("P", "MW"),
        Column.number("Q", "Mvar"),
        Column.number("Q allowed", "Mvar"),
        Column.number("Voltage", "pu"),
    )
    return Table.of(f"Generators{rest}.", columns, rows)


def _picked(table: Any, weight: Any, word: str) -> tuple[Any, str]:
    """The rows that matter most, in the order of the table, and how to say so."""
    if len(table) <= MOST_ROWS:
        return table, ""
    chosen = np.sort(np.argsort(-weight, kind="stable")[:MOST_ROWS])
    return table.iloc[chosen], f": the {MOST_ROWS} of {len(table)} {word}"


def _fixed(value: float, decimals: int) -> str:
    if not np.isfinite(value):
        return "–"
    text = f"{value:.{decimals}f}"
    return (text[1:] if float(text) == 0 and text.startswith("-") else text).replace("-", "−")
