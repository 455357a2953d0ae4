"""Partial currents of named faults, put together for a result."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.faults.model import FaultModel
from joulebook.grid.faults.nodes import BASE_POWER
from joulebook.grid.faults.options import FaultOptions
from joulebook.grid.faults.partial import (
    columns_of,
    in_phases,
    phase_turns,
    source_currents,
    terminal_currents,
    terminals,
)
from joulebook.grid.faults.results import Partial
from joulebook.grid.faults.sources import SOURCE_TABLES

__all__ = ["partial_currents"]

Complexes = NDArray[np.complex128]


def partial_currents(
    model: FaultModel, options: FaultOptions, rows: NDArray[np.int32], sequences: Complexes
) -> Partial:
    """Compute what branches and sources carry.

    Parameters
    ----------
    model : FaultModel
        The network.
    options : FaultOptions
        What is asked.
    rows : ndarray of int, shape (p,)
        Places.
    sequences : ndarray of complex, shape (3, p), kA
        Into the fault.

    Returns
    -------
    Partial
        Currents in kA, by phase.
    """
    places = model.nodes.places[rows]
    inside = places >= 0
    at = places[inside]
    base = BASE_POWER / (np.sqrt(3.0) * model.nodes.nominal) * 1e-3
    labels, node = terminals(model)
    sources = model.sources
    branch = np.zeros((3, at.size, node.size), np.complex128)
    feed = np.zeros((3, at.size, sources.node.size), np.complex128)
    parts = {1: model.positive, 2: model.negative}
    if model.zero is not None:
        parts[0] = model.zero
    for k, solved in parts.items():
        current = sequences[k][inside] / base[at]
        if k == 2 and options.fault == "3ph":
            continue
        columns = columns_of(model, solved, at, units=k != 0)
        branch[k] = terminal_currents(model, solved, at, columns, current)
        feed[k] = source_currents(model, solved, at, columns, current)
    turns = phase_turns(model, at)
    open_ends = node < 0
    branch = in_phases(branch * np.append(base, 0.0)[node], np.where(open_ends, 0.0, turns[:, node]))
    feed = in_phases(feed * base[sources.node], turns[:, sources.node])
    names = [
        f"{SOURCE_TABLES[table]}/{getattr(model.nodes.network, SOURCE_TABLES[table]).ids[row]}"
        for table, row in zip(sources.table, sources.row, strict=True)
    ]
    return Partial(
        branch_labels=tuple(labels),
        source_labels=tuple(names),
        branch=_spread(branch, inside),
        source=_spread(feed, inside),
    )


def _spread(found: Complexes, inside: NDArray[np.bool_]) -> Complexes:
    """Phases last, and a row of NaN for places that are out of service."""
    whole = np.full((inside.size, found.shape[2], 3), np.nan + 0j)
    whole[inside] = np.moveaxis(found, 0, 2)
    return whole
