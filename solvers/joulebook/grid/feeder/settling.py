r"""Solve a feeder: currents injected into a constant admittance matrix until the voltages rest, then the controls.

The admittances of lines, transformers, capacitors and sources, and those of the loads at their rating, make one
constant symmetric matrix :math:`Y`. With the currents of the sources :math:`I_s` and the difference between what loads
draw at a voltage and what their constant part draws,

.. math:: Y V^{k+1} = I_s + \sum_{\text{loads}} (y_0 - y(|V^k|)) V^k,

one pair of triangular solves is an iteration. With the change :math:`f^k = G(V^k) - V^k` that an iteration :math:`G`
makes, the next voltages are those of a secant through the last two,

.. math:: V^{k+1} = G(V^k) - \gamma \, (G(V^k) - G(V^{k-1})), \qquad
    \gamma = \frac{\langle f^k - f^{k-1}, f^k \rangle}{\lVert f^k - f^{k-1} \rVert^2}

(Anderson's method of depth one), which saves about a third of them. The iteration contracts as long as the loads are
small against the short-circuit power at their place; where it does not, Newton's method takes over
(:mod:`joulebook.grid.feeder.newton`).

When the voltages rest to a millionth, every control looks at what it measures. Those that want to act wait for their
delay; the ones whose turn comes first act together, and the feeder is solved again. Once none wants to act the voltages
are brought to the tolerance, and all are asked again. Where time does not matter (``clock < 0``) an action moves a tap
by seven tenths of what is missing, at least one step; along a time series it moves one step.

References
----------
R. C. Dugan and T. E. McDermott, "An open source platform for collaborating on smart grid research", IEEE PES General
Meeting 2011, DOI 10.1109/PES.2011.6039829 (the iteration, and controls between solutions).
H. F. Walker and P. Ni, "Anderson acceleration for fixed-point iterations", SIAM J. Numer. Anal. 49 (2011) 1715, DOI
10.1137/10078356X.
"""

from __future__ import annotations

from typing import Any

from joulebook.grid.feeder.capacitor_control import act_capacitors, sample_capacitors
from joulebook.grid.feeder.layout import (
    COMPLETE,
    NOMINAL_P,
    NOMINAL_Q,
    NOT_CONVERGED,
    ROUNDS_SPENT,
    SINGULAR,
    VOLTAGE_BASE,
)
from joulebook.grid.feeder.load_models import load_admittance
from joulebook.grid.feeder.regulator_control import act_regulators, sample_regulators
from joulebook.numerics.symmetric_elimination import eliminate, solve_in_place
from joulebook.numerics.twins import separate

__all__ = ["assemble", "iterate", "settle"]

NEVER = 1e300
HOPELESS = 1e3
"""Change of a voltage in one iteration, per unit, that says that nothing will come of it."""
ROUGH = 1e-6
"""Change of a voltage, per unit, at which controls are asked before the voltages rest altogether."""
STALLED_AFTER = 12
"""Iterations without a new smallest error that count as a standstill."""


@separate
def assemble(network: Any, state: Any) -> int:
    """Put taps and steps into the matrix, and factor it.

    Parameters
    ----------
    network : NetworkArrays
        Admittances.
    state : StateArrays
        Taps and steps; receives the factors.

    Returns
    -------
    int
        -1, or the node whose pivot is zero.
    """
    values, fixed = state.values, network.fixed_values
    for k in range(len(fixed)):
        values[k] = fixed[k]
    for k in range(len(network.varying)):
        e = network.varying[k]
        share = state.banks[network.stamp_bank[e]]
        scale = share / (state.taps[network.stamp_tap1[e]] * state.taps[network.stamp_tap2[e]])
        values[network.varying_place[k]] += network.stamp_value[e] * scale
    state.counts[1] += 1
    status = eliminate(
        network.column_start,
        network.rows,
        values,
        network.row_start,
        network.row_columns,
        network.factor_start,
        network.factor_rows,
        state.lower,
        state.inverse,
        state.work,
        0.0,  # nodes that hang on nothing but their own small admittance are solved as well
    )
    if status == 0:
        for k in range(len(state.inverse)):
            state.inverse[k] = 1.0 / state.inverse[k]
    return status - 1


