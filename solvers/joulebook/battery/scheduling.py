"""From a protocol to the table that the compiled loop reads (:mod:`joulebook.battery.schedule`).

A cycle is one pass of a repeated block, or a tuple in the list of steps. Where a pass holds cycles of its own, its
other steps count as a cycle too, so that a check-up between two stretches of cycling has a number of its own.

Safety: a step that holds a current, a power or a load and names no voltage to end at also ends at the cell's cut-offs:
the lower one on discharge, the upper one on charge, both where a series does both. Rests and held voltages have none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery import schedule as column
from joulebook.battery.designs import Cell
from joulebook.battery.half_cell import HalfCell
from joulebook.battery.schedule import Schedule
from joulebook.battery.series import Series
from joulebook.battery.steps import Step
from joulebook.core.errors import InputError, Issue

__all__ = ["MOST_STEPS", "Block", "count", "make_schedule", "unrolled"]

MOST_STEPS: Final = 200_000
"""Steps of a protocol with its loops written out."""
_FAR: Final = 1.0
"""How far beyond the cut-offs a voltage may lie, V."""
_HELD: Final = {
    "current": at.HOLD_CURRENT,
    "c_rate": at.HOLD_CURRENT,
    "power": at.HOLD_POWER,
    "voltage": at.HOLD_VOLTAGE,
    "resistance": at.HOLD_RESISTANCE,
}


@dataclass(frozen=True)
class Block:
    """Steps that are done together, several times.

    Parameters
    ----------
    items : tuple of Step or Block
        What is done, in order.
    times : int
        How often.
    """

    items: tuple[Step | Block, ...]
    times: int = 1


def count(items: Sequence[Step | Block]) -> int:
    """Count the steps with all loops written out.

    Parameters
    ----------
    items : sequence of Step or Block
        The protocol.

    Returns
    -------
    int
        How many.
    """
    return sum(item.times * count(item.items) if isinstance(item, Block) else 1 for item in items)


@dataclass(frozen=True)
class Unrolled:
    """A protocol with its loops written out.

    Parameters
    ----------
    steps : tuple of Step
        The distinct steps.
    order : ndarray of int, shape (n_steps,), 1
        Index in ``steps``, in the order in which they are done.
    cycle : ndarray of int, shape (n_steps,), 1
        Cycle of each, from 1; 0 outside of cycles.
    place : ndarray of int, shape (n_steps,), 1
        Place of each in its cycle, from 0.
    """

    steps: tuple[Step, ...]
    order: NDArray[np.int64]
    cycle: NDArray[np.int64]
    place: NDArray[np.int64]


def unrolled(items: Sequence[Step | Block]) -> Unrolled:
    """Write out all loops.

    Parameters
    ----------
    items : sequence of Step or Block
        The protocol.

    Returns
    -------
    Unrolled
        Every step with its cycle.
    """
    known: dict[Step, int] = {}
    order, cycle, place, _ = _written_out(items, False, known)
    return Unrolled(tuple(known), order, cycle, place)


_Table = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], int]


def _written_out(items: Sequence[Step | Block], counted: bool, known: dict[Step, int]) -> _Table:
    """Order, cycle (from 1 here) and place of each step, and the number of cycles; runs of steps count if asked."""
    order: list[NDArray[np.int64]] = []
    cycle: list[NDArray[np.int64]] = []
    place: list[NDArray[np.int64]] = []
    cycles, k = 0, 0
    while k < len(items):
        item = items[k]
        if isinstance(item, Block):
            inner, numbers, places, inside = _written_out(item.items, True, known)
            shift = np.repeat(np.arange(item.times) * inside + cycles, inner.size)
            order.append(np.tile(inner, item.times))
            cycle.append(np.tile(numbers, item.times) + shift)
            place.append(np.tile(places, item.times))
            cycles += inside * item.times
            k += 1
            continue
        run = []
        while k < len(items) and isinstance(step := items[k], Step):
            run.append(known.setdefault(step, len(known)))
            k += 1
        cycles += counted
        order.append(np.array(run, dtype=np.int64))
        cycle.append(np.full(len(run), cycles if counted else 0, dtype=np.int64))
        place.append(np.arange(len(run)) if counted else np.zeros(len(run), dtype=np.int64))
    if not order:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing, 0
    return np.concatenate(order), np.concatenate(cycle), np.concatenate(place), cycles


def make_schedule(items: Sequence[Step | Block], cell: Cell | HalfCell) -> Schedule:
    """Compile a protocol for a cell.

    Parameters
    ----------
    items : sequence of Step or Block
        The protocol.
    cell : Cell or HalfCell
        Its nominal capacity defines C, its limits the cut-off.

    Returns
    -------
    Schedule
        One row per step, loops written out.

    Raises
    ------
    InputError
        If a step contradicts the cell, or the step before it; all such steps at once.
    """
    table = unrolled(items)
    faults = [fault for step in table.steps for fault in _against_cell(step, cell)]
    followed = sorted(set(zip(table.order[:-1].tolist(), table.order[1:].tolist(), strict=True)))
    faults += [fault for a, b in followed for fault in _against_before(table.steps[a], table.steps[b], cell)]
    if faults:
        raise InputError(faults, "protocol")
    firsts: dict[Series, int] = {}
    rows = np.stack([_row(step, cell, firsts) for step in table.steps])[table.order]
    rows[:, column.CYCLE] = table.cycle
    rows[:, column.STEP_OF_CYCLE] = table.place
    points = [np.column_stack([series.time, series.values]) for series in firsts]
    return Schedule(
        rows=np.ascontiguousarray(rows),
        series=np.concatenate(points) if points else np.zeros((0, 2)),
        sentences=tuple(step.written for step in table.steps),
        sentence_of=table.order,
    )


def _row(step: Step, cell: Cell | HalfCell, firsts: dict[Series, int]) -> NDArray[np.float64]:
    row = np.full(column.N_ROW, math.nan)
    row[[column.SERIES_FIRST, column.SERIES_STOP]] = -1.0
    scale = cell.nominal_capacity if step.held == "c_rate" else 1.0
    row[column.HELD] = _HELD[step.held]
    row[column.DURATION] = step.duration
    if isinstance(step.value, Series):
        first = firsts.setdefault(step.value, sum(map(len, firsts)))
        row[column.VALUE] = scale
        row[column.SERIES_FIRST], row[column.SERIES_STOP] = first, first + len(step.value)
    else:
        row[column.VALUE] = step.value * scale
    own = False
    for end in step.until:
        if end.quantity == "voltage":
            own = True
            row[column.FALLS_TO if end.side == "falls" else column.RISES_TO] = end.value
        elif end.quantity == "cut-off":
            own = True
            _limit(row, step, cell)
        elif end.quantity == "charge":
            row[column.CHARGE_PASSED] = end.value
        elif end.quantity == "temperature":
            row[column.HOTTER_THAN] = end.value
        elif end.quantity == "anode_potential":
            row[column.ANODE_BELOW] = end.value
        else:
            row[column.CURRENT_BELOW] = end.value * (cell.nominal_capacity if end.quantity == "c_rate" else 1.0)
    if not own and step.held != "voltage" and not step.is_rest:
        _limit(row, step, cell)
    row[column.OWN_END] = float(own)
    return row


def _limit(row: NDArray[np.float64], step: Step, cell: Cell | HalfCell) -> None:
    """Enter the cell's cut-offs on the sides that a step can reach."""
    if step.direction >= 0:
        row[column.FALLS_TO] = cell.lower_cutoff
    if step.direction <= 0:
        row[column.RISES_TO] = cell.upper_cutoff


