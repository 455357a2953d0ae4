"""From a pack and a protocol to the arrays of the compiled loop."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery import schedule as column
from joulebook.battery.designs import Cell
from joulebook.battery.discretise import Arrays, discretise
from joulebook.battery.march import NO_SERIES, first_arena
from joulebook.battery.models import Model
from joulebook.battery.options import Resolution
from joulebook.battery.pack import wiring as also
from joulebook.battery.pack.design import Pack
from joulebook.battery.protocol import Protocol
from joulebook.battery.schedule import Schedule
from joulebook.battery.scheduling import unrolled
from joulebook.battery.starts import starting_concentrations
from joulebook.core.errors import InputError

__all__ = ["PackMarch", "begin_pack", "pack_schedule"]

Array = NDArray[np.float64]
FIRST_NUMBERS = 400_000
"""Of the trace of all cells, before it grows."""
_NO_ROW = np.full((1, column.N_ROW), math.nan)
_NO_ROW[0, [column.SERIES_FIRST, column.SERIES_STOP]] = -1.0
_NO_ROWS = Schedule(_NO_ROW, NO_SERIES, (), np.zeros(0, dtype=np.int64))
"""What a cell of a pack follows by itself: nothing."""


@dataclass
class PackMarch:
    """A study of a pack under way."""

    pack: also.PackArena
    cells: at.Arena
    variants: list[Cell]
    arrays: list[Arrays]
    schedule: Schedule
    seconds: float = 0.0

    @property
    def rows(self) -> int:
        """Rows of the trace that are filled."""
        return int(self.pack.run[at.ROWS])

    def advance(self) -> int:
        """March on; see :func:`joulebook.battery.pack.stepping.follow_pack`.

        Returns
        -------
        int
            Status code.
        """
        from joulebook.battery.loops import PACK

        started = time.perf_counter()
        self.pack.run[at.TAKEN] = 0.0
        status = PACK.cpu(self.pack, self.cells)
        self.seconds += time.perf_counter() - started
        return int(status)

    def make_room(self) -> None:
        """Double the rows of all traces."""
        trace = self.pack.trace
        self.pack = self.pack._replace(trace=np.concatenate([trace, np.zeros_like(trace)]))
        trace = self.cells.trace
        self.cells = self.cells._replace(trace=np.concatenate([trace, np.empty_like(trace)], axis=1))


def pack_schedule(pack: Pack, protocol: Protocol) -> tuple[Schedule, Array]:
    """Compile a protocol for a pack.

    A step that names no voltage of its own ends where a cell reaches its cut-off, or, if the pack does not look at
    its cells, where the pack's voltage reaches as many cut-offs as there are groups.

    Parameters
    ----------
    pack : Pack
        Its capacity defines C.
    protocol : Protocol
        With voltages, currents and powers of the pack.

    Returns
    -------
    tuple of (Schedule, ndarray)
        The steps, with the rest that follows an opening of the contactor, and the cells' limits of each, V.

    Raises
    ------
    InputError
        If a step contradicts the pack.
    """
    schedule = protocol.compile(pack.as_one_cell())
    rows = schedule.rows
    limits = np.full((rows.shape[0], also.N_LIMIT), math.nan)
    steps = unrolled(protocol.items).steps
    if pack.cell_cutoffs:
        for k, number in enumerate(schedule.sentence_of):
            step = steps[int(number)]
            if step.held == "voltage" or step.is_rest:
                continue
            if step.direction >= 0:
                limits[k, also.CELL_FALLS_TO] = pack.cell.lower_cutoff
            if step.direction <= 0:
                limits[k, also.CELL_RISES_TO] = pack.cell.upper_cutoff
            if not any(end.quantity == "voltage" for end in step.until):
                rows[k, [column.FALLS_TO, column.RISES_TO]] = math.nan
    sentences, order = schedule.sentences, schedule.sentence_of
    if pack.contactor is not None and pack.contactor.rest_after > 0.0:
        rest = np.full((1, column.N_ROW), math.nan)
        rest[0, [column.SERIES_FIRST, column.SERIES_STOP]] = -1.0
        rest[0, [column.HELD, column.VALUE, column.OWN_END, column.CYCLE, column.STEP_OF_CYCLE]] = 0.0
        rest[0, column.DURATION] = pack.contactor.rest_after
        rows = np.concatenate([rows, rest])
        limits = np.concatenate([limits, np.full((1, also.N_LIMIT), math.nan)])
        sentences, order = (*sentences, "Rest with the contactor open"), np.append(order, len(sentences))
    return Schedule(np.ascontiguousarray(rows), schedule.series, sentences, order), limits


def begin_pack(
    pack: Pack,
    schedule: Schedule,
    limits: Array,
    model: Model,
    resolution: Resolution,
    initial_soc: Sequence[float | None],
    curves: bool,
) -> PackMarch:
    """Make everything that a study of a pack works on.

    Parameters
    ----------
    pack : Pack
        The design.
    schedule : Schedule
        The protocol.
    limits : ndarray, shape (n_rows, 2), V
        Voltages of any cell that end each step.
    model : Model
        The physics of each cell.
    resolution : Resolution
        Mesh and tolerances.
    initial_soc : sequence of float or None, 1
        State of charge of each cell at the start.
    curves : bool
        Whether the points shall lie close enough for curves.

    Returns
    -------
    PackMarch
        Ready to advance.

    Raises
    ------
    InputError
        If a cell cannot start there.
    """
    variants = pack.cells()
    arrays: list[Arrays] = []
    made: dict[tuple[int, float | None], Arrays] = {}
    for k, cell in enumerate(variants):
        key = (id(cell), initial_soc[k])
        if key not in made:
            try:
                made[key] = discretise(cell, model, resolution, starting_concentrations(cell, initial_soc[k]))
            except InputError as error:
                raise InputError(error.issues, f"cell {k}") from None
        arrays.append(made[key])
    rows = max(64, FIRST_NUMBERS // (at.N_TRACE * len(variants)))
    cells = _stacked([first_arena(one, _NO_ROWS, rows) for one in arrays])
    cells.settings[:, at.CURVES] = float(curves)
    cells.settings[:, at.CONTROL] = at.HOLD_CURRENT
    return PackMarch(_pack_arena(pack, schedule, limits, cells, rows), cells, variants, arrays, schedule)


_SHARED = {"laws", "salts"}


def _stacked(arenas: list[at.Arena]) -> at.Arena:
    def together(name: str) -> NDArray[Any]:
        parts = [getattr(arena, name) for arena in arenas]
        if name in {"rows", "series"}:
            return np.array(parts[0][None])
        if name in _SHARED and all(part is parts[0] or np.array_equal(part, parts[0]) for part in parts[1:]):
            return np.array(parts[0][None])
        return np.stack(parts)

    return at.Arena(**{name: together(name) for name in at.Arena._fields})


def _pack_arena(pack: Pack, schedule: Schedule, limits: Array, cells: at.Arena, rows: int) -> also.PackArena:
    n = pack.n_cells
    joints = np.array(pack.wiring.joint_resistances or [pack.wiring.joint_resistance] * n, dtype=np.float64)
    links = np.array(pack.links() if cells.settings[0, at.THERMAL] else [], dtype=np.float64).reshape(-1, also.N_LINK)
    contactor = pack.contactor
    moments = (
        [moment for opening in contactor.openings for moment in (opening.start, opening.stop)] if contactor else []
    )
    settings = np.zeros(also.N_PACK_SETTINGS)
    settings[: at.N_SETTINGS] = cells.settings[0]
    settings[at.ENDS_AT_ONCE] = float(schedule.rows.shape[0] > 1)
    settings[also.PARALLEL] = pack.parallel
    settings[also.IN_SERIES] = (pack.series - 1) * pack.wiring.interconnect_resistance + pack.wiring.terminal_resistance
    settings[also.BUSBAR] = pack.wiring.busbar_resistance
    settings[also.OPPOSITE] = float(pack.wiring.feed == "opposite ends")
    settings[also.TRIP_LOW] = _or_nan(contactor and contactor.lowest_voltage)
    settings[also.TRIP_HIGH] = _or_nan(contactor and contactor.highest_voltage)
    settings[also.TRIP_HOT] = _or_nan(contactor and contactor.highest_temperature)
    settings[also.RESTS] = float(contactor is not None and contactor.rest_after > 0.0)
    run = np.zeros(also.N_PACK_RUN)
    run[also.EASY] = 1.0
    new = at.TOTALS + at.RING * at.N_TOTAL
    run[at.TOTALS + at.WARMTH] = run[new + at.WARMTH] = cells.run[:, at.TOTALS + at.WARMTH].max()
    run[at.VOLTAGES] = run[at.VOLTAGE] = cells.run[:, at.VOLTAGE].reshape(-1, pack.parallel).mean(axis=1).sum()
    return also.PackArena(
        settings=settings,
        rows=schedule.rows,
        series=schedule.series if schedule.series.shape[0] else NO_SERIES,
        limits=limits,
        joints=joints,
        links=links,
        switches=np.array(moments, dtype=np.float64),
        network=np.zeros((n, also.N_NETWORK)),
        warmth=np.zeros((n, also.N_WARMTH)),
        run=run,
        trace=np.zeros((rows, also.N_PACK_TRACE)),
        marks=np.zeros((schedule.rows.shape[0], at.N_MARK)),
    )


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
