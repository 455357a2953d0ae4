"""Organisations in JupyterHub's configuration: their pages, and the loop that keeps groups and links up to date."""

from __future__ import annotations

import asyncio
from typing import Any

from joulebook_hub.housing import shares
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.doors import PROJECT_SCOPES, Doors, running_hub, without_project_names
from joulebook_hub.organisations.folders import Folders
from joulebook_hub.organisations.projects import Projects
from joulebook_hub.organisations.rooms import Rooms, keep_following
from joulebook_hub.organisations.together import Together, is_project
from joulebook_hub.plans import Plans
from joulebook_hub.quota.gates import Gates
from joulebook_hub.settings import HubSettings
from joulebook_hub.store import Store

__all__ = ["ROOMS", "configure"]

ROOMS = "joulebook_rooms"
"""Name of the `Rooms` among Tornado's settings, for pages and spawners."""
_FOLLOWING: set[asyncio.Task[None]] = set()  # a running loop keeps only weak references to its tasks


def configure(c: Any, settings: HubSettings, store: Store, plans: Plans, gates: Gates) -> Rooms:
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
    gates : Gates
        Give a project's server its size, and decide about everybody else's.

    Returns
    -------
    Rooms
        What follows the changes.
    """
    from joulebook_hub.handlers import organisations as pages

    projects = Projects(Book(store, plans), offered=shares(settings.profile))
    together = Together(projects.book, offered=settings.profile == "local", offer=gates.offer)
    doors = Doors(together, Folders(settings.folder.workspaces))
    rooms = Rooms(projects, settings.folder.workspaces, doors)
    c.JupyterHub.tornado_settings[ROOMS] = rooms
    c.JupyterHub.authenticator_class = without_project_names(c.JupyterHub.authenticator_class)
    if together.offered:
        _serve_projects(c, doors, gates)
    c.JupyterHub.extra_handlers = [*c.JupyterHub.get("extra_handlers", []), *pages.ROUTES]
    c.JupyterHub.template_vars["organisations_page"] = True
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return rooms  # the configuration is read outside a running hub
    _FOLLOWING.add(loop.create_task(keep_following(rooms, running_hub)))
    return rooms


def _serve_projects(c: Any, doors: Doors, gates: Gates) -> None:
    """Servers of projects start by rules of their own, with a token that reaches less than a person's."""
    ordinary = list(c.Spawner.server_token_scopes)

    def scopes(spawner: Any) -> list[str]:
        return list(PROJECT_SCOPES) if is_project(spawner.user.name) else ordinary

    async def before_start(spawner: Any) -> None:
        if is_project(spawner.user.name):
            await doors.before_start(spawner, gates)
        else:
            await gates.before_start(spawner)

    c.Spawner.server_token_scopes = scopes
    c.Spawner.pre_spawn_hook = before_start
