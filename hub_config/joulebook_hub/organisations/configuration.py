"""Organisations in JupyterHub's configuration: their pages, and the loop that keeps groups and links up to date."""

from __future__ import annotations

import asyncio
from typing import Any

from joulebook_hub.housing import shares
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.projects import Projects
from joulebook_hub.organisations.rooms import Rooms, keep_following
from joulebook_hub.plans import Plans
from joulebook_hub.settings import HubSettings
from joulebook_hub.store import Store

__all__ = ["ROOMS", "configure"]

ROOMS = "joulebook_rooms"
"""Name of the `Rooms` among Tornado's settings, for pages and spawners."""
_FOLLOWING: set[asyncio.Task[None]] = set()  # a running loop keeps only weak references to its tasks


def configure(c: Any, settings: HubSettings, store: Store, plans: Plans) -> Rooms:
    """Give the hub the pages of organisations, and let it follow their changes.

    Parameters
    ----------
    c : traitlets.config.Config
        JupyterHub's configuration.
    settings : HubSettings
        The settings.
    store : Store
        The hub's store.
    plans : Plans
        The plans.

    Returns
    -------
    Rooms
        What follows the changes.
    """
    from joulebook_hub.handlers import organisations as pages

    projects = Projects(Book(store, plans), offered=shares(settings.profile))
    rooms = Rooms(projects, settings.folder.workspaces)
    c.JupyterHub.tornado_settings[ROOMS] = rooms
    c.JupyterHub.extra_handlers = [*c.JupyterHub.get("extra_handlers", []), *pages.ROUTES]
    c.JupyterHub.template_vars["organisations_page"] = True
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return rooms  # the configuration is read outside a running hub
    _FOLLOWING.add(loop.create_task(keep_following(rooms, _session)))
    return rooms


def _session() -> Any:
    """JupyterHub's database session, once the hub has opened it."""
    from jupyterhub.app import JupyterHub

    return JupyterHub.instance().db if JupyterHub.initialized() else None
