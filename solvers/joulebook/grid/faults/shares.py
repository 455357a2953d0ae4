"""Partial currents of named faults, put together for a result."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.faults.model import FaultModel, drive_voltage
from joulebook.grid.faults.nodes import BASE_POWER
from joulebook.grid.faults.options import FaultOptions
from joulebook.grid.faults.partial import (
    columns_of,
    converter_voltages,
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
    first = columns_of(model, model.positive, at)
    added, extra, own = converter_voltages(model, at, first)
    grow = 1.0 + added / drive_voltage(model, options, at)
    for k, solved in parts.items():
        current = sequences[k][inside] / base[at] * grow
        if k == 2 and options.fault == "3ph":
            continue
        columns = first if solved is model.positive else columns_of(model, solved, at, units=k != 0)
        voltage = -columns * current[:, None] + (extra if k == 1 else 0.0)
        branch[k] = terminal_currents(model, solved, at, voltage)
        feed[k] = source_currents(model, solved, at, voltage)
    turns = np.concatenate((phase_turns(model, at), np.zeros((at.size, 1))), axis=1)  # the last one of open ends
    branch = in_phases(branch * np.append(base, 0.0)[node], turns[:, node])
    place = np.concatenate((sources.node, model.converters[1]))
    feed = np.concatenate((feed, np.stack((0 * own, own, 0 * own))), axis=2)
    feed = in_phases(feed * base[place], turns[:, place])
    names = [
        f"{SOURCE_TABLES[table]}/{getattr(model.nodes.network, SOURCE_TABLES[table]).ids[row]}"
        for table, row in zip(sources.table, sources.row, strict=True)
    ]
    names += [f"converters/{model.nodes.network.converters.ids[row]}" for row in model.converters[0]]
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
