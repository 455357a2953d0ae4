"""Single-user servers of the local profile: processes of the hub's own user, each in its workspace, on a leash."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from jupyterhub.spawner import LocalProcessSpawner
from traitlets import Dict, Instance, Unicode, default

from joulebook_hub import leash, places
from joulebook_hub.errors import HubError
from joulebook_hub.names import folder_name
from joulebook_hub.plans import GROUP_PREFIX
from joulebook_hub.processes import MARK
from joulebook_hub.settings import is_loopback
from joulebook_hub.workspaces import LIBRARIES, Workspaces

if TYPE_CHECKING:
    from joulebook_hub.organisations.rooms import Rooms

__all__ = ["KEPT_VARIABLES", "LEAN_SETTINGS", "TOGETHER_SETTINGS", "WorkspaceSpawner"]

# Nothing else of the hub's environment reaches a server: no secret of the hub can be read there.
KEPT_VARIABLES = (
    "CUDA_HOME", "CUDA_PATH", "CUDA_VISIBLE_DEVICES", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH",
    "NUMBA_CACHE_DIR", "PYTHONPATH", "SSL_CERT_FILE", "TZ", "VIRTUAL_ENV",
)  # fmt: skip
# Switches off Panel's server extension, which alone costs every server
# 0.8 s and 39 MiB (applications are served by processes of their own instead), and Lab's question after news.
LEAN_SETTINGS = places.package_folder() / "singleuser"
# The same for a project's server, where collaboration is on: ordinary servers never load it.
TOGETHER_SETTINGS = places.package_folder() / "together"
_OF_PERSONS = ("JOULEBOOK_SERVICE", "JOULEBOOK_LEASES")

_PATIENCE = 3.0  # s


class WorkspaceSpawner(LocalProcessSpawner):  # type: ignore[misc]
    """Starts servers as processes of the hub's user, without any wall between users: for one trusted machine."""

    workspaces = Unicode(config=True, help="The folder that holds the users' and groups' workspaces.")
    logs = Unicode(config=True, help="The folder that takes one log per server.")
    project = Instance(Path, allow_none=True, help="Folder of the project whose server this is.")
    libraries = Dict(help="Libraries that the project's kernels find, by the name of the link.")
    hub_variables = Dict(config=True, help="Variables that every server gets: the hub's mark, the table of leases.")

    @default("env_keep")
    def _kept_variables(self) -> list[str]:
        return list(KEPT_VARIABLES)

    @default("cmd")
    def _command(self) -> list[str]:
        return [sys.executable, "-m", "jupyterhub.singleuser"]

    @property
    def workspace(self) -> Path:
        """The user's folder; of a project's server a home that holds no files of anybody."""
        return Workspaces(Path(self.workspaces)).of_user(self.user.name)

    def get_args(self) -> list[str]:
        """Arguments of the server.

        Returns
        -------
        list of str
            JupyterHub's, and ``--allow-root`` where the hub itself is root.
        """
        arguments: list[str] = super().get_args()
        if self.project is not None:
            kept = {
                "ServerApp.root_dir": self.project,
                "YDocExtension.session_store_path": self.workspace / "sessions.json",
                "SQLiteYStore.db_path": self.workspace / "documents.sqlite",
            }
            arguments += [f"--{name}={path}" for name, path in kept.items()]
        return [*arguments, "--allow-root"] if os.geteuid() == 0 else arguments

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Add what the workspace needs to a server's environment.

        Parameters
        ----------
        env : dict
            What JupyterHub hands to the server.

        Returns
        -------
        dict
            With home, path, the hub's mark and the lean settings.
        """
        programs = str(Path(sys.executable).parent)
        path = os.environ.get("PATH", os.defpath)
        env["PATH"] = path if programs in path.split(os.pathsep) else os.pathsep.join([programs, path])
        env["USER"] = self.user.name
        env["HOME"] = str(self.workspace)
        env["SHELL"] = os.environ.get("SHELL", "/bin/sh")
        env["JUPYTER_CONFIG_PATH"] = str(LEAN_SETTINGS)
        env["JOULEBOOK_LIBRARIES"] = str(self.workspace / LIBRARIES)
        env.update(self.hub_variables)
        if self.project is not None:
            env["JUPYTER_CONFIG_PATH"] = str(TOGETHER_SETTINGS)
            env["CUDA_VISIBLE_DEVICES"] = ""  # its kernels belong to nobody who could be charged for a card
            for name in _OF_PERSONS:
                env.pop(name, None)
        return env

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """What the child does before it becomes the server: leash, private files, its workspace.

        Parameters
        ----------
        name : str
            The user's name.

        Returns
        -------
        callable
            For ``Popen``.
        """
        hub, folder, cpus = os.getpid(), str(self.project or self.workspace), self._processors()

        def before_exec() -> None:
            leash.die_with(hub)
            os.umask(0o077)
            os.chdir(folder)
            if cpus:
                os.sched_setaffinity(0, cpus)

        return before_exec

    def _processors(self) -> set[int]:
        """Processors for a server with a limit, drawn by chance; empty without one."""
        if not self.cpu_limit or not hasattr(os, "sched_setaffinity"):
            return set()
        here = sorted(os.sched_getaffinity(0))
        return set(random.sample(here, min(max(int(self.cpu_limit), 1), len(here))))

    async def poll(self) -> int | None:
        """Tell whether the server runs.

        A server of the hub before this one, which was killed, is on its way to its end, and is not taken over: it
        would be waited for until JupyterHub gives it up, and could not be started again meanwhile.

        Returns
        -------
        int or None
            None while it runs, else its exit status, or 0 if that is not known.
        """
        status: int | None = await super().poll()
        if status is None and self.proc is None:
            await asyncio.to_thread(_end_leftover, self.pid, self.hub_variables.get(MARK, ""))
            self.clear_state()
            return 0
        return status

    async def move_certs(self, paths: dict[str, str]) -> dict[str, str]:
        """Leave certificates where they are: the server runs as the hub's user.

        Parameters
        ----------
        paths : dict
            Where they are.

        Returns
        -------
        dict
            The same.
        """
        return paths

    async def _prepare(self) -> None:
        """Make the workspace ready, with links to what the user shares with others."""
        groups = [str(group.name) for group in self.user.groups]
        rooms: Rooms | None = self.user.settings.get("joulebook_rooms")
        workspaces = Workspaces(Path(self.workspaces))
        if self.project is not None:
            self.workspace.mkdir(mode=0o700, parents=True, exist_ok=True)
            workspaces.link(self.user.name, [], {}, self.libraries)
            return
        if rooms is None:
            ordinary = [group for group in groups if not group.startswith(GROUP_PREFIX)]
            workspaces.prepare(self.user.name, ordinary)
            return
        shared = await asyncio.to_thread(rooms.links_of, self.user.name, groups)
        workspaces.prepare(self.user.name, *shared)

    async def start(self) -> Any:
        """Prepare the workspace and start the server.

        Returns
        -------
        tuple
            Address and port.

        Raises
        ------
        HubError
            If the server would listen on more than this machine's loopback, or the workspace cannot be prepared.
        """
        if not is_loopback(self.ip):
            message = f"Spawner.ip = {self.ip!r}: servers of the local profile listen on 127.0.0.1 only."
            raise HubError(message, reason="not_loopback")
        try:
            await self._prepare()
        except OSError as error:
            message = (
                f"The workspace {self.workspace} cannot be prepared: {error.strerror}. Free space or fix its owner."
            )
            raise HubError(message, reason="workspace") from error
        log = Path(self.logs) / f"{folder_name(self.user.name)}{'-' + self.name if self.name else ''}.log"
        with log.open("ab") as file:
            self.popen_kwargs = {"stdout": file, "stderr": file}
            return await super().start()


def _end_leftover(pid: int, instance: str) -> None:
    """End a server of the hub before this one, if the process is one; its leash has asked it to end already."""
    try:
        process = psutil.Process(pid)
        if process.environ().get(MARK) != instance:
            return
        try:
            process.wait(_PATIENCE)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(_PATIENCE)
    except psutil.Error:
        return


def hub_variables(instance: str, leases: Path) -> dict[str, str]:
    """Variables that every process of a hub carries.

    Parameters
    ----------
    instance : str
        The hub's mark.
    leases : Path
        Folder of the table of lent GPUs.

    Returns
    -------
    dict
        No secret among them.
    """
    return {MARK: instance, "JOULEBOOK_LEASES": str(leases)}
