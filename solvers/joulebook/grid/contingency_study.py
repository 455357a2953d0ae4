"""The verb: what happens when elements fail, one or two at a time."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.courtesy import keep_to_plan
from joulebook.core.errors import DeviceUnavailableError, InputError, Issue
from joulebook.core.progress import Progress, check_cancelled, progress_or_default
from joulebook.core.provenance import Stats
from joulebook.grid import newton as at
from joulebook.grid.contingency import outage_arrays as loop
from joulebook.grid.contingency.base_case import BaseCase, base_case, room_for
from joulebook.grid.contingency.bridges import find_bridges
from joulebook.grid.contingency.machines import MACHINE, machine_of, start_without, supply_without
from joulebook.grid.contingency.outage_loop import OUTAGES
from joulebook.grid.contingency.result import MACHINE_NAME, ContingencyResult, Outages, result_of
from joulebook.grid.contingency.severity import RATE
from joulebook.grid.newton import FIXED
from joulebook.grid.working import Working
from joulebook.numerics import device

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["contingencies"]

MOST_OUTAGES = 20_000_000
MOST_CHORD = 14
CHUNK = 256
"""Outages between two looks at the progress display."""
_KINDS = ("branches", "lines", "transformers", "generators", "all")


def contingencies(
    network: Network,
    *,
    order: int = 1,
    elements: str | Sequence[str] = "branches",
    tolerance: float = 1e-8,
    progress: Progress | bool | None = None,
    backend: str = "auto",
    client: Any = None,
) -> ContingencyResult:
    """Solve the full AC power flow for every outage of one or two elements.

    Parameters
    ----------
    network : Network
        The network; its own power flow is the base case.
    order : int
        1: each element alone; 2: each pair.
    elements : str or sequence of str
        ``"branches"``, ``"lines"``, ``"transformers"``, ``"generators"``, ``"all"``, or identifiers of lines,
        transformers and generators (``"generator 5"`` where a branch has the same one).
    tolerance : float, per unit of base power
        Largest mismatch that is left.
    progress : Progress or bool, optional
        Where the progress shows.
    backend : str
        ``"auto"``, ``"cpu"`` (threads) or ``"gpu"``.
    client : distributed.Client, optional
        Cluster that shares the work instead.

    Returns
    -------
    ContingencyResult
        Each outage with its end (solved, no solution, or the network falls apart), loadings, voltages and a rank of
        severity.

    Raises
    ------
    InputError
        If an option is not allowed or an element is not known.
    DivergedError
        If the base case has no solution.
    DeviceUnavailableError
        If the GPU was asked for and there is none.
    CancelledError
        If a person cancelled.

    References
    ----------
    Alsaç, Stott and Tinney 1983, doi:10.1109/TPAS.1983.317930.

    Examples
    --------
    >>> from joulebook.grid import Network, contingencies
    >>> run = contingencies(Network.named("case118"))
    >>> run.counts
    {'solved': 177, 'unsolved': 0, 'islanding': 9}
    """
    _check(order, tolerance, backend)
    keep_to_plan("grid_buses", lambda: len(network.buses), network.name)
    shown = progress_or_default(progress)
    case = base_case(network)
    chosen = _elements(network, case, elements)
    out = _combinations(chosen, order)
    wanted = device.choose(backend, len(out))
    if wanted is None:
        raise DeviceUnavailableError('backend = "gpu": there is no CUDA device. Take backend="cpu"')
    began = time.perf_counter()
    values = np.zeros((len(out), loop.N_VALUES))
    status = np.zeros(len(out), np.int64)
    lost = _mark_islanding(case, out, status)
    status[(status == loop.PENDING) & np.any(out <= MACHINE, axis=1)] = loop.LATER
    settings = np.array([tolerance, float(MOST_CHORD)])
    shown.start(float(len(out)), f"{len(out)} outages")
    try:
        if client is not None:
            _on_cluster(client, network, out, settings, values, status, lost, shown)
        elif wanted is device.Device.GPU:
            from joulebook.grid.contingency.gpu import run_on_gpu

            run_on_gpu(case, out, settings, values, status)
            _rest(case, out, tolerance, values, status, lost)
        else:
            _on_threads(case, out, settings, values, status, shown)
            _rest(case, out, tolerance, values, status, lost)
    finally:
        shown.finish()
    made = Outages(out, status, values, lost)
    stats = Stats(
        steps=len(out),
        iterations=int(values[:, loop.ITERATION].sum()),
        residual=float(values[status == loop.DONE, loop.ERROR].max(initial=0.0)),
        seconds=time.perf_counter() - began,
        device="cluster" if client is not None else wanted.value,
    )
    options = {"order": order, "elements": elements if isinstance(elements, str) else list(elements)}
    return result_of(network, case, made, stats, {**options, "tolerance": tolerance})


def _check(order: int, tolerance: float, backend: str) -> None:
    issues = []
    if order not in {1, 2}:
        issues.append(Issue("order", order, "must be 1 or 2"))
    if not 0 < tolerance < 1:
        issues.append(Issue("tolerance", tolerance, "must be above 0 and below 1 per unit", "1e-8 is usual"))
    if backend not in {"auto", "cpu", "gpu"}:
        issues.append(Issue("backend", backend, 'must be "auto", "cpu" or "gpu"'))
    if issues:
        raise InputError(issues, "contingencies")


def _elements(network: Network, case: BaseCase, elements: str | Sequence[str]) -> NDArray[np.int32]:
    """Branches and generators that are to fail, of those in service."""
    n_lines, n_two = len(network.lines), len(network.transformers)
    on = case.setup.ends[:, 0] >= 0
    on[n_lines + n_two :] = False
    if isinstance(elements, str):
        if elements not in _KINDS:
            raise InputError(
                Issue("elements", elements, f"must be one of {', '.join(_KINDS)}, or a list of identifiers")
            )
        kind = np.arange(len(on)) < n_lines
        every, none = np.ones(len(on), bool), np.zeros(len(on), bool)
        wanted = {"lines": kind, "transformers": ~kind, "generators": none}.get(elements, every)
        machines = np.flatnonzero(network.generators.column("in_service"))
        machines = machines if elements in {"generators", "all"} else machines[:0]
        return np.concatenate([np.flatnonzero(on & wanted), MACHINE - machines]).astype(np.int32)
    places, issues = [], []
    for name in elements:
        if name in network.lines:
            place = network.lines.position(name)
        elif name in network.transformers:
            place = n_lines + network.transformers.position(name)
        elif name.removeprefix(MACHINE_NAME) in network.generators:
            place = MACHINE - network.generators.position(name.removeprefix(MACHINE_NAME))
        else:
            issues.append(Issue("elements", name, "no such line, transformer or generator"))
            continue
        if on[place] if place >= 0 else network.generators.column("in_service")[MACHINE - place]:
            places.append(place)
        else:
            issues.append(Issue("elements", name, "is not in service", "Leave it out"))
    if issues:
        raise InputError(issues, "contingencies")
    return np.array(list(dict.fromkeys(places)), np.int32).reshape(-1)


def _combinations(chosen: NDArray[np.int32], order: int) -> NDArray[np.int32]:
    if order == 1:
        out = np.full((len(chosen), 2), -1, np.int32)
        out[:, 0] = chosen
        return out
    count = len(chosen) * (len(chosen) - 1) // 2
    if count > MOST_OUTAGES:
        raise InputError(
            Issue(
                "elements",
                None,
                f"{len(chosen)} elements make {count} pairs: at most {MOST_OUTAGES}",
                "Name the elements whose pairs matter",
            )
        )
    if not count:
        return np.zeros((0, 2), np.int32)
    return np.array(list(itertools.combinations(chosen.tolist(), 2)), np.int32)


def _mark_islanding(case: BaseCase, out: NDArray[np.int32], status: NDArray[np.int64]) -> NDArray[np.float64]:
    """Outages that split the network, and the load behind them, per unit."""
    setup = case.setup
    on = np.flatnonzero(setup.ends[:, 0] >= 0)
    number = np.full(len(setup.ends), -1, np.int64)
    number[on] = np.arange(len(on))
    roots = np.flatnonzero((setup.kind == FIXED) & ~setup.dead).astype(np.int32)
    load = _loads(case)
    first, second = setup.ends[on, 0], setup.ends[on, 1]
    bridge, behind = find_bridges(setup.n, first, second, roots, load)
    lost = np.zeros(len(out))
    for place in range(out.shape[1]):
        here = np.flatnonzero(out[:, place] >= 0)
        own = number[out[here, place]]
        status[here[bridge[own]]] = loop.ISLANDING
        lost[here] = np.maximum(lost[here], behind[own])
    pairs = np.flatnonzero((out[:, 1] >= 0) & (status == loop.PENDING))
    for removed in np.unique(
        out[pairs, 0][out[pairs, 0] >= 0]
    ):  # pairs that split only together: bridges of what is left
        here = pairs[out[pairs, 0] == removed]
        cut, gone = find_bridges(setup.n, first, second, roots, load, int(number[removed]))
        own = number[out[here, 1]]
        status[here[cut[own]]] = loop.ISLANDING
        lost[here] = np.maximum(lost[here], gone[own])
    return lost


def _loads(case: BaseCase) -> NDArray[np.float64]:
    """Active load at each row, per unit; what feeds in does not count against it."""
    network, setup = case.network, case.setup
    out = np.zeros(setup.n)
    loads = network.loads
    node = setup.compiled.arrays.node_of_bus[network.buses.positions(loads.column("bus"))]
    on = loads.column("in_service") & (node >= 0)
    rows = setup.compiled.plan.elimination.position[node[on]]
    np.add.at(out, rows, np.maximum(loads.column("active_power")[on], 0.0) / network.base_power)
    return out


def _on_threads(
    case: BaseCase,
    out: NDArray[np.int32],
    settings: NDArray[np.float64],
    values: NDArray[np.float64],
    status: NDArray[np.int64],
    shown: Progress,
) -> None:
    workers = device.threads()
    rooms = [room_for(case) for _ in range(workers)]
    base = case.base
    parts = [slice(first, first + CHUNK) for first in range(0, len(out), CHUNK)]

    def work(worker: int, part: slice) -> int:
        OUTAGES.cpu(base, rooms[worker], out[part], settings, values[part], status[part])
        return len(out[part])

    with ThreadPoolExecutor(workers) as pool:
        for group in _batched(parts, workers):
            for done in pool.map(work, range(len(group)), group):
                shown.advance(float(done))
            check_cancelled(shown)


def _batched(parts: list[slice], size: int) -> list[list[slice]]:
    return [parts[first : first + size] for first in range(0, len(parts), size)]


def _rest(
    case: BaseCase,
    out: NDArray[np.int32],
    tolerance: float,
    values: NDArray[np.float64],
    status: NDArray[np.int64],
    lost: NDArray[np.float64],
) -> None:
    """Newton's method for generators and where an iteration does not contract; shortened steps where that fails."""
    base = case.base
    for number in np.flatnonzero((status == loop.PENDING) | (status == loop.LATER)).tolist():
        working = Working(case.setup)
        machines = [machine_of(int(item)) for item in out[number] if item <= MACHINE]
        supply = supply_without(case, working, machines) if machines else case.setup.supply
        if np.any(supply.dead & ~case.setup.supply.dead):
            status[number] = loop.ISLANDING
            order = working.plan.elimination.order
            lost[number] = _loads(case)[(supply.dead & ~case.setup.supply.dead)[order]].sum()
            continue
        y = working.own_admittance()
        for branch in out[number]:
            if branch >= 0:
                entries = base.entries[branch]
                np.subtract.at(y.conductance, entries, base.values[branch, 0::2])
                np.subtract.at(y.susceptance, entries, base.values[branch, 1::2])
        angle = np.arctan2(base.voltage[:, 1], base.voltage[:, 0])
        for damped in (False, True):
            state = start_without(case, working, supply, angle) if machines else working.start(base.magnitude, angle)
            ended, error = working.newton(state, tolerance, 40 if damped else 15, damped=damped)
            if ended == at.SOLVED:
                break
        values[number, loop.ITERATION] += working.iterations
        values[number, loop.ERROR] = error
        status[number] = loop.DONE if ended == at.SOLVED else loop.UNSOLVED
        if ended == at.SOLVED:
            voltage = np.stack([state.real, state.imaginary], axis=1)
            RATE.cpu(base, state.magnitude, voltage, out[number], values[number])


