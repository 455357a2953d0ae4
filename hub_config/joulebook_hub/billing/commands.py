"""``joulebook hub billing sync | reconcile``: the catalogue at Stripe, and the comparison with it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from joulebook_hub.errors import HubError

if TYPE_CHECKING:
    from joulebook_hub.billing.desk import Desk

__all__ = ["add_billing", "desk_of"]

_DIFFERENT = 4


def add_billing(actions: Any) -> None:
    """Add ``billing`` to the actions of ``joulebook hub``.

    Parameters
    ----------
    actions : argparse._SubParsersAction
        Of the ``hub`` parser.
    """
    billing = actions.add_parser("billing", help="compare with Stripe, and repair")
    what = billing.add_subparsers(title="actions", required=True, metavar="sync|reconcile")
    sync = what.add_parser("sync", help="make Stripe's catalogue what the plans' file says")
    sync.add_argument("--dry-run", action="store_true", help="only say what is different (exit status 4)")
    sync.set_defaults(run=_sync)
    compare = what.add_parser("reconcile", help="compare subscriptions, metered use and catalogue")
    compare.add_argument("--repair", action="store_true", help="take over what Stripe says, report what it lacks")
    compare.set_defaults(run=_reconcile)


def desk_of(environment: Mapping[str, str]) -> Desk:
    """Subscriptions of the hub of the chosen folder.

    Parameters
    ----------
    environment : mapping of str to str
        Usually ``os.environ``.

    Returns
    -------
    Desk
        The desk.

    Raises
    ------
    HubError
        If the hub does not bill, or its simulator does not run.
    """
    from joulebook_hub.billing.account import Account, mode_of
    from joulebook_hub.billing.configuration import simulator_url
    from joulebook_hub.billing.desk import Desk
    from joulebook_hub.billing.routes import webhook_address
    from joulebook_hub.plans import Plans
    from joulebook_hub.settings import HubSettings
    from joulebook_hub.store import Store

    settings = HubSettings.from_environment(environment)
    plans = Plans.read(environment.get("JOULEBOOK_PLANS", ""), default=environment.get("JOULEBOOK_DEFAULT_PLAN", ""))
    variables, webhook = dict(environment), ""
    if mode_of(environment) == "simulator":
        noted = settings.folder.read(settings.folder.running)
        if noted is None:
            message = "The simulator of Stripe runs with the hub. Start it with `joulebook hub up`."
            raise HubError(message, reason="not_running")
        variables["JOULEBOOK_STRIPE_URL"] = simulator_url(int(noted["simulator_port"]))
        webhook = webhook_address(f"http://127.0.0.1:{noted['service_port']}")
    account = Account.from_environment(variables, settings.folder.root)
    if account is None:
        raise HubError("This hub does not bill. Set JOULEBOOK_BILLING to simulator or stripe.", reason="billing_off")
    return Desk(Store(settings.store_url), plans, account, webhook)


def _sync(arguments: argparse.Namespace) -> int:
    def act(desk: Desk) -> int:
        told = desk.synchronise(repair=not arguments.dry_run)[1]
        print("\n".join(told) or "Stripe's catalogue is what the plans' file says.")
        return _DIFFERENT if told and arguments.dry_run else 0

    return _done(act)


def _reconcile(arguments: argparse.Namespace) -> int:
    def act(desk: Desk) -> int:
        from joulebook_hub.billing.reconcile import reconcile

        told = reconcile(desk, repair=arguments.repair)
        print("\n".join(map(str, told)) or "No differences.")
        return _DIFFERENT if any(not one.repaired for one in told) else 0

    return _done(act)


def _done(act: Any) -> int:
    try:
        desk = desk_of(os.environ)
        try:
            status: int = act(desk)
        finally:
            desk.store.close()
    except HubError as error:
        print(error.user_message, file=sys.stderr)
        return 1
    return status
