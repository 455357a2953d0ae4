"""Lending GPUs to kernels: the rules (`desk`), the ledger that keeps them (`ledger`), the service, its pages.

A hub lends where NVML finds a card when it starts. Elsewhere nothing of this is switched on.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from joulebook_hub.settings import HubSettings

__all__ = ["LENDING_SCOPES", "configure"]

SERVICE = "leases"
# What a server's token may do besides, where the hub lends: go to the service, which then learns the user's groups.
LENDING_SCOPES = [f"access:services!service={SERVICE}", "read:users:groups!user"]


def configure(c: Any, settings: HubSettings) -> bool:
    """Switch lending on where this machine has a GPU.

    Parameters
    ----------
    c : traitlets.config.Config
        JupyterHub's configuration, filled in for the local profile.
    settings : HubSettings
        The settings.

    Returns
    -------
    bool
        Whether the hub lends.
    """
    from joulebook_hub.lending.lender import Lender, cards_of_this_machine
    from joulebook_hub.lending.records import Card
    from joulebook_hub.plans import Plans

    plans = Plans.read(
        settings.environment.get("JOULEBOOK_PLANS", ""), default=settings.environment.get("JOULEBOOK_DEFAULT_PLAN", "")
    )
    cards = cards_of_this_machine()
    if not cards:
        return False
    url = f"sqlite:///{settings.folder.ledger}"
    c.JupyterHub.services = [*c.JupyterHub.get("services", []), _service(c, settings, url, cards)]
    people = {"name": "user", "scopes": ["self", f"access:services!service={SERVICE}"]}
    c.JupyterHub.load_roles = [*c.JupyterHub.get("load_roles", []), people]
    c.JupyterHub.load_groups = plans.groups()
    c.Spawner.server_token_scopes = [*c.Spawner.server_token_scopes, *LENDING_SCOPES]
    c.WorkspaceSpawner.hub_variables = {
        **c.WorkspaceSpawner.hub_variables,
        "JOULEBOOK_LEASE_SERVICE": f"http://127.0.0.1:{settings.lease_port}/services/{SERVICE}/",
    }
    from joulebook_hub.handlers.gpu_time import ROUTES

    c.JupyterHub.template_vars["lends"] = True
    c.JupyterHub.tornado_settings["joulebook_lender"] = Lender(url, plans, tuple(Card(card) for card in cards))
    c.JupyterHub.extra_handlers = ROUTES
    return True


def _service(c: Any, settings: HubSettings, url: str, cards: tuple[str, ...]) -> dict[str, Any]:
    command = [
        *(sys.executable, "-m", "joulebook_hub.leash", str(os.getpid()), "--"),
        *(sys.executable, "-m", "joulebook_hub.lending.service"),
    ]
    given = {name: settings.environment.get(name, "") for name in ("JOULEBOOK_PLANS", "JOULEBOOK_DEFAULT_PLAN")}
    variables = {
        **c.WorkspaceSpawner.hub_variables,
        **{name: value for name, value in given.items() if value},
        "JOULEBOOK_LEDGER_URL": url,
        "JOULEBOOK_CARDS": ",".join(cards),
    }
    address = f"http://127.0.0.1:{settings.lease_port}"
    return {"name": SERVICE, "url": address, "command": command, "environment": variables, "display": False}
