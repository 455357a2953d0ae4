"""Tables and figures of a short-circuit report."""

from __future__ import annotations

from typing import Any

import numpy as np

from joulebook.core.errors import Issue
from joulebook.grid import ShortCircuitResult
from joulebook.report.figures import SERIES, in_house_style, new_figure, to_svg
from joulebook.report.inline import escape
from joulebook.report.model import Column, Table
from joulebook.report.numbers import number
from joulebook.report.short_circuit_study import Studies

__all__ = [
    "bars_svg",
    "branch_table",
    "duty_table",
    "feed_table",
    "gap_rows",
    "largest_table",
    "network_table",
    "option_table",
    "smallest_table",
    "source_table",
]

MOST_ROWS = 60
"""Buses in a table; of more, those with the largest currents."""
MOST_BARS = 24
NAMES = {"3ph": "three-phase", "2ph": "line to line", "2ph-g": "line to line, earth", "1ph": "line to earth"}
_KINDS = (
    ("buses", "Buses"),
    ("lines", "Lines"),
    ("transformers", "Transformers"),
    ("three_winding_transformers", "Three-winding transformers"),
    ("external_grids", "External grids"),
    ("generators", "Generators"),
    ("motors", "Asynchronous motors"),
    ("converters", "Converters"),
    ("switches", "Switches"),
)
_SOURCES = (
    ("Voltage factor $c$", "1.10, at low voltage 1.05 or 1.10; smallest 1.00, 0.95 or 0.90", "table 1"),
    ("Feeders", "$Z_Q = c U_n^2 / S''_k$", "6.2"),
    ("Transformers $K_T$", "$0.95 c_{max} / (1 + 0.6 x_T)$, largest currents", "6.3.3"),
    ("Generators $K_G$", "$(U_n / U_{rG}) c_{max} / (1 + x''_d \\sin\\varphi_{rG})$", "6.6.1"),
    ("Units $K_S$, $K_{SO}$", "generator and transformer together", "6.7.1, 6.7.2"),
    ("Motors", "$Z_M = U_{rM}^2 / (S_{rM} I_{LR} / I_{rM})$, largest currents", "6.10"),
    ("Warm conductors", "$R (1 + 0.004 (\\vartheta_e - 20))$, smallest currents", "smallest currents"),
    ("Initial currents", "see the equations above", "7.2 to 7.5"),
    ("Peak $\\kappa$", "$1.02 + 0.98 e^{-3 R / X}$", "peak current"),
    ("Breaking $\\mu$, $q$", "by delay, initial over rated current, power per pair of poles", "breaking current"),
    ("Thermal $m$", "mean square of the decaying direct current; $n = 1$", "Joule integral"),
)


def network_table(studies: Studies) -> Table:
    """Count what the network holds.

    Parameters
    ----------
    studies : Studies
        The studies.

    Returns
    -------
    Table
        A row for each kind that is there.
    """
    rows = []
    for name, label in _KINDS:
        table = getattr(studies.network, name)
        if len(table):
            column = "closed" if name == "switches" else "in_service"
            rows.append((label, str(len(table)), str(int(table.column(column).sum()))))
    return Table.of(
        "What the network holds.",
        (Column(title="Kind", share=1), Column.number("there"), Column.number("in service")),
        rows,
    )


def option_table(studies: Studies) -> Table:
    """List what was asked for.

    Parameters
    ----------
    studies : Studies
        The studies.

    Returns
    -------
    Table
        Options by name.
    """
    options = studies.options
    rows = [
        ("Standard", "IEC 60909-0:2016"),
        ("Minimum time delay of breakers", f"{number(options['breaker_time'])} s"),
        ("Duration of the short circuit", f"{number(options['duration'])} s"),
        ("Method of the peak factor", str(options["peak_method"])),
        ("Tolerance of low voltage", f"{options['low_voltage_tolerance']} %"),
        ("Missing data", "typical values" if options["defaults"] == "typical" else "none assumed"),
        ("Frequency", f"{number(studies.network.frequency)} Hz"),
    ]
    return Table.of("What was asked for.", (Column(title="Option", share=1), Column(title="Value", share=1)), rows)


