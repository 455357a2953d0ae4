"""Where the hub keeps its state, and where its own files are, in a checkout and in an installed environment."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joulebook_hub.errors import HubError

__all__ = ["StateFolder", "config_file", "examples_folder", "package_folder", "proxy_folder", "tutorials_folder"]


@dataclass(frozen=True)
class StateFolder:
    """One hub's folder: databases, secrets, logs, workspaces.

    Parameters
    ----------
    root : Path
        Absolute path of the folder.
    """

    root: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> StateFolder:
        """Choose the folder: ``$JOULEBOOK_HOME``, otherwise ``.joulebook`` under the current directory.

        Parameters
        ----------
        environment : mapping of str to str
            Usually ``os.environ``.

        Returns
        -------
        StateFolder
            The folder; nothing is made on disk yet.
        """
        chosen = environment.get("JOULEBOOK_HOME") or str(Path.cwd() / ".joulebook")
        return cls(Path(chosen).expanduser().resolve())

    @property
    def instance(self) -> str:
        """Mark that every process of this hub carries in its environment: 16 hexadecimal digits of the path's hash."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:16]

    @property
    def database(self) -> Path:
        """JupyterHub's own SQLite database."""
        return self.root / "jupyterhub.sqlite"

    @property
    def accounts(self) -> Path:
        """Our accounts: names, password hashes, second factors, sign-in attempts, audit lines."""
        return self.root / "accounts.sqlite"

    @property
    def ledger(self) -> Path:
        """The store, unless it is elsewhere: leases, usage, what administrators gave, audit lines."""
        return self.root / "ledger.sqlite"

    @property
    def cookie_secret(self) -> Path:
        """The key that signs cookies; readable by the owner only."""
        return self.root / "cookie_secret"

    @property
    def proxy_pid(self) -> Path:
        """Process id of the proxy, written by JupyterHub."""
        return self.root / "proxy.pid"

    @property
    def running(self) -> Path:
        """What is running: the guard's process id and start time, ports, address."""
        return self.root / "running.json"

    @property
    def last_end(self) -> Path:
        """How the hub ended the last time."""
        return self.root / "last_end.json"

    @property
    def log(self) -> Path:
        """What the hub and the proxy wrote."""
        return self.root / "logs" / "hub.log"

    @property
    def server_logs(self) -> Path:
        """One log per single-user server."""
        return self.root / "logs" / "servers"

    @property
    def workspaces(self) -> Path:
        """The users' and groups' files."""
        return self.root / "workspaces"

    @property
    def leases(self) -> Path:
        """The table of lent GPUs, shared by all servers of this hub."""
        return self.root / "leases"

    def prepare(self) -> None:
        """Make the folders, closed to other users of the machine.

        Raises
        ------
        HubError
            If the folder cannot be made or written.
        """
        try:
            for folder in (self.root, self.log.parent, self.server_logs, self.workspaces, self.leases):
                folder.mkdir(parents=True, exist_ok=True)
            self.root.chmod(0o700)
        except OSError as error:
            message = (
                f"The hub's folder {self.root} cannot be made or written ({error.strerror}). "
                "Set JOULEBOOK_HOME to a folder that you own."
            )
            raise HubError(message, reason="home_not_writable") from error

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for one ``up`` or ``down`` at a time; a second one waits.

        Yields
        ------
        None
            While the lock is held.
        """
        descriptor = os.open(self.root / "command.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def read(self, path: Path) -> dict[str, Any] | None:
        """Read one of the small JSON files of this folder.

        Parameters
        ----------
        path : Path
            ``running`` or ``last_end``.

        Returns
        -------
        dict or None
            Its contents; None if it is absent or cut short.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return content if isinstance(content, dict) else None

    def write(self, path: Path, content: Mapping[str, Any]) -> None:
        """Write one of the small JSON files in one step, so that no reader sees half of it.

        Parameters
        ----------
        path : Path
            ``running`` or ``last_end``.
        content : mapping
            JSON-able values.
        """
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(dict(content), indent=2) + "\n", encoding="utf-8")
        fresh.replace(path)


def package_folder() -> Path:
    """Folder of this package.

    Returns
    -------
    Path
        Where templates and the single-user configuration lie.
    """
    return Path(__file__).resolve().parent


def _found(in_checkout: str, installed: str) -> Path | None:
    checkout = package_folder().parents[1]
    candidates = []
    if (checkout / "hub_config" / "joulebook_hub").is_dir():
        candidates.append(checkout / in_checkout)
    candidates.append(Path(sys.prefix) / "share" / "joulebook" / installed)
    return next((path for path in candidates if path.exists()), None)


def _required(in_checkout: str, installed: str, what: str) -> Path:
    path = _found(in_checkout, installed)
    if path is None:
        message = (
            f"{what} was not found in share/joulebook/{installed} of {sys.prefix}. "
            "Install Joulebook again with its hub extra."
        )
        raise HubError(message, reason="incomplete_installation")
    return path


def config_file() -> Path:
    """JupyterHub's configuration file of Joulebook.

    Returns
    -------
    Path
        ``hub_config/jupyterhub_config.py`` of a checkout, or its installed copy.
    """
    return _required("hub_config/jupyterhub_config.py", "hub/jupyterhub_config.py", "The hub's configuration file")


def proxy_folder() -> Path:
    """Folder with the proxy's package.json and lock.

    Returns
    -------
    Path
        Where ``npm ci`` installs configurable-http-proxy.
    """
    return _required("hub_config/proxy", "hub/proxy", "The proxy's folder")


def tutorials_folder() -> Path | None:
    """Notebooks that a new workspace starts with.

    Returns
    -------
    Path or None
        None where this installation carries none.
    """
    return _found("notebooks/tutorials", "notebooks/tutorials")


def examples_folder() -> Path | None:
    """Designs that a new workspace starts with.

    Returns
    -------
    Path or None
        None where this installation carries none.
    """
    return _found("notebooks/examples", "examples")
