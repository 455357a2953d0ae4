"""Attempts in pods: each runs as its person, with the person's files, within the walls of the person's server.

The pod has the attempt's name, so the API server refuses to make it twice, and an attempt is not started while the API
server knows pods of older ones. It sees the attempt's folder, where it may write into ``own`` alone, and the mounts of
the person's dwelling; it has no right and no capability that a server has not, and no token. What ends it is the runner
in it, or the API server: `end` deletes pods by their labels, whoever made them. Where the API server does not answer,
what was seen last is believed, and the leases of the attempts hold.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from joulebook_hub.errors import HubError
from joulebook_hub.housing.dwellings import Dwelling
from joulebook_hub.housing.kubernetes import VOLUME, WALLS, security_context_of, volume_mounts_of, volumes_of
from joulebook_hub.jobs.apiserver import ApiServer, ApiServerError
from joulebook_hub.jobs.housed import Attempt, HousedPlace, is_meant
from joulebook_hub.jobs.preparing import Lodging
from joulebook_hub.jobs.setting import JOB_MARK, PATIENCE_WITH_PODS
from joulebook_hub.jobs.shapes import Room
from joulebook_hub.jobs.spool import Spool

__all__ = ["ACCOUNT", "APP", "PodPlace"]

APP = "joulebook-job"
"""Label ``app.kubernetes.io/name`` of the pods, by which the chart's network policy finds them."""
ACCOUNT = "joulebook-job"
"""Their service account: without rights, and its token is not mounted."""
_NAME, _HUB, _JOB, _ATTEMPT = "app.kubernetes.io/name", "joulebook.hub", "joulebook.job", "joulebook.attempt"
_ENDED = frozenset({"Succeeded", "Failed"})
_GRACE = 5  # s; the work was asked by its runner long before
_GOES_IN = 4.0  # s; how long a start waits for older pods, before it is put off
_LOOK = 1.0
_LOOK_AGAIN = 5.0  # s after no answer: each may take long
_SETTLES = 3.0  # s; until then what an attempt wrote last can be seen on the storage from here
_MORE_TIME = 300.0  # s beyond the limit of a job, for its begin and its end
_TOLERATIONS = tuple(  # those of servers by the values of Zero to JupyterHub: machines kept for people
    {"key": f"hub.jupyter.org{mark}dedicated", "operator": "Equal", "value": "user", "effect": "NoSchedule"}
    for mark in "/_"
)
_LEAST_CPU, _LEAST_MEMORY = 0.25, 2**30  # what is kept free for it, as for a server in values.yaml

log = logging.getLogger("joulebook_hub.jobs")