def _against_cell(step: Step, cell: Cell | HalfCell) -> list[Issue]:
    """What is wrong with a step for this cell."""
    found = []
    limits = f"the cell's limits are {cell.lower_cutoff:g} and {cell.upper_cutoff:g} V"

    def fault(rule: str, hint: str) -> None:
        found.append(Issue("protocol", step.written, rule, hint))

    if step.held == "voltage":
        held = step.value.values if isinstance(step.value, Series) else np.array([step.value])
        low, high = float(held.min()), float(held.max())
        if low < cell.lower_cutoff - _FAR or high > cell.upper_cutoff + _FAR:
            fault(f"holds {low if low < cell.lower_cutoff - _FAR else high:g} V, but {limits}", "Check the voltage")
    for end in step.until:
        if end.quantity != "voltage":
            continue
        if end.value > cell.upper_cutoff + _FAR:
            fault(f"ends at {end.value:g} V, but {limits}", "Check the voltage: is it in millivolts?")
        elif end.side == "falls" and step.direction == 1 and end.value >= cell.upper_cutoff:
            fault(f"is a discharge until {end.value:g} V, but {limits}", "A discharge ends below the upper limit")
        elif end.side == "rises" and step.direction == -1 and end.value <= cell.lower_cutoff:
            fault(f"is a charge until {end.value:g} V, but {limits}", "A charge ends above the lower limit")
    return found


def _against_before(before: Step, step: Step, cell: Cell | HalfCell) -> list[Issue]:
    """What is wrong with a step after another: a hold whose current is reached before it begins."""
    capacity = cell.nominal_capacity
    if step.held != "voltage" or isinstance(step.value, Series) or before.held not in {"current", "c_rate"}:
        return []
    if isinstance(before.value, Series) or before.is_rest or len(before.until) != 1 or before.duration < math.inf:
        return []
    side = cell.lower_cutoff if before.direction > 0 else cell.upper_cutoff
    level = side if before.until[0].quantity == "cut-off" else before.until[0].value
    if before.until[0].quantity not in {"cut-off", "voltage"} or level != step.value:
        return []
    current = abs(before.value) * (capacity if before.held == "c_rate" else 1.0)
    for end in step.until:
        least = end.value * (capacity if end.quantity == "c_rate" else 1.0)
        if end.quantity in {"current", "c_rate"} and least >= current:
            rule = f"ends below {least:g} A, but begins with {current:g} A of the step before"
            return [Issue("protocol", step.written, rule, "Take a smaller current, such as C/50")]
    return []
