"""Subscriptions: start, change, end; `clocks` lets them go on by themselves."""

from __future__ import annotations

from typing import Any

from joulebook_hub.stripe_sim import forms, money, shapes
from joulebook_hub.stripe_sim.books import Books
from joulebook_hub.stripe_sim.catalogue import merged
from joulebook_hub.stripe_sim.customers import card_of
from joulebook_hub.stripe_sim.faults import DeclinedError, ParameterError, RequestError
from joulebook_hub.stripe_sim.invoices import collect, line_for, make
from joulebook_hub.stripe_sim.meters import used
from joulebook_hub.stripe_sim.periods import period_of

__all__ = [
    "after_payment",
    "cancel_subscription",
    "create_subscription",
    "discounts_for",
    "end_now",
    "item_for",
    "licensed_lines",
    "metered_lines",
    "start",
    "tell_change",
    "update_item",
    "update_subscription",
]

Params = dict[str, Any]
ENDED = ("canceled", "incomplete_expired")


def item_for(books: Books, subscription_id: str, given: Any, at: int, period: tuple[int, int]) -> dict[str, Any]:
    """Make an item from its parameters.

    Parameters
    ----------
    books : Books
        The transaction.
    subscription_id : str
        What it belongs to.
    given : dict
        ``price`` and, for a licensed one, ``quantity``.
    at : int
        Now.
    period : tuple of int
        The present period.

    Returns
    -------
    dict
        The item.

    Raises
    ------
    ParameterError
        If the price cannot be subscribed to.
    """
    if not isinstance(given, dict):
        raise ParameterError("items", "Invalid array of items.")
    price = books.get("price", str(given.get("price", "")), "items[price]")
    if not price["active"]:
        raise ParameterError("items[price]", f"The price `{price['id']}` is inactive.", "price_inactive")
    if price["recurring"] is None:
        raise ParameterError("items[price]", "The price is not a recurring one.", "parameter_invalid_empty")
    metered = price["recurring"]["usage_type"] == "metered"
    if metered and "quantity" in given:
        raise ParameterError("items[quantity]", "A metered price takes no quantity.", "parameter_unknown")
    quantity = None if metered else forms.integer(given, "quantity", 1, least=1, most=10_000)
    return shapes.subscription_item(
        books.fresh("si"), at, subscription_id=subscription_id, of=price, quantity=quantity, period=period
    )


def discounts_for(books: Books, given: Any, subscription_id: str, customer_id: str, at: int) -> list[str]:
    """Make discounts from coupons.

    Parameters
    ----------
    books : Books
        The transaction.
    given : object
        The parameter ``discounts``: a list of objects with ``coupon``, or empty text for none.
    subscription_id, customer_id : str
        For what and whom.
    at : int
        Now.

    Returns
    -------
    list of str
        Identities of discounts.

    Raises
    ------
    ParameterError
        If a coupon is not there or used up.
    """
    if not given:
        return []
    made = []
    for one in given:
        if not isinstance(one, dict):
            raise ParameterError("discounts", "Invalid array of discounts.")
        coupon = books.live("coupon", str(one.get("coupon", "")), "discounts[0][coupon]")
        if not coupon["valid"]:
            raise ParameterError("discounts[0][coupon]", f"Coupon expired: {coupon['id']}", "coupon_expired")
        coupon["times_redeemed"] += 1
        most = coupon["max_redemptions"]
        coupon["valid"] = most is None or coupon["times_redeemed"] < most
        books.put(coupon)
        months = coupon["duration_in_months"]
        discount = {
            "id": books.fresh("di"),
            "object": "discount",
            "checkout_session": None,
            "customer": customer_id,
            "end": period_of(at, at, "month", months)[1] if months else None,
            "invoice": None,
            "invoice_item": None,
            "promotion_code": None,
            "source": {"coupon": coupon, "type": "coupon"},
            "start": at,
            "subscription": subscription_id,
            "subscription_item": None,
        }
        books.put(discount)
        made.append(str(discount["id"]))
    return made


def licensed_lines(books: Books, subscription: dict[str, Any], period: tuple[int, int]) -> list[dict[str, Any]]:
    """Lines for a whole period, in advance.

    Parameters
    ----------
    books : Books
        The transaction.
    subscription : dict
        For what.
    period : tuple of int
        The period.

    Returns
    -------
    list of dict
        Lines.
    """
    lines = []
    for item in subscription["items"]["data"]:
        if item["price"]["recurring"]["usage_type"] == "licensed":
            name = books.get("product", item["price"]["product"])["name"]
            amount = money.units_amount(item["price"], item["quantity"])
            lines.append(line_for(books, item, amount, period, what=f"{item['quantity']} × {name}"))
    return lines


