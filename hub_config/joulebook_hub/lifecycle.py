"""Starting, stopping and looking at the local hub: what ``joulebook hub up | down | status`` do."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from joulebook_hub import ports, processes, proxy_program
from joulebook_hub.errors import HubError
from joulebook_hub.places import StateFolder
from joulebook_hub.settings import HubSettings

__all__ = ["Started", "answers", "down", "status", "up"]

_START_PATIENCE = 120.0
_STOP_PATIENCE = 45.0
_PORT_PATIENCE = 3.0
_LOG_LIMIT = 5_000_000


@dataclass(frozen=True)
class Started:
    """What ``up`` has to tell.

    Parameters
    ----------
    url : str
        Where to go.
    already : bool
        True if it was running before.
    seconds : float
        From the command to an answering sign-in page.
    admin : tuple of str, optional
        Name and one-time password of the first administrator, when just made.
    """

    url: str
    already: bool
    seconds: float
    admin: tuple[str, str] | None = None


def answers(port: int, instance: str, timeout: float = 5.0) -> bool:
    """Ask for the sign-in page through the proxy.

    Parameters
    ----------
    port : int
        The proxy's port.
    instance : str
        The hub's mark: another hub may have got the port.
    timeout : float
        Time for the answer, s.

    Returns
    -------
    bool
        True if this hub answers with 200.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", "/hub/login")
        answer = connection.getresponse()
        # A provider that signs in at once answers with a redirection to it.
        return answer.status in {200, 302} and answer.getheader("X-Joulebook-Hub") == instance
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _poll(seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(0.15)


def running(folder: StateFolder) -> dict[str, Any] | None:
    """What runs from a folder.

    Parameters
    ----------
    folder : StateFolder
        The hub's folder.

    Returns
    -------
    dict or None
        Contents of running.json if its guard lives.
    """
    noted = folder.read(folder.running)
    if noted is None or not processes.is_same_process(int(noted["pid"]), float(noted["started"])):
        return None
    return noted


def up(environment: Mapping[str, str], *, port: int | None = None, admin: str = "admin") -> Started:
    """Start the hub of the chosen folder, or find it running.

    Parameters
    ----------
    environment : mapping of str to str
        Usually ``os.environ``.
    port : int, optional
        The port to insist on; otherwise JOULEBOOK_PORT, otherwise 8000 or the next free one.
    admin : str
        Name of the first administrator, when there is none.

    Returns
    -------
    Started
        Address and what to tell.

    Raises
    ------
    HubError
        If a setting is wrong, a part is missing, a port is taken, or the hub does not answer in time.
    """
    from joulebook_hub.first_admin import ensure_first_admin, forget_first_admin

    begin = time.monotonic()
    settings = HubSettings.from_environment(environment)
    if settings.profile != "local":
        message = (
            f"JOULEBOOK_PROFILE = {settings.profile!r}: `joulebook hub up` starts the local profile. Run `jupyterhub "
            "-f jupyterhub_config.py` under your service manager for the others; see docs/howto/production-spawners.md."
        )
        raise HubError(message, reason="not_local")
    folder = settings.folder
    folder.prepare()
    with folder.lock():
        found = running(folder)
        if found:
            _wait_until_ready(folder, int(found["port"]), None)
            return Started(str(found["url"]), True, time.monotonic() - begin)
        processes.end_all(folder.instance)
        _forget(folder, folder.read(folder.running) or {})
        proxy_program.node()
        proxy_program.program()
        insisted = port is not None or "JOULEBOOK_PORT" in environment
        chosen = ports.choose_public(port or settings.port, insisted=insisted)
        made = ensure_first_admin(settings, admin)
        try:
            while not _starts(folder, environment, chosen, insisted=insisted):
                chosen = ports.choose_public(chosen, insisted=False)
        except BaseException:
            if made:
                forget_first_admin(settings, made[0])
            raise
        return Started(f"http://127.0.0.1:{chosen}", False, time.monotonic() - begin, made)


def _starts(folder: StateFolder, environment: Mapping[str, str], chosen: int, *, insisted: bool) -> bool:
    """Start the hub on a port; False if another program got the port first and no person has asked for it."""
    names = ("hub_port", "proxy_api_port", "service_port", "simulator_port")
    numbers = {"port": chosen, **dict(zip(names, ports.free_ones(len(names), avoid={chosen}), strict=True))}
    guard = _start_guard(folder, environment, numbers)
    started = psutil.Process(guard.pid).create_time()
    url = f"http://127.0.0.1:{chosen}"
    folder.write(folder.running, {"pid": guard.pid, "started": started, "url": url, **numbers})
    try:
        _wait_until_ready(folder, chosen, guard)
    except BaseException as error:
        _stop(folder, guard.pid)
        if isinstance(error, HubError) and error.reason == "port_taken" and not insisted:
            return False
        raise
    return True


def _start_guard(
    folder: StateFolder, environment: Mapping[str, str], numbers: Mapping[str, int]
) -> subprocess.Popen[bytes]:
    """Start the guard in a session of its own, with an environment that holds nothing of another hub."""
    foreign = ("JUPYTERHUB_", "JPY_", "CONFIGPROXY_", "JUPYTER_")
    variables = {name: value for name, value in environment.items() if not name.startswith(foreign)}
    variables |= {
        "JOULEBOOK_HOME": str(folder.root),
        **{f"JOULEBOOK_{name.upper()}": str(number) for name, number in numbers.items()},
        "PYTHONUNBUFFERED": "1",
        processes.MARK: folder.instance,
    }
    if folder.log.exists() and folder.log.stat().st_size > _LOG_LIMIT:
        folder.log.replace(folder.log.with_suffix(".log.1"))
    with folder.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "joulebook_hub.guard"],
            cwd=folder.root,
            env=_absolute_python_path(variables),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _absolute_python_path(variables: dict[str, str]) -> dict[str, str]:
    """The hub works in its own folder, so a relative PYTHONPATH is made absolute first."""
    given = variables.get("PYTHONPATH")
    if given:
        entries = [str(Path(entry).absolute()) for entry in given.split(os.pathsep) if entry]
        variables["PYTHONPATH"] = os.pathsep.join(entries)
    return variables


