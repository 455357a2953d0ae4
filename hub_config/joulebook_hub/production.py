"""Production profiles: one container, pod or unit per user, TLS, a subdomain per user.

The spawners are named, not imported: each is installed where it is used (dockerspawner, jupyterhub-kubespawner,
jupyterhub-systemdspawner).
"""

from __future__ import annotations

import sys
from typing import Any

from joulebook_hub import proxy_program, traefik
from joulebook_hub.errors import HubError
from joulebook_hub.housing import kubernetes, systemd
from joulebook_hub.settings import HubSettings
from joulebook_hub.spawners import KEPT_VARIABLES, LEAN_SETTINGS

__all__ = ["check", "configure"]

_UNSAFE_SPAWNERS = ("simple", "WorkspaceSpawner", "SimpleLocalProcessSpawner", "LocalProcessSpawner", "localprocess")
_UNSAFE_SIGN_IN = ("dummy", "null", "DummyAuthenticator", "NullAuthenticator", "SharedPasswordAuthenticator")


def configure(c: Any, settings: HubSettings) -> None:
    """Fill in what one of the production profiles needs.

    Parameters
    ----------
    c : traitlets.config.Config
        JupyterHub's configuration.
    settings : HubSettings
        The settings; profile docker, kubernetes or systemd.
    """
    c.JupyterHub.subdomain_host = settings.public_url
    c.JupyterHub.cookie_host_prefix_enabled = True
    memory = settings.environment.get("JOULEBOOK_SERVER_MEMORY", "4G")
    c.Spawner.mem_limit = memory
    c.Spawner.cpu_limit = _cores(settings.environment.get("JOULEBOOK_SERVER_CORES", "2"))
    {"docker": _docker, "kubernetes": _kubernetes, "systemd": _systemd}[settings.profile](c, settings)
    check(c)


def _cores(given: str) -> float:
    try:
        cores = float(given)
    except ValueError:
        cores = 0.0
    if not 0 < cores < 10_000:
        message = f"JOULEBOOK_SERVER_CORES = {given!r}: use a number of processors more than 0, such as 2 or 0.5."
        raise HubError(message, reason="bad_settings")
    return cores


def check(c: Any) -> None:
    """Refuse a production configuration that would not keep users apart.

    Parameters
    ----------
    c : traitlets.config.Config
        JupyterHub's configuration.

    Raises
    ------
    HubError
        If servers would be plain processes of the hub's user, sign-in would accept anybody, or cookies could be read
        across users.
    """
    faults = []
    spawner = _class_name(c.JupyterHub.get("spawner_class", ""))
    if spawner in _UNSAFE_SPAWNERS:
        faults.append(
            f"spawner_class = {spawner}: it keeps users of one machine apart in nothing. Use the profile's own."
        )
    sign_in = _class_name(c.JupyterHub.get("authenticator_class", ""))
    if sign_in in _UNSAFE_SIGN_IN:
        faults.append(f"authenticator_class = {sign_in}: it is for tests. Use password, github, google or orcid.")
    if not str(c.JupyterHub.get("subdomain_host", "")).startswith("https://"):
        faults.append("subdomain_host is not an https address: pages of one user could read another's cookies.")
    if not c.JupyterHub.get("cookie_host_prefix_enabled", False):
        faults.append("cookie_host_prefix_enabled is off: a user's page could set cookies for the hub.")
    if not c.Spawner.get("disable_user_config", False):
        faults.append("disable_user_config is off: a user's files could weaken the user's own server.")
    if faults:
        raise HubError("The hub does not start:\n  - " + "\n  - ".join(faults), reason="unsafe_production")


def _class_name(chosen: Any) -> str:
    return chosen.rsplit(".", 1)[-1] if isinstance(chosen, str) else str(getattr(chosen, "__name__", chosen))


