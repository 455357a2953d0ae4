"""Solve a feeder at one time after the other, controls and all."""

from __future__ import annotations

from typing import Any

from joulebook.grid.feeder.layout import COMPLETE, NOMINAL_P, NOMINAL_Q, ROUNDS_SPENT
from joulebook.grid.feeder.load_models import load_admittance
from joulebook.grid.feeder.regulator_control import conductor_current
from joulebook.grid.feeder.settling import settle

__all__ = ["march", "set_loads"]


def set_loads(loads: Any, shape_of: Any, actual: Any, factor: Any, shapes: Any, step: int) -> int:
    """Set what the loads would draw at rated voltage at a time.

    Parameters
    ----------
    loads : LoadArrays
        Loads; receives the powers.
    shape_of : ndarray of int32, shape (branches,)
        Row of the shapes that a branch follows; -1 for none.
    actual : ndarray, shape (branches,)
        Share of an element's power that a branch has, where the shape is a power; 0 where it is a multiplier.
    factor : ndarray, shape (branches,)
        By which the rating is multiplied at all times.
    shapes : ndarray, shape (2, shapes, steps)
        Of active and of reactive power: multipliers, or W and var.
    step : int
        Of the series.

    Returns
    -------
    int
        Branches.
    """
    for b in range(len(loads.node1)):
        row = shape_of[b]
        p = q = factor[b]
        if row >= 0:
            if actual[b] != 0.0:
                loads.power[b, 0] = shapes[0, row, step] * actual[b]
                loads.power[b, 1] = shapes[1, row, step] * actual[b]
                continue
            p, q = p * shapes[0, row, step], q * shapes[1, row, step]
        loads.power[b, 0] = loads.numbers[b, NOMINAL_P] * p
        loads.power[b, 1] = loads.numbers[b, NOMINAL_Q] * q
    return len(loads.node1)


def march(
    network: Any,
    loads: Any,
    regulators: Any,
    capacitors: Any,
    state: Any,
    series: Any,
    records: Any,
    limits: Any,
    first: int,
    stop: int,
    solved: int,
) -> int:
    """Solve a time series from a step on.

    Parameters
    ----------
    network, loads, regulators, capacitors, state : arrays
        See :mod:`joulebook.grid.feeder.layout`.
    series : tuple
        ``shape_of``, ``actual``, ``factor`` and ``shapes`` of :func:`set_loads`.
    records : tuple
        Nodes to record; voltages (steps, nodes); taps (steps, taps); banks (steps, banks); powers of sources and of
        loads (steps, 2), VA; status and iterations (steps, 2).
    limits : ndarray, shape (7,)
        Tolerance, most iterations, most rounds, length of a step in s, whether controls act, whether they keep their
        delays, time of the first step in s.
    first, stop : int
        Step to begin with, and the one after the last.
    solved : int
        1 where the voltages of the state solve that step.

    Returns
    -------
    int
        Steps done: less than ``stop`` where one did not converge.
    """
    shape_of, actual, factor, shapes = series
    status = records[5]
    known = solved
    for step in range(first, stop):
        set_loads(loads, shape_of, actual, factor, shapes, step)
        time = limits[6] + limits[3] * step
        clock = time if limits[5] > 0.0 else -2.0 - time
        before = state.counts[0]
        found = settle(
            network,
            loads,
            regulators,
            capacitors,
            state,
            limits[0],
            int(limits[1]),
            int(limits[2]),
            clock,
            known,
            int(limits[4]),
        )
        known = 0
        status[step, 0] = found
        status[step, 1] = state.counts[0] - before
        if found != COMPLETE and found != ROUNDS_SPENT:
            return step
        keep(network, loads, state, records, step)
    return stop


def source_power(network: Any, state: Any) -> complex:
    """Power that the sources deliver.

    Parameters
    ----------
    network : NetworkArrays
        The first conductors are those of the sources.
    state : StateArrays
        A solution.

    Returns
    -------
    complex
        VA.
    """
    total = complex(0.0, 0.0)
    for k in range(len(network.source_current) - 1):
        total += state.voltage[k] * network.source_current[k].conjugate()
    for row in range(network.sources):
        total -= state.voltage[network.conductor_node[row]] * conductor_current(network, state, row).conjugate()
    return total


def keep(network: Any, loads: Any, state: Any, records: Any, step: int) -> None:
    """Write a solution down.

    Parameters
    ----------
    network, loads, state : arrays
        See :mod:`joulebook.grid.feeder.layout`.
    records : tuple
        See :func:`march`.
    step : int
        Of the series.
    """
    nodes, voltages, taps, banks, powers, _ = records
    for k in range(len(nodes)):
        voltages[step, k] = state.voltage[nodes[k]]
    for k in range(taps.shape[1]):
        taps[step, k] = state.taps[k]
    for k in range(banks.shape[1]):
        banks[step, k] = state.banks[k]
    total = complex(0.0, 0.0)
    for b in range(len(loads.node1)):
        across = state.voltage[loads.node1[b]] - state.voltage[loads.node2[b]]
        g, s = load_admittance(loads.model[b], loads.numbers, loads.power, b, abs(across))
        total += complex(g, -s) * (across.real * across.real + across.imag * across.imag)
    powers[step, 1] = total
    powers[step, 0] = source_power(network, state)
