"""The report of one study of a cell, piece by piece, for ``notebooks/reports/battery_simulation.ipynb``."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from joulebook.battery import Cell, figures
from joulebook.battery.models import Model
from joulebook.battery.protocol import Protocol
from joulebook.battery.results import BatteryResult
from joulebook.core.citations import bibliography, cite
from joulebook.core.provenance import package_versions
from joulebook.core.results import Status
from joulebook.report import simulation_figures as drawn
from joulebook.report import simulation_tables as tables
from joulebook.report.cell_design import design_section
from joulebook.report.cell_methods import method_section
from joulebook.report.cell_parameters import parameter_section
from joulebook.report.inline import citations_in, escape
from joulebook.report.model import (
    Block,
    Callout,
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
from joulebook.report.simulation_study import MOST_INSIDE, read_model, read_protocol, solve, steps_of_first

__all__ = [
    "assemble",
    "heat_section",
    "inside_section",
    "lifetime_section",
    "make_report",
    "read_model",
    "read_protocol",
    "result_section",
    "solve",
    "study_section",
]

FEW_CYCLES = 2
MOMENTS = (0.02, 0.25, 0.5, 0.75, 0.98)
"""Shares of the time at which profiles are drawn."""


def study_section(cell: Cell, protocol: Protocol, model: Model) -> Section:
    """Say what was done to what.

    Parameters
    ----------
    cell : Cell
        The design.
    protocol : Protocol
        What is done.
    model : Model
        The physics.

    Returns
    -------
    Section
        The cell, the protocol and the physics.
    """
    design = design_section(cell, figures(cell))
    kept = tuple(block for block in design.blocks[:2])
    return Section(
        title="Study",
        sections=(
            Section(title="Cell", blocks=kept),
            Section(title="Protocol", blocks=(tables.protocol_table(protocol),)),
            Section(title="Physics", blocks=(tables.physics_table(model),)),
        ),
    )


def result_section(cell: Cell, run: BatteryResult) -> Section:
    """Show curves and steps.

    Parameters
    ----------
    cell : Cell
        The design.
    run : BatteryResult
        The run.

    Returns
    -------
    Section
        A drawing, a table and what went wrong.
    """
    low, high = float(run.voltage.min()), float(run.voltage.max())
    picture = Figure(
        svg=drawn.curves_svg(cell, run),
        caption="Voltage, current (positive on discharge) and, where it changes, temperature. Dotted: the cut-offs; "
        "small numbers: steps.",
        alt=f"Curves over {number(float(run.time[-1]))} s; the voltage runs between {low:.3f} and {high:.3f} V",
    )
    return Section(title="Result", blocks=(picture, tables.step_table(run), *_stopped(run)))


def _stopped(run: BatteryResult) -> tuple[Callout, ...]:
    if run.status is Status.SOLVED:
        return ()
    text = f"The study stopped before its end: {run.end_reason}. What is shown holds up to that moment."
    return (Callout(kind="warning", text=escape(text)),)


def lifetime_section(run: BatteryResult, model: Model) -> Section | None:
    """Show how the cell ages.

    Parameters
    ----------
    run : BatteryResult
        The run.
    model : Model
        The physics.

    Returns
    -------
    Section or None
        None where there are no cycles and nothing ages.
    """
    blocks: list[Block] = []
    if (run.steps["cycle"] > 0).any():
        table = run.cycles
        if len(table) >= FEW_CYCLES:
            last = table.iloc[-1]
            blocks.append(
                Figure(
                    svg=drawn.ageing_svg(table),
                    caption="Capacity, losses, resistance and energy efficiency over the cycles.",
                    alt=f"After {len(table)} cycles {last.discharge_capacity_Ah:.3f} A h are discharged and "
                    f"{last.loss_of_lithium_inventory_percent:.3g} % of the lithium is lost",
                )
            )
        blocks.append(tables.cycle_table(table))
    if model.ages and any(name.endswith("lithium_active") for name in run.variables):
        blocks.append(tables.lithium_table(run))
    return Section(title="Cycles and ageing", blocks=tuple(blocks)) if blocks else None


def heat_section(run: BatteryResult) -> Section:
    """Show the heat.

    Parameters
    ----------
    run : BatteryResult
        The run.

    Returns
    -------
    Section
        A drawing and a table.
    """
    warmest = float(run["temperature"].max()) - drawn.ICE
    steps = run.steps
    shown = len(steps) if len(steps) <= MOST_INSIDE else steps_of_first(run)
    until = float(steps["end_s"].iloc[min(shown, len(steps)) - 1])
    part = "" if shown == len(steps) else f", in the first {shown} steps"
    picture = Figure(
        svg=drawn.heat_svg(run, until),
        caption=f"Heat of the whole cell by its terms{part}; negative where the cell takes heat up.",
        alt=f"Terms of the heat over time; the cell is at most {warmest:.1f} °C warm",
    )
    return Section(title="Heat", blocks=(picture, tables.heat_table(run)))


def inside_section(cell: Cell, run: BatteryResult | None) -> Section | None:
    """Show what varies across the stack.

    Parameters
    ----------
    cell : Cell
        The design.
    run : BatteryResult or None
        A run with profiles.

    Returns
    -------
    Section or None
        None without profiles.
    """
    if run is None:
        return None
    length = float(run.time[-1])
    times = [share * length for share in MOMENTS]
    picture = Figure(
        svg=drawn.profiles_svg(cell, run, times),
        caption="Across the stack at five moments; the separator is shaded. Surface concentrations are those of the "
        "first active material.",
        alt="Salt, lithium at the particle surfaces, reaction and electrolyte potential from collector to collector",
    )
    lowest = float(run["anode_potential"].min())
    text = (
        f"The potential of the negative electrode at the separator is at least {number(1e3 * lowest, 3)} mV against "
        "lithium. Below 0 lithium can plate."
    )
    kind: Any = "warning" if lowest < 0.0 else "note"
    return Section(title="Inside the cell", blocks=(picture, Callout(kind=kind, text=text)))


def assemble(
    cell: Cell,
    protocol: Protocol,
    model: Model,
    run: BatteryResult,
    sections: Sequence[Section | None],
) -> Report:
    """Put the pieces together, with method, sources and provenance.

    Parameters
    ----------
    cell : Cell
        The design.
    protocol : Protocol
        What is done.
    model : Model
        The physics.
    run : BatteryResult
        The run.
    sections : sequence of Section or None
        The results; None is left out.

    Returns
    -------
    Report
        Ready for a writer.
    """
    accuracy = Section(title="Accuracy", blocks=(tables.error_table(run), *_promise(run)))
    body = (*(part for part in sections if part), accuracy, method_section(model), parameter_section(cell))
    keys = [key for text in texts_of(body) for key in citations_in(text)]
    known = bibliography()
    cited = [key for key in dict.fromkeys((*keys, *run.provenance.citations)) if key in known]
    return Report(
        title=escape(cell.name),
        subtitle="Simulation report",
        summary=_summary(cell, protocol, model, run),
        sections=body,
        references=tuple(Reference.from_citation(cite(key)) for key in cited),
        provenance=Provenance(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            machine=f"{platform.system()} {platform.machine()}",
            versions=package_versions(),
            inputs={"cell design": cell.digest()},
            parameters={"model": str(model), "accuracy": str(run.provenance.options["accuracy"])},
            runs=(_record(model, run),),
        ),
    )


def _summary(cell: Cell, protocol: Protocol, model: Model, run: BatteryResult) -> tuple[Block, ...]:
    steps = run.steps
    out = steps["charge_Ah"] > 0
    warmest = float(run["temperature"].max()) - drawn.ICE
    items = [
        KeyFigure(label="Discharged", value=number(float(steps["charge_Ah"][out].sum()), 4), unit="A h"),
        KeyFigure(label="Energy out", value=number(float(steps["energy_Wh"][out].sum()), 4), unit="W h"),
        KeyFigure(label="Duration", value=drawn.duration(float(run.time[-1]))),
        KeyFigure(label="Warmest", value=f"{warmest:.1f}", unit="°C"),
    ]
    if run.error:
        value = f"{1e3 * run.error['largest_voltage']:.2g}"
        items.append(KeyFigure(label="Error of the voltage", value=f"± {value}", unit="mV"))
    what = _in_a_line(protocol)
    blocks: list[Block] = [
        KeyFigures(items=tuple(items)),
        Paragraph(text=f"**Protocol.** {escape(what)}."),
        Paragraph(text=f"**Physics.** {escape(str(model))}."),
        Paragraph(text=f"**End.** {escape(run.end_reason)}."),
    ]
    if cell.description:
        blocks.append(Paragraph(text=f"**Cell.** {escape(cell.description)}"))
    return (*blocks, *_stopped(run))


def _in_a_line(protocol: Protocol) -> str:
    """The protocol in a line: what is done together stands in brackets."""
    lines = str(protocol).splitlines()
    repeated = len(lines) > 1 and lines[0].endswith("×") and all(line.startswith(" ") for line in lines[1:])
    inner = [line.strip() for line in (lines[1:] if repeated else lines)]
    text = "; ".join(inner[:6]) + (" …" if len(inner) > 6 else "")
    return f"{lines[0]} ({text})" if repeated else text


def _promise(run: BatteryResult) -> tuple[Block, ...]:
    if not run.error:
        return (Callout(kind="warning", text="The error of this study was not estimated."),)
    text = (
        "The estimate is a third of the distance to a second solve with half the mesh and four times the tolerances. "
        "It speaks of the discretisation, from 2 % to 97 % of each step, not of the model or its parameters."
    )
    return (Paragraph(text=text),)


def _record(model: Model, run: BatteryResult) -> RunRecord:
    return RunRecord(
        name="Study",
        solver=f"{model.name}, {run.stats.device}",
        status=run.end_reason,
        steps=run.stats.steps,
        iterations=run.stats.iterations,
        seconds=run.stats.seconds,
    )


def make_report(
    cell: Cell,
    protocol: str | Sequence[str] | Protocol,
    model: str | Mapping[str, Any] | Model = "DFN",
    *,
    cycles: int = 1,
    initial_soc: float | None = None,
    accuracy: str = "standard",
) -> Report:
    """Make the whole report in one go; the notebook does the same step by step.

    Parameters
    ----------
    cell : Cell
        The design.
    protocol : str, sequence of str, or Protocol
        What is done.
    model : str, mapping or Model
        The physics.
    cycles : int
        How often the protocol is done.
    initial_soc : float, optional
        State of charge at the start.
    accuracy : str
        Of the solution.

    Returns
    -------
    Report
        Ready for a writer.
    """
    plan, physics = read_protocol(protocol, cycles), read_model(model)
    run, within = solve(cell, plan, physics, initial_soc, accuracy)
    sections = (
        study_section(cell, plan, physics),
        result_section(cell, run),
        lifetime_section(run, physics),
        heat_section(run),
        inside_section(cell, within),
    )
    return assemble(cell, plan, physics, run, sections)
