"""The hub's gates: what a plan allows is looked at before a server starts, and before somebody makes an API token.

A start is refused with HTTP's status 402 and a page that says what is used up and what to do. Which server may be how
large, and the courtesy limits of its notebooks, are set at the same place.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

from tornado import web

from joulebook_hub.draining import refuse_while_draining
from joulebook_hub.plans import Plans
from joulebook_hub.quota.decisions import Decision, Offer, decide_switch
from joulebook_hub.quota.entitlements import Entitlement
from joulebook_hub.quota.homes import measure_now, storage_decision
from joulebook_hub.quota.people import entitlement, remember_groups
from joulebook_hub.quota.units import give_back_unit, keep_only, take_unit
from joulebook_hub.service.routes import ServiceError
from joulebook_hub.store import Store

__all__ = ["COURTESY", "COURTESY_ROWS", "COURTESY_SWITCHES", "Gates", "StartRefusedError", "courtesy"]

COURTESY = "JOULEBOOK_COURTESY"
COURTESY_ROWS = ("grid_buses", "board_components", "cryostat_components")
COURTESY_SWITCHES = ("quench", "vtk_export")
_GB = 10**9


class StartRefusedError(web.HTTPError):
    """An answer, such as 402, whose message JupyterHub shows to the person."""

    def __init__(self, refused: ServiceError) -> None:
        super().__init__(refused.status, "%s", str(refused), reason=HTTPStatus(refused.status).phrase)
        self.jupyterhub_message = str(refused)


@dataclass(frozen=True)
class Gates:
    """Decides at the hub.

    Parameters
    ----------
    store : Store
        Keeps what is used.
    plans : Plans
        The plans.
    workspaces : Path, optional
        The folder of all homes, where the hub sees them.
    offer : Offer
        Where people get more.
    memory, cpus : object
        Size of a server where the plan does not say one, as the spawner takes them.
    """

    store: Store
    plans: Plans
    workspaces: Path | None = None
    offer: Offer = field(default_factory=Offer)
    memory: Any = None
    cpus: Any = None

    async def before_start(self, spawner: Any) -> None:
        """Let a server start, or refuse it; JupyterHub calls this before every start.

        Parameters
        ----------
        spawner : Spawner
            The server.

        Raises
        ------
        StartRefusedError
            An answer with status 402, if the plan does not allow it; with 503 while the hub drains.
        """
        groups = [str(group.name) for group in spawner.user.groups]
        running = {
            _key(spawner.user.name, name) for name, each in spawner.user.spawners.items() if name and each.active
        }
        try:
            found = await asyncio.to_thread(self.start, spawner.user.name, groups, spawner.name, running)
        except ServiceError as refused:
            raise StartRefusedError(refused) from refused
        self.shape(spawner, found)

    def start(self, user: str, groups: Sequence[str], server: str, running: set[str]) -> Entitlement:
        """Decide about a start.

        Parameters
        ----------
        user : str
            Whose server.
        groups : sequence of str
            Groups of the person's.
        server : str
            The server's name; empty for the default one.
        running : set of str
            Keys of the person's named servers that run or are starting.

        Returns
        -------
        Entitlement
            What the person may use.

        Raises
        ------
        ServiceError
            If the plan does not allow it, or the hub drains.
        """
        with self.store.read() as transaction:
            refuse_while_draining(transaction)
            full = not storage_decision(transaction, entitlement(transaction, self.plans, user, groups)).allowed
        if full and self.workspaces is not None:
            measure_now(self.store, self.workspaces, user)
        with self.store.begin() as transaction:
            remember_groups(transaction, user, groups)
            found = entitlement(transaction, self.plans, user, groups)
            storage_decision(transaction, found, self.offer).or_refuse()
            if server:
                keep_only(transaction, user, "named_servers", running)
                take_unit(transaction, found, "named_servers", _key(user, server), offer=self.offer).or_refuse()
            return found

    def shape(self, spawner: Any, found: Entitlement) -> None:
        """Give a server the size and the courtesy limits of its person's plan.

        Parameters
        ----------
        spawner : Spawner
            The server.
        found : Entitlement
            What the person may use.
        """
        memory, cpus = found.amount("memory"), found.amount("cpus")
        spawner.mem_limit = self.memory if math.isinf(memory) else int(memory * _GB)
        spawner.cpu_limit = self.cpus if math.isinf(cpus) else cpus
        kept = {name: value for name, value in spawner.environment.items() if name != COURTESY}
        limits = courtesy(found)
        spawner.environment = {**kept, COURTESY: limits} if limits else kept

    async def after_stop(self, spawner: Any) -> None:
        """Give back a named server; JupyterHub calls this after every stop.

        Parameters
        ----------
        spawner : Spawner
            The server.
        """
        if spawner.name:
            await asyncio.to_thread(self._give_back, _key(spawner.user.name, spawner.name))

    def _give_back(self, key: str) -> None:
        with self.store.begin() as transaction:
            give_back_unit(transaction, "named_servers", key)

    def tokens(self, user: str, groups: Sequence[str]) -> Decision:
        """Decide whether a person may make API tokens.

        Parameters
        ----------
        user : str
            The person.
        groups : sequence of str
            Groups of the person's.

        Returns
        -------
        Decision
            By the switch ``api_tokens``.
        """
        with self.store.read() as transaction:
            return decide_switch(entitlement(transaction, self.plans, user, groups), "api_tokens", offer=self.offer)


def _key(user: str, server: str) -> str:
    return f"{user}/{server}"


def courtesy(found: Entitlement) -> str:
    """Limits that notebooks are asked to keep, as `joulebook.core.courtesy` reads them.

    Parameters
    ----------
    found : Entitlement
        What the person may use.

    Returns
    -------
    str
        JSON with the plan's title, the amounts, and the rows of what it is without; empty where nothing is limited.
    """
    amounts = {row: found.amount(row) for row in COURTESY_ROWS}
    limits = {row: amount for row, amount in amounts.items() if math.isfinite(amount)}
    without = [row for row in COURTESY_SWITCHES if not found.has(row)]
    if not limits and not without:
        return ""
    return json.dumps({"plan": found.plan.title, "limits": limits, "without": without})