def _wait_until_ready(folder: StateFolder, port: int, guard: subprocess.Popen[bytes] | None) -> None:
    for _ in _poll(_START_PATIENCE):
        if answers(port, folder.instance):
            return
        others = True
        for _ in range(2):  # our own proxy may have begun to listen while its processes were looked for
            own = [process.pid for process in processes.members(folder.instance)]
            others = others and ports.is_held_by_others(port, own)
        if others:  # the proxy goes on without its port
            message = f"Another program has taken port {port} meanwhile. Start again, or choose a port with --port."
            raise HubError(message, reason="port_taken")
        if guard is not None and guard.poll() is not None:
            message = f"The hub ended while it started. The last lines of {folder.log}:\n{_tail(folder)}"
            raise HubError(message, reason="start_failed")
    message = (
        f"The hub does not answer on port {port} after {_START_PATIENCE:.0f} s. Run `joulebook hub down`, look into "
        f"{folder.log}, and start it again. Its last lines:\n{_tail(folder)}"
    )
    raise HubError(message, reason="start_timeout")


def _tail(folder: StateFolder, lines: int = 12) -> str:
    if not folder.log.exists():
        return "(no log)"
    text = folder.log.read_text(encoding="utf-8", errors="replace")
    return "\n".join("  | " + line for line in text.splitlines()[-lines:])


def down(environment: Mapping[str, str]) -> bool:
    """Stop the hub of the chosen folder with everything that it started, and wait for the end.

    Parameters
    ----------
    environment : mapping of str to str
        Usually ``os.environ``.

    Returns
    -------
    bool
        False if nothing was running.

    Raises
    ------
    HubError
        If a process of the hub cannot be ended.
    """
    folder = StateFolder.from_environment(environment)
    if not folder.root.is_dir():  # deleted while the hub ran, or never made: the mark finds what is left
        return processes.end_all(folder.instance) > 0
    with folder.lock():
        found = running(folder)
        return _stop(folder, int(found["pid"]) if found else None)


def _stop(folder: StateFolder, guard: int | None) -> bool:
    noted = folder.read(folder.running) or {}
    if guard is not None:
        _ask(guard)
        for _ in _poll(_STOP_PATIENCE):
            if not _lives(guard):
                break
    left = processes.end_all(folder.instance)
    rest = processes.members(folder.instance)
    if rest:
        named = ", ".join(str(process.pid) for process in rest)
        raise HubError(f"Processes {named} of this hub do not end. End them by hand, by number.", reason="stop_failed")
    _forget(folder, noted)
    return guard is not None or left > 0


def _forget(folder: StateFolder, noted: Mapping[str, Any]) -> None:
    """Remove the notes of a hub that has ended, once the system has taken its ports back.

    A process that is ending is no longer seen a moment before its sockets close.
    """
    used = [int(noted[key]) for key in ("port", "hub_port", "proxy_api_port") if key in noted]
    for _ in _poll(_PORT_PATIENCE):
        if all(ports.is_free(port) for port in used):
            break
    folder.running.unlink(missing_ok=True)
    folder.proxy_pid.unlink(missing_ok=True)


def _ask(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return


def _lives(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE:
            return True
        if process.ppid() == os.getpid():
            process.wait(1)
    except psutil.Error:
        return False
    return False


def status(environment: Mapping[str, str]) -> tuple[bool, list[str]]:
    """Say what runs.

    Parameters
    ----------
    environment : mapping of str to str
        Usually ``os.environ``.

    Returns
    -------
    bool
        True if the hub runs and answers.
    list of str
        Lines for a person.
    """
    folder = StateFolder.from_environment(environment)
    found = running(folder) if folder.root.is_dir() else None
    if found is None:
        return False, [f"Joulebook is not running from {folder.root}.", *_last_end(folder)]
    ready = answers(int(found["port"]), folder.instance)
    lines = [
        f"Joulebook is running at {found['url']}" + ("" if ready else ", but does not answer."),
        f"  folder     {folder.root}",
        f"  log        {folder.log}",
        f"  guard      process {found['pid']}, {len(processes.members(folder.instance))} processes in all",
    ]
    return ready, lines


def _last_end(folder: StateFolder) -> list[str]:
    ended = folder.read(folder.last_end) if folder.root.is_dir() else None
    if not ended or ended.get("asked"):
        return []
    code = int(ended["status"])
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(float(ended["at"])))
    return [f"  It ended by itself at {when} ({how}). Its log: {folder.log}"]
