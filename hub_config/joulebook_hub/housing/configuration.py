"""Dwellings in JupyterHub's configuration: what a server is given before it starts, and what it loses while it runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tornado import web

from joulebook_hub.errors import HubError
from joulebook_hub.housing import HOUSED, HOUSES, docker, kubernetes, systemd
from joulebook_hub.housing.dwellings import Dwelling
from joulebook_hub.housing.houses import Houses
from joulebook_hub.housing.leaving import Leaving
from joulebook_hub.organisations.folders import measure_projects
from joulebook_hub.organisations.rooms import Rooms
from joulebook_hub.plans import Plans
from joulebook_hub.quota.homes import measure_all
from joulebook_hub.settings import HubSettings
from joulebook_hub.store import Store

__all__ = ["MEASURE_EVERY", "Doorkeeper", "configure", "furnisher"]

MEASURE_EVERY = 300.0
"""s; how often the hub's process measures the tree where its service does not see it."""
_GOING: set[asyncio.Task[None]] = set()  # a running loop keeps only weak references to its tasks
log = logging.getLogger("joulebook_hub.housing")

Furnish = Callable[[Any, Dwelling], None]


def furnisher(settings: HubSettings) -> Furnish:
    """How a profile gives a spawner its dwelling.

    Parameters
    ----------
    settings : HubSettings
        The settings; a profile of `HOUSED`.

    Returns
    -------
    callable
        Takes the spawner and the dwelling.
    """
    if settings.profile == "docker":
        tree = docker.tree_of(settings)
        return lambda spawner, given: docker.furnish(spawner, given, tree)
    if settings.profile == "systemd":
        return lambda spawner, given: systemd.furnish(spawner, given, settings)
    claim = kubernetes.claim_of(settings)
    return lambda spawner, given: kubernetes.furnish(spawner, given, claim)


@dataclass(frozen=True)
class Doorkeeper:
    """What happens before a server starts.

    Parameters
    ----------
    first : callable
        What was to happen before: the plans' gate.
    houses : Houses
        The dwellings.
    leaving : Leaving
        Learns what servers are given.
    furnish : callable
        Gives a spawner its dwelling.
    """

    first: Callable[[Any], Any]
    houses: Houses
    leaving: Leaving
    furnish: Furnish

    def __deepcopy__(self, _memo: object) -> Doorkeeper:
        """Stay one: JupyterHub copies its configuration."""
        return self

    async def before_start(self, spawner: Any) -> None:
        """Make the person's folders ready and give the spawner what belongs to the person.

        Parameters
        ----------
        spawner : Spawner
            About to start.

        Raises
        ------
        HTTPError
            If a plan refuses, or the folders cannot be made ready.
        """
        await self.first(spawner)
        user, server = spawner.user.name, spawner.name
        groups = [str(group.name) for group in spawner.user.groups]
        try:
            given = await asyncio.to_thread(self._move_in, user, groups, server)
            self.furnish(spawner, given)
        except HubError as error:
            log.error("the server %r of %s: %s", server, user, error.log_message or error)
            refused = web.HTTPError(500, "%s", str(error))
            refused.jupyterhub_message = error.user_message  # type: ignore[attr-defined]
            raise refused from error
        self.leaving.note(user, server, given.rights)

    def _move_in(self, user: str, groups: list[str], server: str) -> Dwelling:
        given = self.houses.prepare(user, groups)
        self.houses.moved_in(user, server, given)
        return given


def configure(c: Any, settings: HubSettings, store: Store, plans: Plans, rooms: Rooms) -> None:
    """Give servers of a production profile their dwellings.

    Parameters
    ----------
    c : traitlets.config.Config
        JupyterHub's configuration, with the plans' gate in it.
    settings : HubSettings
        The settings.
    store : Store
        The hub's store.
    plans : Plans
        The plans.
    rooms : Rooms
        Follows changes of organisations.
    """
    if settings.profile not in HOUSED:
        return
    houses = Houses.of(store, plans, settings)
    leaving = Leaving(houses)
    rooms.leaving = leaving.look
    c.JupyterHub.tornado_settings[HOUSES] = houses
    c.Spawner.pre_spawn_hook = Doorkeeper(c.Spawner.pre_spawn_hook, houses, leaving, furnisher(settings)).before_start
    if settings.profile == "kubernetes":  # the service's pod sees no files
        _measure_here(houses)


def _measure_here(houses: Houses) -> None:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return  # the configuration is read outside a running hub
    _GOING.add(loop.create_task(_measure(houses)))


async def _measure(houses: Houses) -> None:
    while True:
        try:
            await asyncio.to_thread(measure_all, houses.book.store, houses.root / "users")
            await asyncio.to_thread(measure_projects, houses.book, houses.root)
        except Exception:  # a fault of one walk must not end all later ones
            log.exception("the workspaces could not be measured; trying again")
        await asyncio.sleep(MEASURE_EVERY)
