"""Dwellings in systemd units: a numeric user, bind mounts, and nothing else that can be written or looked into.

systemd starts a unit only as a user whom the machine knows by name. A person's user and the groups of shared folders
are therefore told to it as transient user and group records below ``/run/userdb`` (systemd 249 or later with
``libnss-systemd``): no line of ``/etc/passwd`` is written, and the records are gone after the machine's next start,
until a server needs them again. They hold numbers only, no name of a person.

A unit sees the machine's files read-only, without other people's processes, and without the hub's folders and the
sockets of services that trust local users. ``/tmp``, ``/var/tmp`` and ``/dev/shm`` are in memory, counted with the
server's own and an eighth of it at most: what a person can fill is the home and the shared folders. The properties are
those of systemd.exec(5) and systemd.resource-control(5); the addresses of clouds' metadata services are those of AWS
(both address families), GCP (likewise) and Azure, with Azure's host (168.63.129.16).
"""

from __future__ import annotations

import json
import pwd
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from joulebook_hub.errors import HubError
from joulebook_hub.housing.dwellings import Dwelling
from joulebook_hub.names import folder_name
from joulebook_hub.settings import HubSettings

__all__ = [
    "RECORDS",
    "SLICE",
    "announce",
    "cards_of",
    "furnish",
    "properties_of",
    "records_of",
    "tree_of",
    "unit_of",
    "write_records",
]

RECORDS = Path("/run/userdb")
"""Where systemd looks for transient user and group records."""
SLICE = "joulebook-servers.slice"
"""The slice of all people's servers; hub_config/systemd has its limits."""
_MEMORY = ("/tmp", "/var/tmp", "/dev/shm")
_LARGEST = 1 << 30
"""Bytes; each folder in memory has at most an eighth of the server's memory and this."""
_CLOSED = {
    "CapabilityBoundingSet": "",
    "KeyringMode": "private",
    "LockPersonality": "yes",
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateIPC": "yes",
    "ProtectClock": "yes",
    "ProtectControlGroups": "yes",
    "ProtectHostname": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectProc": "invisible",
    "ProtectSystem": "strict",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    "RestrictNamespaces": "yes",
    "RestrictRealtime": "yes",
    "RestrictSUIDSGID": "yes",
    "SystemCallArchitectures": "native",
    "SystemCallErrorNumber": "EPERM",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
}
_BOUNDED = {
    "LimitCORE": "0",
    "MemorySwapMax": "0",
    "OOMScoreAdjust": "500",
    "TasksMax": "1024",
}
_NOWHERE = "169.254.0.0/16 fe80::/10 fd00:ec2::254/128 fd20:ce::254/128 168.63.129.16/32"
_HIDDEN = (
    *("/etc/joulebook", "/run/dbus", "/run/postgresql", "/run/mysqld", "/run/docker.sock", "/run/containerd"),
    *("/run/podman", "/run/systemd/private", "/run/systemd/notify", "/run/user", "/root", "/var/backups"),
)
_LIVED = {"CollectMode": "inactive-or-failed", "KillMode": "mixed", "TimeoutStopSec": "15"}


def tree_of(settings: HubSettings) -> str:
    """Say where the tree of people's files lies.

    Parameters
    ----------
    settings : HubSettings
        The settings.

    Returns
    -------
    str
        The hub's folder of workspaces.

    Raises
    ------
    HubError
        If its path has characters that mean something in a unit.
    """
    path = str(settings.folder.workspaces)
    if not re.fullmatch(r"[A-Za-z0-9/._-]+", path):
        message = (
            f"JOULEBOOK_HOME = {str(settings.folder.root)!r}: in the systemd profile its path is made of letters, "
            "digits, dots, hyphens and underscores."
        )
        raise HubError(message, reason="bad_settings")
    return path


def unit_of(given: Dwelling, server: str) -> str:
    """Name of a server's unit, without its suffix.

    Parameters
    ----------
    given : Dwelling
        Whose.
    server : str
        The server's name; empty for the default one.

    Returns
    -------
    str
        Different for every server: a person's number has digits only.
    """
    return f"joulebook-server-{given.uid}{'-' + folder_name(server) if server else ''}"


def _name(number: int) -> str:
    return f"joulebook-{number}"


def records_of(given: Dwelling) -> dict[str, dict[str, Any]]:
    """User and group records that systemd needs to start a unit of a person's.

    Parameters
    ----------
    given : Dwelling
        Whose.

    Returns
    -------
    dict
        Records by name of file; see https://systemd.io/USER_RECORD and https://systemd.io/GROUP_RECORD.
    """
    user = {
        "userName": _name(given.uid),
        "uid": given.uid,
        "gid": given.gid,
        "disposition": "dynamic",
        "locked": True,
        "homeDirectory": given.home.target,
        "shell": "/bin/bash",
    }
    groups = {f"{gid}.group": {"groupName": _name(gid), "gid": gid} for gid in (given.gid, *given.gids)}
    return {f"{given.uid}.user": user, **groups}


