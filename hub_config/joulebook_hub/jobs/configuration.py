"""The worker of jobs in JupyterHub's configuration: a service without an address and without any power over the hub."""

from __future__ import annotations

import os
import sys
from typing import Any

from joulebook_hub.jobs import containers, notices, units
from joulebook_hub.jobs.setting import KEPT, RUNS_JOBS, VARIABLES, WorkerSettings
from joulebook_hub.settings import HubSettings
from joulebook_hub.spawners import hub_variables

__all__ = ["GATEWAY", "RUNS_JOBS", "WORKER", "roles", "runs_jobs", "services"]

WORKER = "joulebook-worker"
GATEWAY = "dask-gateway"
"""Name by which a Dask Gateway knows whose tokens it takes."""
PROFILES = ("local", "docker", "kubernetes", "systemd")
"""Profiles with jobs."""
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
        True in the local profile, where a worker reaches the workspaces as their owner, and with Docker and systemd,
        where each attempt has a container or unit as its person's server has; unless JOULEBOOK_JOBS=off. In Kubernetes
        the worker has a pod of its own, so there only with JOULEBOOK_JOBS=on.
    """
    told = settings.environment.get(RUNS_JOBS) or ("off" if settings.profile == "kubernetes" else "on")
    return settings.profile in PROFILES and told != "off"


def services(settings: HubSettings) -> list[dict[str, Any]]:
    """Describe the worker to JupyterHub, and the Dask Gateway where it asks this hub who comes.

    Parameters
    ----------
    settings : HubSettings
        The settings; those of the worker are checked here, before the hub starts.

    Returns
    -------
    list of dict
        For ``JupyterHub.services``.
    """
    command = [
        *(sys.executable, "-m", "joulebook_hub.keeper", str(os.getpid()), "--"),
        *(sys.executable, "-m", "joulebook_hub.jobs.worker"),
    ]
    home = {"JOULEBOOK_HOME": str(settings.folder.root), "JOULEBOOK_PROFILE": settings.profile}
    given = _given(settings)
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    variables = {**kept, **given, **hub_variables(settings.folder.instance, settings.folder.leases), **home}
    variables |= {"JOULEBOOK_STORE_URL": settings.store_url}
    worker = {"name": WORKER, "command": command, "environment": variables, "display": False}
    workers = [] if settings.profile == "kubernetes" else [worker]  # there the charts have its process and its token
    return [*workers, {"name": GATEWAY, "display": False}] if _shows_its_token(settings) else workers


def roles(settings: HubSettings) -> list[dict[str, Any]]:
    """What the worker may do at the hub: nothing, but show its token to a Dask Gateway that asks the hub.

    Parameters
    ----------
    settings : HubSettings
        The settings.

    Returns
    -------
    list of dict
        For ``JupyterHub.load_roles``.
    """
    if not _shows_its_token(settings):
        return []
    return [{"name": WORKER, "scopes": [f"access:services!service={GATEWAY}"], "services": [WORKER]}]


def _given(settings: HubSettings) -> dict[str, str]:
    place = {"docker": containers.VARIABLES, "systemd": units.VARIABLES}.get(settings.profile, ())
    named = (*_PLANS, *VARIABLES, *notices.VARIABLES, *place)
    return {name: settings.environment[name] for name in named if settings.environment.get(name)}


def _shows_its_token(settings: HubSettings) -> bool:
    home = {"JOULEBOOK_HOME": str(settings.folder.root), "JOULEBOOK_PROFILE": settings.profile}
    gateway = WorkerSettings.from_environment({**_given(settings), **home}).gateway
    return gateway is not None and gateway.sign_in == "jupyterhub" and not gateway.secret_file
