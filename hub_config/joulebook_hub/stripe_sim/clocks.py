"""What happens by itself as time passes, on the wall's clock and on test clocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from joulebook_hub.stripe_sim import forms
from joulebook_hub.stripe_sim.books import Books
from joulebook_hub.stripe_sim.customers import card_of
from joulebook_hub.stripe_sim.faults import ParameterError, RequestError
from joulebook_hub.stripe_sim.invoices import RETRY_AFTER, collect, make
from joulebook_hub.stripe_sim.periods import period_after
from joulebook_hub.stripe_sim.schedules import enter_next_phase
from joulebook_hub.stripe_sim.subscriptions import (
    ENDED,
    after_payment,
    end_now,
    licensed_lines,
    metered_lines,
    tell_change,
)

__all__ = ["advance_clock", "create_clock", "delete_clock", "end_trial", "run"]

Params = dict[str, Any]
_INCOMPLETE_SECONDS = 23 * 3600
_FARTHEST = 2 * 366 * 86400
_MOST_STEPS = 5000


def create_clock(books: Books, params: Params) -> dict[str, Any]:
    """Make a test clock.

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
        If the time is missing.
    """
    frozen = forms.integer(params, "frozen_time", most=4_000_000_000)
    if frozen is None:
        raise ParameterError("frozen_time", "Missing required param: frozen_time.", "parameter_missing")
    made = {
        "id": books.fresh("clock"),
        "object": "test_helpers.test_clock",
        "created": books.now(),
        "deletes_after": books.now() + 30 * 86400,
        "frozen_time": frozen,
        "livemode": False,
        "name": forms.text(params, "name", most=300),
        "status": "ready",
        "status_details": {},
    }
    books.put(made)
    books.tell("test_helpers.test_clock.created", made, at=books.now())
    return made


def delete_clock(books: Books, _params: Params, identity: str) -> dict[str, Any]:
    """Delete a test clock with its customers.

    Parameters
    ----------
    books : Books
        The transaction.
    identity : str
        Which.

    Returns
    -------
    dict
        What is left.
    """
    from joulebook_hub.stripe_sim.customers import delete_customer

    books.get("test_helpers.test_clock", identity)
    for customer in books.all("customer", test_clock=identity):
        delete_customer(books, {}, customer["id"])
    books.remove(identity)
    return {"id": identity, "object": "test_helpers.test_clock", "deleted": True}


def advance_clock(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Move a test clock forward; everything due on the way happens, each at its time.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.
    identity : str
        Which.

    Returns
    -------
    dict
        The clock as Stripe answers at once: ``advancing``. It is ``ready`` when asked again.

    Raises
    ------
    ParameterError
        If the time is not ahead, or farther than two years.
    """
    clock = books.get("test_helpers.test_clock", identity)
    target = forms.integer(params, "frozen_time", most=4_000_000_000) or 0
    if not clock["frozen_time"] < target <= clock["frozen_time"] + _FARTHEST:
        raise ParameterError("frozen_time", "A clock only goes forward, at most two years at once.")
    advancing = {**clock, "status": "advancing", "status_details": {"advancing": {"target_frozen_time": target}}}
    books.tell("test_helpers.test_clock.advancing", advancing, at=books.now())
    run(books, identity, target)
    ready = books.put({**clock, "frozen_time": target})
    books.tell("test_helpers.test_clock.ready", ready, at=books.now())
    return advancing


def run(books: Books, clock: str | None, until: int) -> int:
    """Let everything happen that is due, in its order.

    Parameters
    ----------
    books : Books
        The transaction.
    clock : str or None
        Whose customers: those on a test clock, or those on none.
    until : int
        Up to when, s since 1970.

    Returns
    -------
    int
        How much happened.

    Raises
    ------
    RequestError
        If it does not end.
    """
    for step in range(_MOST_STEPS):
        due = [moment for moment in _due(books, clock) if moment[0] <= until]
        if not due:
            return step
        at, _order, act = min(due, key=lambda moment: moment[:2])
        if clock:
            books.put({**books.get("test_helpers.test_clock", clock), "frozen_time": at})
        act(at)
    raise RequestError("Too much is due at once. Advance in smaller steps.")


