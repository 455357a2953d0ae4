"""The design report of a battery cell, piece by piece, for ``notebooks/reports/cell_design.ipynb``."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joulebook.battery import Cell, figures
from joulebook.battery.figures import N_P_RANGE, CellFigures
from joulebook.core.citations import bibliography, cite
from joulebook.core.provenance import package_versions
from joulebook.report.cell_discharges import RAGONE_RATES, discharge_section, ragone_section, run_discharges
from joulebook.report.cell_figures import masses_svg, ocp_svg, stack_svg
from joulebook.report.cell_methods import method_section
from joulebook.report.cell_parameters import parameter_section
from joulebook.report.inline import citations_in, escape
from joulebook.report.model import (
    Block,
    Callout,
    Column,
    Figure,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Provenance,
    Reference,
    Report,
    RunRecord,
    Section,
    Table,
    texts_of,
)
from joulebook.report.numbers import number

__all__ = [
    "RAGONE_RATES",
    "assemble",
    "design_section",
    "discharge_section",
    "make_report",
    "open_cell",
    "open_circuit_section",
    "ragone_section",
    "run_discharges",
    "summary_blocks",
]


def open_cell(cell: str | Path | Cell) -> Cell:
    """Fetch the cell that a report is about.

    Parameters
    ----------
    cell : str, Path or Cell
        A ``.cell.json`` file, the name of a cell that comes with Joulebook, or a cell.

    Returns
    -------
    Cell
        The design.
    """
    if isinstance(cell, Cell):
        return cell
    return Cell.named(str(cell)) if str(cell) in Cell.names() else Cell.load(cell)


def summary_blocks(cell: Cell, known: CellFigures) -> tuple[Block, ...]:
    """Write the title page.

    Parameters
    ----------
    cell : Cell
        The design.
    known : CellFigures
        Its figures.

    Returns
    -------
    tuple of Block
        Key figures, description and warnings.
    """
    items = (
        KeyFigure(label="Capacity", value=number(known.capacity, 3), unit="A h"),
        KeyFigure(label="Energy", value=number(known.energy, 3), unit="W h"),
        *_key_figure("Specific energy", known.specific_energy, "Wh/kg"),
        *_key_figure("Energy density", known.energy_density, "Wh/L"),
        KeyFigure(label="N/P ratio", value=f"{known.n_p_ratio:.2f}"),
    )
    blocks: list[Block] = [KeyFigures(items=items)]
    if cell.description:
        blocks.append(Paragraph(text=escape(cell.description)))
    blocks += [Callout(kind="warning", text=escape(warning) + ".") for warning in known.warnings]
    return tuple(blocks)


def _key_figure(label: str, value: float | None, unit: str) -> tuple[KeyFigure, ...]:
    """A figure for the title page, none where it is not known."""
    return () if value is None else (KeyFigure(label=label, value=number(value, 3), unit=unit),)


def design_section(cell: Cell, known: CellFigures) -> Section:
    """Show the stack, the figures and the masses.

    Parameters
    ----------
    cell : Cell
        The design.
    known : CellFigures
        Its figures.

    Returns
    -------
    Section
        With two drawings and a table.
    """
    stack = Figure(
        svg=stack_svg(cell),
        caption="Layers of one electrode pair, to scale; particles at their radius, covering the active fraction.",
        alt="Stack: "
        + ", ".join(
            f"{name} {number(part.thickness * 1e6)} µm"
            for name, part in (
                ("negative collector", cell.negative_collector),
                ("negative electrode", cell.negative),
                ("separator", cell.separator),
                ("positive electrode", cell.positive),
                ("positive collector", cell.positive_collector),
            )
            if part is not None
        ),
    )
    return Section(title="Design", blocks=(stack, _figures_table(cell, known), *_masses(known)))


def _masses(known: CellFigures) -> tuple[Figure, ...]:
    """The drawing of the masses, none where nothing can be weighed."""
    if not known.mass_breakdown:
        return ()
    bars = ", ".join(f"{name} {number(mass * 1e3, 3)} g" for name, mass in known.mass_breakdown.items())
    caption = f"Masses of the components; {number(known.mass * 1e3)} g in all."
    return (Figure(svg=masses_svg(known.mass_breakdown), caption=caption, alt=f"Bars: {bars}"),)


def _figures_table(cell: Cell, known: CellFigures) -> Table:
    low, high = N_P_RANGE
    rows = (
        ("Capacity between the cut-offs, at open circuit", number(known.capacity), "A h"),
        ("Nominal capacity (1C is this much in one hour)", number(cell.nominal_capacity), "A h"),
        ("Energy between the cut-offs, at open circuit", number(known.energy), "W h"),
        ("Mean voltage", number(known.mean_voltage), "V"),
        ("Voltage limits", f"{number(cell.lower_cutoff)} to {number(cell.upper_cutoff)}", "V"),
        ("Mass", number(known.mass * 1e3), "g") if known.mass_breakdown else ("Mass", "not known", ""),
        _known_row("Outer volume", known.volume, 1e6, "cm³"),
        _known_row("Specific energy", known.specific_energy, 1.0, "Wh/kg"),
        _known_row("Energy density", known.energy_density, 1.0, "Wh/L"),
        (f"N/P ratio (usual: {low:g} to {high:g})", f"{known.n_p_ratio:.3f}", ""),
        ("Coated electrode area", number(cell.area * 1e4), "cm²"),
        ("Areal capacity", number(known.capacity * 1e3 / (cell.area * 1e4)), "mA h/cm²"),
    )
    columns = (Column(title="Figure", share=1), Column(title="Value", align="right"), Column(title="Unit"))
    return Table.of("Figures of the cell.", columns, rows)


def _known_row(title: str, value: float | None, factor: float, unit: str) -> tuple[str, str, str]:
    return (title, "not known", "") if value is None else (title, number(value * factor), unit)


def open_circuit_section(cell: Cell) -> Section:
    """Show the open-circuit potentials.

    Parameters
    ----------
    cell : Cell
        The design.

    Returns
    -------
    Section
        With one drawing.
    """
    drawing = Figure(
        svg=ocp_svg(cell),
        caption="Open-circuit potentials of the electrodes and of the cell. Thick: the part that the cell uses between "
        "its cut-offs, from the charged to the discharged end; thin: the rest of the range in which the law holds.",
        alt="Open-circuit potential of each electrode over its stoichiometry, and of the cell over its discharge",
    )
    return Section(title="Open circuit", blocks=(drawing,))


def assemble(
    cell: Cell, known: CellFigures, sections: Sequence[Section], runs: Mapping[float, Any], model: str
) -> Report:
    """Put the pieces together, with references and provenance.

    Parameters
    ----------
    cell : Cell
        The design.
    known : CellFigures
        Its figures.
    sections : sequence of Section
        The results.
    runs : mapping of float to BatteryResult
        Every solve that the report rests on.
    model : str
        What solved them.

    Returns
    -------
    Report
        Ready for a writer.
    """
    body = (*sections, method_section(model), parameter_section(cell))
    cited = [key for run in runs.values() for key in run.provenance.citations]
    return Report(
        title=escape(cell.name),
        subtitle="Cell design report",
        summary=summary_blocks(cell, known),
        sections=body,
        references=_references(body, cited),
        provenance=Provenance(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            machine=f"{platform.system()} {platform.machine()}",
            versions=package_versions(),
            inputs={"cell design": cell.digest()},
            parameters={"rates": ", ".join(f"{rate:g}C" for rate in runs), "model": model},
            runs=tuple(_record(rate, run, model) for rate, run in runs.items()),
        ),
    )


def _references(sections: Sequence[Section], more: Sequence[str]) -> tuple[Reference, ...]:
    keys = [key for text in texts_of(tuple(sections)) for key in citations_in(text)]
    known = bibliography()
    return tuple(Reference.from_citation(cite(key)) for key in dict.fromkeys((*keys, *more)) if key in known)


def _record(rate: float, run: Any, model: str) -> RunRecord:
    return RunRecord(
        name=f"Discharge at {rate:g}C",
        solver=f"{model}, {run.stats.device}",
        status=str(run.end_reason),
        steps=run.stats.steps,
        iterations=run.stats.iterations,
        seconds=run.stats.seconds,
    )


def make_report(cell: Cell, rates: Sequence[float], model: str = "DFN") -> Report:
    """Make the whole report in one go; the notebook does the same step by step.

    Parameters
    ----------
    cell : Cell
        The design.
    rates : sequence of float
        C-rates of the discharge curves.
    model : str
        ``"DFN"``, ``"SPMe"`` or ``"SPM"``.

    Returns
    -------
    Report
        Ready for a writer.
    """
    known = figures(cell)
    runs = run_discharges(cell, (*RAGONE_RATES, *rates), model)
    sections = (
        design_section(cell, known),
        open_circuit_section(cell),
        discharge_section(cell, {rate: runs[float(rate)] for rate in sorted(set(rates))}, model),
        ragone_section(runs, known),
    )
    return assemble(cell, known, sections, runs, model)
