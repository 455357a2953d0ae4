"""Many cells at once on a GPU: one thread marches one case with the same loop as on the CPU.

The case is the last index of every array, so that neighbouring threads read neighbouring numbers. An array that all
cases share has one entry there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from joulebook.battery.batch import own
from joulebook.battery.follow import follow
from joulebook.battery.layout import Arena
from joulebook.numerics.device import BLOCK_SIZE, largest_gpu_batch

__all__ = ["follow_kernel", "run_on_gpu"]

_RESULTS = ("past", "states", "concentration", "reactions", "run", "trace", "marks", "settings")


def follow_kernel(
    settings: Any,
    nodes: Any,
    sites: Any,
    shells: Any,
    laws: Any,
    salts: Any,
    films: Any,
    rows: Any,
    series: Any,
    past: Any,
    states: Any,
    concentration: Any,
    work: Any,
    reactions: Any,
    factors: Any,
    liquid: Any,
    run: Any,
    trace: Any,
    profiles: Any,
    marks: Any,
    status: Any,
) -> None:
    """March the case of this thread.

    Parameters
    ----------
    settings, nodes, sites, shells, laws, salts, films, rows, series : device array, shape (..., n_cases), mixed
        What a case is made of, as in :class:`joulebook.battery.layout.Arena`, the case last.
    past, states, concentration, work, reactions, factors, liquid, run : device array, shape (..., n_cases), mixed
        What changes in time.
    trace, profiles, marks : device array, shape (..., n_cases), mixed
        What is handed out.
    status : device array of int, shape (n_cases,), 1
        Filled with status codes.
    """
    case = cuda.grid(1)
    if case < status.shape[0]:
        status[case] = follow(
            Arena(
                settings[:, case],
                nodes[:, :, case],
                sites[:, :, case],
                shells[:, :, :, case],
                laws[:, :, own(case, laws.shape[2])],
                salts[:, :, :, own(case, salts.shape[3])],
                films[:, :, case],
                rows[:, :, own(case, rows.shape[2])],
                series[:, :, own(case, series.shape[2])],
                past[:, :, :, case],
                states[:, :, :, case],
                concentration[:, :, :, case],
                work[:, :, case],
                reactions[:, :, case],
                factors[:, :, :, case],
                liquid[:, :, own(case, liquid.shape[2])],
                run[:, case],
                trace[:, :, case],
                profiles[:, :, :, case],
                marks[:, :, case],
            )
        )


def run_on_gpu(arena: Arena, status: NDArray[np.int64]) -> None:
    """March every case of a batch on the GPU, in pieces where the memory does not hold all.

    Parameters
    ----------
    arena : Arena
        As for :func:`joulebook.battery.batch.follow_cases`, the case first; results are written back into it.
    status : ndarray of int, shape (n_cases,), 1
        Filled with status codes.
    """
    count = status.shape[0]
    case_bytes = sum(values.nbytes // count for values in arena if values.shape[0] == count)
    size = largest_gpu_batch(case_bytes)
    for first in range(0, count, size):
        piece = slice(first, first + size)
        own_or_shared = (values[piece] if values.shape[0] == count else values for values in arena)
        _run_piece(Arena(*own_or_shared), status[piece])


def _run_piece(arena: Arena, status: NDArray[np.int64]) -> None:
    """March cases that fit into the memory together; arrays are views, so results land where they belong."""
    from joulebook.battery.loops import BATCH

    placed = {
        name: cuda.to_device(np.ascontiguousarray(np.moveaxis(values, 0, -1)))
        for name, values in arena._asdict().items()
    }
    codes = cuda.to_device(status)
    blocks = -(-status.shape[0] // BLOCK_SIZE)
    BATCH.cuda[blocks, BLOCK_SIZE](*placed.values(), codes)
    for name in _RESULTS:
        getattr(arena, name)[...] = np.moveaxis(placed[name].copy_to_host(), -1, 0)
    status[...] = codes.copy_to_host()
