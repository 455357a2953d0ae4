"""Dwellings in pods: parts of one claim, a numeric user, further numeric groups."""

from __future__ import annotations

from typing import Any

from joulebook_hub.housing.dwellings import Dwelling
from joulebook_hub.settings import HubSettings

__all__ = ["VOLUME", "WALLS", "claim_of", "furnish", "security_context_of", "volume_mounts_of", "volumes_of"]

VOLUME = "workspaces"
"""Name of the volume in a pod."""
WALLS: dict[str, Any] = {
    "privileged": False,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
"""What no container of a person's may: its security context, but for who it runs as."""


def claim_of(settings: HubSettings) -> str:
    """Name of the claim that holds the tree.

    Parameters
    ----------
    settings : HubSettings
        The settings.

    Returns
    -------
    str
        JOULEBOOK_WORKSPACES_CLAIM.
    """
    return settings.environment.get("JOULEBOOK_WORKSPACES_CLAIM") or "joulebook-workspaces"


def volumes_of(claim: str) -> list[dict[str, Any]]:
    """Volumes of a pod.

    Parameters
    ----------
    claim : str
        Name of the claim that holds the tree.

    Returns
    -------
    list of dict
        As in a pod's manifest.
    """
    return [{"name": VOLUME, "persistentVolumeClaim": {"claimName": claim}}]


def volume_mounts_of(given: Dwelling) -> list[dict[str, Any]]:
    """Mounts of a container, each of one folder of the claim.

    Parameters
    ----------
    given : Dwelling
        Whose.

    Returns
    -------
    list of dict
        As in a pod's manifest, the home first.
    """
    return [
        {"name": VOLUME, "mountPath": mount.target, "subPath": mount.source, "readOnly": mount.read_only}
        for mount in given.mounts
    ]


def security_context_of(given: Dwelling) -> dict[str, Any]:
    """Who a pod runs as. There is no ``fsGroup``: it would hand the whole claim to one group.

    Parameters
    ----------
    given : Dwelling
        Whose.

    Returns
    -------
    dict
        As in a pod's manifest.
    """
    return {"runAsUser": given.uid, "runAsGroup": given.gid, "supplementalGroups": list(given.gids)}


def furnish(spawner: Any, given: Dwelling, claim: str) -> None:
    """Give a pod its dwelling.

    Parameters
    ----------
    spawner : KubeSpawner
        About to start.
    given : Dwelling
        Whose.
    claim : str
        Name of the claim that holds the tree.
    """
    spawner.uid, spawner.gid, spawner.fs_gid = given.uid, given.gid, None
    spawner.supplemental_gids = list(given.gids)
    spawner.volumes = volumes_of(claim)
    spawner.volume_mounts = volume_mounts_of(given)
    spawner.environment = {**spawner.environment, **given.environment}
