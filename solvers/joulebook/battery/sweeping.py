"""Many variants of a cell under one protocol: compiled batch on CPU threads, GPU, or a Dask cluster.

Every case is marched by the same loop as a single study, so loop, batch and cluster give the same numbers.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery import schedule as column
from joulebook.battery.designs import Cell
from joulebook.battery.discretise import Arrays, discretise
from joulebook.battery.endings import failure
from joulebook.battery.half_cell import HalfCell
from joulebook.battery.march import first_arena
from joulebook.battery.models import Model, as_model
from joulebook.battery.options import BatteryOptions
from joulebook.battery.protocol import Protocol
from joulebook.battery.resampling import COLUMNS
from joulebook.battery.results import BatterySweepResult
from joulebook.battery.schedule import Schedule
from joulebook.battery.simulation import as_protocol, checked_device, checked_options, citations
from joulebook.battery.skins import has_skins
from joulebook.battery.starts import starting_concentrations
from joulebook.battery.steps import Step
from joulebook.battery.sweep_results import N_POINTS, POWER, TIME, VARIABLES, KeptSweep, sweep_result
from joulebook.core.progress import Progress, progress_or_default
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.samples import sample_values
from joulebook.core.sweeps import Solved, SweepCases, run_sweep
from joulebook.numerics import device

__all__ = ["Preparation", "Row", "solve_rows", "stack_arenas", "sweep"]

_ONE_AT_A_TIME = threading.Lock()
"""Numba's simplest thread pool, the only one on some machines, takes one caller at a time."""
_ROWS = 512
_MOST_ROWS = 65_536


@dataclass
class Row:
    """One case, unpacked."""

    arrays: Arrays
    schedule: Schedule


def sweep(
    cell: Cell | HalfCell,
    variations: Mapping[str, Sequence[float]],
    protocol: str | Sequence[str | Step] | Step | Protocol,
    *,
    model: str | Model = "DFN",
    options: BatteryOptions | Mapping[str, Any] | None = None,
    initial_soc: float | None = None,
    samples: str = "grid",
    n_cases: int | None = None,
    seed: int = 0,
    client: Any = None,
    progress: Progress | bool | None = None,
    backend: str = "auto",
) -> BatterySweepResult:
    """Simulate many variants of a cell.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design that is varied.
    variations : mapping of str to sequence of float
        Dotted path to values: ``{"negative.thickness": [80e-6, 90e-6]}``. With ``samples="grid"`` every combination
        is a case; otherwise the first and the last value are limits.
    protocol : str, Step, sequence of these, or Protocol
        What is done, as for :func:`joulebook.battery.simulate`.
    model, options, initial_soc
        As for :func:`joulebook.battery.simulate`.
    samples : str
        ``"grid"``, ``"lhs"`` (Latin hypercube) or ``"sobol"``.
    n_cases : int, optional
        How many points to draw; not for a grid.
    seed : int
        Of the drawn points.
    client : distributed.Client, optional
        A Dask cluster that does the work.
    progress : Progress or bool, optional
        Where the progress shows.
    backend : str
        ``"auto"``, ``"cpu"`` or ``"gpu"``.

    Returns
    -------
    BatterySweepResult
        Figures and curves of all cases; failed ones are listed in ``failed``.

    Raises
    ------
    InputError
        If the protocol, an option or a path is not allowed.
    DeviceUnavailableError
        If the GPU was asked for and there is none.
    CancelledError
        If a person cancelled.

    Examples
    --------
    >>> from joulebook.battery import Cell, sweep
    >>> found = sweep(
    ...     Cell.named("Chen2020"), {"negative.thickness": [80e-6, 90e-6]}, "Discharge at 1C until 2.5 V", model="SPM"
    ... )
    >>> found["delivered_capacity"].round(2).tolist()
    [4.65, 5.23]
    """
    plan = as_protocol(protocol)
    plan.compile(cell)
    physics = as_model(model)
    physics.check(cell)
    chosen = checked_options(options)
    values = sample_values(variations, samples, n_cases, seed)
    for path in values:
        cell.value_at(path)
    count = len(next(iter(values.values())))
    where = checked_device(backend, count)
    record = {
        "protocol": str(plan),
        "model": physics.to_dict(),
        "initial_soc": initial_soc,
        "samples": samples,
        "seed": seed,
    }
    provenance = functools.partial(
        Provenance.record,
        *("battery.sweep", cell, {**record, **chosen.to_dict(physics.name)}, citations(cell, physics)),
    )
    started = time.perf_counter()

    def result(cases: SweepCases[Row]) -> BatterySweepResult:
        stats = Stats(seconds=time.perf_counter() - started, device=where.value)
        return sweep_result(cell, cases, stats, provenance(), {"protocol": str(plan), "model": str(physics)})

    cases = run_sweep(
        cell,
        values,
        Preparation(physics, chosen, plan, initial_soc),
        functools.partial(solve_rows, gpu=where is device.Device.GPU, serial=client is not None),
        client=client,
        progress=progress_or_default(progress),
        keep=KeptSweep(result),
    )
    return result(cases)


