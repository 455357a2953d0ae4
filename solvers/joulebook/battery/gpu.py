"""Many cells at once on a GPU: one thread marches one case with the same loop as on the CPU.

The case is the last index of every array, so that neighbouring threads read neighbouring numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from joulebook.battery.stepping import integrate
from joulebook.numerics.device import BLOCK_SIZE

__all__ = ["integrate_kernel", "run_on_gpu"]

_SHARED = ("ocp", "electrolyte")
_RESULTS = ("past", "concentration", "run", "trace", "status")


def integrate_kernel(
    settings: Any,
    nodes: Any,
    shells: Any,
    ocp: Any,
    electrolyte: Any,
    past: Any,
    concentration: Any,
    work: Any,
    run: Any,
    trace: Any,
    profiles: Any,
    status: Any,
) -> None:
    """March the case of this thread.

    Parameters
    ----------
    settings, nodes, shells, past, concentration, work, run, trace, profiles : device array, shape (..., n_cases), mixed
        As for :func:`joulebook.battery.stepping.integrate`, the case last.
    ocp, electrolyte : device array, mixed
        Tables, common to all cases.
    status : device array of int, shape (n_cases,), 1
        Filled with status codes.
    """
    case = cuda.grid(1)
    if case < status.shape[0]:
        status[case] = integrate(
            settings[:, case],
            nodes[:, :, case],
            shells[:, :, :, case],
            ocp,
            electrolyte,
            past[:, :, :, case],
            concentration[:, :, :, case],
            work[:, :, case],
            run[:, case],
            trace[:, :, case],
            profiles[:, :, :, case],
        )


def run_on_gpu(batch: dict[str, NDArray[Any]]) -> None:
    """March every case of a batch on the GPU.

    Parameters
    ----------
    batch : dict of str to ndarray, shape (n_cases, ...), mixed
        The arguments of :func:`integrate_kernel` by name, the case first; results are written back into it.
    """
    from joulebook.battery.loops import BATCH

    n_cases = batch["status"].shape[0]
    placed = {}
    for name, values in batch.items():
        ordered = values if name in _SHARED else np.ascontiguousarray(np.moveaxis(values, 0, -1))
        placed[name] = cuda.to_device(ordered)
    blocks = -(-n_cases // BLOCK_SIZE)
    BATCH.cuda[blocks, BLOCK_SIZE](*placed.values())
    for name in _RESULTS:
        batch[name][...] = np.moveaxis(placed[name].copy_to_host(), -1, 0)