def _on_cluster(
    client: Any,
    network: Network,
    out: NDArray[np.int32],
    settings: NDArray[np.float64],
    values: NDArray[np.float64],
    status: NDArray[np.int64],
    lost: NDArray[np.float64],
    shown: Progress,
) -> None:
    workers = max(1, len(client.scheduler_info()["workers"]))
    size = max(1, -(-len(out) // (4 * workers)))
    parts = [slice(first, first + size) for first in range(0, len(out), size)]
    placed = client.scatter(network, broadcast=True)
    futures = [client.submit(_part, placed, out[part], settings, status[part], pure=False) for part in parts]
    for part, future in zip(parts, futures, strict=True):
        values[part], status[part], gone = future.result()
        lost[part] = np.maximum(lost[part], gone)
        shown.advance(float(len(out[part])))
        check_cancelled(shown)


def _part(
    network: Network, out: NDArray[np.int32], settings: NDArray[np.float64], status: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """What one worker of a cluster does."""
    case = base_case(network)
    values, codes, lost = np.zeros((len(out), loop.N_VALUES)), status.copy(), np.zeros(len(out))
    OUTAGES.cpu(case.base, room_for(case), np.ascontiguousarray(out), settings, values, codes)
    _rest(case, out, float(settings[loop.TOLERANCE]), values, codes, lost)
    return values, codes, lost
