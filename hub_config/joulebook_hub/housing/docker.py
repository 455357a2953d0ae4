"""Dwellings in containers: bind mounts of the machine's folders, a numeric user, further numeric groups."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from joulebook_hub.errors import HubError
from joulebook_hub.housing.dwellings import Dwelling
from joulebook_hub.settings import HubSettings

__all__ = ["furnish", "identity_of", "mounts_of", "tree_of"]


def tree_of(settings: HubSettings) -> str:
    """Say where the tree lies on the machine of the Docker daemon, which the hub may see elsewhere.

    Parameters
    ----------
    settings : HubSettings
        The settings.

    Returns
    -------
    str
        JOULEBOOK_WORKSPACES; without it the hub's own folder, as where the hub runs in no container.

    Raises
    ------
    HubError
        If it is no absolute path.
    """
    given = settings.environment.get("JOULEBOOK_WORKSPACES") or str(settings.folder.workspaces)
    path = PurePosixPath(given)
    if not path.is_absolute() or ".." in path.parts or set(given) & set("{},"):
        message = (
            f"JOULEBOOK_WORKSPACES = {given!r}: name the folder of the workspaces by its absolute path on the machine "
            "of the Docker daemon, without braces and commas."
        )
        raise HubError(message, reason="bad_settings")
    return str(path)


def mounts_of(given: Dwelling, tree: str) -> list[dict[str, Any]]:
    """Mounts of a container, as `docker.types.Mount` takes them.

    Parameters
    ----------
    given : Dwelling
        Whose.
    tree : str
        The tree on the daemon's machine.

    Returns
    -------
    list of dict
        The home first.
    """
    return [
        {
            "type": "bind",
            "source": f"{tree}/{mount.source}",
            "target": mount.target,
            "read_only": mount.read_only,
        }
        for mount in given.mounts
    ]


def identity_of(given: Dwelling) -> tuple[str, list[str]]:
    """Who a container runs as.

    Parameters
    ----------
    given : Dwelling
        Whose.

    Returns
    -------
    tuple
        ``user`` and ``group_add`` of the Docker API.
    """
    return f"{given.uid}:{given.gid}", [str(gid) for gid in given.gids]


def furnish(spawner: Any, given: Dwelling, tree: str) -> None:
    """Give a container its dwelling.

    Parameters
    ----------
    spawner : DockerSpawner
        About to start.
    given : Dwelling
        Whose.
    tree : str
        The tree on the daemon's machine.
    """
    user, groups = identity_of(given)
    spawner.volumes = {}
    spawner.mounts = mounts_of(given, tree)
    spawner.extra_create_kwargs = {**spawner.extra_create_kwargs, "user": user}
    spawner.extra_host_config = {**spawner.extra_host_config, "group_add": groups}
    spawner.environment = {**spawner.environment, **given.environment}
