"""From the initial current to peak, breaking, steady-state and thermal current.

References
----------
IEC 60909-0:2016, clauses on the peak, breaking, steady-state and thermal equivalent current.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.faults import factors
from joulebook.grid.faults.branches import LINE
from joulebook.grid.faults.model import PEAK_FREQUENCY, FaultModel, seen_from
from joulebook.grid.faults.nodes import BASE_POWER
from joulebook.grid.faults.options import FaultOptions
from joulebook.grid.faults.partial import columns_of, source_currents
from joulebook.grid.faults.sources import GENERATOR, MOTOR
from joulebook.grid.faults.structure import fed_separately

__all__ = ["machine_currents", "peak_factors", "separately"]

Ints = NDArray[np.int32]
Reals = NDArray[np.float64]
Complexes = NDArray[np.complex128]
_CHUNK = 128
SMALL_RATIO = 0.3
"""Method B needs no factor where no branch has a larger R/X."""
MESH_FACTOR = 1.15
"""Of method B."""


def separately(model: FaultModel) -> NDArray[np.bool_]:
    """Say which nodes are fed by separate sources.

    Parameters
    ----------
    model : FaultModel
        The network.

    Returns
    -------
    ndarray of bool, shape (n,)
        See :mod:`joulebook.grid.faults.structure`.
    """
    branches = model.branches
    return fed_separately(model.nodes.n, branches.first, branches.second, model.sources.node)


def peak_factors(model: FaultModel, options: FaultOptions, places: Ints) -> Reals:
    """Peak factor κ at places.

    Parameters
    ----------
    model : FaultModel
        The network.
    options : FaultOptions
        Method.
    places : ndarray of int, shape (p,)
        Nodes; -1 for none.

    Returns
    -------
    ndarray, shape (p,)
        NaN where there is no source.
    """
    seen = seen_from(model, model.peak, places)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = seen.real / seen.imag
    ratio = np.where(seen.imag > 0.0, ratio, np.where(np.isnan(seen), np.nan, np.inf))
    if options.peak_method == "C":
        return factors.peak_factor(ratio * PEAK_FREQUENCY)
    smallest, largest = _branch_ratios(model)
    if options.peak_method == "A":
        near = np.append(smallest, np.nan)[places]
        return np.where(np.isnan(ratio), np.nan, factors.peak_factor(near))
    meshed = ~np.append(separately(model), True)[places] & ~(np.append(largest, np.nan)[places] < SMALL_RATIO)
    limit = np.where(np.append(model.nodes.nominal, np.nan)[places] <= factors.LOW_VOLTAGE, 1.8, 2.0)
    kappa = factors.peak_factor(ratio)
    return np.where(meshed, np.minimum(MESH_FACTOR * kappa, limit), kappa)


def _branch_ratios(model: FaultModel) -> tuple[Reals, Reals]:
    """Smallest and largest R/X around each node: of its voltage level (what lines join), and transformers to it."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n, branches = model.nodes.n, model.branches
    line = branches.table == LINE
    graph = coo_array((np.ones(line.sum()), (branches.first[line], branches.second[line])), shape=(n, n))
    level = connected_components(graph, directed=False)[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(branches.impedance.real / branches.impedance.imag)
        outer = np.abs(model.sources.peak.real / model.sources.peak.imag)
    where = level[np.concatenate((branches.first, branches.second, model.sources.node))]
    values = np.concatenate((ratio, ratio, outer))
    smallest, largest = np.full(n, np.inf), np.zeros(n)
    np.minimum.at(smallest, where, values)
    np.maximum.at(largest, where, values)
    return smallest[level], largest[level]


def machine_currents(
    model: FaultModel, options: FaultOptions, places: Ints, drive: Reals, current: Complexes
) -> tuple[Complexes, Reals]:
    """Breaking and steady-state current of three-phase faults, out of what every machine feeds.

    Parameters
    ----------
    model : FaultModel
        The network.
    options : FaultOptions
        Breaker time and excitation; each result is NaN where it is not asked for.
    places : ndarray of int, shape (p,)
        Nodes; -1 for none.
    drive : ndarray, shape (p,)
        Voltage of the equivalent source, per unit.
    current : ndarray of complex, shape (p,)
        Initial current, per unit.

    Returns
    -------
    breaking : ndarray of complex, shape (p,)
        Per unit.
    steady : ndarray, shape (p,)
        Per unit; NaN where the fault is fed out of a mesh, for which the rule needs no machines.
    """
    apart = np.append(separately(model), False)[places]
    breaking, steady = np.full(places.size, np.nan + 0j), np.full(places.size, np.nan)
    usable = np.flatnonzero(places >= 0)
    for first in range(0, usable.size, _CHUNK):
        rows = usable[first : first + _CHUNK]
        at = places[rows]
        columns = columns_of(model, model.positive, at)
        partial = source_currents(model, model.positive, at, -columns * current[rows, None])
        base = BASE_POWER / (np.sqrt(3.0) * model.nodes.nominal[model.sources.node])
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.abs(partial) * base / model.sources.rated_current
        if options.breaker_time is not None:
            left = _left_over(model, ratio, options.breaker_time)
            drop = 1j * model.sources.impedance.imag * partial / drive[rows, None]
            weight = np.where(apart[rows, None], 1.0, drop)
            breaking[rows] = current[rows] - (weight * (1.0 - left) * partial).sum(axis=1)
        if options.excitation is not None:
            steady[rows] = np.where(apart[rows], _steady(model, partial, ratio, options.excitation), np.nan)
    return breaking, steady


def _left_over(model: FaultModel, ratio: Reals, delay: float) -> Reals:
    """Share of each source's current that is left at the breaker time: μ, μ q, or all of it."""
    sources = model.sources
    left = np.ones(ratio.shape)
    machine = sources.table == GENERATOR
    left[:, machine] = factors.generator_decay(ratio[:, machine], delay)
    motor = sources.table == MOTOR
    left[:, motor] = factors.generator_decay(ratio[:, motor], delay) * factors.motor_decay(
        sources.pair_power[motor], delay
    )
    return left


def _steady(model: FaultModel, partial: Complexes, ratio: Reals, excitation: float) -> Reals:
    """Sum of what separate sources feed in the steady state: grids all, generators λ, motors nothing."""
    sources = model.sources
    share = np.ones(partial.shape)
    share[:, sources.table == MOTOR] = 0.0
    machine = sources.table == GENERATOR
    if machine.any():
        here = np.maximum(ratio[:, machine], 1e-12)
        kinds = (sources.subtransient[machine], sources.synchronous[machine], sources.sine[machine])
        share[:, machine] = factors.excitation_factor(here, *kinds, excitation) / here
    return np.abs((share * partial).sum(axis=1))
