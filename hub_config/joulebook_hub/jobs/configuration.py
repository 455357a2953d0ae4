"""The worker of jobs in JupyterHub's configuration: a service without an address and without any power over the hub."""

from __future__ import annotations

import os
import sys
from typing import Any

from joulebook_hub.jobs import notices
from joulebook_hub.jobs.setting import KEPT, RUNS_JOBS, VARIABLES, WorkerSettings
from joulebook_hub.settings import HubSettings
from joulebook_hub.spawners import hub_variables

__all__ = ["RUNS_JOBS", "WORKER", "runs_jobs", "worker_service"]

WORKER = "joulebook-worker"
_PLANS = ("JOULEBOOK_PLANS", "JOULEBOOK_DEFAULT_PLAN")


def runs_jobs(settings: HubSettings) -> bool:
    """Whether this hub runs jobs.

    Parameters
    ----------
    settings : HubSettings
        The settings.

    Returns
    -------
    bool
        True in the local profile, where a worker reaches the workspaces as their owner, unless JOULEBOOK_JOBS=off.
    """
    return settings.profile == "local" and settings.environment.get(RUNS_JOBS, "on") != "off"


def worker_service(settings: HubSettings) -> dict[str, Any]:
    """Describe the worker to JupyterHub. It gets no scope: it asks the store, never the hub.

    Parameters
    ----------
    settings : HubSettings
        The settings; those of the worker are checked here, before the hub starts.

    Returns
    -------
    dict
        For ``JupyterHub.services``.
    """
    command = [
        *(sys.executable, "-m", "joulebook_hub.keeper", str(os.getpid()), "--"),
        *(sys.executable, "-m", "joulebook_hub.jobs.worker"),
    ]
    home = {"JOULEBOOK_HOME": str(settings.folder.root)}
    named = (*_PLANS, *VARIABLES, *notices.VARIABLES)
    given = {name: settings.environment[name] for name in named if settings.environment.get(name)}
    WorkerSettings.from_environment({**given, **home})
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    variables = {**kept, **given, **hub_variables(settings.folder.instance, settings.folder.leases), **home}
    variables |= {"JOULEBOOK_STORE_URL": settings.store_url, "JOULEBOOK_PROFILE": settings.profile}
    return {"name": WORKER, "command": command, "environment": variables, "display": False}
