"""Solve many variants of a design: compiled batch or Dask client, the same numbers from both.

A domain hands in two functions: ``prepare(design)`` checks one variant and unpacks it to a row of floats, and
``solve(rows)`` solves many rows in compiled code. A variant that is not allowed, or does not solve, is listed
with its reason; the others keep their results. When the GPU time of the kernel comes to its end
(:mod:`joulebook.core.checkpoint`), what has been solved is handed out to be kept, at once and after each further chunk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from joulebook.core import checkpoint
from joulebook.core.design import Design
from joulebook.core.errors import JoulebookError
from joulebook.core.progress import Progress, check_cancelled

__all__ = ["FailedCase", "Solved", "SweepCases", "run_sweep"]

Row = TypeVar("Row")
_CHUNKS = 20
_SMALLEST_CHUNK = 16
_NOT_REACHED = "Not reached before the GPU time ended. Solve the case again."


@dataclass(frozen=True)
class FailedCase:
    """A case without a result.

    Parameters
    ----------
    case : int
        Its number.
    values : dict of str to float
        What was varied.
    reason : str
        Why there is no result, and what to try.
    """

    case: int
    values: dict[str, float]
    reason: str


@dataclass(frozen=True)
class Solved:
    """What compiled code gives back for some rows.

    Parameters
    ----------
    arrays : dict of str to ndarray, shape (n_rows, ...)
        Results; rows that failed hold NaN.
    reasons : sequence of str
        Empty for a row that was solved, otherwise why not.
    """

    arrays: dict[str, NDArray[Any]]
    reasons: Sequence[str]


@dataclass(frozen=True)
class SweepCases(Generic[Row]):
    """Results of all cases, in their order.

    Parameters
    ----------
    values : dict of str to ndarray, shape (n_cases,)
        What was varied.
    arrays : dict of str to ndarray, shape (n_cases, ...)
        Results; failed cases hold NaN.
    failed : tuple of FailedCase
        Cases without a result.
    """

    values: dict[str, NDArray[np.float64]]
    arrays: dict[str, NDArray[Any]]
    failed: tuple[FailedCase, ...]


def run_sweep(
    design: Design,
    values: Mapping[str, NDArray[np.float64]],
    prepare: Callable[[Any], Row],
    solve: Callable[[list[Row]], Solved],
    *,
    client: Any = None,
    progress: Progress,
    keep: Callable[[SweepCases[Row]], object] | None = None,
) -> SweepCases[Row]:
    """Solve all cases of a sweep.

    Parameters
    ----------
    design : Design
        What is varied.
    values : mapping of str to ndarray, shape (n_cases,)
        Dotted path to the value in each case.
    prepare : callable
        From a design to the row that ``solve`` takes.
    solve : callable
        From a list of rows to :class:`Solved`; must be importable by name for Dask.
    client : distributed.Client, optional
        Where to solve; this process where left out.
    progress : Progress
        Advanced by one per case; cancels between chunks.
    keep : callable, optional
        Takes the cases as far as they are solved when the kernel's GPU time comes to its end; the others are listed
        as failed.

    Returns
    -------
    SweepCases
        All cases; failed ones are listed.

    Raises
    ------
    CancelledError
        If a person cancelled.
    InputError
        If a path does not exist.
    """
    n_cases = len(next(iter(values.values())))
    rows: list[Row] = []
    good: list[int] = []
    failed: list[FailedCase] = []
    variant = design.variants(list(values))
    for case, changes in enumerate(zip(*(column.tolist() for column in values.values()), strict=True)):
        try:
            rows.append(prepare(variant(changes)))
            good.append(case)
        except JoulebookError as error:
            failed.append(FailedCase(case, dict(zip(values, changes, strict=True)), str(error)))
    progress.start(n_cases, "Sweep")
    progress.advance(n_cases - len(rows))
    solved: list[Solved] = []
    lock = threading.Lock()

    def save(_ending: object) -> None:
        with lock:
            if keep is not None and solved:
                keep(_gather(values, good, failed, solved[:]))

    try:
        with checkpoint.saving(save):
            for part in _solve_chunks(rows, solve, client, progress, solved):
                solved.append(part)
                if checkpoint.ending() is not None:
                    save(None)
    finally:
        progress.finish()
    return _gather(values, good, failed, solved)


def _gather(
    values: Mapping[str, NDArray[np.float64]], good: Sequence[int], failed: Sequence[FailedCase], solved: list[Solved]
) -> SweepCases[Any]:
    """Put together what has been solved; cases that were not reached are listed."""
    n_cases = len(next(iter(values.values())))
    reached = sum(len(part.reasons) for part in solved)
    arrays, reasons = _join(solved, good[:reached], n_cases)
    reasons |= dict.fromkeys(good[reached:], _NOT_REACHED)
    without = [FailedCase(k, {path: float(column[k]) for path, column in values.items()}, reasons[k]) for k in reasons]
    return SweepCases(dict(values), arrays, tuple(sorted([*failed, *without], key=lambda item: item.case)))


def _solve_chunks(
    rows: list[Row], solve: Callable[[list[Row]], Solved], client: Any, progress: Progress, done: list[Solved]
) -> Iterator[Solved]:
    """Solve one chunk after the other; the caller adds each to ``done``.

    Yields
    ------
    Solved
        Of each chunk.
    """
    size = max(_SMALLEST_CHUNK, -(-len(rows) // _CHUNKS))
    chunks = [rows[start : start + size] for start in range(0, len(rows), size)]
    if client is None:
        for chunk in chunks:
            check_cancelled(progress, done)
            yield solve(chunk)
            progress.advance(len(chunk))
        return
    futures = [client.submit(solve, chunk, pure=False) for chunk in chunks]
    try:
        for chunk, future in zip(chunks, futures, strict=True):
            check_cancelled(progress, done)
            yield future.result()
            progress.advance(len(chunk))
    finally:
        for future in futures[len(done) :]:
            future.cancel()


def _join(
    solved: Sequence[Solved], good: Sequence[int], n_cases: int
) -> tuple[dict[str, NDArray[Any]], dict[int, str]]:
    arrays: dict[str, NDArray[Any]] = {}
    reasons: dict[int, str] = {}
    if not solved:
        return arrays, reasons
    cases = np.asarray(good)
    for name in solved[0].arrays:
        stacked = np.concatenate([part.arrays[name] for part in solved])
        full = np.full((n_cases, *stacked.shape[1:]), np.nan)
        full[cases] = stacked
        arrays[name] = full
    texts = [text for part in solved for text in part.reasons]
    reasons.update((case, text) for case, text in zip(good, texts, strict=True) if text)
    return arrays, reasons
