"""What a study of a pack comes to: its variables, how it and its steps ended, and the errors of those that did not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery import schedule as column
from joulebook.battery.balance import Balance, balance
from joulebook.battery.endings import end_reason
from joulebook.battery.models import Model
from joulebook.battery.pack import wiring as also
from joulebook.battery.pack.arrays import PackMarch
from joulebook.battery.pack.design import Pack
from joulebook.battery.pack.results import PackResult
from joulebook.battery.schedule import Schedule
from joulebook.battery.simulation import citations
from joulebook.battery.summary import step_table
from joulebook.core.errors import DivergedError, InfeasibleError, SolveError
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status, Variable

__all__ = ["pack_failure", "pack_result"]

_PACK = (
    ("time", at.TRACE_TIME, "s", "Time"),
    ("voltage", at.TRACE_VOLTAGE, "V", "Voltage"),
    ("current", at.TRACE_CURRENT, "A", "Current"),
    ("discharge_capacity", at.TRACE_CHARGE, "A h", "Discharged capacity"),
    ("energy", at.TRACE_ENERGY, "W h", "Delivered energy"),
    ("throughput", at.TRACE_THROUGHPUT, "A h", "Charge passed in either direction"),
    ("connection_heat", at.TRACE_OHMIC, "W", "Heat of joints, busbars and leads"),
    ("protocol_step", at.TRACE_ROW, "1", "Protocol step"),
    ("contactor_open", also.TRACE_OPEN, "1", "Contactor open"),
)
_CELLS = (
    ("cell_voltage", at.TRACE_VOLTAGE, "V", "Cell voltage"),
    ("cell_current", at.TRACE_CURRENT, "A", "Cell current"),
    ("cell_temperature", at.TRACE_TEMPERATURE, "K", "Cell temperature"),
    ("cell_discharge_capacity", at.TRACE_CHARGE, "A h", "Cell discharged capacity"),
    ("cell_energy", at.TRACE_ENERGY, "W h", "Cell delivered energy"),
)
_HEATS = [at.TRACE_OHMIC, at.TRACE_REACTION, at.TRACE_ENTROPIC, at.TRACE_MIXING]


def _variables(pack: Pack, march: PackMarch) -> dict[str, Variable]:
    rows = march.rows
    trace = march.pack.trace[:rows]
    found = {
        name: Variable(("time",), np.ascontiguousarray(trace[:, k]), unit, label) for name, k, unit, label in _PACK
    }
    found["contactor_open"].values[:] = np.maximum(
        found["contactor_open"].values, trace[:, at.TRACE_ROW] >= _rest_row(march)
    )
    power = found["voltage"].values * found["current"].values
    found["power"] = Variable(("time",), power, "W", "Power")
    found["cell"] = Variable(("cell",), np.arange(pack.n_cells), "1", "Cell")
    cells = march.cells.trace[:, :rows]
    for name, k, unit, label in _CELLS:
        found[name] = Variable(("time", "cell"), np.ascontiguousarray(cells[:, :, k].T), unit, label)
    heat = np.ascontiguousarray(cells[:, :, _HEATS].sum(axis=2).T)
    found["cell_heat"] = Variable(("time", "cell"), heat, "W", "Cell heat")
    first, capacity = _charges(march)
    soc = first - found["cell_discharge_capacity"].values / capacity
    found["cell_soc"] = Variable(("time", "cell"), soc, "1", "Cell state of charge")
    return found


def _rest_row(march: PackMarch) -> float:
    """First row of the table that is the rest after an opening of the contactor."""
    return float(march.schedule.rows.shape[0] - march.pack.settings[also.RESTS])


def _charges(march: PackMarch) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """State of charge of each cell at the start, and its capacity between the cut-offs at rest, A h."""
    known: dict[int, Balance] = {}
    found = np.zeros((2, len(march.variants)))
    for k, (cell, arrays) in enumerate(zip(march.variants, march.arrays, strict=True)):
        if id(cell) not in known:
            known[id(cell)] = balance(cell)
        window = known[id(cell)]
        full, empty = window.negative_fillings
        sites = arrays.sites
        mine = (sites[:, at.SIDE] == 0.0) & (sites[:, at.GROUP] >= 0.0)
        room = sites[mine, at.FRACTION] * sites[mine, at.DEPTH]
        filling = (room * arrays.concentrations[mine]).sum() / (room * sites[mine, at.MAXIMUM]).sum()
        found[:, k] = (filling - empty) / (full - empty), window.capacity
    return found[0], found[1]


def pack_result(pack: Pack, march: PackMarch, status: int, model: Model, record: dict[str, Any]) -> PackResult:
    """Make the result of a study of a pack.

    Parameters
    ----------
    pack : Pack
        The design.
    march : PackMarch
        The study.
    status : int
        How it ended.
    model : Model
        The physics.
    record : dict
        All options of the study.

    Returns
    -------
    PackResult
        Up to where it came.
    """
    run, marks = march.pack.run, march.pack.marks
    visited = np.flatnonzero(marks[:, at.MARK_CODE] != 0.0)
    plan = march.schedule
    done = Schedule(plan.rows[visited], plan.series, plan.sentences, plan.sentence_of[visited])
    steps = step_table(done, SimpleNamespace(marks=marks[visited]), visited.size)
    steps["end"] = [_reason(march, int(k)) for k in visited]
    rested = run[also.TRIPPED] != 0.0 and run[at.ROW] == plan.rows.shape[0] and march.pack.settings[also.RESTS] != 0.0
    last = visited[-2 if rested and visited.size > 1 else -1] if visited.size else 0
    reason = _reason(march, int(last)) if visited.size and status > 0 else "stopped: no further solution"
    blamed = int(marks[last, also.MARK_CELL]) if visited.size and status > 0 else int(run[also.WORST])
    return PackResult(
        variables=_variables(pack, march),
        status=Status.SOLVED if status == at.FINISHED else Status.PARTIAL,
        stats=Stats(
            steps=march.rows,
            iterations=int(march.cells.run[:, at.ITERATIONS].sum()),
            rejected=int(run[at.REJECTED]),
            residual=float(march.cells.run[:, at.UPDATE].max()),
            seconds=march.seconds,
            device="cpu",
        ),
        provenance=Provenance.record("battery.simulate_pack", pack, record, citations(pack.cell, model)),
        facts={
            "end_reason": reason,
            "ended_by": blamed if blamed >= 0 else None,
            "protocol": record["protocol"],
            "model": str(model),
            "series": pack.series,
            "parallel": pack.parallel,
            "steps": steps,
            "followed": np.flatnonzero(march.schedule.rows[:, column.SERIES_FIRST] >= 0).tolist(),
        },
    )


def _reason(march: PackMarch, row: int) -> str:
    """Why a step of the protocol ended."""
    mark, limits = march.pack.marks[row], march.pack.limits[row]
    settings = march.pack.settings
    code, event, cell = int(mark[at.MARK_CODE]), int(mark[at.MARK_EVENT]), int(mark[also.MARK_CELL])
    opened = "the contactor has opened:"
    said = {
        also.EVENT_CELL_FELL: f"voltage of cell {cell} fell to {limits[also.CELL_FALLS_TO]:g} V",
        also.EVENT_CELL_ROSE: f"voltage of cell {cell} rose to {limits[also.CELL_RISES_TO]:g} V",
        at.EVENT_HOT: f"temperature of cell {cell} rose to {march.pack.rows[row, column.HOTTER_THAN]:g} K",
        at.EVENT_ANODE: f"potential of the negative electrode of cell {cell} fell to "
        f"{march.pack.rows[row, column.ANODE_BELOW]:g} V",
        also.TRIP_FELL: f"{opened} voltage of cell {cell} fell to {settings[also.TRIP_LOW]:g} V",
        also.TRIP_ROSE: f"{opened} voltage of cell {cell} rose to {settings[also.TRIP_HIGH]:g} V",
        also.TRIP_WARMED: f"{opened} temperature of cell {cell} rose to {settings[also.TRIP_HOT]:g} K",
    }.get(event)
    if said is None or code not in {at.REACHED_EVENT, at.ALREADY_PAST}:
        return end_reason(code, event, march.pack.rows[row]).replace("the cell could", "the pack could")
    return said if code == at.REACHED_EVENT else f"passed over: {said} before it began"


def pack_failure(march: PackMarch, status: int, partial: PackResult) -> SolveError:
    """Make the error of a study that did not end well.

    Parameters
    ----------
    march : PackMarch
        The study where it stopped.
    status : int
        Status code, negative.
    partial : PackResult
        Result up to there.

    Returns
    -------
    SolveError
        What happened and what to try.
    """
    run, plan = march.pack.run, march.schedule
    number = min(int(run[at.ROW]), plan.rows.shape[0] - 1)
    sentence = plan.sentences[int(plan.sentence_of[number])]
    cell = int(run[also.WORST])
    if status == at.ALREADY_PAST:
        mark = march.pack.marks[number]
        mark[at.MARK_CODE], mark[at.MARK_EVENT], mark[also.MARK_CELL] = at.REACHED_EVENT, run[at.EVENT], cell
        reason = _reason(march, number)
        return InfeasibleError(
            f"“{sentence}” is past its end before it begins: {reason}, with {run[at.CURRENT]:.4g} A in the pack. "
            "Start from another state of charge (initial_soc), take a lower rate, or move the end",
            partial=partial,
        )
    where = f"voltage = {_last_voltage(run):.4g} V"
    if cell >= 0:
        k = int(march.pack.settings[also.PARALLEL])
        level = _last_voltage(march.cells.run[cell])
        where += (
            f", cell {cell} (group {cell // k}, place {cell % k}) with {level:.4g} V and "
            f"{march.cells.run[cell, at.CURRENT]:.4g} A"
        )
    if status == at.NO_START:
        return InfeasibleError(
            f"“{sentence}”: no state of this pack carries this at the start: {where}. "
            "Take a lower rate, states of charge that lie closer together, or check resistances and rate constants",
            partial=partial,
        )
    return DivergedError(
        f"“{sentence}” cannot be continued at t = {run[at.TIME]:.6g} s: {where}. "
        "Take a lower rate or a nearer end, or another accuracy in the options",
        partial=partial,
    )


def _last_voltage(run: Any) -> float:
    """Voltage of the last attempt, or of the last accepted point where that came to nothing, V."""
    tried = float(run[at.VOLTAGE])
    return tried if np.isfinite(tried) else float(run[at.VOLTAGES + int(run[at.HEAD])])