def metered_lines(books: Books, subscription: dict[str, Any], period: tuple[int, int]) -> list[dict[str, Any]]:
    """Lines for what was used in a period, afterwards.

    Parameters
    ----------
    books : Books
        The transaction.
    subscription : dict
        For what.
    period : tuple of int
        The period.

    Returns
    -------
    list of dict
        Lines; none for what was not used.
    """
    lines = []
    for item in subscription["items"]["data"]:
        recurring = item["price"]["recurring"]
        if recurring["usage_type"] == "metered":
            units = used(books, recurring["meter"], subscription["customer"], *period)
            if units:
                name = books.get("product", item["price"]["product"])["name"]
                line = line_for(books, item, money.units_amount(item["price"], units), period, what=f"{units} × {name}")
                lines.append({**line, "quantity": units})
    return lines


def start(
    books: Books,
    customer: dict[str, Any],
    items: list[Any],
    *,
    trial_end: int | None = None,
    card: str | None = None,
    discounts: Any = None,
    metadata: Any = None,
    taxed: bool = False,
    behaviour: str = "allow_incomplete",
) -> dict[str, Any]:
    """Start a subscription.

    Parameters
    ----------
    books : Books
        The transaction.
    customer : dict
        Whose.
    items : list
        Parameters of the items.
    trial_end : int, optional
        Until when nothing is charged.
    card : str, optional
        The payment method that pays.
    discounts, metadata : object
        As in the parameters.
    taxed : bool
        True for automatic tax.
    behaviour : str
        What follows a first payment that fails: ``error_if_incomplete`` or another.

    Returns
    -------
    dict
        The subscription.

    Raises
    ------
    ParameterError
        If a parameter is wrong, or the first payment fails and that is an error.
    DeclinedError
        If the card is declined.
    """
    at = books.now(customer["test_clock"])
    identity = books.fresh("sub")
    trial = trial_end is not None and trial_end > at
    anchor = int(trial_end) if trial_end is not None and trial else at
    period = (at, anchor) if trial else period_of(at, at)
    if not items or len(items) > 20:
        raise ParameterError("items", "Give from 1 to 20 items.", "parameter_missing")
    made = shapes.subscription(identity, at, customer=customer["id"], test_clock=customer["test_clock"])
    listed = [item_for(books, identity, given, at, period) for given in items]
    made |= {"items": shapes.listed(listed, f"/v1/subscription_items?subscription={identity}"), "status": "active"}
    made |= {"metadata": merged(None, metadata), "default_payment_method": card, "billing_cycle_anchor": anchor}
    made["automatic_tax"]["enabled"] = taxed
    made["discounts"] = discounts_for(books, discounts, identity, customer["id"], at)
    if trial:
        made |= {"status": "trialing", "trial_start": at, "trial_end": anchor}
    lines = [] if trial else licensed_lines(books, made, period)
    invoice = make(books, customer, made, lines, reason="subscription_create", at=at, period=(at, at))
    if not collect(books, invoice, card_of(books, made, customer), at, again=False):
        if behaviour == "error_if_incomplete":
            raise DeclinedError()
        made["status"] = "incomplete"
    books.put(made)
    books.tell("customer.subscription.created", made, at=at)
    return made


def create_subscription(books: Books, params: Params) -> dict[str, Any]:
    """Make a subscription.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.

    Returns
    -------
    dict
        The object.
    """
    customer = books.live("customer", str(params.get("customer", "")), "customer")
    at = books.now(customer["test_clock"])
    days = forms.integer(params, "trial_period_days", least=1, most=730)
    return start(
        books,
        customer,
        list(params.get("items") or []),
        trial_end=at + days * 86400 if days else forms.integer(params, "trial_end"),
        card=forms.text(params, "default_payment_method"),
        discounts=params.get("discounts"),
        metadata=params.get("metadata"),
        taxed=forms.boolean(dict(params.get("automatic_tax") or {}), "enabled"),
        behaviour=forms.one_of(params, "payment_behavior", _BEHAVIOURS, "allow_incomplete"),
    )


_BEHAVIOURS = ("allow_incomplete", "default_incomplete", "error_if_incomplete")
_PRORATION = ("always_invoice", "create_prorations", "none")


def tell_change(books: Books, before: dict[str, Any], after: dict[str, Any], at: int) -> None:
    """Store a changed subscription, and tell what changed.

    Parameters
    ----------
    books : Books
        The transaction.
    before, after : dict
        The subscription.
    at : int
        Now.
    """
    changed = {key: before.get(key) for key in after if before.get(key) != after[key]}
    books.put(after)
    if changed:
        books.tell("customer.subscription.updated", after, at=at, before=changed)


