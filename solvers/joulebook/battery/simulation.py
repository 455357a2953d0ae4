"""The public verb of this room: simulate a cell under a protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from joulebook.battery import layout as at
from joulebook.battery import schedule as column
from joulebook.battery.designs import Cell, InitialState
from joulebook.battery.discretise import discretise
from joulebook.battery.endings import end_reason, ended_at_limit, ended_well, failure
from joulebook.battery.equilibrium import FARADAY
from joulebook.battery.half_cell import HalfCell, HalfCellState
from joulebook.battery.honesty import difference, promised
from joulebook.battery.jumping import Jumps, leap_through
from joulebook.battery.march import March, begin
from joulebook.battery.models import Model, as_model
from joulebook.battery.options import BatteryOptions, Resolution
from joulebook.battery.protocol import Protocol
from joulebook.battery.results import BatteryResult, profile_variables, trace_variables
from joulebook.battery.schedule import Schedule
from joulebook.battery.skins import has_skins
from joulebook.battery.starts import Start, starting_concentrations
from joulebook.battery.steps import Step
from joulebook.battery.summary import step_table
from joulebook.core.citations import bibliography
from joulebook.core.errors import DeviceUnavailableError, InputError, Issue, StepLimitError
from joulebook.core.progress import NullProgress, Progress, check_cancelled, progress_or_default
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status
from joulebook.numerics import device

__all__ = [
    "as_protocol",
    "checked_device",
    "checked_options",
    "citations",
    "simulate",
]

_MOST_ROWS = 4_000_000
_CHUNK = 64
"""Steps between two looks at the progress display."""
_MOST_REFINEMENTS = {"DFN": 3, "SPMe": 5, "SPM": 5}
"""How often a mesh is refined; those of the single-particle models start coarser and cost next to nothing."""


def simulate(
    cell: Cell | HalfCell,
    protocol: str | Sequence[str | Step] | Step | Protocol,
    *,
    model: str | Model = "DFN",
    options: BatteryOptions | Mapping[str, Any] | None = None,
    initial_soc: float | None = None,
    initial_state: InitialState | HalfCellState | Mapping[str, Any] | None = None,
    profiles: bool = False,
    progress: Progress | bool | None = None,
    backend: str = "auto",
) -> BatteryResult:
    """Put a cell through a protocol.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    protocol : str, Step, sequence of these, or Protocol
        What is done: ``"Discharge at 1C until 2.5 V"``; the grammar is in :mod:`joulebook.battery.sentences`.
    model : str or Model
        ``"DFN"``, ``"SPMe"`` or ``"SPM"``, or a :class:`joulebook.battery.Model` with heat and ageing.
    options : BatteryOptions or mapping, optional
        Mesh and tolerances.
    initial_soc : float, 1, optional
        State of charge at the start, 0 to 1: at rest the voltage is the lower cut-off at 0 and the upper one at 1.
    initial_state : InitialState or mapping, optional
        Concentrations at the start, mol/m³. The cell's own ``initial_state`` where both are left out.
    profiles : bool
        Whether to keep what varies across the stack.
    progress : Progress or bool, optional
        Where the progress shows.
    backend : str
        ``"auto"``, ``"cpu"`` or ``"gpu"``. One cell is a serial recurrence: ``"auto"`` takes the CPU.

    Returns
    -------
    BatteryResult
        Voltage, current, charge, energy, temperature and heat over time, and what the steps came to.

    Raises
    ------
    InputError
        If the protocol is not understood, an option or a value is not allowed, or the model needs a value that the
        cell lacks.
    InfeasibleError
        If the cell is past the end of its only step before it begins, or no state carries what is asked for.
    DivergedError
        If the solution cannot be continued; it carries the result up to there.
    StepLimitError
        If the study takes more steps than there may be.
    CancelledError
        If a person cancelled.
    DeviceUnavailableError
        If the GPU was asked for and there is none.

    References
    ----------
    Doyle, Fuller and Newman 1993, doi:10.1149/1.2221597 (DFN). Marquis et al. 2019, doi:10.1149/2.0341915jes (SPM and
    SPMe).

    Examples
    --------
    >>> from joulebook.battery import Cell, simulate
    >>> run = simulate(Cell.named("Chen2020"), "Discharge at 1C until 2.5 V")
    >>> round(float(run.discharge_capacity[-1]), 3), run.end_reason
    (4.938, 'voltage fell to 2.5 V')
    """
    physics = as_model(model)
    plan = as_protocol(protocol)
    schedule = plan.compile(cell)
    chosen = checked_options(options, jumps=True)
    checked_device(backend, 1)
    physics.check(cell)
    if chosen.cycle_jump is not None and not physics.ages:
        rule = "is for models that age; this one is the same in every cycle"
        raise InputError(Issue("options.cycle_jump", chosen.cycle_jump, rule, "Leave it out, or choose what ages"))
    start = starting_concentrations(cell, initial_soc, initial_state)
    study = _Study(cell, schedule, physics, start, chosen)
    record = {
        "protocol": str(plan),
        "model": physics.to_dict(),
        "initial_soc": initial_soc,
        **({"initial_state": start.to_dict()} if initial_state else {}),
    }
    shown = progress_or_default(progress)
    resolution = chosen.resolution_for(physics.name, schedule.has_corners, has_skins(cell, schedule))
    march, status = study.solve(resolution, profiles, shown)
    for _ in range(_MOST_REFINEMENTS[physics.name] if chosen.refines else 0):
        if status not in {at.NO_START, at.STALLED} or ended_at_limit(status, march.arena):
            break
        # a surface concentration that jumps with the current, on shells that are too thick, looks like an end
        resolution = resolution.finer(physics.name)
        march, status = study.solve(resolution, profiles, shown)
    error: dict[str, float] = {}
    if ended_well(status, march.arena) and chosen.error_estimate:
        coarse, ended = study.solve(resolution.coarser(), False, NullProgress())
        error = difference(march, coarse, schedule) if ended_well(ended, coarse.arena) else {}
        for _ in range(_MOST_REFINEMENTS[physics.name] if chosen.refines else 0):
            if error and error["largest_voltage"] <= promised(chosen.accuracy):
                break
            resolution, coarse = resolution.finer(physics.name), march
            march, status = study.solve(resolution, profiles, shown)
            if not ended_well(status, march.arena):
                break
            error = difference(march, coarse, schedule)
    if study.jumps is not None:
        error = {**error, "cycle_jump": study.jumps.error}
    result = _result(study, march, status, resolution, record, error)
    if not ended_well(status, march.arena):
        unsolved = failure(status, schedule, march.arena, result)
        raise unsolved
    return result


class _Study:
    """What stays the same while meshes change."""

    def __init__(
        self, cell: Cell | HalfCell, schedule: Schedule, model: Model, start: Start, options: BatteryOptions
    ) -> None:
        self.cell, self.schedule, self.model, self.start, self.options = cell, schedule, model, start, options
        self.jumps: Jumps | None = None

    def solve(self, resolution: Resolution, profiles: bool, progress: Progress) -> tuple[March, int]:
        arrays = discretise(self.cell, self.model, resolution, self.start)
        march = begin(arrays, self.schedule, profiles, self.options.curves)
        return march, self._carry_on(march, progress)

    def _carry_on(self, march: March, progress: Progress) -> int:
        if self.options.cycle_jump is None:
            return _carry_on(march, self.schedule, self.cell, progress)
        nominal = self.cell.nominal_capacity
        self.jumps = Jumps(self.options.cycle_jump * nominal, nominal)
        return leap_through(march, self.schedule, lambda row: _to_row(march, self.schedule, row, progress), self.jumps)


def _carry_on(march: March, schedule: Schedule, cell: Cell | HalfCell, progress: Progress) -> int:
    silent = type(progress) is NullProgress
    if not silent:
        march.arrays.settings[at.STEPS] = _CHUNK
    count = schedule.rows.shape[0]
    amount = abs(schedule.rows[0, column.VALUE]) if schedule.rows[0, column.HELD] == at.HOLD_CURRENT else 0.0
    expected = min(schedule.rows[0, column.DURATION], 3600.0 * cell.nominal_capacity / max(amount, 1e-9))
    total = expected if count == 1 else float(count)
    progress.start(total, schedule.sentences[0] if count == 1 else f"{count} steps")
    shown = 0.0
    try:
        while True:
            status = march.advance()
            run = march.arena.run
            if not silent:
                reached = min(float(run[at.TIME] if count == 1 else run[at.ROW]), total)
                progress.advance(reached - shown, voltage=round(float(run[at.VOLTAGES + int(run[at.HEAD])]), 3))
                shown = reached
                check_cancelled(progress)
            if status == at.TRACE_FULL:
                if march.arena.trace.shape[0] >= _MOST_ROWS:
                    raise StepLimitError(
                        f"{march.rows} time steps reached only t = {run[at.TIME]:g} s. "
                        "Loosen voltage_tolerance, or raise largest_step in the options"
                    )
                march.make_room()
            elif status != at.RUNNING:
                return status
    finally:
        progress.finish()


def _to_row(march: March, schedule: Schedule, row: int, progress: Progress) -> int:
    """March on to a row of the protocol, and no further."""
    march.arena = march.arena._replace(rows=schedule.rows[:row])
    while True:
        status = march.advance()
        check_cancelled(progress)
        if status != at.TRACE_FULL:
            return status
        if march.arena.trace.shape[0] >= _MOST_ROWS:
            raise StepLimitError(f"{march.rows} time steps did not suffice. Loosen voltage_tolerance in the options")
        march.make_room()


def _result(
    study: _Study, march: March, status: int, resolution: Resolution, record: dict[str, Any], error: dict[str, float]
) -> BatteryResult:
    cell, schedule, arena = study.cell, study.schedule, march.arena
    trace = march.trace
    variables = trace_variables(trace, march.arrays)
    if arena.profiles.shape[0]:
        variables |= profile_variables(march.arrays, arena.profiles[: trace.shape[0]])
    run = arena.run
    done = int(run[at.ROW])
    last = min(max(done - 1, 0), schedule.rows.shape[0] - 1)
    reason = end_reason(
        int(arena.marks[last, at.MARK_CODE]), int(arena.marks[last, at.MARK_EVENT]), schedule.rows[last]
    )
    if ended_at_limit(status, arena):
        reason = f"{reason}; step {done + 1} of {schedule.rows.shape[0]} cannot start from there"
    elif status < 0:
        reason = "stopped: no further solution"
    sites = march.arrays.sites
    lithium = sites[:, at.FRACTION] * sites[:, at.DEPTH] * march.arrays.concentrations
    return BatteryResult(
        variables=variables,
        status=Status.SOLVED if status == at.FINISHED else Status.PARTIAL,
        stats=Stats(
            steps=trace.shape[0],
            iterations=int(run[at.ITERATIONS]),
            rejected=int(run[at.REJECTED]),
            residual=float(run[at.UPDATE]),
            seconds=march.seconds,
            device="cpu",
        ),
        provenance=Provenance.record(
            "battery.simulate",
            cell,
            {
                **record,
                "accuracy": study.options.accuracy,
                **resolution.to_dict(),
                **({} if study.jumps is None else {"cycle_jump": study.options.cycle_jump}),
            },
            citations(cell, study.model),
        ),
        facts={
            "end_reason": reason,
            "protocol": record["protocol"],
            "model": str(study.model),
            "error": error,
            "steps": step_table(schedule, arena, done),
            "followed": np.flatnonzero(schedule.rows[:, column.SERIES_FIRST] >= 0).tolist(),
            **({} if study.jumps is None else {"leapt_cycles": study.jumps.leapt}),
            "lithium_at_start": float(lithium.sum()) * FARADAY * cell.area / 3600.0,
        },
    )


def as_protocol(protocol: Any) -> Protocol:
    """Read what a user gave as a protocol.

    Parameters
    ----------
    protocol : str, Step, sequence of these, or Protocol
        As given.

    Returns
    -------
    Protocol
        As meant.

    Raises
    ------
    InputError
        If a step is not understood.
    """
    return protocol if isinstance(protocol, Protocol) else Protocol(protocol)


def checked_options(options: BatteryOptions | Mapping[str, Any] | None, jumps: bool = False) -> BatteryOptions:
    """Check options, which may be given as a mapping.

    Parameters
    ----------
    options : BatteryOptions or mapping, optional
        As given.
    jumps : bool
        Whether the study may leap over cycles.

    Returns
    -------
    BatteryOptions
        As meant.

    Raises
    ------
    InputError
        If a name is unknown or a value not allowed.
    """
    if options is None:
        return BatteryOptions()
    if isinstance(options, BatteryOptions):
        if options.cycle_jump is not None and not jumps:
            rule = "is for simulate alone; this study takes every cycle"
            raise InputError(Issue("options.cycle_jump", options.cycle_jump, rule, "Leave it out"))
        return options
    known = BatteryOptions.__dataclass_fields__
    if not isinstance(options, Mapping) or any(name not in known for name in options):
        rule = "must be BatteryOptions, or a mapping with its names: " + ", ".join(known)
        raise InputError(Issue("options", options, rule))
    return checked_options(BatteryOptions(**options), jumps)


def citations(cell: Cell | HalfCell, model: Model) -> list[str]:
    """List the works that a study rests on.

    Parameters
    ----------
    cell : Cell or HalfCell
        Its materials bring their sources.
    model : Model
        The physics.

    Returns
    -------
    list of str
        Keys of the bibliography.
    """
    found = ["Doyle1993" if model.name == "DFN" else "Marquis2019"]
    for side, electrode in Model.sides(cell).items():
        for phase in range(1 + len(electrode.additional_phases)):
            active = cell.active_material(side, phase)
            found += [active.ocp.source.ref, active.diffusivity.source.ref, active.rate_constant.source.ref]
    salt = cell.electrolyte_material()
    if model.name != "SPM":
        found += [salt.conductivity.source.ref, salt.diffusivity.source.ref, salt.transference_number.source.ref]
    found += [source.ref for source in cell.sources.values()]
    known = bibliography()
    return [key for key in dict.fromkeys(found) if key in known]


def checked_device(backend: str, n_cases: int) -> device.Device:
    """Pick the device for a study.

    Parameters
    ----------
    backend : str
        ``"auto"``, ``"cpu"`` or ``"gpu"``.
    n_cases : int
        Independent cases.

    Returns
    -------
    Device
        Where to solve.

    Raises
    ------
    InputError
        If the word is unknown.
    DeviceUnavailableError
        If the GPU was asked for and there is none.
    """
    found = device.choose(backend, n_cases)
    if found is not None:
        return found
    if backend == "gpu":
        raise DeviceUnavailableError(
            'backend = "gpu": there is no CUDA device. Take backend="cpu", or start a kernel with a GPU'
        )
    raise InputError(Issue("backend", backend, 'must be "auto", "cpu" or "gpu"'))