def _places(studies: Studies) -> list[str]:
    table = studies.largest.buses
    order = table["ikss_kA"].sort_values(ascending=False, kind="stable")
    chosen = set(order.index[: MOST_ROWS if len(table) > MOST_ROWS else len(table)])
    return [str(place) for place in table.index if place in chosen]


def _current(value: Any) -> str:
    return "–" if value is None or not np.isfinite(value) else f"{float(value):.3f}"


def _at(studies: Studies, fault: str, case: str, place: str, column: str = "ikss_kA") -> str:
    run = studies.runs.get((fault, case))
    return "–" if run is None else _current(run.buses.loc[place, column])


def _of_all(studies: Studies) -> str:
    total = len(studies.largest.buses)
    return f" The {MOST_ROWS} of {total} buses with the largest currents." if total > MOST_ROWS else ""


def largest_table(studies: Studies) -> Table:
    """Give the largest currents by bus.

    Parameters
    ----------
    studies : Studies
        The studies.

    Returns
    -------
    Table
        In kA.
    """
    columns = (
        Column(title="Bus", share=1),
        Column.number("Un", "kV"),
        *(Column.number(title, "kA") for title in ("Ik″ 3ph", "ip", "Ib", "Ith", "Ik″ 2ph", "Ik″ 2ph-g", "Ik″ 1ph")),
        Column.number("R/X"),
    )
    table = studies.largest.buses
    rows = []
    for place in _places(studies):
        row = table.loc[place]
        three = (_current(row[name]) for name in ("ikss_kA", "ip_kA", "ib_kA", "ith_kA"))
        other = (_at(studies, fault, "max", place) for fault in ("2ph", "2ph-g", "1ph"))
        ratio = row["r_ohm"] / row["x_ohm"]
        volts, shape = number(row["nominal_voltage_kV"]), f"{ratio:.3f}" if np.isfinite(ratio) else "–"
        rows.append((escape(place), volts, *three, *other, shape))
    caption = "Largest currents: initial, peak, breaking and thermal of three-phase faults, initial of the others."
    return Table.of(caption + _of_all(studies), columns, rows).model_copy(update={"small": True})


def smallest_table(studies: Studies) -> Table:
    """Give the smallest currents by bus.

    Parameters
    ----------
    studies : Studies
        The studies.

    Returns
    -------
    Table
        In kA.
    """
    faults = ("3ph", "2ph", "2ph-g", "1ph")
    columns = (
        Column(title="Bus", share=1),
        *(Column.number(f"Ik″ {fault}", "kA") for fault in faults),
        Column.number("smallest", "kA"),
    )
    rows = []
    for place in _places(studies):
        values = [_at(studies, fault, "min", place) for fault in faults]
        known = [float(value) for value in values if value != "–" and float(value) > 0]
        rows.append((escape(place), *values, _current(min(known)) if known else "–"))
    caption = "Smallest initial currents, for the settings of protection; the last column leaves out what cannot flow."
    return Table.of(caption + _of_all(studies), columns, rows)


def duty_table(run: ShortCircuitResult) -> Table:
    """Give the duty of switches.

    Parameters
    ----------
    run : ShortCircuitResult
        Largest three-phase currents.

    Returns
    -------
    Table
        Loadings; more than 1 does not hold.
    """
    columns = (
        Column(title="Switch", share=1),
        Column(title="Bus", share=1),
        Column.number("Ib", "kA"),
        Column.number("over rated"),
        Column.number("ip", "kA"),
        Column.number("over rated"),
        Column.number("Ith", "kA"),
        Column.number("over rated"),
        Column(title="Holds"),
    )
    rows = [
        (
            escape(str(name)),
            escape(str(row["bus"])),
            _current(row["breaking_kA"]),
            f"{row['breaking_loading']:.3f}",
            _current(row["peak_kA"]),
            f"{row['making_loading']:.3f}",
            _current(row["thermal_kA"]),
            f"{row['thermal_loading']:.3f}",
            "yes" if row["holds"] else "**no**",
        )
        for name, row in run.duty.head(MOST_ROWS).iterrows()
    ]
    caption = (
        "Duty of switches: the whole current of the bus against breaking, making and short-time withstand current."
    )
    return Table.of(caption, columns, rows)


