"""Ending the processes of attempts on this machine, so that the next attempt of a job never meets them."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

import psutil

from joulebook_hub import processes
from joulebook_hub.jobs.setting import JOB_MARK

__all__ = ["end_processes", "is_gone", "is_starting", "lives"]


def end_processes(key: str, *, below: int = 0, only: int = 0) -> None:
    """End every process of some attempts of a job on this machine, and wait until they are gone.

    Parameters
    ----------
    key : str
        The job.
    below : int
        Attempts with smaller numbers.
    only : int
        This attempt.
    """
    deadline = time.monotonic() + 10.0
    while time.monotonic() < deadline:
        found = []
        for process, value in processes.marked(JOB_MARK):
            name, _, number = value.rpartition(".")
            if name == key and number.isdigit() and (int(number) < below or int(number) == only):
                found.append(process)
        if not found:
            return
        for process in found:
            try:
                process.kill()
            except psutil.Error:
                continue
        psutil.wait_procs(found, timeout=1.0)


def is_starting(key: str, attempt: int) -> bool:
    """Tell whether a process of an attempt is on this machine.

    Parameters
    ----------
    key : str
        The job.
    attempt : int
        The attempt.

    Returns
    -------
    bool
        True if one is.
    """
    return any(value == f"{key}.{attempt}" for _, value in processes.marked(JOB_MARK))


def is_gone(begun: Mapping[str, Any]) -> bool:
    """Tell whether the runner that took an attempt on this machine is gone.

    Parameters
    ----------
    begun : mapping
        What was noted at its begin.

    Returns
    -------
    bool
        True also where the note makes no sense, or is this process's own: a worker took it so that nobody else does.
    """
    try:
        pid, started = int(begun["pid"]), float(begun["started"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return True
    return pid == os.getpid() or not processes.is_same_process(pid, started)


def lives(worker: str) -> bool:
    """Tell whether a worker of this machine lives.

    Parameters
    ----------
    worker : str
        Its name.

    Returns
    -------
    bool
        False if its process is gone.
    """
    parts = worker.split("|")
    try:
        return processes.is_same_process(int(parts[2]), float(parts[3]))
    except (IndexError, ValueError):
        return False
