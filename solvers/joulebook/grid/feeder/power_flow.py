"""Unbalanced power flow: the voltages of every conductor of a feeder, with its regulators and capacitors at work."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from joulebook.core.courtesy import keep_to_plan
from joulebook.core.errors import DivergedError, InputError, Issue
from joulebook.core.provenance import Stats
from joulebook.core.results import Status
from joulebook.grid.feeder.layout import COMPLETE, NOT_CONVERGED, ROUNDS_SPENT, SINGULAR, LoadArrays, StateArrays
from joulebook.grid.feeder.loops import ASSEMBLE, SETTLE, SLOPES, SOLVE
from joulebook.grid.feeder.newton import newton
from joulebook.grid.feeder.plan import FeederPlan, check_factored, plan_of
from joulebook.grid.feeder.results import UnbalancedResult, result_of

if TYPE_CHECKING:
    from joulebook.grid.feeder.design import Feeder

__all__ = ["UnbalancedOptions", "begin", "finish", "unbalanced_power_flow"]

Start = Literal["direct"]
NEWTON_ITERATIONS = 50
TIMELESS = -2.0
"""Clock of a solution in which the delays of controls only say who goes first."""


@dataclass(frozen=True)
class UnbalancedOptions:
    """How a feeder is solved.

    Parameters
    ----------
    tolerance : float
        Largest change of any voltage in the last iteration, per unit.
    controls : bool
        Whether regulators and capacitors act.
    method : str
        ``"auto"``, ``"fixed point"`` or ``"newton"``.
    most_iterations : int
        Of the fixed point.
    most_control_rounds : int, optional
        Rounds of control actions; as the feeder says if left out.
    load_multiplier : float, optional
        Of all loads that are not fixed; as the feeder says if left out.
    """

    tolerance: float = 1e-8
    controls: bool = True
    method: str = "auto"
    most_iterations: int = 200
    most_control_rounds: int | None = None
    load_multiplier: float | None = None

    def __post_init__(self) -> None:
        issues = []
        if not isinstance(self.tolerance, int | float) or not 1e-14 <= self.tolerance <= 0.1:
            issues.append(Issue("tolerance", self.tolerance, "must be from 1e-14 to 0.1"))
        if self.method not in {"auto", "fixed point", "newton"}:
            issues.append(Issue("method", self.method, "must be 'auto', 'fixed point' or 'newton'"))
        for name, most in (("most_iterations", 100_000), ("most_control_rounds", 10_000)):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most):
                issues.append(Issue(name, value, f"must be a whole number from 1 to {most}"))
        multiplier = self.load_multiplier
        if multiplier is not None and (not isinstance(multiplier, int | float) or not 0 <= multiplier <= 1000):
            issues.append(Issue("load_multiplier", multiplier, "must be from 0 to 1000"))
        if not isinstance(self.controls, bool):
            issues.append(Issue("controls", self.controls, "must be True or False"))
        if issues:
            raise InputError(issues, "unbalanced_power_flow")


def unbalanced_power_flow(
    feeder: Feeder,
    *,
    controls: bool = True,
    start: Start | UnbalancedResult = "direct",
    tolerance: float = 1e-8,
    method: str = "auto",
    most_iterations: int = 200,
    most_control_rounds: int | None = None,
    load_multiplier: float | None = None,
) -> UnbalancedResult:
    """Solve a feeder, conductor by conductor.

    Parameters
    ----------
    feeder : Feeder
        The design.
    controls : bool
        Whether regulators and capacitors act; False holds taps and steps as they are.
    start : str or UnbalancedResult
        ``"direct"``: loads as impedances, taps and steps of the design. A result of the same feeder: its voltages,
        taps and steps.
    tolerance : float
        Largest change of any voltage in the last iteration, per unit.
    method : str
        ``"auto"``: fixed point, and Newton's method where that does not come to rest. ``"fixed point"`` or
        ``"newton"``: that one alone.
    most_iterations : int
        Of the fixed point.
    most_control_rounds : int, optional
        Rounds of control actions; as the feeder says if left out. When they are spent the result is partial.
    load_multiplier : float, optional
        Of all loads that are not fixed; as the feeder says if left out.

    Returns
    -------
    UnbalancedResult
        Voltages, currents, powers, losses, taps and steps.

    Raises
    ------
    InputError
        If an option is not allowed, or the start belongs to another feeder.
    DivergedError
        If there is no solution that either method finds; the message names the worst nodes.
    SingularSystemError
        If a node has no path to earth.

    References
    ----------
    R. C. Dugan and T. E. McDermott, "An open source platform for collaborating on smart grid research", IEEE PES
    General Meeting 2011, DOI 10.1109/PES.2011.6039829.

    Examples
    --------
    >>> from joulebook.grid import Feeder, unbalanced_power_flow
    >>> flow = unbalanced_power_flow(Feeder.named("IEEE13"))
    >>> flow.taps
    {'reg1': 9, 'reg2': 6, 'reg3': 9}
    >>> round(flow.losses / 1e3, 2)
    112.39
    """
    options = UnbalancedOptions(tolerance, controls, method, most_iterations, most_control_rounds, load_multiplier)
    keep_to_plan("grid_buses", lambda: len(feeder.buses()), feeder.name)
    plan = plan_of(feeder)
    began = time.perf_counter()
    state = plan.new_state()
    multiplier = feeder.load_multiplier if load_multiplier is None else load_multiplier
    loads = loads_at(plan, multiplier)
    begin(plan, state, start)
    rounds = feeder.most_control_rounds if most_control_rounds is None else most_control_rounds
    found = finish(plan, loads, state, options, rounds)
    stats = Stats(
        steps=int(state.counts[2]),
        iterations=int(state.counts[0]),
        residual=float(state.error[0]),
        seconds=time.perf_counter() - began,
    )
    status = Status.SOLVED if found == COMPLETE else Status.PARTIAL
    used = {**asdict(options), "load_multiplier": multiplier, "most_control_rounds": rounds}
    return result_of(plan, loads, state, status, stats, used)


def loads_at(plan: FeederPlan, multiplier: float) -> LoadArrays:
    """Loads of a feeder at a multiple of their rating.

    Parameters
    ----------
    plan : FeederPlan
        The feeder.
    multiplier : float
        Of loads that are not fixed.

    Returns
    -------
    LoadArrays
        With powers of their own.
    """
    factor = np.where(plan.branches.fixed, 1.0, multiplier)
    return plan.loads._replace(power=plan.loads.numbers[:, [6, 7]] * factor[:, None])


def begin(plan: FeederPlan, state: StateArrays, start: Start | UnbalancedResult) -> None:
    """Set taps, steps and voltages to start from, and factor the matrix.

    Parameters
    ----------
    plan : FeederPlan
        The feeder.
    state : StateArrays
        Receives them.
    start : str or UnbalancedResult
        See :func:`unbalanced_power_flow`.

    Raises
    ------
    InputError
        If the start is neither, or belongs to another feeder.
    """
    if isinstance(start, UnbalancedResult):
        if start.variables["node"].values.size != plan.n or start.start_state is None:
            raise InputError(Issue("start", None, "this result belongs to another feeder, or was loaded from a file"))
        voltage, taps, banks = start.start_state
        if len(taps) != len(state.taps) or len(banks) != len(state.banks):
            raise InputError(Issue("start", None, "this result belongs to a feeder with other controls"))
        state.taps[:], state.banks[:], state.voltage[:] = taps, banks, voltage
        check_factored(plan, ASSEMBLE.cpu(plan.network, state))
        return
    if start != "direct":
        raise InputError(Issue("start", start, "must be 'direct' or a result of this feeder"))
    check_factored(plan, ASSEMBLE.cpu(plan.network, state))
    network = plan.network
    state.voltage[:] = network.source_current
    SOLVE.cpu(network.factor_start, network.factor_rows, state.lower, state.inverse, state.voltage)


def finish(
    plan: FeederPlan,
    loads: LoadArrays,
    state: StateArrays,
    options: UnbalancedOptions,
    rounds: int,
    clock: float = TIMELESS,
) -> int:
    """Solve from the state on, with Newton's method where the fixed point does not come to rest.

    Parameters
    ----------
    plan : FeederPlan
        The feeder.
    loads : LoadArrays
        With their powers.
    state : StateArrays
        To start from; receives the solution.
    options : UnbalancedOptions
        How.
    rounds : int
        Of controls.
    clock : float, s
        See :func:`joulebook.grid.feeder.settling.settle`.

    Returns
    -------
    int
        COMPLETE or ROUNDS_SPENT.

    Raises
    ------
    DivergedError
        If there is no solution.
    """
    known = 0
    while True:
        first = state.voltage.copy()
        most = 1 if options.method == "newton" else options.most_iterations
        found = SETTLE.cpu(
            plan.network,
            loads,
            plan.regulators,
            plan.capacitors,
            state,
            options.tolerance,
            most,
            rounds - int(state.counts[2]),
            clock,
            known,
            int(options.controls),
        )
        if found in {COMPLETE, ROUNDS_SPENT}:
            return int(found)
        if found == SINGULAR:
            check_factored(plan, ASSEMBLE.cpu(plan.network, state))
        if found == NOT_CONVERGED and options.method != "fixed point":
            start = first if known == 0 else state.voltage.copy()
            if _newton(plan, loads, state, start, options):
                known = 1
                continue
        raise DivergedError(_why(plan, loads, state, options), stats=Stats(iterations=int(state.counts[0])))


def _newton(plan: FeederPlan, loads: LoadArrays, state: StateArrays, start: Any, options: UnbalancedOptions) -> bool:
    """Try from the voltages at hand, then from the loads as impedances."""
    if np.isfinite(start).all():
        state.voltage[:] = start
        if newton(plan.network, loads, state, SLOPES.cpu, options.tolerance, NEWTON_ITERATIONS):
            return True
    network = plan.network
    state.voltage[:] = network.source_current
    SOLVE.cpu(network.factor_start, network.factor_rows, state.lower, state.inverse, state.voltage)
    return newton(plan.network, loads, state, SLOPES.cpu, options.tolerance, NEWTON_ITERATIONS)


def _why(plan: FeederPlan, loads: LoadArrays, state: StateArrays, options: UnbalancedOptions) -> str:
    """Say where a feeder that does not solve gives way."""
    network = plan.network
    voltage = network.source_current.copy()
    ASSEMBLE.cpu(network, state)
    SOLVE.cpu(network.factor_start, network.factor_rows, state.lower, state.inverse, voltage)
    size = np.abs(voltage[plan.place[:-1]]) / plan.base
    size[~plan.fed] = np.inf
    worst = np.argsort(size)[:5]
    low = ", ".join(f"{plan.names[int(k)]} ({size[k]:.3f})" for k in worst)
    total = float(loads.power[:, 0].sum()) / 1e3
    return (
        f"no solution was found for loads of {total:.0f} kW. With the loads as impedances the lowest voltages, per "
        f"unit, are at {low}: is a load, a length or a unit wrong there? Try a smaller load_multiplier"
        + ("" if options.method == "auto" else ", or method='auto'")
    )
