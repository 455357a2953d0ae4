"""Billing within the hub's service: the webhook, one's own subscription, and what is done again and again."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable

from joulebook_hub.billing import facts, metering, webhooks
from joulebook_hub.billing.account import VARIABLES, Account
from joulebook_hub.billing.desk import Desk
from joulebook_hub.billing.handover import hand_on_all
from joulebook_hub.billing.measures import measures
from joulebook_hub.billing.models import SubscriptionAnswer, Taken
from joulebook_hub.billing.reconcile import reconcile
from joulebook_hub.errors import HubError
from joulebook_hub.service import Context, Fault, Feature, Parts, Route, ServiceError

__all__ = ["FEATURE", "ROUTES", "WEBHOOK", "open_desk"]

WEBHOOK = "billing/webhook"
_REPORT_SECONDS = 60.0
_SOON_SECONDS = 3.0
_COMPARE_EVERY = 60
log = logging.getLogger("joulebook_hub.billing")


def _desk(context: Context) -> Desk:
    desk = context.features.get("billing")
    if not isinstance(desk, Desk):
        raise ServiceError("This hub does not bill.", reason="billing_off", status=404)
    return desk


def _webhook(context: Context) -> Taken:
    desk = _desk(context)
    try:
        event = webhooks.verified(context.raw, context.headers.get("stripe-signature", ""), desk.account.webhook_secret)
    except webhooks.RejectedError as error:
        raise ServiceError(error.user_message, reason=error.reason) from error
    try:
        return Taken(outcome=webhooks.take(desk, event))
    except HubError as error:
        raise ServiceError(error.user_message, reason=error.reason, status=503) from error


def _own(context: Context) -> SubscriptionAnswer:
    with context.store.read() as transaction:
        found = facts.fact(transaction, facts.person(context.person.name), context.plans)
    if found is None:
        return SubscriptionAnswer(plan="")
    one = found.standing
    return SubscriptionAnswer(
        plan=one.plan.name, title=one.plan.title, seats=one.seats, why=one.why, notice=one.notice, metered=found.metered
    )


ROUTES = (
    Route(
        "POST",
        WEBHOOK,
        "Take an event that Stripe has signed",
        _webhook,
        {200: Taken, 400: Fault, 404: Fault, 413: Fault, 503: Fault},
        who="anybody",
        limits=(),
        waits=True,
        most_bytes=webhooks.MOST_BYTES,
    ),
    Route("GET", "billing/subscription", "Look at one's own subscription", _own, {200: SubscriptionAnswer}),
)


def open_desk(parts: Parts) -> Desk | None:
    """Make the desk of the service.

    Parameters
    ----------
    parts : Parts
        What the service has.

    Returns
    -------
    Desk or None
        None where billing is off.
    """
    account = Account.from_environment(parts.environment)
    if account is None:
        return None
    return Desk(parts.store, parts.plans, account, webhook_address(parts.environment.get("JUPYTERHUB_SERVICE_URL", "")))


def webhook_address(service: str) -> str:
    """Address of the webhook, for the simulator on the same machine.

    Parameters
    ----------
    service : str
        Where the service listens.

    Returns
    -------
    str
        The address; empty where that is not known.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(service)
    return f"{parts.scheme}://{parts.netloc}/services/joulebook/{WEBHOOK}" if parts.netloc else ""


async def _report(desk: Desk | None) -> None:
    """Bring the catalogue up to date; then report use and end plans every minute, compare and repair every hour."""
    if desk is None:
        await asyncio.Event().wait()
        return
    loop = asyncio.get_running_loop()
    while not await loop.run_in_executor(None, _tried, desk.synchronise):
        await asyncio.sleep(_SOON_SECONDS)
    for minute in itertools.count():
        if minute % _COMPARE_EVERY == 0:
            await loop.run_in_executor(None, _tried, lambda: reconcile(desk, repair=True))
        await loop.run_in_executor(None, _tried, lambda: metering.report(desk))
        await loop.run_in_executor(None, hand_on_all, desk.store, desk.plans)
        await asyncio.sleep(_REPORT_SECONDS)


def _tried(act: Callable[[], object]) -> bool:
    """Do something with Stripe; tell whether it worked, and the log why not."""
    try:
        act()
    except HubError as error:
        log.warning("%s", error.log_message)
        return False
    return True


FEATURE = Feature("billing", ROUTES, open=open_desk, run=_report, measures=measures, variables=VARIABLES)
