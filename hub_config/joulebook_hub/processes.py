"""Finding and ending the processes of one hub.

Every process of a hub carries the hub's mark in its environment: the hub, the proxy, the culler, single-user servers,
their kernels and whatever these start. The mark is found again after any of the parents died, where a tree of
parents and children, a process group or a list of pids would have lost it.
"""

from __future__ import annotations

import os
import signal
import time

import psutil

__all__ = ["MARK", "end_all", "is_same_process", "marked", "members"]

MARK = "JOULEBOOK_HUB_INSTANCE"


def members(instance: str) -> list[psutil.Process]:
    """Living processes that carry a hub's mark, this one and the dead-but-unreaped excepted.

    Parameters
    ----------
    instance : str
        The mark, see `StateFolder.instance`.

    Returns
    -------
    list of psutil.Process
        In the order of their process ids.
    """
    return [process for process, value in marked(MARK) if value == instance]


def marked(mark: str) -> list[tuple[psutil.Process, str]]:
    """Living processes that carry a variable in their environment, this one and the dead-but-unreaped excepted.

    Parameters
    ----------
    mark : str
        Name of the variable.

    Returns
    -------
    list of (psutil.Process, str)
        Each with the variable's value.
    """
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            value = process.environ().get(mark)
            if value is not None and process.status() != psutil.STATUS_ZOMBIE:
                found.append((process, value))
        except (psutil.Error, OSError):
            continue
    return found


def is_same_process(pid: int, started: float) -> bool:
    """Tell whether a process id still means the process that was noted, not a later one with the same number.

    Parameters
    ----------
    pid : int
        The process id.
    started : float
        When that process started, s since 1970.

    Returns
    -------
    bool
        True if it runs.
    """
    try:
        process = psutil.Process(pid)
        return bool(abs(process.create_time() - started) < 1.0 and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.Error:
            continue


def end_all(instance: str, *, patience: float = 6.0) -> int:
    """End every process that carries a hub's mark: ask, wait, then kill; also what was started in the meantime.

    Parameters
    ----------
    instance : str
        The mark.
    patience : float
        Time to end by themselves, s.

    Returns
    -------
    int
        How many were found at first.
    """
    first = members(instance)
    _signal(first, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while members(instance) and time.monotonic() < deadline:
        psutil.wait_procs(members(instance), timeout=0.2)
    deadline = time.monotonic() + 5.0
    while time.monotonic() < deadline:
        rest = members(instance)
        if not rest:
            break
        _signal(rest, signal.SIGKILL)
        psutil.wait_procs(rest, timeout=0.2)
    return len(first)
