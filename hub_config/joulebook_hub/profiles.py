"""JupyterHub's configuration, by profile: what all share, then how each starts servers."""

from __future__ import annotations

import os
import sys
from typing import Any

from joulebook_hub import places, production, proxies, proxy_program, spawners, traefik
from joulebook_hub.errors import HubError
from joulebook_hub.providers import configure_sign_in
from joulebook_hub.service import configuration
from joulebook_hub.settings import HubSettings

__all__ = ["CULLER_SCOPES", "SERVER_SCOPES", "configure", "content_security_policy"]

# What a single-user server may do with the token in its environment: tell when it was used, and let its user in.
SERVER_SCOPES = ["users:activity!user", "access:servers!server"]
# What the idle culler needs to find idle servers and stop them, and no more.
CULLER_SCOPES = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
_TOKEN_DAYS = 90


def configure(c: Any, settings: HubSettings | None = None) -> HubSettings:
    """Fill in JupyterHub's configuration.

    Parameters
    ----------
    c : traitlets.config.Config
        JupyterHub's configuration.
    settings : HubSettings, optional
        The settings; from the environment when left out.

    Returns
    -------
    HubSettings
        The settings that were used.

    Raises
    ------
    HubError
        If a setting is wrong or the profile refuses one.
    """
    chosen = settings or HubSettings.from_environment(os.environ)
    refusals = chosen.refusals()
    if refusals:
        raise HubError("The hub does not start:\n  - " + "\n  - ".join(refusals), reason="bad_settings")
    chosen.folder.prepare()
    _pages(c, chosen)
    _security(c, chosen)
    _servers(c, chosen)
    configure_sign_in(c, chosen)
    if chosen.profile == "local":
        _local(c, chosen)
    else:
        production.configure(c, chosen)
    configuration.configure(c, chosen)
    return chosen


def content_security_policy(public_url: str) -> str:
    """Policy of the hub's own pages: nothing from elsewhere, no frames, forms only to the hub and its subdomains.

    Parameters
    ----------
    public_url : str
        The address that people type; empty for the local profile.

    Returns
    -------
    str
        Value of the Content-Security-Policy header. Inline scripts are allowed because JupyterHub's pages have them.
    """
    subdomains = " " + public_url.replace("https://", "https://*.", 1) if public_url.startswith("https://") else ""
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
        f"frame-ancestors 'none'; form-action 'self'{subdomains}"
    )


def _pages(c: Any, settings: HubSettings) -> None:
    templates = places.package_folder() / "templates"
    c.JupyterHub.template_paths = [str(templates)]
    c.JupyterHub.logo_file = str(templates / "logo.svg")
    c.JupyterHub.template_vars = {
        "local_profile": settings.profile == "local",
        "own_accounts": settings.sign_in == "password",
        "sign_up_policy": settings.sign_up if settings.sign_in == "password" else "closed",
    }


def _security(c: Any, settings: HubSettings) -> None:
    c.JupyterHub.cookie_secret_file = str(settings.folder.cookie_secret)
    c.JupyterHub.cookie_max_age_days = 7
    c.JupyterHub.token_expires_in_max_seconds = _TOKEN_DAYS * 86400
    c.JupyterHub.tornado_settings = {
        "cookie_options": {"samesite": "Lax"},
        "xsrf_cookie_kwargs": {"samesite": "Lax"},
        "headers": {
            "Content-Security-Policy": content_security_policy(settings.public_url),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "strict-origin-when-cross-origin",
        },
    }
    if settings.profile == "local":  # `joulebook hub up` knows by it that this hub answers, and no other
        c.JupyterHub.tornado_settings["headers"]["X-Joulebook-Hub"] = settings.folder.instance
    if settings.public_url:
        c.JupyterHub.public_url = settings.public_url + "/"


def _servers(c: Any, settings: HubSettings) -> None:
    c.Spawner.default_url = "/lab"
    c.Spawner.disable_user_config = True
    c.Spawner.server_token_scopes = SERVER_SCOPES
    c.Spawner.start_timeout = 120
    c.Spawner.http_timeout = 120
    c.JupyterHub.allow_named_servers = settings.named_servers > 0
    c.JupyterHub.named_server_limit_per_user = settings.named_servers
    c.JupyterHub.concurrent_spawn_limit = 20
    if settings.idle_minutes:
        c.JupyterHub.services = [_culler(settings)]
        role = {"name": "idle-culler", "description": "Stops idle servers", "scopes": CULLER_SCOPES}
        c.JupyterHub.load_roles = [{**role, "services": ["idle-culler"]}]


def _culler(settings: HubSettings) -> dict[str, Any]:
    command = [
        *(sys.executable, "-m", "joulebook_hub.leash", str(os.getpid()), "--"),
        *(sys.executable, "-m", "jupyterhub_idle_culler"),
        f"--timeout={settings.idle_minutes * 60}",
        f"--cull-every={min(300, settings.idle_minutes * 30)}",
    ]
    variables = spawners.hub_variables(settings.folder.instance, settings.folder.leases)
    return {"name": "idle-culler", "command": command, "environment": variables, "display": False}


def _local(c: Any, settings: HubSettings) -> None:
    """One trusted machine: everything on loopback, servers as processes that end with the hub."""
    folder = settings.folder
    c.JupyterHub.db_url = f"sqlite:///{folder.database}"
    c.JupyterHub.bind_url = f"http://127.0.0.1:{settings.port}"
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings.hub_port}"
    c.JupyterHub.cleanup_servers = True
    c.JupyterHub.cleanup_proxy = True
    c.JupyterHub.pid_file = ""
    c.JupyterHub.proxy_class = proxies.LoopbackProxy
    if settings.proxy == "traefik":
        traefik.configure(c, settings)
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings.proxy_api_port}"
    c.ConfigurableHTTPProxy.pid_file = str(folder.proxy_pid)
    c.ConfigurableHTTPProxy.command = proxy_program.command()
    c.JupyterHub.spawner_class = spawners.WorkspaceSpawner
    c.WorkspaceSpawner.workspaces = str(folder.workspaces)
    c.WorkspaceSpawner.logs = str(folder.server_logs)
    c.WorkspaceSpawner.hub_variables = spawners.hub_variables(folder.instance, folder.leases)
    c.WorkspaceSpawner.interrupt_timeout = 10
    c.WorkspaceSpawner.term_timeout = 5
    c.WorkspaceSpawner.poll_interval = 10