@separate
def iterate(network: Any, loads: Any, state: Any, tolerance: float, most: int) -> int:
    """Solve with the controls held.

    Parameters
    ----------
    network : NetworkArrays
        Admittances.
    loads : LoadArrays
        Loads.
    state : StateArrays
        Voltages to start from and factors; receives the voltages.
    tolerance : float
        Change of any voltage in the last iteration, per unit.
    most : int
        Iterations.

    Returns
    -------
    int
        COMPLETE or NOT_CONVERGED.
    """
    n = len(state.inverse)
    v, x, base = state.voltage, state.right, network.base
    older, difference = state.older, state.difference
    smallest, since, known = NEVER, 0, False
    for _ in range(most):
        inject(network, loads, v, x)
        solve_in_place(network.factor_start, network.factor_rows, state.lower, state.inverse, x)
        largest, along, across = 0.0, 0.0, 0.0
        for k in range(n):
            change = x[k] - v[k]
            weight = 1.0 / (base[k] * base[k])
            here = (change.real * change.real + change.imag * change.imag) * weight
            if not here <= largest:
                largest = here
            turn = change - difference[k]
            along += (turn.real * change.real + turn.imag * change.imag) * weight
            across += (turn.real * turn.real + turn.imag * turn.imag) * weight
        error = largest**0.5
        state.counts[0] += 1
        state.error[0] = error
        done = error <= tolerance
        part = along / across if known and across > 0.0 and not done and since == 0 else 0.0
        for k in range(n):
            difference[k] = x[k] - v[k]
            v[k] = x[k] - part * (x[k] - older[k])
            older[k] = x[k]
        known = True
        if done:
            return COMPLETE
        if error < smallest:
            smallest, since = error, 0
        else:
            since += 1
        if not error < HOPELESS or since >= STALLED_AFTER:
            return NOT_CONVERGED
    return NOT_CONVERGED


def inject(network: Any, loads: Any, voltage: Any, currents: Any) -> None:
    """Collect the currents of the sources, and what the loads draw less than their constant part.

    Parameters
    ----------
    network : NetworkArrays
        Admittances.
    loads : LoadArrays
        Loads.
    voltage : ndarray of complex128, V
        Of the nodes.
    currents : ndarray of complex128, A
        Receives the sums.
    """
    for k in range(len(currents)):
        currents[k] = network.source_current[k]
    for b in range(len(loads.node1)):
        i, j = loads.node1[b], loads.node2[b]
        across = voltage[i] - voltage[j]
        g, s = load_admittance(loads.model[b], loads.numbers, loads.power, b, abs(across))
        rated = loads.numbers[b, VOLTAGE_BASE]
        y0 = complex(loads.numbers[b, NOMINAL_P], -loads.numbers[b, NOMINAL_Q]) / (rated * rated)
        excess = (y0 - complex(g, s)) * across
        currents[i] += excess
        currents[j] -= excess


@separate
def settle(
    network: Any,
    loads: Any,
    regulators: Any,
    capacitors: Any,
    state: Any,
    tolerance: float,
    most_iterations: int,
    most_rounds: int,
    clock: float,
    solved: int,
    controls: int,
) -> int:
    """Solve, and let the controls act until none wants to.

    Parameters
    ----------
    network, loads, regulators, capacitors, state : arrays
        See :mod:`joulebook.grid.feeder.layout`; the factors belong to the taps and steps of the state.
    tolerance : float
        Of the voltages, per unit.
    most_iterations, most_rounds : int
        Of a solution, and of the controls.
    clock : float, s
        Time of a series whose controls keep their delays; below -1 where time does not matter, and then its
        magnitude less 2 is the time of the day.
    solved : int
        1 where the voltages of the state are a solution for its taps and steps.
    controls : int
        0 to hold taps and steps.

    Returns
    -------
    int
        COMPLETE, NOT_CONVERGED, ROUNDS_SPENT or SINGULAR.
    """
    timed = clock >= 0.0
    now = clock if timed else 0.0
    hour = (clock if timed else -clock - 2.0) / 3600.0
    rough = max(tolerance, ROUGH) if controls == 1 else tolerance
    error, spent = (tolerance, 0) if solved == 1 else (NEVER, 0)
    while True:
        if error > rough:
            error = rough
            if iterate(network, loads, state, rough, most_iterations) != COMPLETE:
                return NOT_CONVERGED
        if controls == 0:
            return COMPLETE
        sample_regulators(network, regulators, state, now)
        sample_capacitors(network, capacitors, state, now, hour)
        due = next_action(state) if not timed else now
        if due < NEVER and (not timed or next_action(state) <= now):
            if spent == most_rounds and error <= tolerance:
                return ROUNDS_SPENT
            if spent < most_rounds:
                spent += 1
                act_regulators(regulators, state, due, timed)
                act_capacitors(capacitors, state, due, now)
                state.counts[2] += 1
                if assemble(network, state) >= 0:
                    return SINGULAR
                error = NEVER
                continue
        if error <= tolerance:
            return COMPLETE
        error = tolerance
        if iterate(network, loads, state, tolerance, most_iterations) != COMPLETE:
            return NOT_CONVERGED


def next_action(state: Any) -> float:
    """Say when the next control acts.

    Parameters
    ----------
    state : StateArrays
        With what is pending.

    Returns
    -------
    float
        Time, s; NEVER if none waits.
    """
    due = NEVER
    for k in range(len(state.regulator_due)):
        due = min(due, state.regulator_due[k])
    for k in range(len(state.capacitor_due)):
        due = min(due, state.capacitor_due[k])
    return due
