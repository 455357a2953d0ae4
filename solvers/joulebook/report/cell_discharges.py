"""Discharges in a cell report: the runs, what they deliver, and the Ragone plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from joulebook.battery import BatteryResult, Cell, figures
from joulebook.battery.figures import CellFigures
from joulebook.core.errors import InputError, Issue, SolveError
from joulebook.core.progress import Progress
from joulebook.core.results import Status
from joulebook.report.cell_figures import discharge_svg, ragone_svg
from joulebook.report.inline import escape
from joulebook.report.model import Callout, Column, Figure, Section, Table
from joulebook.report.numbers import number

__all__ = ["RAGONE_RATES", "discharge_section", "ragone_section", "run_discharges"]

RAGONE_RATES = (0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0)
"""C-rates of the Ragone plot."""
_FEWEST_POINTS = 4
_CURVE_POINTS = 400
_NOMINAL_SLACK = 0.15


def run_discharges(
    cell: Cell, rates: Sequence[float], model: str = "DFN", progress: Progress | bool | None = None
) -> dict[float, Any]:
    """Discharge the full cell at several rates.

    Parameters
    ----------
    cell : Cell
        The design.
    rates : sequence of float
        C-rates.
    model : str
        ``"DFN"``, ``"SPMe"`` or ``"SPM"``.
    progress : Progress or bool, optional
        Where the work shows.

    Returns
    -------
    dict of float to BatteryResult
        By rate, in rising order. A run that stopped before the cut-off is there as far as it came.

    Raises
    ------
    InputError
        If there is no rate, or one that is not more than 0.
    SolveError
        If a discharge cannot even begin.
    """
    if not rates or min(rates) <= 0:
        raise InputError(Issue("rates", list(rates), "must be one or more numbers above 0", "For example [0.5, 1, 2]"))
    return {rate: _discharge(cell, rate, model, progress) for rate in sorted({float(rate) for rate in rates})}


def _discharge(cell: Cell, rate: float, model: str, progress: Progress | bool | None) -> Any:
    """Discharge at one rate; a run that stops before the cut-off is kept as far as it came."""
    from joulebook.battery import simulate

    sentence = f"Discharge at {rate:g}C until cut-off"
    try:
        return simulate(cell, sentence, model=model, initial_soc=1.0, progress=progress)
    except SolveError as error:
        if error.partial is None or len(error.partial.time) < _FEWEST_POINTS:
            raise
        return error.partial


def discharge_section(cell: Cell, runs: Mapping[float, Any], model: str) -> Section:
    """Show discharges at several rates.

    Parameters
    ----------
    cell : Cell
        The design.
    runs : mapping of float to BatteryResult
        By rate.
    model : str
        What solved them.

    Returns
    -------
    Section
        With a drawing and a table.
    """
    curves = {f"{rate:g}C": _curve(run) for rate, run in runs.items()}
    drawing = Figure(
        svg=discharge_svg(cell, curves),
        caption=f"Discharges of the full cell at constant current ({escape(model)}), with the open-circuit voltage.",
        alt="Cell voltage over discharged capacity for " + ", ".join(curves),
    )
    rows = [_discharge_row(cell, rate, run) for rate, run in runs.items()]
    columns = (
        Column(title="Rate"),
        Column(title="Current", unit="A", align="right"),
        Column(title="Capacity", unit="A h", align="right"),
        Column(title="Energy", unit="W h", align="right"),
        Column(title="Mean voltage", unit="V", align="right"),
        Column(title="Time", unit="min", align="right"),
        Column(title="End", share=1),
    )
    table = Table.of("What the discharges deliver.", columns, rows)
    return Section(title="Discharge", blocks=(drawing, table, *_nominal_note(cell), *_stopped_early(runs)))


def _nominal_note(cell: Cell) -> tuple[Callout, ...]:
    capacity = figures(cell).capacity
    if abs(capacity / cell.nominal_capacity - 1.0) <= _NOMINAL_SLACK:
        return ()
    text = (
        f"C-rates count in the nominal capacity, {number(cell.nominal_capacity)} A h, while the cell holds "
        f"{number(capacity)} A h: at 1C it is not empty after one hour. Set the nominal capacity to what it holds."
    )
    return (Callout(text=text),)


def _stopped_early(runs: Mapping[float, Any]) -> tuple[Callout, ...]:
    rates = ", ".join(f"{rate:g}C" for rate, run in runs.items() if run.status is not Status.SOLVED)
    text = (
        f"At {rates} the cell cannot carry the current down to the cut-off: the salt in the electrolyte or the lithium "
        "at a particle surface runs out. The figures hold up to that moment."
    )
    return (Callout(kind="warning", text=text),) if rates else ()


def _curve(run: BatteryResult) -> tuple[Any, Any]:
    """Capacity and voltage of a run on even steps of time."""
    even = run.even(_CURVE_POINTS)
    return even.discharge_capacity, even.voltage


def _discharge_row(cell: Cell, rate: float, run: BatteryResult) -> tuple[str, ...]:
    capacity = float(run.discharge_capacity[-1])
    energy = run.delivered_energy
    return (
        f"{rate:g}C",
        number(rate * cell.nominal_capacity),
        f"{capacity:.3f}",
        f"{energy:.2f}",
        f"{energy / capacity if capacity else 0.0:.3f}",
        f"{float(run.time[-1]) / 60.0:.1f}",
        escape(str(run.end_reason)),
    )


def ragone_section(runs: Mapping[float, Any], known: CellFigures) -> Section:
    """Show how energy falls as power rises.

    Parameters
    ----------
    runs : mapping of float to BatteryResult
        By rate, in rising order.
    known : CellFigures
        For the mass.

    Returns
    -------
    Section
        With a drawing.
    """
    if known.specific_energy is None:
        text = "The mass of the cell is not known, so energy and power over mass are not either: see the figures."
        return Section(title="Energy and power", blocks=(Callout(kind="warning", text=text),))
    points = []
    for rate, run in runs.items():
        energy, hours = run.delivered_energy, float(run.time[-1]) / 3600.0
        if run.status is Status.SOLVED and energy > 0:
            points.append((f"{rate:g}C", energy / hours / known.mass, energy / known.mass))
    if not points:
        text = "At none of the rates does the cell carry the current down to the cut-off: there is no Ragone plot."
        return Section(title="Energy and power", blocks=(Callout(kind="warning", text=text),))
    drawing = Figure(
        svg=ragone_svg(points),
        caption="Ragone plot: energy against mean power of complete discharges, both over the mass of the cell.",
        alt="Specific energy falls from "
        + " to ".join(
            f"{number(point[2], 3)} Wh/kg at {number(point[1], 3)} W/kg" for point in (points[0], points[-1])
        ),
        width=0.75,
    )
    left_out = ", ".join(f"{rate:g}C" for rate, run in runs.items() if run.status is not Status.SOLVED)
    text = f"Left out, because the discharge stops before the cut-off: {left_out}."
    return Section(title="Energy and power", blocks=(drawing, *([Callout(text=text)] if left_out else [])))
