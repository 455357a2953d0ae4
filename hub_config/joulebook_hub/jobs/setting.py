"""What a worker is told by the hub's variables, and the environment that a job gets: nothing of the hub's secrets."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from joulebook_hub.errors import HubError
from joulebook_hub.jobs import gateway
from joulebook_hub.jobs.gateway import GatewaySettings
from joulebook_hub.jobs.orders import Notebook, Report, Sweep
from joulebook_hub.places import StateFolder
from joulebook_hub.processes import MARK

__all__ = ["JOB_MARK", "KEPT", "PATIENCE_WITH_PODS", "RUNS_JOBS", "VARIABLES", "WorkerSettings"]

JOB_MARK = "JOULEBOOK_JOB"
"""Variable that every process of an attempt carries: the job's identity, a dot, the attempt's number."""
RUNS_JOBS = "JOULEBOOK_JOBS"
"""Variable that is ``on`` where the hub runs jobs."""
VARIABLES = ("JOULEBOOK_DASK", "JOULEBOOK_JOBS_AT_ONCE", *gateway.VARIABLES)
KEPT = (
    *("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "NUMBA_CACHE_DIR", "PYTHONPATH", "SSL_CERT_FILE", "TZ"),
    *("VIRTUAL_ENV", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"),
)
"""Variables of the hub's own environment that a job gets as well."""
_ADDRESS = re.compile(r"(?:tcp|tls|ws|wss)://[A-Za-z0-9.\-_\[\]:/]{1,200}")
_MOST_AT_ONCE = 256
_PATIENCE = 30.0
PATIENCE_WITH_PODS = 600.0
"""s; for so long a pod may wait for a machine and for its image."""


@dataclass(frozen=True)
class WorkerSettings:
    """A worker's settings.

    Parameters
    ----------
    home : Path
        The hub's folder.
    at_once : int
        Attempts that run at the same time (JOULEBOOK_JOBS_AT_ONCE; half the processors when left out).
    dask : str
        Address of a Dask scheduler (JOULEBOOK_DASK); empty to run attempts on this machine.
    grace : float
        s from SIGINT to SIGKILL.
    gateway : GatewaySettings, optional
        The Dask Gateway that gives sweeps their clusters (JOULEBOOK_DASK, too).
    profile : str
        How people are kept apart (JOULEBOOK_PROFILE).
    """

    home: Path
    at_once: int = 1
    dask: str = ""
    grace: float = 8.0
    gateway: GatewaySettings | None = None
    profile: str = "local"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> WorkerSettings:
        """Read the variables.

        Parameters
        ----------
        environment : mapping of str to str
            With JOULEBOOK_HOME and those of `VARIABLES`.

        Returns
        -------
        WorkerSettings
            Checked.

        Raises
        ------
        HubError
            If one is wrong.
        """
        cores = os.process_cpu_count() if hasattr(os, "process_cpu_count") else len(os.sched_getaffinity(0))
        given = environment.get("JOULEBOOK_JOBS_AT_ONCE") or str(max((cores or 1) // 2, 1))
        if not given.isdigit() or not 1 <= int(given) <= _MOST_AT_ONCE:
            message = f"JOULEBOOK_JOBS_AT_ONCE = {given!r}: use a whole number from 1 to {_MOST_AT_ONCE}."
            raise HubError(message, reason="bad_settings")
        chosen = GatewaySettings.from_environment(environment)
        dask = "" if chosen else environment.get("JOULEBOOK_DASK", "")
        if dask and not _ADDRESS.fullmatch(dask):
            message = (
                f"JOULEBOOK_DASK = {dask!r}: use the address of a scheduler, such as tcp://10.0.0.5:8786, or "
                "gateway+https:// and that of a Dask Gateway."
            )
            raise HubError(message, reason="bad_settings")
        profile = environment.get("JOULEBOOK_PROFILE") or "local"
        if dask and profile != "local":
            message = (
                f"JOULEBOOK_DASK = {dask!r}: processes of one Dask cluster keep no people apart. Name a Dask Gateway, "
                "or leave it out."
            )
            raise HubError(message, reason="bad_settings")
        root = StateFolder.from_environment(environment).root
        return cls(root, int(given), dask, gateway=chosen, profile=profile)

    @property
    def instance(self) -> str:
        """The hub's mark."""
        return StateFolder(self.home).instance

    @property
    def workspaces(self) -> Path:
        """The users' and groups' files."""
        return StateFolder(self.home).workspaces

    @property
    def spool(self) -> Path:
        """Folder of the attempts; in the tree of workspaces where others than the hub must find it."""
        return self.home / "jobs" if self.profile == "local" else self.workspaces / "attempts"

    @property
    def patience(self) -> float:
        """After this an attempt that no process has begun never will, s."""
        return PATIENCE_WITH_PODS if self.profile == "kubernetes" else _PATIENCE

    def variables(self, further: Mapping[str, str]) -> dict[str, str]:
        """Environment of a runner.

        Parameters
        ----------
        further : mapping of str to str
            More of them.

        Returns
        -------
        dict
            Without anything secret.
        """
        programs = str(Path(sys.executable).parent)
        path = os.environ.get("PATH", os.defpath)
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        path = path if programs in path.split(os.pathsep) else os.pathsep.join([programs, path])
        return {**kept, "PATH": path, MARK: self.instance, **further}

    def of_job(self, user: str, workspace: Path, results: Path, mark: str) -> dict[str, str]:
        """Environment of a job's work. It has no GPU: those are lent to kernels.

        Parameters
        ----------
        user : str
            Whose job.
        workspace : Path
            The user's workspace.
        results : Path
            The folder for results.
        mark : str
            The attempt's mark.

        Returns
        -------
        dict
            The variables.
        """
        return self.variables(
            {
                JOB_MARK: mark,
                "JOULEBOOK_RESULTS": str(results),
                "HOME": str(workspace),
                "USER": user,
                "CUDA_VISIBLE_DEVICES": "",
                "PYTHONUNBUFFERED": "1",
                "SHELL": "/bin/sh",
            }
        )

    def with_cluster(
        self, command: list[str], variables: Mapping[str, str], order: Report | Notebook | Sweep, most: float
    ) -> tuple[list[str], dict[str, str]]:
        """Give a sweep its Dask cluster: the hub's, or one of its own that lives and ends with it.

        Parameters
        ----------
        command : list of str
            What the sweep runs.
        variables : mapping of str to str
            Its environment.
        order : Sweep
            The sweep.
        most : float
            Processors that the plan allows.

        Returns
        -------
        list of str
            The command.
        dict
            The environment; ``distributed.Client()`` finds the cluster by it.

        Raises
        ------
        HubError
            If the sweep wants what only a Dask Gateway has.
        """
        wanted = [name for name in ("cores", "memory", "image") if getattr(order, name, None)]
        if wanted:
            message = f"{wanted[0]}: this hub has no Dask Gateway, so its workers are as they are. Leave it out."
            raise HubError(message, reason="refused")
        if self.dask:
            return command, {**variables, "DASK_SCHEDULER_ADDRESS": self.dask}
        allowed = max(int(min(len(os.sched_getaffinity(0)), most)), 1)
        count = min(getattr(order, "workers", 0) or allowed, allowed)
        return [sys.executable, "-m", "joulebook_hub.jobs.cluster", str(count), "--", *command], dict(variables)
