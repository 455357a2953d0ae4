"""The proxy in front of the hub: configurable-http-proxy, which the local profile lets listen on loopback only."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from jupyterhub.proxy import ConfigurableHTTPProxy

from joulebook_hub.errors import HubError
from joulebook_hub.settings import is_loopback

__all__ = ["LoopbackProxy"]


class LoopbackProxy(ConfigurableHTTPProxy):  # type: ignore[misc]
    """The local profile's proxy: it starts on loopback addresses only, whatever a configuration file says."""

    async def start(self) -> Any:
        """Start, unless an address could be reached from elsewhere.

        Returns
        -------
        object
            What JupyterHub's proxy returns.

        Raises
        ------
        HubError
            If the public, the proxy's or the hub's address is not a loopback address.
        """
        for what, url in (("public", self.public_url), ("proxy", self.api_url), ("hub", self.hub.url)):
            host = urlsplit(url).hostname or ""
            if not is_loopback(host):
                message = (
                    f"The {what} address is {url}. The local profile gives every user the same rights on this machine, "
                    "so it listens on 127.0.0.1 only. Choose JOULEBOOK_PROFILE=docker, kubernetes or systemd."
                )
                raise HubError(message, reason="not_loopback")
        return await super().start()