def after_payment(books: Books, subscription: dict[str, Any], paid: bool, at: int) -> None:
    """What a payment means for its subscription.

    Parameters
    ----------
    books : Books
        The transaction.
    subscription : dict
        The subscription.
    paid : bool
        Whether it succeeded.
    at : int
        Now.
    """
    if subscription["status"] in ENDED:
        return
    unpaid = [
        invoice
        for invoice in books.all("invoice", customer=subscription["customer"], status="open")
        if invoice["parent"]["subscription_details"]["subscription"] == subscription["id"]
    ]
    was = subscription["status"]
    if paid and not unpaid and was in {"past_due", "incomplete"}:
        tell_change(books, subscription, {**subscription, "status": "active"}, at)
    elif not paid and was in {"active", "trialing"}:
        tell_change(books, subscription, {**subscription, "status": "past_due"}, at)


def end_now(books: Books, subscription: dict[str, Any], reason: str, at: int | None = None) -> dict[str, Any]:
    """End a subscription.

    Parameters
    ----------
    books : Books
        The transaction.
    subscription : dict
        Which.
    reason : str
        ``cancellation_requested`` or ``payment_failed``.
    at : int, optional
        When; now without it.

    Returns
    -------
    dict
        The subscription.
    """
    now = books.now(subscription["test_clock"]) if at is None else at
    ended = {**subscription, "status": "canceled", "ended_at": now, "canceled_at": subscription["canceled_at"] or now}
    ended["cancellation_details"] = {**subscription["cancellation_details"], "reason": reason}
    if subscription["schedule"]:
        schedule = books.get("subscription_schedule", subscription["schedule"])
        books.put({**schedule, "status": "canceled", "canceled_at": now, "current_phase": None})
        ended["schedule"] = None
    books.put(ended)
    books.tell("customer.subscription.deleted", ended, at=now)
    return ended


def _alive(books: Books, identity: str) -> dict[str, Any]:
    found = books.get("subscription", identity)
    if found["status"] in ENDED:
        raise RequestError(f"No such subscription: '{identity}'", status=404, code="resource_missing", param="id")
    return found


