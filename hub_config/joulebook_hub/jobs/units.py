"""Attempts in systemd units: each runs as its person, with the person's files, within the walls of the person's server.

A transient unit has the attempt's name, so systemd refuses to start it twice. It has the properties of a server's unit
(`joulebook_hub.housing.systemd`) but for the GPUs, and sees the attempt's folder, where it may write into ``own``
alone. It is no part of the hub's own unit: it lives on when the hub or its worker is started anew. `end` stops units by
their names, which kills everything in their control groups at once; the runner in them has been polite before.
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from joulebook_hub.errors import HubError
from joulebook_hub.housing.dwellings import Dwelling
from joulebook_hub.housing.systemd import SLICE, announce, properties_of
from joulebook_hub.jobs.housed import HousedPlace, is_meant
from joulebook_hub.jobs.preparing import Lodging
from joulebook_hub.jobs.shapes import Room
from joulebook_hub.processes import MARK

__all__ = ["VARIABLES", "UnitPlace"]

VARIABLES = ("JOULEBOOK_SERVER_MEMORY", "JOULEBOOK_SERVER_CORES", "JOULEBOOK_FIRST_ID")
_PATIENCE = 30.0
_LOOK = 1.0
_FAULTS = (OSError, subprocess.SubprocessError, ValueError)
_ENDED = {
    "KillMode": "control-group",
    "KillSignal": "SIGKILL",
    "OOMPolicy": "continue",
    "StandardOutput": "null",
    "StandardError": "journal",
}

_ILL = "systemd does not start or stop the job. It is tried again; tell an administrator of the hub."

log = logging.getLogger("joulebook_hub.jobs")


class UnitPlace(HousedPlace):
    """Runs attempts in transient units of the machine's systemd.

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
        The tree of workspaces.
    spool : str
        The folder of all attempts.
    hidden : iterable of str
        Folders that attempts may not look into.
    """

    living = frozenset({"active", "activating", "reloading", "deactivating"})

    def __init__(
        self,
        instance: str,
        environment: Mapping[str, str],
        *,
        dwell: Callable[[str], Dwelling],
        room: Callable[[str], Room],
        tree: str,
        spool: str,
        hidden: Iterable[str],
    ) -> None:
        super().__init__(environment, dwell=dwell, room=room)
        self._prefix = f"joulebook-job-{instance[:8]}"
        self._name = re.compile(rf"{re.escape(self._prefix)}-([0-9A-Za-z]+)-([0-9]{{1,9}})\.service")
        self._tree, self._spool, self._hidden = tree, spool, tuple(hidden)

    def _lodging(self, given: Dwelling) -> Lodging:
        announce(given)  # tells the machine the person's user
        return Lodging(given, python=sys.executable)

    def start(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Start the unit of an attempt that has been lodged.

        Parameters
        ----------
        folder : Path
            The attempt's folder.
        environment : mapping of str to str
            The runner's variables.

        Raises
        ------
        HubError
            If systemd does not start it.
        """
        key, attempt = folder.parent.name, int(folder.name)
        lodging, room = self._lodgings.pop((key, attempt))
        try:
            _run(self.command(key, attempt, lodging, room, environment))
        except _FAULTS as error:
            if not self._has_unit(key, attempt):
                raise HubError(_ILL, reason="no_cluster", log_message=f"job {key}: {error}") from error
            log.warning("job %s, attempt %d: its unit is there already", key, attempt)  # no second one is started
        self._began[key, attempt] = time.monotonic()

    def command(
        self, key: str, attempt: int, lodging: Lodging, room: Room, environment: Mapping[str, str]
    ) -> list[str]:
        """Say how the unit of an attempt is started.

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
            The runner's variables; the hub's mark is kept back, for who ends the hub does not end attempts.

        Returns
        -------
        list of str
            ``systemd-run`` and its arguments.
        """
        given = lodging.given
        properties = self._properties(f"{self._spool}/{key}/{attempt}", lodging, room)
        return [
            *("systemd-run", "--quiet", "--no-ask-password", "--no-block", f"--unit={self._unit(key, attempt)}"),
            *(f"--description=Joulebook job {key}, attempt {attempt}", f"--slice={SLICE}"),
            *(f"--uid={given.uid}", f"--gid={given.gid}", "--working-directory=/"),
            *(f"--property={name}={value}" for name, value in properties.items()),
            *(f"--setenv={name}={value}" for name, value in environment.items() if name != MARK),
            *("--", lodging.python, "-m", "joulebook_hub.jobs.runner", lodging.attempt),
        ]

    def _properties(self, folder: str, lodging: Lodging, room: Room) -> dict[str, str]:
        """A server's properties, the attempt's folder, the plan's limits."""
        cores, memory = self._limits(room)
        found = properties_of(lodging.given, self._tree, hidden=self._hidden, memory=memory)
        inside = lodging.attempt
        more = {
            "BindReadOnlyPaths": f"{folder}:{inside}",
            "BindPaths": f"{folder}/own:{inside}/own",
            "ReadWritePaths": f"{inside}/own",
            "TemporaryFileSystem": f"{Path(inside).parent}:ro,mode=0755",
        }
        joined = {name: f"{found.get(name, '')} {value}".strip() for name, value in more.items()}
        limits = {"MemoryMax": str(memory), "CPUQuota": f"{max(round(cores * 100), 1)}%"}
        return {**found, **joined, **limits, **_ENDED}

    def tend(self) -> None:
        """Look which units run; without an answer, what was seen last is believed."""
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        try:
            self._seen = self._listed()
        except _FAULTS as error:
            log.warning("systemd does not answer: %s", error)
        else:
            self._looked = now

    def end(self, key: str, *, below: int = 0, only: int = 0) -> None:
        """Stop the units of some attempts of a job; they are gone when this returns.

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
            If systemd does not do it.
        """
        try:
            units = [self._unit(*name) for name in self._listed(key) if is_meant(name, key, below, only)]
            for verb in ("stop", "reset-failed") if units else ():
                with suppress(subprocess.CalledProcessError):  # it has gone by itself
                    _run(["systemctl", "--no-ask-password", verb, *units])
            left = units and any(is_meant(name, key, below, only) for name in self._listed(key))
        except _FAULTS as error:
            raise HubError(_ILL, reason="no_cluster", log_message=f"job {key}: {error}") from error
        if left:
            raise HubError(_ILL, reason="no_cluster", log_message=f"job {key}: {', '.join(units)} cannot be stopped")
        self._forget(key, below, only)

    def _has_unit(self, key: str, attempt: int) -> bool:
        try:
            return (key, attempt) in self._listed(key)
        except _FAULTS:
            return False

    def _unit(self, key: str, attempt: int) -> str:
        return f"{self._prefix}-{key}-{attempt}.service"

    def _listed(self, key: str = "*") -> dict[tuple[str, int], str]:
        """Units by attempt, with their states."""
        pattern = f"{self._prefix}-{key}-*.service"
        told = _run(["systemctl", "list-units", "--all", "--no-pager", "--output=json", pattern])
        found = {}
        for one in json.loads(told or "[]"):
            name = self._name.fullmatch(str(one["unit"]))
            if name:
                found[name[1], int(name[2])] = str(one["active"])
        return found


def _run(command: list[str]) -> str:
    """Run one of systemd's programs; gives what it wrote."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    if done.returncode:
        log.info("%s: %s", command[0], done.stderr.strip()[:500])
        raise subprocess.CalledProcessError(done.returncode, command[0])
    return done.stdout
