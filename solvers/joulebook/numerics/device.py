"""The one place that decides where loops run and how they are compiled.

Device, number of threads, fast-math flags, block size and what counts as a batch worth a GPU are decided here.
Nothing else in Joulebook asks Numba for any of it.
"""

from __future__ import annotations

import enum
import functools
import os
from collections.abc import Callable
from typing import Any

import numba
from numba.core import config

from joulebook.numerics import machine_code

__all__ = [
    "BLOCK_SIZE",
    "FASTMATH",
    "SMALLEST_GPU_BATCH",
    "Device",
    "choose",
    "compile_inner",
    "compile_loop",
    "cuda_simulated",
    "gpu_present",
    "jit",
    "largest_gpu_batch",
    "threads",
]

FASTMATH = frozenset({"nsz", "arcp", "contract", "afn", "reassoc"})
"""Freedom given to the compiler. Not-a-number and infinity keep their meaning: loops test for them."""
BLOCK_SIZE = 64
"""CUDA threads per block; one thread solves one case."""
SMALLEST_GPU_BATCH = 64
"""Fewer cases than this are faster on the CPU, for each is a serial recurrence."""

MEMORY_SHARE = "JOULEBOOK_GPU_MEMORY_SHARE"
"""Variable with the part of a GPU's memory that this process may use; set where a hub lends one card to several."""
_MARGIN = 0.9
"""Part of the memory that arrays may take; the rest is for code and for the driver."""


class Device(enum.Enum):
    """Where array code runs."""

    CPU = "cpu"
    GPU = "gpu"


@functools.cache
def gpu_present() -> bool:
    """Look for a CUDA device.

    Returns
    -------
    bool
        True with a device, and under the CUDA simulator; False in a kernel that was started for the CPU, which
        ``JOULEBOOK_DEVICE=cpu`` says, for it has no lease of a card.
    """
    if cuda_simulated():
        return True
    if os.environ.get("JOULEBOOK_DEVICE") == "cpu":
        return False
    try:
        from numba import cuda

        return bool(cuda.is_available())  # type: ignore[no-untyped-call]
    except Exception:  # a broken driver may raise anything, and means: no device
        return False


def memory_share() -> float:
    """Part of the GPU's memory that this process may use.

    Returns
    -------
    float
        1 for a card of one's own.
    """
    try:
        share = float(os.environ.get(MEMORY_SHARE, "1"))
    except ValueError:
        return 1.0
    return share if 0.0 < share <= 1.0 else 1.0


def largest_gpu_batch(case_bytes: int) -> int:
    """Count the cases that fit into this process's part of the GPU's memory at the same time.

    Parameters
    ----------
    case_bytes : int
        What the arrays of one case take.

    Returns
    -------
    int
        At least 1.
    """
    from numba import cuda

    free, total = cuda.current_context().get_memory_info()  # type: ignore[no-untyped-call]
    budget = _MARGIN * min(float(free), memory_share() * float(total))
    return max(1, int(min(budget / max(case_bytes, 1), 2.0**31)))


def cuda_simulated() -> bool:
    """Say whether CUDA code runs in Numba's simulator.

    Returns
    -------
    bool
        True where ``NUMBA_ENABLE_CUDASIM`` is set.
    """
    return bool(config.ENABLE_CUDASIM)  # type: ignore[attr-defined]


def threads() -> int:
    """Count the threads that parallel loops use.

    Returns
    -------
    int
        At least 1.
    """
    return int(numba.get_num_threads())


def choose(backend: str, n_cases: int = 1) -> Device | None:
    """Pick the device for some work.

    Parameters
    ----------
    backend : str
        ``"cpu"``, ``"gpu"``, or ``"auto"``: the GPU if there is one and the batch is worth it.
    n_cases : int
        Independent cases.

    Returns
    -------
    Device or None
        None if the device that was asked for is not there, or the word is unknown.
    """
    if backend == "cpu":
        return Device.CPU
    if backend == "gpu":
        return Device.GPU if gpu_present() else None
    if backend == "auto":
        wanted = n_cases >= SMALLEST_GPU_BATCH and not cuda_simulated() and gpu_present()
        return Device.GPU if wanted else Device.CPU
    return None


_SETTINGS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": set(FASTMATH)}


def compile_loop(function: Callable[..., Any], *, parallel: bool = False) -> Any:
    """Compile a loop that Python calls; the machine code is kept on disk.

    Parameters
    ----------
    function : callable
        Scalar Python over arrays.
    parallel : bool
        Whether it holds a ``prange`` over cases.

    Returns
    -------
    callable
        The compiled loop.
    """
    machine_code.adopt(function)
    settings: dict[str, Any] = {"cache": True, "parallel": parallel, "_nrt": parallel, **_SETTINGS}
    return numba.njit(**settings)(function)


def compile_inner(function: Callable[..., Any]) -> Any:
    """Compile a function that only compiled loops call; it becomes part of their machine code.

    References to arrays are not counted: the caller of the loop owns them all.

    Parameters
    ----------
    function : callable
        Scalar Python over arrays.

    Returns
    -------
    callable
        The compiled function.
    """
    settings: dict[str, Any] = {"forceinline": not getattr(function, "separate", False), "_nrt": False, **_SETTINGS}
    return numba.njit(**settings)(function)


def jit(*, parallel: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a self-contained loop; loops made of several functions go through :mod:`joulebook.numerics.twins`.

    Parameters
    ----------
    parallel : bool
        Whether it holds a ``prange``.

    Returns
    -------
    callable
        The decorator.
    """
    return functools.partial(compile_loop, parallel=parallel)


def limit_threads(n: int) -> None:
    """Set the number of threads that parallel loops use.

    Parameters
    ----------
    n : int
        Cut to what the machine was started with.
    """
    most = int(config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]
    numba.set_num_threads(max(1, min(n, most, os.cpu_count() or 1)))