class Preparation:
    """Unpacks one variant of a cell after the other; what they have in common is made once.

    Parameters
    ----------
    model : Model
        The physics.
    options : BatteryOptions
        Mesh and tolerances.
    protocol : Protocol
        What is done.
    initial_soc, initial_state
        As for :func:`joulebook.battery.simulate`.
    """

    def __init__(
        self,
        model: Model,
        options: BatteryOptions,
        protocol: Protocol,
        initial_soc: float | None,
        initial_state: Any = None,
    ) -> None:
        self.model, self.options, self.protocol = model, options, protocol
        self.start = (initial_soc, initial_state)
        self.schedules: dict[tuple[float, ...], Schedule] = {}
        self.resolution_for = functools.cache(functools.partial(options.resolution_for, model.name))

    def __call__(self, cell: Cell | HalfCell) -> Row:
        """Unpack a variant.

        Parameters
        ----------
        cell : Cell or HalfCell
            The variant.

        Returns
        -------
        Row
            Its arrays and its protocol.
        """
        start = starting_concentrations(cell, *self.start)
        rates = (cell.nominal_capacity, cell.lower_cutoff, cell.upper_cutoff)
        schedule = self.schedules.get(rates)
        if schedule is None:
            schedule = self.schedules[rates] = self.protocol.compile(cell)
        resolution = self.resolution_for(schedule.has_corners, has_skins(cell, schedule))
        arrays = discretise(cell, self.model, resolution, start)
        arrays.settings[at.CURVES] = float(self.options.curves)
        arrays.settings[at.HEATS] = 0.0
        arrays.settings[at.ENDS_AT_ONCE] = float(schedule.rows.shape[0] > 1)
        return Row(arrays, schedule)


def solve_rows(rows: list[Row], *, gpu: bool = False, serial: bool = False) -> Solved:
    """Solve many cases in compiled code.

    Parameters
    ----------
    rows : list of Row
        Unpacked cases.
    gpu : bool
        Whether on the GPU.
    serial : bool
        Whether one case after the other: the workers of a cluster are what runs side by side there.

    Returns
    -------
    Solved
        Figures and curves, and for each failed case the reason.
    """
    n = len(rows)
    arrays = {name: np.full((n, N_POINTS) if len(dims) == 2 else n, np.nan) for name, dims, _unit, _label in VARIABLES}
    arrays["end"] = np.zeros(n)
    reasons = [""] * n
    for cases in _alike(rows):
        group = [rows[case] for case in cases]
        n_rows = _ROWS
        while True:
            arena, status = _solve_group(group, n_rows, gpu, serial)
            if n_rows >= _MOST_ROWS or not np.any(status == at.TRACE_FULL):
                break
            n_rows *= 4
        _read_group(arrays, np.array(cases), arena, group[0].schedule)
        for k in np.flatnonzero((status <= 0) | (status == at.TRACE_FULL)):
            for values in arrays.values():
                values[cases[k]] = np.nan
            reasons[cases[k]] = str(failure(int(status[k]), group[k].schedule, _case(arena, k)))
    return Solved(arrays, reasons)


def _alike(rows: list[Row]) -> list[list[int]]:
    """Cases whose arrays have the same shapes, and which follow a series in the same steps."""
    groups: dict[Any, list[int]] = {}
    for case, row in enumerate(rows):
        a = row.arrays
        parts = (a.nodes, a.sites, a.shells, a.laws, a.salts, a.states, row.schedule.rows, row.schedule.series)
        followed = row.schedule.rows[:, column.SERIES_FIRST].tobytes()
        groups.setdefault((followed, *(part.shape for part in parts)), []).append(case)
    return list(groups.values())


