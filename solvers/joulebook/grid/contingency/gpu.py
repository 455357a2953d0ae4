"""Outages on a GPU: one thread solves one outage with the same loop as on the CPU.

The base case is shared; what an outage works in has the outage as its last index, so that neighbouring threads read
neighbouring numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from joulebook.grid.contingency.base_case import BaseCase, room_for
from joulebook.grid.contingency.outage_arrays import PENDING, Base, Room
from joulebook.grid.contingency.outage_loop import OUTAGES, one_outage
from joulebook.grid.plan import NodeData
from joulebook.numerics.block_lu import BlockFactors, FactorPattern
from joulebook.numerics.device import BLOCK_SIZE, largest_gpu_batch

__all__ = ["LARGEST_ROOM", "outage_kernel", "run_on_gpu"]

LARGEST_ROOM = 4_000_000_000
"""Bytes that the outages of one launch may work in."""


def outage_kernel(
    start: Any,
    index: Any,
    admittance: Any,
    lower_start: Any,
    lower_index: Any,
    upper_start: Any,
    upper_index: Any,
    lower: Any,
    upper: Any,
    diagonal: Any,
    column: Any,
    parent: Any,
    active: Any,
    reactive: Any,
    active_current: Any,
    reactive_current: Any,
    magnitude: Any,
    voltage: Any,
    kind: Any,
    ends: Any,
    entries: Any,
    branch_values: Any,
    limits: Any,
    low: Any,
    high: Any,
    own_admittance: Any,
    own_magnitude: Any,
    own_voltage: Any,
    residual: Any,
    step: Any,
    way: Any,
    place: Any,
    left: Any,
    right: Any,
    small: Any,
    little: Any,
    at: Any,
    last: Any,
    taken: Any,
    out: Any,
    settings: Any,
    values: Any,
    status: Any,
) -> None:
    """Solve the outage of this thread.

    Parameters
    ----------
    start, index, admittance, lower_start, lower_index, upper_start, upper_index, lower, upper : device array
        The base case, as in :class:`joulebook.grid.contingency.outage_arrays.Base`.
    diagonal, column, parent, active, reactive, active_current, reactive_current, magnitude, voltage : device array
        The same.
    kind, ends, entries, branch_values, limits, low, high : device array
        The same.
    own_admittance, own_magnitude, own_voltage, residual, step, way, place, left, right : device array
        As in :class:`joulebook.grid.contingency.outage_arrays.Room`, with the outage last.
    small, little, at, last, taken : device array
        The same.
    out : device array of int32, shape (n_cases, 2)
        Branches of each outage.
    settings : device array, shape (2,)
        Tolerance and most iterations.
    values : device array, shape (n_cases, N_VALUES)
        Filled.
    status : device array of int64, shape (n_cases,)
        Filled where it is pending.
    """
    case = cuda.grid(1)
    if case < status.shape[0] and status[case] == PENDING:
        base = Base(
            start,
            index,
            admittance,
            FactorPattern(lower_start, lower_index, upper_start, upper_index),
            BlockFactors(lower, upper, diagonal, diagonal),
            column,
            parent,
            NodeData(active, reactive, active_current, reactive_current),
            magnitude,
            voltage,
            kind,
            ends,
            entries,
            branch_values,
            limits,
            low,
            high,
        )
        room = Room(
            own_admittance[:, :, case],
            own_magnitude[:, case],
            own_voltage[:, :, case],
            residual[:, :, case],
            step[:, :, case],
            way[:, case],
            place[:, case],
            left[:, :, :, case],
            right[:, :, :, case],
            small[:, :, :, case],
            little[:, :, case],
            at[:, case],
            last[:, :, case],
            taken[:, :, case],
        )
        status[case] = one_outage(base, room, out[case], settings, values[case])


def run_on_gpu(
    case: BaseCase,
    out: NDArray[np.int32],
    settings: NDArray[np.float64],
    values: NDArray[np.float64],
    status: NDArray[np.int64],
) -> None:
    """Solve outages on the GPU, as many at once as its memory may take.

    Parameters
    ----------
    case : BaseCase
        The base case.
    out : ndarray of int32, shape (n_cases, 2)
        Branches of each outage.
    settings : ndarray, shape (2,)
        Tolerance and most iterations.
    values : ndarray, shape (n_cases, N_VALUES)
        Filled.
    status : ndarray of int64, shape (n_cases,)
        Filled where it is pending.
    """
    base = case.base
    shared = [
        base.start,
        base.index,
        base.admittance,
        *base.pattern,
        base.factors.lower,
        base.factors.upper,
        base.factors.diagonal,
        base.column,
        base.parent,
        *base.nodes,
        base.magnitude,
        base.voltage,
        base.kind,
        base.ends,
        base.entries,
        base.values,
        base.limits,
        base.low,
        base.high,
    ]
    placed = [cuda.to_device(np.ascontiguousarray(item)) for item in shared]
    room = room_for(case)
    size = sum(array.nbytes for array in room)
    at_once = max(1, min(len(out), LARGEST_ROOM // size, largest_gpu_batch(size)))
    own = [cuda.to_device(np.repeat(array[..., None], at_once, axis=-1)) for array in room]
    chosen = cuda.to_device(settings)
    for first in range(0, len(out), at_once):
        part = slice(first, min(first + at_once, len(out)))
        found, codes = cuda.to_device(values[part]), cuda.to_device(status[part])
        blocks = -(-(part.stop - part.start) // BLOCK_SIZE)
        branches = cuda.to_device(np.ascontiguousarray(out[part]))
        OUTAGES.cuda[blocks, BLOCK_SIZE](*placed, *own, branches, chosen, found, codes)
        values[part], status[part] = found.copy_to_host(), codes.copy_to_host()