class PodPlace(HousedPlace):
    """Runs attempts in pods of the hub's namespace.

    Parameters
    ----------
    instance : str
        The hub's mark.
    environment : mapping of str to str
        The worker's variables.
    api : ApiServer
        Keeps the pods.
    dwell : callable
        Makes a person's folders ready and answers the person's dwelling.
    room : callable
        What a person's plan allows.
    claim : str
        Name of the claim that holds the tree.
    spool : str
        The folder of all attempts in the claim.

    Raises
    ------
    HubError
        If JOULEBOOK_SERVER_MEMORY is no size.
    """

    def __init__(
        self,
        instance: str,
        environment: Mapping[str, str],
        api: ApiServer,
        *,
        dwell: Callable[[str], Dwelling],
        room: Callable[[str], Room],
        claim: str,
        spool: str,
    ) -> None:
        super().__init__(environment, dwell=dwell, room=room)
        self._instance, self._environment, self._api = instance, environment, api
        self._claim, self._spool = claim, spool
        self._over: dict[Attempt, float] = {}
        self._next = 0.0

    def start(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Start the pod of an attempt that has been lodged.

        Parameters
        ----------
        folder : Path
            The attempt's folder.
        environment : mapping of str to str
            The runner's variables.

        Raises
        ------
        HubError
            If the API server does not make it, or pods of older attempts are there.
        """
        key, attempt = folder.parent.name, int(folder.name)
        lodging, room = self._lodgings.pop((key, attempt))
        limit = float((Spool(folder).read("order.json") or {}).get("limit", 0.0))
        try:
            self._wait_for_older(key, attempt)
            self._api.create(self.manifest(key, attempt, lodging, room, environment, limit))
        except ApiServerError as error:
            if error.status == 409:  # it is there: no second one is started
                log.warning("job %s, attempt %d: its pod is there already", key, attempt)
            else:
                message = "Kubernetes does not start the job. It is tried again; tell an administrator of the hub."
                raise HubError(message, reason="no_cluster", log_message=f"job {key}: {error}") from error
        self._began[key, attempt] = time.monotonic()

    def _wait_for_older(self, key: str, attempt: int) -> None:
        deadline = time.monotonic() + _GOES_IN
        while any(number < attempt and phase not in _ENDED for (_, number), (_, phase) in self._pods(key).items()):
            if time.monotonic() > deadline:
                message = "The pod of the attempt before has not ended yet. The job is tried again."
                raise HubError(message, reason="no_cluster")
            time.sleep(_GOES_IN / 10)

    def manifest(
        self, key: str, attempt: int, lodging: Lodging, room: Room, environment: Mapping[str, str], limit: float
    ) -> dict[str, Any]:
        """Describe the pod of an attempt.

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
        limit : float
            Longest time of the work, s.

        Returns
        -------
        dict
            As the API server takes it; identity, mounts and walls are those of a server (`housing.kubernetes`).
        """
        given = lodging.given
        own = f"{self._spool}/{key}/{attempt}"
        mounts = [
            *volume_mounts_of(given),
            {"name": VOLUME, "mountPath": lodging.attempt, "subPath": own, "readOnly": True},
            {"name": VOLUME, "mountPath": f"{lodging.attempt}/own", "subPath": f"{own}/own", "readOnly": False},
            {"name": "scratch", "mountPath": "/tmp"},
        ]
        container = {
            "name": "attempt",
            "image": self._environment.get("JOULEBOOK_IMAGE") or "joulebook:latest",
            "command": [lodging.python, "-m", "joulebook_hub.jobs.runner", lodging.attempt],
            "workingDir": "/",
            "env": [{"name": name, "value": value} for name, value in environment.items() if name == JOB_MARK],
            "securityContext": {**WALLS, "readOnlyRootFilesystem": True},
            "resources": self._resources(room),
            "volumeMounts": mounts,
        }
        scratch = {"name": "scratch", "emptyDir": {"medium": "Memory", "sizeLimit": "512Mi"}}
        labels = {_NAME: APP, _HUB: self._instance, _JOB: key, _ATTEMPT: str(attempt)}
        notes = {"joulebook.user": given.user, "cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": f"joulebook-{self._instance[:8]}-{key}-{attempt}",
                "labels": labels,
                "annotations": notes,
            },
            "spec": {
                "restartPolicy": "Never",
                "activeDeadlineSeconds": math.ceil(limit + PATIENCE_WITH_PODS + _MORE_TIME),
                "terminationGracePeriodSeconds": _GRACE,
                "serviceAccountName": ACCOUNT,
                "automountServiceAccountToken": False,
                "enableServiceLinks": False,
                "tolerations": [dict(one) for one in _TOLERATIONS],
                "securityContext": security_context_of(given),
                "containers": [container],
                "volumes": [*volumes_of(self._claim), scratch],
            },
        }

    def _resources(self, room: Room) -> dict[str, dict[str, str]]:
        cores, size = self._limits(room)
        cpu = max(int(cores * 1000), 10)
        kept = str(min(size, _LEAST_MEMORY))
        least = f"{min(cpu, int(_LEAST_CPU * 1000))}m"
        return {"limits": {"cpu": f"{cpu}m", "memory": str(size)}, "requests": {"cpu": least, "memory": kept}}

    def tend(self) -> None:
        """Look which pods run; without an answer, what was seen last is believed."""
        now = time.monotonic()
        if now < self._next:
            return
        try:
            self._seen = {name: phase for name, (_, phase) in self._pods().items()}
        except ApiServerError as error:
            log.warning("the API server of Kubernetes does not answer: %s", error)
            self._next = time.monotonic() + _LOOK_AGAIN
        else:
            self._looked, self._next = now, now + _LOOK

    def has_ended(self, key: str, attempt: int) -> bool:
        """Tell whether an attempt's pod is gone, or has ended, for so long that the storage shows what it wrote.

        Parameters
        ----------
        key : str
            The job.
        attempt : int
            The attempt.

        Returns
        -------
        bool
            True if looks after its start show that it does not run. A pod whose machine does not answer may run.
        """
        name = key, attempt
        over = self._looked > self._began.get(name, 0.0) and self._seen.get(name, "Failed") in _ENDED
        if not over:
            self._over.pop(name, None)
            return False
        return time.monotonic() - self._over.setdefault(name, time.monotonic()) >= _SETTLES

    def end(self, key: str, *, below: int = 0, only: int = 0) -> None:
        """Delete the pods of some attempts of a job. `start` looks that they are gone.

        Parameters
        ----------
        key : str
            The job.
        below : int
            Attempts with smaller numbers.
        only : int
            This attempt.
        """
        try:
            for name, (pod, _) in self._pods(key).items():
                if is_meant(name, key, below, only):
                    self._api.delete(pod, _GRACE)
        except ApiServerError as error:  # the worker asks again for what counts no longer
            log.warning("job %s: the API server of Kubernetes does not end its pods: %s", key, error)
        self._forget(key, below, only)
        for name in [name for name in self._over if is_meant(name, key, below, only)]:
            del self._over[name]

    def _pods(self, key: str = "") -> dict[tuple[str, int], tuple[str, str]]:
        """Name and phase of the pods of attempts."""
        found = {}
        for pod in self._api.pods({_NAME: APP, _HUB: self._instance, **({_JOB: key} if key else {})}):
            told = pod["metadata"]
            number = str(told["labels"].get(_ATTEMPT, ""))
            if number.isascii() and number.isdigit():
                name = str(told["labels"].get(_JOB)), int(number)
                found[name] = str(told["name"]), str(pod.get("status", {}).get("phase", "Pending"))
        return found