def _solve_group(rows: list[Row], n_rows: int, gpu: bool, serial: bool) -> tuple[at.Arena, NDArray[np.int64]]:
    arena = stack_arenas([first_arena(row.arrays, row.schedule, 0) for row in rows])
    arena = arena._replace(trace=np.empty((len(rows), n_rows, arena.trace.shape[2])))
    arena.trace[:, 0] = 0.0  # all that a case which does not start will ever hold
    status = np.zeros(len(rows), dtype=np.int64)
    if gpu:
        from joulebook.battery.gpu import run_on_gpu

        run_on_gpu(arena, status)
    elif serial:
        from joulebook.battery.loops import SINGLE

        for case in range(len(rows)):
            status[case] = SINGLE.cpu(_case(arena, case))
    else:
        from joulebook.battery.loops import BATCH

        with _ONE_AT_A_TIME:
            BATCH.cpu(arena, status)
    return arena, status


def stack_arenas(arenas: list[at.Arena]) -> at.Arena:
    """Put the arrays of several cases into one, the case first.

    Parameters
    ----------
    arenas : list of Arena
        Of equal shapes.

    Returns
    -------
    Arena
        Arrays that all cases share have one entry.
    """

    def together(name: str) -> NDArray[Any]:
        parts = [getattr(arena, name) for arena in arenas]
        if name in _SHARED and all(_same(parts[0], part) for part in parts[1:]):
            return np.array(parts[0][None])
        return np.stack(parts)

    thermal = any(arena.settings[at.THERMAL] for arena in arenas)
    stacked = {name: together(name) for name in at.Arena._fields if name != "liquid"}
    liquids = [arena.liquid for arena in arenas]
    shared = not thermal and all(_same(liquids[0], liquid) for liquid in liquids[1:])
    stacked["liquid"] = np.array(liquids[0][None]) if shared else np.stack(liquids)
    return at.Arena(**stacked)


_SHARED = {"laws", "salts", "rows", "series"}
"""Arrays that may be the same for all cases."""


def _same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return one is other or np.array_equal(one, other, equal_nan=True)


def _case(arena: at.Arena, case: int) -> at.Arena:
    return at.Arena(*(values[min(case, values.shape[0] - 1)] for values in arena))


def _read_group(arrays: dict[str, NDArray[Any]], cases: NDArray[np.int64], arena: at.Arena, schedule: Schedule) -> None:
    """Write figures and curves of solved cases; of the others too, where they have points."""
    from joulebook.battery.loops import RESAMPLE

    everyone = np.arange(cases.size)
    counts = arena.run[:, at.ROWS].astype(np.int64)
    last = arena.trace[everyone, np.maximum(counts, 1) - 1]
    first = arena.trace[:, 0, at.TRACE_TIME]
    done = np.maximum(arena.run[:, at.ROW].astype(np.int64), 1) - 1
    events, codes = (arena.marks[everyone, done, column] for column in (at.MARK_EVENT, at.MARK_CODE))
    arrays["end"][cases] = np.where(codes == at.LOST_POWER, POWER, np.where(events > 0, events, TIME))
    counts[~np.isfinite(first + last[:, at.TRACE_TIME])] = 0
    ends = [np.where(counts > 0, times, 0.0) for times in (first, last[:, at.TRACE_TIME])]
    even = np.ascontiguousarray(np.linspace(*ends, N_POINTS, axis=1))
    straight = (schedule.rows[:, column.SERIES_FIRST] >= 0).astype(np.float64)
    curves = np.full((cases.size, N_POINTS, COLUMNS), np.nan)
    RESAMPLE.cpu(arena.trace, counts, straight, even, curves, np.empty((arena.trace.shape[1], COLUMNS + 1)))
    arrays["time"][cases] = even
    for k, name in enumerate(("voltage", "current", "discharge_capacity")):
        arrays[name][cases] = curves[:, :, k]
    arrays["delivered_capacity"][cases] = last[:, at.TRACE_CHARGE]
    arrays["delivered_energy"][cases] = last[:, at.TRACE_ENERGY]
    arrays["duration"][cases] = last[:, at.TRACE_TIME] - first
