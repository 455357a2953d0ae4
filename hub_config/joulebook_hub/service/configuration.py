"""The service in JupyterHub's configuration: how it is started, who may go there, what a server learns of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from jupyterhub.services import service as of_jupyterhub
from traitlets import Integer

from joulebook_hub import housing
from joulebook_hub.billing import configuration as billing
from joulebook_hub.jobs import configuration as jobs
from joulebook_hub.jobs.configuration import RUNS_JOBS, runs_jobs
from joulebook_hub.lending.records import Card
from joulebook_hub.service.addresses import VARIABLE as PROXY_ADDRESSES
from joulebook_hub.service.addresses import Proxies
from joulebook_hub.service.features import features
from joulebook_hub.settings import HubSettings
from joulebook_hub.spawners import hub_variables

__all__ = ["SERVICE", "SERVICE_SCOPES", "configure"]

SERVICE = "joulebook"
# What a server's token may do besides: go to the service, which then learns the user's groups.
SERVICE_SCOPES = [f"access:services!service={SERVICE}", "read:users:groups!user"]
_VARIABLES = ("JOULEBOOK_PLANS", "JOULEBOOK_DEFAULT_PLAN", "JOULEBOOK_SENTRY_DSN", PROXY_ADDRESSES)


def configure(c: Any, settings: HubSettings) -> None:
    """Give the hub its service and the service's pages; where the chart does not, the hub starts it.

    Parameters
    ----------
    c : traitlets.config.Config
        JupyterHub's configuration, filled in for the profile.
    settings : HubSettings
        The settings.
    """
    from joulebook_hub.handlers import plans as plans_page
    from joulebook_hub.handlers import usage
    from joulebook_hub.handlers.tokens import with_token_gate
    from joulebook_hub.housing import configuration as dwellings
    from joulebook_hub.lending.lender import Lender, cards_of_this_machine
    from joulebook_hub.organisations import configuration as organisations
    from joulebook_hub.plans import Plans
    from joulebook_hub.quota.gates import Gates
    from joulebook_hub.store import Store
    from joulebook_hub.store.engines import address

    _look_after_services_often()
    settings = billing.configure(c, settings)
    plans = Plans.read(
        settings.environment.get("JOULEBOOK_PLANS", ""), default=settings.environment.get("JOULEBOOK_DEFAULT_PLAN", "")
    )
    address(settings.store_url)
    Proxies.from_environment(settings.environment)
    identities = cards_of_this_machine() if _lends(settings) else ()
    cards = tuple(_shared(Card(identity), settings.gpu_places) for identity in identities)
    host = urlsplit(str(c.JupyterHub.get("subdomain_host", ""))).hostname
    if host:  # JupyterHub gives a service a subdomain; people, programs and Stripe ask at the hub's own address
        routes = {f"{host}/services/{SERVICE}/": _address(settings)}
        c.Proxy.extra_routes = {**c.Proxy.get("extra_routes", {}), **routes}
    if settings.profile != "kubernetes":
        c.JupyterHub.services = [*c.JupyterHub.get("services", []), _service(settings, cards)]
    if runs_jobs(settings):
        c.JupyterHub.services = [*c.JupyterHub.get("services", []), *jobs.services(settings)]
        c.JupyterHub.load_roles = [*c.JupyterHub.get("load_roles", []), *jobs.roles(settings)]
    people = {"name": "user", "scopes": ["self", f"access:services!service={SERVICE}"]}
    c.JupyterHub.load_roles = [*c.JupyterHub.get("load_roles", []), people]
    c.JupyterHub.load_groups = plans.groups()
    c.Spawner.server_token_scopes = [*c.Spawner.server_token_scopes, *SERVICE_SCOPES]
    _tell_servers(c, settings, {"JOULEBOOK_SERVICE": f"{_address(settings)}/services/{SERVICE}/"})
    store = Store(settings.store_url)
    c.JupyterHub.template_vars["plans_page"] = True
    c.JupyterHub.tornado_settings["joulebook_store"] = store
    lender = Lender(store, plans, cards)
    c.JupyterHub.tornado_settings["joulebook_lender"] = lender
    c.JupyterHub.extra_handlers = [*c.JupyterHub.get("extra_handlers", []), *usage.ROUTES, *plans_page.ROUTES]
    homes = settings.folder.workspaces / "users" if housing.shares(settings.profile) else None
    memory, cpus = c.Spawner.get("mem_limit"), c.Spawner.get("cpu_limit")
    gates = Gates(store, plans, homes, billing.add_pages(c, settings, store, plans), memory=memory, cpus=cpus)
    c.JupyterHub.tornado_settings["joulebook_gates"] = gates
    c.JupyterHub.authenticator_class = with_token_gate(c.JupyterHub.authenticator_class)
    c.Spawner.pre_spawn_hook = gates.before_start
    c.Spawner.post_stop_hook = gates.after_stop
    rooms = organisations.configure(c, settings, store, plans, gates)
    dwellings.configure(c, settings, store, plans, rooms)
    # before a start too: the server before it may have been killed while the hub did not look
    c.Spawner.pre_spawn_hook = _one_after_another(lender.after_stop, c.Spawner.pre_spawn_hook)
    c.Spawner.post_stop_hook = _one_after_another(lender.after_stop, c.Spawner.post_stop_hook)


def _lends(settings: HubSettings) -> bool:
    """Whether servers see the cards that the hub sees, so that it can lend them to kernels."""
    one_machine = settings.profile in ("docker", "systemd") and settings.environment.get("JOULEBOOK_GPU") == "1"
    return settings.profile == "local" or one_machine


def _one_after_another(*hooks: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    """JupyterHub's hooks are one function each."""

    async def all_of_them(spawner: Any) -> None:
        for hook in hooks:
            await hook(spawner)

    return all_of_them


