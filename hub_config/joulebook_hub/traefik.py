"""Traefik as the proxy (JOULEBOOK_PROXY=traefik): for hubs with many servers, where one node process is the limit."""

from __future__ import annotations

import importlib.util
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from joulebook_hub.errors import HubError
from joulebook_hub.settings import HubSettings

__all__ = ["configure"]


def configure(c: Any, settings: HubSettings) -> None:
    """Let the hub start Traefik, which reads its routes from a file that the hub writes.

    Parameters
    ----------
    c : traitlets.config.Config
        JupyterHub's configuration, with the public address in it.
    settings : HubSettings
        The settings.

    Raises
    ------
    HubError
        If the packages are not installed.
    """
    if importlib.util.find_spec("jupyterhub_traefik_proxy") is None:
        message = (
            "JOULEBOOK_PROXY = 'traefik': the packages are missing. pip install joulebook[traefik], or choose node."
        )
        raise HubError(message, reason="missing_extra")
    folder = settings.folder.root / "traefik"
    folder.mkdir(mode=0o700, exist_ok=True)
    programs = str(Path(sys.executable).parent)
    c.JupyterHub.proxy_class = "jupyterhub_traefik_proxy.fileprovider.TraefikFileProviderProxy"
    c.TraefikFileProviderProxy.static_config_file = str(folder / "static.toml")
    c.TraefikFileProviderProxy.dynamic_config_file = str(folder / "routes.toml")
    c.TraefikFileProviderProxy.traefik_api_url = f"http://127.0.0.1:{settings.proxy_api_port}"
    c.TraefikFileProviderProxy.traefik_api_username = "hub"
    c.TraefikFileProviderProxy.traefik_api_password = secrets.token_urlsafe(32)
    c.TraefikFileProviderProxy.traefik_env = {"PATH": os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])}
    c.TraefikFileProviderProxy.extra_static_config = {"global": {"checkNewVersion": False, "sendAnonymousUsage": False}}