def _own_proxy(c: Any, settings: HubSettings) -> None:
    c.JupyterHub.bind_url = f"http{'s' if settings.tls == 'own' else ''}://{settings.host}:{settings.port}"
    c.JupyterHub.cleanup_servers = False  # servers outlive a restart of the hub, which finds them again
    c.JupyterHub.db_url = settings.environment.get("JOULEBOOK_DATABASE_URL") or f"sqlite:///{settings.folder.database}"
    if settings.proxy == "traefik":
        traefik.configure(c, settings)
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings.proxy_api_port}"
    c.ConfigurableHTTPProxy.pid_file = str(settings.folder.proxy_pid)
    c.ConfigurableHTTPProxy.command = proxy_program.command()
    if settings.tls == "own":
        c.JupyterHub.ssl_key = settings.tls_key
        c.JupyterHub.ssl_cert = settings.tls_cert


def _docker(c: Any, settings: HubSettings) -> None:
    """One container per server: no privileges, bounded processes and memory; `joulebook_hub.housing` adds the files."""
    environment = settings.environment
    _own_proxy(c, settings)
    hub_host = environment.get("JOULEBOOK_HUB_HOST", "joulebook-hub")
    c.JupyterHub.hub_bind_url = f"http://0.0.0.0:{settings.hub_port}"
    c.JupyterHub.hub_connect_url = f"http://{hub_host}:{settings.hub_port}"
    c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
    c.DockerSpawner.image = environment.get("JOULEBOOK_IMAGE", "joulebook:latest")
    c.DockerSpawner.network_name = environment.get("JOULEBOOK_NETWORK", "joulebook")
    c.DockerSpawner.use_internal_ip = True
    c.DockerSpawner.remove = True
    c.DockerSpawner.notebook_dir = "/home/joulebook"
    c.DockerSpawner.extra_host_config = {
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "pids_limit": 1024,
        "cpu_shares": 256,  # a quarter of the hub's weight, where processors are short
        "shm_size": "256m",
        # The image is not written to, so nobody fills the daemon's disk; /tmp counts as the server's memory.
        "read_only": True,
        "tmpfs": {"/tmp": "size=512m,mode=1777"},
    }
    if environment.get("JOULEBOOK_GPU") == "1":
        c.DockerSpawner.extra_host_config["device_requests"] = [{"count": -1, "capabilities": [["gpu"]]}]


def _kubernetes(c: Any, settings: HubSettings) -> None:
    """One pod per server; `joulebook_hub.housing` adds the files.

    The chart owns proxy, database and addresses (hub_config/kubernetes/values.yaml).
    """
    environment = settings.environment
    c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
    c.KubeSpawner.image = environment.get("JOULEBOOK_IMAGE", "joulebook:latest")
    c.KubeSpawner.automount_service_account_token = False
    c.KubeSpawner.privileged = kubernetes.WALLS["privileged"]
    c.KubeSpawner.allow_privilege_escalation = kubernetes.WALLS["allowPrivilegeEscalation"]
    c.KubeSpawner.container_security_context = dict(kubernetes.WALLS)
    c.KubeSpawner.storage_pvc_ensure = False


def _systemd(c: Any, settings: HubSettings) -> None:
    """One transient systemd unit per server; `joulebook_hub.housing` adds user, files and walls."""
    systemd.tree_of(settings)
    _own_proxy(c, settings)
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings.hub_port}"
    c.JupyterHub.spawner_class = "systemdspawner.SystemdSpawner"
    c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
    c.Spawner.env_keep = ["PATH", *KEPT_VARIABLES]
    c.Spawner.environment = {**c.Spawner.get("environment", {}), "JUPYTER_CONFIG_PATH": str(LEAN_SETTINGS)}
    c.SystemdSpawner.unit_name_template = "joulebook-user-{USERID}"  # until the person's own name is known
    c.SystemdSpawner.default_shell = "/bin/bash"
    c.SystemdSpawner.isolate_devices = True
    c.SystemdSpawner.disable_user_sudo = True
    c.SystemdSpawner.slice = systemd.SLICE
