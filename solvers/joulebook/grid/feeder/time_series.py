"""Unbalanced power flow over a day or a year: load shapes move the loads, controls act as time goes by."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.courtesy import keep_to_plan
from joulebook.core.errors import InputError, Issue
from joulebook.core.progress import Progress, check_cancelled, progress_or_default
from joulebook.core.provenance import Stats
from joulebook.core.results import Status
from joulebook.grid.feeder.layout import LoadArrays, StateArrays
from joulebook.grid.feeder.loops import MARCH
from joulebook.grid.feeder.plan import FeederPlan, plan_of
from joulebook.grid.feeder.power_flow import TIMELESS, UnbalancedOptions, begin, finish
from joulebook.grid.feeder.series_result import UnbalancedSeriesResult, series_result
from joulebook.grid.feeder.shapes import shape_arrays

if TYPE_CHECKING:
    from joulebook.grid.feeder.design import Feeder

__all__ = ["Records", "unbalanced_time_series"]

MOST_STEPS = 10_000_000
MOST_VALUES = 200_000_000
"""Voltages that a result may hold."""
CHUNK = 256
"""Steps between two looks at the progress display."""


@dataclass(frozen=True)
class Records:
    """What a series writes down, step by step.

    Parameters
    ----------
    nodes : ndarray of int32
        Places of the recorded nodes in the order of elimination.
    voltages : ndarray of complex128, shape (steps, nodes), V
        Of the nodes.
    taps, banks : ndarray, shape (steps, n)
        Of the controls.
    powers : ndarray of complex128, shape (steps, 2), VA
        Of the sources and of the loads.
    status : ndarray of int64, shape (steps, 2)
        How the step ended, and its iterations.
    """

    nodes: NDArray[np.int32]
    voltages: NDArray[np.complex128]
    taps: NDArray[np.float64]
    banks: NDArray[np.float64]
    powers: NDArray[np.complex128]
    status: NDArray[np.int64]

    def arrays(self) -> tuple[Any, ...]:
        """Give the arrays in the order of the loop.

        Returns
        -------
        tuple of ndarray
            See :func:`joulebook.grid.feeder.marching.march`.
        """
        return self.nodes, self.voltages, self.taps, self.banks, self.powers, self.status


def unbalanced_time_series(
    feeder: Feeder,
    *,
    steps: int | None = None,
    step: float | None = None,
    start: float = 0.0,
    shapes: str = "daily",
    buses: Sequence[str] | None = None,
    controls: bool = True,
    delays: bool = False,
    tolerance: float = 1e-6,
    method: str = "auto",
    most_iterations: int = 200,
    most_control_rounds: int | None = None,
    load_multiplier: float | None = None,
    progress: Progress | bool | None = None,
) -> UnbalancedSeriesResult:
    """Solve a feeder at every step of a time series.

    Parameters
    ----------
    feeder : Feeder
        The design.
    steps : int, optional
        How many; as many as the longest shape has values if left out.
    step : float, s, optional
        Length of a step; the shortest interval of the shapes if left out.
    start : float, s
        Since midnight, begin of the first step.
    shapes : str
        ``"daily"`` or ``"yearly"``: which shape of each load counts. Loads without one stay at their rating.
    buses : sequence of str, optional
        Whose voltages are kept; all if left out.
    controls : bool
        Whether regulators and capacitors act.
    delays : bool
        False: within each step all controls come to rest. True: controls keep their delays, and a tap moves one step
        at a time; for steps that are shorter than the delays.
    tolerance : float
        Largest change of any voltage in the last iteration, per unit.
    method : str
        See :func:`unbalanced_power_flow`.
    most_iterations, most_control_rounds : int, optional
        Of a solution, and of the controls in a step.
    load_multiplier : float, optional
        Of all loads that are not fixed; as the feeder says if left out.
    progress : Progress or bool, optional
        Where to show progress.

    Returns
    -------
    UnbalancedSeriesResult
        Voltages over time and node, taps, steps of capacitors, powers and losses over time.

    Raises
    ------
    InputError
        If an option is not allowed, no load has such a shape, or the result would be too large.
    DivergedError
        If a step has no solution.
    CancelledError
        If a person cancelled.

    Examples
    --------
    >>> from joulebook.grid import Feeder, unbalanced_time_series
    >>> feeder = Feeder.named("IEEE13").replace(
    ...     {"load_shapes": {"evening": {"active": [0.3, 0.5, 1.0, 0.6], "interval": 21600.0}}}
    ... )
    >>> feeder = feeder.replace({"loads.671.daily": "evening"})
    >>> day = unbalanced_time_series(feeder)
    >>> day.to_xarray().sizes["time"]
    4
    """
    options = UnbalancedOptions(tolerance, controls, method, most_iterations, most_control_rounds, load_multiplier)
    keep_to_plan("grid_buses", lambda: len(feeder.buses()), feeder.name)
    count, length = _grid(feeder, steps, step, start, shapes)
    plan = plan_of(feeder)
    records = _records(plan, buses, count)
    multiplier = feeder.load_multiplier if load_multiplier is None else load_multiplier
    rounds = feeder.most_control_rounds if most_control_rounds is None else most_control_rounds
    series = shape_arrays(feeder, plan.branches, shapes, length, count, start, multiplier)
    began = time.perf_counter()
    state = plan.new_state()
    begin(plan, state, "direct")
    loads = plan.loads._replace(power=plan.loads.power.copy())
    limits = np.array(
        [tolerance, most_iterations, rounds, length, float(controls), float(delays), start + length], np.float64
    )
    shown = progress_or_default(progress)
    shown.start(count, "Time series")
    try:
        _march(plan, loads, state, series, records, (limits, options, shown))
    finally:
        shown.finish()
    stats = Stats(
        steps=count,
        iterations=int(state.counts[0]),
        residual=float(state.error[0]),
        seconds=time.perf_counter() - began,
    )
    used = {
        **asdict(options),
        "steps": count,
        "step": length,
        "start": start,
        "shapes": shapes,
        "delays": delays,
        "load_multiplier": multiplier,
        "most_control_rounds": rounds,
    }
    status = Status.SOLVED if not records.status[:, 0].any() else Status.PARTIAL
    return series_result(plan, records.arrays(), start + length * np.arange(1, count + 1), status, stats, used)


def _march(
    plan: FeederPlan,
    loads: LoadArrays,
    state: StateArrays,
    series: tuple[Any, ...],
    records: Records,
    how: tuple[NDArray[np.float64], UnbalancedOptions, Progress],
) -> None:
    limits, options, shown = how
    done, solved, count = 0, 0, len(records.status)
    while done < count:
        check_cancelled(shown)
        stop = min(count, (done // CHUNK + 1) * CHUNK)
        reached = MARCH.cpu(
            plan.network,
            loads,
            plan.regulators,
            plan.capacitors,
            state,
            series,
            records.arrays(),
            limits,
            done,
            stop,
            solved,
        )
        shown.advance(reached - done)
        solved = 0
        if reached < stop:  # the fixed point does not come to rest in this step
            at = limits[6] + limits[3] * reached
            rounds = int(state.counts[2]) + int(limits[2])
            finish(plan, loads, state, options, rounds, at if limits[5] else TIMELESS - at)
            solved = 1
        done = reached


def _grid(feeder: Feeder, steps: int | None, step: float | None, start: float, shapes: str) -> tuple[int, float]:
    """Number and length of the steps."""
    issues = []
    if shapes not in {"daily", "yearly"}:
        raise InputError(Issue("shapes", shapes, "must be 'daily' or 'yearly'"))
    names = {str(name) for table in (feeder.loads, feeder.generators) for name in table.column(shapes) if name}
    used = [feeder.load_shapes[name] for name in sorted(names)]
    if not used and (steps is None or step is None):
        raise InputError(Issue("shapes", shapes, "no load follows such a shape", "Give steps and step, or set shapes"))
    length = min(shape.interval for shape in used) if step is None else step
    if not isinstance(length, int | float) or isinstance(length, bool) or not 1e-3 <= length <= 1e9:
        issues.append(Issue("step", step, "must be from 0.001 to 1e9 s", unit="s"))
    if not isinstance(start, int | float) or not 0 <= start <= 1e12:
        issues.append(Issue("start", start, "must be from 0 to 1e12 s", unit="s"))
    if issues:
        raise InputError(issues, "unbalanced_time_series")
    count = steps
    if count is None:
        count = max(round(len(shape.active) * shape.interval / length) for shape in used)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_STEPS:
        raise InputError(Issue("steps", steps, f"must be a whole number from 1 to {MOST_STEPS}"))
    return count, float(length)


def _records(plan: FeederPlan, buses: Sequence[str] | None, count: int) -> Records:
    wanted = np.arange(plan.n)
    if buses is not None:
        unknown = [bus for bus in buses if bus not in plan.buses]
        if unknown:
            raise InputError([Issue("buses", bus, "no such bus in this feeder") for bus in unknown])
        numbers = [plan.buses.index(bus) for bus in buses]
        wanted = np.flatnonzero(np.isin(plan.bus_of_node, numbers))
    if count * len(wanted) > MOST_VALUES:
        raise InputError(
            Issue(
                "steps",
                count,
                f"would keep {count * len(wanted):.3g} voltages: at most {MOST_VALUES:.3g}",
                "Name the buses that matter",
            )
        )
    return Records(
        nodes=plan.place[wanted].astype(np.int32),
        voltages=np.empty((count, len(wanted)), np.complex128),
        taps=np.empty((count, len(plan.first_taps))),
        banks=np.empty((count, len(plan.first_banks))),
        powers=np.empty((count, 2), np.complex128),
        status=np.zeros((count, 2), np.int64),
    )