def _shared(card: Card, places: int) -> Card:
    """A whole card with its places; a slice is a part already and has one."""
    return replace(card, places=places) if card.kind == "card" else card


def _address(settings: HubSettings) -> str:
    """Where hub and servers reach the service."""
    hosts = {"docker": ("JOULEBOOK_HUB_HOST", "joulebook-hub"), "kubernetes": ("JOULEBOOK_SERVICE_HOST", "joulebook")}
    variable, otherwise = hosts.get(settings.profile, ("", "127.0.0.1"))
    return f"http://{settings.environment.get(variable) or otherwise}:{settings.service_port}"


def _tell_servers(c: Any, settings: HubSettings, variables: dict[str, str]) -> None:
    if settings.profile == "local":
        c.WorkspaceSpawner.hub_variables = {**c.WorkspaceSpawner.hub_variables, **variables}
    else:
        c.Spawner.environment = {**c.Spawner.get("environment", {}), **variables}


def _look_after_services_often() -> None:
    """JupyterHub looks every 30 s whether a service has ended, and has no setting for that.

    What it starts are keepers, which do not end; should one be killed, its service must not be away for so long.
    """

    class Often(of_jupyterhub._ServiceSpawner):  # type: ignore[misc]
        poll_interval = Integer(5)

    if of_jupyterhub._ServiceSpawner.__name__ != Often.__name__:
        of_jupyterhub._ServiceSpawner = Often


def _service(settings: HubSettings, cards: tuple[Card, ...]) -> dict[str, Any]:
    command = [
        *(sys.executable, "-m", "joulebook_hub.keeper", str(os.getpid()), "--"),
        *(sys.executable, "-m", "joulebook_hub.service"),
    ]
    named = {*_VARIABLES, *(name for feature in features() for name in feature.variables)}
    variables = {
        **{name: settings.environment[name] for name in named if settings.environment.get(name)},
        **hub_variables(settings.folder.instance, settings.folder.leases),
        RUNS_JOBS: "on" if runs_jobs(settings) else "off",
        "JOULEBOOK_PROFILE": settings.profile,
        "JOULEBOOK_HOME": str(settings.folder.root),
        "JOULEBOOK_STORE_URL": settings.store_url,
        "JOULEBOOK_CARDS": ",".join(map(str, cards)),
    }
    return {
        "name": SERVICE,
        "url": _address(settings),
        "command": command,
        "environment": variables,
        "display": False,
    }
