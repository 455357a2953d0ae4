"""Attempts in containers: each runs as its person, with the person's files, within the walls of the person's server.

The container has the attempt's name, so the daemon refuses to make it twice. It sees the attempt's folder, where it may
write into ``own`` alone, and the mounts of the person's dwelling; it has no right and no capability that a server has
not. What ends it is the runner in it, or the daemon: `end` removes containers by their labels, whoever made them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from joulebook_hub.errors import HubError
from joulebook_hub.housing.docker import identity_of, mounts_of
from joulebook_hub.housing.dwellings import Dwelling
from joulebook_hub.jobs.housed import HousedPlace, is_meant
from joulebook_hub.jobs.preparing import Lodging
from joulebook_hub.jobs.setting import JOB_MARK
from joulebook_hub.jobs.shapes import Room

__all__ = ["VARIABLES", "DockerPlace"]

VARIABLES = (
    *("JOULEBOOK_IMAGE", "JOULEBOOK_NETWORK", "JOULEBOOK_SERVER_MEMORY", "JOULEBOOK_SERVER_CORES"),
    *("JOULEBOOK_WORKSPACES", "JOULEBOOK_FIRST_ID"),
    *("DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"),
)
_HUB, _JOB, _ATTEMPT = "joulebook.hub", "joulebook.job", "joulebook.attempt"
_PATIENCE = 30
_PERIOD = 100_000  # µs
_LOOK = 1.0

log = logging.getLogger("joulebook_hub.jobs")


class DockerPlace(HousedPlace):
    """Runs attempts in containers of a Docker daemon.

    Parameters
    ----------
    instance : str
        The hub's mark.
    environment : mapping of str to str
        The hub's variables, those of `VARIABLES` among them.
    dwell : callable
        Makes a person's folders ready and answers the person's dwelling.
    room : callable
        What a person's plan allows.
    tree : str
        The tree of workspaces on the daemon's machine.
    spool : str
        The folder of all attempts there.
    """

    living = frozenset({"created", "running", "restarting", "paused"})

    def __init__(
        self,
        instance: str,
        environment: Mapping[str, str],
        *,
        dwell: Callable[[str], Dwelling],
        room: Callable[[str], Room],
        tree: str,
        spool: str,
    ) -> None:
        docker: Any = import_module("docker")
        self._errors = (docker.errors.DockerException, OSError)  # OSError: those of requests, too
        super().__init__(environment, dwell=dwell, room=room)
        self._instance, self._environment = instance, environment
        self._tree, self._spool = tree, spool
        self._docker = docker.from_env(environment=dict(environment), timeout=_PATIENCE)

    def start(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Start the container of an attempt that has been lodged.

        Parameters
        ----------
        folder : Path
            The attempt's folder.
        environment : mapping of str to str
            The runner's variables.

        Raises
        ------
        HubError
            If the daemon does not start it.
        """
        key, attempt = folder.parent.name, int(folder.name)
        lodging, room = self._lodgings.pop((key, attempt))
        try:
            self._docker.containers.create(**self.container(key, attempt, lodging, room, environment)).start()
        except self._errors as error:
            if _status(error) == 409:  # it is there: no second one is started
                log.warning("job %s, attempt %d: its container is there already", key, attempt)
            else:
                message = (
                    "The Docker daemon does not start the job. It is tried again; tell an administrator of the hub."
                )
                raise HubError(message, reason="no_cluster", log_message=f"job {key}: {error}") from error
        self._began[key, attempt] = time.monotonic()

    def container(
        self, key: str, attempt: int, lodging: Lodging, room: Room, environment: Mapping[str, str]
    ) -> dict[str, Any]:
        """Describe the container of an attempt.

        Parameters
        ----------
        key : str
            The job.
        attempt : int
            The attempt.
        lodging : Lodging
            As whom and with which files it runs.
        room : Room
            What the plan allows.
        environment : mapping of str to str
            The runner's variables; but for the attempt's mark they are the hub's, and stay there.

        Returns
        -------
        dict
            As ``docker.containers.create`` takes it; walls are those of a server (`joulebook_hub.production`).
        """
        given, from_hub = lodging.given, self._environment
        user, groups = identity_of(given)
        own = f"{self._spool}/{key}/{attempt}"
        spool = [
            {"type": "bind", "source": own, "target": lodging.attempt, "read_only": True},
            {"type": "bind", "source": f"{own}/own", "target": f"{lodging.attempt}/own", "read_only": False},
        ]
        cores, memory = self._limits(room)
        return {
            "image": from_hub.get("JOULEBOOK_IMAGE") or "joulebook:latest",
            "command": [lodging.python, "-m", "joulebook_hub.jobs.runner", lodging.attempt],
            "name": f"joulebook-{self._instance[:8]}-{key}-{attempt}",
            "labels": {_HUB: self._instance, _JOB: key, _ATTEMPT: str(attempt)},
            "environment": {name: value for name, value in environment.items() if name == JOB_MARK},
            "user": user,
            "group_add": groups,
            "mounts": [_mount(one) for one in (*mounts_of(given, self._tree), *spool)],
            "network": from_hub.get("JOULEBOOK_NETWORK") or "joulebook",
            "working_dir": "/",
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges"],
            "pids_limit": 1024,
            "shm_size": "256m",
            "read_only": True,
            "tmpfs": {"/tmp": "size=512m,mode=1777"},
            "cpu_shares": 256,
            "mem_limit": memory,
            "cpu_period": _PERIOD,
            "cpu_quota": max(int(cores * _PERIOD), 1_000),  # a plan may allow more than the machine has
            "init": True,
            "log_config": _no_log(),
        }

    def tend(self) -> None:
        """Look which containers run; without an answer, what was seen last is believed."""
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        try:
            self._seen = {name: one.status for name, one in self._containers().items()}
        except self._errors as error:
            log.warning("the Docker daemon does not answer: %s", error)
        else:
            self._looked = now

    def end(self, key: str, *, below: int = 0, only: int = 0) -> None:
        """Remove the containers of some attempts of a job; they are gone when this returns.

        Parameters
        ----------
        key : str
            The job.
        below : int
            Attempts with smaller numbers.
        only : int
            This attempt.

        Raises
        ------
        HubError
            If the daemon does not do it.
        """
        try:
            for name, one in self._containers(key).items():
                if is_meant(name, key, below, only):
                    self._remove(one)
        except self._errors as error:
            message = "The Docker daemon does not answer. It is tried again; tell an administrator of the hub."
            raise HubError(message, reason="no_cluster", log_message=f"job {key}: {error}") from error
        self._forget(key, below, only)

    def _remove(self, container: Any) -> None:
        try:
            container.remove(force=True)
        except self._errors as error:
            if _status(error) not in {404, 409}:  # gone, or about to be: the daemon removes it already
                raise

    def _containers(self, key: str = "") -> dict[tuple[str, int], Any]:
        labels = [f"{_HUB}={self._instance}", *([f"{_JOB}={key}"] if key else [])]
        listed = self._docker.containers.list(all=True, sparse=True, filters={"label": labels})
        found = {}
        for one in listed:
            told = one.attrs.get("Labels") or {}
            number = str(told.get(_ATTEMPT, ""))
            if number.isdigit():
                found[str(told.get(_JOB)), int(number)] = one
        return found


def _status(error: BaseException) -> int | None:
    """Status of the daemon's answer, if it gave one."""
    found = getattr(error, "status_code", None)
    return found if isinstance(found, int) else None


def _mount(given: Mapping[str, Any]) -> Any:
    types: Any = import_module("docker.types")
    return types.Mount(given["target"], given["source"], type="bind", read_only=bool(given["read_only"]))


def _no_log() -> Any:
    types: Any = import_module("docker.types")
    return types.LogConfig(type="none")
