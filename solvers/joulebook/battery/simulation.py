"""The public verb of this room: simulate a cell under a protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joulebook import materials
from joulebook.battery import layout as at
from joulebook.battery.designs import Cell
from joulebook.battery.discretise import discretise
from joulebook.battery.endings import end_reason, failure
from joulebook.battery.march import March, begin, prepare_step
from joulebook.battery.options import BatteryOptions
from joulebook.battery.protocol import Step, parse
from joulebook.battery.results import BatteryResult, profile_variables, trace_variables
from joulebook.battery.starts import starting_concentrations
from joulebook.core.citations import bibliography
from joulebook.core.errors import DeviceUnavailableError, InputError, Issue, StepLimitError
from joulebook.core.progress import NullProgress, Progress, check_cancelled, progress_or_default
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status
from joulebook.numerics import device

__all__ = [
    "MODELS",
    "checked_device",
    "checked_model",
    "checked_options",
    "citations",
    "simulate",
]

MODELS = {"DFN": at.DFN, "SPM": at.SPM}
"""Names of the models."""
_MOST_ROWS = 400_000
_CHUNK = 64
"""Steps between two looks at the progress display."""


def simulate(
    cell: Cell,
    protocol: str,
    *,
    model: str = "DFN",
    options: BatteryOptions | Mapping[str, Any] | None = None,
    initial_soc: float | None = None,
    profiles: bool = False,
    progress: Progress | bool | None = None,
    backend: str = "auto",
) -> BatteryResult:
    """Discharge or charge a cell.

    Parameters
    ----------
    cell : Cell
        The design.
    protocol : str
        What is done, in a sentence: ``"Discharge at 1C until 2.5 V"``; the grammar is in
        :mod:`joulebook.battery.protocol`.
    model : str
        ``"DFN"``, the Doyle–Fuller–Newman model, or ``"SPM"``, the single-particle model.
    options : BatteryOptions or mapping, optional
        Mesh and tolerances.
    initial_soc : float, 1, optional
        State of charge at the start, 0 to 1: at rest the voltage is the lower cut-off at 0 and the upper one at 1.
        The cell's ``initial_state`` where left out.
    profiles : bool
        Whether to keep what varies across the stack.
    progress : Progress or bool, optional
        Where the progress shows.
    backend : str
        ``"auto"``, ``"cpu"`` or ``"gpu"``. One cell is a serial recurrence: ``"auto"`` takes the CPU.

    Returns
    -------
    BatteryResult
        Voltage, current and discharged capacity over time.

    Raises
    ------
    InputError
        If the protocol is not understood, or an option or a value is not allowed.
    InfeasibleError
        If the cell is past the end of the step before it begins, or no state carries what is asked for.
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
    Doyle, Fuller and Newman 1993, doi:10.1149/1.2221597 (DFN). Marquis et al. 2019, doi:10.1149/2.0341915jes (SPM).

    Examples
    --------
    >>> from joulebook.battery import Cell, simulate
    >>> run = simulate(Cell.named("Chen2020"), "Discharge at 1C until 2.5 V")
    >>> round(float(run.discharge_capacity[-1]), 3), run.end_reason
    (4.938, 'voltage fell to 2.5 V')
    """
    step = parse(protocol, cell)
    flag = checked_model(model)
    chosen = checked_options(options)
    checked_device(backend, 1)
    resolution = chosen.resolution(model)
    arrays = discretise(cell, flag, resolution, starting_concentrations(cell, initial_soc))
    current = prepare_step(arrays, step)
    march = begin(arrays, resolution, current, profiles)
    status = _carry_on(march, step, cell, progress_or_default(progress))
    result = _result(cell, march, step, status, chosen, model, initial_soc)
    if status < 0:
        error = failure(status, step, march.arrays, march.past, march.concentration, march.run, result)
        raise error
    return result


def _carry_on(march: March, step: Step, cell: Cell, progress: Progress) -> int:
    silent = type(progress) is NullProgress
    if not silent:
        march.arrays.settings[at.STEPS] = _CHUNK
    amount = abs(step.target) if step.control == at.HOLD_CURRENT else abs(step.target) / cell.lower_cutoff
    expected = min(step.duration, 3600.0 * cell.nominal_capacity / max(amount, 1e-9))
    progress.start(expected, step.sentence)
    shown = 0.0
    try:
        while True:
            status = march.advance()
            if not silent:
                reached = min(float(march.run[at.TIME]), expected)
                progress.advance(reached - shown, voltage=round(float(march.run[at.VOLTAGE]), 3))
                shown = reached
                check_cancelled(progress)
            if status == at.TRACE_FULL:
                if march.trace.shape[0] >= _MOST_ROWS:
                    raise StepLimitError(
                        f"{march.rows} time steps reached only t = {march.run[at.TIME]:g} s. "
                        "Loosen voltage_tolerance, or raise largest_step in the options"
                    )
                march.make_room()
            elif status != at.RUNNING:
                return status
    finally:
        progress.finish()


def _result(
    cell: Cell,
    march: March,
    step: Step,
    status: int,
    options: BatteryOptions,
    model: str,
    initial_soc: float | None,
) -> BatteryResult:
    rows = march.rows
    variables = trace_variables(march.trace[:rows])
    if march.profiles.shape[0]:
        variables |= profile_variables(march.arrays, march.profiles[:rows])
    run = march.run
    record = {"protocol": step.sentence, "model": model, "initial_soc": initial_soc, **options.to_dict(model)}
    return BatteryResult(
        variables=variables,
        status=Status.SOLVED if status in {at.REACHED_VOLTAGE, at.REACHED_TIME} else Status.PARTIAL,
        stats=Stats(
            steps=rows,
            iterations=int(run[at.ITERATIONS]),
            rejected=int(run[at.REJECTED]),
            residual=float(run[at.UPDATE]),
            seconds=march.seconds,
            device="cpu",
        ),
        provenance=Provenance.record("battery.simulate", cell, record, citations(cell, model)),
        facts={"end_reason": end_reason(status, step), "protocol": step.sentence, "model": model},
    )


def checked_model(model: str) -> int:
    """Check the name of a model.

    Parameters
    ----------
    model : str
        One of :data:`MODELS`.

    Returns
    -------
    int
        Its flag in the settings.

    Raises
    ------
    InputError
        If there is no such model.
    """
    if model not in MODELS:
        raise InputError(Issue("model", model, f"must be one of {', '.join(MODELS)}"))
    return MODELS[model]


def checked_options(options: BatteryOptions | Mapping[str, Any] | None) -> BatteryOptions:
    """Check options, which may be given as a mapping.

    Parameters
    ----------
    options : BatteryOptions or mapping, optional
        As given.

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
        return options
    known = BatteryOptions.__dataclass_fields__
    if not isinstance(options, Mapping) or any(name not in known for name in options):
        rule = "must be BatteryOptions, or a mapping with its names: " + ", ".join(known)
        raise InputError(Issue("options", options, rule))
    return BatteryOptions(**options)


def citations(cell: Cell, model: str) -> list[str]:
    """List the works that a study rests on.

    Parameters
    ----------
    cell : Cell
        Its materials bring their sources.
    model : str
        Name of the model.

    Returns
    -------
    list of str
        Keys of the bibliography.
    """
    found = ["Doyle1993" if model == "DFN" else "Marquis2019"]
    for side in (cell.negative, cell.positive):
        active = materials.active(side.material)
        found += [active.ocp.source.ref, active.diffusivity.source.ref, active.rate_constant.source.ref]
    salt = materials.electrolyte(cell.electrolyte.material)
    if model == "DFN":
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
