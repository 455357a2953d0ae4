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

from joulebook.battery import between
from joulebook.battery import layout as at
from joulebook.battery.designs import Cell
from joulebook.battery.discretise import Arrays, discretise, rings
from joulebook.battery.endings import failure
from joulebook.battery.march import prepare_step
from joulebook.battery.options import BatteryOptions
from joulebook.battery.protocol import Step, parse
from joulebook.battery.results import BatterySweepResult
from joulebook.battery.simulation import checked_device, checked_model, checked_options, citations
from joulebook.battery.starts import starting_concentrations
from joulebook.core.progress import Progress, progress_or_default
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status, Variable
from joulebook.core.samples import sample_values
from joulebook.core.sweeps import Solved, run_sweep
from joulebook.numerics import device

__all__ = ["Row", "solve_rows", "sweep"]

N_POINTS = 101
"""Points on each curve."""
_ONE_AT_A_TIME = threading.Lock()
"""Numba's simplest thread pool, the only one on some machines, takes one caller at a time."""
_ROWS = 512
_MOST_ROWS = 65_536
_ENDS = {at.REACHED_VOLTAGE: "voltage reached", at.REACHED_TIME: "time reached", at.LOST_POWER: "power no longer held"}
_VARIABLES = (
    ("delivered_capacity", ("case",), "A h", "Delivered capacity"),
    ("delivered_energy", ("case",), "W h", "Delivered energy"),
    ("duration", ("case",), "s", "Duration"),
    ("time", ("case", "point"), "s", "Time"),
    ("voltage", ("case", "point"), "V", "Voltage"),
    ("current", ("case", "point"), "A", "Current"),
    ("discharge_capacity", ("case", "point"), "A h", "Discharged capacity"),
)


@dataclass
class Row:
    """One case, unpacked."""

    arrays: Arrays
    current: float
    """First guess, A."""
    first_step: float
    """s."""
    step: Step


