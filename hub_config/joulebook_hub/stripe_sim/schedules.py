"""Subscription schedules: what a subscription becomes when its period ends."""

from __future__ import annotations

from typing import Any

from joulebook_hub.stripe_sim import forms, shapes
from joulebook_hub.stripe_sim.books import Books
from joulebook_hub.stripe_sim.catalogue import merged
from joulebook_hub.stripe_sim.faults import ParameterError, RequestError
from joulebook_hub.stripe_sim.periods import period_after
from joulebook_hub.stripe_sim.subscriptions import item_for, tell_change

__all__ = ["create_schedule", "enter_next_phase", "release_schedule", "update_schedule"]

Params = dict[str, Any]


_PHASE = {"items", "start_date", "end_date", "duration", "proration_behavior", "metadata"}


def _phase(
    items: list[dict[str, Any]], start: int, end: int, proration: str, metadata: dict[str, str]
) -> dict[str, Any]:
    return {
        "add_invoice_items": [],
        "application_fee_percent": None,
        "billing_cycle_anchor": None,
        "billing_thresholds": None,
        "collection_method": None,
        "currency": "usd",
        "default_payment_method": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "end_date": end,
        "invoice_settings": None,
        "items": items,
        "metadata": metadata,
        "on_behalf_of": None,
        "proration_behavior": proration,
        "start_date": start,
        "transfer_data": None,
        "trial_end": None,
    }


def _phase_item(price: str, quantity: int | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "billing_thresholds": None,
        "discounts": [],
        "metadata": {},
        "plan": price,
        "price": price,
        "tax_rates": [],
    }
    return made if quantity is None else {**made, "quantity": quantity}


def create_schedule(books: Books, params: Params) -> dict[str, Any]:
    """Make a schedule from a subscription: one phase, its present period.

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
        If the subscription has ended or has a schedule.
    """
    subscription = books.get("subscription", str(params.get("from_subscription", "")), "from_subscription")
    if subscription["status"] in {"canceled", "incomplete_expired", "incomplete"} or subscription["schedule"]:
        raise ParameterError("from_subscription", "The subscription has ended, or is attached to a schedule already.")
    at = books.now(subscription["test_clock"])
    items = subscription["items"]["data"]
    begin, end = int(items[0]["current_period_start"]), int(items[0]["current_period_end"])
    phase = _phase([_phase_item(item["price"]["id"], item.get("quantity")) for item in items], begin, end, "none", {})
    made = shapes.schedule(
        books.fresh("sub_sched"),
        at,
        customer=subscription["customer"],
        subscription=subscription["id"],
        phases=[phase],
        current_phase={"start_date": begin, "end_date": end},
        test_clock=subscription["test_clock"],
    )
    books.put(made)
    books.tell("subscription_schedule.created", made, at=at)
    tell_change(books, subscription, {**subscription, "schedule": made["id"]}, at)
    return made


def _active(books: Books, identity: str) -> dict[str, Any]:
    made = books.get("subscription_schedule", identity)
    if made["status"] != "active":
        raise RequestError(f"The schedule is {made['status']}.", code="resource_missing", param="id")
    return made


def update_schedule(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Change the phases; the first given one is the present one.

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

    Raises
    ------
    ParameterError
        If a phase is wrong.
    """
    made = _active(books, identity)
    at = books.now(made["test_clock"])
    made["end_behavior"] = forms.one_of(params, "end_behavior", ("release", "cancel"), made["end_behavior"])
    phases: list[dict[str, Any]] = []
    for number, given in enumerate(params.get("phases") or []):
        if not isinstance(given, dict) or not given.get("items"):
            raise ParameterError(f"phases[{number}]", "Give items for each phase.", "parameter_missing")
        for name in given.keys() - _PHASE:
            raise ParameterError(
                f"phases[{number}][{name}]", f"Received unknown parameter: {name}", "parameter_unknown"
            )
        begin = phases[-1]["end_date"] if phases else int(made["phases"][0]["start_date"])
        if forms.integer(given, "start_date", begin) != begin:
            raise ParameterError(f"phases[{number}][start_date]", "A phase begins where the one before ends.")
        end = forms.integer(given, "end_date") or _length(given, begin)
        if end <= max(begin, at):
            raise ParameterError(f"phases[{number}][end_date]", "A phase ends after it begins, in the future.")
        items = []
        for one in given["items"]:
            item = item_for(books, "", one, at, (begin, end))
            items.append(_phase_item(item["price"]["id"], item.get("quantity")))
        proration = forms.one_of(given, "proration_behavior", ("none",), "none")
        phases.append(_phase(items, begin, end, proration, merged(None, given.get("metadata"))))
    if phases:
        made["phases"] = phases
        made["current_phase"] = {"start_date": phases[0]["start_date"], "end_date": phases[0]["end_date"]}
    books.put(made)
    books.tell("subscription_schedule.updated", made, at=at)
    return made


def _length(given: dict[str, Any], begin: int) -> int:
    duration = given.get("duration")
    if not isinstance(duration, dict):
        raise ParameterError("phases[end_date]", "Give end_date or duration for each phase.", "parameter_missing")
    interval = forms.one_of(duration, "interval", ("month", "year"), "month")
    count = forms.integer(duration, "interval_count", 1, least=1, most=36) or 1
    return period_after(begin, begin, interval, count)[1]


def release_schedule(books: Books, _params: Params, identity: str) -> dict[str, Any]:
    """Let the subscription go on as it is, without the schedule.

    Parameters
    ----------
    books : Books
        The transaction.
    identity : str
        Which.

    Returns
    -------
    dict
        The object.
    """
    return _release(books, _active(books, identity), None)


def _release(books: Books, made: dict[str, Any], at: int | None) -> dict[str, Any]:
    now = books.now(made["test_clock"]) if at is None else at
    subscription = books.get("subscription", made["subscription"])
    made |= {"status": "released", "released_at": now, "current_phase": None}
    made |= {"released_subscription": made["subscription"], "subscription": None}
    books.put(made)
    books.tell("subscription_schedule.released", made, at=now)
    tell_change(books, subscription, {**subscription, "schedule": None}, now)
    return made


def enter_next_phase(books: Books, identity: str, at: int) -> None:
    """Go from the present phase to the next, or end the schedule after the last.

    Parameters
    ----------
    books : Books
        The transaction.
    identity : str
        The schedule.
    at : int
        Now, in the customer's time.
    """
    made = _active(books, identity)
    following = [phase for phase in made["phases"] if phase["start_date"] >= made["current_phase"]["end_date"]]
    if not following:
        _release(books, made, at)
        return
    phase = following[0]
    made["current_phase"] = {"start_date": phase["start_date"], "end_date": phase["end_date"]}
    books.put(made)
    before = books.get("subscription", made["subscription"])
    period = tuple(before["items"]["data"][0][f"current_period_{edge}"] for edge in ("start", "end"))
    items = []
    for given in phase["items"]:
        kept = next((item for item in before["items"]["data"] if item["price"]["id"] == given["price"]), None)
        wanted = {key: given[key] for key in ("price", "quantity") if key in given}
        items.append(kept or item_for(books, before["id"], wanted, at, (int(period[0]), int(period[1]))))
        if kept and "quantity" in given:
            items[-1] = {**kept, "quantity": given["quantity"]}
    metadata = merged(before["metadata"], phase["metadata"])
    tell_change(books, before, {**before, "metadata": metadata, "items": {**before["items"], "data": items}}, at)
