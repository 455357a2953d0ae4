"""The verb of this room: simulate a pack under a protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from joulebook.battery import layout as at
from joulebook.battery import schedule as column
from joulebook.battery.models import Model, as_model
from joulebook.battery.options import BatteryOptions
from joulebook.battery.pack.arrays import PackMarch, begin_pack, pack_schedule
from joulebook.battery.pack.design import Pack
from joulebook.battery.pack.outcome import pack_failure, pack_result
from joulebook.battery.pack.results import PackResult
from joulebook.battery.protocol import Protocol
from joulebook.battery.simulation import as_protocol, checked_options
from joulebook.battery.skins import has_skins
from joulebook.battery.steps import Step
from joulebook.core.errors import InputError, Issue, StepLimitError
from joulebook.core.progress import NullProgress, Progress, check_cancelled, progress_or_default

__all__ = ["simulate_pack"]

_MOST_NUMBERS = 400_000_000
"""In the trace of all cells: 3.2 GB."""
_CHUNK = 16
"""Steps between two looks at the progress display."""


def simulate_pack(
    pack: Pack,
    protocol: str | Sequence[str | Step] | Step | Protocol,
    *,
    model: str | Model = "SPMe",
    options: BatteryOptions | Mapping[str, Any] | None = None,
    initial_soc: float | Sequence[float] | None = None,
    progress: Progress | bool | None = None,
) -> PackResult:
    """Put a pack of cells through a protocol.

    All cells and the circuit that joins them are solved together in every time step; the step is as long as the
    worst cell allows.

    Parameters
    ----------
    pack : Pack
        The design.
    protocol : str, Step, sequence of these, or Protocol
        What is done, with currents, powers, loads and voltages of the pack; C refers to the capacity of the pack.
        Steps that hold a current, a power or a load also end when any cell reaches its cut-off.
    model : str or Model
        Of each cell: ``"SPMe"``, ``"SPM"`` or ``"DFN"``, or a :class:`joulebook.battery.Model` with heat and ageing.
    options : BatteryOptions or mapping, optional
        Mesh and tolerances.
    initial_soc : float or sequence of float, 1, optional
        State of charge at the start, 0 to 1, of all cells or of each; the cell's own ``initial_state`` where left
        out.
    progress : Progress or bool, optional
        Where the progress shows.

    Returns
    -------
    PackResult
        Voltage, current, charge and energy of the pack, and those of every cell, over time.

    Raises
    ------
    InputError
        If the protocol is not understood, an option or a value is not allowed, or the model needs a value that the
        cell lacks.
    InfeasibleError
        If the pack is past the end of its only step before it begins, or no state carries what is asked for.
    DivergedError
        If the solution cannot be continued; it carries the result up to there.
    StepLimitError
        If the study takes more steps than there may be.
    CancelledError
        If a person cancelled.

    Examples
    --------
    >>> from joulebook.battery import Cell, Pack, simulate_pack
    >>> pack = Pack(name="2s2p", cell=Cell.named("Chen2020"), series=2, parallel=2, spread={"electrode_width": 0.02})
    >>> run = simulate_pack(pack, "Discharge at 1C until cut-off", model="SPM")
    >>> run["cell_current"].shape[1], run.end_reason
    (4, 'voltage of cell 0 fell to 2.5 V')
    """
    if not isinstance(pack, Pack):
        raise InputError(Issue("pack", type(pack).__name__, "must be a Pack", "Pack(cell=…, series=…, parallel=…)"))
    physics = as_model(model)
    physics.check(pack.cell)
    plan = as_protocol(protocol)
    schedule, limits = pack_schedule(pack, plan)
    chosen = checked_options(options)
    charges = checked_charges(initial_soc, pack.n_cells)
    skins = has_skins(pack.cell, schedule, pack.series, pack.parallel)
    resolution = chosen.resolution_for(physics.name, schedule.has_corners, skins)
    march = begin_pack(pack, schedule, limits, physics, resolution, charges, chosen.curves)
    status = _carry_on(march, progress_or_default(progress))
    record = {
        "protocol": str(plan),
        "model": physics.to_dict(),
        "initial_soc": list(charges) if isinstance(initial_soc, Sequence | np.ndarray) else initial_soc,
        "accuracy": chosen.accuracy,
        **resolution.to_dict(),
    }
    result = pack_result(pack, march, status, physics, record)
    if status < 0:
        unsolved = pack_failure(march, status, result)
        raise unsolved
    return result


def checked_charges(given: Any, count: int) -> list[float | None]:
    """Read what a user gave as states of charge.

    Parameters
    ----------
    given : float, sequence of float or None
        As given.
    count : int
        Cells.

    Returns
    -------
    list of float or None
        One for each cell.

    Raises
    ------
    InputError
        If it is not one number from 0 to 1, nor as many as there are cells.
    """
    if given is None:
        return [None] * count
    try:
        values = np.atleast_1d(np.asarray(given))
        numbers = values.astype(np.float64) if values.dtype.kind in "iuf" else np.full(1, np.nan)
    except (TypeError, ValueError, OverflowError):
        numbers = np.full(1, np.nan)
    if numbers.ndim != 1 or numbers.size not in {1, count} or not np.all((numbers >= 0.0) & (numbers <= 1.0)):
        rule = f"must be a number from 0 to 1, or {count} of them, one for each cell"
        raise InputError(Issue("initial_soc", given, rule))
    found: list[float | None] = [float(number) for number in numbers]
    return found * count if len(found) == 1 else found


def _carry_on(march: PackMarch, progress: Progress) -> int:
    silent = type(progress) is NullProgress
    if not silent:
        march.pack.settings[at.STEPS] = _CHUNK
    rows = march.schedule.rows
    count = rows.shape[0]
    total = float(rows[0, column.DURATION]) if count == 1 and np.isfinite(rows[0, column.DURATION]) else float(count)
    timed = total != float(count)
    progress.start(total, march.schedule.sentences[0] if count == 1 else f"{count} steps")
    shown = 0.0
    try:
        while True:
            status = march.advance()
            run = march.pack.run
            if not silent:
                reached = min(float(run[at.TIME] if timed else run[at.ROW]), total)
                progress.advance(reached - shown, voltage=round(float(run[at.VOLTAGE]), 3))
                shown = reached
                check_cancelled(progress)
            if status == at.TRACE_FULL:
                if 2 * march.cells.trace.size > _MOST_NUMBERS:
                    raise StepLimitError(
                        f"{march.rows} time steps of {march.pack.joints.size} cells reached only "
                        f"t = {run[at.TIME]:g} s. "
                        "Loosen voltage_tolerance, or raise largest_step in the options"
                    )
                march.make_room()
            elif status != at.RUNNING:
                return status
    finally:
        progress.finish()
