"""Where an attempt runs: on the worker's own machine, or on one of a Dask cluster's.

Either way the attempt is the runner's (see `runner`): Dask only chooses the machine and starts it there. Machines of a
cluster must see the hub's folder at the same path and have the same Joulebook.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from joulebook_hub.errors import HubError

__all__ = ["DaskPlace", "OwnMachine", "Place", "start_runner"]

_PATIENCE = 10.0


class Place(Protocol):
    """Starts runners; ``here`` says whether on this machine."""

    here: bool

    def start(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Start the runner of an attempt.

        Parameters
        ----------
        folder : Path
            The attempt's folder.
        environment : mapping of str to str
            The runner's variables.
        """

    def tend(self) -> None:
        """Bury what has ended."""


def start_runner(folder: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a runner in a session of its own.

    Parameters
    ----------
    folder : str
        The attempt's folder.
    environment : mapping of str to str
        The runner's variables.

    Returns
    -------
    Popen
        It lives on when the caller ends.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "joulebook_hub.jobs.runner", folder],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _start_and_leave(folder: str, environment: Mapping[str, str]) -> int:
    """What a Dask worker does; the runner's end is read from its folder."""
    import threading

    process = start_runner(folder, environment)
    threading.Thread(target=process.wait, daemon=True).start()
    return process.pid


class OwnMachine:
    """Runs attempts on this machine."""

    here = True

    def __init__(self) -> None:
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Start the runner of an attempt.

        Parameters
        ----------
        folder : Path
            The attempt's folder.
        environment : mapping of str to str
            The runner's variables.
        """
        self._started.append(start_runner(str(folder), environment))

    def tend(self) -> None:
        """Bury runners that have ended."""
        self._started = [process for process in self._started if process.poll() is None]


class DaskPlace:
    """Runs attempts on machines of a Dask cluster.

    Parameters
    ----------
    address : str
        Of its scheduler, such as ``tcp://10.0.0.5:8786``.
    """

    here = False

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: Any = None

    def start(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Start the runner of an attempt.

        Parameters
        ----------
        folder : Path
            The attempt's folder; its last two parts make the task's key.
        environment : mapping of str to str
            The runner's variables.

        Raises
        ------
        HubError
            If the cluster does not answer.
        """
        try:
            if self._client is None:
                from distributed import Client

                self._client = Client(self._address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
            key = f"job-{folder.parent.name}-{folder.name}"
            task = self._client.submit(
                *(_start_and_leave, str(folder), dict(environment)), key=key, pure=False, retries=0
            )
            task.result(timeout=_PATIENCE)
        except Exception as error:  # Dask's own kinds; also what the machine itself could not do
            self.close()
            message = f"The Dask cluster at {self._address} does not start the job: {error or type(error).__name__}."
            raise HubError(message, reason="no_cluster") from error

    def tend(self) -> None:
        """Nothing: each machine buries its own."""

    def close(self) -> None:
        """Leave the cluster."""
        if self._client is not None:
            self._client.close(timeout=2)
            self._client = None