def sweep(
    cell: Cell,
    variations: Mapping[str, Sequence[float]],
    protocol: str,
    *,
    model: str = "DFN",
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
    cell : Cell
        The design that is varied.
    variations : mapping of str to sequence of float
        Dotted path to values: ``{"negative.thickness": [80e-6, 90e-6]}``. With ``samples="grid"`` every combination
        is a case; otherwise the first and the last value are limits.
    protocol : str
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
    parse(protocol, cell)
    flag = checked_model(model)
    chosen = checked_options(options)
    values = sample_values(variations, samples, n_cases, seed)
    for path in values:
        cell.value_at(path)
    count = len(next(iter(values.values())))
    where = checked_device(backend, count)
    started = time.perf_counter()
    cases = run_sweep(
        cell,
        values,
        functools.partial(_prepare, flag=flag, options=chosen, protocol=protocol, initial_soc=initial_soc),
        functools.partial(solve_rows, gpu=where is device.Device.GPU, serial=client is not None),
        client=client,
        progress=progress_or_default(progress),
    )
    ends = np.nan_to_num(cases.arrays.pop("end", np.zeros(count)))
    failed = [{"case": item.case, "values": item.values, "reason": item.reason} for item in cases.failed]
    record = {"protocol": protocol, "model": model, "initial_soc": initial_soc, "samples": samples, "seed": seed}
    if not failed:
        status = Status.SOLVED
    else:
        status = Status.PARTIAL if len(failed) < count else Status.FAILED
    return BatterySweepResult(
        variables=_variables(cell, cases.values, cases.arrays, count),
        status=status,
        stats=Stats(seconds=time.perf_counter() - started, device=where.value),
        provenance=Provenance.record(
            "battery.sweep", cell, {**record, **chosen.to_dict(model)}, citations(cell, model)
        ),
        facts={
            "cases": count,
            "failed": failed,
            "ends": [_ENDS.get(int(code), "failed") for code in ends],
            "protocol": protocol,
            "model": model,
        },
    )


def _prepare(cell: Cell, *, flag: int, options: BatteryOptions, protocol: str, initial_soc: float | None) -> Row:
    step = parse(protocol, cell)
    resolution = options.resolution("SPM" if flag == at.SPM else "DFN")
    arrays = discretise(cell, flag, resolution, starting_concentrations(cell, initial_soc))
    current = prepare_step(arrays, step)
    return Row(arrays, current, resolution.first_step, step)


def solve_rows(rows: list[Row], *, gpu: bool = False, serial: bool = False) -> Solved:
    """Solve many cases in compiled code.

    Parameters
    ----------
    rows : list of Row
        Unpacked cases on equal meshes.
    gpu : bool
        Whether on the GPU.
    serial : bool
        Whether one case after the other: the workers of a cluster are what runs side by side there.

    Returns
    -------
    Solved
        Figures and curves, and for each failed case the reason.
    """
    n_rows = _ROWS
    while True:
        batch = _stack(rows, n_rows)
        if gpu:
            from joulebook.battery.gpu import run_on_gpu

            run_on_gpu(batch)
        elif serial:
            _run_serially(batch)
        else:
            from joulebook.battery.loops import BATCH

            with _ONE_AT_A_TIME:
                BATCH.cpu(*batch.values())
        if n_rows >= _MOST_ROWS or not np.any(batch["status"] == at.TRACE_FULL):
            return _read(rows, batch)
        n_rows *= 4


def _run_serially(batch: dict[str, NDArray[Any]]) -> None:
    from joulebook.battery.loops import SINGLE

    shared = ("ocp", "electrolyte")
    for case in range(batch["status"].shape[0]):
        own = [values if name in shared else values[case] for name, values in batch.items() if name != "status"]
        batch["status"][case] = SINGLE.cpu(*own)


def _stack(rows: list[Row], n_rows: int) -> dict[str, NDArray[Any]]:
    starts = [rings(row.arrays, row.current) for row in rows]
    for row, start in zip(rows, starts, strict=True):
        start[3][at.STEP] = row.first_step
    n_nodes = rows[0].arrays.nodes.shape[0]
    return {
        "settings": np.stack([row.arrays.settings for row in rows]),
        "nodes": np.stack([row.arrays.nodes for row in rows]),
        "shells": np.stack([row.arrays.shells for row in rows]),
        "ocp": rows[0].arrays.ocp,
        "electrolyte": rows[0].arrays.electrolyte,
        "past": np.stack([start[0] for start in starts]),
        "concentration": np.stack([start[1] for start in starts]),
        "work": np.stack([start[2] for start in starts]),
        "run": np.stack([start[3] for start in starts]),
        "trace": np.empty((len(rows), n_rows, at.N_TRACE)),
        "profiles": np.empty((len(rows), 0, n_nodes, at.N_PROFILE)),
        "status": np.zeros(len(rows), dtype=np.int64),
    }


def _read(rows: list[Row], batch: dict[str, NDArray[Any]]) -> Solved:
    n = len(rows)
    arrays = {name: np.full((n, N_POINTS) if len(dims) == 2 else n, np.nan) for name, dims, _unit, _label in _VARIABLES}
    arrays["end"] = batch["status"].astype(np.float64)
    reasons = []
    for case, row in enumerate(rows):
        status, run = int(batch["status"][case]), batch["run"][case]
        if status <= 0 or status == at.TRACE_FULL:
            reason = failure(status, row.step, row.arrays, batch["past"][case], batch["concentration"][case], run)
            reasons.append(str(reason))
            continue
        reasons.append("")
        _read_case(arrays, case, batch["trace"][case, : int(run[at.ROWS])])
    return Solved(arrays, reasons)


def _read_case(arrays: dict[str, NDArray[Any]], case: int, trace: NDArray[np.float64]) -> None:
    even = np.linspace(trace[0, 0], trace[-1, 0], N_POINTS)
    voltage, current, charge = between.values_at(trace[:, 0], trace[:, 1:], even).T
    energy = between.integral(trace[:, 0], trace[:, 1] * trace[:, 2]) / 3600.0
    arrays["time"][case], arrays["voltage"][case] = even, voltage
    arrays["current"][case], arrays["discharge_capacity"][case] = current, charge
    arrays["delivered_capacity"][case] = trace[-1, 3]
    arrays["delivered_energy"][case] = energy
    arrays["duration"][case] = trace[-1, 0] - trace[0, 0]


def _variables(
    cell: Cell, values: Mapping[str, NDArray[np.float64]], arrays: Mapping[str, NDArray[Any]], count: int
) -> dict[str, Variable]:
    found = {"case": Variable(("case",), np.arange(count), "1", "Case")}
    found |= {path: Variable(("case",), column, unit_at(cell, path), path) for path, column in values.items()}
    for name, dims, unit, label in _VARIABLES:
        shape = (count, N_POINTS) if len(dims) == 2 else (count,)
        found[name] = Variable(dims, arrays.get(name, np.full(shape, np.nan)), unit, label)
    return found


def unit_at(cell: Cell, path: str) -> str:
    """Find the unit of a value of a design.

    Parameters
    ----------
    cell : Cell
        The design.
    path : str
        Dotted path.

    Returns
    -------
    str
        Unit; ``"1"`` for a pure number.
    """
    *folders, last = path.split(".")
    owner = cell.value_at(".".join(folders)) if folders else cell
    field = type(owner).model_fields[last]
    schema = type(owner).model_json_schema()["properties"][last]
    options = [schema, *schema.get("anyOf", [])]
    found = next((part["unit"] for part in options if "unit" in part), None)
    return str(found or next((meta.unit for meta in field.metadata if hasattr(meta, "unit")), "1"))
