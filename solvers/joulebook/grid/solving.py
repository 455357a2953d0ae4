"""From a start to a solution: methods, the ladder of starts, and the passes of the controllers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.grid import newton as at
from joulebook.grid.controls import MOST_PASSES, Controls
from joulebook.grid.pivoting import newton_with_pivoting
from joulebook.grid.setup import Setup, dc_susceptance, start_state
from joulebook.grid.simple_methods import DECOUPLED, SEIDEL, factorise
from joulebook.grid.working import Working
from joulebook.numerics.block_lu import SMALLEST_PIVOT

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["MOST_ITERATIONS", "Outcome", "dc_flows", "solve"]

Float = NDArray[np.float64]
LADDER = ("dc", "case", "flat")
"""Starts that are tried with shortened steps when the first one fails."""
MOST_ITERATIONS = {"newton": 25, "fast_decoupled": 300, "gauss_seidel": 100_000, "dc": 1}
"""By method, where the caller does not say."""
MOST_DAMPED = 60


@dataclass(eq=False)
class Outcome:
    """What a solve came to.

    Parameters
    ----------
    status : int
        Of :mod:`joulebook.grid.newton`.
    state : State
        Voltages, in the order of the plan.
    working : Working
        The network as it was changed by controllers, and counts.
    residual : float, per unit
        Largest mismatch.
    start : str
        The start that led to it.
    damped : bool
        Whether steps were shortened.
    report : dict
        What controllers did.
    settled : bool
        Whether the controllers came to rest.
    """

    status: int
    state: at.State
    working: Working
    residual: float
    start: str
    damped: bool
    report: dict[str, Any] = field(default_factory=dict)
    settled: bool = True


def solve(
    network: Network,
    setup: Setup,
    method: str,
    start: str,
    tolerance: float,
    most_iterations: int,
    controls: tuple[bool, bool, bool],
) -> Outcome:
    """Solve a network.

    Parameters
    ----------
    network : Network
        The network.
    setup : Setup
        Of it.
    method : str
        ``"newton"``, ``"fast_decoupled"`` or ``"gauss_seidel"``.
    start : str
        ``"auto"``, ``"flat"``, ``"dc"`` or ``"case"``; only ``"auto"`` has a ladder.
    tolerance : float, per unit
        Of the mismatch.
    most_iterations : int
        Of each rung and pass.
    controls : tuple of bool
        Reactive limits, distributed slack, regulators.

    Returns
    -------
    Outcome
        Solved, or the one that came closest.
    """
    working = Working(setup)
    found = _climb(working, method, start, tolerance, most_iterations)
    if found.status != at.SOLVED or not (controls[0] or controls[1] or (controls[2] and setup.regulated)):
        return found
    controllers = Controls(network, working, *controls)
    if controllers.idle:
        return found
    for _ in range(MOST_PASSES):
        if not controllers.move(found.state):
            break
        found.status, found.residual = _iterate(working, method, found.state, tolerance, most_iterations)
        if found.status != at.SOLVED:  # a controller may have moved far: shorten the steps
            found.status, found.residual = working.newton(found.state, tolerance, MOST_DAMPED, damped=True)
        if found.status != at.SOLVED:
            break
    else:
        found.settled = False
    found.report = controllers.report()
    return found


def _climb(working: Working, method: str, start: str, tolerance: float, most_iterations: int) -> Outcome:
    state = working.start(*start_state(working.setup, start))
    status, residual = _iterate(working, method, state, tolerance, most_iterations)
    best = Outcome(status, state, working, residual, start, False)
    if status == at.SOLVED or method != "newton":
        return best
    if status == at.SINGULAR or working.smallest_pivot < SMALLEST_PIVOT:
        state = working.start(*start_state(working.setup, start))
        status, residual = newton_with_pivoting(working, state, tolerance, most_iterations)
        if status == at.SOLVED:
            return Outcome(status, state, working, residual, start, False)
    if start == "auto" and working.setup.has_record:
        state = working.start(*start_state(working.setup, "case"))
        status, residual = working.newton(state, tolerance, most_iterations)
        if status == at.SOLVED:
            return Outcome(status, state, working, residual, "case", False)
    for rung in LADDER if start == "auto" else (start,):
        state = working.start(*start_state(working.setup, rung))
        status, residual = working.newton(state, tolerance, max(most_iterations, MOST_DAMPED), damped=True)
        if status == at.SOLVED or residual < best.residual:
            best = Outcome(status, state, working, residual, rung, True)
        if status == at.SOLVED:
            break
    return best


def _iterate(
    working: Working, method: str, state: at.State, tolerance: float, most_iterations: int
) -> tuple[int, float]:
    if method == "newton":
        return working.newton(state, tolerance, most_iterations)
    settings, record = np.array([tolerance, float(most_iterations), 0.0]), np.zeros(at.N_RECORD)
    began = time.perf_counter()
    if method == "gauss_seidel":
        status = SEIDEL.cpu(working.admittance, working.plan.diagonal, working.nodes, state, settings, record)
    else:
        factors = working.plan.borrow()
        pivot = factorise(working, factors, state.step)
        status = at.SINGULAR
        if pivot > 0.0:
            pattern = working.plan.pattern
            status = DECOUPLED.cpu(working.admittance, pattern, factors, working.nodes, state, settings, record)
        working.plan.give_back(factors)
    working.seconds += time.perf_counter() - began
    working.iterations += int(record[at.ITERATIONS])
    return status, float(record[at.RESIDUAL])


def dc_flows(setup: Setup, angle: Float) -> tuple[Float, Float]:
    """Flows of the linear power flow.

    Parameters
    ----------
    setup : Setup
        The network.
    angle : ndarray, shape (n,), rad
        In the order of the plan.

    Returns
    -------
    through : ndarray, shape (n_branches, 6), per unit
        Active power only; the current is that of a voltage of one.
    into : ndarray, shape (n, 2), per unit
        Power from each node into the network, shunt conductances included.
    """
    susceptance, shift = dc_susceptance(setup)
    on = setup.ends[:, 0] >= 0
    f, t = setup.ends[on, 0], setup.ends[on, 1]
    power = susceptance[on] * (angle[f] - angle[t] - shift[on])
    through = np.zeros((len(setup.ends), 6))
    through[on, 0], through[on, 2] = power, -power
    through[on, 4] = through[on, 5] = power**2
    into = np.zeros((setup.n, 2))
    order = setup.compiled.plan.elimination.order
    into[:, 0] = np.bincount(f, power, setup.n) - np.bincount(t, power, setup.n)
    into[:, 0] += setup.compiled.arrays.shunt.real[order]
    return through, into