def write_records(given: Dwelling, folder: Path = RECORDS) -> None:
    """Tell the machine a person's user and groups.

    Parameters
    ----------
    given : Dwelling
        Whose.
    folder : Path
        Where records are looked for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    for name, record in records_of(given).items():
        number, kind = name.split(".")
        fresh = folder / f".{name}.new"
        fresh.write_text(json.dumps(record), encoding="utf-8")
        fresh.chmod(0o644)
        fresh.replace(folder / name)
        link = folder / f"{_name(int(number))}.{kind}"
        if not link.is_symlink():
            link.symlink_to(name)


def announce(given: Dwelling) -> None:
    """Tell the machine a person's user and groups, and see that it has heard.

    Parameters
    ----------
    given : Dwelling
        Whose.

    Raises
    ------
    HubError
        If the machine does not learn of the person's user.
    """
    write_records(given)
    try:
        pwd.getpwuid(given.uid)
    except KeyError as error:
        message = (
            "systemd's user records are not looked at on this machine. Install libnss-systemd (part of systemd 249 or "
            "later) and let /etc/nsswitch.conf say 'passwd: files systemd' and 'group: files systemd'."
        )
        raise HubError(message, reason="no_user_records") from error


def cards_of(settings: HubSettings, devices: Path = Path("/dev")) -> list[str]:
    """Device files of the GPUs that kernels may be lent.

    Parameters
    ----------
    settings : HubSettings
        The settings.
    devices : Path
        Folder of device files.

    Returns
    -------
    list of str
        Paths; empty unless JOULEBOOK_GPU is 1.
    """
    if settings.environment.get("JOULEBOOK_GPU", "") != "1":
        return []
    found = [*devices.glob("nvidia*"), *devices.glob("nvidia-caps/*")]
    return sorted(str(path) for path in found if not path.is_dir())


def properties_of(
    given: Dwelling, tree: str, *, cards: Iterable[str] = (), hidden: Iterable[str] = (), memory: int | None = None
) -> dict[str, str]:
    """Properties of a person's unit, a server's or a job's.

    Parameters
    ----------
    given : Dwelling
        Whose.
    tree : str
        The tree of people's files.
    cards : iterable of str
        Device files of GPUs that it sees.
    hidden : iterable of str
        Folders that it may not look into, besides the usual ones.
    memory : int, optional
        Memory of the unit, bytes; unlimited when left out.

    Returns
    -------
    dict
        As ``systemd-run --property`` takes them.
    """
    writable = [mount.target for mount in given.mounts if not mount.read_only]
    binds = [f"{tree}/{mount.source}:{mount.target}" for mount in given.mounts if not mount.read_only]
    seen = [f"{tree}/{mount.source}:{mount.target}" for mount in given.mounts if mount.read_only]
    scratch = f"size={min(memory // 8, _LARGEST) if memory else _LARGEST},mode=1777,nosuid,nodev"
    found = {
        **_CLOSED,
        **_BOUNDED,
        **_LIVED,
        "BindPaths": " ".join([*binds, *cards]),
        "ReadWritePaths": " ".join(writable),
        "TemporaryFileSystem": " ".join(
            (*(f"{place}:ro,mode=0755" for place in ("/home", "/srv")), *(f"{place}:{scratch}" for place in _MEMORY))
        ),
        "InaccessiblePaths": " ".join(f"-{path}" for path in (*_HIDDEN, *hidden)),
        "IPAddressDeny": _NOWHERE,
        "RuntimeDirectoryPreserve": "no",
    }
    if given.gids:
        found["SupplementaryGroups"] = " ".join(map(str, given.gids))
    if seen:
        found["BindReadOnlyPaths"] = " ".join(seen)
    if cards:
        found["DeviceAllow"] = "char-nvidia* rw"
    return found


def furnish(spawner: Any, given: Dwelling, settings: HubSettings) -> None:
    """Give a unit its dwelling.

    Parameters
    ----------
    spawner : SystemdSpawner
        About to start.
    given : Dwelling
        Whose.
    settings : HubSettings
        The settings.
    """
    announce(given)
    spawner.unit_name = unit_of(given, spawner.name)
    spawner.username_template = _name(given.uid)
    spawner.user_workingdir = given.home.target
    spawner.unit_extra_properties = properties_of(
        given,
        tree_of(settings),
        cards=cards_of(settings),
        hidden=[str(settings.folder.root)],
        memory=spawner.mem_limit,
    )
    spawner.environment = {**spawner.environment, **given.environment}
