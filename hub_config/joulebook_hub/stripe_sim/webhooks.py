"""Delivery of events: signed, tried again, and with faults on purpose.

The signature is Stripe's scheme v1: an HMAC-SHA256 of the time, a dot and the body, in the header
``Stripe-Signature: t=…,v1=…``. A delivery that is not answered with 2xx is tried again after 1, 2, 4 … s (Stripe takes
hours), eight times in all.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import select, update

from joulebook_hub.stripe_sim.books import Books, Shelf, deliveries

__all__ = ["ATTEMPTS", "deliver_due", "recent", "resend", "signature"]

ATTEMPTS = 8
_AT_ONCE = 50
Send = Callable[[str, bytes, dict[str, str]], Awaitable[int]]


def signature(secret: str, body: str, at: int) -> str:
    """Value of the header.

    Parameters
    ----------
    secret : str
        The endpoint's.
    body : str
        What is sent.
    at : int
        When, s since 1970.

    Returns
    -------
    str
        Time and signature.
    """
    digest = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def _next(books: Books, now: float) -> list[dict[str, Any]]:
    rows = books.connection.execute(
        select(deliveries)
        .where(deliveries.c.state == "pending", deliveries.c.due <= now)
        .order_by(deliveries.c.due)
        .limit(_AT_ONCE)
    )
    found = []
    for row in rows.mappings().all():
        event, end = books.find(row["event"]), books.find(row["endpoint"])
        found.append({**row, "body": json.dumps(event, indent=2), "end": end if event else None})
    return found


async def deliver_due(shelf: Shelf, send: Send) -> int:
    """Send what is due.

    Parameters
    ----------
    shelf : Shelf
        The books.
    send : callable
        Posts a body with headers to an address, and gives back the HTTP status; 0 if nobody answered.

    Returns
    -------
    int
        How many were sent.
    """
    with shelf.open() as books:
        due = _next(books, shelf.wall())
    for one in due:
        if one["end"] is None:
            _note(shelf, one, "failed", "the endpoint is gone")
            continue
        header = signature(one["end"]["secret"], one["body"], int(shelf.wall()))
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": header}
        status = await send(one["end"]["url"], one["body"].encode(), headers)
        if 200 <= status < 300:
            _note(shelf, one, "delivered", f"{status}")
        else:
            last = one["attempts"] + 1 >= ATTEMPTS
            _note(shelf, one, "failed" if last else "pending", f"{status or 'no answer'}")
    return len(due)


def _note(shelf: Shelf, one: dict[str, Any], state: str, answer: str) -> None:
    attempts = one["attempts"] + 1
    with shelf.open() as books:
        books.connection.execute(
            update(deliveries)
            .where(deliveries.c.number == one["number"])
            .values(state=state, answer=answer, attempts=attempts, due=shelf.wall() + 2 ** (attempts - 1))
        )


def recent(books: Books, most: int = 30) -> list[dict[str, Any]]:
    """The last deliveries.

    Parameters
    ----------
    books : Books
        The transaction.
    most : int
        How many.

    Returns
    -------
    list of dict
        The newest first, each with its event's type.
    """
    rows = books.connection.execute(select(deliveries).order_by(deliveries.c.number.desc()).limit(most))
    return [{**row, "type": (books.find(row["event"]) or {}).get("type", "")} for row in rows.mappings().all()]


def resend(books: Books, event: str) -> int:
    """Send an event again to all endpoints.

    Parameters
    ----------
    books : Books
        The transaction.
    event : str
        Its identity.

    Returns
    -------
    int
        To how many.
    """
    books.get("event", event)
    ends = books.all("webhook_endpoint", status="enabled")
    for end in ends:
        books.plan(event, end["id"])
    return len(ends)
