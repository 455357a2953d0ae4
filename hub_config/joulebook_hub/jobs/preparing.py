"""Putting an attempt's order together: what its runner runs, where, and with which variables."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from joulebook_hub.housing.dwellings import Dwelling
from joulebook_hub.jobs.files import RESULTS, JobFiles, name_of
from joulebook_hub.jobs.orders import Notebook, Report, Sweep, work_of
from joulebook_hub.jobs.setting import JOB_MARK, WorkerSettings
from joulebook_hub.jobs.spool import Spool
from joulebook_hub.workspaces import Workspaces

__all__ = ["ATTEMPT", "Lodging", "prepare"]

ATTEMPT = "/run/joulebook/attempt"
"""Where an attempt that runs as its person sees its folder."""


@dataclass(frozen=True)
class Lodging:
    """Where an attempt runs as its person, within walls.

    Parameters
    ----------
    given : Dwelling
        What the person is given.
    attempt : str
        Where the attempt's folder is inside.
    python : str
        The interpreter inside.
    """

    given: Dwelling
    attempt: str = ATTEMPT
    python: str = "python"


def prepare(
    settings: WorkerSettings,
    row: Row[Any],
    order: Report | Notebook | Sweep,
    spool: Spool,
    *,
    lodging: Lodging | None,
    processors: float | None,
) -> Path | None:
    """Write an attempt's order into its folder.

    Parameters
    ----------
    settings : WorkerSettings
        Folders and variables.
    row : Row
        The job.
    order : Report, Notebook or Sweep
        What it asks for.
    spool : Spool
        The attempt's folder.
    lodging : Lodging, optional
        Where it runs as its person; None where it runs as the hub's user.
    processors : float, optional
        Processors that a sweep's own cluster may use; None where the cluster is elsewhere.

    Returns
    -------
    Path or None
        The folder for results. None where the attempt makes it itself: the hub touches nothing in a workspace that is
        not its own.
    """
    mark = f"{row.key}.{row.attempt}"
    if lodging is None:
        files = JobFiles(Workspaces(settings.workspaces), row.user)
        file = files.find(order.file)
        results = files.results(row.title, row.key, row.attempt, row.submitted)
        variables = settings.of_job(row.user, files.home, results, mark)
    else:
        home = Path(lodging.given.home.target)
        file = home / order.file
        results = home / RESULTS / name_of(row.title, row.key, row.attempt, row.submitted)
        variables = {
            JOB_MARK: mark,
            "JOULEBOOK_RESULTS": str(results),
            "CUDA_VISIBLE_DEVICES": "",
            "PYTHONUNBUFFERED": "1",
            **lodging.given.environment,
        }
    work = work_of(order, file, results)
    command = work.command
    if work.cluster is not None and processors is not None:
        command, variables = settings.with_cluster(command, variables, order, processors)
    content = {
        "command": command,
        "cwd": work.folder,
        "environment": variables,
        "results": str(results),
        "limit": order.limit,
        "grace": settings.grace,
        "nice": 5,
    }
    if lodging is None:
        spool.prepare(content)
        return results
    inside = [lodging.python if word == sys.executable else word for word in command]
    spool.prepare({**content, "command": inside, "file": str(file), "home": lodging.given.home.target})
    spool.open_to(lodging.given.uid, lodging.given.gid)
    return None