def feed_table(run: ShortCircuitResult, place: str) -> Table:
    """Give what feeds one fault.

    Parameters
    ----------
    run : ShortCircuitResult
        With shares.
    place : str
        Of the fault.

    Returns
    -------
    Table
        Sources and branches at the place, largest first.
    """
    feeds = run.feeds.loc[place].copy()
    feeds["size"] = feeds[["a_kA", "b_kA", "c_kA"]].max(axis=1)
    columns = (
        Column(title="Source", share=1),
        *(Column.number(f"phase {phase}", "kA") for phase in "abc"),
        Column.number("3 I0", "kA"),
    )
    rows = [
        (
            escape(f"{kind.replace('_', ' ')[:-1]} {name}"),
            *(_current(row[f"{c}_kA"]) for c in "abc"),
            _current(row["earth_kA"]),
        )
        for (kind, name), row in feeds.sort_values("size", ascending=False).head(16).iterrows()
    ]
    caption = (
        f"What the sources feed, each at its own voltage, for the {NAMES[run.facts['fault']]} fault at {escape(place)}."
    )
    return Table.of(caption, columns, rows)


def branch_table(run: ShortCircuitResult, place: str) -> Table:
    """Give what branches carry in one fault.

    Parameters
    ----------
    run : ShortCircuitResult
        With shares.
    place : str
        Of the fault.

    Returns
    -------
    Table
        Ends of branches, the largest phase currents first.
    """
    ends = run.branches.loc[place].copy()
    ends["size"] = ends[["a_kA", "b_kA", "c_kA"]].max(axis=1)
    ends = ends[ends["size"] > 0.0].sort_values("size", ascending=False, kind="stable").head(16)
    columns = (
        Column(title="Branch", share=1),
        Column(title="End"),
        *(Column.number(f"phase {phase}", "kA") for phase in "abc"),
        Column.number("3 I0", "kA"),
    )
    rows = [
        (
            escape(f"{kind.replace('_', ' ')[:-1]} {name}"),
            end,
            *(_current(row[f"{phase}_kA"]) for phase in "abc"),
            _current(row["earth_kA"]),
        )
        for (kind, name, end), row in ends.iterrows()
    ]
    caption = "What branches carry at their ends in the same fault, each at its own voltage, the largest first."
    return Table.of(caption, columns, rows)


def source_table() -> Table:
    """Say where every formula comes from.

    Returns
    -------
    Table
        Quantity, formula, clause.
    """
    columns = (Column(title="Quantity", share=1), Column(title="Rule", share=2), Column(title="IEC 60909-0", share=1))
    return Table.of("Sources of the formulas [@IEC60909-0].", columns, _SOURCES)


def gap_rows(issues: tuple[Issue, ...]) -> str:
    """Put what is missing into a sentence.

    Parameters
    ----------
    issues : tuple of Issue
        Of a study.

    Returns
    -------
    str
        With marks.
    """
    paths = [f"`{issue.path}`" for issue in issues if issue.path]
    more = f" and {len(paths) - 8} more" if len(paths) > 8 else ""
    return ", ".join(paths[:8]) + more


@in_house_style
def bars_svg(studies: Studies) -> str:
    """Draw the largest initial currents by bus and fault.

    Parameters
    ----------
    studies : Studies
        The studies.

    Returns
    -------
    str
        SVG.
    """
    table = studies.largest.buses["ikss_kA"].fillna(0.0).sort_values(ascending=False, kind="stable")
    places = [str(place) for place in table.index[:MOST_BARS]]
    faults = [fault for fault in NAMES if (fault, "max") in studies.runs]
    figure, axes = new_figure(2.6)
    width = 0.8 / len(faults)
    across = np.arange(len(places))
    for k, fault in enumerate(faults):
        values = studies.runs[fault, "max"].buses.loc[places, "ikss_kA"].fillna(0.0)
        axes.bar(across + (k - (len(faults) - 1) / 2) * width, values, width, color=SERIES[k], label=NAMES[fault])
    axes.set_xticks(across, places, rotation=45 if len(places) > 6 else 0, ha="right" if len(places) > 6 else "center")
    axes.set_ylabel("Ik″ (kA)")
    axes.grid(axis="x", visible=False)
    figure.legend(ncols=len(faults), loc="outside upper center")
    return to_svg(figure)