def _due(books: Books, clock: str | None) -> list[tuple[int, int, Callable[[int], Any]]]:
    found: list[tuple[int, int, Callable[[int], Any]]] = []
    for subscription in books.all("subscription", test_clock=clock):
        if subscription["status"] in ENDED:
            continue
        identity = subscription["id"]
        if subscription["status"] == "incomplete":
            found.append((subscription["created"] + _INCOMPLETE_SECONDS, 3, _then(_expire, books, identity)))
            continue
        if subscription["schedule"]:
            schedule = books.get("subscription_schedule", subscription["schedule"])
            phase = schedule["current_phase"]
            found.append((phase["end_date"], 1, _then(enter_next_phase, books, schedule["id"])))
        end = min(item["current_period_end"] for item in subscription["items"]["data"])
        found.append((end, 2, _then(_turn, books, identity)))
    open_ones = books.all("invoice", test_clock=clock, status="open")
    tried_again = [invoice for invoice in open_ones if invoice["next_payment_attempt"]]
    return [*found, *((one["next_payment_attempt"], 0, _then(_retry, books, one["id"])) for one in tried_again)]


def _then(act: Callable[[Books, str, int], Any], books: Books, identity: str) -> Callable[[int], Any]:
    return lambda at: act(books, identity, at)


def _expire(books: Books, identity: str, at: int) -> None:
    subscription = books.get("subscription", identity)
    tell_change(books, subscription, {**subscription, "status": "incomplete_expired", "ended_at": at}, at)
    for invoice in books.all("invoice", customer=subscription["customer"], status="open"):
        if invoice["parent"]["subscription_details"]["subscription"] == identity:
            books.put({**invoice, "status": "void"})


def _turn(books: Books, identity: str, at: int) -> None:
    """The end of a period: the next one begins, or the subscription ends."""
    subscription = books.get("subscription", identity)
    if subscription["status"] == "trialing":
        end_trial(books, subscription, at)
        return
    items = subscription["items"]["data"]
    old = (int(items[0]["current_period_start"]), int(items[0]["current_period_end"]))
    used = metered_lines(books, subscription, old)
    customer = books.live("customer", subscription["customer"])
    if subscription["cancel_at_period_end"]:
        if used:
            invoice = make(books, customer, subscription, used, reason="subscription_cycle", at=at, period=old)
            collect(books, invoice, card_of(books, subscription, customer), at, again=False)
        end_now(books, subscription, "cancellation_requested", at)
        return
    _begin_period(books, subscription, customer, used, at, "subscription_cycle")


def _begin_period(
    books: Books,
    subscription: dict[str, Any],
    customer: dict[str, Any],
    used: list[dict[str, Any]],
    at: int,
    reason: str,
) -> dict[str, Any]:
    period = period_after(subscription["billing_cycle_anchor"], at)
    items = [
        {**item, "current_period_start": period[0], "current_period_end": period[1]}
        for item in subscription["items"]["data"]
    ]
    after = {**subscription, "items": {**subscription["items"], "data": items}}
    after["discounts"] = list(subscription["discounts"])
    if after["status"] == "trialing":
        after["status"] = "active"
    lines = [*used, *licensed_lines(books, after, period)]
    old = (int(subscription["items"]["data"][0]["current_period_start"]), at)
    invoice = make(books, customer, after, lines, reason=reason, at=at, period=old)
    paid = collect(books, invoice, card_of(books, after, customer), at)
    if not paid:
        after["status"] = "past_due"
    tell_change(books, subscription, after, at)
    return after


def end_trial(books: Books, subscription: dict[str, Any], at: int) -> dict[str, Any]:
    """Begin the first paid period, or end a subscription that was to end with its trial.

    Parameters
    ----------
    books : Books
        The transaction.
    subscription : dict
        One in its trial.
    at : int
        Now, in the customer's time.

    Returns
    -------
    dict
        The subscription.
    """
    if subscription["cancel_at_period_end"]:
        return end_now(books, subscription, "cancellation_requested", at)
    customer = books.live("customer", subscription["customer"])
    begun = {**subscription, "billing_cycle_anchor": at, "trial_end": at}
    return _begin_period(books, begun, customer, [], at, "subscription_cycle")


def _retry(books: Books, identity: str, at: int) -> None:
    invoice = books.get("invoice", identity)
    subscription = books.get("subscription", invoice["parent"]["subscription_details"]["subscription"])
    customer = books.live("customer", invoice["customer"])
    last = at >= invoice["status_transitions"]["finalized_at"] + RETRY_AFTER[-1]
    paid = collect(books, invoice, card_of(books, subscription, customer), at)
    after_payment(books, subscription, paid, at)
    if not paid and last and subscription["status"] not in ENDED:
        books.put({**invoice, "status": "uncollectible", "next_payment_attempt": None})
        end_now(books, books.get("subscription", subscription["id"]), "payment_failed", at)