def cancel_subscription(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """End a subscription at once.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.
    identity : str
        Which.

    Returns
    -------
    dict
        The subscription.
    """
    subscription = _alive(books, identity)
    at = books.now(subscription["test_clock"])
    if forms.boolean(params, "invoice_now"):
        _final_invoice(books, subscription, at)
    return end_now(books, subscription, "cancellation_requested")


def _final_invoice(books: Books, subscription: dict[str, Any], at: int) -> None:
    begin = min(item["current_period_start"] for item in subscription["items"]["data"])
    lines = metered_lines(books, subscription, (begin, at))
    if lines:
        customer = books.live("customer", subscription["customer"])
        reason = "subscription_cycle"
        invoice = make(books, customer, subscription, lines, reason=reason, at=at, period=(begin, at))
        collect(books, invoice, card_of(books, subscription, customer), at, again=False)


def update_subscription(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Change a subscription: items, its end, its card, its discounts.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.
    identity : str
        Which.

    Returns
    -------
    dict
        The subscription.

    Raises
    ------
    RequestError
        If a parameter is wrong, a schedule manages what is to change, or a payment fails and that is an error.
    """
    before = _alive(books, identity)
    after = {**before, "items": {**before["items"]}, "discounts": list(before["discounts"])}
    customer = books.live("customer", before["customer"])
    at = books.now(before["test_clock"])
    if "cancel_at_period_end" in params:
        if before["schedule"]:
            message = (
                f"The subscription is managed by the subscription schedule `{before['schedule']}`, and updating any "
                "cancelation behavior directly is not allowed. Please update the schedule instead."
            )
            raise RequestError(message, param="cancel_at_period_end")
        ends = forms.boolean(params, "cancel_at_period_end")
        period_end = min(item["current_period_end"] for item in before["items"]["data"])
        after |= {"cancel_at_period_end": ends, "cancel_at": period_end if ends else None}
        after["canceled_at"] = at if ends else None
        reason = "cancellation_requested" if ends else None
        after["cancellation_details"] = {**before["cancellation_details"], "reason": reason}
    if "metadata" in params:
        after["metadata"] = merged(before["metadata"], params["metadata"])
    if "default_payment_method" in params:
        card = books.get("payment_method", str(params["default_payment_method"]), "default_payment_method")
        after["default_payment_method"] = card["id"]
    if "discounts" in params:
        after["discounts"] = discounts_for(books, params["discounts"], identity, customer["id"], at)
    if "automatic_tax" in params:
        enabled = forms.boolean(dict(params["automatic_tax"]), "enabled")
        after["automatic_tax"] = {**before["automatic_tax"], "enabled": enabled}
    if params.get("trial_end") == "now" and before["status"] == "trialing":
        from joulebook_hub.stripe_sim.clocks import end_trial

        books.put(after)
        after = end_trial(books, after, at)
    if "items" in params:
        after = _change_items(books, params, customer, before, after, at)
    tell_change(books, before, after, at)
    return after


def _change_items(
    books: Books, params: Params, customer: dict[str, Any], before: dict[str, Any], after: dict[str, Any], at: int
) -> dict[str, Any]:
    mode = forms.one_of(params, "proration_behavior", _PRORATION, "create_prorations")
    behaviour = forms.one_of(params, "payment_behavior", _BEHAVIOURS, "allow_incomplete")
    old = {item["id"]: item for item in before["items"]["data"]}
    first = next(iter(old.values()))
    period = (int(first["current_period_start"]), int(first["current_period_end"]))
    changed = dict(old)
    for given in params["items"]:
        identity = str(given.get("id", "")) if isinstance(given, dict) else ""
        if identity and identity not in old:
            raise ParameterError("items[id]", f"No such subscription item: '{identity[:80]}'", "resource_missing")
        if identity and forms.boolean(given, "deleted"):
            del changed[identity]
            continue
        same = old.get(identity)
        wanted = {key: given[key] for key in ("price", "quantity") if key in given}
        if same:
            wanted = {
                "price": same["price"]["id"],
                **({"quantity": same["quantity"]} if "quantity" in same else {}),
                **wanted,
            }
        item = item_for(books, before["id"], wanted, at, period)
        if same:
            item |= {"id": same["id"], "created": same["created"]}
        changed[item["id"]] = item
    if not changed:
        raise ParameterError("items", "A subscription has at least one item.")
    after["items"] = {**before["items"], "data": list(changed.values())}
    lines = [] if mode == "none" or before["status"] == "trialing" else _prorated(books, old, changed, period, at)
    if lines and mode == "create_prorations":
        raise RequestError(
            "This simulator knows proration_behavior always_invoice and none.", param="proration_behavior"
        )
    if lines:
        reason = "subscription_update"
        invoice = make(books, customer, after, lines, reason=reason, at=at, period=period)
        paid = collect(books, invoice, card_of(books, after, customer), at)
        if not paid and behaviour == "error_if_incomplete":
            raise DeclinedError()
        if not paid:
            after["status"] = "past_due"
    return after


def _prorated(
    books: Books, old: dict[str, Any], new: dict[str, Any], period: tuple[int, int], at: int
) -> list[dict[str, Any]]:
    """A credit for the rest of what was paid, and a charge for the rest of what is now."""
    whole, rest = period[1] - period[0], max(0, period[1] - at)
    lines = []
    for sign, items, other, words in ((-1, old, new, "Unused time on"), (1, new, old, "Remaining time on")):
        for identity, item in items.items():
            twin = other.get(identity)
            same = twin and (twin["price"]["id"], twin.get("quantity")) == (item["price"]["id"], item.get("quantity"))
            if same or item["price"]["recurring"]["usage_type"] == "metered":
                continue
            name = books.get("product", item["price"]["product"])["name"]
            full = money.units_amount(item["price"], item["quantity"])
            what = f"{words} {item['quantity']} × {name}"
            lines.append(
                line_for(books, item, sign * money.part(full, rest, whole), (at, period[1]), what=what, proration=True)
            )
    return lines


def update_item(books: Books, params: Params, identity: str) -> dict[str, Any]:
    """Change one item, such as its quantity.

    Parameters
    ----------
    books, params : Books, dict
        The transaction and the parameters.
    identity : str
        The item.

    Returns
    -------
    dict
        The item.

    Raises
    ------
    RequestError
        If there is none.
    """
    for subscription in books.all("subscription"):
        if any(item["id"] == identity for item in subscription["items"]["data"]):
            change = {key: params[key] for key in ("price", "quantity") if key in params}
            how: Params = {key: params[key] for key in ("proration_behavior", "payment_behavior") if key in params}
            after = update_subscription(books, {**how, "items": [{"id": identity, **change}]}, subscription["id"])
            return next(dict(item) for item in after["items"]["data"] if item["id"] == identity)
    raise RequestError(f"No such subscription_item: '{identity[:80]}'", status=404, code="resource_missing", param="id")
