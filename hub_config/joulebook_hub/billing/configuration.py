"""Billing in JupyterHub's configuration of the local profile: the simulator's process, the pages' desk."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import Any

from joulebook_hub.billing.account import Account, mode_of, offer_of, own_file
from joulebook_hub.billing.desk import Desk
from joulebook_hub.plans import Plans
from joulebook_hub.quota.decisions import Offer
from joulebook_hub.settings import HubSettings
from joulebook_hub.spawners import hub_variables
from joulebook_hub.store import Store

__all__ = ["SIMULATOR", "add_pages", "configure", "simulator_url"]

SIMULATOR = "stripe-simulator"


def simulator_url(port: int) -> str:
    """Address of the simulator's interface.

    Parameters
    ----------
    port : int
        Its port.

    Returns
    -------
    str
        On this machine.
    """
    return f"http://127.0.0.1:{port}/services/{SIMULATOR}"


def configure(c: Any, settings: HubSettings) -> HubSettings:
    """Let the hub start the simulator, where it bills there.

    Parameters
    ----------
    c : traitlets.config.Config
        JupyterHub's configuration, filled in for the local profile.
    settings : HubSettings
        The settings.

    Returns
    -------
    HubSettings
        With what the hub's service must know.
    """
    environment = settings.environment
    if mode_of(environment) != "simulator":
        Account.from_environment(environment, settings.folder.root)
        return settings
    folder = settings.folder
    own_file(folder.root / "stripe_simulator.key")
    command = [
        *(sys.executable, "-m", "joulebook_hub.leash", str(os.getpid()), "--"),
        *(sys.executable, "-m", "joulebook_hub.stripe_sim.service"),
    ]
    variables = {
        **hub_variables(folder.instance, folder.leases),
        "JOULEBOOK_STRIPE_KEY_FILE": str(folder.root / "stripe_simulator.key"),
        "JOULEBOOK_STRIPE_BOOKS": f"sqlite:///{folder.root / 'stripe_simulator.sqlite'}",
        "JOULEBOOK_STRIPE_PAGES": _pages(settings),
    }
    address = f"http://127.0.0.1:{settings.simulator_port}"
    service = {"name": SIMULATOR, "url": address, "command": command, "environment": variables, "display": False}
    c.JupyterHub.services = [*c.JupyterHub.get("services", []), service]
    url = simulator_url(settings.simulator_port)
    return replace(settings, environment={**environment, "JOULEBOOK_STRIPE_URL": url})


def _pages(settings: HubSettings) -> str:
    return f"http://127.0.0.1:{settings.port}/services/{SIMULATOR}"


def add_pages(c: Any, settings: HubSettings, store: Store, plans: Plans) -> Offer:
    """Give the hub the pages about money.

    Parameters
    ----------
    c : traitlets.config.Config
        JupyterHub's configuration.
    settings : HubSettings
        The settings, from `configure`.
    store : Store
        The store.
    plans : Plans
        The plans.

    Returns
    -------
    Offer
        Where people get more: the page of plans, where the hub bills.
    """
    from joulebook_hub.handlers import billing, billing_operator

    account = Account.from_environment(settings.environment, settings.folder.root)
    given = c.JupyterHub.tornado_settings
    given["joulebook_plans"] = plans
    given["joulebook_public_url"] = settings.public_url
    given["joulebook_billing"] = None if account is None else Desk(store, plans, account)
    given["joulebook_simulator_pages"] = _pages(settings) if account and account.mode == "simulator" else ""
    c.JupyterHub.template_vars["bills"] = account is not None
    routes = [*billing.ROUTES, *billing_operator.ROUTES]
    c.JupyterHub.extra_handlers = [*c.JupyterHub.get("extra_handlers", []), *routes]
    return offer_of(settings.environment)
