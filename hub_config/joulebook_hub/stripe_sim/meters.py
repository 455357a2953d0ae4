"""Meters, what is reported to them, and sums of it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import func, insert, select

from joulebook_hub.stripe_sim import forms, shapes
from joulebook_hub.stripe_sim.books import Books, uses
from joulebook_hub.stripe_sim.faults import ParameterError, RequestError

__all__ = ["create_event", "create_meter", "summaries", "update_meter", "used"]

Params = dict[str, Any]
_OLDEST = 35 * 86400
_AHEAD = 300
_WHOLE = re.compile(r"[0-9]{1,15}")


def create_meter(books: Books, params: Params) -> dict[str, Any]:
    """Make a meter.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.

    Returns
    -------
    dict
        The object.

    Raises
    ------
    ParameterError
        If a parameter is wrong, or an active meter has the same event name.
    """
    name = forms.text(params, "event_name", most=100)
    title = forms.text(params, "display_name", most=250)
    if not name or not title:
        raise ParameterError("event_name", "Missing required param: event_name and display_name.", "parameter_missing")
    if books.all("billing.meter", event_name=name, status="active"):
        raise ParameterError("event_name", f"An active meter exists already for {name}.", "resource_already_exists")
    formula = forms.one_of(dict(params.get("default_aggregation") or {}), "formula", ("sum",), "")
    values = dict(params.get("value_settings") or {})
    mapping = dict(params.get("customer_mapping") or {})
    now = books.now()
    made = {
        "id": books.fresh("mtr"),
        "object": "billing.meter",
        "created": now,
        "display_name": title,
        "customer_mapping": {
            "event_payload_key": forms.text(mapping, "event_payload_key", "stripe_customer_id"),
            "type": forms.one_of(mapping, "type", ("by_id",), "by_id"),
        },
        "default_aggregation": {"formula": formula},
        "event_name": name,
        "event_time_window": None,
        "livemode": False,
        "status": "active",
        "status_transitions": {"deactivated_at": None},
        "updated": now,
        "value_settings": {"event_payload_key": forms.text(values, "event_payload_key", "value")},
    }
    books.put(made)
    books.tell("billing.meter.created", made, at=now)
    return made


def update_meter(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Change a meter's title.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.
    identity : str
        Which.

    Returns
    -------
    dict
        The object.
    """
    made = books.get("billing.meter", identity)
    made["display_name"] = forms.text(params, "display_name", made["display_name"], most=250)
    made["updated"] = books.now()
    books.put(made)
    books.tell("billing.meter.updated", made, at=books.now())
    return made


def create_event(books: Books, params: Params) -> dict[str, Any]:
    """Report a use; one identifier counts once.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.

    Returns
    -------
    dict
        The meter event.

    Raises
    ------
    RequestError
        If a parameter is wrong, the instant is out of range, or the identifier was used.
    """
    name = forms.text(params, "event_name", most=100) or ""
    found = books.all("billing.meter", event_name=name, status="active")
    if not found:
        raise RequestError(f"No active meter found for event name {name}.", code="no_meter")
    meter, payload = found[0], dict(params.get("payload") or {})
    customer = books.live("customer", str(payload.get(meter["customer_mapping"]["event_payload_key"], "")), "payload")
    value = str(payload.get(meter["value_settings"]["event_payload_key"], ""))
    if not _WHOLE.fullmatch(value):
        raise RequestError("The value of a meter event is a whole number.", code="meter_event_invalid_value")
    now = books.now(customer["test_clock"])
    at = forms.integer(params, "timestamp", now) or now
    if not now - _OLDEST <= at <= now + _AHEAD:
        message = "The timestamp must be within the past 35 days or up to 5 minutes in the future."
        raise RequestError(
            message, code="timestamp_too_far_in_past" if at < now else "timestamp_in_future", param="timestamp"
        )
    identifier = forms.text(params, "identifier", most=100) or books.fresh("use")
    if books.connection.execute(select(uses.c.at).where(uses.c.identifier == identifier)).first():
        raise RequestError(f"An event already exists with identifier {identifier}.", param="identifier")
    row = {"identifier": identifier, "event_name": name, "customer": customer["id"], "value": int(value), "at": at}
    books.connection.execute(insert(uses).values(**row))
    return {
        "object": "billing.meter_event",
        "created": now,
        "event_name": name,
        "identifier": identifier,
        "livemode": False,
        "payload": {key: str(one) for key, one in payload.items()},
        "timestamp": at,
    }


def used(books: Books, meter: str, customer: str, start: int, end: int) -> int:
    """Sum what a customer used.

    Parameters
    ----------
    books : Books
        The transaction.
    meter, customer : str
        Of which, and whose.
    start, end : int
        From, and before, s since 1970.

    Returns
    -------
    int
        Units.
    """
    name = books.get("billing.meter", meter)["event_name"]
    query = select(func.sum(uses.c.value)).where(
        uses.c.customer == customer, uses.c.event_name == name, uses.c.at >= start, uses.c.at < end
    )
    return int(books.connection.execute(query).scalar() or 0)


def summaries(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Sum of a customer's use in a span of time.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.
    identity : str
        The meter.

    Returns
    -------
    dict
        A list with one summary, or none where nothing was used.

    Raises
    ------
    ParameterError
        If a parameter is wrong.
    """
    customer = books.live("customer", str(params.get("customer", "")), "customer")
    start, end = forms.integer(params, "start_time"), forms.integer(params, "end_time")
    if start is None or end is None or start >= end or start % 60 or end % 60:
        raise ParameterError("start_time", "start_time and end_time are needed, in order, at whole minutes.")
    total = used(books, identity, customer["id"], start, end)
    one = {
        "id": books.fresh("mtrusg"),
        "object": "billing.meter_event_summary",
        "aggregated_value": float(total),
        "end_time": end,
        "livemode": False,
        "meter": identity,
        "start_time": start,
    }
    return shapes.listed([one] if total else [], f"/v1/billing/meters/{identity}/event_summaries")
