"""Where an attempt runs: on the worker's own machine, or on one of a Dask cluster's.

Where people have containers or units, so have their attempts (`containers`, `units`). In any case the attempt is the
runner's (see `runner`): Dask only chooses the machine and starts it there. Machines of a cluster must see the hub's
folder at the same path and have the same Joulebook.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Row

from joulebook_hub.errors import HubError
from joulebook_hub.jobs import fences
from joulebook_hub.jobs.preparing import Lodging

__all__ = ["DaskPlace", "OwnMachine", "Place", "start_runner"]

_PATIENCE = 10.0


class Place(Protocol):
    """Starts runners, and knows of those that it has started."""

    def lodge(self, row: Row[Any]) -> Lodging | None:
        """Make ready where an attempt runs as its person.

        Parameters
        ----------
        row : Row
            The job.

        Returns
        -------
        Lodging or None
            None where attempts run as the hub's own user.
        """

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

    def attempts(self) -> set[tuple[str, int]]:
        """List attempts that must be ended by `end` if they count no longer, beside those with a folder.

        Returns
        -------
        set of (str, int)
            Job and number of each.
        """

    def is_starting(self, key: str, attempt: int) -> bool:
        """Tell whether an attempt that has not said so may still begin.

        Parameters
        ----------
        key : str
            The job.
        attempt : int
            The attempt.

        Returns
        -------
        bool
            True if it may.
        """

    def has_ended(self, key: str, attempt: int) -> bool:
        """Tell whether an attempt has ended for certain, said so or not.

        Parameters
        ----------
        key : str
            The job.
        attempt : int
            The attempt.

        Returns
        -------
        bool
            False if that is not known.
        """

    def end(self, key: str, *, below: int = 0, only: int = 0) -> None:
        """End some attempts of a job, and wait until they are gone.

        Parameters
        ----------
        key : str
            The job.
        below : int
            Attempts with smaller numbers.
        only : int
            This attempt.
        """


class _AsTheHub:
    """What places have in common whose attempts are processes of the hub's user."""

    def lodge(self, row: Row[Any]) -> None:
        """Nothing: they reach the workspaces as the hub does."""

    def attempts(self) -> set[tuple[str, int]]:
        """None: each has a folder."""
        return set()

    def has_ended(self, key: str, attempt: int) -> bool:
        """Not known here: the worker looks at the process, or waits."""
        return False

    def end(self, key: str, *, below: int = 0, only: int = 0) -> None:
        """End every process of some attempts on this machine."""
        fences.end_processes(key, below=below, only=only)


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


class OwnMachine(_AsTheHub):
    """Runs attempts on this machine."""

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

    def is_starting(self, key: str, attempt: int) -> bool:
        """Tell whether a process of an attempt is there.

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
        return fences.is_starting(key, attempt)


class DaskPlace(_AsTheHub):
    """Runs attempts on machines of a Dask cluster.

    Parameters
    ----------
    address : str
        Of its scheduler, such as ``tcp://10.0.0.5:8786``.
    """

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

    def is_starting(self, key: str, attempt: int) -> bool:
        """On another machine it is waited for."""
        return True

    def close(self) -> None:
        """Leave the cluster."""
        if self._client is not None:
            self._client.close(timeout=2)
            self._client = None
