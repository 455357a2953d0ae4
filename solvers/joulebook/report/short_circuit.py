"""The report of short-circuit studies, piece by piece, for ``notebooks/reports/short_circuit.ipynb``."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from joulebook.core.citations import bibliography, cite
from joulebook.core.errors import InputError
from joulebook.core.provenance import package_versions
from joulebook.grid import Network
from joulebook.report import short_circuit_tables as tables
from joulebook.report.inline import citations_in, escape
from joulebook.report.model import (
    Block,
    Callout,
    Equation,
    Figure,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Provenance,
    Reference,
    Report,
    RunRecord,
    Section,
    texts_of,
)
from joulebook.report.numbers import number
from joulebook.report.short_circuit_study import Studies, open_network, solve

__all__ = [
    "assemble",
    "current_section",
    "duty_section",
    "make_report",
    "method_section",
    "open_network",
    "place_section",
    "solve",
    "study_section",
]


def study_section(studies: Studies) -> Section:
    """Say what was studied and how.

    Parameters
    ----------
    studies : Studies
        The studies.

    Returns
    -------
    Section
        Network, options, what is missing, what was assumed.
    """
    blocks: list[Block] = [tables.network_table(studies), tables.option_table(studies)]
    seen: dict[str, list[str]] = {}
    for (fault, case), issues in studies.gaps.items():
        case_name = "largest" if case == "max" else "smallest"
        seen.setdefault(tables.gap_rows(issues), []).append(f"{tables.NAMES[fault]} ({case_name})")
    for missing, faults in seen.items():
        text = f"Not computed for want of data: {', '.join(faults)}. Missing: {missing}."
        blocks.append(Callout(kind="warning", text=text))
    notes = dict.fromkeys(note for run in studies.runs.values() for note in run.facts["notes"])
    if notes:
        text = "Assumed where data are missing: " + "; ".join(escape(note) for note in notes) + "."
        blocks.append(Callout(kind="warning", text=text[:3900]))
    return Section(title="Study", blocks=tuple(blocks))


def current_section(studies: Studies) -> Section:
    """Show largest and smallest currents.

    Parameters
    ----------
    studies : Studies
        The studies.

    Returns
    -------
    Section
        A drawing and two tables.
    """
    table = studies.largest.buses["ikss_kA"]
    most = str(table.idxmax())
    picture = Figure(
        svg=tables.bars_svg(studies),
        caption="Largest initial currents by bus and kind of fault.",
        alt=f"Bars for {min(len(table), tables.MOST_BARS)} buses; the largest is {table[most]:.3f} kA at {most}",
    )
    blocks: list[Block] = [picture, tables.largest_table(studies)]
    if any(case == "min" for _, case in studies.runs):
        blocks.append(tables.smallest_table(studies))
    return Section(title="Currents", blocks=tuple(blocks))


def duty_section(studies: Studies) -> Section | None:
    """Hold switches against their ratings.

    Parameters
    ----------
    studies : Studies
        The studies.

    Returns
    -------
    Section or None
        None where no switch has a rating.
    """
    table = _duty(studies)
    if table is None:
        return None
    bad = table[~table["holds"]]
    blocks: list[Block] = [tables.duty_table(studies.largest)]
    if len(bad):
        reasons = "; ".join(escape(reason) for reason in bad["reason"].head(8))
        blocks.insert(0, Callout(kind="warning", text=f"{len(bad)} of {len(table)} switches do not hold: {reasons}."))
    else:
        blocks.insert(0, Callout(kind="note", text=f"All {len(table)} switches with a rating hold."))
    return Section(title="Duty of switches", blocks=tuple(blocks))


def _duty(studies: Studies) -> Any:
    try:
        return studies.largest.duty
    except InputError:
        return None


def place_section(studies: Studies) -> Section | None:
    """Show one fault in detail.

    Parameters
    ----------
    studies : Studies
        The studies.

    Returns
    -------
    Section or None
        Sequences and what feeds the fault.
    """
    run, place = studies.details, studies.focus
    if run is None or not np.isfinite(run.buses.loc[place, "ikss_kA"]):
        return None
    fault = tables.NAMES[str(run.facts["fault"])]
    picture = Figure(
        svg=run.drawing(place),
        caption=f"How the sequences are joined in the {fault} fault at {escape(place)}, with the impedances seen from "
        "there and their currents.",
        alt=f"Sequence networks as boxes; the current is {run.buses.loc[place, 'ikss_kA']:.3f} kA",
        width=0.75,
    )
    return Section(
        title=f"The fault at {escape(place)}",
        blocks=(picture, tables.feed_table(run, place), tables.branch_table(run, place)),
    )


def method_section() -> Section:
    """Write how the currents were computed.

    Returns
    -------
    Section
        Equations, sources of all formulas, limits.
    """
    start = Paragraph(
        text="One voltage source at the place of the fault replaces all others; loads, shunts and line capacitances "
        "are left out, taps stand in their main position [@IEC60909-0]. With the impedances of positive, negative and "
        "zero sequence seen from the place, the initial currents are"
    )
    initial = Equation(
        latex=r"I''_k = \frac{c\, U_n}{\sqrt{3} |Z_1|}, \quad I''_{k2} = \frac{c\, U_n}{|Z_1 + Z_2|},"
        r" \quad I''_{k1} = \frac{\sqrt{3} c\, U_n}{|Z_1 + Z_2 + Z_0|},",
        where="for three-phase, line-to-line and line-to-earth faults, with the nominal voltage $U_n$ and the voltage "
        "factor $c$; and for a fault between lines with earth the current to earth is",
    )
    double = Equation(latex=r"I''_{kE2E} = \frac{\sqrt{3} c\, U_n |Z_2|}{|Z_1 Z_2 + Z_1 Z_0 + Z_2 Z_0|}.")
    after = Paragraph(text="From them follow the peak, the breaking and the thermal equivalent current:")
    later = Equation(
        latex=r"i_p = \kappa \sqrt{2} I''_k, \quad I_b = I''_k - \sum_i \frac{\Delta U''_i}{c\, U_n / \sqrt{3}}"
        r" (1 - \mu_i q_i) I''_{k i}, \quad I_{th} = I''_k \sqrt{m + n}",
        where="with the voltage drops $\\Delta U''$ in machines; where sources share no impedance the fraction is 1.",
    )
    solved = Paragraph(
        text="All buses are solved at once: the diagonal of the inverse of the sparse admittance matrix is found from "
        "its factors [@Takahashi1973]."
    )
    limits = Callout(
        kind="note",
        text="The steady-state part of the thermal current is taken as not decaying ($n = 1$). Breaking currents of "
        "unbalanced faults equal the initial ones. Duty takes the whole current of a bus, which is never less than "
        "that through one switch.",
    )
    blocks = (start, initial, double, after, later, solved, tables.source_table(), limits)
    return Section(title="Method", blocks=blocks, new_page=True)


def assemble(studies: Studies, sections: Sequence[Section | None]) -> Report:
    """Put the pieces together, with sources and provenance.

    Parameters
    ----------
    studies : Studies
        The studies.
    sections : sequence of Section or None
        The body; None is left out.

    Returns
    -------
    Report
        Ready for a writer.
    """
    body = (*(part for part in sections if part), method_section())
    known = bibliography()
    keys = [key for text in texts_of(body) for key in citations_in(text)]
    cited = [key for key in dict.fromkeys((*keys, *studies.largest.provenance.citations)) if key in known]
    return Report(
        title=escape(studies.network.name),
        subtitle="Short-circuit report",
        summary=_summary(studies),
        sections=body,
        references=tuple(Reference.from_citation(cite(key)) for key in cited),
        provenance=Provenance(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            machine=f"{platform.system()} {platform.machine()}",
            versions=package_versions(),
            inputs={"network": studies.network.digest()},
            parameters={name: str(value) for name, value in studies.options.items()},
            runs=tuple(
                RunRecord(
                    name=f"{tables.NAMES[fault]}, {'largest' if case == 'max' else 'smallest'}",
                    solver=f"IEC 60909, {run.stats.device}",
                    status=run.status.value,
                    steps=run.stats.steps,
                    seconds=run.stats.seconds,
                )
                for (fault, case), run in studies.runs.items()
            ),
        ),
    )


def _summary(studies: Studies) -> tuple[Block, ...]:
    table = studies.largest.buses
    largest, place, fault = _extreme(studies, "max")
    peak = max(float(run.buses["ip_kA"].max()) for (_, case), run in studies.runs.items() if case == "max")
    items = [
        KeyFigure(label="Largest Ik″", value=number(largest, 4), unit="kA"),
        KeyFigure(label="Largest peak", value=number(peak, 4), unit="kA"),
        KeyFigure(label="Buses", value=str(len(table))),
    ]
    lines = [f"**Largest current.** {number(largest, 4)} kA, {tables.NAMES[fault]} at {escape(place)}."]
    if any(case == "min" for _, case in studies.runs):
        smallest, place, fault = _extreme(studies, "min")
        items.insert(2, KeyFigure(label="Smallest Ik″", value=number(smallest, 4), unit="kA"))
        lines.append(f"**Smallest current.** {number(smallest, 4)} kA, {tables.NAMES[fault]} at {escape(place)}.")
    duty = _duty(studies)
    if duty is not None:
        bad = int((~duty["holds"]).sum())
        items.append(KeyFigure(label="Switches too weak", value=f"{bad} of {len(duty)}"))
    blocks: list[Block] = [KeyFigures(items=tuple(items)), *(Paragraph(text=line) for line in lines)]
    if studies.network.description:
        blocks.append(Paragraph(text=f"**Network.** {escape(studies.network.description)}"))
    if studies.gaps:
        faults = len(studies.gaps)
        blocks.append(
            Callout(kind="warning", text=f"{faults} of 8 studies could not be done for want of data; see *Study*.")
        )
    return tuple(blocks)


def _extreme(studies: Studies, case: str) -> tuple[float, str, str]:
    """Largest or smallest initial current that flows in a case, its place and fault."""
    found = [
        (float(value), str(place), fault)
        for (fault, which), run in studies.runs.items()
        if which == case
        for place, value in run.buses["ikss_kA"].items()
        if value > 0.0
    ]
    if not found:
        return 0.0, "–", "3ph"
    return max(found) if case == "max" else min(found)


def make_report(network: str | Network, bus: str | None = None, **options: Any) -> Report:
    """Make the whole report in one go; the notebook does the same step by step.

    Parameters
    ----------
    network : str or Network
        The design, its file or its name.
    bus : str, optional
        Place in detail.
    **options
        Of :func:`joulebook.report.short_circuit_study.solve`.

    Returns
    -------
    Report
        Ready for a writer.
    """
    studies = solve(open_network(network), bus=bus, **options)
    sections = (study_section(studies), current_section(studies), duty_section(studies), place_section(studies))
    return assemble(studies, sections)
