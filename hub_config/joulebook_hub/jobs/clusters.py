"""Dask clusters of sweeps at a Dask Gateway: one for each attempt, shaped by the plan, gone when the attempt is.

The worker asks for a cluster before it starts a sweep's attempt, and starts it once the cluster is there; the sweep's
``distributed.Client()`` finds it by variables that name the scheduler and files in the attempt's folder.

Every cluster carries the attempt in its option ``joulebook``, and the store says which attempts count. Whatever the
gateway lists beside those is stopped, whoever started it and however its attempt came to an end: so a worker, a runner
or a hub that was killed leaves no cluster once a worker runs again. Clusters of older attempts of a job are gone before
its new attempt gets one.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from joulebook_hub.errors import HubError
from joulebook_hub.jobs.gateway import Cluster, Credentials, Gateway
from joulebook_hub.jobs.shapes import MARK, Room, Shape, Wish, shaped

__all__ = ["Clusters", "hand_over"]

_TICK = 0.5
_LOOK = 5.0
_SILENCE = 20.0  # s; after this a job is queued again rather than wait for a gateway that does not answer
_PATIENCE = 600.0  # s; after this a cluster that does not start is given up

log = logging.getLogger("joulebook_hub.jobs")


def hand_over(credentials: Credentials, folder: Path, inside: str = "") -> dict[str, str]:
    """Put a cluster's certificate into the folder of its attempt.

    Parameters
    ----------
    credentials : Credentials
        The cluster's.
    folder : Path
        Closed to others, and removed with the attempt.
    inside : str
        Where another user sees the folder, if the attempt runs as one.

    Returns
    -------
    dict
        Variables by which ``distributed.Client()`` finds the cluster; none holds a secret.
    """
    files = {"cluster.crt": credentials.certificate, "cluster.key": credentials.key}
    for name, content in files.items():
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(content)
            if inside:
                os.fchmod(descriptor, 0o644)  # the folder is open to that user alone
    certificate, key = (str(Path(inside or folder) / name) for name in files)
    return {
        "DASK_SCHEDULER_ADDRESS": credentials.address,
        "DASK_DISTRIBUTED__CLIENT__PRELOAD": "['dask_gateway.comm']",
        "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True",
        "DASK_DISTRIBUTED__COMM__TLS__CA_FILE": certificate,
        "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT": certificate,
        "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY": key,
    }


@dataclass
class _Wanted:
    wish: Wish
    room: Room
    since: float
    name: str = ""
    heard: float = 0.0
    found: Credentials | HubError | None = None


@dataclass
class Clusters:
    """Clusters of the attempts that a worker holds, kept by a thread of their own so that no gateway stops the worker.

    Parameters
    ----------
    gateway : Gateway
        Where they are.
    instance : str
        The hub's mark.
    running : callable
        Jobs and numbers of the attempts that the store says run, whoever holds them.
    """

    gateway: Gateway
    instance: str
    running: Callable[[], Collection[tuple[str, int]]]
    _wanted: dict[tuple[str, int], _Wanted] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _look: float = 0.0
    _silent: bool = False

    def want(self, key: str, attempt: int, wish: Wish, room: Room) -> None:
        """Ask for a cluster.

        Parameters
        ----------
        key : str
            The job.
        attempt : int
            The attempt.
        wish : Wish
            What it asks for.
        room : Room
            What its plan allows.
        """
        now = time.monotonic()
        with self._lock:
            self._wanted[key, attempt] = _Wanted(wish, room, now, heard=now)
            self._look = 0.0

    def answer(self, key: str, attempt: int) -> Credentials | HubError | None:
        """Look whether the cluster is there.

        Parameters
        ----------
        key : str
            The job.
        attempt : int
            The attempt.

        Returns
        -------
        Credentials, HubError or None
            What lets the attempt in, why there is no cluster, or None while it starts.
        """
        with self._lock:
            wanted = self._wanted.get((key, attempt))
            return None if wanted is None else wanted.found

    def drop(self, key: str, attempt: int) -> None:
        """Want a cluster no longer; it is stopped once the store says that the attempt has ended.

        Parameters
        ----------
        key : str
            The job.
        attempt : int
            The attempt.
        """
        with self._lock:
            self._wanted.pop((key, attempt), None)
            self._look = 0.0

    def is_lost(self, key: str, attempt: int) -> bool:
        """Tell whether an attempt's cluster is gone, or out of reach.

        Parameters
        ----------
        key : str
            The job.
        attempt : int
            The attempt.

        Returns
        -------
        bool
            False if it runs.
        """
        try:
            found = self.gateway.clusters()
        except HubError:
            return True
        return not any(one.status == "RUNNING" and one.mark == self._mark(key, attempt) for one in found)

    def run(self, stop: threading.Event) -> None:
        """Keep the clusters until told to stop.

        Parameters
        ----------
        stop : Event
            Set to end.
        """
        while not stop.wait(_TICK):
            try:
                self.step()
            except Exception:  # the store may be away for a while
                log.exception("a look at the clusters failed")
                stop.wait(_LOOK)

    def step(self) -> None:
        """Do once what there is to do."""
        now = time.monotonic()
        with self._lock:
            waiting = {name: wanted for name, wanted in self._wanted.items() if wanted.found is None}
            if not waiting and now < self._look:
                return
            self._look = now + _LOOK
        try:
            listed = self.gateway.clusters()
            self._silent = False
            alive = set(self.running())  # after the list: what the store has ended by now, the list may still show
            left = self._stop_strays(listed, alive)
            for (key, attempt), wanted in waiting.items():
                wanted.heard = now
                if (key, attempt) in alive:
                    self._further(key, attempt, wanted, left, now)
        except HubError as error:
            if not self._silent:
                log.warning("%s", error.log_message)
            self._silent = True
            for wanted in waiting.values():
                if now - wanted.heard > _SILENCE:
                    wanted.found = error

    def _mark(self, key: str, attempt: int) -> str:
        return f"{self.instance}.{key}.{attempt}"

    def _attempt(self, cluster: Cluster) -> tuple[str, int] | None:
        parts = cluster.mark.split(".")
        ours = len(parts) == 3 and parts[0] == self.instance and parts[2].isdigit()
        return (parts[1], int(parts[2])) if ours else None

    def _stop_strays(self, listed: list[Cluster], alive: Collection[tuple[str, int]]) -> list[Cluster]:
        """Stop what belongs to no attempt, and what an attempt has twice; hand back what is ours."""
        ours, taken = [], set()
        for cluster in listed:
            attempt = self._attempt(cluster)
            if attempt is None:
                continue
            ours.append(cluster)
            if cluster.status == "STOPPING":
                continue
            if attempt not in alive or attempt in taken or self._has_another(attempt, cluster.name):
                log.info("cluster %s of job %s, attempt %d, is stopped", cluster.name, *attempt)
                self.gateway.stop(cluster.name)
            else:
                taken.add(attempt)
        return ours

    def _has_another(self, attempt: tuple[str, int], name: str) -> bool:
        with self._lock:
            wanted = self._wanted.get(attempt)
            return wanted is not None and wanted.name not in {"", name}

    def _further(self, key: str, attempt: int, wanted: _Wanted, left: list[Cluster], now: float) -> None:
        """Bring one cluster a step nearer."""
        of_job = [one for one in left if (self._attempt(one) or ("", 0))[0] == key]
        mine = [one for one in of_job if one.mark == self._mark(key, attempt) and one.status != "STOPPING"]
        late = now - wanted.since > _PATIENCE
        try:
            if not wanted.name and mine:  # the answer to its order was lost
                wanted.name = mine[0].name
            if not wanted.name:
                if of_job and late:
                    message = "An earlier cluster of this job does not end at the Dask Gateway."
                    raise HubError(message, reason="cluster_failed")
                if of_job:  # of an older attempt, whose work ends with it
                    return
                options = self._shape(wanted).options
                wanted.name = self.gateway.start({**options, MARK: self._mark(key, attempt)})
                return
            cluster, credentials = self.gateway.get(wanted.name)
            if credentials is not None and cluster.status == "RUNNING":
                shape = self._shape(wanted)
                self.gateway.scale(wanted.name, shape.least, shape.most)
                wanted.found = credentials
            elif cluster.status not in {"PENDING", "RUNNING"}:
                raise HubError("The Dask Gateway could not start the cluster.", reason="cluster_failed")
            elif late:
                message = f"The Dask Gateway did not start the cluster within {_PATIENCE / 60:g} minutes."
                raise HubError(message, reason="cluster_failed")
        except HubError as error:
            if error.reason == "no_cluster" and now - wanted.since < _SILENCE:
                raise
            wanted.found = error

    def _shape(self, wanted: _Wanted) -> Shape:
        return shaped(wanted.wish, wanted.room, self.gateway.offers(), self.gateway.settings.options)
