"""Save in time: be told when a kernel's GPU time comes to its end.

A hub lends GPUs for limited hours. When they are used up, a kernel has five minutes to save; then it is interrupted,
and half a minute later ended. The server writes what is left into a small file (``JOULEBOOK_LEASE_FILE``), which is
read here once a second. In a kernel without such a file, on any machine, nothing ends and nothing is read.

`on_ending` registers a function that saves, with one call; it runs in a thread of its own, so it runs while compiled
code is computing, and must only read what that code writes. A loop that has a good place to save asks `ending`.
Sweeps do both by themselves (:func:`joulebook.core.sweeps.run_sweep`).
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["VARIABLE", "Ending", "ending", "on_ending", "saving"]

VARIABLE = "JOULEBOOK_LEASE_FILE"
_LOOK = 1.0
_FRESH = 0.5
_STAGES = ("grace", "interrupt")


@dataclass(frozen=True)
class Ending:
    """The GPU time of this kernel comes to its end.

    Parameters
    ----------
    stage : str
        ``"grace"``, or ``"interrupt"`` once the kernel has been interrupted.
    seconds_left : float
        Until the interrupt, s; 0 after it.
    """

    stage: str
    seconds_left: float


def _look() -> Ending | None:
    path = os.environ.get(VARIABLE)
    if not path:
        return None
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        stage, until = found.get("stage"), found.get("until")
        if stage not in _STAGES:
            return None
        return Ending(stage, max(float(until) - time.time(), 0.0) if until is not None else 0.0)
    except (OSError, ValueError, TypeError, AttributeError):
        return None


@dataclass
class _Watch:
    """Callbacks and the thread that looks for them."""

    lock: threading.Lock
    saves: dict[int, Callable[[Ending], object]]
    told: set[int]
    number: int = 0
    thread: threading.Thread | None = None
    seen: tuple[float, Ending | None] = (-1.0, None)

    def add(self, save: Callable[[Ending], object]) -> int:
        with self.lock:
            self.number += 1
            self.saves[self.number] = save
            if os.environ.get(VARIABLE) and (self.thread is None or not self.thread.is_alive()):
                self.thread = threading.Thread(target=self.run, name="joulebook-checkpoint", daemon=True)
                self.thread.start()
            return self.number

    def remove(self, key: int) -> None:
        with self.lock:
            self.saves.pop(key, None)
            self.told.discard(key)

    def run(self) -> None:
        while True:
            found = _look()
            with self.lock:
                if not self.saves:
                    self.thread = None
                    return
                if found is None:
                    self.told.clear()
                due = {} if found is None else {k: save for k, save in self.saves.items() if k not in self.told}
                self.told.update(due)
            for save in due.values():
                if found is not None:
                    _call(save, found)
            time.sleep(_LOOK)


def _call(save: Callable[[Ending], object], found: Ending) -> None:
    try:
        save(found)
    except Exception:  # one that cannot save must not keep the others from it
        logging.getLogger("joulebook").exception("A checkpoint could not be saved")


_watch = _Watch(threading.Lock(), {}, set())


def ending() -> Ending | None:
    """Tell whether this kernel's GPU time comes to its end; cheap enough for every turn of a loop.

    Returns
    -------
    Ending or None
        None while there is time, and everywhere outside a hub's GPU kernels.

    Examples
    --------
    >>> from joulebook.core import checkpoint
    >>> checkpoint.ending() is None
    True
    """
    at, found = _watch.seen
    now = time.monotonic()
    if at < 0 or now - at >= _FRESH:
        found = _look()
        _watch.seen = (now, found)
    return found


def on_ending(save: Callable[[Ending], object]) -> Callable[[], None]:
    """Register a function that saves when the GPU time comes to its end.

    It is called once in each grace period, in a thread; a fault in it is logged and stops nothing.

    Parameters
    ----------
    save : callable
        Takes the :class:`Ending`.

    Returns
    -------
    callable
        Takes the registration back.

    Examples
    --------
    >>> from joulebook.core import checkpoint
    >>> stop = checkpoint.on_ending(lambda ending: print("saved"))
    >>> stop()
    """
    key = _watch.add(save)
    return lambda: _watch.remove(key)


@contextmanager
def saving(save: Callable[[Ending], object]) -> Iterator[None]:
    """Register a function while a block runs; see `on_ending`.

    Parameters
    ----------
    save : callable
        Takes the :class:`Ending`.

    Yields
    ------
    None
        While it is registered.
    """
    stop = on_ending(save)
    try:
        yield
    finally:
        stop()
