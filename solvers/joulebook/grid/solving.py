"""From a start to a solution: the ladder of starts, and what is known afterwards."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.grid import newton as at
from joulebook.grid.flows import FLOWS, N_FLOWS
from joulebook.grid.setup import Setup, start_state

__all__ = ["Outcome", "flows_of", "new_state", "solve_newton"]

Float = NDArray[np.float64]
LADDER = ("dc", "case", "flat")
"""Starts that are tried with shortened steps when the first one fails."""
MOST_DAMPED = 60


@dataclass(eq=False)
class Outcome:
    """What a solve came to; arrays in the order of the plan.

    Parameters
    ----------
    status : int
        Of :mod:`joulebook.grid.newton`.
    state : State
        Voltages.
    iterations, factorisations : int
        Of all rungs together.
    residual : float, per unit
        Largest mismatch.
    smallest_pivot : float
        Of the factorisations.
    start : str
        The start that led to it.
    damped : bool
        Whether steps were shortened.
    seconds : float
        In array code.
    """

    status: int
    state: at.State
    iterations: int
    factorisations: int
    residual: float
    smallest_pivot: float
    start: str
    damped: bool
    seconds: float


def new_state(setup: Setup, magnitude: Float, angle: Float) -> at.State:
    """Make room for a solve.

    Parameters
    ----------
    setup : Setup
        The network.
    magnitude, angle : ndarray, shape (n,), per unit and rad
        Start; copied.

    Returns
    -------
    State
        At the start.
    """
    n = setup.n
    return at.State(
        magnitude.copy(),
        angle.copy(),
        np.empty(n),
        np.empty(n),
        setup.kind.copy(),
        np.empty((n, 2)),
        np.empty((n, 2)),
    )


def solve_newton(setup: Setup, start: str, tolerance: float, most_iterations: int) -> Outcome:
    """Solve by Newton's method; where the first start fails, climb down a ladder of others with shortened steps.

    Parameters
    ----------
    setup : Setup
        The network.
    start : str
        ``"auto"``, ``"flat"``, ``"dc"`` or ``"case"``; only ``"auto"`` has a ladder.
    tolerance : float, per unit
        Of the mismatch.
    most_iterations : int
        Of each rung.

    Returns
    -------
    Outcome
        Of the rung that solved, or of the one that came closest.
    """
    found = attempt(setup, start, tolerance, most_iterations, False)
    if found.status == at.SOLVED:
        return found
    best = found
    rungs = LADDER if start == "auto" else (start,)
    iterations, factorisations, seconds = found.iterations, found.factorisations, found.seconds
    for rung in rungs:
        found = attempt(setup, rung, tolerance, max(most_iterations, MOST_DAMPED), True)
        iterations += found.iterations
        factorisations += found.factorisations
        seconds += found.seconds
        if found.status == at.SOLVED or found.residual < best.residual:
            best = found
        if found.status == at.SOLVED:
            break
    best.iterations, best.factorisations, best.seconds = iterations, factorisations, seconds
    return best


def attempt(setup: Setup, start: str, tolerance: float, most_iterations: int, damped: bool) -> Outcome:
    """Solve from one start.

    Parameters
    ----------
    setup : Setup
        The network.
    start : str
        Name of the start.
    tolerance : float, per unit
        Of the mismatch.
    most_iterations : int
        At most.
    damped : bool
        Whether to shorten steps.

    Returns
    -------
    Outcome
        Solved or not.
    """
    magnitude, angle = start_state(setup, start)
    state = new_state(setup, magnitude, angle)
    return go_on(setup, state, start, tolerance, most_iterations, damped)


def go_on(
    setup: Setup, state: at.State, start: str, tolerance: float, most_iterations: int, damped: bool = False
) -> Outcome:
    """Solve from a state.

    Parameters
    ----------
    setup : Setup
        The network.
    state : State
        Where to begin; becomes the solution.
    start : str
        Name for the outcome.
    tolerance : float, per unit
        Of the mismatch.
    most_iterations : int
        At most.
    damped : bool
        Whether to shorten steps.

    Returns
    -------
    Outcome
        Solved or not.
    """
    ready = setup.compiled
    settings = np.array([tolerance, float(most_iterations), float(damped)])
    record = np.zeros(at.N_RECORD)
    factors = ready.plan.borrow()
    began = time.perf_counter()
    status = at.NEWTON.cpu(ready.admittance, ready.plan.pattern, factors, ready.nodes, state, settings, record)
    seconds = time.perf_counter() - began
    ready.plan.give_back(factors)
    return Outcome(
        status,
        state,
        int(record[at.ITERATIONS]),
        int(record[at.FACTORISATIONS]),
        float(record[at.RESIDUAL]),
        float(record[at.PIVOT]),
        start,
        damped,
        seconds,
    )


def flows_of(setup: Setup, state: Any) -> tuple[Float, Float]:
    """Work out the flows of a state.

    Parameters
    ----------
    setup : Setup
        The network.
    state : State
        Voltages.

    Returns
    -------
    through : ndarray, shape (n_branches, 6), per unit
        As :func:`joulebook.grid.flows.flows` fills it.
    into : ndarray, shape (n, 2), per unit
        Power from each node into the network.
    """
    through, into = np.empty((len(setup.ends), N_FLOWS)), np.empty((setup.n, 2))
    FLOWS.cpu(setup.compiled.admittance, state.real, state.imaginary, setup.ends, setup.branch_values, through, into)
    return through, into
