"""News from Stripe: verified, taken once, in any order.

An event is not believed for what it says about a subscription: it says which one to ask for, and the answer counts.
So the order of events, and events that are lost or come twice, make no difference to what is known in the end.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from joulebook_hub.billing import records
from joulebook_hub.billing.desk import Desk
from joulebook_hub.errors import HubError

__all__ = ["MOST_BYTES", "TOLERANCE", "RejectedError", "concerned", "take", "verified"]

MOST_BYTES = 65_536
TOLERANCE = 300
"""How far the signature's time may be from now, s."""


class RejectedError(HubError):
    """A webhook that is not Stripe's, is too old, or is no event."""


def verified(body: bytes, signature: str, secret: str, *, wall: Callable[[], float] = time.time) -> dict[str, Any]:
    """Check that Stripe sent something just now.

    Parameters
    ----------
    body : bytes
        The request's body as it came.
    signature : str
        The header ``Stripe-Signature``.
    secret : str
        The webhook's.
    wall : callable
        Gives the time, s since 1970.

    Returns
    -------
    dict
        The event.

    Raises
    ------
    RejectedError
        If it did not.
    """
    import stripe

    if len(body) > MOST_BYTES:
        raise RejectedError(f"The body has more than {MOST_BYTES} bytes.", reason="webhook_size")
    if not secret:
        raise RejectedError("This hub has no secret for webhooks yet.", reason="webhook_no_secret")
    try:
        text = body.decode("utf-8")
        stripe.WebhookSignature.verify_header(text, signature, secret, tolerance=None)
    except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
        raise RejectedError("The signature does not fit.", reason="webhook_signature") from error
    at = next((part[2:] for part in signature.split(",") if part.startswith("t=")), "")
    if not at.isdecimal() or abs(wall() - int(at)) > TOLERANCE:
        raise RejectedError("The signature is too old, or from the future.", reason="webhook_time")
    try:
        event = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RejectedError("The body is no JSON.", reason="webhook_body") from error
    whole = isinstance(event, dict) and event.get("object") == "event"
    if not whole or not isinstance(event.get("id"), str) or not isinstance(event.get("data"), dict):
        raise RejectedError("The body is no event.", reason="webhook_body")
    made: dict[str, Any] = event
    return made


def concerned(event: Mapping[str, Any]) -> str:
    """The subscription that an event is about.

    Parameters
    ----------
    event : mapping
        The event.

    Returns
    -------
    str
        Stripe's identity; empty if it is about none.
    """
    body = event["data"].get("object")
    if not isinstance(body, Mapping):
        return ""
    kind = body.get("object")
    if kind == "subscription":
        return str(body.get("id", ""))
    if kind == "invoice":
        parent = body.get("parent")
        details = parent.get("subscription_details") if isinstance(parent, Mapping) else None
        return str(details.get("subscription", "")) if isinstance(details, Mapping) else ""
    if kind in {"checkout.session", "subscription_schedule"}:
        return str(body.get("subscription") or body.get("released_subscription") or "")
    return ""


def take(desk: Desk, event: Mapping[str, Any]) -> str:
    """Take an event that was verified.

    Parameters
    ----------
    desk : Desk
        The subscriptions.
    event : mapping
        The event.

    Returns
    -------
    str
        What came of it. Nothing is noted if Stripe cannot be asked, so that it is sent again.
    """
    identity, kind = str(event["id"])[:255], str(event.get("type", ""))
    with desk.store.read() as transaction:
        before = records.event_of(transaction, identity)
    if before is not None:
        return "taken before"
    if bool(event.get("livemode")) != desk.account.api_key.startswith(("sk_live_", "rk_live_")):
        outcome = "of the other mode, ignored"
    elif kind == "test_helpers.test_clock.ready":
        outcome = _clock(desk, str(event["data"]["object"].get("id", "")))
    else:
        outcome = _subscription(desk, concerned(event))
    with desk.store.begin() as transaction:
        fresh = records.take_event(transaction, identity, kind, float(event.get("created") or 0), outcome)
    return outcome if fresh else "taken before"


def _subscription(desk: Desk, identity: str) -> str:
    if not identity:
        return "about no subscription"
    return f"{identity} changed" if desk.refresh(identity) else f"{identity} as known"


def _clock(desk: Desk, clock: str) -> str:
    with desk.store.read() as transaction:
        on_it = [each.identity for each in records.all_subscriptions(transaction) if each.clock == clock]
    changed = [identity for identity in on_it if desk.refresh(identity)]
    return f"{len(changed)} of {len(on_it)} subscriptions changed"
